# %% [markdown]
# # Training, one step at a time
#
# You write the optimisers that networks are trained with today, a schedule, a limit for gradients, and the first weights.
# Then all of it trains a network that reads handwritten digits.
#
# | | |
# |---|---|
# | **Time** | 105 to 135 minutes |
# | **You need** | the chapter [Training a network](../../book/06_training.md) |
# | **You write** | `momentum`, `nesterov`, `rmsprop`, `adam`, `adamw`, `schedule`, `clip`, `first_weights`, |
# | | `own_descent` |
# | **Points** | 39: 3 + 3 + 4 + 5 + 5 + 4 + 4 + 5 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, the first step, gradients of 0. Each output
# earns its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`:
# every correct answer counts. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("momentum")` in a cell of your own
# gives hints in steps. Then take a single weight and do two steps with a pencil. Then ask: in the forum, show the
# *sentence*, not your code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# three weights, their gradients, and what earlier steps have left
w = np.array([1.0, -2.0, 0.5])
dw = np.array([0.5, 1.0, -2.0])
v = np.array([1.0, -1.0, 3.0])
squares = np.array([1.0, 4.0, 1.0])

# %% [markdown]
# ## 1. Remember the earlier steps
#
# Every optimiser here works on an array of weights of any shape, entry by entry. It takes what it remembers as an
# argument and returns it renewed, after the new weights.
#
# Momentum remembers one array, $\mathbf v$. It shrinks by $\mu$ and takes in the gradient. Then the weights follow (6.6):
#
# $$\mathbf v \leftarrow \mu \mathbf v + d\mathbf w, \qquad \mathbf w \leftarrow \mathbf w - \eta\, \mathbf v$$
#
# **Predict.** The gradient is 1 in every step, and $\mu = 0.9$. Where does $\mathbf v$ end?
#
# Write `momentum`. It returns the new `w` and `v`, and leaves the old ones as they are.

# %% solution="momentum"
def momentum(w, dw, v, learning_rate, mu):
    """One step with momentum: w, dw and v (...), learning_rate and mu numbers -> the new w (...) and v (...)."""
    ### BEGIN SOLUTION
    v = mu * v + dw
    return w - learning_rate * v, v
    ### END SOLUTION

# %% check="momentum"
check.example(momentum, (w, dw, v, 0.1, 0.8), {"w": [0.87, -2.02, 0.46], "v": [1.3, 0.2, 0.4]})

