"""The assignment 12_language solved in other ways: {way: {task: function}}."""
import math
import types

import numpy as np
from numba import njit


def loops():
    def perplexity(log_p, y):
        price = 0.0
        for row, token in zip(log_p, y):
            price -= row[token]
        return math.exp(price / len(y))

    def pairs(tokens, V, delta):
        counts = [[0] * V for _ in range(V)]
        for before, after in zip(tokens, tokens[1:]):
            counts[before][after] += 1
        return counts, [[(c + delta) / (sum(row) + delta * V) for c in row] for row in counts]

    def back_off(counts, shorter, delta):
        p = []
        for row, guess in zip(counts, shorter):
            total, kinds = sum(row), sum(1 for c in row if c)
            p.append([(max(c - delta, 0) + delta * kinds * g) / total for c, g in zip(row, guess)] if total else list(guess))
        return p

    def cut(p, k, share):
        order = sorted(range(len(p)), key=lambda v: (-p[v], v))
        kept, reached = [], 0.0
        while reached < share and len(kept) < len(p):
            kept.append(order[len(kept)])
            reached += p[kept[-1]]
        by_k, by_p = ([p[v] / sum(p[u] for u in chosen) if v in chosen else 0.0 for v in range(len(p))]
                      for chosen in (order[:k], kept))
        return by_k, by_p

    def smoothed_loss(a, y, share):
        loss, p, V = 0.0, np.zeros(a.shape), a.shape[1]
        for n, row in enumerate(a):
            largest = max(row)
            whole = largest + math.log(sum(math.exp(score - largest) for score in row))
            for k in range(V):
                loss -= (share / V + (1 - share if k == y[n] else 0)) * (row[k] - whole) / len(a)
                p[n, k] = math.exp(row[k] - whole)
        return loss, p

    def smoothed_backward(p, y, share):
        da = np.zeros(p.shape)
        for n, k in np.ndindex(p.shape):
            da[n, k] = (p[n, k] - share / p.shape[1] - (1 - share) * (k == y[n])) / len(p)
        return da

    return locals()


def einsum():
    def perplexity(log_p, y):
        return np.exp(np.einsum("tv,tv->", log_p, np.eye(log_p.shape[1])[y]) / -len(y))

    def pairs(tokens, V, delta):
        one_hot = np.eye(V)[tokens]
        counts = np.einsum("tu,tv->uv", one_hot[:-1], one_hot[1:])
        return counts, np.einsum("uv,u->uv", counts + delta, 1 / np.einsum("uv->u", counts + delta))

    def back_off(counts, shorter, delta):
        p = np.array(shorter)
        met = counts.any(axis=1)
        given = np.minimum(counts[met], delta)
        saved = np.einsum("uv,uw->uw", given, shorter[met])
        p[met] = np.einsum("uv,u->uv", counts[met] - given + saved, 1 / counts[met].sum(axis=1))
        return p

    def cut(p, k, share):
        before = (p > p[:, None]) | (p == p[:, None]) & np.tri(len(p), k=-1, dtype=bool)          # [v, u]: u before v
        by_k = p * (before.sum(axis=1) < k)
        by_p = p * (np.einsum("vu,u->v", before, p) < share)
        return by_k / by_k.sum(), by_p / by_p.sum()

    def smoothed_loss(a, y, share):
        log_p = a - np.logaddexp.reduce(a, axis=1)[:, None]
        price = -(1 - share) * log_p[np.arange(len(y)), y] - share * log_p.mean(axis=1)
        return price.mean(), np.exp(log_p)

    def smoothed_backward(p, y, share):
        da = p - share / p.shape[1]
        da[np.arange(len(y)), y] -= 1 - share
        return da / len(y)

    return locals()


def compiled():
    @njit
    def perplexity(log_p, y):
        mean = 0.0
        for t in range(len(y)):
            mean += log_p[t, y[t]] / len(y)
        return math.exp(-mean)

    @njit
    def pairs(tokens, V, delta):
        counts = np.zeros((V, V))
        for t in range(1, len(tokens)):
            counts[tokens[t - 1], tokens[t]] += 1
        p = np.empty((V, V))
        for u in range(V):
            whole = delta * V
            for v in range(V):
                whole += counts[u, v]
            for v in range(V):
                p[u, v] = (counts[u, v] + delta) / whole
        return counts, p

    @njit
    def back_off(counts, shorter, delta):
        p = shorter.copy()
        for u in range(len(counts)):
            total, saved = 0.0, 0.0
            for v in range(counts.shape[1]):
                total += counts[u, v]
                saved += min(counts[u, v], delta)
            for v in range(counts.shape[1]):
                if total > 0:
                    p[u, v] = (max(counts[u, v] - delta, 0.0) + saved * shorter[u, v]) / total
        return p

    @njit
    def cut(p, k, share):
        V = len(p)
        by_k, by_p, whole = np.zeros(V), np.zeros(V), np.zeros(2)
        for v in range(V):
            before, likelier = 0, 0.0
            for u in range(V):
                if p[u] > p[v] or p[u] == p[v] and u < v:
                    before += 1
                    likelier += p[u]
            by_k[v] = p[v] if before < k else 0.0
            by_p[v] = p[v] if likelier < share else 0.0
            whole[0] += by_k[v]
            whole[1] += by_p[v]
        for v in range(V):
            by_k[v] /= whole[0]
            by_p[v] /= whole[1]
        return by_k, by_p

    @njit
    def smoothed_loss(a, y, share):
        N, V = a.shape
        loss, p = 0.0, np.empty((N, V))
        for n in range(N):
            largest, total = a[n, 0], 0.0
            for k in range(V):
                largest = max(largest, a[n, k])
            for k in range(V):
                total += math.exp(a[n, k] - largest)
            for k in range(V):
                log_p = a[n, k] - largest - math.log(total)
                p[n, k] = math.exp(log_p)
                loss -= (share / V + (1.0 - share) * (k == y[n])) * log_p
        return loss / N, p

    @njit
    def smoothed_backward(p, y, share):
        da = np.empty(p.shape)
        for n in range(len(p)):
            for k in range(p.shape[1]):
                target = share / p.shape[1]
                if k == y[n]:
                    target += 1 - share
                da[n, k] = (p[n, k] - target) / len(p)
        return da

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
