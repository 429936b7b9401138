"""Embedding: rows for tokens, gradients that gather in them, and no token without a row."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn


def test_every_gradient_of_the_layer_is_that_of_finite_differences(rng):
    errors = nn.gradcheck(nn.Embedding(5, 3, rng=rng), np.array([[4, 0, 2, 2], [2, 1, 4, 2]]))
    assert list(errors) == ["w"]                                     # tokens have no gradient


def test_each_token_is_replaced_by_its_row(rng):
    layer = nn.Embedding(5, 3, rng=rng)
    x = np.array([[4, 0], [4, 1]])
    np.testing.assert_array_equal(layer.forward(x), layer.w[x])


def test_it_is_a_layer_without_bias_on_one_hot_rows(rng):
    layer, x = nn.Embedding(6, 4, rng=rng), rng.integers(0, 6, (3, 5))
    np.testing.assert_allclose(layer.forward(x), np.eye(6)[x] @ layer.w, rtol=1e-15)


def test_a_row_whose_token_is_absent_has_no_gradient_and_a_repeated_one_the_sum(rng):
    layer, dy = nn.Embedding(4, 2, rng=rng), rng.standard_normal((1, 3, 2))
    layer.forward(np.array([[1, 3, 1]]))
    assert layer.backward(dy) is None
    np.testing.assert_allclose(layer.dw, [[0, 0], dy[0, 0] + dy[0, 2], [0, 0], dy[0, 1]])


@settings(max_examples=25, deadline=None)
@given(N=st.integers(1, 4), T=st.integers(1, 5), V=st.integers(1, 9), D=st.integers(1, 4),
       dtype=st.sampled_from([np.float32, np.float64]), tokens=st.sampled_from([np.uint8, np.int32, np.int64]))
def test_any_shape_and_dtype_comes_back_as_it_should(N, T, V, D, dtype, tokens):
    layer = nn.Embedding(V, D, dtype=dtype, rng=np.random.default_rng(0))
    h = layer.forward(np.full((T, N), V - 1, tokens).T)
    layer.backward(h)
    assert (h.shape, h.dtype, layer.dw.shape, layer.dw.dtype) == ((N, T, D), dtype, (V, D), dtype)


@pytest.mark.parametrize("x, words", [
    (np.array([[0, 1], [5, 1]]), r"x holds the token 5 at \[1, 0\], expected 0 ... 4.\nCount tokens from 0"),
    (np.array([[0, -1]]), r"x holds the token -1 at \[0, 1\], expected 0 ... 4"),
    (np.array([[0.0, 1.0]]), "x has dtype float64, expected whole numbers"),
    (np.array([[True]]), "x has dtype bool, expected whole numbers"),
    (np.array([0, 1]), r"x has shape \(2,\), expected \(N, T\).*\n.*pass x\[None\]"),
    (np.zeros((2, 0), int), r"x has shape \(2, 0\), expected \(N, T\), at least one token"),
])
def test_bad_tokens_are_refused_with_advice(x, words):
    with pytest.raises(ValueError, match="Embedding.forward: " + words):
        nn.Embedding(5, 3).forward(x)


def test_backward_wants_forward_first_and_a_gradient_of_the_outputs_shape():
    layer = nn.Embedding(5, 3)
    with pytest.raises(RuntimeError, match="Embedding.backward: nothing to go back through"):
        layer.backward(np.zeros((1, 2, 3)))
    layer.forward(np.array([[0, 1]]))
    with pytest.raises(ValueError, match=r"Embedding.backward: dy has shape \(1, 2\), expected \(1, 2, 3\)"):
        layer.backward(np.zeros((1, 2)))


def test_a_model_of_characters_learns_the_tiny_text(rng):
    text = nn.data.tiny_text()
    letters = sorted(set(text))
    tokens = np.array([letters.index(letter) for letter in text])
    x, y = tokens[:-1][:1760].reshape(55, 32), tokens[1:][:1760].reshape(55, 32)
    V = len(letters)
    assert (len(text), V) == (1764, 36)
    net = nn.Sequential(nn.Embedding(V, 16, rng=rng), nn.GRU(16, 48, rng=rng), nn.Affine(48, V, rng=rng))
    history = nn.fit(net, (x, y), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.Adam(0.01), epochs=30, batch_size=11, rng=rng)
    assert history.loss[0] > 2.5 and history.loss[-1] < 1.5          # nats per character; one of 36 by chance is 3.58
