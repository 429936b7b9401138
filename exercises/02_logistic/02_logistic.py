# %% [markdown]
# # Logistic regression, one gradient at a time
#
# You write logistic regression from nothing: five short functions for two classes, and three more for any number of them.
# Then your functions read handwritten digits.
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes |
# | **You need** | the chapter [Logistic regression and gradient descent](../../book/02_logistic.md) |
# | **You write** | `sigmoid`, `loss`, `gradient`, `step`, `train`; `log_sum_exp`, `cross_entropy` and its gradient |
# | **Points** | 26: 2 + 3 + 4 + 3 + 4 + 3 + 3 + 4 |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on the example of the
# chapter. After you hand in, it also tests other inputs: other sizes, a single example, very large scores. Each output
# earns its own points. Loops, NumPy or `@njit`: every correct answer counts. Functions return new arrays and leave
# their arguments as they are, which earns half a point or one in every task. A gradient has to be a formula: for some
# inputs a difference of two values, divided by a step, is far off.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("sigmoid")` in a cell of your own gives
# hints in steps. Then take the example with three rows and do it with a pencil. Then ask: in the forum, show the
# *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# the example of the chapter: three examples with two inputs each
x = np.array([[0.5, -0.35],
              [-0.1, 0.1],
              [-1.2, 1.0]])
w = np.array([-1.0, 1.0])
b = 0.0
y = np.array([0.0, 0.0, 1.0])

# %% [markdown]
# ## 1. From a score to a probability
#
# The score of an example is $a = w \cdot x + b$. It can be any number. The sigmoid squeezes it between 0 and 1:
#
# $$\sigma(a) = \frac{1}{1 + e^{-a}} = \frac{e^{a}}{1 + e^{a}}$$
#
# The two forms are equal on paper. On a computer, $e^{1000}$ is infinite.
#
# **Predict.** Which form survives $a = 1000$? Which one $a = -1000$?
#
# Write `sigmoid` for an array of any shape. Its values are right, and never NaN, for scores of any size.

# %% solution="sigmoid"
def sigmoid(a):
    """Probability for every score: a (...) -> h (...)."""
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(a))                   # at most 1, so nothing overflows
    return np.where(a >= 0, 1, e) / (1 + e)
    ### END SOLUTION

# %% check="sigmoid"
scores = np.array([[-1000.0, -1.0, 0.0], [0.0, 1.0, 1000.0]])
check.example(sigmoid, (scores,), {"h": [[0, 0.268941, 0.5], [0.5, 0.731059, 1]]})

