"""How good a classifier is: counts of right and wrong answers, rankings, probabilities, and how sure one may be of a figure.

Predictions come first and the labels ``y`` second, as in the losses.
"""
import math

import numpy as np

from .layers.base import as_array, as_setting, as_size


def confusion(predicted, y, *, classes=None):
    """How often each class was taken for each: rows are the right classes, columns the predicted ones.

    ``classes`` is their number K; None stands for the largest label plus 1.

    Equation  counts[j,k] = sum_n [y[n] = j] [predicted[n] = k]
    Shapes    predicted (N,), y (N,) whole numbers 0 ... K-1  ->  counts (K, K)
    Raises    ValueError if the sizes differ or a label is not a class
    """
    K = None if classes is None else as_size(classes, "metrics.confusion", "classes")
    predicted = as_labels(predicted, "metrics.confusion", "predicted", K)
    y = as_labels(y, "metrics.confusion", "y", K, len(predicted))
    K = K or int(max(predicted.max(), y.max())) + 1
    return np.bincount(K * y + predicted, minlength=K * K).reshape(K, K)


def precision_recall(counts):
    """Of what was given to a class, the share that belongs there; of what belongs there, the share that was found.

    NaN stands for a share of nothing: the precision of a class that was never predicted, the recall of one without examples.

    Equation  precision[k] = counts[k,k] / sum_j counts[j,k],   recall[k] = counts[k,k] / sum_j counts[k,j]
    Shapes    counts (K, K) as ``confusion`` gives them  ->  precision (K,), recall (K,)
    Units     fractions of 1
    Raises    ValueError if counts is not square
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or len(counts) != counts.shape[1] or counts.size == 0:
        raise ValueError(f"metrics.precision_recall: counts has shape {counts.shape}, expected (K, K).\n"
                         "Make it with nnlib.metrics.confusion(predicted, y).")
    right = np.diag(counts).astype(float)
    given, there = counts.sum(axis=0), counts.sum(axis=1)
    nothing = np.full(len(counts), np.nan)
    return (np.divide(right, given, out=nothing.copy(), where=given > 0),
            np.divide(right, there, out=nothing, where=there > 0))


def roc(scores, y):
    """What each threshold lets through of both classes, from the highest: the curve of false against true alarms.

    Examples of equal score pass a threshold together, so they are one step of the curve, and its corners do not
    depend on their order. The first point is (0, 0), for a threshold that nothing reaches.

    Equation  false[j] = sum_n [y[n] = 0] [score[n] >= t[j]] / (number of zeros),   true[j] the same of the ones
    Shapes    scores (N,), y (N,) labels 0 and 1  ->  false (J+1,), true (J+1,), t (J+1,) for J different scores
    Units     fractions of 1
    Raises    ValueError if the sizes differ, a score is NaN, or a class is missing
    """
    values, zeros, ones = tallies(scores, y, "metrics.roc")
    false, true = (np.concatenate([[0], np.cumsum(each[::-1])]) / each.sum() for each in (zeros, ones))
    return false, true, np.concatenate([[np.inf], values[::-1]])


def auc(scores, y):
    """How often a one scores higher than a zero, over all pairs of both; a tie counts one half. Chance gives 0.5.

    It is the area under the curve of ``roc``.

    Equation  auc = mean over pairs (i, j), y[i] = 1, y[j] = 0, of  [score[i] > score[j]] + [score[i] = score[j]] / 2
    Shapes    scores (N,), y (N,) labels 0 and 1  ->  scalar
    Units     fraction of 1
    Raises    ValueError if the sizes differ, a score is NaN, or a class is missing
    Source    Hanley and McNeil (1982), The meaning and use of the area under a ROC curve
    """
    _, zeros, ones = tallies(scores, y, "metrics.auc")
    below = np.cumsum(zeros) - zeros
    return float(ones @ (below + zeros / 2) / (ones.sum() * zeros.sum()))


def calibration(p, y, *, bins=10):
    """What a classifier says against how often it is right, in bins of equal width over the probability.

    With one row of probabilities per example, what it says is the probability of the class that it chooses; with one
    number per example it is that of class 1, and right stands for y = 1. Bins without examples are left out.

    Equation  said[j] = mean of p[n],   right[j] = mean of [y[n] = chosen[n]],   over the n with  j/J <= p[n] < (j+1)/J
    Shapes    p (N,) or (N, K), y (N,)  ->  said (J,), right (J,), count (J,) of the bins that hold examples
    Units     fractions of 1
    Raises    ValueError if the sizes differ, or p holds something else than probabilities
    """
    bins = as_size(bins, "metrics.calibration", "bins")
    said, right = said_and_right(p, y, "metrics.calibration")
    place = np.minimum((said * bins).astype(np.int64), bins - 1)             # 1 belongs to the last bin
    count = np.bincount(place, minlength=bins)
    full = count > 0
    sums = (np.bincount(place, each, minlength=bins)[full] for each in (said, right))
    said, right = (each / count[full] for each in sums)
    return said, right, count[full]


def calibration_error(p, y, *, bins=10):
    """Mean distance of what a classifier says from how often it is right, the bins weighed by their examples.

    Equation  error = sum_j count[j] / N |said[j] - right[j]|,   as in ``calibration``
    Shapes    p (N,) or (N, K), y (N,)  ->  scalar
    Units     fraction of 1
    Raises    ValueError as ``calibration`` does
    Source    Guo et al. (2017), On calibration of modern neural networks
    """
    said, right, count = calibration(p, y, bins=bins)
    return float(count @ np.abs(said - right) / count.sum())


def standard_error(accuracy, N):
    """How far an accuracy on N examples lies from that on endless ones, as a standard deviation.

    Of the difference of two accuracies on different examples, the squares add: equal ones make it sqrt(2) times as large.

    Equation  s = sqrt(accuracy (1 - accuracy) / N)
    Units     fractions of 1
    Raises    ValueError if the accuracy lies outside [0, 1]
    """
    accuracy, N = as_setting(accuracy, "metrics.standard_error", "accuracy"), as_size(N, "metrics.standard_error", "N")
    if accuracy > 1:
        raise ValueError(f"metrics.standard_error: accuracy is {accuracy!r}, expected a fraction of 1.\n"
                         "Divide percent by 100.")
    return math.sqrt(accuracy * (1 - accuracy) / N)


def tallies(scores, y, owner):
    """The different scores, ascending, and how many zeros and ones have each."""
    scores = as_array(scores, ("N",), owner, "scores", advice="Give one score for each example: those of class 1.")
    if np.isnan(scores).any():
        raise ValueError(f"{owner}: scores is nan at {int(np.argmax(np.isnan(scores)))}, expected numbers with an order.\n"
                         "Look for a division by zero, or for training that ran away.")
    y = as_labels(y, owner, "y", 2, len(scores))
    if y.min() == y.max():
        raise ValueError(f"{owner}: every label of y is {y[0]}, expected both 0 and 1.\nGive examples of both classes.")
    values, place = np.unique(scores, return_inverse=True)
    return values, *(np.bincount(place[y == label], minlength=len(values)) for label in (0, 1))


def said_and_right(p, y, owner):
    """For each example the probability that the classifier gives its answer, and whether the answer is right."""
    p = as_array(p, ("N",) if getattr(p, "ndim", 1) == 1 else ("N", "K"), owner, "p")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{owner}: p holds numbers outside [0, 1], expected probabilities.\n"
                         "Put the scores through a softmax or a sigmoid first.")
    if p.ndim == 1:
        return p, as_labels(y, owner, "y", 2, len(p))
    y = as_labels(y, owner, "y", p.shape[1], len(p))
    return p.max(axis=1), p.argmax(axis=1) == y


def as_labels(y, owner, name, classes=None, N=None):
    """Labels as an array (N,) of whole numbers from 0, below ``classes``, else ValueError."""
    y = np.asarray(y)
    if y.ndim != 1 or len(y) != (N or len(y)) or y.size == 0:
        raise ValueError(f"{owner}: {name} has shape {y.shape}, expected ({N or 'N'},), one label for each example.")
    if y.dtype.kind not in "iub":                        # whole numbers, booleans
        raise ValueError(f"{owner}: {name} has dtype {y.dtype}, expected whole numbers.\n"
                         f"Convert it with {name}.astype(np.int64).")
    y = y.astype(np.int64)
    if y.min() < 0 or (classes and y.max() >= classes):
        wrong = y[(y < 0) | (y >= (classes or np.inf))][0]
        raise ValueError(f"{owner}: {name} holds the label {wrong}, expected 0 ... {classes - 1 if classes else 'K-1'}.")
    return y
