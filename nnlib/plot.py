"""Pictures of data, training and networks. Every function draws into ``ax`` (a new one if None) and returns it.

Drawings are made of ``box`` and ``arrow`` on the empty axes of ``canvas``, whose unit is the same length both ways.

Classes and curves differ in shape or line style as well as in colour, and the colours are those that
colour-blind readers can tell apart. Figures have a white background of their own, so that they read the same
on a light page and on a dark one.

Source    Okabe and Ito (2008), Color universal design
"""
import itertools

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyBboxPatch

from .layers.base import as_array
from .network import Sequential

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#7f7f7f")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")
INK = "#222222"
STYLE = {
    "figure.facecolor": "white", "axes.facecolor": "white", "figure.figsize": (5.6, 4.0),
    "figure.constrained_layout.use": True, "axes.prop_cycle": plt.cycler(color=COLORS),
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": "#666666", "axes.titlesize": "medium",
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "font.size": 11, "lines.linewidth": 2, "legend.frameon": False,
}


@plt.rc_context(STYLE)
def decision_boundary(net, x, y, *, ax=None):
    """Examples in the plane, the regions a network assigns to the classes, and the border between them.

    Shapes    x (N, 2), y (N,) labels 0 ... K-1; net gives one score (positive: class 1), or K scores
    """
    x = as_array(x, ("N", 2), "plot.decision_boundary", "x")
    ax = axes(ax)
    draw_regions(net, x, ax)
    scatter(x, y, ax)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax


@plt.rc_context(STYLE)
def hidden_space(net, x, y, *, layer=None, ax=None):
    """Examples as a hidden layer sees them, and the border that the rest of the network draws there.

    ``layer`` is the position of the layer whose output is shown; None means the input of the last layer,
    where the border is a straight line. Two units are drawn as they are, more by their two principal
    components, without a border; a single one along a line for each class.

    Shapes    x as net takes it, y (N,) labels
    """
    position = len(net.layers) - 2 if layer is None else layer
    if position not in range(len(net.layers)):
        raise ValueError(f"plot.hidden_space: layer is {layer!r}, expected a position 0 ... {len(net.layers) - 1}.")
    h = Sequential(*net.layers[:position + 1]).forward(x)
    if h.ndim != 2:
        raise ValueError(f"plot.hidden_space: layer {position} gives shape {h.shape}, expected (N, M).\n"
                         "Choose a layer after Flatten, or see plot.feature_maps.")
    ax = axes(ax)
    if h.shape[1] == 1:
        scatter(np.column_stack([h, y]), y, ax)
        ax.set(xlabel=f"unit 1 of layer {position}", ylabel="class", yticks=np.unique(y))
    elif h.shape[1] == 2:
        if position + 1 < len(net.layers):
            draw_regions(Sequential(*net.layers[position + 1:]), h, ax)
        scatter(h, y, ax)
        ax.set(xlabel=f"unit 1 of layer {position}", ylabel=f"unit 2 of layer {position}")
    else:
        _, _, directions = np.linalg.svd(h - h.mean(axis=0), full_matrices=False)
        scatter((h - h.mean(axis=0)) @ directions[:2].T, y, ax)
        ax.set(xlabel=f"principal component 1 of layer {position}", ylabel="principal component 2")
    ax.locator_params(axis="x", nbins=6)
    return ax


