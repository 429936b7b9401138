"""The assignment 03_networks solved in other ways: {way: {task: function}}."""
import math
import types

import numpy as np
from numba import njit


def loops():
    def leaky_relu_backward(dh, a, slope):
        da = np.empty(a.shape)
        for i in np.ndindex(a.shape):
            da[i] = dh[i] if a[i] > 0 else slope * dh[i]
        return da

    def elu_backward(dh, h, alpha):
        da = dh.copy()
        for i in np.ndindex(h.shape):
            if h[i] <= 0:
                da[i] *= h[i] + alpha
        return da

    def gelu_backward(dh, a):
        da = np.zeros(a.shape)
        for i in np.ndindex(a.shape):
            below = 0.5 * (1 + math.erf(a[i] / math.sqrt(2)))
            da[i] = dh[i] * (below + a[i] * math.exp(-a[i] * a[i] / 2) / math.sqrt(2 * math.pi))
        return da

    def maxout_backward(dh, winner, x, w, b):
        dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
        for n in range(len(x)):
            for m in range(dh.shape[1]):
                p = winner[n, m]
                db[p, m] += dh[n, m]
                for d in range(x.shape[1]):
                    dw[p, m, d] += dh[n, m] * x[n, d]
                    dx[n, d] += dh[n, m] * w[p, m, d]
        return dx, dw, db

    def count(D, units):
        shapes, parameters = [], 0
        for M in units:
            shapes.append([M, D])
            parameters += M * D + M
            D = M
        return shapes, parameters

    def twin(w1, b1, w2):
        """The units in another order, the last first and the others after it."""
        M = len(b1)
        places = [(m + 1) % M for m in range(M)]
        new_w1, new_b1, new_w2 = np.empty(w1.shape), np.empty(M), np.empty(w2.shape)
        for old, new in enumerate(places):
            new_w1[new], new_b1[new], new_w2[:, new] = w1[old], b1[old], w2[:, old]
        return new_w1, new_b1, new_w2

    def own_backward(dy, x):
        dx = np.zeros(x.shape)
        for n in range(len(dy)):
            a1, a2 = -3 * x[n, 0] + 3 * x[n, 1] - 1, 2 * x[n, 0] + 3 * x[n, 1] + 1
            a3 = -3 * x[n, 0] + 2 * x[n, 1] + 1
            first = -2 * dy[n] * (1 if a1 > 0 else 0.1)
            second = 2 * dy[n] * (1 if a2 > 0 else math.exp(a2))
            below, bell = math.erfc(-a3 / math.sqrt(2)) / 2, math.exp(-a3 ** 2 / 2) / math.sqrt(2 * math.pi)
            third = -3 * dy[n] * (below + a3 * bell)
            dx[n] = -3 * first + 2 * second - 3 * third, 3 * first + 3 * second + 2 * third
        return dx

    return locals()


def einsum():
    def leaky_relu_backward(dh, a, slope):
        return dh * ((a > 0) + slope * (a <= 0))

    def elu_backward(dh, h, alpha):
        return dh * np.where(h > 0, 1.0, h + alpha)

    def gelu_backward(dh, a):
        below = np.reshape([math.erfc(-value / math.sqrt(2)) / 2 for value in a.ravel()], a.shape)
        return dh * below + dh * a * np.exp(-0.5 * a * a) * (2 * np.pi) ** -0.5

    def maxout_backward(dh, winner, x, w, b):
        won = np.eye(len(b))[winner]                         # (N, M, P)
        return (np.einsum("nm,nmp,pmd->nd", dh, won, w), np.einsum("nm,nmp,nd->pmd", dh, won, x),
                np.einsum("nm,nmp->pm", dh, won))

    def count(D, units):
        widths = np.concatenate([[D], units])
        return np.stack([widths[1:], widths[:-1]], axis=1), np.dot(widths[1:], widths[:-1] + 1)

    def twin(w1, b1, w2):
        """tanh(-a) = -tanh(a): every unit turns its signs, and keeps its place."""
        return -w1, -b1, -w2

    def own_backward(dy, x):
        w, v = np.array([[-3.0, 3], [2, 3], [-3, 2]]), np.array([-2.0, 2, -3])
        a = np.einsum("nd,md->nm", x, w) + np.array([-1.0, 1, 1])
        below = np.vectorize(math.erfc)(-a[:, 2] / math.sqrt(2)) / 2
        slopes = np.column_stack([np.where(a[:, 0] > 0, 1, 0.1), np.exp(np.minimum(a[:, 1], 0)),
                                  below + a[:, 2] * np.exp(-a[:, 2] ** 2 / 2) / math.sqrt(2 * math.pi)])
        return np.einsum("n,m,nm,md->nd", dy, v, slopes, w)

    return locals()


def compiled():
    @njit
    def leaky_relu_backward(dh, a, slope):
        da = np.empty_like(dh)
        for i, value in np.ndenumerate(a):
            da[i] = dh[i] if value > 0 else slope * dh[i]
        return da

    @njit
    def elu_backward(dh, h, alpha):
        da = np.empty_like(dh)
        for i, value in np.ndenumerate(h):
            da[i] = dh[i] if value > 0 else (value + alpha) * dh[i]
        return da

    @njit
    def gelu_backward(dh, a):
        da = np.empty_like(dh)
        for i, value in np.ndenumerate(a):
            below = math.erfc(-value / math.sqrt(2.0)) / 2
            da[i] = dh[i] * (below + value * math.exp(-value ** 2 / 2) / math.sqrt(2 * math.pi))
        return da

    @njit
    def maxout_backward(dh, winner, x, w, b):
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
        for n in range(x.shape[0]):
            for m in range(dh.shape[1]):
                p = winner[n, m]
                db[p, m] += dh[n, m]
                for d in range(x.shape[1]):
                    dw[p, m, d] += dh[n, m] * x[n, d]
                    dx[n, d] += dh[n, m] * w[p, m, d]
        return dx, dw, db

    @njit
    def count(D, units):
        shapes, parameters = np.empty((units.size, 2), np.int64), 0
        for q in range(units.size):
            shapes[q, 0], shapes[q, 1] = units[q], D
            parameters += units[q] * (D + 1)
            D = units[q]
        return shapes, parameters

    @njit
    def twin(w1, b1, w2):
        """The units in a circle, each takes the place of the one before it."""
        M = b1.size
        order = np.array([(m + 1) % M for m in range(M)])
        return w1[order], b1[order], w2[:, order]

    @njit
    def own_backward(dy, x):
        a1, a2 = -3 * x[:, 0] + 3 * x[:, 1] - 1, 2 * x[:, 0] + 3 * x[:, 1] + 1
        da1 = leaky_relu_backward(-2 * dy, a1, 0.1)
        da2 = elu_backward(2 * dy, np.where(a2 > 0, a2, np.expm1(np.minimum(a2, 0))), 1.0)
        da3 = gelu_backward(-3 * dy, -3 * x[:, 0] + 2 * x[:, 1] + 1)
        return np.column_stack((-3 * da1 + 2 * da2 - 3 * da3, 3 * da1 + 3 * da2 + 2 * da3))

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
