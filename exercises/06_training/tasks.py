"""What only the grader knows of 06_training: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them, and call ``adam`` by name.

The valley of ``own_descent`` may be drawn for each student. All are equally hard: two weights, a slope that mixes both, a
centre away from 0, a condition number from 3 to 8, and a steepest curvature of 10 at most.
"""
import json

import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, OwnValues, Task, Written, changes

W = np.array([1.0, -2.0, 0.5])
DW = np.array([0.5, 1.0, -2.0])
V = np.array([1.0, -1.0, 3.0])
SQUARES = np.array([1.0, 4.0, 1.0])

# the plain valley of task 9: (p a^2 + 2 q a b + r b^2) / 2 with a and b from its centre (c, d)
VALLEY = 6, 2, 2, 1.5, -1.0
OWN_CHECK = np.array([[0.5, -1.5]]), 0.05, 2
OWN_EXAMPLE = np.array([[0.5, 1.0], [-1.0, 2.0]]), 0.1, 3


# References

def momentum(w, dw, v, learning_rate, mu):
    new_v = mu * v + dw
    return w - learning_rate * new_v, new_v


def nesterov(w, dw, v, learning_rate, mu):
    new_v = mu * v + dw
    return w - learning_rate * (dw + mu * new_v), new_v


def rmsprop(w, dw, v, learning_rate, alpha, eps):
    new_v = alpha * v + (1 - alpha) * dw ** 2
    return w - learning_rate * dw / (np.sqrt(new_v) + eps), new_v


def adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
    new_m = beta1 * m + (1 - beta1) * dw
    new_v = beta2 * v + (1 - beta2) * dw ** 2
    m_hat = new_m / (1 - beta1 ** t)
    v_hat = new_v / (1 - beta2 ** t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), new_m, new_v


def adamw(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
    smaller = (1 - learning_rate * weight_decay) * w
    return adam(smaller, dw, m, v, t, learning_rate, beta1, beta2, eps)


def schedule(t, learning_rate, warm_up, total):
    wave = (1 + np.cos(np.pi * np.minimum(t / total, 1))) / 2
    rise = np.minimum((t + 1) / warm_up, 1)
    return learning_rate * rise * wave


def clip(dw, db, clip_norm):
    norm = np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))
    factor = clip_norm / max(norm, clip_norm)
    return dw * factor, db * factor


def first_weights(z, u):
    area = np.prod(z.shape[2:])
    inputs, outputs = z.shape[1] * area, z.shape[0] * area
    r = np.sqrt(6 / (inputs + outputs))
    return np.sqrt(2 / inputs) * z, r * (2 * u - 1)


def own_valley(w):
    p, q, r, c, d = VALLEY
    a, b = w[:, 0] - c, w[:, 1] - d
    return (p * a ** 2 + 2 * q * a * b + r * b ** 2) / 2


def own_descent(w, learning_rate, steps):
    p, q, r, c, d = VALLEY
    for _ in range(steps):
        a, b = w[:, 0] - c, w[:, 1] - d
        dw = np.column_stack([p * a + q * b, q * a + r * b])
        w = w - learning_rate * dw
    return w, own_valley(w)


# Valleys of one's own

def curvature(valley):
    """The matrix of second derivatives."""
    p, q, r, *_ = valley
    return np.array([[p, q], [q, r]])


def draw_own(rng):
    """A valley as hard as the plain one."""
    while True:
        p, r = rng.integers(2, 10, 2).tolist()
        q, c, d = rng.choice([-3, -2, -1, 1, 2, 3]), *rng.choice([-1, 1], 2) * rng.integers(1, 7, 2) / 2
        valley = p, int(q), r, float(c), float(d)
        low, high = np.linalg.eigvalsh(curvature(valley))
        if p != r and 0 < 3 * low <= high <= min(8 * low, 10):
            return valley


def end_of_descent(valley, w, learning_rate, steps):
    """{"w": ..., "loss": ...} in closed form: the reference knows one valley only."""
    centre = np.array(valley[3:])
    away = (w - centre) @ np.linalg.matrix_power(np.eye(2) - learning_rate * curvature(valley), steps)
    loss = np.einsum("nd,de,ne->n", away, curvature(valley), away) / 2
    return {name: (value + 1e-9).round(4).tolist() for name, value in (("w", centre + away), ("loss", loss))}    # no ties


