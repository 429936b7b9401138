"""Student code in processes of its own, which see nothing and leave nothing. Linux only.

A fork server under bubblewrap has imported what notebooks need. For every submission it forks a process into namespaces
and limits of its own. Cells run there, copies of it wait at graded cells, and values travel as plain bytes.
"""
from .bubblewrap import isolation
from .doctor import doctor
from .limits import Limits
from .sandbox import Sandbox
from .session import OUTSIDE, Outcome, Session

__all__ = ["OUTSIDE", "Limits", "Outcome", "Sandbox", "Session", "doctor", "isolation"]
