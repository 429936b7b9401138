"""Calls of a student's function: on copies, in silence, and every error in plain words."""
import contextlib
import inspect
import io
import re
import sys
import traceback
import warnings

import numpy as np


class Mistake(Exception):
    """A call of your function gave nothing to compare; the text says why."""


def named_outputs(function, arguments, names):
    """The outputs of your function on copies of the arguments, as arrays, or Mistake."""
    copies = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    result = result_of(function, copies, silent=False)
    for position, (before, after) in enumerate(zip(arguments, copies)):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            argument = list(signature(function).parameters)[position]
            raise Mistake(f"{name_of(function)} changes its argument {argument}.\n"
                          "Work on a copy, or write a = a - b instead of a -= b.")
    if result is None:
        raise Mistake(f"{name_of(function)} returns None.\nEnd it with return.")
    outputs = result if isinstance(result, (tuple, list)) and len(names) > 1 else (result,)
    if len(outputs) != len(names):
        raise Mistake(f"{name_of(function)} returns {len(outputs)} output{'s' * (len(outputs) != 1)}, "
                      f"expected {len(names)}: {', '.join(names)}.")
    try:
        return [np.asarray(output) for output in outputs]
    except ValueError:
        raise Mistake(f"{name_of(function)} returns a list of different lengths, expected an array.") from None


def viewed(view, outputs, arguments):
    """The values that a view gives of outputs, as a tuple, where many outputs are right.

    Raises    ValueError, by the view, if the outputs cannot be right
    """
    values = view(*outputs, *arguments)
    return values if isinstance(values, tuple) else (values,)


def result_of(function, arguments, silent=True):
    """The result of a call, or Mistake with the error in two plain lines.

    Nothing goes to stderr, which would cost all points of a graded cell: what you print comes out on stdout.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO() if silent else sys.stdout), \
                contextlib.redirect_stderr(io.StringIO() if silent else sys.stdout), \
                warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(*arguments)
    except NotImplementedError:
        raise Mistake(f"{name_of(function)} is not written yet.\n"
                      "Replace the line raise NotImplementedError() by your code.") from None
    except Exception as error:                # whatever a student's code raises is the finding
        raise Mistake(plain_words(function, error)) from error


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
