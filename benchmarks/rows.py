"""The networks whose training step is measured, in words that every library can be told in."""
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Row:
    """A network, its loss and its batch. ``layers`` are tuples of a kind and its sizes."""

    text: str
    batch: int
    example: tuple                       # shape of one input
    layers: tuple
    loss: str = "cross_entropy"          # or "binary_cross_entropy", "squared_error"
    learning_rate: float = 0.1

    def data(self):
        """Inputs and targets, the same in every library."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((self.batch, *self.example)).astype(np.float32)
        if self.loss == "binary_cross_entropy":
            return x, rng.integers(0, 2, (self.batch, 1)).astype(np.float32)
        if self.loss == "squared_error":
            return x, rng.standard_normal(x.shape).astype(np.float32)
        if self.layers[0][0] in ("rnn", "lstm", "gru"):
            x = np.eye(self.example[1], dtype=np.float32)[rng.integers(0, self.example[1], (self.batch, self.example[0]))]
            return x, rng.integers(0, self.layers[-1][2], (self.batch, self.example[0]))
        return x, rng.integers(0, self.layers[-1][2], self.batch)


def sequence(kind, units=128, steps=64):
    return Row(f"one-hot 64 -> {kind} {units} -> 64, sequence {steps}", 32, (steps, 64),
               ((kind, 64, units), ("affine", units, 64)))


ROWS = {
    "softmax": Row("784-10", 100, (784,), (("affine", 784, 10),)),
    "mlp": Row("784-200-10 ReLU", 100, (784,), (("affine", 784, 200), ("relu",), ("affine", 200, 10))),
    "tiny": Row("2-4-2-1 tanh", 200, (2,), (("affine", 2, 4), ("tanh",), ("affine", 4, 2), ("tanh",), ("affine", 2, 1)),
                loss="binary_cross_entropy"),
    "cnn": Row("Conv 1-4 5x5, Conv 4-8 5x5/2, Conv 8-12 4x4/2, 588-200-10, ReLU", 100, (1, 28, 28), (
        ("conv", 1, 4, 5, 1, 2), ("relu",), ("conv", 4, 8, 5, 2, 2), ("relu",), ("conv", 8, 12, 4, 2, 1), ("relu",),
        ("flatten",), ("affine", 588, 200), ("relu",), ("affine", 200, 10))),
    "lenet": Row("Conv 1-8 3x3, MaxPool, Conv 8-16 3x3, MaxPool, 784-10, ReLU", 100, (1, 28, 28), (
        ("conv", 1, 8, 3, 1, 1), ("relu",), ("max_pool", 2), ("conv", 8, 16, 3, 1, 1), ("relu",), ("max_pool", 2),
        ("flatten",), ("affine", 784, 10))),
    "rnn": sequence("rnn"),
    "lstm": sequence("lstm"),
    "gru": sequence("gru"),
    "attention": Row("transformer block, width 64, 4 heads, sequence 64", 32, (64, 64), (("transformer", 64, 4),),
                     loss="squared_error", learning_rate=0.01),
    "wide": Row("512-512-512-20 ReLU", 256, (512,), (
        ("affine", 512, 512), ("relu",), ("affine", 512, 512), ("relu",), ("affine", 512, 20))),
}
OTHER_SHAPES = {                         # not what kernels were tuned on
    "colour": Row("Conv 3-16, 16-32, 32-32 3x3, each with MaxPool, 512-10, ReLU", 64, (3, 32, 32), (
        ("conv", 3, 16, 3, 1, 1), ("relu",), ("max_pool", 2), ("conv", 16, 32, 3, 1, 1), ("relu",), ("max_pool", 2),
        ("conv", 32, 32, 3, 1, 1), ("relu",), ("max_pool", 2), ("flatten",), ("affine", 512, 10))),
    "norm": Row("300-150-60-5, batch norm, ReLU", 64, (300,), (
        ("affine", 300, 150), ("batch_norm", 150), ("relu",), ("affine", 150, 60), ("batch_norm", 60), ("relu",),
        ("affine", 60, 5))),
    "short": sequence("lstm", units=64, steps=30),
    "narrow": Row("transformer block, width 48, 3 heads, sequence 64", 32, (64, 48), (("transformer", 48, 3),),
                  loss="squared_error", learning_rate=0.01),
}


def multiplications(row):
    """Multiplications of a training step: forward, and backward twice as many; the inputs' own gradient does not count.

    Units     multiply-add pairs; activations, losses and updates are left out
    """
    total, shape = 0, row.example
    for position, (kind, *sizes) in enumerate(row.layers):
        times = 2 if position == 0 else 3
        if kind == "affine":
            D, M = sizes
            total += times * row.batch * int(np.prod(shape[:-1])) * D * M
            shape = (*shape[:-1], M)
        elif kind == "conv":
            C, F, size, stride, padding = sizes
            OH, OW = ((pixels + 2 * padding - size) // stride + 1 for pixels in shape[1:])
            total += times * row.batch * F * OH * OW * C * size * size
            shape = (F, OH, OW)
        elif kind == "max_pool":
            shape = (shape[0], shape[1] // sizes[0], shape[2] // sizes[0])
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind in ("rnn", "lstm", "gru"):
            D, M = sizes
            gates = {"rnn": 1, "lstm": 4, "gru": 3}[kind]
            total += row.batch * shape[0] * gates * M * (2 * D + 3 * M)
            shape = (shape[0], M)
        elif kind == "transformer":
            D, T = sizes[0], shape[0]
            total += 3 * row.batch * T * (12 * D * D + 2 * T * D)
    return total
