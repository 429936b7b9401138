"""Dropout: some numbers set to zero at random. The layer draws which; the kernels are plain arithmetic."""
import numpy as np


def dropout_forward(x, kept, p):
    """Drop some numbers and enlarge the others, so that the mean stays what it is.

    Equation  y = kept x / (1 - p),   kept = 1 with probability 1 - p, else 0             (7.1)
    Shapes    x (...), kept (...) booleans, p scalar in [0, 1)  ->  y (...)
    """
    return np.where(kept, x / (1 - float(p)), 0)


def dropout_backward(dy, kept, p):
    """Gradient with respect to the inputs: what was dropped has none.

    Equation  dx = kept dy / (1 - p)                                                      (7.2)
    Shapes    dy (...), kept (...) booleans, p scalar in [0, 1)  ->  dx (...)
    """
    return np.where(kept, dy / (1 - float(p)), 0)
