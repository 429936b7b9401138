"""Pooling: every window of an image becomes one number, its largest or its mean.

``windows[n,c,i,j,k,l]`` is pixel x[n, c, SH i + k, SW j + l], number (k, l) of window (i, j).
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool2d_forward(x, size, stride):
    """The largest number of every window. NaN is larger than all; among equals the first counts, as in PyTorch.

    Equation  y[n,c,i,j] = max over k < KH, l < KW of x[n, c, SH i + k, SW j + l]        (8.6)
    Shapes    x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1
              ->  y (N, C, OH, OW), at (N, C, OH, OW) integers 0 ... H W-1
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    """
    (KH, KW), (SH, SW), W = size, stride, x.shape[3]
    windows = sliding_window_view(x, (KH, KW), (2, 3))[:, :, ::SH, ::SW]
    N, C, OH, OW = windows.shape[:4]
    windows = windows.reshape(N, C, OH, OW, KH * KW)         # the pixels of a window in one row
    k, l = np.divmod(windows.argmax(axis=4), KW)
    at = (SH * np.arange(OH)[:, None] + k) * W + SW * np.arange(OW) + l
    return windows.max(axis=4), at.astype(np.int32)


def max_pool2d_backward(dy, at, x):
    """Gradient with respect to the images: all of it goes to the largest number of the window.

    Equation  dx[n,c,h,w] = sum of dy[n,c,i,j] over all windows whose largest number stands at (h, w)  (8.7)
    Shapes    dy (N, C, OH, OW), at (N, C, OH, OW) integers 0 ... H W-1, x (N, C, H, W)  ->  dx (N, C, H, W)
    """
    dx = np.zeros_like(x)
    n, c, _, _ = np.indices(at.shape)
    h, w = np.divmod(at, x.shape[3])
    np.add.at(dx, (n, c, h, w), dy)              # windows may overlap: one pixel can be the largest of several
    return dx


def avg_pool2d_forward(x, size, stride):
    """The mean of every window.

    Equation  y[n,c,i,j] = 1/(KH KW) sum_k,l x[n, c, SH i + k, SW j + l]                 (8.8)
    Shapes    x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1  ->  y (N, C, OH, OW)
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    """
    SH, SW = stride
    windows = sliding_window_view(x, size, (2, 3))[:, :, ::SH, ::SW]
    return windows.mean(axis=(4, 5))


def avg_pool2d_backward(dy, x, size, stride):
    """Gradient with respect to the images: every number of a window gets the same share.

    Equation  dx[n,c,h,w] = 1/(KH KW) sum_i,j dy[n,c,i,j]   over all windows (i, j) that (h, w) lies in  (8.9)
    Shapes    dy (N, C, OH, OW), x (N, C, H, W), size (KH, KW) pair >= 1, stride (SH, SW) pair >= 1
              ->  dx (N, C, H, W)
              OH = floor((H - KH) / SH) + 1,   OW = floor((W - KW) / SW) + 1
    """
    (KH, KW), (SH, SW), (OH, OW) = size, stride, dy.shape[2:]
    dx = np.zeros_like(x)
    for k, l in np.ndindex(KH, KW):              # pixel (k, l) of all windows together
        dx[:, :, k:k + SH * OH:SH, l:l + SW * OW:SW] += dy / (KH * KW)
    return dx


def global_avg_pool2d_forward(x):
    """The mean of every channel over all places, so that images of any size become C numbers each.

    Equation  y[n,c] = 1/(H W) sum_h,w x[n,c,h,w]                                        (8.10)
    Shapes    x (N, C, H, W)  ->  y (N, C)
    """
    return x.mean(axis=(2, 3))


def global_avg_pool2d_backward(dy, x):
    """Gradient with respect to the images: every place of a channel gets the same share.

    Equation  dx[n,c,h,w] = 1/(H W) dy[n,c]                                              (8.11)
    Shapes    dy (N, C), x (N, C, H, W)  ->  dx (N, C, H, W)
    """
    H, W = x.shape[2:]
    return np.ones_like(x) * dy[:, :, None, None] / (H * W)
