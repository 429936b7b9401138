"""Normalisation: shift and scale numbers to mean 0 and variance 1, then let the network undo it by w and b."""
import numpy as np

EPSILON = 1e-5               # keeps the root away from 0 where all numbers are equal


def layer_norm_forward(x, w, b):
    """Every example normalised over its own M numbers.

    Equation  mean[n] = 1/M sum_m x[n,m],   variance[n] = 1/M sum_m (x[n,m] - mean[n])^2  (9.7)
              z[n,m]  = (x[n,m] - mean[n]) / sqrt(variance[n] + 10^-5)
              y[n,m]  = w[m] z[n,m] + b[m]
    Shapes    x (N, M), w (M,), b (M,)  ->  y (N, M), mean (N,), variance (N,)
    """
    mean, variance = x.mean(axis=1), x.var(axis=1)
    z = (x - mean[:, None]) / np.sqrt(variance + EPSILON)[:, None]
    return w * z + b, mean, variance


def layer_norm_backward(dy, mean, variance, x, w, b):
    """Gradients with respect to the inputs, the scales and the shifts.

    Equation  dz[n,m] = w[m] dy[n,m]                                                  (9.8)
              dx[n,m] = (dz[n,m] - 1/M sum_j dz[n,j] - z[n,m] 1/M sum_j dz[n,j] z[n,j]) / sqrt(variance[n] + 10^-5)
              dw[m]   = sum_n dy[n,m] z[n,m]
              db[m]   = sum_n dy[n,m]
    Shapes    dy (N, M), mean (N,), variance (N,), x (N, M), w (M,), b (M,)  ->  dx (N, M), dw (M,), db (M,)
    """
    deviation = np.sqrt(variance + EPSILON)[:, None]
    z, dz = (x - mean[:, None]) / deviation, w * dy
    dx = (dz - dz.mean(axis=1, keepdims=True) - z * (dz * z).mean(axis=1, keepdims=True)) / deviation
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def batch_norm_forward(x, w, b):
    """Every unit or channel normalised over the examples of the batch and the positions of the image.

    Equation  mean[m]     = 1/(N S) sum_n sum_s x[n,m,s]                              (9.3)
              variance[m] = 1/(N S) sum_n sum_s (x[n,m,s] - mean[m])^2
              y[n,m,s]    = w[m] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5) + b[m]
    Shapes    x (N, M, S), w (M,), b (M,)  ->  y (N, M, S), mean (M,), variance (M,)
    """
    mean, variance = x.mean(axis=(0, 2)), x.var(axis=(0, 2))
    return batch_norm_fixed_forward(x, mean, variance, w, b), mean, variance


def batch_norm_backward(dy, mean, variance, x, w, b):
    """Gradients with respect to the inputs, the scales and the shifts; the mean and variance move with the inputs.

    Equation  z[n,m,s]  = (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5)            (9.4)
              dw[m]     = sum_n sum_s dy[n,m,s] z[n,m,s]
              db[m]     = sum_n sum_s dy[n,m,s]
              dx[n,m,s] = w[m] (dy[n,m,s] - db[m]/(N S) - z[n,m,s] dw[m]/(N S)) / sqrt(variance[m] + 10^-5)
    Shapes    dy (N, M, S), mean (M,), variance (M,), x (N, M, S), w (M,), b (M,)
              ->  dx (N, M, S), dw (M,), db (M,)
    """
    N, _, S = x.shape
    deviation = np.sqrt(variance + EPSILON)[:, None]
    z = (x - mean[:, None]) / deviation
    dw, db = (dy * z).sum(axis=(0, 2)), dy.sum(axis=(0, 2))
    means = (db[:, None] + z * dw[:, None]) / (N * S)
    dx = w[:, None] * (dy - means) / deviation
    return dx, dw, db


def batch_norm_fixed_forward(x, mean, variance, w, b):
    """Every unit or channel normalised by a mean and a variance that are given: batch normalisation after training.

    Equation  y[n,m,s] = w[m] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5) + b[m]  (9.5)
    Shapes    x (N, M, S), mean (M,), variance (M,), w (M,), b (M,)  ->  y (N, M, S)
    """
    z = (x - mean[:, None]) / np.sqrt(variance + EPSILON)[:, None]
    return w[:, None] * z + b[:, None]


def batch_norm_fixed_backward(dy, x, mean, variance, w):
    """Gradients with respect to the inputs, the scales and the shifts, for a given mean and variance.

    Equation  dx[n,m,s] = w[m] dy[n,m,s] / sqrt(variance[m] + 10^-5)                  (9.6)
              dw[m]     = sum_n sum_s dy[n,m,s] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5)
              db[m]     = sum_n sum_s dy[n,m,s]
    Shapes    dy (N, M, S), x (N, M, S), mean (M,), variance (M,), w (M,)  ->  dx (N, M, S), dw (M,), db (M,)
    """
    deviation = np.sqrt(variance + EPSILON)[:, None]
    z = (x - mean[:, None]) / deviation
    return w[:, None] * dy / deviation, (dy * z).sum(axis=(0, 2)), dy.sum(axis=(0, 2))


def group_norm_forward(x, w, b, groups):
    """Every example normalised group by group: a group is M / groups neighbouring channels with all their positions.

    Equation  mean[n,g]     = groups/(M S) sum over the channels m of group g and s of x[n,m,s]   (9.9)
              variance[n,g] = groups/(M S) sum over the same of (x[n,m,s] - mean[n,g])^2
              y[n,m,s]      = w[m] (x[n,m,s] - mean[n,g]) / sqrt(variance[n,g] + 10^-5) + b[m]
    Shapes    x (N, M, S), w (M,), b (M,), groups integer >= 1
              ->  y (N, M, S), mean (N, groups), variance (N, groups)
              E = M / groups
    """
    rows = x.reshape(len(x), groups, -1)
    mean, variance = rows.mean(axis=2), rows.var(axis=2)
    z = (rows - mean[:, :, None]) / np.sqrt(variance + EPSILON)[:, :, None]
    return w[:, None] * z.reshape(x.shape) + b[:, None], mean, variance


def group_norm_backward(dy, mean, variance, x, w, groups):
    """Gradients with respect to the inputs, the scales and the shifts.

    Equation  dz[n,m,s] = w[m] dy[n,m,s],   <...> the mean over the channels and positions of group g   (9.10)
              dx[n,m,s] = (dz[n,m,s] - <dz> - z[n,m,s] <dz z>) / sqrt(variance[n,g] + 10^-5)
              dw[m]     = sum_n sum_s dy[n,m,s] z[n,m,s]
              db[m]     = sum_n sum_s dy[n,m,s]
    Shapes    dy (N, M, S), mean (N, groups), variance (N, groups), x (N, M, S), w (M,), groups integer >= 1
              ->  dx (N, M, S), dw (M,), db (M,)
              E = M / groups
    """
    rows = x.reshape(len(x), groups, -1)
    deviation = np.sqrt(variance + EPSILON)[:, :, None]
    z, dz = (rows - mean[:, :, None]) / deviation, (w[:, None] * dy).reshape(rows.shape)
    dx = (dz - dz.mean(axis=2, keepdims=True) - z * (dz * z).mean(axis=2, keepdims=True)) / deviation
    return dx.reshape(x.shape), (dy * z.reshape(x.shape)).sum(axis=(0, 2)), dy.sum(axis=(0, 2))
