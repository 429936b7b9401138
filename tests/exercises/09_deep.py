"""The assignment 09_deep solved in other ways: {way: {task: function}}."""
import math
import types

import numpy as np
from numba import njit


def loops():
    def batch_norm(x, w, b, eps):
        N, M = x.shape
        y, mean, variance = np.zeros((N, M)), [], []
        for m in range(M):
            mean.append(sum(x[:, m]) / N)
            variance.append(sum((value - mean[m]) ** 2 for value in x[:, m]) / N)
            for n in range(N):
                y[n, m] = w[m] * (x[n, m] - mean[m]) / math.sqrt(variance[m] + eps) + b[m]
        return y, mean, variance

    def batch_norm_backward(dy, mean, variance, x, w, b, eps):
        N, M = x.shape
        dx, dw, db = np.zeros((N, M)), np.zeros(M), np.zeros(M)
        for m in range(M):
            root = math.sqrt(variance[m] + eps)
            z = [(x[n, m] - mean[m]) / root for n in range(N)]
            for n in range(N):
                dw[m] += dy[n, m] * z[n]
                db[m] += dy[n, m]
            for n in range(N):
                dx[n, m] = w[m] * (N * dy[n, m] - db[m] - z[n] * dw[m]) / (N * root)
        return dx, dw, db

    def remember(running_mean, running_variance, x, rate):
        N, M = x.shape
        mean, variance = running_mean.copy(), running_variance.copy()
        for m in range(M):
            own = sum(x[:, m]) / N
            squares = 0
            for n in range(N):
                squares += (x[n, m] - own) ** 2
            mean[m] += rate * (own - mean[m])
            variance[m] += rate * (squares / (N - 1) - variance[m])
        return mean, variance

    def fold(w, b, mean, variance, scale, shift, eps):
        new_w, new_b = np.zeros(w.shape), []
        for m in range(len(w)):
            factor = scale[m] / math.sqrt(variance[m] + eps)
            new_w[m] = factor * w[m]
            new_b.append(factor * b[m] - factor * mean[m] + shift[m])
        return new_w, new_b

    def layer_norm(x, w, b, eps):
        rows = [batch_norm(row[:, None], np.ones(1), np.zeros(1), eps) for row in x]
        y = [[w[m] * z[m, 0] + b[m] for m in range(len(w))] for z, _, _ in rows]
        return y, [mean[0] for _, mean, _ in rows], [variance[0] for _, _, variance in rows]

    def layer_norm_backward(dy, mean, variance, x, w, b, eps):
        N, M = x.shape
        dx, dw, db = np.zeros((N, M)), np.zeros(M), np.zeros(M)
        for n in range(N):
            root = math.sqrt(variance[n] + eps)
            z = [(x[n, m] - mean[n]) / root for m in range(M)]
            first = sum(w[m] * dy[n, m] for m in range(M)) / M
            second = sum(w[m] * dy[n, m] * z[m] for m in range(M)) / M
            for m in range(M):
                dx[n, m] = (w[m] * dy[n, m] - first - z[m] * second) / root
                dw[m] += dy[n, m] * z[m]
                db[m] += dy[n, m]
        return dx, dw, db

    def block_backward(dy, h, x, w1, w2):
        dx, dw1, dw2 = dy.copy(), np.zeros(w1.shape), np.zeros(w2.shape)
        for n in range(len(x)):
            for m in range(len(w1)):
                dw2[:, m] += dy[n] * h[n, m]
                if h[n, m] > 0:
                    da = sum(dy[n] * w2[:, m])
                    dw1[m] += da * x[n]
                    dx[n] += da * w1[m]
        return dx, dw1, dw2

    return locals()


