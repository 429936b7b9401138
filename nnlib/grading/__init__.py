"""For instructors: assignments made from text, hidden tests, and marks through nbgrader."""
import sys

sys.modules.setdefault("rfc3987_syntax", None)   # it takes jsonschema seconds, to check addresses that no notebook has

from .comparison.hidden import hidden_tests
from .errors import GradingError, Interrupted

__all__ = ["GradingError", "Interrupted", "hidden_tests"]
