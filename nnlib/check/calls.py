"""Calls of a student's function: on copies, in silence, and every error in plain words."""
import contextlib
import inspect
import io
import os
import re
import signal
import sys
import threading
import traceback
import warnings

import numpy as np

SECONDS = 5.0                       # of processor time, for a call in the notebook
endless = []                        # calls that did not end: (function, what could be called from it)


class Mistake(Exception):
    """A call of your function gave nothing to compare; the text says why."""


class TimeIsUp(BaseException):
    """A call takes too long. No ``except Exception`` in a student's loop catches it."""


def named_outputs(function, arguments, names, numbers=False):
    """The outputs of your function on copies of the arguments, as arrays, or Mistake. ``numbers`` as for ``several``."""
    copies = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    result = result_of(function, copies, silent=False)
    for position, (before, after) in enumerate(zip(arguments, copies)):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            argument = list(signature(function).parameters)[position]
            raise Mistake(f"{name_of(function)} changes its argument {argument}.\n"
                          "Work on a copy, or write a = a - b instead of a -= b.")
    if result is None:
        raise Mistake(f"{name_of(function)} returns None.\nEnd it with return.")
    outputs = several(result, len(names), numbers)
    if len(outputs) != len(names):
        raise Mistake(f"{name_of(function)} returns {len(outputs)} output{'s' * (len(outputs) != 1)}, "
                      f"expected {len(names)}: {', '.join(names)}.")
    try:
        return [np.asarray(output) for output in outputs]
    except ValueError:
        raise Mistake(f"{name_of(function)} returns a list of different lengths, expected an array.") from None


def several(result, count, numbers=False):
    """What a function returns, as a tuple of outputs. ``numbers``: each is one number, and an array may hold them all."""
    taken_apart = isinstance(result, (tuple, list)) or numbers and type(result) is np.ndarray and result.shape == (count,)
    return tuple(result) if count > 1 and taken_apart else (result,)


def viewed(view, outputs, arguments):
    """The values that a view gives of outputs, as a tuple, where many outputs are right.

    Raises    ValueError, by the view, if the outputs cannot be right
    """
    values = view(*outputs, *arguments)
    return values if isinstance(values, tuple) else (values,)


def result_of(function, arguments, silent=True):
    """The result of a call, or Mistake with the error in two plain lines.

    Nothing goes to stderr, which would cost all points of a graded cell: what you print comes out on stdout.
    A call that does not end is stopped, and not made again before something is defined anew.
    """
    seconds, around = max(SECONDS / 10, SECONDS / 4 ** len(endless)), defined_around(function)    # time is left for others
    if any(function is other and unchanged(before, around) for other, before in endless):
        raise Mistake(no_end(function, seconds))
    try:
        with contextlib.redirect_stdout(io.StringIO() if silent else sys.stdout), \
                contextlib.redirect_stderr(io.StringIO() if silent else sys.stdout), \
                warnings.catch_warnings(), np.errstate(all="ignore"), time_limit(seconds):
            warnings.simplefilter("ignore")
            return compiled_or_not(function, arguments, seconds)
    except TimeIsUp:
        endless.append((function, around))
        raise Mistake(no_end(function, seconds)) from None
    except NotImplementedError:
        raise Mistake(f"{name_of(function)} is not written yet.\n"
                      "Replace the line raise NotImplementedError() by your code.") from None
    except Exception as error:                # whatever a student's code raises is the finding
        raise Mistake(plain_words(function, error)) from error


def defined_around(function):
    """What can be called in the notebook, or the module, that a function comes from."""
    names = getattr(getattr(function, "py_func", function), "__globals__", {})
    return [value for value in list(names.values()) if callable(value)]


def unchanged(before, now):
    """True if two lists hold the same objects."""
    return len(before) == len(now) and all(a is b for a, b in zip(before, now))


def no_end(function, seconds):
    """What is said of a function that was stopped."""
    return (f"{name_of(function)} does not end within {seconds:g} seconds.\n"
            "Look at your loops: what makes the last turn the last?")


