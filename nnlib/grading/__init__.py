"""For instructors: assignments made from text, hidden tests, and marks through nbgrader."""
import sys

sys.modules.setdefault("rfc3987_syntax", None)   # jsonschema would wait seconds for it, to check addresses that no notebook has

from .errors import GradingError
from .hidden import hidden_tests

__all__ = ["GradingError", "hidden_tests"]
