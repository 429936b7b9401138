"""The assignment 07_generalising solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    def dropout(x, dy, u, p):
        y, dx = np.zeros(x.shape), np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            if u[i] >= p:
                y[i], dx[i] = x[i] / (1 - p), dy[i] / (1 - p)
        return y, dx

    def decay(w, dw, learning_rate, weight_decay):
        new, penalty = np.zeros(w.shape), 0
        for i in np.ndindex(w.shape):
            penalty += weight_decay * w[i] ** 2 / 2
            new[i] = w[i] - learning_rate * dw[i] - learning_rate * weight_decay * w[i]
        return penalty, new

    def early_stop(losses, patience):
        best, epoch = 0, 0
        while epoch + 1 < len(losses) and epoch - best < patience:
            epoch += 1
            if losses[epoch] < losses[best]:
                best = epoch
        return best, epoch

    def folds(order, K, k):
        start, parts = 0, []
        for fold in range(K):
            size = len(order) // K + (fold < len(order) % K)
            parts.append([int(n) for n in order[start:start + size]])
            start += size
        return [n for fold, part in enumerate(parts) if fold != k for n in part], parts[k]

    def judge(predicted, y, K):
        counts, precision, recall = np.zeros((K, K)), [], []
        for n in range(len(y)):
            counts[y[n]][predicted[n]] += 1
        for c in range(K):
            said, there = sum(counts[:, c]), sum(counts[c])
            precision.append(counts[c, c] / said if said else 0)
            recall.append(counts[c, c] / there if there else 0)
        return counts, precision, recall

    def auc(positive, negative):
        won = 0
        for a in positive:
            for b in negative:
                won += 1 if a > b else 0.5 if a == b else 0
        return won / len(positive) / len(negative)

    return locals()


def einsum():
    def dropout(x, dy, u, p):
        return tuple(np.einsum("k...->k...", np.where(u < p, 0, 1 / (1 - p)) * each) for each in (x, dy))

    def decay(w, dw, learning_rate, weight_decay):
        penalty = 0.5 * weight_decay * np.einsum("i,i->", w.ravel(), w.ravel())
        return penalty, (1 - learning_rate * weight_decay) * w - learning_rate * dw

    def early_stop(losses, patience):
        lowest = np.minimum.accumulate(losses)
        best_so_far = np.searchsorted(-lowest, -lowest)              # where each lowest loss first stood
        tired = np.flatnonzero(np.arange(len(losses)) - best_so_far >= patience)
        last = tired[0] if len(tired) else len(losses) - 1
        return best_so_far[last], last

    def folds(order, K, k):
        sizes = len(order) // K + (np.arange(K) < len(order) % K)
        fold = np.repeat(np.arange(K), sizes)
        return order[fold != k], order[fold == k]

    def judge(predicted, y, K):
        counts = np.einsum("ni,nj->ij", np.eye(K)[y], np.eye(K)[predicted])
        with np.errstate(invalid="ignore"):
            shares = [np.nan_to_num(np.diag(counts) / counts.sum(axis=axis)) for axis in (0, 1)]
        return counts, *shares

    def auc(positive, negative):
        return np.einsum("ij->", (np.sign(positive[:, None] - negative) + 1) / 2) / (positive.size * negative.size)

    return locals()


def compiled():
    def dropout(x, dy, u, p):
        kept = np.array(u >= p, float)
        kept /= 1 - p
        return kept * x, kept * dy

    def decay(w, dw, learning_rate, weight_decay):
        pull = weight_decay * w
        return np.vdot(w, pull) / 2, w - learning_rate * (pull + dw)

    @njit
    def early_stop(losses, patience):
        best = 0
        for epoch in range(losses.size):
            if losses[epoch] < losses[best]:
                best = epoch
            elif epoch - best >= patience:
                return best, epoch
        return best, losses.size - 1

    def folds(order, K, k):
        size, more = divmod(len(order), K)
        start = k * size + min(k, more)
        held_out = slice(start, start + size + (k < more))
        return np.delete(order, held_out), order[held_out]

    @njit
    def tally(predicted, y, counts):
        for n in range(y.size):
            counts[y[n], predicted[n]] += 1.0

    def judge(predicted, y, K):
        counts = np.zeros((K, K))
        tally(predicted, y, counts)
        found = counts.diagonal()
        return counts, found / np.fmax(counts.sum(axis=0), 0.5), found / np.fmax(counts.sum(axis=1), 0.5)

    @njit
    def auc(positive, negative):
        won = 0.0
        for a in positive:
            for b in negative:
                won += (a > b) + (a >= b)
        return won / (2 * positive.size * negative.size)

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
