"""Pooling layers: smaller images, without parameters."""
from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_pair
from .conv import as_images, output_size


class MaxPool2d(Layer):
    """The largest number of every window; windows lie side by side unless ``stride`` says otherwise.

    Equation  y[n,c,i,j] = max over k < KH, l < KW of x[n, c, SH i + k, SW j + l]
    Shapes    x (N, C, H, W)  ->  y (N, C, OH, OW),   OH = floor((H - KH) / SH) + 1, OW likewise
    Saves     where the largest numbers stand, for dx
    Raises    ValueError if x has another rank, or is smaller than the window
    """

    def __init__(self, size, stride=None):
        self.size = as_pair(size, "MaxPool2d", "size")
        self.stride = self.size if stride is None else as_pair(stride, "MaxPool2d", "stride")

    def forward(self, x, train=False):
        x = as_images(x, "C", "MaxPool2d")
        output_size(x.shape, self.size, self.stride, (0, 0), "MaxPool2d: the window")
        self._x = x
        y, self._at = kernels.max_pool2d_forward(x, self.size, self.stride)
        return y

    def backward(self, dy):
        at = self._saved("_at")
        return kernels.max_pool2d_backward(as_array(dy, at.shape, "MaxPool2d.backward", "dy", self._x.dtype), at, self._x)

    def __repr__(self):
        return f"MaxPool2d({self.size}, stride={self.stride})"


class AvgPool2d(Layer):
    """The mean of every window; windows lie side by side unless ``stride`` says otherwise.

    Equation  y[n,c,i,j] = 1/(KH KW) sum_k,l x[n, c, SH i + k, SW j + l]
    Shapes    x (N, C, H, W)  ->  y (N, C, OH, OW),   OH = floor((H - KH) / SH) + 1, OW likewise
    Raises    ValueError if x has another rank, or is smaller than the window
    """

    def __init__(self, size, stride=None):
        self.size = as_pair(size, "AvgPool2d", "size")
        self.stride = self.size if stride is None else as_pair(stride, "AvgPool2d", "stride")

    def forward(self, x, train=False):
        x = as_images(x, "C", "AvgPool2d")
        self._output = output_size(x.shape, self.size, self.stride, (0, 0), "AvgPool2d: the window")
        self._x = x
        return kernels.avg_pool2d_forward(x, self.size, self.stride)

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, (*x.shape[:2], *self._output), "AvgPool2d.backward", "dy", x.dtype)
        return kernels.avg_pool2d_backward(dy, x, self.size, self.stride)

    def __repr__(self):
        return f"AvgPool2d({self.size}, stride={self.stride})"


class GlobalAvgPool2d(Layer):
    """The mean of every channel over all places: images of any size become C numbers each, ready for a dense layer.

    Equation  y[n,c] = 1/(H W) sum_h,w x[n,c,h,w]
    Shapes    x (N, C, H, W)  ->  y (N, C)
    Raises    ValueError if x has another rank
    Source    Lin, Chen and Yan (2014), Network in network
    """

    def forward(self, x, train=False):
        self._x = as_images(x, "C", "GlobalAvgPool2d")
        return kernels.global_avg_pool2d_forward(self._x)

    def backward(self, dy):
        x = self._saved("_x")
        return kernels.global_avg_pool2d_backward(as_array(dy, x.shape[:2], "GlobalAvgPool2d.backward", "dy", x.dtype), x)

    def __repr__(self):
        return "GlobalAvgPool2d()"
