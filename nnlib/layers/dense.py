"""Fully connected layer."""
import numpy as np

from .. import init as initialisers
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_rng, as_size


class Affine(Layer):
    """Fully connected layer of M units on D inputs.

    Equation  a = W x + b for every example, or for every step of a sequence
    Shapes    x (N, D) or (N, T, D)  ->  a (N, M) or (N, T, M);   w (M, D), b (M,)
    Saves     x, for dw = da^T x
    Raises    ValueError if x has another shape or dtype
    """

    parameter_names = ("w", "b")

    def __init__(self, D, M, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.M = as_size(D, "Affine", "D"), as_size(M, "Affine", "M")
        self.dtype = as_dtype(dtype, "Affine")
        rng = as_rng(rng, "Affine")
        self.w = init((self.M, self.D), rng).astype(self.dtype)
        self.b = np.zeros(self.M, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        axes = getattr(x, "ndim", 2)
        shape = ("N", "T", self.D) if axes == 3 else ("N", self.D)
        advice = "Add nnlib.Flatten() before this layer." if axes > 2 else \
                 f"Give every example as one row of {self.D} numbers."
        self._x = as_array(x, shape, "Affine.forward", "x", self.dtype, advice)
        if axes == 2:
            return kernels.affine_forward(self._x, self.w, self.b)
        a = kernels.affine_forward(self._x.reshape(-1, self.D), self.w, self.b)
        return a.reshape(*self._x.shape[:-1], self.M)

    def backward(self, dy):
        dx, self.dw, self.db = kernels.affine_backward(*self._rows(dy), self.w, self.b)
        return dx.reshape(self._x.shape)

    def backward_parameters(self, dy):
        self.dw, self.db = kernels.affine_backward_parameters(*self._rows(dy), self.w, self.b)

    def _rows(self, dy):
        """dy and x, checked, with one row for each example, or for each step of a sequence."""
        x = self._saved("_x")
        dy = as_array(dy, (*x.shape[:-1], self.M), "Affine.backward", "dy", self.dtype)
        return dy.reshape(-1, self.M), x.reshape(-1, self.D)

    def __repr__(self):
        return f"Affine({self.D}, {self.M})"
