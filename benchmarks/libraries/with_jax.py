"""JAX: the whole step, gradient and update, as one compiled function."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

NEEDS = "jax"


def normal(rng, *shape):
    return jnp.asarray(rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:])), jnp.float32)


def affine(p, x):
    return x @ p["w"].T + p["b"]


def convolution(p, x, stride, padding):
    y = lax.conv_general_dilated(x, p["w"], (stride, stride), [(padding, padding)] * 2)
    return y + p["b"][:, None, None]


def max_pool(x, size):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, size, size), (1, 1, size, size), "VALID")


def recurrent(kind, p, x):
    M = p["w_h"].shape[1]

    def rnn(h, a):
        h = jnp.tanh(a + h @ p["w_h"].T)
        return h, h

    def lstm(state, a):
        z = a + state[0] @ p["w_h"].T
        i, f, o = map(jax.nn.sigmoid, (z[:, :M], z[:, M:2 * M], z[:, 3 * M:]))
        g = jnp.tanh(z[:, 2 * M:3 * M])
        c = f * state[1] + i * g
        return (o * jnp.tanh(c), c), o * jnp.tanh(c)

    def gru(h, a):
        b = h @ p["w_h"].T
        r, z = jax.nn.sigmoid(a[:, :M] + b[:, :M]), jax.nn.sigmoid(a[:, M:2 * M] + b[:, M:2 * M])
        n = jnp.tanh(a[:, 2 * M:] + r * b[:, 2 * M:])
        h = (1 - z) * n + z * h
        return h, h

    zero = jnp.zeros((len(x), M), x.dtype)
    cell, start = {"rnn": (rnn, zero), "lstm": (lstm, (zero, zero)), "gru": (gru, zero)}[kind]
    inputs = (x @ p["w"].T + p["b"]).swapaxes(0, 1)              # all steps at once
    return lax.scan(cell, start, inputs)[1].swapaxes(0, 1)


def norm(x):
    return (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)


def batch_norm(p, x):
    return p["w"] * (x - x.mean(0)) * lax.rsqrt(x.var(0) + 1e-5) + p["b"]


def transformer(p, x, heads):
    N, T, D = x.shape
    q, k, v = (norm(x) @ p["w_qkv"].T).reshape(N, T, 3, heads, D // heads).transpose(2, 0, 3, 1, 4)
    weights = jax.nn.softmax(q @ k.swapaxes(-1, -2) / np.sqrt(D // heads))
    x = x + (weights @ v).transpose(0, 2, 1, 3).reshape(N, T, D) @ p["w_o"].T
    return x + jax.nn.gelu(norm(x) @ p["w_1"].T, approximate=False) @ p["w_2"].T


def parameters(rng, kind, sizes):
    if kind == "affine":
        return {"w": normal(rng, sizes[1], sizes[0]), "b": jnp.zeros(sizes[1])}
    if kind == "batch_norm":
        return {"w": jnp.ones(sizes[0]), "b": jnp.zeros(sizes[0])}
    if kind == "conv":
        return {"w": normal(rng, sizes[1], sizes[0], sizes[2], sizes[2]), "b": jnp.zeros(sizes[1])}
    if kind in ("rnn", "lstm", "gru"):
        D, M, gates = *sizes, {"rnn": 1, "lstm": 4, "gru": 3}[kind]
        return {"w": normal(rng, gates * M, D), "w_h": normal(rng, gates * M, M), "b": jnp.zeros(gates * M)}
    if kind == "transformer":
        D = sizes[0]
        return {"w_qkv": normal(rng, 3 * D, D), "w_o": normal(rng, D, D),
                "w_1": normal(rng, 4 * D, D), "w_2": normal(rng, D, 4 * D)}
    return {}


def apply(kind, sizes, p, x):
    if kind in ("rnn", "lstm", "gru"):
        return recurrent(kind, p, x)
    return {"affine": lambda: affine(p, x), "relu": lambda: jnp.maximum(x, 0), "tanh": lambda: jnp.tanh(x),
            "batch_norm": lambda: batch_norm(p, x),
            "conv": lambda: convolution(p, x, *sizes[3:]), "max_pool": lambda: max_pool(x, *sizes),
            "flatten": lambda: x.reshape(len(x), -1), "transformer": lambda: transformer(p, x, sizes[1])}[kind]()


def mean_loss(name, a, y):
    if name == "cross_entropy":
        return -jnp.take_along_axis(jax.nn.log_softmax(a), y[..., None], -1).mean()
    return (jnp.logaddexp(0, a) - y * a).mean() if name == "binary_cross_entropy" else ((a - y) ** 2).mean()


def steps(row):
    rng = np.random.default_rng(0)
    x, y = map(jnp.asarray, row.data())
    state = [parameters(rng, kind, sizes) for kind, *sizes in row.layers]

    def loss(state, x, y):
        for (kind, *sizes), p in zip(row.layers, state):
            x = apply(kind, sizes, p, x)
        return mean_loss(row.loss, x, y)

    @jax.jit
    def update(state, x, y):
        gradient = jax.grad(loss)(state, x, y)
        return jax.tree.map(lambda w, dw: w - row.learning_rate * dw, state, gradient)

    def step():
        nonlocal state
        state = jax.block_until_ready(update(state, x, y))

    return {"JAX jit": step}
