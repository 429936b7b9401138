"""What only the grader knows of 03_networks: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them. A twin of a network has many right
answers: its view lets inputs through it, and what comes out is compared.

The network of ``own_backward`` may be drawn for each student. All are equally hard: two inputs, three units, each bend
once, no weight 0, and weights whose condition number is at most 3. In the worked example leaky ReLU and ELU meet scores on
both sides of their kink, and each gradient is between 0.1 and 50.
"""
import json
import math

import numpy as np

from nnlib.check import differences
from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, OwnValues, Task, Written, changes

OLD = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, 0.0]]), np.array([0.5, -1.0, 2.0]), np.array([[1.0, -2.0, 3.0]])

# the plain network of task 7: for each unit its bend, its weights for the two inputs, its bias, and its outgoing weight
NETWORK = (("leaky ReLU", [-3, 3], -1, -2), ("ELU", [2, 3], 1, 2), ("GELU", [-3, 2], 1, -3))
CALLS = {"leaky ReLU": "leaky_relu({}, 0.1)", "ELU": "elu({}, 1.0)", "GELU": "gelu({})"}
OWN_EXAMPLE = np.array([1.0, -2.0, 0.5]), np.array([[0.5, -1.0], [1.0, 0.5], [-0.5, 1.0]])


# References

def share_below(a):
    return np.vectorize(math.erfc, otypes=[float])(-a / math.sqrt(2)) / 2


def leaky_relu_backward(dh, a, slope):
    return np.where(a > 0, dh, slope * dh)


def elu_backward(dh, h, alpha):
    return np.where(h > 0, dh, dh * (h + alpha))


def gelu_backward(dh, a):
    bell = np.exp(-a ** 2 / 2) / np.sqrt(2 * np.pi)
    return dh * (share_below(a) + a * bell)


def maxout_backward(dh, winner, x, w, b):
    pieces = np.arange(len(b))[:, None]
    da = np.where(winner[:, None, :] == pieces, dh[:, None, :], 0)
    dx = np.einsum("npm,pmd->nd", da, w)
    dw = np.einsum("npm,nd->pmd", da, x)
    db = np.sum(da, axis=0)
    return dx, dw, db


def count(D, units):
    inputs = np.append(D, units[:-1])
    return np.column_stack([units, inputs]), np.sum(units * inputs + units)


def twin(w1, b1, w2):
    order = np.roll(np.arange(len(b1)), 1)
    return w1[order], b1[order], w2[:, order]


def bent(kind, a):
    """What a unit makes of its scores."""
    if kind == "leaky ReLU":
        return np.where(a > 0, a, 0.1 * a)
    return np.where(a > 0, a, np.expm1(np.minimum(a, 0))) if kind == "ELU" else a * share_below(a)


def own_backward(dy, x):
    dx = np.zeros(x.shape)
    for kind, w, b, v in NETWORK:
        a, dh = x @ np.array(w) + b, v * dy
        if kind == "leaky ReLU":
            da = leaky_relu_backward(dh, a, 0.1)
        elif kind == "ELU":
            da = elu_backward(dh, bent(kind, a), 1.0)
        else:
            da = gelu_backward(dh, a)
        dx = dx + np.outer(da, w)
    return dx


# Networks of one's own

def draw_own(rng):
    """A network as hard as the plain one."""
    while True:
        kinds = [str(kind) for kind in rng.permutation([*CALLS])]
        numbers = rng.choice([-3, -2, -1, 1, 2, 3], (3, 2)), rng.choice([-1, 1], 3), rng.choice([-3, -2, 2, 3], 3)
        network = tuple((kind, *unit) for kind, *unit in zip(kinds, *(each.tolist() for each in numbers)))
        if mild(network):
            return network


