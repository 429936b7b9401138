"""The affine layer: rows and sequences, gradients, dtypes, bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn


@settings(max_examples=40, deadline=None)
@given(N=st.integers(1, 5), T=st.integers(0, 3), D=st.integers(1, 5), M=st.integers(1, 5),
       dtype=st.sampled_from([np.float32, np.float64]))
def test_any_shape_and_dtype_gives_what_the_equation_says(N, T, D, M, dtype):
    rng = np.random.default_rng(0)
    layer = nn.Affine(D, M, rng=rng, dtype=dtype)
    layer.b[:] = rng.standard_normal(M)
    x = rng.standard_normal((N, T, D) if T else (N, D)).astype(dtype)
    a = layer.forward(x)
    dx = layer.backward(np.ones_like(a))

    np.testing.assert_allclose(a, np.einsum("md,...d->...m", layer.w, x) + layer.b, rtol=1e-4, atol=1e-5)
    assert a.dtype == dx.dtype == layer.dw.dtype == layer.db.dtype == dtype
    assert dx.shape == x.shape
    np.testing.assert_allclose(layer.db, a.size / M)


@pytest.mark.parametrize("shape", [(1, 3), (5, 3), (2, 4, 3)])
def test_every_entry_of_the_layers_gradients_is_right(shape, rng):
    nn.gradcheck(nn.Affine(3, 4, rng=rng), rng.standard_normal(shape))


def test_rows_that_are_not_contiguous_are_read_as_they_look(rng):
    layer, x = nn.Affine(3, 2, rng=rng), rng.standard_normal((3, 5)).T
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x.copy()))


def test_forward_keeps_the_weights_and_the_inputs_as_they_are(rng):
    layer, x = nn.Affine(3, 2, rng=rng), rng.standard_normal((5, 3))
    before = [array.copy() for array in (layer.w, layer.b, x)]
    layer.backward(layer.forward(x))
    for array, earlier in zip((layer.w, layer.b, x), before):
        np.testing.assert_array_equal(array, earlier)


@pytest.mark.parametrize("x, words", [
    (np.zeros((5, 4)), "expected (N, 3)"),
    (np.zeros(3), "one row of 3 numbers"),
    (np.zeros((5, 1, 3, 3)), "Add nnlib.Flatten() before this layer."),
    (np.zeros((0, 3)), "empty"),
    (np.zeros((5, 3), int), "expected float64"),
    (np.zeros((5, 3), np.float32), "expected float64"),
    ([[1.0, 2.0, 3.0]], "expected a NumPy array"),
])
def test_bad_inputs_are_refused_with_advice(x, words):
    with pytest.raises(ValueError) as error:
        nn.Affine(3, 2).forward(x)
    assert words in str(error.value)


@pytest.mark.parametrize("arguments", [(0, 2), (3, -1), (2.0, 3), (True, 3), ("3", 2)])
def test_bad_sizes_are_refused(arguments):
    with pytest.raises(ValueError, match="Affine: .*expected a whole number of at least 1"):
        nn.Affine(*arguments)


def test_a_dtype_that_is_no_float_is_refused():
    with pytest.raises(ValueError, match="expected np.float32 or np.float64"):
        nn.Affine(3, 2, dtype=np.int64)


def test_backward_wants_a_forward_and_a_gradient_of_the_outputs_shape(rng):
    layer = nn.Affine(3, 2, rng=rng)
    with pytest.raises(RuntimeError, match="Call forward first"):
        layer.backward(np.zeros((5, 2)))
    layer.forward(rng.standard_normal((5, 3)))
    with pytest.raises(ValueError, match=r"dy has shape \(5, 3\), expected \(5, 2\)"):
        layer.backward(np.zeros((5, 3)))


def test_a_layer_prints_as_the_call_that_makes_it():
    assert repr(nn.Affine(3, 2)) == "Affine(3, 2)"
