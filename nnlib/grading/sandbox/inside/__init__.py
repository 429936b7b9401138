"""What runs in the sandbox. Only this package, ``wire`` and ``comparison`` of grading are there."""