# %% test="sigmoid" points=2
# 2 points: here on the scores of the example, after you hand in on more
scores = np.array([-0.85, 0.2, 2.2])
report = check.example(sigmoid, (scores,), {"h": [0.2994, 0.5498, 0.9002]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "sigmoid", sigmoid)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 2. How wrong is a probability?
#
# The loss of an example is $-\log p$ if its label is 1, and $-\log(1 - p)$ if its label is 0, with $p = \sigma(a)$.
# Write both in terms of the score and they become one line. The loss of a batch is the mean:
#
# $$L = \frac{1}{N} \sum_{n=1}^{N} \Big[ \log\!\big(1 + e^{a_n}\big) - y_n a_n \Big],
# \qquad a_n = w \cdot x_n + b$$
#
# **Predict.** An example has label 0 and score $1000$. What is its loss? What do you get if you compute $p$ first
# and then $-\log(1 - p)$?
#
# Write `loss`. It is right for scores of $\pm 1000$ too. `np.logaddexp(u, v)` computes $\log(e^u + e^v)$ without overflow.

# %% solution="loss"
def loss(x, w, b, y):
    """Mean loss in nats: x (N, D), w (D,), b a number, y (N,) -> a number."""
    ### BEGIN SOLUTION
    scores = x @ w + b
    return np.mean(np.logaddexp(0, scores) - y * scores)
    ### END SOLUTION

# %% check="loss"
far = np.array([[998.0], [-1002.0], [0.0]])      # w = 1 and b = 2: scores 1000, -1000 and 2
check.example(loss, (far, np.array([1.0]), 2.0, np.array([0.0, 0.0, 1.0])), {"loss": 333.3756}, tolerance=5e-5)

# %% test="loss" points=3
# 3 points: here on the example of the chapter, after you hand in on more
report = check.example(loss, (x, w, b, y), {"loss": 0.4197}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "loss", loss)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. Which way is uphill?
#
# The gradient has one entry for every parameter: how fast the loss grows when that parameter grows. The chapter
# derives it. The error of each example, prediction minus label, is passed back to the inputs it came from:
#
# $$\frac{\partial L}{\partial w_d} = \frac{1}{N} \sum_{n=1}^{N} \big(\sigma(a_n) - y_n\big)\, x_{n,d},
# \qquad
# \frac{\partial L}{\partial b} = \frac{1}{N} \sum_{n=1}^{N} \big(\sigma(a_n) - y_n\big)$$
#
# **Predict.** Two of the three labels are 0, and the scores are -0.85, 0.2 and 2.2. Is
# $\partial L / \partial b$ positive or negative?
#
# Write `gradient`. The self-check nudges every entry of `w` and `b` up and down, watches *your* `loss`, and compares.

# %% solution="gradient"
def gradient(x, w, b, y):
    """Gradient of the mean loss: x (N, D), w (D,), b a number, y (N,) -> dw (D,), db a number."""
    ### BEGIN SOLUTION
    error = sigmoid(x @ w + b) - y           # (N,)
    dw = error @ x / len(y)                  # (D,)
    db = error.mean()
    return dw, db
    ### END SOLUTION

# %% check="gradient"
check.gradient(loss, gradient, x, w, 0.5, y, of="w b")

# %% test="gradient" points=4
# 4 points: here on the example of the chapter, after you hand in on more
report = check.example(gradient, (x, w, b, y),
                       {"dw": [0.071, -0.050], "db": 0.250}, tolerance=5e-4)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "gradient", gradient)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 4. One step downhill
#
# Take both gradients where you stand. Then move against them, by the learning rate $\eta$:
#
# $$w \leftarrow w - \eta\, \frac{\partial L}{\partial w}, \qquad b \leftarrow b - \eta\, \frac{\partial L}{\partial b}$$
#
# **Predict.** With $\eta = 3$, does the loss of 0.4197 halve in one step?
#
# Write `step`. It returns the new `w` and `b` and leaves the old ones as they are.

# %% solution="step"
def step(x, w, b, y, learning_rate):
    """One step of gradient descent: the new w (D,) and b."""
    ### BEGIN SOLUTION
    dw, db = gradient(x, w, b, y)
    return w - learning_rate * dw, b - learning_rate * db
    ### END SOLUTION

# %% check="step"
check.example(step, (x, w, 0.5, y, 2.0),
              {"w": [-1.1436, 1.0939], "b": -0.1791}, tolerance=5e-5)

# %% test="step" points=3
# 3 points: here on the example of the chapter, after you hand in on more
report = check.example(step, (x, w, b, y, 3.0),
                       {"w": [-1.2144, 1.1496], "b": -0.7495}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "step", step)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 5. Many steps
#
# Training repeats the step. In every turn you first record the loss where you stand, then you step. So `losses[0]` is
# the loss of the `w` and `b` you were given, and `losses` has as many entries as there are steps.
#
# Write `train`. It returns the final `w` and `b`, and the losses.

