"""The assignment 10_rnn solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    import math

    def rnn_step(x, h, w_x, w_h, b):
        new = np.empty((len(x), len(b)))
        for n in range(len(x)):
            for m in range(len(b)):
                a = b[m]
                for d in range(x.shape[1]):
                    a += w_x[m, d] * x[n, d]
                for k in range(len(b)):
                    a += w_h[m, k] * h[n, k]
                new[n, m] = math.tanh(a)
        return new

    def rnn_forward(x, h0, w_x, w_h, b):
        N, T, _ = x.shape
        h, states = np.empty((N, T, len(b))), np.empty((T + 1, N, len(b)))
        states[0] = h0
        for t in range(T):
            states[t + 1] = rnn_step(x[:, t], states[t], w_x, w_h, b)
            h[:, t] = states[t + 1]
        return h, states

    def rnn_backward(dh, states, x, h0, w_x, w_h, b):
        (N, T, M), D = dh.shape, x.shape[2]
        dx, dw_x, dw_h, db = np.zeros_like(x), np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(b)
        later = np.zeros((N, M))
        for t in range(T - 1, -1, -1):
            earlier = np.zeros((N, M))
            for n in range(N):
                for m in range(M):
                    da = (dh[n, t, m] + later[n, m]) * (1 - states[t + 1, n, m] ** 2)
                    db[m] += da
                    for d in range(D):
                        dx[n, t, d] += w_x[m, d] * da
                        dw_x[m, d] += da * x[n, t, d]
                    for k in range(M):
                        earlier[n, k] += w_h[m, k] * da
                        dw_h[m, k] += da * states[t, n, k]
            later = earlier
        return dx, later, dw_x, dw_h, db

    def clip_gradients(dw_x, dw_h, db, clip_norm):
        total = 0.0
        for gradient in (dw_x, dw_h, db):
            for value in gradient.flat:
                total += value * value
        if math.sqrt(total) <= clip_norm:
            return dw_x, dw_h, db
        return [gradient * (clip_norm / math.sqrt(total)) for gradient in (dw_x, dw_h, db)]

    def probabilities(scores, temperature):
        p = np.zeros_like(scores)
        for n, row in enumerate(scores):
            for v in range(len(row)):
                p[n, v] = math.exp((row[v] - max(row)) / temperature)
            p[n] /= sum(p[n])
        return p

    def embedding_backward(dh, tokens, V):
        dw = np.zeros((V, dh.shape[2]))
        for v in range(V):
            for n in range(len(tokens)):
                for t in range(len(tokens[n])):
                    if tokens[n, t] == v:
                        dw[v] += dh[n, t]
        return dw

    def lstm_step(x, h, c, w_x, w_h, b):
        N, M = h.shape
        gates, new_h, new_c = np.zeros((N, 4 * M)), np.zeros((N, M)), np.zeros((N, M))
        for n in range(N):
            for m in range(4 * M):
                a = b[m] + sum(w_x[m] * x[n]) + sum(w_h[m] * h[n])
                gates[n, m] = math.tanh(a) if 2 * M <= m < 3 * M else 1 / (1 + math.exp(-a))
            for m in range(M):
                i, f, g, o = gates[n, m::M]
                new_c[n, m] = f * c[n, m] + i * g
                new_h[n, m] = o * math.tanh(new_c[n, m])
        return new_h, new_c, gates

    def lstm_step_backward(dh, dc, gates, c_before, c):
        N, M = dh.shape
        da, dc_before = np.zeros((N, 4 * M)), np.zeros((N, M))
        for n in range(N):
            for m in range(M):
                i, f, g, o = gates[n, m::M]
                shown = math.tanh(c[n, m])
                cell = dc[n, m] + dh[n, m] * o * (1 - shown * shown)
                da[n, m], da[n, M + m] = cell * g * i * (1 - i), cell * c_before[n, m] * f * (1 - f)
                da[n, 2 * M + m], da[n, 3 * M + m] = cell * i * (1 - g * g), dh[n, m] * shown * o * (1 - o)
                dc_before[n, m] = cell * f
        return da, dc_before

    return locals()


def einsum():
    def rnn_step(x, h, w_x, w_h, b):
        return np.tanh(np.einsum("nd,md->nm", x, w_x) + np.einsum("nk,mk->nm", h, w_h) + b)

    def rnn_forward(x, h0, w_x, w_h, b):
        states = np.empty((x.shape[1] + 1, *h0.shape))
        states[0] = h0
        scores = np.einsum("ntd,md->tnm", x, w_x) + b
        for t, a in enumerate(scores):
            states[t + 1] = np.tanh(a + np.einsum("nk,mk->nm", states[t], w_h))
        return np.swapaxes(states[1:], 0, 1), states

    def rnn_backward(dh, states, x, h0, w_x, w_h, b):
        da = np.einsum("ntm,tnm->tnm", dh, 1 - states[1:] ** 2)
        for t in range(len(da) - 2, -1, -1):
            da[t] += np.einsum("nm,mk->nk", da[t + 1], w_h) * (1 - states[t + 1] ** 2)
        return (np.einsum("tnm,md->ntd", da, w_x), np.einsum("nm,mk->nk", da[0], w_h), np.einsum("tnm,ntd->md", da, x),
                np.einsum("tnm,tnk->mk", da, states[:-1]), np.einsum("tnm->m", da))

    def clip_gradients(dw_x, dw_h, db, clip_norm):
        norm = np.linalg.norm(np.concatenate([dw_x.ravel(), dw_h.ravel(), db]))
        factor = clip_norm / norm if norm > clip_norm else 1.0
        return dw_x * factor, dw_h * factor, db * factor

    def probabilities(scores, temperature):
        a = scores / temperature
        return np.exp(a - np.logaddexp.reduce(a, axis=1)[:, None])

    def embedding_backward(dh, tokens, V):
        return np.einsum("ntv,ntd->vd", np.eye(V)[tokens], dh)

    def lstm_step(x, h, c, w_x, w_h, b):
        a = (np.einsum("nd,md->nm", x, w_x) + np.einsum("nk,mk->nm", h, w_h) + b).reshape(len(x), 4, -1)
        i, f, o = 1 / (1 + np.exp(-a[:, [0, 1, 3]].swapaxes(0, 1)))
        g = np.tanh(a[:, 2])
        new = np.einsum("knm,knm->nm", np.stack([f, i]), np.stack([c, g]))
        return np.einsum("nm,nm->nm", o, np.tanh(new)), new, np.concatenate([i, f, g, o], axis=1)

    def lstm_step_backward(dh, dc, gates, c_before, c):
        i, f, g, o = gates.reshape(len(dh), 4, -1).swapaxes(0, 1)
        cell = dc + np.einsum("nm,nm,nm->nm", dh, o, 1 / np.cosh(c) ** 2)
        arrives = np.stack([cell * g, cell * c_before, cell * i, dh * np.tanh(c)])
        slopes = np.stack([i - i ** 2, f - f ** 2, 1 - g ** 2, o - o ** 2])
        return np.einsum("knm,knm->nkm", arrives, slopes).reshape(len(dh), -1), cell * f

    return locals()


def compiled():
    @njit
    def rnn_step(x, h, w_x, w_h, b):
        return np.tanh(np.dot(x, w_x.T) + np.dot(h, w_h.T) + b)

    @njit
    def rnn_forward(x, h0, w_x, w_h, b):          # in loops: to compile states[t + 1] = ... takes six seconds
        (N, T, D), M = x.shape, b.size
        h, states = np.empty((N, T, M)), np.empty((T + 1, N, M))
        for n in range(N):
            for m in range(M):
                states[0, n, m] = h0[n, m]
            for t in range(T):
                for m in range(M):
                    a = b[m]
                    for d in range(D):
                        a += w_x[m, d] * x[n, t, d]
                    for k in range(M):
                        a += w_h[m, k] * states[t, n, k]
                    h[n, t, m] = states[t + 1, n, m] = np.tanh(a)
        return h, states

    rnn_backward = njit(loops()["rnn_backward"])

    @njit
    def clip_gradients(dw_x, dw_h, db, clip_norm):
        norm = np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))
        factor = clip_norm / max(norm, clip_norm)
        return dw_x * factor, dw_h * factor, db * factor

    @njit
    def probabilities(scores, temperature):
        p = np.empty_like(scores)
        for n in range(len(scores)):
            e = np.exp((scores[n] - scores[n].max()) / temperature)
            for v in range(e.size):
                p[n, v] = e[v] / e.sum()
        return p

    @njit
    def embedding_backward(dh, tokens, V):
        N, T, D = dh.shape
        dw = np.zeros((V, D))
        for n in range(N):
            for t in range(T):
                for d in range(D):
                    dw[tokens[n, t], d] += dh[n, t, d]
        return dw

    def lstm_step(x, h, c, w_x, w_h, b):
        gates = x @ w_x.T + h @ w_h.T + b
        shown, new = np.empty(c.shape), np.empty(c.shape)
        open_gates(gates, c, shown, new)
        return shown, new, gates

    @njit
    def open_gates(a, c, shown, new):
        M = c.shape[1]
        for n in range(c.shape[0]):
            for m in range(M):
                for k in (m, M + m, 3 * M + m):
                    a[n, k] = 1 / (1 + np.exp(-a[n, k]))
                a[n, 2 * M + m] = np.tanh(a[n, 2 * M + m])
                new[n, m] = a[n, M + m] * c[n, m] + a[n, m] * a[n, 2 * M + m]
                shown[n, m] = a[n, 3 * M + m] * np.tanh(new[n, m])

    lstm_step_backward = loops()["lstm_step_backward"]

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
