"""Shifted copies of images, of which none is copied: in memory, each is the same numbers from another start.

Images are padded with zeros, and their rows and columns dealt out to SH x SW planes, so that a filter reads neighbours
for every stride. A tap then reads a plane from one start on, and writes nowhere but into a row of outputs. Positions
at which a filter would run over the right or lower edge are computed along with the others, and left out at the end.
"""
from typing import NamedTuple

import numpy as np

from .decorators import any_order

RUN = 512                    # positions computed together: long enough for vectors, short enough for the cache


class Grid(NamedTuple):
    """The sizes of a convolution."""

    OH: int                  # rows and columns of an output
    OW: int
    GH: int                  # rows and columns of a plane: an output's, and what the last position reads beyond them
    GW: int
    SH: int                  # stride
    SW: int
    PH: int                  # padding
    PW: int
    images: int              # in a block: computed together
    blocks: int
    length: int              # of a row, the outputs of one filter in a block, spaced as the planes are


@any_order
def sizes(x, w, stride, padding):
    """The fields of the Grid; Numba takes a named tuple into a prange only from the function that makes it."""
    (N, _, H, W), (_, _, KH, KW), (SH, SW), (PH, PW) = x.shape, w.shape, stride, padding
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    GH, GW = OH + (KH - 1) // SH, OW + (KW - 1) // SW
    images = max(1, min(N, RUN // (GH * GW)))
    length = ((images - 1) * GH + OH - 1) * GW + OW
    return OH, OW, GH, GW, SH, SW, PH, PW, images, (N + images - 1) // images, length


@any_order
def filter_matrix(w):
    """The filters as a matrix (rows, taps), both filled up with zeros to a multiple of 4."""
    F, K = len(w), w[0].size
    weights = np.zeros(((F + 3) // 4 * 4, (K + 3) // 4 * 4), w.dtype)
    for f in range(F):
        row = w[f].ravel()
        for t in range(K):
            weights[f, t] = row[t]
    return weights


@any_order
def tap_starts(w, grid):
    """Where the shifted copy of every tap starts in the planes; of the taps that fill up, at 0."""
    _, C, KH, KW = w.shape
    starts = np.zeros((C * KH * KW + 3) // 4 * 4, np.int64)
    for c in range(C):
        for k in range(KH):
            for l in range(KW):
                plane = (c * grid.SH + k % grid.SH) * grid.SW + l % grid.SW
                starts[(c * KH + k) * KW + l] = (plane * grid.images * grid.GH + k // grid.SH) * grid.GW + l // grid.SW
    return starts


@any_order
def row_starts(w, grid):
    """Where the row of every filter starts."""
    return np.arange((len(w) + 3) // 4 * 4) * grid.length


@any_order
def to_planes(x, grid):
    """Padded images, dealt out to planes.

    Equation  planes[c,p,q,n,i,j] = x[n, c, SH i + p - PH, SW j + q - PW],   x = 0 outside
    """
    N, C, H, W = x.shape
    planes = np.zeros((C, grid.SH, grid.SW, grid.images, grid.GH, grid.GW), x.dtype)
    for c in range(C):
        for p in range(grid.SH):
            for q in range(grid.SW):
                top, bottom = inside(p - grid.PH, grid.SH, H, grid.GH)
                left, right = inside(q - grid.PW, grid.SW, W, grid.GW)
                for n in range(N):
                    for i in range(top, bottom):
                        plane = planes[c, p, q, n, i, left:right]
                        image = x[n, c, grid.SH * i + p - grid.PH, grid.SW * left + q - grid.PW:]
                        for j in range(right - left):
                            plane[j] = image[grid.SW * j]
    return planes


@any_order
def from_planes(x, planes, grid):
    """The way back from the planes to the images; what no filter has read keeps its 0. Modifies x."""
    N, C, H, W = x.shape
    for c in range(C):
        for p in range(grid.SH):
            for q in range(grid.SW):
                top, bottom = inside(p - grid.PH, grid.SH, H, grid.GH)
                left, right = inside(q - grid.PW, grid.SW, W, grid.GW)
                for n in range(N):
                    for i in range(top, bottom):
                        plane = planes[c, p, q, n, i, left:right]
                        image = x[n, c, grid.SH * i + p - grid.PH, grid.SW * left + q - grid.PW:]
                        for j in range(right - left):
                            image[grid.SW * j] = plane[j]


@any_order
def inside(offset, stride, size, count):
    """The range of i in 0 ... count - 1 for which stride i + offset is one of 0 ... size - 1."""
    first = max(0, (stride - 1 - offset) // stride)
    return first, max(first, min(count, (size - offset + stride - 1) // stride))


@any_order
def to_rows(y, rows, grid):
    """Outputs (N, F, OH, OW) in rows, one for each filter; 0 at the positions that are left out."""
    N, F, OH, OW = y.shape
    a = np.zeros(rows.size * grid.length, y.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                row, output = a[rows[f] + (n * grid.GH + i) * grid.GW:], y[n, f, i]
                for j in range(OW):
                    row[j] = output[j]
    return a


@any_order
def from_rows(y, a, rows, grid):
    """The way back. Modifies y."""
    N, F, OH, OW = y.shape
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                row, output = a[rows[f] + (n * grid.GH + i) * grid.GW:], y[n, f, i]
                for j in range(OW):
                    output[j] = row[j]
