"""Positions: attention sees a set of steps, and these layers tell it where in the sequence each one stands."""
import numpy as np

from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_rng, as_size


class SinusoidalPositions(Layer):
    """Sines and cosines of the position, added to every step: nothing to learn, and no longest sequence.

    Equation  y[n,t,2i]   = x[n,t,2i]   + sin(t / 10000^(2i/D))
              y[n,t,2i+1] = x[n,t,2i+1] + cos(t / 10000^(2i/D))
    Shapes    x (N, T, D)  ->  y (N, T, D)
    Raises    ValueError if x has another number of axes, or is not an array of floats
    Source    Vaswani et al. (2017), Attention is all you need
    """

    def forward(self, x, train=False):
        x = as_array(x, ("N", "T", "D"), "SinusoidalPositions.forward", "x", advice=HINT)
        self._like = x.shape, x.dtype
        return kernels.sinusoidal_positions_forward(x)

    def backward(self, dy):
        shape, dtype = self._saved("_like")
        return kernels.sinusoidal_positions_backward(as_array(dy, shape, "SinusoidalPositions.backward", "dy", dtype))

    def __repr__(self):
        return "SinusoidalPositions()"


class LearnedPositions(Layer):
    """A row of D learned numbers for each of T positions, standard normal at first, added to the step that stands there.

    Equation  y[n,t,d] = x[n,t,d] + w[t,d]
    Shapes    x (N, up to T, D)  ->  y as x;   w (T, D)
    Raises    ValueError if x has another shape or dtype, or more than T steps
    Source    Radford et al. (2018), Improving language understanding by generative pre-training
    """

    parameter_names = ("w",)

    def __init__(self, T, D, *, rng=None, dtype=np.float64):
        self.T, self.D = as_size(T, "LearnedPositions", "T"), as_size(D, "LearnedPositions", "D")
        self.dtype = as_dtype(dtype, "LearnedPositions")
        rng = as_rng(rng, "LearnedPositions")
        self.w = rng.standard_normal((self.T, self.D)).astype(self.dtype)
        self.dw = np.zeros_like(self.w)

    def forward(self, x, train=False):
        x = as_array(x, ("N", "T", self.D), "LearnedPositions.forward", "x", self.dtype, HINT)
        if x.shape[1] > self.T:
            raise ValueError(f"LearnedPositions.forward: x has {x.shape[1]} steps, expected at most {self.T}.\n"
                             "No position after those has a row: give LearnedPositions(T, D) a larger T, or cut x.")
        self._shape = x.shape
        return kernels.learned_positions_forward(x, self.w[:x.shape[1]])

    def backward(self, dy):
        shape = self._saved("_shape")
        dy = as_array(dy, shape, "LearnedPositions.backward", "dy", self.dtype)
        self.dw = np.zeros_like(self.w)
        dx, self.dw[:shape[1]] = kernels.learned_positions_backward(dy)
        return dx

    def __repr__(self):
        return f"LearnedPositions({self.T}, {self.D})"


HINT = "Give every example as T steps of D numbers; for tokens (N, T) add nnlib.Embedding(V, D) before this layer."
