"""What people read: feedback pages, the class report, the table of marks, submissions to look at."""
