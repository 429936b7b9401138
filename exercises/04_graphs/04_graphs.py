# %% [markdown]
# # A small engine for gradients, one slope at a time
#
# You write what makes a reverse-mode engine work: the slope of each step, the order of the walk back, the walk itself.
# Then your engine differentiates whatever you compute with it, and trains a network.
#
# | | |
# |---|---|
# | **Time** | 75 to 110 minutes |
# | **You need** | the chapter [Computation graphs](../../book/04_graphs.md) |
# | **You write** | `product_slopes`, `neuron_slopes`, `turns`, `gradients`, `third_gradient`, `own_gradient` |
# | **Points** | 24: 3 + 3 + 3 + 5 + 4 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single node, graphs in which nodes are used several
# times. Each output earns its own points. Loops, NumPy or `@njit`: every correct answer counts. Functions return new
# arrays and leave their arguments as they are, which earns half a point or one in every task. A gradient has to be a
# formula: for some inputs a difference of two values, divided by a step, is far off. The answer in words is marked by a
# person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("product_slopes")` in a cell of your
# own gives hints in steps. Then draw the graph of the example on paper and walk back through it with a pencil. Then
# ask: in the forum, show the *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check


def product(u):
    """All factors multiplied: u (N,) -> a number."""
    return np.prod(u)


def neuron(x, w, b):
    """Output of one tanh unit: x (D,), w (D,), b a number -> a number."""
    return np.tanh(w @ x + b)


def third(a, b, w, t):
    """Loss of the third graph: a, b, t (N,), w a number -> a number."""
    return np.mean(((a + b) * w - t) ** 2) + w ** 2

# %% [markdown]
# ## 1. The slopes of a product
#
# A node of a graph is made from others, its parents. For each of them it knows the **local slope**: how fast its value
# grows when that parent grows. Take a product of $N$ numbers, $y = u_1 u_2 \cdots u_N$. If only $u_n$ moves, the others
# are a constant factor:
#
# $$\frac{\partial y}{\partial u_n} = \prod_{j \neq n} u_j$$
#
# **Predict.** One factor is 0. How many of the slopes are 0? And if two factors are 0?
#
# Write `product_slopes`. The product of no numbers is 1.

# %% solution="product_slopes"
def product_slopes(u):
    """Slope of the product of all entries for each of them: u (N,) -> du (N,)."""
    ### BEGIN SOLUTION
    du = np.ones(len(u))
    for n in range(len(u)):
        for j in range(len(u)):
            if j != n:
                du[n] *= u[j]
    return du
    ### END SOLUTION

# %% check="product_slopes"
display(check.gradient(product, product_slopes, np.array([3.0, -2.0, 0.5, 3.0]), of="u"))
check.gradient(product, product_slopes, np.array([3.0, 0.0, 0.5, -2.0]), of="u")

