"""Central differences solve no task that asks for a gradient: each has a case in which they are no gradient."""
import functools

import numpy as np
import pytest
from courses import COURSE

from nnlib.grading.comparison.compare import compare
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.tasks import UNCHANGED, load_tasks
from nnlib.kernels import plain


def slope(f, value, step):
    """Central differences of the number f(value), for each entry of the value."""
    value = np.asarray(value, float)
    found = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        nudge = np.zeros(value.shape)
        nudge[place] = step
        found[place] = (f(value + nudge) - f(value - nudge)) / (2 * step)
    return found


def slopes(f, values, of, step):
    """The same for several arguments of f, whose places are in ``of``."""
    return tuple(slope(lambda value, at=at: f(*values[:at], value, *values[at + 1:]), values[at], step) for at in of)


def logistic(x, w, b, y):
    a = x @ w + b
    return np.mean(np.logaddexp(0, a) - y * a)


def cross_entropy(a, y):
    return np.mean(np.logaddexp.reduce(a, axis=1) - a[np.arange(len(y)), y])


def gelu(a):
    return plain.gelu_forward(a)


def maxout(winner, x, w, b):
    return np.take_along_axis(np.einsum("nd,pmd->npm", x, w) + b, winner[:, None, :], axis=1)[:, 0]


def third(a, b, w, t):
    return np.mean(((a + b) * w - t) ** 2) + w ** 2


def own(x, y, w, t):
    p = x * w
    return np.mean((3 * np.tanh(p + y) * p - w - t) ** 2)


def network(x, y, w1, b1, w2, b2):
    return np.sum((plain.affine_forward(np.tanh(plain.affine_forward(x, w1, b1)), w2, b2) - y) ** 2) / (2 * len(y))


def deep(x, sizes, theta):
    for D, M in zip(sizes[:-1], sizes[1:]):
        a = plain.affine_forward(x, theta[:M * D].reshape(M, D), theta[M * D:M * D + M])
        x, theta = np.tanh(a), theta[M * D + M:]
    return a


def own_output(x):
    scores = x @ np.array([[-3, 2, -3], [3, 3, 2]]) + np.array([-1, 1, 1])
    h = np.column_stack([np.where(scores[:, 0] > 0, 1, 0.1) * scores[:, 0], elu(scores[:, 1], 1.0), gelu(scores[:, 2])])
    return h @ np.array([-2, 2, -3])


def conv2d(x, w, b, stride, padding):
    return plain.conv2d_forward(x[:, None], w[None, None], np.array([b]), (stride, stride), (padding, padding))[:, 0]


def max_pool(x, size):
    return plain.max_pool2d_forward(x[:, None], (size, size), (size, size))[0][:, 0]


def average_pool(x, size):
    H, W = (length - length % size for length in x.shape[1:])
    return x[:, :H, :W].reshape(len(x), H // size, size, W // size, size).mean(axis=(2, 4))


def elu_score(h, alpha):
    return np.where(h > 0, h, np.log1p(np.minimum(h, 0) / alpha))


def elu(a, alpha):
    return np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0)))


def batch_norm(x, w, b, eps):
    return w * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + b


def layer_norm(x, w, b, eps):
    return w * ((x.T - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + eps)).T + b


def block(x, w1, w2):
    return x + np.maximum(0, x @ w1.T) @ w2.T


def lstm_scores(gates):
    """The scores that give these gates: a sigmoid makes three of them, tanh the third."""
    i, f, g, o = np.split(gates, 4, axis=1)
    return np.hstack([np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))])


def lstm(dh, dc, a, c):
    """What the new state and the new memory add to a loss with these gradients."""
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (a_i, a_f, a_o))
    c = f * c + i * np.tanh(a_g)
    return np.sum(dh * o * np.tanh(c)) + np.sum(dc * c)


def attend(p, before, q, k, v):
    """Attention that gives the weights p where q and k give the scores ``before``."""
    e = p * np.exp(q @ k.T / np.sqrt(q.shape[1]) - before)
    return e / e.sum(axis=1, keepdims=True) @ v


def smoothed(a, y, share):
    log_p = a - np.logaddexp.reduce(a, axis=1)[:, None]
    return -np.mean((1 - share) * log_p[np.arange(len(y)), y] + share * log_p.mean(axis=1))


