# %% [markdown]
# # A recurrent network, one step at a time
#
# You write a recurrent layer and send its gradient backward through time, and do the same for one step of an LSTM: eight
# short functions. Then they learn to write verses.
#
# | | |
# |---|---|
# | **Time** | 120 to 150 minutes; tasks 7 and 8 can wait for another day |
# | **You need** | the chapter [Recurrent networks](../../book/10_rnn.md) |
# | **You write** | `rnn_step`, `rnn_forward`, `rnn_backward`, `clip_gradients`, `probabilities`, `embedding_backward`, |
# | | `lstm_step`, `lstm_step_backward` |
# | **Points** | 32: 2 + 3 + 6 + 4 + 3 + 3 + 4 + 5, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single sequence, very large scores. Each output earns
# its own points. Loops, NumPy or `@njit`: every correct answer counts. Functions return new arrays and leave their
# arguments as they are, which earns half a point or one in every task. A gradient has to be a formula: for some inputs
# a difference of two values, divided by a step, is far off. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("rnn_step")` in a cell of your own
# gives hints in steps. Then draw the layer three times, once for each step, and follow the arrows with a pencil. Then
# ask: in the forum, show the *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# the example: two sequences of three steps with one number each, a layer of two units
x = np.array([[[1.0], [0.0], [0.0]],
              [[0.5], [2.0], [-1.0]]])
h0 = np.array([[0.0, 0.0],
               [0.5, -0.5]])
w_x = np.array([[1.0], [-0.5]])
w_h = np.array([[0.5, -1.0],
                [0.25, 0.0]])
b = np.array([0.0, 0.1])

# all sizes different, for the self-checks: 3 sequences of 5 steps with 2 numbers each, 4 units
rng = np.random.default_rng(0)
sequences, start = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 4))
weights = rng.normal(size=(4, 2)), rng.normal(size=(4, 4)) / 2, rng.normal(size=4)

# %% [markdown]
# ## 1. One step
#
# The layer keeps a **state** of $M$ numbers. A step makes the new state from the input and from the state before:
#
# $$h_t = \tanh\big( W_x\, x_t + W_h\, h_{t-1} + b \big)$$
#
# One example per row, as always: `x` is (N, D), `h` is (N, M), `w_x` is (M, D), `w_h` is (M, M).
#
# **Predict.** `w_h` is square. If you forget to transpose it, does any shape complain?
#
# Write `rnn_step`. Its values are right for scores of any size: `np.tanh` knows how.

# %% solution="rnn_step"
def rnn_step(x, h, w_x, w_h, b):
    """The new state: x (N, D), the state before h (N, M), w_x (M, D), w_h (M, M), b (M,) -> h (N, M)."""
    ### BEGIN SOLUTION
    return np.tanh(x @ w_x.T + h @ w_h.T + b)
    ### END SOLUTION

# %% check="rnn_step"
display(check.example(rnn_step, (x[:, 1], h0, w_x, w_h, b), {"h": [[0, 0.0997], [0.9919, -0.6498]]}, tolerance=5e-5))
check.example(rnn_step, (1000 * x[:, 0], h0, w_x, w_h, b), {"h": [[1, -1], [1, -1]]})

