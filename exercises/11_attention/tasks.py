"""What only the grader knows of 11_attention: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them, and call ``weights`` and
``several_heads`` by name.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes

Q = np.array([[1.0, 1.0], [2.0, -1.0]])
K = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])


# References

def weights(q, k, seen):
    s = q @ k.T / np.sqrt(q.shape[1])
    s = np.where(seen, s, -np.inf)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def attend_backward(dy, p, q, k, v):
    dp = dy @ v.T
    ds = p * (dp - np.sum(p * dp, axis=1, keepdims=True))
    root = np.sqrt(q.shape[1])
    return ds @ k / root, ds.T @ q / root, p.T @ dy


def several_heads(q, k, v, R):
    E = q.shape[1] // R
    y, seen = np.zeros(v.shape), np.tri(len(q), dtype=bool)
    for r in range(R):
        part = slice(r * E, (r + 1) * E)
        y[:, part] = weights(q[:, part], k[:, part], seen) @ v[:, part]
    return y


def add_positions(x):
    T, D = x.shape[1:]
    angle = np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, D, 2) / D)
    y = x.copy()
    y[:, :, 0::2] += np.sin(angle)
    y[:, :, 1::2] += np.cos(angle)
    return y


def norm(x):
    mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5)


def block(x, w, w_o, w1, w2, R):
    q, k, v = np.split(norm(x) @ w.T, 3, axis=1)
    u = x + several_heads(q, k, v, R) @ w_o.T
    h = np.maximum(0, norm(u) @ w1.T)
    return u, u + h @ w2.T


def patches(x, P):
    N, H, W = x.shape
    grid = x.reshape(N, H // P, P, W // P, P)
    return grid.transpose(0, 1, 3, 2, 4).reshape(N, -1, P * P)


# Cases

def for_weights(rng):
    def case(label, T, U, E, seen):
        return Case(label, (rng.normal(size=(T, E)), rng.normal(size=(U, E)), seen))

    yield Case("the worked example", (Q, K, np.array([[True, False, True], [True, True, True]])))
    yield case("3 queries, 5 keys, all may be seen", 3, 5, 4, np.ones((3, 5), bool))
    yield case("one query", 1, 6, 3, np.array([[True, True, False, True, False, True]]))
    yield case("a causal mask", 4, 4, 2, np.tri(4, dtype=bool))
    yield case("one number in each key", 6, 3, 1, np.array([[True, False, True], [False, True, True]] * 3))
    q = rng.permutation([1000.0, -1000.0, 900.0])[:, None] * np.ones((3, 4))
    yield Case("scores up to 2000", (q, rng.uniform(0.4, 1, (5, 4)), rng.permutation(15).reshape(3, 5) % 5 != 1),
               "large scores")


def for_attend_backward(rng):
    def case(label, T, U, E):
        e = np.exp(rng.normal(size=(T, U)))
        return Case(label, (rng.normal(size=(T, E)), e / e.sum(axis=1, keepdims=True), rng.normal(size=(T, E)),
                            rng.normal(size=(U, E)), rng.normal(size=(U, E))))

    yield Case("the worked example", (np.array([[1.0, 0.0], [2.0, 1.0]]), np.array([[0.5, 0.0, 0.5], [0.2, 0.4, 0.4]]), Q, K,
                                      np.array([[1.0, 3.0], [0.0, 1.0], [2.0, 0.0]])))
    yield case("5 queries, 3 keys", 5, 3, 4)
    yield case("one query", 1, 6, 3)
    yield case("all sizes equal", 4, 4, 4)
    dy, v = rng.integers(1, 4, (3, 4)).astype(float), rng.integers(-3, 4, (4, 4)).astype(float)
    v[:, 0] += 2.0 ** 40                                         # whole numbers and powers of 2: a formula loses no digit
    p = rng.permuted(np.tile([0.5, 0.25, 0.125, 0.125], (3, 1)), axis=1)
    yield Case(FAR, (dy, p, rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), v))


def for_several_heads(rng):
    yield Case("the worked example", (
        np.array([[1.0, 0.0, 2.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, -1.0, 2.0, 0.0], [1.0, 1.0, 0.0, 2.0, 1.0, -1.0]]),
        np.array([[0.0, 1.0, 1.0, 1.0, 0.0, 2.0], [2.0, 0.0, -1.0, 1.0, 1.0, 0.0], [1.0, -1.0, 0.0, 0.0, 1.0, 1.0]]),
        np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0, 1.0, 0.0, 2.0, 0.0, 3.0], [4.0, 0.0, 2.0, 0.0, 1.0, 0.0]]), 3))
    for label, T, D, R in (("5 steps, 2 heads of 4", 5, 8, 2), ("4 steps, 3 heads of 2", 4, 6, 3), ("one step", 1, 6, 2),
                           ("one head", 6, 3, 1)):
        yield Case(label, (*(rng.normal(size=(T, D)) for _ in range(3)), R))


def for_add_positions(rng):
    yield Case("the worked example", (np.array([[[1.0, 0.0], [2.0, -1.0], [0.0, 0.0], [3.0, 1.0]]]),))
    for label, shape in (("3 examples, 7 steps, 6 numbers", (3, 7, 6)), ("one example", (1, 5, 8)), ("one step", (4, 1, 2)),
                         ("60 steps", (2, 60, 4)), ("all sizes equal", (4, 4, 4))):
        yield Case(label, (rng.normal(size=shape),))


def for_block(rng):
    def case(label, T, D, M, R):
        return Case(label, (rng.normal(1, 2, (T, D)), rng.normal(size=(3 * D, D)), rng.normal(size=(D, D)),
                            rng.normal(size=(M, D)), rng.normal(size=(D, M)), R))

    yield Case("the worked example", (
        np.array([[1.0, 0.0, 2.0, 1.0], [0.0, -1.0, 1.0, 3.0]]), np.arange(48.0).reshape(12, 4) % 5 - 2,
        np.eye(4)[::-1] / 2, np.eye(5, 4), np.eye(4, 5, 1), 2))
    yield case("5 steps, 2 heads of 3, 7 hidden units", 5, 6, 7, 2)
    yield case("one step", 1, 4, 3, 2)
    yield case("one head", 3, 5, 8, 1)
    yield case("as many hidden units as numbers", 4, 6, 6, 3)


def for_patches(rng):
    yield Case("the worked example", (np.arange(16.0).reshape(2, 2, 4), 2))
    for label, shape, P in (("3 images of 4 x 6", (3, 4, 6), 2), ("one image of 9 x 3", (1, 9, 3), 3),
                            ("square images", (2, 8, 8), 4), ("patches of one pixel", (2, 3, 5), 1)):
        yield Case(label, (rng.normal(size=shape), P))


# Misconceptions

def weights_mask_after_softmax(q, k, seen):
    s = q @ k.T / np.sqrt(q.shape[1])
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) * seen


def weights_in_place(q, k, seen):
    q /= np.sqrt(q.shape[1])
    s = np.where(seen, q @ k.T, -np.inf)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def attend_backward_in_place(dy, p, q, k, v):
    dv, dp, root = p.T @ dy, dy @ v.T, np.sqrt(q.shape[1])
    p *= dp - np.sum(p * dp, axis=1, keepdims=True)
    return p @ k / root, p.T @ q / root, dv


def several_heads_one_below_the_other(q, k, v, R):
    seen = np.tri(len(q), dtype=bool)
    parts = [np.split(each, R, axis=1) for each in (q, k, v)]
    return np.concatenate([weights(q_r, k_r, seen) @ v_r for q_r, k_r, v_r in zip(*parts)])


def several_heads_added(q, k, v, R):
    seen = np.tri(len(q), dtype=bool)
    parts = [np.split(each, R, axis=1) for each in (q, k, v)]
    return sum(weights(q_r, k_r, seen) @ v_r for q_r, k_r, v_r in zip(*parts))


def add_positions_halves(x):
    T, D = x.shape[1:]
    angle = np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, D, 2) / D)
    return x + np.hstack([np.sin(angle), np.cos(angle)])


def add_positions_in_place(x):
    T, D = x.shape[1:]
    angle = np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, D, 2) / D)
    x[:, :, 0::2] += np.sin(angle)
    x[:, :, 1::2] += np.cos(angle)
    return x


def add_positions_multiplied(x):
    T, D = x.shape[1:]
    angle = np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, D, 2) / D)
    y = x.copy()
    y[:, :, 0::2] *= np.sin(angle)
    y[:, :, 1::2] *= np.cos(angle)
    return y


def block_norms_behind(x, w, w_o, w1, w2, R):
    q, k, v = np.split(x @ w.T, 3, axis=1)
    u = norm(x + several_heads(q, k, v, R) @ w_o.T)
    return u, norm(u + np.maximum(0, u @ w1.T) @ w2.T)


def block_in_place(x, w, w_o, w1, w2, R):
    q, k, v = np.split(norm(x) @ w.T, 3, axis=1)
    x += several_heads(q, k, v, R) @ w_o.T
    return x, x + np.maximum(0, norm(x) @ w1.T) @ w2.T


def patches_overlapping(x, P):
    N, H, W = x.shape
    return np.stack([x[:, i:i + P, j:j + P].reshape(N, -1) for i in range(H - P + 1) for j in range(W - P + 1)], axis=1)


WITHHELD = ("kernels.attention", "kernels.positions", "kernels.activations.softmax_forward",
            "kernels.activations.softmax_backward", "sampling.probabilities", *GRADIENTS)

HINTS = {
    "weights": (
        "Scores first, then a softmax for each row. What is not seen gets no weight.",
        "np.where(seen, scores, -np.inf) before the softmax. Subtract the largest of each row; divide by the root of E.",
    ),
    "attend_backward": (
        "Go back in two steps: through the mean of the values, then through the softmax.",
        "dp = dy @ v.T. Then ds = p * (dp - sum of p * dp along each row), divided by the root of E.",
    ),
    "several_heads": (
        "Each head has its own columns of q, k and v, and its own weights.",
        "np.split(q, R, axis=1) gives the parts. np.tri(T) says who sees whom. np.hstack puts the answers side by side.",
    ),
    "add_positions": (
        "Each pair of columns has one angle for each step: sine in the first, cosine in the second.",
        "angle[t, j] = t * 10000 ** (-2 * j / D). Add to a copy: y[:, :, 0::2] += np.sin(angle).",
    ),
    "block": (
        "Two parts, each with its own shortcut: what comes in is added to what comes out.",
        "Normalise before each part, not behind it. The second part reads u, and its shortcut starts at u too.",
    ),
    "patches": (
        "Cut rows and columns into pieces by reshape; then bring the pieces of one patch together.",
        "x.reshape(N, H // P, P, W // P, P) has patch rows, rows, patch columns, columns. Exchange the two in the middle.",
    ),
}

TASKS = [
    Task("weights", weights, for_weights, outputs=("p",), points={"p": 2, "large scores": 1, UNCHANGED: 1}, misconceptions=(
        *changes(weights,
            ("weights_without_root", " / np.sqrt(q.shape[1])", "",
             "The root is missing: scores are divided by sqrt(E), the square root of the numbers in a key."),
            ("weights_by_e", "np.sqrt(q.shape[1])", "q.shape[1]", "You divide by E. Divide by its square root."),
            ("weights_root_of_the_keys", "np.sqrt(q.shape[1])", "np.sqrt(len(k))",
             "You divide by the root of the number of keys. E is how many numbers a key has: q.shape[1]."),
            ("weights_down_the_columns", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)",
             "Your columns add up to 1. Every step shares out its own weight: rows, axis=1."),
            ("weights_one_sum", "e.sum(axis=1, keepdims=True)", "e.sum()",
             "You divide by one sum for all steps. Each row adds up to 1 by itself: axis=1, keepdims=True."),
            ("weights_not_normalised", "return e / e.sum(axis=1, keepdims=True)", "return e",
             "Your weights do not add up to 1. Divide each row by its sum."),
            ("weights_mask_is_zero", "np.where(seen, s, -np.inf)", "s * seen",
             "Your mask makes the score 0, and e^0 is 1: what may not be seen still gets weight. The score is -np.inf "
             "there."),
            ("weights_mask_reversed", "np.where(seen, s", "np.where(~seen, s",
             "Your mask hides what may be seen. seen is True where a step may look."),
            ("weights_mask_forgotten", "np.where(seen, s, -np.inf)", "s",
             "Every step looks everywhere. Where seen is False, the score is -np.inf."),
            ("weights_overflow", "s - s.max(axis=1, keepdims=True)", "s",
             "Large scores overflow. Subtract the largest score of each row before exp: the ratio stays."),
            ("weights_one_maximum", "s.max(axis=1, keepdims=True)", "s.max()",
             "You subtract one maximum from all rows. A row far below it becomes 0/0: each row has its own maximum."),
            ("weights_transposed", "q @ k.T", "(k @ q.T)",
             "Your rows are keys and your columns queries. Row t belongs to query t: q @ k.T.")),
        Misconception(weights_mask_after_softmax,
                      "You hide weights after the softmax, and the rest no longer adds up to 1. Hide scores, before it."),
        Misconception(weights_in_place,
                      "q /= ... writes into the array you were given. Write q / ... to make a new one."),
    )),
    Task("attend_backward", attend_backward, for_attend_backward, outputs=("dq", "dk", "dv"),
         points={"dq": 2, "dk": 1, "dv": 1, UNCHANGED: 1}, misconceptions=(
        *changes(attend_backward,
            ("attend_backward_own_score_only", "(dp - np.sum(p * dp, axis=1, keepdims=True))", "(1 - p) * dp",
             "You let each weight depend on its own score only. A softmax moves its whole row: subtract the sum of p dp."),
            ("attend_backward_without_mean", " - np.sum(p * dp, axis=1, keepdims=True)", "",
             "The second term of ds is missing: minus the sum of p dp over the row."),
            ("attend_backward_plain_mean", "np.sum(p * dp, axis=1, keepdims=True)", "np.mean(dp, axis=1, keepdims=True)",
             "You subtract the plain mean of dp. It is the mean with the weights p: the sum of p dp."),
            ("attend_backward_columns", "np.sum(p * dp, axis=1, keepdims=True)", "np.sum(p * dp, axis=0)",
             "Your sum runs down the columns. A softmax belongs to a row, so the sum runs over u: axis=1."),
            ("attend_backward_without_p", "ds = p * (dp", "ds = (dp",
             "The factor p in front of the bracket is missing in ds."),
            ("attend_backward_without_root", "np.sqrt(q.shape[1])", "1",
             "dq and dk are divided by the root of E, because the scores were."),
            ("attend_backward_by_e", "np.sqrt(q.shape[1])", "q.shape[1]",
             "You divide by E. The scores were divided by its root, once; so are their gradients."),
            ("attend_backward_dq_from_queries", "ds @ k / root", "ds.sum(axis=1, keepdims=True) * q / root",
             "Your dq is made of q. q_t was multiplied by the keys, so its gradient is made of them: ds @ k."),
            ("attend_backward_dk_not_transposed", "ds.T @ q", "ds @ q",
             "Your dk adds up along the rows of ds. Key u stands in column u: ds.T @ q."),
            ("attend_backward_dv_not_transposed", "p.T @ dy", "p @ dy",
             "Your dv adds up along the rows of p. Value u stands in column u: p.T @ dy."),
            ("attend_backward_dv_from_scores", "p.T @ dy", "ds.T @ dy",
             "Your dv holds ds. The values were multiplied by the weights: p.T @ dy.")),
        Misconception(attend_backward_in_place,
                      "p *= ... writes into the array you were given. Write p * (...) to make a new one."),
    )),
    Task("several_heads", several_heads, for_several_heads, outputs=("y",), points={"y": 3, UNCHANGED: 1}, misconceptions=(
        *changes(several_heads,
            ("several_heads_every_rth", "slice(r * E, (r + 1) * E)", "slice(r, None, R)",
             "Your heads take every R-th number. A head has E neighbours: r * E to (r + 1) * E."),
            ("several_heads_not_causal", "np.tri(len(q), dtype=bool)", "np.ones((len(q), len(q)), bool)",
             "Your steps see the future. The mask is the lower triangle: np.tri(T, dtype=bool)."),
            ("several_heads_the_future", "np.tri(len(q), dtype=bool)", "np.tri(len(q), dtype=bool).T",
             "Your steps see the future and not the past. Use the lower triangle of the mask, not the upper."),
            ("several_heads_not_itself", "np.tri(len(q), dtype=bool)", "np.tri(len(q), k=-1, dtype=bool)",
             "Your steps do not see themselves, and the first sees nothing at all. The diagonal belongs to the mask."),
            ("several_heads_one_table", "weights(q[:, part], k[:, part], seen)", "weights(q, k, seen)",
             "All of your heads share one table of weights. Each compares its own part of queries and keys."),
            ("several_heads_values_whole", "@ v[:, part]", "@ v",
             "You multiply by all values. Head r mixes its own part of v: E columns."),
            ("several_heads_size_for_number", "q.shape[1] // R", "R",
             "You take the number of heads for their size. A head has E = D / R numbers."),
            ("several_heads_first_only", "range(R)", "range(1)",
             "Only the first head attends; the other columns stay 0."),
            ("several_heads_in_place", "y, seen = np.zeros(v.shape)", "y, seen = v",
             "You write the results into v. Make a new array for y: np.zeros(v.shape).")),
        Misconception(several_heads_one_below_the_other,
                      "Your heads stand one below the other. Put them side by side: np.hstack, or axis=1."),
        Misconception(several_heads_added, "You add up the heads. They stand side by side: E columns each, D together."),
    )),
    Task("add_positions", add_positions, for_add_positions, outputs=("y",), points={"y": 3, UNCHANGED: 1}, misconceptions=(
        *changes(add_positions,
            ("add_positions_from_one", "np.arange(T)", "np.arange(1, T + 1)",
             "Your steps count from 1. They count from 0: the first step gets sin 0 and cos 0."),
            ("add_positions_faster_and_faster", "(-np.arange", "(np.arange",
             "Your clocks turn faster and faster. The exponent is negative: each is slower than the one before."),
            ("add_positions_single_exponent", "np.arange(0, D, 2) / D", "np.arange(D // 2) / D",
             "Your exponent is i / D. It is 2 i / D: the clocks slow down twice as fast."),
            ("add_positions_own_clock", "np.arange(0, D, 2) / D", "np.arange(0, D, 2) / (D // 2)",
             "You divide by the number of clocks, D / 2. The exponent is 2 i / D."),
            ("add_positions_base", "10_000.0", "1000.0", "Your base is 1,000. In equation (11.5) it is 10,000."),
            ("add_positions_alone", "x.copy()", "np.zeros(x.shape)",
             "You return the positions alone. They are added to the steps: nothing else says what a step holds."),
            ("add_positions_sines_only", "np.cos(angle)", "np.sin(angle)",
             "Both hands of your clocks are sines. The odd places get cosines."),
            ("add_positions_exchanged", "[:, :, 0::2] += np.sin(angle)\n    y[:, :, 1::2]",
             "[:, :, 1::2] += np.sin(angle)\n    y[:, :, 0::2]",
             "Sine and cosine are exchanged. Even places get the sine, odd places the cosine."),
            ("add_positions_scaled", "np.arange(T)[:, None]", "np.arange(T)[:, None] / T",
             "You divide the step by their number. The angle is omega times t, however long the sequence is.")),
        Misconception(add_positions_halves,
                      "All sines stand first and all cosines behind them. Here they take turns: 0::2 and 1::2."),
        Misconception(add_positions_multiplied, "You multiply by the hands of the clocks. They are added."),
        Misconception(add_positions_in_place,
                      "+= on x writes into the array you were given. Work on a copy: y = x.copy()."),
    )),
    Task("block", block, for_block, outputs=("u", "y"), points={"u": 2, "y": 2, UNCHANGED: 1}, misconceptions=(
        *changes(block,
            ("block_without_first_shortcut", "u = x + several", "u = several",
             "The first shortcut is missing: what the heads compute is added to x."),
            ("block_shortcut_of_the_norm", "u = x + several", "u = norm(x) + several",
             "Your shortcut carries the normalised numbers. It hands on x as it came in."),
            ("block_without_first_norm", "np.split(norm(x) @", "np.split(x @",
             "The heads read x as it is. They read norm(x)."),
            ("block_without_w_o", "several_heads(q, k, v, R) @ w_o.T", "several_heads(q, k, v, R)",
             "W_o is missing: it mixes the heads before they are added."),
            ("block_w_o_not_transposed", "@ w_o.T", "@ w_o",
             "w_o is (out, in), so a row of numbers is multiplied by its transpose: @ w_o.T."),
            ("block_keys_first", "q, k, v = np", "k, q, v = np",
             "You take the first third for the keys. The order is queries, keys, values."),
            ("block_values_first", "q, k, v = np", "v, q, k = np",
             "You take the first third for the values. The order is queries, keys, values."),
            ("block_one_head", "(q, k, v, R)", "(q, k, v, 1)", "Your block has one head, whatever R is. Hand R on."),
            ("block_without_second_norm", "norm(u) @ w1", "u @ w1",
             "The small network reads U as it is. It reads norm(U)."),
            ("block_both_read_x", "norm(u)", "norm(x)",
             "Your small network reads x, as the heads did. It comes behind them and reads U."),
            ("block_without_relu", "np.maximum(0, norm(u) @ w1.T)", "norm(u) @ w1.T",
             "ReLU is missing between the two layers of the small network."),
            ("block_without_second_shortcut", "u + h @", "h @",
             "The second shortcut is missing: what the small network computes is added to U."),
            ("block_second_shortcut_from_x", "u + h @", "x + h @",
             "Your second shortcut begins at x, and what the heads said is lost. It begins at U.")),
        Misconception(block_norms_behind,
                      "You normalise after the sums, as the first transformers did. Here the norms stand before the heads "
                      "and before the small network, and the shortcuts pass them by."),
        Misconception(block_in_place, "x += ... writes into the array you were given. Write u = x + ... instead."),
    )),
    Task("patches", patches, for_patches, outputs=("steps",), points={"steps": 2, UNCHANGED: 1}, misconceptions=(
        *changes(patches,
            ("patches_pixels_in_order", ".transpose(0, 1, 3, 2, 4)", "",
             "You cut the row of pixels into pieces, and a piece is no square. Bring the two axes of a patch together "
             "first."),
            ("patches_by_columns", "(0, 1, 3, 2, 4)", "(0, 3, 1, 2, 4)",
             "Your patches follow one below the other. They follow from left to right, then comes the next row."),
            ("patches_inside_by_columns", "(0, 1, 3, 2, 4)", "(0, 1, 3, 4, 2)",
             "The pixels of your patches stand column by column. They stand row by row."),
            ("patches_axes_exchanged", "reshape(N, H // P, P, W // P, P)", "reshape(N, W // P, P, H // P, P)",
             "You exchange rows and columns: H comes first. With square images it does not show."),
            ("patches_with_rows", "reshape(N, -1, P * P)", "reshape(N, -1, P, P)",
             "Your steps are still little images. A step is one row of P * P numbers."),
            ("patches_one_sequence", "reshape(N, -1, P * P)", "reshape(-1, P * P)",
             "The patches of all images form one sequence. Each image is a sequence of its own: (N, T, P * P)."),
            ("patches_positions_for_pixels", "reshape(N, -1, P * P)", "reshape(N, -1, P * P).transpose(0, 2, 1)",
             "Your steps are the places inside a patch. A step is a whole patch: (N, T, P * P).")),
        Misconception(patches_overlapping,
                      "Your patches overlap. They lie side by side: the next one begins P pixels further."),
    )),
]

WRITTEN = [Written("bag", {
    "says that the network knows which patches there are, or how often, and that this differs between digits": 1,
    "says that it does not know where a patch was, because a mean over steps, and attention, ignore their order": 1})]
