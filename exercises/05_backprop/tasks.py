"""What only the grader knows of 05_backprop: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``affine_backward``, ``tanh_backward``,
``squared_error_backward`` and the functions that the notebook gives by name, or are one change of the reference.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes
from nnlib.kernels import plain

# worked examples
DA = np.array([[1.0, -1.0], [0.0, 2.0], [2.0, 0.0]])
X = np.array([[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]])
W = np.array([[1.0, 2.0], [3.0, -1.0]])
PREDICTED = np.array([[3.0, 0.0], [1.0, 2.0], [0.0, -1.0], [2.0, 2.0]])
MEASURED = np.array([[1.0, 1.0], [1.0, 0.0], [2.0, -1.0], [2.0, 4.0]])
SMALL = (np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[2.0], [5.0]]),
         np.array([[1.0, -1.0], [0.5, 0.5]]), np.zeros(2), np.array([[1.0, 2.0]]), np.ones(1))
DEEP = (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([2, 2, 2, 1]),
        np.array([1.0, 0.0, 0.0, 0.5, 0.0, 0.5, 1.0, -1.0, 0.5, 1.0, 0.0, -1.0, 2.0, 1.0, 0.5]))
KEPT = np.array([[1.0, 2.0, 0.5, 0.0, -0.5, 0.5], [0.0, -1.0, 0.0, 0.8, 0.5, 0.0]])


# What the notebook gives

def affine(x, w, b):
    return plain.affine_forward(x, w, b)


def tanh(a):
    return plain.tanh_forward(a)


def squared_error(y_hat, y):
    return np.sum((y_hat - y) ** 2) / (2 * len(y))


def loss(x, y, w1, b1, w2, b2):
    h = np.tanh(affine(x, w1, b1))
    return squared_error(affine(h, w2, b2), y)


def unpacked(sizes, theta):
    layers, start = [], 0
    for D, M in zip(sizes[:-1], sizes[1:]):
        w, b = theta[start:start + M * D], theta[start + M * D:start + M * D + M]
        layers.append((w.reshape(M, D), b))
        start += M * D + M
    return layers


def cut(kept, sizes):
    return np.split(kept, np.cumsum(sizes[:-2]), axis=1)


# References

def affine_backward(da, x, w, b):
    return plain.affine_backward(da, x, w, b)


def tanh_backward(dh, h):
    return plain.tanh_backward(dh, h)


def squared_error_backward(y_hat, y):
    return (y_hat - y) / len(y)


def network_gradient(x, y, w1, b1, w2, b2):
    h = np.tanh(affine(x, w1, b1))
    dy_hat = squared_error_backward(affine(h, w2, b2), y)
    dh, dw2, db2 = affine_backward(dy_hat, h, w2, b2)
    _, dw1, db1 = affine_backward(tanh_backward(dh, h), x, w1, b1)
    return dw1, db1, dw2, db2


def numerical_gradient(x, y, w1, b1, w2, b2, step=1e-5):
    dw1 = np.zeros(w1.shape)
    for place in np.ndindex(w1.shape):
        nudge = np.zeros(w1.shape)
        nudge[place] = step
        dw1[place] = (loss(x, y, w1 + nudge, b1, w2, b2) - loss(x, y, w1 - nudge, b1, w2, b2)) / (2 * step)
    return dw1


def deep_forward(x, sizes, theta):
    layers, read = unpacked(sizes, theta), [x]
    for w, b in layers[:-1]:
        read.append(tanh(affine(read[-1], w, b)))
    w, b = layers[-1]
    y_hat = affine(read[-1], w, b)
    return y_hat, np.hstack(read)


def deep_backward(dy_hat, kept, x, sizes, theta):
    layers, read = unpacked(sizes, theta), cut(kept, sizes)
    da, found = dy_hat, []
    for number in range(len(layers) - 1, -1, -1):
        w, b = layers[number]
        dh, dw, db = affine_backward(da, read[number], w, b)
        found = [dw.ravel(), db, *found]
        da = tanh_backward(dh, read[number])
    return dh, np.concatenate(found)


# Cases

def draw_layer(rng, N, D, M):
    return rng.normal(size=(N, M)), rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=M)


def layers(rng):
    yield Case("the worked example", (DA, X, W, np.zeros(2)))
    yield Case("7 examples, 4 inputs, 3 units", draw_layer(rng, 7, 4, 3))
    yield Case("2 examples, 3 inputs, 5 units", draw_layer(rng, 2, 3, 5))
    yield Case("one example", draw_layer(rng, 1, 3, 2))
    yield Case("one input", draw_layer(rng, 6, 1, 4))
    yield Case("one unit", draw_layer(rng, 5, 3, 1))
    yield Case("all sizes equal", draw_layer(rng, 4, 4, 4))
    yield Case(FAR, (*draw_layer(rng, 3, 2, 4)[:3], rng.uniform(1e12, 2e12, 4)))


def activations(rng):
    yield Case("the worked example", (np.array([1.0, 1.0, 2.0, -1.0]), np.array([0.0, 0.5, -0.5, 1.0])))
    yield Case("seven units", (rng.normal(0, 2, 7), rng.uniform(-1, 1, 7)))
    yield Case("one unit", (rng.normal(0, 2, 1), rng.uniform(-1, 1, 1)))
    yield Case("5 examples, 3 units", (rng.normal(size=(5, 3)), rng.uniform(-1, 1, (5, 3))))
    yield Case("units at their ends", (rng.normal(0, 1e3, 4), np.array([-1.0, 1.0, 1 - 1e-9, 1e-9 - 1])))
    yield Case(FAR, (rng.uniform(1e8, 2e8, 2), np.array([1 - 1e-9, 1e-9 - 1])))


def predictions(rng):
    def draw(N, K, scale=1.0):
        return scale * rng.normal(size=(N, K)), scale * rng.normal(size=(N, K))

    yield Case("the worked example", (PREDICTED, MEASURED))
    yield Case("7 examples, 3 outputs", draw(7, 3))
    yield Case("2 examples, 5 outputs", draw(2, 5))
    yield Case("one example", draw(1, 4))
    yield Case("one output", draw(6, 1))
    yield Case("as many outputs as examples", draw(5, 5))
    yield Case("predictions far away", draw(3, 2, 1e6))
    yield Case(FAR, draw(4, 2, 1e12))


def draw_network(rng, N, D, M, K):
    return (rng.normal(size=(N, D)), rng.normal(size=(N, K)), rng.normal(size=(M, D)), rng.normal(size=M),
            rng.normal(size=(K, M)), rng.normal(size=K))


def networks(rng):
    yield Case("the worked example", SMALL)
    yield Case("5 examples, 4 inputs, 3 units, 2 outputs", draw_network(rng, 5, 4, 3, 2))
    yield Case("3 examples, 2 inputs, 6 units, 4 outputs", draw_network(rng, 3, 2, 6, 4))
    yield Case("one example", draw_network(rng, 1, 4, 3, 2))
    yield Case("one unit, one output", draw_network(rng, 4, 3, 1, 1))
    yield Case("all sizes equal", draw_network(rng, 3, 3, 3, 3))
    x, y, *parameters = draw_network(rng, 6, 3, 4, 2)
    yield Case("units at their ends", (50 * x, y, *parameters))
    *network, b2 = draw_network(rng, 4, 3, 2, 2)
    yield Case(FAR, (*network, b2 + 1e9))


def nudges(rng):
    yield Case("the worked example", (*SMALL, 0.5))
    yield Case("5 examples, 4 inputs, 3 units, 2 outputs", (*draw_network(rng, 5, 4, 3, 2), 0.3))
    yield Case("3 examples, 2 inputs, 6 units, 4 outputs", (*draw_network(rng, 3, 2, 6, 4), 0.1))
    yield Case("one example", (*draw_network(rng, 1, 4, 3, 2), 0.2))
    yield Case("one weight", (*draw_network(rng, 4, 1, 1, 3), 0.4))
    yield Case("a small step", (*draw_network(rng, 4, 2, 3, 1), 1e-5))


def draw_deep(rng):
    """(label, inputs, sizes, parameters) of networks, the worked example not among them."""
    for label, N, sizes in (("5 examples, layers of 3 and 2", 5, (4, 3, 2)), ("three hidden layers", 4, (3, 5, 2, 4, 2)),
                            ("one example", 1, (2, 4, 3, 1)), ("a single layer", 6, (3, 2)),
                            ("all sizes equal", 3, (3, 3, 3, 3)), ("seven layers of one unit", 2, (1,) * 8)):
        theta = rng.normal(size=sum(M * (D + 1) for D, M in zip(sizes[:-1], sizes[1:])))
        yield label, rng.normal(size=(N, sizes[0])), np.array(sizes), theta


def deep(rng):
    yield Case("the worked example", DEEP)
    for label, *arguments in draw_deep(rng):
        yield Case(label, tuple(arguments))


def deep_backwards(rng):
    yield Case("the worked example", (np.array([[2.0], [-2.0]]), KEPT, *DEEP))
    for label, x, sizes, theta in draw_deep(rng):
        yield Case(label, (rng.normal(size=(len(x), sizes[-1])), deep_forward(x, sizes, theta)[1], x, sizes, theta))
    far = np.append(theta[:-1], 1e12)                        # the last bias, on which no gradient depends
    yield Case(FAR, (rng.normal(size=(len(x), 1)), deep_forward(x, sizes, far)[1], x, sizes, far))


# Misconceptions

def affine_weights_transposed(da, x, w, b):
    return da @ w.T, da.T @ x, da.sum(axis=0)


def affine_dw_transposed(da, x, w, b):
    return da @ w, x.T @ da, da.sum(axis=0)


def affine_bias_not_summed(da, x, w, b):
    return da @ w, da.T @ x, da


def affine_bias_summed_over_units(da, x, w, b):
    return da @ w, da.T @ x, da.sum(axis=1)


def affine_bias_summed_over_everything(da, x, w, b):
    return da @ w, da.T @ x, np.sum(da)


def affine_bias_keeps_an_axis(da, x, w, b):
    return da @ w, da.T @ x, da.sum(axis=0, keepdims=True)


def affine_averaged(da, x, w, b):
    return da @ w, da.T @ x / len(x), da.mean(axis=0)


def affine_bias_averaged(da, x, w, b):
    return da @ w, da.T @ x, da.mean(axis=0)


def affine_last_example(da, x, w, b):
    dx = np.zeros(x.shape)
    for n in range(len(x)):
        dx[n] = w.T @ da[n]
        dw = np.outer(da[n], x[n])
        db = da[n]
    return dx, dw, db


def affine_parameters_first(da, x, w, b):
    return da.T @ x, da.sum(axis=0), da @ w


def tanh_of_the_output(dh, h):
    return dh * (1 - np.tanh(h) ** 2)


def tanh_slope_alone(dh, h):
    return 1 - h ** 2


def tanh_without_square(dh, h):
    return dh * (1 - h)


def tanh_as_sigmoid(dh, h):
    return dh * h * (1 - h)


def tanh_output_as_slope(dh, h):
    return dh * h


def tanh_divided(dh, h):
    return dh / (1 - h ** 2)


def tanh_in_place(dh, h):
    dh *= 1 - h ** 2
    return dh


def squared_error_in_place(y_hat, y):
    y_hat -= y
    y_hat /= len(y)
    return y_hat


def numerical_not_put_back(x, y, w1, b1, w2, b2, step=1e-5):
    dw1, moved = np.zeros(w1.shape), w1.copy()
    for i in range(w1.shape[0]):
        for j in range(w1.shape[1]):
            moved[i, j] += step
            above = loss(x, y, moved, b1, w2, b2)
            moved[i, j] -= 2 * step
            dw1[i, j] = (above - loss(x, y, moved, b1, w2, b2)) / (2 * step)
    return dw1


def numerical_in_place(x, y, w1, b1, w2, b2, step=1e-5):
    dw1 = np.zeros(w1.shape)
    for i in range(w1.shape[0]):
        for j in range(w1.shape[1]):
            w1[i, j] += step
            above = loss(x, y, w1, b1, w2, b2)
            w1[i, j] -= 2 * step
            dw1[i, j] = (above - loss(x, y, w1, b1, w2, b2)) / (2 * step)
            w1[i, j] += step
    return dw1


def deep_forward_one_hidden_layer(x, sizes, theta):
    (w1, b1), (w2, b2) = unpacked(sizes, theta)
    h = tanh(affine(x, w1, b1))
    return affine(h, w2, b2), np.hstack([x, h])


def deep_forward_tanh_in_front(x, sizes, theta):
    h, kept = x, []
    for w, b in unpacked(sizes, theta):
        kept.append(h)
        h = affine(tanh(h), w, b)
    return h, np.hstack(kept)


def deep_forward_keeps_scores(x, sizes, theta):
    layers, h, kept = unpacked(sizes, theta), x, [x]
    for w, b in layers[:-1]:
        kept.append(affine(h, w, b))
        h = tanh(kept[-1])
    return affine(h, *layers[-1]), np.hstack(kept)


def deep_backward_in_place(dy_hat, kept, x, sizes, theta):
    layers, read = unpacked(sizes, theta), cut(kept, sizes)
    da, found = dy_hat, []
    for number in range(len(layers) - 1, -1, -1):
        h = read[number]
        dh, dw, db = affine_backward(da, h, *layers[number])
        found = [dw.ravel(), db, *found]
        h *= -h
        h += 1
        da = dh * h
    return dh, np.concatenate(found)


WITHHELD = ("kernels.activations", "kernels.dense", "kernels.maxout", "kernels.losses", *GRADIENTS)

HINTS = {
    "affine_backward": (
        "Write the shapes under each sum. Each gradient has the shape of what it belongs to.",
        "(N, M) times (M, D) gives dx. For dw the N must vanish: transpose da. db adds up over the examples.",
    ),
    "tanh_backward": (
        "Entry by entry: what arrives, times the slope at that place.",
        "The slope is 1 - h * h. Mind the brackets.",
    ),
    "squared_error_backward": (
        "The square brings down a 2, and the loss has a 1/2. What is left?",
        "The difference divided by the number of examples, len(y). The shape stays.",
    ),
    "network_gradient": (
        "Do the forward pass and keep h. Then go back through the same three lines.",
        "The second layer has read h, so its backward gets h and w2. Its first result goes through tanh_backward.",
    ),
    "numerical_gradient": (
        "One weight at a time: two losses, one with more of it and one with less.",
        "Move a copy of w1, and put the weight back before the next one. Divide by (2 * step), with the brackets.",
    ),
    "deep_forward": (
        "One variable, or the end of a list, holds what the next layer reads. It begins with x.",
        "Loop over all layers but the last: read.append(tanh(affine(read[-1], w, b))). The last one has no tanh.",
    ),
    "deep_backward": (
        "reversed(range(len(layers))) counts from the last layer to the first. cut(kept, sizes) has what each has read.",
        "dh goes through the tanh that made what the layer has read: da = tanh_backward(dh, read[number]). New gradients "
        "are put before those of the later layers.",
    ),
}

TASKS = [
    Task("affine_backward", affine_backward, layers, outputs=("dx", "dw", "db"),
         points={"dx": 1, "dw": 1, "db": 0.5, UNCHANGED: 0.5}, misconceptions=(
        Misconception(affine_weights_transposed,
                      "dx needs w as it is, without transpose: (N, M) times (M, D) makes (N, D). With square layers "
                      "nobody would have noticed."),
        Misconception(affine_dw_transposed,
                      "Your dw is transposed. It must have the shape of w, (M, D): write da.T @ x."),
        Misconception(affine_bias_not_summed,
                      "All examples use the same biases, so their gradients are added: sum da over the examples."),
        Misconception(affine_bias_summed_over_units,
                      "You sum da over the units and get one number for each example. db has one for each unit: "
                      "sum over the examples, axis 0."),
        Misconception(affine_bias_summed_over_everything,
                      "You sum all of da to one number. Every unit has a bias of its own: sum over the examples alone, "
                      "with axis=0."),
        Misconception(affine_bias_keeps_an_axis,
                      "Your db has shape (1, M). The biases have shape (M,): leave out keepdims."),
        Misconception(affine_averaged,
                      "You divide by N. The loss has done so already, and da holds the result: here you only add up."),
        Misconception(affine_bias_averaged,
                      "Your dw is a sum over the examples, your db a mean. The 1/N is in da already: take the sum."),
        Misconception(affine_last_example,
                      "Your loop overwrites dw and db in every turn, so only the last example counts. Use +=."),
        Misconception(affine_parameters_first,
                      "The gradients come back in the order in which the layer takes its arguments: dx, dw, db."),
    )),
    Task("tanh_backward", tanh_backward, activations, outputs=("da",), points={"da": 1, UNCHANGED: 1}, misconceptions=(
        Misconception(tanh_of_the_output,
                      "You take tanh of h, but h is tanh(a) already. The slope is 1 - h^2."),
        Misconception(tanh_slope_alone,
                      "This is the slope alone. The chain rule multiplies it by what arrives from behind: dh."),
        Misconception(tanh_without_square, "Your slope is 1 - h. It is 1 - h^2: the square is missing."),
        Misconception(tanh_as_sigmoid, "h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h^2."),
        Misconception(tanh_output_as_slope,
                      "You multiply by h, the height of the curve. The chain rule needs its slope: 1 - h^2."),
        Misconception(tanh_divided,
                      "You divide by the slope. Going back, you multiply by it too: a flat curve lets nothing through."),
        Misconception(tanh_in_place,
                      "dh *= ... writes into the array you were given. Write da = dh * ... to make a new one."),
    )),
    Task("squared_error_backward", squared_error_backward, predictions, outputs=("dy_hat",),
         points={"dy_hat": 2, UNCHANGED: 1}, misconceptions=(
        *changes(squared_error_backward,
            ("squared_error_twice", "(y_hat - y)", "2 * (y_hat - y)",
             "Twice too large. The 2 that the square brings down cancels the half in front of the loss."),
            ("squared_error_not_averaged", " / len(y)", "",
             "The loss is a mean over the examples, so the gradient carries a 1/N too."),
            ("squared_error_averaged_over_entries", "len(y)", "y.size",
             "You divide by N times K. This loss adds up the outputs and takes the mean over the examples only."),
            ("squared_error_averaged_over_outputs", "len(y)", "y.shape[1]",
             "You divide by the number of outputs K. The mean runs over the N examples."),
            ("squared_error_sign", "y_hat - y", "y - y_hat",
             "The sign is wrong. A prediction that is too high has a positive gradient: y_hat - y."),
            ("squared_error_still_squared", "(y_hat - y) / len(y)", "(y_hat - y) ** 2 / (2 * len(y))",
             "This is each entry's share of the loss. Its derivative has no square any more."),
            ("squared_error_length_of_the_error", "(y_hat - y)", "np.abs(y_hat - y)",
             "The sign of the error got lost. It says whether the prediction must fall or rise."),
            ("squared_error_mean_over_examples", "(y_hat - y) / len(y)", "np.mean(y_hat - y, axis=0)",
             "You average the errors of different examples. Every prediction has a gradient of its own, (N, K).")),
        Misconception(squared_error_in_place,
                      "y_hat -= y writes into the predictions you were given. Write y_hat - y to make a new array."),
    )),
    Task("network_gradient", network_gradient, networks, outputs=("dw1", "db1", "dw2", "db2"),
         points={"dw1": 1.5, "db1": 1, "dw2": 1, "db2": 1, UNCHANGED: 0.5}, misconceptions=(
        *changes(network_gradient,
            ("network_not_averaged", "squared_error_backward(affine(h, w2, b2), y)", "affine(h, w2, b2) - y",
             "All four are N times too large: your backward pass starts with y_hat - y. Start with squared_error_backward, "
             "which holds the 1/N."),
            ("network_averaged_again", "return dw1, db1, dw2, db2",
             "return dw1 / len(x), db1 / len(x), dw2 / len(x), db2 / len(x)",
             "You divide by N at the end. The 1/N came in with the loss, once, and reaches all four from there."),
            ("network_without_slope", "tanh_backward(dh, h)", "dh",
             "The hidden layer gets dh in the place of da. Between them stands tanh: da = tanh_backward(dh, h)."),
            ("network_slope_of_scores", "tanh_backward(dh, h)", "tanh_backward(dh, affine(x, w1, b1))",
             "tanh_backward takes the output h of the hidden units, and you give it their scores a."),
            ("network_scores_in_place_of_outputs", "affine_backward(dy_hat, h, w2, b2)",
             "affine_backward(dy_hat, affine(x, w1, b1), w2, b2)",
             "The input of the second layer is h, not a. So it is h that its affine_backward needs."),
            ("network_moves_too_early", "affine_backward(dy_hat, h, w2, b2)",
             "affine_backward(dy_hat, h, w2, b2)\n    dh, *_ = affine_backward(dy_hat, h, w2 - 0.1 * dw2, b2)",
             "You move w2 before dh is computed. All gradients first, with the weights of the forward pass."),
            ("network_tanh_at_the_end", "dy_hat = squared_error_backward(affine(h, w2, b2), y)",
             "y_hat = np.tanh(affine(h, w2, b2))\n    dy_hat = tanh_backward(squared_error_backward(y_hat, y), y_hat)",
             "You put tanh behind the second layer too. The predictions are y_hat = W2 h + b2, without it."),
            ("network_last_layer_first", "return dw1, db1, dw2, db2", "return dw2, db2, dw1, db1",
             "The backward pass finds dw2 first, but the order to return is dw1, db1, dw2, db2."),
            ("network_forward_without_bias", "affine(x, w1, b1))\n    dy_hat = squared_error_backward(affine(h, w2, b2), y)",
             "x @ w1.T)\n    dy_hat = squared_error_backward(h @ w2.T, y)",
             "Your forward pass leaves out the biases b1 and b2.")),
    )),
    Task("numerical_gradient", numerical_gradient, nudges, outputs=("dw1",), points={"dw1": 3, UNCHANGED: 1},
         misconceptions=(
        *changes(numerical_gradient,
            ("numerical_one_sided", "loss(x, y, w1 - nudge, b1, w2, b2)) / (2 * step)", "loss(x, y, w1, b1, w2, b2)) / step",
             "You step to one side only. The central difference goes up and down, and its error shrinks with the square of "
             "the step."),
            ("numerical_half_the_distance", "(2 * step)", "step",
             "Twice too large: from w - step to w + step the distance is two steps. Divide by 2 * step."),
            ("numerical_sign", "(loss(", "-(loss(", "The sign is wrong: it is the loss above minus the loss below."),
            ("numerical_all_weights_at_once", "nudge[place]", "nudge[:]",
             "You move all weights together. Each entry of dw1 asks what happens if that one weight moves alone.")),
        Misconception(numerical_not_put_back,
                      "You leave every weight moved when you go on to the next. Put the old value back first."),
        Misconception(numerical_in_place,
                      "You move weights of the w1 you were given, and + step, - step does not even restore the last digit. "
                      "Work on w1.copy()."),
        *changes(numerical_gradient,
            ("numerical_own_step", "dw1 = np.zeros(w1.shape)", "dw1, step = np.zeros(w1.shape), 1e-5",
             "Your answer does not depend on the step. Take the one you are given, in the place of a step of your own or of "
             "your gradient of task 4: a witness must not ask the defendant."),
            ("numerical_flat", "return dw1", "return dw1.ravel()",
             "Your numbers stand in one row. dw1 has the shape of w1.")),
    )),
    Task("deep_forward", deep_forward, deep, outputs=("y_hat", "kept"), points={"y_hat": 1.5, "kept": 1.5, UNCHANGED: 1},
         misconceptions=(
        Misconception(deep_forward_one_hidden_layer,
                      "This is the network of task 4: two layers, whatever sizes says. Loop over all layers."),
        Misconception(deep_forward_keeps_scores,
                      "You keep the scores. The next layer has read the outputs of tanh, and so does its gradient."),
        Misconception(deep_forward_tanh_in_front,
                      "You put tanh in front of every layer, the inputs included. It stands behind a layer, and not behind "
                      "the last one."),
        *changes(deep_forward,
            ("deep_forward_last_layer_missing", "y_hat = affine(read[-1], w, b)", "y_hat = read[-1]",
             "The last layer is missing: you return what it reads. It is an affine layer too, without tanh."),
            ("deep_forward_tanh_at_the_end", "return y_hat,", "return tanh(y_hat),",
             "You put tanh behind the last layer too. The predictions are its scores, without it."),
            ("deep_forward_without_tanh", "tanh(affine(read[-1], w, b))", "affine(read[-1], w, b)",
             "Your hidden layers have no tanh. Without it all layers collapse into one."),
            ("deep_forward_every_layer_reads_x", "tanh(affine(read[-1], w, b))", "tanh(affine(x, w, b))",
             "Every hidden layer reads x. It reads what the one before it has put out."),
            ("deep_forward_without_biases", "tanh(affine(read[-1], w, b))", "tanh(affine(read[-1], w, 0 * b))",
             "Your hidden layers leave out their biases."),
            ("deep_forward_last_layer_reads_x", "y_hat = affine(read[-1], w, b)", "y_hat = affine(x, w, b)",
             "The last layer reads x. It reads what the last hidden layer has put out."),
            ("deep_forward_keeps_no_inputs", "np.hstack(read)", "np.hstack(read)[:, sizes[0]:]",
             "x is missing in kept. The first layer has read it, and its gradient needs it."),
            ("deep_forward_keeps_the_predictions", "np.hstack(read)", "np.hstack([*read, y_hat])",
             "You keep the predictions too. No layer has read them: kept ends with what the last layer has read."),
            ("deep_forward_keeps_the_last_alone", "np.hstack(read)", "read[-1]",
             "You keep only what the last layer has read. Every layer needs its own on the way back."),
            ("deep_forward_keeps_backwards", "np.hstack(read)", "np.hstack(read[::-1])",
             "Your kept begins with the last layer. It goes from the first to the last: x, h1, h2 and so on.")),
    )),
    Task("deep_backward", deep_backward, deep_backwards, outputs=("dx", "dtheta"),
         points={"dx": 1.5, "dtheta": 2.5, UNCHANGED: 1}, misconceptions=(
        *changes(deep_backward,
            ("deep_backward_without_slope", "da = tanh_backward(dh, read[number])", "da = dh",
             "You hand on dh as it is. Between two layers stands tanh: da = tanh_backward(dh, h)."),
            ("deep_backward_slope_of_the_inputs", "return dh,", "return da,",
             "Your dx has gone through a tanh. None stands before the inputs: dx is the dh of the first layer."),
            ("deep_backward_slope_of_the_next", "da = tanh_backward(dh, read[number])",
             "da = tanh_backward(dh, read[number - 1])",
             "You take the slope at what another layer has read. dh belongs to what this layer has read."),
            ("deep_backward_last_layer_first", "[dw.ravel(), db, *found]", "[*found, dw.ravel(), db]",
             "Your dtheta begins with the last layer, which the loop finds first. theta begins with the first one."),
            ("deep_backward_all_backwards", "[dw.ravel(), db, *found]", "[*found, db, dw.ravel()]",
             "Your dtheta stands backwards, from the last bias to the first weights. Turn the order round at the end."),
            ("deep_backward_without_square", "tanh_backward(dh, read[number])", "dh * (1 - read[number])",
             "Your slope is 1 - h. It is 1 - h^2, and your tanh_backward of task 2 has it."),
            ("deep_backward_biases_first", "[dw.ravel(), db, *found]", "[db, dw.ravel(), *found]",
             "In each layer you put db before dw. In theta the weights of a layer come first."),
            ("deep_backward_weights_by_columns", "dw.ravel()", "dw.T.ravel()",
             "Your dw stands in dtheta by columns. theta holds weights row by row: dw.ravel()."),
            ("deep_backward_forwards", "range(len(layers) - 1, -1, -1)", "range(len(layers))",
             "Your loop begins with the first layer. dy_hat arrives at the last one."),
            ("deep_backward_first_layer_forgotten", "range(len(layers) - 1, -1, -1)", "range(len(layers) - 1, 0, -1)",
             "The gradients of the first layer are missing. range(L - 1, 0, -1) ends before 0: write -1 in its place."),
            ("deep_backward_averaged_again", "np.concatenate(found)", "np.concatenate(found) / len(x)",
             "You divide by N. The 1/N came in with dy_hat, and reaches every layer from there."),
            ("deep_backward_dy_hat_everywhere", "affine_backward(da,", "affine_backward(dy_hat,",
             "Every layer gets dy_hat. Only the last one does: the others get what the layer behind them has passed on."),
            ("deep_backward_x_everywhere", "affine_backward(da, read[number]", "affine_backward(da, x",
             "You give x to every layer. Each needs what it has read: cut(kept, sizes)[number]."),
            ("deep_backward_slope_at_the_end", "da, found = dy_hat, []", "da, found = tanh_backward(dy_hat, dy_hat), []",
             "You begin with the slope of a tanh. The last layer has none: da = dy_hat.")),
        Misconception(deep_backward_in_place,
                      "h *= ... writes into kept, of which cut gives views. Write dh * (1 - h ** 2) to make a new array."),
    )),
]

WRITTEN = [Written("no_proof", {
    "says that signs stay and sizes change, so that the steps still lead downhill": 1,
    "names the comparison with a numerical gradient": 1})]
