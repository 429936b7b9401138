# %% [markdown]
# # Without labels, one direction at a time
#
# You find the principal directions of a cloud of images, bring images back from a few numbers, and send the gradient through
# a weight that is used twice. Then your functions draw a map of the digits, and clean spoilt ones.
#
# | | |
# |---|---|
# | **Time** | 60 to 90 minutes |
# | **You need** | the chapter [Without labels](../../book/13_unlabelled.md) |
# | **You write** | `principal`, `reconstruct`, `linear_tied`, `tied_backward`, `spoil`, and an answer |
# | **Points** | 26: 4 + 5 + 5 + 6 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single example. Each output earns its own points, and leaving
# the arguments as they are earns one in every task. Loops, NumPy or `@njit`: every correct answer counts. A gradient has
# to be a formula: for some inputs a difference of two values, divided by a step, is far off. The answer in words is marked
# by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("principal")` in a cell of your own
# gives hints in steps. Then write the shape behind every line of your code, with different letters for different
# sizes. Then ask: in the forum, show the *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check


# given for the self-check of task 1: a direction and its opposite give the same parts
def parts(mean, v, x, M):
    """The mean, and the part of every centred example along every direction: mean (D,), parts (M, N, D)."""
    D = x.shape[1]
    if mean.size != D:
        raise ValueError(f"mean needs the shape ({D},): one number for each pixel.")
    if v.shape != (M, D):
        raise ValueError(f"v needs the shape ({M}, {D}): one direction in each row.")
    z = x - x.mean(axis=0)
    return mean.ravel(), np.array([np.outer(z @ direction, direction) for direction in v])

# %% [markdown]
# ## 1. Where the cloud is long
#
# Images are points, and their mean $\bar{\mathbf x}$ is the middle of the cloud. The principal directions
# $\mathbf v_1, \mathbf v_2, \dots$ have length 1 and stand at right angles. The points $\mathbf x_n - \bar{\mathbf x}$ are
# spread most along the first, most of what is left along the second, and so on: they are the eigenvectors of
# $\sum_n (\mathbf x_n - \bar{\mathbf x}) (\mathbf x_n - \bar{\mathbf x})^{\mathsf T}$, with the largest eigenvalue first.
#
# **Predict.** If $\mathbf v_1$ is right, which other vector is right too?
#
# Write `principal`. It returns the mean, and the first $M$ directions as rows. NumPy may do the work: `np.linalg.svd` or
# `np.linalg.eigh`. Signs do not matter: the tests compare the part of each example along each direction.

# %% solution="principal"
def principal(x, M):
    """The middle of a cloud and its M longest directions: x (N, D), M a number -> mean (D,), v (M, D)."""
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    _, _, v = np.linalg.svd(x - mean, full_matrices=False)       # sorted, the longest direction first
    return mean, v[:M]
    ### END SOLUTION

# %% check="principal"
x = np.array([[5.0, 1.0, 2.0, 1.0], [1.0, 5.0, 2.0, 1.0], [3.0, 3.0, 4.0, 1.0], [3.0, 3.0, 0.0, 1.0], [3.0, 3.0, 2.0, 4.0],
              [3.0, 3.0, 2.0, -2.0]])
zero, first, second, third = np.array([[0, 0, 0, 0], [0, 0, 0, 3], [2, -2, 0, 0], [0, 0, 2, 0]])
check.example(principal, (x, 3), {"mean": [3, 3, 2, 1], "parts": [
    [zero, zero, zero, zero, first, -first], [second, -second, zero, zero, zero, zero],
    [zero, zero, third, -third, zero, zero]]}, view=parts)

# %% test="principal" points=4
# 4 points: here on six examples of three pixels, after you hand in on more
x = np.array([[5.0, 5.0, 1.0], [-1.0, -3.0, 1.0], [2.0, 1.0, 3.0], [2.0, 1.0, -1.0], [2.8, 0.4, 1.0], [1.2, 1.6, 1.0]])
zero, first, second = np.zeros(3), np.array([3.0, 4.0, 0.0]), np.array([0.0, 0.0, 2.0])
report = check.example(principal, (x, 2), {
    "mean": [2, 1, 1], "parts": [[first, -first, zero, zero, zero, zero], [zero, zero, second, -second, zero, zero]]},
    view=parts)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("13_unlabelled", "principal", principal)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 2. An image in a few numbers
