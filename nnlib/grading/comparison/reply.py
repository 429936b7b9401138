"""What a call of a student's function gives. The only part of grading that also runs inside the sandbox."""
import contextlib
import io
import threading
import warnings
from dataclasses import dataclass

import numpy as np

NUMBERS = (int, float, np.float64, np.float32, np.int64, np.int32)


@dataclass(frozen=True)
class Reply:
    """What one call gave: outputs, or the kind and words of an error; and which arguments it changed."""

    outputs: tuple = ()
    kind: str = ""
    error: str = ""
    changed: tuple = ()


class NotPlain(ValueError):
    """A value is neither a number nor a plain array of numbers; the text says what it is."""


def plain(value):
    """A float64 array from a number, a plain array of numbers or a list of numbers, else NotPlain.

    Subclasses of arrays are refused: their comparisons can be anything. A process that found no plain value sends NotPlain.
    """
    if isinstance(value, NotPlain):
        raise value
    if type(value) in NUMBERS:
        return np.array(value, np.float64)
    if type(value) is list and all(type(v) in NUMBERS for v in value):
        return np.array(value, np.float64)
    if type(value) is not np.ndarray:
        raise NotPlain(f"is of type {type(value).__name__}, expected a NumPy array or a number.")
    if value.dtype.kind not in "fiu" or value.dtype.itemsize > 8:
        raise NotPlain(f"has dtype {value.dtype}, expected float64.")
    return np.array(value, np.float64)


class Silence:
    """Standard output, standard error and warnings, which the threads of a process share: silent while any of them asks."""

    def __init__(self):
        self.lock, self.threads, self.ending = threading.Lock(), 0, contextlib.ExitStack()

    def __enter__(self):
        with self.lock:
            self.threads += 1
            if self.threads == 1:
                self.ending.enter_context(contextlib.redirect_stdout(io.StringIO()))
                self.ending.enter_context(contextlib.redirect_stderr(io.StringIO()))
                self.ending.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")

    def __exit__(self, *error):
        with self.lock:
            self.threads -= 1
            if not self.threads:
                self.ending.close()


SILENCE = Silence()


@contextlib.contextmanager
def silence():
    """No output, no warnings: what is printed could show hidden inputs, and stderr costs all points of a cell."""
    with SILENCE, np.errstate(all="ignore"):
        yield
