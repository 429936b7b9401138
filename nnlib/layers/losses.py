"""Losses: ``forward`` gives the mean loss of a batch, ``backward`` its gradient with respect to the predictions."""
import math

import numpy as np

from ..kernels import unchecked as kernels
from .base import Loss, as_array, as_fraction


class MeanSquaredError(Loss):
    """Mean squared distance between predictions and targets, for regression.

    Equation  loss = 1/N sum_n (y_hat[n] - y[n])^2,   N counts all entries
    Shapes    y_hat (...), y of the same shape, or y (N,) for y_hat (N, 1)  ->  loss scalar
    Units     square of the targets' unit
    Saves     y_hat and y, for dy_hat = 2 (y_hat - y) / N
    Raises    ValueError if the shapes differ, or a target is not finite
    """

    def forward(self, y_hat, y):
        self._y_hat, self._y = predictions_and_targets(y_hat, y, "MeanSquaredError.forward", "y_hat")
        return float(kernels.mean_squared_error_forward(self._y_hat.ravel(), self._y))

    def backward(self):
        y_hat = self._saved("_y_hat")
        return kernels.mean_squared_error_backward(y_hat.ravel(), self._y).reshape(y_hat.shape)

    def __repr__(self):
        return "MeanSquaredError()"


class MeanAbsoluteError(Loss):
    """Mean distance between predictions and targets, for regression with outliers.

    Equation  loss = 1/N sum_n |y_hat[n] - y[n]|,   N counts all entries
    Shapes    y_hat (...), y of the same shape, or y (N,) for y_hat (N, 1)  ->  loss scalar
    Units     the targets' unit
    Saves     y_hat and y, for dy_hat = sign(y_hat - y) / N
    Raises    ValueError if the shapes differ, or a target is not finite
    """

    def forward(self, y_hat, y):
        self._y_hat, self._y = predictions_and_targets(y_hat, y, "MeanAbsoluteError.forward", "y_hat")
        return float(kernels.mean_absolute_error_forward(self._y_hat.ravel(), self._y))

    def backward(self):
        y_hat = self._saved("_y_hat")
        return kernels.mean_absolute_error_backward(y_hat.ravel(), self._y).reshape(y_hat.shape)

    def __repr__(self):
        return "MeanAbsoluteError()"


class BinaryCrossEntropy(Loss):
    """Negative log-likelihood of labels 0 and 1, given scores a = w.x + b (before the sigmoid).

    Equation  loss = 1/N sum_n [ log(1 + exp(a[n])) - y[n] a[n] ],   N counts all entries
    Shapes    scores (...), y of the same shape, or y (N,) for scores (N, 1)  ->  loss scalar
    Units     nats per example
    Saves     scores and y, for da = (sigmoid(a) - y) / N
    Raises    ValueError if the shapes differ, or a label lies outside [0, 1]
    """

    def forward(self, scores, y):
        scores, y = predictions_and_targets(scores, y, "BinaryCrossEntropy.forward", "scores")
        if y.min() < 0 or y.max() > 1:
            raise ValueError("BinaryCrossEntropy.forward: y holds labels outside [0, 1], expected 0 or 1.\n"
                             "For labels -1 and 1 pass (y + 1) / 2; for more classes use SoftmaxCrossEntropy.")
        self._scores, self._y = scores, y
        return float(kernels.binary_cross_entropy_forward(scores.ravel(), y))

    def backward(self):
        scores = self._saved("_scores")
        return kernels.binary_cross_entropy_backward(scores.ravel(), self._y).reshape(scores.shape)

    def predict(self, scores):
        """Label 1 exactly where the score is above 0, that is the probability above 1/2."""
        return (scores.ravel() > 0).astype(np.int64)

    def __repr__(self):
        return "BinaryCrossEntropy()"


