"""Maxout: every unit is the largest of several affine pieces."""
import numpy as np


def maxout_forward(x, w, b):
    """The largest of P weighted sums, for every unit: a convex function that is learned, not chosen.

    Equation  a[n,p,m] = b[p,m] + sum_d w[p,m,d] x[n,d]                                  (3.14)
              h[n,m]   = max_p a[n,p,m]
    Shapes    x (N, D), w (P, M, D), b (P, M)  ->  h (N, M), winner (N, M) integers 0 ... P-1
    """
    a = np.einsum("pmd,nd->npm", w, x, optimize=True) + b
    return a.max(axis=1), a.argmax(axis=1)       # the first of equal pieces wins


def maxout_backward(dh, winner, x, w, b):
    """Gradients with respect to the inputs, the weights and the biases of all pieces.

    Equation  da[n,p,m] = dh[n,m] if p = winner[n,m], else 0                             (3.15)
              dx[n,d]   = sum_p sum_m da[n,p,m] w[p,m,d]
              dw[p,m,d] = sum_n da[n,p,m] x[n,d]
              db[p,m]   = sum_n da[n,p,m]
    Shapes    dh (N, M), winner (N, M) integers 0 ... P-1, x (N, D), w (P, M, D), b (P, M)
              ->  dx (N, D), dw (P, M, D), db (P, M)
    """
    pieces = np.arange(len(b))[:, None]
    da = np.where(pieces == winner[:, None, :], dh[:, None, :], 0)
    dx = np.einsum("npm,pmd->nd", da, w, optimize=True)
    dw = np.einsum("npm,nd->pmd", da, x, optimize=True)
    return dx, dw, da.sum(axis=0)
