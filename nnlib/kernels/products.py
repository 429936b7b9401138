"""Sums of products, four by four: every number that is once loaded is used four times.

The block of four by four is written out in each function: as a function of its own it made convolution a sixth slower.
"""
from .decorators import any_order


@any_order
def add_products(y, rows, w, x, taps, length):
    """Add weighted stretches of x to stretches of y; their numbers are multiples of 4.

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


@any_order
def add_matrix_product(y, w, x, first, end):
    """Add W x to rows first ... end - 1 of y, up to four.

    Equation  y[n,m] += sum_k w[n,k] x[k,m]
    Shapes    y (N, from M on), w (N, from K on), x (K, M)
    Modifies  y
    """
    K, M = x.shape
    done = 0
    if end - first == 4:
        y0, y1, y2, y3 = y[first], y[first + 1], y[first + 2], y[first + 3]
        w0, w1, w2, w3 = w[first], w[first + 1], w[first + 2], w[first + 3]
        for k in range(0, K - 3, 4):
            x0, x1, x2, x3 = x[k], x[k + 1], x[k + 2], x[k + 3]
            w00, w01, w02, w03 = w0[k], w0[k + 1], w0[k + 2], w0[k + 3]
            w10, w11, w12, w13 = w1[k], w1[k + 1], w1[k + 2], w1[k + 3]
            w20, w21, w22, w23 = w2[k], w2[k + 1], w2[k + 2], w2[k + 3]
            w30, w31, w32, w33 = w3[k], w3[k + 1], w3[k + 2], w3[k + 3]
            for m in range(M):
                a, b, c, d = x0[m], x1[m], x2[m], x3[m]
                y0[m] += w00 * a + w01 * b + w02 * c + w03 * d
                y1[m] += w10 * a + w11 * b + w12 * c + w13 * d
                y2[m] += w20 * a + w21 * b + w22 * c + w23 * d
                y3[m] += w30 * a + w31 * b + w32 * c + w33 * d
        done = K // 4 * 4
    for n in range(first, end):
        for k in range(done, K):
            y_n, w_nk, x_k = y[n], w[n, k], x[k]
            for m in range(M):
                y_n[m] += w_nk * x_k[m]


@any_order
def sum_products(dw, dy, rows, x, taps, length):
    """The gradient of add_products with respect to w.

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
