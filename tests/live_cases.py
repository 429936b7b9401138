"""Arguments on which every exported kernel is compared with Python: all sizes different, and one example alone."""
import functools
import importlib
from pathlib import Path

import numpy as np

from nnlib.book.figures import FIGURES
from nnlib.book.wasm import cached
from nnlib.book.wasm.page_script import portable

ROOT = Path(__file__).parents[1]
LIVE = ROOT / "book" / "_static" / "live"


@functools.cache
def modules():
    """{figure: exported module}, kept with those of the book build."""
    return cached(FIGURES, ROOT / "_build" / "live")


def module(figure):
    """The exported module of a figure."""
    return modules()[figure]


def supplied(figure):
    """What a page gets, but for the data."""
    return portable(module(figure))


def all_cases():
    """[(figure, kernel's dotted name, arguments)]"""
    rng = np.random.default_rng(3)
    return [(figure, path, args) for figure in FIGURES for path in FIGURES[figure].KERNELS
            for args in arguments(path.rpartition(".")[2], rng)]


def arguments(name, rng):
    """Some lists of arguments for the kernel of this name."""
    def normal(*shape):
        return rng.standard_normal(shape)

    def labels(n):
        return rng.integers(0, 2, n).astype(float)

    several = []
    for N in (7, 1):
        D, M = 3, 5
        several.append({
            "affine_forward": lambda: [normal(N, D), normal(M, D), normal(M)],
            "affine_backward": lambda: [normal(N, M), normal(N, D), normal(M, D), normal(M)],
            "affine_backward_parameters": lambda: [normal(N, M), normal(N, D), normal(M, D), normal(M)],
            "tanh_forward": lambda: [3 * normal(N, M)],
            "relu_forward": lambda: [normal(N, M)],
            "sigmoid_forward": lambda: [9 * normal(N, M)],
            "softmax_forward": lambda: [9 * normal(N, M)],
            "tanh_backward": lambda: [normal(N, M), np.tanh(normal(N, M))],
            "relu_backward": lambda: [normal(N, M), normal(N, M)],
            "sigmoid_backward": lambda: [normal(N, M), 1 / (1 + np.exp(normal(N, M)))],
            "binary_cross_entropy_forward": lambda: [20 * normal(N), labels(N)],
            "binary_cross_entropy_backward": lambda: [20 * normal(N), labels(N)],
            "mean_squared_error_forward": lambda: [normal(N), normal(N)],
            "mean_squared_error_backward": lambda: [normal(N), normal(N)],
            "batch_norm_forward": lambda: [normal(N, D, M), normal(D), normal(D)],
            "batch_norm_backward": lambda: [normal(N, D, M), normal(D), normal(D) ** 2, normal(N, D, M), normal(D),
                                            normal(D)],
            "layer_norm_forward": lambda: [normal(N, M), normal(M), normal(M)],
            "layer_norm_backward": lambda: [normal(N, M), normal(N), normal(N) ** 2, normal(N, M), normal(M), normal(M)],
            "dropout_forward": lambda: [normal(N, M), rng.random((N, M)) < 0.5, 0.3],
            "dropout_backward": lambda: [normal(N, M), rng.random((N, M)) < 0.5, 0.3],
            "sgd_update": lambda: [normal(N), normal(N), normal(N), 0.1, 0.9 * (N > 1), N > 1, 0.01],
            "rmsprop_update": lambda: [normal(N), normal(N), normal(N) ** 2, 0.01, 0.9, 1e-8, 0.01],
            "adam_update": lambda: [normal(N), normal(N), normal(N), normal(N) ** 2, N + 3, 0.02, 0.9, 0.999, 1e-8, 0.01,
                                    N == 1],
            "conv2d_forward": lambda: [normal(N, 2, 9, 8), normal(3, 2, 3, 4), normal(3), (1 + N % 3, 2), (N % 2, 1)],
            "max_pool2d_forward": lambda: [normal(N, 3, 5, 7), (2, 3), (2, 1)],
            "avg_pool2d_forward": lambda: [normal(N, 3, 5, 7), (2, 3), (2, 1)],
            "attention_forward": lambda: [normal(N, 4, 12), 2, N == 1],
            "graph_z": lambda: [normal(3)], "graph_J": lambda: [normal(3)], "graph_L": lambda: [normal(4)],
            "land_valley": lambda: [normal(4)], "land_saddle": lambda: [normal(4)], "land_plateau": lambda: [normal(4)],
        }[name]())
    return several


def as_json(value):
    return {"shape": value.shape, "values": value.ravel().tolist()} if isinstance(value, np.ndarray) else value


def in_python(path, args):
    """Results of the kernel itself, and its array arguments afterwards."""
    package, _, name = path.rpartition(".")
    args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    results = getattr(importlib.import_module(package), name)(*args)
    return ([] if results is None else list(results) if isinstance(results, tuple) else [results]), args


def error(got, want):
    """Largest difference, relative to the largest number of the array."""
    got, want = np.asarray(got, float).ravel(), np.asarray(want, float).ravel()
    assert got.shape == want.shape
    return float(np.max(np.abs(got - want), initial=0) / max(np.max(np.abs(want), initial=0), 1e-300))


def largest_error(case, outcome):
    """The error of a case: of its results and of what it did to its arguments."""
    _, path, args = case
    results, after = in_python(path, args)
    assert [list(np.shape(r)) for r in results] == outcome["shapes"][:len(results)]
    pairs = list(zip(outcome["results"], results, strict=True))
    pairs += [(got, want) for got, want in zip(outcome["arguments"], after) if isinstance(want, np.ndarray)]
    return max(error(got, want) for got, want in pairs)


RUNS = {                                 # whole training runs: settings of the page, and the same in the library's words
    "tanh, Adam": dict(sets="moons", hidden=[4, 2], activation="tanh", optimiser="adam", rate=0.03, start=1),
    "ReLU, momentum": dict(sets="circles", hidden=[8], activation="relu", optimiser="momentum", rate=0.03, start=2),
    "sigmoid, SGD": dict(sets="spirals", hidden=[5, 3, 4], activation="sigmoid", optimiser="sgd", rate=0.3, start=3),
    "no hidden layer": dict(sets="blobs", hidden=[], activation="tanh", optimiser="sgd", rate=0.1, start=1),
}
STEPS = 300


def train_in_python(run):
    """Losses before each step, and the parameters at the end, of the library's own fit."""
    import nnlib as nn

    figure = FIGURES["train-network"]
    activation = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}[run["activation"]]
    optimizer = {"sgd": lambda: nn.SGD(run["rate"]), "momentum": lambda: nn.SGD(run["rate"], momentum=0.9),
                 "adam": lambda: nn.Adam(run["rate"])}[run["optimiser"]]()
    net = figure.network(run["hidden"], activation, run["start"])
    history = nn.fit(net, figure.sets()[run["sets"]], loss=nn.BinaryCrossEntropy(), optimizer=optimizer, epochs=STEPS,
                     progress=False)
    return history.loss, [array for _, array, _ in net.parameters()]