def mild(network):
    """True if nothing in the worked example is at a kink, close to 0 or large."""
    weights = np.array([w for _, w, _, _ in network])
    scores = np.array([OWN_EXAMPLE[1] @ w + b for kind, w, b, _ in network if kind != "GELU"])
    both_sides = np.all(np.min(scores, axis=1) < 0) and np.all(np.max(scores, axis=1) > 0)
    sizes = np.abs(example_gradient(network))
    return (np.linalg.cond(weights) <= 3 and both_sides and np.min(np.abs(scores)) >= 0.25
            and np.min(sizes) > 0.1 and np.max(sizes) < 50)


def example_gradient(network):
    """dx of the worked example, by central differences: the reference knows one network only."""
    dy, x = OWN_EXAMPLE

    def arrives(x):
        return float(np.sum(dy * sum(v * bent(kind, x @ np.array(w) + b) for kind, w, b, v in network)))

    return differences(arrives, [x], (0,))[0]


def signed(number):
    """A number behind its sign."""
    return f"{'-' if number < 0 else '+'} {abs(number)}"


def shown(network):
    """The source of the cell that gives the output of a network, and the gradient of the worked example."""
    scores = [f"{w[0]} * x1 {signed(w[1])} * x2 {signed(b)}" for _, w, b, _ in network]
    units = [f"    h{m} = {CALLS[unit[0]].format(score)}" for m, (unit, score) in enumerate(zip(network, scores), 1)]
    first, second, third = (v for *_, v in network)
    example = {"dx": example_gradient(network).round(4).tolist()}
    return "\n".join(["def own_output(x):", '    """The output of your own network: x (N, 2) -> y (N,)."""',
                      "    x1, x2 = x.T", *units,
                      f"    return {first} * h1 {signed(second)} * h2 {signed(third)} * h3", "", "",
                      "# the gradient of the example with points, rounded", f"own_example = {json.dumps(example)}"])


OWN = OwnValues("own_backward", cell="own_network", name="NETWORK", draw=draw_own, shown=shown)


# View

def outputs(w1, b1, w2, old_w1, old_b1, old_w2):
    """The outputs of a network for eight inputs (8, K), if its hidden units have all moved."""
    if (w1.shape, b1.shape, w2.shape) != (old_w1.shape, old_b1.shape, old_w2.shape):
        raise ValueError(f"expected the shapes of the old weights: {old_w1.shape}, {old_b1.shape} and {old_w2.shape}.")
    moved = np.abs(np.column_stack([w1 - old_w1, b1 - old_b1])).max(axis=1) > 1e-3
    if len(b1) > 1 and not moved.all():
        raise ValueError("a hidden unit is where it was before, expected each in another place.")
    x = np.random.default_rng(0).standard_normal((8, w1.shape[1]))
    return np.tanh(x @ w1.T + b1) @ w2.T


# Cases

def leaks(rng):
    yield Case("the worked example", (np.array([1.0, 2.0, -3.0, 5.0]), np.array([0.5, -1.0, -4.0, 2.0]), 0.1))
    for label, shape, slope in (("4 examples, 3 units, slope 0.2", (4, 3), 0.2), ("one example", (1, 5), 0.3),
                                ("a ReLU: slope 0", (6, 4), 0.0), ("all sizes equal", (3, 3), 0.05)):
        a = rng.normal(size=shape)
        a[0, :2] = 1.5, -1.5
        yield Case(label, (rng.normal(size=shape), a, slope))
    yield Case("scores of 0 among others", (rng.normal(size=4), np.array([0.0, 1.0, 0.0, -1.0]), 0.25), "at the kink")
    yield Case(FAR, (rng.normal(size=4), np.array([1e12, -1e12, 3e12, -2e12]), 0.2))


