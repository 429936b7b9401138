"""The network of the live figure digit-cnn: trained on moved MNIST digits, its weights recorded as the page takes them."""
import numpy as np

import nnlib as nn
from nnlib.book.figures.packing import packed, unpacked

from . import record

EPOCHS, BATCH, RATE, MOVES, HELD_OUT, SEED = 6, 100, 0.003, 3, 10_000, 8
DECIMALS = 4                             # of the weights that are kept


def network(rng=None):
    """Two convolutions with pooling, then a dense layer: (N, 1, 28, 28) -> (N, 10)."""
    settings = {"rng": rng, "dtype": np.float32}
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, **settings), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, **settings), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Affine(400, 10, **settings))


def percent_wrong(net, x, y):
    return round(100 * (1 - nn.evaluate(net, (x, y), loss=nn.SoftmaxCrossEntropy())[1]), 2)


def run():
    """Train, write the rounded weights with their errors as JSON, and return a table as text."""
    (x, y), (x_test, y_test) = nn.data.mnist(np.float32)
    x, x_test = x.reshape(-1, 1, 28, 28), x_test.reshape(-1, 1, 28, 28)
    rng = np.random.default_rng(SEED)
    net, steps = network(rng), (len(x) - HELD_OUT) // BATCH
    optimizer = nn.Adam(nn.schedules.cosine(RATE, steps=EPOCHS * steps))
    for _ in range(EPOCHS):
        shown = nn.data.shifted(x[:-HELD_OUT], MOVES, rng=rng), y[:-HELD_OUT]
        nn.fit(net, shown, loss=nn.SoftmaxCrossEntropy(), optimizer=optimizer, epochs=1, batch_size=BATCH, rng=rng)
    weights = []
    for _, array, _ in net.parameters():
        weights.append(packed(array, DECIMALS) | {"shape": array.shape})
        array[:] = unpacked(weights[-1]).reshape(array.shape)
    errors = {"held out": percent_wrong(net, x[-HELD_OUT:], y[-HELD_OUT:]), "test": percent_wrong(net, x_test, y_test),
              "test, moved": percent_wrong(net, nn.data.shifted(x_test, MOVES, rng=rng), y_test)}
    record.write("digit_reader", {"epochs": EPOCHS, "moved_by_up_to": MOVES, "percent_wrong": errors, "weights": weights})
    return record.table([("digits", "wrong, %"), *((name, f"{error:.2f}") for name, error in errors.items())])
