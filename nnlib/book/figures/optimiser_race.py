"""Six optimisers from one start: through a narrow valley, off a saddle, over a plateau, each turned by any angle."""
import numpy as np

from nnlib import Value, kernels, plot

from . import signatures
from .graphs import Graph

PARTS = ("plane",)
FLOOR = 1e-16                            # below it no loss is drawn
LANDS = {                                # name in the address: name for the reader, loss over the land's own two axes
    "valley": ("a narrow valley", lambda u, v: 0.5 * u ** 2 + 12.5 * v ** 2),
    "saddle": ("a saddle between two minima", lambda u, v: 0.5 * u ** 2 + 0.25 * (v ** 2 - 1) ** 2),
    "plateau": ("a hole in a plateau", lambda u, v: 1 - (-(u ** 2 + v ** 2)).exp()),
}
RACERS = {                               # name in the address: label, kernel, learning rate, memories, the rest
    "sgd": ("SGD", "sgd_update", 0.07, 1, (0.0, False, 0.0)),
    "momentum": ("momentum", "sgd_update", 0.03, 1, (0.8, False, 0.0)),
    "nesterov": ("Nesterov", "sgd_update", 0.03, 1, (0.8, True, 0.0)),
    "rmsprop": ("RMSProp", "rmsprop_update", 0.1, 1, (0.9, 1e-8, 0.0)),
    "adam": ("Adam", "adam_update", 0.2, 2, (0.8, 0.99, 1e-8, 0.0, False)),
    "raw": ("Adam, uncorrected", "adam_update", 0.2, 2, (0.8, 0.99, 1e-8, 0.0, False)),
}
LATE = 1_000_000                         # the step that an uncorrected Adam is told: its corrections are then 1
START, STEPS = (-2.0, 0.9), 60


def build(land):
    """The graph of a loss, made by the library's Value, over a point and the turn of the land."""
    x, y, cos, sin = leaves = [Value(value, label=label) for label, value in zip(("x", "y", "cos", "sin"), (1, 2, 1, 0))]
    root = LANDS[land][1](x * cos + y * sin, y * cos - x * sin)
    root.label = land
    return Graph(root, leaves)


KERNEL_OF = {land: build(land).kernel() for land in LANDS}
land_valley, land_saddle, land_plateau = KERNEL_OF.values()
KERNELS = {f"{__name__}.land_{land}": ("vector",) for land in LANDS} | signatures.of(
    "sgd_update", "rmsprop_update", "adam_update")
TITLE = "A race of optimisers"
SENTENCE = ("On the page you put the start anywhere in a valley, on a saddle or on a plateau, and turn it by any angle; "
            "six optimisers race. Here: five of them, sixty steps in a narrow valley that follows the parameters.")
ALT = ("Six panels. Five show elliptic contours and a path from the upper left towards the centre: SGD zigzags, momentum "
       "swings in wide curves, Nesterov in smaller ones, RMSProp and Adam go diagonally to the valley floor and then along "
       "it. The sixth shows the five losses over 60 steps on a logarithmic axis: SGD ends highest, RMSProp and Nesterov "
       "lowest.")


def data():
    keys = ("label", "kernel", "rate", "memories", "rest")
    return {"lands": {land: label for land, (label, _) in LANDS.items()}, "late": LATE, "floor": FLOOR,
            "racers": {name: dict(zip(keys, racer)) for name, racer in RACERS.items()}}


def race(name, land="valley", angle=0.0, start=START, steps=STEPS, scale=1.0):
    """Points (steps + 1, 2) and losses (steps + 1,) of one optimiser; the land is turned by `angle` degrees."""
    _, kernel, rate, memories, rest = RACERS[name]
    turn = np.deg2rad(angle)
    w, kept, path = np.array(start), [np.zeros(2) for _ in range(memories)], []
    for step in range(1, steps + 2):
        values, _, gradients = KERNEL_OF[land](np.array([*w, np.cos(turn), np.sin(turn)]))
        path.append((*w, values[-1]))
        count = [LATE if name == "raw" else step] if memories == 2 else []
        getattr(kernels, kernel)(w, gradients[-1, :2].copy(), *kept, *count, scale * rate, *rest)
    return np.array(path)[:, :2], np.array(path)[:, 2]


def picture():
    """The paths of five through the valley, and their losses."""
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(2, 3, figsize=(10, 5.4), layout="constrained")
    grid = np.meshgrid(np.linspace(-2.3, 1.2, 80), np.linspace(-1.1, 1.1, 60))
    five = list(RACERS)[:5]
    for ax, name, color, line in zip(panels.flat, five, plot.COLORS, ("-", "--", ":", "-.", "-")):
        path, losses = race(name)
        ax.contour(*grid, 0.5 * (grid[0] ** 2 + 25 * grid[1] ** 2), [0.1, 0.5, 1.5, 4, 9, 15], colors="0.75", linewidths=0.9)
        ax.plot(*path.T, "o-", color=color, markersize=3, linewidth=1.3)
        ax.plot(0, 0, "x", color="#222222", markersize=8, markeredgewidth=2)
        ax.set(title=RACERS[name][0], xlim=(-2.3, 1.2), ylim=(-1.1, 1.1), xlabel="$\\theta_1$", ylabel="$\\theta_2$")
        panels[1, 2].plot(losses, line, color=color, label=RACERS[name][0], marker="o" if name == "adam" else None,
                          markevery=6, markersize=4)
    panels[1, 2].set(yscale="log", ylim=(1e-15, 30), xlabel="step", ylabel="loss", title="all five")
    panels[1, 2].legend(fontsize=9, loc="lower left", handlelength=2.2, labelspacing=0.2, borderaxespad=0)
    return figure
