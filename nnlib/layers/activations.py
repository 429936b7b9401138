"""Activation layers: one function on every entry, no parameters."""
from .. import kernels
from .base import Layer, as_array, as_setting


class Sigmoid(Layer):
    """Squash every score into (0, 1).

    Equation  h = 1 / (1 + exp(-a))
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh h (1 - h)
    """

    def forward(self, x, train=False):
        x = as_array(x, ..., "Sigmoid.forward", "x")
        self._h = kernels.sigmoid_forward(rows(x)).reshape(x.shape)
        return self._h

    def backward(self, dy):
        h = self._saved("_h")
        dy = as_array(dy, h.shape, "Sigmoid.backward", "dy", h.dtype)
        return kernels.sigmoid_backward(rows(dy), rows(h)).reshape(h.shape)

    def __repr__(self):
        return "Sigmoid()"


class Tanh(Layer):
    """Squash every score into (-1, 1).

    Equation  h = tanh(a)
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh (1 - h^2)
    """

    def forward(self, x, train=False):
        x = as_array(x, ..., "Tanh.forward", "x")
        self._h = kernels.tanh_forward(rows(x)).reshape(x.shape)
        return self._h

    def backward(self, dy):
        h = self._saved("_h")
        dy = as_array(dy, h.shape, "Tanh.backward", "dy", h.dtype)
        return kernels.tanh_backward(rows(dy), rows(h)).reshape(h.shape)

    def __repr__(self):
        return "Tanh()"


class ReLU(Layer):
    """Keep positive scores, set the others to zero.

    Equation  h = max(a, 0)
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh where a > 0
    """

    def forward(self, x, train=False):
        self._a = as_array(x, ..., "ReLU.forward", "x")
        return kernels.relu_forward(rows(self._a)).reshape(self._a.shape)

    def backward(self, dy):
        a = self._saved("_a")
        dy = as_array(dy, a.shape, "ReLU.backward", "dy", a.dtype)
        return kernels.relu_backward(rows(dy), rows(a)).reshape(a.shape)

    def __repr__(self):
        return "ReLU()"


class LeakyReLU(Layer):
    """Keep positive scores, shrink the others: a unit with negative scores still learns.

    Equation  h = a if a > 0, else slope a
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh where a > 0, else slope dh
    Raises    ValueError if slope is below 0
    """

    def __init__(self, slope=0.1):
        self.slope = as_setting(slope, "LeakyReLU", "slope")

    def forward(self, x, train=False):
        self._a = as_array(x, ..., "LeakyReLU.forward", "x")
        return kernels.leaky_relu_forward(rows(self._a), self.slope).reshape(self._a.shape)

    def backward(self, dy):
        a = self._saved("_a")
        dy = as_array(dy, a.shape, "LeakyReLU.backward", "dy", a.dtype)
        return kernels.leaky_relu_backward(rows(dy), rows(a), self.slope).reshape(a.shape)

    def __repr__(self):
        return f"LeakyReLU({self.slope:g})"


class ELU(Layer):
    """Keep positive scores, let the others approach -alpha: outputs with a mean near 0.

    Equation  h = a if a > 0, else alpha (exp(a) - 1)
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh where h > 0, else dh (h + alpha)
    Raises    ValueError if alpha is below 0
    """

    def __init__(self, alpha=1.0):
        self.alpha = as_setting(alpha, "ELU", "alpha")

    def forward(self, x, train=False):
        x = as_array(x, ..., "ELU.forward", "x")
        self._h = kernels.elu_forward(rows(x), self.alpha).reshape(x.shape)
        return self._h

    def backward(self, dy):
        h = self._saved("_h")
        dy = as_array(dy, h.shape, "ELU.backward", "dy", h.dtype)
        return kernels.elu_backward(rows(dy), rows(h), self.alpha).reshape(h.shape)

    def __repr__(self):
        return f"ELU({self.alpha:g})"


class GELU(Layer):
    """Let scores through in proportion to how large they are among normal numbers: a smooth ReLU.

    Equation  h = a Phi(a),   Phi(a) = 1/2 (1 + erf(a / sqrt 2))
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh (Phi(a) + a phi(a))
    """

    def forward(self, x, train=False):
        self._a = as_array(x, ..., "GELU.forward", "x")
        return kernels.gelu_forward(rows(self._a)).reshape(self._a.shape)

    def backward(self, dy):
        a = self._saved("_a")
        dy = as_array(dy, a.shape, "GELU.backward", "dy", a.dtype)
        return kernels.gelu_backward(rows(dy), rows(a)).reshape(a.shape)

    def __repr__(self):
        return "GELU()"


class Softmax(Layer):
    """Turn the scores of every example into probabilities that add up to 1.

    To train a classifier, leave it out and take SoftmaxCrossEntropy, which works on the scores.

    Equation  p[k] = exp(a[k]) / sum_j exp(a[j])
    Shapes    a (..., K)  ->  p (..., K)
    Saves     p, for da = p (dp - sum_j dp[j] p[j])
    """

    def forward(self, x, train=False):
        x = as_array(x, (..., "K"), "Softmax.forward", "x")
        self._p = kernels.softmax_forward(x.reshape(-1, x.shape[-1])).reshape(x.shape)
        return self._p

    def backward(self, dy):
        p = self._saved("_p")
        dy = as_array(dy, p.shape, "Softmax.backward", "dy", p.dtype)
        K = p.shape[-1]
        return kernels.softmax_backward(dy.reshape(-1, K), p.reshape(-1, K)).reshape(p.shape)

    def __repr__(self):
        return "Softmax()"


def rows(x):
    """The array as a matrix (N, D): kernels are then compiled once, whatever the number of axes."""
    return x.reshape(len(x), -1)
