# %% [markdown]
# # Not by heart
#
# You write three brakes against learning by heart, cut data into folds to choose by, and judge in two honest ways. Then
# all of it works on forty crescents.
#
# | | |
# |---|---|
# | **Time** | 75 to 90 minutes |
# | **You need** | the chapter [Generalising](../../book/07_generalising.md) |
# | **You write** | `dropout`, `decay`, `early_stop`, `folds`, `judge`, `auc`, and an answer in words |
# | **Points** | 28: 5 + 4 + 4 + 4 + 5 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, ties, classes that nobody named. Each output
# earns its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`:
# every correct answer counts. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("dropout")` in a cell of your own
# gives hints in steps. Then do the small example with a pencil. Then ask: in the forum, show the *sentence*, not your
# code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

rng = np.random.default_rng(7)

# %% [markdown]
# ## 1. Silence some, both ways
#
# In each training step dropout sets a number to 0 with probability $p$, and enlarges the others (7.1). On the way back the
# gradient takes the same ways (7.2):
#
# $$y_{nm} = \frac{k_{nm}\, x_{nm}}{1 - p}, \qquad dx_{nm} = \frac{k_{nm}\, dy_{nm}}{1 - p}$$
#
# Chance is given, so that your answer can be checked: `u` holds uniform numbers from 0 to 1, one for each number of $x$. A
# number is kept, $k = 1$, where $u \ge p$; elsewhere $k = 0$.
#
# **Predict.** With $p = \frac12$, how large is $y$ on average, compared with $x$?
#
# Write `dropout`. It returns $y$ and $dx$.

# %% solution="dropout"
def dropout(x, dy, u, p):
    """Some numbers dropped, forward and backward: x, dy and u (...), p a number in [0, 1) -> y (...), dx (...)."""
    ### BEGIN SOLUTION
    factor = (u >= p) / (1 - p)
    return factor * x, factor * dy
    ### END SOLUTION

# %% check="dropout"
x, u = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([[0.9, 0.1], [0.5, 0.3]])
display(check.example(dropout, (x, 10 * x, u, 0.2), {"y": [[1.25, 0], [3.75, -5]], "dx": [[12.5, 0], [37.5, -50]]}))
check.example(dropout, (x, 10 * x, u, 0.0), {"y": x, "dx": 10 * x})

