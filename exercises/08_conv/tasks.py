"""What only the grader knows of 08_conv: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``output_size`` by name, or are one change of a right answer.
"""
import numpy as np

from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, Task, Written, changes
from nnlib.kernels import plain

X = np.array([[[1, 0, 2, -1], [0, 3, -2, 1], [2, 1, 0, 4], [-1, -3, 5, 2], [3, 2, 1, 0]],
              [[0, 1, -1, 2], [2, -2, 0, 1], [-3, -1, -2, -4], [-2, -5, -1, -3], [4, 0, 2, 1]]], float)
W = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0]])
B = 0.5


# References

def output_size(x, w, stride, padding):
    OH, OW = ((length + 2 * padding - size) // stride + 1 for length, size in zip(x.shape[1:], w.shape))
    return OH, OW


def conv2d(x, w, b, stride, padding):
    OH, OW = output_size(x, w, stride, padding)              # called, so that a mistake in it can be carried on
    a = plain.conv2d_forward(*one_channel(x, w, b), (stride, stride), (padding, padding))
    return a[:, 0, :OH, :OW]


def conv2d_backward(da, x, w, b, stride, padding):
    dx, dw, db = plain.conv2d_backward(da[:, None], *one_channel(x, w, b), (stride, stride), (padding, padding))
    return dx[:, 0], dw[0, 0], db[0]


def max_pool(x, size):
    y, _ = plain.max_pool2d_forward(x[:, None], (size, size), (size, size))
    return y[:, 0]


def max_pool_backward(dy, x, size):
    _, at = plain.max_pool2d_forward(x[:, None], (size, size), (size, size))
    return plain.max_pool2d_backward(dy[:, None], at, x[:, None])[:, 0]


def average_pool_backward(dy, x, size):
    _, OH, OW = dy.shape
    dx = np.zeros(x.shape)
    shared = np.repeat(np.repeat(dy, size, axis=1), size, axis=2) / size ** 2
    dx[:, :size * OH, :size * OW] = shared
    return dx


def as_rows(x, KH, KW):
    N, H, W = x.shape
    OH, OW = H - KH + 1, W - KW + 1
    rows = np.zeros((N, OH * OW, KH * KW))
    for i in range(OH):
        for j in range(OW):
            rows[:, i * OW + j] = x[:, i:i + KH, j:j + KW].reshape(N, -1)
    return rows


def from_rows(drows, H, W, KH, KW):
    OW = W - KW + 1
    dx = np.zeros((len(drows), H, W))
    for place in range(drows.shape[1]):
        i, j = divmod(place, OW)
        dx[:, i:i + KH, j:j + KW] += drows[:, place].reshape(-1, KH, KW)
    return dx


def receptive_field(sizes, strides):
    field = distance = 1
    for size, stride in zip(sizes, strides):
        field += (size - 1) * distance
        distance *= stride
    return field, distance


def one_channel(x, w, b):
    """Images of one channel, one filter and its bias, as the kernels take them."""
    return x[:, None], w[None, None], np.array([b])


# Cases

def draw(rng, x, w, stride, padding):
    """Images, a filter and a bias of these shapes."""
    return rng.normal(size=x), rng.normal(size=w), float(rng.normal()), stride, padding


def sizes(rng):
    yield Case("the worked example", (X, W, 2, 1))
    yield Case("stride 1, no padding", (rng.normal(size=(3, 9, 7)), rng.normal(size=(2, 4)), 1, 0))
    yield Case("one image, padding 2", (rng.normal(size=(1, 5, 8)), rng.normal(size=(3, 5)), 1, 2))
    yield Case("stride 3, no padding", (rng.normal(size=(4, 12, 9)), rng.normal(size=(3, 2)), 3, 0))
    yield Case("stride 2, padding 1", (rng.normal(size=(2, 7, 10)), rng.normal(size=(3, 3)), 2, 1))
    yield Case("a filter as large as the image", (rng.normal(size=(2, 4, 3)), rng.normal(size=(4, 3)), 2, 0))


def windows(rng):
    yield Case("the worked example", (X, W, B, 1, 0))
    yield Case("3 images of 6 x 5", draw(rng, (3, 6, 5), (2, 4), 1, 0))
    yield Case("one image", draw(rng, (1, 4, 6), (3, 2), 1, 0))
    yield Case("a square filter", draw(rng, (4, 5, 5), (3, 3), 1, 0))
    yield Case("a filter as large as the image", draw(rng, (2, 3, 4), (3, 4), 1, 0))
    yield Case("stride 2", draw(rng, (3, 7, 6), (3, 2), 2, 0), "stride")
    yield Case("stride 3, pixels left over", draw(rng, (2, 9, 8), (2, 3), 3, 0), "stride")
    yield Case("padding 1", draw(rng, (3, 5, 4), (3, 2), 1, 1), "padding")
    yield Case("one image, padding 2", draw(rng, (1, 4, 6), (3, 5), 1, 2), "padding")


def gradients(rng):
    one = np.array([[[1.0, 0.0], [0.0, 0.0], [0.0, -1.0], [0.0, 2.0]]])
    yield Case("the worked example", (one, X[:1], W, B, 1, 0))
    for label, x, w, stride, padding in (
            ("3 images of 6 x 5", (3, 6, 5), (2, 4), 1, 0),
            ("one image", (1, 4, 6), (3, 2), 1, 0),
            ("a square filter", (4, 5, 5), (3, 3), 1, 0),
            ("stride 2", (3, 7, 6), (3, 2), 2, 0),
            ("stride 3, pixels left over", (5, 9, 8), (2, 3), 3, 0),
            ("padding 1", (3, 5, 4), (3, 2), 1, 1),
            ("stride 2, padding 2", (2, 6, 8), (3, 4), 2, 2)):
        arguments = draw(rng, x, w, stride, padding)
        yield Case(label, (rng.normal(size=conv2d(*arguments).shape), *arguments))
    x, w, _, stride, padding = draw(rng, (2, 4, 5), (2, 3), 1, 0)
    yield Case(FAR, (rng.normal(size=(2, 3, 3)), x, w, 1e12, stride, padding))


def pools(rng):
    yield Case("the worked example", (X[1:, :4], 2))
    yield Case("3 images of 6 x 4", (rng.normal(size=(3, 6, 4)), 2))
    yield Case("windows of 3 x 3", (rng.normal(size=(2, 3, 9)), 3))
    yield Case("one image", (rng.normal(size=(1, 4, 6)), 2))
    yield Case("negative numbers", (-1.0 - rng.random((4, 4, 2)), 2))
    yield Case("rows and columns left over", (rng.normal(size=(2, 7, 5)), 2), "left over")
    yield Case("almost a window of 4 x 4 left over", (rng.normal(size=(3, 11, 7)), 4), "left over")


def winners(rng):
    image = np.array([[[1.0, 0.0, 1.0, 2.0], [5.0, 3.0, 4.0, -1.0], [5.0, 6.0, 7.0, 8.0]]])
    yield Case("the worked example", (np.array([[[3.0, -4.0]]]), image, 2))
    yield Case("3 images of 6 x 4", (rng.normal(size=(3, 3, 2)), rng.normal(size=(3, 6, 4)), 2))
    yield Case("windows of 3 x 3, left over", (rng.normal(size=(2, 1, 3)), rng.normal(size=(2, 5, 10)), 3))
    yield Case("one image", (rng.normal(size=(1, 2, 3)), rng.normal(size=(1, 4, 6)), 2))
    yield Case("negative numbers", (rng.normal(size=(4, 2, 1)), -1.0 - rng.random((4, 4, 2)), 2))
    yield Case("all pixels equal", (rng.normal(size=(2, 3, 2)), np.zeros((2, 6, 4)), 2), "equal pixels")
    x = rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0] * 4).reshape(1, 6, 6)
    x[0, :3, :3] = [[0, 1, -1], [1, 0, -1], [-1, 0, 1]]         # by rows, by columns and from the end another one is first
    yield Case("many pixels equal", (rng.normal(size=(1, 2, 2)), x, 3), "equal pixels")
    yield Case(FAR, (rng.normal(size=(2, 2, 3)), 1e12 * rng.normal(size=(2, 4, 6)), 2))


