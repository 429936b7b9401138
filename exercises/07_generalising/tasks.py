"""What only the grader knows of 07_generalising: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them.
"""
import numpy as np

from nnlib.grading.tasks import GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes

# References

def dropout(x, dy, u, p):
    kept = u >= p
    return np.where(kept, x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)


def decay(w, dw, learning_rate, weight_decay):
    penalty = weight_decay / 2 * np.sum(w ** 2)
    return penalty, w - learning_rate * (dw + weight_decay * w)


def early_stop(losses, patience):
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch


def folds(order, K, k):
    pieces = np.array_split(order, K)
    return np.concatenate(pieces[:k] + pieces[k + 1:]), pieces[k]


def judge(predicted, y, K):
    counts = np.zeros((K, K))
    for answer, truth in zip(predicted, y):
        counts[truth, answer] += 1
    found, said, there = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    return counts, found / np.maximum(said, 1), found / np.maximum(there, 1)


def auc(positive, negative):
    above = positive[:, None] > negative
    level = positive[:, None] == negative
    return np.mean(above + 0.5 * level)


# Cases

def for_dropout(rng):
    yield Case("the worked example", (
        np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[2.0, 1.0, 0.0], [-1.0, 3.0, 1.0]]),
        np.array([[0.7, 0.8, 0.9], [0.2, 0.76, 0.1]]), 0.75))
    for label, shape in (("20 examples, 7 units", (20, 7)), ("one example", (1, 30)), ("a square", (6, 6)),
                         ("images", (3, 2, 4, 5))):
        yield Case(label, (rng.normal(size=shape), rng.normal(size=shape), rng.uniform(size=shape),
                           float(rng.uniform(0.25, 0.45))))
    yield Case("p is 0", (*rng.normal(size=(2, 3, 4)), rng.uniform(size=(3, 4)), 0.0), "nothing dropped")


def for_decay(rng):
    yield Case("the worked example", (np.array([[1.0, -2.0], [0.0, 4.0]]), np.array([[0.5, 1.0], [-1.0, 0.0]]), 0.1, 0.5))
    for label, shape in (("a matrix of 4 x 3", (4, 3)), ("one row", (1, 5)), ("a square", (3, 3)), ("seven biases", (7,))):
        yield Case(label, (rng.normal(size=shape), rng.normal(size=shape), float(rng.uniform(0.1, 0.4)),
                           float(rng.uniform(0.6, 0.9))))


def for_early_stop(rng):
    yield Case("the worked example", (np.array([9.0, 7.0, 8.0, 6.0, 6.5, 6.4, 6.3, 1.0, 2.0]), 3))
    wave = np.array([8.0, 6.0, 7.0, 5.0, 5.5, 5.2, 4.0, 4.5, 4.4, 4.3, 4.1, 1.0, 0.5])
    for patience in (2, 4, 3):
        yield Case(f"losses up and down, patience {patience}", (wave + rng.uniform(0, 0.04, 13), patience))
    yield Case("losses that only fall", (np.sort(rng.uniform(1, 2, 9))[::-1].copy(), 3))
    yield Case("losses that only rise", (np.sort(rng.uniform(1, 2, 9)), 1))
    yield Case("a single epoch", (rng.uniform(1, 2, 1), 2))
    yield Case("the end comes first", (np.array([4.0, 2.0, 3.0, 3.5]) + rng.uniform(0, 0.2), 5))
    yield Case("equal losses", (np.array([3.0, 2.0, 2.0, 2.0, 2.0, 1.0]) + rng.uniform(), 2), "ties")


def for_folds(rng):
    yield Case("the worked example", (np.array([3, 5, 0, 4, 1, 2]), 3, 1))
    for label, N, K, k, group in (
            ("12 examples, the first of 4 folds", 12, 4, 0, ""), ("12 examples, the last of 4 folds", 12, 4, 3, ""),
            ("20 examples, 5 folds", 20, 5, 2, ""), ("one example in each fold", 7, 7, 4, ""),
            ("11 examples, the first of 4 folds", 11, 4, 0, "uneven folds"),
            ("11 examples, the last of 4 folds", 11, 4, 3, "uneven folds"),
            ("17 examples, 5 folds", 17, 5, 2, "uneven folds"),
            ("fewer examples than folds", 1, 2, 1, "uneven folds")):
        yield Case(label, (rng.permutation(N), K, k), group)


