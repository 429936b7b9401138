"""Losses: one number for a batch, the mean over its examples."""
import numpy as np

from .decorators import any_order
from .functions import exp


@any_order
def mean_squared_error_forward(y_hat, y):
    """Mean squared distance between predictions and targets, over all entries.

    Equation  loss = 1/N sum_n (y_hat[n] - y[n])^2                                       (5.13)
    Shapes    y_hat (N,), y (N,)  ->  loss scalar
    Units     square of the targets' unit
    """
    total = 0.0
    for n in range(y_hat.size):
        total += (y_hat[n] - y[n]) ** 2
    return total / y_hat.size


@any_order
def mean_squared_error_backward(y_hat, y):
    """Gradient of the mean loss with respect to the predictions.

    Equation  dy_hat[n] = 2 (y_hat[n] - y[n]) / N                                        (5.14)
    Shapes    y_hat (N,), y (N,)  ->  dy_hat (N,)
    """
    dy_hat = np.empty(y_hat.shape, y_hat.dtype)
    factor = y_hat.dtype.type(2 / y_hat.size)
    for n in range(y_hat.size):
        dy_hat[n] = factor * (y_hat[n] - y[n])
    return dy_hat


@any_order
def mean_absolute_error_forward(y_hat, y):
    """Mean distance between predictions and targets, over all entries.

    Equation  loss = 1/N sum_n |y_hat[n] - y[n]|
    Shapes    y_hat (N,), y (N,)  ->  loss scalar
    Units     the targets' unit
    """
    total = 0.0
    for n in range(y_hat.size):
        total += abs(y_hat[n] - y[n])
    return total / y_hat.size


@any_order
def mean_absolute_error_backward(y_hat, y):
    """Gradient of the mean loss with respect to the predictions; at the kink y_hat = y it is 0, as in PyTorch.

    Equation  dy_hat[n] = sign(y_hat[n] - y[n]) / N
    Shapes    y_hat (N,), y (N,)  ->  dy_hat (N,)
    """
    dy_hat = np.empty(y_hat.shape, y_hat.dtype)
    factor = y_hat.dtype.type(1 / y_hat.size)
    for n in range(y_hat.size):
        dy_hat[n] = factor * np.sign(y_hat[n] - y[n])
    return dy_hat


@any_order
def binary_cross_entropy_forward(a, y):
    """Mean negative log-likelihood of labels 0 and 1, exact for scores of any size.

    Equation  loss = 1/N sum_n [ log(1 + exp(a[n])) - y[n] a[n] ]                        (2.4)
              computed as  max(a, 0) - y a + log(1 + exp(-|a|)),  which never overflows
    Shapes    a (N,), y (N,)  ->  loss scalar
    Units     nats per example
    """
    total = 0.0
    for n in range(a.size):
        total += max(a[n], 0) - y[n] * a[n] + np.log1p(np.exp(-abs(a[n])))
    return total / a.size


@any_order
def binary_cross_entropy_backward(a, y):
    """Gradient of the mean loss with respect to the scores.

    Equation  da[n] = (sigmoid(a[n]) - y[n]) / N                                         (2.5)
    Shapes    a (N,), y (N,)  ->  da (N,)
    """
    da = np.empty(a.shape, a.dtype)
    one, N = a.dtype.type(1), a.dtype.type(a.size)
    for n in range(a.size):
        e = np.exp(-abs(a[n]))                   # never above 1
        p = (one if a[n] >= 0 else e) / (one + e)
        da[n] = (p - y[n]) / N
    return da


@any_order
def softmax_cross_entropy_forward(a, y):
    """Mean negative log-probability of the right class, exact for scores of any size.

    Equation  p[n,k] = exp(a[n,k]) / sum_j exp(a[n,j])                                   (2.10)
              loss   = -1/N sum_n log p[n,y[n]]
    Shapes    a (N, K), y (N,) integers 0 ... K-1  ->  loss scalar, p (N, K)
    Units     nats per example
    Saves     p, the whole of what backward needs besides y
    """
    p = np.empty(a.shape, a.dtype)
    total = 0.0
    for n in range(a.shape[0]):
        largest = a[n, 0]
        for k in range(1, a.shape[1]):
            largest = max(largest, a[n, k])
        for k in range(a.shape[1]):
            p[n, k] = exp(a[n, k] - largest, a.dtype.type)
        normaliser = a.dtype.type(0)
        for k in range(a.shape[1]):
            normaliser += p[n, k]
        for k in range(a.shape[1]):
            p[n, k] /= normaliser
        total += np.log(normaliser) - (a[n, y[n]] - largest)
    return total / a.shape[0], p


@any_order
def softmax_cross_entropy_backward(p, y):
    """Gradient of the mean loss with respect to the scores.

    Equation  da[n,k] = (p[n,k] - [k = y[n]]) / N                                        (2.11)
    Shapes    p (N, K), y (N,) integers 0 ... K-1  ->  da (N, K)
    """
    da = np.empty(p.shape, p.dtype)
    one, N = p.dtype.type(1), p.dtype.type(p.shape[0])
    for n in range(p.shape[0]):
        for k in range(p.shape[1]):
            da[n, k] = p[n, k] / N
        da[n, y[n]] = (p[n, y[n]] - one) / N
    return da
