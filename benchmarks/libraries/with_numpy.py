"""NumPy written plainly: the equations of the book as array expressions; no recurrent gates, no attention."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

NEEDS = "numpy"


class Affine:
    def __init__(self, rng, D, M):
        self.parameters = [(rng.standard_normal((M, D)) / np.sqrt(D)).astype(np.float32), np.zeros(M, np.float32)]

    def forward(self, x):
        self.x = x
        w, b = self.parameters
        return x @ w.T + b

    def backward(self, dy):
        rows, drows = self.x.reshape(-1, self.x.shape[-1]), dy.reshape(-1, dy.shape[-1])
        self.gradients = drows.T @ rows, drows.sum(axis=0)
        return dy @ self.parameters[0]


class Convolution:
    def __init__(self, rng, C, F, size, stride, padding):
        self.parameters = [(rng.standard_normal((F, C, size, size)) / size).astype(np.float32), np.zeros(F, np.float32)]
        self.size, self.stride, self.padding = size, stride, padding

    def forward(self, x):
        border = ((0, 0), (0, 0), (self.padding,) * 2, (self.padding,) * 2)
        self.padded = np.pad(x, border)
        self.windows = sliding_window_view(self.padded, (self.size, self.size), (2, 3))[:, :, ::self.stride, ::self.stride]
        w, b = self.parameters
        return np.tensordot(self.windows, w, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[:, None, None]

    def backward(self, dy):
        self.gradients = np.tensordot(dy, self.windows, ((0, 2, 3), (0, 2, 3))), dy.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.padded)
        rows, columns = self.stride * dy.shape[2], self.stride * dy.shape[3]
        for k in range(self.size):
            for l in range(self.size):
                dx[:, :, k:k + rows:self.stride, l:l + columns:self.stride] += np.tensordot(
                    dy, self.parameters[0][:, :, k, l], (1, 0)).transpose(0, 3, 1, 2)
        return dx[:, :, self.padding:dx.shape[2] - self.padding, self.padding:dx.shape[3] - self.padding]


class Recurrent:
    def __init__(self, rng, D, M):
        self.parameters = [(rng.standard_normal((M, D)) / np.sqrt(D)).astype(np.float32),
                           (rng.standard_normal((M, M)) / np.sqrt(M)).astype(np.float32), np.zeros(M, np.float32)]

    def forward(self, x):
        w_x, w_h, b = self.parameters
        self.x, self.h = x, np.zeros((x.shape[1] + 1, len(x), len(b)), np.float32)
        for t in range(x.shape[1]):
            self.h[t + 1] = np.tanh(x[:, t] @ w_x.T + self.h[t] @ w_h.T + b)
        return self.h[1:].swapaxes(0, 1)

    def backward(self, dy):
        w_x, w_h, b = self.parameters
        self.gradients = dw_x, dw_h, db = [np.zeros_like(w) for w in self.parameters]
        dx, dh = np.empty_like(self.x), np.zeros_like(self.h[0])
        for t in reversed(range(dy.shape[1])):
            da = (dy[:, t] + dh) * (1 - self.h[t + 1] ** 2)
            dw_x += da.T @ self.x[:, t]
            dw_h += da.T @ self.h[t]
            db += da.sum(axis=0)
            dx[:, t], dh = da @ w_x, da @ w_h
        return dx


class Plain:
    """A layer without parameters."""

    parameters = gradients = ()


class ReLU(Plain):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * (self.x > 0)


class Tanh(Plain):
    def forward(self, x):
        self.h = np.tanh(x)
        return self.h

    def backward(self, dy):
        return dy * (1 - self.h ** 2)


class MaxPool(Plain):
    def __init__(self, size):
        self.size = size

    def forward(self, x):
        N, C, H, W = x.shape
        self.shape, s = x.shape, self.size
        windows = x.reshape(N, C, H // s, s, W // s, s).swapaxes(3, 4).reshape(N, C, H // s, W // s, s * s)
        self.at = windows.argmax(axis=-1)[..., None]
        return np.take_along_axis(windows, self.at, -1)[..., 0]

    def backward(self, dy):
        N, C, H, W = self.shape
        s = self.size
        windows = np.zeros((N, C, H // s, W // s, s * s), np.float32)
        np.put_along_axis(windows, self.at, dy[..., None], -1)
        return windows.reshape(N, C, H // s, W // s, s, s).swapaxes(3, 4).reshape(self.shape)


class Flatten(Plain):
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


LAYERS = {"affine": Affine, "conv": Convolution, "rnn": Recurrent}
PLAIN = {"relu": ReLU, "tanh": Tanh, "max_pool": MaxPool, "flatten": Flatten}


def gradient(loss, a, y):
    """Gradient of the mean loss with respect to the scores; the loss itself costs as much and is computed too."""
    if loss == "binary_cross_entropy":
        np.mean(np.logaddexp(0, a) - y * a)
        return (1 / (1 + np.exp(-a)) - y) / len(a)
    scores = a.reshape(-1, a.shape[-1])
    scores = scores - scores.max(axis=1, keepdims=True)
    places = np.arange(len(scores)), y.ravel()
    p = np.exp(scores)
    total = p.sum(axis=1, keepdims=True)
    np.mean(np.log(total[:, 0]) - scores[places])
    p /= total
    p[places] -= 1
    return (p / np.float32(len(p))).reshape(a.shape)


def steps(row):
    if not {kind for kind, *_ in row.layers} <= LAYERS.keys() | PLAIN.keys():
        return {}
    rng = np.random.default_rng(0)
    x, y = row.data()
    net = [LAYERS[kind](rng, *sizes) if kind in LAYERS else PLAIN[kind](*sizes) for kind, *sizes in row.layers]

    def step():
        a = x
        for layer in net:
            a = layer.forward(a)
        da = gradient(row.loss, a, y)
        for layer in reversed(net):
            da = layer.backward(da)
        for layer in net:
            for w, dw in zip(layer.parameters, layer.gradients):
                w -= np.float32(row.learning_rate) * dw

    return {"NumPy": step}
