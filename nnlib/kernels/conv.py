"""Convolution: an affine layer whose inputs are shifted copies of the image.

What one tap (c, k, l) of a filter reads, for all output positions together, is the image moved by (k, l). So

    output of filter f   =  b[f] + sum over taps  w[f,tap]  (copy of the image shifted by tap)

How these copies lie in memory, none of them copied, is in ``shifted_copies.py``. A core takes a few images at a time:
a block, whose numbers stay near the processor.
"""
import numpy as np
from numba import prange

from .decorators import any_order, on_all_cores
from .products import add_products, sum_products
from .shifted_copies import Grid, filter_matrix, from_planes, from_rows, row_starts, sizes, tap_starts, to_planes, to_rows


@on_all_cores
def conv2d_forward(x, w, b, stride, padding):
    """Every filter laid on every position of every image (cross-correlation, as in PyTorch).

    Equation  y[n,f,i,j] = b[f] + sum_c,k,l w[f,c,k,l] x[n, c, SH i + k - PH, SW j + l - PW],   x = 0 outside  (8.3)
    Shapes    x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1, padding (PH, PW) pair >= 0
              ->  y (N, F, OH, OW)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    grid = Grid(*sizes(x, w, stride, padding))
    weights, taps, rows = filter_matrix(w), tap_starts(w, grid), row_starts(w, grid)
    y = np.empty((len(x), len(w), grid.OH, grid.OW), x.dtype)
    for block in prange(grid.blocks):
        first, end = block * grid.images, (block + 1) * grid.images
        forward_block(y[first:end], x[first:end], weights, b, taps, rows, grid)
    return y


@any_order
def forward_block(y, x, weights, b, taps, rows, grid):
    """The outputs of a few images. Modifies y."""
    a = np.zeros(rows.size * grid.length, x.dtype)
    for f in range(len(b)):
        row = a[rows[f]:]
        for i in range(grid.length):
            row[i] = b[f]
    add_products(a, rows, weights, to_planes(x, grid).ravel(), taps, grid.length)
    from_rows(y, a, rows, grid)


@on_all_cores
def conv2d_backward(dy, x, w, b, stride, padding):
    """Gradients of the loss with respect to the images, the filters and the biases.

    Equation  dx[n,c,h,v] = sum_f,k,l dy[n,f,i,j] w[f,c,k,l]   over all  SH i + k - PH = h,  SW j + l - PW = v  (8.5)
              dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dx (N, C, H, W), dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    grid = Grid(*sizes(x, w, stride, padding))
    weights, taps, rows = np.ascontiguousarray(filter_matrix(w).T), tap_starts(w, grid), row_starts(w, grid)
    dx = np.zeros(x.shape, x.dtype)
    dw_of_block = np.empty((grid.blocks, rows.size, taps.size), w.dtype)
    db_of_block = np.empty((grid.blocks, len(w)), w.dtype)
    for block in prange(grid.blocks):                    # each with sums of its own: no two cores add into one
        first, end = block * grid.images, (block + 1) * grid.images
        da = to_rows(dy[first:end], rows, grid)
        parameters_block(dw_of_block[block], db_of_block[block], da, x[first:end], taps, rows, grid)
        images_block(dx[first:end], da, weights, taps, rows, grid)
    dw, db = sums_of_blocks(dw_of_block, db_of_block, w)
    return dx, dw, db


@on_all_cores
def conv2d_backward_parameters(dy, x, w, b, stride, padding):
    """The same without dx, for the first layer of a network.

    Equation  dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    grid = Grid(*sizes(x, w, stride, padding))
    taps, rows = tap_starts(w, grid), row_starts(w, grid)
    dw_of_block = np.empty((grid.blocks, rows.size, taps.size), w.dtype)
    db_of_block = np.empty((grid.blocks, len(w)), w.dtype)
    for block in prange(grid.blocks):
        first, end = block * grid.images, (block + 1) * grid.images
        da = to_rows(dy[first:end], rows, grid)
        parameters_block(dw_of_block[block], db_of_block[block], da, x[first:end], taps, rows, grid)
    return sums_of_blocks(dw_of_block, db_of_block, w)


@any_order
def parameters_block(dw, db, da, x, taps, rows, grid):
    """What a few images add to the gradients of the filters (rows, taps) and biases. Modifies dw, db."""
    for f in range(len(db)):
        db[f] = da[rows[f]:rows[f] + grid.length].sum()
    sum_products(dw, da, rows, to_planes(x, grid).ravel(), taps, grid.length)


@any_order
def images_block(dx, da, weights, taps, rows, grid):
    """The gradient of a few images. Modifies dx."""
    shape = dx.shape[1], grid.SH, grid.SW, grid.images, grid.GH, grid.GW
    size = shape[0] * grid.SH * grid.SW * grid.images * grid.GH * grid.GW
    dplanes, starts = np.zeros((4, size), dx.dtype), taps.copy()
    for t in range(taps.size):                           # four sums, because neighbouring taps overlap
        starts[t] += t % 4 * size
    add_products(dplanes.ravel(), starts, weights, da, rows, grid.length)
    for i in range(size):
        dplanes[0, i] += dplanes[1, i] + dplanes[2, i] + dplanes[3, i]
    from_planes(dx, dplanes[0].reshape(shape), grid)


@any_order
def sums_of_blocks(dw_of_block, db_of_block, w):
    """dw in the shape of the filters, and db."""
    dw, db = np.zeros(w.shape, w.dtype), np.zeros(len(w), w.dtype)
    for block in range(len(db_of_block)):
        for f in range(len(w)):
            db[f] += db_of_block[block, f]
            dw_f, row = dw[f].ravel(), dw_of_block[block, f]
            for t in range(dw_f.size):
                dw_f[t] += row[t]
    return dw, db
