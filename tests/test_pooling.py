"""Pooling: every size, stride and shape against the equation, ties and NaN as in PyTorch, bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn
from nnlib.kernels import plain

LAYERS = (nn.MaxPool2d, nn.AvgPool2d)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(N=st.integers(1, 3), C=st.integers(1, 3), image=st.tuples(st.integers(3, 8), st.integers(3, 8)),
       size=pairs, stride=pairs,
       dtype=st.sampled_from([np.float32, np.float64]))
def test_any_size_stride_and_shape_gives_what_the_equation_says(N, C, image, size, stride, dtype):
    x = np.random.default_rng(0).standard_normal((N, C, *image)).astype(dtype)
    expected = plain.max_pool2d_forward(x, size, stride)[0], plain.avg_pool2d_forward(x, size, stride)
    for make, y_plain in zip(LAYERS, expected):
        layer = make(size, stride)
        y = layer.forward(x)
        dx = layer.backward(np.ones_like(y))
        assert y.dtype == dx.dtype == dtype
        np.testing.assert_allclose(y, y_plain, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(dx.sum(), y.size, rtol=1e-5)


@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize("size, stride", [(2, None), (1, 1), ((3, 2), (1, 2)), ((2, 3), (3, 1))])
def test_every_entry_of_the_gradient_is_right(make, size, stride, rng):
    nn.gradcheck(make(size, stride), rng.permutation(np.arange(126.0)).reshape(3, 2, 7, 3) / 10)


@pytest.mark.parametrize("make", LAYERS)
def test_windows_lie_side_by_side_unless_told_otherwise(make):
    assert make((2, 3)).forward(np.zeros((1, 1, 5, 8))).shape == (1, 1, 2, 2)
    assert make(2, 1).forward(np.zeros((1, 1, 5, 8))).shape == (1, 1, 4, 7)


def test_among_equals_the_first_maximum_gets_the_gradient():
    layer = nn.MaxPool2d(2)
    layer.forward(np.array([[[[1.0, 3.0], [3.0, 3.0]]]]))
    np.testing.assert_array_equal(layer.backward(np.full((1, 1, 1, 1), 5.0)), [[[[0, 5], [0, 0]]]])


def test_nan_is_the_maximum_of_its_window_and_of_no_other():
    x = np.zeros((1, 1, 2, 6))
    x[0, 0, 1, 2] = np.nan
    np.testing.assert_array_equal(nn.MaxPool2d(2).forward(x), [[[[0, np.nan, 0]]]])


def test_minus_infinity_everywhere_still_has_a_place_for_the_gradient():
    layer = nn.MaxPool2d(2)
    assert layer.forward(np.full((1, 1, 2, 2), -np.inf)) == -np.inf
    np.testing.assert_array_equal(layer.backward(np.ones((1, 1, 1, 1))), [[[[1, 0], [0, 0]]]])


@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize("x, words", [
    (np.zeros((2, 4, 4)), "x[:, None]"),
    (np.zeros((2, 16)), "expected (N, C, H, W)"),
    (np.zeros((2, 0, 4, 4)), "empty"),
    (np.zeros((2, 1, 4, 4), int), "expected float32 or float64"),
    (np.zeros((2, 1, 2, 4)), "the window has 3 x 2 pixels, the image with its padding only 2 x 4"),
])
def test_bad_images_are_refused_with_advice(make, x, words):
    with pytest.raises(ValueError) as error:
        make((3, 2)).forward(x)
    assert words in str(error.value) and make.__name__ in str(error.value)


@pytest.mark.parametrize("make", LAYERS)
def test_bad_settings_and_gradients_are_refused(make):
    for arguments in ((0,), ((1, 2, 3),), (2, 0), (2.5,)):
        with pytest.raises(ValueError, match="expected a whole number"):
            make(*arguments)
    layer = make(2)
    with pytest.raises(RuntimeError, match="Call forward first"):
        layer.backward(np.zeros((1, 1, 2, 2)))
    layer.forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"expected \(1, 1, 2, 2\)"):
        layer.backward(np.zeros((1, 1, 4, 4)))


def test_the_mean_over_all_places_is_average_pooling_with_a_window_as_large_as_the_map(rng):
    for H, W in ((1, 1), (4, 7)):
        x = rng.standard_normal((3, 2, H, W))
        layer, window = nn.GlobalAvgPool2d(), nn.AvgPool2d((H, W))
        y = layer.forward(x)
        np.testing.assert_allclose(y, window.forward(x)[:, :, 0, 0], rtol=1e-12)
        np.testing.assert_allclose(layer.backward(y), window.backward(y[:, :, None, None]), rtol=1e-12)
        nn.gradcheck(layer, x)


def test_one_network_takes_images_of_every_size(rng):
    net = nn.Sequential(nn.Conv2d(1, 4, 3, rng=rng), nn.GlobalAvgPool2d(), nn.Affine(4, 2, rng=rng))
    assert [net.forward(np.ones((5, 1, *size))).shape for size in ((3, 3), (8, 5))] == [(5, 2), (5, 2)]


def test_the_mean_over_all_places_refuses_what_is_no_image_and_another_gradient():
    layer = nn.GlobalAvgPool2d()
    with pytest.raises(RuntimeError, match="Call forward first"):
        layer.backward(np.zeros((1, 1)))
    with pytest.raises(ValueError, match=r"GlobalAvgPool2d.forward: x has shape \(2, 16\), expected \(N, C, H, W\)"):
        layer.forward(np.zeros((2, 16)))
    layer.forward(np.zeros((2, 3, 4, 4)))
    with pytest.raises(ValueError, match=r"expected \(2, 3\)"):
        layer.backward(np.zeros((2, 3, 1, 1)))


def test_a_layer_prints_as_the_call_that_makes_it():
    assert repr(nn.MaxPool2d(2)) == "MaxPool2d((2, 2), stride=(2, 2))"
    assert repr(nn.AvgPool2d((2, 3), 1)) == "AvgPool2d((2, 3), stride=(1, 1))"
    assert repr(nn.GlobalAvgPool2d()) == "GlobalAvgPool2d()"
