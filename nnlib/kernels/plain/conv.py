"""Convolution: every filter is laid on every position of every image, and gives one weighted sum there.

``windows[n,c,i,j,k,l]`` is the pixel x[n, c, SH i + k - PH, SW j + l - PW] that weight (k, l) meets at position (i, j).
``einsum`` names the axes and sums over those that are missing on the right; with ``optimize`` it multiplies matrices.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(x, w, b, stride, padding):
    """Every filter laid on every position of every image (cross-correlation, as in PyTorch).

    Equation  y[n,f,i,j] = b[f] + sum_c,k,l w[f,c,k,l] x[n, c, SH i + k - PH, SW j + l - PW],   x = 0 outside  (8.3)
    Shapes    x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1, padding (PH, PW) pair >= 0
              ->  y (N, F, OH, OW)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    (SH, SW), (PH, PW) = stride, padding
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    windows = sliding_window_view(padded, w.shape[2:], (2, 3))
    windows = windows[:, :, ::SH, ::SW]
    y = np.einsum("ncijkl,fckl->nfij", windows, w, optimize=True)
    return y + b[:, None, None]


def conv2d_backward(dy, x, w, b, stride, padding):
    """Gradients of the loss with respect to the images, the filters and the biases.

    Equation  dx[n,c,h,v] = sum_f,k,l dy[n,f,i,j] w[f,c,k,l]   over all  SH i + k - PH = h,  SW j + l - PW = v  (8.5)
              dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dx (N, C, H, W), dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    (SH, SW), (PH, PW) = stride, padding
    (H, W), (KH, KW), (OH, OW) = x.shape[2:], w.shape[2:], dy.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    windows = sliding_window_view(padded, (KH, KW), (2, 3))
    windows = windows[:, :, ::SH, ::SW]
    dw = np.einsum("nfij,ncijkl->fckl", dy, windows, optimize=True)
    dwindows = np.einsum("nfij,fckl->ncijkl", dy, w, optimize=True)
    dpadded = np.zeros_like(padded)
    for k, l in np.ndindex(KH, KW):    # a pixel collects from all its windows
        rows, columns = slice(k, k + SH * OH, SH), slice(l, l + SW * OW, SW)
        dpadded[:, :, rows, columns] += dwindows[..., k, l]
    dx = dpadded[:, :, PH:PH + H, PW:PW + W]
    return dx, dw, dy.sum(axis=(0, 2, 3))


def conv2d_backward_parameters(dy, x, w, b, stride, padding):
    """The same without dx, for the first layer of a network.

    Equation  dw[f,c,k,l] = sum_n,i,j dy[n,f,i,j] x[n, c, SH i + k - PH, SW j + l - PW]
              db[f]       = sum_n,i,j dy[n,f,i,j]
    Shapes    dy (N, F, OH, OW), x (N, C, H, W), w (F, C, KH, KW), b (F,), stride (SH, SW) pair >= 1,
              padding (PH, PW) pair >= 0  ->  dw (F, C, KH, KW), db (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    """
    return conv2d_backward(dy, x, w, b, stride, padding)[1:]