class SoftmaxCrossEntropy(Loss):
    """Negative log-probability of the right class, given one score for each class.

    For sequences it is the mean over all steps of all examples. With ``smoothing`` the target is not a label alone: it
    gives that share of its probability to all classes alike, so that a network gains nothing by being ever surer.

    Equation  loss = -1/N sum_n sum_k t[n,k] log p[n,k],   p = softmax(scores)
              t[n,k] = (1 - smoothing) [k = y[n]] + smoothing / K
    Shapes    scores (N, K), y (N,) whole numbers 0 ... K-1, or scores (N, T, K), y (N, T)  ->  loss scalar
    Units     nats per example, or per step
    Saves     p and y, for da = (p - t) / N
    Raises    ValueError if the sizes differ, a label is not a class, or smoothing lies outside [0, 1)
    Source    Szegedy et al. (2016), Rethinking the Inception architecture, for the smoothing
    """

    def __init__(self, *, smoothing=0.0):
        self.smoothing = as_fraction(smoothing, "SoftmaxCrossEntropy", "smoothing")

    def forward(self, scores, y):
        shape = ("N", "T", "K") if np.ndim(scores) == 3 else ("N", "K")
        scores = as_array(scores, shape, "SoftmaxCrossEntropy.forward", "scores")
        *one_label_each, K = scores.shape
        y = np.asarray(y)
        if y.shape != tuple(one_label_each):
            advice = "\nFor one-hot rows pass y.argmax(axis=-1)." if y.shape == scores.shape else ""
            raise ValueError(f"SoftmaxCrossEntropy.forward: y has shape {y.shape}, expected {tuple(one_label_each)}, "
                             f"one label for each row of scores.{advice}")
        if not np.issubdtype(y.dtype, np.integer):
            raise ValueError(f"SoftmaxCrossEntropy.forward: y has dtype {y.dtype}, expected whole numbers.\n"
                             "Convert it with y.astype(np.int64).")
        if y.min() < 0 or y.max() >= K:
            wrong = y[(y < 0) | (y >= K)][0]
            raise ValueError(f"SoftmaxCrossEntropy.forward: y holds the label {wrong}, expected 0 ... {K - 1} "
                             f"for {K} columns of scores.")
        self._shape, self._y = scores.shape, y.astype(np.int64).ravel()
        scores = scores.reshape(-1, K)
        loss, self._p = kernels.softmax_cross_entropy_forward(scores, self._y)
        if self.smoothing:                               # log p is a score minus what all scores of the row share
            loss += self.smoothing * np.mean(scores[np.arange(len(scores)), self._y] - scores.mean(axis=1))
        return float(loss)

    def backward(self):
        da = kernels.softmax_cross_entropy_backward(self._saved("_p"), self._y)
        if self.smoothing:
            N, K = da.shape
            da -= da.dtype.type(self.smoothing / (N * K))
            da[np.arange(N), self._y] += da.dtype.type(self.smoothing / N)
        return da.reshape(self._shape)

    def predict(self, scores):
        """The class with the largest score."""
        return scores.argmax(axis=-1)

    def __repr__(self):
        return f"SoftmaxCrossEntropy(smoothing={self.smoothing:g})" if self.smoothing else "SoftmaxCrossEntropy()"


def predictions_and_targets(y_hat, y, owner, name):
    """The predictions, and as many targets, flat and of their dtype, else ValueError."""
    y_hat, y = as_array(y_hat, ..., owner, name), np.asarray(y)
    if y.shape != y_hat.shape and (*y.shape, 1) != y_hat.shape:
        raise ValueError(f"{owner}: y has shape {y.shape}, expected {y_hat.shape}, that of {name}.\n"
                         "Give one target for each prediction.")
    if y.dtype.kind not in "fiub":                       # floats, whole numbers, booleans
        raise ValueError(f"{owner}: y has dtype {y.dtype}, expected numbers.\nConvert it with y.astype(np.{y_hat.dtype}).")
    targets = y.astype(y_hat.dtype).ravel()
    if not math.isfinite(targets @ targets) and not np.isfinite(y).all():        # the first is quick, and may overflow
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(y))[0])
        raise ValueError(f"{owner}: y is {y[where]} at {where}, expected finite numbers.\nRemove such examples.")
    return y_hat, targets