# %% solution="train"
def train(x, w, b, y, learning_rate, steps):
    """Gradient descent from w and b on: the final w (D,), the final b, the losses (steps,)."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        losses.append(loss(x, w, b, y))
        w, b = step(x, w, b, y, learning_rate)
    return w, b, np.array(losses)
    ### END SOLUTION

# %% check="train"
check.example(train, (x, w, 0.5, y, 2.0, 3),
              {"w": [-1.3796, 1.2625], "b": -0.9237, "losses": [0.5672, 0.3638, 0.2714]},
              tolerance=5e-5)

# %% test="train" points=4
# 4 points: here on the example of the chapter, after you hand in on more
report = check.example(train, (x, w, b, y, 3.0, 2),
                       {"w": [-1.4125, 1.2985], "b": -1.1359, "losses": [0.4197, 0.2577]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "train", train)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. The logarithm of a sum
#
# With $K$ classes there are $K$ scores, and softmax makes probabilities of them: $p_k = e^{a_k} / \sum_j e^{a_j}$. Its
# logarithm is $a_k - \log \sum_j e^{a_j}$. The last term is called **log-sum-exp**. On a computer $e^{1000}$ is infinite,
# and $e^{-1000}$ is 0. But with $m$ the largest of the scores,
#
# $$\log \sum_j e^{a_j} = m + \log \sum_j e^{a_j - m}$$
#
# **Predict.** All $K$ scores are 5. What is the result? What is it, to three digits, if the scores are 1000, 0 and 0?
#
# Write `log_sum_exp` for a table of scores. With `axis=1` every row is summed by itself, with `axis=0` every column.

# %% solution="log_sum_exp"
def log_sum_exp(a, axis):
    """log of the sum of exp along an axis, 0 or 1: a (N, K) -> lse (K,) for axis 0, (N,) for axis 1."""
    ### BEGIN SOLUTION
    m = a.max(axis=axis, keepdims=True)                   # (1, K) or (N, 1)
    return m.squeeze(axis) + np.log(np.exp(a - m).sum(axis=axis))
    ### END SOLUTION

# %% check="log_sum_exp"
scores = np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0], [-1.0, 0.0, 4.0], [1.0, 1.0, 0.0]])
display(check.example(log_sum_exp, (scores, 1), {"lse": [2.4076, 4.0986, 4.0247, 1.862]}, tolerance=5e-5))
display(check.example(log_sum_exp, (scores, 0), {"lse": [3.1852, 3.278, 4.4197]}, tolerance=5e-5))
far = np.array([[1000.0, 1000.0, 0.0], [-1000.0, -1001.0, -1003.0], [-900.0, 0.0, 1000.0]])
check.example(log_sum_exp, (far, 1), {"lse": [1000.6931, -999.651, 1000]}, tolerance=5e-5)

# %% test="log_sum_exp" points=3
# 3 points: here on two rows, after you hand in on more
report = check.example(log_sum_exp, (np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 4.0]]), 1),
                       {"lse": [2.0986, 4.1429]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "log_sum_exp", log_sum_exp)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 7. How wrong is a distribution?
#
# The label of an example is the number of its class now, $0$ to $K - 1$. The loss of the example is minus the logarithm of
# the probability that its own class gets, and the loss of a batch is the mean:
#
# $$L = -\frac{1}{N} \sum_{n=1}^{N} \log p_{n, y_n}
# = \frac{1}{N} \sum_{n=1}^{N} \Big[ \log \sum_{k} e^{a_{nk}} - a_{n, y_n} \Big]$$
#
# **Predict.** Ten classes, and all scores are 0. What is the loss, whatever the labels are?
#
# Write `cross_entropy`. It needs no probability, and is right for scores of any size. `a[rows, columns]`, with two arrays
# of numbers, takes one entry for each pair of them.

# %% solution="cross_entropy"
def cross_entropy(a, y):
    """Mean loss in nats: scores a (N, K), y (N,) whole numbers from 0 to K - 1 -> a number."""
    ### BEGIN SOLUTION
    right = a[np.arange(len(y)), y]                       # the score of each example's own class
    return np.mean(log_sum_exp(a, 1) - right)
    ### END SOLUTION

# %% check="cross_entropy"
display(check.example(cross_entropy, (scores, np.array([1, 0, 2, 0])), {"loss": 0.8482}, tolerance=5e-5))
check.example(cross_entropy, (far, np.array([2, 0, 2])), {"loss": 333.6807}, tolerance=5e-5)

# %% test="cross_entropy" points=3
# 3 points: here on two examples with three classes, after you hand in on more
report = check.example(cross_entropy, (np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 0.0]]), np.array([0, 2])),
                       {"loss": 0.9076}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "cross_entropy", cross_entropy)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 8. Prediction minus truth, once more
#
# Differentiate the loss of task 7 with respect to a score. The first term gives a probability of the softmax, the second one
# a 1 where the class is the right one. The chapter shows each step:
#
# $$da_{nk} = \frac{1}{N} \big( p_{nk} - [k = y_n] \big), \qquad p_{nk} = \frac{e^{a_{nk}}}{\sum_j e^{a_{nj}}}$$
#
# Here $[k = y_n]$ is 1 if $k$ is the right class, else 0.
#
# **Predict.** What is the sum of each row of $da$? Which entries of a row are negative?
#
# Write `cross_entropy_backward`. With your `log_sum_exp`, the probabilities are right for scores of any size.

# %% solution="cross_entropy_backward"
def cross_entropy_backward(a, y):
    """Gradient of the mean loss: scores a (N, K), y (N,) whole numbers from 0 to K - 1 -> da (N, K)."""
    ### BEGIN SOLUTION
    da = np.exp(a - log_sum_exp(a, 1)[:, None])           # the probabilities, (N, K)
    da[np.arange(len(y)), y] -= 1
    return da / len(y)
    ### END SOLUTION

# %% check="cross_entropy_backward"
display(check.gradient(cross_entropy, cross_entropy_backward, scores, np.array([1, 0, 2, 0]), of="a"))
check.example(cross_entropy_backward, (far, np.array([2, 0, 2])),
              {"da": [[0.1667, 0.1667, -0.3333], [-0.0982, 0.0865, 0.0117], [0, 0, 0]]}, tolerance=5e-5)

# %% test="cross_entropy_backward" points=4
# 4 points: here on two examples with three classes, after you hand in on more
report = check.example(
    cross_entropy_backward, (np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 0.0]]), np.array([0, 2])),
    {"da": [[-0.1674, 0.045, 0.1224], [0.3326, 0.045, -0.3776]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("02_logistic", "cross_entropy_backward", cross_entropy_backward)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 9. Your code reads digits
#
# No points from here on, only the reward: these cells are not run when your notebook is graded.
# `nnlib.data.digits()` holds 1,797 handwritten digits of 8 x 8 pixels. Every image is one row
# of 64 numbers between 0 (paper) and 1 (ink).

# %% tags=["skip-execution"]
(digits, labels), (test_digits, test_labels) = nnlib.data.digits()

fig, axes = plt.subplots(1, 10, figsize=(10, 1.4))
for digit, ax in enumerate(axes):
    ax.imshow(digits[labels == digit][0].reshape(8, 8), cmap="gray_r")
    ax.set(xticks=[], yticks=[], title=digit)

# %% [markdown]
# Your classifier answers yes or no. For ten digits you train it ten times: "is it a 0?", "is it a 1?", and so on.
# The answer is the question with the largest score.
#
# **Predict.** Write down two numbers before you run the next cell: the accuracy on the 360 test images, and the digit
# that is hardest to recognise. Random guessing gets 10 %.

# %% tags=["skip-execution"]
weights, biases = np.zeros((10, 64)), np.zeros(10)
for digit in range(10):
    yes = (labels == digit).astype(float)
    weights[digit], biases[digit], losses = train(
        digits, np.zeros(64), 0.0, yes, learning_rate=2.0, steps=300)
    plt.plot(losses, color="gray")
    plt.text(len(losses) + 10 * (digit % 3), losses[-1], digit)
plt.gca().set(xlabel="step", ylabel="loss (nats)", yscale="log",
              title="Ten classifiers learn, each its own digit")

guesses = (test_digits @ weights.T + biases).argmax(axis=1)
right = guesses == test_labels
print(f"{right.mean():.1%} of the {len(right)} test images are read correctly.")
for digit in range(10):
    print(f"    {digit}: {right[test_labels == digit].mean():.0%}")

# %% [markdown]
# Ten classifiers that know nothing of each other have never agreed on a probability. The softmax trains all ten rows of
# weights at once, with your gradient of the cross-entropy.
#
# **Predict.** Which of the two reads more of the test images?

# %% tags=["skip-execution"]
together, offsets, curve = np.zeros((10, 64)), np.zeros(10), []
for _ in range(300):
    scores = digits @ together.T + offsets
    curve.append(cross_entropy(scores, labels))
    da = cross_entropy_backward(scores, labels)
    together, offsets = together - 2.0 * da.T @ digits, offsets - 2.0 * da.sum(axis=0)

right_together = (test_digits @ together.T + offsets).argmax(axis=1) == test_labels
print(f"Ten classifiers: {right.mean():.1%}. All ten at once: {right_together.mean():.1%}.")
print(f"The loss fell from {curve[0]:.4f}, which is log 10, to {curve[-1]:.4f} nats.")

# %% [markdown]
# **Explain.** Here are the ten weight vectors as images. Orange pixels are ink that speaks *for* the digit, purple
# pixels ink that speaks *against* it. Where does the classifier for 0 punish ink, and why? Below are some test images
# that it gets wrong. Would you read them correctly?

# %% tags=["skip-execution"]
largest = np.abs(weights).max()
fig, axes = plt.subplots(2, 10, figsize=(10, 2.6))
for digit, ax in enumerate(axes[0]):
    ax.imshow(weights[digit].reshape(8, 8), cmap="PuOr_r", vmin=-largest, vmax=largest)
    ax.set(title=digit)
for n, ax in zip(np.flatnonzero(~right), axes[1]):
    ax.imshow(test_digits[n].reshape(8, 8), cmap="gray_r")
    ax.set(xlabel=f"{test_labels[n]}, not {guesses[n]}")
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])

# %% [markdown]
# ## 10. Your sigmoid inside a network
#
# Is the digit odd? No single weight image can tell: 1 and 7 look alike, but 3, 5 and 9 share little with them.
# A network of 32 units of yours, and one more on top, learns its own images. `nnlib.using` puts your functions in the
# place of the library's while the network trains. What it needs from you is the sigmoid, and the gradient of the loss
# with respect to the scores, which is the error from task 3.
#
# **Predict.** Your `train` alone reaches about 90 % on this question. How far does the network get?

# %% tags=["skip-execution"]
def error_of_scores(a, y):
    """Gradient of the mean loss with respect to the scores: a (N,), y (N,) -> da (N,)."""
    return (sigmoid(a) - y) / len(y)


odd, test_odd = labels % 2, test_labels % 2
w_odd, b_odd, _ = train(
    digits, np.zeros(64), 0.0, odd.astype(float), learning_rate=2.0, steps=300)
alone = np.mean((test_digits @ w_odd + b_odd > 0) == test_odd)

rng = np.random.default_rng(0)
net = nnlib.Sequential(
    nnlib.Affine(64, 32, rng=rng), nnlib.Sigmoid(), nnlib.Affine(32, 1, rng=rng))
with nnlib.using(sigmoid_forward=sigmoid, binary_cross_entropy_backward=error_of_scores):
    history = nnlib.fit(
        net, (digits, odd), loss=nnlib.BinaryCrossEntropy(),
        optimizer=nnlib.SGD(learning_rate=2.0), epochs=40, batch_size=50,
        validation=(test_digits, test_odd), rng=rng)

print(f"One unit:            {alone:.1%}")
print(f"32 units, then one:  {history.validation_accuracy[-1]:.1%}")

# %% [markdown]
# **Explain.** The output unit is the same logistic regression in both cases. What does it look at in the network that
# it cannot see alone? The next chapters answer how the gradient finds its way through the 32 units in the middle.
