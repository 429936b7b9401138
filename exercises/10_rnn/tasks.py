"""What only the grader knows of 10_rnn: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``rnn_step`` by name, or are one change of a right answer.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes
from nnlib.kernels import plain

X = np.array([[[1.0], [0.0], [0.0]], [[0.5], [2.0], [-1.0]]])
H0 = np.array([[0.0, 0.0], [0.5, -0.5]])
W_X = np.array([[1.0], [-0.5]])
W_H = np.array([[0.5, -1.0], [0.25, 0.0]])
B = np.array([0.0, 0.1])


# References

def rnn_step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x.T + h @ w_h.T + b)


def rnn_forward(x, h0, w_x, w_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(rnn_step(x[:, t], states[-1], w_x, w_h, b))
    states = np.stack(states)
    return states[1:].transpose(1, 0, 2), states


def rnn_backward(dh, states, x, h0, w_x, w_h, b):
    return plain.rnn_backward(dh, states, x, h0, w_x, w_h, b)


def clip_gradients(dw_x, dw_h, db, clip_norm):
    norm = np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))
    factor = clip_norm / max(norm, clip_norm)
    return dw_x * factor, dw_h * factor, db * factor


def probabilities(scores, temperature):
    return plain.softmax_forward(scores / temperature)


def embedding_backward(dh, tokens, V):
    dw = np.zeros((V, dh.shape[2]))
    for n, t in np.ndindex(tokens.shape):
        dw[tokens[n, t]] += dh[n, t]
    return dw


def lstm_step(x, h, c, w_x, w_h, b):
    a_i, a_f, a_g, a_o = np.split(x @ w_x.T + h @ w_h.T + b, 4, axis=1)
    i, f, g, o = (1 + np.tanh(a_i / 2)) / 2, (1 + np.tanh(a_f / 2)) / 2, np.tanh(a_g), (1 + np.tanh(a_o / 2)) / 2
    new_c = f * c + i * g
    return o * np.tanh(new_c), new_c, np.hstack([i, f, g, o])


def lstm_step_backward(dh, dc, gates, c_before, c):
    i, f, g, o = np.split(gates, 4, axis=1)
    shown = np.tanh(c)
    whole = dc + dh * o * (1 - shown ** 2)
    da_i, da_f = whole * g * i * (1 - i), whole * c_before * f * (1 - f)
    da_g, da_o = whole * i * (1 - g ** 2), dh * shown * o * (1 - o)
    return np.hstack([da_i, da_f, da_g, da_o]), whole * f


# Cases

def draw(rng, D, M):
    """Weights of a layer of M units on D inputs."""
    return rng.normal(size=(M, D)), rng.normal(size=(M, M)), rng.normal(size=M)


def steps(rng):
    yield Case("the worked example", (X[:, 0], H0, W_X, W_H, B))
    for label, N, D, M in (("4 examples, 3 inputs, 5 units", 4, 3, 5), ("one example", 1, 4, 2), ("one unit", 5, 2, 1),
                           ("all sizes equal", 3, 3, 3)):
        yield Case(label, (rng.normal(size=(N, D)), rng.normal(size=(N, M)), *draw(rng, D, M)))
    large = 1000 * rng.choice([-1.0, 1.0], (2, 3))
    yield Case("scores of -1000 and 1000", (large, rng.normal(size=(2, 3)), np.eye(3), *draw(rng, 3, 3)[1:]), "large scores")


def sequences(rng, scale=0.5):
    for label, N, T, D, M in (("4 sequences, 6 steps, 3 inputs, 5 units", 4, 6, 3, 5), ("one sequence", 1, 5, 2, 3),
                              ("a single step", 3, 1, 4, 2), ("one unit", 2, 4, 3, 1), ("all sizes equal", 3, 3, 3, 3)):
        yield label, (rng.normal(size=(N, T, D)), rng.normal(size=(N, M)), *(scale * w for w in draw(rng, D, M)))


def forward(rng):
    yield Case("the worked example", (X[1:, :2], H0[1:], W_X, W_H, B))
    yield Case("both sequences of the example", (X, H0, W_X, W_H, B))
    for label, arguments in sequences(rng):
        yield Case(label, arguments)


def backward(rng):
    states = np.array([[[1.0, 2.0]], [[0.5, 0.0]], [[0.6, -0.8]]])
    yield Case("the worked example", (np.array([[[0.0, 0.0], [1.0, 0.0]]]), states, X[1:, :2], states[0], W_X, W_H, B))
    for label, arguments in sequences(rng):
        h, states = rnn_forward(*arguments)
        yield Case(label, (rng.normal(size=h.shape), states, *arguments))
    x, h0, w_x, w_h, b = (rng.normal(size=size) / 4 for size in ((2, 3, 4), (2, 2), (2, 4), (2, 2), 2))
    b[0] = 10                                                    # a unit at its end, with a slope of some 1e-8
    h, states = rnn_forward(x, h0, w_x, w_h, b)
    yield Case(FAR, (rng.normal(size=h.shape) * [1e9, 1], states, x, h0, w_x, w_h, b))


def gradients(rng):
    yield Case("the worked example", (np.array([[2.0], [-2.0]]), np.array([[3.0, 0.0], [-2.0, 0.0]]),
                                      np.array([0.0, 2.0]), 2.5))
    for label, D, M, scale, bound in (("a long gradient", 3, 5, 10.0, 5.0), ("a short gradient", 2, 4, 0.1, 5.0),
                                      ("one unit, a long gradient", 2, 1, 30.0, 0.25),
                                      ("every array short, together long", 5, 5, 1.0, 6.0)):
        dw_x, dw_h, db = (scale * w for w in draw(rng, D, M))
        if label.startswith("every"):
            dw_x, dw_h, db = (4.5 * w / np.linalg.norm(w) for w in (dw_x, dw_h, db))
        yield Case(label, (dw_x, dw_h, db, bound))
    yield Case("all gradients 0", (np.zeros((4, 2)), np.zeros((4, 4)), np.zeros(4), 1.0), "all zero")


def characters(rng):
    yield Case("the worked example", (np.array([[2.0, 0.0, -2.0], [0.0, 0.0, 0.0]]), 2.0))
    yield Case("5 examples, 7 characters, temperature 0.7", (rng.normal(0, 2, (5, 7)), 0.7))
    yield Case("one example, temperature 1.5", (rng.normal(0, 2, (1, 4)), 1.5))
    yield Case("4 examples, 4 characters, temperature 0.3", (rng.normal(0, 1, (4, 4)), 0.3))
    yield Case("temperature 1", (rng.normal(0, 2, (3, 6)), 1.0))
    yield Case("scores of 1000, 0 and -1000", (np.array([[1000.0, 0.0, -1000.0], [-1000.0, 0.0, 0.0]]), 0.5), "large scores")
    yield Case("scores of 1000 and of -1000", (np.array([[1000.0, 999.0, 990.0], [-1000.0, -1000.5, -1002.0]]), 0.8),
               "large scores")


def tables(rng):
    yield Case("the worked example", (np.array([[[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [2.0, -1.0, 0.5], [1.0, 1.0, 1.0]]]),
                                      np.array([[1, 2, 1, 1]]), 4))
    for label, N, T, D, V in (("4 sequences of 6, 5 characters", 4, 6, 3, 5), ("one sequence", 1, 8, 2, 3),
                              ("many characters", 3, 5, 2, 30), ("all sizes equal", 4, 4, 4, 4)):
        tokens = rng.integers(V - 1, size=(N, T))                        # the last character never occurs
        tokens[:, :3] = tokens[0, 0]
        yield Case(label, (rng.normal(size=(N, T, D)), tokens, V))


def cells(rng):
    yield Case("the worked example", (
        np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([[0.5], [0.0]]), np.array([[1.0], [-2.0]]),
        np.array([[1.0, 0.0], [0.0, 2.0], [0.5, 1.0], [-1.0, 1.0]]), np.array([[1.0], [-1.0], [2.0], [0.0]]),
        np.array([0.0, 1.0, 0.0, 0.5])))
    for label, N, D, M in (("4 examples, 3 inputs, 5 units", 4, 3, 5), ("one example", 1, 4, 2), ("one unit", 5, 2, 1),
                           ("all sizes equal", 3, 3, 3)):
        yield Case(label, (rng.normal(size=(N, D)), rng.normal(size=(N, M)), rng.normal(size=(N, M)),
                           rng.normal(size=(4 * M, D)), rng.normal(size=(4 * M, M)), rng.normal(size=4 * M)))


def cells_backward(rng):
    yield Case("the worked example", (
        np.array([[1.0], [2.0]]), np.array([[0.5], [-1.0]]), np.array([[0.5, 0.8, 0.5, 0.4], [0.9, 0.5, -0.6, 0.75]]),
        np.array([[2.0], [-1.0]]), np.array([[1.85], [-1.04]])))
    for label, N, M in (("4 examples, 5 units", 4, 5), ("one example", 1, 3), ("one unit", 6, 1), ("as many of both", 4, 4)):
        i, f, o = rng.uniform(0.1, 0.9, (3, N, M))
        g, c_before = rng.uniform(-0.9, 0.9, (N, M)), rng.normal(size=(N, M))
        yield Case(label, (rng.normal(size=(N, M)), rng.normal(size=(N, M)), np.hstack([i, f, g, o]), c_before,
                           f * c_before + i * g))
    gates, c_before = rng.uniform(0.2, 0.8, (2, 12)), 1e12 * rng.uniform(1, 2, (2, 3))
    i, f, g, _ = np.split(gates, 4, axis=1)
    yield Case(FAR, (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), gates, c_before, f * c_before + i * g))


# Misconceptions

def rnn_forward_one_array(x, h0, w_x, w_h, b):
    h, states = h0.copy(), [h0]
    for t in range(x.shape[1]):
        h[:] = rnn_step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    states = np.stack(states)
    return states[1:].transpose(1, 0, 2), states


def rnn_forward_in_place(x, h0, w_x, w_h, b):
    states = np.zeros((x.shape[1] + 1, *h0.shape))
    states[0] = h0
    for t in range(x.shape[1]):
        h0[:] = rnn_step(x[:, t], h0, w_x, w_h, b)
        states[t + 1] = h0
    return states[1:].transpose(1, 0, 2), states


# a right answer as students write it: most mistakes are one change of it

def rnn_backward_in_a_loop(dh, states, x, h0, w_x, w_h, b):
    dx, later = np.zeros(x.shape), np.zeros(h0.shape)
    dw_x, dw_h, db = np.zeros(w_x.shape), np.zeros(w_h.shape), np.zeros(b.shape)
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + later) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ w_x
        dw_x += da.T @ x[:, t]
        dw_h += da.T @ states[t]
        db += da.sum(axis=0)
        later = da @ w_h
    return dx, later, dw_x, dw_h, db


def clip_gradients_each_alone(dw_x, dw_h, db, clip_norm):
    return tuple(d * clip_norm / max(np.sqrt(np.sum(d ** 2)), clip_norm) for d in (dw_x, dw_h, db))


def clip_gradients_every_entry(dw_x, dw_h, db, clip_norm):
    return tuple(np.clip(d, -clip_norm, clip_norm) for d in (dw_x, dw_h, db))


def clip_gradients_in_place(dw_x, dw_h, db, clip_norm):
    norm = np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))
    if norm > clip_norm:
        dw_x *= clip_norm / norm
        dw_h *= clip_norm / norm
        db *= clip_norm / norm
    return dw_x, dw_h, db


def probabilities_multiplied(scores, temperature):
    a = scores * temperature
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def probabilities_divided_afterwards(scores, temperature):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True) / temperature
    return p / p.sum(axis=1, keepdims=True)


def probabilities_not_normalised_again(scores, temperature):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) / temperature


def probabilities_overflow(scores, temperature):
    e = np.exp(scores / temperature)
    return e / e.sum(axis=1, keepdims=True)


def probabilities_one_maximum_for_all(scores, temperature):
    a = scores / temperature
    e = np.exp(a - a.max())
    return e / e.sum(axis=1, keepdims=True)


def probabilities_over_the_batch(scores, temperature):
    a = scores / temperature
    e = np.exp(a - a.max(axis=0))
    return e / e.sum(axis=0)


def probabilities_over_everything(scores, temperature):
    a = scores / temperature
    e = np.exp(a - a.max())
    return e / e.sum()


def probabilities_all_or_nothing(scores, temperature):
    return np.eye(scores.shape[1])[scores.argmax(axis=1)]


def probabilities_as_logarithms(scores, temperature):
    a = scores / temperature
    a = a - a.max(axis=1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=1, keepdims=True))


def probabilities_in_place(scores, temperature):
    scores /= temperature
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def embedding_backward_adds_once(dh, tokens, V):
    dw = np.zeros((V, dh.shape[2]))
    dw[tokens] += dh
    return dw


def lstm_step_in_place(x, h, c, w_x, w_h, b):
    i, f, g, o = np.split(x @ w_x.T + h @ w_h.T + b, 4, axis=1)
    i, f, g, o = (1 + np.tanh(i / 2)) / 2, (1 + np.tanh(f / 2)) / 2, np.tanh(g), (1 + np.tanh(o / 2)) / 2
    c *= f
    c += i * g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])


def lstm_step_backward_in_place(dh, dc, gates, c_before, c):
    i, f, g, o = np.split(gates, 4, axis=1)
    shown = np.tanh(c)
    dc += dh * o * (1 - shown ** 2)
    return np.hstack([dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g ** 2),
                      dh * shown * o * (1 - o)]), dc * f


# a GRU whose gates are shut is an RNN; softmax is also inside attention and a loss; optimisers clip
WITHHELD = ("kernels.recurrent", "kernels.sequences", "kernels.activations", "kernels.attention", "kernels.losses",
            "kernels.embedding", "optim", "sampling.probabilities", *GRADIENTS)

HINTS = {
    "rnn_step": (
        "Two products and a bias, and tanh around all three.",
        "Weights are (out, in), and examples are rows: x @ w_x.T. The same for h and w_h.",
    ),
    "rnn_forward": (
        "A list of states that begins with h0. Each step reads the last one of the list.",
        "np.stack puts time first, as states has it. For h leave out h0, and exchange the first two axes.",
    ),
    "rnn_backward": (
        "Go from the last step to the first, and carry along what each step hands to the one before it.",
        "da is what arrives, from dh and from later, times 1 - states[t + 1] ** 2. Then later = da @ w_h.",
    ),
    "clip_gradients": (
        "One length for all three arrays: the root of all squares together.",
        "The factor is at most 1. clip_norm / max(length, clip_norm) never divides by 0.",
    ),
    "probabilities": (
        "Divide by the temperature, then take the softmax of each row.",
        "Subtract the largest of a row before exp. axis=1 and keepdims=True keep the rows apart.",
    ),
    "embedding_backward": (
        "Every place of a batch adds its gradient to the row of its character.",
        "dw[tokens] += dh keeps one place of each character only. np.add.at(dw, tokens, dh) adds them all.",
    ),
    "lstm_step": (
        "One product gives the scores of all four gates, side by side: i f g o.",
        "Three gates go through the sigmoid and g through tanh. Then c = f * c + i * g, and h = o * tanh(c).",
    ),
    "lstm_step_backward": (
        "First complete the gradient of the cells: what arrives, and what comes through the state.",
        "dc + dh * o * (1 - tanh(c) ** 2). Each gate gets its partner's value times this, times its own slope; o gets dh.",
    ),
}

TASKS = [
    Task("rnn_step", rnn_step, steps, outputs=("h",), points={"h": 1, "large scores": 0.5, UNCHANGED: 0.5}, misconceptions=(
        *changes(rnn_step,
            ("rnn_step_without_tanh", "np.tanh", "", "You return the score. The state is the tanh of it."),
            ("rnn_step_is_sigmoid", "np.tanh(x @ w_x.T + h @ w_h.T + b)",
             "0.5 * (1 + np.tanh(0.5 * (x @ w_x.T + h @ w_h.T + b)))",
             "This is the sigmoid, which runs from 0 to 1. The task asks for tanh."),
            ("rnn_step_exp_overflows", "return np.tanh(x @ w_x.T + h @ w_h.T + b)",
             "a = x @ w_x.T + h @ w_h.T + b\n    return (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))",
             "exp(1000) is infinite, and infinite / infinite is NaN. np.tanh is right for scores of any size."),
            ("rnn_step_state_not_transposed", "w_h.T", "w_h",
             "You multiply the state by w_h as it stands. w_h is (out, in): write h @ w_h.T. No shape complains, because "
             "w_h is square."),
            ("rnn_step_input_not_transposed", "w_x.T", "w_x",
             "You multiply the input by w_x as it stands. w_x is (out, in): write x @ w_x.T."),
            ("rnn_step_without_bias", " + b", "", "Your score leaves out the bias b."),
            ("rnn_step_forgets_state", " + h @ w_h.T", "",
             "Your new state looks at the input only: a layer without memory. Add the state before, through w_h."),
            ("rnn_step_adds_old_state", "np.tanh", "h + np.tanh",
             "You add the old state to the new one. It enters once, through w_h, inside the tanh."),
            ("rnn_step_two_tanhs", " + h @ w_h.T + b)", ") + np.tanh(h @ w_h.T) + b",
             "You take the tanh of each product by itself. Add everything up first, then take one tanh.")),
    )),
    Task("rnn_forward", rnn_forward, forward, outputs=("h", "states"), points={"h": 1.5, "states": 1, UNCHANGED: 0.5},
         misconceptions=(
        *changes(rnn_forward,
            ("rnn_forward_never_hands_on", "states[-1]", "h0",
             "Every step of yours starts from h0. Start from the state that the step before has left."),
            ("rnn_forward_starts_at_zero", "[h0]", "[np.zeros(h0.shape)]",
             "You start at zero. Start at the h0 you were given."),
            ("rnn_forward_from_the_end", "range(x.shape[1])", "reversed(range(x.shape[1]))",
             "You read the sequence from its end. Start with x[:, 0]."),
            ("rnn_forward_time_first", "states[1:].transpose(1, 0, 2)", "states[1:]",
             "Your h has time first. It goes to the next layer like x: (N, T, M). Only states has time first."),
            ("rnn_forward_reshaped", "states[1:].transpose(1, 0, 2)",
             "states[1:].reshape(x.shape[0], x.shape[1], h0.shape[1])",
             "reshape deals the numbers out anew and mixes sequences and steps. Swap the axes: transpose(1, 0, 2)."),
            ("rnn_forward_states_without_start", "states[1:].transpose(1, 0, 2), states",
             "states[1:].transpose(1, 0, 2), states[1:]",
             "Your states lacks h0. It has T + 1 entries, and states[0] is h0."),
            ("rnn_forward_states_in_batch_order", "np.stack(states)\n    return states[1:].transpose(1, 0, 2)",
             "np.stack(states, axis=1)\n    return states[:, 1:]",
             "Your states has the examples first. Time comes first: (T + 1, N, M)."),
            ("rnn_forward_output_with_start", "states[1:]", "states",
             "Your h begins with h0. It holds the T states after the steps, and h0 belongs to states only."),
            ("rnn_forward_states_before", "states[1:]", "states[:-1]",
             "Your h holds the state before each step. The output of a step is the state after it."),
            ("rnn_forward_last_state_only", "states[1:].transpose(1, 0, 2)", "states[-1]",
             "You return the last state alone as h. Return the state after every step.")),
        Misconception(rnn_forward_one_array,
                      "h[:] = ... writes all states into one array, so your list holds the last one T times. Make a new "
                      "array in every step: h = ..."),
        Misconception(rnn_forward_in_place, "You write into the h0 you were given. Make a new array in every step."),
    )),
    Task("rnn_backward", rnn_backward, backward, outputs=("dx", "dh0", "dw_x", "dw_h", "db"),
         points={"dx": 1, "dh0": 1, "dw_x": 1, "dw_h": 1.5, "db": 1, UNCHANGED: 0.5}, misconceptions=(
        *changes(rnn_backward_in_a_loop,
            ("rnn_backward_each_step_alone", "(dh[:, t] + later)", "dh[:, t]",
             "Every step of yours looks at its own dh only. What its state did to the next step comes back too: add da of "
             "the next step through w_h."),
            ("rnn_backward_not_through_the_matrix", "later = da @ w_h", "later = da",
             "You hand da back as it is. Between two steps stands the matrix w_h: da @ w_h."),
            ("rnn_backward_state_matrix_transposed", "later = da @ w_h", "later = da @ w_h.T",
             "Forward multiplies by w_h.T, so the way back multiplies by w_h: da @ w_h, without transposing."),
            ("rnn_backward_state_after_the_step", "@ states[t]", "@ states[t + 1]",
             "Your dw_h multiplies da with the state after the step. w_h has seen the state before it: states[t]."),
            ("rnn_backward_slope_of_the_state_before", "states[t + 1]", "states[t]",
             "Your slope 1 - h^2 is that of the state before. The tanh of step t has made states[t + 1]."),
            ("rnn_backward_without_slope", " * (1 - states[t + 1] ** 2)", "",
             "Your da leaves out the slope of the tanh, 1 - h^2."),
            ("rnn_backward_slope_of_the_sigmoid", "(1 - states[t + 1] ** 2)", "states[t + 1] * (1 - states[t + 1])",
             "h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h^2."),
            ("rnn_backward_slope_for_one_way_only", "(dh[:, t] + later) * (1 - states[t + 1] ** 2)",
             "dh[:, t] * (1 - states[t + 1] ** 2) + later",
             "Your slope multiplies dh only. Add the two ways first, then multiply the sum by 1 - h^2."),
            ("rnn_backward_from_the_first_step", "reversed(range(x.shape[1]))", "range(x.shape[1])",
             "You walk from the first step to the last. The gradient comes from the future: start at the last step."),
            ("rnn_backward_weights_of_one_step", "dw_x += da.T @ x[:, t]\n        dw_h += da.T @ states[t]\n        db +=",
             "dw_x = da.T @ x[:, t]\n        dw_h = da.T @ states[t]\n        db =",
             "Your loop overwrites the gradients of the weights in every turn. All steps share the weights: use +=."),
            ("rnn_backward_averages_again", "later, dw_x, dw_h, db", "later, dw_x / len(x), dw_h / len(x), db / len(x)",
             "You divide by N. The mean over the examples is already inside dh: add up."),
            ("rnn_backward_averages_over_time", "later, dw_x, dw_h, db",
             "later, dw_x / x.shape[1], dw_h / x.shape[1], db / x.shape[1]",
             "You divide by T. A weight acts at every step: add up over the steps."),
            ("rnn_backward_weights_transposed", "later, dw_x, dw_h, db", "later, dw_x.T, dw_h.T, db",
             "Your gradients of the weights are transposed. dw_x has the shape of w_x: da.T @ x[:, t]."),
            ("rnn_backward_start_without_gradient", "dx, later, dw_x", "dx, np.zeros(h0.shape), dw_x",
             "Your dh0 is 0. The first step has read h0: what is left after the loop is its gradient."),
            ("rnn_backward_start_is_the_score", "dx, later, dw_x", "dx, da, dw_x",
             "Your dh0 is da of the first step. On its way to h0 it passes the matrix: da @ w_h."),
            ("rnn_backward_in_place", "da = (dh[:, t] + later)", "dh[:, t] += later\n        da = dh[:, t]",
             "dh[:, t] += ... writes into the dh you were given. Write dh[:, t] + later in a new array.")),
    )),
    Task("clip_gradients", clip_gradients, gradients, outputs=("dw_x", "dw_h", "db"),
         points={"dw_x": 1, "dw_h": 1, "db": 0.5, "all zero": 1, UNCHANGED: 0.5}, misconceptions=(
        Misconception(clip_gradients_each_alone,
                      "You clip each array by its own length, which turns the direction. The length is that of all three "
                      "together."),
        Misconception(clip_gradients_every_entry,
                      "You clip every entry by itself, which turns the direction. Multiply all by the same factor."),
        *changes(clip_gradients,
            ("clip_gradients_stretches_short_ones", "max(norm, clip_norm)", "max(norm, 1e-12)",
             "You stretch short gradients to the length clip_norm. A factor above 1 is never used."),
            ("clip_gradients_divides_by_zero", "clip_norm / max(norm, clip_norm)", "min(1.0, clip_norm / float(norm))",
             "You divide by a length that may be 0. clip_norm / max(norm, clip_norm) never does."),
            ("clip_gradients_sum_of_norms", "np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))",
             "sum(np.sqrt(np.sum(d ** 2)) for d in (dw_x, dw_h, db))",
             "You add up three lengths. Lengths do not add: add the squares of all entries, then one root."),
            ("clip_gradients_without_root", "np.sqrt", "",
             "Your length is its square. Take the root of the sum of squares."),
            ("clip_gradients_sum_of_sizes", "np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))",
             "np.sum(np.abs(dw_x)) + np.sum(np.abs(dw_h)) + np.sum(np.abs(db))",
             "You add up absolute values. The length is the root of the sum of squares."),
            ("clip_gradients_by_the_largest_entry", "np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))",
             "max(np.max(np.abs(d)) for d in (dw_x, dw_h, db))",
             "You measure the largest entry. The length is the root of the sum of the squares of all."),
            ("clip_gradients_to_length_1", "clip_norm / max(norm, clip_norm)", "1 / norm if norm > clip_norm else 1",
             "Long gradients come out with length 1. Divide by the norm and multiply by clip_norm.")),
        Misconception(clip_gradients_in_place,
                      "dw_x *= ... writes into the arrays you were given. Write dw_x * factor to make new ones."),
    )),
    Task("probabilities", probabilities, characters, outputs=("p",), points={"p": 1.5, "large scores": 1, UNCHANGED: 0.5},
         misconceptions=(
        Misconception(probabilities_multiplied,
                      "You multiply by the temperature, which turns its meaning around. Divide the scores by it."),
        Misconception(probabilities_divided_afterwards,
                      "You divide probabilities by the temperature and normalise, and nothing has happened. "
                      "Divide the scores."),
        Misconception(probabilities_not_normalised_again,
                      "You divide probabilities by the temperature, and they no longer sum to 1. Divide the scores."),
        Misconception(probabilities_overflow,
                      "exp(1000) is infinite, and exp(-1000) is 0. Subtract the largest score of each row first."),
        Misconception(probabilities_one_maximum_for_all,
                      "You subtract one maximum from all rows, and a row far below it becomes 0/0. Each row has its own: "
                      "axis=1, keepdims=True."),
        Misconception(probabilities_over_the_batch, "Your columns sum to 1. Every example is a row: axis=1."),
        Misconception(probabilities_over_everything,
                      "All your numbers together sum to 1. Every row is an example and sums to 1 by itself."),
        Misconception(probabilities_all_or_nothing,
                      "You give everything to the largest score. That is temperature 0; return the probabilities."),
        Misconception(probabilities_as_logarithms, "You return logarithms of probabilities. Return the probabilities."),
        Misconception(probabilities_in_place,
                      "scores /= ... writes into the array you were given. Write scores / temperature."),
    )),
    Task("embedding_backward", embedding_backward, tables, outputs=("dw",), points={"dw": 2, UNCHANGED: 1}, misconceptions=(
        Misconception(embedding_backward_adds_once,
                      "dw[tokens] += dh adds once where a character stands several times, and keeps the last place only. "
                      "Use np.add.at, or a loop over the places."),
        *changes(embedding_backward,
            ("embedding_backward_first_place", "dw[tokens[n, t]] += dh[n, t]",
             "dw[tokens[n, t]] = dw[tokens[n, t]] if dw[tokens[n, t]].any() else dh[n, t]",
             "You keep the first place of each character. Its row collects from all of them."),
            ("embedding_backward_mean", "return dw",
             "return dw / np.maximum(np.bincount(tokens.ravel(), minlength=V), 1)[:, None]",
             "You take the mean of the places. They are added up: each has changed the loss by itself."),
            ("embedding_backward_over_n", "return dw", "return dw / tokens.size",
             "You divide by the number of places. The loss has its 1/N in dh already."),
            ("embedding_backward_counts", "+= dh[n, t]", "+= 1",
             "You count how often each character occurs. Add the gradient of each place."),
            ("embedding_backward_by_place", "dw[tokens[n, t]]", "dw[t % V]",
             "Your rows belong to places in the sequence. A row belongs to a character: tokens[n, t]."),
            ("embedding_backward_last_sequence", "for n, t in np.ndindex(tokens.shape):",
             "for n, t in [(len(tokens) - 1, t) for t in range(1, tokens.shape[1])]:",
             "Places are left out: every sequence counts, from its first character on."),
            ("embedding_backward_next_character", "dw[tokens[n, t]]", "dw[(tokens[n, t] + 1) % V]",
             "Your rows are one too low: character 0 has row 0."),
            ("embedding_backward_transposed", "return dw", "return dw.T",
             "Your gradient is transposed. The table has a row for every character: (V, D)."),
            ("embedding_backward_rows_used", "return dw", "return dw[np.unique(tokens)]",
             "You return rows of the characters that occur. The others have a row too, of zeros: (V, D).")),
    )),
    Task("lstm_step", lstm_step, cells, outputs=("h", "c", "gates"), points={"h": 1, "c": 1, "gates": 1, UNCHANGED: 1},
         misconceptions=(
        *changes(lstm_step,
            ("lstm_step_output_before_candidate", "a_i, a_f, a_g, a_o = np", "a_i, a_f, a_o, a_g = np",
             "You take the third quarter for the output gate. The order is i f g o."),
            ("lstm_step_forget_first", "a_i, a_f, a_g, a_o = np", "a_f, a_i, a_g, a_o = np",
             "You take the first quarter for the forget gate. The order is i f g o."),
            ("lstm_step_gates_exchanged", "f * c + i * g", "i * c + f * g",
             "Input and forget gate are exchanged: f keeps the old cells, i lets the candidate in."),
            ("lstm_step_forgets_nothing", "f * c + i * g", "c + i * g",
             "Your cells forget nothing. The old ones are multiplied by f."),
            ("lstm_step_forgets_all", "f * c + i * g", "i * g",
             "Your cells forget what they held. Add f times the old ones."),
            ("lstm_step_without_input_gate", "f * c + i * g", "f * c + g",
             "The input gate is missing: what comes in is i times g."),
            ("lstm_step_one_minus_f", "f * c + i * g", "f * c + (1 - f) * g",
             "You let in what was forgotten, 1 - f. An LSTM has a gate of its own for that: i."),
            ("lstm_step_without_tanh", "o * np.tanh(new_c)", "o * new_c",
             "The tanh around the cells is missing in h: o tanh(c)."),
            ("lstm_step_without_output_gate", "o * np.tanh(new_c)", "np.tanh(new_c)",
             "The output gate is missing in h: o tanh(c)."),
            ("lstm_step_shows_the_old", "o * np.tanh(new_c)", "o * np.tanh(c)",
             "You show the old cells. h comes from the new ones."),
            ("lstm_step_candidate_is_sigmoid", "np.tanh(a_g)", "(1 + np.tanh(a_g / 2)) / 2",
             "Your candidate goes through the sigmoid, so it can never be negative. It goes through tanh."),
            ("lstm_step_without_state", " + h @ w_h.T", "", "The state before is missing in the scores: + W_h h."),
            ("lstm_step_without_bias", " + b, 4", ", 4", "The bias is missing in the scores."),
            ("lstm_step_scores_for_gates", "np.hstack([i, f, g, o])", "np.hstack([a_i, a_f, a_g, a_o])",
             "You return the scores of the gates. Return them behind sigmoid and tanh.")),
        Misconception(lstm_step_in_place,
                      "c *= f writes into the array you were given. Write f * c + ... to make a new one."),
    )),
    Task("lstm_step_backward", lstm_step_backward, cells_backward, outputs=("da", "dc_before"),
         points={"da": 3, "dc_before": 1, UNCHANGED: 1}, misconceptions=(
        *changes(lstm_step_backward,
            ("lstm_step_backward_later_only", "dc + dh * o * (1 - shown ** 2)", "dc.copy()",
             "You leave out what the cells do through h. Their gradient is dc plus dh o (1 - tanh^2 c)."),
            ("lstm_step_backward_h_only", "dc + dh * o", "dh * o",
             "You leave out what comes from the step behind. Add dc."),
            ("lstm_step_backward_without_o", "dh * o * (1 - shown ** 2)", "dh * (1 - shown ** 2)",
             "On the way from h to the cells the factor o is missing: h is o tanh(c)."),
            ("lstm_step_backward_without_tanh", "dh * o * (1 - shown ** 2)", "dh * o",
             "On the way from h to the cells the slope of tanh is missing: 1 - tanh^2 c."),
            ("lstm_step_backward_slope_of_c", "(1 - shown ** 2)", "(1 - c ** 2)",
             "You take 1 - c^2. The slope of tanh is known from its output: 1 - tanh(c)^2."),
            ("lstm_step_backward_new_cells", "whole * c_before *", "whole * c *",
             "The partner of the forget gate is the old cell, c_before."),
            ("lstm_step_backward_own_gate", "whole * g * i * (1 - i)", "whole * i * (1 - i)",
             "The input gate lacks its partner, the candidate g: c is f c_before + i g."),
            ("lstm_step_backward_candidate_slope", "(1 - g ** 2)", "g * (1 - g)",
             "The candidate lies behind tanh, and its slope is 1 - g^2."),
            ("lstm_step_backward_gate_slope", "g * i * (1 - i)", "g * (1 - i ** 2)",
             "The input gate lies behind a sigmoid, and its slope is i (1 - i)."),
            ("lstm_step_backward_o_from_cells", "dh * shown * o", "whole * shown * o",
             "The output gate stands in h only: its gradient begins with dh, and not with that of the cells."),
            ("lstm_step_backward_c_not_shown", "dh * shown * o", "dh * c * o",
             "The partner of the output gate is tanh(c), and not c."),
            ("lstm_step_backward_keeps_all", "whole * f\n", "whole\n",
             "The old cells were multiplied by f, so their gradient is too."),
            ("lstm_step_backward_hands_on_dc", "whole * f\n", "dc * f\n",
             "You hand on dc alone. What came through h goes back to the old cells too."),
            ("lstm_step_backward_order", "[da_i, da_f, da_g, da_o]", "[da_i, da_f, da_o, da_g]",
             "Your quarters are in another order. It is i f g o, as in the gates.")),
        Misconception(lstm_step_backward_in_place,
                      "dc += ... writes into the array you were given. Write dc + ... to make a new one."),
    )),
]

WRITTEN = [Written("memory", {
    "compares both: frequencies of characters first, pieces of words or lines later": 1,
    "says that the beginning of the word is kept in the state": 1})]