def exponentials(rng):
    yield Case("the worked example", (np.array([1.0, 2.0, -4.0]), np.array([3.0, -0.5, -1.25]), 1.5))
    for label, shape, alpha in (("4 examples, 3 units", (4, 3), 1.3), ("one example", (1, 5), 0.6),
                                ("alpha 1", (3, 3), 1.0)):
        a = rng.normal(size=shape)
        a[0, :2] = 1.5, -1.5
        yield Case(label, (rng.normal(size=shape), np.where(a > 0, a, alpha * np.expm1(a)), alpha))
    yield Case("scores of 0 among others", (rng.normal(size=4), np.array([0.0, 1.0, 0.0, -0.25]), 0.5), "at the kink")
    yield Case(FAR, (rng.normal(size=3), np.array([1e12, -0.3, 3e12]), 0.7))


def bells(rng):
    yield Case("the worked example", (np.array([1.0, 2.0, 1.0, -3.0]), np.array([0.0, 1.0, -1.0, 2.0])))
    for label, shape in (("4 examples, 3 units", (4, 3)), ("one example", (1, 5)), ("all sizes equal", (3, 3))):
        yield Case(label, (rng.normal(size=shape), rng.normal(size=shape)))
    yield Case("scores of -30 and 30", (rng.normal(size=3), np.array([-30.0, 0.5, 30.0])))
    yield Case(FAR, (rng.normal(size=3), np.array([-1e12, 0.5, 1e12])))


def pieces(rng):
    yield Case("the worked example", (np.array([[1.0], [2.0]]), np.array([[0], [1]]), np.array([[1.0, 2.0], [3.0, -1.0]]),
                                      np.array([[[1.0, 1.0]], [[2.0, 0.0]]]), np.array([[0.5], [0.0]])))
    for label, N, D, P, M in (("5 examples, 2 inputs, 3 pieces, 4 units", 5, 2, 3, 4), ("one example", 1, 3, 2, 4),
                              ("4 examples, 4 inputs, one unit", 4, 4, 3, 1), ("all sizes equal", 3, 3, 3, 3)):
        winner = rng.integers(0, P, (N, M))
        winner.flat[-1] = P - 1
        yield Case(label, (rng.normal(size=(N, M)), winner, rng.normal(size=(N, D)), rng.normal(size=(P, M, D)),
                           rng.normal(size=(P, M))))
    yield Case(FAR, (rng.normal(size=(4, 3)), rng.permutation(12).reshape(4, 3) % 2, rng.normal(size=(4, 2)),
                     rng.normal(size=(2, 3, 2)), rng.uniform(1e12, 2e12, (2, 3))))


def sizes(rng):
    yield Case("the network of the chapter", (3, np.array([4, 4, 4, 2])))
    yield Case("two hidden layers", (int(rng.integers(5, 9)), rng.permutation([2, 3, 4])))
    yield Case("five layers", (int(rng.integers(2, 9)), rng.integers(2, 9, 5)))
    yield Case("one layer", (int(rng.integers(5, 9)), rng.integers(2, 5, 1)))


def networks(rng):
    yield Case("the worked example", OLD)
    for label, D, M, K in (("5 hidden units, 4 inputs, 2 outputs", 4, 5, 2), ("a single hidden unit", 3, 1, 2),
                           ("2 hidden units", 3, 2, 1), ("all sizes equal", 3, 3, 3)):
        yield Case(label, (rng.normal(size=(M, D)), rng.normal(size=M), rng.normal(size=(K, M))))


def owns(rng):
    yield Case("the worked example", OWN_EXAMPLE)
    for label, N in (("one example", 1), ("four examples", 4), ("twelve examples", 12)):
        yield Case(label, (rng.normal(size=N), rng.normal(size=(N, 2))))
    yield Case(FAR, (rng.normal(size=3), rng.choice([-1e12, 1e12], (3, 2)) * rng.uniform(1, 2, (3, 2))))


# Misconceptions

def leaky_relu_in_place(dh, a, slope):
    dh[a <= 0] *= slope
    return dh


def elu_in_place(dh, h, alpha):
    left = h <= 0
    dh[left] *= h[left] + alpha
    return dh


def gelu_in_place(dh, a):
    bell = np.exp(-a ** 2 / 2) / np.sqrt(2 * np.pi)
    dh *= share_below(a) + a * bell
    return dh