# %% test="dropout" points=5
# 5 points: here on six numbers, after you hand in on more
report = check.example(dropout, (np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]]),
                                 np.array([[2.0, 1.0, 0.0], [-1.0, 3.0, 1.0]]),
                                 np.array([[0.7, 0.8, 0.9], [0.2, 0.76, 0.1]]), 0.75),
                       {"y": [[0, -8, 12], [0, 20, 0]], "dx": [[0, 4, 0], [0, 12, 0]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "dropout", dropout)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 2. Large weights cost
#
# Weight decay adds a penalty to the loss, and with it a term to the gradient:
#
# $$\tilde L = L + \frac{\lambda}{2} \sum w^2, \qquad
# \mathbf w \leftarrow \mathbf w - \eta\, (d\mathbf w + \lambda \mathbf w)$$
#
# **Predict.** The gradient $d\mathbf w$ stays 0. What happens to a weight in the long run?
#
# Write `decay`. It returns the penalty $\frac{\lambda}{2} \sum w^2$ of the old weights, and the new weights.

# %% solution="decay"
def decay(w, dw, learning_rate, weight_decay):
    """A step with weight decay: w and dw (...), two numbers -> penalty, a number, and the new w (...)."""
    ### BEGIN SOLUTION
    penalty = weight_decay / 2 * np.sum(w ** 2)
    return penalty, w - learning_rate * (dw + weight_decay * w)
    ### END SOLUTION

# %% check="decay"
check.example(decay, (np.array([2.0, -1.0, 3.0]), np.array([1.0, 0.0, -2.0]), 0.5, 0.2),
              {"penalty": 1.4, "w": [1.3, -0.9, 3.7]})

# %% test="decay" points=4
# 4 points: here on four weights, after you hand in on more
report = check.example(decay, (np.array([[1.0, -2.0], [0.0, 4.0]]), np.array([[0.5, 1.0], [-1.0, 0.0]]), 0.1, 0.5),
                       {"penalty": 5.25, "w": [[0.9, -2], [0.1, 3.8]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "decay", decay)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 3. Stop in time
#
# After each epoch, counted from 0, the loss on validation data is known. The best epoch is the first with the lowest loss
# *so far*. Training ends after an epoch that lies `patience` epochs behind the best one, and the weights of the best one are
# taken. What would have come later nobody knows.
#
# **Predict.** Losses 5, 3, 4, 4, 2 and a patience of 2. Which epoch is the last, and whose weights are taken?
#
# Write `early_stop`. It returns the best epoch and the last one. If the losses end before the patience does, the last
# epoch is that of the last loss.

# %% solution="early_stop"
def early_stop(losses, patience):
    """When training ends: losses (T,) of all epochs, patience a number of at least 1 -> best, last, two epochs."""
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch
    ### END SOLUTION

# %% check="early_stop"
losses = np.array([9.0, 9.0, 3.0, 3.0, 2.0, 2.0, 8.0, 1.0, 7.0, 1.0, 8.0, 7.0, 5.0, 2.0])
display(check.example(early_stop, (losses, 2), {"best": 4, "last": 6}))
display(check.example(early_stop, (losses, 7), {"best": 7, "last": 13}))
check.example(early_stop, (np.array([3.0, 2.0, 2.0, 2.0, 1.0]), 2), {"best": 1, "last": 3})

# %% test="early_stop" points=4
# 4 points: here on nine epochs, after you hand in on more
report = check.example(early_stop, (np.array([9.0, 7.0, 8.0, 6.0, 6.5, 6.4, 6.3, 1.0, 2.0]), 3), {"best": 3, "last": 6})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "early_stop", early_stop)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 4. Every example validates once
#
# With few examples, a part for validation is too small to trust. So shuffle them, cut them into $K$ folds, and train $K$
# times: each time another fold is held out, and the others are trained on.
#
# `order` holds the numbers of the examples, shuffled. The folds are neighbouring pieces of it, as equal as possible: if
# $K$ does not divide $N$, the first $N \bmod K$ folds have one example more.
#
# **Predict.** 11 examples in 4 folds. How many does each hold?
#
# Write `folds`. It returns the examples to train on, in the order in which they stand in `order`, and those of fold $k$,
# which counts from 0.

# %% solution="folds"
def folds(order, K, k):
    """Fold k of K: order (N,) numbers of examples -> train (N - N_k,), held_out (N_k,), numbers of examples."""
    ### BEGIN SOLUTION
    pieces = np.array_split(order, K)
    return np.concatenate(pieces[:k] + pieces[k + 1:]), pieces[k]
    ### END SOLUTION

# %% check="folds"
order = np.array([4, 0, 6, 2, 5, 1, 3])
display(check.example(folds, (order, 3, 0), {"train": [2, 5, 1, 3], "held_out": [4, 0, 6]}))
check.example(folds, (order, 3, 1), {"train": [4, 0, 6, 1, 3], "held_out": [2, 5]})

# %% test="folds" points=4
# 4 points: here on six examples, after you hand in on more
report = check.example(folds, (np.array([3, 5, 0, 4, 1, 2]), 3, 1), {"train": [3, 5, 1, 2], "held_out": [0, 4]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "folds", folds)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 5. Which mistakes?
#
# Accuracy does not say *what* goes wrong. Count instead how often class $i$ was called class $j$: rows are truth, columns
# are answers. From the counts follow, for every class,
#
# $$\text{recall} = \frac{\text{found}}{\text{examples of the class}}, \qquad
# \text{precision} = \frac{\text{found}}{\text{answers with its name}}$$
#
# Where the lower number is 0, the result is 0 too.
#
# **Predict.** A network calls everything a 0. For which classes are recall or precision above 0?
#
# Write `judge`.

# %% solution="judge"
def judge(predicted, y, K):
    """Counts of K classes: predicted and y (N,) from 0 to K-1 -> counts (K, K), precision (K,), recall (K,)."""
    ### BEGIN SOLUTION
    counts = np.zeros((K, K))
    np.add.at(counts, (y, predicted), 1)
    found = np.diag(counts)
    said, there = counts.sum(axis=0), counts.sum(axis=1)
    return counts, found / np.maximum(said, 1), found / np.maximum(there, 1)
    ### END SOLUTION

# %% check="judge"
y, predicted = np.array([0, 0, 0, 1, 1, 2, 2, 2, 0]), np.array([0, 1, 0, 1, 1, 0, 2, 2, 0])
display(check.example(judge, (predicted, y, 3), {
    "counts": [[3, 1, 0], [0, 2, 0], [1, 0, 2]], "precision": [0.75, 2 / 3, 1], "recall": [0.75, 1, 2 / 3]}))
check.example(judge, (np.array([0, 0]), np.array([0, 1]), 3), {
    "counts": [[1, 0, 0], [1, 0, 0], [0, 0, 0]], "precision": [0.5, 0, 0], "recall": [1, 0, 0]})

# %% test="judge" points=5
# 5 points: here on two classes, after you hand in on more
report = check.example(judge, (np.array([1, 1, 0, 1, 1, 0]), np.array([1, 0, 0, 0, 1, 1]), 2), {
    "counts": [[1, 2], [1, 2]], "precision": [0.5, 0.5], "recall": [0.3333, 0.6667]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "judge", judge)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 6. How well do scores rank?
#
# The area under the ROC curve is the chance that a random positive example scores higher than a random negative one (7.3).
# A tie counts one half:
#
# $$\text{AUC} = \frac{1}{N_1 N_0} \sum_i \sum_j \bigl( [a_i > b_j] + \tfrac12\, [a_i = b_j] \bigr)$$
#
# Here $a_i$ are the $N_1$ scores of positive examples and $b_j$ the $N_0$ scores of negative ones.
#
# **Predict.** All scores are equal. What is the AUC?
#
# Write `auc`.

# %% solution="auc"
def auc(positive, negative):
    """The area under the ROC curve: scores positive (N1,), negative (N0,) -> auc, a number."""
    ### BEGIN SOLUTION
    above = positive[:, None] > negative                 # (N1, N0)
    level = positive[:, None] == negative
    return np.mean(above + 0.5 * level)
    ### END SOLUTION

# %% check="auc"
display(check.example(auc, (np.array([0.9, 0.8, 0.3]), np.array([0.5, 0.1])), {"auc": 0.833333}))
check.example(auc, (np.array([2.0, 1.0, -1.0]), np.array([1.0, -1.0, -1.0, 0.5])), {"auc": 0.708333})

# %% test="auc" points=4
# 4 points: here on five scores, after you hand in on more
report = check.example(auc, (np.array([3.0, -1.0]), np.array([2.0, -4.0, -2.0])), {"auc": 0.833333})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("07_generalising", "auc", auc)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 7. Three brakes
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Forty crescents, far too few for a network with 50 units in each of two layers. It trains without a brake, with your
# `dropout`, and with your `decay`; your `early_stop` says where each would have ended.
#
# **Predict.** Which curve rises most? Which brake keeps it flat?

# %% tags=["skip-execution"]
few, fresh = (nnlib.data.moons(N, noise=0.35, rng=rng) for N in (40, 1000))
loss = nnlib.BinaryCrossEntropy()


def train(points, validation, p=0.0, weight_decay=0.0, epochs=200):
    """A network trained by your decay, with your dropout, and its validation loss after every epoch."""
    rng, layers = np.random.default_rng(1), []
    for D in (2, 50):
        layers += [nnlib.Affine(D, 50, rng=rng), nnlib.ReLU(), nnlib.Dropout(p, rng=rng)]
    net, losses = nnlib.Sequential(*layers, nnlib.Affine(50, 1, rng=rng)), []
    with nnlib.using(dropout_forward=lambda x, kept, p: dropout(x, x, kept * 1.0, p)[0],
                     dropout_backward=lambda dy, kept, p: dropout(dy, dy, kept * 1.0, p)[1]):
        for _ in range(epochs):
            loss.forward(net.forward(points[0], train=True), points[1])
            net.backward(loss.backward())
            for _, array, gradient in net.parameters():
                array[...] = decay(array, gradient, 0.5, weight_decay)[1]
            losses.append(nnlib.evaluate(net, validation, loss=loss)[0])
    return net, np.array(losses)


nets, curves = {}, {}
for name, brake in (("none", {}), ("dropout", {"p": 0.5}), ("weight decay", {"weight_decay": 0.02})):
    nets[name], curves[name] = train(few, fresh, **brake)

fig, ax = plt.subplots(figsize=(6.4, 3.8))
for (name, curve), line in zip(curves.items(), ("-", "--", ":")):
    best, last = early_stop(curve, 30)
    shown, = ax.plot(curve, line, label=name)
    ax.plot(last, curve[last], "s", color=shown.get_color())
    ax.plot(best, curve[best], "*", color=shown.get_color(), markersize=12)
ax.set(xlabel="epoch (square: your early stop, star: its best epoch)", ylabel="validation loss (nats)", ylim=(0, None))
ax.legend();

# %% [markdown]
# ## 8. How strong a brake?
#
# Nobody has a thousand fresh points to choose by. Your `folds` make do with the forty: each strength is trained five
# times, and each point validates once. Then the strength with the lowest mean is judged on the thousand.
#
# **Predict.** Is the chosen network better in accuracy, in AUC, or in its loss?

# %% tags=["skip-execution"]
strengths, order = (0.0, 0.001, 0.01, 0.03, 0.1), rng.permutation(40)
table = np.zeros((len(strengths), 5))
for row, strength in enumerate(strengths):
    for k in range(5):
        learn, held_out = folds(order, 5, k)
        _, losses = train((few[0][learn], few[1][learn]), (few[0][held_out], few[1][held_out]), weight_decay=strength)
        table[row, k] = losses[-1]
chosen = strengths[table.mean(axis=1).argmin()]

judged = {}
for name, net in (("no decay", nets["none"]), (f"decay {chosen}", train(few, fresh, weight_decay=chosen)[0])):
    scores = net.forward(fresh[0])[:, 0]
    counts, precision, recall = judge((scores > 0).astype(int), fresh[1].astype(int), 2)
    judged[name] = (nnlib.evaluate(net, fresh, loss=loss)[0], np.trace(counts) / 1000,
                    auc(scores[fresh[1] == 1], scores[fresh[1] == 0]))
    print("{:11} loss {:.2f}, accuracy {:.1%}, AUC {:.3f}".format(name, *judged[name]))

fig, ax = plt.subplots(figsize=(5.6, 3.4))
ax.plot(range(5), table, "o", color="0.7", markersize=4)
ax.plot(range(5), table.mean(axis=1), "s-")
ax.set(xlabel="weight decay", ylabel="loss on the fold held out (nats)", yscale="log")
ax.set_xticks(range(5), strengths);

# %% [markdown] written="choice" points=2
# **Explain.** Somebody tries a hundred strengths with five folds, and reports the lowest of the hundred means as the loss
# to expect on new points. What is wrong with that number, and what should be done instead?
#
# ### BEGIN SOLUTION
# The lowest of a hundred means was chosen because it is low. Part of that is luck with these forty points, so on new
# points the loss will be higher. The strength may be chosen that way, but it is judged on points that took part in no
# choice: a test set, opened once (or another set of folds around the whole choice).
# ### END SOLUTION
