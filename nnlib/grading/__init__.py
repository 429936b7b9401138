"""For instructors: assignments made from text, hidden tests, and marks through nbgrader."""
import sys

sys.modules.setdefault("rfc3987_syntax", None)   # it takes jsonschema seconds, to check addresses that no notebook has

from .errors import GradingError, Interrupted
from .hidden import hidden_tests

__all__ = ["GradingError", "Interrupted", "hidden_tests"]
