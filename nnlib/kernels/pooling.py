"""Pooling: every window of an image becomes one number, its largest or its mean."""
import numpy as np
from numba import prange

from .decorators import any_order, kernel, on_all_cores


@on_all_cores
def max_pool2d_forward(x, size, stride):
    """The largest number of every window. NaN is larger than all; among equals the first counts, as in PyTorch.

    Equation  y[n,c,i,j] = max over k < KH, l < KW of x[n, c, SH i + k, SW j + l]        (8.6)
    Shapes    x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1
              ->  y (N, C, OH, OW), at (N, C, OH, OW) integers 0 ... H W-1
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    Saves     at, where in its image (rows one after the other) the largest number stands
    """
    N, C, H, W = x.shape
    (KH, KW), (SH, SW) = size, stride
    OH, OW = (H - KH) // SH + 1, (W - KW) // SW + 1
    y, at = np.full((N, C, OH, OW), -np.inf, x.dtype), np.empty((N, C, OH, OW), np.int32)
    corners = np.empty((OH, OW), np.int32)               # where in the image each window begins
    for i in range(OH):
        for j in range(OW):
            corners[i, j] = SH * i * W + SW * j
    for n in prange(N):
        pixels = np.empty(OH * OW, x.dtype)              # the same one of every window
        for c in range(C):
            largest, place, corner = y[n, c].ravel(), at[n, c].ravel(), corners.ravel()
            place[:] = corner
            for k in range(KH):
                for l in range(KW):
                    take_every(pixels, x[n, c, k:, l:], OH, OW, stride)
                    tap = np.int32(k * W + l)
                    for p in range(pixels.size):         # without a jump, whose way no processor can guess
                        better = (pixels[p] > largest[p]) | (pixels[p] != pixels[p])
                        largest[p] = pixels[p] if better else largest[p]
                        place[p] = corner[p] + tap if better else place[p]
    return y, at


@kernel
def take_every(pixels, image, OH, OW, stride):
    """Every SH-th row of an image, of each every SW-th number. Modifies pixels."""
    SH, SW = stride
    for i in range(OH):
        row, taken = image[SH * i], pixels[i * OW:]
        for j in range(OW):
            taken[j] = row[SW * j]


@kernel
def max_pool2d_backward(dy, at, x):
    """Gradient with respect to the images: all of it goes to the largest number of the window.

    Equation  dx[n,c,h,w] = sum of dy[n,c,i,j] over all windows whose largest number stands at (h, w)  (8.7)
    Shapes    dy (N, C, OH, OW), at (N, C, OH, OW) integers 0 ... H W-1, x (N, C, H, W)  ->  dx (N, C, H, W)
    """
    dx = np.zeros(x.shape, x.dtype)
    for n in range(dx.shape[0]):
        for c in range(dx.shape[1]):
            image, dy_image, places = dx[n, c].ravel(), dy[n, c].ravel(), at[n, c].ravel()
            for i in range(dy_image.size):
                image[places[i]] += dy_image[i]
    return dx


@kernel
def avg_pool2d_forward(x, size, stride):
    """The mean of every window.

    Equation  y[n,c,i,j] = 1/(KH KW) sum_k,l x[n, c, SH i + k, SW j + l]                 (8.8)
    Shapes    x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1  ->  y (N, C, OH, OW)
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    """
    N, C, H, W = x.shape
    (KH, KW), (SH, SW) = size, stride
    OH, OW = (H - KH) // SH + 1, (W - KW) // SW + 1
    share = x.dtype.type(1 / (KH * KW))
    y = np.zeros((N, C, OH, OW), x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                mean = y[n, c, i]
                for k in range(KH):
                    for l in range(KW):
                        row = x[n, c, SH * i + k, l:]
                        for j in range(OW):
                            mean[j] += share * row[SW * j]
    return y


@kernel
def avg_pool2d_backward(dy, x, size, stride):
    """Gradient with respect to the images: every number of a window gets the same share.

    Equation  dx[n,c,h,w] = 1/(KH KW) sum_i,j dy[n,c,i,j]   over all windows (i, j) that (h, w) lies in  (8.9)
    Shapes    dy (N, C, OH, OW), x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1
              ->  dx (N, C, H, W)
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    """
    N, C, OH, OW = dy.shape
    (KH, KW), (SH, SW) = size, stride
    share = x.dtype.type(1 / (KH * KW))
    dx = np.zeros(x.shape, x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                dy_row = dy[n, c, i]
                for k in range(KH):
                    for l in range(KW):
                        row = dx[n, c, SH * i + k, l:]
                        for j in range(OW):
                            row[SW * j] += share * dy_row[j]
    return dx


@any_order
def global_avg_pool2d_forward(x):
    """The mean of every channel over all places, so that images of any size become C numbers each.

    Equation  y[n,c] = 1/(H W) sum_h,w x[n,c,h,w]                                        (8.10)
    Shapes    x (N, C, H, W)  ->  y (N, C)
    Source    Lin, Chen and Yan (2014), Network in network
    """
    N, C, H, W = x.shape
    y = np.empty((N, C), x.dtype)
    for n in range(N):
        for c in range(C):
            image, total = x[n, c].ravel(), x.dtype.type(0)
            for i in range(H * W):
                total += image[i]
            y[n, c] = total / (H * W)
    return y


@kernel
def global_avg_pool2d_backward(dy, x):
    """Gradient with respect to the images: every place of a channel gets the same share.

    Equation  dx[n,c,h,w] = 1/(H W) dy[n,c]                                              (8.11)
    Shapes    dy (N, C), x (N, C, H, W)  ->  dx (N, C, H, W)
    """
    N, C, H, W = x.shape
    dx = np.empty(x.shape, x.dtype)
    for n in range(N):
        for c in range(C):
            dx[n, c] = dy[n, c] / (H * W)
    return dx
