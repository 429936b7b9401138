"""Batch norm and group norm where batches are small: dense layers on digits, convolutions on colour images, five seeds.

All networks of a task have the same first values, examples, optimizer and number of epochs. Each chooses its learning rate
by its own accuracy on validation data, and is judged on other examples afterwards, once. With convolutions the end of the
network changes too, one thing at a time: no last norm, the maximum instead of the mean, groups of one channel.
"""
from functools import partial

import numpy as np

import nnlib as nn

from . import record

RATES, SEEDS, GROUPS = (0.0003, 0.001, 0.003, 0.01, 0.03), range(5), 4
EPOCHS, WIDTH, BLOCKS = {"dense layers": 3, "convolutions": 4}, 32, 3
BATCHES = {"dense layers": (2, 4, 8, 32), "convolutions": (2,)}


def batch_norm(M):
    return [nn.BatchNorm(M, dtype=np.float32)]


def group_norm(M):
    return [nn.GroupNorm(M, GROUPS, dtype=np.float32)]


def channel_norm(M):
    return [nn.GroupNorm(M, M, dtype=np.float32)]


def no_norm(M):
    return []


def mean():
    return [nn.GlobalAvgPool2d()]


def maximum():
    return [nn.MaxPool2d(8), nn.Flatten()]


def dense(norm, rng):
    """Three residual blocks of one dense layer each, 32 units wide: (N, 64) -> (N, 10)."""
    settings = {"init": nn.init.he, "rng": rng, "dtype": np.float32}
    blocks = [nn.Residual(*norm(WIDTH), nn.ReLU(), nn.Affine(WIDTH, WIDTH, **settings)) for _ in range(BLOCKS)]
    return nn.Sequential(nn.Affine(64, WIDTH, **settings), *blocks, nn.ReLU(), nn.Affine(WIDTH, 10, **settings))


def convolutions(norm, rng, last=None, pool=mean):
    """Two residual blocks of two convolutions each, then one number for each channel: (N, 3, 16, 16) -> (N, 4)."""
    def conv(C, F):
        return nn.Conv2d(C, F, 3, padding=1, init=nn.init.he, rng=rng, dtype=np.float32)

    def block(M):
        return nn.Residual(*norm(M), nn.ReLU(), conv(M, M), *norm(M), nn.ReLU(), conv(M, M))

    return nn.Sequential(conv(3, 8), block(8), nn.MaxPool2d(2), conv(8, 16), block(16), *(last or norm)(16), nn.ReLU(),
                         *pool(), nn.Affine(16, 4, rng=rng, dtype=np.float32))


NORMS = {"batch norm": batch_norm, "group norm": group_norm}
ENDS = {"batch norm, no last norm": partial(convolutions, batch_norm, last=no_norm),
        "batch norm, maximum": partial(convolutions, batch_norm, pool=maximum),
        "group norm, no last norm": partial(convolutions, group_norm, last=no_norm),
        "group norm, maximum": partial(convolutions, group_norm, pool=maximum),
        "one channel a group": partial(convolutions, channel_norm)}


def digits():
    (x, y), test = nn.data.digits(np.float32)
    return (x[287:], y[287:]), (x[:287], y[:287]), test


def shapes():
    x, y = nn.data.shapes(1900, rng=np.random.default_rng(101))
    x = (4 * x - 2).astype(np.float32)                                  # about 0, and about as large as 1
    return (x[:600], y[:600]), (x[600:900], y[600:900]), (x[900:], y[900:])


def trained(build, batch, epochs, rate, seed, data, validation):
    """The network, and its accuracy on validation data; 0 where training ran away."""
    rng, loss = np.random.default_rng(seed), nn.SoftmaxCrossEntropy()
    net = build(rng=rng)
    try:
        nn.fit(net, data, loss=loss, optimizer=nn.SGD(rate, momentum=0.9), epochs=epochs, batch_size=batch, rng=rng,
               progress=False)
    except FloatingPointError:
        return net, 0.0
    return net, nn.evaluate(net, validation, loss=loss)[1]


def judged(build, batch, epochs, data, validation, test):
    """Test accuracy of every seed in percent, each with the learning rate that did best on validation data, and these."""
    accuracies, chosen = [], []
    for seed in SEEDS:
        runs = {rate: trained(build, batch, epochs, rate, seed, data, validation) for rate in RATES}
        chosen.append(max(RATES, key=lambda rate: runs[rate][1]))
        accuracies.append(round(100 * nn.evaluate(runs[chosen[-1]][0], test, loss=nn.SoftmaxCrossEntropy())[1], 2))
    return {"test_accuracy_percent": accuracies, "learning_rates": chosen}


def run():
    """Train every network with every seed and learning rate, write the JSON, and return a table as text."""
    lines, results = [("network", "batch", "percent right", "standard deviation")], {}

    def note(network, batch, outcome):
        right = outcome["test_accuracy_percent"]
        lines.append((network, str(batch), f"{np.mean(right):.1f}", f"{np.std(right, ddof=1):.1f}"))
        return outcome

    for task, build, examples in (("dense layers", dense, digits()), ("convolutions", convolutions, shapes())):
        results[task] = {batch: {name: note(f"{task}, {name}", batch,
                                            judged(partial(build, norm), batch, EPOCHS[task], *examples))
                                 for name, norm in NORMS.items()} for batch in BATCHES[task]}
    ends = {name: note(name, 2, judged(build, 2, EPOCHS["convolutions"], *shapes())) for name, build in ENDS.items()}
    record.write("norms", {"epochs": EPOCHS, "momentum": 0.9, "groups": GROUPS, "learning_rates": RATES,
                           "networks": results, "ends_of_convolutions": ends})
    return record.table(lines)
