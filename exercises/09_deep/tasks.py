"""What only the grader knows of 09_deep: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes

# References

def batch_norm(x, w, b, eps):
    mean, variance = x.mean(axis=0), x.var(axis=0)
    z = (x - mean) / np.sqrt(variance + eps)
    return w * z + b, mean, variance


def batch_norm_backward(dy, mean, variance, x, w, b, eps):
    deviation = np.sqrt(variance + eps)
    z = (x - mean) / deviation
    dw, db = np.sum(dy * z, axis=0), np.sum(dy, axis=0)
    dx = w / deviation * (dy - db / len(x) - z * dw / len(x))
    return dx, dw, db


def remember(running_mean, running_variance, x, rate):
    mean, variance = x.mean(axis=0), x.var(axis=0, ddof=1)
    new_mean = (1 - rate) * running_mean + rate * mean
    new_variance = (1 - rate) * running_variance + rate * variance
    return new_mean, new_variance


def fold(w, b, mean, variance, scale, shift, eps):
    factor = scale / np.sqrt(variance + eps)
    column = factor.reshape(-1, *[1] * (w.ndim - 1))
    return column * w, factor * (b - mean) + shift


def layer_norm(x, w, b, eps):
    mean, variance = x.mean(axis=1), x.var(axis=1)
    z = (x - mean[:, None]) / np.sqrt(variance[:, None] + eps)
    return w * z + b, mean, variance


def layer_norm_backward(dy, mean, variance, x, w, b, eps):
    deviation = np.sqrt(variance + eps)[:, None]
    z = (x - mean[:, None]) / deviation
    dz = w * dy
    mean_dz, mean_dz_z = np.mean(dz, axis=1, keepdims=True), np.mean(dz * z, axis=1, keepdims=True)
    dx = (dz - mean_dz - z * mean_dz_z) / deviation
    return dx, np.sum(dy * z, axis=0), np.sum(dy, axis=0)


def block_backward(dy, h, x, w1, w2):
    dh = dy @ w2
    da = dh * (h > 0)
    return dy + da @ w1, da.T @ x, dy.T @ h


# Cases

def batches(rng):
    """Labels and batches (N, M), the worked example not among them."""
    for label, N, M in (("7 examples, 4 units", 7, 4), ("one unit", 6, 1), ("as many examples as units", 3, 3),
                        ("2 examples, 5 units", 2, 5)):
        yield label, rng.normal(rng.normal(size=M), 1.5, (N, M))
    yield "a single example", rng.normal(2, 1, (1, 4))


def parameters(rng, M):
    """A scale and a shift for every unit, and a large epsilon."""
    return rng.normal(size=M), rng.normal(size=M), float(rng.uniform(0.3, 0.9))


def for_batch_norm(rng):
    yield Case("the worked example", (np.array([[1.0, 0.0, 2.0], [3.0, 8.0, 2.0]]), np.array([1.0, 2.0, 3.0]),
                                      np.array([0.5, 0.0, -1.0]), 9.0))
    for label, x in batches(rng):
        yield Case(label, (x, *parameters(rng, x.shape[1])))


def for_layer_norm(rng):
    yield Case("the worked example", (np.array([[1.0, 3.0], [0.0, 8.0], [2.0, 2.0]]), np.array([1.0, 2.0]),
                                      np.array([0.5, -1.0]), 9.0))
    for label, x in batches(rng):
        yield Case(label, (x, *parameters(rng, x.shape[1])))


def back_through(axis, rng):
    """Cases of a backward pass, whose means and variances run along an axis."""
    for label, x in batches(rng):
        yield Case(label, (rng.normal(size=x.shape), x.mean(axis=axis), x.var(axis=axis), x, *parameters(rng, x.shape[1])))
    x = rng.normal(2, 1.5, (4, 3))
    w, b, eps = parameters(rng, 3)
    yield Case(FAR, (rng.normal(size=x.shape), x.mean(axis=axis), x.var(axis=axis), x, w, 1e12 * (1 + b ** 2), eps))


def for_batch_norm_backward(rng):
    yield Case("the worked example", (
        np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0]]), np.array([3.0, 2.0]), np.array([8 / 3, 8.0]),
        np.array([[1.0, 0.0], [3.0, 6.0], [5.0, 0.0]]), np.array([2.0, -1.0]), np.zeros(2), 1.0))
    yield from back_through(0, rng)


def for_layer_norm_backward(rng):
    yield Case("the worked example", (
        np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 1.0]]), np.array([3.0, 2.0]), np.array([8 / 3, 8.0]),
        np.array([[1.0, 3.0, 5.0], [0.0, 6.0, 0.0]]), np.array([2.0, -1.0, 1.0]), np.zeros(3), 1.0))
    yield from back_through(1, rng)


def for_remember(rng):
    yield Case("the worked example", (np.array([0.0, 5.0, -1.0]), np.array([1.0, 2.0, 0.5]),
                                      np.array([[1.0, 2.0, 3.0], [5.0, 4.0, 3.0]]), 0.5))
    for label, x in batches(rng):
        if len(x) > 1:
            M = x.shape[1]
            yield Case(label, (rng.normal(size=M), rng.uniform(0.5, 2, M), x, float(rng.uniform(0.05, 0.4))))


def for_fold(rng):
    yield Case("the worked example", (
        np.array([[2.0, 0.0, 4.0], [1.0, -2.0, 0.5]]), np.array([1.0, -1.0]), np.array([3.0, 2.0]), np.array([14.0, 2.0]),
        np.array([2.0, 3.0]), np.array([0.0, 1.0]), 2.0))
    for label, shape, group in (("5 units, 3 inputs", (5, 3), ""), ("one unit", (1, 4), ""),
                                ("3 units, 3 inputs", (3, 3), ""),
                                ("4 filters of 3 x 2 over 2 channels", (4, 2, 3, 2), "convolution"),
                                ("3 filters of 3 x 3", (3, 1, 3, 3), "convolution"),
                                ("one filter", (1, 3, 2, 2), "convolution")):
        M = shape[0]
        yield Case(label, (rng.normal(size=shape), rng.normal(size=M), rng.normal(size=M), rng.uniform(0.5, 2, M),
                           rng.normal(size=M), rng.normal(size=M), float(rng.uniform(0.3, 0.9))), group)


def for_block_backward(rng):
    def case(label, N, D, M, far=0.0):
        x, w1 = rng.normal(size=(N, D)), rng.normal(size=(M, D))
        if far:                                                  # an input that the shortcut alone hands on
            x[:, 0], w1[:, 0] = far * rng.uniform(1, 2, N), 0
        return Case(label, (rng.normal(size=(N, D)), np.maximum(0, x @ w1.T), x, w1, rng.normal(size=(D, M))))

    x, w1 = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([[1.0, 1.0], [2.0, 0.0], [0.0, -1.0]])
    yield Case("the worked example", (np.array([[1.0, 2.0], [3.0, -2.0]]), np.maximum(0, x @ w1.T), x, w1,
                                      np.array([[1.0, 0.5, 2.0], [0.0, -1.0, 3.0]])))
    yield case("6 examples, 4 inputs, 5 hidden units", 6, 4, 5)
    yield case("one example", 1, 3, 8)
    yield case("one hidden unit", 8, 3, 1)
    yield case("all sizes equal", 4, 4, 4)
    yield case(FAR, 3, 4, 5, far=1e15)


# Misconceptions

def batch_norm_in_place(x, w, b, eps):
    mean, variance = x.mean(axis=0), x.var(axis=0)
    x -= mean
    x /= np.sqrt(variance + eps)
    return w * x + b, mean, variance


def batch_norm_backward_in_place(dy, mean, variance, x, w, b, eps):
    deviation = np.sqrt(variance + eps)
    x -= mean
    x /= deviation
    dw, db = np.sum(dy * x, axis=0), np.sum(dy, axis=0)
    return w / deviation * (dy - db / len(x) - x * dw / len(x)), dw, db


def remember_in_place(running_mean, running_variance, x, rate):
    running_mean += rate * (x.mean(axis=0) - running_mean)
    running_variance += rate * (x.var(axis=0, ddof=1) - running_variance)
    return running_mean, running_variance


def remember_forgets_nothing(running_mean, running_variance, x, rate):
    return running_mean + rate * x.mean(axis=0), running_variance + rate * x.var(axis=0, ddof=1)


def fold_in_place(w, b, mean, variance, scale, shift, eps):
    factor = scale / np.sqrt(variance + eps)
    w *= factor.reshape(-1, *[1] * (w.ndim - 1))
    b -= mean
    return w, factor * b + shift


def layer_norm_over_the_batch(x, w, b, eps):
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return w * (x - mean) / np.sqrt(variance + eps) + b, mean, variance


def layer_norm_in_place(x, w, b, eps):
    mean, variance = x.mean(axis=1), x.var(axis=1)
    x -= mean[:, None]
    x /= np.sqrt(variance + eps)[:, None]
    return w * x + b, mean, variance


def layer_norm_backward_w_outside(dy, mean, variance, x, w, b, eps):
    deviation = np.sqrt(variance + eps)[:, None]
    z = (x - mean[:, None]) / deviation
    dx = dy - np.mean(dy, axis=1, keepdims=True) - z * np.mean(dy * z, axis=1, keepdims=True)
    return w * dx / deviation, np.sum(dy * z, axis=0), np.sum(dy, axis=0)


def layer_norm_backward_in_place(dy, mean, variance, x, w, b, eps):
    deviation = np.sqrt(variance + eps)[:, None]
    z = (x - mean[:, None]) / deviation
    dw, db = np.sum(dy * z, axis=0), np.sum(dy, axis=0)
    dy *= w
    return (dy - dy.mean(axis=1, keepdims=True) - z * np.mean(dy * z, axis=1, keepdims=True)) / deviation, dw, db


def block_backward_in_place(dy, h, x, w1, w2):
    da, dw2 = (dy @ w2) * (h > 0), dy.T @ h
    dy += da @ w1
    return dy, da.T @ x, dw2


WITHHELD = ("kernels.normalisation", "kernels.dense", *GRADIENTS)

HINTS = {
    "batch_norm": (
        "Each unit is normalised by itself: over which axis are its mean and variance?",
        "Axis 0, the examples. eps is added to the variance, below the root; w and b come last.",
    ),
    "batch_norm_backward": (
        "Three ways lead from x to y: direct, through the mean, through the variance.",
        "dx = w / deviation * (dy - mean of dy - z * mean of dy * z), with means over the examples. db and dw are the sums.",
    ),
    "remember": (
        "The new value is a step of size rate from the running one towards that of the batch.",
        "The variance that is remembered divides by N - 1: x.var(axis=0, ddof=1).",
    ),
    "fold": (
        "The norm multiplies each unit by one number and adds another. So does a layer.",
        "The factor is scale / sqrt(variance + eps). It multiplies the row of w and b - mean; shift is added last.",
    ),
    "layer_norm": (
        "Now each example is normalised by itself: the other axis.",
        "Means of rows have the shape (N,). Write mean[:, None] to subtract them from rows.",
    ),
    "layer_norm_backward": (
        "w stands inside now: begin with dz = w * dy, for it differs from unit to unit.",
        "dx = (dz - mean of dz - z * mean of dz * z) / deviation, with means along each row. dw and db add up examples.",
    ),
    "block_backward": (
        "Two ways lead back: along the shortcut, and through both layers.",
        "da = dy @ w2 where h > 0, else 0. Then dx = dy + da @ w1: what comes along the shortcut is not changed.",
    ),
}

TASKS = [
    Task("batch_norm", batch_norm, for_batch_norm, outputs=("y", "mean", "variance"),
         points={"y": 1, "mean": 1, "variance": 1, UNCHANGED: 1}, misconceptions=(
        *changes(batch_norm,
            ("batch_norm_over_the_units", "x.mean(axis=0), x.var(axis=0)", "x.mean(axis=1), x.var(axis=1)",
             "Your means run over the units of an example: that is task 5. Each unit takes its mean over the examples, "
             "axis 0."),
            ("batch_norm_one_for_all", "x.mean(axis=0), x.var(axis=0)", "x.mean(), x.var()",
             "You take one mean for all units together. Every unit has its own: axis=0."),
            ("batch_norm_keeps_axes", "x.mean(axis=0), x.var(axis=0)",
             "x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)",
             "Your mean and variance have a first axis of length 1. Return one number for each unit, shape (M,)."),
            ("batch_norm_unbiased", "x.var(axis=0)", "x.var(axis=0, ddof=1)",
             "You divide the squares by N - 1. In equation (9.3) it is N; N - 1 comes in task 3."),
            ("batch_norm_mean_of_squares", "x.var(axis=0)", "np.mean(x ** 2, axis=0)",
             "Your variance is the mean of the squares of x itself. Subtract the mean before you square."),
            ("batch_norm_deviation", "x.var(axis=0)", "x.std(axis=0)",
             "Your variance is a standard deviation already, and the formula takes its root again. Return the variance."),
            ("batch_norm_without_root", "np.sqrt(variance + eps)", "(variance + eps)",
             "You divide by the variance. Divide by its root: sqrt(v + eps)."),
            ("batch_norm_eps_outside", "np.sqrt(variance + eps)", "(np.sqrt(variance) + eps)",
             "Your eps is added to the root. In equation (9.3) it stands under it: sqrt(v + eps)."),
            ("batch_norm_without_eps", "variance + eps", "variance",
             "You leave eps out. It stands under the root, and keeps it from 0 where all numbers of a unit are equal."),
            ("batch_norm_not_centred", "(x - mean)", "x", "You divide x itself. Subtract the mean of each unit first."),
            ("batch_norm_scale_and_shift_forgotten", "w * z + b, mean", "z, mean",
             "You return z. The network chooses another scale and shift: w z + b."),
            ("batch_norm_scales_the_shift", "w * z + b", "w * (z + b)",
             "You multiply b by w too. The shift is added at the end: w z + b.")),
        Misconception(batch_norm_in_place,
                      "x -= mean writes into the array you were given. Write x - mean to make a new one."),
    )),
    Task("batch_norm_backward", batch_norm_backward, for_batch_norm_backward, outputs=("dx", "dw", "db"),
         points={"dx": 2, "dw": 1, "db": 1, UNCHANGED: 1}, misconceptions=(
        *changes(batch_norm_backward,
            ("batch_norm_backward_direct_path", " - db / len(x) - z * dw / len(x)", "",
             "You go the direct path only, as if mean and variance were fixed. Here they move with x: two more terms."),
            ("batch_norm_backward_variance_fixed", " - z * dw / len(x)", "",
             "The path through the variance is missing: - z dw / N."),
            ("batch_norm_backward_mean_fixed", " - db / len(x)", "", "The path through the mean is missing: - db / N."),
            ("batch_norm_backward_plus", "- z * dw", "+ z * dw",
             "The path through the variance has the wrong sign: both corrections are subtracted."),
            ("batch_norm_backward_z_forgotten", "- z * dw", "- dw",
             "In the path through the variance the factor z is missing: every example gets its part of it by its own z."),
            ("batch_norm_backward_sums", "db / len(x) - z * dw / len(x)", "db - z * dw",
             "You subtract whole sums. In equation (9.4) both are divided by N."),
            ("batch_norm_backward_without_w", "w / deviation *", "1 / deviation *",
             "The factor w is missing in dx: y is w z + b."),
            ("batch_norm_backward_by_the_variance", "w / deviation", "w / (variance + eps)",
             "You divide by v + eps. Divide by its root."),
            ("batch_norm_backward_without_eps", "variance + eps", "variance",
             "You leave eps out. The forward pass divides by sqrt(v + eps), and so does its gradient."),
            ("batch_norm_backward_dw_from_x", "np.sum(dy * z", "np.sum(dy * x",
             "Your dw multiplies by x. The scale w has met z, the normalised numbers."),
            ("batch_norm_backward_dw_with_w", "np.sum(dy * z", "np.sum(w * dy * z",
             "Your dw holds a factor w. The slope of w z + b with respect to w is z alone."),
            ("batch_norm_backward_db_with_w", "np.sum(dy, axis=0)", "np.sum(w * dy, axis=0)",
             "Your db holds a factor w. b is added at the very end, so its gradient is the sum of dy."),
            ("batch_norm_backward_means", "np.sum(dy * z, axis=0), np.sum(dy, axis=0)",
             "np.mean(dy * z, axis=0), np.mean(dy, axis=0)",
             "You return means. The loss has its 1/N in dy already: dw and db are sums.")),
        Misconception(batch_norm_backward_in_place,
                      "x -= mean writes into the array you were given. Write x - mean to make a new one."),
    )),
    Task("remember", remember, for_remember, outputs=("running_mean", "running_variance"),
         points={"running_mean": 1, "running_variance": 1, UNCHANGED: 1}, misconceptions=(
        *changes(remember,
            ("remember_biased", ", ddof=1", "",
             "You divide the squares by N. What is remembered is divided by N - 1: ddof=1."),
            ("remember_deviation", "x.var", "x.std",
             "You remember the standard deviation. It is the variance that is kept."),
            ("remember_one_for_all", "x.mean(axis=0), x.var(axis=0, ddof=1)", "x.mean(), x.var(ddof=1)",
             "You take one mean for all units together. Every unit has its own: axis=0."),
            ("remember_over_the_units", "x.mean(axis=0), x.var(axis=0, ddof=1)", "x.mean(axis=1), x.var(axis=1, ddof=1)",
             "Your means run over the units of an example. Each unit takes its mean over the examples, axis 0."),
            ("remember_weights_exchanged", "mean, variance = x.mean", "rate = 1 - rate\n    mean, variance = x.mean",
             "You keep the part rate of what was there. It moves by rate towards the batch, and keeps 1 - rate."),
            ("remember_nothing", "mean, variance = x.mean", "rate = 1\n    mean, variance = x.mean",
             "You return the statistics of this batch alone. The running ones move by the part rate of the way to them."),
            ("remember_around_the_running_mean", "x.var(axis=0, ddof=1)",
             "np.sum((x - running_mean) ** 2, axis=0) / (len(x) - 1)",
             "You measure distances from the running mean. A batch's variance is around its own mean."),
            ("remember_only_the_mean", "(1 - rate) * running_variance + rate * variance", "running_variance",
             "You leave the running variance as it was. It moves towards the batch's variance, as the mean does.")),
        Misconception(remember_forgets_nothing,
                      "You add to what was there without shrinking it, and it grows for ever. It keeps the part 1 - rate."),
        Misconception(remember_in_place,
                      "running_mean += ... writes into the array you were given. Write running_mean + ... instead."),
    )),
    Task("fold", fold, for_fold, outputs=("w", "b"), points={"w": 1, "b": 1, "convolution": 1, UNCHANGED: 1},
         misconceptions=(
        *changes(fold,
            ("fold_dense_only", "factor.reshape(-1, *[1] * (w.ndim - 1))", "factor[:, None]",
             "[:, None] fits the rows of a matrix. A filter is w[m] of shape (C, KH, KW): its factor needs three more "
             "axes."),
            ("fold_columns", "factor.reshape(-1, *[1] * (w.ndim - 1))", "factor",
             "Your factors meet the last axis of w. A factor belongs to a unit, which is a row: (M, 1)."),
            ("fold_w_left", "column * w", "w", "You leave w as it is. Each row is multiplied by its unit's factor too."),
            ("fold_mean_not_scaled", "factor * (b - mean)", "factor * b - mean",
             "The mean is subtracted before the division, so it gets the factor too: factor * (b - mean)."),
            ("fold_bias_not_scaled", "factor * (b - mean)", "b - factor * mean",
             "The bias goes through the norm as well, so it gets the factor too: factor * (b - mean)."),
            ("fold_bias_forgotten", "(b - mean)", "(-mean)",
             "The bias of the layer is lost. It goes through the norm: b - mean."),
            ("fold_mean_added", "(b - mean)", "(b + mean)", "You add the mean. The norm subtracts it."),
            ("fold_mean_forgotten", "(b - mean)", "b", "The mean is missing in b. The norm subtracts it: b - mean."),
            ("fold_shift_scaled", "(b - mean) + shift", "(b - mean + shift)",
             "You scale the shift. It is added after everything else."),
            ("fold_shift_forgotten", " + shift", "", "The shift is missing in b. It is added at the end."),
            ("fold_without_root", "np.sqrt(variance + eps)", "(variance + eps)",
             "You divide by the variance. Divide by its root: sqrt(v + eps)."),
            ("fold_eps_outside", "np.sqrt(variance + eps)", "(np.sqrt(variance) + eps)",
             "Your eps is added to the root. It stands under it: sqrt(v + eps)."),
            ("fold_without_scale", "scale / np", "1 / np",
             "The norm's own scale is missing: factor = scale / sqrt(v + eps).")),
        Misconception(fold_in_place, "w *= ... writes into the array you were given. Write factor * w to make a new one."),
    )),
    Task("layer_norm", layer_norm, for_layer_norm, outputs=("y", "mean", "variance"),
         points={"y": 1, "mean": 1, "variance": 1, UNCHANGED: 1}, misconceptions=(
        Misconception(layer_norm_over_the_batch,
                      "Your means run over the batch: that is task 1. Here each example has its own, over its units: axis "
                      "1."),
        *changes(layer_norm,
            ("layer_norm_one_for_all", "x.mean(axis=1), x.var(axis=1)",
             "np.full(len(x), x.mean()), np.full(len(x), x.var())",
             "You take one mean for all examples together. Every example has its own: axis=1."),
            ("layer_norm_keeps_axes", "w * z + b, mean, variance", "w * z + b, mean[:, None], variance[:, None]",
             "Your mean and variance have a second axis of length 1. Return one number for each example, shape (N,)."),
            ("layer_norm_unbiased", "x.var(axis=1)", "x.var(axis=1) * x.shape[1] / max(x.shape[1] - 1, 1)",
             "You divide the squares by M - 1. In equation (9.7) it is M."),
            ("layer_norm_mean_of_squares", "x.var(axis=1)", "np.mean(x ** 2, axis=1)",
             "Your variance is the mean of the squares of x itself. Subtract the mean before you square."),
            ("layer_norm_deviation", "x.var(axis=1)", "x.std(axis=1)",
             "Your variance is a standard deviation already, and the formula takes its root again. Return the variance."),
            ("layer_norm_without_root", "np.sqrt(variance[:, None] + eps)", "(variance[:, None] + eps)",
             "You divide by the variance. Divide by its root: sqrt(v + eps)."),
            ("layer_norm_eps_outside", "np.sqrt(variance[:, None] + eps)", "(np.sqrt(variance[:, None]) + eps)",
             "Your eps is added to the root. In equation (9.7) it stands under it: sqrt(v + eps)."),
            ("layer_norm_without_eps", "[:, None] + eps", "[:, None]",
             "You leave eps out. It stands under the root, and keeps it from 0 where all numbers of an example are equal."),
            ("layer_norm_not_centred", "(x - mean[:, None])", "x",
             "You divide x itself. Subtract the mean of each example first."),
            ("layer_norm_scale_and_shift_forgotten", "w * z + b, mean", "z, mean",
             "You return z. Scale and shift come last, one of each for every unit: w z + b."),
            ("layer_norm_scales_the_shift", "w * z + b", "w * (z + b)",
             "You multiply b by w too. The shift is added at the end: w z + b.")),
        Misconception(layer_norm_in_place,
                      "x -= ... writes into the array you were given. Write x - ... to make a new one."),
    )),
    Task("layer_norm_backward", layer_norm_backward, for_layer_norm_backward, outputs=("dx", "dw", "db"),
         points={"dx": 2, "dw": 1, "db": 1, UNCHANGED: 1}, misconceptions=(
        Misconception(layer_norm_backward_w_outside,
                      "You multiply by w after the sums, as in task 2. Here w varies within the sums: first dz = w dy."),
        *changes(layer_norm_backward,
            ("layer_norm_backward_without_w", "dz = w * dy", "dz = dy",
             "The factor w is missing in dx. What arrives at z is dz = w dy."),
            ("layer_norm_backward_over_the_batch",
             "np.mean(dz, axis=1, keepdims=True), np.mean(dz * z, axis=1, keepdims=True)",
             "np.mean(dz, axis=0), np.mean(dz * z, axis=0)",
             "Your means in dx run over the batch. Each example was normalised by itself: take them over its units, axis "
             "1."),
            ("layer_norm_backward_direct_path", " - mean_dz - z * mean_dz_z", "",
             "You go the direct path only, as if mean and variance were fixed. They move with x: two more terms."),
            ("layer_norm_backward_variance_fixed", " - z * mean_dz_z", "",
             "The path through the variance is missing: - z times the mean of dz z."),
            ("layer_norm_backward_mean_fixed", "dz - mean_dz - z", "dz - z",
             "The path through the mean is missing: minus the mean of dz."),
            ("layer_norm_backward_plus", "- z * mean_dz_z", "+ z * mean_dz_z",
             "The path through the variance has the wrong sign: both corrections are subtracted."),
            ("layer_norm_backward_sums",
             "np.mean(dz, axis=1, keepdims=True), np.mean(dz * z, axis=1, keepdims=True)",
             "np.sum(dz, axis=1, keepdims=True), np.sum(dz * z, axis=1, keepdims=True)",
             "You subtract whole sums. In equation (9.8) both are divided by M."),
            ("layer_norm_backward_not_divided", "mean_dz_z) / deviation", "mean_dz_z)",
             "The division is missing: dx is divided by sqrt(v + eps), as x was."),
            ("layer_norm_backward_by_the_variance", "mean_dz_z) / deviation", "mean_dz_z) / deviation ** 2",
             "You divide by v + eps. Divide by its root."),
            ("layer_norm_backward_without_eps", "variance + eps", "variance",
             "You leave eps out. The forward pass divides by sqrt(v + eps), and so does its gradient."),
            ("layer_norm_backward_dw_with_w", "np.sum(dy * z", "np.sum(dz * z",
             "Your dw holds a factor w. The slope of w z + b with respect to w is z alone: take dy, and not dz."),
            ("layer_norm_backward_db_with_w", "np.sum(dy, axis=0)", "np.sum(dz, axis=0)",
             "Your db holds a factor w. b is added at the very end, so its gradient is the sum of dy.")),
        Misconception(layer_norm_backward_in_place,
                      "dy *= w writes into the array you were given. Write w * dy to make a new one."),
    )),
    Task("block_backward", block_backward, for_block_backward, outputs=("dx", "dw1", "dw2"),
         points={"dx": 2, "dw1": 1, "dw2": 1, UNCHANGED: 1}, misconceptions=(
        *changes(block_backward,
            ("block_backward_without_shortcut", "dy + da @ w1", "da @ w1",
             "The shortcut is missing in dx. On the path around the layers dy arrives as it is: add it."),
            ("block_backward_shortcut_alone", "dy + da @ w1", "dy",
             "Only the shortcut's part is in dx. Add what comes back through the two layers."),
            ("block_backward_adds_x", "dy + da @ w1", "x + da @ w1",
             "You add x. Forward the shortcut hands on x, backward it hands on dy."),
            ("block_backward_product", "dy + da @ w1", "dy * (da @ w1)",
             "You multiply the two paths. Where two paths meet on the way back, gradients are added."),
            ("block_backward_without_slope", " * (h > 0)", "",
             "The slope of ReLU is missing: where h is 0, no gradient passes."),
            ("block_backward_times_h", "* (h > 0)", "* h",
             "You multiply by h. The slope of ReLU is 1 where h > 0, and not h."),
            ("block_backward_shortcut_in_the_layer", "dh = dy @ w2", "dh = (dy + dy) @ w2",
             "You send the gradient through the layers twice. Each path gets dy once."),
            ("block_backward_mean", "da.T @ x, dy.T @ h", "da.T @ x / len(x), dy.T @ h / len(x)",
             "You divide by N. The loss has its 1/N in dy already: the weights' gradients are sums."),
            ("block_backward_transposed", "da.T @ x, dy.T @ h", "x.T @ da, h.T @ dy",
             "Your weights' gradients are transposed. Weights are (out, in), and so are their gradients: da.T @ x."),
            ("block_backward_dw1_without_slope", "da.T @ x", "dh.T @ x",
             "Your dw1 leaves out the slope of ReLU. w1 stands before it: use da."),
            ("block_backward_dw2_from_scores", "dy.T @ h", "dy.T @ (x @ w1.T)",
             "Your dw2 takes the scores. W2 has read h, after ReLU.")),
        Misconception(block_backward_in_place,
                      "dy += ... writes into the array you were given. Write dy + ... to make a new one."),
    )),
]

WRITTEN = [Written("batch_of_one", {
    "says that every digit gets the same answer, because the mean of one example is the example itself and $z$ is 0": 1,
    "says that layer norm takes its mean over the units of one example and does not mind": 1})]
