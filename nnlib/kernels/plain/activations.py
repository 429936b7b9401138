"""Activation functions, applied to every entry: h = g(a); softmax takes all entries of a row.

Where the derivative is a function of the output, backward takes h instead of a.
"""
import math

import numpy as np

erfc = np.vectorize(math.erfc, otypes=[float])   # 1 - erf, of every entry; NumPy alone has neither


def sigmoid_forward(a):
    """Squash every score into (0, 1), without overflow for scores of any size.

    Equation  h = 1 / (1 + exp(-a))                                                      (2.1)
    Shapes    a (...)  ->  h (...)
    """
    e = np.exp(-np.abs(a))                       # never above 1
    return np.where(a >= 0, 1, e) / (1 + e)


def sigmoid_backward(dh, h):
    """Gradient with respect to the scores.

    Equation  da = dh h (1 - h)                                                          (2.2)
    Shapes    dh (...), h (...)  ->  da (...)
    """
    return dh * h * (1 - h)


def tanh_forward(a):
    """Squash every score into (-1, 1).

    Equation  h = tanh(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a))                      (3.6)
    Shapes    a (...)  ->  h (...)
    """
    return np.tanh(a)


def tanh_backward(dh, h):
    """Gradient with respect to the scores.

    Equation  da = dh (1 - h^2)                                                          (3.7)
    Shapes    dh (...), h (...)  ->  da (...)
    """
    return dh * (1 - h ** 2)


def relu_forward(a):
    """Keep positive scores, set the others to zero. NaN stays NaN.

    Equation  h = max(a, 0)                                                              (3.8)
    Shapes    a (...)  ->  h (...)
    """
    return np.maximum(a, 0)


def relu_backward(dh, a):
    """Gradient with respect to the scores; at the kink a = 0 it is 0, as in PyTorch.

    Equation  da = dh if a > 0, else 0                                                   (3.9)
    Shapes    dh (...), a (...)  ->  da (...)
    """
    return np.where(a <= 0, 0, dh)               # not "a > 0": dh passes where a is NaN


def leaky_relu_forward(a, slope):
    """Keep positive scores, shrink the others, so that no unit stops learning.

    Equation  h = a if a > 0, else slope a                                               (3.10)
    Shapes    a (...), slope scalar  ->  h (...)
    """
    return np.where(a > 0, a, float(slope) * a)


def leaky_relu_backward(dh, a, slope):
    """Gradient with respect to the scores; at the kink a = 0 it is that of the left side, as in PyTorch.

    Equation  da = dh if a > 0, else slope dh                                            (3.11)
    Shapes    dh (...), a (...), slope scalar  ->  da (...)
    """
    return np.where(a > 0, dh, float(slope) * dh)


def elu_forward(a, alpha):
    """Keep positive scores, let the others approach -alpha: outputs with a mean near 0.

    Equation  h = a if a > 0, else alpha (exp(a) - 1)                                    (3.12)
    Shapes    a (...), alpha scalar  ->  h (...)
    """
    return np.where(a > 0, a, float(alpha) * np.expm1(np.minimum(a, 0)))      # where a > 0, exp could overflow


def elu_backward(dh, h, alpha):
    """Gradient with respect to the scores.

    Equation  da = dh if h > 0, else dh (h + alpha),   since alpha exp(a) = h + alpha    (3.13)
    Shapes    dh (...), h (...), alpha scalar  ->  da (...)
    """
    return np.where(h > 0, dh, dh * (h + float(alpha)))


def gelu_forward(a):
    """Every score times the probability that a standard normal number lies below it.

    Equation  h = a Phi(a),   Phi(a) = 1/2 (1 + erf(a / sqrt 2))
    Shapes    a (...)  ->  h (...)
    """
    below = erfc(-a / math.sqrt(2)) / 2          # 1 + erf(z) = erfc(-z), which does not cancel
    return (a * below).astype(a.dtype)


def gelu_backward(dh, a):
    """Gradient with respect to the scores.

    Equation  da = dh (Phi(a) + a phi(a)),   phi(a) = exp(-a^2 / 2) / sqrt(2 pi)
    Shapes    dh (...), a (...)  ->  da (...)
    """
    below = erfc(-a / math.sqrt(2)) / 2
    density = np.exp(-a ** 2 / 2) / math.sqrt(2 * math.pi)
    return (dh * (below + a * density)).astype(a.dtype)


def softmax_forward(a):
    """Turn the scores of every row into probabilities that add up to 1, without overflow.

    Equation  p[n,k] = exp(a[n,k]) / sum_j exp(a[n,j])                                   (2.9)
              computed with a[n,k] - max_j a[n,j] instead of a[n,k], which changes nothing
    Shapes    a (N, K)  ->  p (N, K)
    """
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_backward(dp, p):
    """Gradient with respect to the scores: every score moves all probabilities of its row.

    Equation  da[n,k] = p[n,k] (dp[n,k] - sum_j dp[n,j] p[n,j])                          (3.16)
    Shapes    dp (N, K), p (N, K)  ->  da (N, K)
    """
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))
