"""Maxout: every unit is the largest of several affine pieces."""
import numpy as np

from .decorators import kernel
from .shared_products import times, times_transposed, transposed_times


@kernel
def maxout_forward(x, w, b):
    """The largest of P weighted sums, for every unit: a convex function that is learned, not chosen.

    Equation  a[n,p,m] = b[p,m] + sum_d w[p,m,d] x[n,d]                                  (3.14)
              h[n,m]   = max_p a[n,p,m]
    Shapes    x (N, D), w (P, M, D), b (P, M)  ->  h (N, M), winner (N, M) integers 0 ... P-1
    Saves     winner, the piece that the gradient goes to; the first of equal ones
    Source    Goodfellow et al. (2013), Maxout networks
    """
    P, M, D = w.shape
    N = x.shape[0]
    products = times_transposed(x, np.ascontiguousarray(w).reshape(P * M, D)).reshape(N, P, M)
    h, winner = np.empty((N, M), x.dtype), np.zeros((N, M), np.int64)
    for n in range(N):
        for m in range(M):
            h[n, m] = products[n, 0, m] + b[0, m]
        for p in range(1, P):
            for m in range(M):
                a = products[n, p, m] + b[p, m]
                if a > h[n, m] or np.isnan(a):
                    h[n, m], winner[n, m] = a, p
    return h, winner


@kernel
def maxout_backward(dh, winner, x, w, b):
    """Gradients with respect to the inputs, the weights and the biases of all pieces.

    Equation  da[n,p,m] = dh[n,m] if p = winner[n,m], else 0                             (3.15)
              dx[n,d]   = sum_p sum_m da[n,p,m] w[p,m,d]
              dw[p,m,d] = sum_n da[n,p,m] x[n,d]
              db[p,m]   = sum_n da[n,p,m]
    Shapes    dh (N, M), winner (N, M) integers 0 ... P-1, x (N, D), w (P, M, D), b (P, M)
              ->  dx (N, D), dw (P, M, D), db (P, M)
    """
    P, M, D = w.shape
    N = x.shape[0]
    da, db = np.zeros((N, P * M), x.dtype), np.zeros(b.shape, b.dtype)
    for n in range(N):
        for m in range(M):
            p = winner[n, m]
            da[n, p * M + m] = dh[n, m]
            db[p, m] += dh[n, m]
    dx = times(da, np.ascontiguousarray(w).reshape(P * M, D))
    dw = transposed_times(da, x).reshape(P, M, D)
    return dx, dw, db
