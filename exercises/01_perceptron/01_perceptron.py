# %% [markdown]
# # The perceptron, one decision at a time
#
# You write a perceptron that learns, measure how safely it decides, and build by hand what no single perceptron can do.
# Then a layer of your perceptrons reads handwritten digits.
#
# | | |
# |---|---|
# | **Time** | 75 to 105 minutes |
# | **You need** | the chapter [The perceptron and the sigmoid neuron](../../book/01_perceptron.md) |
# | **You write** | `decide`, `step`, `epoch`, `margin`, `gate`, `network`, `contest` |
# | **Points** | 27: 3 + 3 + 4 + 3 + 4 + 4 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on an example.
# After you hand in, it also tests other inputs: other sizes, a single example, scores of exactly 0. Each output
# earns its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`:
# every correct answer counts. Tasks 5 and 6 have many right answers, and each of them counts too.
# The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("decide")` in a cell of your own gives
# hints in steps. Then draw two inputs as a plane, and the perceptron as a line in it. Then ask: in the forum, show the
# *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# the eight Saturdays of the chapter: weather, friend, commute, and the decisions with threshold 3
saturdays = np.array([[0.0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1],
                      [1.0, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
keen = np.array([0.0, 0, 0, 1, 1, 1, 1, 1])


def corners(D):
    """All patterns of D zeros and ones, one per row: (2^D, D)."""
    return np.indices((2,) * D).reshape(D, -1).T

# %% [markdown]
# ## 1. Many decisions at once
#
# A perceptron adds up its inputs, each times its weight, and the bias. The sum is its score, equation (1.3) of the
# chapter:
#
# $$a_n = \mathbf w \cdot \mathbf x_n + b,
# \qquad h_n = \begin{cases} 1 & \text{if } a_n > 0 \\ 0 & \text{otherwise} \end{cases}$$
#
# A score of exactly 0 does not fire. The outputs are the numbers 1 and 0, because later tasks calculate with them.
#
# **Predict.** The weights are (6, 2, 2) and the bias is -4. What does the perceptron say to the Saturday (0, 1, 1)?
#
# Write `decide` for all examples at once.

# %% solution="decide"
def decide(x, w, b):
    """Decisions of a perceptron: x (N, D), w (D,), b a number -> h (N,), of ones and zeros."""
    ### BEGIN SOLUTION
    a = x @ w + b                            # (N,)
    return np.where(a > 0, 1.0, 0.0)
    ### END SOLUTION

# %% check="decide"
check.example(decide, (saturdays, np.array([6.0, 2.0, 2.0]), -4.0), {"h": [0, 0, 0, 0, 1, 1, 1, 1]})

# %% test="decide" points=3
# 3 points: here on threshold 3, after you hand in on more
report = check.example(decide, (saturdays, np.array([6.0, 2.0, 2.0]), -3.0), {"h": keen})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "decide", decide)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. To learn from one example
#
# Rosenblatt's rule (1.7) looks at the decision $h$ on one example with the right answer $y$. If they agree, nothing
# changes. If not:
#
# $$\mathbf w \leftarrow \mathbf w + (y - h)\, \mathbf x, \qquad b \leftarrow b + (y - h)$$
#
# A missed example pulls the weights towards itself, and a false alarm pushes them away.
#
# **Predict.** An example has the inputs (2, -1), the perceptron fires, and the answer was 0. Which weight grows?
#
# Write `step`. It returns the new `w` and `b`, and leaves the old ones as they are.

# %% solution="step"
def step(x, w, b, y):
    """The perceptron rule on one example: x (D,), w (D,), b and y numbers -> the new w (D,), the new b."""
    ### BEGIN SOLUTION
    error = y - decide(x[None], w, b)[0]     # 1 after a miss, -1 after a false alarm
    return w + error * x, b + error
    ### END SOLUTION

# %% check="step"
x = np.array([2.0, -1.0])
display(check.example(step, (x, np.array([1.0, 1.0]), 0.5, 0.0), {"w": [-1, 2], "b": -0.5}))
check.example(step, (x, np.array([-1.0, 2.0]), -0.5, 0.0), {"w": [-1, 2], "b": -0.5})

# %% test="step" points=3
# 3 points: here on an example that is missed, after you hand in on more
x = np.array([1.0, -3.0])
report = check.example(step, (x, np.array([0.5, 1.0]), -2.0, 1.0), {"w": [1.5, -2], "b": -1})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "step", step)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. One pass over all examples
#
# Show the examples one after the other, in their order, and step after each. The next example meets the weights
# that the last one left. An epoch is one such pass. Count the mistakes on the way: how many examples were decided
# wrongly *when they were shown*.
#
# **Predict.** All weights start at 0. How does the first example that should fire fare?
#
# Write `epoch`. It returns the final `w` and `b`, and the number of mistakes.

# %% solution="epoch"
def epoch(x, w, b, y):
    """One pass of the rule: x (N, D), w (D,), b a number, y (N,) -> the final w (D,) and b, the mistakes."""
    ### BEGIN SOLUTION
    mistakes = 0
    for x_n, y_n in zip(x, y):
        mistakes += abs(y_n - decide(x_n[None], w, b)[0])
        w, b = step(x_n, w, b, y_n)
    return w, b, mistakes
    ### END SOLUTION

# %% check="epoch"
three = np.array([[1.0, 2.0], [2.0, -1.0], [-1.0, 1.0]])
display(check.example(epoch, (three, np.zeros(2), 0.0, np.array([1.0, 0.0, 0.0])), {"w": [0, 2], "b": -1, "mistakes": 3}))
check.example(epoch, (saturdays, np.array([-2.0, 1.0, 0.0]), 2.0, keen), {"w": [0, 1, 1], "b": 2, "mistakes": 6})

# %% test="epoch" points=4
# 4 points: here on the same Saturdays from another start, after you hand in on more
report = check.example(epoch, (saturdays, np.array([-1.0, 2.0, 0.0]), -1.0, keen),
                       {"w": [0, 2, 1], "b": 0, "mistakes": 3})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "epoch", epoch)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 4. How safe are the decisions?
