"""Losses: values known by hand, extreme scores, and which targets they refuse."""
import numpy as np
import pytest

import nnlib as nn

REGRESSION = [nn.MeanSquaredError, nn.MeanAbsoluteError]


@pytest.mark.parametrize("loss", [nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy()])
@pytest.mark.parametrize("shape", [(1,), (5,), (5, 1), (4, 3)])
def test_the_gradient_agrees_with_central_differences_and_has_the_shape_of_the_predictions(loss, shape, rng):
    x = rng.standard_normal(shape)
    nn.gradcheck(loss, x + 0.1 * np.sign(x), y=np.zeros(shape))
    assert loss.backward().shape == shape


@pytest.mark.parametrize("shape", [(1, 2), (5, 3), (4, 1)])
def test_the_softmax_gradient_agrees_with_central_differences(shape, rng):
    nn.gradcheck(nn.SoftmaxCrossEntropy(), rng.standard_normal(shape), y=rng.integers(0, shape[1], shape[0]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_loss_is_a_float_and_its_gradient_has_the_dtype_of_the_predictions(dtype):
    for loss in (nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy()):
        assert type(loss.forward(np.array([0.5, 2.0], dtype), np.array([0, 1]))) is float
        assert loss.backward().dtype == dtype
    loss = nn.SoftmaxCrossEntropy()
    assert type(loss.forward(np.zeros((2, 3), dtype), np.array([0, 1]))) is float
    assert loss.backward().dtype == dtype


def test_values_known_by_hand():
    y_hat, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [3.0, 7.0]])
    assert nn.MeanSquaredError().forward(y_hat, y) == (4 + 9) / 4
    assert nn.MeanAbsoluteError().forward(y_hat, y) == (2 + 3) / 4
    assert nn.BinaryCrossEntropy().forward(np.zeros(3), np.array([0, 1, 1])) == pytest.approx(np.log(2))
    assert nn.SoftmaxCrossEntropy().forward(np.zeros((3, 10)), np.array([0, 9, 4])) == pytest.approx(np.log(10))


def test_the_worked_example_of_logistic_regression_comes_out():
    x = np.array([[1, 0.5, -0.35], [1, -0.1, 0.1], [1, -1.2, 1]])
    y, w = np.array([0, 0, 1]), np.array([0.0, -1.0, 1.0])
    loss = nn.BinaryCrossEntropy()
    assert round(loss.forward(x @ w, y), 4) == 0.4197
    dw = loss.backward() @ x
    np.testing.assert_allclose(dw, [0.250, 0.071, -0.050], atol=5e-4)
    assert round(loss.forward(x @ (w - 3 * dw), y), 4) == 0.2577


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores_give_exact_finite_losses(dtype):
    scores = np.array([1e4, -1e4, 1e4, -1e4], dtype)
    assert nn.BinaryCrossEntropy().forward(scores, np.array([1, 0, 0, 1])) == 5000
    assert nn.SoftmaxCrossEntropy().forward(scores.reshape(2, 2), np.array([0, 1])) == 10000


@pytest.mark.parametrize("shape", [(1, 3), (4, 5), (2, 3, 4)])
def test_the_smoothed_loss_is_that_of_a_target_shared_out_and_its_gradient_is_the_numerical_one(shape, rng):
    scores, y = rng.standard_normal(shape), rng.integers(0, shape[-1], shape[:-1])
    p = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    target = 0.7 * np.eye(shape[-1])[y] + 0.3 / shape[-1]
    loss = nn.SoftmaxCrossEntropy(smoothing=0.3)
    assert loss.forward(scores, y) == pytest.approx(-np.mean(np.sum(target * np.log(p), axis=-1)))
    nn.gradcheck(loss, scores, y=y)


def test_the_smoothed_loss_is_smallest_where_the_probabilities_are_the_targets():
    loss, target = nn.SoftmaxCrossEntropy(smoothing=0.3), np.array([[0.1, 0.8, 0.1]])
    loss.forward(np.log(target), np.array([1]))
    np.testing.assert_allclose(loss.backward(), 0, atol=1e-15)


