"""The loss of a sigmoid neuron as a landscape: move the line among the beans or the point on the map, and walk downhill."""
import numpy as np

import nnlib as nn
from nnlib import kernels

from . import signatures
from .packing import packed, unpacked

PARTS = ("plane",)
KERNELS = signatures.of(
    "affine_forward", "affine_backward_parameters", "binary_cross_entropy_forward", "binary_cross_entropy_backward",
    "sgd_update",
)
N = 120
PASSES = 8                               # through the beans, each in an order of its own, before the orders repeat
START = (2.0, 2.0)
TITLE = "Loss of a logistic regression"
SENTENCE = ("On the page you move the line among the beans, or its point on the map of the loss, and take steps downhill "
            "with any learning rate. Here: 400 steps from the same start with three rates.")
ALT = ("Left, contour lines of a valley over the two weights. A short dotted path and a solid one end near (−2, 0). A "
       "dashed path leaps from (2, 2) to about (−23, −2), comes back in equal strides and then jumps from side to side "
       "across the valley floor. Right, loss over steps on logarithmic axes: the solid curve drops first and stays at "
       "0.28. The dashed one falls below the dotted one, touches 0.28 near step 20, then rises to about 0.3 and stays "
       "there. The dotted one falls last.")


def beans():
    """The beans of the chapter as the page has them: x (N, 2), y (N,) of 0 and 1."""
    x, y = nn.data.blobs(N, distance=1.4, noise=1.1, rng=np.random.default_rng(2))
    return unpacked(packed(x, 3)).reshape(-1, 2), y.astype(float)


def order():
    """The beans in the order in which small batches take them."""
    rng = np.random.default_rng(5)
    return np.concatenate([rng.permutation(N) for _ in range(PASSES)])


def data():
    """Beans, their order, and the largest learning rate with which steps on all beans die out at the minimum."""
    x, y = beans()
    w, limit = minimum()
    return {"x": packed(x, 3), "y": "".join(f"{label:.0f}" for label in y), "order": packed(order(), 0),
            "minimum": w.round(4).tolist(), "limit": round(limit, 2)}


def minimum():
    """The weights of the smallest loss, by Newton's method, and 2 / the largest curvature there."""
    x, y = beans()
    w = np.zeros(2)
    for _ in range(20):
        p = kernels.sigmoid_forward(x @ w)
        curvature = (x * (p * (1 - p))[:, None]).T @ x / N
        w = w - np.linalg.solve(curvature, x.T @ (p - y) / N)
    return w, float(2 / np.linalg.eigvalsh(curvature)[-1])


def descend(rate, steps, batch=N, start=START):
    """Weights (steps + 1, 2) and losses (steps + 1,) of gradient descent with no bias."""
    x, y = beans()
    w, taken, path = np.array(start), order(), [start]
    for step in range(steps):
        rows = np.arange(N) if batch == N else taken[(step * batch + np.arange(batch)) % len(taken)]
        da = kernels.binary_cross_entropy_backward(x[rows] @ w, y[rows])
        kernels.sgd_update(w, da @ x[rows], np.zeros(2), rate, 0.0, False, 0.0)
        path.append(tuple(w))
    return np.array(path), np.array([kernels.binary_cross_entropy_forward(x @ np.array(w), y) for w in path])


def picture():
    """The landscape with three paths, and the loss along them."""
    from matplotlib import pyplot as plt

    x, y = beans()
    figure, (land, curve) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    w1, w2 = np.meshgrid(np.linspace(-26, 4, 121), np.linspace(-4, 4, 81))
    heights = [kernels.binary_cross_entropy_forward(x @ w, y) for w in np.column_stack([w1.ravel(), w2.ravel()])]
    land.contour(w1, w2, np.reshape(heights, w1.shape), levels=[0.3, 0.35, 0.5, 0.75, 1, 1.5, 2, 3], colors="0.7",
                 linewidths=1)
    for rate, line in ((0.03, ":"), (3, "-"), (20, "--")):
        path, losses = descend(rate, 400)
        land.plot(*path.T, line, marker=".", markersize=4, linewidth=1.5)
        curve.plot(np.arange(1, 402), losses, line, label=f"rate {rate}")
    land.set(xlabel="weight $w_1$", ylabel="weight $w_2$")
    curve.set(xlabel="step (the start is 1)", ylabel="mean loss (nats)", xscale="log", yscale="log", xticks=[1, 10, 100])
    curve.set_xticklabels(["1", "10", "100"])
    curve.set_yticks([0.3, 0.5, 1, 2, 4], ["0.3", "0.5", "1", "2", "4"])
    curve.tick_params(which="minor", left=False, labelleft=False)
    curve.legend()
    return figure
