"""The assignment 05_backprop solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    import math

    def affine_backward(da, x, w, b):
        dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(b))
        for n in range(len(x)):
            for m in range(len(b)):
                db[m] += da[n, m]
                for d in range(x.shape[1]):
                    dx[n, d] += da[n, m] * w[m, d]
                    dw[m, d] += da[n, m] * x[n, d]
        return dx, dw, db

    def tanh_backward(dh, h):
        da = np.empty(h.shape)
        for i in np.ndindex(h.shape):
            da[i] = dh[i] - dh[i] * h[i] * h[i]
        return da

    def squared_error_backward(y_hat, y):
        return np.array([[(y_hat[n, k] - y[n, k]) / len(y) for k in range(y.shape[1])] for n in range(len(y))])

    def network_gradient(x, y, w1, b1, w2, b2):
        gradients = [np.zeros(p.shape) for p in (w1, b1, w2, b2)]
        for n in range(len(x)):                              # one example at a time
            h = np.array([math.tanh(a) for a in w1 @ x[n] + b1])
            dy_hat = (w2 @ h + b2 - y[n]) / len(x)
            da = [(1 - h[m] ** 2) * sum(w2[:, m] * dy_hat) for m in range(len(h))]
            for g, more in zip(gradients, (np.outer(da, x[n]), da, np.outer(dy_hat, h), dy_hat)):
                g += more
        return tuple(gradients)

    def numerical_gradient(x, y, w1, b1, w2, b2, step=1e-5):
        def at(moved):
            total = 0.0
            for n in range(len(x)):
                error = w2 @ np.tanh(moved @ x[n] + b1) + b2 - y[n]
                total += sum(error * error) / 2
            return total / len(x)

        moved, dw1 = w1.copy(), np.empty(w1.shape)
        for i in range(w1.size):
            kept = moved.flat[i]
            moved.flat[i] = kept + step
            dw1.flat[i] = at(moved)
            moved.flat[i] = kept - step
            dw1.flat[i] -= at(moved)
            moved.flat[i] = kept
        return dw1 / (2 * step)

    def unpacked(sizes, theta):
        start = 0
        for D, M in zip(sizes[:-1], sizes[1:]):
            yield theta[start:start + M * D].reshape(M, D), theta[start + M * D:start + M * D + M]
            start += M * (D + 1)

    def deep_forward(x, sizes, theta):
        y_hat, kept = [], []
        for row in x:                                        # one example at a time
            h, read = row, []
            for w, b in unpacked(sizes, theta):
                read.extend(h)
                a = w @ h + b
                h = np.array([math.tanh(value) for value in a])
            y_hat.append(a)
            kept.append(read)
        return np.array(y_hat), np.array(kept)

    def deep_backward(dy_hat, kept, x, sizes, theta):
        layers, dx, dtheta = list(unpacked(sizes, theta)), np.zeros(x.shape), np.zeros(theta.shape)
        for n in range(len(x)):
            da, end, last = dy_hat[n], kept.shape[1], len(theta)
            for w, _ in layers[::-1]:
                h = kept[n, end - w.shape[1]:end]
                dtheta[last - w.size - len(w):last] += np.append(np.outer(da, h), da)
                dh = w.T @ da
                da, end, last = dh * (1 - h * h), end - w.shape[1], last - w.size - len(w)
            dx[n] = dh
        return dx, dtheta

    return locals()


def einsum():
    def affine_backward(da, x, w, b):
        return np.einsum("nm,md->nd", da, w), np.einsum("nm,nd->md", da, x), np.einsum("nm->m", da)

    def tanh_backward(dh, h):
        return np.einsum("...,...->...", dh, (1 + h) * (1 - h))

    def squared_error_backward(y_hat, y):
        return np.einsum("nk->nk", y_hat - y) / y.shape[0]

    def network_gradient(x, y, w1, b1, w2, b2):
        h = np.tanh(np.einsum("nd,md->nm", x, w1) + b1)
        dy_hat = squared_error_backward(np.einsum("nm,km->nk", h, w2) + b2, y)
        dh, dw2, db2 = affine_backward(dy_hat, h, w2, b2)
        return *affine_backward(tanh_backward(dh, h), x, w1, b1)[1:], dw2, db2

    def numerical_gradient(x, y, w1, b1, w2, b2, step=1e-5):
        nudges = step * np.eye(w1.size).reshape(w1.size, *w1.shape)           # (MD, M, D), one weight in each
        losses = []
        for w in (w1 + nudges, w1 - nudges):
            h = np.tanh(np.einsum("nd,imd->inm", x, w) + b1)
            error = np.einsum("inm,km->ink", h, w2) + b2 - y
            losses.append(np.einsum("ink,ink->i", error, error) / (2 * len(x)))
        return ((losses[0] - losses[1]) / (2 * step)).reshape(w1.shape)

    def weights(sizes, theta):
        """All w (M, D + 1), with b as their last column."""
        ends = np.cumsum(sizes[1:] * (sizes[:-1] + 1))
        return [np.column_stack([part[:-M].reshape(M, -1), part[-M:]]) for part, M in zip(np.split(theta, ends), sizes[1:])]

    def deep_forward(x, sizes, theta):
        h, read = x, []
        for w in weights(sizes, theta):
            read.append(h)
            a = np.einsum("nd,md->nm", np.column_stack([h, np.ones(len(h))]), w)
            h = np.tanh(a)
        return a, np.concatenate(read, axis=1)

    def deep_backward(dy_hat, kept, x, sizes, theta):
        ends, found, da = np.cumsum(sizes[:-1]), [], dy_hat
        for w, end, D in list(zip(weights(sizes, theta), ends, sizes))[::-1]:
            h = kept[:, end - D:end]
            found.insert(0, np.append(np.einsum("nm,nd->md", da, h), np.einsum("nm->m", da)))
            dh = np.einsum("nm,md->nd", da, w[:, :-1])
            da = dh - dh * h * h
        return dh, np.concatenate(found)

    return locals()


def compiled():
    @njit
    def product(u, v):
        """u v^T, in loops: quicker to compile than @."""
        out = np.zeros((u.shape[0], v.shape[0]))
        for i in range(u.shape[0]):
            for j in range(v.shape[0]):
                for k in range(u.shape[1]):
                    out[i, j] += u[i, k] * v[j, k]
        return out

    @njit
    def affine_backward(da, x, w, b):
        db = np.zeros(b.size)
        for n in range(da.shape[0]):
            db += da[n]
        return product(da, w.T), product(da.T, x.T), db

    @njit
    def tanh_backward(dh, h):
        da = np.empty_like(h)
        for i, value in np.ndenumerate(h):
            da[i] = dh[i] * (1 - value * value)
        return da

    @njit
    def squared_error_backward(y_hat, y):
        return (y_hat - y) / y.shape[0]

    @njit
    def forward(x, w1, b1, w2, b2):
        h = np.tanh(product(x, w1) + b1)
        return h, product(h, w2) + b2

    @njit
    def network_gradient(x, y, w1, b1, w2, b2):
        h, y_hat = forward(x, w1, b1, w2, b2)
        dh, dw2, db2 = affine_backward(squared_error_backward(y_hat, y), h, w2, b2)
        dx, dw1, db1 = affine_backward(tanh_backward(dh, h), x, w1, b1)
        return dw1, db1, dw2, db2

    @njit
    def numerical_gradient(x, y, w1, b1, w2, b2, step=1e-5):
        dw1 = np.zeros_like(w1)
        for m in range(w1.shape[0]):
            for d in range(w1.shape[1]):
                for sign in (-1, 1):
                    moved = w1.copy()
                    moved[m, d] += sign * step
                    error = forward(x, moved, b1, w2, b2)[1] - y
                    dw1[m, d] += sign * np.sum(error * error) / (4 * step * y.shape[0])
        return dw1

    @njit
    def deep_forward(x, sizes, theta):
        kept, h, start, column = np.zeros((x.shape[0], sizes[:-1].sum())), x, 0, 0
        for number in range(sizes.size - 1):
            D, M = sizes[number], sizes[number + 1]
            kept[:, column:column + D] = h
            a = product(h, theta[start:start + M * D].reshape(M, D)) + theta[start + M * D:start + M * D + M]
            h, start, column = np.tanh(a), start + M * (D + 1), column + D
        return a, kept

    @njit
    def deep_backward(dy_hat, kept, x, sizes, theta):
        dtheta, end, column, da, dh = np.zeros(theta.size), theta.size, kept.shape[1], dy_hat, dy_hat
        for number in range(sizes.size - 2, -1, -1):
            D, M = sizes[number], sizes[number + 1]
            start, h = end - M * (D + 1), np.ascontiguousarray(kept[:, column - D:column])
            dh, dw, db = affine_backward(da, h, theta[start:start + M * D].reshape(M, D), theta[end - M:end])
            dtheta[start:end - M], dtheta[end - M:end] = dw.ravel(), db
            da, end, column = tanh_backward(dh, h), start, column - D
        return dh, dtheta

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
