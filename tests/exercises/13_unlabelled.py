"""The assignment 13_unlabelled solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    def principal(x, M):
        mean = [sum(pixel) / len(x) for pixel in x.T]
        scatter = sum(np.outer(image - mean, image - mean) for image in x)
        values, vectors = np.linalg.eigh(scatter)
        return mean, [-vectors[:, i] for i in np.argsort(-values)[:M]]

    def reconstruct(x, mean, v):
        h, x_hat, error = np.zeros((len(x), len(v))), np.zeros(x.shape), 0.0
        for n in range(len(x)):
            x_hat[n] = mean
            for m in range(len(v)):
                h[n, m] = sum(v[m] * (x[n] - mean))
                x_hat[n] += h[n, m] * v[m]
            error += sum((x_hat[n] - x[n]) ** 2) / x.size
        return h, x_hat, error

    def linear_tied(x, w):
        loss, dw = 0.0, np.zeros(w.shape)
        for image in x:
            h = [sum(row * image) for row in w]
            missing = sum(number * row for number, row in zip(h, w)) - image
            loss += sum(missing ** 2) / x.size
            for m, row in enumerate(w):
                dw[m] += 2 * (h[m] * missing + sum(row * missing) * image) / x.size
        return loss, dw

    def tied_backward(dy, h, x, w, b, b2):
        dw, db, db2 = np.zeros(w.shape), np.zeros(len(w)), np.zeros(x.shape[1])
        for n, m in np.ndindex(h.shape):
            dw[m] += h[n, m] * dy[n]
            if h[n, m] > 0:
                da = sum(w[m] * dy[n])
                dw[m] += da * x[n]
                db[m] += da
        for row in dy:
            db2 += row
        return dw, db, db2

    def spoil(x, u, p):
        return [[0 if chance < p / 2 else 1 if chance < p else pixel for pixel, chance in zip(*rows)] for rows in zip(x, u)]

    return locals()


def einsum():
    def principal(x, M):
        mean = np.einsum("nd->d", x) / len(x)
        z = x - mean
        vectors = np.linalg.eigh(np.einsum("nd,ne->de", z, z))[1]
        return mean, vectors.T[::-1][:M]

    def reconstruct(x, mean, v):
        h = np.einsum("md,nd->nm", v, x) - v @ mean
        x_hat = np.einsum("nm,md->nd", h, v) + mean
        return h, x_hat, np.einsum("nd,nd->", x_hat - x, x_hat - x) / x.size

    def linear_tied(x, w):
        missing = np.einsum("md,me,ne->nd", w, w, x) - x
        both = np.einsum("nd,ne->de", missing, x)
        return np.einsum("nd,nd->", missing, missing) / x.size, 2 * np.einsum("me,de->md", w, both + both.T) / x.size

    def tied_backward(dy, h, x, w, b, b2):
        da = np.where(h > 0, np.einsum("nd,md->nm", dy, w), 0)
        return np.einsum("nm,nd->md", h, dy) + np.einsum("nm,nd->md", da, x), np.einsum("nm->m", da), np.einsum("nd->d", dy)

    def spoil(x, u, p):
        kept = u >= p
        return kept * x + ~kept * (2 * u >= p)

    return locals()


def compiled():
    def principal(x, M):
        u, values, _ = np.linalg.svd((x - x.mean(axis=0)).T)                         # the cloud on its side
        return x.mean(axis=0), u.T[np.argsort(-values, kind="stable")[:M]]

    @njit
    def reconstruct(x, mean, v):
        h, x_hat, error = np.zeros((len(x), len(v))), np.zeros(x.shape), 0.0
        for n in range(len(x)):
            for m in range(len(v)):
                for d in range(len(mean)):
                    h[n, m] += v[m, d] * (x[n, d] - mean[d])
            for d in range(len(mean)):
                x_hat[n, d] = mean[d]
                for m in range(len(v)):
                    x_hat[n, d] += h[n, m] * v[m, d]
                error += (x_hat[n, d] - x[n, d]) ** 2 / x.size
        return h, x_hat, error

    @njit
    def linear_tied(x, w):
        loss, dw = 0.0, np.zeros(w.shape)
        M, D = w.shape
        for n in range(len(x)):
            h, missing, back = np.zeros(M), np.zeros(D), np.zeros(M)
            for m in range(M):
                for d in range(D):
                    h[m] += w[m, d] * x[n, d]
            for d in range(D):
                missing[d] = -x[n, d]
                for m in range(M):
                    missing[d] += h[m] * w[m, d]
                loss += missing[d] ** 2 / x.size
            for m in range(M):
                for d in range(D):
                    back[m] += w[m, d] * missing[d]
                for d in range(D):
                    dw[m, d] += 2 * (h[m] * missing[d] + back[m] * x[n, d]) / x.size
        return loss, dw

    @njit
    def tied_backward(dy, h, x, w, b, b2):
        dw, db, db2 = np.zeros(w.shape), np.zeros(len(b)), np.zeros(len(b2))
        for n in range(len(x)):
            for d in range(len(b2)):
                db2[d] += dy[n, d]
            for m in range(len(b)):
                da = 0.0
                for d in range(len(b2)):
                    da += dy[n, d] * w[m, d] if h[n, m] > 0 else 0.0
                db[m] += da
                for d in range(len(b2)):
                    dw[m, d] += h[n, m] * dy[n, d] + da * x[n, d]
        return dw, db, db2

    @njit
    def spoil(x, u, p):
        y = x.copy()
        for n in range(x.shape[0]):
            for d in range(x.shape[1]):
                if u[n, d] < p:
                    y[n, d] = 0.0 if u[n, d] < p / 2 else 1.0
        return y

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
