"""Dropout layer."""
import numpy as np

from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_fraction, as_rng


class Dropout(Layer):
    """In training, drop each number with probability p and enlarge the others; otherwise change nothing.

    Equation  y = kept x / (1 - p),   kept = 1 with probability 1 - p, else 0;   y = x if not train
    Shapes    x (...)  ->  y (...)
    Saves     kept
    Raises    ValueError if p lies outside [0, 1)
    Source    Srivastava et al. (2014), Dropout
    """

    def __init__(self, p, *, rng=None):
        self.p = as_fraction(p, "Dropout", "p")
        self.rng = as_rng(rng, "Dropout")

    def forward(self, x, train=False):
        x = as_array(x, ..., "Dropout.forward", "x")
        self._shape, self._dtype, self._kept = x.shape, x.dtype, None
        if not train:
            return x
        x = x.reshape(len(x), -1)
        self._kept = self.rng.random(x.shape, np.float32) >= self.p
        return kernels.dropout_forward(x, self._kept, self.p).reshape(self._shape)

    def backward(self, dy):
        dy = as_array(dy, self._saved("_shape"), "Dropout.backward", "dy", self._dtype)
        if self._kept is None:
            return dy
        return kernels.dropout_backward(dy.reshape(self._kept.shape), self._kept, self.p).reshape(self._shape)

    def __repr__(self):
        return f"Dropout({self.p:g})"
