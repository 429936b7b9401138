"""Convolution: every stride, padding and shape against the equation, gradients of the layer, bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn
from nnlib.kernels import plain

sizes = st.integers(1, 4)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(N=sizes, C=sizes, F=st.integers(1, 6), image=st.tuples(st.integers(1, 9), st.integers(1, 9)),
       kernel_size=pairs, stride=pairs,
       padding=st.tuples(st.integers(0, 2), st.integers(0, 2)), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_stride_padding_and_shape_gives_what_the_equation_says(N, C, F, image, kernel_size, stride, padding, dtype):
    kernel_size = tuple(min(window, pixels + 2 * border) for window, pixels, border in zip(kernel_size, image, padding))
    rng = np.random.default_rng(0)
    layer = nn.Conv2d(C, F, kernel_size, stride, padding, rng=rng, dtype=dtype)
    layer.b[:] = rng.standard_normal(F)
    x = rng.standard_normal((N, C, *image)).astype(dtype)
    y = layer.forward(x)

    assert y.dtype == dtype
    np.testing.assert_allclose(y, plain.conv2d_forward(x, layer.w, layer.b, stride, padding), rtol=1e-4, atol=1e-5)

    dy = rng.standard_normal(y.shape).astype(dtype)
    dx = layer.backward(dy)
    assert dx.dtype == layer.dw.dtype == layer.db.dtype == dtype
    # y is linear in x and in (w, b), so each gradient is the transpose of that map
    scale = np.abs(dy).sum() * np.abs(y).max()
    np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy, y - layer.b[:, None, None]), atol=1e-5 * scale)
    np.testing.assert_allclose(np.vdot(layer.dw, layer.w) + layer.db @ layer.b, np.vdot(dy, y), atol=1e-5 * scale)


@pytest.mark.parametrize("N, C, F, image, arguments", [
    (1, 1, 1, (1, 1), dict(kernel_size=1)),
    (2, 3, 5, (5, 4), dict(kernel_size=3, padding=1)),
    (3, 2, 4, (7, 6), dict(kernel_size=(2, 3), stride=(3, 2), padding=(0, 2))),
    (2, 1, 3, (4, 9), dict(kernel_size=(1, 4), stride=(2, 3))),
])
def test_every_entry_of_the_layers_gradients_is_right(N, C, F, image, arguments, rng):
    layer = nn.Conv2d(C, F, **arguments, rng=rng)
    nn.gradcheck(layer, rng.standard_normal((N, C, *image)))


def test_many_images_give_what_each_gives_alone(rng):
    layer = nn.Conv2d(2, 3, 3, stride=2, padding=1, rng=rng)
    x = rng.standard_normal((70, 2, 12, 11))
    np.testing.assert_array_equal(layer.forward(x), np.concatenate([layer.forward(image[None]) for image in x]))


def test_rows_and_columns_that_no_filter_reads_have_gradient_zero(rng):
    layer = nn.Conv2d(1, 1, 2, stride=3, rng=rng)
    layer.forward(rng.standard_normal((1, 1, 7, 7)))
    dx = layer.backward(np.ones((1, 1, 2, 2)))
    assert not dx[0, 0, [2, 5, 6]].any() and not dx[0, 0, :, [2, 5, 6]].any()


def test_nan_in_one_image_stays_in_that_image(rng):
    layer = nn.Conv2d(1, 2, 3, padding=1, rng=rng)
    x = rng.standard_normal((3, 1, 5, 5))
    x[1, 0, 2, 2] = np.nan
    y = layer.forward(x)
    assert np.isnan(y[1, :, 1:4, 1:4]).all() and np.isnan(y).sum() == 18


def test_images_that_are_not_contiguous_are_read_as_they_look(rng):
    layer = nn.Conv2d(2, 3, 3, rng=rng)
    x = rng.standard_normal((4, 5, 6, 2)).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x.copy()))


@pytest.mark.parametrize("x, words", [
    (np.zeros((2, 3, 5)), "x[:, None]"),
    (np.zeros((2, 75)), "x.reshape(len(x), C, H, W)"),
    (np.zeros((2, 4, 5, 5)), "expected (N, 3, H, W)"),
    (np.zeros((0, 3, 5, 5)), "empty"),
    (np.zeros((2, 3, 5, 5), int), "expected float64"),
    (np.zeros((2, 3, 5, 5), np.float32), "expected float64"),
    (np.zeros((2, 3, 1, 5)), "the filter has 4 x 2 pixels, the image with its padding only 3 x 5"),
    ([[0.0]], "expected a NumPy array"),
])
def test_bad_images_are_refused_with_advice(x, words):
    with pytest.raises(ValueError) as error:
        nn.Conv2d(3, 2, (4, 2), padding=(1, 0)).forward(x)
    assert words in str(error.value)


def test_a_gradient_of_another_shape_is_refused():
    layer = nn.Conv2d(1, 2, 3)
    layer.forward(np.zeros((2, 1, 5, 4)))
    with pytest.raises(ValueError, match=r"dy has shape \(2, 2, 5, 4\), expected \(2, 2, 3, 2\)"):
        layer.backward(np.zeros((2, 2, 5, 4)))


@pytest.mark.parametrize("arguments", [
    dict(kernel_size=0), dict(kernel_size=(3, 3, 3)), dict(kernel_size=2.0), dict(kernel_size="33"), dict(kernel_size=True),
    dict(kernel_size=3, stride=0), dict(kernel_size=3, stride=(1, -1)), dict(kernel_size=3, padding=-1),
    dict(kernel_size=3, padding=None),
])
def test_bad_sizes_are_refused(arguments):
    with pytest.raises(ValueError, match="Conv2d: .*expected a whole number"):
        nn.Conv2d(1, 1, **arguments)


def test_backward_before_forward_is_refused():
    for layer in (nn.Conv2d(1, 1, 1), nn.Flatten()):
        with pytest.raises(RuntimeError, match="Call forward first"):
            layer.backward(np.zeros((1, 1)))


def test_a_layer_prints_as_the_call_that_makes_it():
    assert repr(nn.Conv2d(1, 4, 5, padding=(2, 1))) == "Conv2d(1, 4, (5, 5), stride=(1, 1), padding=(2, 1))"


def test_flatten_makes_rows_and_gives_the_gradient_the_old_shape(rng):
    layer, x = nn.Flatten(), rng.standard_normal((3, 2, 4, 5))
    np.testing.assert_array_equal(layer.forward(x), x.reshape(3, 40))
    np.testing.assert_array_equal(layer.backward(x.reshape(3, 40)), x)
    nn.gradcheck(layer, x)
    with pytest.raises(ValueError, match="expected \\(3, 40\\)"):
        layer.backward(x)
