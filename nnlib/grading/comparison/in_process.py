"""Call a student's function once for every case. Here in the same process, as stock nbgrader does."""
import contextlib
import signal
import threading
import time

import numpy as np

from ...check.calls import name_of, plain_words
from .reply import Reply, silence

SECONDS = 10.0                      # for all cases of a task together


def call_all(function, cases, outputs, seconds=SECONDS):
    """A Reply for every case. After a time-out no further case is tried."""
    replies, end = [], time.monotonic() + seconds
    with silence():
        for case in cases:
            if replies and replies[-1].kind == "TimeoutError":
                replies.append(replies[-1])
            else:
                replies.append(reply_of(function, case.arguments, outputs, max(0.01, end - time.monotonic())))
    return replies


def reply_of(function, arguments, outputs, seconds=SECONDS):
    """The Reply of one call, on copies of the arguments. Nothing is raised."""
    copies = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    name = name_of(function)
    try:
        with time_limit(seconds):
            result = function(*copies)
    except NotImplementedError:
        return Reply(kind="NotImplementedError", error=f"{name} is not written yet.")
    except TimeoutError:
        return Reply(kind="TimeoutError", error=f"{name} does not end within {SECONDS:g} seconds.")
    except (Exception, SystemExit) as error:              # an error of any kind is a finding
        return Reply(kind=type(error).__name__, error=plain_words(function, error))
    changed = tuple(position for position, (before, after) in enumerate(zip(arguments, copies))
                    if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True))
    several = isinstance(result, (tuple, list)) and len(outputs) > 1
    values = tuple(result) if several else (result,)
    return Reply(outputs=tuple(v.copy() if type(v) is np.ndarray else v for v in values), changed=changed)


@contextlib.contextmanager
def time_limit(seconds):
    """TimeoutError inside the block after so many seconds, where the system has timers (not on Windows)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
