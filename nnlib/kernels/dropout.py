"""Dropout: some numbers set to zero at random. The layer draws which; the kernels are plain arithmetic."""
import numpy as np

from .decorators import kernel


@kernel
def dropout_forward(x, kept, p):
    """Drop some numbers and enlarge the others, so that the mean stays what it is.

    Equation  y = kept x / (1 - p),   kept = 1 with probability 1 - p, else 0             (7.1)
    Shapes    x (...), kept (...) booleans, p scalar in [0, 1)  ->  y (...)
    Source    Srivastava et al. (2014), Dropout; the factor in training is its "inverted" form
    """
    y = np.empty(x.shape, x.dtype)
    factor, zero = x.dtype.type(1 / (1 - p)), x.dtype.type(0)
    x_flat, kept_flat, y_flat = x.ravel(), kept.ravel(), y.ravel()
    for i in range(x_flat.size):
        y_flat[i] = factor * x_flat[i] if kept_flat[i] else zero
    return y


@kernel
def dropout_backward(dy, kept, p):
    """Gradient with respect to the inputs: what was dropped has none.

    Equation  dx = kept dy / (1 - p)                                                      (7.2)
    Shapes    dy (...), kept (...) booleans, p scalar in [0, 1)  ->  dx (...)
    """
    dx = np.empty(dy.shape, dy.dtype)
    factor, zero = dy.dtype.type(1 / (1 - p)), dy.dtype.type(0)
    dy_flat, kept_flat, dx_flat = dy.ravel(), kept.ravel(), dx.ravel()
    for i in range(dy_flat.size):
        dx_flat[i] = factor * dy_flat[i] if kept_flat[i] else zero
    return dx