#
# The score divided by the length of the weights is the distance of an example from the line, equation (1.5). It is
# positive on the side that fires. Count it as positive on the *right* side, whichever that is for the example:
#
# $$\text{margin} = \min_n\; z_n\, \frac{\mathbf w \cdot \mathbf x_n + b}{\lVert \mathbf w \rVert},
# \qquad z_n = 2 y_n - 1$$
#
# The margin is the distance of the example that is decided least safely. If any example is on the wrong side, it is
# negative.
#
# **Predict.** You double all weights and the bias. What happens to the margin?
#
# Write `margin`.

# %% solution="margin"
def margin(x, w, b, y):
    """Smallest distance on the right side: x (N, D), w (D,), b a number, y (N,) -> a number."""
    ### BEGIN SOLUTION
    distances = (x @ w + b) / np.linalg.norm(w)      # (N,)
    return np.min((2 * y - 1) * distances)
    ### END SOLUTION

# %% check="margin"
points = np.array([[2.0, 2.0], [0.0, 0.0], [1.0, -1.0]])
check.example(margin, (points, np.array([3.0, 4.0]), -6.0, np.array([0.0, 0.0, 1.0])), {"margin": -1.6})

# %% test="margin" points=3
# 3 points: here with all examples on the right side, after you hand in on more
report = check.example(margin, (points, np.array([3.0, 4.0]), -6.0, np.array([1.0, 0.0, 0.0])), {"margin": 1.2})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "margin", margin)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 5. A gate for any pattern
#
# Now you choose the weights yourself. Given a pattern of zeros and ones, say (1, 0), build a perceptron that fires on
# this pattern and on none of the other $2^D - 1$. For (1, 1) that is the gate *and*, for (0, 0) it is *neither*.
#
# Many weights and biases do that. The check looks only at the decisions: all patterns go through your perceptron. A
# wrong decision "at [0, 1]" is one on the pattern (0, 1).
#
# **Predict.** An input that must be 0 should speak against firing. Which sign does its weight have?
#
# Write `gate` for a pattern of any length.

# %% locked="decisions"
def decisions(w, b, pattern):
    """What a perceptron says to every pattern of that length: decisions[0, 1] belongs to the pattern (0, 1)."""
    if w.shape != pattern.shape or b.size != 1:
        raise ValueError(f"w needs the shape {pattern.shape}, and b is a number.")
    return (corners(len(pattern)) @ w + b > 0).reshape((2,) * len(pattern)) * 1

# %% solution="gate"
def gate(pattern):
    """A perceptron that fires on one pattern: pattern (D,) of zeros and ones -> w (D,), b a number."""
    ### BEGIN SOLUTION
    w = 2 * pattern - 1                      # 1 for an input that must be 1, -1 for one that must be 0
    b = 0.5 - np.sum(pattern)                # the pattern itself has the score 1/2, every other at most -1/2
    return w, b
    ### END SOLUTION