def shares(rng):
    yield Case("the worked example", (np.array([[[4.0, 8.0], [-4.0, 2.0]]]), np.zeros((1, 4, 5)), 2))
    for label, N, H, W, size in (("3 images of 6 x 4", 3, 6, 4, 2), ("windows of 3 x 3", 2, 3, 9, 3),
                                 ("one image", 1, 7, 5, 2),
                                 ("almost a window of 4 x 4 left over", 4, 11, 7, 4)):
        yield Case(label, (rng.normal(size=(N, H // size, W // size)), rng.normal(size=(N, H, W)), size))
    yield Case(FAR, (rng.normal(size=(2, 2, 3)), 1e12 * rng.normal(size=(2, 4, 6)), 2))


WINDOWS = (("3 images of 5 x 7, windows of 2 x 3", 3, 5, 7, 2, 3), ("one image, windows of 4 x 2", 1, 6, 4, 4, 2),
           ("square images and windows", 2, 5, 5, 3, 3), ("a single window", 4, 3, 2, 3, 2),
           ("windows of one row", 2, 4, 6, 1, 3))


def copied(rng):
    yield Case("the worked example", (np.arange(12.0).reshape(2, 2, 3), 2, 2))
    for label, N, H, W, KH, KW in WINDOWS:
        yield Case(label, (rng.normal(size=(N, H, W)), KH, KW))


def collected(rng):
    yield Case("the worked example", (np.arange(1.0, 13.0).reshape(1, 3, 4), 2, 4, 2, 2))
    for label, N, H, W, KH, KW in WINDOWS:
        yield Case(label, (rng.normal(size=(N, (H - KH + 1) * (W - KW + 1), KH * KW)), H, W, KH, KW))


def fields(rng):
    yield Case("the worked example", (np.array([4, 3]), np.array([3, 2])))
    yield Case("one layer", (rng.integers(2, 8, 1), rng.integers(2, 4, 1)))
    yield Case("four layers of stride 1", (rng.integers(2, 6, 4), np.ones(4, int)))
    yield Case("five layers", (rng.permutation([2, 3, 5, 4, 7]), rng.permutation([2, 3, 2, 1, 4])))
    yield Case("filters of one pixel among them", (np.array([3, 1, 5]), rng.permutation([2, 3, 4])))


# Misconceptions

# right answers as students write them: most mistakes are one change of them

def conv2d_in_loops(x, w, b, stride, padding):
    OH, OW = output_size(x, w, stride, padding)
    KH, KW = w.shape
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    a = np.zeros((len(padded), OH, OW))
    for i in range(OH):
        for j in range(OW):
            window = padded[:, stride * i:stride * i + KH, stride * j:stride * j + KW]
            a[:, i, j] = np.sum(window * w, axis=(1, 2)) + b
    return a


def conv2d_backward_in_loops(da, x, w, b, stride, padding):
    _, H, W = x.shape
    KH, KW = w.shape
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(da.shape[1]):
        for j in range(da.shape[2]):
            rows, columns = slice(stride * i, stride * i + KH), slice(stride * j, stride * j + KW)
            g = da[:, i, j].reshape(-1, 1, 1)
            dw += np.sum(g * padded[:, rows, columns], axis=0)
            dpadded[:, rows, columns] += g * w
    return dpadded[:, padding:padding + H, padding:padding + W], dw, da.sum()


def max_pool_in_loops(x, size):
    N, H, W = x.shape
    OH, OW = H // size, W // size
    y = np.zeros((N, OH, OW))
    for i in range(OH):
        for j in range(OW):
            y[:, i, j] = x[:, size * i:size * (i + 1), size * j:size * (j + 1)].max(axis=(1, 2))
    return y


def max_pool_stride_1(x, size):
    N, H, W = x.shape
    y = np.zeros((N, H - size + 1, W - size + 1))
    for i in range(H - size + 1):
        for j in range(W - size + 1):
            y[:, i, j] = x[:, i:i + size, j:j + size].max(axis=(1, 2))
    return y


def max_pool_reshaped_in_the_wrong_order(x, size):
    N, H, W = x.shape
    H, W = H // size * size, W // size * size
    return x[:, :H, :W].reshape(N, H // size, W // size, size, size).max(axis=(3, 4))


def max_pool_needs_an_exact_fit(x, size):
    N, H, W = x.shape
    return x.reshape(N, H // size, size, W // size, size).max(axis=(2, 4))


def max_pool_backward_in_loops(dy, x, size):
    N, OH, OW = dy.shape
    dx = np.zeros(x.shape)
    for i in range(OH):
        for j in range(OW):
            window = x[:, size * i:size * (i + 1), size * j:size * (j + 1)]
            row, column = divmod(window.reshape(N, -1).argmax(axis=1), size)
            dx[np.arange(N), size * i + row, size * j + column] = dy[:, i, j]
    return dx


def average_pool_backward_max(dy, x, size):
    return max_pool_backward(dy, x, size)


def average_pool_backward_in_place(dy, x, size):
    _, OH, OW = dy.shape
    x[:] = 0
    x[:, :size * OH, :size * OW] = np.repeat(np.repeat(dy, size, axis=1), size, axis=2) / size ** 2
    return x


def as_rows_side_by_side(x, KH, KW):
    N, H, W = x.shape
    return np.stack([x[:, i:i + KH, j:j + KW].reshape(N, -1) for i in range(0, H - KH + 1, KH)
                     for j in range(0, W - KW + 1, KW)], axis=1)


def from_rows_mean(drows, H, W, KH, KW):
    OW = W - KW + 1
    dx, windows = np.zeros((len(drows), H, W)), np.zeros((H, W))
    for place in range(drows.shape[1]):
        i, j = divmod(place, OW)
        dx[:, i:i + KH, j:j + KW] += drows[:, place].reshape(-1, KH, KW)
        windows[i:i + KH, j:j + KW] += 1
    return dx / windows


WITHHELD = ("kernels.conv", "kernels.shifted_copies", "kernels.pooling", "layers.conv.output_size", *GRADIENTS)

HINTS = {
    "output_size": (
        "How far can the filter move? The padded length minus the length of the filter.",
        "Whole division by the stride, then 1 more: the window at the start. Rows and columns are axes 1 and 2 of x.",
    ),
    "conv2d": (
        "Pad, then loop over the windows. Where does window (i, j) begin?",
        "It begins at stride * i, stride * j. Multiply it by w, sum over its two axes, add b once.",
    ),
    "conv2d_backward": (
        "The same two loops as forward. In each window three things are added to.",
        "dw += and dpadded[window] += in every turn; all start at 0 before the loops. Cut the border off at the end.",
    ),
    "max_pool": (
        "How many whole windows fit? Loop over these.",
        "Window (i, j) has the rows from size * i to size * (i + 1). Take its maximum for each image by itself.",
    ),
    "max_pool_backward": (
        "For each window: which place was the largest? Only there does something arrive.",
        "argmax of the flattened window gives the place, divmod its row and column. Add the corner of the window to them.",
    ),
    "average_pool_backward": (
        "All pixels of a window get the same: dy, divided by how many they are.",
        "np.repeat along both axes lays each number over its window. Write it into zeros of the shape of x.",
    ),
    "as_rows": (
        "Loop over the windows as one reads. Window (i, j) is row i * OW + j.",
        "x[:, i:i + KH, j:j + KW].reshape(N, -1) is that row for all images. There are H - KH + 1 times W - KW + 1 of them.",
    ),
    "from_rows": (
        "Which window is row number place? divmod(place, OW) tells where it begins.",
        "Make the row a window again, (N, KH, KW), and add it with += to the pixels it came from.",
    ),
    "receptive_field": (
        "Two numbers start at 1 and change in each layer: the field and the distance.",
        "First field += (size - 1) * distance, then distance *= stride. Return both behind the loop.",
    ),
}

TASKS = [
    Task("output_size", output_size, sizes, outputs=("OH", "OW"), points={"OH": 0.75, "OW": 0.75, UNCHANGED: 0.5},
         misconceptions=(
        *changes(output_size,
            ("output_size_without_one", " + 1", "",
             "You count the moves of the window. The window where it starts is one more: add 1."),
            ("output_size_pads_one_side", "2 * padding", "padding",
             "The border lies on both sides, so every axis grows by twice the padding."),
            ("output_size_with_fractions", "//", "/",
             "You return fractions where pixels are left over. There is no half window: use //, not /."),
            ("output_size_rounds_up", "(length + 2 * padding - size) // stride",
             "-((size - length - 2 * padding) // stride)",
             "You round up and count a window that sticks out. Only windows that fit count: round down."),
            ("output_size_adds_one_too_early", ") // stride + 1", " + 1) // stride",
             "You add 1 before you divide by the stride. Divide first, then add 1."),
            ("output_size_without_stride", " // stride", "",
             "Your sizes leave out the stride: the window moves by that many pixels."),
            ("output_size_columns_first", "return OH, OW", "return OW, OH",
             "You return the columns first. Rows come first: OH, OW."),
            ("output_size_of_the_batch", "x.shape[1:]", "x.shape",
             "x.shape[0] is the number of images. Rows and columns are the two axes after it."),
            ("output_size_of_a_square_filter", "w.shape", "(w.shape[0], w.shape[0])",
             "You use the rows of the filter for its columns too. A filter need not be square.")),
    )),
    Task("conv2d", conv2d, windows, outputs=("a",), points={"a": 1.5, "stride": 1, "padding": 1, UNCHANGED: 0.5},
         misconceptions=(
        *changes(conv2d_in_loops,
            ("conv2d_filter_turned", "window * w", "window * w[::-1, ::-1]",
             "You turn the filter by 180 degrees, as mathematics does. Networks lay it on as it is: w[k, l] on row k, "
             "column l of the window."),
            ("conv2d_without_bias", " + b", "", "Your outputs leave out the bias b."),
            ("conv2d_bias_at_every_weight", "w, axis=(1, 2)) + b", "w + b, axis=(1, 2))",
             "The bias stands inside your sum and is added once for every weight. Add it once for every window."),
            ("conv2d_windows_ignore_stride", "stride * i:stride * i + KH, stride * j:stride * j + KW", "i:i + KH, j:j + KW",
             "Your windows start at i and j. With a stride they start at stride * i and stride * j."),
            ("conv2d_pads_the_batch", "((0, 0), (padding, padding), (padding, padding))", "padding",
             "np.pad(x, padding) also adds empty images, in front and at the end. Pad rows and columns only: ((0, 0), "
             "(padding, padding), (padding, padding))."),
            ("conv2d_pads_with_the_edge", "(padding, padding)))", '(padding, padding)), mode="edge")',
             "Your border repeats the pixels at the edge. This task asks for a border of zeros."),
            ("conv2d_pads_at_the_end", "(padding, padding), (padding, padding)", "(0, 2 * padding), (0, 2 * padding)",
             "Your border lies below and to the right only, twice as wide. It belongs on all four sides."),
            ("conv2d_sums_over_images", ", axis=(1, 2)", "",
             "np.sum without axis adds up all images. Sum over rows and columns: axis=(1, 2)."),
            ("conv2d_mean_of_the_window", "np.sum", "np.mean", "You take the mean over the window. A filter adds up.")),
    )),
    Task("conv2d_backward", conv2d_backward, gradients, outputs=("dx", "dw", "db"),
         points={"dx": 2, "dw": 1.5, "db": 1, UNCHANGED: 0.5}, misconceptions=(
        *changes(conv2d_backward_in_loops,
            ("conv2d_backward_last_window", "dw +=", "dw =",
             "Your loop overwrites dw at every window, so only the last one counts. All windows share w: use +=."),
            ("conv2d_backward_pixels_overwritten", "+= g * w", "= g * w",
             "A pixel lies in several windows and collects from all of them. Use += for dx."),
            ("conv2d_backward_border_kept", "dpadded[:, padding:padding + H, padding:padding + W]", "dpadded",
             "Your dx still has its border. Cut off padding rows and columns on every side."),
            ("conv2d_backward_cut_at_the_corner", "padding:padding + H, padding:padding + W", ":H, :W",
             "You cut the border from the end only. The image begins at row padding and column padding."),
            ("conv2d_backward_filter_turned", "g * w", "g * w[::-1, ::-1]",
             "You turn the filter on the way back. If you hand each da to its own window, w lies there as it did on the way "
             "forward."),
            ("conv2d_backward_averages_again", "dw, da.sum()", "dw / len(x), da.sum() / len(x)",
             "You divide dw and db by N. The mean over the images is already inside da: add up."),
            ("conv2d_backward_bias_is_a_mean", "da.sum()", "da.mean()",
             "Your db is a mean. The bias was added in every window of every image: db is the sum of da."),
            ("conv2d_backward_one_bias_for_each_image", "da.sum()", "da.sum(axis=(1, 2))",
             "You return one db for each image. They share one bias: sum over the images too."),
            ("conv2d_backward_one_filter_for_each_image", "dw += np.sum(g * padded[:, rows, columns], axis=0)",
             "dw = dw + g * padded[:, rows, columns]",
             "You return one dw for each image. They share one filter: sum over the images too."),
            ("conv2d_backward_windows_ignore_stride",
             "slice(stride * i, stride * i + KH), slice(stride * j, stride * j + KW)", "slice(i, i + KH), slice(j, j + KW)",
             "Your windows start at i and j. Use the windows of the forward pass: stride * i and stride * j."),
            ("conv2d_backward_image_not_padded", "(padding, padding), (padding, padding)",
             "(0, 2 * padding), (0, 2 * padding)",
             "Your dw is made from windows of an image without its border in front. Pad x exactly as in conv2d."),
            ("conv2d_backward_in_place", "return dpadded[:, padding:padding + H, padding:padding + W]",
             "x[:] = dpadded[:, padding:padding + H, padding:padding + W]\n    return x",
             "You write the gradient into the images you were given. Make a new array for dx.")),
    )),
    Task("max_pool", max_pool, pools, outputs=("y",), points={"y": 1, "left over": 0.5, UNCHANGED: 0.5}, misconceptions=(
        *changes(max_pool_in_loops,
            ("max_pool_takes_the_mean", ".max(", ".mean(",
             "This is average pooling. Keep the largest number of each window."),
            ("max_pool_starts_at_zero", "axis=(1, 2)", "axis=(1, 2), initial=0",
             "Your maximum starts at 0, so a window of negative numbers gives 0. Start at its first pixel, or at -np.inf."),
            ("max_pool_over_all_images", "axis=(1, 2)", "",
             "Your maximum runs over all images together. Take it for each image: axis=(1, 2)."),
            ("max_pool_windows_overlap", "size * i:size * (i + 1), size * j:size * (j + 1)", "i:i + size, j:j + size",
             "Your windows start at i and j and overlap. They lie side by side: start at size * i and size * j.")),
        Misconception(max_pool_stride_1,
                      "You move the window by one pixel at a time. It moves by its own size, so that windows lie "
                      "side by side."),
        Misconception(max_pool_reshaped_in_the_wrong_order,
                      "Your reshape collects pixels that follow each other in memory, not windows. The shape is "
                      "(N, OH, size, OW, size), and the maximum runs over axes 2 and 4."),
        *changes(max_pool_in_loops,
            ("max_pool_keeps_what_is_left_over", "H // size, W // size", "-(-H // size), -(-W // size)",
             "You make windows out of what is left over at the end. Windows that are not complete do not count.")),
        Misconception(max_pool_needs_an_exact_fit,
                      "Your reshape fails when rows or columns are left over. Cut them off first."),
        *changes(max_pool_in_loops,
            ("max_pool_takes_the_corner", "x[:, size * i:size * (i + 1), size * j:size * (j + 1)].max(axis=(1, 2))",
             "x[:, size * i, size * j]",
             "You keep the top left pixel of each window. Keep the largest one, wherever it stands."),
            ("max_pool_largest_size", "x.shape", "x.shape\n    x = np.abs(x)",
             "You take the absolute value first. The largest of -5 and 1 is 1.")),
    )),
    Task("max_pool_backward", max_pool_backward, winners, outputs=("dx",),
         points={"dx": 1.5, "equal pixels": 1, UNCHANGED: 0.5}, misconceptions=(
        *changes(max_pool_backward_in_loops,
            ("max_pool_backward_equal_shares", "dx[np.arange(N), size * i + row, size * j + column] = dy[:, i, j]",
             "dx[:, size * i:size * (i + 1), size * j:size * (j + 1)] = dy[:, i, j].reshape(-1, 1, 1) / size ** 2",
             "You share the gradient among the pixels of a window, as for a mean. Only the largest has moved the output: it "
             "gets all."),
            ("max_pool_backward_to_the_whole_window", "dx[np.arange(N), size * i + row, size * j + column] = dy[:, i, j]",
             "dx[:, size * i:size * (i + 1), size * j:size * (j + 1)] = dy[:, i, j].reshape(-1, 1, 1)",
             "You give dy to every pixel of the window. Only the largest has moved the output."),
            ("max_pool_backward_to_all_equal_pixels",
             "dx[np.arange(N), size * i + row, size * j + column] = dy[:, i, j]",
             "largest = window == window.max(axis=(1, 2), keepdims=True)\n            "
             "dx[:, size * i:size * (i + 1), size * j:size * (j + 1)] = largest * dy[:, i, j].reshape(-1, 1, 1)",
             "x == largest marks several pixels when they are equal. Give dy to the first of them only, or it counts "
             "twice."),
            ("max_pool_backward_to_the_last_equal_pixel", "window.reshape(N, -1).argmax(axis=1)",
             "size ** 2 - 1 - window.reshape(N, -1)[:, ::-1].argmax(axis=1)",
             "With >= the last of several equal pixels wins. The first one wins: compare with >."),
            ("max_pool_backward_columns_first", "row, column = divmod(window.reshape",
             "column, row = divmod(window.transpose(0, 2, 1).reshape",
             "You search column by column, so among equal pixels another one wins. Search row by row."),
            ("max_pool_backward_to_the_corner", "size * i + row, size * j + column", "size * i, size * j",
             "You put dy at the top left pixel of each window. Put it where the largest one stands."),
            ("max_pool_backward_only_marks", "= dy[:, i, j]", "= 1.0",
             "You mark the largest pixels with 1. That is the slope: multiply it by dy."),
            ("max_pool_backward_times_the_pixel", "= dy[:, i, j]", "= dy[:, i, j] * window.max(axis=(1, 2))",
             "You multiply dy by the pixel. The output is the pixel itself, so the slope is 1."),
            ("max_pool_backward_row_and_column_swapped", "row, column = divmod", "column, row = divmod",
             "Row and column in the window are swapped. A place p counts row by row: row p // size, column p % size."),
            ("max_pool_backward_place_in_the_window", "size * i + row, size * j + column", "row, column",
             "You use the place in the window as the place in the image. Add the corner: size * i and size * j."),
            ("max_pool_backward_loses_what_is_left_over", "x.shape", "(N, size * OH, size * OW)",
             "Your dx lacks the rows and columns that are left over. It has the shape of x, with 0 there.")),
    )),
    Task("average_pool_backward", average_pool_backward, shares, outputs=("dx",), points={"dx": 2, UNCHANGED: 1},
         misconceptions=(
        *changes(average_pool_backward,
            ("average_pool_backward_whole", " / size ** 2", "",
             "Every pixel gets all of dy. It gets its share: dy divided by the number of pixels in a window."),
            ("average_pool_backward_by_size", "/ size ** 2", "/ size",
             "You divide by size. A window has size * size pixels."),
            ("average_pool_backward_by_image", "/ size ** 2", "/ x[0].size",
             "You divide by the pixels of the image. The mean was taken over a window."),
            ("average_pool_backward_tiled", "np.repeat(np.repeat(dy, size, axis=1), size, axis=2)",
             "np.tile(dy, (1, size, size))",
             "You lay copies of dy side by side. Each number belongs to a window of neighbours: np.repeat."),
            ("average_pool_backward_times_x", "= shared", "= shared * x[:, :size * OH, :size * OW]",
             "You multiply by x. A mean is linear: its slope does not depend on the pixels."),
            ("average_pool_backward_cut", "np.zeros(x.shape)", "np.zeros((len(x), size * OH, size * OW))",
             "Your dx has the pixels of the windows only. It has the shape of x: what is left over gets 0."),
            ("average_pool_backward_first_pixel", "dx[:, :size * OH, :size * OW] = shared",
             "dx[:, :size * OH:size, :size * OW:size] = dy",
             "The first pixel of each window gets everything. In a mean all pixels have a share.")),
        Misconception(average_pool_backward_max,
                      "Your largest pixel gets everything: that is max pooling, task 5. Here all pixels have a share."),
        Misconception(average_pool_backward_in_place, "You write into x. Make a new array: np.zeros(x.shape)."),
    )),
    Task("as_rows", as_rows, copied, outputs=("rows",), points={"rows": 2, UNCHANGED: 1}, misconceptions=(
        *changes(as_rows,
            ("as_rows_windows_by_columns", "rows[:, i * OW + j]", "rows[:, j * OH + i]",
             "Your windows follow from top to bottom. They follow as one reads: from left to right first."),
            ("as_rows_pixels_by_columns", "j:j + KW].reshape", "j:j + KW].transpose(0, 2, 1).reshape",
             "The pixels of your windows stand column by column. They stand row by row."),
            ("as_rows_flipped", "j:j + KW].reshape", "j:j + KW][:, ::-1, ::-1].reshape",
             "You turn the windows around. This convolution does not flip: the first pixel comes first."),
            ("as_rows_without_one", "H - KH + 1, W - KW + 1", "H - KH, W - KW",
             "The last windows are missing: there are H - KH + 1 times W - KW + 1 of them."),
            ("as_rows_as_columns", "return rows", "return rows.transpose(0, 2, 1)",
             "Your windows stand in columns. Each is a row: (N, OH * OW, KH * KW)."),
            ("as_rows_of_all_images", "return rows", "return rows.reshape(-1, KH * KW)",
             "The rows of all images stand in one table. Each image has its own: (N, OH * OW, KH * KW)."),
            ("as_rows_still_windows", "return rows", "return rows.reshape(N, OH * OW, KH, KW)",
             "Your windows are still little images. Write each as one row of KH * KW numbers."),
            ("as_rows_on_a_grid", "return rows", "return rows.reshape(N, OH, OW, KH * KW)",
             "Your windows still stand on a grid. One below the other: (N, OH * OW, KH * KW).")),
        Misconception(as_rows_side_by_side,
                      "Your windows do not overlap. The stride is 1: the next begins one pixel further."),
    )),
    Task("from_rows", from_rows, collected, outputs=("dx",), points={"dx": 3, UNCHANGED: 1}, misconceptions=(
        *changes(from_rows,
            ("from_rows_last_window", "+= drows", "= drows",
             "The last window that holds a pixel wins. A pixel collects from all its windows: +=."),
            ("from_rows_starts_anew", "i, j = divmod(place, OW)",
             "i, j = divmod(place, OW)\n        dx = np.zeros(dx.shape)",
             "Your dx starts anew for each window. Make the zeros once, before the loop."),
            ("from_rows_by_the_image", "divmod(place, OW)", "divmod(place, W)",
             "You count W windows in a row. There are OW = W - KW + 1."),
            ("from_rows_windows_by_columns", "divmod(place, OW)", "divmod(place, H - KH + 1)[::-1]",
             "You take the windows from top to bottom. They follow from left to right first, as in task 7."),
            ("from_rows_pixels_by_columns", "reshape(-1, KH, KW)", "reshape(-1, KW, KH).transpose(0, 2, 1)",
             "You take the pixels of a window column by column. They stand row by row."),
            ("from_rows_flipped", "reshape(-1, KH, KW)", "reshape(-1, KH, KW)[:, ::-1, ::-1]",
             "You turn the windows around. The first number of a row goes back to the first pixel."),
            ("from_rows_without_last", "range(drows.shape[1])", "range(drows.shape[1] - 1)",
             "The last window is missing in your loop.")),
        Misconception(from_rows_mean, "You take the mean over the windows that hold a pixel. What they send back is added."),
    )),
    Task("receptive_field", receptive_field, fields, outputs=("field", "distance"),
         points={"field": 2, "distance": 1, UNCHANGED: 1}, misconceptions=changes(receptive_field,
        ("receptive_field_whole_size", "(size - 1) * distance", "size * distance",
         "You add K. A filter of one pixel adds nothing to what is seen: K - 1."),
        ("receptive_field_strides_forgotten", "(size - 1) * distance", "(size - 1)",
         "You add K - 1 pixels. The inputs of a layer lie d pixels apart: (K - 1) d."),
        ("receptive_field_own_stride", "(size - 1) * distance", "(size - 1) * distance * stride",
         "The stride of a layer comes too soon. It moves its outputs apart, which only the next layer meets."),
        ("receptive_field_sum_of_strides", "distance *= stride", "distance += stride - 1",
         "You add strides. They multiply: every second of every third is every sixth."),
        ("receptive_field_last_stride", "distance *= stride", "distance = stride",
         "Your distance knows the last stride only. It is the product of all of them."),
        ("receptive_field_product", "field += (size - 1) * distance", "field *= size",
         "You multiply the sizes. Windows of neighbours overlap: each layer adds (K - 1) d."),
        ("receptive_field_from_the_end", "zip(sizes, strides)", "zip(sizes[::-1], strides[::-1])",
         "You begin with the last layer. The image meets the first one first."),
        ("receptive_field_from_zero", "return field, distance", "return field - 1, distance",
         "Your field begins at 0. A pixel sees itself: r = 1."),
        ("receptive_field_area", "return field, distance", "return field ** 2, distance",
         "You return an area. Asked is the side of the square."),
        ("receptive_field_return_inside", "    return field, distance", "        return field, distance",
         "Your function returns in the first turn of the loop. Move return out of it."))),
]

WRITTEN = [Written("moves", {
    "says that a filter has the same weights everywhere, and a dense unit has its own for each pixel": 1,
    "says that the dense layer at the end of the network depends on places": 1})]
