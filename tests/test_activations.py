"""Activation layers: what each is known for, at the kink and far out."""
import numpy as np
import pytest

import nnlib as nn

ACTIVATIONS = [nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.Softmax]
LARGE = 1e30


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_entry_of_the_gradient_agrees_with_central_differences(activation, rng):
    x = rng.standard_normal((2, 3, 4))
    nn.gradcheck(activation(), x + 0.1 * np.sign(x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_output_and_gradient_keep_dtype_and_shape(activation, dtype, rng):
    x = rng.standard_normal((1, 5)).astype(dtype)
    layer = activation()
    y = layer.forward(x)
    dx = layer.backward(np.ones_like(x))
    assert y.dtype == dx.dtype == dtype and y.shape == dx.shape == x.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation, left, right", [
    (nn.Sigmoid(), 0, 1), (nn.Tanh(), -1, 1), (nn.ReLU(), 0, LARGE), (nn.LeakyReLU(), -0.1 * LARGE, LARGE),
    (nn.LeakyReLU(0.3), -0.3 * LARGE, LARGE), (nn.ELU(), -1, LARGE), (nn.ELU(2.5), -2.5, LARGE), (nn.GELU(), 0, LARGE)])
def test_huge_scores_reach_the_limits_without_overflow(activation, left, right, dtype):
    h = activation.forward(np.array([-LARGE, LARGE], dtype))
    np.testing.assert_allclose(h, np.array([left, right], dtype), rtol=1e-6)
    assert np.isfinite(activation.backward(np.ones(2, dtype))).all()


@pytest.mark.parametrize("activation, slope", [(nn.ReLU(), 0), (nn.LeakyReLU(0.1), 0.1),
                         (nn.ELU(0.7), 0.7), (nn.GELU(), 0.5)])
def test_the_gradient_at_zero_is_that_of_pytorch(activation, slope):
    assert activation.forward(np.zeros(1)) == 0
    assert activation.backward(np.ones(1)) == pytest.approx(slope)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_nan_stays_nan(activation):
    assert np.isnan(activation().forward(np.array([np.nan, 1.0]))[0])


@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 3e-7), (np.float64, 3e-16)])
def test_gelu_and_elu_are_exact_to_rounding_everywhere(dtype, tolerance):
    from scipy.special import ndtr
    a = np.concatenate([sign * np.logspace(-8, 2, 500) for sign in (-1, 1)]).astype(dtype)
    exact = a.astype(np.float64)
    assert np.max(np.abs(nn.GELU().forward(a) - exact * ndtr(exact)) / np.maximum(np.abs(exact), 1)) < tolerance
    np.testing.assert_allclose(nn.ELU().forward(a), np.where(a > 0, exact, np.expm1(np.minimum(exact, 0))),
                               rtol=4 * tolerance)


def test_softmax_gives_a_distribution_for_every_row_and_keeps_the_order_of_the_scores(rng):
    x = 300 * rng.standard_normal((2, 3, 5))
    p = nn.Softmax().forward(x)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_array_equal(p.argmax(axis=-1), x.argmax(axis=-1))
    np.testing.assert_allclose(nn.Softmax().forward(x + 1000), p, rtol=1e-10)


def test_softmax_with_a_score_of_minus_infinity_gives_that_class_nothing():
    np.testing.assert_allclose(nn.Softmax().forward(np.array([[0.0, -np.inf, 0.0]])), [[0.5, 0, 0.5]])


@pytest.mark.parametrize("make, name", [(nn.LeakyReLU, "slope"), (nn.ELU, "alpha")])
@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "0.1", None, [0.1]])
def test_a_setting_out_of_range_is_refused_by_name(make, name, value):
    with pytest.raises(ValueError, match=rf"{make.__name__}: {name} is .*, expected a finite number of at least 0"):
        make(value)


def test_repr_is_the_call_that_makes_the_layer():
    for text in ("Sigmoid()", "Tanh()", "ReLU()", "LeakyReLU(0.1)", "ELU(1)", "GELU()", "Softmax()"):
        assert repr(eval(f"nn.{text}")) == text
