"""The assignment 06_training solved in other ways: {way: {task: function}}."""
import math
import types

import numpy as np
from numba import njit


def loops():
    def momentum(w, dw, v, learning_rate, mu):
        new_w, new_v = np.empty(w.shape), np.empty(w.shape)
        for i in np.ndindex(w.shape):
            new_v[i] = mu * v[i] + dw[i]
            new_w[i] = w[i] - learning_rate * new_v[i]
        return new_w, new_v

    def nesterov(w, dw, v, learning_rate, mu):
        new_w, new_v = w.copy(), v.copy()
        for i in np.ndindex(w.shape):
            new_v[i] *= mu
            new_v[i] += dw[i]
            new_w[i] -= learning_rate * dw[i]
            new_w[i] -= learning_rate * mu * new_v[i]
        return new_w, new_v

    def rmsprop(w, dw, v, learning_rate, alpha, eps):
        new_w, new_v = np.empty(w.shape), np.empty(w.shape)
        for i in np.ndindex(w.shape):
            new_v[i] = v[i] + (1 - alpha) * (dw[i] * dw[i] - v[i])
            new_w[i] = w[i] - learning_rate * dw[i] / (math.sqrt(new_v[i]) + eps)
        return new_w, new_v

    def adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
        new_w, new_m, new_v = w.copy(), m.copy(), v.copy()
        for i in np.ndindex(w.shape):
            new_m[i] = beta1 * m[i] + (1 - beta1) * dw[i]
            new_v[i] = beta2 * v[i] + (1 - beta2) * dw[i] * dw[i]
            root = math.sqrt(new_v[i] / (1 - beta2 ** t))
            new_w[i] -= learning_rate * new_m[i] / (1 - beta1 ** t) / (root + eps)
        return [new_w, new_m, new_v]

    def adamw(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
        smaller = w.copy()
        for i in np.ndindex(w.shape):
            smaller[i] -= learning_rate * weight_decay * smaller[i]
        return adam(smaller, dw, m, v, t, learning_rate, beta1, beta2, eps)

    def schedule(t, learning_rate, warm_up, total):
        rates = []
        for step in t:
            rate = 0.5 * learning_rate * (1 + math.cos(math.pi * step / total)) if step < total else 0
            rates.append(rate * (step + 1) / warm_up if step + 1 < warm_up else rate)
        return rates

    def clip(dw, db, clip_norm):
        squares = 0.0
        for value in [*dw.ravel(), *db]:
            squares += value * value
        if squares <= clip_norm ** 2:
            return dw, db
        return dw / math.sqrt(squares) * clip_norm, db / math.sqrt(squares) * clip_norm

    def first_weights(z, u):
        out, inside, *window = z.shape
        for side in window:
            out, inside = out * side, inside * side
        he, glorot = np.empty(z.shape), np.empty(z.shape)
        for i in np.ndindex(z.shape):
            he[i] = z[i] * math.sqrt(2 / inside)
            glorot[i] = (u[i] - 0.5) * 2 * math.sqrt(6 / (inside + out))
        return he, glorot

    def own_descent(w, learning_rate, steps):
        ends, losses = [], []
        for u, v in w.tolist():
            for _ in range(steps):
                a, b = u - 1.5, v + 1
                u, v = u - learning_rate * (6 * a + 2 * b), v - learning_rate * 2 * (a + b)
            ends.append([u, v])
            losses.append(3 * (u - 1.5) ** 2 + 2 * (u - 1.5) * (v + 1) + (v + 1) ** 2)
        return ends, losses

    return locals()


def einsum():
    def momentum(w, dw, v, learning_rate, mu):
        return w - learning_rate * dw - learning_rate * mu * v, dw + mu * v

    def nesterov(w, dw, v, learning_rate, mu):
        return w - learning_rate * ((1 + mu) * dw + mu ** 2 * v), dw + mu * v

    def rmsprop(w, dw, v, learning_rate, alpha, eps):
        mean = np.average([v, np.square(dw)], axis=0, weights=[alpha, 1 - alpha])
        return w - np.einsum(",...,...->...", learning_rate, dw, 1 / (mean ** 0.5 + eps)), mean

    def adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
        m, v = (np.einsum("i,i...->...", [beta, 1 - beta], np.stack([old, new]))
                for beta, old, new in ((beta1, m, dw), (beta2, v, dw * dw)))
        root = np.sqrt(1 - beta2 ** t)
        return w - learning_rate * root / (1 - beta1 ** t) * m / (np.sqrt(v) + eps * root), m, v

    def adamw(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
        moved, m, v = adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps)
        return moved - learning_rate * weight_decay * w, m, v

    def schedule(t, learning_rate, warm_up, total):
        return learning_rate * np.cos(np.pi / 2 * np.clip(t / total, 0, 1)) ** 2 * np.clip((t + 1) / warm_up, 0, 1)

    def clip(dw, db, clip_norm):
        length = np.linalg.norm(np.concatenate([dw.ravel(), db]))
        return tuple(np.where(length > clip_norm, clip_norm, length) / (length or 1) * each for each in (dw, db))

    def first_weights(z, u):
        D, M = z[0].size, z[:, 0].size
        return z / np.sqrt(D / 2), np.interp(u, [0, 1], np.sqrt(6 / (D + M)) * np.array([-1, 1]))

    def own_descent(w, learning_rate, steps):
        A, centre = np.array([[6.0, 2], [2, 2]]), np.array([1.5, -1])
        shrink = np.linalg.matrix_power(np.eye(2) - learning_rate * A, steps)
        away = np.einsum("nd,de->ne", w - centre, shrink)
        return centre + away, np.einsum("nd,de,ne->n", away, A, away) / 2

    return locals()


def compiled():                                      # loops on flat arrays, which compile once for all shapes
    @njit
    def both_means(dw, m, v, beta1, beta2):
        new_m, new_v = np.empty(dw.size), np.empty(dw.size)
        for i in range(dw.size):
            new_m[i] = beta1 * m[i] + (1 - beta1) * dw[i]
            new_v[i] = beta2 * v[i] + (1 - beta2) * dw[i] * dw[i]
        return new_m, new_v

    @njit
    def moved(w, step, scale, learning_rate, eps):
        new = np.empty(w.size)
        for i in range(w.size):
            new[i] = w[i] - learning_rate * step[i] / (math.sqrt(scale[i]) + eps)
        return new

    def momentum(w, dw, v, learning_rate, mu):
        new = mu * v + dw
        return moved(w.ravel(), new.ravel(), np.ones(w.size), learning_rate, 0.0).reshape(w.shape), new

    def nesterov(w, dw, v, learning_rate, mu):
        _, new = momentum(w, dw, v, learning_rate, mu)
        return moved(w.ravel(), (dw + mu * new).ravel(), np.ones(w.size), learning_rate, 0.0).reshape(w.shape), new

    def rmsprop(w, dw, v, learning_rate, alpha, eps):
        _, new = both_means(dw.ravel(), v.ravel(), v.ravel(), alpha, alpha)
        return moved(w.ravel(), dw.ravel(), new, learning_rate, eps).reshape(w.shape), new.reshape(w.shape)

    def adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
        new_m, new_v = both_means(dw.ravel(), m.ravel(), v.ravel(), beta1, beta2)
        new = moved(w.ravel(), new_m / (1 - beta1 ** t), new_v / (1 - beta2 ** t), learning_rate, eps)
        return tuple(each.reshape(w.shape) for each in (new, new_m, new_v))

    def adamw(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
        return adam(w * (1 - learning_rate * weight_decay), dw, m, v, t, learning_rate, beta1, beta2, eps)

    @njit
    def schedule(t, learning_rate, warm_up, total):
        rates = np.zeros(t.size)
        for i in range(t.size):
            if t[i] < total:
                rates[i] = min((t[i] + 1) / warm_up, 1.0) * learning_rate * (1 + math.cos(math.pi * t[i] / total)) / 2
        return rates

    @njit
    def squared_length(numbers):
        total = 0.0
        for number in numbers:
            total += number * number
        return total

    def clip(dw, db, clip_norm):
        length = math.sqrt(squared_length(dw.ravel()) + squared_length(db))
        factor = clip_norm / max(length, clip_norm)
        return dw * factor, db * factor

    @njit
    def stretched(z, u, D, M):
        he, glorot = np.empty(z.size), np.empty(u.size)
        for i in range(z.size):
            he[i], glorot[i] = math.sqrt(2 / D) * z[i], math.sqrt(6 / (D + M)) * (2 * u[i] - 1)
        return he, glorot

    def first_weights(z, u):
        window = z.size // (z.shape[0] * z.shape[1])
        he, glorot = stretched(z.ravel(), u.ravel(), z.shape[1] * window, z.shape[0] * window)
        return he.reshape(z.shape), glorot.reshape(z.shape)

    @njit
    def own_descent(w, learning_rate, steps):
        a, b = w[:, 0] - 1.5, w[:, 1] + 1
        for _ in range(steps):
            a, b = a - learning_rate * (6 * a + 2 * b), b - learning_rate * 2 * (a + b)
        return np.column_stack((a + 1.5, b - 1)), 3 * a ** 2 + 2 * a * b + b ** 2

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
