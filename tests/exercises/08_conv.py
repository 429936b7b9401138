"""The assignment 08_conv solved in other ways: {way: {task: function}}."""
import types

import numpy as np
from numba import njit


def loops():
    def output_size(x, w, stride, padding):
        sizes = []
        for axis in (0, 1):
            start, count = 0, 0
            while start + w.shape[axis] <= x.shape[axis + 1] + 2 * padding:
                start += stride
                count += 1
            sizes.append(count)
        return sizes

    def pixels(x, w, i, j, stride, padding):
        """Every weight of a window, and the pixel under it, where there is one."""
        for k in range(w.shape[0]):
            for l in range(w.shape[1]):
                row, column = stride * i + k - padding, stride * j + l - padding
                if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                    yield (k, l), (row, column)

    def conv2d(x, w, b, stride, padding):
        a = np.full((len(x), *output_size(x, w, stride, padding)), b)
        for n, i, j in np.ndindex(a.shape):
            for weight, pixel in pixels(x, w, i, j, stride, padding):
                a[n, i, j] += w[weight] * x[n][pixel]
        return a

    def conv2d_backward(da, x, w, b, stride, padding):
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), 0.0
        for n, i, j in np.ndindex(da.shape):
            db += da[n, i, j]
            for weight, pixel in pixels(x, w, i, j, stride, padding):
                dw[weight] += da[n, i, j] * x[n][pixel]
                dx[n][pixel] += da[n, i, j] * w[weight]
        return dx, dw, db

    def max_pool(x, size):
        y = np.full((x.shape[0], x.shape[1] // size, x.shape[2] // size), -np.inf)
        for n, i, j in np.ndindex(y.shape):
            for k in range(size):
                for l in range(size):
                    y[n, i, j] = max(y[n, i, j], x[n, size * i + k, size * j + l])
        return y

    def max_pool_backward(dy, x, size):
        dx = np.zeros_like(x)
        for n, i, j in np.ndindex(dy.shape):
            places = [(size * i + k, size * j + l) for k in range(size) for l in range(size)]
            dx[n][max(places, key=lambda place: x[n][place])] = dy[n, i, j]
        return dx

    def average_pool_backward(dy, x, size):
        dx = np.zeros(x.shape)
        for n, i, j in np.ndindex(dy.shape):
            for k in range(size):
                for l in range(size):
                    dx[n, size * i + k, size * j + l] = dy[n, i, j] / size / size
        return dx

    def as_rows(x, KH, KW):
        N, H, W = x.shape
        return [[[image[i + k, j + l] for k in range(KH) for l in range(KW)]
                 for i in range(H - KH + 1) for j in range(W - KW + 1)] for image in x]

    def from_rows(drows, H, W, KH, KW):
        dx = np.zeros((len(drows), H, W))
        for n, place, pixel in np.ndindex(drows.shape):
            i, j = place // (W - KW + 1) + pixel // KW, place % (W - KW + 1) + pixel % KW
            dx[n, i, j] += drows[n, place, pixel]
        return dx

    def receptive_field(sizes, strides):
        field, distance = 1, 1
        for q in range(len(sizes)):
            field = field + distance * sizes[q] - distance
            distance = distance * strides[q]
        return [field, distance]

    return locals()


def einsum():
    def output_size(x, w, stride, padding):
        return tuple((np.array(x.shape[1:]) + 2 * padding - w.shape) // stride + 1)

    def windows(x, w, stride, padding):
        """All windows: a view (N, OH, OW, KH, KW) of the padded images."""
        padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
        return np.lib.stride_tricks.sliding_window_view(padded, w.shape, axis=(1, 2))[:, ::stride, ::stride]

    def conv2d(x, w, b, stride, padding):
        return np.einsum("nijkl,kl->nij", windows(x, w, stride, padding), w) + b

    def conv2d_backward(da, x, w, b, stride, padding):
        dw = np.einsum("nij,nijkl->kl", da, windows(x, w, stride, padding))
        (_, OH, OW), (KH, KW), (_, H, W) = da.shape, w.shape, x.shape
        height, width = H + 2 * padding, W + 2 * padding
        rows = np.arange(height)[:, None, None] == stride * np.arange(OH)[:, None] + np.arange(KH)
        columns = np.arange(width)[:, None, None] == stride * np.arange(OW)[:, None] + np.arange(KW)
        dx = np.einsum("nij,kl,hik,vjl->nhv", da, w, rows.astype(float), columns.astype(float))
        return dx[:, padding:height - padding, padding:width - padding], dw, np.einsum("nij->", da)

    def max_pool(x, size):
        N, H, W = x.shape
        OH, OW = H // size, W // size
        return x[:, :OH * size, :OW * size].reshape(N, OH, size, OW, size).max(axis=(2, 4))

    def max_pool_backward(dy, x, size):
        N, OH, OW = dy.shape
        inside = x[:, :OH * size, :OW * size].reshape(N, OH, size, OW, size).transpose(0, 1, 3, 2, 4)
        at = inside.reshape(N, OH, OW, size * size).argmax(axis=3)
        share = np.einsum("nij,nijp->nijp", dy, np.eye(size * size)[at])
        dx = np.zeros_like(x)
        dx[:, :OH * size, :OW * size] = share.reshape(N, OH, OW, size, size).transpose(0, 1, 3, 2, 4).reshape(
            N, OH * size, OW * size)
        return dx

    def average_pool_backward(dy, x, size):
        dx = np.einsum("nij,kl->nikjl", dy, np.full((size, size), size ** -2.0))
        dx = dx.reshape(len(x), size * dy.shape[1], size * dy.shape[2])
        return np.pad(dx, [(0, whole - part) for whole, part in zip(x.shape, dx.shape)])

    def picks(H, W, KH, KW):
        """1 where a number of the rows is a pixel of the image: (OH * OW, KH * KW, H, W)."""
        i, j, k, l = np.ix_(np.arange(H - KH + 1), np.arange(W - KW + 1), np.arange(KH), np.arange(KW))
        return np.eye(H * W)[(i + k) * W + j + l].reshape((H - KH + 1) * (W - KW + 1), KH * KW, H, W)

    def as_rows(x, KH, KW):
        return np.einsum("nhw,pkhw->npk", x, picks(*x.shape[1:], KH, KW))

    def from_rows(drows, H, W, KH, KW):
        return np.einsum("npk,pkhw->nhw", drows, picks(H, W, KH, KW))

    def receptive_field(sizes, strides):
        distances = np.cumprod(np.append(1, strides))
        return 1 + np.einsum("q,q->", sizes - 1, distances[:-1]), distances[-1]

    return locals()


def compiled():
    @njit
    def output_size(x, w, stride, padding):
        return ((x.shape[1] + 2 * padding - w.shape[0]) // stride + 1,
                (x.shape[2] + 2 * padding - w.shape[1]) // stride + 1)

    @njit
    def conv2d(x, w, b, stride, padding):
        N, H, W = x.shape
        OH, OW = output_size(x, w, stride, padding)
        a = np.full((N, OH, OW), b)
        for n in range(N):
            for i in range(OH):
                for j in range(OW):
                    for k in range(w.shape[0]):
                        for l in range(w.shape[1]):
                            row, column = stride * i + k - padding, stride * j + l - padding
                            if 0 <= row < H and 0 <= column < W:
                                a[n, i, j] += w[k, l] * x[n, row, column]
        return a

    @njit
    def conv2d_backward(da, x, w, b, stride, padding):
        N, H, W = x.shape
        dx, dw, db = np.zeros_like(x), np.zeros_like(w), 0.0
        for n in range(N):
            for i in range(da.shape[1]):
                for j in range(da.shape[2]):
                    g = da[n, i, j]
                    db += g
                    for k in range(w.shape[0]):
                        for l in range(w.shape[1]):
                            row, column = stride * i + k - padding, stride * j + l - padding
                            if 0 <= row < H and 0 <= column < W:
                                dw[k, l] += g * x[n, row, column]
                                dx[n, row, column] += g * w[k, l]
        return dx, dw, db

    @njit
    def max_pool(x, size):
        y = np.empty((x.shape[0], x.shape[1] // size, x.shape[2] // size))
        for n in range(y.shape[0]):
            for i in range(y.shape[1]):
                for j in range(y.shape[2]):
                    y[n, i, j] = x[n, size * i:size * (i + 1), size * j:size * (j + 1)].max()
        return y

    @njit
    def max_pool_backward(dy, x, size):
        dx = np.zeros_like(x)
        for n in range(dy.shape[0]):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    row, column = size * i, size * j
                    for k in range(size * i, size * (i + 1)):
                        for l in range(size * j, size * (j + 1)):
                            if x[n, k, l] > x[n, row, column]:
                                row, column = k, l
                    dx[n, row, column] = dy[n, i, j]
        return dx

    @njit
    def average_pool_backward(dy, x, size):
        dx = np.zeros(x.shape)
        for n in range(dy.shape[0]):
            for i in range(dy.shape[1] * size):
                for j in range(dy.shape[2] * size):
                    dx[n, i, j] = dy[n, i // size, j // size] / (size * size)
        return dx

    def as_rows(x, KH, KW):
        OH, OW = x.shape[1] - KH + 1, x.shape[2] - KW + 1
        return np.stack([x[:, k:k + OH, l:l + OW].reshape(len(x), -1) for k in range(KH) for l in range(KW)], axis=2)

    def from_rows(drows, H, W, KH, KW):
        dx, OH, OW = np.zeros((len(drows), H, W)), H - KH + 1, W - KW + 1
        for pixel, (k, l) in enumerate(np.ndindex(KH, KW)):
            dx[:, k:k + OH, l:l + OW] += drows[:, :, pixel].reshape(-1, OH, OW)
        return dx

    @njit
    def receptive_field(sizes, strides):
        field = distance = 1
        for q in range(sizes.size):
            field += (sizes[q] - 1) * distance
            distance *= strides[q]
        return field, distance

    return locals()


def functions(names):
    return {name: value for name, value in names.items() if callable(value) and not isinstance(value, types.ModuleType)}


WAYS = {"loops": functions(loops()), "einsum": functions(einsum()), "njit": functions(compiled())}