# %% check="gate"
display(check.example(gate, (np.array([0.0, 0.0]),), {"decisions": [[1, 0], [0, 0]]}, view=decisions))
check.example(gate, (np.array([1.0, 0.0, 1.0]),), {"decisions": [[[0, 0], [0, 0]], [[0, 1], [0, 0]]]}, view=decisions)

# %% test="gate" points=4
# 4 points: here on the pattern (1, 0), after you hand in on more
report = check.example(gate, (np.array([1.0, 0.0]),), {"decisions": [[0, 0], [1, 0]]}, view=decisions)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "gate", gate)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. What no single perceptron can do
#
# XOR fires on (0, 1) and on (1, 0), and no line separates these two from the others. Two layers can: let the first
# hold a gate for each pattern that is to fire, and let one more perceptron ask whether *any* of them has.
#
# Write `network` for any list of different patterns. It returns the weights and biases of both layers, and fires on
# exactly these patterns. Again many answers are right, with any number of hidden perceptrons up to 1,000.
#
# **Predict.** How large is the score of the last perceptron if no gate fires, and how large if one does?

# %% locked="network_decisions"
def network_decisions(w1, b1, w2, b2, patterns):
    """What a network of two layers says to every pattern of that length."""
    M, D = len(b1) if b1.ndim else 0, patterns.shape[1]
    if not 0 < M <= 1000 or w1.shape != (M, D) or b1.shape != (M,) or w2.shape != (M,) or b2.size != 1:
        raise ValueError(f"the shapes must be w1 (M, {D}), b1 (M,), w2 (M,), and b2 is a number, for M hidden perceptrons.")
    h = (corners(D) @ w1.T + b1 > 0) * 1     # (2^D, M)
    return (h @ w2 + b2 > 0).reshape((2,) * D) * 1

# %% solution="network"
def network(patterns):
    """Two layers that fire on these patterns only: patterns (K, D) -> w1 (M, D), b1 (M,), w2 (M,), b2 a number."""
    ### BEGIN SOLUTION
    gates = [gate(pattern) for pattern in patterns]
    w1 = np.array([w for w, b in gates])     # (K, D), one hidden perceptron for each pattern
    b1 = np.array([b for w, b in gates])
    return w1, b1, np.ones(len(patterns)), -0.5
    ### END SOLUTION

# %% check="network"
majority = np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
check.example(network, (majority,), {"decisions": [[[0, 0], [0, 1]], [[0, 1], [1, 1]]]}, view=network_decisions)

# %% test="network" points=4
# 4 points: here on XOR, after you hand in on more
xor = np.array([[0.0, 1.0], [1.0, 0.0]])
report = check.example(network, (xor,), {"decisions": [[0, 1], [1, 0]]}, view=network_decisions)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "network", network)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 7. A contest on data of your own
#
# The cell below holds six points and their labels. Your teacher may have drawn them for you alone. Then they are as hard to
# divide as those of the others. Several perceptrons compete on them: row $k$ of $w$ and entry $k$ of $b$ are one of them.
#
# **Predict.** Plot the points. Does a perceptron without a mistake exist, and which sign does its margin have?
#
# Write `contest`. For each perceptron it returns how many of `own_points` it decides wrongly, and its margin as in task 4.

# %% locked="own_data"
own_points = np.array([[1.0, 0.5], [2.0, -1.0], [0.5, 2.0], [-1.0, 0.0], [-0.5, -2.0], [-2.0, 1.5]])
own_labels = np.array([1, 1, 1, 0, 0, 0])

# what the contests of the two cells below give, rounded
own_check = {"mistakes": [0], "margins": [0.1414]}
own_example = {"mistakes": [1, 4, 3], "margins": [-0.559, -2.3702, -2.4616]}

# %% solution="contest"
def contest(w, b):
    """How K perceptrons do on own_points: w (K, 2), b (K,) -> mistakes (K,), margins (K,)."""
    ### BEGIN SOLUTION
    mistakes, margins = np.zeros(len(b)), np.zeros(len(b))
    for k in range(len(b)):
        mistakes[k] = np.sum(decide(own_points, w[k], b[k]) != own_labels)
        margins[k] = margin(own_points, w[k], b[k], own_labels)
    return mistakes, margins
    ### END SOLUTION

# %% check="contest"
check.example(contest, (np.array([[1.0, 1.0]]), np.array([0.3])), own_check, tolerance=5e-5)