def signed(number):
    """A number behind its sign."""
    return f"{'-' if number < 0 else '+'} {abs(number):g}"


def shown(valley):
    """The source of the cell that gives the loss of a valley, and where two descents end."""
    p, q, r, c, d = valley
    return "\n".join([
        "def own_valley(w):", '    """The loss of your own valley at N points: w (N, 2) -> loss (N,)."""',
        f"    a, b = w[:, 0] {signed(-c)}, w[:, 1] {signed(-d)}",
        f"    return ({p} * a ** 2 {signed(2 * q)} * a * b + {r} * b ** 2) / 2", "", "",
        "# where the descents of the two cells below end, rounded",
        f"own_check = {json.dumps(end_of_descent(valley, *OWN_CHECK))}",
        f"own_example = {json.dumps(end_of_descent(valley, *OWN_EXAMPLE))}"])


OWN = OwnValues("own_descent", cell="own_valley", name="VALLEY", draw=draw_own, shown=shown)


# Cases

def parameters(rng):
    """Labels, weights and gradients of several shapes, the worked example not among them."""
    for label, shape in (("a matrix of 4 x 3 weights", (4, 3)), ("one row of weights", (1, 5)), ("a square", (3, 3)),
                         ("seven biases", (7,))):
        yield label, rng.normal(size=shape), rng.normal(size=shape)


def with_momentum(rng):
    yield Case("the worked example", (W, DW, V, 0.5, 0.5))
    for label, w, dw in parameters(rng):
        yield Case(label, (w, dw, rng.normal(size=w.shape), float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 0.95))))
    yield Case("the first step, v still 0", (W[:2], rng.normal(size=2), np.zeros(2), 0.3, 0.9))


def with_squares(rng):
    yield Case("the worked example", (W, DW, SQUARES, 0.5, 0.75, 0.01))
    for label, w, dw in parameters(rng):
        yield Case(label, (w, dw, rng.uniform(0.2, 2, w.shape), float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 0.95)),
                           0.05))
    yield Case("the first step, v still 0", (W[:2], rng.uniform(1, 2, 2), np.zeros(2), 0.3, 0.9, 0.05))
    yield Case("gradients and memory 0", (rng.normal(size=(2, 2)), np.zeros((2, 2)), np.zeros((2, 2)), 0.3, 0.9, 1e-8),
               "no gradient yet")


def with_both(rng, *more):
    yield Case("the worked example", (W, DW, V, SQUARES, 2, 0.5, 0.5, 0.75, 0.01, *more))
    for t, (label, w, dw) in enumerate(parameters(rng), 3):
        yield Case(label, (w, dw, rng.normal(size=w.shape), rng.uniform(0.2, 2, w.shape), t, float(rng.uniform(0.1, 0.4)),
                           float(rng.uniform(0.6, 0.8)), float(rng.uniform(0.85, 0.95)), 0.05, *more))
    yield Case("the first step", (W[:2], rng.uniform(1, 2, 2), np.zeros(2), np.zeros(2), 1, 0.3, 0.9, 0.99, 0.05, *more))


def with_decay(rng):
    yield from with_both(rng, 0.4)


def step_numbers(rng):
    yield Case("the worked example", (np.array([0, 1, 3, 5, 8]), 0.5, 4, 8))
    yield Case("every step of 30", (np.arange(30), float(rng.uniform(0.1, 2)), 5, 30))
    yield Case("one step", (rng.integers(10, 90, 1), float(rng.uniform(0.1, 2)), 30, 100))
    yield Case("steps in any order", (rng.permutation(50)[:9], float(rng.uniform(0.1, 2)), 20, 60))
    yield Case("no warm-up", (rng.permutation(40)[:6], float(rng.uniform(0.1, 2)), 1, 40))
    yield Case("steps after the last", (np.array([9, 10, 12, 17, 40]), 0.5, 4, 10), "after the end")


