"""The lectures' headline result: test errors on MNIST after 15 epochs, over five seeds."""
import time

import numpy as np

import nnlib as nn

from . import record

SEEDS, EPOCHS, LEARNING_RATE, BATCH = range(5), 15, 0.5, 100
SHAPES = {"softmax regression": (784,), "200 ReLU units": (784,), "CNN": (1, 28, 28)}
GOALS = {"softmax regression": "about 8", "200 ReLU units": "about 2", "CNN": "< 1.2"}


def network(name, rng):
    """One of the three networks, in float32."""
    settings = {"rng": rng, "dtype": np.float32}
    if name == "softmax regression":
        return nn.Sequential(nn.Affine(784, 10, **settings))
    if name == "200 ReLU units":
        return nn.Sequential(nn.Affine(784, 200, **settings), nn.ReLU(), nn.Affine(200, 10, **settings))
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2, **settings), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2, **settings), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Affine(784, 10, **settings))


def learning_rate(name):
    """0.5 throughout; for the CNN, whose units die of it at the start, 0.5 reached in one epoch, then falling to 0."""
    steps = 60_000 // BATCH
    cosine = nn.schedules.cosine(LEARNING_RATE, steps=EPOCHS * steps)
    return nn.schedules.warm_up(cosine, steps=steps) if name == "CNN" else LEARNING_RATE


def run():
    """Train every network with every seed, write the JSON, and return a table as text."""
    (x, y), (x_test, y_test) = nn.data.mnist(np.float32)
    networks = {}
    for name, shape in SHAPES.items():
        errors, seconds = [], []
        for seed in SEEDS:
            rng = np.random.default_rng(seed)
            net, loss = network(name, rng), nn.SoftmaxCrossEntropy()
            start = time.perf_counter()
            nn.fit(net, (x.reshape(-1, *shape), y), loss=loss, optimizer=nn.SGD(learning_rate(name)),
                   epochs=EPOCHS, batch_size=BATCH, rng=rng)
            seconds.append((time.perf_counter() - start) / EPOCHS)
            errors.append(100 * (1 - nn.evaluate(net, (x_test.reshape(-1, *shape), y_test), loss=loss)[1]))
        networks[name] = {
            "parameters": sum(array.size for _, array, _ in net.parameters()),
            "learning_rate": "warm-up of one epoch, then cosine" if name == "CNN" else "constant",
            "test_error_percent": {"mean": round(float(np.mean(errors)), 3),
                                   "standard_deviation": round(float(np.std(errors, ddof=1)), 3),
                                   "of_each_seed": [round(error, 2) for error in errors]},
            "seconds_per_epoch": record.summary(seconds)}
    record.write("mnist", {"epochs": EPOCHS, "learning_rate": LEARNING_RATE, "batch_size": BATCH, "networks": networks})
    lines = [("network", "test error, %", "goal", "seconds per epoch")]
    for name, numbers in networks.items():
        error = numbers["test_error_percent"]
        lines.append((name, f"{error['mean']:.2f} ± {error['standard_deviation']:.2f}", GOALS[name],
                      f"{numbers['seconds_per_epoch']['median']:.2f}"))
    return record.table(lines)
