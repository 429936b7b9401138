"""Losses: one number for a batch, the mean over its examples."""
import numpy as np


def mean_squared_error_forward(y_hat, y):
    """Mean squared distance between predictions and targets, over all entries.

    Equation  loss = 1/N sum_n (y_hat[n] - y[n])^2                                       (5.13)
    Shapes    y_hat (N,), y (N,)  ->  loss scalar
    """
    return float(np.mean((y_hat - y) ** 2))


def mean_squared_error_backward(y_hat, y):
    """Gradient of the mean loss with respect to the predictions.

    Equation  dy_hat[n] = 2 (y_hat[n] - y[n]) / N                                        (5.14)
    Shapes    y_hat (N,), y (N,)  ->  dy_hat (N,)
    """
    return 2 * (y_hat - y) / len(y)


def mean_absolute_error_forward(y_hat, y):
    """Mean distance between predictions and targets, over all entries.

    Equation  loss = 1/N sum_n |y_hat[n] - y[n]|
    Shapes    y_hat (N,), y (N,)  ->  loss scalar
    """
    return float(np.mean(np.abs(y_hat - y)))


def mean_absolute_error_backward(y_hat, y):
    """Gradient of the mean loss with respect to the predictions; at the kink y_hat = y it is 0, as in PyTorch.

    Equation  dy_hat[n] = sign(y_hat[n] - y[n]) / N
    Shapes    y_hat (N,), y (N,)  ->  dy_hat (N,)
    """
    return np.sign(y_hat - y) / len(y)


def binary_cross_entropy_forward(a, y):
    """Mean negative log-likelihood of labels 0 and 1, exact for scores of any size.

    Equation  loss = 1/N sum_n [ log(1 + exp(a[n])) - y[n] a[n] ]                        (2.4)
    Shapes    a (N,), y (N,)  ->  loss scalar
    """
    return float(np.mean(np.logaddexp(0, a) - y * a))        # log(exp(0) + exp(a)), which never overflows


def binary_cross_entropy_backward(a, y):
    """Gradient of the mean loss with respect to the scores.

    Equation  da[n] = (sigmoid(a[n]) - y[n]) / N                                         (2.5)
    Shapes    a (N,), y (N,)  ->  da (N,)
    """
    e = np.exp(-np.abs(a))                       # never above 1
    p = np.where(a >= 0, 1, e) / (1 + e)
    return (p - y) / len(y)


def softmax_cross_entropy_forward(a, y):
    """Mean negative log-probability of the right class, exact for scores of any size.

    Equation  p[n,k] = exp(a[n,k]) / sum_j exp(a[n,j])                                   (2.10)
              loss   = -1/N sum_n log p[n,y[n]]
    Shapes    a (N, K), y (N,) integers 0 ... K-1  ->  loss scalar, p (N, K)
    """
    scores = a - a.max(axis=1, keepdims=True)    # changes no probability, and exp cannot overflow
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-np.mean(log_p[np.arange(len(y)), y])), np.exp(log_p)


def softmax_cross_entropy_backward(p, y):
    """Gradient of the mean loss with respect to the scores.

    Equation  da[n,k] = (p[n,k] - [k = y[n]]) / N                                        (2.11)
    Shapes    p (N, K), y (N,) integers 0 ... K-1  ->  da (N, K)
    """
    right = np.arange(p.shape[1]) == y[:, None]
    return (p - right) / len(y)
