# %% [markdown]
# # Bends in a network, one gradient at a time
#
# You send gradients back through the activations that hidden layers use today, count the parameters of any network,
# and find a second network that computes the same. Then your functions train networks on a spiral.
#
# | | |
# |---|---|
# | **Time** | 110 minutes |
# | **You need** | the chapter [From neurons to networks](../../book/03_networks.md) |
# | **You write** | `leaky_relu_backward`, `elu_backward`, `gelu_backward`, `maxout_backward`, |
# | | `count`, `twin`, `own_backward` |
# | **Points** | 28: 3 + 3 + 3 + 5 + 4 + 4 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single example, scores on the kink. Each output earns
# its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`: every correct
# answer counts. Task 6 has many right answers, and each of them counts too. A gradient has to be a formula: for some
# inputs a difference of two values, divided by a step, is far off. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("leaky_relu_backward")` in a cell of
# your own gives hints in steps. Then draw the activation, and its slope below it. Then ask: in the forum, show the
# *sentence*, not your code.

# %% locked="setup"
import math

import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

rng = np.random.default_rng(3)
scores = rng.standard_normal((4, 3))


# the forward passes are given
def leaky_relu(a, slope):
    """Keep positive scores, shrink the others: a (...), slope a number -> h (...)."""
    return np.where(a > 0, a, slope * a)


def elu(a, alpha):
    """Keep positive scores, let the others approach -alpha: a (...), alpha a number -> h (...)."""
    return np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0)))


def share_below(a):
    """The share of standard normal numbers that lie below a: the function Phi, of every entry."""
    return np.vectorize(math.erfc, otypes=[float])(-a / math.sqrt(2)) / 2


def gelu(a):
    """Every score times the share of normal numbers below it: a (...) -> h (...)."""
    return a * share_below(a)


def maxout(x, w, b):
    """The largest of P pieces for every unit: x (N, D), w (P, M, D), b (P, M) -> h (N, M), winner (N, M)."""
    a = np.einsum("pmd,nd->npm", w, x) + b
    return a.max(axis=1), a.argmax(axis=1)

# %% [markdown]
# ## 1. Back through a ReLU that leaks
#
# Activations act on every entry by itself. What arrives, $dh$, is multiplied by the slope of the curve at the score,
# equation (3.11):
#
# $$da = \begin{cases} dh & a > 0 \\ \nu\, dh & \text{otherwise} \end{cases}$$
#
# With $\nu = 0$ this is the ReLU. At the kink, $a = 0$, take the left side.
#
# **Predict.** All scores of a unit are negative. What do its weights learn with $\nu = 0$, and what with $\nu = 0.1$?
#
# Write `leaky_relu_backward`. In code $\nu$ is called `slope`.

# %% solution="leaky_relu_backward"
def leaky_relu_backward(dh, a, slope):
    """Gradient with respect to the scores: dh (...), a (...), slope a number -> da (...)."""
    ### BEGIN SOLUTION
    return np.where(a > 0, dh, slope * dh)
    ### END SOLUTION

# %% check="leaky_relu_backward"
display(check.backward(leaky_relu, leaky_relu_backward, scores, 0.2, of="a"))
check.example(leaky_relu_backward, (np.array([3.0, -2.0]), np.zeros(2), 0.5), {"da": [1.5, -1]})

