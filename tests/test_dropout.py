"""Dropout: what it drops, what it keeps, and that it rests at test time."""
import numpy as np
import pytest

import nnlib as nn


def test_without_train_nothing_changes(rng):
    layer, x = nn.Dropout(0.9), rng.standard_normal((3, 4))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.75])
def test_in_training_a_fraction_p_is_zero_and_the_mean_stays(p, dtype, rng):
    y = nn.Dropout(p, rng=rng).forward(np.ones((400, 500), dtype), train=True)
    assert np.mean(y == 0) == pytest.approx(p, abs=0.005)
    np.testing.assert_allclose(y[y != 0], 1 / (1 - p), rtol=1e-6)
    assert y.mean() == pytest.approx(1, abs=0.01)
    assert y.dtype == dtype


def test_the_gradient_passes_exactly_where_the_input_did(rng):
    layer, x = nn.Dropout(0.5, rng=rng), rng.standard_normal((2, 3, 4))
    y = layer.forward(x, train=True)
    dy = rng.standard_normal(x.shape)
    np.testing.assert_allclose(layer.backward(dy), dy * (y / x), rtol=1e-14)


def test_every_forward_draws_anew_and_the_same_seed_draws_the_same():
    x = np.ones((5, 6))
    one, two = (nn.Dropout(0.5, rng=np.random.default_rng(3)) for _ in range(2))
    first = one.forward(x, train=True)
    np.testing.assert_array_equal(first, two.forward(x, train=True))
    assert not np.array_equal(first, one.forward(x, train=True))


def test_a_dropped_infinity_becomes_zero():
    y = nn.Dropout(0.5, rng=np.random.default_rng(0)).forward(np.full(50, np.inf), train=True)
    assert set(y) == {0, np.inf}


def test_gradcheck_in_training_draws_one_mask_for_all_its_calls_and_leaves_the_generator_where_it_was():
    layer, x = nn.Dropout(0.5, rng=np.random.default_rng(3)), np.ones((5, 6))
    net = nn.Sequential(nn.Affine(6, 4, rng=np.random.default_rng(4)), nn.Residual(layer))
    nn.gradcheck(net, x, train=True)
    nn.gradcheck(net, x, train=True, rng=layer.rng)
    same = nn.Dropout(0.5, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(layer.forward(x, train=True), same.forward(x, train=True))


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, np.nan, "0.5", None, [0.5]])
def test_a_probability_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match="Dropout: p is .*, expected a number from 0 to below 1"):
        nn.Dropout(p)


def test_repr_is_the_call_that_makes_the_layer():
    assert repr(nn.Dropout(0.25)) == "Dropout(0.25)"
