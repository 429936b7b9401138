"""The former name of ``nnlib.grading.nbgrader.course``, which the configuration of a course of version 0.1 imports."""
from .nbgrader.course import Course, prepare, quiet, trusted

__all__ = ["Course", "prepare", "quiet", "trusted"]
