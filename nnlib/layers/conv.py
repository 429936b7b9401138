"""Convolution layer, and the step from images to rows."""
import numpy as np

from .. import init as initialisers
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_pair, as_rng, as_size, shape_text


class Conv2d(Layer):
    """F filters of KH x KW pixels on images of C channels. Sizes are one number, or a pair (rows, columns).

    Equation  y[n,f,i,j] = b[f] + sum_c,k,l w[f,c,k,l] x[n, c, SH i + k - PH, SW j + l - PW],   x = 0 outside
    Shapes    x (N, C, H, W)  ->  y (N, F, OH, OW);   w (F, C, KH, KW), b (F,)
              OH = floor((H + 2 PH - KH) / SH) + 1,   OW = floor((W + 2 PW - KW) / SW) + 1
    Saves     x, for dw
    Raises    ValueError if x has another shape or dtype, or is smaller than the filter
    """

    parameter_names = ("w", "b")

    def __init__(self, C, F, kernel_size, stride=1, padding=0, *, init=initialisers.he, rng=None, dtype=np.float64):
        self.C, self.F = as_size(C, "Conv2d", "C"), as_size(F, "Conv2d", "F")
        self.kernel_size = as_pair(kernel_size, "Conv2d", "kernel_size")
        self.stride = as_pair(stride, "Conv2d", "stride")
        self.padding = as_pair(padding, "Conv2d", "padding", least=0)
        self.dtype = as_dtype(dtype, "Conv2d")
        rng = as_rng(rng, "Conv2d")
        self.w = init((self.F, self.C, *self.kernel_size), rng).astype(self.dtype)
        self.b = np.zeros(self.F, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        x = as_images(x, self.C, "Conv2d", self.dtype)
        self._output = output_size(x.shape, self.kernel_size, self.stride, self.padding, "Conv2d: the filter")
        self._x = x
        return kernels.conv2d_forward(self._x, self.w, self.b, self.stride, self.padding)

    def backward(self, dy):
        dx, self.dw, self.db = kernels.conv2d_backward(*self._images(dy), self.w, self.b, self.stride, self.padding)
        return dx

    def backward_parameters(self, dy):
        self.dw, self.db = kernels.conv2d_backward_parameters(*self._images(dy), self.w, self.b, self.stride, self.padding)

    def _images(self, dy):
        """dy, checked, and x."""
        x = self._saved("_x")
        return as_array(dy, (len(x), self.F, *self._output), "Conv2d.backward", "dy", self.dtype), x

    def __repr__(self):
        return f"Conv2d({self.C}, {self.F}, {self.kernel_size}, stride={self.stride}, padding={self.padding})"


class Flatten(Layer):
    """Every example, of any shape, as one row: what an Affine layer expects.

    Shapes    x (N, ...)  ->  y (N, D)
    Saves     the shape of x, to give dx the same
    """

    def forward(self, x, train=False):
        x = as_array(x, ..., "Flatten.forward", "x")
        self._shape, self._dtype = x.shape, x.dtype
        return x.reshape(len(x), -1)

    def backward(self, dy):
        N, *sizes = self._saved("_shape")
        dy = as_array(dy, (N, int(np.prod(sizes))), "Flatten.backward", "dy", self._dtype)
        return dy.reshape(self._shape)

    def __repr__(self):
        return "Flatten()"


def as_images(x, C, owner, dtype=None):
    """Contiguous images (N, C, H, W), else ValueError that says how rows or grey images become such."""
    advice = "For grey images add the axis of the one channel: x[:, None]." if getattr(x, "ndim", 4) == 3 else \
             "Rows of D = C H W numbers become images with x.reshape(len(x), C, H, W)."
    return as_array(x, ("N", C, "H", "W"), f"{owner}.forward", "x", dtype, advice)


def output_size(shape, size, stride, padding, window):
    """Number of windows (OH, OW), else ValueError if not even one fits."""
    padded = tuple(pixels + 2 * border for pixels, border in zip(shape[2:], padding))
    if padded[0] < size[0] or padded[1] < size[1]:
        raise ValueError(f"{window} has {size[0]} x {size[1]} pixels, the image with its padding only "
                         f"{padded[0]} x {padded[1]} (x has shape {shape_text(shape)}).\n"
                         "Make the window smaller, pad more, or leave out a pooling layer before it.")
    return tuple((pixels - window) // step + 1 for pixels, window, step in zip(padded, size, stride))