# %% test="contest" points=4
# 4 points: here on three perceptrons, after you hand in on more
report = check.example(
    contest, (np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -1.0]]), np.array([0.25, -0.1, 0.72])), own_example, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_perceptron", "contest", contest)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 8. Your lines in the plane
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Your network for XOR was made for four corners, but it decides everywhere. Each hidden perceptron draws a line, and
# the last one joins what they cut off.
#
# **Predict.** Before you run the cell, draw the two lines. Where does the network fire?

# %% tags=["skip-execution"]
w1, b1, w2, b2 = network(xor)
side = np.linspace(-0.5, 1.5, 201)
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)                   # (40401, 2)
hidden = np.column_stack([decide(plane, w, b) for w, b in zip(w1, b1)])
fires = decide(hidden, w2, b2).reshape(201, 201)

fig, ax = plt.subplots(figsize=(4.2, 4.2))
ax.contourf(side, side, fires, levels=[-0.5, 0.5, 1.5], colors=["white", "#b3d4ea"])
ax.plot(*corners(2)[[0, 3]].T, "o", *corners(2)[[1, 2]].T, "s", color="black", markersize=9)
ax.set(xlabel="first input", ylabel="second input", title="Where your network fires", aspect="equal");

# %% [markdown]
# ## 9. Your perceptrons read digits
#
# `nnlib.data.digits()` holds 1,797 handwritten digits of 8 x 8 pixels. Ten perceptrons side by side are a layer. Each
# learns one question with your `epoch`: "is it a 0?", "is it a 1?", and so on. The answer is the largest score.
#
# A second network gets a layer in front: 500 perceptrons whose weights are drawn at random and never change.
# Rosenblatt's machine was built like that. Your rule trains the last layer only.
#
# **Predict.** Random guessing gets 10 % of the 360 test images. How many does one layer read? Does a random layer in
# front help, or does it spoil the images?

# %% tags=["skip-execution"]
(digits, labels), (test_digits, test_labels) = nnlib.data.digits()
rng = np.random.default_rng(0)
random_weights = rng.standard_normal((500, 64))
random_biases = -random_weights @ digits.mean(axis=0)                # half of the images fire


def seen_by_random_layer(x):
    """The decisions of 500 perceptrons: x (N, 64) -> (N, 500)."""
    return np.column_stack([decide(x, w, b) for w, b in zip(random_weights, random_biases)])


def read(x, x_test, passes=8):
    """Ten perceptrons on the same inputs: share of test images read, mistakes (10, passes), weights (10, D)."""
    w, b, mistakes = np.zeros((10, x.shape[1])), np.zeros(10), np.zeros((10, passes))
    for digit in range(10):
        for p in range(passes):
            w[digit], b[digit], mistakes[digit, p] = epoch(x, w[digit], b[digit], (labels == digit).astype(float))
    return np.mean((x_test @ w.T + b).argmax(axis=1) == test_labels), mistakes, w


one_layer, mistakes, weights = read(digits, test_digits)
two_layers, fewer, _ = read(seen_by_random_layer(digits), seen_by_random_layer(test_digits))
print(f"One layer:                     {one_layer:.1%}")
print(f"500 random perceptrons before: {two_layers:.1%}")

fig, ax = plt.subplots(figsize=(6, 3.4))
ax.plot(range(1, 9), mistakes.sum(axis=0), "o-", label="one layer")
ax.plot(range(1, 9), fewer.sum(axis=0), "s--", label="random layer in front")
ax.set(xlabel="pass", ylabel="mistakes of all ten", yscale="log", title="The rule at work")
ax.legend();

# %% [markdown]
# **Explain.** The random layer has learned nothing, and still the one behind it reads better. What do 500 lines through
# the cloud of images give to a perceptron that 64 pixels do not? Below are the ten weight vectors of the single layer
# as images: orange ink speaks *for* the digit, purple ink *against* it.

# %% tags=["skip-execution"]
largest = np.abs(weights).max()
fig, axes = plt.subplots(1, 10, figsize=(10, 1.4))
for digit, ax in enumerate(axes):
    ax.imshow(weights[digit].reshape(8, 8), cmap="PuOr_r", vmin=-largest, vmax=largest)
    ax.set(xticks=[], yticks=[], title=digit)

# %% [markdown] written="two_layers" points=2
# **Explain.** The rule trains one layer, and needs the right answer of every perceptron in it. What would it need to
# train the 500 in front as well, and why can nobody look that up in the data? (The next chapters answer the question.)
#
# ### BEGIN SOLUTION
# It would need the right answer of each of the 500 for every image. The data give only the digit, and that is the answer of
# the last layer: many different answers of the 500 would lead to it.
# ### END SOLUTION
