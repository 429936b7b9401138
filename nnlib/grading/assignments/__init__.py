"""Assignments: their text, the notebooks made from it, samples, and the library without their answers."""
