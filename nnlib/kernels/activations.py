"""Activation functions, applied to every entry: h = g(a); softmax takes all entries of a row.

Where the derivative is a function of the output, backward takes h instead of a.
"""
import numpy as np
from numba import prange

from .decorators import kernel, on_all_cores
from .functions import expm1, normal


@kernel
def sigmoid_forward(a):
    """Squash every score into (0, 1), without overflow for scores of any size.

    Equation  h = 1 / (1 + exp(-a))                                                      (2.1)
    Shapes    a (...)  ->  h (...)
    """
    h = np.empty(a.shape, a.dtype)
    a_flat, h_flat = a.ravel(), h.ravel()
    for i in range(a_flat.size):
        e = np.exp(-abs(a_flat[i]))              # never above 1
        h_flat[i] = (1 if a_flat[i] >= 0 else e) / (1 + e)
    return h


@kernel
def sigmoid_backward(dh, h):
    """Gradient with respect to the scores.

    Equation  da = dh h (1 - h)                                                          (2.2)
    Shapes    dh (...), h (...)  ->  da (...)
    """
    da = np.empty(h.shape, h.dtype)
    dh_flat, h_flat, da_flat = dh.ravel(), h.ravel(), da.ravel()
    for i in range(h_flat.size):
        da_flat[i] = dh_flat[i] * h_flat[i] * (1 - h_flat[i])
    return da


@kernel
def tanh_forward(a):
    """Squash every score into (-1, 1).

    Equation  h = tanh(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a))                      (3.6)
              computed as  -e / (2 + e),   e = exp(-2|a|) - 1,   with the sign of a: nothing overflows
    Shapes    a (...)  ->  h (...)
    """
    h = np.empty(a.shape, a.dtype)
    a_flat, h_flat = a.ravel(), h.ravel()
    real = a.dtype.type
    for i in range(a_flat.size):
        e = expm1(real(-2) * abs(a_flat[i]), real)
        size = -e / (real(2) + e)
        h_flat[i] = size if a_flat[i] >= 0 else -size
    return h


@kernel
def tanh_backward(dh, h):
    """Gradient with respect to the scores.

    Equation  da = dh (1 - h^2)                                                          (3.7)
    Shapes    dh (...), h (...)  ->  da (...)
    """
    da = np.empty(h.shape, h.dtype)
    dh_flat, h_flat, da_flat = dh.ravel(), h.ravel(), da.ravel()
    for i in range(h_flat.size):
        da_flat[i] = dh_flat[i] * (1 - h_flat[i] * h_flat[i])
    return da


@kernel
def relu_forward(a):
    """Keep positive scores, set the others to zero. NaN stays NaN.

    Equation  h = max(a, 0)                                                              (3.8)
    Shapes    a (...)  ->  h (...)
    """
    h = np.empty(a.shape, a.dtype)
    a_flat, h_flat = a.ravel(), h.ravel()
    for i in range(a_flat.size):
        h_flat[i] = 0 if a_flat[i] <= 0 else a_flat[i]
    return h


@kernel
def relu_backward(dh, a):
    """Gradient with respect to the scores; at the kink a = 0 it is 0, as in PyTorch.

    Equation  da = dh if a > 0, else 0                                                   (3.9)
    Shapes    dh (...), a (...)  ->  da (...)
    """
    da = np.empty(a.shape, a.dtype)
    dh_flat, a_flat, da_flat = dh.ravel(), a.ravel(), da.ravel()
    for i in range(a_flat.size):
        da_flat[i] = 0 if a_flat[i] <= 0 else dh_flat[i]
    return da


@kernel
def leaky_relu_forward(a, slope):
    """Keep positive scores, shrink the others, so that no unit stops learning.

    Equation  h = a if a > 0, else slope a                                               (3.10)
    Shapes    a (...), slope scalar  ->  h (...)
    Source    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models
    """
    h = np.empty(a.shape, a.dtype)
    leak = a.dtype.type(slope)
    a_flat, h_flat = a.ravel(), h.ravel()
    for i in range(a_flat.size):
        h_flat[i] = a_flat[i] if a_flat[i] > 0 else leak * a_flat[i]
    return h


