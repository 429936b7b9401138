"""What a call of a student's function gives. The only part of grading that also runs inside the sandbox."""
import collections
import contextlib
import io
import threading
import warnings
from dataclasses import dataclass

import numpy as np

NUMBERS = {int, float, *(np.dtype(code).type for code in np.typecodes["AllInteger"] + np.typecodes["Float"])}
SEQUENCES = (list, tuple, collections.deque)
NOTHING = "is None: end the function with return."
AXES = 8                            # of an array that is made of sequences in sequences
ENTRIES = 2 ** 16                   # of an output: no task asks for a hundredth, and a comparison is not to take long


@dataclass(frozen=True)
class Reply:
    """What one call gave: outputs, or the kind and words of an error; and which arguments it changed."""

    outputs: tuple = ()
    kind: str = ""
    error: str = ""
    changed: tuple = ()


class NotPlain(ValueError):
    """A value is neither a number nor a plain array of numbers; the text says what it is."""


def plain(value, axes=AXES):
    """A float64 array from a number, a plain array, or sequences of them with at most so many axes, else NotPlain.

    What NumPy would make an array of, and the self-check so accepts, is accepted: a tuple or a deque of losses, a masked
    array without a masked entry. Other subclasses of arrays are refused: their comparisons can be anything. So is more than
    anybody asks for. A process that found no plain value sends NotPlain.
    """
    if isinstance(value, NotPlain):
        raise value
    if value is None:
        raise NotPlain(NOTHING)
    if type(value) in NUMBERS:
        return np.array(value, np.float64)
    if type(value) in SEQUENCES:
        limit(len(value))
    if type(value) in SEQUENCES and all(type(v) in NUMBERS for v in value):
        return np.array(value, np.float64)
    if type(value) in SEQUENCES and axes:
        parts = [plain(part, axes - 1) for part in value]
        if len({part.shape for part in parts}) > 1:
            raise NotPlain("is a list of different lengths, expected an array.")
        limit(sum(part.size for part in parts))
        return np.array(parts)
    if type(value) is np.ma.MaskedArray and not np.ma.is_masked(value):
        value = np.asarray(value.data)
    if type(value) is not np.ndarray:
        raise NotPlain(f"is of type {type(value).__name__}, expected a NumPy array or a number.")
    if value.dtype.kind not in "fiu":
        raise NotPlain(f"has dtype {value.dtype}, expected float64.")
    limit(value.size)
    return np.array(value, np.float64)


def limit(entries):
    """NotPlain where a value has more entries than a comparison looks at."""
    if entries > ENTRIES:
        raise NotPlain(f"has more than {ENTRIES:,} entries, expected far fewer.")


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
