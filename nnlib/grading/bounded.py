"""Work on a student's text: it is done by a copy of this process, which may use only so much time and memory.

Whoever writes a text decides how long Markdown, highlighting and cleaning take: all of them have inputs for which they are
quadratic. The copy inherits what is imported and rendered here, so that starting it takes milliseconds.
"""
import gc
import json
import math
import os
import select
import signal
import time
import warnings

try:
    import resource
except ModuleNotFoundError:         # Windows: no copies, and no sandbox that would need them
    resource = None

SECONDS = 5                         # of a processor; twice that by the clock, as others may need it too
MEMORY = 2 ** 30                    # bytes beyond what this process uses


class Unbounded(Exception):
    """The work did not end within its limits, or failed."""


def bounded(work, *arguments, seconds=SECONDS, memory=MEMORY, until=math.inf):
    """What ``work(*arguments)`` gives: anything that JSON can hold.

    Units     seconds of a processor, bytes; ``until`` is a time of time.monotonic
    Raises    Unbounded if it does not give it within these limits
    """
    if resource is None:
        try:
            return work(*arguments)
        except Exception as error:
            raise Unbounded(f"{type(error).__name__}: {error}") from error
    out, into = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)     # Python 3.12 warns: other threads may hold a lock
        child = os.fork()
    if child == 0:
        answer(into, work, arguments, seconds, memory)
    os.close(into)
    try:
        return json.loads(received(out, min(until, time.monotonic() + 2 * seconds)))
    except ValueError:
        raise Unbounded("the work was stopped by its limits, or failed") from None
    finally:
        os.close(out)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def answer(into, work, arguments, seconds, memory):
    """Do the work in the copy, send what it gives, and end: nothing of what this process was about is done twice."""
    try:
        gc.freeze()                                     # what was there before is not the copy's to clean up
        limit(seconds, memory)
        with open(into, "w", encoding="utf-8") as file:
            json.dump(work(*arguments), file)
    finally:
        os._exit(0)


def limit(seconds, memory):
    """Limit this process: the system ends it when its time is over, and refuses memory."""
    import psutil

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = psutil.Process().memory_info().vms
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or used + memory < most:
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, most))


def received(out, end):
    """Everything that comes out of a pipe until it is closed, or until ``end``."""
    parts = []
    while select.select([out], [], [], max(0.0, end - time.monotonic()))[0]:
        part = os.read(out, 2 ** 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return b""
