"""Train a network here: data set, layers, activation, optimiser; what the network thinks of the plane while it learns."""
import numpy as np

import nnlib as nn

from . import signatures
from .packing import packed, unpacked

PARTS = ("plane", "training")
LARGEST = 8                              # units of a layer
TABLES = 4                               # of uniform numbers: one more than there can be hidden layers
N = 120
SETS = {
    "moons": lambda rng: nn.data.moons(N, noise=0.15, rng=rng),
    "circles": lambda rng: nn.data.circles(N, noise=0.08, rng=rng),
    "spirals": lambda rng: nn.data.spirals(N, turns=1.0, noise=0.06, rng=rng),
    "blobs": lambda rng: nn.data.blobs(N, distance=1.0, noise=0.55, rng=rng),
}
KERNELS = signatures.of(
    "affine_forward", "affine_backward", "tanh_forward", "tanh_backward", "relu_forward", "relu_backward",
    "sigmoid_forward", "sigmoid_backward", "binary_cross_entropy_forward", "binary_cross_entropy_backward",
    "sgd_update", "adam_update",
)
TITLE = "Train a network"
SENTENCE = ("On the page this figure trains: choose the data, the layers, the activation and the optimiser, and watch. "
            "Here: two hidden layers of 4 and 2 tanh units after 400 steps of Adam.")
ALT = ("Three panels. Left: two half moons of points and the curved boundary that a trained network draws between them. "
       "Middle: the same points as the two units of the last hidden layer see them, with a straight boundary. "
       "Right: the loss, which falls over the steps.")


def data():
    """Points of every data set, rounded, and what first weights are made of."""
    return {"sets": {name: {"x": packed(x, 3), "y": "".join(map(str, y))} for name, (x, y) in sets().items()},
            "uniform": packed([table(k) for k in range(TABLES)], 4),
            "limits": packed(limits(), 4)}


def sets():
    """{name: (x (N, 2), y (N,))} as the page has them."""
    made = {name: make(np.random.default_rng(7)) for name, make in SETS.items()}
    return {name: (unpacked(packed(x, 3)).reshape(-1, 2), y) for name, (x, y) in made.items()}


def table(k):
    """Uniform numbers from -1 to 1. Layers of every shape take their corner of it, so a new unit leaves the others alone."""
    return np.random.default_rng(100 + k).uniform(-1, 1, (LARGEST, LARGEST))


def limits():
    """The r of nnlib.init.glorot for layers whose inputs and outputs are 0, 1, 2 ... together; there are none with 0."""
    return np.array([0, *np.sqrt(6 / np.arange(1, 2 * LARGEST + 1))])


def first_weights(M, D, depth, start):
    """The weights (M, D) with which the page begins the layer at this depth."""
    uniform = unpacked(packed(table((start + depth) % TABLES), 4)).reshape(LARGEST, LARGEST)
    return unpacked(packed(limits(), 4))[M + D] * uniform[:M, :D]


def network(hidden, activation, start):
    """The network of the page, of the library's layers."""
    units, layers = [2, *hidden, 1], []
    for depth, (D, M) in enumerate(zip(units, units[1:])):
        affine = nn.Affine(D, M)
        affine.w = first_weights(M, D, depth, start)
        layers += [affine, activation()]
    return nn.Sequential(*layers[:-1])


def picture():
    """Boundary, hidden space and loss of the network with which the page begins."""
    from matplotlib import pyplot as plt
    from matplotlib.ticker import MaxNLocator

    x, y = sets()["moons"]
    net = network([4, 2], nn.Tanh, start=1)
    history = nn.fit(net, (x, y), loss=nn.BinaryCrossEntropy(), optimizer=nn.Adam(0.03), epochs=400, progress=False)
    figure, (plane, hidden, curve) = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    nn.plot.decision_boundary(net, x, y, ax=plane)
    nn.plot.hidden_space(net, x, y, ax=hidden)
    hidden.set(xlabel="unit 1", ylabel="unit 2")
    for panel in (plane, hidden):
        if panel.get_legend():
            panel.get_legend().remove()
    plane.legend(loc="upper right", fontsize="small")
    curve.plot(range(1, len(history.loss) + 1), history.loss, color=nn.plot.COLORS[0])
    curve.set(xlabel="steps", ylabel="mean loss in nats", ylim=(0, None))
    curve.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    for panel, title in ((plane, "Input plane"), (hidden, "Last hidden layer"), (curve, "Loss")):
        panel.set_title(title)
    return figure
