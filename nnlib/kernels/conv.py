"""Convolution: an affine layer whose inputs are shifted copies of the image.

What one tap (c, k, l) of a filter reads, for all output positions together, is the image moved by (k, l). So

    output of filter f   =  b[f] + sum over taps  w[f,tap]  (copy of the image shifted by tap)

and in memory a shifted copy is the same numbers from another start. Images are first padded with zeros and their
rows and columns dealt out to SH x SW planes, so that a stride, too, reads neighbours. Positions at which a
filter would run over the right or lower edge are computed along with the others, and left out at the end.
"""
import numpy as np
from numba import njit, prange

# These lines stay in this file: Numba's cache watches only it. Sums may be reordered, NaN stays NaN.
kernel = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"}, parallel={"prange": True, "numpy": False,
              "reduction": False, "setitem": False, "stencil": False, "comprehension": False, "fusion": False})
part = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})

RUN = 512                    # positions computed together: long enough for vectors, short enough for the cache


@kernel
def conv2d_forward(x, w, b, stride, padding):
    """Every filter laid on every position of every image (cross-correlation, as in PyTorch).

    Equation  y[n,f,i,j] = b[f] + sum_c,k,l w[f,c,k,l] x[n, c, SH i + k - PH, SW j + l - PW],   x = 0 outside  (7.3)
    Shapes    x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1, padding (PH, PW) pair >= 0
              ->  y (N, F, OH, OW)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    N, F = x.shape[0], w.shape[0]
    sizes = grid(x, w, stride, padding)
    OH, OW, _, _, together, _ = sizes
    weights, (taps, rows) = in_fours(w), starts(w, stride, sizes)
    y = np.empty((N, F, OH, OW), x.dtype)
    for block in prange((N + together - 1) // together):
        first, end = block * together, (block + 1) * together
        forward_block(y[first:end], x[first:end], weights, b, taps, rows, stride, padding, sizes)
    return y


@kernel
def conv2d_backward(dy, x, w, b, stride, padding):
    """Gradients of the loss with respect to the images, the filters and the biases.

    Equation  dx[n,c,h,v] = sum_f,k,l dy[n,f,i,j] w[f,c,k,l]   over all  SH i + k - PH = h,  SW j + l - PW = v  (7.5)
              dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dx (N, C, H, W), dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    N, F = x.shape[0], w.shape[0]
    sizes = grid(x, w, stride, padding)
    together = sizes[4]
    weights, (taps, rows) = np.ascontiguousarray(in_fours(w).T), starts(w, stride, sizes)
    blocks = (N + together - 1) // together
    dx = np.zeros(x.shape, x.dtype)
    dw_of_block, db_of_block = np.empty((blocks, rows.size, taps.size), w.dtype), np.empty((blocks, F), w.dtype)
    for block in prange(blocks):                          # each with sums of its own: no two threads add into one
        first, end = block * together, (block + 1) * together
        da = spread(dy[first:end], sizes)
        parameters_block(dw_of_block[block], db_of_block[block], da, x[first:end], taps, rows, stride, padding, sizes)
        images_block(dx[first:end], da, weights, taps, rows, stride, padding, sizes)
    dw, db = total(dw_of_block, db_of_block, w)
    return dx, dw, db


