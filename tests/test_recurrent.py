"""Recurrent layers: every gradient, the state that goes in and comes out, and clear words about bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn

LAYERS = (nn.RNN, nn.LSTM, nn.GRU)


def as_pair(state):
    """The arrays of a state: (h,) or (h, c)."""
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize("layer_class", LAYERS)
@pytest.mark.parametrize("N, T, D, M", [(3, 4, 2, 5), (1, 1, 3, 2), (1, 5, 1, 1)])
def test_every_gradient_of_the_layer_is_that_of_finite_differences(layer_class, N, T, D, M, rng):
    layer = layer_class(D, M, rng=rng)
    for name, array, _ in layer.parameters():
        array[...] = rng.standard_normal(array.shape)
    nn.gradcheck(layer, rng.standard_normal((N, T, D)))


@pytest.mark.parametrize("layer_class", LAYERS)
def test_dstate_is_the_gradient_with_respect_to_the_state_that_was_given(layer_class, rng):
    layer, x, r = layer_class(2, 4, rng=rng), rng.standard_normal((3, 5, 2)), rng.standard_normal((3, 5, 4))
    state = tuple(rng.standard_normal((3, 4)) for _ in range(2 if layer_class is nn.LSTM else 1))

    def scalar(position, value):
        changed = tuple(value if each == position else array for each, array in enumerate(state))
        return float(np.sum(r * layer.forward(x, state=changed if layer_class is nn.LSTM else changed[0])))

    scalar(None, None)
    layer.backward(r)
    for position, gradient in enumerate(as_pair(layer.dstate)):
        numerical = nn.numerical_gradient(lambda value: scalar(position, value), state[position])
        np.testing.assert_allclose(gradient, numerical, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("layer_class", LAYERS)
def test_a_sequence_read_in_two_pieces_gives_the_same_states_as_in_one(layer_class, rng):
    layer, x = layer_class(3, 4, rng=rng), rng.standard_normal((2, 6, 3))
    whole = layer.forward(x)
    last = layer.final_state
    first_piece = layer.forward(x[:, :4])
    second_piece = layer.forward(x[:, 4:], state=layer.final_state)

    np.testing.assert_allclose(np.concatenate([first_piece, second_piece], axis=1), whole, rtol=1e-12)
    for now, before in zip(as_pair(layer.final_state), as_pair(last)):
        np.testing.assert_allclose(now, before, rtol=1e-12)


@pytest.mark.parametrize("layer_class", LAYERS)
def test_the_state_is_zero_unless_given_and_ends_with_the_last_output(layer_class, rng):
    layer, x = layer_class(3, 4, rng=rng), rng.standard_normal((2, 5, 3))
    zeros = np.zeros((2, 4))
    without = layer.forward(x)
    with_zeros = layer.forward(x, state=(zeros, zeros) if layer_class is nn.LSTM else zeros)

    np.testing.assert_array_equal(without, with_zeros)
    np.testing.assert_array_equal(as_pair(layer.final_state)[0], without[:, -1])


@pytest.mark.parametrize("layer_class", LAYERS)
def test_no_output_looks_into_the_future(layer_class, rng):
    layer, x = layer_class(3, 4, rng=rng), rng.standard_normal((2, 6, 3))
    y = layer.forward(x)
    x[:, 3:] += 1
    np.testing.assert_array_equal(layer.forward(x)[:, :3], y[:, :3])


@settings(max_examples=25, deadline=None)
@given(N=st.integers(1, 4), T=st.integers(1, 5), D=st.integers(1, 4), M=st.integers(1, 4),
       layer_class=st.sampled_from(LAYERS), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_shape_and_dtype_comes_back_as_it_should(N, T, D, M, layer_class, dtype):
    layer = layer_class(D, M, dtype=dtype, rng=np.random.default_rng(0))
    x = np.ones((T, N, D), dtype).transpose(1, 0, 2)                 # not contiguous
    h = layer.forward(x)
    dx = layer.backward(h)
    assert (h.shape, h.dtype, dx.shape, dx.dtype) == ((N, T, M), dtype, x.shape, dtype)
    for name, array, gradient in layer.parameters():
        assert (gradient.shape, gradient.dtype) == (array.shape, dtype), name
    for state in (*as_pair(layer.final_state), *as_pair(layer.dstate)):
        assert (state.shape, state.dtype) == ((N, M), dtype)


@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 6e-7), (np.float64, 1.2e-15)])
def test_the_fast_tanh_is_the_hyperbolic_tangent_everywhere(dtype, tolerance):
    a = np.concatenate([np.linspace(-25, 25, 100_001), np.logspace(-30, 0, 1001), [np.inf, -np.inf]]).astype(dtype)
    one_unit = nn.RNN(1, 1, dtype=dtype)
    one_unit.w_x[...] = 1
    h = one_unit.forward(a[:, None, None])[:, 0, 0]
    np.testing.assert_allclose(h, np.tanh(a.astype(np.longdouble)).astype(np.float64), rtol=tolerance)


@pytest.mark.parametrize("layer_class", LAYERS)
def test_nan_is_not_hidden(layer_class, rng):
    x = rng.standard_normal((2, 3, 2))
    x[1, 1, 0] = np.nan
    h = layer_class(2, 3, rng=rng).forward(x)
    assert np.isfinite(h[0]).all() and np.isfinite(h[1, 0]).all() and np.isnan(h[1, 1:]).all()


def test_a_forget_gate_near_one_keeps_the_cell_and_its_gradient():
    layer = nn.LSTM(1, 1, init=nn.init.zeros)
    layer.b[...] = [-30, 30, 0, 30]                                  # take in nothing, forget nothing, show all
    c = np.array([[0.5]])
    layer.forward(np.zeros((1, 100, 1)), state=(np.zeros((1, 1)), c))
    np.testing.assert_allclose(layer.final_state[1], c, rtol=1e-10)
    dy = np.zeros((1, 100, 1))
    dy[0, -1] = 1
    layer.backward(dy)
    np.testing.assert_allclose(layer.dstate[1], 1 - np.tanh(0.5) ** 2, rtol=1e-10)


def test_a_network_with_each_layer_learns_to_say_what_it_saw_two_steps_ago(rng):
    x = rng.integers(0, 2, (64, 8))
    y = np.roll(x, 2, axis=1)
    y[:, :2] = 0
    for layer_class in LAYERS:
        net = nn.Sequential(nn.Embedding(2, 4, rng=rng), layer_class(4, 12, rng=rng), nn.Affine(12, 2, rng=rng))
        history = nn.fit(net, (x, y), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.Adam(0.02),
                         epochs=60, batch_size=16, rng=rng)
        assert history.accuracy[-1] > 0.99, layer_class.__name__


@pytest.mark.parametrize("x, words", [
    (np.zeros((2, 3)), r"x has shape \(2, 3\), expected \(N, T, 4\).\nGive every example as T steps of 4 numbers"),
    (np.zeros((2, 3), int), r"For tokens \(N, T\) add nnlib.Embedding\(V, 4\)"),
    (np.zeros((2, 3, 5)), r"x has shape \(2, 3, 5\), expected \(N, T, 4\)"),
    (np.zeros((2, 0, 4)), "it is empty"),
    (np.zeros((2, 3, 4), np.float32), r"x has dtype float32, expected float64.\nConvert it with x.astype"),
    ([[[1.0]]], "x is a list, expected a NumPy array"),
])
@pytest.mark.parametrize("layer_class", LAYERS)
def test_bad_input_is_refused_with_advice(layer_class, x, words):
    with pytest.raises(ValueError, match=f"(?s){layer_class.__name__}.forward: .*" + words):
        layer_class(4, 2).forward(x)


@pytest.mark.parametrize("layer, state, words", [
    (nn.RNN(4, 2), np.zeros((1, 2)), r"RNN.forward: state has shape \(1, 2\), expected \(3, 2\)"),
    (nn.GRU(4, 2), np.zeros((3, 2), np.float32), "GRU.forward: state has dtype float32, expected float64"),
    (nn.LSTM(4, 2), np.zeros((3, 2)), r"LSTM.forward: state is a ndarray, expected a pair of arrays \(h, c\)"),
    (nn.LSTM(4, 2), (np.zeros((3, 2)), np.zeros(2)), r"LSTM.forward: c of state has shape \(2,\), expected \(3, 2\)"),
])
def test_a_bad_state_is_refused_with_advice(layer, state, words):
    with pytest.raises(ValueError, match=words):
        layer.forward(np.zeros((3, 5, 4)), state=state)


@pytest.mark.parametrize("layer_class", LAYERS)
def test_backward_wants_forward_first_and_a_gradient_of_the_outputs_shape(layer_class):
    layer = layer_class(4, 2)
    with pytest.raises(RuntimeError, match=f"{layer_class.__name__}.backward: nothing to go back through"):
        layer.backward(np.zeros((3, 5, 2)))
    layer.forward(np.zeros((3, 5, 4)))
    with pytest.raises(ValueError, match=rf"{layer_class.__name__}.backward: dy has shape \(3, 2\), expected \(3, 5, 2\)"):
        layer.backward(np.zeros((3, 2)))


@pytest.mark.parametrize("layer_class", LAYERS)
@pytest.mark.parametrize("D, M", [(0, 2), (2, 0), (2.0, 2), (2, "3")])
def test_sizes_are_whole_numbers_from_one_on(layer_class, D, M):
    with pytest.raises(ValueError, match=f"{layer_class.__name__}: . is .*, expected a whole number of at least 1"):
        layer_class(D, M)


def test_layers_are_written_as_they_are_made():
    assert [repr(layer_class(3, 4)) for layer_class in LAYERS] == ["RNN(3, 4)", "LSTM(3, 4)", "GRU(3, 4)"]
