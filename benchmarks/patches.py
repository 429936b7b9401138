"""Digits read as sequences of patches: a transformer against a dense and a convolutional network of equal size, five seeds.

Each also reads digits whose sixteen patches were exchanged, in the same way for all digits: neighbours no longer touch.
Every network chooses its learning rate by its own accuracy on validation data, and is judged on the test digits
afterwards, once.
"""
import numpy as np

import nnlib as nn

from . import record

SEEDS, RATES, EPOCHS, BATCH, HELD_OUT = range(5), (0.003, 0.01, 0.03), 40, 50, 287
LARGER = {"dense": (0.1, 0.3)}                           # it often chooses the largest of RATES: is that large enough?
KINDS = ("dense", "convolution", "transformer", "transformer without positions")
ORDER = np.random.default_rng(11).permutation(16)        # where each patch goes


class MeanOfSteps(nn.Layer):
    """The mean of all steps of a sequence: (N, T, D) -> (N, D)."""

    def forward(self, x, train=False):
        self.T = x.shape[1]
        return x.mean(axis=1)

    def backward(self, dy):
        return np.repeat(dy[:, None] / self.T, self.T, axis=1)


def patches(x):
    """Images (N, 64) as sequences (N, 16, 4) of patches of 2 x 2 pixels, row by row."""
    return np.ascontiguousarray(x.reshape(-1, 4, 2, 4, 2).swapaxes(2, 3).reshape(-1, 16, 4))


def as_image(steps):
    """The inverse of patches, with an axis for the channel: (N, 1, 8, 8)."""
    return np.ascontiguousarray(steps.reshape(-1, 4, 4, 2, 2).swapaxes(2, 3).reshape(-1, 1, 8, 8))


def network(kind, rng):
    """A network of 3,700 to 3,900 parameters, and what it makes of patches before it begins."""
    settings = {"rng": rng, "dtype": np.float32}
    if kind == "dense":
        return nn.Sequential(nn.Flatten(), nn.Affine(64, 50, init=nn.init.he, **settings), nn.ReLU(),
                             nn.Affine(50, 10, **settings)), as_image
    if kind == "convolution":
        return nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1, init=nn.init.he, **settings), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 3, padding=1, init=nn.init.he, **settings), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Affine(96, 10, **settings)), as_image
    positions = [] if "without" in kind else [nn.LearnedPositions(16, 16, **settings)]
    return nn.Sequential(
        nn.Affine(4, 16, **settings), *positions, nn.TransformerBlock(16, 4, **settings),
        nn.LayerNorm(16, dtype=np.float32), MeanOfSteps(), nn.Affine(16, 10, **settings)), np.asarray


def trained(kind, rate, seed, data, validation):
    """The network, and its accuracy on validation data."""
    rng, loss = np.random.default_rng(seed), nn.SoftmaxCrossEntropy()
    net, prepare = network(kind, rng)
    nn.fit(net, (prepare(data[0]), data[1]), loss=loss, optimizer=nn.Adam(rate), epochs=EPOCHS, batch_size=BATCH, rng=rng,
           progress=False)
    return net, nn.evaluate(net, (prepare(validation[0]), validation[1]), loss=loss)[1]


def judged(kind, data, validation, test):
    """Test accuracies and chosen learning rates of all seeds."""
    accuracies, chosen = [], []
    for seed in SEEDS:
        rates = (*RATES, *LARGER.get(kind, ()))
        runs = {rate: trained(kind, rate, seed, data, validation) for rate in rates}
        chosen.append(max(rates, key=lambda rate: runs[rate][1]))
        net, (x, y) = runs[chosen[-1]][0], test
        prepare = network(kind, np.random.default_rng(seed))[1]
        accuracies.append(round(100 * nn.evaluate(net, (prepare(x), y), loss=nn.SoftmaxCrossEntropy())[1], 2))
    return {"test_accuracy_percent": accuracies, "learning_rates": chosen}


def run():
    """Train every network with every seed and learning rate, write the JSON, and return a table as text."""
    (x, y), (x_test, y_test) = nn.data.digits(np.float32)
    results, lines = {}, [("network", "parameters", "as they are", "patches exchanged")]
    for kind in KINDS:
        size = sum(w.size for _, w, _ in network(kind, np.random.default_rng(0))[0].parameters())
        results[kind] = {"parameters": size}
        for name, order in (("as they are", np.arange(16)), ("patches exchanged", ORDER)):
            steps, test = patches(x)[:, order], (patches(x_test)[:, order], y_test)
            results[kind][name] = judged(kind, (steps[HELD_OUT:], y[HELD_OUT:]), (steps[:HELD_OUT], y[:HELD_OUT]), test)
        lines.append((kind, f"{size:,}", *(f"{np.mean(results[kind][name]['test_accuracy_percent']):.1f}"
                                           for name in lines[0][2:])))
    record.write("patches", {"epochs": EPOCHS, "batch_size": BATCH, "learning_rates": RATES, "larger": LARGER,
                             "networks": results})
    return record.table(lines)
