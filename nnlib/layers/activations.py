"""Activation layers: one function on every entry, no parameters."""
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_setting


class Activation(Layer):
    """What the functions of single entries share. The kernels are compiled for matrices, so entries come as one.

    A subclass defines ``activate(a)``, which gives h and what backward needs, and ``derive(dh, saved)``, which gives da.
    """

    def forward(self, x, train=False):
        x = as_array(x, ..., f"{type(self).__name__}.forward", "x")
        h, self._kept = self.activate(x.reshape(len(x), -1))
        self._shape = x.shape
        return h.reshape(x.shape)

    def backward(self, dy):
        kept = self._saved("_kept")
        dy = as_array(dy, self._shape, f"{type(self).__name__}.backward", "dy", kept.dtype)
        return self.derive(dy.reshape(kept.shape), kept).reshape(self._shape)

    def __repr__(self):
        return f"{type(self).__name__}()"


class Sigmoid(Activation):
    """Squash every score into (0, 1).

    Equation  h = 1 / (1 + exp(-a))
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh h (1 - h)
    """

    def activate(self, a):
        h = kernels.sigmoid_forward(a)
        return h, h

    def derive(self, dh, h):
        return kernels.sigmoid_backward(dh, h)


class Tanh(Activation):
    """Squash every score into (-1, 1).

    Equation  h = tanh(a)
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh (1 - h^2)
    """

    def activate(self, a):
        h = kernels.tanh_forward(a)
        return h, h

    def derive(self, dh, h):
        return kernels.tanh_backward(dh, h)


class ReLU(Activation):
    """Keep positive scores, set the others to zero.

    Equation  h = max(a, 0)
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh where a > 0
    """

    def activate(self, a):
        return kernels.relu_forward(a), a

    def derive(self, dh, a):
        return kernels.relu_backward(dh, a)


class LeakyReLU(Activation):
    """Keep positive scores, shrink the others: a unit with negative scores still learns.

    Equation  h = a if a > 0, else slope a
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh where a > 0, else slope dh
    Raises    ValueError if slope is below 0
    """

    def __init__(self, slope=0.1):
        self.slope = as_setting(slope, "LeakyReLU", "slope")

    def activate(self, a):
        return kernels.leaky_relu_forward(a, self.slope), a

    def derive(self, dh, a):
        return kernels.leaky_relu_backward(dh, a, self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope:g})"


class ELU(Activation):
    """Keep positive scores, let the others approach -alpha: outputs with a mean near 0.

    Equation  h = a if a > 0, else alpha (exp(a) - 1)
    Shapes    a (...)  ->  h (...)
    Saves     h, for da = dh where h > 0, else dh (h + alpha)
    Raises    ValueError if alpha is below 0
    """

    def __init__(self, alpha=1.0):
        self.alpha = as_setting(alpha, "ELU", "alpha")

    def activate(self, a):
        h = kernels.elu_forward(a, self.alpha)
        return h, h

    def derive(self, dh, h):
        return kernels.elu_backward(dh, h, self.alpha)

    def __repr__(self):
        return f"ELU({self.alpha:g})"


class GELU(Activation):
    """Let scores through in proportion to how large they are among normal numbers: a smooth ReLU.

    Equation  h = a Phi(a),   Phi(a) = 1/2 (1 + erf(a / sqrt 2))
    Shapes    a (...)  ->  h (...)
    Saves     a, for da = dh (Phi(a) + a phi(a))
    """

    def activate(self, a):
        return kernels.gelu_forward(a), a

    def derive(self, dh, a):
        return kernels.gelu_backward(dh, a)


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
