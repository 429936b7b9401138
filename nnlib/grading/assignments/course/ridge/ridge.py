# %% [markdown]
# # Ridge regression
#
# A straight line through few points with many inputs follows every
# accident of the data. A price on large weights keeps it calm.
#
# | | |
# |---|---|
# | **Time** | 45 minutes |
# | **You need** | the derivative of a square, products of matrices |
# | **You write** | `loss`, `gradient`, `fit` |
# | **Points** | 10: 2 + 3 + 3, and 2 for an answer in words |
#
# Replace each `raise NotImplementedError()` by your code, and run the
# cell below it: it says at once what is wrong, and costs nothing.

# %% locked="setup"
import numpy as np

from nnlib import check

# three examples with two inputs, their targets, and some weights
x = np.array([[1.0, 0.5],
              [-1.0, 1.0],
              [0.0, -1.5]])
y = np.array([2.0, 0.0, -1.0])
w = np.array([1.0, -1.0])

# %% [markdown]
# ## 1. What the weights cost
#
# The mean of the squared errors, plus a price for large weights:
#
# $$L = \frac{1}{N} \sum_{n=1}^{N} \big(w \cdot x_n - y_n\big)^2
# + \lambda \sum_{d=1}^{D} w_d^2$$
#
# In the code $\lambda$ is called `penalty`.

# %% solution="loss"
def loss(x, w, y, penalty):
    """Loss: x (N, D), w (D,), y (N,), penalty -> a number."""
    ### BEGIN SOLUTION
    error = x @ w - y
    return np.mean(error ** 2) + penalty * np.sum(w ** 2)
    ### END SOLUTION

# %% check="loss"
check.example(loss, (x, w, y, 0.0), {"loss": 4.1667}, tolerance=5e-5)

# %% test="loss" points=2
# 2 points: here on one example, after you hand in on more
report = check.example(loss, (x, w, y, 0.5), {"loss": 5.1667},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("ridge", "loss", loss)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 2. Which way is uphill?
#
# The gradient of $L$ with respect to the weights. The self-check moves
# every weight up and down a little and watches *your* loss.

# %% solution="gradient"
def gradient(x, w, y, penalty):
    """Gradient: x (N, D), w (D,), y (N,), penalty -> dw (D,)."""
    ### BEGIN SOLUTION
    error = x @ w - y
    return 2 * error @ x / len(y) + 2 * penalty * w
    ### END SOLUTION

# %% check="gradient"
check.gradient(loss, gradient, x, w, y, 0.5, of="w")

# %% test="gradient" points=3
# 3 points: here on one example, after you hand in on more
report = check.example(gradient, (x, w, y, 0.5),
                       {"dw": [1.3333, -5.3333]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("ridge", "gradient", gradient)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. The best weights at once
#
# Where the gradient is zero the loss is lowest. Set it to zero, and you
# get $D$ linear equations for the $D$ weights. `np.linalg.solve` solves
# them.

# %% solution="fit"
def fit(x, y, penalty):
    """The best weights: x (N, D), y (N,), penalty -> w (D,)."""
    ### BEGIN SOLUTION
    N, D = x.shape
    return np.linalg.solve(x.T @ x + N * penalty * np.eye(D), x.T @ y)
    ### END SOLUTION

# %% check="fit"
check.example(fit, (x, y, 1e6), {"w": [0, 0]}, tolerance=5e-5)

# %% test="fit" points=3
# 3 points: here on one example, after you hand in on more
report = check.example(fit, (x, y, 0.5), {"w": [0.6522, 0.5652]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("ridge", "fit", fit)
### END HIDDEN TESTS
report.points(3)

# %% [markdown] written="why" points=2
# ## 4. Why does it work?
#
# With 10 inputs and 3 examples, `fit` finds weights for every penalty
# above 0, and none for a penalty of 0. Why? Two sentences are enough.
#
# ### BEGIN SOLUTION
# Three equations leave ten unknown weights undetermined: many weights
# have no error at all. The penalty adds a positive number to every
# diagonal entry, so one of them is the best: the shortest, nearly.
# ### END SOLUTION
