"""Call a student's function once for every case. Here in the same process, as stock nbgrader does."""
import time

import numpy as np

from ...check.calls import TimeIsUp, name_of, plain_words, several, time_limit
from .reply import Reply, silence

SECONDS = 10.0                      # of processor time, for all cases of a task together


def call_all(function, cases, outputs, seconds=SECONDS):
    """A Reply for every case, within so many seconds for all of them. After a time-out no further case is tried."""
    replies, end = [], time.process_time() + seconds
    with silence():
        for case in cases:
            if replies and replies[-1].kind == "TimeoutError":
                replies.append(replies[-1])
            else:
                replies.append(reply_of(function, case.arguments, outputs, max(0.01, end - time.process_time())))
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
    except TimeIsUp:
        return Reply(kind="TimeoutError", error=f"{name} does not end within {SECONDS:g} seconds.")
    except (Exception, SystemExit) as error:              # an error of any kind is a finding
        return Reply(kind=type(error).__name__, error=plain_words(function, error))
    changed = tuple(position for position, (before, after) in enumerate(zip(arguments, copies))
                    if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True))
    values = several(result, len(outputs))
    return Reply(outputs=tuple(v.copy() if type(v) is np.ndarray else v for v in values), changed=changed)