def test_smoothing_keeps_the_dtype_and_refuses_what_is_no_share(rng):
    loss = nn.SoftmaxCrossEntropy(smoothing=0.1)
    loss.forward(rng.standard_normal((2, 3)).astype(np.float32), np.array([0, 2]))
    assert loss.backward().dtype == np.float32
    with pytest.raises(ValueError, match="SoftmaxCrossEntropy: smoothing is 1.0, expected a number from 0 to below 1"):
        nn.SoftmaxCrossEntropy(smoothing=1.0)


def test_at_the_kink_the_absolute_error_has_gradient_zero():
    loss = nn.MeanAbsoluteError()
    loss.forward(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    np.testing.assert_array_equal(loss.backward(), [0, 0.5])


@pytest.mark.parametrize("loss", [nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy()])
def test_a_column_of_predictions_goes_with_a_vector_of_targets(loss, rng):
    y_hat, y = rng.standard_normal(4), np.array([0, 1, 1, 0])
    assert loss.forward(y_hat[:, None], y) == loss.forward(y_hat, y)


@pytest.mark.parametrize("loss", [nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy()])
@pytest.mark.parametrize("shape, target", [((4, 1), (1, 4)), ((4,), (4, 1)), ((4,), (3,)),
                                          ((4, 2), (8,)), ((4, 2), (4,)), ((4,), ())])
def test_targets_are_never_stretched_to_fit(loss, shape, target):
    with pytest.raises(ValueError, match="y has shape .*, expected .*\nGive one target for each prediction"):
        loss.forward(np.ones(shape), np.ones(target))


@pytest.mark.parametrize("loss", [nn.MeanSquaredError(), nn.MeanAbsoluteError(), nn.BinaryCrossEntropy()])
@pytest.mark.parametrize("bad, reason", [([1, np.nan], r"y is nan at \(1,\)"), ([np.inf, 1], r"y is inf at \(0,\)"),
                                         (["a", "b"], "expected numbers"), ([1j, 0], "expected numbers"),
                                         ([None, 1], "expected numbers")])
def test_targets_that_are_no_finite_numbers_are_refused(loss, bad, reason):
    with pytest.raises(ValueError, match=reason):
        loss.forward(np.zeros(2), np.array(bad))


def test_binary_labels_outside_0_and_1_are_refused():
    with pytest.raises(ValueError, match=r"labels outside \[0, 1\].*\n.*\(y \+ 1\) / 2"):
        nn.BinaryCrossEntropy().forward(np.zeros(2), np.array([-1, 1]))


@pytest.mark.parametrize("y, reason", [
    ([0, 3], r"holds the label 3, expected 0 \.\.\. 2"), ([0, -1], "holds the label -1"), ([0.0, 1.0], "y.astype"),
    ([0, np.nan], "has dtype float64"), ([True, False], "has dtype bool"), ([0], r"expected \(2,\)"),
    ([[0], [1]], r"expected \(2,\)"), ([[1, 0, 0], [0, 1, 0]], "y.argmax"), (["a", "b"], "expected whole numbers"),
    (1, r"expected \(2,\)")])
def test_class_labels_that_name_no_class_are_refused(y, reason):
    with pytest.raises(ValueError, match=reason):
        nn.SoftmaxCrossEntropy().forward(np.zeros((2, 3)), np.array(y))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_may_be_of_any_integer_dtype(dtype, rng):
    scores = rng.standard_normal((2, 3))
    loss = nn.SoftmaxCrossEntropy()
    assert loss.forward(scores, np.array([2, 1], dtype)) == loss.forward(scores, [2, 1])


def test_predictions_are_the_likelier_classes():
    np.testing.assert_array_equal(nn.BinaryCrossEntropy().predict(np.array([[-1.0], [0.0], [2.0]])), [0, 0, 1])
    np.testing.assert_array_equal(nn.SoftmaxCrossEntropy().predict(np.array([[1.0, 3.0], [2.0, 0.0]])), [1, 0])


def test_nan_scores_give_a_nan_loss():
    assert np.isnan(nn.BinaryCrossEntropy().forward(np.array([np.nan]), np.array([1])))
    assert np.isnan(nn.SoftmaxCrossEntropy().forward(np.array([[0.0, np.nan]]), np.array([0])))


def test_repr_is_the_call_that_makes_the_loss():
    for text in ("MeanSquaredError()", "MeanAbsoluteError()", "BinaryCrossEntropy()", "SoftmaxCrossEntropy()",
                 "SoftmaxCrossEntropy(smoothing=0.1)"):
        assert repr(eval(f"nn.{text}")) == text
