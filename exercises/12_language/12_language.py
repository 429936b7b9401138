# %% [markdown]
# # Language models, one price at a time
#
# You price a text, count which character follows which, back off where nothing was counted, cut the tail of a guess, and
# tell a network never to be quite sure. Then your functions read *Paradise Lost*, and write.
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes |
# | **You need** | the chapter [Language models](../../book/12_language.md) |
# | **You write** | `perplexity`, `pairs`, `back_off`, `cut`, `smoothed_loss`, `smoothed_backward`, and an answer |
# | **Points** | 28: 3 + 4 + 5 + 5 + 5 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a long text, equal probabilities. Each output
# earns its own points, and leaving the arguments as they are earns one in every task. Loops, NumPy or `@njit`:
# every correct answer counts. A gradient has to be a formula: for some inputs a difference of two values, divided by a
# step, is far off. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("perplexity")` in a cell of your own
# gives hints in steps. Then do the small example with a pencil. Then ask: in the forum, show the *sentence*, not your
# code.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# %% [markdown]
# ## 1. What a text costs
#
# A model has guessed each of $T$ tokens before it came. Row $t$ of a table holds the logarithms of its probabilities, one
# for each of the $V$ tokens there are; $y_t$ is the token that came. The perplexity says among how many tokens the model
# hesitated, on average:
#
# $$\text{perplexity} = \exp\Bigl(-\frac1T \sum_t \log p_{t, y_t}\Bigr)$$
#
# **Predict.** A model gives $\frac1V$ to every token, always. What is its perplexity?
#
# Write `perplexity`. It is right for a text of thousands of tokens too.

# %% solution="perplexity"
def perplexity(log_p, y):
    """How surprised a model is: log_p (T, V) natural logarithms, y (T,) from 0 to V-1 -> perplexity, a number."""
    ### BEGIN SOLUTION
    came = log_p[np.arange(len(y)), y]       # (T,), the price of each token is minus this
    return np.exp(-np.mean(came))
    ### END SOLUTION

# %% check="perplexity"
log_p = np.log([[0.4, 0.5, 0.1], [0.1, 0.1, 0.8], [0.5, 0.3, 0.2], [0.7, 0.1, 0.2]])
display(check.example(perplexity, (log_p, np.array([0, 2, 0, 1])), {"perplexity": 2.8117}, tolerance=5e-5))
check.example(perplexity, (np.tile(log_p, (500, 1)), np.tile([2, 2, 1, 0], 500)), {"perplexity": 2.7776}, tolerance=5e-5)

# %% test="perplexity" points=3
# 3 points: here on three tokens, after you hand in on more
log_p = np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25], [0.75, 0.125, 0.125]]))
report = check.example(perplexity, (log_p, np.array([1, 2, 1])), {"perplexity": 5.0397}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "perplexity", perplexity)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 2. What follows what
#
# The simplest model counts. $C_{uv}$ says how often token $v$ came directly after token $u$. Some pairs never came, and a
# probability of 0 would make the price of a new text infinite. So add $\delta$ to every count:
#
# $$p_{uv} = \frac{C_{uv} + \delta}{\sum_j C_{uj} + \delta V}$$
#
# **Predict.** A token has never come before another one. What does the model say after it?
#
# Write `pairs`. It returns the counts as they are, and the probabilities.

# %% solution="pairs"
def pairs(tokens, V, delta):
    """Neighbours counted: tokens (T,) from 0 to V-1, delta a number above 0 -> counts (V, V), p (V, V)."""
    ### BEGIN SOLUTION
    counts = np.zeros((V, V))
    np.add.at(counts, (tokens[:-1], tokens[1:]), 1)              # += would count each pair once
    return counts, (counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)
    ### END SOLUTION

