"""What only the grader knows of 12_language: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them.
"""
import numpy as np

from nnlib.grading.tasks import GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes

HALVES = np.array([0.125, 0.5, 0.125, 0.25])


# References

def perplexity(log_p, y):
    came = log_p[np.arange(len(y)), y]
    return np.exp(-np.mean(came))


def pairs(tokens, V, delta):
    counts = np.zeros((V, V))
    np.add.at(counts, (tokens[:-1], tokens[1:]), 1)
    return counts, (counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)


def back_off(counts, shorter, delta):
    total = counts.sum(axis=1, keepdims=True)
    kinds = np.sum(counts > 0, axis=1, keepdims=True)
    p = (np.maximum(counts - delta, 0) + delta * kinds * shorter) / np.maximum(total, 1)
    return np.where(total > 0, p, shorter)


def cut(p, k, share):
    order = np.argsort(-p, kind="stable")
    falling = p[order]
    likelier = np.cumsum(falling) - falling
    number = np.sum(likelier < share)
    by_k, by_p = np.zeros(len(p)), np.zeros(len(p))
    by_k[order[:k]] = falling[:k] / np.sum(falling[:k])
    by_p[order[:number]] = falling[:number] / np.sum(falling[:number])
    return by_k, by_p


def smoothed_loss(a, y, share):
    N, V = a.shape
    scores = a - a.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    target = (1 - share) * (np.arange(V) == y[:, None]) + share / V
    return -np.sum(target * log_p) / N, np.exp(log_p)


def smoothed_backward(p, y, share):
    N, V = p.shape
    right = np.arange(V) == y[:, None]
    target = (1 - share) * right + share / V
    return (p - target) / N


# Cases

def distributions(rng, N, V):
    """Rows of probabilities, all above 0 and no two equal."""
    e = np.exp(rng.normal(0, 1.2, (N, V)))
    return e / e.sum(axis=1, keepdims=True)


def for_perplexity(rng):
    yield Case("the worked example", (
        np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25], [0.75, 0.125, 0.125]])), np.array([1, 2, 1])))
    for label, T, V in (("12 tokens out of 5", 12, 5), ("one token", 1, 6), ("as many rows as tokens to choose from", 7, 7)):
        y = rng.integers(V, size=T)
        y[:2] = rng.permutation(V)[:2][:T]                                           # not the same token throughout
        yield Case(label, (np.log(distributions(rng, T, V)), y))
    yield Case("4,000 tokens", (np.log(distributions(rng, 4000, 8)), rng.integers(8, size=4000)), "a long text")


def for_pairs(rng):
    yield Case("the worked example", (np.array([0, 1, 1, 0, 1, 2]), 4, 0.5))
    for label, T, V in (("60 tokens out of 5", 60, 5), ("40 tokens out of 4", 40, 4), ("nine tokens out of 12", 9, 12)):
        tokens = np.concatenate([[2, 0, 2, 0, 1, 2], rng.integers(V - 1, size=T - 6)])           # the last never occurs
        yield Case(label, (tokens, V, float(rng.uniform(0.1, 0.6))))
    yield Case("a text of one token", (rng.integers(3, size=1), 3, float(rng.uniform(0.1, 0.6))))


def for_back_off(rng):
    def draw(label, U, V, group="", unseen=()):
        counts = rng.integers(1, 9, size=(U, V)) * (rng.uniform(size=(U, V)) < 0.5) * 1.0
        counts[:, 0], counts[:, 1], counts[:, 2] = rng.integers(2, 9, U), 0, 1
        counts[list(unseen)] = 0
        return Case(label, (counts, distributions(rng, U, V), float(rng.uniform(0.3, 0.9))), group)

    yield Case("the worked example", (
        np.array([[4.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0]]),
        np.array([[0.25, 0.25, 0.25, 0.25], [0.125, 0.5, 0.25, 0.125]]), 0.5))
    yield draw("6 contexts, 9 tokens", 6, 9)
    yield draw("one context", 1, 5)
    yield draw("as many contexts as tokens", 5, 5)
    yield draw("two of five contexts never seen", 5, 7, "never seen", rng.permutation(5)[:2])
    yield draw("one context, never seen", 1, 4, "never seen", [0])


