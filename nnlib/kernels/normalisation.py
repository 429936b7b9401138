"""Normalisation: shift and scale numbers to mean 0 and variance 1, then let the network undo it by w and b."""
import numpy as np

from .decorators import any_order

EPSILON = 1e-5               # keeps the root away from 0 where all numbers are equal


@any_order
def layer_norm_forward(x, w, b):
    """Every example normalised over its own M numbers.

    Equation  mean[n] = 1/M sum_m x[n,m],   variance[n] = 1/M sum_m (x[n,m] - mean[n])^2  (9.7)
              z[n,m]  = (x[n,m] - mean[n]) / sqrt(variance[n] + 10^-5)
              y[n,m]  = w[m] z[n,m] + b[m]
    Shapes    x (N, M), w (M,), b (M,)  ->  y (N, M), mean (N,), variance (N,)
    Saves     mean and variance, from which backward makes z again
    Source    Ba, Kiros and Hinton (2016), Layer normalization
    """
    N, M = x.shape
    y = np.empty(x.shape, x.dtype)
    mean, variance = np.zeros(N, x.dtype), np.zeros(N, x.dtype)
    for n in range(N):
        mean[n], variance[n] = mean_and_variance(x[n])
        centre, scale = mean[n], x.dtype.type(1 / np.sqrt(variance[n] + EPSILON))
        for m in range(M):
            y[n, m] = w[m] * ((x[n, m] - centre) * scale) + b[m]
    return y, mean, variance


@any_order
def layer_norm_backward(dy, mean, variance, x, w, b):
    """Gradients with respect to the inputs, the scales and the shifts.

    Equation  dz[n,m] = w[m] dy[n,m]                                                  (9.8)
              dx[n,m] = (dz[n,m] - 1/M sum_j dz[n,j] - z[n,m] 1/M sum_j dz[n,j] z[n,j]) / sqrt(variance[n] + 10^-5)
              dw[m]   = sum_n dy[n,m] z[n,m]
              db[m]   = sum_n dy[n,m]
    Shapes    dy (N, M), mean (N,), variance (N,), x (N, M), w (M,), b (M,)  ->  dx (N, M), dw (M,), db (M,)
    """
    N, M = x.shape
    dx, dw, db = np.empty(x.shape, x.dtype), np.zeros(w.shape, w.dtype), np.zeros(b.shape, b.dtype)
    z = np.empty(w.shape, w.dtype)
    for n in range(N):
        scale = x.dtype.type(1 / np.sqrt(variance[n] + EPSILON))
        dz_sum, dz_z_sum = x.dtype.type(0), x.dtype.type(0)
        for m in range(M):
            z[m] = (x[n, m] - mean[n]) * scale
            dz = w[m] * dy[n, m]
            dz_sum += dz
            dz_z_sum += dz * z[m]
            dw[m] += dy[n, m] * z[m]
            db[m] += dy[n, m]
        dz_mean, dz_z_mean = x.dtype.type(dz_sum / M), x.dtype.type(dz_z_sum / M)
        for m in range(M):
            dx[n, m] = (w[m] * dy[n, m] - dz_mean - z[m] * dz_z_mean) * scale
    return dx, dw, db


@any_order
def batch_norm_forward(x, w, b):
    """Every unit or channel normalised over the examples of the batch and the positions of the image.

    Equation  mean[m]     = 1/(N S) sum_n sum_s x[n,m,s]                              (9.3)
              variance[m] = 1/(N S) sum_n sum_s (x[n,m,s] - mean[m])^2
              y[n,m,s]    = w[m] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5) + b[m]
    Shapes    x (N, M, S), w (M,), b (M,)  ->  y (N, M, S), mean (M,), variance (M,)
    Saves     mean and variance of the batch
    Source    Ioffe and Szegedy (2015), Batch normalization
    """
    N, M, S = x.shape
    mean, variance = np.zeros(w.shape, w.dtype), np.zeros(w.shape, w.dtype)
    for n in range(N):
        for m in range(M):
            total = x.dtype.type(0)
            for s in range(S):
                total += x[n, m, s]
            mean[m] += total
    for m in range(M):
        mean[m] /= N * S
    for n in range(N):
        for m in range(M):
            total = x.dtype.type(0)
            for s in range(S):
                total += (x[n, m, s] - mean[m]) * (x[n, m, s] - mean[m])
            variance[m] += total
    for m in range(M):
        variance[m] /= N * S
    return batch_norm_fixed_forward(x, mean, variance, w, b), mean, variance