# %% test="rnn_step" points=2
# 2 points: here on the first step of the example, after you hand in on more
report = check.example(rnn_step, (x[:, 0], h0, w_x, w_h, b),
                       {"h": [[0.7616, -0.3799], [0.8483, -0.0250]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "rnn_step", rnn_step)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 2. One step after the other
#
# The same layer reads the whole sequence. Each step starts from the state that the step before has left, the first one
# from `h0`. Two arrays come out:
#
# - `h` (N, T, M), the state after every step, for the next layer;
# - `states` (T + 1, N, M), for the way back: `states[0]` is `h0`, and `states[t + 1]` is the state after step `t`. Time
#   comes first here. So `states[t]` is what step `t` has read, and `states[t + 1]` what it has made of it.
#
# **Predict.** The first sequence of the example is 1, 0, 0. Is the state back at 0 at the end?
#
# Write `rnn_forward`.

# %% solution="rnn_forward"
def rnn_forward(x, h0, w_x, w_h, b):
    """All states: x (N, T, D), h0 (N, M), weights as above -> h (N, T, M), states (T + 1, N, M)."""
    ### BEGIN SOLUTION
    states = [h0]
    for t in range(x.shape[1]):
        states.append(rnn_step(x[:, t], states[t], w_x, w_h, b))
    states = np.stack(states)
    return states[1:].transpose(1, 0, 2), states
    ### END SOLUTION

# %% check="rnn_forward"
check.example(rnn_forward, (x, h0, w_x, w_h, b),
              {"h": [[[0.7616, -0.3799], [0.6415, 0.2825], [0.0382, 0.2547]],
                     [[0.8483, -0.0250], [0.9852, -0.5966], [0.0890, 0.6891]]],
               "states": [[[0, 0], [0.5, -0.5]],
                          [[0.7616, -0.3799], [0.8483, -0.0250]],
                          [[0.6415, 0.2825], [0.9852, -0.5966]],
                          [[0.0382, 0.2547], [0.0890, 0.6891]]]}, tolerance=5e-5)

# %% test="rnn_forward" points=3
# 3 points: here on the first two steps of one sequence, after you hand in on more
report = check.example(rnn_forward, (x[1:, :2], h0[1:], w_x, w_h, b),
                       {"h": [[[0.8483, -0.0250], [0.9852, -0.5966]]],
                        "states": [[[0.5, -0.5]], [[0.8483, -0.0250]], [[0.9852, -0.5966]]]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "rnn_forward", rnn_forward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. Backward through time
#
# From behind comes `dh` (N, T, M), the gradient of the loss with respect to the output of every step. But a state also
# goes into the next step, and what it does there comes back too. So you walk from the last step to the first, and add:
#
# $$da_t = \big( dh_t + W_h^{\mathsf T}\, da_{t+1} \big) \odot (1 - h_t \odot h_t), \qquad da_T = 0$$
#
# Every step hands $da_t$ on to its input, and all steps share the weights:
#
# $$dx_t = W_x^{\mathsf T} da_t, \qquad dh_0 = W_h^{\mathsf T} da_0, \qquad
# dW_x = \sum_t da_t\, x_t^{\mathsf T}, \qquad dW_h = \sum_t da_t\, h_{t-1}^{\mathsf T}, \qquad db = \sum_t da_t$$
#
# Here $da_0$ belongs to the first step, and $dh_0$ is the gradient of `h0`. The sums over the examples are hidden in
# the matrix products, and `dh` already belongs to the mean loss: do not divide again.
#
# **Predict.** The loss looks only at the last step. Does the input of the first step get a gradient? Through which
# matrix has it come, and how often?
#
# Write `rnn_backward`. The self-check nudges every number that went into *your* `rnn_forward`, and compares.

# %% solution="rnn_backward"
def rnn_backward(dh, states, x, h0, w_x, w_h, b):
    """Gradients: dh (N, T, M), states (T + 1, N, M), the rest as forward -> dx, dh0, dw_x, dw_h, db."""
    ### BEGIN SOLUTION
    dx, later = np.zeros(x.shape), np.zeros(h0.shape)
    dw_x, dw_h, db = np.zeros(w_x.shape), np.zeros(w_h.shape), np.zeros(b.shape)
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + later) * (1 - states[t + 1] ** 2)      # (N, M)
        dx[:, t] = da @ w_x
        dw_x += da.T @ x[:, t]
        dw_h += da.T @ states[t]
        db += da.sum(axis=0)
        later = da @ w_h                                        # on its way to step t - 1
    return dx, later, dw_x, dw_h, db
    ### END SOLUTION

# %% check="rnn_backward"
check.backward(rnn_forward, rnn_backward, sequences, start, *weights)

# %% test="rnn_backward" points=6
# 6 points: here on two steps of one sequence, with states of simple numbers; after you hand in on more
states = np.array([[[1.0, 2.0]], [[0.5, 0.0]], [[0.6, -0.8]]])
dh = np.array([[[0.0, 0.0], [1.0, 0.0]]])
report = check.example(rnn_backward, (dh, states, x[1:, :2], states[0], w_x, w_h, b),
                       {"dx": [[[0.56], [0.64]]], "dh0": [[-0.04, -0.24]],
                        "dw_x": [[1.4], [-0.32]], "dw_h": [[0.56, 0.48], [-0.64, -1.28]],
                        "db": [0.88, -0.64]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "rnn_backward", rnn_backward)
### END HIDDEN TESTS
report.points(6)

# %% [markdown]
# ## 4. Not over the cliff
#
# Many steps multiply by the same matrix, and the gradient can explode. Clipping keeps its direction and limits its
# length. The length is that of **all** gradients together, as one long vector $d\theta$:
#
# $$\lVert d\theta \rVert = \sqrt{\textstyle\sum dW_x^2 + \sum dW_h^2 + \sum db^2}, \qquad
# d\theta \leftarrow d\theta \cdot \min\Big(1,\; \frac{c}{\lVert d\theta \rVert}\Big)$$
#
# **Predict.** What should happen to a gradient that is shorter than $c$? To one that is 0 everywhere?
#
# Write `clip_gradients`, with `clip_norm` for $c$. It returns the three arrays in their order.

# %% solution="clip_gradients"
def clip_gradients(dw_x, dw_h, db, clip_norm):
    """The three gradients, together no longer than clip_norm: -> dw_x, dw_h, db."""
    ### BEGIN SOLUTION
    norm = np.sqrt(np.sum(dw_x ** 2) + np.sum(dw_h ** 2) + np.sum(db ** 2))
    factor = clip_norm / max(norm, clip_norm)
    return dw_x * factor, dw_h * factor, db * factor
    ### END SOLUTION

# %% check="clip_gradients"
long = np.array([[4.0], [-4.0]]), np.array([[6.0, 0.0], [-4.0, 0.0]]), np.array([0.0, 4.0])    # length 10
display(check.example(clip_gradients, (*long, 2.0),
                      {"dw_x": [[0.8], [-0.8]], "dw_h": [[1.2, 0], [-0.8, 0]], "db": [0, 0.8]}))
zero = np.zeros((2, 1)), np.zeros((2, 2)), np.zeros(2)
display(check.example(clip_gradients, (*zero, 2.0), {"dw_x": zero[0], "dw_h": zero[1], "db": zero[2]}))
short = np.array([[0.4], [-0.4]]), np.array([[0.6, 0.0], [-0.4, 0.0]]), np.array([0.0, 0.4])   # length 1
check.example(clip_gradients, (*short, 2.0), {"dw_x": short[0], "dw_h": short[1], "db": short[2]})

# %% test="clip_gradients" points=4
# 4 points: here on a gradient that is twice too long, after you hand in on more
twice = np.array([[2.0], [-2.0]]), np.array([[3.0, 0.0], [-2.0, 0.0]]), np.array([0.0, 2.0])   # length 5
report = check.example(clip_gradients, (*twice, 2.5),
                       {"dw_x": [[1], [-1]], "dw_h": [[1.5, 0], [-1, 0]], "db": [0, 1]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "clip_gradients", clip_gradients)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 5. From scores to the next character
#
# At every step the network gives a score to each of $V$ characters. To write, it draws one with the probabilities
#
# $$p_v = \frac{e^{a_v / \tau}}{\sum_u e^{a_u / \tau}}$$
#
# The **temperature** $\tau$ is its courage. The largest score of a row may be subtracted from the whole row first:
# that changes nothing on paper, and on a computer no exponential overflows.
#
# **Predict.** Two characters have scores 1 and 0. Does $\tau = 0.5$ make the first one more likely, or less?
#
# Write `probabilities` for one row of scores per example.

# %% solution="probabilities"
def probabilities(scores, temperature):
    """A probability for every character: scores (N, V), temperature a number -> p (N, V)."""
    ### BEGIN SOLUTION
    a = scores / temperature
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %% check="probabilities"
far = np.array([[1000.0, 999.0, 0.0], [-1000.0, -999.0, -1000.0]])
check.example(probabilities, (far, 0.5), {"p": [[0.880797, 0.119203, 0], [0.106507, 0.786986, 0.106507]]})

# %% test="probabilities" points=3
# 3 points: here at temperature 2, after you hand in on more
report = check.example(probabilities, (np.array([[2.0, 0.0, -2.0], [0.0, 0.0, 0.0]]), 2.0),
                       {"p": [[0.6652, 0.2447, 0.0900], [0.3333, 0.3333, 0.3333]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "probabilities", probabilities)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 6. A row for every character
#
# A character enters as a row of a table `w` of shape (V, D): $h_{ntd} = w_{x_{nt}, d}$. Where it stands several times, all
# these places have used the *same* row. So the row collects from all of them, equation (10.10):
#
# $$dw_{vd} = \sum_n \sum_t\, [x_{nt} = v]\; dh_{ntd}$$
#
# Here $[\dots]$ is 1 where the statement is true, and else 0.
#
# **Predict.** Of 36 characters, 20 occur in a batch. How many rows of $dw$ are 0?
#
# Write `embedding_backward`. It needs no table, only the number of its rows, $V$.

# %% solution="embedding_backward"
def embedding_backward(dh, tokens, V):
    """Gradient of the table: dh (N, T, D), tokens (N, T) from 0 to V - 1, V a number -> dw (V, D)."""
    ### BEGIN SOLUTION
    dw = np.zeros((V, dh.shape[2]))
    np.add.at(dw, tokens, dh)                            # dw[tokens] += dh keeps one place of each character
    return dw
    ### END SOLUTION

# %% check="embedding_backward"
dh = np.array([[[1.0, 2.0], [3.0, 0.0], [0.5, 1.0]], [[4.0, -1.0], [0.0, 1.0], [2.0, 2.0]]])
check.example(embedding_backward, (dh, np.array([[2, 0, 2], [0, 0, 4]]), 5),
              {"dw": [[7, 0], [0, 0], [1.5, 3], [0, 0], [2, 2]]})

# %% test="embedding_backward" points=3
# 3 points: here on one sequence of four characters, after you hand in on more
dh = np.array([[[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [2.0, -1.0, 0.5], [1.0, 1.0, 1.0]]])
report = check.example(embedding_backward, (dh, np.array([[1, 2, 1, 1]]), 4),
                       {"dw": [[0, 0, 0], [4, 0, 3.5], [0, 3, 1], [0, 0, 0]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "embedding_backward", embedding_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 7. A cell that remembers
#
# An LSTM has a second state, its cells $\mathbf c$. Gates decide what they take in, keep, and show (10.5). All four come
# from one product, and lie side by side in the order i f g o:
#
# $$\mathbf a = W_x \mathbf x_t + W_h \mathbf h_{t-1} + \mathbf b, \qquad
# \mathbf i, \mathbf f, \mathbf o = \sigma(\mathbf a_i), \sigma(\mathbf a_f), \sigma(\mathbf a_o), \qquad
# \mathbf g = \tanh(\mathbf a_g)$$
#
# $$\mathbf c_t = \mathbf f \odot \mathbf c_{t-1} + \mathbf i \odot \mathbf g, \qquad
# \mathbf h_t = \mathbf o \odot \tanh(\mathbf c_t)$$
#
# **Predict.** Which two gates have to be open, and which shut, so that a cell keeps its number for a hundred steps?
#
# Write `lstm_step`. It returns the new state, the new cells, and the four gates side by side.

# %% locked="sigmoid"
def sigmoid(a):
    """Given: a (...) -> numbers from 0 to 1 (...)."""
    return (1 + np.tanh(a / 2)) / 2

# %% solution="lstm_step"
def lstm_step(x, h, c, w_x, w_h, b):
    """One step: x (N, D), h and c (N, M), w_x (4M, D), w_h (4M, M), b (4M,) -> h (N, M), c (N, M), gates (N, 4M)."""
    ### BEGIN SOLUTION
    i, f, g, o = np.split(x @ w_x.T + h @ w_h.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return o * np.tanh(c), c, np.hstack([i, f, g, o])
    ### END SOLUTION

# %% check="lstm_step"
eight = np.array([[1.0], [2.0], [0.0], [-1.0], [1.0], [0.5], [3.0], [0.0]]), np.arange(16.0).reshape(8, 2) % 3 - 1, np.array(
    [0.0, 1.0, 2.0, 0.0, -0.5, 0.0, 0.0, 1.0])
check.example(lstm_step, (np.array([[1.0]]), np.array([[0.5, -1.0]]), np.array([[2.0, -1.0]]), *eight), {
    "h": [[0.8947, -0.5217]], "c": [[2.0622, -0.6395]],
    "gates": [[0.6225, 0.989, 0.7311, 0.1824, 0.964, -0.4621, 0.9241, 0.9241]]}, tolerance=5e-5)

# %% test="lstm_step" points=4
# 4 points: here on two examples and one unit, after you hand in on more
report = check.example(
    lstm_step, (np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([[0.5], [0.0]]), np.array([[1.0], [-2.0]]),
                np.array([[1.0, 0.0], [0.0, 2.0], [0.5, 1.0], [-1.0, 1.0]]), np.array([[1.0], [-1.0], [2.0], [0.0]]),
                np.array([0.0, 1.0, 0.0, 0.5])),
    {"h": [[0.3311], [-0.0373]], "c": [[1.3625], [-0.5379]],
     "gates": [[0.8176, 0.6225, 0.9051, 0.3775], [0.8808, 0.2689, 0, 0.0759]]},
    tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "lstm_step", lstm_step)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 8. Back through the gates
#
# Two gradients arrive: $d\mathbf h_t$, complete, and from the step behind the part of the cells, $d\mathbf c$. The cells act
# through $\mathbf h_t$ too, so first complete their gradient, then give every factor its partner (10.6):
#
# $$d\mathbf c_t = d\mathbf c + d\mathbf h_t \odot \mathbf o \odot (1 - \tanh^2 \mathbf c_t), \qquad
# d\mathbf c_{t-1} = d\mathbf c_t \odot \mathbf f$$
#
# $$\begin{aligned}
# d\mathbf a_i &= d\mathbf c_t \odot \mathbf g \odot \mathbf i \odot (1 - \mathbf i), &
# d\mathbf a_f &= d\mathbf c_t \odot \mathbf c_{t-1} \odot \mathbf f \odot (1 - \mathbf f), \\
# d\mathbf a_g &= d\mathbf c_t \odot \mathbf i \odot (1 - \mathbf g \odot \mathbf g), &
# d\mathbf a_o &= d\mathbf h_t \odot \tanh \mathbf c_t \odot \mathbf o \odot (1 - \mathbf o)
# \end{aligned}$$
#
# **Predict.** The forget gate is 1 and $d\mathbf h_t$ is 0 at all steps. What is left of $d\mathbf c$ after a hundred steps?
#
# Write `lstm_step_backward`. From the scores on everything is as in task 3.

# %% solution="lstm_step_backward"
def lstm_step_backward(dh, dc, gates, c_before, c):
    """Gradients of scores and old cells: gates (N, 4M), the rest (N, M) -> da (N, 4M), dc_before (N, M)."""
    ### BEGIN SOLUTION
    i, f, g, o = np.split(gates, 4, axis=1)
    tanh_c = np.tanh(c)
    dc = dc + dh * o * (1 - tanh_c ** 2)
    da = np.hstack([dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g ** 2), dh * tanh_c * o * (1 - o)])
    return da, dc * f
    ### END SOLUTION

# %% check="lstm_step_backward"
rng = np.random.default_rng(1)


def from_scores(a, c_before):
    """h and c side by side, and what the way back needs."""
    i, f, g, o = np.split(a, 4, axis=1)
    gates = np.hstack([sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)])
    i, f, g, o = np.split(gates, 4, axis=1)
    c = f * c_before + i * g
    return np.hstack([o * np.tanh(c), c]), gates, c


def to_scores(dy, gates, c, a, c_before):
    """Your function, with dh and dc cut out of dy."""
    dh, dc = np.split(dy, 2, axis=1)
    return lstm_step_backward(dh, dc, gates, c_before, c)


check.example(lstm_step_backward, (np.array([[1.0]]), np.array([[0.0]]), np.array([[0.5, 0.5, 0.0, 0.5]]), np.array([[1.0]]),
                                   np.array([[0.5]])),
              {"da": [[0, 0.0983, 0.1966, 0.1155]], "dc_before": [[0.1966]]}, tolerance=5e-5)
check.backward(from_scores, to_scores, rng.normal(size=(3, 8)), rng.normal(size=(3, 2)))

# %% test="lstm_step_backward" points=5
# 5 points: here on two examples and one unit, after you hand in on more
report = check.example(
    lstm_step_backward, (np.array([[1.0], [2.0]]), np.array([[0.5], [-1.0]]),
                         np.array([[0.5, 0.8, 0.5, 0.4], [0.9, 0.5, -0.6, 0.75]]), np.array([[2.0], [-1.0]]),
                         np.array([[1.85], [-1.04]])),
    {"da": [[0.0672, 0.1721, 0.2016, 0.2284], [0.022, 0.1019, -0.2348, -0.2917]], "dc_before": [[0.4301], [-0.2038]]},
    tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("10_rnn", "lstm_step_backward", lstm_step_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 9. Your code writes verses
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# `nnlib.data.tiny_text()` is a poem of nine verses. The network reads pieces of 40 characters. The target of every step
# is the character that comes next.
#
# `nnlib.using` puts your `rnn_forward`, `rnn_backward` and `embedding_backward` in the place of the library's.
# `clip_gradients` works on the three gradients of the layer, between the backward pass and the step.
#
# **Predict.** Guessing one of 36 characters costs $\log 36 \approx 3.6$ nats. How low does the loss get in 400 steps?

# %% tags=["skip-execution"]
text = nnlib.data.tiny_text()
characters = sorted(set(text))
tokens = np.array([characters.index(c) for c in text])

rng = np.random.default_rng(0)
embedding, rnn = nnlib.Embedding(len(characters), 24, rng=rng), nnlib.RNN(24, 96, rng=rng)
head = nnlib.Affine(96, len(characters), rng=rng)
net = nnlib.Sequential(embedding, rnn, head)


def learn(steps, loss=nnlib.SoftmaxCrossEntropy(), optimizer=nnlib.Adam(0.005)):
    """Train the network with your functions: -> the loss of every step, the length of every gradient."""
    losses, lengths = [], []
    with nnlib.using(rnn_forward=rnn_forward, rnn_backward=rnn_backward,
                     embedding_backward=lambda dh, x, w: embedding_backward(dh, x, len(w))):
        for _ in range(steps):
            start = rng.integers(len(tokens) - 40, size=(16, 1))
            piece = tokens[start + np.arange(41)]                      # (16, 41)
            losses.append(loss.forward(net.forward(piece[:, :-1]), piece[:, 1:]))
            net.backward(loss.backward())
            lengths.append(np.sqrt(sum(np.sum(d ** 2) for d in (rnn.dw_x, rnn.dw_h, rnn.db))))
            rnn.dw_x, rnn.dw_h, rnn.db = clip_gradients(rnn.dw_x, rnn.dw_h, rnn.db, 0.5)
            optimizer.step(net)
    return losses, lengths


def write(start, length, temperature):
    """Text that the network makes up, character by character."""
    new, state = [characters.index(c) for c in start], None
    for _ in range(length):
        h = rnn.forward(embedding.forward(np.array([new])), state=state)
        state = rnn.final_state                                        # carried over to the next character
        new = [rng.choice(len(characters), p=probabilities(head.forward(h[:, -1]), temperature)[0])]
        start += characters[new[0]]
    return start

# %% tags=["skip-execution"]
losses, lengths = [], []
for steps in (20, 80, 300):
    more = learn(steps)
    losses, lengths = losses + more[0], lengths + more[1]
    print(f"--- after {len(losses)} steps, loss {losses[-1]:.2f} nats")
    print(write("The ", 120, temperature=0.7), "\n")

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
left.plot(losses)
left.axhline(np.log(len(characters)), color="gray", linestyle=":", label="guessing")
left.set(xlabel="step", ylabel="loss (nats)", ylim=0, title="Your network learns a poem")
left.legend()
right.plot(lengths, ".", markersize=3)
right.axhline(0.5, color="gray", linestyle=":", label="clipped to 0.5")
right.set(xlabel="step", ylabel="length of the gradient", ylim=0, title="What clipping cuts off")
right.legend()

# %% [markdown] written="memory" points=2
# **Explain.** What has the network learned after 20 steps, and what after 100? Nobody has told it what a word is: where
# does it keep the beginning of the word while it writes the end?
#
# ### BEGIN SOLUTION
# After 20 steps it knows little more than how often each character occurs, and blanks between them. After 100 there are
# pieces of words and line ends in the right places. What it has written is in the state $h$, the only thing that is handed
# from step to step: the weights are the same in all of them.
# ### END SOLUTION

# %% [markdown]
# **Predict.** Here it writes at three temperatures. Which one repeats itself, and which one invents words?

# %% tags=["skip-execution"]
for temperature in (0.2, 0.8, 2.0):
    print(f"--- temperature {temperature}")
    print(write("The ", 160, temperature), "\n")

# %% [markdown]
# **Go on.** The verses are good because they are nearly those of the poem: 400 steps are enough to learn it by heart.
# Train on eight verses and watch the loss on the ninth. The chapter does, and what happens there is the reason why a
# model of language is judged by text that it has not seen.
#
# ## 10. How far back?
#
# Your `lstm_step` runs over forty random inputs, and your `lstm_step_backward` goes back from the last. The cells get a
# gradient of 1 there, and just the way through the cells is followed. Only the bias of the forget gate differs.
#
# **Predict.** With a bias of 0 the forget gate is about one half. What is left after ten steps?

# %% tags=["skip-execution"]
left = {}
for bias in (0.0, 1.0, 4.0):
    rng = np.random.default_rng(5)
    w_x, w_h, b = rng.normal(size=(32, 3)) / 4, rng.normal(size=(32, 8)) / 4, np.repeat([0.0, bias, 0.0, 0.0], 8)
    h, cells, all_gates = np.zeros((1, 8)), [np.zeros((1, 8))], []
    for x_t in rng.normal(size=(40, 1, 3)):
        h, c, gates = lstm_step(x_t, h, cells[-1], w_x, w_h, b)
        cells.append(c)
        all_gates.append(gates)
    dc, left[bias] = np.ones((1, 8)), [1.0]
    for t in reversed(range(40)):
        da, dc = lstm_step_backward(np.zeros((1, 8)), dc, all_gates[t], cells[t], cells[t + 1])
        left[bias].append(np.abs(dc).mean())

fig, ax = plt.subplots(figsize=(5.6, 3.4))
for (bias, sizes), line in zip(left.items(), ("-", "--", ":")):
    ax.plot(sizes, line, label=f"forget bias {bias:g}")
ax.set(xlabel="steps back", ylabel="mean size of dc", yscale="log")
ax.legend();
