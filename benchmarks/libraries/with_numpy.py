"""NumPy: the plain kernels, which are the equations of the book as array expressions; no attention block."""
import numpy as np

from nnlib.kernels import plain

NEEDS = "numpy"


def weights(rng, *shape):
    """Normal numbers in float32, smaller where more of them are added up."""
    return (rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def zeros(*shape):
    return np.zeros(shape, np.float32)


class Affine:
    def __init__(self, rng, D, M):
        self.parameters = [weights(rng, M, D), zeros(M)]

    def forward(self, x):
        self.rows = x.reshape(-1, x.shape[-1])
        return plain.affine_forward(self.rows, *self.parameters).reshape(*x.shape[:-1], -1)

    def backward(self, dy):
        dx, *self.gradients = plain.affine_backward(dy.reshape(len(self.rows), -1), self.rows, *self.parameters)
        return dx.reshape(*dy.shape[:-1], -1)


class Convolution:
    def __init__(self, rng, C, F, size, stride, padding):
        self.parameters = [weights(rng, F, C, size, size), zeros(F)]
        self.settings = (stride, stride), (padding, padding)

    def forward(self, x):
        self.x = x
        return plain.conv2d_forward(x, *self.parameters, *self.settings)

    def backward(self, dy):
        dx, *self.gradients = plain.conv2d_backward(dy, self.x, *self.parameters, *self.settings)
        return dx


class Recurrent:
    """A layer of G gates that starts from zeros; a subclass names its kernels."""

    states = 1

    def __init__(self, rng, D, M):
        self.parameters = [weights(rng, self.G * M, D), weights(rng, self.G * M, M), zeros(self.G * M)]

    def forward(self, x):
        start = zeros(len(x), self.parameters[1].shape[1])
        self.taken = x, *[start] * self.states, *self.parameters
        y, *self.saved = self.kernels[0](*self.taken)
        return y

    def backward(self, dy):
        dx, *gradients = self.kernels[1](dy, *self.saved, *self.taken)
        self.gradients = gradients[self.states:]
        return dx


class RNN(Recurrent):
    G, kernels = 1, (plain.rnn_forward, plain.rnn_backward)


class LSTM(Recurrent):
    G, kernels, states = 4, (plain.lstm_forward, plain.lstm_backward), 2


class GRU(Recurrent):
    G, kernels = 3, (plain.gru_forward, plain.gru_backward)

    def __init__(self, rng, D, M):
        super().__init__(rng, D, M)
        self.parameters.append(zeros(M))


class WithoutParameters:
    parameters = gradients = ()


class ReLU(WithoutParameters):
    def forward(self, x):
        self.x = x
        return plain.relu_forward(x)

    def backward(self, dy):
        return plain.relu_backward(dy, self.x)


class Tanh(WithoutParameters):
    def forward(self, x):
        self.h = plain.tanh_forward(x)
        return self.h

    def backward(self, dy):
        return plain.tanh_backward(dy, self.h)


class MaxPool(WithoutParameters):
    def __init__(self, size):
        self.size = size, size

    def forward(self, x):
        self.x = x
        y, self.at = plain.max_pool2d_forward(x, self.size, self.size)
        return y

    def backward(self, dy):
        return plain.max_pool2d_backward(dy, self.at, self.x)


class Flatten(WithoutParameters):
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


LAYERS = {"affine": Affine, "conv": Convolution, "rnn": RNN, "lstm": LSTM, "gru": GRU}
NO_PARAMETERS = {"relu": ReLU, "tanh": Tanh, "max_pool": MaxPool, "flatten": Flatten}


def gradient(loss, a, y):
    """Gradient of the mean loss with respect to the scores; the loss itself costs as much and is computed too."""
    if loss == "binary_cross_entropy":
        plain.binary_cross_entropy_forward(a.ravel(), y.ravel())
        return plain.binary_cross_entropy_backward(a.ravel(), y.ravel()).reshape(a.shape)
    _, p = plain.softmax_cross_entropy_forward(a.reshape(-1, a.shape[-1]), y.ravel())
    return plain.softmax_cross_entropy_backward(p, y.ravel()).reshape(a.shape)


def steps(row):
    if not {kind for kind, *_ in row.layers} <= LAYERS.keys() | NO_PARAMETERS.keys():
        return {}
    rng = np.random.default_rng(0)
    x, y = row.data()
    net = [LAYERS[kind](rng, *sizes) if kind in LAYERS else NO_PARAMETERS[kind](*sizes) for kind, *sizes in row.layers]

    def step():
        a = x
        for layer in net:
            a = layer.forward(a)
        da = gradient(row.loss, a, y)
        for layer in reversed(net):
            da = layer.backward(da)
        for layer in net:
            for w, dw in zip(layer.parameters, layer.gradients, strict=True):
                plain.sgd_update(w, dw, None, row.learning_rate, 0, False, 0)

    return {"NumPy": step}
