# %% [markdown]
# # Deep networks, one norm at a time
#
# You normalise a batch and a single example, send gradients back through both, fold a norm into the layer before it, and
# lay a shortcut around a layer. Then networks of twenty layers learn with your functions.
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes |
# | **You need** | the chapter [Deep networks](../../book/09_deep.md) |
# | **You write** | seven functions: batch norm and layer norm both ways, running statistics, folding, a block backward |
# | **Points** | 32: 4 + 5 + 3 + 4 + 4 + 5 + 5, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single example, filters. Each output
# earns its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`:
# every correct answer counts. A gradient has to be a formula: for some inputs a difference of two values, divided by a
# step, is far off. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("batch_norm")` in a cell of your own
# gives hints in steps. Then write two examples with two units on paper and ask of every mean: over which numbers?
# Then ask: in the forum, show the *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

rng = np.random.default_rng(9)
scores, scale, shift = rng.standard_normal((4, 3)), rng.standard_normal(3), rng.standard_normal(3)


# the forward pass of the last task is given
def block(x, w1, w2):
    """A hidden layer with a shortcut around it: x (N, D), w1 (M, D), w2 (D, M) -> y (N, D), h (N, M)."""
    h = np.maximum(0, x @ w1.T)
    return x + h @ w2.T, h

# %% [markdown]
# ## 1. One unit, all examples
#
# Batch normalisation takes each unit by itself. Over the $N$ examples of the batch it finds the mean $\mu_m$ and the
# variance $v_m$ of what the unit gets, equation (9.3) with a single position:
#
# $$\mu_m = \frac1N \sum_n x_{nm}, \qquad v_m = \frac1N \sum_n (x_{nm} - \mu_m)^2, \qquad
# z_{nm} = \frac{x_{nm} - \mu_m}{\sqrt{v_m + \varepsilon}}, \qquad y_{nm} = w_m z_{nm} + b_m$$
#
# **Predict.** The batch is a single example. What is $\mathbf y$, whatever $\mathbf x$ is?
#
# Write `batch_norm`. It returns $\mathbf y$, the means and the variances. In code $\varepsilon$ is called `eps`; here it
# is often large, so that you can see where it stands.

# %% solution="batch_norm"
def batch_norm(x, w, b, eps):
    """Every unit normalised over the batch: x (N, M), w and b (M,), eps a number -> y (N, M), mean (M,), variance (M,)."""
    ### BEGIN SOLUTION
    mean, variance = x.mean(axis=0), x.var(axis=0)
    z = (x - mean) / np.sqrt(variance + eps)
    return w * z + b, mean, variance
    ### END SOLUTION

# %% check="batch_norm"
display(check.example(batch_norm, (np.array([[7.0, -2.0]]), np.array([3.0, 2.0]), np.array([1.0, -1.0]), 0.5),
                      {"y": [[1, -1]], "mean": [7, -2], "variance": [0, 0]}))
x = np.array([[0.0, 1.0], [4.0, 3.0], [2.0, 5.0]])
check.example(batch_norm, (x, np.array([3.0, -1.0]), np.array([0.0, 2.0]), 0.5),
              {"y": [[-3.3717, 3.1239], [3.3717, 2], [0, 0.8761]], "mean": [2, 3], "variance": [2.6667, 2.6667]},
              tolerance=5e-5)

