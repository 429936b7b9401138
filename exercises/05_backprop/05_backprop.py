# %% [markdown]
# # Backpropagation through a network, one gradient at a time
#
# You write the backward pass of a network with a hidden layer, a witness that can tell whether it is right, and the loop
# that goes through any number of layers. Then your backward pass trains networks that read handwritten digits.
#
# | | |
# |---|---|
# | **Time** | 120 to 150 minutes |
# | **You need** | the chapter [Backpropagation](../../book/05_backprop.md) |
# | **You write** | three backward functions, `network_gradient`, `numerical_gradient`, and the loop over layers both ways |
# | **Points** | 28: 3 + 2 + 3 + 5 + 4 + 4 + 5, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single example, very large numbers. Each output earns
# its own points. Loops, NumPy or `@njit`: every correct answer counts. Functions return new arrays and leave their
# arguments as they are, which earns half a point or one in every task. The gradients of tasks 1 to 4 and of task 7 have
# to be formulas: for some inputs a difference of two values, divided by a step, is far off. The answer in words is marked
# by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("affine_backward")` in a cell of your
# own gives hints in steps. Then write the shape of every array beside its name: most products fit in one way only. Then
# ask: in the forum, show the *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# five bells as in the chapter: 4 measurements, 3 hidden units, 2 predictions
rng = np.random.default_rng(5)
x, y = rng.standard_normal((5, 4)), rng.standard_normal((5, 2))
w1, b1 = rng.standard_normal((3, 4)), rng.standard_normal(3)
w2, b2 = rng.standard_normal((2, 3)), rng.standard_normal(2)


# the forward pass is given
def affine(x, w, b):
    """A dense layer: x (N, D), w (M, D), b (M,) -> a (N, M)."""
    return x @ w.T + b


def tanh(a):
    """The activation: a (...) -> h (...)."""
    return np.tanh(a)


def squared_error(y_hat, y):
    """Half the squared error of an example, mean over the examples: y_hat (N, K), y (N, K) -> a number."""
    return np.sum((y_hat - y) ** 2) / (2 * len(y))


def loss(x, y, w1, b1, w2, b2):
    """Loss of the network: x (N, D), y (N, K), w1 (M, D), b1 (M,), w2 (K, M), b2 (K,) -> a number."""
    h = tanh(affine(x, w1, b1))
    return squared_error(affine(h, w2, b2), y)

# %% [markdown]
# ## 1. Back through a dense layer
#
# The layer computes $A = X W^{\mathsf T} + \mathbf b$, one example per row. Somebody gives you the gradient of the
# loss with respect to its scores, $dA$ of shape $(N, M)$. You return the gradients of the three things it was made from:
#
# $$dx_{nd} = \sum_m da_{nm}\, w_{md}, \qquad dw_{md} = \sum_n da_{nm}\, x_{nd}, \qquad db_m = \sum_n da_{nm}$$
#
# Each gradient has the shape of the thing it belongs to. The sums run over everything that uses it: an input is used by
# all units, a weight by all examples.
#
# **Predict.** Which of these sums becomes `da @ w`, and which one needs a transpose?
#
# Write `affine_backward`. The argument `b` is there because every backward gets what its forward got.

# %% solution="affine_backward"
def affine_backward(da, x, w, b):
    """Gradients: da (N, M), x (N, D), w (M, D), b (M,) -> dx (N, D), dw (M, D), db (M,)."""
    ### BEGIN SOLUTION
    dx = da @ w                              # (N, M) (M, D)
    dw = da.T @ x                            # (M, N) (N, D)
    db = da.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION

# %% check="affine_backward"
check.backward(affine, affine_backward, x, w1, b1)

