"""The former home of ``nnlib.grading.tasks.GRADIENTS``, which the tasks.py of a course of version 0.1 imports."""
from .tasks import GRADIENTS

__all__ = ["GRADIENTS"]
