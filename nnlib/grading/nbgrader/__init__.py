"""What touches nbgrader: its course, its autograde, its gradebook."""
