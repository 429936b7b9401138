"""Self-attention, and the block of a transformer that is made with it."""
import numpy as np

from .. import init as initialisers
from ..kernels import unchecked as kernels
from .activations import GELU
from .base import Layer, as_array, as_dtype, as_rng, as_size
from .dense import Affine
from .normalisation import LayerNorm


class SelfAttention(Layer):
    """Every step of a sequence looks at all steps at once, with several heads; if causal, at none after itself.

    After ``forward``, ``weights`` (N, heads, T, T) says how much each step t takes from each step u.

    Equation  q, k, v = W x + b, cut into heads of E = D / heads numbers
              weights[t,u] = softmax over u of q[t] . k[u] / sqrt(E)
              y[t] = W_o (sum_u weights[t,u] v[u], of all heads side by side) + b_o
    Shapes    x (N, T, D)  ->  y (N, T, D);   w (3D, D), b (3D,), rows in the order q k v;   w_o (D, D), b_o (D,)
    Saves     x, q, k and v, the weights, and what W_o multiplies
    Raises    ValueError if D is not a multiple of heads, or x has another shape or dtype
    Source    Vaswani et al. (2017), Attention is all you need
    """

    parameter_names = ("w", "b", "w_o", "b_o")

    def __init__(self, D, heads, causal=False, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        self.D, self.heads = as_size(D, "SelfAttention", "D"), as_size(heads, "SelfAttention", "heads")
        if self.D % self.heads:
            raise ValueError(f"SelfAttention: D is {self.D}, expected a multiple of heads, which is {self.heads}.\n"
                             "The heads share the D numbers equally.")
        self.causal, self.dtype = bool(causal), as_dtype(dtype, "SelfAttention")
        rng = as_rng(rng, "SelfAttention")
        self.w = np.concatenate([init((self.D, self.D), rng) for _ in "qkv"]).astype(self.dtype)
        self.w_o = init((self.D, self.D), rng).astype(self.dtype)
        self.b, self.b_o = np.zeros(3 * self.D, self.dtype), np.zeros(self.D, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)
        self.dw_o, self.db_o = np.zeros_like(self.w_o), np.zeros_like(self.b_o)

    def forward(self, x, train=False):
        x = as_array(x, ("N", "T", self.D), "SelfAttention.forward", "x", self.dtype,
                     f"Give every example as T steps of {self.D} numbers.")
        self._rows = x.reshape(-1, self.D)
        self._qkv = kernels.affine_forward(self._rows, self.w, self.b).reshape(*x.shape[:2], 3 * self.D)
        self._mixed, self.weights = kernels.attention_forward(self._qkv, self.heads, self.causal)
        return kernels.affine_forward(self._mixed.reshape(-1, self.D), self.w_o, self.b_o).reshape(x.shape)

    def backward(self, dy):
        mixed = self._saved("_mixed")
        dy = as_array(dy, mixed.shape, "SelfAttention.backward", "dy", self.dtype)
        dmixed, self.dw_o, self.db_o = kernels.affine_backward(
            dy.reshape(-1, self.D), mixed.reshape(-1, self.D), self.w_o, self.b_o)
        dqkv = kernels.attention_backward(dmixed.reshape(dy.shape), self.weights, self._qkv, self.heads, self.causal)
        dx, self.dw, self.db = kernels.affine_backward(dqkv.reshape(-1, 3 * self.D), self._rows, self.w, self.b)
        return dx.reshape(dy.shape)

    def __repr__(self):
        return f"SelfAttention({self.D}, {self.heads}{', causal=True' if self.causal else ''})"


class TransformerBlock(Layer):
    """Attention between the steps of a sequence, then a small network on each step, both added to what came in.

    Equation  u = x + attention(norm1(x))
              y = u + W_2 gelu(W_1 norm2(u) + b_1) + b_2
    Shapes    x (N, T, D)  ->  y (N, T, D);   attention.*, norm1.*, norm2.*, expand.* (4D, D), contract.* (D, 4D)
    Raises    ValueError if D is not a multiple of heads, or x has another shape or dtype
    Source    Radford et al. (2019), Language models are unsupervised multitask learners (norms before, as in GPT-2)
    """

    def __init__(self, D, heads, causal=False, *, init=initialisers.glorot, rng=None, dtype=np.float64):
        rng = as_rng(rng, "TransformerBlock")
        self.attention = SelfAttention(D, heads, causal, init=init, rng=rng, dtype=dtype)
        self.D, self.heads, self.causal, self.dtype = D, heads, bool(causal), self.attention.dtype
        self.norm1, self.norm2 = LayerNorm(D, dtype=dtype), LayerNorm(D, dtype=dtype)
        self.expand, self.gelu = Affine(D, 4 * D, init=init, rng=rng, dtype=dtype), GELU()
        self.contract = Affine(4 * D, D, init=init, rng=rng, dtype=dtype)

    def forward(self, x, train=False):
        x = as_array(x, ("N", "T", self.D), "TransformerBlock.forward", "x", self.dtype,
                     f"Give every example as T steps of {self.D} numbers.")
        u = x + self.attention.forward(self.norm1.forward(x))
        return u + self.contract.forward(self.gelu.forward(self.expand.forward(self.norm2.forward(u))))

    def backward(self, dy):
        du = dy + self.norm2.backward(self.expand.backward(self.gelu.backward(self.contract.backward(dy))))
        return du + self.norm1.backward(self.attention.backward(du))

    def parts(self):
        """List of (name, layer)."""
        return [(name, getattr(self, name)) for name in ("norm1", "attention", "norm2", "expand", "gelu", "contract")]

    def __repr__(self):
        return f"TransformerBlock({self.D}, {self.heads}{', causal=True' if self.causal else ''})"
