"""The grader's side of the sandbox: it starts the fork server, opens sessions, and holds them to their limits."""
from .bubblewrap import isolation, obstacle
from .doctor import doctor
from .limits import Limits
from .sandbox import Sandbox
from .session import OUTSIDE, Outcome, Session

__all__ = ["OUTSIDE", "Limits", "Outcome", "Sandbox", "Session", "doctor", "isolation", "obstacle"]