@any_order
def batch_norm_backward(dy, mean, variance, x, w, b):
    """Gradients with respect to the inputs, the scales and the shifts; the mean and variance move with the inputs.

    Equation  z[n,m,s]  = (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5)            (9.4)
              dw[m]     = sum_n sum_s dy[n,m,s] z[n,m,s]
              db[m]     = sum_n sum_s dy[n,m,s]
              dx[n,m,s] = w[m] (dy[n,m,s] - db[m]/(N S) - z[n,m,s] dw[m]/(N S)) / sqrt(variance[m] + 10^-5)
    Shapes    dy (N, M, S), mean (M,), variance (M,), x (N, M, S), w (M,), b (M,)
              ->  dx (N, M, S), dw (M,), db (M,)
    """
    N, M, S = x.shape
    dx = np.empty(x.shape, x.dtype)
    dy_sum, dy_z_sum = np.zeros(w.shape, w.dtype), np.zeros(w.shape, w.dtype)
    scale = np.empty(w.shape, w.dtype)
    for m in range(M):
        scale[m] = 1 / np.sqrt(variance[m] + EPSILON)
    for n in range(N):
        for m in range(M):
            dy_part, dy_z_part = x.dtype.type(0), x.dtype.type(0)
            for s in range(S):
                dy_part += dy[n, m, s]
                dy_z_part += dy[n, m, s] * (x[n, m, s] - mean[m])
            dy_sum[m] += dy_part
            dy_z_sum[m] += scale[m] * dy_z_part
    for n in range(N):
        for m in range(M):
            dy_mean, dy_z_mean = x.dtype.type(dy_sum[m] / (N * S)), x.dtype.type(dy_z_sum[m] / (N * S))
            for s in range(S):
                z = scale[m] * (x[n, m, s] - mean[m])
                dx[n, m, s] = w[m] * scale[m] * (dy[n, m, s] - dy_mean - z * dy_z_mean)
    return dx, dy_z_sum, dy_sum


@any_order
def batch_norm_fixed_forward(x, mean, variance, w, b):
    """Every unit or channel normalised by a mean and a variance that are given: batch normalisation after training.

    Equation  y[n,m,s] = w[m] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5) + b[m]  (9.5)
    Shapes    x (N, M, S), mean (M,), variance (M,), w (M,), b (M,)  ->  y (N, M, S)
    """
    N, M, S = x.shape
    y = np.empty(x.shape, x.dtype)
    for n in range(N):
        for m in range(M):
            factor = x.dtype.type(w[m] / np.sqrt(variance[m] + EPSILON))
            for s in range(S):
                y[n, m, s] = factor * (x[n, m, s] - mean[m]) + b[m]
    return y


@any_order
def batch_norm_fixed_backward(dy, x, mean, variance, w):
    """Gradients with respect to the inputs, the scales and the shifts, for a given mean and variance.

    Equation  dx[n,m,s] = w[m] dy[n,m,s] / sqrt(variance[m] + 10^-5)                  (9.6)
              dw[m]     = sum_n sum_s dy[n,m,s] (x[n,m,s] - mean[m]) / sqrt(variance[m] + 10^-5)
              db[m]     = sum_n sum_s dy[n,m,s]
    Shapes    dy (N, M, S), x (N, M, S), mean (M,), variance (M,), w (M,)  ->  dx (N, M, S), dw (M,), db (M,)
    """
    N, M, S = x.shape
    dx, dw, db = np.empty(x.shape, x.dtype), np.zeros(w.shape, w.dtype), np.zeros(w.shape, w.dtype)
    for n in range(N):
        for m in range(M):
            scale = x.dtype.type(1 / np.sqrt(variance[m] + EPSILON))
            dy_part, dy_z_part = x.dtype.type(0), x.dtype.type(0)
            for s in range(S):
                dy_part += dy[n, m, s]
                dy_z_part += dy[n, m, s] * (x[n, m, s] - mean[m])
                dx[n, m, s] = w[m] * scale * dy[n, m, s]
            dw[m] += scale * dy_z_part
            db[m] += dy_part
    return dx, dw, db


