"""Sequences with time first, (T, N, D), as the recurrent kernels use them inside."""
import numpy as np

from .decorators import any_order
from .functions import tanh
from .shared_products import times, times_transposed, transposed_times


@any_order
def input_scores(x, w_x):
    """W_x x for all steps in one product: (T, N, G M) for G gates."""
    N, T, D = x.shape
    return times_transposed(axes_swapped(x).reshape(T * N, D), w_x).reshape(T, N, len(w_x))


@any_order
def input_gradients(da, x, w_x):
    """dx, dW_x and db from the gradients da (T, N, G M) of all scores."""
    T, N, size = da.shape
    rows = da.reshape(T * N, size)
    dx = axes_swapped(times(rows, w_x).reshape(T, N, w_x.shape[1]))
    return dx, weight_gradient(da, axes_swapped(x)), column_sums(rows)


@any_order
def weight_gradient(da, x):
    """dW from the gradients da (T, N, G M) of all scores and what W was multiplied by in every step (T, N, D)."""
    T, N, size = da.shape
    rows = np.ascontiguousarray(x).reshape(T * N, x.shape[2])
    return transposed(transposed_times(rows, da.reshape(T * N, size)))  # the BLAS likes the wide factor last


@any_order
def column_sums(rows):
    """The sum of every column."""
    total = np.zeros(rows.shape[1], rows.dtype)
    for n in range(len(rows)):
        for m in range(len(total)):
            total[m] += rows[n, m]
    return total


@any_order
def beginning_with(h0, T):
    """Room for h0 (N, M) and T states after it: (T + 1, N, M)."""
    N, M = h0.shape
    states = np.empty((T + 1, N, M), h0.dtype)
    for n in range(N):
        for m in range(M):
            states[0, n, m] = h0[n, m]
    return states


@any_order
def axes_swapped(x):
    """A contiguous copy with examples and steps exchanged: (N, T, D) -> (T, N, D), and back."""
    N, T, D = x.shape
    y = np.empty((T, N, D), x.dtype)
    for t in range(T):
        for n in range(N):
            target, source = y[t, n], x[n, t]
            for d in range(D):
                target[d] = source[d]
    return y


@any_order
def transposed(w):
    """A contiguous copy of W^T."""
    M, K = w.shape
    y = np.empty((K, M), w.dtype)
    for k in range(K):
        for m in range(M):
            y[k, m] = w[m, k]
    return y


@any_order
def tanh_of_sum(a, b):
    """Replace every a[m] by tanh(a[m] + b[m])."""
    real = a.dtype.type
    for m in range(len(a)):
        a[m] = tanh(a[m] + b[m], real)


@any_order
def sigmoid_of_sum(a, b):
    """Replace every a[m] by sigmoid(a[m] + b[m]), where sigmoid(a) = 1/2 + 1/2 tanh(a/2)."""
    real = a.dtype.type
    half = real(0.5)
    for m in range(len(a)):
        a[m] = half + half * tanh(half * (a[m] + b[m]), real)