# %% test="momentum" points=3
# 3 points: here on three weights, after you hand in on more
report = check.example(momentum, (w, dw, v, 0.5, 0.5), {"w": [0.5, -2.25, 0.75], "v": [1, 0.5, -0.5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "momentum", momentum)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. Look one step ahead
#
# Nesterov's variant keeps the same memory, and steps as if the next shrinking had already happened (6.7):
#
# $$\mathbf v \leftarrow \mu \mathbf v + d\mathbf w, \qquad
# \mathbf w \leftarrow \mathbf w - \eta\, (d\mathbf w + \mu \mathbf v)$$
#
# **Predict.** The memory is still 0. Which is longer, the first step of Nesterov or the first step of momentum?
#
# Write `nesterov`.

# %% solution="nesterov"
def nesterov(w, dw, v, learning_rate, mu):
    """One step of Nesterov: w, dw and v (...), learning_rate and mu numbers -> the new w (...) and v (...)."""
    ### BEGIN SOLUTION
    v = mu * v + dw
    return w - learning_rate * (dw + mu * v), v
    ### END SOLUTION

# %% check="nesterov"
check.example(nesterov, (w, dw, v, 0.1, 0.8), {"w": [0.846, -2.116, 0.668], "v": [1.3, 0.2, 0.4]})

# %% test="nesterov" points=3
# 3 points: here on three weights, after you hand in on more
report = check.example(nesterov, (w, dw, v, 0.5, 0.5), {"w": [0.5, -2.625, 1.625], "v": [1, 0.5, -0.5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "nesterov", nesterov)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 3. A scale for each weight
#
# RMSProp (6.8) divides each gradient by its own recent size. $\mathbf v$ is now a running mean of the squares, entry by
# entry:
#
# $$\mathbf v \leftarrow \alpha \mathbf v + (1 - \alpha)\, d\mathbf w \odot d\mathbf w, \qquad
# \mathbf w \leftarrow \mathbf w - \eta\, \frac{d\mathbf w}{\sqrt{\mathbf v} + \varepsilon}$$
#
# **Predict.** One weight has gradients a thousand times larger than another. How do their steps compare after a while?
#
# Write `rmsprop`. A weight without any gradient so far stays where it is.

# %% solution="rmsprop"
def rmsprop(w, dw, v, learning_rate, alpha, eps):
    """One step of RMSProp: w, dw and v (...), three numbers -> the new w (...) and v (...)."""
    ### BEGIN SOLUTION
    v = alpha * v + (1 - alpha) * dw ** 2
    return w - learning_rate * dw / (np.sqrt(v) + eps), v
    ### END SOLUTION

# %% check="rmsprop"
display(check.example(rmsprop, (w, 0 * dw, 0 * w, 0.1, 0.9, 1e-8), {"w": w, "v": 0 * w}))
check.example(rmsprop, (w, dw, 4 * squares, 0.1, 0.9, 0.05),
              {"w": [0.9744, -2.0259, 0.5976], "v": [3.625, 14.5, 4]},
              tolerance=5e-5)

# %% test="rmsprop" points=4
# 4 points: here on three weights, after you hand in on more
report = check.example(rmsprop, (w, dw, squares, 0.5, 0.75, 0.01),
                       {"w": [0.7257, -2.2758, 1.2503], "v": [0.8125, 3.25, 1.75]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "rmsprop", rmsprop)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 4. Both, and a fair start
#
# Adam (6.9) keeps a running mean $\mathbf m$ of the gradients and $\mathbf v$ of their squares. Both start at 0 and are too
# small at first, so the step uses them divided by what they lack. $t$ is the number of the step: 1, 2, 3, ...
#
# $$\begin{aligned}
# \mathbf m &\leftarrow \beta_1 \mathbf m + (1 - \beta_1)\, d\mathbf w, &
# \hat{\mathbf m} &= \mathbf m / (1 - \beta_1^t) \\
# \mathbf v &\leftarrow \beta_2 \mathbf v + (1 - \beta_2)\, d\mathbf w \odot d\mathbf w, &
# \hat{\mathbf v} &= \mathbf v / (1 - \beta_2^t) \\
# \mathbf w &\leftarrow \mathbf w - \eta\, \hat{\mathbf m} / \bigl(\sqrt{\hat{\mathbf v}} + \varepsilon\bigr)
# \end{aligned}$$
#
# **Predict.** How far does Adam move a weight in the very first step, if its gradient is $10$? If it is $10^{-4}$?
#
# Write `adam`. What it returns as memory are $\mathbf m$ and $\mathbf v$ themselves, without the hats.

# %% solution="adam"
def adam(w, dw, m, v, t, learning_rate, beta1, beta2, eps):
    """Step number t of Adam: w, dw, m and v (...), five numbers -> the new w (...), m (...) and v (...)."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw ** 2
    m_hat, v_hat = m / (1 - beta1 ** t), v / (1 - beta2 ** t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), m, v
    ### END SOLUTION

# %% check="adam"
display(check.example(adam, (w, dw, 0 * w, 0 * w, 1, 0.1, 0.9, 0.99, 0.0),
                      {"w": [0.9, -2.1, 0.6], "m": [0.05, 0.1, -0.2], "v": [0.0025, 0.01, 0.04]}))
check.example(adam, (w, dw, v, 2 * squares, 3, 0.1, 0.8, 0.9, 0.05),
              {"w": [0.9303, -1.9765, 0.3586], "m": [0.9, -0.6, 2], "v": [1.825, 7.3, 2.2]},
              tolerance=5e-5)

# %% test="adam" points=5
# 5 points: here on the second step of three weights, after you hand in on more
report = check.example(adam, (w, dw, v, squares, 2, 0.5, 0.5, 0.75, 0.01),
                       {"w": [0.6358, -2, 0.3342], "m": [0.75, 0, 0.5], "v": [0.8125, 3.25, 1.75]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "adam", adam)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 5. Decay beside Adam
#
# Weight decay pulls every weight towards 0. Added to the gradient, it would be divided by $\sqrt{\hat{\mathbf v}}$ like
# everything else, and weights with large gradients would hardly decay. AdamW shrinks the weights first and then takes
# Adam's step with the pure gradient:
#
# $$\mathbf w \leftarrow (1 - \eta \lambda)\, \mathbf w, \qquad \text{then task 4}$$
#
# **Predict.** All gradients and the memory are 0. What does AdamW do in a step, and what does Adam do?
#
# Write `adamw`. In code $\lambda$ is called `weight_decay`.

# %% solution="adamw"
def adamw(w, dw, m, v, t, learning_rate, beta1, beta2, eps, weight_decay):
    """Step number t of AdamW: w, dw, m and v (...), six numbers -> the new w (...), m (...) and v (...)."""
    ### BEGIN SOLUTION
    return adam((1 - learning_rate * weight_decay) * w, dw, m, v, t, learning_rate, beta1, beta2, eps)
    ### END SOLUTION

# %% check="adamw"
check.example(adamw, (w, dw, 0 * w, 0 * w, 1, 0.1, 0.9, 0.99, 0.0, 0.5),
              {"w": [0.85, -2, 0.575], "m": [0.05, 0.1, -0.2], "v": [0.0025, 0.01, 0.04]})

# %% test="adamw" points=5
# 5 points: here on the second step of three weights, after you hand in on more
report = check.example(adamw, (w, dw, v, squares, 2, 0.5, 0.5, 0.75, 0.01, 0.4),
                       {"w": [0.4358, -1.6, 0.2342], "m": [0.75, 0, 0.5], "v": [0.8125, 3.25, 1.75]},
                       tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "adamw", adamw)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 6. A learning rate that changes
#
# Begin gently, then take large steps, and end with small ones (6.11). Steps count from 0; $t_0$ is the length of the warm-up
# and $T$ the number of all steps:
#
# $$\eta_t = \min\Bigl(\frac{t + 1}{t_0},\, 1\Bigr) \cdot \tfrac12\, \eta\, \Bigl(1 + \cos \frac{\pi t}{T}\Bigr)$$
#
# After step $T$ the rate stays at 0.
#
# **Predict.** Without a warm-up, which share of the learning rate is left halfway, at $t = T / 2$?
#
# Write `schedule` for an array of step numbers. In code $t_0$ is `warm_up` and $T$ is `total`.

# %% solution="schedule"
def schedule(t, learning_rate, warm_up, total):
    """Learning rates of steps: t (S,) whole numbers, three numbers -> rates (S,)."""
    ### BEGIN SOLUTION
    wave = (1 + np.cos(np.pi * np.minimum(t / total, 1))) / 2
    return np.minimum((t + 1) / warm_up, 1) * learning_rate * wave
    ### END SOLUTION

# %% check="schedule"
check.example(schedule, (np.array([0, 2, 3, 6, 9, 12, 15]), 2.0, 3, 12),
              {"rates": [0.6667, 1.866, 1.7071, 1, 0.2929, 0, 0]}, tolerance=5e-5)

# %% test="schedule" points=4
# 4 points: here on five of eight steps, after you hand in on more
report = check.example(schedule, (np.array([0, 1, 3, 5, 8]), 0.5, 4, 8),
                       {"rates": [0.125, 0.2405, 0.3457, 0.1543, 0]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "schedule", schedule)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 7. Gradients that are too long
#
# A single huge gradient can throw all weights far away. Clipping limits the length of the step and keeps its direction.
# The length is that of *all* gradients together:
#
# $$g = \sqrt{\sum d\mathbf w^2 + \sum d\mathbf b^2}, \qquad
# \text{if } g > c: \quad d\mathbf w \leftarrow \frac{c}{g}\, d\mathbf w, \quad
# d\mathbf b \leftarrow \frac{c}{g}\, d\mathbf b$$
#
# Shorter gradients stay as they are, also where all of them are 0.
#
# **Predict.** What would change if each array were clipped by its own length?
#
# Write `clip`. In code $c$ is called `clip_norm`.

# %% solution="clip"
def clip(dw, db, clip_norm):
    """Gradients of at most a joint length: dw (M, D), db (M,), clip_norm a number -> dw (M, D), db (M,)."""
    ### BEGIN SOLUTION
    length = np.sqrt(np.sum(dw ** 2) + np.sum(db ** 2))
    factor = clip_norm / length if length > clip_norm else 1.0
    return dw * factor, db * factor
    ### END SOLUTION

# %% check="clip"
long, short = np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[0.3, 0.0], [0.0, 0.4]])
display(check.example(clip, (long, np.array([0.0, 12.0]), 2.6), {"dw": long / 5, "db": [0, 2.4]}))
display(check.example(clip, (short, np.array([0.0, 1.2]), 6.5), {"dw": short, "db": [0, 1.2]}))
check.example(clip, (0 * long, np.zeros(2), 6.5), {"dw": 0 * long, "db": [0, 0]})

# %% test="clip" points=4
# 4 points: here on a gradient of length 5, after you hand in on more
report = check.example(clip, (np.array([[1.0, -2.0], [0.0, 4.0]]), np.array([2.0, 0.0]), 2.5),
                       {"dw": [[0.5, -1], [0, 2]], "db": [1, 0]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "clip", clip)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 8. The first weights
#
# He's weights (6.3) keep the size of a signal through ReLU layers, Glorot's (6.2) keep signals and gradients through tanh:
#
# $$\text{He: } w \sim N\Bigl(0, \frac{2}{D}\Bigr), \qquad
# \text{Glorot: } w \sim U(-r, r), \quad r = \sqrt{\frac{6}{D + M}}$$
#
# The second number of $N$ is a variance. $D$ counts what a unit reads, and $M$ where an input goes. For a dense layer of
# shape `(M, D)` these are the axes. A filter of a convolution, `(F, C, KH, KW)`, reads a whole window of all channels,
# so $D = C \cdot KH \cdot KW$; and each input meets all filters at all places of the window: $M = F \cdot KH \cdot KW$.
#
# Chance is given, so that your answer can be checked: `z` holds standard normal numbers, and `u` uniform numbers from 0
# to 1, both of the shape of the weights.
#
# **Predict.** Which filters get larger first weights, those of 3 x 3 or those of 5 x 5?
#
# Write `first_weights` for both kinds of layers.

# %% solution="first_weights"
def first_weights(z, u):
    """First weights from random numbers: z and u (M, D) or (F, C, KH, KW) -> he and glorot, of the same shape."""
    ### BEGIN SOLUTION
    window = np.prod(z.shape[2:])                        # 1 for a dense layer
    D, M = z.shape[1] * window, z.shape[0] * window
    r = np.sqrt(6 / (D + M))
    return np.sqrt(2 / D) * z, r * (2 * u - 1)           # 2 u - 1 runs from -1 to 1
    ### END SOLUTION

# %% check="first_weights"
z, u = np.ones((2, 3, 4, 2)), np.zeros((2, 3, 4, 2))
display(check.example(first_weights, (z, u), {"he": 0.288675 * z, "glorot": -0.387298 * z}))
check.example(first_weights, (np.array([[2.0, -4.0]]), np.array([[1.0, 0.25]])),
              {"he": [[2, -4]], "glorot": [[1.414214, -0.707107]]})

# %% test="first_weights" points=5
# 5 points: here on two units with six inputs, after you hand in on more, convolutions among them
z, u = np.array([[1.0, -2.0, 0.5, 0.0, 1.0, -1.0]] * 2), np.full((2, 6), 0.75)
report = check.example(first_weights, (z, u), {"he": 0.57735 * z, "glorot": 0.433013 * np.ones((2, 6))}, tolerance=5e-6)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "first_weights", first_weights)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 9. A valley of your own
#
# The cell below is the loss of two weights: a valley with round walls, whose lowest point is not at 0. Your teacher may have
# drawn its numbers for you alone. Then your valley is as narrow as those of the others.
#
# Plain gradient descent starts at several points at once and makes a number of steps. $dw$ is the gradient of the loss at
# the present point, which you find with a pencil:
#
# $$\mathbf w \leftarrow \mathbf w - \eta\, d\mathbf w$$
#
# **Predict.** The wall is steeper in one direction than in the other. Which of the two weights arrives first?

# %% locked="own_valley"
def own_valley(w):
    """The loss of your own valley at N points: w (N, 2) -> loss (N,)."""
    a, b = w[:, 0] - 1.5, w[:, 1] + 1
    return (6 * a ** 2 + 4 * a * b + 2 * b ** 2) / 2


# where the descents of the two cells below end, rounded
own_check = {"w": [[1.08, -1.25]], "loss": [0.8017]}
own_example = {"w": [[0.908, 0.416], [0.484, 1.356]], "loss": [1.3799, 3.8601]}

# %% [markdown]
# Write `own_descent`. It returns the points after all steps, and the loss there.

# %% solution="own_descent"
def own_descent(w, learning_rate, steps):
    """Gradient descent in own_valley: N starts w (N, 2), learning_rate and steps numbers -> the last w (N, 2), loss (N,)."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        a, b = w[:, 0] - 1.5, w[:, 1] + 1
        dw = np.column_stack([6 * a + 2 * b, 2 * a + 2 * b])
        w = w - learning_rate * dw
    return w, own_valley(w)
    ### END SOLUTION

# %% check="own_descent"
check.example(own_descent, (np.array([[0.5, -1.5]]), 0.05, 2), own_check, tolerance=5e-5)

# %% test="own_descent" points=4
# 4 points: here on two starts, after you hand in on more
report = check.example(own_descent, (np.array([[0.5, 1.0], [-1.0, 2.0]]), 0.1, 3), own_example, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("06_training", "own_descent", own_descent)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 10. Your optimisers in a valley
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# The valley of the chapter is 25 times as steep across as along. All four start at the same place and take 40 steps.
#
# **Predict.** Which path swings across the valley, and which goes straight to the lowest point?

# %% tags=["skip-execution"]
steps = {
    "momentum": lambda w, dw, memory, t, rate: momentum(w, dw, *memory, rate, 0.9),
    "Nesterov": lambda w, dw, memory, t, rate: nesterov(w, dw, *memory, rate, 0.9),
    "RMSProp": lambda w, dw, memory, t, rate: rmsprop(w, dw, *memory, rate, 0.9, 1e-8),
    "Adam": lambda w, dw, memory, t, rate: adam(w, dw, *memory, t, rate, 0.9, 0.999, 1e-8)}
memories = {"momentum": 1, "Nesterov": 1, "RMSProp": 1, "Adam": 2}
valley_rates = {"momentum": 0.02, "Nesterov": 0.02, "RMSProp": 0.2, "Adam": 0.3}
curvature = np.array([1.0, 25.0])

across, along = np.meshgrid(np.linspace(-4.5, 2, 131), np.linspace(-2, 2, 81))
fig, axes = plt.subplots(2, 2, figsize=(8, 5), sharex=True, sharey=True)
for (name, step), ax in zip(steps.items(), axes.flat):
    theta, memory, path = np.array([-4.0, 1.5]), [np.zeros(2)] * memories[name], []
    for t in range(1, 41):
        path.append(theta)
        theta, *memory = step(theta, curvature * theta, memory, t, valley_rates[name])
    ax.contour(across, along, 0.5 * (across ** 2 + 25 * along ** 2), levels=[0.5, 2, 8, 20, 40], colors="0.7")
    ax.plot(*np.array(path).T, "o-", markersize=3)
    ax.set(title=name)
for ax in axes[1]:
    ax.set(xlabel=r"$\theta_1$")
fig.tight_layout()

# %% [markdown]
# ## 11. Your training reads digits
#
# Now everything at once. A network with 32 hidden ReLU units starts from your `first_weights`. Every step is clipped by
# your `clip`, and the learning rate follows your `schedule`. The network itself gives the gradients.
#
# **Predict.** Five optimisers, 20 epochs each. Which one has the lowest training loss after the first two? Do all of them
# read at least 95 % of the test images in the end?

# %% tags=["skip-execution"]
(x, y), (x_test, y_test) = nnlib.data.digits()
steps["AdamW"] = lambda w, dw, memory, t, rate: adamw(w, dw, *memory, t, rate, 0.9, 0.999, 1e-8, 0.05)
memories["AdamW"] = 2
rates = {"momentum": 0.2, "Nesterov": 0.2, "RMSProp": 0.01, "Adam": 0.02, "AdamW": 0.02}


def reader(rng):
    """64 pixels, 32 hidden units, 10 digits, with your first weights."""
    layers = [nnlib.Affine(64, 32), nnlib.ReLU(), nnlib.Affine(32, 10)]
    for layer in layers[::2]:
        layer.w[:] = first_weights(rng.standard_normal(layer.w.shape), rng.uniform(size=layer.w.shape))[0]
    return nnlib.Sequential(*layers)


def train(name, epochs=20, batch_size=50, warm_up=50):
    """A reader trained by one of your optimisers: the network, and the mean loss of every epoch."""
    rng, loss = np.random.default_rng(6), nnlib.SoftmaxCrossEntropy()
    net = reader(rng)
    total = epochs * -(-len(x) // batch_size)                            # the last batch of an epoch is shorter
    learning = schedule(np.arange(total), rates[name], warm_up, total)
    memory, losses, t = {}, [], 0
    for epoch in range(epochs):
        losses.append(0.0)
        for xb, yb in nnlib.data.batches(x, y, batch_size, rng):
            losses[-1] += loss.forward(net.forward(xb, train=True), yb) * len(xb) / len(x)
            net.backward(loss.backward())
            for layer in net.layers[::2]:
                for key, array, gradient in zip("wb", (layer.w, layer.b), clip(layer.dw, layer.db, 1.0)):
                    before = memory.get((layer, key), [np.zeros(array.shape)] * memories[name])
                    array[...], *memory[layer, key] = steps[name](array, gradient, before, t + 1, learning[t])
            t += 1
    return net, losses


curves, accuracy = {}, {}
for name in steps:
    net, curves[name] = train(name)
    accuracy[name] = nnlib.evaluate(net, (x_test, y_test), loss=nnlib.SoftmaxCrossEntropy())[1]
    print(f"{name:9} {accuracy[name]:.1%} of the test images")

fig, ax = plt.subplots(figsize=(6.4, 3.8))
for (name, curve), line in zip(curves.items(), ("-", "--", ":", "-.", "-")):
    ax.plot(range(1, 21), curve, line, label=name)
ax.set(xlabel="epoch", ylabel="mean loss (nats)", yscale="log", xticks=range(0, 21, 5))
ax.legend();

# %% [markdown] written="rates" points=2
# **Explain.** The learning rate of Adam is ten times smaller than that of momentum, and both read the digits in the end.
# Why do they need rates of such different size? What would happen to each of them with the other's rate? Try it.
#
# ### BEGIN SOLUTION
# Adam divides each gradient by its own size, so a weight moves by about the learning rate in each step, however small its
# gradient. Momentum multiplies the rate by the gradient, which is much smaller than 1 here. With Adam's rate momentum is
# slower: its loss ends about ten times as high. With the rate of momentum, Adam moves a weight by up to 0.2 at once, which
# is as large as the weights are. Here the warm-up and the falling rate catch that, and it reads the digits all the same.
# ### END SOLUTION
