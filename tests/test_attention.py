"""Self-attention and the transformer block: gradients, what a causal mask hides, and clear words about bad input."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("layer_class", [nn.SelfAttention, nn.TransformerBlock])
@pytest.mark.parametrize("N, T, D, heads", [(2, 3, 6, 2), (1, 1, 2, 1), (1, 4, 3, 3)])
def test_every_gradient_of_the_layer_is_that_of_finite_differences(layer_class, N, T, D, heads, causal, rng):
    layer = layer_class(D, heads, causal, rng=rng)
    for _, array, _ in layer.parameters():
        array += 0.3 * rng.standard_normal(array.shape)
    errors = nn.gradcheck(layer, rng.standard_normal((N, T, D)))
    assert len(errors) == 1 + len(layer.parameters())


def test_attention_is_what_its_equation_says(rng):
    layer, x = nn.SelfAttention(6, 2, rng=rng), rng.standard_normal((2, 5, 6))
    layer.b[...], layer.b_o[...] = rng.standard_normal(18), rng.standard_normal(6)
    q, k, v = (a.reshape(2, 5, 2, 3).swapaxes(1, 2) for a in np.split(x @ layer.w.T + layer.b, 3, axis=-1))
    e = np.exp(q @ k.swapaxes(-1, -2) / np.sqrt(3))
    weights = e / e.sum(axis=-1, keepdims=True)
    y = (weights @ v).swapaxes(1, 2).reshape(2, 5, 6) @ layer.w_o.T + layer.b_o

    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10)
    np.testing.assert_allclose(layer.weights, weights, rtol=1e-10)


def test_the_block_is_what_its_equation_says(rng):
    block, x = nn.TransformerBlock(6, 2, causal=True, rng=rng), rng.standard_normal((2, 5, 6))
    layers = dict(block.parts())
    u = x + layers["attention"].forward(layers["norm1"].forward(x))
    inner = layers["gelu"].forward(layers["expand"].forward(layers["norm2"].forward(u)))
    np.testing.assert_allclose(block.forward(x), u + layers["contract"].forward(inner), rtol=1e-12)


@pytest.mark.parametrize("layer_class", [nn.SelfAttention, nn.TransformerBlock])
def test_no_causal_output_looks_into_the_future(layer_class, rng):
    layer, x = layer_class(4, 2, causal=True, rng=rng), rng.standard_normal((2, 6, 4))
    y = layer.forward(x)
    x[:, 3:] += 1
    np.testing.assert_array_equal(layer.forward(x)[:, :3], y[:, :3])


def test_without_the_mask_every_output_sees_every_step(rng):
    layer, x = nn.SelfAttention(4, 2, rng=rng), rng.standard_normal((2, 6, 4))
    y = layer.forward(x)
    x[:, -1] += 1
    assert (np.abs(layer.forward(x) - y).max(axis=-1) > 1e-6).all()


def test_without_the_mask_the_order_of_the_steps_is_unknown(rng):
    layer, x = nn.TransformerBlock(4, 2, rng=rng), rng.standard_normal((2, 6, 4))
    order = rng.permutation(6)
    np.testing.assert_allclose(layer.forward(x[:, order]), layer.forward(x)[:, order], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_the_weights_of_a_step_add_up_to_one_and_are_zero_for_what_is_hidden(causal, rng):
    layer = nn.SelfAttention(4, 2, causal, rng=rng)
    layer.forward(30 * rng.standard_normal((3, 7, 4)))
    assert layer.weights.shape == (3, 2, 7, 7) and (layer.weights >= 0).all()
    np.testing.assert_allclose(layer.weights.sum(axis=-1), 1, rtol=1e-12)
    assert not causal or (np.triu(layer.weights, 1) == 0).all()


@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 1e-6), (np.float64, 2e-15)])
def test_the_fast_exponential_is_the_exponential_everywhere(dtype, tolerance):
    a = np.concatenate([-np.linspace(0, 100, 20_001), -np.logspace(-30, 0, 1001), [-1e6]]).astype(dtype)
    qkv = np.zeros((len(a), 2, 3), dtype)                            # scores of step 1: a and 0
    qkv[:, 1, 0], qkv[:, 0, 1] = 1, a
    _, p = nn.kernels.attention_forward(qkv, 1, False)
    e = np.exp(a.astype(np.float64))
    np.testing.assert_allclose(p[:, 0, 1, 0], e / (1 + e), rtol=0, atol=tolerance)
    assert p[-1, 0, 1, 0] < 1e-20


def test_nan_is_not_hidden(rng):
    x = rng.standard_normal((2, 3, 4))
    x[1, 1, 0] = np.nan
    y = nn.SelfAttention(4, 2, causal=True, rng=rng).forward(x)
    assert np.isfinite(y[0]).all() and np.isnan(y[1, 1:]).all()


@settings(max_examples=25, deadline=None)
@given(N=st.integers(1, 3), T=st.integers(1, 5), heads=st.integers(1, 3), E=st.integers(1, 3), causal=st.booleans(),
       layer_class=st.sampled_from([nn.SelfAttention, nn.TransformerBlock]), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_shape_and_dtype_comes_back_as_it_should(N, T, heads, E, causal, layer_class, dtype):
    layer = layer_class(heads * E, heads, causal, dtype=dtype, rng=np.random.default_rng(0))
    x = np.linspace(-1, 1, N * T * heads * E, dtype=dtype).reshape(T, N, heads * E).swapaxes(0, 1)   # not contiguous
    y = layer.forward(x)
    dx = layer.backward(y)
    assert (y.shape, y.dtype, dx.shape, dx.dtype) == (x.shape, dtype, x.shape, dtype)
    for name, array, gradient in layer.parameters():
        assert (gradient.shape, gradient.dtype) == (array.shape, dtype), name


def test_a_causal_block_learns_to_say_what_it_saw_two_steps_ago(rng):
    x = rng.integers(0, 2, (64, 8))
    y = np.roll(x, 2, axis=1)
    y[:, :2] = 0
    places = np.broadcast_to(np.arange(8), x.shape)
    tokens = 2 * places + x                                          # each place has two tokens of its own
    net = nn.Sequential(nn.Embedding(16, 16, rng=rng), nn.TransformerBlock(16, 2, causal=True, rng=rng),
                        nn.Affine(16, 2, rng=rng))
    history = nn.fit(net, (tokens, y), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.Adam(0.01),
                     epochs=60, batch_size=16, rng=rng)
    assert history.accuracy[-1] > 0.99


@pytest.mark.parametrize("layer_class", [nn.SelfAttention, nn.TransformerBlock])
@pytest.mark.parametrize("x, words", [
    (np.zeros((2, 4)), r"x has shape \(2, 4\), expected \(N, T, 4\).\nGive every example as T steps of 4 numbers"),
    (np.zeros((2, 3, 5)), r"x has shape \(2, 3, 5\), expected \(N, T, 4\)"),
    (np.zeros((0, 3, 4)), "it is empty"),
    (np.zeros((2, 3, 4), np.float32), "x has dtype float32, expected float64"),
    ([[[1.0]]], "x is a list, expected a NumPy array"),
])
def test_bad_input_is_refused_with_advice(layer_class, x, words):
    with pytest.raises(ValueError, match=f"(?s){layer_class.__name__}.forward: .*" + words):
        layer_class(4, 2).forward(x)


@pytest.mark.parametrize("layer_class", [nn.SelfAttention, nn.TransformerBlock])
def test_the_heads_share_the_numbers_equally(layer_class):
    with pytest.raises(ValueError, match="D is 6, expected a multiple of heads, which is 4"):
        layer_class(6, 4)
    with pytest.raises(ValueError, match="heads is 0, expected a whole number of at least 1"):
        layer_class(6, 0)


@pytest.mark.parametrize("layer_class", [nn.SelfAttention, nn.TransformerBlock])
def test_backward_wants_forward_first_and_a_gradient_of_the_outputs_shape(layer_class):
    layer = layer_class(4, 2)
    with pytest.raises(RuntimeError, match="backward: nothing to go back through"):
        layer.backward(np.zeros((1, 2, 4)))
    layer.forward(np.zeros((1, 2, 4)))
    with pytest.raises(ValueError, match=r"backward: dy has shape \(2, 4\), expected \(1, 2, 4\)"):
        layer.backward(np.zeros((2, 4)))


def test_networks_of_sequences_survive_a_file(rng, tmp_path):
    net = nn.Sequential(nn.Embedding(5, 4, rng=rng), nn.TransformerBlock(4, 2, causal=True, rng=rng),
                        nn.RNN(4, 3, rng=rng), nn.LSTM(3, 3, rng=rng), nn.GRU(3, 2, rng=rng), nn.Affine(2, 5, rng=rng))
    net.save(tmp_path / "net.npz")
    x = rng.integers(0, 5, (2, 6))
    np.testing.assert_array_equal(nn.load(tmp_path / "net.npz").forward(x), net.forward(x))


def test_layers_are_written_as_they_are_made():
    assert repr(nn.SelfAttention(4, 2)) == "SelfAttention(4, 2)"
    assert repr(nn.TransformerBlock(4, 2, causal=True)) == "TransformerBlock(4, 2, causal=True)"