@plt.rc_context(STYLE)
def learning_curves(histories, figure="loss", *, ax=None):
    """A figure of the epochs, "loss" or "accuracy": in training (line), on validation data (dashed, open marks).

    ``histories`` is one History, or {name: History} to compare several. A ring marks the smallest
    validation loss.
    """
    if figure not in ("loss", "accuracy"):
        raise ValueError(f"plot.learning_curves: figure is {figure!r}, expected 'loss' or 'accuracy'.")
    several = isinstance(histories, dict)
    ax = axes(ax)
    for (name, history), color, marker in zip((histories if several else {"": histories}).items(),
                                              itertools.cycle(COLORS), itertools.cycle(MARKERS)):
        epochs = np.arange(1, len(history.loss) + 1)
        look = dict(color=color, marker=marker, markevery=max(1, len(epochs) // 8), markersize=6)
        training, validation = getattr(history, figure), getattr(history, f"validation_{figure}")
        if training:
            ax.plot(epochs, training, label=f"{name}, training" if several else "training", **look)
        if validation:
            ax.plot(epochs, validation, "--", label=f"{name}, validation" if several else "validation",
                    markerfacecolor="white", **look)
            best = history.best_epoch
            ax.plot(epochs[best], validation[best], "o", markersize=13, markerfacecolor="none", markeredgecolor=INK)
    if not ax.lines:
        raise ValueError(f"plot.learning_curves: there is no {figure} to draw.\n"
                         "Train for at least one epoch, with a loss that predicts classes for an accuracy.")
    ax.set(xlabel="epoch", ylabel="mean loss" if figure == "loss" else "accuracy")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


@plt.rc_context(STYLE)
def images(x, *, labels=None, columns=10, ax=None):
    """Grey images side by side, each with its label above it.

    Shapes    x (N, H, W), (N, 1, H, W), or (N, D) if D is a square
    Units     black is the smallest value of all, white the largest
    """
    return tiles(as_images(x, "plot.images"), labels, columns, ax, cmap="gray")


@plt.rc_context(STYLE)
def filters(layer, *, columns=10, ax=None):
    """Weights of a layer as images, one for each unit or filter and input channel: dark below 0, bright above.

    Shapes    layer.w (F, C, KH, KW), or (M, D) if D is a square
    """
    w = layer.w.reshape(-1, *layer.w.shape[2:]) if layer.w.ndim == 4 else layer.w
    largest = max(float(np.abs(w).max()), np.finfo(w.dtype).tiny)
    ax = tiles(as_images(w, "plot.filters"), None, columns, ax, cmap="cividis", vmin=-largest, vmax=largest)
    return with_bar(ax, "weight")


@plt.rc_context(STYLE)
def feature_maps(net, x, *, layer, columns=10, ax=None):
    """What the layer at this position makes of the first image of x: one picture for each channel.

    Shapes    x (N, C, H, W) as net takes it
    """
    h = Sequential(*net.layers[:layer + 1]).forward(x[:1])
    if h.ndim != 4:
        raise ValueError(f"plot.feature_maps: layer {layer} gives shape {h.shape}, expected (N, F, H, W).\n"
                         "Choose a layer before Flatten.")
    return with_bar(tiles(h[0], None, columns, ax, cmap="cividis"), "output")


@plt.rc_context(STYLE)
def confusion_matrix(y, predicted, *, ax=None):
    """How many examples of each class (rows) are taken for which class (columns).

    Shapes    y (N,), predicted (N,), labels 0 ... K-1
    """
    y, predicted = np.asarray(y), np.asarray(predicted)
    if y.shape != predicted.shape or y.ndim != 1:
        raise ValueError(f"plot.confusion_matrix: y has shape {y.shape} and predicted {predicted.shape}, "
                         "expected one label for each example in both.")
    K = int(max(y.max(), predicted.max())) + 1
    counts = np.zeros((K, K), int)
    np.add.at(counts, (y, predicted), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax = axes(ax)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(K, K):
        ax.text(column, row, counts[row, column], ha="center", va="center", fontsize="small",
                color="white" if share[row, column] > 0.6 else INK)
    ax.set(xlabel="predicted class", ylabel="true class", xticks=range(K), yticks=range(K))
    return ax


@plt.rc_context(STYLE)
def gradient_flow(net, *, ax=None):
    """Size of the gradient of every parameter, first layer on top: bars that shrink are gradients that vanish.

    Equation  root mean square of dw, for every parameter w of the last ``backward``
    """
    names, sizes = zip(*[(name, float(np.sqrt(np.mean(dw * dw)))) for name, _, dw in net.parameters()])
    if not any(sizes):
        raise ValueError("plot.gradient_flow: every gradient is 0.\nCall forward, then backward, first.")
    ax = axes(ax)
    ax.barh(names, sizes, color=COLORS[0], edgecolor=INK)
    ax.invert_yaxis()
    ax.set(xscale="log", xlabel="root mean square of the gradient", ylabel="parameter")
    return ax


def canvas(width, height, *, unit=0.58):
    """Empty axes, as many units wide and high, for boxes and arrows.

    Units     unit in inches
    """
    ax = plt.subplots(figsize=(unit * width, unit * height))[1]
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return ax


def box(ax, x, y, text="", *, width=1.5, height=0.62, radius=0.12, color=COLORS[0], size=11):
    """A tinted box with round corners, and a text of this font size, both with their middle at (x, y)."""
    ax.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height, linewidth=1.5, edgecolor=color,
                                facecolor=to_rgba(color, 0.18), boxstyle=f"round,pad=0,rounding_size={radius}"))
    ax.text(x, y, text, ha="center", va="center", fontsize=size)


def arrow(ax, start, end, text="", *, line="-", width=1.5, color="#666666", bend=0.0):
    """An arrow between two points, straight or bent, with a text above the middle between them."""
    ax.annotate("", end, start, arrowprops=dict(arrowstyle="-|>", color=color, linewidth=width, linestyle=line, shrinkA=0,
                                                shrinkB=0, connectionstyle=f"arc3,rad={bend}"))
    ax.text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 0.14, text, ha="center", fontsize=11)


