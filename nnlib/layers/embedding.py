"""Embedding layer."""
import numpy as np

from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_rng, as_size


class Embedding(Layer):
    """A row of D learned numbers for each of V tokens, standard normal at first.

    Tokens are whole numbers and have no gradient: ``backward`` sets ``dw`` and returns None, so this is the first
    layer of a network.

    Equation  h[n,t] = w[x[n,t]]
    Shapes    x (N, T) whole numbers 0 ... V-1  ->  h (N, T, D);   w (V, D)
    Saves     x, for the rows of dw
    Raises    ValueError if x has another shape, or holds anything but tokens that have a row
    """

    parameter_names = ("w",)

    def __init__(self, V, D, *, rng=None, dtype=np.float64):
        self.V, self.D = as_size(V, "Embedding", "V"), as_size(D, "Embedding", "D")
        self.dtype = as_dtype(dtype, "Embedding")
        rng = as_rng(rng, "Embedding")
        self.w = rng.standard_normal((self.V, self.D)).astype(self.dtype)
        self.dw = np.zeros_like(self.w)

    def forward(self, x, train=False):
        self._x = as_tokens(x, self.V)
        return kernels.embedding_forward(self._x, self.w)

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, (*x.shape, self.D), "Embedding.backward", "dy", self.dtype)
        self.dw = kernels.embedding_backward(dy, x, self.w)

    def __repr__(self):
        return f"Embedding({self.V}, {self.D})"


def as_tokens(x, V):
    """Tokens (N, T) below V as an array of int64, else ValueError."""
    x = np.asarray(x)
    if x.ndim != 2 or x.size == 0:
        raise ValueError(f"Embedding.forward: x has shape {x.shape}, expected (N, T), at least one token.\n"
                         "Give one sequence per row; for a single one pass x[None].")
    if not np.issubdtype(x.dtype, np.integer):
        raise ValueError(f"Embedding.forward: x has dtype {x.dtype}, expected whole numbers.\n"
                         "Give the positions of the tokens in the vocabulary, x.astype(np.int64).")
    if x.min() < 0 or x.max() >= V:
        n, t = np.argwhere((x < 0) | (x >= V))[0]
        raise ValueError(f"Embedding.forward: x holds the token {x[n, t]} at [{n}, {t}], expected 0 ... {V - 1}.\n"
                         "Count tokens from 0, and give Embedding(V, D) as many rows V as the vocabulary has tokens.")
    return x.astype(np.int64)
