"""What only the grader knows of ridge: references, cases, mistakes."""
import numpy as np

from nnlib.grading.tasks import (
    FAR, GRADIENTS, Case, Task, Written, changes)

X = np.array([[1.0, 0.5], [-1.0, 1.0], [0.0, -1.5]])
W = np.array([1.0, -1.0])
Y = np.array([2.0, 0.0, -1.0])


# References

def loss(x, w, y, penalty):
    error = x @ w - y
    return np.mean(error ** 2) + penalty * np.sum(w ** 2)


def gradient(x, w, y, penalty):
    error = x @ w - y
    return 2 * error @ x / len(y) + 2 * penalty * w


def fit(x, y, penalty):
    N, D = x.shape
    return np.linalg.solve(x.T @ x + N * penalty * np.eye(D), x.T @ y)


# Cases: the worked example of the notebook first

SIZES = (("12 examples, 3 inputs", 12, 3), ("5 examples, 4 inputs", 5, 4),
         ("one input", 7, 1))


def draw(rng, N, D):
    """Examples, weights and targets."""
    return rng.normal(size=(N, D)), rng.normal(size=D), rng.normal(size=N)


def weighed(rng):
    yield Case("the worked example", (X, W, Y, 0.5))
    for label, N, D in (*SIZES, ("one example", 1, 3)):
        yield Case(label, (*draw(rng, N, D), rng.uniform(0.1, 2)))


def slopes(rng):
    yield from weighed(rng)
    x, w, y = draw(rng, 6, 3)
    yield Case(FAR, (x, w, 1e9 * y, 0.5))


def fitted(rng):
    yield Case("the worked example", (X, Y, 0.5))
    for label, N, D in SIZES:
        x, _, y = draw(rng, N, D)
        yield Case(label, (x, y, rng.uniform(0.1, 2)))
    for label, N, D in (("3 examples, 10 inputs", 3, 10),
                        ("one example", 1, 4)):
        x, _, y = draw(rng, N, D)
        yield Case(label, (x, y, rng.uniform(0.1, 2)), "many inputs")


# What gives the answer away is taken out of nnlib while this is graded.
WITHHELD = GRADIENTS

TASKS = [
    Task("loss", loss, weighed, ("loss",), {"loss": 2}, changes(
        loss,
        ("loss_without_penalty", " + penalty * np.sum(w ** 2)", "",
         "The price of large weights is missing in your loss."),
        ("loss_mean_of_weights", "np.sum(w ** 2)", "np.mean(w ** 2)",
         "The penalty adds up the squares of the weights. You average."),
        ("loss_not_averaged", "np.mean(error", "np.sum(error",
         "You add up the squared errors. The loss takes their mean."),
        ("loss_length", "np.sum(w ** 2)", "np.sqrt(np.sum(w ** 2))",
         "The penalty is the squared length of w. You take the root."),
    )),
    Task("gradient", gradient, slopes, ("dw",), {"dw": 3}, changes(
        gradient,
        ("gradient_without_penalty", " + 2 * penalty * w", "",
         "The penalty has a gradient too: it pulls every weight to 0."),
        ("gradient_not_averaged", " / len(y)", "",
         "The loss is a mean over the examples: divide by N."),
        ("gradient_sign", "x @ w - y", "y - x @ w",
         "The error is prediction minus target, not the reverse."),
        ("gradient_of_halves", "2 * penalty", "penalty",
         "The derivative of w^2 is 2 w: a factor 2 is missing."),
    )),
    Task("fit", fit, fitted, ("w",), {"w": 2, "many inputs": 1}, changes(
        fit,
        ("fit_without_penalty", " + N * penalty * np.eye(D)", "",
         "You solve the problem without the penalty."),
        ("fit_penalty_not_times_n", "N * penalty", "penalty",
         "The errors are averaged and the penalty is not: times N."),
        ("fit_penalty_everywhere", "np.eye(D)", "np.ones((D, D))",
         "The penalty belongs on the diagonal: use np.eye(D)."),
        ("fit_sign", "+ N", "- N",
         "The penalty is added to the diagonal, not taken away."),
    )),
]

WRITTEN = [Written("why", {
    "says that many weights fit without an error": 1,
    "says what the penalty changes": 1,
})]
