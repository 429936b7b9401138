"""Every operation whose gradient is tested: inputs to test it on, and its formula on Values.

``draw`` gives the arguments of the forward kernel by name, away from kinks; the sizes are arguments of its own,
all different unless told otherwise. ``formula`` computes the output once more, from Values, so that nobody derived
its gradient by hand: the plain kernel, where Values can do what it does. ``fixed`` names the arguments that have
no gradient. A backward kernel that is missing here fails the suite.
"""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.kernels import plain


@dataclass(frozen=True)
class Operation:
    draw: Callable
    formula: Callable
    fixed: tuple = ()


def cast(arguments, dtype):
    """The same arguments, float64 replaced by dtype."""
    return {name: value.astype(dtype) if np.asarray(value).dtype == np.float64 else value
            for name, value in arguments.items()}


def away_from_zero(rng, *shape):
    """Normal numbers pushed 0.1 away from the kink at 0."""
    x = rng.standard_normal(shape)
    return x + 0.1 * np.sign(x)


def each(function):
    """A formula for one entry, applied to every entry of an object array."""
    return np.vectorize(function, otypes=[object])


def log_sum_exp(values):
    total = 0
    for value in values:
        total = total + value.exp()
    return total.log()


def gelu(a):
    """a Phi(a), with the series erf(z) = 2/sqrt(pi) exp(-z^2) sum_k 2^k z^(2k+1) / (1 3 5 ... (2k+1))."""
    z = a * 0.5 ** 0.5
    term = total = z
    for k in range(1, 60):
        term = term * z * z * (2 / (2 * k + 1))
        total = total + term
    return 0.5 * a * (1 + (-z * z).exp() * total * (2 / np.pi ** 0.5))


def softmax(a):
    e = each(lambda s: s.exp())(a)
    return e / e.sum(axis=1, keepdims=True)


def largest(pieces):
    """max(u, v) = u + relu(v - u), through all pieces."""
    h = pieces[0]
    for piece in pieces[1:]:
        h = h + each(lambda s: s.relu())(piece - h)
    return h


def batch_norm(x, w, b):
    z = x - x.mean(axis=(0, 2), keepdims=True)
    scale = ((z * z).mean(axis=(0, 2), keepdims=True) + 1e-5) ** -0.5
    return w[:, None] * z * scale + b[:, None]


def layer_norm(x, w, b):
    z = x - x.mean(axis=1, keepdims=True)
    return w * z * ((z * z).mean(axis=1, keepdims=True) + 1e-5) ** -0.5 + b


def group_norm(x, w, b, groups):
    rows = x.reshape(len(x), groups, -1)
    z = rows - rows.mean(axis=2, keepdims=True)
    z = z * ((z * z).mean(axis=2, keepdims=True) + 1e-5) ** -0.5
    return w[:, None] * z.reshape(x.shape) + b[:, None]


def max_pool2d(x, size, stride):
    windows = sliding_window_view(x, size, (2, 3))[:, :, ::stride[0], ::stride[1]]
    return largest(np.moveaxis(windows.reshape(*windows.shape[:4], -1), -1, 0))


def binary_cross_entropy(a, y):
    losses = [(1 + score.exp()).log() - label * score for score, label in zip(a, y)]
    return sum(losses[1:], losses[0]) / len(losses)


def softmax_cross_entropy(a, y):
    losses = [log_sum_exp(row) - row[label] for row, label in zip(a, y)]
    return sum(losses[1:], losses[0]) / len(losses)


def sequence(rng, G, N, T, D, M, states=("h0",)):
    """Arguments of a recurrent kernel of G gates."""
    shapes = dict(x=(N, T, D)) | {state: (N, M) for state in states} | dict(w_x=(G * M, D), w_h=(G * M, M), b=(G * M,))
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def tanh(a):
    return each(lambda s: s.tanh())(a)


def sigmoid(a):
    return each(lambda s: 1 / (1 + (-s).exp()))(a)


