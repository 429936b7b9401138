"""The assignment 01_perceptron solved in other ways: {way: {task: function}}."""
import itertools
import types

import numpy as np
from numba import njit

OWN_POINTS = np.array([[1.0, 0.5], [2.0, -1.0], [0.5, 2.0], [-1.0, 0.0], [-0.5, -2.0], [-2.0, 1.5]])
OWN_LABELS = np.array([1, 1, 1, 0, 0, 0])


def loops():
    def score(x, w, b):
        total = b
        for d in range(len(w)):
            total += w[d] * x[d]
        return total

    def decide(x, w, b):
        return [1 if score(x_n, w, b) > 0 else 0 for x_n in x]

    def step(x, w, b, y):
        fires = score(x, w, b) > 0
        if fires and y == 0:
            return [w[d] - x[d] for d in range(len(w))], b - 1
        if not fires and y == 1:
            return [w[d] + x[d] for d in range(len(w))], b + 1
        return w, b

    def epoch(x, w, b, y):
        mistakes = 0
        for n in range(len(y)):
            if decide([x[n]], w, b)[0] != y[n]:
                mistakes += 1
                w, b = step(x[n], w, b, y[n])
        return w, b, mistakes

    def margin(x, w, b, y):
        length, smallest = sum(w_d ** 2 for w_d in w) ** 0.5, float("inf")
        for n in range(len(y)):
            away = score(x[n], w, b) / length
            smallest = min(smallest, away if y[n] == 1 else -away)
        return smallest

    def gate(pattern):
        w, ones = [], 0
        for value in pattern:
            w.append(3.0 if value == 1 else -7.0)
            ones += value == 1
        return w, -3.0 * ones + 1.0 if ones else 1.0

    def network(patterns):
        w1, b1 = zip(*[gate(pattern) for pattern in patterns])
        return list(w1), list(b1), [2] * len(w1), -1

    def contest(w, b):
        mistakes, margins = [], []
        for weights, bias in zip(w, b):
            signs = [1 if y else -1 for y in OWN_LABELS]
            safe = [z * (weights @ x + bias) / (weights @ weights) ** 0.5 for x, z in zip(OWN_POINTS, signs)]
            mistakes.append(sum(distance < 0 for distance in safe))
            margins.append(min(safe))
        return mistakes, margins

    return locals()


def einsum():
    def decide(x, w, b):
        return np.heaviside(np.einsum("nd,d->n", x, w) + b, 0)

    def step(x, w, b, y):
        error = y - int(np.dot(w, x) > -b)
        return tuple(part + error * factor for part, factor in ((w, x), (b, 1)))

    def epoch(x, w, b, y):
        theta, x = np.append(w, b), np.column_stack([x, np.ones(len(x))])
        errors = np.zeros(len(y))
        for n in range(len(y)):
            errors[n] = y[n] - np.heaviside(theta @ x[n], 0)
            theta = theta + errors[n] * x[n]
        return theta[:-1], theta[-1], np.count_nonzero(errors)

    def margin(x, w, b, y):
        return np.sort(np.where(y == 1, 1, -1) * (np.einsum("nd,d->n", x, w) + b))[0] / np.sqrt(np.einsum("d,d->", w, w))

    def gate(pattern):
        return np.where(pattern == 1, 2.0, -2.0), np.array([1 - 2 * pattern.sum()])

    def network(patterns):
        """A hidden perceptron for every pattern there is; the weights of the last say which count."""
        every = np.array(list(itertools.product([0, 1], repeat=patterns.shape[1])))
        wanted = np.array([any(np.array_equal(row, pattern) for pattern in patterns) for row in every])
        return 2 * every - 1, 0.5 - every.sum(axis=1), np.where(wanted, 1.0, -1.0), 0.0

    def contest(w, b):
        a = np.einsum("kd,pd->kp", w, OWN_POINTS) + b[:, None]
        z = 2 * OWN_LABELS - 1
        return np.sum(z * a < 0, axis=1), np.min(z * a, axis=1) / np.sqrt(np.einsum("kd,kd->k", w, w))

    return locals()


def compiled():
    @njit
    def decide(x, w, b):
        return np.array([1.0 if np.dot(x_n, w) + b > 0 else 0.0 for x_n in x])

    @njit
    def step(x, w, b, y):
        error = y - (1.0 if np.dot(x, w) + b > 0 else 0.0)
        return w + error * x, b + error

    @njit
    def epoch(x, w, b, y):
        mistakes = 0.0
        for n in range(y.size):
            mistakes += abs(y[n] - (1.0 if np.dot(x[n], w) + b > 0 else 0.0))
            w, b = step(x[n], w, b, y[n])
        return w, b, mistakes

    @njit
    def margin(x, w, b, y):
        return np.min((2 * y - 1) * (x @ w + b)) / np.sqrt(np.sum(w * w))

    @njit
    def gate(pattern):
        return pattern - 0.5, 0.25 - np.sum(pattern) / 2

    @njit
    def network(patterns):
        K, D = patterns.shape
        w1, b1 = np.empty((K, D)), np.empty(K)
        for k in range(K):
            b1[k] = 0.25
            for d in range(D):
                w1[k, d] = patterns[k, d] - 0.5
                b1[k] -= patterns[k, d] / 2
        return w1, b1, np.ones(K), 0.0

    @njit
    def contest(w, b):
        mistakes, margins = np.zeros(b.size), np.full(b.size, np.inf)
        for k in range(b.size):
            for p in range(OWN_LABELS.size):
                a = w[k, 0] * OWN_POINTS[p, 0] + w[k, 1] * OWN_POINTS[p, 1] + b[k]
                mistakes[k] += (a > 0) != (OWN_LABELS[p] == 1)
                margins[k] = min(margins[k], (2 * OWN_LABELS[p] - 1) * a / np.sqrt(w[k, 0] ** 2 + w[k, 1] ** 2))
        return mistakes, margins

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
