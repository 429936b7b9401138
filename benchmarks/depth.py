"""How accuracy falls with depth: plain, normalised and residual networks of 2 to 40 layers on small digits, five seeds.

All have the same width, data, optimizer and number of epochs. Each network chooses its learning rate by its own accuracy on
validation data, and is judged on the test digits afterwards, once.
"""
import numpy as np

import nnlib as nn

from . import record

DEPTHS, SEEDS, RATES = (2, 5, 10, 20, 40), range(5), (0.003, 0.01, 0.03, 0.1)
KINDS = ("plain", "normalised", "residual", "residual from zero", "residual and normalised")
WIDTH, EPOCHS, BATCH, HELD_OUT = 32, 15, 50, 287


def network(kind, depth, rng):
    """``depth`` layers with weights; each hidden layer but the first is [norm,] ReLU, Affine, with a shortcut or without."""
    settings = {"rng": rng, "dtype": np.float32}
    start = nn.init.zeros if "from zero" in kind else nn.init.he
    layers = [nn.Affine(64, WIDTH, init=nn.init.he, **settings)]
    for _ in range(depth - 2):
        norm = [nn.BatchNorm(WIDTH, dtype=np.float32)] if "normalised" in kind else []
        part = [*norm, nn.ReLU(), nn.Affine(WIDTH, WIDTH, init=start, **settings)]
        layers += [nn.Residual(*part)] if "residual" in kind else part
    return nn.Sequential(*layers, nn.ReLU(), nn.Affine(WIDTH, 10, init=nn.init.he, **settings))


def trained(kind, depth, rate, seed, data, validation):
    """The network, and its accuracy on validation data; 0 where training ran away."""
    rng, loss = np.random.default_rng(seed), nn.SoftmaxCrossEntropy()
    net = network(kind, depth, rng)
    try:
        nn.fit(net, data, loss=loss, optimizer=nn.SGD(rate, momentum=0.9), epochs=EPOCHS, batch_size=BATCH, rng=rng,
               progress=False)
    except FloatingPointError:
        return net, 0.0
    return net, nn.evaluate(net, validation, loss=loss)[1]


def run():
    """Train every network with every seed and learning rate, write the JSON, and return a table as text."""
    (x, y), test = nn.data.digits(np.float32)
    data, validation = (x[HELD_OUT:], y[HELD_OUT:]), (x[:HELD_OUT], y[:HELD_OUT])
    results, lines = {}, [("network", *(f"{depth} layers" for depth in DEPTHS))]
    for kind in KINDS:
        results[kind] = {}
        for depth in DEPTHS:
            chosen, accuracies = [], []
            for seed in SEEDS:
                runs = {rate: trained(kind, depth, rate, seed, data, validation) for rate in RATES}
                rate = max(RATES, key=lambda rate: runs[rate][1])
                chosen.append(rate)
                accuracies.append(nn.evaluate(runs[rate][0], test, loss=nn.SoftmaxCrossEntropy())[1])
            results[kind][depth] = {"test_accuracy_percent": [round(100 * a, 2) for a in accuracies],
                                    "learning_rates": chosen}
        lines.append((kind, *(f"{np.mean(results[kind][depth]['test_accuracy_percent']):.1f}" for depth in DEPTHS)))
    record.write("depth", {"width": WIDTH, "epochs": EPOCHS, "batch_size": BATCH, "momentum": 0.9,
                           "learning_rates": RATES, "networks": results})
    return record.table(lines)
