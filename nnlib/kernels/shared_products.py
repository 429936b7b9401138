"""Matrix products that threads share where it is worth it; each part is one call of the BLAS, which stays in its thread.

However many the parts, each number of a product is one sum, and OpenBLAS adds it up in the same order: its inner loops take
some rows at once, and only what is left over is done otherwise. So numbers do not depend on the number of threads.
"""
import numpy as np
from numba import prange

from .decorators import any_order, on_all_cores
from .shares import shares

ROWS = 12                    # parts begin at multiples of it: so many rows, or a part of them, are multiplied at once


@on_all_cores
def times(x, w):
    """X W, some rows in every part."""
    y = np.empty((len(x), w.shape[1]), x.dtype)
    parts = shares(len(x) * w.size, len(x) // ROWS)
    if parts == 1:
        np.dot(x, w, y)
    else:
        for part in prange(parts):
            first, end = bounds(part, parts, len(x))
            np.dot(x[first:end], w, y[first:end])
    return y


@on_all_cores
def times_transposed(x, w):
    """X W^T, some rows in every part."""
    y = np.empty((len(x), len(w)), x.dtype)
    parts = shares(len(x) * w.size, len(x) // ROWS)
    if parts == 1:
        np.dot(x, w.T, y)
    else:
        for part in prange(parts):
            first, end = bounds(part, parts, len(x))
            np.dot(x[first:end], w.T, y[first:end])
    return y


@on_all_cores
def transposed_times(x, y):
    """X^T Y, some columns of X in every part."""
    z = np.empty((x.shape[1], y.shape[1]), x.dtype)
    parts = shares(x.size * y.shape[1], x.shape[1] // ROWS)
    if parts == 1:
        np.dot(x.T, y, z)
    else:
        for part in prange(parts):
            first, end = bounds(part, parts, x.shape[1])
            np.dot(np.ascontiguousarray(x[:, first:end]).T, y, z[first:end])
    return z


@any_order
def bounds(part, parts, size):
    """The first row of a part, and the one after its last."""
    first, end = part * size // parts // ROWS * ROWS, (part + 1) * size // parts // ROWS * ROWS
    return first, size if part == parts - 1 else end
