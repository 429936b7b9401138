"""For instructors: assignments made from text, hidden tests, and marks through nbgrader."""
from .errors import GradingError
from .hidden import hidden_tests

__all__ = ["GradingError", "hidden_tests"]