def for_judge(rng):
    yield Case("the worked example", (np.array([1, 1, 0, 1, 1, 0]), np.array([1, 0, 0, 0, 1, 1]), 2))
    for label, N, K in (("40 examples, 4 classes", 40, 4), ("60 examples, 3 classes", 60, 3)):
        y = rng.permutation(np.arange(N) % K)
        predicted = np.where(rng.uniform(size=N) < 0.5, y, rng.integers(K - 1, size=N))
        predicted[:2 * K], y[:2 * K] = np.repeat(np.arange(K), 2), np.arange(2 * K) % K      # every class is named
        yield Case(label, (predicted, y, K))
    yield Case("a class that was never named", (np.array([0, 2, 2, 0, 3]), np.array([1, 2, 0, 0, 3]), 4), "missing classes")
    yield Case("a class without examples", (rng.permutation(4), rng.permutation([0, 1, 3, 3]), 4), "missing classes")
    yield Case("one example", (rng.integers(3, size=1), rng.integers(3, size=1), 3), "missing classes")


def for_auc(rng):
    yield Case("the worked example", (np.array([3.0, -1.0]), np.array([2.0, -4.0, -2.0])))
    for label, ones, zeros in (("9 and 14 examples", 9, 14), ("one positive example", 1, 20), ("as many of both", 8, 8)):
        yield Case(label, (rng.normal(0.4, 1, ones), rng.normal(0, 1, zeros)))
    yield Case("marks from 0 to 3", (rng.permutation([0.0, 1, 2, 2, 3]), rng.permutation([0.0, 1, 2, 1])), "ties")
    yield Case("all scores equal", (np.full(3, 0.5), np.full(5, 0.5)), "ties")


# Misconceptions

def dropout_in_place(x, dy, u, p):
    x[u < p] = 0
    dy[u < p] = 0
    return x / (1 - p), dy / (1 - p)


def decay_in_place(w, dw, learning_rate, weight_decay):
    penalty = weight_decay / 2 * np.sum(w ** 2)
    dw += weight_decay * w
    w -= learning_rate * dw
    return penalty, w


def early_stop_looks_ahead(losses, patience):
    best = int(np.argmin(losses))
    return best, min(best + patience, len(losses) - 1)


def early_stop_any_rise(losses, patience):
    best = worse = 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] >= losses[epoch - 1] else 0
        best = epoch if losses[epoch] < losses[best] else best
        if worse == patience:
            return best, epoch
    return best, len(losses) - 1


def early_stop_all_rises(losses, patience):
    best = worse = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            worse += 1
        if worse == patience:
            return best, epoch
    return best, len(losses) - 1


def folds_lose_the_rest(order, K, k):
    size = len(order) // K
    return np.concatenate([order[:k * size], order[(k + 1) * size:K * size]]), order[k * size:(k + 1) * size]


def folds_rest_in_the_last(order, K, k):
    size = len(order) // K
    end = (k + 1) * size if k < K - 1 else len(order)
    return np.concatenate([order[:k * size], order[end:]]), order[k * size:end]


def folds_every_kth(order, K, k):
    chosen = np.arange(len(order)) % K == k
    return order[~chosen], order[chosen]


def folds_in_place(order, K, k):
    pieces = np.array_split(order, K)
    train, held_out = np.concatenate(pieces[:k] + pieces[k + 1:]), pieces[k].copy()
    order[:len(train)], order[len(train):] = train, held_out
    return train, held_out


def auc_accuracy(positive, negative):
    return (np.sum(positive > 0) + np.sum(negative <= 0)) / (len(positive) + len(negative))


WITHHELD = ("kernels.dropout", "metrics", "optim", *GRADIENTS)

HINTS = {
    "dropout": (
        "One array says what stays and by how much it grows. Both directions multiply by it.",
        "It is (u >= p) / (1 - p): 0 where a number is dropped, else 1 / (1 - p).",
    ),
    "decay": (
        "The derivative of the penalty pulls every weight towards 0.",
        "Half the decay times the sum of squares has the gradient weight_decay * w. Add that to dw, then take the step.",
    ),
    "early_stop": (
        "Go through the epochs and remember the best one so far. When do you lose patience?",
        "Stop in the epoch that is `patience` epochs after the best. An equal loss is no better one.",
    ),
    "folds": (
        "Cut the order into K pieces. One of them is held out.",
        "np.array_split cuts where N is not divisible too. Join the other pieces with np.concatenate.",
    ),
    "judge": (
        "One count for each pair: rows are what the example is, columns what was said.",
        "The diagonal holds what is right. Precision divides it by the sums of the columns, recall by those of the rows.",
    ),
    "auc": (
        "Compare every positive with every negative score, and count.",
        "positive[:, None] > negative is a table of all pairs. A tie counts one half; then take the mean.",
    ),
}

