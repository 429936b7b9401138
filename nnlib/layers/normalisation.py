"""Normalisation layers."""
import numpy as np

from ..kernels import unchecked as kernels
from .base import Layer, as_array, as_dtype, as_size


class BatchNorm(Layer):
    """Every unit, or every channel of images, normalised over the batch; after training, by running statistics.

    Equation  y = w z + b,   z = (x - mean) / sqrt(variance + 10^-5)
              train:  mean and variance of the batch;   running = 0.9 running + 0.1 batch, after every forward,
                      where the batch's variance is divided by its count - 1, which makes it unbiased
              else:   running mean and running variance
    Shapes    x (N, M) or (N, M, H, W)  ->  y of the same shape;   w (M,), b (M,)
    Saves     x, and the mean and variance in use
    Raises    ValueError if x has another shape or dtype, or one number for each unit in training
    Source    Ioffe and Szegedy (2015), Batch normalization
    """

    parameter_names = ("w", "b")
    statistic_names = ("running_mean", "running_variance")

    def __init__(self, M, *, dtype=np.float64):
        self.M, self.dtype = as_size(M, "BatchNorm", "M"), as_dtype(dtype, "BatchNorm")
        self.w, self.b = np.ones(self.M, self.dtype), np.zeros(self.M, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)
        self.running_mean, self.running_variance = np.zeros(self.M, self.dtype), np.ones(self.M, self.dtype)

    def forward(self, x, train=False):
        x = as_units_or_images(x, self.M, "BatchNorm", self.dtype)
        columns = x.reshape(len(x), self.M, -1)
        if not train:
            self._x, self._train = x, train
            y = kernels.batch_norm_fixed_forward(columns, self.running_mean, self.running_variance, self.w, self.b)
            return y.reshape(x.shape)

        count = x.size // self.M
        if count == 1:
            raise ValueError(f"BatchNorm.forward: x has shape {x.shape}, expected more than one number for each unit "
                             "in training: the variance of one is 0.\nChoose a batch_size that leaves no batch of "
                             "one example, or take GroupNorm or LayerNorm.")
        self._x, self._train = x, train
        y, self._mean, self._variance = kernels.batch_norm_forward(columns, self.w, self.b)
        self.running_mean += 0.1 * (self._mean - self.running_mean)
        self.running_variance += 0.1 * (self._variance * (count / (count - 1)) - self.running_variance)
        return y.reshape(x.shape)

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, x.shape, "BatchNorm.backward", "dy", self.dtype)
        dy_columns, columns = dy.reshape(len(x), self.M, -1), x.reshape(len(x), self.M, -1)
        if self._train:
            dx, self.dw, self.db = kernels.batch_norm_backward(
                dy_columns, self._mean, self._variance, columns, self.w, self.b)
        else:
            dx, self.dw, self.db = kernels.batch_norm_fixed_backward(
                dy_columns, columns, self.running_mean, self.running_variance, self.w)
        return dx.reshape(x.shape)

    def __repr__(self):
        return f"BatchNorm({self.M})"


class LayerNorm(Layer):
    """Every example, or every step of a sequence, normalised over its own M numbers.

    Equation  y = w z + b,   z = (x - mean) / sqrt(variance + 10^-5),   both over the last axis
    Shapes    x (..., M)  ->  y (..., M);   w (M,), b (M,)
    Saves     x, and its mean and variance
    Raises    ValueError if x has another last axis or dtype
    Source    Ba, Kiros and Hinton (2016), Layer normalization
    """

    parameter_names = ("w", "b")

    def __init__(self, M, *, dtype=np.float64):
        self.M, self.dtype = as_size(M, "LayerNorm", "M"), as_dtype(dtype, "LayerNorm")
        self.w, self.b = np.ones(self.M, self.dtype), np.zeros(self.M, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        self._x = as_array(x, (..., self.M), "LayerNorm.forward", "x", self.dtype)
        y, self._mean, self._variance = kernels.layer_norm_forward(self._x.reshape(-1, self.M), self.w, self.b)
        return y.reshape(self._x.shape)

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, x.shape, "LayerNorm.backward", "dy", self.dtype)
        dx, self.dw, self.db = kernels.layer_norm_backward(
            dy.reshape(-1, self.M), self._mean, self._variance, x.reshape(-1, self.M), self.w, self.b)
        return dx.reshape(x.shape)

    def __repr__(self):
        return f"LayerNorm({self.M})"


class GroupNorm(Layer):
    """Every example normalised over groups of M / groups neighbouring channels: between LayerNorm and one norm for each.

    Equation  y = w z + b,   z = (x - mean) / sqrt(variance + 10^-5),   both over the channels and positions of a group
    Shapes    x (N, M) or (N, M, H, W)  ->  y of the same shape;   w (M,), b (M,)
    Saves     x, and its mean and variance
    Raises    ValueError if M is not a multiple of groups, or x has another shape or dtype, or one number for each group
    Source    Wu and He (2018), Group normalization
    """

    parameter_names = ("w", "b")

    def __init__(self, M, groups, *, dtype=np.float64):
        self.M, self.groups = as_size(M, "GroupNorm", "M"), as_size(groups, "GroupNorm", "groups")
        if self.M % self.groups:
            raise ValueError(f"GroupNorm: {M} channels and {groups} groups, expected M to be a multiple of groups.\n"
                             "All groups have the same number of channels.")
        self.dtype = as_dtype(dtype, "GroupNorm")
        self.w, self.b = np.ones(self.M, self.dtype), np.zeros(self.M, self.dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        x = as_units_or_images(x, self.M, "GroupNorm", self.dtype)
        if x.size == len(x) * self.groups:
            raise ValueError(f"GroupNorm.forward: x has shape {x.shape}, expected more than one number in each of the "
                             f"{self.groups} groups: the variance of one is 0.\nTake fewer groups, or larger images.")
        self._x = x
        y, self._mean, self._variance = kernels.group_norm_forward(
            x.reshape(len(x), self.M, -1), self.w, self.b, self.groups)
        return y.reshape(x.shape)

    def backward(self, dy):
        x = self._saved("_x")
        dy = as_array(dy, x.shape, "GroupNorm.backward", "dy", self.dtype)
        dy_columns, columns = dy.reshape(len(x), self.M, -1), x.reshape(len(x), self.M, -1)
        dx, self.dw, self.db = kernels.group_norm_backward(
            dy_columns, self._mean, self._variance, columns, self.w, self.groups)
        return dx.reshape(x.shape)

    def __repr__(self):
        return f"GroupNorm({self.M}, {self.groups})"


def as_units_or_images(x, M, owner, dtype):
    """Contiguous (N, M), or images (N, M, H, W), else ValueError that names both."""
    shape = ("N", M, "H", "W") if np.ndim(x) == 4 else ("N", M)
    return as_array(x, shape, f"{owner}.forward", "x", dtype, f"Give (N, {M}), or images (N, {M}, H, W).")
