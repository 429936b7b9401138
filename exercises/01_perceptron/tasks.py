"""What only the grader knows of 01_perceptron: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them; they call ``decide`` and ``step`` by
name. A gate and a network have many right answers: views show their decisions, and these are compared.

The data set of ``contest`` may be drawn for each student. All are equally hard: six different points in the plane, three
of each label, and a line that keeps a distance of at least 0.4 from all of them divides the labels.
"""
import json

import numpy as np

from nnlib.grading.tasks import GRADIENTS, UNCHANGED, Case, Misconception, OwnValues, Task, Written, changes

SATURDAYS = np.indices((2, 2, 2)).reshape(3, -1).T.astype(float)
KEEN = np.array([0.0, 0, 0, 1, 1, 1, 1, 1])
FESTIVAL = np.array([6.0, 2.0, 2.0])
POINTS = np.array([[2.0, 2.0], [0.0, 0.0], [1.0, -1.0]])
XOR = np.array([[0.0, 1.0], [1.0, 0.0]])

# the plain data set of task 7, points and labels, and the perceptrons of its two cells
DATA = [[1.0, 0.5], [2.0, -1.0], [0.5, 2.0], [-1.0, 0.0], [-0.5, -2.0], [-2.0, 1.5]], [1, 1, 1, 0, 0, 0]
OWN_CHECK = np.array([[1.0, 1.0]]), np.array([0.3])
OWN_EXAMPLE = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -1.0]]), np.array([0.25, -0.1, 0.72])


# References

def decide(x, w, b):
    a = x @ w + b
    return np.where(a > 0, 1.0, 0.0)


def step(x, w, b, y):
    error = y - decide(x, w, b)
    return w + error * x, b + error


def epoch(x, w, b, y):
    mistakes = 0
    for n in range(len(y)):
        mistakes += abs(y[n] - decide(x[n], w, b))
        w, b = step(x[n], w, b, y[n])
    return w, b, mistakes


def margin(x, w, b, y):
    distances = (x @ w + b) / np.linalg.norm(w)
    return np.min((2 * y - 1) * distances)


def gate(pattern):
    return 2 * pattern - 1, 0.5 - np.sum(pattern)


def network(patterns):
    w1, b1 = (np.array(parts) for parts in zip(*[gate(pattern) for pattern in patterns]))
    return w1, b1, np.ones(len(b1)), -0.5


def contest(w, b):
    x, y = map(np.array, DATA)
    a = w @ x.T + b[:, None]
    mistakes = np.sum((a > 0) != y, axis=1)
    distances = a / np.linalg.norm(w, axis=1, keepdims=True)
    return mistakes, np.min((2 * y - 1) * distances, axis=1)


# Data sets of one's own

def draw_own(rng):
    """A data set as hard as the plain one: points of a grid, on both sides of a line of any direction."""
    grid = np.stack(np.meshgrid(np.arange(-6, 7), np.arange(-6, 7)), axis=-1).reshape(-1, 2) / 2
    while True:
        angle = rng.uniform(0, 2 * np.pi)
        distances = grid @ [np.cos(angle), np.sin(angle)] + rng.uniform(-0.5, 0.5)
        sides = [rng.permutation(grid[(sign * distances >= 0.4) & (sign * distances <= 2)])[:3] for sign in (1, -1)]
        if min(map(len, sides)) == 3:
            order = rng.permutation(6)
            return np.concatenate(sides)[order].tolist(), np.array([1, 1, 1, 0, 0, 0])[order].tolist()


def results(data, w, b):
    """{"mistakes": ..., "margins": ...} one by one: the reference knows one data set only."""
    x, y = map(np.array, data)
    mistakes = [int(np.sum(decide(x, each, bias) != y)) for each, bias in zip(w, b)]
    return {"mistakes": mistakes, "margins": [round(float(margin(x, each, bias, y)), 4) for each, bias in zip(w, b)]}


def shown(data):
    """The source of the cell with a data set, and what two contests on it give."""
    points, labels = data
    return "\n".join([
        f"own_points = np.array({json.dumps(points)})", f"own_labels = np.array({json.dumps(labels)})", "",
        "# what the contests of the two cells below give, rounded", f"own_check = {json.dumps(results(data, *OWN_CHECK))}",
        f"own_example = {json.dumps(results(data, *OWN_EXAMPLE))}"])


