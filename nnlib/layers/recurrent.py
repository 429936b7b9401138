"""Recurrent layers: they read a sequence step by step and remember."""
import numpy as np

from .. import init as initialisers
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_rng, as_size


class RNN(Layer):
    """Plain recurrent layer of M units on sequences of D numbers a step.

    The state begins at 0, or at ``state``. After ``forward`` the last state is ``final_state``: pass it on as
    ``state`` to read the next piece of a long sequence. Gradients stop at that border; ``dstate`` is the one
    that arrives at ``state``.

    Equation  h[t] = tanh(W_x x[t] + W_h h[t-1] + b),   h[-1] = state
    Shapes    x (N, T, D), state (N, M)  ->  h (N, T, M);   w_x (M, D), w_h (M, M), b (M,)
    Saves     x and all states
    Raises    ValueError if x or state has another shape or dtype
    """

    parameter_names = ("w_x", "w_h", "b")

    def __init__(self, D, M, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.M, self.dtype = as_size(D, "RNN", "D"), as_size(M, "RNN", "M"), as_dtype(dtype, "RNN")
        set_weights(self, 1, init, rng)

    def forward(self, x, train=False, state=None):
        x = as_sequence(x, self)
        self._h0 = as_state(state, x, self)
        self._x = x
        h, self._states = kernels.rnn_forward(self._x, self._h0, self.w_x, self.w_h, self.b)
        self.final_state = self._states[-1].copy()
        return h

    def backward(self, dy):
        dx, self.dstate, self.dw_x, self.dw_h, self.db = kernels.rnn_backward(*self._given(dy))
        return dx

    def backward_parameters(self, dy):
        self.dstate, self.dw_x, self.dw_h, self.db = kernels.rnn_backward_parameters(*self._given(dy))

    def _given(self, dy):
        """dy, checked, and what the kernel needs besides."""
        return as_gradient(dy, self), self._states, self._x, self._h0, self.w_x, self.w_h, self.b

    def __repr__(self):
        return f"RNN({self.D}, {self.M})"


class LSTM(Layer):
    """Long short-term memory: recurrent layer of M units, each with a cell that gates protect.

    States are pairs (h, c). They begin at 0, or at ``state``; after ``forward`` the last pair is ``final_state``,
    and after ``backward`` the gradients that arrive at ``state`` are ``dstate``, as in RNN.

    Equation  i, f, o = sigmoid(W_x x[t] + W_h h[t-1] + b),   g = tanh(W_x x[t] + W_h h[t-1] + b)
              c[t] = f c[t-1] + i g,   h[t] = o tanh(c[t])
    Shapes    x (N, T, D), state (N, M) and (N, M)  ->  h (N, T, M)
              w_x (4M, D), w_h (4M, M), b (4M,), rows in the order i f g o
    Saves     x, all states and cells, and the gates
    Raises    ValueError if x or state has another shape or dtype
    Source    Hochreiter and Schmidhuber (1997), Long short-term memory
    """

    parameter_names = ("w_x", "w_h", "b")

    def __init__(self, D, M, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.M, self.dtype = as_size(D, "LSTM", "D"), as_size(M, "LSTM", "M"), as_dtype(dtype, "LSTM")
        set_weights(self, 4, init, rng)

    def forward(self, x, train=False, state=None):
        x = as_sequence(x, self)
        if state is not None and (not isinstance(state, (tuple, list)) or len(state) != 2):
            raise ValueError(f"LSTM.forward: state is a {type(state).__name__}, expected a pair of arrays (h, c).\n"
                             "Pass the final_state of an earlier forward as it is.")
        h0, c0 = (None, None) if state is None else state
        self._state = as_state(h0, x, self, "h of state"), as_state(c0, x, self, "c of state")
        self._x = x
        h, self._states, self._cells, self._gates = kernels.lstm_forward(
            self._x, *self._state, self.w_x, self.w_h, self.b)
        self.final_state = self._states[-1].copy(), self._cells[-1].copy()
        return h

    def backward(self, dy):
        dx, dh0, dc0, self.dw_x, self.dw_h, self.db = kernels.lstm_backward(*self._given(dy))
        self.dstate = dh0, dc0
        return dx

    def backward_parameters(self, dy):
        dh0, dc0, self.dw_x, self.dw_h, self.db = kernels.lstm_backward_parameters(*self._given(dy))
        self.dstate = dh0, dc0

    def _given(self, dy):
        """dy, checked, and what the kernel needs besides."""
        return (as_gradient(dy, self), self._states, self._cells, self._gates, self._x, *self._state,
                self.w_x, self.w_h, self.b)

    def __repr__(self):
        return f"LSTM({self.D}, {self.M})"


class GRU(Layer):
    """Gated recurrent layer of M units: one gate resets the state, one mixes it with what is new.

    The state begins at 0, or at ``state``; ``final_state`` and ``dstate`` are as in RNN.

    Equation  r, z = sigmoid(W_x x[t] + W_h h[t-1] + b),   n = tanh(W_x x[t] + b + r (W_h h[t-1] + b_h))
              h[t] = (1 - z) n + z h[t-1]
    Shapes    x (N, T, D), state (N, M)  ->  h (N, T, M)
              w_x (3M, D), w_h (3M, M), b (3M,), rows in the order r z n;   b_h (M,), the bias of n inside the reset
    Saves     x, all states, the gates, and the scores that come from the state
    Raises    ValueError if x or state has another shape or dtype
    Source    Cho et al. (2014), Learning phrase representations; r after the product with W_h, as in PyTorch
    """

    parameter_names = ("w_x", "w_h", "b", "b_h")

    def __init__(self, D, M, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.M, self.dtype = as_size(D, "GRU", "D"), as_size(M, "GRU", "M"), as_dtype(dtype, "GRU")
        set_weights(self, 3, init, rng)
        self.b_h = np.zeros(self.M, self.dtype)
        self.db_h = np.zeros_like(self.b_h)

    def forward(self, x, train=False, state=None):
        x = as_sequence(x, self)
        self._h0 = as_state(state, x, self)
        self._x = x
        h, self._states, self._gates, self._hidden = kernels.gru_forward(
            self._x, self._h0, self.w_x, self.w_h, self.b, self.b_h)
        self.final_state = self._states[-1].copy()
        return h

    def backward(self, dy):
        dx, self.dstate, self.dw_x, self.dw_h, self.db, self.db_h = kernels.gru_backward(*self._given(dy))
        return dx

    def backward_parameters(self, dy):
        self.dstate, self.dw_x, self.dw_h, self.db, self.db_h = kernels.gru_backward_parameters(*self._given(dy))

    def _given(self, dy):
        """dy, checked, and what the kernel needs besides."""
        return (as_gradient(dy, self), self._states, self._gates, self._hidden, self._x, self._h0,
                self.w_x, self.w_h, self.b, self.b_h)

    def __repr__(self):
        return f"GRU({self.D}, {self.M})"


def set_weights(layer, G, init, rng):
    """Weights w_x (G M, D) and w_h (G M, M), drawn gate by gate, biases 0, and room for their gradients."""
    rng = as_rng(rng, type(layer).__name__)
    layer.w_x = np.concatenate([init((layer.M, layer.D), rng) for _ in range(G)]).astype(layer.dtype)
    layer.w_h = np.concatenate([init((layer.M, layer.M), rng) for _ in range(G)]).astype(layer.dtype)
    layer.b = np.zeros(G * layer.M, layer.dtype)
    layer.dw_x, layer.dw_h, layer.db = np.zeros_like(layer.w_x), np.zeros_like(layer.w_h), np.zeros_like(layer.b)


def as_sequence(x, layer):
    """x (N, T, D) as the layer takes it, else ValueError."""
    return as_array(x, ("N", "T", layer.D), f"{type(layer).__name__}.forward", "x", layer.dtype,
                    f"Give every example as T steps of {layer.D} numbers. "
                    f"For tokens (N, T) add nnlib.Embedding(V, {layer.D}) before this layer.")


def as_state(state, x, layer, name="state"):
    """A state (N, M) for the examples of x; zeros for None, ValueError for another shape or dtype."""
    shape = len(x), layer.M
    if state is None:
        return np.zeros(shape, layer.dtype)
    return as_array(state, shape, f"{type(layer).__name__}.forward", name, layer.dtype, "It is one row for each example.")


def as_gradient(dy, layer):
    """dy (N, T, M) for the output of the last forward, else ValueError."""
    N, T, _ = layer._saved("_x").shape
    return as_array(dy, (N, T, layer.M), f"{type(layer).__name__}.backward", "dy", layer.dtype)