# %% check="pairs"
check.example(pairs, (np.array([2, 0, 2, 0, 0, 1, 2, 1]), 3, 0.2), {
    "counts": [[1, 1, 1], [0, 0, 1], [2, 1, 0]],
    "p": [[0.3333, 0.3333, 0.3333], [0.125, 0.125, 0.75], [0.6111, 0.3333, 0.0556]]}, tolerance=5e-5)

# %% test="pairs" points=4
# 4 points: here on six tokens, after you hand in on more
report = check.example(pairs, (np.array([0, 1, 1, 0, 1, 2]), 4, 0.5), {
    "counts": [[0, 2, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    "p": [[0.125, 0.625, 0.125, 0.125], [0.3, 0.3, 0.3, 0.1], [0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "pairs", pairs)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 3. Back off
#
# A longer context tells more and is seldom met again. So take $\delta$ from every count, and let a shorter context say who
# gets what was saved. With $u_{\mathbf c}$ for the number of *different* tokens that followed the context $\mathbf c$,
# (12.2) reads
#
# $$p_{\mathbf cv} = \frac{\max(C_{\mathbf cv} - \delta,\, 0) + \delta\, u_{\mathbf c}\; p'_{\mathbf cv}}
# {\sum_j C_{\mathbf cj}}$$
#
# Each context has a row: of the counts $C$, of the guess $p'$ of the shorter context, and of $p$. A context that was never
# seen has only zeros in its row of $C$; there $p = p'$.
#
# **Predict.** The row of $p'$ adds up to 1. Does that of $p$?
#
# Write `back_off`.

# %% solution="back_off"
def back_off(counts, shorter, delta):
    """Guesses of longer contexts: counts and shorter (U, V), delta a number from 0 to 1 -> p (U, V)."""
    ### BEGIN SOLUTION
    total = counts.sum(axis=1, keepdims=True)                    # (U, 1)
    kinds = np.sum(counts > 0, axis=1, keepdims=True)
    p = (np.maximum(counts - delta, 0) + delta * kinds * shorter) / np.maximum(total, 1)
    return np.where(total > 0, p, shorter)
    ### END SOLUTION

# %% check="back_off"
check.example(back_off, (np.array([[5.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 0.0, 4.0]]),
                         np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4], [0.5, 0.1, 0.2, 0.2]]), 0.6),
              {"p": [[0.8133, 0.1267, 0.04, 0.02], [0.1, 0.2, 0.3, 0.4], [0.1857, 0.2257, 0.0514, 0.5371]]},
              tolerance=5e-5)

# %% test="back_off" points=5
# 5 points: here on two contexts, after you hand in on more
report = check.example(back_off, (np.array([[4.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0]]),
                                  np.array([[0.25, 0.25, 0.25, 0.25], [0.125, 0.5, 0.25, 0.125]]), 0.5),
                       {"p": [[0.75, 0.05, 0.15, 0.05], [0.03125, 0.875, 0.0625, 0.03125]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "back_off", back_off)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 4. Cut the tail
#
# Before a writer draws, the unlikely tokens are cut off, and what is left is divided by its sum (12.5). **Top-k** keeps the
# $k$ likeliest. **Top-p** keeps the fewest likeliest that make up at least a share. Of equally likely tokens the first is
# kept first.
#
# **Predict.** The probabilities are 0.5, 0.25, 0.25, and the share is 0.75. Which tokens does top-p keep?
#
# Write `cut`. It returns what each of the two cuts makes of $p$. Every token keeps its place, and those that are cut off
# have 0.

# %% solution="cut"
def cut(p, k, share):
    """Two ways to cut the tail: p (V,), k from 1 to V, share from 0 to 1 -> by_k (V,), by_p (V,)."""
    ### BEGIN SOLUTION
    order = np.argsort(-p, kind="stable")                        # the likeliest first
    falling = p[order]
    number = np.sum(np.cumsum(falling) - falling < share)        # kept while those before fall short of the share
    by_k, by_p = np.zeros(len(p)), np.zeros(len(p))
    by_k[order[:k]] = falling[:k] / np.sum(falling[:k])
    by_p[order[:number]] = falling[:number] / np.sum(falling[:number])
    return by_k, by_p
    ### END SOLUTION

# %% check="cut"
display(check.example(cut, (np.array([0.0625, 0.25, 0.125, 0.5, 0.0625]), 3, 0.75),
                      {"by_k": [0, 0.2857, 0.1429, 0.5714, 0], "by_p": [0, 0.3333, 0, 0.6667, 0]}, tolerance=5e-5))
check.example(cut, (np.array([0.1, 0.3, 0.3, 0.3]), 2, 0.5), {"by_k": [0, 0.5, 0.5, 0], "by_p": [0, 0.5, 0.5, 0]})

# %% test="cut" points=5
# 5 points: here on five tokens, after you hand in on more
report = check.example(cut, (np.array([0.1, 0.4, 0.05, 0.3, 0.15]), 3, 0.88), {
    "by_k": [0, 0.4706, 0, 0.3529, 0.1765], "by_p": [0.1053, 0.4211, 0, 0.3158, 0.1579]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "cut", cut)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 5. Never quite sure
#
# A network gives scores $a_{nk}$, and a softmax makes probabilities of them. With **label smoothing** the target is not the
# token $y_n$ alone: a share $\varepsilon$ of it goes to all $V$ tokens alike, $y_n$ included.
#
# $$p_{nk} = \frac{e^{a_{nk}}}{\sum_j e^{a_{nj}}}, \qquad
# t_{nk} = (1 - \varepsilon)\, [k = y_n] + \frac{\varepsilon}{V}, \qquad
# L = -\frac1N \sum_n \sum_k t_{nk} \log p_{nk}$$
#
# **Predict.** With $\varepsilon = 0$ a score that grows for ever brings the loss to 0. What does it do now?
#
# Write `smoothed_loss`. It returns the loss and the probabilities, and is right for large scores too: subtract the largest
# of each row first, and compute $\log p$ without $p$.

# %% solution="smoothed_loss"
def smoothed_loss(a, y, share):
    """Cross-entropy with smoothed labels: a (N, V), y (N,) from 0 to V-1, share below 1 -> loss, a number, p (N, V)."""
    ### BEGIN SOLUTION
    N, V = a.shape
    scores = a - a.max(axis=1, keepdims=True)                    # changes no probability, and exp cannot overflow
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    target = (1 - share) * (np.arange(V) == y[:, None]) + share / V
    return -np.sum(target * log_p) / N, np.exp(log_p)
    ### END SOLUTION

# %% check="smoothed_loss"
a, y = np.array([[1.0, 0.0, -1.0, 2.0], [0.5, 0.0, 3.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), np.array([3, 2, 1])
display(check.example(smoothed_loss, (a, y, 0.2), {
    "loss": 0.9061,
    "p": [[0.2369, 0.0871, 0.0321, 0.6439], [0.0695, 0.0421, 0.8463, 0.0421], [0.25, 0.25, 0.25, 0.25]]}, tolerance=5e-5))
check.example(smoothed_loss, (np.array([[1000.0, 1001.0], [-1000.0, 0.0]]), np.array([0, 1]), 0.1),
              {"loss": 25.6316, "p": [[0.2689, 0.7311], [0, 1]]}, tolerance=5e-5)

# %% test="smoothed_loss" points=5
# 5 points: here on two examples, after you hand in on more
a = np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]]))
report = check.example(smoothed_loss, (a, np.array([1, 0]), 0.3), {
    "loss": 1.5831, "p": [[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]]}, tolerance=5e-5)
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "smoothed_loss", smoothed_loss)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 6. And its gradient
#
# With $\log p_{nk} = a_{nk} - \log \sum_j e^{a_{nj}}$, and since the targets of a row add up to 1, the gradient with respect
# to the scores is short:
#
# $$da_{nk} = \frac1N \bigl( p_{nk} - t_{nk} \bigr)$$
#
# **Predict.** For which $p$ is it 0? How much larger is the right score there than the others?
#
# Write `smoothed_backward`. It gets the probabilities that the forward pass has kept.

# %% solution="smoothed_backward"
def smoothed_backward(p, y, share):
    """Gradient of the smoothed loss by the scores: p (N, V), y (N,) from 0 to V-1, share below 1 -> da (N, V)."""
    ### BEGIN SOLUTION
    N, V = p.shape
    target = (1 - share) * (np.arange(V) == y[:, None]) + share / V
    return (p - target) / N
    ### END SOLUTION

# %% check="smoothed_backward"
p, y = np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.3, 0.4, 0.1], [0.25, 0.25, 0.25, 0.25]]), np.array([0, 3, 1])
check.example(smoothed_backward, (p, y, 0.2), {
    "da": [[-0.05, 0.016667, 0.016667, 0.016667], [0.05, 0.083333, 0.116667, -0.25],
           [0.066667, -0.2, 0.066667, 0.066667]]})

