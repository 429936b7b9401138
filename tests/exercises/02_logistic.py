"""The assignment 02_logistic solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    import math

    def sigmoid(a):
        a = np.asarray(a)
        h = np.empty(a.shape)
        for i in np.ndindex(a.shape):
            h[i] = 1 / (1 + math.exp(-a[i])) if a[i] > 0 else math.exp(a[i]) / (1 + math.exp(a[i]))
        return h

    def loss(x, w, b, y):
        total = 0.0
        for n in range(len(y)):
            a = b
            for d in range(len(w)):
                a += w[d] * x[n, d]
            total += max(a, 0) - y[n] * a + math.log1p(math.exp(-abs(a)))
        return total / len(y)

    def gradient(x, w, b, y):
        dw, db = np.zeros(len(w)), 0.0
        for n in range(len(y)):
            error = sigmoid(np.array(sum(x[n] * w) + b)) - y[n]
            for d in range(len(w)):
                dw[d] += error * x[n, d] / len(y)
            db += error / len(y)
        return dw, db

    def step(x, w, b, y, learning_rate):
        dw, db = gradient(x, w, b, y)
        return np.array([w[d] - learning_rate * dw[d] for d in range(len(w))]), b - learning_rate * db

    def train(x, w, b, y, learning_rate, steps):
        losses = []
        while len(losses) < steps:
            losses.append(loss(x, w, b, y))
            w, b = step(x, w, b, y, learning_rate)
        return w, b, losses

    def log_sum_exp(a, axis):
        sums = []
        for scores in a if axis else a.T:
            largest = max(scores)
            sums.append(largest + math.log(sum(math.exp(s - largest) for s in scores)))
        return sums

    def cross_entropy(a, y):
        return sum(s - a[n, y[n]] for n, s in enumerate(log_sum_exp(a, 1))) / len(y)

    def cross_entropy_backward(a, y):
        da = np.zeros(a.shape)
        for n, k in np.ndindex(a.shape):
            p = 1 / sum(math.exp(min(s - a[n, k], 700)) for s in a[n])
            da[n, k] = (p - (k == y[n])) / len(y)
        return da

    return locals()


def einsum():
    def sigmoid(a):
        return 0.5 * (1 + np.tanh(0.5 * a))

    def loss(x, w, b, y):
        a = np.einsum("ij,j->i", x, w) + b
        return np.einsum("i->", np.logaddexp(0, (1 - 2 * y) * a)) / y.size

    def gradient(x, w, b, y):
        error = (sigmoid(np.einsum("ij,j->i", x, w) + b) - y) / y.size
        return np.einsum("ij,i->j", x, error), np.einsum("i->", error)

    def step(x, w, b, y, learning_rate):
        return tuple(p - learning_rate * dp for p, dp in zip((w, b), gradient(x, w, b, y)))

    def train(x, w, b, y, learning_rate, steps):
        losses = np.zeros(steps)
        for t in range(steps):
            losses[t] = loss(x, w, b, y)
            w, b = step(x, w, b, y, learning_rate)
        return w, b, losses

    def log_sum_exp(a, axis):
        return np.logaddexp.reduce(a, axis=axis)

    def cross_entropy(a, y):
        truth = np.eye(a.shape[1])[y]
        return (np.einsum("n->", log_sum_exp(a, 1)) - np.einsum("nk,nk->", truth, a)) / y.size

    def cross_entropy_backward(a, y):
        e = np.exp(a - a.max(axis=1, keepdims=True))
        return (np.einsum("nk,n->nk", e, 1 / np.einsum("nk->n", e)) - (np.arange(a.shape[1]) == y[:, None])) / y.size

    return locals()


def compiled():
    @njit
    def sigmoid(a):
        h = np.empty_like(a)
        for i, value in np.ndenumerate(a):
            e = np.exp(-abs(value))
            h[i] = (1.0 if value >= 0 else e) / (1 + e)
        return h

    @njit
    def loss(x, w, b, y):
        total = 0.0
        for n in range(y.size):
            a = np.dot(x[n], w) + b
            total += max(a, 0.0) - y[n] * a + np.log1p(np.exp(-abs(a)))
        return total / y.size

    @njit
    def gradient(x, w, b, y):
        error = (sigmoid(x @ w + b) - y) / y.size
        return error @ x, error.sum()

    @njit
    def step(x, w, b, y, learning_rate):
        dw, db = gradient(x, w, b, y)
        return w - learning_rate * dw, b - learning_rate * db

    @njit
    def train(x, w, b, y, learning_rate, steps):
        losses = np.empty(steps)
        for t in range(steps):
            losses[t] = loss(x, w, b, y)
            w, b = step(x, w, b, y, learning_rate)
        return w, b, losses

    @njit
    def log_sum_exp(a, axis):
        rows = a if axis == 1 else a.T
        sums = np.empty(rows.shape[0])
        for n in range(sums.size):
            largest = rows[n].max()
            sums[n] = largest + np.log(np.exp(rows[n] - largest).sum())
        return sums

    @njit
    def cross_entropy(a, y):
        total, sums = 0.0, log_sum_exp(a, 1)
        for n in range(y.size):
            total += sums[n] - a[n, y[n]]
        return total / y.size

    @njit
    def cross_entropy_backward(a, y):
        da, sums = np.empty_like(a), log_sum_exp(a, 1)
        for n in range(y.size):
            da[n] = np.exp(a[n] - sums[n])
            da[n, y[n]] -= 1
        return da / y.size

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
