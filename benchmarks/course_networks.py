"""A network of each chapter, its loss and a batch: what ``frameworks`` compares with PyTorch, and what the tests repeat."""
import numpy as np

import nnlib as nn

STEPS = 10
OPTIMIZERS = {                                    # the settings of both libraries have the same names, but for the rate
    "momentum": ("SGD", 0.05, {"momentum": 0.9}),
    "Nesterov": ("SGD", 0.05, {"momentum": 0.9, "nesterov": True}),
    "RMSProp": ("RMSProp", 0.001, {}),
    "Adam": ("Adam", 0.005, {"weight_decay": 0.01}),
    "AdamW": ("AdamW", 0.005, {"weight_decay": 0.1}),
}


def dense(*sizes, activation=nn.Tanh):
    """Layers with an activation between any two of them."""
    layers = []
    for D, M in zip(sizes, sizes[1:]):
        layers += [(nn.Affine, D, M), (activation,)]
    return layers[:-1]


RECURRENT = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
NETWORKS = {                                      # layers, each as its class and its arguments
    "logistic": [(nn.Affine, 2, 1)],
    "tanh": dense(2, 4, 2, 1),
    "reader": dense(64, 32, 10, activation=nn.ReLU),
    "convolution": [(nn.Conv2d, 1, 4, 3, 1, 1), (nn.ReLU,), (nn.MaxPool2d, 2), (nn.Conv2d, 4, 6, 3, 2, 1), (nn.ReLU,),
                    (nn.AvgPool2d, 2), (nn.Flatten,), (nn.Affine, 6, 10)],
    "residual": [(nn.Affine, 64, 16), *[(nn.Residual, (nn.BatchNorm, 16), (nn.ReLU,), (nn.Affine, 16, 16))] * 4, (nn.ReLU,),
                 (nn.Affine, 16, 10)],
    **{name: [(nn.Embedding, 36, 6), (kind, 6, 12), (nn.Affine, 12, 36)] for name, kind in RECURRENT.items()},
    "transformer": [(nn.Embedding, 36, 8), *[(nn.TransformerBlock, 8, 2, True)] * 2, (nn.LayerNorm, 8), (nn.Affine, 8, 36)],
    "autoencoder": [*dense(64, 16, 2), *dense(2, 16, 64)],
}


def network(name):
    """A network of the course. Everything in it is drawn, biases and norms too, so that each parameter counts."""
    rng = np.random.default_rng(15)
    net = nn.Sequential(*(made(*layer) for layer in NETWORKS[name]))
    for _, array, _ in net.parameters():
        if array.ndim == 1:
            array += 0.1 * rng.standard_normal(array.shape)
        else:
            array[...] = rng.standard_normal(array.shape) / np.sqrt(array[0].size)
    return net


def made(kind, *arguments):
    """A layer of its class and arguments, which may be layers of the same form."""
    return kind(*(made(*argument) if isinstance(argument, tuple) else argument for argument in arguments))


def batch(name):
    """Inputs and targets, N = 12, of which the loss is a mean; the second of a sequence is one character later."""
    if name in ("logistic", "tanh"):
        return nn.data.moons(12, rng=np.random.default_rng(3))
    if name in (*RECURRENT, "transformer"):
        text = nn.data.tiny_text()
        tokens = np.searchsorted(sorted(set(text)), list(text[:12 * 9])).reshape(12, 9)
        return tokens[:, :-1], tokens[:, 1:]
    (x, y), _ = nn.data.digits()
    x, y = x[:12], x[:12] if name == "autoencoder" else y[:12]
    return (x.reshape(-1, 1, 8, 8) if name == "convolution" else x), y


def loss(name):
    """The loss of a network."""
    if name in ("logistic", "tanh"):
        return nn.BinaryCrossEntropy()
    return nn.MeanSquaredError() if name == "autoencoder" else nn.SoftmaxCrossEntropy()


def optimizer(name):
    """A new optimiser."""
    kind, rate, settings = OPTIMIZERS[name]
    return getattr(nn, kind)(rate, **settings)


def train(net, name, optimizer_name):
    """The losses of the steps, each before its step."""
    (x, y), criterion, by = batch(name), loss(name), optimizer(optimizer_name)
    losses = []
    for _ in range(STEPS):
        losses.append(criterion.forward(net.forward(x, train=True), y))
        net.backward(criterion.backward())
        by.step(net)
    return losses