def gradients(rng):
    yield Case("the worked example", (np.array([[1.0, -2.0], [0.0, 4.0]]), np.array([2.0, 0.0]), 2.5))
    for label, shape, scale, bound in (("long gradients", (4, 3), 5.0, 2.0), ("one unit", (1, 5), 9.0, 0.5),
                                       ("short gradients", (2, 3), 0.1, 3.0)):
        yield Case(label, (scale * rng.normal(size=shape), scale * rng.normal(size=shape[0]), bound))
    dw, db = rng.normal(size=(3, 3)), rng.normal(size=3)
    yield Case("each short, together long", (4.5 * dw / np.linalg.norm(dw), 4.5 * db / np.linalg.norm(db), 6.0))
    yield Case("all gradients 0", (np.zeros((4, 2)), np.zeros(4), 1.0), "no gradient")


def random_numbers(rng):
    def pair(*shape):
        return rng.normal(size=shape), rng.uniform(size=shape)

    yield Case("the worked example", (np.array([[1.0, -2.0, 0.5, 0.0, 1.0, -1.0]] * 2), np.full((2, 6), 0.75)))
    for label, shape in (("5 units, 3 inputs", (5, 3)), ("one unit", (1, 7)), ("all sizes equal", (4, 4))):
        yield Case(label, pair(*shape))
    for label, shape in (("8 filters of 3 x 3 over 2 channels", (8, 2, 3, 3)), ("one filter of 2 x 5", (1, 3, 2, 5)),
                         ("1 x 1 filters", (4, 6, 1, 1))):
        yield Case(label, pair(*shape), "convolution")


def descents(rng):
    yield Case("the worked example", OWN_EXAMPLE)
    for label, N, steps in (("one start, one step", 1, 1), ("4 starts, 5 steps", 4, 5), ("7 starts, 2 steps", 7, 2)):
        yield Case(label, (rng.normal(0, 2, (N, 2)), float(rng.uniform(0.02, 0.15)), steps))
    yield Case(FAR, (rng.uniform(1e9, 2e9, (2, 2)) + rng.normal(size=(2, 2)), 0.1, 1))


# Misconceptions

def momentum_in_place(w, dw, v, learning_rate, mu):
    v *= mu
    v += dw
    w -= learning_rate * v
    return w, v


def momentum_returns_old_v(w, dw, v, learning_rate, mu):
    return w - learning_rate * (mu * v + dw), v


def nesterov_in_place(w, dw, v, learning_rate, mu):
    v *= mu
    v += dw
    w -= learning_rate * (dw + mu * v)
    return w, v


def rmsprop_in_place(w, dw, v, learning_rate, alpha, eps):
    v *= alpha
    v += (1 - alpha) * dw ** 2
    w -= learning_rate * dw / (np.sqrt(v) + eps)
    return w, v


def adam_in_place(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * dw
    v *= beta2
    v += (1 - beta2) * dw ** 2
    w -= learning_rate * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps)
    return w, m, v


def adamw_in_place(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
    w *= 1 - learning_rate * weight_decay
    return adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps)


def adamw_decays_afterwards(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
    w, m, v = adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps)
    return (1 - learning_rate * weight_decay) * w, m, v


def clip_each_alone(dw, db, clip_norm):
    return (dw * min(1, clip_norm / max(np.linalg.norm(dw), 1e-12)),
            db * min(1, clip_norm / max(np.linalg.norm(db), 1e-12)))


def clip_entries(dw, db, clip_norm):
    return np.clip(dw, -clip_norm, clip_norm), np.clip(db, -clip_norm, clip_norm)


def clip_in_place(dw, db, clip_norm):
    norm = np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))
    if norm > clip_norm:
        dw *= clip_norm / norm
        db *= clip_norm / norm
    return dw, db


def first_weights_in_place(z, u):
    area = np.prod(z.shape[2:])
    inputs, outputs = z.shape[1] * area, z.shape[0] * area
    z *= np.sqrt(2 / inputs)
    u -= 0.5
    u *= 2 * np.sqrt(6 / (inputs + outputs))
    return z, u


def own_descent_along_the_first_gradient(w, learning_rate, steps):
    p, q, r, c, d = VALLEY
    a, b = w[:, 0] - c, w[:, 1] - d
    w = w - steps * learning_rate * np.column_stack([p * a + q * b, q * a + r * b])
    return w, own_valley(w)