TASKS = [
    Task("dropout", dropout, for_dropout, outputs=("y", "dx"),
         points={"y": 2, "dx": 1, "nothing dropped": 1, UNCHANGED: 1}, misconceptions=(
        *changes(dropout,
            ("dropout_without_division", "x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)", "x, 0), np.where(kept, dy, 0)",
             "The division is missing, so that on average only 1 - p of the signal is left. What is kept is divided by 1 "
             "- p."),
            ("dropout_divides_forward_only", "dy / (1 - p)", "dy",
             "You enlarge the signal and not the gradient. dx is divided by 1 - p too."),
            ("dropout_by_p", "x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)",
             "x / (p or 1), 0), np.where(kept, dy / (p or 1), 0)",
             "You divide by p. What is left is 1 - p, so divide by that."),
            ("dropout_multiplies", "x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)",
             "x * (1 - p), 0), np.where(kept, dy * (1 - p), 0)",
             "You multiply by 1 - p, and the signal gets smaller still. Divide."),
            ("dropout_by_the_share", "return np.where(kept, x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)",
             "return kept * x / kept.mean(), kept * dy / kept.mean()",
             "You divide by the share that happened to be kept. Divide by 1 - p, which is no accident."),
            ("dropout_reversed", "u >= p", "u < p",
             "You keep what should go: 1 - p is the probability of being kept, and u >= p has it."),
            ("dropout_whole_units", "u >= p", "np.broadcast_to(u[:1] >= p, u.shape)",
             "All your examples lose the same units. Each number of each example is drawn by itself."),
            ("dropout_all_gradients", "np.where(kept, dy / (1 - p), 0)", "dy / (1 - p)",
             "Your gradient passes where the signal did not. What was dropped gets no gradient."),
            ("dropout_gradient_untouched", "np.where(kept, dy / (1 - p), 0)", "dy",
             "Your gradient passes as it came. It takes the ways of the signal: k dy / (1 - p)."),
            ("dropout_drawn_again", "return np.where(kept, x / (1 - p), 0), np.where(kept",
             "other = np.roll(kept, 1)\n    return np.where(kept, x / (1 - p), 0), np.where(other",
             "Forward and backward drop different numbers. One draw serves both ways.")),
        Misconception(dropout_in_place, "x[...] = 0 writes into the array you were given. Multiply, or use np.where."),
    )),
    Task("decay", decay, for_decay, outputs=("penalty", "w"), points={"penalty": 1, "w": 2, UNCHANGED: 1}, misconceptions=(
        *changes(decay,
            ("decay_without_half", "weight_decay / 2 *", "weight_decay *",
             "The half is missing in the penalty. With it, the gradient is lambda w and not 2 lambda w."),
            ("decay_norm", "np.sum(w ** 2)", "np.sqrt(np.sum(w ** 2))",
             "Your penalty takes the length of w. It takes its square: the sum of w^2."),
            ("decay_absolute", "np.sum(w ** 2)", "np.sum(np.abs(w))",
             "Your penalty adds absolute values. It adds squares."),
            ("decay_mean", "np.sum(w ** 2)", "np.mean(w ** 2)", "Your penalty is a mean. It is a sum over all weights."),
            ("decay_square_of_the_sum", "np.sum(w ** 2)", "np.sum(w) ** 2",
             "You square the sum. Each weight is squared by itself, then added."),
            ("decay_without_rate", "learning_rate * (dw + weight_decay * w)", "learning_rate * dw - weight_decay * w",
             "You shrink w by lambda whatever the learning rate is. It multiplies both parts: eta (dw + lambda w)."),
            ("decay_grows", "dw + weight_decay", "dw - weight_decay",
             "Your decay makes weights larger. Its gradient is added to dw, and all of it subtracted from w."),
            ("decay_twice", "+ weight_decay * w", "+ 2 * weight_decay * w",
             "The gradient of the penalty is lambda w: the half takes the 2 away."),
            ("decay_adds_the_penalty", "dw + weight_decay * w", "dw + penalty",
             "You add the penalty to the gradient. Add its gradient, lambda w, entry by entry."),
            ("decay_by_sign", "weight_decay * w)", "weight_decay * np.sign(w))",
             "Your decay pulls at all weights alike. It pulls at each in proportion to its size: lambda w."),
            ("decay_forgotten", "(dw + weight_decay * w)", "dw", "Your step leaves the decay out: dw + lambda w."),
            ("decay_of_the_new", "w - learning_rate * (dw + weight_decay * w)",
             "(1 - learning_rate * weight_decay) * (w - learning_rate * dw)",
             "You shrink the new weights, and the step with them. Both parts of the gradient are those of the old "
             "weights.")),
        Misconception(decay_in_place,
                      "w -= ... and dw += ... write into the arrays you were given. Write w - ... to make a new one."),
    )),
    Task("early_stop", early_stop, for_early_stop, outputs=("best", "last"),
         points={"best": 1, "last": 1, "ties": 1, UNCHANGED: 1}, misconceptions=(
        *changes(early_stop,
            ("early_stop_ties_count", "losses[epoch] < losses", "losses[epoch] <= losses",
             "An equal loss counts as better, so training never tires. The best epoch is the first with the lowest loss: "
             "<."),
            ("early_stop_one_sooner", "epoch - best == patience", "epoch - best == max(patience - 1, 1)",
             "You stop one epoch too soon. The last epoch lies patience epochs behind the best."),
            ("early_stop_one_later", "epoch - best == patience", "epoch - best == patience + 1",
             "You stop one epoch too late. The last epoch lies patience epochs behind the best."),
            ("early_stop_never", "if epoch - best == patience:\n            break", "",
             "You never stop. End the loop when the best epoch lies patience epochs back."),
            ("early_stop_counts_from_one", "return best, epoch", "return best + 1, epoch + 1",
             "Your epochs count from 1. They count from 0, as range does."),
            ("early_stop_loss_for_epoch", "return best, epoch", "return losses[best], epoch",
             "You return the lowest loss. Asked is its epoch."),
            ("early_stop_number_of_epochs", "return best, epoch", "return best, epoch + 1",
             "You return how many epochs there were. The last one has a number that is lower by 1."),
            ("early_stop_last_for_best", "return best, epoch", "return epoch, epoch",
             "You take the weights of the last epoch. Those of the best one are taken: that is why it is remembered."),
            ("early_stop_return_inside", "break\n    return best, epoch", "break\n        return best, epoch",
             "Your function returns in the first turn of the loop. Move return out of it.")),
        Misconception(early_stop_looks_ahead,
                      "You search all losses for the lowest. Training cannot see what would have come after its end."),
        Misconception(early_stop_any_rise,
                      "You compare with the epoch before. Patience counts from the best epoch so far."),
        Misconception(early_stop_all_rises,
                      "You count all bad epochs together. A new best one starts the count again."),
    )),
    Task("folds", folds, for_folds, outputs=("train", "held_out"),
         points={"train": 1, "held_out": 1, "uneven folds": 1, UNCHANGED: 1}, misconceptions=(
        *changes(folds,
            ("folds_train_on_all", "np.concatenate(pieces[:k] + pieces[k + 1:])", "order.copy()",
             "You train on all examples. What is held out must not be trained on."),
            ("folds_exchanged", "np.concatenate(pieces[:k] + pieces[k + 1:]), pieces[k]",
             "pieces[k], np.concatenate(pieces[:k] + pieces[k + 1:])",
             "You train on one fold and hold out the others. It is the other way round."),
            ("folds_count_from_one", "pieces[:k] + pieces[k + 1:]), pieces[k]",
             "pieces[:k - 1] + pieces[k:]), pieces[k - 1]",
             "Your folds count from 1. Fold 0 is the first."),
            ("folds_only_before", "pieces[:k] + pieces[k + 1:]", "[order[:0]] + pieces[:k]",
             "You train on the folds before k only. Those behind it belong to the training too."),
            ("folds_only_behind", "pieces[:k] + pieces[k + 1:]", "[order[:0]] + pieces[k + 1:]",
             "You train on the folds behind k only. Those before it belong to the training too."),
            ("folds_not_shuffled", "np.array_split(order, K)", "np.array_split(np.arange(len(order)), K)",
             "You cut 0, 1, 2, ... and not order: neighbours in the data set may be alike. Cut what was shuffled."),
            ("folds_sorted", "np.concatenate(pieces[:k] + pieces[k + 1:])",
             "np.sort(np.concatenate(pieces[:k] + pieces[k + 1:]))",
             "You sort the examples to train on. They keep their order in order."),
            ("folds_places", "pieces[:k] + pieces[k + 1:]), pieces[k]",
             "pieces[:k] + pieces[k + 1:]), np.array_split(np.arange(len(order)), K)[k]",
             "You hold out places and not examples. The numbers at those places of order are the examples.")),
        Misconception(folds_every_kth,
                      "Your folds take every K-th example. They are neighbouring pieces of order."),
        Misconception(folds_lose_the_rest,
                      "You lose the examples that are left over. The first N mod K folds have one more: np.array_split."),
        Misconception(folds_rest_in_the_last,
                      "All that is left over goes into your last fold. The first N mod K folds have one more each."),
        Misconception(folds_in_place, "You write into order. Make new arrays."),
    )),
    Task("judge", judge, for_judge, outputs=("counts", "precision", "recall"),
         points={"counts": 1, "precision": 1, "recall": 1, "missing classes": 1, UNCHANGED: 1}, misconceptions=changes(judge,
        ("judge_transposed", "counts[truth, answer]", "counts[answer, truth]",
         "Your counts are transposed: rows are truth, columns are answers."),
        ("judge_exchanged", "np.maximum(said, 1), found / np.maximum(there, 1)",
         "np.maximum(there, 1), found / np.maximum(said, 1)",
         "Precision and recall are exchanged. Precision asks the answers, recall asks the examples."),
        ("judge_right_only", "counts[truth, answer] += 1", "counts[truth, truth] += truth == answer",
         "You count right answers only. A wrong one belongs into its row and column too."),
        ("judge_shares", "return counts, found", "return counts / len(y), found",
         "You return shares. Asked are counts: how often."),
        ("judge_divides_by_all", "np.maximum(said, 1), found / np.maximum(there, 1)", "len(y), found / len(y)",
         "You divide by all examples. Precision divides by the answers with that name, recall by the examples of the "
         "class."),
        ("judge_accuracy", "return counts, found / np.maximum(said, 1)", "return counts, found * 0 + found.sum() / len(y)",
         "Your precision is the accuracy, the same for all classes. Each class has its own: found / said."),
        ("judge_zero_by_zero", "found / np.maximum(said, 1), found / np.maximum(there, 1)", "found / said, found / there",
         "Where a class was never named, or has no examples, you divide 0 by 0. The result is 0 there."),
        ("judge_one_where_empty", "found / np.maximum(said, 1), found / np.maximum(there, 1)",
         "np.where(said > 0, found / np.maximum(said, 1), 1), np.where(there > 0, found / np.maximum(there, 1), 1)",
         "You give 1 where a class was never named or has no examples. Nothing was found there: 0."),
        ("judge_ones_for_counts", "counts[truth, answer] += 1", "counts[truth, answer] = 1",
         "You write a 1 and do not count: +=. (counts[y, predicted] += 1 for whole arrays adds only once too: "
         "np.add.at.)"))),
    Task("auc", auc, for_auc, outputs=("auc",), points={"auc": 2, "ties": 1, UNCHANGED: 1}, misconceptions=(
        *changes(auc,
            ("auc_ties_lose", " + 0.5 * level", "", "You count a tie as lost. It counts one half."),
            ("auc_ties_win", "0.5 * level", "level", "You count a tie as won. It counts one half."),
            ("auc_reversed", "positive[:, None] > negative", "positive[:, None] < negative",
             "You count where the negative example scores higher. Count where the positive one does."),
            ("auc_not_divided", "np.mean(above", "np.sum(above", "You count pairs. Divide by their number, N1 times N0."),
            ("auc_by_all_pairs", "return np.mean(above + 0.5 * level)",
             "return np.sum(above + 0.5 * level) / (len(positive) + len(negative)) ** 2",
             "You divide by all pairs. Only a positive with a negative makes a pair: N1 times N0."),
            ("auc_side_by_side", "return np.mean(above + 0.5 * level)",
             "n = min(len(positive), len(negative))\n    return np.mean(np.diag(above + 0.5 * level)) if n else 0",
             "You compare examples that happen to stand side by side. Every positive meets every negative: two axes."),
            ("auc_best_only", "return np.mean(above + 0.5 * level)",
             "return np.mean((above + 0.5 * level)[np.argmax(positive)])",
             "You compare the best positive example only. Take the mean over all of them."),
            ("auc_distance", "above + 0.5 * level", "positive[:, None] - negative",
             "You average how far scores are apart. Only the order counts: which of the two is larger."),
            ("auc_two_means", "return np.mean(above + 0.5 * level)", "return float(np.mean(positive) > np.mean(negative))",
             "You compare two means. AUC compares every positive example with every negative one.")),
        Misconception(auc_accuracy,
                      "You compare scores with 0: that is an accuracy, for one threshold. AUC compares pairs."),
    )),
]

WRITTEN = [Written("choice", {
    "says that the lowest of many means is low partly by luck, or was chosen for being low, and new points will be worse": 1,
    "says that the chosen strength is judged on points that took part in no choice": 1})]