OWN = OwnValues("contest", cell="own_data", name="DATA", draw=draw_own, shown=shown)


# Views

def corners(D):
    """All patterns of D zeros and ones, one per row: (2^D, D)."""
    return np.indices((2,) * D).reshape(D, -1).T


def gate_decisions(w, b, pattern):
    """What a perceptron says to every pattern of that length: decisions[0, 1] belongs to the pattern (0, 1)."""
    if w.shape != pattern.shape or b.size != 1:
        raise ValueError(f"w needs the shape {pattern.shape}, and b is a number.")
    return (corners(len(pattern)) @ w + b > 0).reshape((2,) * len(pattern)) * 1


def network_decisions(w1, b1, w2, b2, patterns):
    """What a network of two layers says to every pattern of that length."""
    M, D = len(b1) if b1.ndim else 0, patterns.shape[1]
    if not 0 < M <= 1000 or w1.shape != (M, D) or b1.shape != (M,) or w2.shape != (M,) or b2.size != 1:
        raise ValueError(f"the shapes must be w1 (M, {D}), b1 (M,), w2 (M,), and b2 is a number, for M hidden perceptrons.")
    h = (corners(D) @ w1.T + b1 > 0) * 1
    return (h @ w2 + b2 > 0).reshape((2,) * D) * 1


# Cases

