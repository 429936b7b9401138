"""Test errors on MNIST over five seeds: the lectures' recipe, and three networks that differ in nothing but their layers."""
import numpy as np

import nnlib as nn

from . import record

SEEDS, BATCH = range(5), 100
RECIPE = {"epochs": 15, "learning_rate": 0.5}
EPOCHS, RATES, HELD_OUT = 5, (0.1, 0.25, 0.5, 1.0), 10_000
SHAPES = {"softmax regression": (784,), "200 ReLU units": (784,), "CNN": (1, 28, 28)}
GOALS = {"softmax regression": "about 8", "200 ReLU units": "about 2"}


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


def schedule(rate, steps):
    """Up to the rate within one epoch, because a CNN's units die of a fast start, then along a cosine to 0."""
    return nn.schedules.warm_up(nn.schedules.cosine(rate, steps=EPOCHS * steps), steps=steps)


def trained(name, seed, data, learning_rate, epochs):
    """A network of the given kind, from the given seed."""
    rng = np.random.default_rng(seed)
    net = network(name, rng)
    nn.fit(net, shaped(name, data), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.SGD(learning_rate),
           epochs=epochs, batch_size=BATCH, rng=rng)
    return net


def shaped(name, data):
    """Rows of pixels as the network takes them."""
    return data[0].reshape(-1, *SHAPES[name]), data[1]


def error(name, net, data):
    """Percent of the images that the network gets wrong."""
    return 100 * (1 - nn.evaluate(net, shaped(name, data), loss=nn.SoftmaxCrossEntropy())[1])


def spread(errors):
    """Mean and standard deviation of the errors, and each of them."""
    return {"mean": round(float(np.mean(errors)), 3), "standard_deviation": round(float(np.std(errors, ddof=1)), 3),
            "of_each_seed": [round(float(each), 2) for each in errors]}


def compare(name, learn, choose, test):
    """Choose the peak of the schedule by the held-out images, train from five other seeds, then look at the test."""
    steps = len(learn[0]) // BATCH
    tried = {rate: error(name, trained(name, len(SEEDS), learn, schedule(rate, steps), EPOCHS), choose) for rate in RATES}
    rate = min(tried, key=tried.get)
    nets = [trained(name, seed, learn, schedule(rate, steps), EPOCHS) for seed in SEEDS]
    return {"parameters": sum(array.size for _, array, _ in nets[0].parameters()), "learning_rate": rate,
            "tried": {str(each): round(float(percent), 2) for each, percent in tried.items()},
            "test_error_percent": spread([error(name, net, test) for net in nets])}


def run():
    """Train every network with every seed, write the JSON, and return a table as text."""
    (x, y), test = nn.data.mnist(np.float32)
    recipe = {name: {"test_error_percent": spread([error(name, trained(name, seed, (x, y), **RECIPE), test)
                                                   for seed in SEEDS])} for name in GOALS}
    learn, choose = (x[:-HELD_OUT], y[:-HELD_OUT]), (x[-HELD_OUT:], y[-HELD_OUT:])
    compared = {name: compare(name, learn, choose, test) for name in SHAPES}
    record.write("mnist", {"batch_size": BATCH, "recipe": RECIPE | {"networks": recipe},
                           "comparison": {"epochs": EPOCHS, "rates": RATES, "learned": len(learn[0]), "held_out": HELD_OUT,
                                          "schedule": "warm-up of one epoch, then cosine", "networks": compared}})
    lines = [("network", "protocol", "test error, %", "goal")]
    for protocol, networks in (("recipe", recipe), ("comparison", compared)):
        for name, numbers in networks.items():
            percent = numbers["test_error_percent"]
            goal = GOALS[name] if networks is recipe else ""
            lines.append((name, protocol, f"{percent['mean']:.2f} ± {percent['standard_deviation']:.2f}", goal))
    return record.table(lines)