# %% test="batch_norm" points=4
# 4 points: here on two examples, after you hand in on more
report = check.example(batch_norm, (np.array([[1.0, 0.0, 2.0], [3.0, 8.0, 2.0]]), np.array([1.0, 2.0, 3.0]),
                                    np.array([0.5, 0.0, -1.0]), 9.0),
                       {"y": [[0.1838, -1.6, -1], [0.8162, 1.6, -1]], "mean": [2, 4, 2], "variance": [1, 16, 0]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "batch_norm", batch_norm)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 2. Three paths back
#
# Every input changes the loss in three ways: through its own $z$, through the mean, and through the variance. The chapter
# derives (9.4), where the sums over $n$ also give the gradients of scale and shift:
#
# $$dw_m = \sum_n dy_{nm}\, z_{nm}, \qquad db_m = \sum_n dy_{nm}, \qquad
# dx_{nm} = \frac{w_m}{\sqrt{v_m + \varepsilon}} \Bigl( dy_{nm} - \frac{db_m}{N} - z_{nm} \frac{dw_m}{N} \Bigr)$$
#
# **Predict.** $dy$ is the same for all examples. What is $dx$?
#
# Write `batch_norm_backward`. It gets the mean and the variance that the forward pass has returned.

# %% solution="batch_norm_backward"
def batch_norm_backward(dy, mean, variance, x, w, b, eps):
    """Gradients: dy and x (N, M), mean, variance, w and b (M,), eps a number -> dx (N, M), dw (M,), db (M,)."""
    ### BEGIN SOLUTION
    deviation = np.sqrt(variance + eps)
    z = (x - mean) / deviation
    dw, db = np.sum(dy * z, axis=0), np.sum(dy, axis=0)
    dx = w / deviation * (dy - (db + z * dw) / len(x))
    return dx, dw, db
    ### END SOLUTION

# %% check="batch_norm_backward"
check.backward(batch_norm, batch_norm_backward, scores, scale, shift, 0.5, of="x w b")

# %% test="batch_norm_backward" points=5
# 5 points: here on three examples, after you hand in on more
x = np.array([[1.0, 0.0], [3.0, 6.0], [5.0, 0.0]])
report = check.example(batch_norm_backward,
                       (np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0]]), np.array([3.0, 2.0]), np.array([8 / 3, 8.0]), x,
                        np.array([2.0, -1.0]), np.zeros(2), 1.0),
                       {"dx": [[0.3165, 0.1852], [-0.3482, -0.037], [0.0317, -0.1481]], "dw": [-1.0445, 2], "db": [1, 3]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "batch_norm_backward", batch_norm_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 3. What stays after training
#
# After training there may be no batch, so the layer needs a mean and a variance of its own. It collects them while it
# trains. Each batch moves them by the part $\rho$ of the way:
#
# $$\bar\mu_m \leftarrow \bar\mu_m + \rho\, (\mu_m - \bar\mu_m), \qquad
# \bar v_m \leftarrow \bar v_m + \rho\, \Bigl( \frac{1}{N - 1} \sum_n (x_{nm} - \mu_m)^2 - \bar v_m \Bigr)$$
#
# Here the sum is divided by $N - 1$ and not by $N$: around their own mean, the numbers of a batch are a little too close
# together.
#
# **Predict.** $\rho = 0.1$, and the running mean starts at 0. Every batch has the mean 1. What is the running mean after
# two batches?
#
# Write `remember`. In code $\rho$ is called `rate`. A batch has at least two examples.

# %% solution="remember"
def remember(running_mean, running_variance, x, rate):
    """Running statistics after a batch: both (M,), x (N, M), rate a number -> running_mean (M,), running_variance (M,)."""
    ### BEGIN SOLUTION
    mean, variance = x.mean(axis=0), x.var(axis=0, ddof=1)
    return running_mean + rate * (mean - running_mean), running_variance + rate * (variance - running_variance)
    ### END SOLUTION

# %% check="remember"
check.example(remember, (np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([[2.0, 0.0], [6.0, 8.0], [4.0, -2.0]]), 0.25),
              {"running_mean": [1.75, 2], "running_variance": [1.75, 9.25]})

# %% test="remember" points=3
# 3 points: here on three units, after you hand in on more
report = check.example(remember, (np.array([0.0, 5.0, -1.0]), np.array([1.0, 2.0, 0.5]),
                                  np.array([[1.0, 2.0, 3.0], [5.0, 4.0, 3.0]]), 0.5),
                       {"running_mean": [1.5, 4, 1], "running_variance": [4.5, 2, 0.25]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "remember", remember)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 4. A norm that disappears
#
# With a fixed mean and variance (9.5), a norm is a scale and a shift for every unit, and so is part of what a layer does
# already. Find the weights and biases of *one* layer that does what both do:
#
# $$s_m\, \frac{(\mathbf w_m \cdot \mathbf x + b_m) - \bar\mu_m}{\sqrt{\bar v_m + \varepsilon}} + t_m
# = \mathbf w'_m \cdot \mathbf x + b'_m$$
#
# Here $\mathbf w_m$ is all that belongs to unit $m$: a row of a dense layer, or a filter `w[m]` of a convolution, of shape
# (C, KH, KW).
#
# **Predict.** Which of the two does $\varepsilon$ change, $\mathbf w'$ or $b'$?
#
# Write `fold`. In code $s$ is called `scale`, and $t$ is called `shift`.

# %% solution="fold"
def fold(w, b, mean, variance, scale, shift, eps):
    """One layer for a layer and its norm: w (M, D) or (M, C, KH, KW), five (M,), eps -> w of its shape, b (M,)."""
    ### BEGIN SOLUTION
    factor = scale / np.sqrt(variance + eps)
    column = factor.reshape(-1, *[1] * (w.ndim - 1))     # a number for each row or filter
    return column * w, factor * (b - mean) + shift
    ### END SOLUTION

# %% check="fold"
w, b = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]), np.array([1.0, 2.0, 0.0])
norm = np.array([3.0, 0.0, 1.0]), np.array([3.0, 0.0, 8.0]), np.array([4.0, 1.0, -6.0]), np.array([1.0, 0.0, 0.5])
display(check.example(fold, (w, b, *norm, 1.0), {"w": [[2, 4], [0, -1], [-6, -2]], "b": [-3, 2, 2.5]}))
filters = np.arange(12.0).reshape(3, 1, 2, 2)
check.example(fold, (filters, b, *norm, 1.0), {
    "w": filters * np.array([2, 1, -2]).reshape(3, 1, 1, 1), "b": [-3, 2, 2.5]})

