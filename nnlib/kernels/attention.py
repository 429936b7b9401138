"""Self-attention: every position of a sequence looks at all others at once, and takes most from those that fit.

Heads do not wait for each other: a core takes one head of one example, then the next.
"""
import numpy as np
from numba import prange

from .decorators import any_order, on_all_cores
from .functions import exp


@on_all_cores
def attention_forward(qkv, heads, causal):
    """Means of the values, weighted by how well each query fits each key; every head works on its own E = D / heads.

    Equation  s[t,u] = q[t] . k[u] / sqrt(E),   -infinity where u > t if causal             (11.3)
              p[t,u] = exp(s[t,u]) / sum_j exp(s[t,j])
              y[t]   = sum_u p[t,u] v[u]                                           for every example and head
    Shapes    qkv (N, T, 3D), heads integer >= 1, causal boolean  ->  y (N, T, D), p (N, heads, T, T);   in qkv
              q, k and v side by side, and the heads side by side in each
              E = D / heads
    Saves     p, for its own derivative and for dv
    Source    Vaswani et al. (2017), Attention is all you need
    """
    N, T, _ = qkv.shape
    D = qkv.shape[2] // 3
    y, p = np.empty((N, T, D), qkv.dtype), np.empty((N, heads, T, T), qkv.dtype)
    for pair in prange(N * heads):
        n, head = pair // heads, pair % heads
        forward_head(y[n], p[n, head], qkv[n], head, heads, causal)
    return y, p


@on_all_cores
def attention_backward(dy, p, qkv, heads, causal):
    """Gradients with respect to queries, keys and values, side by side as forward takes them.

    Equation  dv[u]   = sum_t p[t,u] dy[t],   dp[t,u] = dy[t] . v[u]                        (11.4)
              ds[t,u] = p[t,u] (dp[t,u] - sum_j dp[t,j] p[t,j])
              dq[t]   = sum_u ds[t,u] k[u] / sqrt(E),   dk[u] = sum_t ds[t,u] q[t] / sqrt(E)
    Shapes    dy (N, T, D), p (N, heads, T, T), qkv (N, T, 3D), heads integer >= 1, causal boolean
              ->  dqkv (N, T, 3D)
              E = D / heads
    """
    dqkv = np.empty(qkv.shape, qkv.dtype)
    for pair in prange(len(qkv) * heads):
        n, head = pair // heads, pair % heads
        backward_head(dqkv[n], dy[n], p[n, head], qkv[n], head, heads)
    return dqkv


@any_order
def forward_head(y, p, qkv, head, heads, causal):
    """One head of one example: its columns of y (T, D), and p (T, T)."""
    D = y.shape[1]
    E = D // heads
    q, k, v = columns(qkv, head * E, E), columns(qkv, D + head * E, E), columns(qkv, 2 * D + head * E, E)
    np.dot(q, k.T, p)
    softmax_of_rows(p, qkv.dtype.type(1 / np.sqrt(E)), causal)
    write_columns(y, head * E, p @ v)


@any_order
def backward_head(dqkv, dy, p, qkv, head, heads):
    """One head of one example: its columns of dqkv (T, 3D)."""
    D = dy.shape[1]
    E = D // heads
    q, k, v = columns(qkv, head * E, E), columns(qkv, D + head * E, E), columns(qkv, 2 * D + head * E, E)
    dy_head = columns(dy, head * E, E)
    ds = dy_head @ v.T
    softmax_gradient_of_rows(ds, p, qkv.dtype.type(1 / np.sqrt(E)))
    write_columns(dqkv, head * E, ds @ k)
    write_columns(dqkv, D + head * E, ds.T @ q)
    write_columns(dqkv, 2 * D + head * E, p.T @ dy_head)


@any_order
def columns(rows, first, E):
    """Columns first ... first + E - 1 of rows (T, ...) as an array (T, E) of their own."""
    copy = np.empty((len(rows), E), rows.dtype)
    for t in range(len(rows)):
        target, source = copy[t], rows[t, first:first + E]
        for e in range(E):
            target[e] = source[e]
    return copy


@any_order
def write_columns(rows, first, values):
    """Put values (T, E) into columns first ... first + E - 1 of rows (T, ...)."""
    E = values.shape[1]
    for t in range(len(rows)):
        target, source = rows[t, first:first + E], values[t]
        for e in range(E):
            target[e] = source[e]


@any_order
def softmax_of_rows(s, scale, causal):
    """Replace every row of scores (T, T) by softmax(scale s), over u <= t only if causal."""
    T = len(s)
    real = s.dtype.type
    for t in range(T):
        end = t + 1 if causal else T
        largest = s[t, 0]
        for u in range(1, end):
            largest = max(largest, s[t, u])
        total = real(0)
        for u in range(end):
            s[t, u] = exp(scale * (s[t, u] - largest), real)
            total += s[t, u]
        for u in range(end):
            s[t, u] /= total
        for u in range(end, T):
            s[t, u] = 0


@any_order
def softmax_gradient_of_rows(dp, p, scale):
    """Replace every row of dp (T, T) by scale times the gradient with respect to the scores."""
    T = len(p)
    for t in range(T):
        mean = p.dtype.type(0)
        for u in range(T):
            mean += dp[t, u] * p[t, u]
        for u in range(T):
            dp[t, u] = scale * p[t, u] * (dp[t, u] - mean)
