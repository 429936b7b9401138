"""A whole convolutional network on a digit that the reader draws: all feature maps, ten probabilities, what a unit sees."""
import functools
import json
from pathlib import Path

import numpy as np

from nnlib import kernels

from . import signatures
from .packing import unpacked

PARTS = ("grid",)
KERNELS = signatures.of("conv2d_forward", "relu_forward", "max_pool2d_forward", "affine_forward", "softmax_forward")
RECORD = Path(__file__).parents[3] / "benchmarks" / "results" / "digit_reader.json"
SIDE = 28
STROKES = [                              # of the digits to begin with: points (across, down), two letters of base 28 each
    "e4967b7h9meoimkhkbi6e4", "a8e4eo", "89a5f4j7icdh8nkn", "86d4i6iaddigjkfo8m", "c47gkg-h9ho",
    "j4a49cfbjfildo8m", "h4b98gamfojkhgcf9i", "85k5eebo", "ed99a5e4i6iaed9h9meojmjhed", "i8e4979ceeibi8ihgo",
]
LAYERS = {                               # name for the reader, maps, their side; pixels that a unit sees, and their stride
    "conv1": ("convolution 1 with ReLU", 8, 24, 5, 1), "pool1": ("pooling 1", 8, 12, 6, 2),
    "conv2": ("convolution 2 with ReLU", 16, 10, 10, 2), "pool2": ("pooling 2", 16, 5, 12, 4),
}
TITLE = "A network that reads digits"
SENTENCE = ("On the page you draw a digit, cover or move it, and see every feature map and the ten probabilities "
            "at once. Here: the 4 that it begins with.")
ALT = ("Left: a 4 drawn on 28 by 28 pixels. Middle: eight feature maps of the first convolution, which answer to "
       "strokes of different directions. Right: bars of ten probabilities; that of the 4 is by far the longest.")


def points(strokes):
    """[[(across, down), ...] of each stroke] of the text that stands in the address of the page."""
    return [np.array([int(letter, SIDE) for letter in stroke]).reshape(-1, 2) for stroke in strokes.split("-") if stroke]


def drawn(strokes):
    """The picture of these strokes (28, 28): 1 near a line, 0 further than 1.7 pixels from all of them."""
    down, across = np.mgrid[:SIDE, :SIDE]
    far = np.full((SIDE, SIDE), np.inf)
    for stroke in points(strokes):
        for (x0, y0), (x1, y1) in zip(stroke, stroke[1:]):
            length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1)
            along = np.clip(((across - x0) * (x1 - x0) + (down - y0) * (y1 - y0)) / length, 0, 1)
            far = np.minimum(far, np.hypot(across - x0 - along * (x1 - x0), down - y0 - along * (y1 - y0)))
    return np.clip(1.7 - far, 0, 1)


@functools.cache
def recorded():
    """The packed weights that python -m benchmarks digit_reader has written."""
    return json.loads(RECORD.read_text())["weights"]


def network(image):
    """The feature maps of the four layers (1, maps, side, side) and the probabilities (10,) of an image (28, 28)."""
    w1, b1, w2, b2, w3, b3 = (unpacked(weights).reshape(weights["shape"]) for weights in recorded())
    maps, h = {}, image[None, None]
    for k, (w, b) in enumerate(((w1, b1), (w2, b2)), 1):
        maps[f"conv{k}"] = kernels.relu_forward(kernels.conv2d_forward(h, w, b, (1, 1), (0, 0)))
        h = maps[f"pool{k}"] = kernels.max_pool2d_forward(maps[f"conv{k}"], (2, 2), (2, 2))[0]
    return maps, kernels.softmax_forward(kernels.affine_forward(h.reshape(1, -1), w3, b3))[0]


def data():
    """Weights of the network, the layers, and strokes to begin with."""
    return {"weights": recorded(), "strokes": STROKES, "layers": LAYERS}


def picture():
    """A digit, the maps of the first convolution, and the probabilities."""
    from matplotlib import pyplot as plt

    from nnlib import plot

    image = drawn(STROKES[4])
    maps, p = network(image)
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(3, 6, 3), layout="constrained")
    left.imshow(image, cmap="gray_r")
    rows = np.vstack([np.hstack(np.pad(maps["conv1"][0, n:n + 4], ((0, 0), (1, 1), (1, 1)))) for n in (0, 4)])
    middle.imshow(rows, cmap="Blues")
    right.barh(range(10), p, color=plot.COLORS[0])
    right.set(yticks=range(10), xlim=(0, 1), title="probability")
    right.invert_yaxis()
    left.set(xticks=[], yticks=[], title="28 × 28 pixels")
    middle.set(xticks=[], yticks=[], title="convolution 1 with ReLU")
    return figure
