"""What only the grader knows of 02_logistic: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``sigmoid``, ``gradient``, ``step`` and ``log_sum_exp`` by
name, or are one change of the reference.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, changes
from nnlib.kernels import plain

X = np.array([[0.5, -0.35], [-0.1, 0.1], [-1.2, 1.0]])
W = np.array([-1.0, 1.0])
B = 0.0
Y = np.array([0.0, 0.0, 1.0])
A, LABELS = np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 0.0]]), np.array([0, 2])


# References

def sigmoid(a):
    return plain.sigmoid_forward(a)


def loss(x, w, b, y):
    a = x @ w + b
    return np.mean(np.logaddexp(0.0, a) - y * a)


def gradient(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error @ x / len(y), error.mean()


def step(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w - learning_rate * dw, b - learning_rate * db


def train(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        w, b = step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)


def log_sum_exp(a, axis):
    largest = a.max(axis=axis, keepdims=True)
    total = np.sum(np.exp(a - largest), axis=axis)
    return np.squeeze(largest, axis=axis) + np.log(total)


def cross_entropy(a, y):
    right = a[np.arange(len(y)), y]
    return np.mean(log_sum_exp(a, 1) - right)


def cross_entropy_backward(a, y):
    p = np.exp(a - log_sum_exp(a, 1)[:, None])
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


# Cases

def scores(rng):
    yield Case("the worked example", (X @ W + B,))
    yield Case("seven scores", (rng.normal(0, 3, 7),))
    yield Case("one score", (rng.normal(0, 3, 1),))
    yield Case("a table of scores", (rng.normal(0, 3, (4, 3)),))
    yield Case("scores around 0", (np.array([-1e-3, 0.0, 1e-3]),))
    yield Case("scores of -1000 and 1000", (np.array([-1000.0, 2.0, 1000.0, -30.0]),), "large scores")


def draw(rng, N, D, scale=1.0):
    """Examples, weights, bias and labels, with both labels present where N allows."""
    y = rng.permutation(np.arange(N) % 2).astype(float) if N > 1 else np.ones(1)
    return rng.normal(size=(N, D)), scale * rng.normal(size=D), scale * rng.normal(), y


def batches(rng):
    yield Case("the worked example", (X, W, B, Y))
    yield Case("7 examples, 3 inputs", draw(rng, 7, 3))
    yield Case("5 examples, 5 inputs", draw(rng, 5, 5))
    yield Case("one example", draw(rng, 1, 4))
    yield Case("one input", draw(rng, 6, 1))
    yield Case("all labels 1", (*draw(rng, 4, 2)[:3], np.ones(4)))
    x = np.column_stack([[1.0, -1.0, 1.0, -1.0], rng.normal(size=4)])     # each label meets each extreme
    w, y = np.array([1000.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0])
    yield Case("scores around -1000 and 1000", (x, w, 0.5, y), "large scores")


def slopes(rng):
    yield from batches(rng)
    yield Case(FAR, (*draw(rng, 5, 3)[:2], -1e9, np.ones(5)))
    yield Case("scores around -1e9", (*draw(rng, 5, 3)[:2], -1e9, np.ones(5)), "large scores")


def steps(rng):
    for case in batches(rng):
        if not case.group:
            yield Case(case.label, (*case.arguments, 3.0 if case.arguments[0] is X else float(rng.uniform(0.1, 2))))


def runs(rng):
    yield Case("the worked example", (X, W, B, Y, 3.0, 2))
    yield Case("7 examples, 3 inputs, 12 steps", (*draw(rng, 7, 3), 0.7, 12))
    yield Case("one example, 3 steps", (*draw(rng, 1, 4), 0.5, 3))
    yield Case("a single step", (*draw(rng, 6, 2), 1.3, 1))


HUGE = np.array([[1000.0, -1000.0, 0.0, 1000.0], [-1000.0, -1001.0, -1002.0, -1000.5], [0.0, 300.0, -800.0, 290.0],
                 [800.0, 5.0, 0.0, -5.0], [-1000.0, -999.0, -1000.0, -998.5]])


def sums(rng):
    yield Case("the worked example", (np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 4.0]]), 1))
    yield Case("5 rows of 3", (rng.normal(0, 2, (5, 3)), 1))
    yield Case("columns of 4", (rng.normal(0, 2, (4, 6)), 0))
    yield Case("one row", (rng.normal(0, 2, (1, 5)), 1))
    yield Case("one column", (rng.normal(0, 2, (4, 1)), 0))
    yield Case("as many rows as columns, by columns", (rng.normal(0, 2, (4, 4)), 0))
    yield Case("equal scores", (np.full((3, 4), rng.uniform(1, 3)), 1))
    yield Case("scores of -1000 and 1000, by rows", (HUGE + rng.normal(size=HUGE.shape), 1), "large scores")
    yield Case("scores of -1000 and 1000, by columns", (HUGE.T + rng.normal(size=HUGE.T.shape), 0), "large scores")


def classes(rng):
    yield Case("the worked example", (A, LABELS))
    for label, N, K in (("7 examples, 4 classes", 7, 4), ("3 examples, 6 classes", 3, 6), ("one example", 1, 5),
                        ("as many classes as examples", 4, 4), ("2 classes", 6, 2)):
        yield Case(label, (rng.normal(0, 2, (N, K)), rng.permutation(np.arange(N) % K)))
    yield Case("scores of -1000 and 1000", (HUGE + rng.normal(size=HUGE.shape), np.array([1, 2, 2, 1, 3])), "large scores")


def class_slopes(rng):
    yield from classes(rng)
    for label, group in ((FAR, ""), ("scores of -1e15", "large scores")):
        far = -1e15 * rng.uniform(1, 2, (4, 3))
        far[np.arange(4), [0, 2, 1, 0]] = rng.normal(size=4)     # the whole probability, and no exp overflows
        yield Case(label, (far, np.array([1, 2, 0, 2])), group)


# Misconceptions

def sigmoid_exp_over_one_plus_exp(a):
    return np.exp(a) / (1 + np.exp(a))


def sigmoid_sign_of_the_exponent(a):
    return 1 / (1 + np.exp(a))


def sigmoid_is_tanh(a):
    return np.tanh(a)


def sigmoid_is_its_derivative(a):
    h = 1 / (1 + np.exp(-a))
    return h * (1 - h)


def sigmoid_is_a_step(a):
    return np.where(a > 0, 1.0, 0.0)


def sigmoid_one_number_at_a_time(a):
    import math
    return 1 / (1 + math.exp(-a))


def sigmoid_normalised(a):
    e = np.exp(a - np.max(a))
    return e / np.sum(e)


def loss_of_probabilities(x, w, b, y):
    p = sigmoid(x @ w + b)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def loss_clipped(x, w, b, y):
    p = np.clip(sigmoid(x @ w + b), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def loss_squared(x, w, b, y):
    return np.mean((sigmoid(x @ w + b) - y) ** 2)


def gradient_last_example(x, w, b, y):
    for n in range(len(y)):
        error = sigmoid(x[n] @ w + b) - y[n]
        dw = error * x[n] / len(y)
        db = error / len(y)
    return dw, db


def log_sum_exp_overflows(a, axis):
    return np.log(np.sum(np.exp(a), axis=axis))


def log_sum_exp_one_largest(a, axis):
    largest = np.max(a)
    return largest + np.log(np.sum(np.exp(a - largest), axis=axis))


def log_sum_exp_without_keepdims(a, axis):
    largest = a.max(axis=axis)
    return largest + np.log(np.sum(np.exp(a - largest), axis=axis))


def log_sum_exp_in_place(a, axis):
    largest = a.max(axis=axis, keepdims=True)
    a -= largest
    return np.squeeze(largest, axis=axis) + np.log(np.sum(np.exp(a), axis=axis))


def cross_entropy_exp_overflows(a, y):
    e = np.exp(a)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y]))


def cross_entropy_log_of_0(a, y):
    p = np.exp(a - log_sum_exp(a, 1)[:, None])
    return -np.mean(np.log(p[np.arange(len(y)), y]))


def cross_entropy_clipped(a, y):
    p = np.exp(a - log_sum_exp(a, 1)[:, None])
    return -np.mean(np.log(np.clip(p[np.arange(len(y)), y], 1e-12, 1)))


def cross_entropy_of_all_classes(a, y):
    p = np.exp(a - log_sum_exp(a, 1)[:, None])
    truth = np.eye(a.shape[1])[y]
    return -np.mean(np.sum(truth * np.log(p) + (1 - truth) * np.log(1 - p), axis=1))


def cross_entropy_in_place(a, y):
    a -= log_sum_exp(a, 1)[:, None]
    return -np.mean(a[np.arange(len(y)), y])


def cross_entropy_backward_exp_overflows(a, y):
    p = np.exp(a) / np.sum(np.exp(a), axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def cross_entropy_backward_right_class_alone(a, y):
    p, n = np.exp(a - log_sum_exp(a, 1)[:, None]), np.arange(len(y))
    da = np.zeros(a.shape)
    da[n, y] = p[n, y] - 1
    return da / len(y)


def cross_entropy_backward_of_softmax(a, y):
    p, n = np.exp(a - log_sum_exp(a, 1)[:, None]), np.arange(len(y))
    error = p.copy()
    error[n, y] -= 1
    return error * p * (1 - p) / len(y)


def cross_entropy_backward_in_place(a, y):
    a -= log_sum_exp(a, 1)[:, None]
    np.exp(a, out=a)
    a[np.arange(len(y)), y] -= 1
    return a / len(y)


WITHHELD = ("kernels.activations", "kernels.attention", "kernels.dense", "kernels.losses", "kernels.optim",
            "kernels.sequences.sigmoid_of_sum", "sampling.probabilities", *GRADIENTS)

HINTS = {
    "sigmoid": (
        "Only exp of a large positive number overflows. Which of the two forms has none, for which sign of a?",
        "exp(-|a|) is at most 1. Both forms can be written with it, and np.where chooses.",
    ),
    "loss": (
        "Compute all scores first: one number for each example. The formula needs no probability.",
        "log(1 + e^a) is log(e^0 + e^a), and that is what np.logaddexp is for.",
    ),
    "gradient": (
        "The error is one number for each example: probability minus label. Both sums use it.",
        "An entry of dw adds up error times one column of x. As a product: error @ x. Then divide by N.",
    ),
    "step": (
        "Compute both gradients before anything moves.",
        "New arrays: w - learning_rate * dw. What does w -= ... do to the array that you were given?",
    ),
    "train": (
        "In every turn: record the loss, then step. In this order.",
        "w, b = step(...) carries the result into the next turn. return stands behind the loop.",
    ),
    "log_sum_exp": (
        "exp of the difference to the largest is at most 1. Each row, or column, has a largest of its own.",
        "keepdims=True keeps the axis, so that a - m fits. In the result that axis is gone: m.squeeze(axis) + np.log(...).",
    ),
    "cross_entropy": (
        "Two numbers for each example: the log-sum-exp of its row, and the score of its own class.",
        "a[np.arange(N), y] holds the N scores of the right classes. The difference, and then the mean.",
    ),
    "cross_entropy_backward": (
        "First the probabilities of all classes. Only the right class gets something subtracted.",
        "np.exp(a - log_sum_exp(a, 1)[:, None]) is softmax. The entries [np.arange(N), y] lose 1, and all are divided by N.",
    ),
}

TASKS = [
    Task("sigmoid", sigmoid, scores, outputs=("h",), points={"h": 0.5, "large scores": 1, UNCHANGED: 0.5}, misconceptions=(
        Misconception(sigmoid_exp_over_one_plus_exp,
                      "exp(1000) is infinite, and infinite / infinite is NaN. Give exp only arguments below 0."),
        Misconception(sigmoid_sign_of_the_exponent,
                      "Your curve falls where the sigmoid rises. Look at the sign of the exponent: exp(-a)."),
        Misconception(sigmoid_is_tanh, "This is tanh, which runs from -1 to 1. The sigmoid runs from 0 to 1."),
        Misconception(sigmoid_is_its_derivative,
                      "This is the derivative h (1 - h). The task asks for h itself."),
        Misconception(sigmoid_is_a_step, "This is a step: you round the answer to 0 or 1. Return the probability."),
        Misconception(sigmoid_one_number_at_a_time,
                      "math.exp takes one number, and your function gets an array. Use np.exp."),
        Misconception(sigmoid_normalised,
                      "This is the softmax: your values sum to 1. The sigmoid looks at every score by itself."),
    )),
    Task("loss", loss, batches, outputs=("loss",), points={"loss": 1.5, "large scores": 1, UNCHANGED: 0.5}, misconceptions=(
        Misconception(loss_of_probabilities,
                      "For large scores p rounds to 0 or 1, and log(0) is infinite. Compute the loss from the score a, "
                      "without p."),
        Misconception(loss_clipped,
                      "Clipping p hides the infinity and caps the loss near 28. The true loss grows with the score: "
                      "compute it from a."),
        *changes(loss,
            ("loss_exp_overflows", "np.logaddexp(0.0, a)", "np.log(1 + np.exp(a))",
             "exp(1000) is infinite. np.logaddexp(0, a) gives log(1 + exp(a)) for scores of any size."),
            ("loss_not_averaged", "np.mean", "np.sum", "You add up the losses of the examples. The loss is their mean."),
            ("loss_without_minus", "np.mean", "-np.mean",
             "The sign is wrong: a probability below 1 has a negative logarithm, so the loss needs a minus."),
            ("loss_only_of_label_1", "np.logaddexp(0.0, a) - y * a", "y * np.logaddexp(0.0, -a)",
             "Only examples with label 1 count in your loss. The others lose -log(1 - p)."),
            ("loss_without_bias", " + b", "", "Your score leaves out the bias b."),
            ("loss_in_bits", "y * a)", "y * a) / np.log(2)",
             "Your loss is in bits. The course measures it in nats: use np.log, not np.log2."),
            ("loss_for_each_example", "np.mean", "",
             "You return one loss for each example. Return their mean, one number.")),
        Misconception(loss_squared, "This is the squared error. The task asks for the negative log-likelihood."),
    )),
    Task("gradient", gradient, slopes, outputs=("dw", "db"), points={"dw": 1.5, "db": 1, "large scores": 1, UNCHANGED: 0.5},
         misconceptions=(
        *changes(gradient,
            ("gradient_not_averaged", "error @ x / len(y), error.mean()", "error @ x, error.sum()",
             "You add up the examples and stop there. The loss is a mean, so divide both sums by N."),
            ("gradient_sign", "sigmoid(x @ w + b) - y", "y - sigmoid(x @ w + b)",
             "Your gradient points downhill. The error is p - y, not y - p: the minus belongs in the step."),
            ("gradient_bias_not_averaged", "error.mean()", "error.sum()",
             "Your dw is a mean over the examples, your db is a sum. Divide db by N."),
            ("gradient_averaged_over_inputs", "len(y)", "x.shape[1]",
             "You divide dw by the number of inputs D. The mean runs over the N examples."),
            ("gradient_not_summed", "error @ x / len(y), error.mean()", "error[:, None] * x / len(y), error / len(y)",
             "You return one gradient for each example. Add them up over the examples.")),
        Misconception(gradient_last_example,
                      "Your loop overwrites dw and db in every turn, so only the last example counts. Use +=."),
        *changes(gradient,
            ("gradient_derivative_of_sigmoid_twice", "error = sigmoid(x @ w + b) - y",
             "p = sigmoid(x @ w + b)\n    error = (p - y) * p * (1 - p)",
             "The factor p (1 - p) is one too many: it cancels against the derivative of the logarithm."),
            ("gradient_of_scores", "sigmoid(x @ w + b)", "x @ w + b",
             "Your error compares the label with the score a. Compare it with the probability sigmoid(a)."),
            ("gradient_transposed", "error @ x", "x @ error",
             "x @ error fits only if there are as many inputs as examples. Sum over the examples: error @ x."),
            ("gradient_without_bias", " + b", "", "Your score leaves out the bias b.")),
    )),
    Task("step", step, steps, outputs=("w", "b"), points={"w": 1, "b": 1, UNCHANGED: 1}, misconceptions=(
        *changes(step,
            ("step_uphill", "w - learning_rate * dw, b - learning_rate * db",
             "w + learning_rate * dw, b + learning_rate * db",
             "You step along the gradient, which is uphill. Subtract it."),
            ("step_in_place", "return w - learning_rate * dw, b - learning_rate * db",
             "w -= learning_rate * dw\n    b -= learning_rate * db\n    return w, b",
             "w -= ... writes into the array you were given. Write w = w - ... to make a new one."),
            ("step_new_weights_for_bias", "return w - learning_rate * dw, b - learning_rate * db",
             "w = w - learning_rate * dw\n    return w, b - learning_rate * gradient(x, w, b, y)[1]",
             "Your b is updated with the gradient at the new w. Compute both gradients first, then move."),
            ("step_without_learning_rate", "w - learning_rate * dw, b - learning_rate * db", "w - dw, b - db",
             "Your step leaves out the learning rate."),
            ("step_forgets_bias", "b - learning_rate * db", "b",
             "You move w and leave b where it is. The bias is a parameter too."),
            ("step_averages_again", "w - learning_rate * dw, b - learning_rate * db",
             "w - learning_rate * dw / len(y), b - learning_rate * db / len(y)",
             "You divide by N a second time. The gradient is already that of the mean loss."),
            ("step_returns_change", "w - learning_rate * dw, b - learning_rate * db",
             "-learning_rate * dw, -learning_rate * db",
             "You return the change. Return the new w and b.")),
    )),
    Task("train", train, runs, outputs=("w", "b", "losses"),
         points={"w": 1, "b": 1, "losses": 1, UNCHANGED: 1}, misconceptions=(
        *changes(train,
            ("train_loss_after_step", "losses.append(loss(x, w, b, y))\n        w, b = step(x, w, b, y, learning_rate)",
             "w, b = step(x, w, b, y, learning_rate)\n        losses.append(loss(x, w, b, y))",
             "You record the loss after the step. Record it before, so that losses[0] belongs to the weights you were "
             "given."),
            ("train_one_step_too_few", "range(steps)", "range(1, steps)",
             "You take one step too few. range(steps) gives steps turns."),
            ("train_one_loss_too_many", "return", "losses.append(loss(x, w, b, y))\n    return",
             "You record one loss too many: before every step, and again after the last."),
            ("train_forgets_result_of_step", "w, b = step", "step",
             "You call step and drop what it returns. Write w, b = step(...)."),
            ("train_starts_at_zero", "losses = []", "losses, w, b = [], np.zeros(x.shape[1]), 0.0",
             "You start at zero. Start at the w and b you were given."),
            ("train_returns_last_loss", "np.array(losses)", "losses[-1]",
             "You return the last loss alone. Return all of them, one for each step."),
            ("train_one_example_a_step", "w, b = step(x, w, b, y, learning_rate)",
             "n = (len(losses) - 1) % len(y)\n        w, b = step(x[n:n + 1], w, b, y[n:n + 1], learning_rate)",
             "You use one example for each step. This task asks for all examples in every step."),
            ("train_in_place", "w, b = step(x, w, b, y, learning_rate)",
             "dw, db = gradient(x, w, b, y)\n        w -= learning_rate * dw\n        b -= learning_rate * db",
             "Your loop writes into the w you were given. Write w = w - ..., or let step make a new one.")),
    )),
    Task("log_sum_exp", log_sum_exp, sums, outputs=("lse",), points={"lse": 1.5, "large scores": 1, UNCHANGED: 0.5},
         misconceptions=(
        Misconception(log_sum_exp_overflows,
                      "exp(1000) is infinite, and of exp(-1000) a 0 is left. Subtract the largest score of each row first, "
                      "and add it behind the logarithm."),
        Misconception(log_sum_exp_one_largest,
                      "You subtract one number from the whole table. A row of small scores is then 0 after exp, and log(0) "
                      "is infinite: each row has a largest of its own."),
        Misconception(log_sum_exp_without_keepdims,
                      "The largest scores of the rows do not stand beside their rows, because max has dropped the axis. "
                      "keepdims=True keeps it."),
        *changes(log_sum_exp,
            ("log_sum_exp_largest_forgotten", "np.squeeze(largest, axis=axis) + np", "np",
             "You subtract the largest score and do not give it back. Add it behind the logarithm."),
            ("log_sum_exp_largest_subtracted", "np.squeeze(largest, axis=axis) + np", "-np.squeeze(largest, axis=axis) + np",
             "You subtract the largest score twice. Behind the logarithm it is added."),
            ("log_sum_exp_smallest", "a.max(", "a.min(",
             "You subtract the smallest score. The differences to it are positive, and their exp still overflows: take the "
             "largest."),
            ("log_sum_exp_mean_subtracted", "a.max(", "a.mean(",
             "You subtract the mean of the scores. What is far above it still overflows: take the largest."),
            ("log_sum_exp_rows_always", "largest = a.max(", "axis = 1\n    largest = a.max(",
             "You sum rows, whatever axis says. Hand the argument axis on to max and sum."),
            ("log_sum_exp_everything", "np.exp(a - largest), axis=axis", "np.exp(a - largest)",
             "You add up the whole table. Each row, or column, has a sum of its own: sum(axis=axis)."),
            ("log_sum_exp_keeps_the_axis", "np.squeeze(largest, axis=axis) + np.log(total)",
             "largest + np.log(np.expand_dims(total, axis))",
             "Your result still has the axis that was summed, of length 1. Return one number for each row: squeeze it."),
            ("log_sum_exp_axes_mixed", "np.squeeze(largest, axis=axis) + np", "largest + np",
             "Your largest scores still have the axis that the sum has lost, and together they make a table: squeeze it."),
            ("log_sum_exp_without_log", "np.log(total)", "total",
             "The logarithm is missing: it is taken of the sum, before the largest is added."),
            ("log_sum_exp_of_the_mean", "np.sum(", "np.mean(", "You take the mean of the exp. It is their sum."),
            ("log_sum_exp_largest_alone", " + np.log(total)", "",
             "You return the largest score alone. Close by is not equal: the other scores add the logarithm of the sum.")),
        Misconception(log_sum_exp_in_place,
                      "a -= ... writes into the scores you were given. Write a - largest to make a new array."),
    )),
    Task("cross_entropy", cross_entropy, classes, outputs=("loss",), points={"loss": 1.5, "large scores": 1, UNCHANGED: 0.5},
         misconceptions=(
        Misconception(cross_entropy_exp_overflows,
                      "exp(1000) is infinite, and infinite / infinite is NaN. Take the difference of your log_sum_exp and "
                      "the score: it needs no probability."),
        Misconception(cross_entropy_log_of_0,
                      "Your probabilities are right, but a small one rounds to 0, and log(0) is infinite. Take the "
                      "difference of log_sum_exp and the score, without p."),
        Misconception(cross_entropy_clipped,
                      "Clipping p hides the infinity and caps the loss near 28. The true loss grows with the score: compute "
                      "it without p."),
        Misconception(cross_entropy_of_all_classes,
                      "You add a loss for each class, as if each were a question of its own. Softmax asks once: minus the "
                      "log of the right class's probability."),
        *changes(cross_entropy,
            ("cross_entropy_not_averaged", "np.mean", "np.sum",
             "You add up the losses of the examples. The loss is their mean."),
            ("cross_entropy_for_each_example", "np.mean(log_sum_exp(a, 1) - right)", "log_sum_exp(a, 1) - right",
             "You return one loss for each example. Return their mean, one number."),
            ("cross_entropy_averaged_over_entries", "np.mean(log_sum_exp(a, 1) - right)",
             "np.sum(log_sum_exp(a, 1) - right) / a.size",
             "You divide by N times K. The mean runs over the N examples."),
            ("cross_entropy_sign", "log_sum_exp(a, 1) - right", "right - log_sum_exp(a, 1)",
             "The sign is wrong: a probability below 1 has a negative logarithm, so the loss needs a minus."),
            ("cross_entropy_columns", "a[np.arange(len(y)), y]", "a[:, y]",
             "a[:, y] takes the classes of all examples from every row, N times N scores. Each example has one: "
             "a[np.arange(N), y]."),
            ("cross_entropy_likeliest_class", "a[np.arange(len(y)), y]", "a.max(axis=1)",
             "You take the class with the largest score. The loss asks for the right class, which y names."),
            ("cross_entropy_score_alone", "log_sum_exp(a, 1) - right", "-right",
             "You return minus the score of the right class. Its probability depends on all scores: add log_sum_exp."),
            ("cross_entropy_in_bits", "log_sum_exp(a, 1) - right)", "log_sum_exp(a, 1) - right) / np.log(2)",
             "Your loss is in bits. The course measures it in nats: use np.log, not np.log2.")),
        Misconception(cross_entropy_in_place,
                      "a -= ... writes into the scores you were given. Write a - ... to make a new array."),
    )),
    Task("cross_entropy_backward", cross_entropy_backward, class_slopes, outputs=("da",),
         points={"da": 2.5, "large scores": 1, UNCHANGED: 0.5}, misconceptions=(
        Misconception(cross_entropy_backward_exp_overflows,
                      "exp(1000) is infinite, and infinite / infinite is NaN. Subtract log_sum_exp before you take exp."),
        Misconception(cross_entropy_backward_right_class_alone,
                      "Only the right class gets a gradient. The scores of the others change the loss too: by their p."),
        Misconception(cross_entropy_backward_of_softmax,
                      "The factor p (1 - p) is one too many: it cancels against the derivative of the logarithm."),
        *changes(cross_entropy_backward,
            ("cross_entropy_backward_not_averaged", "p / len(y)", "p",
             "The loss is a mean over the examples, so the gradient carries a 1/N too."),
            ("cross_entropy_backward_averaged_over_entries", "p / len(y)", "p / a.size",
             "You divide by N times K. The mean runs over the N examples."),
            ("cross_entropy_backward_averaged_over_classes", "p / len(y)", "p / a.shape[1]",
             "You divide by the number of classes K. The mean runs over the N examples."),
            ("cross_entropy_backward_sign", "return p", "return -p",
             "Your gradient points downhill. It is p minus the truth: the minus belongs in the step."),
            ("cross_entropy_backward_truth_forgotten", "    p[np.arange(len(y)), y] -= 1\n", "",
             "You return the probabilities. 1 is subtracted from that of the right class."),
            ("cross_entropy_backward_every_class", "p[np.arange(len(y)), y] -= 1", "p -= 1",
             "You subtract 1 from every entry. The truth is 1 for the right class alone."),
            ("cross_entropy_backward_columns", "p[np.arange(len(y)), y] -= 1", "p[:, y] -= 1",
             "p[:, y] changes whole columns: all classes that occur, in every row. Each example has one entry: "
             "[np.arange(N), y]."),
            ("cross_entropy_backward_number_of_the_class", "p[np.arange(len(y)), y] -= 1", "p -= y[:, None]",
             "You subtract the number of the class. It is a place, not a size: 1 is subtracted there."),
            ("cross_entropy_backward_of_scores", "np.exp(a - log_sum_exp(a, 1)[:, None])", "a.copy()",
             "Your error compares the truth with the score. Compare it with the probability."),
            ("cross_entropy_backward_sigmoid", "np.exp(a - log_sum_exp(a, 1)[:, None])", "sigmoid(a)",
             "The sigmoid looks at every score by itself. Softmax divides by the sum over all classes of the row."),
            ("cross_entropy_backward_whole_table", "log_sum_exp(a, 1)[:, None]", "np.log(np.sum(np.exp(log_sum_exp(a, 1))))",
             "You divide by one sum for the whole table. The probabilities of each row sum to 1.")),
        Misconception(cross_entropy_backward_in_place,
                      "a -= ... writes into the scores you were given. Write a - ... to make a new array."),
    )),
]
