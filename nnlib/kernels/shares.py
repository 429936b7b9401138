"""How many threads share a piece of work: no more than it is worth.

To wake a thread up takes some ten microseconds on a machine that has nothing else to do, and beside busy processes up to
some milliseconds. So small work stays in the thread that asks for it, and a kernel looks like this:

    parts = shares(multiplications, items)
    if parts == 1:
        do(everything)
    else:
        for part in prange(parts):
            do(its part)

Where there is one part, no other thread is asked.
"""
import os

from numba import get_num_threads, njit, set_num_threads, types
from numba.np.ufunc import parallel

WORTH = 2 ** 22              # multiplications that take a core about a tenth of a millisecond in a matrix product


def threads():
    """How many threads a prange of this thread uses."""
    return get_num_threads()


# the same in compiled code; Numba's own version cannot be kept for the next process
threads._numba_type_ = types.ExternalFunction("get_num_threads", types.intp())


@njit(inline="always")                               # there is an answer only in code with a prange, which starts threads
def shares(multiplications, items):
    """Number of parts, each for one thread, of so many items that take as long as so many multiplications in a product."""
    return max(1, min(threads(), items, multiplications // WORTH))


def go_on_alone():
    """A forked process has lost the threads of its parent, and the system would end it if a kernel woke one up."""
    if parallel._is_initialized:
        set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=go_on_alone)