def own_descent_in_place(w, learning_rate, steps):
    p, q, r, c, d = VALLEY
    for _ in range(steps):
        a, b = w[:, 0] - c, w[:, 1] - d
        w -= learning_rate * np.column_stack([p * a + q * b, q * a + r * b])
    return w, own_valley(w)


def own_descent_loss_of_the_start(w, learning_rate, steps):
    p, q, r, c, d = VALLEY
    start = w
    for _ in range(steps):
        a, b = w[:, 0] - c, w[:, 1] - d
        w = w - learning_rate * np.column_stack([p * a + q * b, q * a + r * b])
    return w, own_valley(start)


WITHHELD = ("kernels.optim", "optim", "schedules", "init", *GRADIENTS)

HINTS = {
    "momentum": (
        "Two lines: first v, then w. The second one uses the new v.",
        "v = mu * v + dw makes a new array. The learning rate appears in the second line only.",
    ),
    "nesterov": (
        "The memory is that of task 1. Only the line of w differs.",
        "The step is dw + mu * v with the new v.",
    ),
    "rmsprop": (
        "v is a mean of squares: the old one and the new one, with weights that add up to 1.",
        "Take the root of the new v, add eps to the root, and divide dw by it.",
    ),
    "adam": (
        "Four lines: m, v, both hats, w. What you return are m and v without the hats.",
        "The hats divide by 1 - beta ** t. With t = 1 the first m_hat is dw itself: check it.",
    ),
    "adamw": (
        "Two steps: shrink w, then do what task 4 does.",
        "The factor is 1 - learning_rate * weight_decay. adam gets the shrunk weights and the pure gradient.",
    ),
    "schedule": (
        "Two factors: the warm-up, which is at most 1, and the half wave.",
        "t counts from 0, so the warm-up has t + 1. Keep t / total at most 1, so that the wave stays down.",
    ),
    "clip": (
        "One length for both arrays: the root of all squares together. One factor for both.",
        "The factor is clip_norm / length if the length is larger, else 1. So nothing is divided by 0.",
    ),
    "first_weights": (
        "Which axes count the inputs of a unit, and which the outputs? The window belongs to both.",
        "np.prod(z.shape[2:]) is 1 for a dense layer. He multiplies z by a root; Glorot stretches u to run from -r to r.",
    ),
    "own_descent": (
        "Differentiate the loss with respect to a, and with respect to b. The term a * b belongs to both.",
        "In each step: a and b of the present w, the two slopes as the columns of dw, then w = w - learning_rate * dw.",
    ),
}