def einsum():
    def batch_norm(x, w, b, eps):
        mean = np.einsum("nm->m", x) / len(x)
        variance = np.einsum("nm,nm->m", x - mean, x - mean) / len(x)
        return np.einsum("m,nm,m->nm", w, x - mean, (variance + eps) ** -0.5) + b, mean, variance

    def batch_norm_backward(dy, mean, variance, x, w, b, eps):
        N, root = len(x), (variance + eps) ** 0.5
        z = (x - mean) / root
        path = (np.eye(N)[:, :, None] - 1 / N - np.einsum("nm,jm->njm", z, z) / N) * w / root
        return np.einsum("njm,jm->nm", path, dy), np.einsum("nm,nm->m", dy, z), np.einsum("nm->m", dy)

    def remember(running_mean, running_variance, x, rate):
        own = np.stack([x.mean(axis=0), np.diag(np.atleast_2d(np.cov(x, rowvar=False)))])
        return tuple(np.einsum("k,km->m", [1 - rate, rate], np.stack([old, new]))
                     for old, new in zip((running_mean, running_variance), own))

    def fold(w, b, mean, variance, scale, shift, eps):
        factor = scale * (variance + eps) ** -0.5
        return np.einsum("m,m...->m...", factor, w), np.einsum("m,m->m", factor, b - mean) + shift

    def layer_norm(x, w, b, eps):
        z, mean, variance = batch_norm(x.T, np.ones(len(x)), np.zeros(len(x)), eps)
        return z.T * w + b, mean, variance

    def layer_norm_backward(dy, mean, variance, x, w, b, eps):
        ones = np.ones(len(x))
        dx, _, _ = batch_norm_backward((w * dy).T, mean, variance, x.T, ones, ones, eps)
        z = (x.T - mean) / (variance + eps) ** 0.5
        return dx.T, np.einsum("nm,mn->m", dy, z), np.einsum("nm->m", dy)

    def block_backward(dy, h, x, w1, w2):
        da = np.einsum("nd,dm,nm->nm", dy, w2, np.sign(h))
        return dy + np.einsum("nm,md->nd", da, w1), np.einsum("nm,nd->md", da, x), np.einsum("nd,nm->dm", dy, h)

    return locals()


def compiled():
    @njit
    def statistics(numbers):
        mean, variance = 0.0, 0.0
        for number in numbers:
            mean += number / len(numbers)
        for number in numbers:
            variance += (number - mean) ** 2 / len(numbers)
        return mean, variance

    @njit
    def three_paths(dz, z, root):
        first, second = 0.0, 0.0
        for i in range(len(z)):
            first += dz[i] / len(z)
            second += dz[i] * z[i] / len(z)
        dx = np.empty(len(z))
        for i in range(len(z)):
            dx[i] = (dz[i] - first - z[i] * second) / root
        return dx

    def of_rows(x):
        return np.array([statistics(row) for row in x]).T

    def back_through_rows(dz, mean, variance, x, eps):
        root = np.sqrt(variance + eps)
        z = (x - mean[:, None]) / root[:, None]
        return np.array([three_paths(*row) for row in zip(dz, z, root)]), z

    def batch_norm(x, w, b, eps):
        mean, variance = of_rows(x.T.copy())
        return w * (x - mean) / np.sqrt(variance + eps) + b, mean, variance

    def batch_norm_backward(dy, mean, variance, x, w, b, eps):
        dx, z = back_through_rows(np.ascontiguousarray((w * dy).T), mean, variance, x.T.copy(), eps)
        return dx.T, (dy * z.T).sum(axis=0), dy.sum(axis=0)

    def remember(running_mean, running_variance, x, rate):
        mean, variance = of_rows(x.T.copy())
        bessel = len(x) / (len(x) - 1)
        return ((1 - rate) * running_mean + rate * mean, (1 - rate) * running_variance + rate * bessel * variance)

    @njit
    def fold_rows(w, b, mean, variance, scale, shift, eps):
        for m in range(len(w)):
            factor = scale[m] / math.sqrt(variance[m] + eps)
            b[m] = factor * (b[m] - mean[m]) + shift[m]
            for d in range(w.shape[1]):
                w[m, d] *= factor

    def fold(w, b, *norm):
        rows, new_b = w.reshape(len(w), -1).copy(), b.copy()
        fold_rows(rows, new_b, *norm)
        return rows.reshape(w.shape), new_b

    def layer_norm(x, w, b, eps):
        mean, variance = of_rows(x)
        return w * ((x - mean[:, None]) / np.sqrt(variance + eps)[:, None]) + b, mean, variance

    def layer_norm_backward(dy, mean, variance, x, w, b, eps):
        dx, z = back_through_rows(w * dy, mean, variance, x, eps)
        return dx, (dy * z).sum(axis=0), dy.sum(axis=0)

    @njit
    def block_backward(dy, h, x, w1, w2):
        dx, dw1, dw2 = dy.copy(), np.zeros(w1.shape), np.zeros(w2.shape)
        for n in range(x.shape[0]):
            for m in range(w1.shape[0]):
                da = 0.0
                for d in range(x.shape[1]):
                    dw2[d, m] += dy[n, d] * h[n, m]
                    da += dy[n, d] * w2[d, m]
                for d in range(x.shape[1] if h[n, m] > 0 else 0):
                    dw1[m, d] += da * x[n, d]
                    dx[n, d] += da * w1[m, d]
        return dx, dw1, dw2

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
