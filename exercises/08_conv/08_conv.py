# %% [markdown]
# # Convolution, one window at a time
#
# You write a convolution and a pooling, forward and backward: nine short functions. Then your functions learn filters
# that read handwritten digits.
#
# | | |
# |---|---|
# | **Time** | 120 to 150 minutes; tasks 7 to 9 can wait for another day |
# | **You need** | the chapter [Convolutional networks](../../book/08_conv.md) |
# | **You write** | `output_size`, `conv2d`, `conv2d_backward`, `max_pool`, `max_pool_backward`, `average_pool_backward`, |
# | | `as_rows`, `from_rows`, `receptive_field` |
# | **Points** | 32: 2 + 4 + 5 + 2 + 3 + 3 + 3 + 4 + 4, and 2 for an answer in words |
#
# **How it works.** Replace each `raise NotImplementedError()` by your code and run the cell. The cell below it checks
# your work at once and says what is wrong. It costs nothing: run it as often as you like.
#
# **How it is graded.** After every task stands a locked cell with points. It tests your function on a small example.
# After you hand in, it also tests other inputs: other sizes, a single image, other strides. Each output earns its own
# points. Loops, NumPy or `@njit`: every correct answer counts. Functions return new arrays and leave their arguments as
# they are, which earns half a point or one in every task. A gradient has to be a formula: for some inputs a difference
# of two values, divided by a step, is far off. The answer in words is marked by a person.
#
# **When you are stuck.** Read the sentence of the self-check first. `check.hint("output_size")` in a cell of your own
# gives hints in steps. Then draw the first image on squared paper, lay the filter on it and do it with a pencil. Then
# ask: in the forum, show the *sentence*, not your code.
#
# One channel and one filter are enough here. Section 6 makes a layer of many filters from your functions.

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np

import nnlib
from nnlib import check

# the example of all tasks: two images of 5 x 4 pixels, one filter of 2 x 3
x = np.array([[[1, 0, 2, -1],
               [0, 3, -2, 1],
               [2, 1, 0, 4],
               [-1, -3, 5, 2],
               [3, 2, 1, 0]],

              [[0, 1, -1, 2],
               [2, -2, 0, 1],
               [-3, -1, -2, -4],
               [-2, -5, -1, -3],
               [4, 0, 2, 1]]], float)
w = np.array([[1.0, 0.0, -1.0],
              [2.0, 0.0, -2.0]])
b = 0.5

# %% [markdown]
# ## 1. How many windows fit?
#
# A filter of $KH \times KW$ numbers is laid on an image of $H \times W$ pixels that has a border of $P$ zeros on
# **every** side. It starts in the top left corner and moves by $S$ pixels, the stride. A window that does not fit
# completely does not count. The number of windows is the size of the output:
#
# $$OH = \left\lfloor \frac{H + 2P - KH}{S} \right\rfloor + 1,
# \qquad OW = \left\lfloor \frac{W + 2P - KW}{S} \right\rfloor + 1$$
#
# **Predict.** The example has images of 5 x 4 pixels and a filter of 2 x 3. With padding 1 and stride 2, do you get
# more rows or more columns? Is a pixel left over?
#
# Write `output_size`. It takes the images and the filter themselves and looks at their shapes.

# %% solution="output_size"
def output_size(x, w, stride, padding):
    """Rows and columns of the output: x (N, H, W), w (KH, KW) -> OH, OW, two whole numbers."""
    ### BEGIN SOLUTION
    _, H, W = x.shape
    KH, KW = w.shape
    return (H + 2 * padding - KH) // stride + 1, (W + 2 * padding - KW) // stride + 1
    ### END SOLUTION

# %% check="output_size"
check.example(output_size, (x, w, 3, 2), {"OH": 3, "OW": 2})

# %% test="output_size" points=2
# 2 points: here with stride 2 and padding 1, after you hand in on more
report = check.example(output_size, (x, w, 2, 1), {"OH": 3, "OW": 2})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "output_size", output_size)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 2. One filter, every window
#
# On every window the filter does what one unit does: it multiplies each pixel by the weight that lies on it, adds
# everything up, and adds the bias **once**. All windows share the same weights:
#
# $$a_{n,i,j} = b + \sum_{k=0}^{KH-1} \sum_{l=0}^{KW-1} w_{k,l}\; x_{n,\,Si+k-P,\,Sj+l-P},
# \qquad x = 0 \text{ outside the image}$$
#
# **Predict.** The filter of the example is positive on the left and negative on the right. On which windows is its
# answer large? What does it say where an image is the same everywhere?
#
# Write `conv2d`. `np.pad(x, ((0, 0), (1, 1), (1, 1)))` puts a border of one zero around every image and adds no image.