def lstm(x, h0, c0, w_x, w_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ w_x.T + h @ w_h.T + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        states.append(h)
    return np.stack(states, axis=1)


def gru(x, h0, w_x, w_h, b, b_h):
    h, states = h0, []
    for t in range(x.shape[1]):
        from_x, from_h = np.split(x[:, t] @ w_x.T + b, 3, axis=1), np.split(h @ w_h.T, 3, axis=1)
        r, z = sigmoid(from_x[0] + from_h[0]), sigmoid(from_x[1] + from_h[1])
        h = (1 - z) * tanh(from_x[2] + r * (from_h[2] + b_h)) + z * h
        states.append(h)
    return np.stack(states, axis=1)


def sinusoidal_positions(x):
    y = np.empty(x.shape, object)
    for n, t, d in np.ndindex(x.shape):
        y[n, t, d] = x[n, t, d] + (np.cos if d % 2 else np.sin)(t / 10_000 ** (d // 2 * 2 / x.shape[2]))
    return y


def attention(qkv, heads, causal):
    N, T, D = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    E = D // heads
    y = np.empty((N, T, D), object)
    for n, t, head in np.ndindex(N, T, heads):
        q, k, v = (qkv[n, :, part * D + head * E:part * D + (head + 1) * E] for part in range(3))
        seen = t + 1 if causal else T
        p = softmax((k[:seen] @ q[t] * E ** -0.5)[None])[0]
        y[n, t, head * E:(head + 1) * E] = p @ v[:seen]
    return y


OPERATIONS = {
    "affine": Operation(
        draw=lambda rng, N=5, D=3, M=4: dict(x=rng.standard_normal((N, D)), w=rng.standard_normal((M, D)),
                                             b=rng.standard_normal(M)),
        formula=plain.affine_forward),
    "sigmoid": Operation(
        draw=lambda rng, N=3, M=4: dict(a=rng.standard_normal((N, M))),
        formula=lambda a: each(lambda s: 1 / (1 + (-s).exp()))(a)),
    "tanh": Operation(
        draw=lambda rng, N=3, M=4: dict(a=rng.standard_normal((N, M))),
        formula=plain.tanh_forward),
    "relu": Operation(
        draw=lambda rng, N=3, M=4: dict(a=away_from_zero(rng, N, M)),
        formula=lambda a: each(lambda s: s.relu())(a)),
    "gelu": Operation(
        draw=lambda rng, N=3, M=4: dict(a=rng.standard_normal((N, M))),
        formula=lambda a: each(gelu)(a)),
    "leaky_relu": Operation(
        draw=lambda rng, N=3, M=4: dict(a=away_from_zero(rng, N, M), slope=np.float64(0.1)), fixed=("slope",),
        formula=lambda a, slope: each(lambda s: s.relu() - slope * (-s).relu())(a)),
    "elu": Operation(
        draw=lambda rng, N=3, M=4: dict(a=away_from_zero(rng, N, M), alpha=np.float64(0.7)), fixed=("alpha",),
        formula=lambda a, alpha: each(lambda s: s.relu() + alpha * ((-(-s).relu()).exp() - 1))(a)),
    "softmax": Operation(
        draw=lambda rng, N=5, K=3: dict(a=rng.standard_normal((N, K))), formula=softmax),
    "maxout": Operation(
        draw=lambda rng, N=5, D=3, P=2, M=4: dict(x=rng.standard_normal((N, D)), w=rng.standard_normal((P, M, D)),
                                                  b=rng.standard_normal((P, M))),
        formula=lambda x, w, b: largest([x @ w[p].T + b[p] for p in range(len(w))])),
    "dropout": Operation(
        draw=lambda rng, N=3, M=4: dict(x=rng.standard_normal((N, M)), kept=rng.random((N, M)) < 0.75, p=np.float64(0.25)),
        formula=lambda x, kept, p: x * kept.astype(float) / (1 - p), fixed=("kept", "p")),
    "batch_norm": Operation(
        draw=lambda rng, N=5, M=3, S=2: dict(x=rng.standard_normal((N, M, S)), w=rng.standard_normal(M),
                                             b=rng.standard_normal(M)),
        formula=batch_norm),
    "batch_norm_fixed": Operation(
        draw=lambda rng, N=5, M=3, S=2: dict(x=rng.standard_normal((N, M, S)), mean=rng.standard_normal(M),
                                             variance=rng.uniform(0.5, 2, M), w=rng.standard_normal(M),
                                             b=rng.standard_normal(M)),
        formula=lambda x, mean, variance, w, b:
            (w * (variance + 1e-5) ** -0.5)[:, None] * (x - mean[:, None]) + b[:, None],
        fixed=("mean", "variance")),
    "layer_norm": Operation(
        draw=lambda rng, N=5, M=3: dict(x=rng.standard_normal((N, M)), w=rng.standard_normal(M), b=rng.standard_normal(M)),
        formula=layer_norm),
    "group_norm": Operation(
        draw=lambda rng, N=5, groups=2, E=3, S=4: dict(
            x=rng.standard_normal((N, groups * E, S)), w=rng.standard_normal(groups * E), b=rng.standard_normal(groups * E),
            groups=np.int64(groups)),
        formula=group_norm, fixed=("groups",)),
    "conv2d": Operation(
        draw=lambda rng, N=3, C=2, F=5, H=6, W=5, KH=3, KW=2, SH=2, SW=1, PH=1, PW=2: dict(
            x=rng.standard_normal((N, C, H, W)), w=rng.standard_normal((F, C, KH, KW)), b=rng.standard_normal(F),
            stride=(SH, SW), padding=(PH, PW)),
        formula=plain.conv2d_forward, fixed=("stride", "padding")),
    "max_pool2d": Operation(
        draw=lambda rng, N=3, C=2, H=6, W=5, KH=3, KW=2, SH=2, SW=1: dict(
            x=rng.permutation(np.arange(0.0, N * C * H * W)).reshape(N, C, H, W) / 10, size=(KH, KW), stride=(SH, SW)),
        formula=max_pool2d,
        fixed=("size", "stride")),
    "avg_pool2d": Operation(
        draw=lambda rng, N=3, C=2, H=6, W=5, KH=3, KW=2, SH=2, SW=1: dict(
            x=rng.standard_normal((N, C, H, W)), size=(KH, KW), stride=(SH, SW)),
        formula=plain.avg_pool2d_forward, fixed=("size", "stride")),
    "global_avg_pool2d": Operation(
        draw=lambda rng, N=3, C=2, H=5, W=4: dict(x=rng.standard_normal((N, C, H, W))),
        formula=plain.global_avg_pool2d_forward),
    "rnn": Operation(
        draw=lambda rng, N=2, T=3, D=4, M=5: sequence(rng, 1, N, T, D, M),
        formula=lambda **arguments: plain.rnn_forward(**arguments)[0]),
    "lstm": Operation(
        draw=lambda rng, N=2, T=3, D=4, M=5: sequence(rng, 4, N, T, D, M, ("h0", "c0")), formula=lstm),
    "gru": Operation(
        draw=lambda rng, N=2, T=3, D=4, M=5: sequence(rng, 3, N, T, D, M) | dict(b_h=rng.standard_normal(M)), formula=gru),
    "embedding": Operation(
        draw=lambda rng, N=2, T=3, V=5, D=4: dict(x=rng.integers(V, size=(N, T)), w=rng.standard_normal((V, D))),
        formula=plain.embedding_forward, fixed=("x",)),
    "learned_positions": Operation(
        draw=lambda rng, N=2, T=3, D=5: dict(x=rng.standard_normal((N, T, D)), w=rng.standard_normal((T, D))),
        formula=plain.learned_positions_forward),
    "sinusoidal_positions": Operation(
        draw=lambda rng, N=2, T=3, D=5: dict(x=rng.standard_normal((N, T, D))), formula=sinusoidal_positions),
    "attention": Operation(
        draw=lambda rng, N=2, T=3, heads=2, E=2, causal=True: dict(
            qkv=rng.standard_normal((N, T, 3 * heads * E)), heads=np.int64(heads), causal=np.bool_(causal)),
        formula=attention, fixed=("heads", "causal")),
    "mean_squared_error": Operation(
        draw=lambda rng, N=5: dict(y_hat=rng.standard_normal(N), y=rng.standard_normal(N)),
        formula=lambda y_hat, y: ((y_hat - y) * (y_hat - y)).mean(), fixed=("y",)),
    "mean_absolute_error": Operation(
        draw=lambda rng, N=5: dict(y_hat=np.arange(N) + away_from_zero(rng, N), y=np.arange(0.0, N)),
        formula=lambda y_hat, y: each(lambda s: s.relu() + (-s).relu())(y_hat - y).mean(), fixed=("y",)),
    "binary_cross_entropy": Operation(
        draw=lambda rng, N=5: dict(a=rng.standard_normal(N), y=rng.integers(2, size=N).astype(float)),
        formula=binary_cross_entropy, fixed=("y",)),
    "softmax_cross_entropy": Operation(
        draw=lambda rng, N=5, K=3: dict(a=rng.standard_normal((N, K)), y=rng.integers(K, size=N)),
        formula=softmax_cross_entropy, fixed=("y",)),
}
