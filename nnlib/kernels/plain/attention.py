"""Self-attention: every position of a sequence looks at all others at once, and takes most from those that fit."""
import math

import numpy as np


def attention_forward(qkv, heads, causal):
    """Means of the values, weighted by how well each query fits each key; every head works on its own E = D / heads.

    Equation  s[t,u] = q[t] . k[u] / sqrt(E),   -infinity where u > t if causal             (11.3)
              p[t,u] = exp(s[t,u]) / sum_j exp(s[t,j])
              y[t]   = sum_u p[t,u] v[u]                                           for every example and head
    Shapes    qkv (N, T, 3D), heads integer >= 1, causal boolean  ->  y (N, T, D), p (N, heads, T, T);   in qkv
              q, k and v side by side, and the heads side by side in each
              E = D / heads
    """
    N, T, D = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    parts = qkv.reshape(N, T, 3, heads, D // heads)
    q, k, v = parts.transpose(2, 0, 3, 1, 4)         # each (N, heads, T, E)
    s = q @ k.swapaxes(2, 3) / math.sqrt(D // heads)
    if causal:
        s = np.where(np.tri(T, dtype=bool), s, -np.inf)
    e = np.exp(s - s.max(axis=3, keepdims=True))
    p = e / e.sum(axis=3, keepdims=True)
    return (p @ v).swapaxes(1, 2).reshape(N, T, D), p


def attention_backward(dy, p, qkv, heads, causal):
    """Gradients with respect to queries, keys and values, side by side as forward takes them.

    Equation  dv[u]   = sum_t p[t,u] dy[t],   dp[t,u] = dy[t] . v[u]                        (11.4)
              ds[t,u] = p[t,u] (dp[t,u] - sum_j dp[t,j] p[t,j])
              dq[t]   = sum_u ds[t,u] k[u] / sqrt(E),   dk[u] = sum_t ds[t,u] q[t] / sqrt(E)
    Shapes    dy (N, T, D), p (N, heads, T, T), qkv (N, T, 3D), heads integer >= 1, causal boolean
              ->  dqkv (N, T, 3D)
              E = D / heads
    """
    N, T, D = dy.shape
    parts = qkv.reshape(N, T, 3, heads, D // heads)
    q, k, v = parts.transpose(2, 0, 3, 1, 4)         # each (N, heads, T, E)
    dy = dy.reshape(N, T, heads, D // heads).swapaxes(1, 2)
    dp = dy @ v.swapaxes(2, 3)
    ds = p * (dp - (dp * p).sum(axis=3, keepdims=True))
    ds /= math.sqrt(D // heads)
    dq, dk, dv = ds @ k, ds.swapaxes(2, 3) @ q, p.swapaxes(2, 3) @ dy
    dqkv = np.stack([dq, dk, dv])                        # (3, N, heads, T, E)
    return dqkv.transpose(1, 3, 0, 2, 4).reshape(N, T, 3 * D)