def for_cut(rng):
    yield Case("the worked example", (np.array([0.1, 0.4, 0.05, 0.3, 0.15]), 3, 0.88))
    for label, V, k, number in (("20 tokens, few kept", 20, 3, 5), ("9 tokens, many kept", 9, 7, 6),
                                ("12 tokens, one kept", 12, 4, 1)):
        p = np.sort(distributions(rng, 1, V)[0])
        p, falling = p if V == 20 else rng.permutation(p), p[::-1]               # once the likeliest stands last
        yield Case(label, (p, k, float(np.sum(falling[:number]) - rng.uniform(0.2, 0.8) * falling[number - 1])))
    yield Case("a share that is met exactly", (rng.permutation([0.5, 0.25, 0.15625, 0.09375]), 3, 0.75))
    yield Case("a single token", (np.ones(1), 1, float(rng.uniform(0.3, 0.9))))
    for label, p, k, share in (("two equal at the edge", [0.125, 0.375, 0.125, 0.375], 3, 0.8),
                               ("all equal", [0.25, 0.25, 0.25, 0.25], 1, 0.4)):
        yield Case(label, (np.array(p), k, share + float(rng.uniform(0, 0.05))), "ties")


def for_smoothed_loss(rng):
    yield Case("the worked example", (np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]])), np.array([1, 0]), 0.3))
    for label, N, V in (("7 examples, 5 tokens", 7, 5), ("one example", 1, 6), ("all sizes equal", 4, 4)):
        yield Case(label, (rng.normal(0, 2, (N, V)), rng.integers(V, size=N), float(rng.uniform(0.1, 0.5))))
    a = np.array([[900.0, -900.0, 0.0], [-2000.0, -2001.0, -2002.0]]) + rng.uniform(0, 1, (2, 3))
    yield Case("scores from -2000 to 900", (a, rng.integers(3, size=2), float(rng.uniform(0.1, 0.5))), "large scores")


def for_smoothed_backward(rng):
    yield Case("the worked example", (np.array([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]]), np.array([1, 0]), 0.3))
    for label, N, V in (("7 examples, 5 tokens", 7, 5), ("one example", 1, 6), ("all sizes equal", 4, 4)):
        yield Case(label, (distributions(rng, N, V), rng.integers(V, size=N), float(rng.uniform(0.1, 0.5))))
    sure = np.eye(4)[rng.permutation(4)[:3]]                     # whose logarithms no difference of losses survives
    yield Case("probabilities of 0 and 1", (sure, rng.integers(4, size=3), float(rng.uniform(0.1, 0.5))))


# Misconceptions

def perplexity_by_the_product(log_p, y):
    came = np.exp(log_p[np.arange(len(y)), y])
    return np.prod(came) ** (-1 / len(y))


def perplexity_one_late(log_p, y):
    came = log_p[np.arange(len(y) - 1), y[1:]]
    return np.exp(-np.mean(came))


def perplexity_in_place(log_p, y):
    log_p *= -1
    return np.exp(np.mean(log_p[np.arange(len(y)), y]))


def pairs_in_place(tokens, V, delta):
    tokens *= V
    tokens[:-1] += tokens[1:] // V
    counts = np.bincount(tokens[:-1], minlength=V * V).reshape(V, V)
    return counts, (counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)


def back_off_in_place(counts, shorter, delta):
    total, kinds = counts.sum(axis=1, keepdims=True), np.sum(counts > 0, axis=1, keepdims=True)
    counts -= delta
    counts[counts < 0] = 0
    return np.where(total > 0, (counts + delta * kinds * shorter) / np.maximum(total, 1), shorter)


def cut_last_of_equals(p, k, share):
    order = np.argsort(p, kind="stable")[::-1]
    falling = p[order]
    number = np.sum(np.cumsum(falling) - falling < share)
    by_k, by_p = np.zeros(len(p)), np.zeros(len(p))
    by_k[order[:k]] = falling[:k] / np.sum(falling[:k])
    by_p[order[:number]] = falling[:number] / np.sum(falling[:number])
    return by_k, by_p


def cut_all_equals(p, k, share):
    falling = np.sort(p)[::-1]
    number = np.sum(np.cumsum(falling) - falling < share)
    by_k, by_p = np.where(p >= falling[k - 1], p, 0), np.where(p >= falling[number - 1], p, 0)
    return by_k / by_k.sum(), by_p / by_p.sum()