# %% test="affine_backward" points=3
# 3 points: here on three examples with two inputs and two units, after you hand in on more
report = check.example(
    affine_backward,
    (np.array([[1.0, -1.0], [0.0, 2.0], [2.0, 0.0]]),             # da
     np.array([[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]]),             # x
     np.array([[1.0, 2.0], [3.0, -1.0]]), np.zeros(2)),           # w, b
    {"dx": [[-2, 3], [6, -2], [2, 4]], "dw": [[-1, 4], [5, -2]], "db": [3, 1]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "affine_backward", affine_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. Back through an activation
#
# The hidden units pass on $\mathbf h = \tanh(\mathbf a)$. The slope of tanh is known from its output alone:
#
# $$d\mathbf a = d\mathbf h \odot (1 - \mathbf h \odot \mathbf h)$$
#
# $\odot$ multiplies entry by entry. So the forward pass keeps $\mathbf h$ and may forget $\mathbf a$.
#
# **Predict.** A unit has the output $0.999$. How much of what arrives gets through to its weights?
#
# Write `tanh_backward` for arrays of any shape.

# %% solution="tanh_backward"
def tanh_backward(dh, h):
    """Gradient with respect to the scores: dh (...), h (...), the output of tanh -> da (...)."""
    ### BEGIN SOLUTION
    return dh * (1 - h ** 2)
    ### END SOLUTION

# %% check="tanh_backward"
check.backward(tanh, tanh_backward, affine(x, w1, b1), from_output=True)

# %% test="tanh_backward" points=2
# 2 points: here on four units, after you hand in on more
report = check.example(
    tanh_backward, (np.array([1.0, 1.0, 2.0, -1.0]), np.array([0.0, 0.5, -0.5, 1.0])),
    {"da": [1, 0.75, 1.5, 0]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "tanh_backward", tanh_backward)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 3. Where the backward pass starts
#
# The loss is half the squared error of an example, added up over its $K$ outputs, mean over the $N$ examples:
#
# $$L = \frac{1}{2N} \sum_{n=1}^{N} \sum_{k=1}^{K} \big(\hat y_{nk} - y_{nk}\big)^2, \qquad
# d\hat Y = \frac{1}{N} \big(\hat Y - Y\big)$$
#
# This is the only place of the whole backward pass where $N$ is divided by.
#
# **Predict.** In a batch of four, one pitch is predicted 2 too high. What is the gradient of that prediction? What
# would it be if the bell were alone?
#
# Write `squared_error_backward`.

# %% solution="squared_error_backward"
def squared_error_backward(y_hat, y):
    """Gradient of the loss with respect to the predictions: y_hat (N, K), y (N, K) -> dy_hat (N, K)."""
    ### BEGIN SOLUTION
    return (y_hat - y) / len(y)
    ### END SOLUTION

# %% check="squared_error_backward"
predicted, measured = np.random.default_rng(3).standard_normal((2, 5, 3))
check.gradient(squared_error, squared_error_backward, predicted, measured, of="y_hat")

# %% test="squared_error_backward" points=3
# 3 points: here on four examples with two outputs, after you hand in on more
report = check.example(
    squared_error_backward,
    (np.array([[3.0, 0.0], [1.0, 2.0], [0.0, -1.0], [2.0, 2.0]]),      # y_hat
     np.array([[1.0, 1.0], [1.0, 0.0], [2.0, -1.0], [2.0, 4.0]])),     # y
    {"dy_hat": [[0.5, -0.25], [0, 0.5], [-0.5, 0], [0, -0.5]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "squared_error_backward", squared_error_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 4. The whole way back
#
# Forward, the network computes
#
# $$A = X W_1^{\mathsf T} + \mathbf b_1, \qquad H = \tanh(A), \qquad \hat Y = H W_2^{\mathsf T} + \mathbf b_2$$
#
# and the loss of task 3. Backward, you walk through the same lines from the last to the first. Each line is one of your
# functions, and each takes what the one before it returned:
#
# $$d\hat Y \;\to\; dH,\, dW_2,\, d\mathbf b_2 \;\to\; dA \;\to\; dW_1,\, d\mathbf b_1$$
#
# **Predict.** The graded cell below holds two examples with one prediction each. The first is 0.5 too high, the second 1.5
# too low. Is $d\mathbf b_2$ positive or negative?
#
# Write `network_gradient`: the forward pass with `affine` and `tanh`, then the way back with your three functions.

# %% solution="network_gradient"
def network_gradient(x, y, w1, b1, w2, b2):
    """Gradients of the loss: x (N, D), y (N, K) and the parameters -> dw1 (M, D), db1 (M,), dw2 (K, M), db2 (K,)."""
    ### BEGIN SOLUTION
    h = tanh(affine(x, w1, b1))                                  # (N, M)
    y_hat = affine(h, w2, b2)                                    # (N, K)
    dy_hat = squared_error_backward(y_hat, y)
    dh, dw2, db2 = affine_backward(dy_hat, h, w2, b2)
    da = tanh_backward(dh, h)
    dx, dw1, db1 = affine_backward(da, x, w1, b1)
    return dw1, db1, dw2, db2
    ### END SOLUTION

# %% check="network_gradient"
check.gradient(loss, network_gradient, x, y, w1, b1, w2, b2, of="w1 b1 w2 b2")

# %% test="network_gradient" points=5
# 5 points: here on two examples, two inputs, two units and one output, after you hand in on more
report = check.example(
    network_gradient,
    (np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[2.0], [5.0]]),     # x, y
     np.array([[1.0, -1.0], [0.5, 0.5]]), np.zeros(2),                 # w1, b1
     np.array([[1.0, 2.0]]), np.ones(1)),                             # w2, b2
    {"dw1": [[0.1547, 0.2616], [-1.0509, 0.2197]], "db1": [0.2082, -0.4156],
     "dw2": [[-0.7292, -0.3768]], "db2": [-0.4948]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "network_gradient", network_gradient)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 5. A witness who knows no formula
#
# All along, the self-check has judged your gradients. Now you write it yourself. For every weight $w$ of $W_1$ it moves that
# weight alone, up and down by a step $\varepsilon$, and watches the loss:
#
# $$\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2\, \varepsilon}$$
#
# This is the **central difference**. The other three arrays go the same way, so $W_1$ is enough.
#
# **Predict.** Your function calls `loss` twice for every weight. How often would it call it for a network with 159,010
# parameters? How many forward passes did your backward pass of task 4 cost?
#
# Write `numerical_gradient`. It uses `loss`, and none of your functions: a witness must not ask the defendant.

# %% solution="numerical_gradient"
def numerical_gradient(x, y, w1, b1, w2, b2, step=1e-5):
    """Central differences of the loss with respect to w1: the arguments of loss, and a step -> dw1 (M, D)."""
    ### BEGIN SOLUTION
    dw1 = np.zeros(w1.shape)
    for m, d in np.ndindex(w1.shape):
        moved = w1.copy()
        moved[m, d] = w1[m, d] + step
        above = loss(x, y, moved, b1, w2, b2)
        moved[m, d] = w1[m, d] - step
        below = loss(x, y, moved, b1, w2, b2)
        dw1[m, d] = (above - below) / (2 * step)
    return dw1
    ### END SOLUTION

# %% check="numerical_gradient"
check.gradient(loss, numerical_gradient, x, y, w1, b1, w2, b2, of="w1")

# %% test="numerical_gradient" points=4
# 4 points: here on the example of task 4 with a step that is much too large, after you hand in on more
report = check.example(
    numerical_gradient,
    (np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[2.0], [5.0]]),
     np.array([[1.0, -1.0], [0.5, 0.5]]), np.zeros(2),
     np.array([[1.0, 2.0]]), np.ones(1), 0.5),
    {"dw1": [[0.0552, 0.2418], [-1.8347, 0.1627]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "numerical_gradient", numerical_gradient)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. Any number of layers
#
# Layer $l$ reads $H_{l-1}$ and puts out $H_l$, and the first one reads the inputs, $H_0 = X$. All layers but the last have
# tanh units:
#
# $$H_l = \tanh\!\big( H_{l-1} W_l^{\mathsf T} + \mathbf b_l \big) \quad (l < L), \qquad
# \hat Y = H_{L-1} W_L^{\mathsf T} + \mathbf b_L$$
#
# However many there are, the parameters are one long vector $\theta$: the rows of $W_1$, then $\mathbf b_1$, then those of
# $W_2$, and so on. `sizes` holds the inputs, the units of every hidden layer, and the outputs. `unpacked` cuts $\theta$
# apart. The way back needs what every layer has read: $H_0, \dots, H_{L-1}$, side by side in one array `kept`. `cut` takes
# that apart.
#
# **Predict.** How many numbers does $\theta$ have for `sizes` 4, 3, 3, 2? How many columns has `kept`?
#
# Write `deep_forward` as a loop over `unpacked(sizes, theta)`. It works for a single layer, and for twenty.

# %% locked="deep"
def unpacked(sizes, theta):
    """The layers [(w, b), ...] in one vector of parameters: sizes (L + 1,), theta (P,) -> w (M, D) and b (M,) of each."""
    layers, start = [], 0
    for D, M in zip(sizes[:-1], sizes[1:]):
        w, b = theta[start:start + M * D], theta[start + M * D:start + M * D + M]
        layers.append((w.reshape(M, D), b))
        start += M * D + M
    return layers


def cut(kept, sizes):
    """What every layer has read, [x, h1, ...]: kept (N, S), sizes (L + 1,) -> arrays (N, D), (N, M), ..."""
    return np.split(kept, np.cumsum(sizes[:-2]), axis=1)

# %% solution="deep_forward"
def deep_forward(x, sizes, theta):
    """Predictions, and what the layers have read: x (N, D), sizes (L + 1,), theta (P,) -> y_hat (N, K), kept (N, S)."""
    ### BEGIN SOLUTION
    *hidden, (w, b) = unpacked(sizes, theta)
    read = [x]
    for w_l, b_l in hidden:
        read.append(tanh(affine(read[-1], w_l, b_l)))
    return affine(read[-1], w, b), np.hstack(read)
    ### END SOLUTION

# %% check="deep_forward"
sizes, theta = np.array([4, 3, 2]), np.concatenate([w1.ravel(), b1, w2.ravel(), b2])      # the network of task 4
display(check.example(deep_forward, (x, sizes, theta), {
    "y_hat": affine(tanh(affine(x, w1, b1)), w2, b2), "kept": np.hstack([x, tanh(affine(x, w1, b1))])}))
check.example(deep_forward, (np.array([[1.0, 0.0]]), np.array([2, 1, 1, 1]),
                             np.array([0.5, 1.0, 0.0, 2.0, -1.0, 3.0, 1.0])),
              {"y_hat": [[0.7731]], "kept": [[1, 0, 0.4621, -0.0756]]}, tolerance=5e-5)

# %% test="deep_forward" points=4
# 4 points: here on two examples and three layers, after you hand in on more
report = check.example(
    deep_forward, (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([2, 2, 2, 1]),
                   np.array([1.0, 0.0, 0.0, 0.5, 0.0, 0.5, 1.0, -1.0, 0.5, 1.0, 0.0, -1.0, 2.0, 1.0, 0.5])),
    {"y_hat": [[0.4932], [-0.2616]],
     "kept": [[1, 2, 0.7616, 0.9051, -0.1426, 0.2784], [0, -1, 0, 0, 0, -0.7616]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "deep_forward", deep_forward)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 7. Any number of layers, back
#
# Task 4 once more, as a loop that runs backwards. Each layer gets the gradient of its scores, and makes three of it: two
# stay, those of its weights and biases, and the third is passed to the layer before it, whose tanh lies on the way:
#
# $$dA_L = d\hat Y, \qquad dA_l \to dH_{l-1},\, dW_l,\, d\mathbf b_l, \qquad
# dA_{l-1} = dH_{l-1} \odot (1 - H_{l-1} \odot H_{l-1})$$
#
# At the end $dH_0$ is the gradient of the inputs. No tanh stands before it.
#
# **Predict.** The loop finds $dW_L$ first. Where in $d\theta$ does it belong?
#
# Write `deep_backward` with your `affine_backward` and `tanh_backward`. `dtheta` is one vector, in the order of `theta`.

# %% solution="deep_backward"
def deep_backward(dy_hat, kept, x, sizes, theta):
    """Gradients: dy_hat (N, K), kept (N, S), x (N, D), sizes (L + 1,), theta (P,) -> dx (N, D), dtheta (P,)."""
    ### BEGIN SOLUTION
    layers, read = unpacked(sizes, theta), cut(kept, sizes)
    found, da = [], dy_hat
    for number in reversed(range(len(layers))):
        dh, dw, db = affine_backward(da, read[number], *layers[number])
        found = [dw.ravel(), db, *found]                 # the first layer's come first
        da = tanh_backward(dh, read[number])
    return dh, np.concatenate(found)
    ### END SOLUTION

# %% check="deep_backward"
display(check.backward(deep_forward, deep_backward, x, sizes, theta, of="x theta"))
deep, long = np.array([4, 3, 2, 3]), np.random.default_rng(7).standard_normal(32)
check.backward(deep_forward, deep_backward, x, deep, long, of="x theta")

# %% test="deep_backward" points=5
# 5 points: here on the layers of task 6, with rounder numbers in kept; after you hand in on more
report = check.example(
    deep_backward, (np.array([[2.0], [-2.0]]), np.array([[1.0, 2.0, 0.5, 0.0, -0.5, 0.5], [0.0, -1.0, 0.0, 0.8, 0.5, 0.0]]),
                    np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([2, 2, 2, 1]),
                    np.array([1.0, 0.0, 0.0, 0.5, 0.0, 0.5, 1.0, -1.0, 0.5, 1.0, 0.0, -1.0, 2.0, 1.0, 0.5])),
    {"dx": [[2.8125, -0.75], [-4, 0.18]],
     "dtheta": [2.8125, 9.625, -1.5, -3.36, -1.1875, -1.14, 1.5, -2.4, 0.75, -1.6, 0, -0.5, -2, 1, 0]},
    tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("05_backprop", "deep_backward", deep_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 8. How far apart are your two gradients?
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
#
# You have found $dW_1$ in two ways that share no line. One is exact, the other has a step.
#
# **Predict.** Sketch the largest difference between them, for steps from $10^{-12}$ to 1. Is smaller always better?

# %% tags=["skip-execution"]
exact = network_gradient(x, y, w1, b1, w2, b2)[0]
steps = 10.0 ** np.arange(-12, 0.5, 0.5)
gaps = [np.abs(numerical_gradient(x, y, w1, b1, w2, b2, step) - exact).max() for step in steps]

plt.loglog(steps, gaps, "o-")
plt.gca().set(xlabel="step", ylabel="largest difference",
              title="Two gradients of the same weights")
print(f"They are closest with a step of {steps[np.argmin(gaps)]:.0e}.")

# %% [markdown]
# **Explain.** On the right, ten times the step makes the difference a hundred times larger. Which formula of the chapter
# says so? On the left, the curve rises again. How many digits do $L(w + \varepsilon)$ and $L(w - \varepsilon)$ have in
# common when $\varepsilon$ is $10^{-12}$, and how many are left for their difference?
#
# ## 9. Your backward pass reads digits
#
# The 8 x 8 digits again, and now a network: 64 pixels, 32 tanh units, 10 scores. `nnlib.using` puts your functions in
# the place of the library's while the network trains, so that every gradient of every weight is made by you. Only the
# start of the backward pass is the library's: ten classes need the softmax of chapter 2 and not the squared error.
#
# **Predict.** The ten classifiers of the assignment on logistic regression read about 97 % of the test images. Does a
# hidden layer do better?

# %% tags=["skip-execution"]
digits, test_digits = nnlib.data.digits()


def train_digits(**functions):
    """A network trained with these functions in the place of the library's, and its history."""
    rng = np.random.default_rng(0)
    net = nnlib.Sequential(
        nnlib.Affine(64, 32, rng=rng), nnlib.Tanh(), nnlib.Affine(32, 10, rng=rng))
    with nnlib.using(**functions):
        history = nnlib.fit(
            net, digits, loss=nnlib.SoftmaxCrossEntropy(), optimizer=nnlib.SGD(learning_rate=0.3),
            epochs=40, batch_size=50, validation=test_digits, rng=rng)
    return net, history


net, history = train_digits(affine_backward=affine_backward, tanh_backward=tanh_backward)
print(f"{history.validation_accuracy[-1]:.1%} of the {len(test_digits[1])} test images are read correctly.")

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
nnlib.plot.learning_curves({"your backward pass": history}, ax=left)
nnlib.plot.confusion_matrix(test_digits[1], net.forward(test_digits[0]).argmax(axis=1), ax=right);

# %% [markdown]
# **Explain.** Every number off the diagonal is a misread digit: its row says what it is, its column what your network
# took it for. Which pair is confused most, and would you have confused it too?
#
# Now the network of tasks 6 and 7, with three hidden layers, and nothing of the library but the loss. All parameters are one
# vector, so that a step of gradient descent is one line, however deep the network is.
#
# **Predict.** Does the deeper network read more of the digits?

# %% tags=["skip-execution"]
rng, softmax = np.random.default_rng(0), nnlib.SoftmaxCrossEntropy()
sizes = np.array([64, 32, 32, 32, 10])
theta = np.concatenate([part for D, M in zip(sizes[:-1], sizes[1:])
                        for part in (rng.standard_normal(M * D) / np.sqrt(D), np.zeros(M))])
images, labels = digits
for epoch in range(40):
    for batch in np.split(rng.permutation(len(labels)), range(50, len(labels), 50)):
        y_hat, kept = deep_forward(images[batch], sizes, theta)
        softmax.forward(y_hat, labels[batch])
        dx, dtheta = deep_backward(softmax.backward(), kept, images[batch], sizes, theta)
        theta = theta - 0.1 * dtheta

deep_right = np.mean(deep_forward(test_digits[0], sizes, theta)[0].argmax(axis=1) == test_digits[1])
print(f"{len(theta):,} parameters in four layers: {deep_right:.1%} of the test images are read correctly.")

# %% [markdown]
# **Explain.** A digit of 8 x 8 pixels asks little. What could a third hidden layer add here, and what does it cost?
#
# ## 10. How much does one forgotten factor cost?
#
# Leave out the slope of tanh, a common mistake in task 4: the hidden layer then gets $dH$ in the place of $dA$.
#
# **Predict.** Does the network learn nothing, learn worse, or learn as well?

# %% tags=["skip-execution"]
def without_slope(dh, h):
    """A wrong tanh_backward: what arrives goes through untouched."""
    return dh.copy()


_, wrong = train_digits(affine_backward=affine_backward, tanh_backward=without_slope)
nnlib.plot.learning_curves({"your backward pass": history, "without the slope": wrong})
print(f"right gradient: {history.validation_accuracy[-1]:.1%}, "
      f"without the slope: {wrong.validation_accuracy[-1]:.1%}")

# %% [markdown] written="no_proof" points=2
# **Explain.** The slope of tanh lies between 0 and 1. Take one example alone: does leaving the slope out change the signs
# in $d\mathbf a$, or the sizes? So why does the network still learn, and what would have shown that its gradient is wrong?
#
# ### BEGIN SOLUTION
# The slope is positive, so no sign in $d\mathbf a$ changes, only sizes: the step of each unit still goes downhill for that
# example. A network that learns is therefore no proof. A comparison with central differences, task 5, shows the mistake at
# once, in every entry.
# ### END SOLUTION