@any_order
def group_norm_forward(x, w, b, groups):
    """Every example normalised group by group: a group is M / groups neighbouring channels with all their positions.

    Equation  mean[n,g]     = groups/(M S) sum over the channels m of group g and s of x[n,m,s]   (9.9)
              variance[n,g] = groups/(M S) sum over the same of (x[n,m,s] - mean[n,g])^2
              y[n,m,s]      = w[m] (x[n,m,s] - mean[n,g]) / sqrt(variance[n,g] + 10^-5) + b[m]
    Shapes    x (N, M, S), w (M,), b (M,), groups integer >= 1
              ->  y (N, M, S), mean (N, groups), variance (N, groups)
              E = M / groups
    Saves     mean and variance, from which backward makes z again
    Source    Wu and He (2018), Group normalization
    """
    N, M, S = x.shape
    rows = x.reshape(N * groups, M // groups * S)
    y = np.empty(x.shape, x.dtype)
    mean, variance = np.empty((N, groups), x.dtype), np.empty((N, groups), x.dtype)
    for n in range(N):
        for g in range(groups):
            mean[n, g], variance[n, g] = mean_and_variance(rows[n * groups + g])
        for m in range(M):
            g = m * groups // M
            factor = x.dtype.type(w[m] / np.sqrt(variance[n, g] + EPSILON))
            for s in range(S):
                y[n, m, s] = factor * (x[n, m, s] - mean[n, g]) + b[m]
    return y, mean, variance


@any_order
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
    N, M, S = x.shape
    dx, dw, db = np.empty(x.shape, x.dtype), np.zeros(w.shape, w.dtype), np.zeros(w.shape, w.dtype)
    share = x.dtype.type(groups / (M * S))
    for n in range(N):
        dz_mean, dz_z_mean = np.zeros(groups, x.dtype), np.zeros(groups, x.dtype)
        for m in range(M):
            g = m * groups // M
            scale = x.dtype.type(1 / np.sqrt(variance[n, g] + EPSILON))
            dy_part, dy_z_part = x.dtype.type(0), x.dtype.type(0)
            for s in range(S):
                dy_part += dy[n, m, s]
                dy_z_part += dy[n, m, s] * (scale * (x[n, m, s] - mean[n, g]))
            db[m] += dy_part
            dw[m] += dy_z_part
            dz_mean[g] += share * w[m] * dy_part
            dz_z_mean[g] += share * w[m] * dy_z_part
        for m in range(M):
            g = m * groups // M
            scale = x.dtype.type(1 / np.sqrt(variance[n, g] + EPSILON))
            for s in range(S):
                z = scale * (x[n, m, s] - mean[n, g])
                dx[n, m, s] = (w[m] * dy[n, m, s] - dz_mean[g] - z * dz_z_mean[g]) * scale
    return dx, dw, db


@any_order
def mean_and_variance(x):
    """Of all numbers of a vector; numbers far from 0 lose nothing, because the mean is taken off before they are squared."""
    total = x.dtype.type(0)
    for i in range(x.size):
        total += x[i]
    mean = x.dtype.type(total / x.size)
    total = x.dtype.type(0)
    for i in range(x.size):
        total += (x[i] - mean) * (x[i] - mean)
    return mean, x.dtype.type(total / x.size)