TASKS = [
    Task("momentum", momentum, with_momentum, outputs=("w", "v"), points={"w": 1, "v": 1, UNCHANGED: 1}, misconceptions=(
        *changes(momentum,
            ("momentum_uphill", "w - learning_rate", "w + learning_rate", "You step uphill. Subtract the step."),
            ("momentum_old_v", "w - learning_rate * new_v", "w - learning_rate * v",
             "You step with the old v. First v takes in the gradient, then w moves by the new v."),
            ("momentum_forgets_v", "w - learning_rate * new_v", "w - learning_rate * dw",
             "You update v and step with the gradient alone. The step is the learning rate times v."),
            ("momentum_without_mu", "mu * v", "v", "Your v forgets nothing. The old v shrinks first: mu * v."),
            ("momentum_mean", "+ dw", "+ (1 - mu) * dw",
             "You take a running mean, as Adam does. Momentum adds the whole gradient: mu v + dw."),
            ("momentum_mu_on_gradient", "mu * v + dw", "v + mu * dw",
             "You shrink the gradient instead of the memory. It is mu v + dw."),
            ("momentum_minus", "+ dw", "- dw",
             "You subtract the gradient in v, and v again in the step: together uphill. v collects + dw."),
            ("momentum_rate_in_v", "+ dw", "+ learning_rate * dw",
             "Your v holds the learning rate already, and the step multiplies by it again. v collects the bare gradient."),
            ("momentum_returns_the_change", "return w - learning_rate", "return -learning_rate",
             "You return the change. Return the new w, and the new v.")),
        Misconception(momentum_returns_old_v,
                      "You return the old v, so the memory stays empty. Return the new v for the next step."),
        Misconception(momentum_in_place,
                      "v *= mu writes into the array you were given. Write mu * v + dw to make a new one."),
    )),
    Task("nesterov", nesterov, with_momentum, outputs=("w", "v"), points={"w": 1, "v": 1, UNCHANGED: 1}, misconceptions=(
        *changes(nesterov,
            ("nesterov_classical", "(dw + mu * new_v)", "new_v",
             "This is classical momentum, task 1. Nesterov looks one step ahead: dw + mu v instead of v."),
            ("nesterov_adds_v", "dw + mu * new_v", "new_v + mu * new_v",
             "v holds the gradient already, and you add mu v to v. The first term is the gradient alone."),
            ("nesterov_forgets_the_gradient", "(dw + mu * new_v)", "(mu * new_v)",
             "Your step is mu v alone. The gradient comes on top: dw + mu v."),
            ("nesterov_without_mu", "mu * new_v)", "new_v)",
             "You add the whole v. Looking ahead, v will have shrunk by mu: dw + mu v."),
            ("nesterov_mu_on_gradient", "(dw + mu * new_v)", "(mu * dw + new_v)",
             "You have mu at the wrong place. The step is dw + mu v."),
            ("nesterov_uphill", "w - learning_rate", "w + learning_rate", "You step uphill. Subtract the step."),
            ("nesterov_without_memory", "mu * v +", "v +",
             "Your v forgets nothing. The old v shrinks first: mu * v."),
            ("nesterov_mean", "mu * v + dw", "mu * v + (1 - mu) * dw",
             "You take a running mean in v. Momentum adds the whole gradient: mu v + dw."),
            ("nesterov_returns_the_step", "mu * new_v), new_v", "mu * new_v), dw + mu * new_v",
             "You return the step as the memory. What stays in memory is v = mu v + dw.")),
        Misconception(nesterov_in_place,
                      "v *= mu writes into the array you were given. Write mu * v + dw to make a new one."),
    )),
    Task("rmsprop", rmsprop, with_squares, outputs=("w", "v"),
         points={"w": 1, "v": 1, "no gradient yet": 1, UNCHANGED: 1}, misconceptions=(
        *changes(rmsprop,
            ("rmsprop_without_root", "np.sqrt(new_v)", "new_v",
             "v is a mean of squares, so its root has the size of a gradient. Divide by the root."),
            ("rmsprop_old_v", "np.sqrt(new_v)", "np.sqrt(v)",
             "You divide by the root of the old v. v takes in the new gradient first."),
            ("rmsprop_weights_exchanged", "alpha * v + (1 - alpha) * dw ** 2", "(1 - alpha) * v + alpha * dw ** 2",
             "You keep the part 1 - alpha of the memory. alpha is what stays, and 1 - alpha what is new."),
            ("rmsprop_sum", "(1 - alpha) * dw ** 2", "dw ** 2",
             "Your v adds up the squares. A running mean takes the part 1 - alpha of the new one."),
            ("rmsprop_not_squared", "dw ** 2", "np.abs(dw)", "v collects squares of the gradient: dw ** 2."),
            ("rmsprop_eps_inside", "(np.sqrt(new_v) + eps)", "np.sqrt(new_v + eps)",
             "Your eps stands under the root. Add it to the root: sqrt(v) + eps."),
            ("rmsprop_without_eps", "(np.sqrt(new_v) + eps)", "np.sqrt(new_v)",
             "Where no gradient has come yet you divide 0 by 0. Add eps to the root."),
            ("rmsprop_one_scale", "dw ** 2", "np.mean(dw ** 2)",
             "You take one scale for all weights. Every entry of v belongs to one weight: no sum and no mean."),
            ("rmsprop_uphill", "w - learning_rate", "w + learning_rate", "You step uphill. Subtract the step."),
            ("rmsprop_returns_the_root", "eps), new_v", "eps), np.sqrt(new_v)",
             "You return the root. What stays in memory is v, the mean of the squares.")),
        Misconception(rmsprop_in_place,
                      "v *= alpha writes into the array you were given. Write alpha * v + ... to make a new one."),
    )),
    Task("adam", adam, with_both, outputs=("w", "m", "v"), points={"w": 2, "m": 1, "v": 1, UNCHANGED: 1}, misconceptions=(
        *changes(adam,
            ("adam_without_correction_of_m", "new_m / (1 - beta1 ** t)", "new_m",
             "You use m as it is. It starts at 0 and is too small at first: divide by 1 - beta1^t."),
            ("adam_without_correction_of_v", "new_v / (1 - beta2 ** t)", "new_v",
             "You use v as it is. It starts at 0 and is too small at first: divide by 1 - beta2^t."),
            ("adam_steps_from_zero", "m_hat = new_m / (1 - beta1 ** t)",
             "t = t + 1\n    m_hat = new_m / (1 - beta1 ** t)",
             "You correct with t + 1. t is 1 in the first step already."),
            ("adam_correction_without_power", "m_hat = new_m / (1 - beta1 ** t)",
             "t = 1\n    m_hat = new_m / (1 - beta1 ** t)",
             "You correct as in the first step, whatever the step. The corrections are 1 - beta^t and fade with t."),
            ("adam_returns_the_corrected", "new_m, new_v", "m_hat, v_hat",
             "You return the corrected means, so they would be corrected again. Memory holds m and v as they are."),
            ("adam_gradient_instead_of_m", "learning_rate * m_hat", "learning_rate * dw",
             "You step along the gradient, as RMSProp does. Adam steps along the corrected mean m."),
            ("adam_without_root", "np.sqrt(v_hat)", "v_hat",
             "v is a mean of squares, so its root has the size of a gradient. Divide by the root."),
            ("adam_eps_inside", "(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)",
             "Your eps stands under the root. Add it to the root: sqrt(v) + eps."),
            ("adam_square_of_m", "dw ** 2", "new_m ** 2",
             "You collect squares of the mean m. v is the mean of the squared gradients: dw ** 2."),
            ("adam_one_beta", "beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)",
             "You use beta1 in both means. The squares have beta2."),
            ("adam_uphill", "w - learning_rate", "w + learning_rate", "You step uphill. Subtract the step.")),
        Misconception(adam_in_place,
                      "m *= beta1 writes into the array you were given. Write beta1 * m + ... to make a new one."),
    )),
    Task("adamw", adamw, with_decay, outputs=("w", "m", "v"), points={"w": 2, "m": 1, "v": 1, UNCHANGED: 1}, misconceptions=(
        *changes(adamw,
            ("adamw_decays_the_gradient", "adam(smaller, dw,", "adam(w, dw + weight_decay * w,",
             "You add the decay to the gradient, and Adam divides it by the root of v. AdamW shrinks w itself."),
            ("adamw_without_rate", "(1 - learning_rate * weight_decay)", "(1 - weight_decay)",
             "You shrink w by the whole weight decay. The learning rate belongs to it: 1 - learning_rate * weight_decay."),
            ("adamw_without_decay", "adam(smaller,", "adam(w,", "Your weights do not decay. Shrink w before the step."),
            ("adamw_grows", "1 - learning_rate", "1 + learning_rate", "Your weights grow. Decay makes them smaller."),
            ("adamw_decays_twice", "adam(smaller, dw,", "adam(smaller, dw + weight_decay * w,",
             "You decay twice: in w and in the gradient. AdamW leaves the gradient alone."),
            ("adamw_keeps_the_decay_only", "(1 - learning_rate * weight_decay)", "learning_rate * weight_decay",
             "You keep what should go. Multiply w by 1 minus that."),
            ("adamw_absolute", "(1 - learning_rate * weight_decay) * w", "w - learning_rate * weight_decay",
             "You subtract the same from every weight. Each decays in proportion to its own size.")),
        Misconception(adamw_decays_afterwards,
                      "You shrink the weights after Adam's step, and Adam's step with them. Shrink w first."),
        Misconception(adamw_in_place,
                      "w *= ... writes into the array you were given. Write (1 - ...) * w to make a new one."),
    )),
    Task("schedule", schedule, step_numbers, outputs=("rates",),
         points={"rates": 2, "after the end": 1, UNCHANGED: 1}, misconceptions=changes(schedule,
        ("schedule_starts_at_zero", "(t + 1) / warm_up", "t / warm_up",
         "Your first rate is 0, so the first step is lost. The warm-up counts from 1: (t + 1) / warm_up."),
        ("schedule_keeps_rising", "np.minimum((t + 1) / warm_up, 1)", "(t + 1) / warm_up",
         "Your warm-up never ends. After warm_up steps its factor stays 1: take the smaller one."),
        ("schedule_max_for_min", "np.minimum((t + 1) / warm_up, 1)", "np.maximum((t + 1) / warm_up, 1)",
         "Your factor is at least 1. It is at most 1: minimum, not maximum."),
        ("schedule_without_half", ") / 2", ")", "Your rate is twice too large: 1 + cos runs from 2 to 0. Divide by 2."),
        ("schedule_rising_wave", "1 + np.cos", "1 - np.cos", "Your wave rises. It starts high and ends at 0: 1 + cos."),
        ("schedule_whole_wave", "np.pi *", "2 * np.pi *",
         "You take a whole wave, down and up again. Half a wave goes down: pi t / total."),
        ("schedule_rises_again", "np.minimum(t / total, 1)", "t / total",
         "After the last step your cosine rises again. There the rate stays 0: take at most 1 for t / total."),
        ("schedule_without_warm_up", "learning_rate * rise", "learning_rate", "Your warm-up is missing."),
        ("schedule_without_wave", "rise * wave", "rise", "Your rate stays after the warm-up. Multiply by the half wave."),
        ("schedule_wave_after_warm_up", "np.minimum(t / total, 1)",
         "np.clip((t - warm_up) / max(total - warm_up, 1), 0, 1)",
         "Your wave begins when the warm-up ends. Here it begins at step 0, and the warm-up multiplies it."),
        ("schedule_straight", "(1 + np.cos(np.pi * np.minimum(t / total, 1))) / 2", "1 - np.minimum(t / total, 1)",
         "Your rate falls on a straight line. It follows half a wave: (1 + cos) / 2."))),
    Task("clip", clip, gradients, outputs=("dw", "db"), points={"dw": 1, "db": 1, "no gradient": 1, UNCHANGED: 1},
         misconceptions=(
        *changes(clip,
            ("clip_always", "max(norm, clip_norm)", "max(norm, 1e-12)",
             "You bring short gradients to the length clip_norm too. Only what is longer is made shorter."),
            ("clip_exchanged", "max(norm, clip_norm)", "max(min(norm, clip_norm), 1e-12)",
             "You make short gradients longer and leave long ones as they are. The factor is at most 1."),
            ("clip_squared_length", "np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))", "np.sum(dw ** 2) + np.sum(db ** 2)",
             "You compare with the squared length. Take the root of the sum of squares."),
            ("clip_without_db", " + np.sum(db ** 2)", "",
             "Your length leaves out db. It is the length of all gradients together."),
            ("clip_sum_of_lengths", "np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))",
             "np.sqrt(np.sum(dw ** 2)) + np.sqrt(np.sum(db ** 2))",
             "You add two lengths. The joint length is the root of all squares together."),
            ("clip_leaves_db", "db * factor", "db",
             "You shorten dw only, and the direction changes. Both are multiplied by the same factor."),
            ("clip_to_one", "clip_norm / max", "1 / max", "Long gradients get the length 1. It should be clip_norm."),
            ("clip_largest_entry", "np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))", "max(np.abs(dw).max(), np.abs(db).max())",
             "You take the largest entry for the length. The length is the root of the sum of squares."),
            ("clip_divides_by_zero", "clip_norm / max(norm, clip_norm)", "min(norm, clip_norm) / norm",
             "Where all gradients are 0 you divide 0 by 0. Divide only if the length is above clip_norm.")),
        Misconception(clip_each_alone,
                      "You clip each array by its own length, and the direction changes. One length, one factor for both."),
        Misconception(clip_entries,
                      "You cut entry by entry, and the direction of the step changes. Scale all of them by one factor."),
        Misconception(clip_in_place,
                      "dw *= ... writes into the array you were given. Write dw * factor to make a new one."),
    )),
    Task("first_weights", first_weights, random_numbers, outputs=("he", "glorot"),
         points={"he": 1, "glorot": 1, "convolution": 2, UNCHANGED: 1}, misconceptions=(
        *changes(first_weights,
            ("first_weights_variance", "np.sqrt(2 / inputs) * z", "2 / inputs * z",
             "2 / D is the variance. Numbers are multiplied by the standard deviation, its root."),
            ("first_weights_of_one", "np.sqrt(2 / inputs)", "np.sqrt(1 / inputs)",
             "Your variance is 1 / D. A ReLU stops half of the signal, which the 2 makes good."),
            ("first_weights_half_interval", "r * (2 * u - 1)", "r * u",
             "Your weights run from 0 to r. Glorot's run from -r to r: make 2 u - 1 of u first."),
            ("first_weights_centred", "(2 * u - 1)", "(u - 0.5)",
             "Your weights run from -r/2 to r/2. Glorot's run from -r to r, so the factor is 2 u - 1."),
            ("first_weights_normal_glorot", "6 / (inputs", "2 / (inputs",
             "2 / (D + M) is the variance. Uniform numbers from -r to r have the variance r^2 / 3: the 2 becomes a 6."),
            ("first_weights_inputs_alone", "inputs + outputs", "inputs + inputs",
             "Your r knows the inputs only. Glorot's takes the middle of both ways: D + M."),
            ("first_weights_axes", "z.shape[1] * area, z.shape[0] * area", "z.shape[0] * area, z.shape[1] * area",
             "You have inputs and outputs exchanged. Weights are (out, in): the inputs are axis 1."),
            ("first_weights_area_forgotten", "np.prod(z.shape[2:])", "1",
             "You count channels only. A unit of a convolution reads the whole window: channels times rows times columns."),
            ("first_weights_outputs_without_area", "z.shape[0] * area", "z.shape[0]",
             "Your number of outputs is that of the filters. Each input meets every filter at all places of its window: "
             "filters times rows times columns."),
            ("first_weights_one_side", "np.prod(z.shape[2:])", "(z.shape[2] if z.ndim == 4 else 1)",
             "You count the rows of the window and not its columns. Its size is rows times columns.")),
        Misconception(first_weights_in_place,
                      "z *= ... writes into the array you were given. Write np.sqrt(...) * z to make a new one."),
    )),
    Task("own_descent", own_descent, descents, outputs=("w", "loss"), points={"w": 2, "loss": 1, UNCHANGED: 1},
         misconceptions=(
        *changes(own_descent,
            ("own_descent_uphill", "w - learning_rate", "w + learning_rate",
             "You climb. A step goes against the gradient: w - learning_rate * dw."),
            ("own_descent_twice_as_far", "learning_rate * dw", "learning_rate * 2 * dw",
             "Your gradient is twice as long as it is. The 1/2 of the loss takes the 2 of the squares away."),
            ("own_descent_without_mixed_term", "p * a + q * b, q * a + r * b", "p * a, r * b",
             "You leave out the mixed term. a * b grows with a, as fast as b is large, and with b."),
            ("own_descent_mixed_term_twice", "q * b, q * a", "2 * q * b, 2 * q * a",
             "Your mixed term counts twice. Half of its factor stands in the loss."),
            ("own_descent_mixed_term_once", "q * b, q * a + r", "q * b, r",
             "Your mixed term is in the slope for a only. It belongs to both."),
            ("own_descent_centre_forgotten", "w[:, 0] - c, w[:, 1] - d", "w[:, 0], w[:, 1]",
             "You descend to 0. The valley has its lowest point where a and b are 0."),
            ("own_descent_columns_exchanged", "[p * a + q * b, q * a + r * b]", "[q * a + r * b, p * a + q * b]",
             "You move the first weight by the slope of the second. Column 0 of dw belongs to a."),
            ("own_descent_one_step_less", "range(steps)", "range(steps - 1)",
             "You make one step less than you were asked for.")),
        Misconception(own_descent_along_the_first_gradient,
                      "You follow the gradient of the start all the way. Compute it anew in every step."),
        Misconception(own_descent_loss_of_the_start, "Your loss is that of the start. Return the loss where you end."),
        Misconception(own_descent_in_place,
                      "w -= ... writes into the starts you were given. Write w = w - ... to make a new array."))),
]

WRITTEN = [Written("rates", {
    "says that Adam's step does not depend on the size of the gradient, and that of momentum does": 1,
    "tries the other's rate and says what is seen: momentum is slower, Adam steps as far as the weights are large": 1})]