#
# With the mean and $M$ directions, the rows of $V$, an image becomes $M$ numbers, its code, and the code becomes an image
# again:
#
# $$\mathbf h_n = V (\mathbf x_n - \bar{\mathbf x}), \qquad \hat{\mathbf x}_n = V^{\mathsf T} \mathbf h_n + \bar{\mathbf x},
# \qquad \text{error} = \frac{1}{ND} \sum_{n,d} (\hat x_{nd} - x_{nd})^2$$
#
# The mean is given: it is that of the images which the directions come from, and the images here may be new ones.
#
# **Predict.** What comes back of an image when $M = 0$?
#
# Write `reconstruct`.

# %% solution="reconstruct"
def reconstruct(x, mean, v):
    """Down to M numbers and back: x (N, D), mean (D,), v (M, D) -> h (N, M), x_hat (N, D), error, a number."""
    ### BEGIN SOLUTION
    h = (x - mean) @ v.T
    x_hat = h @ v + mean
    return h, x_hat, np.mean((x_hat - x) ** 2)
    ### END SOLUTION

# %% check="reconstruct"
check.example(reconstruct, (np.array([[3.0, 1.0], [1.0, 6.0], [2.0, 2.0]]), np.array([1.0, 2.0]), np.array([[0.8, 0.6]])),
              {"h": [[1], [2.4], [0.8]], "x_hat": [[1.8, 2.6], [2.92, 3.44], [1.64, 2.48]], "error": 2.433333})

# %% test="reconstruct" points=5
# 5 points: here on two examples, after you hand in on more
report = check.example(reconstruct, (np.array([[4.0, 1.0, 0.0], [2.0, 3.0, 5.0]]), np.array([1.0, 1.0, 2.0]),
                                     np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])),
                       {"h": [[1.8, -2], [2.2, 3]], "x_hat": [[2.08, 2.44, 0], [2.32, 2.76, 5]], "error": 0.986667})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("13_unlabelled", "reconstruct", reconstruct)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 3. One matrix, used twice
#
# A network can learn such directions. Its encoder multiplies by $W$, its decoder by the transpose of the same matrix; the
# images are centred, so there are no biases:
#
# $$\mathbf h_n = W \mathbf x_n, \qquad \hat{\mathbf x}_n = W^{\mathsf T} \mathbf h_n, \qquad
# L = \frac{1}{ND} \sum_{n,d} (\hat x_{nd} - x_{nd})^2$$
#
# $W$ stands in two places, so its gradient is a sum of two halves: what comes back to the decoder, and what goes on from
# there to the encoder. Derive both with a pencil first.
#
# **Predict.** $W = 0$. What is $dW$?
#
# Write `linear_tied`. It returns the loss and $dW$.

# %% solution="linear_tied"
def linear_tied(x, w):
    """Loss of a linear autoencoder with tied weights, and its gradient: x (N, D), w (M, D) -> loss, a number, dw (M, D)."""
    ### BEGIN SOLUTION
    h = x @ w.T
    missing = h @ w - x
    d_hat = 2 * missing / x.size                                 # what comes back from the loss
    return np.mean(missing ** 2), h.T @ d_hat + (d_hat @ w.T).T @ x
    ### END SOLUTION

# %% check="linear_tied"
rng = np.random.default_rng(13)
x, w = rng.standard_normal((5, 4)), rng.standard_normal((3, 4))


def tied_loss(x, w):
    """Your loss alone, for the check of your dw."""
    return linear_tied(x, w)[0]


def your_dw(x, w):
    """Your dw alone."""
    return linear_tied(x, w)[1]


display(check.example(linear_tied, (np.array([[1.0, 0.0, 2.0], [2.0, -1.0, 0.0]]),
                                    np.array([[0.5, 1.0, 0.0], [0.0, -1.0, 0.5]])),
                      {"loss": 1.21875, "dw": [[-1.083333, 0.25, -0.833333], [-0.833333, -0.25, -0.5]]}))
check.gradient(tied_loss, your_dw, x, w, of="w")