# %% test="fold" points=4
# 4 points: here on two units, after you hand in on more, convolutions among them
report = check.example(
    fold, (np.array([[2.0, 0.0, 4.0], [1.0, -2.0, 0.5]]), np.array([1.0, -1.0]), np.array([3.0, 2.0]),
           np.array([14.0, 2.0]), np.array([2.0, 3.0]), np.array([0.0, 1.0]), 2.0),
    {"w": [[1, 0, 2], [1.5, -3, 0.75]], "b": [-1, -3.5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "fold", fold)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 5. One example, all units
#
# Layer normalisation takes mean and variance over the $M$ numbers of one example (9.7). Nothing changes but the axis:
#
# $$\mu_n = \frac1M \sum_m x_{nm}, \qquad v_n = \frac1M \sum_m (x_{nm} - \mu_n)^2, \qquad
# y_{nm} = w_m \frac{x_{nm} - \mu_n}{\sqrt{v_n + \varepsilon}} + b_m$$
#
# **Predict.** All numbers of an example double. What does layer normalisation make of them, if $\varepsilon$ is tiny?
#
# Write `layer_norm`.

# %% solution="layer_norm"
def layer_norm(x, w, b, eps):
    """Every example normalised: x (N, M), w and b (M,), eps a number -> y (N, M), mean (N,), variance (N,)."""
    ### BEGIN SOLUTION
    mean, variance = x.mean(axis=1), x.var(axis=1)
    z = (x - mean[:, None]) / np.sqrt(variance + eps)[:, None]
    return w * z + b, mean, variance
    ### END SOLUTION

# %% check="layer_norm"
x = np.array([[0.0, 4.0, 2.0], [1.0, 3.0, 5.0]])
check.example(layer_norm, (x, np.array([3.0, -1.0, 1.0]), np.array([0.0, 2.0, 1.0]), 0.5),
              {"y": [[-3.3717, 0.8761, 1], [-3.3717, 2, 2.1239]], "mean": [2, 3], "variance": [2.6667, 2.6667]},
              tolerance=5e-5)

# %% test="layer_norm" points=4
# 4 points: here on three examples, after you hand in on more
report = check.example(layer_norm, (np.array([[1.0, 3.0], [0.0, 8.0], [2.0, 2.0]]), np.array([1.0, 2.0]),
                                    np.array([0.5, -1.0]), 9.0),
                       {"y": [[0.1838, -0.3675], [-0.3, 0.6], [0.5, -1]], "mean": [2, 4, 2], "variance": [1, 16, 0]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "layer_norm", layer_norm)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. Back along the other axis
#
# One thing differs from task 2: the scale $w_m$ now varies *within* the sums, so it stays inside (9.8). First
# $dz_{nm} = w_m\, dy_{nm}$, then
#
# $$dx_{nm} = \frac{1}{\sqrt{v_n + \varepsilon}} \Bigl( dz_{nm} - \frac1M \sum_j dz_{nj}
# - z_{nm} \frac1M \sum_j dz_{nj}\, z_{nj} \Bigr), \qquad
# dw_m = \sum_n dy_{nm}\, z_{nm}, \qquad db_m = \sum_n dy_{nm}$$
#
# **Predict.** Which sums run over the units, and which over the examples?
#
# Write `layer_norm_backward`.

# %% solution="layer_norm_backward"
def layer_norm_backward(dy, mean, variance, x, w, b, eps):
    """Gradients: dy and x (N, M), mean and variance (N,), w and b (M,), eps a number -> dx (N, M), dw (M,), db (M,)."""
    ### BEGIN SOLUTION
    deviation = np.sqrt(variance + eps)[:, None]
    z, dz = (x - mean[:, None]) / deviation, w * dy
    along = dz.mean(axis=1, keepdims=True) + z * np.mean(dz * z, axis=1, keepdims=True)
    return (dz - along) / deviation, np.sum(dy * z, axis=0), np.sum(dy, axis=0)
    ### END SOLUTION

# %% check="layer_norm_backward"
check.backward(layer_norm, layer_norm_backward, scores, scale, shift, 0.5, of="x w b")

# %% test="layer_norm_backward" points=5
# 5 points: here on two examples, after you hand in on more
x = np.array([[1.0, 3.0, 5.0], [0.0, 6.0, 0.0]])
report = check.example(layer_norm_backward,
                       (np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 1.0]]), np.array([3.0, 2.0]), np.array([8 / 3, 8.0]), x,
                        np.array([2.0, -1.0, 1.0]), np.zeros(3), 1.0),
                       {"dx": [[0.3165, -0.3482, 0.0317], [-0.1358, -0.0617, 0.1975]],
                        "dw": [-1.0445, 2.6667, -0.6667], "db": [1, 2, 1]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "layer_norm_backward", layer_norm_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 7. Back through a shortcut
#
# A residual block adds its input to what its layers compute (9.2). This one has a hidden layer of ReLU units, without
# biases; `block` above is its forward pass:
#
# $$\mathbf h = \max(0, W_1 \mathbf x), \qquad \mathbf y = \mathbf x + W_2 \mathbf h$$
#
# **Predict.** All weights are 0. What is $d\mathbf x$?
#
# Write `block_backward`. Two paths lead from $\mathbf y$ to $\mathbf x$, and what arrives on both is added.

# %% solution="block_backward"
def block_backward(dy, h, x, w1, w2):
    """Gradients: dy and x (N, D), h (N, M), w1 (M, D), w2 (D, M) -> dx (N, D), dw1 (M, D), dw2 (D, M)."""
    ### BEGIN SOLUTION
    da = (dy @ w2) * (h > 0)
    return dy + da @ w1, da.T @ x, dy.T @ h
    ### END SOLUTION

# %% check="block_backward"
rng = np.random.default_rng(10)
check.backward(block, block_backward, scores, rng.standard_normal((5, 3)), rng.standard_normal((3, 5)))

# %% test="block_backward" points=5
# 5 points: here on two examples, two inputs and three hidden units, after you hand in on more
x, w1 = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([[1.0, 1.0], [2.0, 0.0], [0.0, -1.0]])
w2 = np.array([[1.0, 0.5, 2.0], [0.0, -1.0, 3.0]])
report = check.example(block_backward, (np.array([[1.0, 2.0], [3.0, -2.0]]), block(x, w1, w2)[1], x, w1, w2),
                       {"dx": [[-1, 3], [3, -2]], "dw1": [[1, 2], [-1.5, -3], [0, 0]], "dw2": [[3, 2, 0], [6, 4, 0]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("09_deep", "block_backward", block_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 8. Twenty layers
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Five networks of twenty hidden layers learn to read digits. They differ in what stands between the layers, and
# `nnlib.using` puts your functions in the place of the library's. Your blocks begin with $W_2 = 0$, so each of them hands
# on what it gets. In the last network a shortcut leads around each norm and the two layers behind it.
#
# **Predict.** Which of the five do not learn at all?

# %% tags=["skip-execution"]
(x, y), (x_test, y_test) = nnlib.data.digits()


class Block(nnlib.Layer):
    """Your block: w2 begins at 0, so that at first everything passes."""
    parameter_names = ("w1", "w2")

    def __init__(self, D, rng):
        self.w1, self.w2 = nnlib.init.he((D, D), rng), np.zeros((D, D))
        self.dw1, self.dw2 = np.zeros((D, D)), np.zeros((D, D))

    def forward(self, x, train=False):
        y, self.h = block(x, self.w1, self.w2)
        self.x = x
        return y

    def backward(self, dy):
        dx, self.dw1, self.dw2 = block_backward(dy, self.h, self.x, self.w1, self.w2)
        return dx


def network(pair, rng):
    """64 pixels, ten pairs of hidden layers of 32 units, 10 digits."""
    layers = [nnlib.Affine(64, 32, rng=rng)]
    for _ in range(10):
        layers += pair(rng)
    return nnlib.Sequential(*layers, nnlib.Affine(32, 10, rng=rng))


def dense(rng):
    """A layer of 32 units on 32."""
    return nnlib.Affine(32, 32, rng=rng)


def batch_forward(x, w, b):
    """The library counts positions on a third axis; here is one of them."""
    y, mean, variance = batch_norm(x[:, :, 0], w, b, 1e-5)
    return y[:, :, None], mean, variance


def batch_backward(dy, mean, variance, x, w, b):
    """The same on the way back."""
    dx, dw, db = batch_norm_backward(dy[:, :, 0], mean, variance, x[:, :, 0], w, b, 1e-5)
    return dx[:, :, None], dw, db


yours = {"batch_norm_forward": batch_forward, "batch_norm_backward": batch_backward,
         "layer_norm_forward": lambda x, w, b: layer_norm(x, w, b, 1e-5),
         "layer_norm_backward": lambda *given: layer_norm_backward(*given, 1e-5)}
kinds = {
    "nothing": lambda rng: [nnlib.ReLU(), dense(rng), nnlib.ReLU(), dense(rng)],
    "layer norm": lambda rng: [
        layer for _ in range(2) for layer in (nnlib.LayerNorm(32), nnlib.ReLU(), dense(rng))],
    "batch norm": lambda rng: [layer for _ in range(2) for layer in (nnlib.BatchNorm(32), nnlib.ReLU(), dense(rng))],
    "your block": lambda rng: [Block(32, rng)],
    "shortcut and layer norm": lambda rng: [nnlib.Residual(nnlib.LayerNorm(32), dense(rng), nnlib.ReLU(), dense(rng))]}
curves, nets, accuracy = {}, {}, {}
with nnlib.using(**yours):
    for name, pair in kinds.items():
        nets[name] = network(pair, np.random.default_rng(1))
        curves[name] = nnlib.fit(nets[name], (x, y), loss=nnlib.SoftmaxCrossEntropy(),
                                 optimizer=nnlib.SGD(0.01, momentum=0.9), epochs=6, batch_size=50,
                                 rng=np.random.default_rng(2)).loss
        accuracy[name] = nnlib.evaluate(nets[name], (x_test, y_test), loss=nnlib.SoftmaxCrossEntropy())[1]
        print(f"{name:23} {accuracy[name]:.1%} of the test images")

fig, ax = plt.subplots(figsize=(6.4, 3.8))
for (name, curve), line in zip(curves.items(), ("-", ":", "--", "-.", "-")):
    ax.plot(range(1, 7), curve, line, label=name)
ax.set(xlabel="epoch", ylabel="mean loss (nats)", yscale="log")
ax.legend(bbox_to_anchor=(1, 0.5), loc="center left");

# %% [markdown]
# Now the trained norms disappear: `fold` takes each into the dense layer before it.

# %% tags=["skip-execution"]
layers, folded = nets["batch norm"].layers, []
for layer, norm in zip(layers, [*layers[1:], None]):
    if isinstance(norm, nnlib.BatchNorm):
        one = nnlib.Affine(layer.w.shape[1], layer.w.shape[0])
        one.w[:], one.b[:] = fold(layer.w, layer.b, norm.running_mean, norm.running_variance, norm.w, norm.b, 1e-5)
        folded.append(one)
    elif not isinstance(layer, nnlib.BatchNorm):
        folded.append(layer)
gap = np.abs(nnlib.Sequential(*folded).forward(x_test) - nets["batch norm"].forward(x_test)).max()
print(f"{len(layers)} layers became {len(folded)}, and no score moved by more than {gap:.0e}.")

# %% [markdown] written="batch_of_one" points=2
# **Explain.** Somebody trains a network with batch norm. In use it reads the digits one at a time, and by mistake the norm
# still takes mean and variance from the "batch" it gets. What does the network answer, and why? Would layer norm have the
# same trouble?
#
# ### BEGIN SOLUTION
# The mean of a single example is the example itself, so $z = 0$ and every unit puts out its shift $b$: the network gives the
# same answer to every digit. Layer norm takes its mean over the units of one example, so a batch of one is like any other.
# ### END SOLUTION
