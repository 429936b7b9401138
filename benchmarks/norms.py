"""Batch norm and group norm where batches are small: dense layers on digits, convolutions on colour images, five seeds.

Both norms have the same networks, first values, examples, optimizer and number of epochs. Each chooses its learning rate by
its own accuracy on validation data, and is judged on other examples afterwards, once.
"""
import numpy as np

import nnlib as nn

from . import record

RATES, SEEDS, GROUPS = (0.0003, 0.001, 0.003, 0.01, 0.03), range(5), 4
NORMS = {"batch norm": lambda M: nn.BatchNorm(M, dtype=np.float32),
         "group norm": lambda M: nn.GroupNorm(M, GROUPS, dtype=np.float32)}
TASKS = {"dense layers": (2, 4, 8, 32), "convolutions": (2,)}           # and the sizes of their batches
EPOCHS, WIDTH, BLOCKS = {"dense layers": 3, "convolutions": 4}, 32, 3


def dense(norm, rng):
    """Three residual blocks of one dense layer each, 32 units wide: (N, 64) -> (N, 10)."""
    settings = {"init": nn.init.he, "rng": rng, "dtype": np.float32}
    blocks = [nn.Residual(norm(WIDTH), nn.ReLU(), nn.Affine(WIDTH, WIDTH, **settings)) for _ in range(BLOCKS)]
    return nn.Sequential(nn.Affine(64, WIDTH, **settings), *blocks, nn.ReLU(), nn.Affine(WIDTH, 10, **settings))


def convolutions(norm, rng):
    """Two residual blocks of two convolutions each, then the mean over all places: (N, 3, 16, 16) -> (N, 4)."""
    def conv(C, F):
        return nn.Conv2d(C, F, 3, padding=1, init=nn.init.he, rng=rng, dtype=np.float32)

    def block(M):
        return nn.Residual(norm(M), nn.ReLU(), conv(M, M), norm(M), nn.ReLU(), conv(M, M))

    return nn.Sequential(conv(3, 8), block(8), nn.MaxPool2d(2), conv(8, 16), block(16), norm(16), nn.ReLU(),
                         nn.GlobalAvgPool2d(), nn.Affine(16, 4, rng=rng, dtype=np.float32))


def digits():
    (x, y), test = nn.data.digits(np.float32)
    return (x[287:], y[287:]), (x[:287], y[:287]), test


def shapes():
    x, y = nn.data.shapes(1900, rng=np.random.default_rng(100))
    x = (4 * x - 2).astype(np.float32)                                  # about 0, and about as large as 1
    return (x[:600], y[:600]), (x[600:900], y[600:900]), (x[900:], y[900:])


def trained(build, norm, batch, epochs, rate, seed, data, validation):
    """The network, and its accuracy on validation data; 0 where training ran away."""
    rng, loss = np.random.default_rng(seed), nn.SoftmaxCrossEntropy()
    net = build(norm, rng)
    try:
        nn.fit(net, data, loss=loss, optimizer=nn.SGD(rate, momentum=0.9), epochs=epochs, batch_size=batch, rng=rng,
               progress=False)
    except FloatingPointError:
        return net, 0.0
    return net, nn.evaluate(net, validation, loss=loss)[1]


def run():
    """Train every network with every seed and learning rate, write the JSON, and return a table as text."""
    results, lines = {}, [("network", "batch", *NORMS)]
    for (task, batches), build, examples in zip(TASKS.items(), (dense, convolutions), (digits, shapes)):
        data, validation, test = examples()
        results[task] = {}
        for batch in batches:
            results[task][batch] = {}
            for name, norm in NORMS.items():
                chosen, accuracies = [], []
                for seed in SEEDS:
                    runs = {rate: trained(build, norm, batch, EPOCHS[task], rate, seed, data, validation) for rate in RATES}
                    rate = max(RATES, key=lambda rate: runs[rate][1])
                    chosen.append(rate)
                    accuracies.append(nn.evaluate(runs[rate][0], test, loss=nn.SoftmaxCrossEntropy())[1])
                results[task][batch][name] = {"test_accuracy_percent": [round(100 * a, 2) for a in accuracies],
                                              "learning_rates": chosen}
            lines.append((task, str(batch), *(f"{np.mean(results[task][batch][name]['test_accuracy_percent']):.1f}"
                                              for name in NORMS)))
    record.write("norms", {"epochs": EPOCHS, "momentum": 0.9, "groups": GROUPS, "learning_rates": RATES,
                           "networks": results})
    return record.table(lines)
