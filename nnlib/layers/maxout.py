"""Maxout layer."""
import numpy as np

from .. import init as initialisers
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_rng, as_size


class Maxout(Layer):
    """Layer of M units, each the largest of several affine pieces on D inputs: the activation is learned.

    Equation  h = max over the pieces p of W_p x + b_p
    Shapes    x (N, D)  ->  h (N, M);   w (pieces, M, D), b (pieces, M)
    Saves     x, and which piece won
    Raises    ValueError if x has another shape or dtype
    Source    Goodfellow et al. (2013), Maxout networks
    """

    parameter_names = ("w", "b")

    def __init__(self, D, M, pieces=2, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.M = as_size(D, "Maxout", "D"), as_size(M, "Maxout", "M")
        self.pieces = as_size(pieces, "Maxout", "pieces")
        self.dtype = as_dtype(dtype, "Maxout")
        rng = as_rng(rng, "Maxout")
        self.w = np.stack([init((self.M, self.D), rng) for _ in range(self.pieces)]).astype(self.dtype)
        self.b = np.zeros((self.pieces, self.M), self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        self._x = as_array(x, ("N", self.D), "Maxout.forward", "x", self.dtype,
                           f"Give every example as one row of {self.D} numbers.")
        h, self._winner = kernels.maxout_forward(self._x, self.w, self.b)
        return h

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, (len(x), self.M), "Maxout.backward", "dy", self.dtype)
        dx, self.dw, self.db = kernels.maxout_backward(dy, self._winner, x, self.w, self.b)
        return dx

    def __repr__(self):
        return f"Maxout({self.D}, {self.M}, pieces={self.pieces})"