@kernel
def conv2d_backward_parameters(dy, x, w, b, stride, padding):
    """The same without dx, for the first layer of a network.

    Equation  dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    N, F = x.shape[0], w.shape[0]
    sizes = grid(x, w, stride, padding)
    together = sizes[4]
    taps, rows = starts(w, stride, sizes)
    blocks = (N + together - 1) // together
    dw_of_block, db_of_block = np.empty((blocks, rows.size, taps.size), w.dtype), np.empty((blocks, F), w.dtype)
    for block in prange(blocks):
        first, end = block * together, (block + 1) * together
        da = spread(dy[first:end], sizes)
        parameters_block(dw_of_block[block], db_of_block[block], da, x[first:end], taps, rows, stride, padding, sizes)
    return total(dw_of_block, db_of_block, w)


@part
def forward_block(y, x, weights, b, taps, rows, stride, padding, sizes):
    """The outputs of a few images. Modifies y."""
    N, F, OH, OW = y.shape
    _, _, GH, GW, _, length = sizes
    a = np.zeros(rows.size * length, x.dtype)
    for f in range(F):
        row = a[rows[f]:]
        for i in range(length):
            row[i] = b[f]
    add_products(a, rows, weights, deal(x, stride, padding, sizes).ravel(), taps, length)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                to, inside = y[n, f, i], a[rows[f] + (n * GH + i) * GW:]
                for j in range(OW):
                    to[j] = inside[j]


@part
def spread(dy, sizes):
    """The gradients of a few images in rows of planes, one row for each filter; 0 where forward left positions out."""
    N, F, OH, OW = dy.shape
    _, _, GH, GW, _, length = sizes
    da = np.zeros((F + 3) // 4 * 4 * length, dy.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                inside, given = da[f * length + (n * GH + i) * GW:], dy[n, f, i]
                for j in range(OW):
                    inside[j] = given[j]
    return da


@part
def parameters_block(dw, db, da, x, taps, rows, stride, padding, sizes):
    """What a few images add to the gradients of the filters (rows, taps) and biases. Modifies dw, db."""
    length = sizes[5]
    for f in range(len(db)):
        db[f] = da[rows[f]:rows[f] + length].sum()
    sum_products(dw, da, rows, deal(x, stride, padding, sizes).ravel(), taps, length)


@part
def images_block(dx, da, weights, taps, rows, stride, padding, sizes):
    """The gradient of a few images. Modifies dx."""
    (SH, SW), (_, _, GH, GW, together, length) = stride, sizes
    shape = dx.shape[1], SH, SW, together, GH, GW
    size = shape[0] * SH * SW * together * GH * GW
    sums, apart = np.zeros((4, size), dx.dtype), taps.copy()
    for t in range(taps.size):                            # four sums, because neighbouring taps overlap
        apart[t] += t % 4 * size
    add_products(sums.ravel(), apart, weights, da, rows, length)
    for i in range(size):
        sums[0, i] += sums[1, i] + sums[2, i] + sums[3, i]
    collect(sums[0].reshape(shape), dx, stride, padding)


@part
def total(dw_of_block, db_of_block, w):
    """Sum over the blocks: dw in the shape of the filters, and db."""
    dw, db = np.zeros(w.shape, w.dtype), np.zeros(len(w), w.dtype)
    for block in range(len(db_of_block)):
        for f in range(len(w)):
            db[f] += db_of_block[block, f]
            sums, row = dw[f].ravel(), dw_of_block[block, f]
            for t in range(sums.size):
                sums[t] += row[t]
    return dw, db


@part
def grid(x, w, stride, padding):
    """Sizes of the output (OH, OW), and of the planes (GH, GW): the output and what the last filter position reads
    beyond it; how many images are computed together; and how long a row of their outputs is in the planes."""
    OH = (x.shape[2] + 2 * padding[0] - w.shape[2]) // stride[0] + 1
    OW = (x.shape[3] + 2 * padding[1] - w.shape[3]) // stride[1] + 1
    GH, GW = OH + (w.shape[2] - 1) // stride[0], OW + (w.shape[3] - 1) // stride[1]
    together = max(1, min(x.shape[0], RUN // (GH * GW)))
    return OH, OW, GH, GW, together, ((together - 1) * GH + OH - 1) * GW + OW


@part
def in_fours(w):
    """The filters as a matrix (filters, taps), both filled up with zeros to a multiple of 4."""
    F, K = w.shape[0], w[0].size
    weights = np.zeros(((F + 3) // 4 * 4, (K + 3) // 4 * 4), w.dtype)
    for f in range(F):
        row = w[f].ravel()
        for t in range(K):
            weights[f, t] = row[t]
    return weights


@part
def starts(w, stride, sizes):
    """Where every tap's shifted copy starts in the planes, and where every filter's row of outputs."""
    F, C, KH, KW = w.shape
    (SH, SW), (_, _, GH, GW, together, length) = stride, sizes
    taps, rows = np.zeros((C * KH * KW + 3) // 4 * 4, np.int64), np.empty((F + 3) // 4 * 4, np.int64)
    for c in range(C):
        for k in range(KH):
            for l in range(KW):
                plane = (c * SH + k % SH) * SW + l % SW
                taps[(c * KH + k) * KW + l] = plane * together * GH * GW + k // SH * GW + l // SW
    for f in range(rows.size):
        rows[f] = f * length
    return taps, rows


@part
def deal(x, stride, padding, sizes):
    """Padded images, dealt out to planes.

    Equation  planes[c,p,q,n,i,j] = x[n, c, SH i + p - PH, SW j + q - PW],   x = 0 outside
    """
    N, C, H, W = x.shape
    (SH, SW), (PH, PW), (_, _, GH, GW, together, _) = stride, padding, sizes
    planes = np.zeros((C, SH, SW, together, GH, GW), x.dtype)
    for c in range(C):
        for p in range(SH):
            for q in range(SW):
                top, bottom = within(p - PH, SH, H, GH)
                left, right = within(q - PW, SW, W, GW)
                for n in range(N):
                    for i in range(top, bottom):
                        to = planes[c, p, q, n, i, left:right]
                        image = x[n, c, SH * i + p - PH, SW * left + q - PW:]
                        for j in range(right - left):
                            to[j] = image[SW * j]
    return planes


@part
def collect(dplanes, dx, stride, padding):
    """The way back from the planes to the images; what no filter has read keeps its 0. Modifies dx."""
    N, C, H, W = dx.shape
    (SH, SW), (PH, PW) = stride, padding
    GH, GW = dplanes.shape[4:]
    for c in range(C):
        for p in range(SH):
            for q in range(SW):
                top, bottom = within(p - PH, SH, H, GH)
                left, right = within(q - PW, SW, W, GW)
                for n in range(N):
                    for i in range(top, bottom):
                        given = dplanes[c, p, q, n, i, left:right]
                        image = dx[n, c, SH * i + p - PH, SW * left + q - PW:]
                        for j in range(right - left):
                            image[SW * j] = given[j]


@part
def within(offset, stride, size, count):
    """The range of i in 0 ... count - 1 for which stride i + offset is one of 0 ... size - 1."""
    first = max(0, (stride - 1 - offset) // stride)
    return first, max(first, min(count, (size - offset + stride - 1) // stride))


@part
def add_products(y, rows, w, x, taps, length):
    """Add weighted copies: four rows and four copies at a time, so that a number once loaded is used four times.

    Equation  y[rows[r] + i] += sum_t w[r,t] x[taps[t] + i]   for i = 0 ... length - 1
    Modifies  y
    """
    for r in range(0, rows.size, 4):
        y0, y1, y2, y3 = y[rows[r]:], y[rows[r + 1]:], y[rows[r + 2]:], y[rows[r + 3]:]
        for t in range(0, taps.size, 4):
            x0, x1, x2, x3 = x[taps[t]:], x[taps[t + 1]:], x[taps[t + 2]:], x[taps[t + 3]:]
            w00, w01, w02, w03 = w[r, t], w[r, t + 1], w[r, t + 2], w[r, t + 3]
            w10, w11, w12, w13 = w[r + 1, t], w[r + 1, t + 1], w[r + 1, t + 2], w[r + 1, t + 3]
            w20, w21, w22, w23 = w[r + 2, t], w[r + 2, t + 1], w[r + 2, t + 2], w[r + 2, t + 3]
            w30, w31, w32, w33 = w[r + 3, t], w[r + 3, t + 1], w[r + 3, t + 2], w[r + 3, t + 3]
            for i in range(length):
                a, b, c, d = x0[i], x1[i], x2[i], x3[i]
                y0[i] += w00 * a + w01 * b + w02 * c + w03 * d
                y1[i] += w10 * a + w11 * b + w12 * c + w13 * d
                y2[i] += w20 * a + w21 * b + w22 * c + w23 * d
                y3[i] += w30 * a + w31 * b + w32 * c + w33 * d


@part
def sum_products(dw, dy, rows, x, taps, length):
    """The gradient of add_products with respect to w, again in blocks of four by four.

    Equation  dw[r,t] = sum_i dy[rows[r] + i] x[taps[t] + i]
    Modifies  dw
    """
    for r in range(0, rows.size, 4):
        y0, y1, y2, y3 = dy[rows[r]:], dy[rows[r + 1]:], dy[rows[r + 2]:], dy[rows[r + 3]:]
        for t in range(0, taps.size, 4):
            x0, x1, x2, x3 = x[taps[t]:], x[taps[t + 1]:], x[taps[t + 2]:], x[taps[t + 3]:]
            w00 = w01 = w02 = w03 = w10 = w11 = w12 = w13 = dw.dtype.type(0)
            w20 = w21 = w22 = w23 = w30 = w31 = w32 = w33 = dw.dtype.type(0)
            for i in range(length):
                p, q, r_, s = y0[i], y1[i], y2[i], y3[i]
                a, b, c, d = x0[i], x1[i], x2[i], x3[i]
                w00, w01, w02, w03 = w00 + p * a, w01 + p * b, w02 + p * c, w03 + p * d
                w10, w11, w12, w13 = w10 + q * a, w11 + q * b, w12 + q * c, w13 + q * d
                w20, w21, w22, w23 = w20 + r_ * a, w21 + r_ * b, w22 + r_ * c, w23 + r_ * d
                w30, w31, w32, w33 = w30 + s * a, w31 + s * b, w32 + s * c, w33 + s * d
            dw[r, t], dw[r, t + 1], dw[r, t + 2], dw[r, t + 3] = w00, w01, w02, w03
            dw[r + 1, t], dw[r + 1, t + 1], dw[r + 1, t + 2], dw[r + 1, t + 3] = w10, w11, w12, w13
            dw[r + 2, t], dw[r + 2, t + 1], dw[r + 2, t + 2], dw[r + 2, t + 3] = w20, w21, w22, w23
            dw[r + 3, t], dw[r + 3, t + 1], dw[r + 3, t + 2], dw[r + 3, t + 3] = w30, w31, w32, w33
