"""Every operation whose gradient is tested: inputs to test it on, and its formula on Values.

``draw`` gives the arguments of the forward kernel by name, all sizes different and away from kinks.
``formula`` computes the output once more from Values, on the arguments of ``tiny`` (``draw`` if None):
an independent second implementation whose gradient nobody derived by hand. ``fixed`` names the
arguments that have no gradient. A backward kernel that is missing here fails the suite.
"""
from dataclasses import dataclass
from typing import Callable

import numpy as np


@dataclass(frozen=True)
class Operation:
    draw: Callable
    formula: Callable
    fixed: tuple = ()
    tiny: Callable | None = None


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


def windows(x, size, stride, function):
    """function(window) of every window (N, C, KH, KW) of the images, as (N, ..., OH, OW)."""
    rows, columns = ((pixels - window) // step + 1 for pixels, window, step in zip(x.shape[2:], size, stride))
    y = [[function(x[:, :, i * stride[0]:i * stride[0] + size[0], j * stride[1]:j * stride[1] + size[1]])
          for j in range(columns)] for i in range(rows)]
    return np.moveaxis(np.array(y), (0, 1), (-2, -1))


def conv2d(x, w, b, stride, padding):
    PH, PW = padding
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    return windows(padded, w.shape[2:], stride, lambda window: np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b)


def binary_cross_entropy(a, y):
    losses = [(1 + score.exp()).log() - label * score for score, label in zip(a, y)]
    return sum(losses[1:], losses[0]) / len(losses)


def softmax_cross_entropy(a, y):
    losses = [log_sum_exp(row) - row[label] for row, label in zip(a, y)]
    return sum(losses[1:], losses[0]) / len(losses)


def sequence(rng, G, states=("h0",)):
    """Arguments of a recurrent kernel of G gates: N = 2, T = 3, D = 4, M = 5."""
    shapes = dict(x=(2, 3, 4)) | {state: (2, 5) for state in states} | dict(w_x=(G * 5, 4), w_h=(G * 5, 5), b=(G * 5,))
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def tanh(a):
    return each(lambda s: s.tanh())(a)


def sigmoid(a):
    return each(lambda s: 1 / (1 + (-s).exp()))(a)


def rnn(x, h0, w_x, w_h, b):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = tanh(x[:, t] @ w_x.T + h @ w_h.T + b)
        states.append(h)
    return np.stack(states, axis=1)


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
        draw=lambda rng: dict(x=rng.standard_normal((5, 3)), w=rng.standard_normal((4, 3)), b=rng.standard_normal(4)),
        formula=lambda x, w, b: x @ w.T + b),
    "sigmoid": Operation(
        draw=lambda rng: dict(a=rng.standard_normal((3, 4))),
        formula=lambda a: each(lambda s: 1 / (1 + (-s).exp()))(a)),
    "tanh": Operation(
        draw=lambda rng: dict(a=rng.standard_normal((3, 4))),
        formula=lambda a: each(lambda s: s.tanh())(a)),
    "relu": Operation(
        draw=lambda rng: dict(a=away_from_zero(rng, 3, 4)),
        formula=lambda a: each(lambda s: s.relu())(a)),
    "gelu": Operation(
        draw=lambda rng: dict(a=rng.standard_normal((3, 4))),
        formula=lambda a: each(gelu)(a)),
    "leaky_relu": Operation(
        draw=lambda rng: dict(a=away_from_zero(rng, 3, 4), slope=np.float64(0.1)), fixed=("slope",),
        formula=lambda a, slope: each(lambda s: s.relu() - slope * (-s).relu())(a)),
    "elu": Operation(
        draw=lambda rng: dict(a=away_from_zero(rng, 3, 4), alpha=np.float64(0.7)), fixed=("alpha",),
        formula=lambda a, alpha: each(lambda s: s.relu() + alpha * ((-(-s).relu()).exp() - 1))(a)),
    "softmax": Operation(
        draw=lambda rng: dict(a=rng.standard_normal((5, 3))), formula=softmax),
    "maxout": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((5, 3)), w=rng.standard_normal((2, 4, 3)), b=rng.standard_normal((2, 4))),
        formula=lambda x, w, b: largest([x @ w[p].T + b[p] for p in range(len(w))])),
    "dropout": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((3, 4)), kept=rng.random((3, 4)) < 0.75, p=np.float64(0.25)),
        formula=lambda x, kept, p: x * kept.astype(float) / (1 - p), fixed=("kept", "p")),
    "batch_norm": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((5, 3, 2)), w=rng.standard_normal(3), b=rng.standard_normal(3)),
        formula=batch_norm),
    "batch_norm_fixed": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((5, 3, 2)), mean=rng.standard_normal(3), variance=rng.uniform(0.5, 2, 3),
                              w=rng.standard_normal(3), b=rng.standard_normal(3)),
        formula=lambda x, mean, variance, w, b:
            (w * (variance + 1e-5) ** -0.5)[:, None] * (x - mean[:, None]) + b[:, None],
        fixed=("mean", "variance")),
    "layer_norm": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((5, 3)), w=rng.standard_normal(3), b=rng.standard_normal(3)),
        formula=layer_norm),
    "conv2d": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((3, 2, 6, 5)), w=rng.standard_normal((5, 2, 3, 2)), b=rng.standard_normal(5),
                              stride=(2, 1), padding=(1, 2)),
        formula=conv2d, fixed=("stride", "padding")),
    "max_pool2d": Operation(
        draw=lambda rng: dict(x=rng.permutation(np.arange(180.0)).reshape(3, 2, 6, 5) / 10, size=(3, 2), stride=(2, 1)),
        formula=lambda x, size, stride: windows(x, size, stride, lambda window: largest(np.moveaxis(window.reshape(3, 2, 6), -1, 0))),
        fixed=("size", "stride")),
    "avg_pool2d": Operation(
        draw=lambda rng: dict(x=rng.standard_normal((3, 2, 6, 5)), size=(3, 2), stride=(2, 1)),
        formula=lambda x, size, stride: windows(x, size, stride, lambda window: window.mean(axis=(2, 3))),
        fixed=("size", "stride")),
    "rnn": Operation(draw=lambda rng: sequence(rng, 1), formula=rnn),
    "lstm": Operation(draw=lambda rng: sequence(rng, 4, ("h0", "c0")), formula=lstm),
    "gru": Operation(draw=lambda rng: sequence(rng, 3) | dict(b_h=rng.standard_normal(5)), formula=gru),
    "embedding": Operation(
        draw=lambda rng: dict(x=np.array([[4, 0, 2], [2, 2, 1]]), w=rng.standard_normal((5, 4))),
        formula=lambda x, w: w[x], fixed=("x",)),
    "attention": Operation(
        draw=lambda rng: dict(qkv=rng.standard_normal((2, 3, 12)), heads=np.int64(2), causal=np.bool_(True)),
        formula=attention, fixed=("heads", "causal")),
    "mean_squared_error": Operation(
        draw=lambda rng: dict(y_hat=rng.standard_normal(5), y=rng.standard_normal(5)),
        formula=lambda y_hat, y: ((y_hat - y) * (y_hat - y)).mean(), fixed=("y",)),
    "mean_absolute_error": Operation(
        draw=lambda rng: dict(y_hat=np.arange(5) + away_from_zero(rng, 5), y=np.arange(5.0)),
        formula=lambda y_hat, y: each(lambda s: s.relu() + (-s).relu())(y_hat - y).mean(), fixed=("y",)),
    "binary_cross_entropy": Operation(
        draw=lambda rng: dict(a=rng.standard_normal(5), y=np.array([0.0, 1.0, 1.0, 0.0, 1.0])),
        formula=binary_cross_entropy, fixed=("y",)),
    "softmax_cross_entropy": Operation(
        draw=lambda rng: dict(a=rng.standard_normal((5, 3)), y=np.array([0, 2, 1, 1, 2])),
        formula=softmax_cross_entropy, fixed=("y",)),
}
