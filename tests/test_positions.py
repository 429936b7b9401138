"""Positions: gradients, what tells steps apart, and clear words about bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn


def both(D, rng, T=5):
    return [nn.SinusoidalPositions(), nn.LearnedPositions(T, D, rng=rng)]


@pytest.mark.parametrize("N, T, D", [(2, 3, 4), (1, 1, 1), (3, 5, 3)])
def test_every_gradient_of_the_layers_is_that_of_finite_differences(N, T, D, rng):
    for layer in both(D, rng):
        errors = nn.gradcheck(layer, rng.standard_normal((N, T, D)))
        assert len(errors) == 1 + len(layer.parameters())


@pytest.mark.parametrize("D", [1, 5, 6])
def test_sinusoids_are_what_their_equation_says(D):
    added = nn.SinusoidalPositions().forward(np.zeros((1, 40, D)))[0]
    for t in range(40):
        for i in range((D + 1) // 2):
            angle = t / 10_000 ** (2 * i / D)
            np.testing.assert_allclose(added[t, 2 * i:2 * i + 2], [np.sin(angle), np.cos(angle)][:D - 2 * i], atol=1e-14)


def test_a_step_further_turns_each_pair_by_the_same_angle_everywhere():
    added = nn.SinusoidalPositions().forward(np.zeros((1, 50, 6)))[0].reshape(50, 3, 2)
    cosines = (added[4:] * added[:-4]).sum(axis=2)
    np.testing.assert_allclose(cosines, np.broadcast_to(np.cos(4 / 10_000 ** (np.arange(3) / 3)), (46, 3)), atol=1e-14)


def test_far_positions_are_as_exact_in_float32():
    x = np.zeros((1, 5000, 8))
    near = nn.SinusoidalPositions().forward(x.astype(np.float32))
    np.testing.assert_allclose(near, nn.SinusoidalPositions().forward(x), atol=1e-6)


def test_each_step_gets_the_row_of_its_position(rng):
    layer, x = nn.LearnedPositions(5, 4, rng=rng), rng.standard_normal((2, 3, 4))
    np.testing.assert_array_equal(layer.forward(x), x + layer.w[:3])


def test_a_position_that_no_example_reaches_has_no_gradient(rng):
    layer, dy = nn.LearnedPositions(5, 4, rng=rng), rng.standard_normal((2, 3, 4))
    layer.forward(np.zeros_like(dy))
    np.testing.assert_array_equal(layer.backward(dy), dy)
    np.testing.assert_allclose(layer.dw, [*dy.sum(axis=0), [0] * 4, [0] * 4])


def test_with_positions_a_block_knows_the_order_of_the_steps(rng):
    x, order = rng.standard_normal((2, 5, 4)), np.array([1, 0, 2, 3, 4])
    for layer in both(4, rng):
        net = nn.Sequential(layer, nn.TransformerBlock(4, 2, rng=rng))
        assert np.abs(net.forward(x[:, order]) - net.forward(x)[:, order]).max() > 0.1


def test_what_backward_returns_is_not_what_it_was_given(rng):
    for layer in both(2, rng):
        dy = np.ones(layer.forward(np.zeros((1, 2, 2))).shape)
        assert not np.shares_memory(layer.backward(dy), dy)


@settings(max_examples=25, deadline=None)
@given(N=st.integers(1, 3), T=st.integers(1, 5), D=st.integers(1, 4), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_shape_and_dtype_comes_back_as_it_should(N, T, D, dtype):
    x = np.linspace(-1, 1, N * T * D, dtype=dtype).reshape(T, N, D).swapaxes(0, 1)       # not contiguous
    for layer in (nn.SinusoidalPositions(), nn.LearnedPositions(6, D, dtype=dtype, rng=np.random.default_rng(0))):
        y = layer.forward(x)
        dx = layer.backward(y)
        assert (y.shape, y.dtype, dx.shape, dx.dtype) == (x.shape, dtype, x.shape, dtype)
        for name, array, gradient in layer.parameters():
            assert (gradient.shape, gradient.dtype) == (array.shape, dtype), name


@pytest.mark.parametrize("x, words", [
    (np.zeros((2, 4)), r"x has shape \(2, 4\), expected \(N, T, [D4]\).\nGive every example as T steps of D numbers"),
    (np.zeros((2, 3), int), r"x has shape \(2, 3\), expected .*\n.*add nnlib.Embedding\(V, D\) before this layer"),
    (np.zeros((0, 3, 4)), ".*it is empty"),
    (np.zeros((2, 3, 4), int), "x has dtype int64, expected float"),
    ([[[1.0]]], "x is a list, expected a NumPy array"),
])
def test_bad_input_is_refused_with_advice(x, words, rng):
    for layer in both(4, rng):
        with pytest.raises(ValueError, match=f"{type(layer).__name__}.forward: " + words):
            layer.forward(x)


def test_a_sequence_longer_than_the_table_is_refused_with_advice():
    with pytest.raises(ValueError, match=r"x has 6 steps, expected at most 5.\n.*a larger T, or cut x"):
        nn.LearnedPositions(5, 4).forward(np.zeros((1, 6, 4)))


def test_backward_wants_forward_first_and_a_gradient_of_the_outputs_shape(rng):
    for layer in both(4, rng):
        with pytest.raises(RuntimeError, match="backward: nothing to go back through"):
            layer.backward(np.zeros((1, 2, 4)))
        layer.forward(np.zeros((1, 2, 4)))
        with pytest.raises(ValueError, match=r"backward: dy has shape \(2, 4\), expected \(1, 2, 4\)"):
            layer.backward(np.zeros((2, 4)))


def test_networks_with_positions_survive_a_file(rng, tmp_path):
    net = nn.Sequential(nn.Embedding(5, 4, rng=rng), *both(4, rng), nn.Affine(4, 5, rng=rng))
    net.save(tmp_path / "net.npz")
    x = rng.integers(0, 5, (2, 5))
    np.testing.assert_array_equal(nn.load(tmp_path / "net.npz").forward(x), net.forward(x))


def test_layers_are_written_as_they_are_made():
    assert [repr(layer) for layer in both(4, None)] == ["SinusoidalPositions()", "LearnedPositions(5, 4)"]