# %% test="leaky_relu_backward" points=3
# 3 points: here on four scores, after you hand in on more
report = check.example(leaky_relu_backward, (np.array([1.0, 2.0, -3.0, 5.0]), np.array([0.5, -1.0, -4.0, 2.0]), 0.1),
                       {"da": [1, 0.2, -0.3, 5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "leaky_relu_backward", leaky_relu_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. A slope that the output knows
#
# The ELU bends smoothly: left of zero it is $h = \alpha\,(e^a - 1)$. Its slope there is $\alpha e^a$, which is
# $h + \alpha$. So the backward pass needs the output $h$ and not the score, equation (3.13):
#
# $$da = \begin{cases} dh & h > 0 \\ dh\,(h + \alpha) & \text{otherwise} \end{cases}$$
#
# **Predict.** Far on the left, $h$ is close to $-\alpha$. How much gradient passes there?
#
# Write `elu_backward`.

# %% solution="elu_backward"
def elu_backward(dh, h, alpha):
    """Gradient with respect to the scores: dh (...), the output h (...), alpha a number -> da (...)."""
    ### BEGIN SOLUTION
    return np.where(h > 0, dh, dh * (h + alpha))
    ### END SOLUTION

# %% check="elu_backward"
h = elu(np.array([0.5, -0.5, -2.0, 0.0]), 0.8)
check.example(elu_backward, (np.array([2.0, 2.0, -1.0, 1.0]), h, 0.8), {"da": [2, 0.970449, -0.108268, 0.8]})

# %% test="elu_backward" points=3
# 3 points: here on three outputs, after you hand in on more
report = check.example(elu_backward, (np.array([1.0, 2.0, -4.0]), np.array([3.0, -0.5, -1.25]), 1.5), {"da": [1, 2, -1]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "elu_backward", elu_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. A product of two functions of the score
#
# The GELU is $h = a\, \Phi(a)$. Here $\Phi(a)$ is the share of standard normal numbers below $a$, given as
# `share_below`. The derivative of $\Phi$ is the bell curve
#
# $$\varphi(a) = \frac{1}{\sqrt{2 \pi}}\, e^{-a^2 / 2}$$
#
# Both factors of $h$ depend on $a$, so the slope comes from the product rule. Work it out with a pencil first.
#
# **Predict.** ReLU never lets a gradient change its sign. Does GELU? Try the slope at $a = -1$.
#
# Write `gelu_backward`.

# %% solution="gelu_backward"
def gelu_backward(dh, a):
    """Gradient with respect to the scores: dh (...), a (...) -> da (...)."""
    ### BEGIN SOLUTION
    bell = np.exp(-a ** 2 / 2) / np.sqrt(2 * np.pi)
    return dh * (share_below(a) + a * bell)
    ### END SOLUTION

# %% check="gelu_backward"
check.backward(gelu, gelu_backward, scores)

# %% test="gelu_backward" points=3
# 3 points: here on four scores, after you hand in on more
report = check.example(gelu_backward, (np.array([1.0, 2.0, 1.0, -3.0]), np.array([0.0, 1.0, -1.0, 2.0])),
                       {"da": [0.5, 2.1666, -0.0833, -3.2557]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "gelu_backward", gelu_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 4. Only the winner learns
#
# A maxout unit has $P$ pieces with weights of their own, and outputs the largest, equation (3.14). `maxout` also
# returns which piece has won, a number from 0 to $P - 1$ for each example and unit. Only the winner gets the gradient
# (3.15), and what it gets goes on as in any dense layer:
#
# $$da_{npm} = dh_{nm}\,[\,p = p^*_{nm}\,], \qquad dx_{nd} = \sum_{p,m} da_{npm}\, w_{pmd}, \qquad
# dw_{pmd} = \sum_n da_{npm}\, x_{nd}, \qquad db_{pm} = \sum_n da_{npm}$$
#
# **Predict.** A piece never wins. What is its gradient, and what does that mean for it?
#
# Write `maxout_backward`.

# %% solution="maxout_backward"
def maxout_backward(dh, winner, x, w, b):
    """Gradients: dh (N, M), winner (N, M), x (N, D), w (P, M, D), b (P, M) -> dx (N, D), dw (P, M, D), db (P, M)."""
    ### BEGIN SOLUTION
    pieces = np.arange(len(b))[:, None]                                   # (P, 1)
    da = np.where(winner[:, None, :] == pieces, dh[:, None, :], 0)        # (N, P, M)
    dx = np.einsum("npm,pmd->nd", da, w)
    dw = np.einsum("npm,nd->pmd", da, x)
    return dx, dw, da.sum(axis=0)
    ### END SOLUTION

# %% check="maxout_backward"
rng = np.random.default_rng(5)
x, w, b = rng.standard_normal((5, 2)), rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 4))
check.backward(maxout, maxout_backward, x, w, b)

# %% test="maxout_backward" points=5
# 5 points: here on two examples, one unit and two pieces, after you hand in on more
report = check.example(
    maxout_backward,
    (np.array([[1.0], [2.0]]), np.array([[0], [1]]), np.array([[1.0, 2.0], [3.0, -1.0]]),
     np.array([[[1.0, 1.0]], [[2.0, 0.0]]]), np.array([[0.5], [0.0]])),
    {"dx": [[1, 1], [4, 0]], "dw": [[[1, 2]], [[6, -2]]], "db": [[1], [2]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "maxout_backward", maxout_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 5. How many parameters?
#
# A network has $D$ inputs and layers of $D_1, D_2, \dots$ units; the last layer is the output. The weights of a layer
# are a matrix of shape (units, inputs), and every unit has a bias, equation (3.4).
#
# **Predict.** 784 inputs, 30 hidden units, 10 outputs. Is that more than 20,000 parameters?
#
# Write `count`. It returns the shapes of the weight matrices, one layer per row, and the number of all parameters.

# %% solution="count"
def count(D, units):
    """Parameters of a network: D inputs, units (Q,) -> shapes (Q, 2), parameters, a number."""
    ### BEGIN SOLUTION
    inputs = np.append(D, units[:-1])                    # a layer reads what the one before it puts out
    shapes = np.column_stack([units, inputs])            # (Q, 2)
    return shapes, np.sum(units * inputs + units)
    ### END SOLUTION

# %% check="count"
check.example(count, (5, np.array([2, 3])), {"shapes": [[2, 5], [3, 2]], "parameters": 21})

# %% test="count" points=4
# 4 points: here on the network of the chapter, after you hand in on more
report = check.example(count, (3, np.array([4, 4, 4, 2])),
                       {"shapes": [[4, 3], [4, 4], [4, 4], [2, 4]], "parameters": 66})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "count", count)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. Another network that computes the same
#
# Take the network with one hidden layer, $\hat{\mathbf y} = W_2 \tanh(W_1 \mathbf x + \mathbf b_1)$. A sum does not
# depend on its order. So other weights can give exactly the same outputs.
#
# Write `twin`. It returns `w1`, `b1`, `w2` of a network with the same outputs for *every* input, in which each hidden
# unit is in another place than before. There are many such networks. The check lets inputs through yours and looks at
# what comes out. (With a single hidden unit there is no other place.)
#
# **Predict.** With $M$ hidden units, how many orders of the units are there?

# %% locked="outputs"
def outputs(w1, b1, w2, old_w1, old_b1, old_w2):
    """The outputs of a network for eight inputs (8, K), if its hidden units have all moved."""
    if (w1.shape, b1.shape, w2.shape) != (old_w1.shape, old_b1.shape, old_w2.shape):
        raise ValueError(f"expected the shapes of the old weights: {old_w1.shape}, {old_b1.shape} and {old_w2.shape}.")
    moved = np.abs(np.column_stack([w1 - old_w1, b1 - old_b1])).max(axis=1) > 1e-3
    if len(b1) > 1 and not moved.all():
        raise ValueError("a hidden unit is where it was before, expected each in another place.")
    x = np.random.default_rng(0).standard_normal((8, w1.shape[1]))
    return np.tanh(x @ w1.T + b1) @ w2.T

# %% solution="twin"
def twin(w1, b1, w2):
    """The same network in another order: w1 (M, D), b1 (M,), w2 (K, M) -> w1 (M, D), b1 (M,), w2 (K, M)."""
    ### BEGIN SOLUTION
    order = np.roll(np.arange(len(b1)), 1)               # each unit one place on, the last to the front
    return w1[order], b1[order], w2[:, order]
    ### END SOLUTION

# %% check="twin"
rng = np.random.default_rng(6)
old = rng.standard_normal((5, 2)), rng.standard_normal(5), rng.standard_normal((3, 5))
check.example(twin, old, {"network": outputs(*old, *[0 * each for each in old])}, view=outputs)

# %% test="twin" points=4
# 4 points: here on three hidden units, after you hand in on more
old = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, 0.0]]), np.array([0.5, -1.0, 2.0]), np.array([[1.0, -2.0, 3.0]])
report = check.example(twin, old, {"network": outputs(*old, *[0 * each for each in old])}, view=outputs)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "twin", twin)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 7. A network of your own
#
# The cell below computes a small network: two inputs, three hidden units, one output. Every unit bends in another way. Your
# teacher may have drawn its numbers for you alone. Then they are as hard as those of the others.
#
# At the output arrives `dy`, a number for each example. Send it back to the inputs, through each unit with the function
# that you wrote for its bend. Both inputs are used by all three units.
#
# **Predict.** One unit of the three has a slope of exactly 1 or 0.1. What does `dx` look like if only this unit pays?

# %% locked="own_network"
def own_output(x):
    """The output of your own network: x (N, 2) -> y (N,)."""
    x1, x2 = x.T
    h1 = leaky_relu(-3 * x1 + 3 * x2 - 1, 0.1)
    h2 = elu(2 * x1 + 3 * x2 + 1, 1.0)
    h3 = gelu(-3 * x1 + 2 * x2 + 1)
    return -2 * h1 + 2 * h2 - 3 * h3


# the gradient of the example with points, rounded
own_example = {"dx": [[1.733, 1.8329], [-7.7003, -11.7998], [9.5003, -3.0002]]}

# %% [markdown]
# Write `own_backward`. The numbers of your network may stand in your function.

# %% solution="own_backward"
def own_backward(dy, x):
    """Gradient for the inputs of own_output: dy (N,), x (N, 2) -> dx (N, 2)."""
    ### BEGIN SOLUTION
    x1, x2 = x.T
    a1, a2, a3 = -3 * x1 + 3 * x2 - 1, 2 * x1 + 3 * x2 + 1, -3 * x1 + 2 * x2 + 1
    da1 = leaky_relu_backward(-2 * dy, a1, 0.1)
    da2 = elu_backward(2 * dy, elu(a2, 1.0), 1.0)
    da3 = gelu_backward(-3 * dy, a3)
    return np.column_stack([-3 * da1 + 2 * da2 - 3 * da3, 3 * da1 + 3 * da2 + 2 * da3])
    ### END SOLUTION

# %% check="own_backward"
check.backward(own_output, own_backward, np.array([[0.3, -0.8], [-0.6, 0.4], [1.2, 0.9], [-1.0, -0.2]]))

# %% test="own_backward" points=4
# 4 points: here on three examples, after you hand in on more
report = check.example(
    own_backward, (np.array([1.0, -2.0, 0.5]), np.array([[0.5, -1.0], [1.0, 0.5], [-0.5, 1.0]])),
    own_example, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("03_networks", "own_backward", own_backward)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 8. Your gradients bend networks
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Two spirals, and networks with two hidden layers of 16 units. Only the activation differs. `nnlib.using` puts your
# functions in the place of the library's while the networks train.
#
# **Predict.** Without an activation, a network draws one line. What do the borders of the others look like: made of
# straight pieces, or round?

# %% tags=["skip-execution"]
x, y = nnlib.data.spirals(300, noise=0.05, rng=np.random.default_rng(3))


class Identity(nnlib.Layer):
    """No bend at all."""
    def forward(self, x, train=False):
        return x

    def backward(self, dy):
        return dy


def network(activation):
    """Two hidden layers of 16 units."""
    rng = np.random.default_rng(4)
    return nnlib.Sequential(nnlib.Affine(2, 16, rng=rng), activation(), nnlib.Affine(16, 16, rng=rng), activation(),
                            nnlib.Affine(16, 1, rng=rng))


rng = np.random.default_rng(4)
networks = {
    "no bend": network(Identity), "ReLU": network(nnlib.ReLU), "leaky ReLU": network(nnlib.LeakyReLU),
    "ELU": network(nnlib.ELU), "GELU": network(nnlib.GELU),
    "maxout": nnlib.Sequential(nnlib.Maxout(2, 16, pieces=2, rng=rng), nnlib.Maxout(16, 16, pieces=2, rng=rng),
                               nnlib.Affine(16, 1, rng=rng))}
accuracies = {}
with nnlib.using(relu_backward=lambda dh, a: leaky_relu_backward(dh, a, 0.0), leaky_relu_backward=leaky_relu_backward,
                 elu_backward=elu_backward, gelu_backward=gelu_backward, maxout_backward=maxout_backward):
    for name, net in networks.items():
        nnlib.fit(net, (x, y), loss=nnlib.BinaryCrossEntropy(), optimizer=nnlib.Adam(0.02), epochs=60, batch_size=30,
                  rng=np.random.default_rng(5))
        accuracies[name] = nnlib.evaluate(net, (x, y), loss=nnlib.BinaryCrossEntropy())[1]

fig, axes = plt.subplots(2, 3, figsize=(9, 6))
for (name, net), ax in zip(networks.items(), axes.flat):
    nnlib.plot.decision_boundary(net, x, y, ax=ax)
    parameters = sum(array.size for _, array, _ in net.parameters())
    ax.set(title=f"{name}: {accuracies[name]:.0%}\n{parameters} parameters", xticks=[], yticks=[], xlabel="", ylabel="")
fig.tight_layout()
print("by your count:", count(2, np.array([16, 16, 1]))[1])

# %% [markdown]
# **Explain.** Which borders have corners, and where do the corners come from? Maxout has about twice the parameters of
# the others: where are they?
#
# ## 9. Between two equal networks
#
# A tanh network learns the same spirals, and your `twin` makes its double. Both have the same loss. Now walk on a
# straight line from the weights of one to the weights of the other.
#
# **Predict.** Does the loss stay the same on the way?

# %% tags=["skip-execution"]
rng = np.random.default_rng(4)
net = nnlib.Sequential(nnlib.Affine(2, 32, rng=rng), nnlib.Tanh(), nnlib.Affine(32, 1, rng=rng))
nnlib.fit(net, (x, y), loss=nnlib.BinaryCrossEntropy(), optimizer=nnlib.Adam(0.05), epochs=100, batch_size=30, rng=rng)
first, _, last = net.layers
here = first.w.copy(), first.b.copy(), last.w.copy()
there = twin(*here)

way = np.linspace(0, 1, 51)
losses = []
for t in way:
    first.w[:], first.b[:], last.w[:] = ((1 - t) * a + t * b for a, b in zip(here, there))
    losses.append(nnlib.evaluate(net, (x, y), loss=nnlib.BinaryCrossEntropy())[0])

fig, ax = plt.subplots(figsize=(6, 3.4))
ax.plot(way, losses)
ax.set(xlabel="way from the network to its twin", ylabel="loss (nats)", title="Two valleys of the same depth");

# %% [markdown] written="valleys" points=2
# **Explain.** A convex function has one valley. What does this picture say about the loss of a network, and how many
# networks with the same outputs are there at least, if the 32 hidden units differ?
#
# ### BEGIN SOLUTION
# Both ends are equally low and the way between them is higher, so the loss is not convex. The units can be put into
# $32!$ orders, and each order is a network with the same outputs and the same loss. (The signs of a tanh unit can be turned
# as well, which gives a factor $2^{32}$ more.)
# ### END SOLUTION
