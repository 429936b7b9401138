"""nnlib itself."""
import numpy as np

import nnlib as nn

NEEDS = "nnlib"
LAYERS = {
    "affine": nn.Affine, "conv": nn.Conv2d, "rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU,
    "transformer": nn.TransformerBlock, "relu": nn.ReLU, "tanh": nn.Tanh, "flatten": nn.Flatten, "max_pool": nn.MaxPool2d,
    "batch_norm": lambda M, rng, dtype: nn.BatchNorm(M, dtype=dtype),
}
PLAIN = ("relu", "tanh", "flatten", "max_pool")
LOSSES = {"cross_entropy": nn.SoftmaxCrossEntropy, "binary_cross_entropy": nn.BinaryCrossEntropy,
          "squared_error": nn.MeanSquaredError}


def network(row, rng):
    """The row's layers in float32."""
    settings = {"dtype": np.float32, "rng": rng}
    return nn.Sequential(*(LAYERS[kind](*sizes, **({} if kind in PLAIN else settings)) for kind, *sizes in row.layers))


def steps(row):
    x, y = row.data()
    net = network(row, np.random.default_rng(0))
    loss, optimizer = LOSSES[row.loss](), nn.SGD(row.learning_rate)

    def step():
        loss.forward(net.forward(x, train=True), y)
        net.backward_parameters(loss.backward())
        optimizer.step(net)

    return {"nnlib": step}