# %% solution="conv2d"
def conv2d(x, w, b, stride, padding):
    """One filter on every window: x (N, H, W), w (KH, KW), b a number -> a (N, OH, OW)."""
    ### BEGIN SOLUTION
    OH, OW = output_size(x, w, stride, padding)
    KH, KW = w.shape
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    a = np.zeros((len(x), OH, OW))
    for i in range(OH):
        for j in range(OW):
            top, left = stride * i, stride * j
            window = padded[:, top:top + KH, left:left + KW]          # (N, KH, KW)
            a[:, i, j] = np.sum(window * w, axis=(1, 2)) + b
    return a
    ### END SOLUTION

# %% check="conv2d"
check.example(conv2d, (x, w, b, 2, 1),
              {"a": [[[0.5, 2.5], [-4.5, -3.5], [-0.5, -0.5]],
                     [[-1.5, -1.5], [4.5, 3.5], [5.5, -3.5]]]})

# %% test="conv2d" points=4
# 4 points: here without stride and padding, after you hand in on more
report = check.example(conv2d, (x, w, b, 1, 0),
                       {"a": [[[3.5, 5.5], [6.5, -3.5], [-9.5, -12.5], [-1.5, -0.5]],
                              [[5.5, -6.5], [0.5, 3.5], [-2.5, -0.5], [3.5, -3.5]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "conv2d", conv2d)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 3. The same windows, backward
#
# From behind comes `da`, the gradient of the loss with respect to every output. Each output was made from one window,
# with the shared weights. So one line of the forward pass becomes three lines of the backward pass, at every window:
#
# | The output $a_{n,i,j}$ used | so its $da_{n,i,j}$ goes | multiplied by |
# |---|---|---|
# | the weight $w_{k,l}$ | to $dw_{k,l}$ | the pixel that lay under it |
# | the pixel under $w_{k,l}$ | to $dx$ at that pixel | the weight $w_{k,l}$ |
# | the bias | to $db$ | 1 |
#
# Weights, bias, and every pixel that lies in several windows collect **all** that arrives. What arrives in the border
# of zeros is cut off: `dx` has the shape of `x`. `da` already belongs to the mean loss: do not divide again.
#
# **Predict.** With stride 1, which pixel of an image lies in the most windows: a corner or the middle?
#
# Write `conv2d_backward`. The self-check nudges every pixel, every weight and the bias, and watches *your* `conv2d`.

# %% solution="conv2d_backward"
def conv2d_backward(da, x, w, b, stride, padding):
    """Gradients: da (N, OH, OW), the rest as conv2d -> dx (N, H, W), dw (KH, KW), db a number."""
    ### BEGIN SOLUTION
    _, H, W = x.shape
    KH, KW = w.shape
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(da.shape[1]):
        for j in range(da.shape[2]):
            rows = slice(stride * i, stride * i + KH)
            columns = slice(stride * j, stride * j + KW)
            g = da[:, i, j].reshape(-1, 1, 1)                         # (N, 1, 1)
            dw += np.sum(g * padded[:, rows, columns], axis=0)
            dpadded[:, rows, columns] += g * w
    return dpadded[:, padding:padding + H, padding:padding + W], dw, da.sum()
    ### END SOLUTION

# %% check="conv2d_backward"
rng = np.random.default_rng(0)
images, weights = rng.normal(size=(4, 9, 8)), rng.normal(size=(3, 5))
check.backward(conv2d, conv2d_backward, images, weights, b, 2, 1, of="x w b")

# %% test="conv2d_backward" points=5
# 5 points: here on one image with a da of simple numbers, after you hand in on more
da = np.array([[[1.0, 0.0], [0.0, 0.0], [0.0, -1.0], [0.0, 2.0]]])
report = check.example(conv2d_backward, (da, x[:1], w, b, 1, 0),
                       {"dx": [[[1, 0, -1, 0],
                                [2, 0, -2, 0],
                                [0, -1, 0, 1],
                                [0, 0, 0, 0],
                                [0, 4, 0, -4]]],
                        "dw": [[-6, 10, 2], [7, 0, -4]],
                        "db": 2})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "conv2d_backward", conv2d_backward)
### END HIDDEN TESTS
report.points(5)

# %% [markdown]
# ## 4. Keep the largest
#
# Max pooling cuts each image into windows of `size` x `size` pixels that lie side by side. Of every window it keeps
# the largest number:
#
# $$y_{n,i,j} = \max_{0 \le k,\, l < S} x_{n,\,Si+k,\,Sj+l}, \qquad OH = \lfloor H / S \rfloor,
# \quad OW = \lfloor W / S \rfloor$$
#
# Rows and columns at the end that fill no window are left out.
#
# **Predict.** Every number in the third and fourth row of the second image is negative. What does pooling make of them?
#
# Write `max_pool`.

# %% solution="max_pool"
def max_pool(x, size):
    """The largest number of every window: x (N, H, W), size a whole number -> y (N, OH, OW)."""
    ### BEGIN SOLUTION
    N, H, W = x.shape
    y = np.zeros((N, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            y[:, i, j] = x[:, size * i:size * (i + 1), size * j:size * (j + 1)].max(axis=(1, 2))
    return y
    ### END SOLUTION

# %% check="max_pool"
display(check.example(max_pool, (x, 2), {"y": [[[3, 2], [2, 5]],
                                               [[2, 2], [-1, -1]]]}))
check.example(max_pool, (x, 3), {"y": [[[3]], [[2]]]})

# %% test="max_pool" points=2
# 2 points: here on four rows of the second image, after you hand in on more
report = check.example(max_pool, (x[1:, :4], 2), {"y": [[[2, 2], [-1, -1]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "max_pool", max_pool)
### END HIDDEN TESTS
report.points(2)

# %% [markdown]
# ## 5. Who was the largest?
#
# Nudge a pixel that was not the largest of its window: the output does not move. So all of $dy_{n,i,j}$ goes to the
# one pixel that won, and all others get 0:
#
# $$dx_{n,h,w} = \begin{cases} dy_{n,i,j} & \text{if } (h, w) \text{ holds the largest number of window } (i, j)\\
# 0 & \text{otherwise}\end{cases}$$
#
# After a ReLU many windows hold several equal zeros. Among equals the **first** wins, row by row from the top left, as
# with `argmax`.
#
# **Predict.** Of the 20 pixels of an example image, how many get a gradient?
#
# Write `max_pool_backward`. `divmod(at, size)` turns the place in a window into its row and column there.

# %% solution="max_pool_backward"
def max_pool_backward(dy, x, size):
    """Gradient with respect to the images: dy (N, OH, OW), x (N, H, W) -> dx (N, H, W)."""
    ### BEGIN SOLUTION
    N, OH, OW = dy.shape
    dx = np.zeros(x.shape)
    for i in range(OH):
        for j in range(OW):
            window = x[:, size * i:size * (i + 1), size * j:size * (j + 1)]
            row, column = divmod(window.reshape(N, -1).argmax(axis=1), size)
            dx[np.arange(N), size * i + row, size * j + column] = dy[:, i, j]
    return dx
    ### END SOLUTION

# %% check="max_pool_backward"
display(check.backward(max_pool, max_pool_backward, x, 2, of="x"))
equal = np.array([[[0.0, 0.0, 1.0, 2.0],
                   [0.0, 0.0, 2.0, 1.0]]])
check.example(max_pool_backward, (np.array([[[3.0, -4.0]]]), equal, 2), {"dx": [[[3, 0, 0, -4], [0, 0, 0, 0]]]})

# %% test="max_pool_backward" points=3
# 3 points: here on one image with a row left over, after you hand in on more
image = np.array([[[1.0, 0.0, 1.0, 2.0],
                   [5.0, 3.0, 4.0, -1.0],
                   [5.0, 6.0, 7.0, 8.0]]])
report = check.example(max_pool_backward, (np.array([[[3.0, -4.0]]]), image, 2),
                       {"dx": [[[0, 0, 0, 0], [3, 0, -4, 0], [0, 0, 0, 0]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "max_pool_backward", max_pool_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 6. Everybody gets a share
#
# Average pooling takes the mean of each window of `size` x `size` pixels (8.8). So on the way back (8.9) every pixel of a
# window gets the same share:
#
# $$dx = \frac{dy}{\text{size}^2}$$
#
# As in task 4, rows and columns that are left over at the end belong to no window.
#
# **Predict.** Add up all entries of $dx$. What is the sum, compared with that of $dy$?
#
# Write `average_pool_backward`.

# %% solution="average_pool_backward"
def average_pool_backward(dy, x, size):
    """Gradient with respect to the images: dy (N, OH, OW), x (N, H, W) -> dx (N, H, W)."""
    ### BEGIN SOLUTION
    _, OH, OW = dy.shape
    dx = np.zeros(x.shape)
    dx[:, :size * OH, :size * OW] = dy.repeat(size, axis=1).repeat(size, axis=2) / size ** 2
    return dx
    ### END SOLUTION

# %% check="average_pool_backward"
check.example(average_pool_backward, (np.array([[[9.0, -18.0]]]), np.ones((1, 4, 6)), 3),
              {"dx": [[[1, 1, 1, -2, -2, -2]] * 3 + [[0] * 6]]})

# %% test="average_pool_backward" points=3
# 3 points: here on an image of 4 x 5, after you hand in on more
report = check.example(average_pool_backward, (np.array([[[4.0, 8.0], [-4.0, 2.0]]]), np.zeros((1, 4, 5)), 2),
                       {"dx": [[[1, 1, 2, 2, 0], [1, 1, 2, 2, 0], [-1, -1, 0.5, 0.5, 0], [-1, -1, 0.5, 0.5, 0]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "average_pool_backward", average_pool_backward)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 7. A convolution is a matrix product
#
# Write every window of an image as a row of numbers, and the filter as a column: then a convolution is *one* matrix
# product. Libraries know this as im2col. The windows follow each other as one reads, from left to right and from top to
# bottom, and so do the pixels inside a window. The stride is 1 and nothing is padded.
#
# **Predict.** An image of 28 x 28 pixels and a filter of 5 x 5. How many times as many numbers as the image do the rows
# hold?
#
# Write `as_rows`.

# %% solution="as_rows"
def as_rows(x, KH, KW):
    """All windows of KH x KW pixels: x (N, H, W), two numbers -> rows (N, OH * OW, KH * KW)."""
    ### BEGIN SOLUTION
    windows = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))         # (N, OH, OW, KH, KW)
    return windows.reshape(len(x), -1, KH * KW)
    ### END SOLUTION

# %% check="as_rows"
small = np.arange(12.0).reshape(1, 3, 4)
display(check.example(as_rows, (small, 2, 3), {"rows": [[[0, 1, 2, 4, 5, 6], [1, 2, 3, 5, 6, 7], [4, 5, 6, 8, 9, 10],
                                                         [5, 6, 7, 9, 10, 11]]]}))
check.example(as_rows, (small, 2, 2), {"rows": [[[0, 1, 4, 5], [1, 2, 5, 6], [2, 3, 6, 7], [4, 5, 8, 9], [5, 6, 9, 10],
                                                 [6, 7, 10, 11]]]})

# %% test="as_rows" points=3
# 3 points: here on two images of 2 x 3, after you hand in on more
report = check.example(as_rows, (np.arange(12.0).reshape(2, 2, 3), 2, 2),
                       {"rows": [[[0, 1, 3, 4], [1, 2, 4, 5]], [[6, 7, 9, 10], [7, 8, 10, 11]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "as_rows", as_rows)
### END HIDDEN TESTS
report.points(3)

# %% [markdown]
# ## 8. And back
#
# `as_rows` copies each pixel into all the windows that hold it. So on the way back each pixel collects from all of them:
# the transpose of copying is adding.
#
# **Predict.** All entries of `drows` are 1. What does `dx` show at a corner, and what in the middle of a large image?
#
# Write `from_rows`.

# %% solution="from_rows"
def from_rows(drows, H, W, KH, KW):
    """Gradient of the images: drows (N, OH * OW, KH * KW), four numbers -> dx (N, H, W)."""
    ### BEGIN SOLUTION
    dx, OW = np.zeros((len(drows), H, W)), W - KW + 1
    for place in range(drows.shape[1]):
        i, j = divmod(place, OW)
        dx[:, i:i + KH, j:j + KW] += drows[:, place].reshape(-1, KH, KW)
    return dx
    ### END SOLUTION

# %% check="from_rows"
def rows_of_two_by_three(x):
    """The forward pass, for images of any size."""
    return as_rows(x, 2, 3)


def back_to_images(dy, x):
    """Your function, for windows of 2 x 3."""
    return from_rows(dy, x.shape[1], x.shape[2], 2, 3)


display(check.example(from_rows, (np.arange(1.0, 25.0).reshape(1, 4, 6), 3, 4, 2, 3),
                      {"dx": [[[1, 9, 11, 9], [17, 48, 52, 33], [16, 39, 41, 24]]]}))
check.backward(rows_of_two_by_three, back_to_images, np.random.default_rng(8).normal(size=(2, 3, 5)))

# %% test="from_rows" points=4
# 4 points: here on one image of 2 x 4, after you hand in on more
report = check.example(from_rows, (np.arange(1.0, 13.0).reshape(1, 3, 4), 2, 4, 2, 2),
                       {"dx": [[[1, 7, 15, 10], [3, 11, 19, 12]]]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "from_rows", from_rows)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# ## 9. How much does it see?
#
# A number behind several layers of filters depends on a square of the image, its **receptive field**. Neighbours in the
# image lie 1 pixel apart. A layer with filters of $K \times K$ adds $K - 1$ times the distance of its inputs to the
# field, and its stride multiplies the distance:
#
# $$r \leftarrow r + (K - 1)\, d, \qquad d \leftarrow s\, d, \qquad \text{first } r = d = 1$$
#
# **Predict.** Three layers of 3 x 3 with stride 1: as large a field as which single filter?
#
# Write `receptive_field` for layers in the order in which the image meets them. It returns the side of the field, and the
# distance of neighbours behind the last layer.

# %% solution="receptive_field"
def receptive_field(sizes, strides):
    """What a number sees: sizes and strides (Q,) of Q layers -> field, distance, two numbers of pixels."""
    ### BEGIN SOLUTION
    field = distance = 1
    for size, stride in zip(sizes, strides):
        field += (size - 1) * distance
        distance *= stride
    return field, distance
    ### END SOLUTION

# %% check="receptive_field"
display(check.example(receptive_field, (np.array([3, 3, 3]), np.array([1, 1, 1])), {"field": 7, "distance": 1}))
check.example(receptive_field, (np.array([5, 2, 3]), np.array([2, 3, 1])), {"field": 19, "distance": 6})

# %% test="receptive_field" points=4
# 4 points: here on two layers, after you hand in on more
report = check.example(receptive_field, (np.array([4, 3]), np.array([3, 2])), {"field": 10, "distance": 6})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("08_conv", "receptive_field", receptive_field)
### END HIDDEN TESTS
report.points(4)

# %% [markdown]
# **Ready to hand in?** Restart the kernel, run all cells from the top, and look here. In a terminal, `nnlib check` and the
# name of this file do the same.

# %% locked="status"
check.status()

# %% [markdown]
# ## 10. Your filters read digits
#
# Only two points from here on, for words. The other cells are the reward, and are not run when your notebook is graded.
#
# A layer of `nnlib` is a class with `forward` and `backward`. Here are two, made of your functions. `Filters` lays
# eight filters of 3 x 3 on every image, one after the other. `Pool` sees the eight answers as eight times as many images.

# %% tags=["skip-execution"]
class Filters(nnlib.Layer):
    """F filters of 3 x 3: x (N, H, W) -> y (N, F, H, W)."""

    parameter_names = ("w", "b")

    def __init__(self, F, rng):
        self.w, self.b = rng.normal(0, 1 / 3, (F, 3, 3)), np.zeros(F)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x, train=False):
        self.x = x
        return np.stack([conv2d(x, w, b, 1, 1) for w, b in zip(self.w, self.b)], axis=1)

    def backward(self, dy):
        dx = 0.0
        for f in range(len(self.w)):
            dx_f, self.dw[f], self.db[f] = conv2d_backward(
                dy[:, f].copy(), self.x, self.w[f], self.b[f], 1, 1)
            dx = dx + dx_f
        return dx


class Pool(nnlib.Layer):
    """Max pooling in windows of 2 x 2: x (N, F, H, W) -> y (N, F, H/2, W/2)."""

    def forward(self, x, train=False):
        self.x = x
        return max_pool(x.reshape(-1, *x.shape[2:]), 2).reshape(
            *x.shape[:2], x.shape[2] // 2, x.shape[3] // 2)

    def backward(self, dy):
        return max_pool_backward(dy.reshape(-1, *dy.shape[2:]), self.x.reshape(-1, *self.x.shape[2:]),
                                 2).reshape(self.x.shape)


# %% [markdown]
# The network: your filters, a ReLU, your pooling, and one dense layer with ten units. Beside it, for comparison, a
# dense network of two layers with about as many weights. Both see the same 1,437 digits of 8 x 8 pixels.
#
# **Predict.** Write down three numbers before you run the next cell: the accuracy of each network on the 360 test
# images, and what is left of the dense network's if every test image moves one pixel to the right.
#
# It takes a few seconds with arrays in the inner loops, minutes with loops over single pixels. If yours are of that
# kind, write `from numba import njit` at the top and `@njit` above your functions, or train on `[:300]`.

# %% tags=["skip-execution"]
(digits, labels), (test_digits, test_labels) = nnlib.data.digits()
digits, test_digits = digits.reshape(-1, 8, 8), test_digits.reshape(-1, 8, 8)
moved = np.pad(test_digits, ((0, 0), (0, 0), (1, 0)))[:, :, :8]     # one pixel to the right

rng = np.random.default_rng(0)
yours = nnlib.Sequential(Filters(8, rng), nnlib.ReLU(), Pool(), nnlib.Flatten(),
                         nnlib.Affine(8 * 4 * 4, 10, rng=rng))
dense = nnlib.Sequential(nnlib.Flatten(), nnlib.Affine(64, 18, rng=rng), nnlib.ReLU(),
                         nnlib.Affine(18, 10, rng=rng))
before = yours.parameters()[0][1].copy()
loss, histories = nnlib.SoftmaxCrossEntropy(), {}
for name, net in [("your filters", yours), ("dense", dense)]:
    histories[name] = nnlib.fit(
        net, (digits, labels), loss=loss, optimizer=nnlib.Adam(0.02), epochs=8,
        batch_size=50, validation=(test_digits, test_labels), rng=rng)

accuracy = {name: [nnlib.evaluate(net, (images, test_labels), loss=loss)[1] for images in (test_digits, moved)]
            for name, net in [("your filters", yours), ("dense", dense)]}
for name, (still, shifted) in accuracy.items():
    print(f"{name:12}  {still:.1%} of the test images are read correctly, {shifted:.1%} when they move one pixel.")

# %% [markdown] written="moves" points=2
# **Explain.** Why do the answers of your filters move with the digit, and why does the dense network lose more when it
# moves? What do your filters lose too, and in which layer of the network? (The next cell shows what they answer.)
#
# ### BEGIN SOLUTION
# A filter multiplies the same weights with every window, so when the image moves, its answers move with it. The dense
# network has weights of its own for each pixel, and they now meet other parts of the digit. The layer behind the filters
# is dense as well: it knows the answers by their place, so it loses when they move further than pooling forgives.
# ### END SOLUTION

# %% [markdown]
# Below are the eight filters before and after training, and what each of them answers to one test image. Orange is
# positive, purple negative. Which filter looks for edges, and of which direction?

# %% tags=["skip-execution"]
filters = yours.parameters()[0][1]
answers = np.maximum(yours.layers[0].forward(test_digits[:1])[0], 0)
largest = max(np.abs(filters).max(), np.abs(before).max())
fig, axes = plt.subplots(3, 9, figsize=(10, 3.6))
for f in range(8):
    axes[0, f + 1].imshow(before[f], cmap="PuOr_r", vmin=-largest, vmax=largest)
    axes[1, f + 1].imshow(filters[f], cmap="PuOr_r", vmin=-largest, vmax=largest)
    axes[2, f + 1].imshow(answers[f], cmap="gray_r", vmin=0, vmax=answers.max())
for row, text in enumerate(["before", "after"]):
    axes[row, 0].axis("off")
    axes[row, 0].text(1, 0.5, text, ha="right", va="center", transform=axes[row, 0].transAxes)
axes[2, 0].imshow(test_digits[0], cmap="gray_r")
axes[2, 0].set(ylabel="answers")
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])

# %% tags=["skip-execution"]
fig, ax = plt.subplots()
for name, history in histories.items():
    ax.plot(range(1, 9), history.validation_loss, label=name)
ax.set(xlabel="epoch", ylabel="loss on the test images (nats)", yscale="log",
       title="The same digits, about as many weights")
ax.legend()

# %% [markdown]
# **Go on.** The library's own `nnlib.Conv2d` does the same for many channels and filters at once. A filter for several
# channels is the sum of one `conv2d` for each channel. Can you make a second layer of filters from your functions?