def draw(rng, N, D):
    """Examples, weights and bias, with scores on both sides of 0 where N allows, and both labels on either side."""
    x, w = rng.normal(size=(N, D)), rng.normal(size=D)
    w *= rng.uniform(1.5, 3) / np.linalg.norm(w)
    b = rng.uniform(0.1, 0.3) * rng.choice([-1, 1]) - np.median(x @ w)
    fires = x @ w + b > 0
    y = np.where(rng.permutation(N) < N // 3, ~fires, fires).astype(float)
    return x, w, b, y


def decided(rng):
    yield Case("the worked example", (SATURDAYS, FESTIVAL, -3.0))
    for label, N, D in (("40 examples, 3 inputs", 40, 3), ("one example", 1, 4), ("one input", 30, 1),
                        ("4 examples, 4 inputs", 4, 4)):
        yield Case(label, draw(rng, N, D)[:3])
    yield Case("scores of exactly 0", (rng.permutation(SATURDAYS), FESTIVAL, -4.0), "on the line")
    yield Case("all weights 0", (rng.normal(size=(3, 2)), np.zeros(2), 0.0), "on the line")


def single(rng):
    yield Case("the worked example", (np.array([1.0, -3.0]), np.array([0.5, 1.0]), -2.0, 1.0))
    for label, D, side, y in (("a miss with 4 inputs", 4, -1, 1.0), ("a false alarm with 3 inputs", 3, 1, 0.0),
                              ("one input, a miss", 1, -1, 1.0), ("a right silence", 3, -1, 0.0),
                              ("a right alarm", 5, 1, 1.0)):
        x, w = rng.normal(size=D), rng.normal(size=D)
        yield Case(label, (x, w, side * rng.uniform(0.3, 2) - x @ w, y))
    yield Case("a score of exactly 0 that should fire", (rng.normal(size=3), np.zeros(3), 0.0, 1.0))


def taught(rng, N, D):
    """Examples for one pass, the first and the last of which are mistakes when they are shown."""
    x, w, b, y = draw(rng, N, D)
    y[0] = 1 - decide(x[0], w, b)
    after = epoch(x[:-1], w, b, y[:-1])
    y[-1] = 1 - decide(x[-1], *after[:2])
    return x, w, b, y


def passes(rng):
    yield Case("the worked example", (SATURDAYS, np.array([-1.0, 2.0, 0.0]), -1.0, KEEN))
    for label, N, D in (("30 examples, 3 inputs", 30, 3), ("20 examples, 4 inputs", 20, 4), ("one input", 12, 1)):
        yield Case(label, taught(rng, N, D))
    x, w, *_ = draw(rng, 1, 4)
    yield Case("one example, a miss", (x, w, -0.5 - x[0] @ w, np.ones(1)))
    x, w, b, _ = draw(rng, 9, 2)
    yield Case("no mistake at all", (x, w, b, (x @ w + b > 0).astype(float)))


def separated(rng):
    yield Case("the worked example", (POINTS, np.array([3.0, 4.0]), -6.0, np.array([1.0, 0.0, 0.0])))
    for label, N, D in (("some of 12 examples on the wrong side", 12, 3), ("one input", 9, 1),
                        ("4 examples, 4 inputs", 4, 4)):
        yield Case(label, draw(rng, N, D))
    for label, N, y in (("one example that fires", 1, 1.0), ("one example that does not", 1, 0.0)):
        x, w, b, _ = draw(rng, N, 5)
        yield Case(label, (x, w, b, np.full(1, y)))
    x, w, b, _ = draw(rng, 10, 2)
    yield Case("all examples on the right side", (x, w, b, (x @ w + b > 0).astype(float)))


def single_patterns(rng):
    yield Case("the worked example", (np.array([1.0, 0.0]),))
    yield Case("a pattern of 5", (rng.permutation([1.0, 1.0, 0.0, 0.0, 1.0]),))
    yield Case("one input that must be 1", (np.ones(1),))
    yield Case("one input that must be 0", (np.zeros(1),))
    yield Case("neither of three", (np.zeros(3),))
    yield Case("all of four", (np.ones(4),))


def lists(rng):
    yield Case("XOR, the worked example", (XOR,))
    odd = np.array([[0.0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1]])
    yield Case("an odd number of three", (rng.permutation(odd),))
    yield Case("a single pattern", (rng.permutation([1.0, 0.0, 1.0])[None],))
    yield Case("five of the sixteen patterns of four", (rng.permutation(corners(4))[:5].astype(float),))
    yield Case("all patterns of two", (rng.permutation(corners(2)).astype(float),))


def contests(rng):
    yield Case("the worked example", OWN_EXAMPLE)
    for label, K in (("one perceptron", 1), ("two perceptrons", 2), ("nine perceptrons", 9), ("six perceptrons", 6)):
        yield Case(label, (rng.normal(size=(K, 2)), rng.normal(size=K)))


# Misconceptions

def decide_transposed(x, w, b):
    a = x.T @ w + b
    return np.where(a > 0, 1.0, 0.0)


def decide_all_as_one(x, w, b):
    return 1.0 if np.sum(x @ w + b) > 0 else 0.0


def decide_with_probabilities(x, w, b):
    return 1 / (1 + np.exp(-(x @ w + b)))


def step_in_place(x, w, b, y):
    error = y - decide(x, w, b)
    w += error * x
    return w, b + error


def epoch_in_place(x, w, b, y):
    mistakes = 0
    for n in range(len(y)):
        error = y[n] - decide(x[n], w, b)
        mistakes += abs(error)
        w += error * x[n]
        b += error
    return w, b, mistakes


def epoch_with_old_weights(x, w, b, y):
    errors = y - decide(x, w, b)
    return w + errors @ x, b + np.sum(errors), np.sum(np.abs(errors))


def epoch_counts_afterwards(x, w, b, y):
    for n in range(len(y)):
        w, b = step(x[n], w, b, y[n])
    return w, b, np.sum(np.abs(y - decide(x, w, b)))


def epoch_stops_at_a_mistake(x, w, b, y):
    for n in range(len(y)):
        if decide(x[n], w, b) != y[n]:
            return *step(x[n], w, b, y[n]), 1
    return w, b, 0


def gate_in_place(pattern):
    b = 0.5 - np.sum(pattern)
    pattern *= 2
    pattern -= 1
    return pattern, b


def network_first_pattern(patterns):
    w, b = gate(patterns[0])
    return w[None], np.array([b]), np.ones(1), -0.5


def network_last_pattern(patterns):
    for pattern in patterns:
        w, b = gate(pattern)
    return w[None], np.array([b]), np.ones(1), -0.5


def network_in_place(patterns):
    b1 = 0.5 - np.sum(patterns, axis=1)
    patterns *= 2
    patterns -= 1
    return patterns, b1, np.ones(len(b1)), -0.5


WITHHELD = ("kernels.dense", *GRADIENTS)

HINTS = {
    "decide": (
        "All scores at once are one product: examples times weights, plus the bias. Which shape does it have?",
        "np.where(condition, 1.0, 0.0) makes numbers of a comparison. What does a score of exactly 0 say?",
    ),
    "step": (
        "Find out first what the perceptron says now. If it is right, nothing may change.",
        "y minus the decision is 1, 0 or -1. The same number multiplies x, and is added to the bias.",
    ),
    "epoch": (
        "A loop over the examples, and in it two things: count, then step. Which comes first?",
        "w and b that a step returns are those of the next turn: w, b = step(...). Misses and false alarms both count 1.",
    ),
    "margin": (
        "Three steps: scores, distances, signs. Only the last one looks at the labels.",
        "2 y - 1 is 1 for label 1 and -1 for label 0. The margin is the smallest of all products with it.",
    ),
    "gate": (
        "An input that must be 1 speaks for firing, one that must be 0 against it. Choose the weights first.",
        "With weights of 1 and -1 the pattern has the largest score, the number of its ones. Put the bias just "
        "below minus that.",
    ),
    "network": (
        "The first layer holds your gates, one in each row. How many of them fire on one input?",
        "The last perceptron adds up what the gates say. Its bias lies between minus that of one gate and 0.",
    ),
    "contest": (
        "Ask one perceptron first, with your decide and your margin. Then a loop over the rows of w.",
        "Mistakes are the decisions that differ from own_labels: np.sum(... != own_labels). Collect both numbers in lists.",
    ),
}

TASKS = [
    Task("decide", decide, decided, outputs=("h",), points={"h": 1, "on the line": 1, UNCHANGED: 1}, misconceptions=(
        *changes(decide,
            ("decide_fires_at_zero", "a > 0", "a >= 0",
             "A score of exactly 0 does not fire: equation (1.3) asks for a > 0."),
            ("decide_signs", "1.0, 0.0", "1.0, -1.0",
             "These are the answers 1 and -1 of the sign neuron, (1.6). A perceptron says 1 or 0."),
            ("decide_above_the_bias", "a > 0", "x @ w > b",
             "You compare with the bias as if it were the threshold. The bias is minus the threshold, (1.2): add it."),
            ("decide_without_bias", "x @ w + b", "x @ w", "Your score leaves out the bias b."),
            ("decide_scores", "np.where(a > 0, 1.0, 0.0)", "a",
             "You return the score a. The decision is 1 where it is above 0, and 0 elsewhere."),
            ("decide_other_side", "a > 0", "a < 0", "You fire on the wrong side: it must be a > 0.")),
        Misconception(decide_with_probabilities,
                      "This is the sigmoid neuron from the end of the chapter. A perceptron says 1 or 0."),
        Misconception(decide_transposed,
                      "x.T @ w fits only if there are as many examples as inputs. Each row of x is an example: x @ w."),
        Misconception(decide_all_as_one,
                      "You take one decision for all examples together. Each row of x gets its own: h has shape (N,)."),
    )),
    Task("step", step, single, outputs=("w", "b"), points={"w": 1, "b": 1, UNCHANGED: 1}, misconceptions=(
        *changes(step,
            ("step_away", "y - decide(x, w, b)", "decide(x, w, b) - y",
             "You push a missed example away. Rule (1.7) has y - h, not h - y."),
            ("step_although_right", "y - decide(x, w, b)", "2 * y - 1",
             "You move on an example that is decided rightly. The factor is y - h, (1.7), and it is 0 there."),
            ("step_of_the_score", "decide(x, w, b)", "(x @ w + b)",
             "You take the label minus the score. Rule (1.7) takes the label minus the decision: 1 or 0."),
            ("step_of_the_sigmoid", "decide(x, w, b)", "1 / (1 + np.exp(-(x @ w + b)))",
             "You take the label minus a probability. That is the next chapter; the perceptron uses its decision h."),
            ("step_only_after_a_miss", "y - decide(x, w, b)", "max(y - decide(x, w, b), 0)",
             "You learn from misses only. A false alarm pushes the weights away: y - h is -1 there."),
            ("step_forgets_the_bias", "b + error", "b",
             "You move w and leave b where it is. The bias is the weight of an input that is always 1."),
            ("step_scales_the_bias", "b + error", "b + error * b",
             "You move b by its own size. Its input is always 1, so b changes by y - h alone, (1.7)."),
            ("step_returns_the_change", "w + error * x, b + error", "error * x, error",
             "You return the change. Return the new w and b.")),
        Misconception(step_in_place, "w += ... writes into the array you were given. Write w = w + ... to make a new one."),
    )),
    Task("epoch", epoch, passes, outputs=("w", "b", "mistakes"),
         points={"w": 1, "b": 1, "mistakes": 1, UNCHANGED: 1}, misconceptions=(
        *changes(epoch,
            ("epoch_skips_the_first", "range(len(y))", "range(1, len(y))",
             "You leave out the first example. range(len(y)) starts at 0."),
            ("epoch_skips_the_last", "range(len(y))", "range(len(y) - 1)",
             "You leave out the last example. range(len(y)) already ends before len(y)."),
            ("epoch_forgets_the_step", "w, b = step", "step",
             "You call step and drop what it returns. Write w, b = step(...)."),
            ("epoch_signed_mistakes", "abs(y[n] - decide(x[n], w, b))", "y[n] - decide(x[n], w, b)",
             "Misses count 1 in your sum and false alarms -1, so they cancel. Count both as 1: abs."),
            ("epoch_counts_what_is_right", "abs(y[n]", "1 - abs(y[n]",
             "You count the examples that are decided rightly. Count the mistakes."),
            ("epoch_starts_at_zero", "mistakes = 0", "mistakes, w, b = 0, 0 * w, 0.0",
             "You start at zero. Start at the w and b you were given.")),
        Misconception(epoch_with_old_weights,
                      "You decide on all examples with the old weights. The rule steps after each example, and the next one "
                      "meets the new weights."),
        Misconception(epoch_counts_afterwards,
                      "You count the mistakes after the pass, with the final weights. Count each as its example is shown."),
        Misconception(epoch_stops_at_a_mistake,
                      "Your function returns at the first mistake. Move return out of the loop."),
        Misconception(epoch_in_place,
                      "Your loop writes into the w you were given. Write w = w + ..., or let step make a new one."),
    )),
    Task("margin", margin, separated, outputs=("margin",), points={"margin": 2, UNCHANGED: 1}, misconceptions=changes(margin,
        ("margin_in_scores", " / np.linalg.norm(w)", "",
         "This is the smallest score, not a distance. Divide by the length of w, (1.5)."),
        ("margin_squared_length", "np.linalg.norm(w)", "(w @ w)",
         "You divide by the squared length of w. The distance (1.5) has the length: take the root."),
        ("margin_length_with_bias", "np.linalg.norm(w)", "np.sqrt(w @ w + b * b)",
         "The bias is not part of the length: (1.5) divides by the length of w alone."),
        ("margin_sum_of_weights", "np.linalg.norm(w)", "np.sum(np.abs(w))",
         "You add up the sizes of the weights. The length is the root of the sum of their squares."),
        ("margin_without_bias", "x @ w + b", "x @ w", "Your score leaves out the bias b."),
        ("margin_always_positive", "(2 * y - 1) * distances", "np.abs(distances)",
         "You take the distance without its sign. On the wrong side it counts as negative: z = 2 y - 1."),
        ("margin_labels_as_signs", "2 * y - 1", "y",
         "With y itself the examples of label 0 have the distance 0. Make signs of the labels first: z = 2 y - 1."),
        ("margin_ignores_labels", "(2 * y - 1) * distances", "distances",
         "A negative distance is right where the label is 0. Multiply by z = 2 y - 1."),
        ("margin_mean", "np.min", "np.mean", "You return the mean of the distances. The margin is the smallest."),
        ("margin_largest", "np.min", "np.max",
         "You return the distance of the safest example. The margin is that of the least safe one: the smallest."))),
    Task("gate", gate, single_patterns, outputs=("w", "b"), view=gate_decisions, views=("decisions",),
         points={"decisions": 3, UNCHANGED: 1}, misconceptions=(
        *changes(gate,
            ("gate_without_objection", "2 * pattern - 1", "pattern",
             "An input that must be 0 has the weight 0 in your gate, so it cannot object. Give it a negative weight."),
            ("gate_on_its_own_line", "0.5 -", "0.0 -",
             "At its own pattern your gate has a score of exactly 0, which does not fire (1.3). Raise the bias by a half."),
            ("gate_threshold_for_bias", "0.5 - np.sum(pattern)", "np.sum(pattern) - 0.5",
             "You return the threshold. The bias is minus the threshold, (1.2)."),
            ("gate_fires_on_the_others", "2 * pattern - 1, 0.5 - np.sum(pattern)", "1 - 2 * pattern, np.sum(pattern) - 0.5",
             "Your gate fires on all patterns but this one. Turn the signs of the weights and of the bias round."),
            ("gate_of_the_opposite", "2 * pattern - 1, 0.5 - np.sum(pattern)", "1 - 2 * pattern, 0.5 - np.sum(1 - pattern)",
             "Your gate fires where ones and zeros are exchanged. An input that must be 1 has a positive weight."),
            ("gate_asks_for_one", "0.5 - np.sum(pattern)", "-0.5",
             "A score of 1 is enough for your gate, so some of the ones may be missing. Ask for all of them: b is 1/2 minus "
             "their number."),
            ("gate_asks_for_all_inputs", "np.sum(pattern)", "len(pattern)",
             "You ask for as many ones as there are inputs. Ask for as many as the pattern has.")),
        Misconception(gate_in_place,
                      "pattern *= 2 writes into the array you were given. Write w = 2 * pattern - 1 to make a new one."),
    )),
    Task("network", network, lists, outputs=("w1", "b1", "w2", "b2"), view=network_decisions, views=("decisions",),
         points={"decisions": 3, UNCHANGED: 1}, misconceptions=(
        *changes(network,
            ("network_asks_for_all_gates", "-0.5", "0.5 - len(b1)",
             "Your last perceptron fires if all gates fire, and no input can match two patterns. One gate is enough."),
            ("network_on_its_own_line", "-0.5", "-1.0",
             "If one gate fires, your last score is exactly 0, and that does not fire (1.3). Take a bias between -1 and 0."),
            ("network_always_fires", "-0.5", "0.5",
             "Your last perceptron fires even if no gate does. Its bias must be below 0, or 0."),
            ("network_of_the_others", "np.ones(len(b1)), -0.5", "-np.ones(len(b1)), 0.5",
             "Your network fires on all patterns but these. Turn the signs of w2 and b2 round."),
            ("network_loses_the_biases", "return w1, b1", "return w1, 0 * b1",
             "Your hidden perceptrons have no biases. Each gate brings its own into b1.")),
        Misconception(network_first_pattern, "Only the first pattern has a gate. Build one for each row of patterns."),
        Misconception(network_last_pattern,
                      "Your loop overwrites the gate in every turn, so only the last pattern has one. Keep them in a list."),
        Misconception(network_in_place,
                      "patterns *= 2 writes into the array you were given. Write 2 * patterns - 1 to make a new one."),
    )),
    Task("contest", contest, contests, outputs=("mistakes", "margins"),
         points={"mistakes": 1.5, "margins": 1.5, UNCHANGED: 1}, misconceptions=changes(contest,
        ("contest_without_bias", "w @ x.T + b[:, None]", "w @ x.T", "Your scores leave out the biases b."),
        ("contest_counts_what_is_right", "(a > 0) != y", "(a > 0) == y",
         "You count the points that are decided rightly. Count the mistakes."),
        ("contest_share", "np.sum((a", "np.mean((a", "This is the share of mistakes. Count them."),
        ("contest_in_scores", " / np.linalg.norm(w, axis=1, keepdims=True)", "",
         "These are the smallest scores, not distances. Divide by the length of w, (1.5)."),
        ("contest_one_length", "np.linalg.norm(w, axis=1, keepdims=True)", "np.linalg.norm(w)",
         "You divide by the length of all weights together. Each perceptron has a length of its own."),
        ("contest_ignores_labels", "(2 * y - 1) * distances", "distances",
         "A negative distance is right where the label is 0. Multiply by z = 2 y - 1."),
        ("contest_labels_as_signs", "2 * y - 1", "y",
         "With y itself the points of label 0 have the distance 0. Make signs of the labels first: z = 2 y - 1."),
        ("contest_largest", "np.min", "np.max", "You return the distance of the safest point. The margin is the smallest."),
        ("contest_mean", "np.min", "np.mean", "You return the mean of the distances. The margin is the smallest."))),
]

WRITTEN = [Written("two_layers", {
    "says that the rule needs a right answer for each perceptron in front": 1,
    "says that the data give right answers for the outputs only": 1})]