@contextlib.contextmanager
def time_limit(seconds):
    """TimeIsUp inside the block after so many seconds of processor time, where the system has timers (not on Windows).

    A busy machine, where a second of the clock holds little of it, costs nobody a point. Blocks may be nested: the time
    of an outer one goes on after the inner one.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise TimeIsUp

    before = signal.signal(signal.SIGPROF, stop)
    outer, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with stopped_by_compiling():
            yield
    finally:
        used = seconds - signal.setitimer(signal.ITIMER_PROF, 0)[0]
        signal.signal(signal.SIGPROF, before)
        if outer:
            signal.setitimer(signal.ITIMER_PROF, max(outer - used, 1e-3))


@contextlib.contextmanager
def stopped_by_compiling():
    """The timer of ``time_limit`` stands still inside the block while Numba compiles, which may take longer than a call."""
    events = sys.modules.get("numba.core.event")                   # not there where nothing is compiled
    if events is None:
        yield
        return
    left = []                                                      # what the timer showed; what is compiled compiles more

    class Pause(events.Listener):
        def on_start(self, event):
            left.append(signal.setitimer(signal.ITIMER_PROF, 0)[0])

        def on_end(self, event):
            if seconds := left.pop():                              # else it is stopped by an outer block, or compilation
                signal.setitimer(signal.ITIMER_PROF, seconds)

    pause = Pause()
    events.register("numba:compile", pause)
    try:
        yield
    finally:
        events.unregister("numba:compile", pause)


def compiled_or_not(function, arguments, seconds=SECONDS):
    """The result of a call. What is compiled is called in a copy of this process first: no signal reaches the loops in it,
    but a copy can be ended.

    Nothing is tried of a function in Python, nor of one that has run before with arguments of these types.

    Raises    TimeIsUp if the copy does not end within so many seconds of processor time
    """
    if hasattr(function, "signatures") and hasattr(os, "fork") and len(signature(function).parameters) == len(arguments):
        known = function.signatures
        function.compile(tuple(function.typeof_pyval(argument) for argument in arguments))
        if function.signatures != known and not ends(function, arguments, seconds):
            raise TimeIsUp
    return function(*arguments)


def ends(function, arguments, seconds):
    """False if a call in a copy of this process takes longer than so many seconds of processor time."""
    child = os.fork()
    if not child:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)                 # which ends the copy
        signal.setitimer(signal.ITIMER_PROF, seconds)
        with contextlib.suppress(BaseException):
            function(*(np.array(a) if isinstance(a, np.ndarray) else a for a in arguments))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF)


def plain_words(function, error):
    """An exception of your code in two lines: what happened, and in which line of it."""
    name = name_of(function)
    numba_errors = sys.modules.get("numba.core.errors")            # missing where the library runs without Numba
    if numba_errors and isinstance(error, numba_errors.NumbaError):
        return numba_words(function, str(error).splitlines())
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.name == getattr(function, "__name__", None)]
    where = f"\nLine: {frames[-1].line}" if frames and frames[-1].line else ""
    sizes = re.search(r"matmul: .*size (\d+) is different from (\d+)", str(error))
    words = f"the two sides of @ meet with sizes {sizes[2]} and {sizes[1]}, expected equal ones" if sizes else error
    return f"{name} stopped with {type(error).__name__}: {words}.{where}"


def numba_words(function, lines):
    """A page of typing errors in a few lines: what Numba does not know, and where it stands."""
    lines = [line.strip() for line in lines if line.strip()]
    calls = [line[3:].strip() for line in lines if line.startswith(">>>")]
    vague = ("Failed in nopython", "No implementation", "Invalid use", "During:", "raised from")
    others = [line.partition("TypingError: ")[2] or line for line in lines]
    others = [line for line in others if line and not line.startswith(vague)]
    if calls and not calls[0].startswith("_"):                # a function of NumPy, not one of Numba's own inside
        reason = f"it has no version of {calls[0]}"
    else:
        specific = [line.partition("TypingError: ")[2] for line in lines if "TypingError: " in line]
        reason = next((line for line in specific if line and not line.startswith(vague)), others[0] if others else lines[0])
    what = name_of(function) if hasattr(function, "py_func") else f"a function that {name_of(function)} calls"
    text = f"Numba cannot compile {what}: {reason.rstrip('.')}."
    files = [i for i, line in enumerate(lines) if line.startswith('File "') and "site-packages" not in line]
    if files:
        code = lines[files[-1] + 1:]
        pointer = next((i for i, line in enumerate(code) if set(line) == {"^"}), 0)
        number = lines[files[-1]].rpartition("line ")[2].rstrip(":")
        text += f"\nLine {number}" + (f": {code[pointer - 1]}" if pointer else ".")
    if hasattr(function, "py_func"):
        text += f"\nRun {name_of(function)}.py_func(...) to try it in Python."
    return text


def signature(function):
    """Signature of a Python function or of the one inside a Numba kernel."""
    return inspect.signature(getattr(function, "py_func", function))


def name_of(function):
    """The name a student gave the function."""
    return getattr(function, "__name__", type(function).__name__)
