"""Embedding: every token of a vocabulary is a row of numbers, learned like any other weight."""
import numpy as np


def embedding_forward(x, w):
    """The row of every token: what W onehot(x) would give, without the multiplications by 0.

    Equation  h[n,t,d] = w[x[n,t],d]                                                    (10.9)
    Shapes    x (N, T) integers 0 ... V-1, w (V, D)  ->  h (N, T, D)
    """
    return w[x]


def embedding_backward(dh, x, w):
    """Gradient with respect to the rows: each collects from all places where its token stands.

    Equation  dw[v,d] = sum_n sum_t [x[n,t] = v] dh[n,t,d]                              (10.10)
    Shapes    dh (N, T, D), x (N, T) integers 0 ... V-1, w (V, D)  ->  dw (V, D)
    """
    dw = np.zeros_like(w)
    np.add.at(dw, x, dh)                         # not "dw[x] += dh": that keeps one place of each token
    return dw