# %% test="linear_tied" points=5
# 5 points: here on two examples and two units, after you hand in on more
report = check.example(linear_tied, (np.array([[1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]),
                                     np.array([[1.0, 0.0, 0.5], [0.0, 0.5, 0.0]])),
                       {"loss": 1.3125, "dw": [[0.2917, 0, -0.1667], [-0.5833, -1.25, 1.1667]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("13_unlabelled", "linear_tied", linear_tied)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 4. The same with units that bend
#
# Now the code has ReLU units and biases, and the images need not be centred; `tied` below is its forward pass (13.6):
#
# $$\mathbf h_n = \max(0, W \mathbf x_n + \mathbf b), \qquad \mathbf y_n = W^{\mathsf T} \mathbf h_n + \mathbf b'$$
#
# **Predict.** A unit is silent for all images. Which of its gradients are 0?
#
# Write `tied_backward`. It gets $d\mathbf y$, which holds the mean of the loss already, and the code $\mathbf h$ that the
# forward pass has kept. The biases are arguments too, though the gradients do not need them.

# %% locked="tied"
def tied(x, w, b, b2):
    """An autoencoder with tied weights: x (N, D), w (M, D), b (M,), b2 (D,) -> y (N, D), h (N, M)."""
    h = np.maximum(0, x @ w.T + b)
    return h @ w + b2, h

# %% solution="tied_backward"
def tied_backward(dy, h, x, w, b, b2):
    """Gradients: dy and x (N, D), h (N, M), w (M, D), b (M,), b2 (D,) -> dw (M, D), db (M,), db2 (D,)."""
    ### BEGIN SOLUTION
    da = (dy @ w.T) * (h > 0)                                    # back through the decoder and the ReLU
    return h.T @ dy + da.T @ x, da.sum(axis=0), dy.sum(axis=0)
    ### END SOLUTION

# %% check="tied_backward"
rng = np.random.default_rng(14)
x, w = rng.standard_normal((5, 4)), rng.standard_normal((3, 4))
check.backward(tied, tied_backward, x, w, np.array([0.5, -0.5, 1.0]), rng.standard_normal(4), of="w b b2")

# %% test="tied_backward" points=6
# 6 points: here on two examples, three pixels and two units, after you hand in on more
x, w = np.array([[1.0, 2.0, 1.0], [1.0, 0.0, -1.0]]), np.array([[1.0, 0.5, 0.0], [2.0, -1.0, 0.0]])
report = check.example(tied_backward, (np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]]), np.array([[2.5, 0.0], [1.5, 1.5]]),
                                       x, w, np.array([0.5, -0.5]), np.array([0.0, 1.0, 0.0])),
                       {"dw": [[1.5, 3.5, 6.5], [-4.5, 1.5, 3]], "db": [0.5, -3], "db2": [0, 1, 2]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("13_unlabelled", "tied_backward", tied_backward)
### END HIDDEN TESTS
report.points(6)

# %% [markdown]
# ## 5. Spoil it first
#
# A network that is to clean images needs spoilt ones. A share $p$ of the pixels is replaced, half of these by black, 0, and
# half by white, 1. Chance is given, so that your answer can be checked: `u` holds a uniform number from 0 to 1 for each
# pixel.
#
# $$y_{nd} = \begin{cases} 0 & \text{if } u_{nd} < p / 2 \\ 1 & \text{if } p / 2 \le u_{nd} < p \\
# x_{nd} & \text{else} \end{cases}$$
#
# **Predict.** An image is all black. What share of its pixels changes?
#
# Write `spoil`.

# %% solution="spoil"
def spoil(x, u, p):
    """Images with some pixels replaced: x and u (N, D), p a number from 0 to 1 -> y (N, D)."""
    ### BEGIN SOLUTION
    return np.where(u < p / 2, 0, np.where(u < p, 1, x))
    ### END SOLUTION

# %% check="spoil"
x, u = np.array([[0.2, 0.4, 0.6, 0.8], [0.3, 0.5, 0.7, 0.9]]), np.array([[0.95, 0.2, 0.7, 0.05], [0.55, 0.35, 0.1, 0.4]])
display(check.example(spoil, (x, u, 0.5), {"y": [[0.2, 0, 0.6, 0], [0.3, 1, 0, 1]]}))
check.example(spoil, (x, u, 0.0), {"y": x})

# %% test="spoil" points=4
# 4 points: here on six pixels, after you hand in on more
report = check.example(spoil, (np.array([[0.5, 0.25, 0.75], [0.1, 0.9, 0.6]]),
                               np.array([[0.9, 0.1, 0.3], [0.35, 0.45, 0.05]]), 0.4), {"y": [[0.5, 0, 1], [1, 0.9, 0]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("13_unlabelled", "spoil", spoil)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 6. Two ways to a map
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Each digit becomes two numbers: once by your `principal`, once by gradient descent with your `linear_tied`.
#
# **Predict.** Do the two maps have the same error? Do they look alike?

# %% tags=["skip-execution"]
(digits, labels), (test_digits, test_labels) = nnlib.data.digits()
mean, v = principal(digits, 2)
w = 0.1 * np.random.default_rng(1).standard_normal((2, 64))
for _ in range(300):
    loss, dw = linear_tied(digits - mean, w)
    w -= 20 * dw
maps = {"principal directions": v, "learned by descent": w}
errors = {}

fig, panels = plt.subplots(1, 2, figsize=(8.4, 4), layout="constrained")
for ax, (name, rows) in zip(panels, maps.items()):
    places, _, errors[name] = reconstruct(test_digits, mean, rows)
    for digit in range(10):
        ax.plot(*places[test_labels == digit].T, linestyle="", marker=f"${digit}$", markersize=6)
    ax.set(title=f"{name}: error {errors[name]:.4f}", xlabel="first number", ylabel="second number", aspect="equal")

# %% [markdown]
# ## 7. Clean digits
#
# Your `spoil` replaces a fifth of the pixels, anew in every step. An autoencoder of 64 ReLU units, as many as there are
# pixels, learns with your `tied_backward` to return the clean digit; a second one never sees a spoilt digit, and learns to
# return what it gets. The rival projects spoilt digits onto the first 16 principal directions.
#
# **Predict.** Which of the three has the smallest error on spoilt digits? Which one on clean digits?

# %% tags=["skip-execution"]
class Tied(nnlib.Layer):
    """The autoencoder of task 4 with your gradient: (N, D) -> (N, D)."""
    parameter_names = ("w", "b", "b2")

    def __init__(self, D, M, rng):
        self.w, self.b, self.b2 = nnlib.init.he((M, D), rng) / 2, np.zeros(M), mean.copy()

    def forward(self, x, train=False):
        y, self.h = tied(x, self.w, self.b, self.b2)
        self.x = x
        return y

    def backward(self, dy):
        self.dw, self.db, self.db2 = tied_backward(dy, self.h, self.x, self.w, self.b, self.b2)


test_spoilt = spoil(test_digits, np.random.default_rng(5).uniform(size=test_digits.shape), 0.2)
cleaners = {}
for name, share in (("trained on spoilt", 0.2), ("trained on clean", 0.0)):
    rng = np.random.default_rng(3)
    cleaners[name], optimizer = Tied(64, 64, rng), nnlib.Adam(0.003)
    net = nnlib.Sequential(cleaners[name])
    for step in range(1500):
        clean = digits[rng.integers(len(digits), size=50)]
        y = net.forward(spoil(clean, rng.uniform(size=clean.shape), share), train=True)
        cleaners[name].backward(2 * (y - clean) / clean.size)
        optimizer.step(net)
answers = {name: (net.forward(test_spoilt), net.forward(test_digits)) for name, net in cleaners.items()}
_, directions = principal(digits, 16)
answers["16 directions"] = tuple(reconstruct(x, mean, directions)[1] for x in (test_spoilt, test_digits))
left = {name: [np.mean((each - test_digits) ** 2) for each in both] for name, both in answers.items()}
print(f"left as it is       spoilt {np.mean((test_spoilt - test_digits) ** 2):.4f}")
for name, (spoilt, clean) in left.items():
    print(f"{name:19} spoilt {spoilt:.4f}, clean {clean:.4f}")

shown = [np.flatnonzero(test_labels == digit)[0] for digit in range(10)]
rows = {"clean": test_digits, "spoilt": test_spoilt, **{name: both[0] for name, both in answers.items()}}
fig, grid = plt.subplots(5, 10, figsize=(8, 4))
for line, (name, images) in zip(grid, rows.items()):
    for ax, image in zip(line, images[shown]):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %% [markdown] written="copying" points=2
# **Explain.** Both networks have as many units as there are pixels. The one that was trained on clean digits has by far
# the smaller error on clean ones, and is of little use for spoilt ones. What has it learned, and why did the specks in the
# input make the other one learn something else?
#
# ### BEGIN SOLUTION
# With 64 units nothing has to be left out: the network can copy each pixel, and a copy of a clean digit has no error. It
# need not know what digits look like, and it copies specks as well. Where inputs are spoilt and the targets clean, a copy
# keeps the specks and costs: the network has to work out a pixel from the others, by what digits have in common.
# ### END SOLUTION