def maxout_last_example(dh, winner, x, w, b):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(len(dh)):
        for m in range(dh.shape[1]):
            p = winner[n, m]
            dx[n] += dh[n, m] * w[p, m]
            dw[p, m] = dh[n, m] * x[n]
            db[p, m] = dh[n, m]
    return dx, dw, db


def maxout_last_unit(dh, winner, x, w, b):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(len(dh)):
        for m in range(dh.shape[1]):
            p = winner[n, m]
            dx[n] = dh[n, m] * w[p, m]
            dw[p, m] += dh[n, m] * x[n]
            db[p, m] += dh[n, m]
    return dx, dw, db


def twin_in_place(w1, b1, w2):
    order = np.roll(np.arange(len(b1)), 1)
    w1[:], b1[:], w2[:] = w1[order], b1[order], w2[:, order]
    return w1, b1, w2


WITHHELD = ("kernels.activations", "kernels.maxout", *GRADIENTS)

HINTS = {
    "leaky_relu_backward": (
        "Which array decides on which side of the kink an entry stands: dh or a?",
        "np.where(a > 0, ..., ...) with dh on one side and a multiple of dh on the other.",
    ),
    "elu_backward": (
        "You have the output and not the score. Its sign is that of the score.",
        "On the left the slope is h + alpha. What arrives is multiplied by it.",
    ),
    "gelu_backward": (
        "Write the product rule for a times Phi(a). How many terms does it have?",
        "The slope is Phi(a) + a phi(a). Check it at a = 0: it is one half.",
    ),
    "maxout_backward": (
        "First make da with an axis for the pieces: dh where a piece has won, 0 elsewhere.",
        "winner[:, None, :] == np.arange(P)[:, None] has the shape (N, P, M). Then three sums, as einsum or as loops.",
    ),
    "count": (
        "What a layer reads is what the one before it puts out. The first one reads D.",
        "Put D in front of units and leave out the last: these are the inputs. Weights are units times inputs.",
    ),
    "twin": (
        "Choose another order of the hidden units. Which axis of each array belongs to them?",
        "Rows of w1, entries of b1, columns of w2: the same order for all three. np.roll moves every unit.",
    ),
    "own_backward": (
        "Unit by unit: its score, what arrives at its output, what your function sends through its bend.",
        "What arrives is dy times the outgoing weight. Behind the bend it goes to both inputs, times their weights: add up "
        "over the three units.",
    ),
}