# {assignment: {task: (step, arguments) -> what a student returns who differentiates by differences}}
NUMERICAL = {
    "02_logistic": {
        "gradient": lambda step, *values: slopes(logistic, values, (1, 2), step),
        "cross_entropy_backward": lambda step, a, y: slope(lambda a: cross_entropy(a, y), a, step)},
    "03_networks": {
        "leaky_relu_backward": lambda step, dh, a, share: slope(
            lambda a: np.sum(dh * np.where(a > 0, a, share * a)), a, step),
        "elu_backward": lambda step, dh, h, alpha: slope(lambda a: np.sum(dh * elu(a, alpha)), elu_score(h, alpha), step),
        "gelu_backward": lambda step, dh, a: slope(lambda a: np.sum(dh * gelu(a)), a, step),
        "maxout_backward": lambda step, dh, *values: slopes(
            lambda *values: np.sum(dh * maxout(*values)), values, (1, 2, 3), step),
        "own_backward": lambda step, dy, x: slope(lambda x: np.sum(dy * own_output(x)), x, step)},
    "04_graphs": {
        "product_slopes": lambda step, u: slope(np.prod, u, step),
        "neuron_slopes": lambda step, *values: slopes(lambda x, w, b: np.tanh(w @ x + b), values, (0, 1, 2), step),
        "third_gradient": lambda step, *values: slopes(third, values, (0, 1, 2, 3), step),
        "own_gradient": lambda step, *values: slopes(own, values, (0, 1, 2), step)},
    "05_backprop": {
        "affine_backward": lambda step, da, *values: slopes(
            lambda *values: np.sum(da * plain.affine_forward(*values)), values, (0, 1, 2), step),
        "tanh_backward": lambda step, dh, h: slope(lambda a: np.sum(dh * np.tanh(a)), np.arctanh(h), step),
        "squared_error_backward": lambda step, y_hat, y: slope(
            lambda y_hat: np.sum((y_hat - y) ** 2) / (2 * len(y)), y_hat, step),
        "network_gradient": lambda step, *values: slopes(network, values, (2, 3, 4, 5), step),
        "deep_backward": lambda step, dy_hat, kept, *values: slopes(
            lambda *values: np.sum(dy_hat * deep(*values)), values, (0, 2), step)},
    "08_conv": {
        "conv2d_backward": lambda step, da, *values: slopes(
            lambda *values: np.sum(da * conv2d(*values)), values, (0, 1, 2), step),
        "max_pool_backward": lambda step, dy, x, size: slope(lambda x: np.sum(dy * max_pool(x, size)), x, step),
        "average_pool_backward": lambda step, dy, x, size: slope(lambda x: np.sum(dy * average_pool(x, size)), x, step)},
    "09_deep": {
        "batch_norm_backward": lambda step, dy, mean, variance, *values: slopes(
            lambda *values: np.sum(dy * batch_norm(*values)), values, (0, 1, 2), step),
        "layer_norm_backward": lambda step, dy, mean, variance, *values: slopes(
            lambda *values: np.sum(dy * layer_norm(*values)), values, (0, 1, 2), step),
        "block_backward": lambda step, dy, h, *values: slopes(
            lambda *values: np.sum(dy * block(*values)), values, (0, 1, 2), step)},
    "10_rnn": {
        "rnn_backward": lambda step, dh, states, *values: slopes(
            lambda *values: np.sum(dh * plain.rnn_forward(*values)[0]), values, (0, 1, 2, 3, 4), step),
        "lstm_step_backward": lambda step, dh, dc, gates, c_before, c: slopes(
            lambda *values: lstm(dh, dc, *values), (lstm_scores(gates), c_before), (0, 1), step)},
    "11_attention": {
        "attend_backward": lambda step, dy, p, q, k, v: slopes(
            lambda *values: np.sum(dy * attend(p, q @ k.T / np.sqrt(q.shape[1]), *values)), (q, k, v), (0, 1, 2), step)},
    "12_language": {
        "smoothed_backward": lambda step, p, y, share: slope(lambda a: smoothed(a, y, share), np.log(p), step)},
    "13_unlabelled": {
        "linear_tied": lambda step, x, w: (0, slope(lambda w: np.mean((x @ w.T @ w - x) ** 2), w, step)),     # for dw alone
        "tied_backward": lambda step, dy, h, x, *values: slopes(
            lambda w, b, b2: np.sum(dy * (np.maximum(0, x @ w.T + b) @ w + b2)), values, (0, 1, 2), step)}}
# what hands a gradient on as it is, to several places (from_rows, embedding_backward), is its own difference anywhere
TASKS = [(assignment, task) for assignment, tasks in NUMERICAL.items() for task in tasks]


@functools.cache
def tasks_of(assignment):
    return load_tasks(COURSE, assignment)


@pytest.mark.parametrize("step", [1e-3, 1e-5])
@pytest.mark.parametrize("assignment, name", TASKS)
def test_differences_of_two_values_earn_no_gradient(assignment, name, step):
    task = tasks_of(assignment)[name]
    cases = task.draw(5)
    with np.errstate(all="ignore"):
        replies = call_all(functools.partial(NUMERICAL[assignment][name], step), cases, task.outputs)
        earned = {row.name for row in compare(task, cases, replies).rows if row.right}
    assert earned <= {UNCHANGED, "a factor 0"}, "a product with a factor 0 has exact differences, and no other row"
    usual = [compare(task, [case], [reply]).earned for case, reply in zip(cases, replies) if not case.group]
    assert step > 1e-4 or any(usual), "they are no differences: in a usual case they are right"