def axes(ax, height=STYLE["figure.figsize"][1]):
    """The axes to draw into: the given ones, or new ones of this height in inches."""
    return plt.subplots(figsize=(STYLE["figure.figsize"][0], height))[1] if ax is None else ax


def scatter(x, y, ax):
    """Points of the plane, with a colour and a shape for each class."""
    labels = np.unique(y)
    counted = np.issubdtype(labels.dtype, np.integer) and labels[0] >= 0
    for position, label in enumerate(labels):
        look = int(label) if counted else position
        chosen = np.asarray(y) == label
        ax.scatter(*x[chosen].T, s=30, color=COLORS[look % len(COLORS)], marker=MARKERS[look % len(MARKERS)],
                   edgecolor=INK, linewidth=0.6, label=f"class {label}", zorder=3)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def draw_regions(net, x, ax, resolution=200):
    """The region of every class around the points x, tinted, with dark lines between."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = 0.1 * (high - low) + 1e-9
    across, up = (np.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2).astype(x.dtype)
    scores = net.forward(grid).reshape(len(grid), -1)
    if scores.shape[1] == 1:
        scores = np.hstack([-scores, scores])
    for k in range(scores.shape[1]):
        lead = scores[:, k] - np.delete(scores, k, axis=1).max(axis=1)       # above 0 where class k wins
        lead = lead.reshape(resolution, resolution)
        if lead.max() > 0:
            ax.contourf(across, up, lead, levels=[0, lead.max()], colors=[COLORS[k % len(COLORS)]], alpha=0.2)
        if lead.min() < 0 < lead.max():
            ax.contour(across, up, lead, levels=[0], colors=INK, linewidths=1.5, linestyles="solid")


def as_images(x, owner):
    """Array (N, H, W) from the shapes that hold one grey image for each example, else ValueError."""
    x = np.asarray(x)
    if x.ndim == 4 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim == 2 and int(np.sqrt(x.shape[1])) ** 2 == x.shape[1]:
        x = x.reshape(len(x), int(np.sqrt(x.shape[1])), -1)
    if x.ndim != 3 or x.size == 0:
        raise ValueError(f"{owner}: the array has shape {x.shape}, expected (N, H, W).\nReshape it to the height and width.")
    return x


def tiles(pictures, labels, columns, ax, **colors):
    """Pictures (N, H, W) in rows on one pair of axes, with thin gaps between."""
    N, H, W = pictures.shape
    columns = min(columns, N)
    rows, above = -(-N // columns), 0 if labels is None else max(2, round(0.35 * H))
    step_y, step_x = H + max(1, H // 14) + above, W + max(1, W // 14)
    sheet = np.full((rows * step_y, columns * step_x), np.nan)
    ax = axes(ax, max(1.5, STYLE["figure.figsize"][0] * sheet.shape[0] / sheet.shape[1]))
    for i, picture in enumerate(pictures):
        top, left = i // columns * step_y + above, i % columns * step_x
        sheet[top:top + H, left:left + W] = picture
        ax.add_patch(plt.Rectangle((left - 0.5, top - 0.5), W, H, fill=False, edgecolor="#666666", linewidth=0.8))
        if labels is not None:
            ax.text(left + (W - 1) / 2, top - 0.5 - above / 8, labels[i], ha="center", va="bottom", fontsize="small")
    ax.imshow(sheet, interpolation="nearest", **colors)
    ax.axis("off")
    return ax


def with_bar(ax, name):
    """The axes, with a scale of their colours beside them."""
    ax.figure.colorbar(ax.images[0], ax=ax, label=name, shrink=0.8)
    return ax
