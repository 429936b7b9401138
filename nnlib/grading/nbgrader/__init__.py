"""What touches nbgrader: its course, its preprocessors, its gradebook."""
