"""Train a network with points held out: noise, batch, decay, dropout, own points; two losses, and why they run so."""
import functools

import numpy as np

import nnlib as nn
from nnlib import kernels

from . import signatures
from .packing import packed, unpacked

PARTS = ("plane", "training")
KERNELS = signatures.of(
    "affine_forward", "affine_backward", "tanh_forward", "tanh_backward", "relu_forward", "relu_backward",
    "dropout_forward", "dropout_backward", "binary_cross_entropy_forward", "binary_cross_entropy_backward",
    "sgd_update", "adam_update",
)
N, UNITS = 200, 16                       # points; units in each of the two hidden layers
NORMALS, UNIFORMS = 1024, 4096           # numbers of which noise and first weights, and batches and drops, are made
EVERY = 5                                # steps from one measurement to the next
TITLE = "Train with points held out"
SENTENCE = ("On the page you choose noise, batch, weight decay and dropout, add points of your own, and watch two losses. "
            "Here: 200 noisy points, of which four fifths are held out, and a network that learns the rest by heart.")
ALT = ("Left, two noisy crescents of points and a boundary that bends around single points. Right, two losses over the "
       "steps: that of the training points sinks towards 0, that of the held-out points falls, turns and climbs.")


def data():
    return {"x": packed(nn.data.moons(N, noise=0, rng=np.random.default_rng(7))[0], 3), "y": "".join(map(str, labels())),
            "normals": packed(pool("normals"), 3), "uniforms": packed(pool("uniforms"), 4),
            "units": UNITS, "every": EVERY}


def labels():
    return nn.data.moons(N, noise=0, rng=np.random.default_rng(7))[1]


@functools.cache
def pool(kind):
    """Random numbers as the page has them."""
    rng = np.random.default_rng(21)
    return unpacked(packed(rng.standard_normal(NORMALS), 3) if kind == "normals" else packed(rng.uniform(0, 1, UNIFORMS), 4))


def draw(kind, number, *shape):
    """Random numbers of this shape, other ones for each number: the pool in strides of its own, from a place of its own."""
    numbers = pool(kind)
    return numbers[(np.arange(np.prod(shape)) * (74 * number + 37) + 101 * number) % len(numbers)].reshape(shape)


def sets(noise, held):
    """Training points and held-out points, (x, y) each; every place of the crescents has the same chance of either."""
    x, _ = nn.data.moons(N, noise=0, rng=np.random.default_rng(7))
    x = unpacked(packed(x, 3)).reshape(N, 2) + noise * draw("normals", 1, N, 2)
    y, out = labels().astype(float), np.zeros(N, bool)
    out[draw("uniforms", 2, N).argsort(kind="stable")[:round(held * N)]] = True
    return (x[~out], y[~out]), (x[out], y[out])


def train(steps, noise=0.35, held=0.8, activation="relu", rate=0.01, batch=0, decay=0.0, dropped=0.0, start=1):
    """The network after these steps of Adam, and step, training loss and held-out loss after every EVERY steps."""
    (x, y), validation = sets(noise, held)
    act = {"relu": nn.ReLU, "tanh": nn.Tanh}[activation]
    net = nn.Sequential(nn.Affine(2, UNITS), act(), nn.Affine(UNITS, UNITS), act(), nn.Affine(UNITS, 1))
    for depth, layer in enumerate(net.layers[::2]):
        layer.w = np.sqrt(2 / layer.w.shape[1]) * draw("normals", 10 * start + depth, *layer.w.shape)
    optimizer, history = nn.Adam(rate, weight_decay=decay), []
    for step in range(steps):
        rows = (draw("uniforms", 3 * step + 2, batch) * len(x)).astype(int) if batch else np.arange(len(x))
        h, kept = x[rows], {}
        for depth, layer in enumerate(net.layers):
            h = layer.forward(h, train=True)
            if dropped and depth in (1, 3):
                kept[depth] = draw("uniforms", 3 * step + depth // 2, *h.shape) >= dropped
                h = kernels.dropout_forward(h, kept[depth], dropped)
        d = kernels.binary_cross_entropy_backward(h[:, 0], y[rows])[:, None]
        for depth in range(4, -1, -1):
            if depth in kept:
                d = kernels.dropout_backward(d, kept[depth], dropped)
            d = net.layers[depth].backward(d)
        optimizer.step(net)
        if (step + 1) % EVERY == 0:
            losses = [kernels.binary_cross_entropy_forward(net.forward(a)[:, 0], b) for a, b in ((x, y), validation)]
            history.append((step + 1, *losses))
    return net, np.array(history)


def picture():
    """Boundary and losses of the network with which the page begins, after 600 steps."""
    from matplotlib import pyplot as plt

    net, history = train(600)
    (x, y), (x_out, y_out) = sets(0.35, 0.8)
    figure, (plane, curve) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    nn.plot.decision_boundary(net, x, y.astype(int), ax=plane)
    for label, color in enumerate(nn.plot.COLORS[:2]):
        plane.plot(*x_out[y_out == label].T, ".", markersize=3, color=color)
    for column, line, label in ((1, "-", "training points"), (2, "--", "held-out points")):
        curve.plot(history[:, 0], history[:, column], line, label=label)
    curve.set(xlabel="steps", ylabel="mean loss in nats", ylim=(0, None))
    curve.legend()
    return figure
