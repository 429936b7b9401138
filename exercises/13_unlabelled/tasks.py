"""What only the grader knows of 13_unlabelled: references, hidden cases, and the mistakes students make.

Misconceptions are one change of the reference, or written as a student writes them. A direction has two signs, and both are
right: a view shows the part of each example along it, and this is compared.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes

SIX = np.array([[5.0, 5.0, 1.0], [-1.0, -3.0, 1.0], [2.0, 1.0, 3.0], [2.0, 1.0, -1.0], [2.8, 0.4, 1.0], [1.2, 1.6, 1.0]])


# References

def principal(x, M):
    mean = x.mean(axis=0)
    v = np.linalg.svd(x - mean, full_matrices=False)[2]
    return mean, v[:M]


def reconstruct(x, mean, v):
    h = (x - mean) @ v.T
    x_hat = h @ v + mean
    return h, x_hat, np.mean((x_hat - x) ** 2)


def linear_tied(x, w):
    h = x @ w.T
    missing = h @ w - x
    decoder, encoder = h.T @ missing, (missing @ w.T).T @ x
    return np.mean(missing ** 2), 2 * (decoder + encoder) / x.size


def tied_backward(dy, h, x, w, b, b2):
    da = (dy @ w.T) * (h > 0)
    decoder, encoder = h.T @ dy, da.T @ x
    return decoder + encoder, da.sum(axis=0), dy.sum(axis=0)


def spoil(x, u, p):
    black, white = u < p / 2, (u >= p / 2) & (u < p)
    return np.where(black, 0.0, np.where(white, 1.0, x))


# View

def parts(mean, v, x, M):
    """The mean, and the part of every centred example along every direction: mean (D,), parts (M, N, D)."""
    D = x.shape[1]
    if mean.size != D:
        raise ValueError(f"mean needs the shape ({D},): one number for each pixel.")
    if v.shape != (M, D):
        raise ValueError(f"v needs the shape ({M}, {D}): one direction in each row.")
    z = x - x.mean(axis=0)
    return mean.ravel(), np.array([np.outer(z @ direction, direction) for direction in v])


# Cases

def stretched(rng, N, D):
    """Examples around a mean that is far from 0, with directions along which they are spread more and more."""
    turn = np.linalg.qr(rng.normal(size=(D, D)))[0]
    return rng.normal(size=(N, D)) * 1.6 ** np.arange(D) @ turn + rng.uniform(2, 4, D)


def directions(rng, M, D):
    """Directions of length 1, at right angles: (M, D)."""
    return np.linalg.qr(rng.normal(size=(D, M)))[0].T.copy()


def for_principal(rng):
    yield Case("the worked example", (SIX, 2))
    for label, N, D, M in (("30 examples, 5 pixels, 3 directions", 30, 5, 3), ("one direction", 20, 6, 1),
                           ("fewer examples than pixels", 5, 9, 2), ("one example", 1, 4, 1),
                           ("as many examples as pixels", 7, 7, 2)):
        yield Case(label, (stretched(rng, N, D), M))


def for_reconstruct(rng):
    yield Case("the worked example", (np.array([[4.0, 1.0, 0.0], [2.0, 3.0, 5.0]]), np.array([1.0, 1.0, 2.0]),
                                      np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])))
    for label, N, D, M in (("9 examples, 5 pixels, 2 directions", 9, 5, 2), ("one example", 1, 4, 3),
                           ("one direction", 6, 3, 1), ("as many examples as pixels", 4, 4, 2)):
        yield Case(label, (stretched(rng, N, D), rng.uniform(1, 3, D), directions(rng, M, D)))


def for_linear_tied(rng):
    yield Case("the worked example", (np.array([[1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]), np.array([[1.0, 0.0, 0.5],
                                                                                                [0.0, 0.5, 0.0]])))
    for label, N, D, M in (("9 examples, 5 pixels, 2 units", 9, 5, 2), ("one example", 1, 4, 3), ("one unit", 6, 3, 1),
                           ("all sizes equal", 4, 4, 4)):
        yield Case(label, (rng.normal(size=(N, D)), rng.normal(size=(M, D))))
    x, w = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    x[:, -1], w[:, -1] = rng.uniform(1e9, 2e9, 3), 0                # a pixel that the units do not see
    yield Case(FAR, (x, w))


def for_tied_backward(rng):
    def case(label, N, D, M, zero=False):
        x, w, b, b2 = rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=M), rng.normal(size=D)
        dy, a = rng.normal(size=(N, D)), x @ w.T
        b[0] = -np.mean(a[:2, 0])                                    # silent for one of the first two examples
        if N == 1:
            b[:2] = [-0.5, 0.5] - a[0, :2]                           # one unit is silent, one is not
        if zero:
            x[0], b, w[0, -1], dy[0, -1] = 0, np.abs(b) + 0.5, 0, 1e12    # a code that no weight changes, a large gradient
        return Case(label, (dy, np.maximum(0, x @ w.T + b), x, w, b, b2))

    yield Case("the worked example", (
        np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]]), np.array([[2.5, 0.0], [1.5, 1.5]]),
        np.array([[1.0, 2.0, 1.0], [1.0, 0.0, -1.0]]), np.array([[1.0, 0.5, 0.0], [2.0, -1.0, 0.0]]),
        np.array([0.5, -0.5]), np.array([0.0, 1.0, 0.0])))
    yield case("9 examples, 5 pixels, 3 units", 9, 5, 3)
    yield case("one example", 1, 4, 6)
    yield case("one unit", 5, 3, 1)
    yield case("all sizes equal", 4, 4, 4)
    yield case(FAR, 3, 4, 2, zero=True)


def for_spoil(rng):
    yield Case("the worked example", (np.array([[0.5, 0.25, 0.75], [0.1, 0.9, 0.6]]),
                                      np.array([[0.9, 0.1, 0.3], [0.35, 0.45, 0.05]]), 0.4))
    for label, N, D in (("20 images, 7 pixels", 20, 7), ("one image", 1, 60), ("as many images as pixels", 6, 6)):
        x, u = rng.uniform(0.1, 0.9, (N, D)), rng.uniform(size=(N, D))
        u[0, :4] = rng.permutation([0.03, 0.22, 0.45, 0.97])
        yield Case(label, (x, u, float(rng.uniform(0.3, 0.4))))
    for label, p in (("nothing is spoilt", 0.0), ("everything is spoilt", 1.0)):
        yield Case(label, (rng.uniform(0.1, 0.9, (3, 5)), rng.uniform(size=(3, 5)), p), "p of 0 and of 1")


# Misconceptions

def principal_in_place(x, M):
    mean = x.mean(axis=0)
    x -= mean
    return mean, np.linalg.svd(x, full_matrices=False)[2][:M]


def principal_rows_of_eigh(x, M):
    mean = x.mean(axis=0)
    v = np.linalg.eigh((x - mean).T @ (x - mean))[1]
    return mean, v[::-1][:M]


def principal_smallest(x, M):
    mean = x.mean(axis=0)
    v = np.linalg.eigh((x - mean).T @ (x - mean))[1]
    return mean, v[:, :M].T


def reconstruct_in_place(x, mean, v):
    before = x.copy()
    x -= mean
    h = x @ v.T
    x_hat = h @ v + mean
    return h, x_hat, np.mean((x_hat - before) ** 2)


def linear_tied_in_place(x, w):
    h = x @ w.T
    missing = h @ w - x
    gradient = 2 * (h.T @ missing + (missing @ w.T).T @ x) / x.size
    x -= h @ w
    return np.mean(x ** 2), gradient


def tied_backward_in_place(dy, h, x, w, b, b2):
    da, dw, db2 = dy @ w.T, h.T @ dy, dy.sum(axis=0)
    h[h > 0] = 1
    da *= h
    return dw + da.T @ x, da.sum(axis=0), db2


def spoil_in_place(x, u, p):
    x[u < p] = 1
    x[u < p / 2] = 0
    return x


WITHHELD = ("kernels.dense", "kernels.losses.mean_squared_error_forward", "kernels.losses.mean_squared_error_backward",
            *GRADIENTS)

HINTS = {
    "principal": (
        "Take the mean image away first. Then one call of NumPy finds all directions.",
        "np.linalg.svd(x - mean, full_matrices=False) returns three arrays. The rows of the third are the directions, the "
        "most important first.",
    ),
    "reconstruct": (
        "Away with the mean, down to M numbers, up again, back with the mean.",
        "h = (x - mean) @ v.T has M numbers for each example; h @ v has D again. The error is a mean over all entries.",
    ),
    "linear_tied": (
        "Call what is missing x_hat - x. w occurs twice: it makes x_hat of h, and it makes h of x.",
        "The decoder's half is h.T @ missing. For the encoder's half send what is missing back to h first: missing @ w.T.",
    ),
    "tied_backward": (
        "The same two halves, with a slope on the way from the decoder to the encoder.",
        "da = (dy @ w.T) * (h > 0). The encoder's half is da.T @ x, and the biases get sums over the examples.",
    ),
    "spoil": (
        "u says everything: below p / 2 a pixel becomes black, from there to p white, else it stays.",
        "np.where(condition, 0, ...) can stand inside another np.where.",
    ),
}

TASKS = [
    Task("principal", principal, for_principal, outputs=("mean", "v"), view=parts, views=("mean", "parts"),
         points={"mean": 1, "parts": 2, UNCHANGED: 1}, misconceptions=(
        *changes(principal,
            ("principal_around_zero", "svd(x - mean,", "svd(x,",
             "You look for directions around 0, and the first is spent on the mean image. Subtract the mean first."),
            ("principal_own_means", "svd(x - mean,", "svd(x - x.mean(axis=1, keepdims=True),",
             "You subtract from each example the mean of its own pixels. It is the mean image that goes: axis=0."),
            ("principal_standardised", "svd(x - mean,", "svd((x - mean) / np.maximum(x.std(axis=0), 1e-9),",
             "You divide each pixel by its deviation. That asks another question: only the mean is taken away."),
            ("principal_backwards", "v[:M]", "v[:M][::-1]",
             "You return the right directions, the most important last. It comes first."),
            ("principal_columns", "v[:M]", "v[:, :M].T",
             "You take columns of what svd returns as its third. Its rows are the directions."),
            ("principal_transposed", "v[:M]", "v[:M].T",
             "Your v has another shape than (M, D). One direction stands in each row, and the first M are asked for."),
            ("principal_mean_of_all", "x.mean(axis=0)", "x.mean()",
             "Your mean does not have one number for each pixel. The mean image is one over the examples: axis=0."),
            ("principal_stretched", "v[:M]",
             "v[:M] * np.linalg.svd(x - mean, full_matrices=False)[1][:M, None]",
             "Your directions are multiplied by the singular values. A direction has length 1."),
            ("principal_skips_the_first", "v[:M]", "v[1:M + 1]",
             "You leave out the most important direction. Lists begin at 0.")),
        Misconception(principal_rows_of_eigh,
                      "You take rows of what eigh returns. The eigenvectors are its columns, with the smallest eigenvalue "
                      "first."),
        Misconception(principal_smallest,
                      "Your directions are those along which the data vary least. eigh puts the smallest eigenvalue first."),
        Misconception(principal_in_place, "x -= mean writes into the array you were given. Write x - mean instead."),
    )),
    Task("reconstruct", reconstruct, for_reconstruct, outputs=("h", "x_hat", "error"),
         points={"h": 1, "x_hat": 2, "error": 1, UNCHANGED: 1}, misconceptions=(
        *changes(reconstruct,
            ("reconstruct_around_zero", "(x - mean) @ v.T", "x @ v.T",
             "Your code is that of x itself. Subtract the mean image first."),
            ("reconstruct_own_mean", "(x - mean) @ v.T", "(x - x.mean(axis=0)) @ v.T",
             "You subtract the mean of these examples. The given mean belongs to v: new examples have no say in it."),
            ("reconstruct_without_the_mean", "h @ v + mean", "h @ v",
             "Your reconstruction lacks the mean image. What was taken away comes back at the end."),
            ("reconstruct_mean_taken_twice", "h @ v + mean", "h @ v - mean",
             "You subtract the mean once more. At the end it is added."),
            ("reconstruct_first_direction", "h @ v + mean", "h[:, :1] @ v[:1] + mean",
             "You use the first direction only. All M of them add up."),
            ("reconstruct_code_with_the_mean", "return h,", "return h + mean @ v.T,",
             "You add the mean to the code as well. The code is that of x - mean."),
            ("reconstruct_sum", "np.mean((x_hat - x) ** 2)", "np.sum((x_hat - x) ** 2)",
             "Your error is a sum. It is the mean over all entries."),
            ("reconstruct_for_each_example", "np.mean((x_hat - x) ** 2)", "np.sum((x_hat - x) ** 2) / len(x)",
             "You divide by N only. The error is one for each pixel: divide by N D."),
            ("reconstruct_root", "np.mean((x_hat - x) ** 2)", "np.sqrt(np.mean((x_hat - x) ** 2))",
             "You take the root at the end. The error is the mean square."),
            ("reconstruct_half", "np.mean((x_hat - x) ** 2)", "np.mean((x_hat - x) ** 2) / 2",
             "Your error is half as large as it should be. There is no half here: the plain mean of the squares."),
            ("reconstruct_absolute", "np.mean((x_hat - x) ** 2)", "np.mean(np.abs(x_hat - x))",
             "You take absolute values. The error is the mean of squares."),
            ("reconstruct_against_centred", "(x_hat - x)", "(x_hat - (x - mean))",
             "You compare with x - mean. The reconstruction is one of x."),
            ("reconstruct_what_is_kept", "(x_hat - x)", "(x_hat - mean)",
             "Your error measures what was kept. What is missing is x_hat - x.")),
        Misconception(reconstruct_in_place, "x -= mean writes into the array you were given. Write x - mean instead."),
    )),
    Task("linear_tied", linear_tied, for_linear_tied, outputs=("loss", "dw"), points={"loss": 1, "dw": 3, UNCHANGED: 1},
         misconceptions=(
        *changes(linear_tied,
            ("linear_tied_decoder_only", "2 * (decoder + encoder)", "2 * decoder",
             "You follow w in the decoder only. It stands in the encoder too: add what comes back on that path."),
            ("linear_tied_encoder_only", "2 * (decoder + encoder)", "2 * encoder",
             "You follow w in the encoder only. It stands in the decoder too: add what comes back on that path."),
            ("linear_tied_decoder_twice", "2 * (decoder + encoder)", "4 * decoder",
             "You take the decoder's half twice. The two halves are different: the encoder's is made of x."),
            ("linear_tied_halves_averaged", "2 * (decoder + encoder)", "decoder + encoder",
             "The factor 2 of the square is missing in dw."),
            ("linear_tied_half", "np.mean(missing ** 2), 2 * (decoder + encoder)",
             "np.mean(missing ** 2) / 2, (decoder + encoder)",
             "You take half of the loss, and half of its gradient. There is no half here: the plain mean of the squares."),
            ("linear_tied_minus", "(decoder + encoder)", "(decoder - encoder)",
             "You subtract the halves. What arrives on two paths is added."),
            ("linear_tied_sign", "missing = h @ w - x", "missing = x - h @ w",
             "The sign of dw is wrong, and descent would raise the loss. What comes back is x_hat - x."),
            ("linear_tied_sum", "np.mean(missing ** 2), 2 * (decoder + encoder) / x.size",
             "np.sum(missing ** 2), 2 * (decoder + encoder)",
             "Your loss is a sum, and so is its gradient. Both are means over all N D entries."),
            ("linear_tied_by_examples", "np.mean(missing ** 2), 2 * (decoder + encoder) / x.size",
             "np.sum(missing ** 2) / len(x), 2 * (decoder + encoder) / len(x)",
             "You divide by N. The mean runs over all N D entries."),
            ("linear_tied_gradient_by_examples", "2 * (decoder + encoder) / x.size", "2 * (decoder + encoder) / len(x)",
             "Your dw is divided by N, and your loss by N D. Both have the same divisor: all entries."),
            ("linear_tied_not_divided", "2 * (decoder + encoder) / x.size", "2 * (decoder + encoder)",
             "Your dw is not divided. The loss is a mean over N D entries, and so is its gradient."),
            ("linear_tied_encoder_of_x_hat", "(missing @ w.T).T", "((missing + x) @ w.T).T",
             "You send x_hat back to the encoder. What comes back is what is missing: x_hat - x."),
            ("linear_tied_encoder_of_h", "(missing @ w.T).T @ x", "(missing @ w.T).T @ (h @ w)",
             "You multiply the encoder's half by x_hat. The encoder was given x.")),
        Misconception(linear_tied_in_place,
                      "x -= ... writes into the array you were given. Write h @ w - x to make a new one."),
    )),
    Task("tied_backward", tied_backward, for_tied_backward, outputs=("dw", "db", "db2"),
         points={"dw": 3, "db": 1, "db2": 1, UNCHANGED: 1}, misconceptions=(
        *changes(tied_backward,
            ("tied_backward_decoder_only", "return decoder + encoder", "return decoder",
             "Your dw knows the decoder only. w stands in the encoder too: add da.T @ x."),
            ("tied_backward_encoder_only", "return decoder + encoder", "return encoder",
             "Your dw knows the encoder only. w stands in the decoder too: add h.T @ dy."),
            ("tied_backward_averaged", "return decoder + encoder", "return (decoder + encoder) / 2",
             "You take the mean of the two halves. What arrives on two paths is added."),
            ("tied_backward_without_slope", " * (h > 0)", "",
             "The slope of ReLU is missing. A silent unit, h = 0, hands nothing back."),
            ("tied_backward_slope_of_tanh", "(h > 0)", "(1 - h ** 2)",
             "1 - h^2 is the slope of tanh. These units are ReLUs: 1 where h > 0, else 0."),
            ("tied_backward_by_h", "(h > 0)", "h",
             "You multiply by h itself. The slope is 1 where h > 0, and 0 elsewhere."),
            ("tied_backward_silent_ones", "(h > 0)", "(h == 0)",
             "You send the gradient through the silent units. It goes through those with h > 0."),
            ("tied_backward_slope_for_h", "h.T @ dy", "(h > 0).T * 1.0 @ dy",
             "You use the slope in the decoder's half. The decoder multiplies by h: h.T @ dy."),
            ("tied_backward_encoder_of_dy", "da.T @ x", "da.T @ dy",
             "You multiply da by dy. The encoder was given x: da.T @ x."),
            ("tied_backward_means", "da.sum(axis=0), dy.sum(axis=0)", "da.mean(axis=0), dy.mean(axis=0)",
             "Your biases get means. dy holds the mean of the loss already: sum over the examples."),
            ("tied_backward_divided_again", "return decoder + encoder, da.sum(axis=0), dy.sum(axis=0)",
             "return (decoder + encoder) / len(x), da.mean(axis=0), dy.mean(axis=0)",
             "You divide by the number of examples. dy holds the mean of the loss already: only sums are left."),
            ("tied_backward_sums_of_rows", "da.sum(axis=0), dy.sum(axis=0)", "da.sum(axis=1), dy.sum(axis=1)",
             "Your biases get a sum for each example. Each bias has a column: sum over the examples, axis=0."),
            ("tied_backward_sums_of_all", "da.sum(axis=0), dy.sum(axis=0)", "da.sum(), dy.sum()",
             "Your biases get one number together. Each has a column of its own: axis=0."),
            ("tied_backward_db2_through_the_code", "dy.sum(axis=0)", "(da @ w).sum(axis=0)",
             "You send db2 through the code. b' is added at the very end: db2 is the sum of dy."),
            ("tied_backward_db_without_slope", "da.sum(axis=0), dy", "(dy @ w.T).sum(axis=0), dy",
             "Your db leaves the slope out. The bias sits in front of the ReLU: db is the sum of da."),
            ("tied_backward_db_of_h", "da.sum(axis=0), dy", "h.sum(axis=0), dy",
             "Your db adds up the code. A gradient adds up what comes back: da."),
            ("tied_backward_db2_scaled", "dy.sum(axis=0)", "b2 * dy.sum(axis=0)",
             "You multiply db2 by b2. A bias is added, so its slope is 1.")),
        Misconception(tied_backward_in_place,
                      "h[h > 0] = 1 writes into the array you were given. Write h > 0 to make a new one."),
    )),
    Task("spoil", spoil, for_spoil, outputs=("y",), points={"y": 2, "p of 0 and of 1": 1, UNCHANGED: 1}, misconceptions=(
        *changes(spoil,
            ("spoil_exchanged", "np.where(black, 0.0, np.where(white, 1.0, x))",
             "np.where(black, 1.0, np.where(white, 0.0, x))",
             "Black and white are exchanged. Below p / 2 a pixel becomes 0."),
            ("spoil_black_only", "np.where(white, 1.0, x)", "np.where(white, 0.0, x)",
             "You only make pixels black. The upper half of the spoilt ones becomes white, 1."),
            ("spoil_white_only", "np.where(black, 0.0,", "np.where(black, 1.0,",
             "You only make pixels white. The lower half of the spoilt ones becomes black, 0."),
            ("spoil_half_of_it", "np.where(white, 1.0, x)", "x",
             "You spoil half of the pixels that you should. From p / 2 to p they become white."),
            ("spoil_twice_as_many", "u < p / 2, (u >= p / 2) & (u < p)", "u < p, (u >= p) & (u < 2 * p)",
             "You spoil a share of 2 p. The share p is divided between black and white."),
            ("spoil_what_should_stay", "u < p / 2, (u >= p / 2) & (u < p)",
             "(u >= p) & (u < (1 + p) / 2), u >= (1 + p) / 2",
             "You spoil the pixels that should stay. Spoilt are those with u < p."),
            ("spoil_from_the_top", "u < p / 2, (u >= p / 2) & (u < p)", "u > 1 - p / 2, (u <= 1 - p / 2) & (u > 1 - p)",
             "You spoil where u is large. The task says where u is below p."),
            ("spoil_whole_images", "black, white = u < p / 2, (u >= p / 2) & (u < p)",
             "u = u[:, :1]\n    black, white = u < p / 2, (u >= p / 2) & (u < p)",
             "You spoil whole images. Each pixel has its own number in u."),
            ("spoil_the_same_pixels", "black, white = u < p / 2, (u >= p / 2) & (u < p)",
             "u = u[:1]\n    black, white = u < p / 2, (u >= p / 2) & (u < p)",
             "All your images lose the same pixels. Each pixel of each image has its own number in u."),
            ("spoil_turned_round", "np.where(black, 0.0, np.where(white, 1.0, x))", "np.where(black | white, 1 - x, x)",
             "You turn pixels into their opposite. A spoilt pixel becomes 0 or 1, whatever it was."),
            ("spoil_noise_added", "np.where(black, 0.0, np.where(white, 1.0, x))", "x - 1.0 * black + 1.0 * white",
             "You add the noise to the pixel. It replaces the pixel."),
            ("spoil_by_chance_itself", "np.where(black, 0.0, np.where(white, 1.0, x))",
             "np.where(black | white, u / (p or 1), x)",
             "You put the number of u into the image. It only says what happens: a spoilt pixel is 0 or 1."),
            ("spoil_by_grey", "np.where(black, 0.0, np.where(white, 1.0, x))", "np.where(black | white, 0.5, x)",
             "You make spoilt pixels grey. They become black or white.")),
        Misconception(spoil_in_place,
                      "x[...] = 1 writes into the array you were given. Use np.where, or work on a copy."),
    )),
]

WRITTEN = [Written("copying", {
    "says that a code as wide as the image lets everything pass, so the network can copy and need not learn what digits "
    "look like": 1,
    "says that copying keeps the specks of a spoilt image, or that a spoilt input forces the network to use what digits "
    "have in common": 1})]
