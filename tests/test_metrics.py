"""Metrics: counts, rankings with ties, calibration and the error of a figure, against slow definitions and scikit-learn."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import metrics


@pytest.fixture
def answers(rng):
    """Labels of 3 classes, and predictions that are right in two thirds of all cases."""
    y = rng.integers(0, 3, 61)
    return np.where(rng.random(61) < 2 / 3, y, rng.integers(0, 3, 61)), y


@st.composite
def rankings(draw):
    """A few scores with many ties, and labels of both classes."""
    scores = draw(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=2, max_size=9))
    y = draw(st.lists(st.integers(0, 1), min_size=len(scores), max_size=len(scores)).filter(lambda y: len(set(y)) == 2))
    return np.array(scores), np.array(y)


def test_the_confusion_counts_right_classes_in_rows_and_predicted_ones_in_columns():
    np.testing.assert_array_equal(metrics.confusion([0, 2, 2, 0], [0, 1, 2, 1]), [[1, 0, 0], [1, 0, 1], [0, 0, 1]])


def test_a_class_that_nobody_has_and_nobody_predicts_gets_a_row_when_classes_says_so():
    counts = metrics.confusion(np.array([0, 1]), np.array([1, 1]), classes=4)
    assert counts.shape == (4, 4) and counts.sum() == 2


def test_confusion_precision_and_recall_are_those_of_scikit_learn(answers):
    from sklearn.metrics import confusion_matrix, precision_score, recall_score

    predicted, y = answers
    counts = metrics.confusion(predicted, y)
    np.testing.assert_array_equal(counts, confusion_matrix(y, predicted))
    np.testing.assert_allclose(metrics.precision_recall(counts), [score(y, predicted, average=None)
                                                                  for score in (precision_score, recall_score)])


def test_the_share_of_nothing_is_nan_and_says_so_without_a_warning():
    precision, recall = metrics.precision_recall([[2, 0], [1, 0]])
    np.testing.assert_array_equal(precision, [2 / 3, np.nan])
    np.testing.assert_array_equal(recall, [1, 0])


@given(rankings())
def test_the_auc_is_the_mean_over_all_pairs_with_one_half_for_a_tie(ranking):
    scores, y = ranking
    pairs = [(one > zero) + (one == zero) / 2 for one in scores[y == 1] for zero in scores[y == 0]]
    assert metrics.auc(scores, y) == pytest.approx(np.mean(pairs), abs=1e-12)


@given(rankings())
def test_the_auc_is_the_area_under_the_curve(ranking):
    false, true, _ = metrics.roc(*ranking)
    area = np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2)
    assert metrics.auc(*ranking) == pytest.approx(area, abs=1e-12)


@given(rankings(), st.randoms())
def test_the_order_of_examples_with_equal_scores_changes_nothing(ranking, random):
    order = list(range(len(ranking[0])))
    random.shuffle(order)
    np.testing.assert_array_equal(metrics.roc(*ranking), metrics.roc(*(each[order] for each in ranking)))


def test_the_curve_and_its_area_are_those_of_scikit_learn(rng):
    from sklearn.metrics import roc_auc_score, roc_curve

    scores, y = rng.integers(0, 12, 80) / 4, rng.integers(0, 2, 80)
    for ours, theirs in zip(metrics.roc(scores, y), roc_curve(y, scores, drop_intermediate=False)):
        np.testing.assert_allclose(ours, theirs)
    assert metrics.auc(scores, y) == pytest.approx(roc_auc_score(y, scores), abs=1e-12)


def test_equal_scores_for_all_are_worth_as_much_as_chance():
    assert metrics.auc(np.zeros(5), [0, 1, 1, 0, 1]) == 0.5


def test_the_curve_begins_at_nothing_and_ends_at_everything():
    false, true, threshold = metrics.roc(np.array([0.2, 0.7, 0.7]), [0, 1, 0])
    np.testing.assert_array_equal(false, [0, 0.5, 1])
    np.testing.assert_array_equal(true, [0, 1, 1])
    np.testing.assert_array_equal(threshold, [np.inf, 0.7, 0.2])


def test_calibration_compares_what_is_said_with_what_is_right_in_every_bin_that_holds_examples():
    p = np.array([[0.9, 0.1], [0.06, 0.94], [0.6, 0.4], [0.0, 1.0]])
    said, right, count = metrics.calibration(p, [0, 1, 1, 0])
    np.testing.assert_allclose(said, [0.6, (0.9 + 0.94 + 1) / 3])
    np.testing.assert_allclose(right, [0, 2 / 3])
    np.testing.assert_array_equal(count, [1, 3])
    assert metrics.calibration_error(p, [0, 1, 1, 0]) == pytest.approx(0.25 * 0.6 + 0.25 * (2.84 - 2))


def test_one_probability_for_each_example_is_that_of_class_1():
    said, right, count = metrics.calibration(np.array([0.1, 0.3, 0.9, 0.8]), [0, 1, 1, 1], bins=2)
    np.testing.assert_allclose(said, [0.2, 0.85])
    np.testing.assert_allclose(right, [0.5, 1])


def test_whoever_is_as_often_right_as_they_say_has_a_small_calibration_error(rng):
    p = rng.random(50_000)
    assert metrics.calibration_error(p, rng.random(50_000) < p) < 0.01
    assert metrics.calibration_error(p, rng.random(50_000) < p ** 3) > 0.2


def test_the_standard_error_is_the_spread_of_accuracies_on_new_examples(rng):
    assert metrics.standard_error(0.9, 100) == pytest.approx(0.03)
    accuracies = rng.binomial(400, 0.8, 20_000) / 400
    assert metrics.standard_error(0.8, 400) == pytest.approx(accuracies.std(), rel=0.02)


@pytest.mark.parametrize("call, message", [
    (lambda: metrics.confusion([0, 1], [0, 1, 1]), r"confusion: y has shape \(3,\), expected \(2,\)"),
    (lambda: metrics.confusion([0.0, 1.0], [0, 1]), "confusion: predicted has dtype float64, expected whole numbers.\nConv"),
    (lambda: metrics.confusion([0, -1], [0, 1]), r"predicted holds the label -1, expected 0 ... K-1"),
    (lambda: metrics.confusion([0, 1], [0, 3], classes=3), r"y holds the label 3, expected 0 ... 2"),
    (lambda: metrics.confusion([], np.zeros(0, int)), r"predicted has shape \(0,\), expected \(N,\)"),
    (lambda: metrics.precision_recall([1, 2]), r"counts has shape \(2,\), expected \(K, K\).\nMake it with"),
    (lambda: metrics.auc(np.array([0.1, np.nan]), [0, 1]), "auc: scores is nan at 1, expected numbers with an order.\nLook"),
    (lambda: metrics.auc(np.zeros((3, 2)), [0, 1, 1]), r"auc: scores has shape \(3, 2\), expected \(N,\).\nGive one"),
    (lambda: metrics.roc(np.zeros(2), [1, 1]), "roc: every label of y is 1, expected both 0 and 1.\nGive examples"),
    (lambda: metrics.calibration(np.array([0.2, 1.4]), [0, 1]), r"p holds numbers outside \[0, 1\], expected prob.*\nPut"),
    (lambda: metrics.calibration(np.array([0.2, np.nan]), [0, 1]), r"p holds numbers outside \[0, 1\]"),
    (lambda: metrics.calibration(np.full((2, 3), 1 / 3), [0, 3]), "y holds the label 3, expected 0 ... 2"),
    (lambda: metrics.standard_error(90, 100), "accuracy is 90.0, expected a fraction of 1.\nDivide percent by 100"),
])
def test_an_argument_that_does_not_fit_is_refused_with_advice(call, message):
    with pytest.raises(ValueError, match=message):
        call()
