"""Small digits without labels: codes of 1 to 32 numbers, ten labels, and noise taken away, each against simple rivals.

Five seeds. Networks choose their learning rate on validation data, and rivals their size; the figures that are written are
those of the test digits. Against noise each seed also divides all digits anew, into those to learn from, to choose with and
to be judged by. Errors are mean squares per pixel.
"""
import numpy as np

import nnlib as nn

from . import record

SIZES, SEEDS, RATES, WIDTH, EPOCHS, BATCH, HELD_OUT = (1, 2, 4, 8, 16, 32), range(5), (0.003, 0.01), 128, 60, 50, 287
DRAWS, NEIGHBOURS, COMPONENTS, NOISY_EPOCHS, REPLACED, SPREAD = 20, (1, 5, 10, 15, 20), (4, 8, 16, 32), 100, 0.2, 0.25
NOISY_RATES, NOISY_PARTS = (0.001, 0.003, 0.01), (1150, 1437)      # where the digits are cut: learn, validation, test


def network(sizes, rng):
    """Dense layers of these sizes from and to 64 pixels, with ReLU after all but the last, and but a narrow one."""
    layers, D = [], 64
    for M in sizes:
        layers.append(nn.Affine(D, M, init=nn.init.he if M >= 64 else nn.init.glorot, rng=rng, dtype=np.float32))
        layers += [nn.ReLU()] if M >= 64 else []
        D = M
    return nn.Sequential(*layers, nn.Affine(D, 64, rng=rng, dtype=np.float32))


def error(ours, theirs):
    """Mean squared error per pixel, for JSON."""
    return round(float(np.mean((ours - theirs) ** 2)), 5)


class Components:
    """The first M principal components of x."""

    def __init__(self, x, M):
        self.mean = x.mean(axis=0)
        self.directions = np.linalg.svd(x - self.mean, full_matrices=False)[2][:M]

    def encode(self, x):
        return (x - self.mean) @ self.directions.T

    def restore(self, x):
        return self.encode(x) @ self.directions + self.mean


def autoencoder(M, seed, x, validation):
    """The better of the learning rates on validation data."""
    def trained(rate):
        rng = np.random.default_rng(seed)
        net = network((WIDTH, M, WIDTH), rng)
        nn.fit(net, (x, x), loss=nn.MeanSquaredError(), optimizer=nn.Adam(rate), epochs=EPOCHS, batch_size=BATCH, rng=rng,
               progress=False)
        return net
    return min(map(trained, RATES), key=lambda net: error(net.forward(validation), validation))


def squared_distances(a, b):
    """From every row of a to every row of b."""
    return (a ** 2).sum(axis=1)[:, None] - 2 * a @ b.T + (b ** 2).sum(axis=1)


def centres(x, rng, K=10, steps=40, starts=5):
    """Positions of the examples nearest to the centres of k-means, the best of a few starts."""
    best = np.inf, None
    for _ in range(starts):
        c = x[rng.choice(len(x), K, replace=False)]
        for _ in range(steps):
            who = squared_distances(x, c).argmin(axis=1)
            c = np.array([x[who == k].mean(axis=0) if (who == k).any() else c[k] for k in range(K)])
        far = squared_distances(x, c)
        if far.min(axis=1).sum() < best[0]:
            best = far.min(axis=1).sum(), far.argmin(axis=0)
    return best[1]


def ten_labels(encode, seed, x, y, x_test, y_test):
    """Percent of the test digits whose nearest labelled neighbour is right, by whose labels were asked for."""
    codes, test = encode(x), encode(x_test)

    def right(chosen):
        return 100 * np.mean(y[chosen][squared_distances(test, codes[chosen]).argmin(axis=1)] == y_test)

    rng = np.random.default_rng(1000 + seed)
    one_each = [[rng.choice(np.flatnonzero(y == k)) for k in range(10)] for _ in range(DRAWS)]
    by_chance = [rng.choice(len(x), 10, replace=False) for _ in range(DRAWS)]
    return {"any ten": np.mean([right(chosen) for chosen in by_chance]),
            "one of each": np.mean([right(np.array(chosen)) for chosen in one_each]),
            "ten centres": right(centres(codes, rng)), "all": right(np.arange(len(x)))}


def replaced(x, rng):
    """A share of the pixels black or white, by chance."""
    return np.where(rng.random(x.shape) < REPLACED, rng.integers(0, 2, x.shape), x).astype(np.float32)


def blurred(x, rng):
    """Normal noise on every pixel."""
    return (x + SPREAD * rng.standard_normal(x.shape)).astype(np.float32)


