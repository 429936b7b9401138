"""The assignment 11_attention solved in other ways: {way: {task: function}}."""
import math
import types

import numpy as np
from numba import njit


def norm(x):
    """As the notebook gives it."""
    mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5)


def loops():
    def weights(q, k, seen):
        p = np.zeros(seen.shape)
        for t in range(len(q)):
            score = {u: sum(q[t] * k[u]) / math.sqrt(len(q[t])) for u in range(len(k)) if seen[t, u]}
            largest = max(score.values())
            total = sum(math.exp(s - largest) for s in score.values())
            for u, s in score.items():
                p[t, u] = math.exp(s - largest) / total
        return p

    def attend_backward(dy, p, q, k, v):
        dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
        for t in range(len(q)):
            dp = [sum(dy[t] * value) for value in v]
            middle = sum(a * b for a, b in zip(p[t], dp))
            for u in range(len(k)):
                ds = p[t, u] * (dp[u] - middle) / math.sqrt(q.shape[1])
                dv[u] += p[t, u] * dy[t]
                dq[t] += ds * k[u]
                dk[u] += ds * q[t]
        return dq, dk, dv

    def several_heads(q, k, v, R):
        E, y = q.shape[1] // R, np.zeros(q.shape)
        for r in range(R):
            for t in range(len(q)):
                now = slice(r * E, r * E + E)
                p = weights(q[t:t + 1, now], k[:t + 1, now], np.ones((1, t + 1), bool))
                for u in range(t + 1):
                    y[t, now] += p[0, u] * v[u, now]
        return y

    def add_positions(x):
        y, D = np.array(x), x.shape[2]
        for n, t, d in np.ndindex(x.shape):
            angle = t / 10_000 ** ((d - d % 2) / D)
            y[n, t, d] += math.cos(angle) if d % 2 else math.sin(angle)
        return y

    def block(x, w, w_o, w1, w2, R):
        D = x.shape[1]
        z = norm(x)
        q, k, v = (np.array([w[i * D:(i + 1) * D] @ row for row in z]) for i in range(3))
        u = np.array([row + w_o @ mixed for row, mixed in zip(x, several_heads(q, k, v, R))])
        y = [row + w2 @ [max(0, score) for score in w1 @ z] for row, z in zip(u, norm(u))]
        return u, y

    def patches(x, P):
        N, H, W = x.shape
        return [[[image[i + a, j + b] for a in range(P) for b in range(P)]
                 for i in range(0, H, P) for j in range(0, W, P)] for image in x]

    return locals()


def einsum():
    def weights(q, k, seen):
        s = np.einsum("te,ue->tu", q, k) * q.shape[1] ** -0.5 + np.where(seen, 0, -np.inf)
        top = s.max(axis=1)
        return np.exp(s - (top + np.log(np.exp(s - top[:, None]).sum(axis=1)))[:, None])

    def attend_backward(dy, p, q, k, v):
        slope = np.einsum("tu,uj->tuj", p, np.eye(len(k))) - np.einsum("tu,tj->tuj", p, p)
        ds = np.einsum("tuj,te,je->tu", slope, dy, v) * q.shape[1] ** -0.5
        return np.einsum("tu,ue->te", ds, k), np.einsum("tu,te->ue", ds, q), np.einsum("tu,te->ue", p, dy)

    def several_heads(q, k, v, R):
        q, k, v = (each.reshape(len(each), R, -1) for each in (q, k, v))
        p = np.stack([weights(q[:, r], k[:, r], np.tri(len(q)) > 0) for r in range(R)])
        return np.einsum("rtu,ure->tre", p, v).reshape(len(q), -1)

    def add_positions(x):
        _, T, D = x.shape
        turns = np.exp(-np.log(10_000) * np.repeat(np.arange(0, D, 2), 2) / D)
        return x + np.sin(np.einsum("t,d->td", np.arange(T), turns) + np.tile([0, np.pi / 2], D // 2))

    def block(x, w, w_o, w1, w2, R):
        q, k, v = np.einsum("ide,te->itd", w.reshape(3, *w_o.shape), norm(x))
        u = x + np.einsum("de,te->td", w_o, several_heads(q, k, v, R))
        a = np.einsum("me,te->tm", w1, norm(u))
        return u, u + np.einsum("dm,tm->td", w2, (a + abs(a)) / 2)

    def patches(x, P):
        windows = np.lib.stride_tricks.sliding_window_view(x, (P, P), axis=(1, 2))[:, ::P, ::P]
        return np.reshape(windows, (len(x), -1, P * P))

    return locals()


def compiled():
    @njit
    def weights(q, k, seen):
        T, U, E = len(q), len(k), q.shape[1]
        p = np.zeros((T, U))
        for t in range(T):
            largest, total = -np.inf, 0.0
            for u in range(U):
                for e in range(E):
                    p[t, u] += q[t, e] * k[u, e] / math.sqrt(E)
                if seen[t, u] and p[t, u] > largest:
                    largest = p[t, u]
            for u in range(U):
                p[t, u] = math.exp(p[t, u] - largest) if seen[t, u] else 0.0
                total += p[t, u]
            for u in range(U):
                p[t, u] /= total
        return p

    @njit
    def attend_backward(dy, p, q, k, v):
        dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
        root = math.sqrt(q.shape[1])
        for t in range(len(q)):
            middle = 0.0
            for u in range(len(k)):
                for e in range(len(v[u])):
                    dv[u, e] += p[t, u] * dy[t, e]
                    middle += p[t, u] * dy[t, e] * v[u, e]
            for u in range(len(k)):
                dp = 0.0
                for e in range(len(v[u])):
                    dp += dy[t, e] * v[u, e]
                for e in range(len(k[u])):
                    dq[t, e] += p[t, u] * (dp - middle) * k[u, e] / root
                    dk[u, e] += p[t, u] * (dp - middle) * q[t, e] / root
        return dq, dk, dv

    def several_heads(q, k, v, R):
        E, seen = q.shape[1] // R, np.tri(len(q), dtype=bool)
        y = np.empty(q.shape)
        for r in range(0, R * E, E):
            q_r, k_r = q[:, r:r + E].copy(), k[:, r:r + E].copy()
            y[:, r:r + E] = weights(q_r, k_r, seen) @ v[:, r:r + E]
        return y

    @njit
    def add_positions(x):
        y = np.empty(x.shape)
        for n in range(x.shape[0]):
            for t in range(x.shape[1]):
                for d in range(x.shape[2]):
                    angle = t * 10_000 ** (-(d // 2 * 2) / x.shape[2])
                    y[n, t, d] = x[n, t, d] + (math.sin(angle) if d % 2 == 0 else math.cos(angle))
        return y

    def block(x, w, w_o, w1, w2, R):
        q, k, v = (norm(x) @ part.T for part in w.reshape(3, *w_o.shape))
        u = x + (w_o @ several_heads(q, k, v, R).T).T
        a = norm(u) @ w1.T
        return u, u + np.where(a > 0, a, 0) @ w2.T

    @njit
    def patches(x, P):
        N, H, W = x.shape
        steps = np.empty((N, H // P * (W // P), P * P))
        for n in range(N):
            for i in range(H):
                for j in range(W):
                    steps[n, i // P * (W // P) + j // P, i % P * P + j % P] = x[n, i, j]
        return steps

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
