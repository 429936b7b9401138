"""Twenty layers before training: sizes forward, gradients backward, and how alike the examples become."""
import numpy as np

from nnlib import kernels, plot

from . import signatures
from .packing import packed, unpacked

PARTS = ("plane",)
KERNELS = signatures.of(
    "affine_forward", "affine_backward", "relu_forward", "relu_backward", "tanh_forward", "tanh_backward",
    "sigmoid_forward", "sigmoid_backward", "batch_norm_forward", "batch_norm_backward", "layer_norm_forward",
    "layer_norm_backward",
)
LAYERS, N, M = 20, 24, 32                # M units in each layer, N examples
POOL = 4096                              # normal numbers, of which all weights, inputs and gradients are made
TITLE = "Signals through twenty layers"
SENTENCE = ("On the page you choose the scale of the first weights, the activation, the norm and the shortcut of twenty "
            "layers, and look at any layer. Here: three settings of ReLU layers with the first values of He.")
ALT = ("Three panels over twenty layers, with three lines each. Left, sizes on a logarithmic axis: without norm and "
       "shortcut they stay near 1, with a shortcut alone they rise above 100, with a norm alone they stay near 1. Middle, "
       "the cosine of two examples: without a norm it climbs towards 1, with one it stays below 0.6. Right, gradients on a "
       "logarithmic axis: with a norm alone they grow towards the first layer.")


def data():
    return {"pool": packed(pool(), 3), "layers": LAYERS, "N": N, "M": M}


def pool():
    """Normal numbers as the page has them."""
    return unpacked(packed(np.random.default_rng(11).standard_normal(POOL), 3))


def draw(number, rows):
    """Normal numbers (rows, M), other ones for each number: the pool in strides of its own, from a place of its own."""
    return pool()[(np.arange(rows * M) * (74 * number + 37) + 101 * number) % POOL].reshape(rows, M)


def signals(scale=1.0, activation="relu", norm="none", shortcut=False):
    """Outputs of all layers and the gradients with respect to them, inputs first: (LAYERS + 1, N, M) each."""
    ones, zeros = np.ones(M), np.zeros(M)
    h, outputs, saved = draw(0, N), [draw(0, N)], []
    for layer in range(1, LAYERS + 1):
        w, z, kept = scale * np.sqrt(2 / M) * draw(layer, M), h, ()
        if norm == "batch":
            z, *kept = kernels.batch_norm_forward(h[:, :, None], ones, zeros)
            z = z[:, :, 0]
        elif norm == "layer":
            z, *kept = kernels.layer_norm_forward(h, ones, zeros)
        r = getattr(kernels, f"{activation}_forward")(z)
        saved.append((h, w, z, r, kept))
        part = kernels.affine_forward(r, w, zeros)
        h = h + part if shortcut else part
        outputs.append(h)
    gradients = [draw(LAYERS + 1, N)]
    for h, w, z, r, kept in reversed(saved):
        d, _, _ = kernels.affine_backward(gradients[0], r, w, zeros)
        d = getattr(kernels, f"{activation}_backward")(d, z if activation == "relu" else r)
        if norm == "batch":
            d = kernels.batch_norm_backward(d[:, :, None], *kept, h[:, :, None], ones, zeros)[0][:, :, 0]
        elif norm == "layer":
            d = kernels.layer_norm_backward(d, *kept, h, ones, zeros)[0]
        gradients.insert(0, gradients[0] + d if shortcut else d)
    return np.array(outputs), np.array(gradients)


def size(array):
    """Root of the mean square of each layer: (LAYERS + 1,)."""
    return np.sqrt(np.mean(array ** 2, axis=(1, 2)))


def cosine(outputs):
    """Mean cosine of two different examples at each layer: (LAYERS + 1,)."""
    unit = outputs / np.maximum(np.linalg.norm(outputs, axis=2, keepdims=True), 1e-300)
    return (np.sum(np.sum(unit, axis=1) ** 2, axis=1) - N) / (N * (N - 1))


def picture():
    """Sizes, cosines and gradients of three settings."""
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    for k, (label, norm, shortcut) in enumerate((("plain", "none", False), ("normalised", "batch", False),
                                                 ("with a shortcut", "none", True))):
        outputs, gradients = signals(norm=norm, shortcut=shortcut)
        for panel, line in zip(panels, (size(outputs), cosine(outputs), size(gradients))):
            panel.plot(line, color=plot.COLORS[k], marker=plot.MARKERS[k], markersize=4, label=label)
    for panel, title in zip(panels, ("size of the numbers", "cosine of two examples", "size of the gradient")):
        panel.set(title=title, xlabel="layer", xticks=(0, 5, 10, 15, 20), yscale="linear" if "cosine" in title else "log")
    panels[0].legend()
    return figure