def cut_one_after_the_other(p, k, share):
    order = np.argsort(-p, kind="stable")
    by_k, by_p = np.zeros(len(p)), np.zeros(len(p))
    by_k[order[:k]] = p[order[:k]] / np.sum(p[order[:k]])
    number = np.sum(np.cumsum(by_k[order]) - by_k[order] < share)
    by_p[order[:number]] = by_k[order[:number]] / np.sum(by_k[order[:number]])
    return by_k, by_p


def cut_by_own_size(p, k, share):
    order = np.argsort(-p, kind="stable")
    by_k, by_p = np.zeros(len(p)), np.where(p >= 1 - share, p, 0)
    by_k[order[:k]] = p[order[:k]] / np.sum(p[order[:k]])
    return by_k, by_p / by_p.sum()


def cut_by_own_share(p, k, share):
    order = np.argsort(-p, kind="stable")
    by_k, by_p = np.zeros(len(p)), np.where(p > share, p, 0)
    by_k[order[:k]] = p[order[:k]] / np.sum(p[order[:k]])
    return by_k, by_p / by_p.sum()


def cut_in_place(p, k, share):
    order = np.argsort(-p, kind="stable")
    falling = p[order]
    number = np.sum(np.cumsum(falling) - falling < share)
    by_p = np.zeros(len(p))
    by_p[order[:number]] = falling[:number] / np.sum(falling[:number])
    p[order[k:]] = 0
    return p / p.sum(), by_p


def smoothed_loss_of_mixed_probabilities(a, y, share):
    N, V = a.shape
    e = np.exp(a - a.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log((1 - share) * p[np.arange(N), y] + share / V)), p


def smoothed_loss_in_place(a, y, share):
    N, V = a.shape
    a -= a.max(axis=1, keepdims=True)
    log_p = a - np.log(np.sum(np.exp(a), axis=1, keepdims=True))
    target = (1 - share) * (np.arange(V) == y[:, None]) + share / V
    return -np.sum(target * log_p) / N, np.exp(log_p)


def smoothed_backward_in_place(p, y, share):
    N, V = p.shape
    p -= share / V
    p[np.arange(N), y] -= 1 - share
    return p / N


WITHHELD = ("kernels.losses", "kernels.activations.softmax_forward", "kernels.activations.softmax_backward",
            "sampling.probabilities", "sampling.sample", "sampling.generate", "sampling.only", *GRADIENTS)

HINTS = {
    "perplexity": (
        "Pick one number out of each row first: the logarithm that belongs to the token that came.",
        "log_p[np.arange(len(y)), y] picks them. The perplexity is e to the power of minus their mean.",
    ),
    "pairs": (
        "tokens[:-1] is what stands before, tokens[1:] what follows. Each pair adds 1 to one entry.",
        "np.add.at(counts, (before, after), 1) counts a pair as often as it occurs. Each row is divided by its own sum, "
        "delta included.",
    ),
    "back_off": (
        "Three numbers for each row: how much was counted, how many kinds there were, and so how much is saved.",
        "kinds = np.sum(counts > 0, axis=1, keepdims=True). np.where keeps the shorter guess in rows without counts.",
    ),
    "cut": (
        "Sort the tokens, the likeliest first, and remember where each of them came from.",
        "order = np.argsort(-p, kind=\"stable\"). A token belongs to top-p while the sum of those before it is below the "
        "share.",
    ),
    "smoothed_loss": (
        "Work with logarithms: a score minus the logarithm of the sum. Then each token has its part of the target.",
        "target = (1 - share) * (np.arange(V) == y[:, None]) + share / V, and the loss is the mean of minus its row sums "
        "with log p.",
    ),
    "smoothed_backward": (
        "Without smoothing it is p minus the one-hot target, divided by N. What is the target now?",
        "All tokens lose share / V, and the right one 1 - share besides.",
    ),
}

