"""Positions: what is added to every step of a sequence to say where it stands."""
import numpy as np


def sinusoidal_positions_forward(x):
    """Add to each step the hands of D / 2 clocks that show its position; each clock goes more slowly than the one before.

    Equation  y[n,t,2i]   = x[n,t,2i]   + sin(t / 10000^(2i/D))                             (11.5)
              y[n,t,2i+1] = x[n,t,2i+1] + cos(t / 10000^(2i/D))
    Shapes    x (N, T, D)  ->  y (N, T, D)
    Source    Vaswani et al. (2017), Attention is all you need
    """
    T, D = x.shape[1:]
    turns = 10_000 ** (-np.arange(0, D, 2) / D)          # of each clock
    angle = np.arange(T)[:, None] * turns                # (T, ceil(D / 2))
    p = np.empty((T, D), x.dtype)
    p[:, 0::2], p[:, 1::2] = np.sin(angle), np.cos(angle[:, :D // 2])
    return x + p


def sinusoidal_positions_backward(dy):
    """Gradient with respect to the steps, as it came: what is added has nothing to learn.

    Equation  dx[n,t,d] = dy[n,t,d]                                                         (11.6)
    Shapes    dy (N, T, D)  ->  dx (N, T, D)
    """
    return dy.copy()


def learned_positions_forward(x, w):
    """Add to each step the row of its position.

    Equation  y[n,t,d] = x[n,t,d] + w[t,d]                                                  (11.7)
    Shapes    x (N, T, D), w (T, D)  ->  y (N, T, D)
    """
    return x + w


def learned_positions_backward(dy):
    """Gradients with respect to the steps, and to the rows: each collects from all examples.

    Equation  dx[n,t,d] = dy[n,t,d],   dw[t,d] = sum_n dy[n,t,d]                            (11.8)
    Shapes    dy (N, T, D)  ->  dx (N, T, D), dw (T, D)
    """
    return dy.copy(), dy.sum(axis=0)