@kernel
def leaky_relu_backward(dh, a, slope):
    """Gradient with respect to the scores; at the kink a = 0 it is that of the left side, as in PyTorch.

    Equation  da = dh if a > 0, else slope dh                                            (3.11)
    Shapes    dh (...), a (...), slope scalar  ->  da (...)
    """
    da = np.empty(a.shape, a.dtype)
    leak = a.dtype.type(slope)
    dh_flat, a_flat, da_flat = dh.ravel(), a.ravel(), da.ravel()
    for i in range(a_flat.size):
        da_flat[i] = dh_flat[i] if a_flat[i] > 0 else leak * dh_flat[i]
    return da


@kernel
def elu_forward(a, alpha):
    """Keep positive scores, let the others approach -alpha: outputs with a mean near 0.

    Equation  h = a if a > 0, else alpha (exp(a) - 1)                                    (3.12)
    Shapes    a (...), alpha scalar  ->  h (...)
    Source    Clevert, Unterthiner and Hochreiter (2016), Exponential linear units
    """
    h = np.empty(a.shape, a.dtype)
    floor = a.dtype.type(alpha)
    a_flat, h_flat = a.ravel(), h.ravel()
    for i in range(a_flat.size):
        h_flat[i] = a_flat[i] if a_flat[i] > 0 else floor * expm1(a_flat[i], a.dtype.type)
    return h


@kernel
def elu_backward(dh, h, alpha):
    """Gradient with respect to the scores.

    Equation  da = dh if h > 0, else dh (h + alpha),   since alpha exp(a) = h + alpha    (3.13)
    Shapes    dh (...), h (...), alpha scalar  ->  da (...)
    """
    da = np.empty(h.shape, h.dtype)
    floor = h.dtype.type(alpha)
    dh_flat, h_flat, da_flat = dh.ravel(), h.ravel(), da.ravel()
    for i in range(h_flat.size):
        da_flat[i] = dh_flat[i] if h_flat[i] > 0 else dh_flat[i] * (h_flat[i] + floor)
    return da


@on_all_cores
def gelu_forward(a):
    """Every score times the probability that a standard normal number lies below it.

    Equation  h = a Phi(a),   Phi(a) = 1/2 (1 + erf(a / sqrt 2))
    Shapes    a (...)  ->  h (...)
    Source    Hendrycks and Gimpel (2016), Gaussian error linear units
    """
    h = np.empty(a.shape, a.dtype)
    a_flat, h_flat = a.ravel(), h.ravel()
    for i in prange(a_flat.size):
        below, _ = normal(a_flat[i], a.dtype.type)
        h_flat[i] = a_flat[i] * below
    return h


@on_all_cores
def gelu_backward(dh, a):
    """Gradient with respect to the scores.

    Equation  da = dh (Phi(a) + a phi(a)),   phi(a) = exp(-a^2 / 2) / sqrt(2 pi)
    Shapes    dh (...), a (...)  ->  da (...)
    """
    da = np.empty(a.shape, a.dtype)
    dh_flat, a_flat, da_flat = dh.ravel(), a.ravel(), da.ravel()
    for i in prange(a_flat.size):
        below, density = normal(a_flat[i], a.dtype.type)
        da_flat[i] = dh_flat[i] * (below + a_flat[i] * density)
    return da


@kernel
def softmax_forward(a):
    """Turn the scores of every row into probabilities that add up to 1, without overflow.

    Equation  p[n,k] = exp(a[n,k]) / sum_j exp(a[n,j])                                   (2.9)
              computed with a[n,k] - max_j a[n,j] instead of a[n,k], which changes nothing
    Shapes    a (N, K)  ->  p (N, K)
    """
    p = np.empty(a.shape, a.dtype)
    for n in range(a.shape[0]):
        largest = a[n, 0]
        for k in range(1, a.shape[1]):
            largest = max(largest, a[n, k])
        total = a.dtype.type(0)
        for k in range(a.shape[1]):
            p[n, k] = np.exp(a[n, k] - largest)
            total += p[n, k]
        for k in range(a.shape[1]):
            p[n, k] /= total
    return p


@kernel
def softmax_backward(dp, p):
    """Gradient with respect to the scores: every score moves all probabilities of its row.

    Equation  da[n,k] = p[n,k] (dp[n,k] - sum_j dp[n,j] p[n,j])                          (3.16)
    Shapes    dp (N, K), p (N, K)  ->  da (N, K)
    """
    da = np.empty(p.shape, p.dtype)
    for n in range(p.shape[0]):
        mean = p.dtype.type(0)
        for k in range(p.shape[1]):
            mean += dp[n, k] * p[n, k]
        for k in range(p.shape[1]):
            da[n, k] = p[n, k] * (dp[n, k] - mean)
    return da