TASKS = [
    Task("perplexity", perplexity, for_perplexity, outputs=("perplexity",),
         points={"perplexity": 1, "a long text": 1, UNCHANGED: 1}, misconceptions=(
        *changes(perplexity,
            ("perplexity_sign", "-np.mean", "np.mean",
             "The minus is missing, and you return 1 over the perplexity, which is at least 1."),
            ("perplexity_of_the_sum", "np.mean", "np.sum",
             "You add up the surprise of the whole text. Take the mean: the price of one token."),
            ("perplexity_is_the_loss", "np.exp(-np.mean(came))", "-np.mean(came)",
             "You return the cross-entropy in nats. The perplexity is e to the power of it."),
            ("perplexity_in_bits", "np.exp(-np.mean(came))", "2 ** -np.mean(came)",
             "You raise 2 to a number of nats. The logarithms are natural ones, so the base is e."),
            ("perplexity_mean_of_inverses", "np.exp(-np.mean(came))", "np.mean(np.exp(-came))",
             "You take the mean of 1/p. The mean is one of logarithms; the exponential comes after it."),
            ("perplexity_inverse_of_mean", "np.exp(-np.mean(came))", "1 / np.mean(np.exp(came))",
             "You take the mean of the probabilities. The mean is one of logarithms: a text is a product of "
             "probabilities."),
            ("perplexity_of_all_tokens", "log_p[np.arange(len(y)), y]", "log_p",
             "You use all entries of the table. Only the token that came has a price: one entry for each row."),
            ("perplexity_of_the_likeliest", "log_p[np.arange(len(y)), y]", "log_p.max(axis=1)",
             "You take the likeliest token of each row. The price is that of the token that came, y[t]."),
            ("perplexity_of_the_guesses", "log_p[np.arange(len(y)), y]", "np.sum(np.exp(log_p) * log_p, axis=1)",
             "You compute what the model expects to pay. The price is that of the token that came, y[t]."),
            ("perplexity_of_columns", "log_p[np.arange(len(y)), y]", "log_p[:, y]",
             "log_p[:, y] takes these columns out of every row. Take one entry of each row: log_p[np.arange(T), y]."),
            ("perplexity_of_each", "np.exp(-np.mean(came))", "np.exp(-came)",
             "You return a number for each token. Take the mean of their logarithms first."),
            ("perplexity_one_less", "np.mean(came)", "np.sum(came) / (len(came) - 1)",
             "You divide by T - 1. All T tokens were guessed: take the mean."),
            ("perplexity_by_the_table", "np.mean(came)", "np.sum(came) / log_p.size",
             "You divide by the number of entries of the table. The mean runs over the T tokens of the text."),
            ("perplexity_two_logarithms", "-np.mean(came)", "-np.mean(np.log(came))",
             "You take the logarithm once more, and that of a negative number is NaN. log_p holds logarithms already.")),
        Misconception(perplexity_by_the_product,
                      "Your product of probabilities becomes 0 for a long text. Add logarithms instead of multiplying."),
        Misconception(perplexity_one_late,
                      "You compare row t with the token after it. Row t is the guess for y[t]."),
        Misconception(perplexity_in_place,
                      "log_p *= -1 writes into the array you were given. Write -log_p to make a new one."),
    )),
    Task("pairs", pairs, for_pairs, outputs=("counts", "p"), points={"counts": 1, "p": 2, UNCHANGED: 1}, misconceptions=(
        *changes(pairs,
            ("pairs_once_each", "np.add.at(counts, (tokens[:-1], tokens[1:]), 1)", "counts[tokens[:-1], tokens[1:]] += 1",
             "A pair that occurs again is not counted again: += with arrays as indices adds once. Use np.add.at, or a "
             "loop."),
            ("pairs_transposed", "(tokens[:-1], tokens[1:])", "(tokens[1:], tokens[:-1])",
             "Your rows are what follows. Row u belongs to the token before, column v to the one after it."),
            ("pairs_round_the_end", "(tokens[:-1], tokens[1:])", "(tokens, np.roll(tokens, -1))",
             "You let the first token follow the last one. A text of T tokens has T - 1 pairs."),
            ("pairs_without_overlap", "(tokens[:-1], tokens[1:])", "(tokens[:-1:2], tokens[1::2])",
             "You cut the text into separate pairs. Each token but the last begins a pair."),
            ("pairs_without_the_first", "(tokens[:-1], tokens[1:])", "(tokens[1:-1], tokens[2:])",
             "You leave out the first pair. tokens[:-1] begins with the first token."),
            ("pairs_without_the_last", "(tokens[:-1], tokens[1:])", "(tokens[:-2], tokens[1:-1])",
             "You leave out the last pair. A text of T tokens has T - 1 pairs."),
            ("pairs_delta_counted", "return counts,", "return counts + delta,",
             "Your counts contain delta. It belongs to the probabilities only."),
            ("pairs_without_delta", "(counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)",
             "counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)",
             "You leave delta out, so a new pair is impossible, and one such pair makes the perplexity infinite. Add it to "
             "every count."),
            ("pairs_divisor_without_delta", "+ delta * V", "+ 0 * V",
             "Your rows add up to more than 1. delta was added V times: divide by the sum of the counts plus delta V."),
            ("pairs_divisor_one_delta", "+ delta * V", "+ delta",
             "Your divisor contains delta once. It was added to V counts: delta V."),
            ("pairs_by_columns", "counts.sum(axis=1, keepdims=True)", "counts.sum(axis=0, keepdims=True)",
             "Your columns add up to 1. What follows a given token is a row: axis=1."),
            ("pairs_joint", "(counts.sum(axis=1, keepdims=True) + delta * V)", "(counts.sum() + delta * V * V)",
             "You divide by the number of all pairs. That is how likely a pair is; asked is what follows, given what "
             "stands before: each row by its own sum."),
            ("pairs_by_occurrence", "counts.sum(axis=1, keepdims=True)", "np.bincount(tokens, minlength=V)[:, None]",
             "You divide by how often a token occurs. The last one of the text has no successor: take the sums of the "
             "rows."),
            ("pairs_sums_beside", "counts.sum(axis=1, keepdims=True)", "counts.sum(axis=1)",
             "You divide the columns by the sums of the rows. keepdims=True keeps each sum beside its row."),
            ("pairs_plus_one", "(counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)",
             "(counts + 1) / (counts.sum(axis=1, keepdims=True) + V)",
             "You add 1 to every count, whatever delta is. Add delta."),
            ("pairs_delta_for_zeros", "(counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)",
             "np.where(counts > 0, counts, delta) / np.where(counts > 0, counts, delta).sum(axis=1, keepdims=True)",
             "You give delta to new pairs only. It is added to every count.")),
        Misconception(pairs_in_place, "tokens *= ... writes into the array you were given. Write tokens * ... instead."),
    )),
    Task("back_off", back_off, for_back_off, outputs=("p",), points={"p": 3, "never seen": 1, UNCHANGED: 1}, misconceptions=(
        *changes(back_off,
            ("back_off_negative", "np.maximum(counts - delta, 0)", "(counts - delta)",
             "You take delta from counts of 0 too. What was never seen has nothing to give: the maximum with 0."),
            ("back_off_absolute", "np.maximum(counts - delta, 0)", "np.abs(counts - delta)",
             "You make negative counts positive. What was never seen has nothing to give: the maximum with 0."),
            ("back_off_without_discount", "np.maximum(counts - delta, 0)", "counts",
             "You take nothing from the counts, and your rows add up to more than 1. What the shorter guess gets is what "
             "the counts gave: counts - delta."),
            ("back_off_without_kinds", "delta * kinds * shorter", "delta * shorter",
             "You save delta once for each context. It was taken from every kind of token that occurred: delta times u."),
            ("back_off_all_kinds", "delta * kinds * shorter", "delta * counts.shape[1] * shorter",
             "You save delta for all V tokens. Only those that occurred have given it: np.sum(counts > 0)."),
            ("back_off_kinds_are_counts", "np.sum(counts > 0, axis=1, keepdims=True)", "total",
             "You take the number of tokens for that of kinds. u counts how many different ones followed."),
            ("back_off_kinds_of_columns", "np.sum(counts > 0, axis=1, keepdims=True)", "np.sum(counts > 0, axis=0)",
             "You count after how many contexts a token came. u says how many kinds followed each context: axis=1."),
            ("back_off_kinds_of_all", "np.sum(counts > 0, axis=1, keepdims=True)", "np.sum(counts > 0)",
             "You count the kinds of all contexts together. Each context has its own number: axis=1, keepdims=True."),
            ("back_off_fixed_weights", "np.maximum(counts - delta, 0) + delta * kinds * shorter",
             "(1 - delta) * counts + delta * total * shorter",
             "You mix the two guesses with the weights 1 - delta and delta. Take delta from each count instead, and give "
             "away what that saves: delta times u."),
            ("back_off_to_all_alike", "delta * kinds * shorter", "delta * kinds / counts.shape[1]",
             "You share out what is saved equally. It goes out as the shorter guess says."),
            ("back_off_whole_guess", "delta * kinds * shorter) / np.maximum(total, 1)",
             "shorter) / np.maximum(total, 1)",
             "You add the shorter guess as it is. Its weight is what was saved: delta times u."),
            ("back_off_divides_once", "(np.maximum(counts - delta, 0) + delta * kinds * shorter) / np.maximum(total, 1)",
             "np.maximum(counts - delta, 0) / np.maximum(total, 1) + delta * kinds * shorter",
             "You divide the counts only. What was saved is divided by the sum of the counts too."),
            ("back_off_new_tokens_only", "np.maximum(counts - delta, 0) + delta * kinds * shorter",
             "np.where(counts > 0, counts - delta, delta * kinds * shorter)",
             "You ask the shorter guess about new tokens only. All tokens get their part of what was saved."),
            ("back_off_one_total", "counts.sum(axis=1, keepdims=True)",
             "counts.sum(axis=1, keepdims=True) * 0 + counts.sum() / len(counts)",
             "You divide by a sum over all contexts. Each context has its own: axis=1."),
            ("back_off_divides_by_zero", "np.maximum(total, 1)\n    return np.where(total > 0, p, shorter)",
             "total\n    return p",
             "A context that was never seen becomes 0/0. There the shorter guess stays as it is."),
            ("back_off_nothing_for_unseen", "np.where(total > 0, p, shorter)", "p",
             "A context that was never seen gets zeros. There the shorter guess stays as it is."),
            ("back_off_any_for_unseen", "np.where(total > 0, p, shorter)", "np.where(total > 0, p, 1 / counts.shape[1])",
             "A context that was never seen says 1/V to everything. There the shorter guess stays as it is.")),
        Misconception(back_off_in_place,
                      "counts -= ... writes into the array you were given. Write counts - delta to make a new one."),
    )),
    Task("cut", cut, for_cut, outputs=("by_k", "by_p"), points={"by_k": 1, "by_p": 2, "ties": 1, UNCHANGED: 1},
         misconceptions=(
        *changes(cut,
            ("cut_without_division", "by_k[order[:k]] = falling[:k] / np.sum(falling[:k])\n"
             "    by_p[order[:number]] = falling[:number] / np.sum(falling[:number])",
             "by_k[order[:k]] = falling[:k]\n    by_p[order[:number]] = falling[:number]",
             "What you keep does not add up to 1. Divide by its sum, (12.5)."),
            ("cut_by_k_without_division", "falling[:k] / np.sum(falling[:k])", "falling[:k]",
             "What top-k keeps does not add up to 1. Divide it by its sum too, (12.5)."),
            ("cut_by_p_without_division", "falling[:number] / np.sum(falling[:number])", "falling[:number]",
             "What top-p keeps does not add up to 1. Divide it by its sum too, (12.5)."),
            ("cut_k_minus_one", "by_k[order[:k]] = falling[:k] / np.sum(falling[:k])",
             "by_k[order[:k - 1]] = falling[:k - 1] / np.sum(falling[:k - 1])",
             "You keep one token too few for top-k. A slice [:k] has k entries."),
            ("cut_the_likeliest_away", "np.argsort(-p, kind=\"stable\")", "np.argsort(p, kind=\"stable\")",
             "You keep the unlikeliest tokens. argsort puts the smallest first: sort -p."),
            ("cut_sorted", "return by_k, by_p", "return by_k[order], by_p[order]",
             "You return the probabilities sorted. Each token keeps its place."),
            ("cut_too_little", "likelier < share", "np.cumsum(falling) <= share",
             "Your tokens make up less than the share. The one that reaches it is kept too."),
            ("cut_one_more", "likelier < share", "likelier <= share",
             "You take one more token where the share is met exactly. A token is kept while those before it make up less "
             "than the share."),
            ("cut_two_more", "np.sum(likelier < share)", "np.sum(likelier < share) + 1",
             "You keep one token too many for top-p. The last one kept is the one that reaches the share."),
            ("cut_unsorted_sum", "likelier = np.cumsum(falling) - falling",
             "likelier = np.cumsum(p) - p",
             "You add up the probabilities in the order of the tokens. Add them with the likeliest first."),
            ("cut_share_of_tokens", "np.sum(likelier < share)", "int(np.ceil(share * len(p)))",
             "You keep a share of the tokens. The share is one of the probability."),
            ("cut_share_cut_off", "likelier < share", "likelier < 1 - share",
             "Your top-p keeps what should go. The tokens kept make up the share; 1 - share is cut off.")),
        Misconception(cut_last_of_equals,
                      "Of equal tokens you keep the last ones. The first comes first: np.argsort(-p, kind=\"stable\")."),
        Misconception(cut_all_equals,
                      "You keep all tokens that equal the last one kept, so more than k. Cut the sorted list, not the "
                      "values."),
        Misconception(cut_one_after_the_other,
                      "You apply top-p to what top-k has left. Here each of the two cuts p itself."),
        Misconception(cut_by_own_size,
                      "You compare each probability with 1 - share. The share is one of a sum: add up, the likeliest "
                      "first."),
        Misconception(cut_by_own_share,
                      "You keep the tokens that have more than the share by themselves. They make it up together: add up, "
                      "the likeliest first."),
        Misconception(cut_in_place, "p[...] = 0 writes into the array you were given. Fill a new one: np.zeros(len(p))."),
    )),
    Task("smoothed_loss", smoothed_loss, for_smoothed_loss, outputs=("loss", "p"),
         points={"loss": 2, "p": 1, "large scores": 1, UNCHANGED: 1}, misconceptions=(
        *changes(smoothed_loss,
            ("smoothed_loss_plain", "(1 - share) * (np.arange(V) == y[:, None]) + share / V", "(np.arange(V) == y[:, None])",
             "You leave the smoothing out. Only 1 - share of the target goes to y; the rest goes to all tokens alike."),
            ("smoothed_loss_right_one_only", " + share / V", "",
             "Your targets add up to 1 - share. What is taken from y goes to all tokens: share / V each."),
            ("smoothed_loss_none_for_the_right", "(1 - share) * (np.arange(V) == y[:, None]) + share / V",
             "np.where(np.arange(V) == y[:, None], 1 - share, share / V)",
             "Your right token has 1 - share. It gets its share / V too, as all tokens do."),
            ("smoothed_loss_to_the_others", "(1 - share) * (np.arange(V) == y[:, None]) + share / V",
             "np.where(np.arange(V) == y[:, None], 1 - share, share / (V - 1))",
             "You share out among the other tokens only. The share goes to all V tokens, y included."),
            ("smoothed_loss_share_each", "share / V", "share",
             "You give the whole share to every token. They get it together: share / V each."),
            ("smoothed_loss_sum", "np.sum(target * log_p) / N", "np.sum(target * log_p)",
             "You add up over the examples. The loss is their mean."),
            ("smoothed_loss_mean_of_entries", "np.sum(target * log_p) / N", "np.mean(target * log_p)",
             "You divide by all entries. Add up over the tokens, and take the mean over the examples."),
            ("smoothed_loss_of_each", "np.sum(target * log_p) / N", "np.sum(target * log_p, axis=1)",
             "You return a loss for each example. Take their mean."),
            ("smoothed_loss_one_sum", "np.sum(np.exp(scores), axis=1, keepdims=True)", "np.sum(np.exp(scores))",
             "You divide by one sum for all examples. Each row adds up to 1 by itself: axis=1, keepdims=True."),
            ("smoothed_loss_sign", "return -np.sum", "return np.sum",
             "Your loss is negative. It is minus a sum of logarithms."),
            ("smoothed_loss_overflow", "a - a.max(axis=1, keepdims=True)", "a",
             "Large scores overflow. Subtract the largest score of each row first: no probability changes."),
            ("smoothed_loss_one_maximum", "a.max(axis=1, keepdims=True)", "a.max()",
             "You subtract one maximum from all rows. A row far below it has only zeros, and log 0: each row has its own."),
            ("smoothed_loss_log_of_zero", "target * log_p", "target * np.log(np.exp(log_p))",
             "You take the logarithm of a probability that is rounded to 0. Compute log p directly: the score minus the "
             "logarithm of the sum."),
            ("smoothed_loss_floor", "target * log_p", "target * np.log(np.exp(log_p) + 1e-12)",
             "You add a small number to keep away from log 0, and the price of a small p is wrong. Compute log p directly: "
             "the score minus the logarithm of the sum."),
            ("smoothed_loss_columns", "np.sum(np.exp(scores), axis=1, keepdims=True)",
             "np.sum(np.exp(scores), axis=0, keepdims=True)",
             "Your columns add up to 1. Each row is one guess: axis=1."),
            ("smoothed_loss_log_p_returned", "/ N, np.exp(log_p)", "/ N, log_p",
             "You return the logarithms. p is their exponential.")),
        Misconception(smoothed_loss_of_mixed_probabilities,
                      "You mix the probabilities and take one logarithm. The targets are mixed: a sum of logarithms over "
                      "all tokens."),
        Misconception(smoothed_loss_in_place,
                      "a -= ... writes into the array you were given. Write scores = a - ... to make a new one."),
    )),
    Task("smoothed_backward", smoothed_backward, for_smoothed_backward, outputs=("da",), points={"da": 3, UNCHANGED: 1},
         misconceptions=(
        *changes(smoothed_backward,
            ("smoothed_backward_plain", "(1 - share) * right + share / V", "1 * right",
             "This is the gradient without smoothing. Subtract the smoothed target."),
            ("smoothed_backward_sum", "(p - target) / N", "p - target",
             "You forget the mean. The loss is one over N examples, so divide by N."),
            ("smoothed_backward_all_entries", "(p - target) / N", "(p - target) / p.size",
             "You divide by all entries. The mean runs over the N examples."),
            ("smoothed_backward_by_the_tokens", "(p - target) / N", "(p - target) / V",
             "You divide by the number of tokens to choose from. The mean runs over the N examples."),
            ("smoothed_backward_share_added", "(p - target)", "(p - right + share / V)",
             "You add the share to p. It belongs to the target, which is subtracted: (1 - share) for y, and share / V for "
             "all."),
            ("smoothed_backward_sign", "(p - target)", "(target - p)",
             "The sign is wrong, and descent would raise the loss. It is p minus the target."),
            ("smoothed_backward_right_one_only", " + share / V", "",
             "Your other tokens have no target. Each of the V tokens has share / V."),
            ("smoothed_backward_none_for_the_right", "(1 - share) * right + share / V",
             "np.where(right, 1 - share, share / V)",
             "Your right token has the target 1 - share. It gets its share / V too, as all tokens do."),
            ("smoothed_backward_to_the_others", "(1 - share) * right + share / V",
             "np.where(right, 1 - share, share / (V - 1))",
             "You share out among the other tokens only. The share goes to all V tokens, y included."),
            ("smoothed_backward_share_each", "share / V", "share",
             "You give the whole share to every token. They get it together: share / V each."),
            ("smoothed_backward_scaled", "(p - target)", "((1 - share) * (p - right))",
             "You scale the old gradient. The target changes, p does not: p - t."),
            ("smoothed_backward_one_column", "(p - target)", "(right * (p - target))",
             "You move the score of the right token only. All scores have a gradient: p - t in every column."),
            ("smoothed_backward_slope_again", "(p - target)", "(p * (1 - p) * (p - target))",
             "You multiply by the slope of the softmax once more. p - t contains it already."),
            ("smoothed_backward_by_p", "(p - target)", "(-target / p)",
             "This is the gradient by the probabilities. Asked is the one by the scores, in front of the softmax: p - t.")),
        Misconception(smoothed_backward_in_place,
                      "p -= ... writes into the array you were given. Write p - ... to make a new one."),
    )),
]

WRITTEN = [Written("tail", {
    "says that a token that was cut off has the probability 0, so that the perplexity is infinite once it comes": 1,
    "says that no cut wins therefore, or that perplexity judges what the model knows and not how it writes, so that a cut "
    "is to be judged by what is written": 1})]
