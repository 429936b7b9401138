"""What only the grader knows of 02_logistic: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``sigmoid``, ``gradient`` and ``step`` by name.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task
from nnlib.kernels import plain

X = np.array([[0.5, -0.35], [-0.1, 0.1], [-1.2, 1.0]])
W = np.array([-1.0, 1.0])
B = 0.0
Y = np.array([0.0, 0.0, 1.0])


# References

def sigmoid(a):
    return plain.sigmoid_forward(a)


def loss(x, w, b, y):
    a = x @ w + b
    return np.mean(np.logaddexp(0.0, a) - y * a)


def gradient(x, w, b, y):
    da = (sigmoid(x @ w + b) - y) / len(y)
    return da @ x, da.sum()


def step(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w - learning_rate * dw, b - learning_rate * db


def train(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        w, b = step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)


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


def loss_exp_overflows(x, w, b, y):
    a = x @ w + b
    return np.mean(np.log(1 + np.exp(a)) - y * a)


def loss_not_averaged(x, w, b, y):
    a = x @ w + b
    return np.sum(np.logaddexp(0, a) - y * a)


def loss_without_minus(x, w, b, y):
    a = x @ w + b
    return -np.mean(np.logaddexp(0, a) - y * a)


def loss_only_of_label_1(x, w, b, y):
    a = x @ w + b
    return np.mean(y * np.logaddexp(0, -a))


def loss_without_bias(x, w, b, y):
    a = x @ w
    return np.mean(np.logaddexp(0, a) - y * a)


def loss_in_bits(x, w, b, y):
    a = x @ w + b
    return np.mean(np.logaddexp(0, a) - y * a) / np.log(2)


def loss_for_each_example(x, w, b, y):
    a = x @ w + b
    return np.logaddexp(0, a) - y * a


def loss_squared(x, w, b, y):
    return np.mean((sigmoid(x @ w + b) - y) ** 2)


def gradient_not_averaged(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error @ x, error.sum()


def gradient_sign(x, w, b, y):
    error = y - sigmoid(x @ w + b)
    return error @ x / len(y), error.mean()


def gradient_bias_not_averaged(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error @ x / len(y), error.sum()


def gradient_averaged_over_inputs(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error @ x / x.shape[1], error.mean()


def gradient_not_summed(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error[:, None] * x / len(y), error / len(y)


def gradient_last_example(x, w, b, y):
    for n in range(len(y)):
        error = sigmoid(x[n] @ w + b) - y[n]
        dw = error * x[n] / len(y)
        db = error / len(y)
    return dw, db


def gradient_derivative_of_sigmoid_twice(x, w, b, y):
    p = sigmoid(x @ w + b)
    da = (p - y) * p * (1 - p) / len(y)
    return da @ x, da.sum()


def gradient_of_scores(x, w, b, y):
    error = x @ w + b - y
    return error @ x / len(y), error.mean()


def gradient_transposed(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return x @ error / len(y), error.mean()


def gradient_without_bias(x, w, b, y):
    error = sigmoid(x @ w) - y
    return error @ x / len(y), error.mean()


def step_uphill(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w + learning_rate * dw, b + learning_rate * db


def step_in_place(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    w -= learning_rate * dw
    b -= learning_rate * db
    return w, b


def step_new_weights_for_bias(x, w, b, y, learning_rate):
    w = w - learning_rate * gradient(x, w, b, y)[0]
    b = b - learning_rate * gradient(x, w, b, y)[1]
    return w, b


def step_without_learning_rate(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w - dw, b - db


def step_forgets_bias(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w - learning_rate * dw, b


def step_averages_again(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return w - learning_rate * dw / len(y), b - learning_rate * db / len(y)


def step_returns_change(x, w, b, y, learning_rate):
    dw, db = gradient(x, w, b, y)
    return -learning_rate * dw, -learning_rate * db


def train_loss_after_step(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        w, b = step(x, w, b, y, learning_rate)
        losses.append(loss(x, w, b, y))
    return w, b, np.array(losses)


def train_one_step_too_few(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(1, steps):
        losses.append(loss(x, w, b, y))
        w, b = step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)


def train_one_loss_too_many(x, w, b, y, learning_rate, steps):
    losses = [loss(x, w, b, y)]
    for _ in range(steps):
        w, b = step(x, w, b, y, learning_rate)
        losses.append(loss(x, w, b, y))
    return w, b, np.array(losses)


def train_forgets_result_of_step(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)


def train_starts_at_zero(x, w, b, y, learning_rate, steps):
    w, b = np.zeros(x.shape[1]), 0.0
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        w, b = step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)


def train_returns_last_loss(x, w, b, y, learning_rate, steps):
    for _ in range(steps):
        last = loss(x, w, b, y)
        w, b = step(x, w, b, y, learning_rate)
    return w, b, last


def train_one_example_a_step(x, w, b, y, learning_rate, steps):
    losses = []
    for t in range(steps):
        losses.append(loss(x, w, b, y))
        n = t % len(y)
        w, b = step(x[n:n + 1], w, b, y[n:n + 1], learning_rate)
    return w, b, np.array(losses)


def train_in_place(x, w, b, y, learning_rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        dw, db = gradient(x, w, b, y)
        w -= learning_rate * dw
        b -= learning_rate * db
    return w, b, np.array(losses)


WITHHELD = ("kernels.activations", "kernels.dense", "kernels.losses", "kernels.optim", "kernels.sequences.sigmoid_of_sum",
            *GRADIENTS)

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
        Misconception(loss_exp_overflows,
                      "exp(1000) is infinite. np.logaddexp(0, a) gives log(1 + exp(a)) for scores of any size."),
        Misconception(loss_not_averaged, "You add up the losses of the examples. The loss is their mean."),
        Misconception(loss_without_minus,
                      "The sign is wrong: a probability below 1 has a negative logarithm, so the loss needs a minus."),
        Misconception(loss_only_of_label_1,
                      "Only examples with label 1 count in your loss. The others lose -log(1 - p)."),
        Misconception(loss_without_bias, "Your score leaves out the bias b."),
        Misconception(loss_in_bits, "Your loss is in bits. The course measures it in nats: use np.log, not np.log2."),
        Misconception(loss_for_each_example, "You return one loss for each example. Return their mean, one number."),
        Misconception(loss_squared, "This is the squared error. The task asks for the negative log-likelihood."),
    )),
    Task("gradient", gradient, slopes, outputs=("dw", "db"), points={"dw": 1.5, "db": 1, "large scores": 1, UNCHANGED: 0.5},
         misconceptions=(
        Misconception(gradient_not_averaged,
                      "You add up the examples and stop there. The loss is a mean, so divide both sums by N."),
        Misconception(gradient_sign,
                      "Your gradient points downhill. The error is p - y, not y - p: the minus belongs in the step."),
        Misconception(gradient_bias_not_averaged, "Your dw is a mean over the examples, your db is a sum. Divide db by N."),
        Misconception(gradient_averaged_over_inputs,
                      "You divide dw by the number of inputs D. The mean runs over the N examples."),
        Misconception(gradient_not_summed,
                      "You return one gradient for each example. Add them up over the examples."),
        Misconception(gradient_last_example,
                      "Your loop overwrites dw and db in every turn, so only the last example counts. Use +=."),
        Misconception(gradient_derivative_of_sigmoid_twice,
                      "The factor p (1 - p) is one too many: it cancels against the derivative of the logarithm."),
        Misconception(gradient_of_scores,
                      "Your error compares the label with the score a. Compare it with the probability sigmoid(a)."),
        Misconception(gradient_transposed,
                      "x @ error fits only if there are as many inputs as examples. Sum over the examples: error @ x."),
        Misconception(gradient_without_bias, "Your score leaves out the bias b."),
    )),
    Task("step", step, steps, outputs=("w", "b"), points={"w": 1, "b": 1, UNCHANGED: 1}, misconceptions=(
        Misconception(step_uphill, "You step along the gradient, which is uphill. Subtract it."),
        Misconception(step_in_place,
                      "w -= ... writes into the array you were given. Write w = w - ... to make a new one."),
        Misconception(step_new_weights_for_bias,
                      "Your b is updated with the gradient at the new w. Compute both gradients first, then move."),
        Misconception(step_without_learning_rate, "Your step leaves out the learning rate."),
        Misconception(step_forgets_bias, "You move w and leave b where it is. The bias is a parameter too."),
        Misconception(step_averages_again,
                      "You divide by N a second time. The gradient is already that of the mean loss."),
        Misconception(step_returns_change, "You return the change. Return the new w and b."),
    )),
    Task("train", train, runs, outputs=("w", "b", "losses"),
         points={"w": 1, "b": 1, "losses": 1, UNCHANGED: 1}, misconceptions=(
        Misconception(train_loss_after_step,
                      "You record the loss after the step. Record it before, so that losses[0] belongs to the "
                      "weights you were given."),
        Misconception(train_one_step_too_few, "You take one step too few. range(steps) gives steps turns."),
        Misconception(train_one_loss_too_many,
                      "You record one loss too many: before every step, and again after the last."),
        Misconception(train_forgets_result_of_step,
                      "You call step and drop what it returns. Write w, b = step(...)."),
        Misconception(train_starts_at_zero, "You start at zero. Start at the w and b you were given."),
        Misconception(train_returns_last_loss, "You return the last loss alone. Return all of them, one for each step."),
        Misconception(train_one_example_a_step,
                      "You use one example for each step. This task asks for all examples in every step."),
        Misconception(train_in_place,
                      "Your loop writes into the w you were given. Write w = w - ..., or let step make a new one."),
    )),
]
