"""Fully connected (affine) layer: a = W x + b for every example of a batch."""
import numpy as np

from .decorators import kernel
from .shared_products import times, times_transposed, transposed_times


@kernel
def affine_forward(x, w, b):
    """Weighted sums of the inputs, one for every unit.

    Equation  a[n,m] = b[m] + sum_d w[m,d] x[n,d]                                        (3.1)
    Shapes    x (N, D), w (M, D), b (M,)  ->  a (N, M)
    """
    a = times_transposed(x, w)
    for n in range(a.shape[0]):
        for m in range(a.shape[1]):
            a[n, m] += b[m]
    return a


@kernel
def affine_backward(da, x, w, b):
    """Gradients of the loss with respect to the inputs, the weights and the biases.

    Equation  dx[n,d] = sum_m da[n,m] w[m,d]                                             (5.11)
              dw[m,d] = sum_n da[n,m] x[n,d]
              db[m]   = sum_n da[n,m]
    Shapes    da (N, M), x (N, D), w (M, D), b (M,)  ->  dx (N, D), dw (M, D), db (M,)
    """
    dw, db = affine_backward_parameters(da, x, w, b)
    return times(da, w), dw, db


@kernel
def affine_backward_parameters(da, x, w, b):
    """The same without dx, for the first layer of a network.

    Equation  dw[m,d] = sum_n da[n,m] x[n,d]
              db[m]   = sum_n da[n,m]
    Shapes    da (N, M), x (N, D), w (M, D), b (M,)  ->  dw (M, D), db (M,)
    """
    dw = transposed_times(da, x)
    db = np.zeros(b.shape, b.dtype)
    for n in range(da.shape[0]):
        for m in range(da.shape[1]):
            db[m] += da[n, m]
    return dw, db