# %% test="product_slopes" points=3
# 3 points: here on a product of four, after you hand in on more
report = check.example(product_slopes, (np.array([3.0, 5.0, 0.5, -2.0]),), {"du": [-5, -3, -30, 7.5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "product_slopes", product_slopes)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. The slopes of a neuron
#
# A node may be as large as you like. Take a whole tanh unit: $h = \tanh(a)$ with $a = \mathbf w \cdot \mathbf x + b$.
# The chain rule multiplies the slope of the score by the slope of tanh, which is known from the output:
#
# $$\frac{\partial h}{\partial x_d} = (1 - h^2)\, w_d, \qquad \frac{\partial h}{\partial w_d} = (1 - h^2)\, x_d, \qquad
# \frac{\partial h}{\partial b} = 1 - h^2$$
#
# **Predict.** Built from products, sums and a tanh, a unit with 10 inputs needs 21 nodes. How many does it need now?
#
# Write `neuron_slopes`.

# %% solution="neuron_slopes"
def neuron_slopes(x, w, b):
    """Slopes of h = tanh(w.x + b): x (D,), w (D,), b a number -> dx (D,), dw (D,), db a number."""
    ### BEGIN SOLUTION
    h = np.tanh(w @ x + b)
    slope = 1 - h ** 2
    return slope * w, slope * x, slope
    ### END SOLUTION

# %% check="neuron_slopes"
check.gradient(neuron, neuron_slopes, np.array([0.5, -1.0, 0.3]), np.array([0.4, 0.2, -0.7]), 0.6, of="x w b")

# %% test="neuron_slopes" points=3
# 3 points: here on a unit with two inputs, after you hand in on more
report = check.example(neuron_slopes, (np.array([1.0, 2.0]), np.array([3.0, -1.0]), -0.5),
                       {"dx": [2.3593, -0.7864], "dw": [0.7864, 1.5729], "db": 0.7864}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "neuron_slopes", neuron_slopes)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. Who may hand on, and when?
#
# Here is the third graph of the chapter, $L = \big((a + b)\,w - t\big)^2 + w^2$, as an array. Its ten nodes have
# numbers, in no particular order. `parents[i]` are the numbers of the nodes that node $i$ was made from,
# and $-1$ fills empty places:
#
# | | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |
# |---|---|---|---|---|---|---|---|---|---|---|
# | node | $L = q + r$ | $a$ | $q = e^2$ | $w$ | $e = p - t$ | $t$ | $r = w^2$ | $p = u w$ | $b$ | $u = a + b$ |
# | `parents` | 2, 6 | | 4 | | 7, 5 | | 3 | 9, 3 | | 1, 8 |
#
# Going back, a node hands on its gradient to its parents. It may do so only when all of its users have paid. So there
# are turns. In turn 0 the end hands on. After that, a node has its turn right after the **last** of its users:
#
# $$\text{turn}(u) = 1 + \max_{v \text{ uses } u} \text{turn}(v)$$
#
# Nodes that the end was not made from have no turn, and get $-1$. They count as nobody's user.
#
# **Predict.** $w$ is used by $r$ and by $p$. In which turn is it if the end is $L$?
#
# Write `turns`. One way: start with $-1$ everywhere and 0 at the end, then let every node with a turn push its parents
# behind it, and repeat until nothing changes.

# %% solution="turns"
def turns(parents, end):
    """Turn of every node: parents (I, P) whole numbers, -1 where there is none, end a number -> turn (I,)."""
    ### BEGIN SOLUTION
    turn = np.full(len(parents), -1)
    turn[end] = 0
    changed = True
    while changed:
        changed = False
        for node in range(len(parents)):
            if turn[node] < 0:
                continue
            for parent in parents[node]:
                if parent >= 0 and turn[parent] < turn[node] + 1:
                    turn[parent] = turn[node] + 1
                    changed = True
    return turn
    ### END SOLUTION

# %% check="turns"
# z = y * y with y = u * v, v = tanh(u), u = 2x, and s = 3x, which z is not made from
# the numbers: z 0, y 1, u 2, v 3, x 4, s 5
square = np.array([[1, 1], [2, 3], [4, -1], [2, -1], [-1, -1], [4, -1]])
check.example(turns, (square, 0), {"turn": [0, 1, 3, 2, 4, -1]})

# %% test="turns" points=3
# 3 points: here on the third graph with e as its end, after you hand in on more
third_graph = np.array([[2, 6], [-1, -1], [4, -1], [-1, -1], [7, 5], [-1, -1], [3, -1], [9, 3], [-1, -1], [1, 8]])
report = check.example(turns, (third_graph, 4), {"turn": [-1, 3, -1, 2, 0, 1, -1, 1, 3, 2]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "turns", turns)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 4. The walk back
#
# `slopes[i]` holds the local slopes of node $i$, one for each place in `parents[i]`. Let $L$ be the end and write $du$ for
# $\partial L / \partial u$. The chapter says it in one line:
#
# $$du = \sum_{v \text{ uses } u} dv\, \frac{\partial v}{\partial u}, \qquad dL = 1$$
#
# Every node hands each parent its own gradient times the slope, and each parent adds up what it receives. Go turn by turn.
#
# **Predict.** In the third graph at $a = 1$, $b = 2$, $w = 2$, $t = 4$, one input has a negative gradient. Which one?
#
# Write `gradients`. It uses your `turns`. Nodes that the end was not made from have gradient 0.

# %% solution="gradients"
def gradients(parents, slopes, end):
    """Gradient of the end for every node: parents (I, P), slopes (I, P), end a number -> grad (I,)."""
    ### BEGIN SOLUTION
    grad = np.zeros(len(parents))
    grad[end] = 1
    turn = turns(parents, end)
    for t in range(max(turn) + 1):
        for node in np.flatnonzero(turn == t):
            for parent, slope in zip(parents[node], slopes[node]):
                if parent >= 0:
                    grad[parent] += slope * grad[node]
    return grad
    ### END SOLUTION

# %% check="gradients"
# the same graph at x = 0.5: u = 1, v = 0.7616, y = 0.7616; the end is z, and then y, which is node 1
v = np.tanh(1.0)
square_slopes = np.array([[v, v], [v, 1.0], [2.0, 0.0], [1 - v ** 2, 0.0], [0.0, 0.0], [3.0, 0.0]])
display(check.example(gradients, (square, square_slopes, 0),
                      {"grad": [1, 1.5232, 1.7998, 1.5232, 3.5995, 0]}, tolerance=5e-5))
check.example(gradients, (square, square_slopes, 1), {"grad": [0, 1, 1.1816, 1, 2.3631, 0]}, tolerance=5e-5)

# %% test="gradients" points=5
# 5 points: here on the third graph, after you hand in on more
third_slopes = np.array([[1.0, 1.0], [0, 0], [4, 0], [0, 0], [1, -1], [0, 0], [4, 0], [2, 3], [0, 0], [1, 1]])
report = check.example(gradients, (third_graph, third_slopes, 0), {"grad": [1, 8, 1, 16, 4, -4, 1, 4, 8, 8]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "gradients", gradients)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 5. Your engine
#
# Nobody wants to write graphs as arrays. The class below does it for you. It is the `Number` of the chapter, and what makes
# it work is yours: a product asks `product_slopes`, and `backward` numbers the nodes as it meets them and calls
# `gradients`. Read it once from top to bottom.

# %% locked="engine"
class Number:
    """A value, the Numbers it was made from, and the slope along each edge."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = float(data), 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other):
        other = number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = number(other)
        slopes = product_slopes(np.array([self.data, other.data]))
        return Number(self.data * other.data, (self, other), slopes)

    def __pow__(self, n):
        return Number(self.data ** n, (self,), (n * self.data ** (n - 1),))

    def __sub__(self, other):
        return self + number(other) * -1

    def __rsub__(self, other):
        return number(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        """Fill grad of this Number and of all it was made from."""
        nodes, place = [self], {self: 0}
        for node in nodes:                               # the list grows while we go through it
            for parent in node.parents:
                if parent not in place:
                    place[parent] = len(nodes)
                    nodes.append(parent)
        width = max(1, max(len(node.parents) for node in nodes))
        parents = np.full((len(nodes), width), -1)
        slopes = np.zeros((len(nodes), width))
        for i, node in enumerate(nodes):
            parents[i, :len(node.parents)] = [place[parent] for parent in node.parents]
            slopes[i, :len(node.parents)] = node.slopes
        for node, grad in zip(nodes, gradients(parents, slopes, 0)):
            node.grad = float(grad)


def number(x):
    """A Number for a plain number; a Number stays itself."""
    return x if isinstance(x, Number) else Number(x)

# %% [markdown]
# Use it like this: `u = Number(3)`, then `L = u * u + 2`, then `L.backward()`, and `u.grad` is 6.
#
# Now give it the third graph, and more than one example. All of them share one weight:
#
# $$L = \frac{1}{N} \sum_{n=1}^{N} \big((a_n + b_n)\, w - t_n\big)^2 + w^2$$
#
# **Predict.** With $N$ examples, how many users does $w$ have?
#
# Write `third_gradient`. Make a `Number` of every input, build the loss, call `backward` once, and collect `grad`. There is
# no division: multiply by $1/N$.

# %% solution="third_gradient"
def third_gradient(a, b, w, t):
    """Gradients of the loss: a, b, t (N,), w a number -> da (N,), db (N,), dw a number, dt (N,)."""
    ### BEGIN SOLUTION
    A, B, T = [Number(v) for v in a], [Number(v) for v in b], [Number(v) for v in t]
    W = Number(w)
    total = Number(0)
    for n in range(len(a)):
        total = total + ((A[n] + B[n]) * W - T[n]) ** 2
    loss = total * (1 / len(a)) + W ** 2
    loss.backward()
    da, db, dt = (np.array([u.grad for u in inputs]) for inputs in (A, B, T))
    return da, db, W.grad, dt
    ### END SOLUTION

# %% check="third_gradient"
check.gradient(third, third_gradient, np.array([1.0, -0.5, 2.0]), np.array([0.3, 0.8, -1.0]), 1.5,
               np.array([2.0, 1.0, -1.0]), of="a b w t")

# %% test="third_gradient" points=4
# 4 points: here on two examples, after you hand in on more
report = check.example(
    third_gradient, (np.array([1.0, 0.0]), np.array([2.0, 1.0]), 2.0, np.array([4.0, 5.0])),
    {"da": [4, -6], "db": [4, -6], "dw": 7, "dt": [-2, 3]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "third_gradient", third_gradient)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 6. A graph of your own
#
# The cell below computes a loss in small steps: six nodes $p$ to $v$, one after the other. $v$ is compared with the target
# $t$, and the loss is the mean of the squares. $w$ is one number, which all examples share. Your teacher may have drawn this
# graph for you alone. Then it has as many products, sums and slopes as those of the others, in another order.
#
# Draw it on paper, with an arrow from every node to those that use it. Then walk back: $v$ first, and $p$ last.
#
# **Predict.** Two of the letters are used twice. Which ones, and what does that mean for their gradients?

# %% locked="own_graph"
def own_loss(x, y, w, t):
    """The loss of your own graph: x, y, t (N,), w a number -> a number."""
    p = x * w
    q = p + y
    r = np.tanh(q)
    s = r * p
    u = 3 * s
    v = u - w
    return np.mean((v - t) ** 2)


# its gradients for the example with points, rounded
own_example = {"dx": [-1.2043, -2.9428], "dy": [0.458, 0.4493], "dw": -2.8511}

# %% [markdown]
# Write `own_gradient`: compute the nodes once more, then one line for each of them on the way back. Nobody needs `dt`. Your
# engine knows no tanh, so do it by hand.

# %% solution="own_gradient"
def own_gradient(x, y, w, t):
    """Gradients of own_loss: x, y, t (N,), w a number -> dx (N,), dy (N,), dw a number."""
    ### BEGIN SOLUTION
    p = x * w
    q = p + y
    r = np.tanh(q)
    s = r * p
    v = 3 * s - w
    dv = 2 * (v - t) / len(t)
    du, dw = dv, -dv
    ds = 3 * du
    dr, dp = ds * p, ds * r
    dq = dr * (1 - r ** 2)
    dp, dy = dp + dq, dq
    dx, dw = dp * w, dw + dp * x
    return dx, dy, np.sum(dw)
    ### END SOLUTION

# %% check="own_gradient"
check.gradient(own_loss, own_gradient, np.array([1.0, -0.5, 0.3]), np.array([0.4, 0.8, -1.0]), 0.7,
               np.array([0.5, 1.0, -1.0]), of="x y w")

# %% test="own_gradient" points=4
# 4 points: here on two examples, after you hand in on more
report = check.example(own_gradient, (np.array([0.5, -0.5]), np.array([-0.5, 1.0]), -0.5, np.array([2.0, -1.0])),
                       own_example, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("04_graphs", "own_gradient", own_gradient)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 7. Your engine trains a network
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
#
# Forty points on two half moons, labels $-1$ and $1$. Four tanh units look at both coordinates, and one more looks at the
# four. Each unit is a single node of your graph, with the slopes of task 2: 17 weights and biases in all. Training takes
# one point at a time: build its loss, call `backward`, move all 17 against their gradients.
#
# **Predict.** No straight line separates the moons. How many of the forty points does a network with four units get wrong?

# %% tags=["skip-execution"]
points, labels = nnlib.data.moons(40, noise=0.1, rng=np.random.default_rng(0))
targets = 2 * labels - 1


def unit(x, w, b):
    """One tanh unit as one node: lists of Numbers, and a Number, -> a Number."""
    x_data, w_data = (np.array([u.data for u in numbers]) for numbers in (x, w))
    dx, dw, db = neuron_slopes(x_data, w_data, b.data)
    return Number(neuron(x_data, w_data, b.data), (*x, *w, b), (*dx, *dw, db))


def network(x, hidden, output):
    """Two inputs, four units, one unit: x holds Numbers or plain numbers."""
    h = [unit([number(u) for u in x], w, b) for w, b in hidden]
    return unit(h, *output)


rng = np.random.default_rng(1)


def new_unit(D):
    """Random weights and a bias of 0, as Numbers."""
    return [Number(w) for w in rng.normal(0, 1, D)], Number(0)


hidden, output = [new_unit(2) for _ in range(4)], new_unit(4)
parameters = [p for w, b in (*hidden, output) for p in (*w, b)]

losses = []
for epoch in range(100):
    total = 0.0
    for n in rng.permutation(len(points)):
        loss = (network(points[n], hidden, output) - targets[n]) ** 2
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        total += loss.data
    losses.append(total / len(points))

answers = np.array([network(x, hidden, output).data for x in points])
print(f"{np.sum(np.sign(answers) != targets)} of {len(points)} points are on the wrong side.")

# %% tags=["skip-execution"]
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
left.plot(losses)
left.set(xlabel="epoch", ylabel="mean squared error", yscale="log", title="Your engine learns")

x1, x2 = np.meshgrid(np.linspace(-1.7, 2.7, 60), np.linspace(-1.2, 1.7, 60))
height = [network(x, hidden, output).data for x in zip(x1.ravel(), x2.ravel())]
right.contourf(x1, x2, np.reshape(height, x1.shape), levels=np.linspace(-1, 1, 9), cmap="PuOr_r", alpha=0.6)
right.contour(x1, x2, np.reshape(height, x1.shape), levels=[0], colors="black")
for label, marker in ((0, "o"), (1, "s")):
    right.plot(*points[labels == label].T, marker, color="black", markerfacecolor="white" if label else "black")
right.set(xlabel="$x_1$", ylabel="$x_2$", title="The border that it found");

# %% [markdown]
# **Explain.** Follow the border with a finger. How many bends do you find? A unit alone draws a straight line: how many
# units does this border need at least?
#
# ## 8. What does the order cost?
#
# **Predict.** A ladder doubles a number again and again: $x_{k+1} = x_k + x_k$. After 50 rungs there are $2^{50}$ paths from
# $x_0$ to the end, about a million times a billion. How long does your engine take for the slope?

# %% tags=["skip-execution"]
x0 = rung = Number(1)
for _ in range(50):
    rung = rung + rung
rung.backward()
print(f"slope {x0.grad:.0f}, and 2 to the power of 50 is {2 ** 50}.")

# %% [markdown] written="at_once" points=2
# **Explain.** Somebody finds the turns of task 3 too much trouble. In their engine a node that is given a part of its
# gradient hands this part on at once, times the slope, and does the same when the next part arrives. Are the gradients
# right? And what happens on the ladder?
#
# ### BEGIN SOLUTION
# They are right: a gradient is a sum over all paths, and it does not matter whether its parts are handed on together or
# one by one. But so every path is walked by itself. The ladder has $2^{50}$ of them, and the program never ends. In turns,
# a rung waits until both of its parts are there, adds them up, and hands on their sum once.
# ### END SOLUTION

# %% [markdown]
# The next chapter makes whole layers of these nodes, and the engine becomes three lines for each of them.