# %% test="smoothed_backward" points=4
# 4 points: here on two examples, after you hand in on more
p = np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]])
report = check.example(smoothed_backward, (p, np.array([1, 0]), 0.3), {
    "da": [[0.2, -0.275, 0.075], [-0.3375, 0.2625, 0.075]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("12_language", "smoothed_backward", smoothed_backward)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 7. How far to look back?
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
# Your functions read 100,000 characters of *Paradise Lost*, and guess 10,000 of a book that they have not read. One model
# adds $\delta$ to the counts of each context, as `pairs` does; the other backs off, from the longest context to none at
# all.
#
# **Predict.** With which length of context is each of the two best?

# %% tags=["skip-execution"]
train, choose, _ = nnlib.data.paradise_lost()
chars = sorted(set(train))
V, place = len(chars), {c: k for k, c in enumerate(chars)}
read, new = train[:100_000], choose[:10_000]
tokens, y = (np.array([place[c] for c in text]) for text in (read, new[6:]))


def contexts(n):
    """Every context of n characters of both texts, {context: row}, and the counts (U, V) of what follows it in one."""
    seen = sorted({text[t:t + n] for text in (read, new) for t in range(len(text) - n)})
    rows = {context: row for row, context in enumerate(seen)}
    before = np.array([rows[read[t:t + n]] for t in range(len(read) - n)])
    return rows, np.bincount(before * V + tokens[n:], minlength=len(rows) * V).reshape(-1, V).astype(float)


def price(rows, p, n):
    """The perplexity of the guesses p (U, V) on the new text."""
    return perplexity(np.log(p[[rows[new[t - n:t]] for t in range(6, len(new))]]), y)


table, p, found = [], np.full((1, V), 1 / V), {"adding": [], "backing off": []}
rows = {"": 0}
for n in range(7):
    longer, counts = contexts(n)
    p = back_off(counts, p[[rows[context[1:]] for context in longer]], 0.8)
    rows = longer
    table.append((rows, p))
    plain = (counts + 0.05) / (counts.sum(axis=1, keepdims=True) + 0.05 * V)
    found["adding"].append(price(rows, plain, n))
    found["backing off"].append(price(rows, p, n))
by_pairs = perplexity(np.log(pairs(tokens, V, 0.05)[1][[place[c] for c in new[5:-1]]]), y)
print(f"your pairs, one character back: {by_pairs:.2f}")

fig, ax = plt.subplots(figsize=(5.6, 3.6))
for (name, curve), line in zip(found.items(), ("s--", "o-")):
    ax.plot(range(7), curve, line, label=name)
ax.set(xlabel="characters of context", ylabel="perplexity on the new text", yscale="log")
ax.set_yticks([5, 7, 10, 14, 20], [5, 7, 10, 14, 20])
ax.minorticks_off()
ax.legend();

# %% [markdown]
# ## 8. A network beside it
#
# A network with a hidden layer sees the last six characters, and learns from a quarter of the text: once with your loss and
# a share of 0, once with a share of 0.1. `nnlib.using` puts your functions in the place of the library's.
#
# **Predict.** Smoothing keeps a network from being sure. Does it cost or save anything on the new text? What does it do to
# the largest probability of each guess? And a mixture of the network and the counts?

# %% tags=["skip-execution"]
def windows(text):
    """The six characters before each character, (T, 6), and the character itself, (T,)."""
    codes = np.array([place[c] for c in text])
    return np.lib.stride_tricks.sliding_window_view(codes, 6)[:-1], codes[6:]


class Beside(nnlib.Layer):
    """The vectors of all characters side by side: (N, T, D) -> (N, T D)."""
    def forward(self, x, train=False):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


guesses = {}
for share in (0.0, 0.1):
    rng = np.random.default_rng(12)
    net = nnlib.Sequential(nnlib.Embedding(V, 16, rng=rng), Beside(), nnlib.Affine(96, 64, rng=rng), nnlib.ReLU(),
                           nnlib.Affine(64, V, rng=rng))
    with nnlib.using(softmax_cross_entropy_forward=lambda a, y, share=share: smoothed_loss(a, y, share),
                     softmax_cross_entropy_backward=lambda p, y, share=share: smoothed_backward(p, y, share)):
        nnlib.fit(net, windows(read[:25_000]), loss=nnlib.SoftmaxCrossEntropy(), optimizer=nnlib.Adam(0.005), epochs=3,
                  batch_size=100, rng=rng, progress=False)
    guesses[share] = smoothed_loss(net.forward(windows(new)[0]), y, 0.0)[1]
    print(f"share {share}: perplexity {perplexity(np.log(guesses[share]), y):.2f}, "
          f"largest probability {guesses[share].max(axis=1).mean():.2f} on average")
counted = table[6][1][[table[6][0][new[t - 6:t]] for t in range(6, len(new))]]
both = {q: perplexity(np.log(q * guesses[0.0] + (1 - q) * counted), y) for q in np.linspace(0, 1, 11)}

fig, ax = plt.subplots(figsize=(5.6, 3.2))
ax.plot(both.keys(), both.values(), "o-")
ax.set(xlabel="share of the network in a mixture with the counts", ylabel="perplexity on the new text");

# %% [markdown]
# ## 9. Your cuts write
#
# The counts write: each character is drawn from your `cut`, appended, and the last six are looked up again.
#
# **Predict.** Which of the three writes the most real words? Which one the most different ones?

# %% tags=["skip-execution"]
def guess(text):
    """What the longest context that was met says about the next character: (V,)."""
    for n in reversed(range(7)):
        rows, p = table[n]
        if text[len(text) - n:] in rows:
            return p[rows[text[len(text) - n:]]]


def write(after, rng, length=300):
    """A text that goes on as ``after`` makes of each guess."""
    text = "Satan "
    for _ in range(length):
        text += chars[rng.choice(V, p=after(guess(text)))]
    return text


written = {}
for name, after in (("no cut", lambda p: p / p.sum()), ("top-k of 3", lambda p: cut(p, 3, 1.0)[0]),
                    ("top-p of 0.8", lambda p: cut(p, 1, 0.8)[1])):
    written[name] = write(after, np.random.default_rng(3))
    print(f"--- {name}\n{written[name]}")

# %% [markdown] written="tail" points=2
# **Explain.** Somebody wants to choose $k$ for top-k: cut every guess of the table with each $k$ from 1 to $V$, and take the
# one with the smallest perplexity on the new text. What comes out, and what is wrong with the plan?
#
# ### BEGIN SOLUTION
# As soon as one character of the new text was cut off, its probability is 0, its price infinite, and so is the perplexity.
# So the plan takes a $k$ that cuts off nothing that came, nearly $V$. Perplexity judges what a model knows about every
# character, the rare ones too; a cut is a matter of writing, and has to be judged by what is written.
# ### END SOLUTION
