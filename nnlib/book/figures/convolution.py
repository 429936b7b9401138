"""A filter on a digit: edit the filter, move it over the image, see products, sum and output; padding, stride, pooling."""
import numpy as np

import nnlib as nn

from . import signatures
from .packing import packed, unpacked

PARTS = ("grid",)
KERNELS = signatures.of("conv2d_forward", "max_pool2d_forward", "avg_pool2d_forward")
FILTERS = {                              # name in the address of the page: name for the reader, weights by rows
    "vertical": ("vertical edges", [-1, 0, 1, -1, 0, 1, -1, 0, 1]),
    "horizontal": ("horizontal edges", [-1, -1, -1, 0, 0, 0, 1, 1, 1]),
    "mean": ("mean of the neighbours", [0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1]),
    "sharp": ("sharper", [0, -1, 0, -1, 5, -1, 0, -1, 0]),
    "corner": ("diagonal edges", [0, 1, 1, -1, 0, 1, -1, -1, 0]),
    "same": ("the image itself", [0, 0, 0, 0, 1, 0, 0, 0, 0]),
}
TITLE = "Convolution"
SENTENCE = ("On the page you edit the filter, move it over the digit and see the products, their sum and the output. "
            "Here: a filter for vertical edges on the digit 4, without padding and with stride 1.")
ALT = ("Three grids of numbers. Left: the digit 4 on 8 by 8 pixels, with a window of 3 by 3 marked. "
       "Middle: the filter, −1, 0, 1 in every row. "
       "Right: the output of 6 by 6, large where the digit begins from the left, negative where it ends.")


def data():
    """One image of each digit, and the filters to begin with."""
    return {"digits": packed(digits(), 4),
            "filters": {name: {"label": label, "weights": weights} for name, (label, weights) in FILTERS.items()}}


def digits():
    """The first image of each digit among the examples, as the page has them: (10, 8, 8)."""
    (x, y), _ = nn.data.digits()
    first = np.stack([x[np.flatnonzero(y == digit)[0]] for digit in range(10)])
    return unpacked(packed(first, 4)).reshape(10, 8, 8)


def picture():
    """A digit, a filter and the output, as numbers on grey."""
    from matplotlib import pyplot as plt
    from matplotlib.patches import Rectangle

    image, weights = digits()[4], np.array(FILTERS["vertical"][1], float).reshape(3, 3)
    y = nn.kernels.conv2d_forward(image[None, None], weights[None, None], np.zeros(1), (1, 1), (0, 0))[0, 0]
    figure, panels = plt.subplots(1, 3, figsize=(10, 3.6), width_ratios=(8, 4, 6.5), layout="constrained")
    for panel, values, title in zip(panels, (image, weights, y), ("Digit, 8 × 8", "Filter, 3 × 3", "Output, 6 × 6")):
        most = np.abs(values).max()
        cmap, least = ("gray_r", 0) if values is image else ("PuOr", -2.2 * most)      # pale: the numbers are read
        panel.imshow(values, cmap=cmap, vmin=least, vmax=2.2 * most)
        for (i, j), value in np.ndenumerate(values):
            panel.text(j, i, f"{value:.1f}".replace("-", "−").replace(".0", ""), ha="center", va="center", fontsize=8)
        panel.set(xticks=[], yticks=[], title=title)
    for panel, size in ((panels[0], 3), (panels[2], 1)):
        panel.add_patch(Rectangle((-0.5 + 1, -0.5 + 2), size, size, fill=False, linewidth=3, edgecolor=nn.plot.COLORS[1]))
    return figure