def median(x):
    """The middle one of every 3 x 3 pixels."""
    padded = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    return np.median(windows, axis=(3, 4)).reshape(-1, 64)


def cleaner(sizes, noise, seed, x, spoilt, clean):
    """A network that gets new noise in every epoch; of the learning rates the best on validation data."""
    def trained(rate):
        rng = np.random.default_rng(seed)
        net, optimizer = network(sizes, rng), nn.Adam(rate)
        for _ in range(NOISY_EPOCHS):
            nn.fit(net, (noise(x, rng), x), loss=nn.MeanSquaredError(), optimizer=optimizer, batch_size=BATCH, rng=rng,
                   progress=False)
        return net
    return min(map(trained, NOISY_RATES), key=lambda net: error(net.forward(spoilt), clean))


def denoising(noise, digits):
    """Test errors with five divisions of the digits and draws of the noise; what has to be chosen is, on validation data."""
    results = {}
    for seed in SEEDS:
        rng = np.random.default_rng(3000 + seed)
        x, validation, x_test = np.split(rng.permutation(digits), NOISY_PARTS)
        held_out, test = noise(validation, rng), noise(x_test, rng)
        copies = np.concatenate([noise(x, rng) for _ in range(5)])
        mean, clean_mean = copies.mean(axis=0), x.mean(axis=0)
        linear = np.linalg.lstsq(copies - mean, np.tile(x - clean_mean, (5, 1)), rcond=None)[0]
        order, order_test = (squared_distances(each, x).argsort(axis=1) for each in (held_out, test))
        k = min(NEIGHBOURS, key=lambda k: error(x[order[:, :k]].mean(axis=1), validation))
        M = min(COMPONENTS, key=lambda M: error(Components(copies, M).restore(held_out), validation))
        answers = {
            "nothing": test, "median of 3 x 3": median(test), "principal components": Components(copies, M).restore(test),
            "best linear map": (test - mean) @ linear + clean_mean,
            "nearest digits": x[order_test[:, :k]].mean(axis=1),
            "autoencoder": cleaner((128, 16, 128), noise, seed, x, held_out, validation).forward(test),
            "wide network": cleaner((256, 256), noise, seed, x, held_out, validation).forward(test)}
        for name, answer in answers.items():
            results.setdefault(name, []).append(error(answer, x_test))
        results.setdefault("neighbours", []).append(k)
        results.setdefault("components", []).append(M)
    return results


def run():
    """Train and compare, write the JSON, and return tables as text."""
    (x, y), (x_test, y_test) = nn.data.digits(np.float32)
    (x, y), validation = (x[HELD_OUT:], y[HELD_OUT:]), x[:HELD_OUT]
    sizes, encoders = {}, {"pixels": [lambda x: x] * len(SEEDS)}
    for M in SIZES:
        nets = [autoencoder(M, seed, x, validation) for seed in SEEDS]
        plane = Components(x, M)
        sizes[M] = {"components": error(plane.restore(x_test), x_test),
                    "autoencoder": [error(net.forward(x_test), x_test) for net in nets]}
        encoders[f"components {M}"] = [plane.encode] * len(SEEDS)
        encoders[f"code {M}"] = [nn.Sequential(*net.layers[:3]).forward for net in nets]
    labels = {name: [ten_labels(encode, seed, x, y, x_test, y_test) for seed, encode in zip(SEEDS, each)]
              for name, each in encoders.items()}
    labels = {name: {asked: [round(float(run[asked]), 2) for run in runs] for asked in runs[0]}
              for name, runs in labels.items()}
    digits = np.concatenate([x, validation, x_test])
    noise = {"replaced": denoising(replaced, digits), "normal": denoising(blurred, digits)}
    record.write("unlabelled", {"sizes": sizes, "labels": labels, "noise": noise, "epochs": EPOCHS, "batch_size": BATCH,
                                "width": WIDTH, "draws": DRAWS, "replaced": REPLACED, "spread": SPREAD})
    lines = [("numbers in the code", "components", "autoencoder")]
    lines += [(str(M), f"{run['components']:.4f}", f"{np.mean(run['autoencoder']):.4f}") for M, run in sizes.items()]
    more = [("neighbour in", *labels["pixels"])]
    more += [(name, *(f"{np.mean(run):.1f}" for run in runs.values())) for name, runs in labels.items()]
    last = [("noise", *noise)]
    last += [(name, *(f"{np.mean(noise[kind][name]):.4f}" for kind in noise)) for name in noise["normal"]]
    return "\n\n".join(map(record.table, (lines, more, last)))