TASKS = [
    Task("leaky_relu_backward", leaky_relu_backward, leaks, outputs=("da",),
         points={"da": 1, "at the kink": 1, UNCHANGED: 1}, misconceptions=(
        *changes(leaky_relu_backward,
            ("leaky_relu_kink", "a > 0", "a >= 0",
             "A score of exactly 0 belongs to the left side, as in (3.11): a > 0, not a >= 0."),
            ("leaky_relu_without_leak", "slope * dh", "0 * dh",
             "Left of the kink your gradient is 0. A leaky ReLU lets slope times dh through, (3.11)."),
            ("leaky_relu_forward", "dh, slope * dh", "a, slope * a",
             "This is the output again, made of a. Backward passes on dh, times the slope of the curve."),
            ("leaky_relu_slope_alone", "dh, slope * dh", "1, slope",
             "This is the slope alone. The chain rule multiplies it by what arrives: dh."),
            ("leaky_relu_sides", "a > 0", "a < 0",
             "You have the sides exchanged: the slope is 1 where the score is positive."),
            ("leaky_relu_of_the_gradient", "a > 0", "dh > 0",
             "You ask for the sign of dh. The score a says on which side of the kink a unit stands."),
            ("leaky_relu_times_score", "slope * dh", "slope * a * dh",
             "You multiply by the score as well. The curve on the left is a straight line: its slope is the number slope."),
            ("leaky_relu_falls", "slope * dh", "-slope * dh",
             "On the left the curve rises too, only less steeply. There is no minus in (3.11).")),
        Misconception(leaky_relu_in_place,
                      "dh[...] *= slope writes into the array you were given. Use np.where, or work on dh.copy()."),
    )),
    Task("elu_backward", elu_backward, exponentials, outputs=("da",),
         points={"da": 1, "at the kink": 1, UNCHANGED: 1}, misconceptions=(
        *changes(elu_backward,
            ("elu_kink", "h > 0", "h >= 0",
             "An output of exactly 0 belongs to the left side, as in (3.13): h > 0, not h >= 0."),
            ("elu_of_the_score", "h + alpha", "alpha * np.exp(h)",
             "You take h for the score. It is the output already, and alpha e^a is h + alpha, (3.13)."),
            ("elu_alpha_is_one", "h + alpha", "h + 1", "Your slope on the left is right for alpha = 1 alone: h + alpha."),
            ("elu_without_alpha", "(h + alpha)", "h", "You multiply by the output. The slope on the left is h + alpha."),
            ("elu_without_output", "(h + alpha)", "alpha",
             "alpha is the slope at the kink alone. Further left the curve gets flatter: h + alpha, (3.13)."),
            ("elu_everywhere", "np.where(h > 0, dh, dh * (h + alpha))", "dh * (h + alpha)",
             "You bend the right side as well. Where h > 0 the slope is 1."),
            ("elu_slope_alone", "dh, dh * (h + alpha)", "1, h + alpha",
             "This is the slope alone. The chain rule multiplies it by what arrives: dh."),
            ("elu_sides", "h > 0", "h < 0", "You have the sides exchanged: the slope is 1 where h is positive."),
            ("elu_minus", "h + alpha", "h - alpha",
             "The output is between -alpha and 0 on the left, so h - alpha is negative. The slope is h + alpha, (3.13).")),
        Misconception(elu_in_place,
                      "dh[...] *= writes into the array you were given. Use np.where, or work on dh.copy()."),
    )),
    Task("gelu_backward", gelu_backward, bells, outputs=("da",), points={"da": 2, UNCHANGED: 1}, misconceptions=(
        *changes(gelu_backward,
            ("gelu_first_factor", " + a * bell", "",
             "This is half of the product rule. Phi depends on the score too: add a times its derivative."),
            ("gelu_second_factor", "share_below(a) + ", "",
             "This is half of the product rule. The factor a has a derivative too, 1: add Phi(a)."),
            ("gelu_bell_alone", "share_below(a) + a * bell", "share_below(a) + bell",
             "In the second term of the product rule the factor a stays: a times the bell."),
            ("gelu_factors_exchanged", "share_below(a) + a * bell", "a * share_below(a) + bell",
             "You have the terms of the product rule crossed. Phi(a) stands alone, and a goes with the bell."),
            ("gelu_product_of_derivatives", "share_below(a) + a * bell", "bell",
             "The derivative of a product is not the product of the derivatives. It is Phi(a) + a times the bell."),
            ("gelu_not_normalised", " / np.sqrt(2 * np.pi)", "",
             "Your bell lacks the factor 1 / sqrt(2 pi), which makes its area 1."),
            ("gelu_bell_without_half", "-a ** 2 / 2", "-a ** 2", "Your bell is too narrow: the exponent is -a^2 / 2."),
            ("gelu_minus", "share_below(a) + a", "share_below(a) - a",
             "Both terms of the product rule have a plus. Phi rises everywhere: its derivative is the bell, not minus it."),
            ("gelu_root", "np.sqrt(2 * np.pi)", "np.sqrt(2) * np.pi",
             "The root in the bell is that of 2 pi, not of 2 alone."),
            ("gelu_forward", "dh * (share_below(a) + a * bell)", "dh * a * share_below(a)",
             "You multiply by the height of the curve. The chain rule needs its slope.")),
        Misconception(gelu_in_place,
                      "dh *= ... writes into the array you were given. Write da = dh * ... to make a new one."),
    )),
    Task("maxout_backward", maxout_backward, pieces, outputs=("dx", "dw", "db"),
         points={"dx": 1, "dw": 2, "db": 1, UNCHANGED: 1}, misconceptions=(
        *changes(maxout_backward,
            ("maxout_every_piece", "winner[:, None, :] == pieces", "pieces >= 0",
             "Every piece gets the gradient. Only the winner has moved the output, so compare with winner, (3.15)."),
            ("maxout_losers", "==", "!=", "Your gradient goes to the pieces that lost. The winner gets it, (3.15)."),
            ("maxout_first_piece", "winner[:, None, :] == pieces", "winner[:, None, :] * 0 == pieces",
             "Only piece 0 gets a gradient. Look up in winner which piece it is, for every example and unit."),
            ("maxout_winner_from_one", "winner[:, None, :] == pieces", "winner[:, None, :] == pieces + 1",
             "You count the pieces from 1. The numbers in winner start at 0."),
            ("maxout_averaged", "return dx, dw, db", "return dx, dw / len(dh), db / len(dh)",
             "You divide by N. The loss has done so already, and dh holds the result: here you only add up."),
            ("maxout_bias_averaged", "np.sum(da, axis=0)", "np.mean(da, axis=0)",
             "Your db is a mean over the examples. The 1/N is in dh already: take the sum."),
            ("maxout_bias_summed_over_units", "return dx, dw, db", "return dx, dw, np.full(b.shape, np.sum(da))",
             "You sum da over everything. Each piece of each unit has a bias of its own: sum over the examples alone."),
            ("maxout_shared_weights", "da, w)", "da, 0 * w + w[0])",
             "You send everything back through the weights of piece 0. Each piece goes back through its own, w[p]."),
            ("maxout_parameters_first", "return dx, dw, db", "return dw, db, dx",
             "The gradients come back in the order in which the layer takes its arguments: dx, dw, db.")),
        Misconception(maxout_last_example,
                      "Your loop overwrites dw and db in every turn, so only the last win of a piece counts. Use +=."),
        Misconception(maxout_last_unit,
                      "Your loop overwrites dx, so only the last unit counts. All units read the same inputs: use +=."),
    )),
    Task("count", count, sizes, outputs=("shapes", "parameters"),
         points={"shapes": 2, "parameters": 1, UNCHANGED: 1}, misconceptions=changes(count,
        ("count_transposed", "[units, inputs]", "[inputs, units]",
         "Your shapes are (inputs, units). In this course weights are (units, inputs), as in W x + b."),
        ("count_without_biases", "units * inputs + units", "units * inputs",
         "You count the weights alone. Every unit has a bias as well, (3.4)."),
        ("count_one_bias_for_a_layer", "inputs + units)", "inputs + 1)",
         "You count one bias for each layer. Every unit has its own, (3.4)."),
        ("count_biases_of_inputs", "inputs + units)", "inputs + inputs)",
         "You count a bias for every input of a layer. The biases belong to its units, (3.4)."),
        ("count_bias_of_bias", "units * inputs + units", "(units + 1) * (inputs + 1)",
         "You add 1 to both factors. The bias is one more input of every unit, and no unit: units * (inputs + 1)."),
        ("count_all_read_the_input", "np.append(D, units[:-1])", "np.full(len(units), D)",
         "All your layers read the inputs. Each layer but the first reads the units of the one before."),
        ("count_square", "np.append(D, units[:-1])", "units",
         "Your layers have as many inputs as units. A layer has as many inputs as the layer before has units."),
        ("count_hidden_only", "return np.column_stack([units, inputs]), np.sum(units * inputs + units)",
         "return np.column_stack([units, inputs])[:-1], np.sum((units * inputs + units)[:-1])",
         "You leave out the last layer. The output units have weights and biases too."),
        ("count_last_layer", "np.sum(units * inputs + units)", "(units * inputs + units)[-1]",
         "You count the parameters of the last layer alone. Add up over all layers."))),
    Task("twin", twin, networks, outputs=("w1", "b1", "w2"), view=outputs, views=("network",),
         points={"network": 3, UNCHANGED: 1}, misconceptions=(
        *changes(twin,
            ("twin_stays", "np.roll(np.arange(len(b1)), 1)", "np.arange(len(b1))",
             "Not all units have moved. A shift by one place, the last to the front, moves any number of units."),
            ("twin_reversed", "np.roll(np.arange(len(b1)), 1)", "np.arange(len(b1))[::-1]",
             "Turning the order round leaves the middle unit where it was. Shift all units by one place instead."),
            ("twin_forgets_w2", "w2[:, order]", "w2",
             "You move the units and leave their outgoing weights behind. Column m of w2 belongs to unit m: move it too."),
            ("twin_forgets_b1", "b1[order]", "b1",
             "You move the weights and leave the biases behind. Each unit takes its bias along."),
            ("twin_forgets_w1", "w1[order]", "w1 + 0", "You leave the incoming weights behind. Row m belongs to unit m."),
            ("twin_rows_of_w2", "w2[:, order]", "w2[order]",
             "You move the rows of w2, and these are its outputs. The hidden units are its columns: w2[:, order]."),
            ("twin_back_again", "w2[:, order]", "w2[:, np.argsort(order)]",
             "Your units move one way and their outgoing weights the other. Use the same order for all three."),
            ("twin_sign_comes_out", "w1[order], b1[order], w2[:, order]", "-w1, -b1, w2",
             "tanh(-a) is -tanh(a): turn the signs of w2 as well."),
            ("twin_sign_without_bias", "w1[order], b1[order], w2[:, order]", "-w1, b1, -w2",
             "You turn the signs of the weights and keep that of the bias. The whole score must change its sign."),
            ("twin_scaled", "w1[order], b1[order], w2[:, order]", "2 * w1, 2 * b1, w2 / 2",
             "Twice the score is not twice the output: tanh is not a straight line. Change the order of the units.")),
        Misconception(twin_in_place,
                      "w1[:] = ... writes into the array you were given. w1[order] alone makes a new one."),
    )),
    Task("own_backward", own_backward, owns, outputs=("dx",), points={"dx": 3, UNCHANGED: 1}, misconceptions=changes(
        own_backward,
        ("own_without_outgoing_weight", "v * dy", "dy",
         "You leave out the outgoing weights. At a unit arrives dy times its weight in the output."),
        ("own_without_dy", "v * dy", "v * np.ones(len(dy))",
         "You leave out dy. It holds what arrives at the output, a number for each example."),
        ("own_without_bends", "np.outer(da, w)", "np.outer(dh, w)",
         "You send the gradients past the bends. Each goes through the backward function of its unit."),
        ("own_without_bias", "x @ np.array(w) + b", "x @ np.array(w)",
         "Your scores leave out the biases, so some bends are met on the wrong side."),
        ("own_elu_of_score", "bent(kind, a), 1.0", "a, 1.0",
         "Your elu_backward takes the output h, and you give it the score."),
        ("own_leak_forgotten", ", a, 0.1", ", a, 0.0",
         "Below its kink the leaky unit hands on a tenth, and yours nothing."),
        ("own_last_unit", "dx + np", "0 * dx + np",
         "Only the last unit pays in your dx. All three look at the same inputs: add up what they send."),
        ("own_inputs_swapped", "np.outer(da, w)", "np.outer(da, w[::-1])",
         "You pay the first input with the weights of the second. Column 0 of dx belongs to x1."))),
]

WRITTEN = [Written("valleys", {
    "says that a higher way between two equally low points means that the loss is not convex": 1,
    "counts the orders of the units, $32!$, or more": 1})]
