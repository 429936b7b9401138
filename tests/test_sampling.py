"""Sampling: temperature, top-k and top-p against their definitions, draws against their probabilities, and writing."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib as nn
from nnlib import sampling

SCORES = np.log([0.5, 0.3, 0.15, 0.05])


def test_the_temperature_raises_each_probability_to_a_power():
    p = np.array([0.5, 0.3, 0.15, 0.05])
    for temperature in (0.25, 1.0, 3.0):
        power = p ** (1 / temperature)
        np.testing.assert_allclose(sampling.probabilities(SCORES, temperature=temperature), power / power.sum())


def test_top_k_keeps_the_likeliest_and_divides_by_what_is_left():
    np.testing.assert_allclose(sampling.probabilities(SCORES, top_k=2), [0.625, 0.375, 0, 0])
    np.testing.assert_allclose(sampling.probabilities(SCORES, top_k=9), np.exp(SCORES))


@pytest.mark.parametrize("top_p, kept", [(0.4, 1), (0.6, 2), (0.81, 3), (0.96, 4), (1.0, 4)])
def test_top_p_keeps_the_fewest_symbols_that_make_up_the_share(top_p, kept):
    p = sampling.probabilities(SCORES, top_p=top_p)
    np.testing.assert_array_equal(p > 0, np.arange(4) < kept)
    np.testing.assert_allclose(p[:kept], np.exp(SCORES[:kept]) / np.exp(SCORES[:kept]).sum())


def test_with_both_the_share_is_one_of_what_top_k_has_left():
    assert np.count_nonzero(sampling.probabilities(SCORES, top_k=2, top_p=0.6)) == 1     # 0.5 is 62.5 % of 0.8


def test_the_cut_happens_after_the_temperature():
    assert np.count_nonzero(sampling.probabilities(SCORES, temperature=0.3, top_p=0.8)) == 1
    assert np.count_nonzero(sampling.probabilities(SCORES, temperature=3.0, top_p=0.8)) == 3


def test_of_equally_likely_symbols_exactly_k_are_kept_the_first_ones():
    np.testing.assert_array_equal(sampling.probabilities(np.zeros((2, 5)), top_k=2), [[0.5, 0.5, 0, 0, 0]] * 2)


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=9), st.floats(0.05, 10), st.integers(1, 9), st.floats(0.01, 1))
def test_whatever_the_settings_probabilities_sum_to_one_and_the_likeliest_stays(scores, temperature, top_k, top_p):
    p = sampling.probabilities(scores, temperature=temperature, top_k=top_k, top_p=top_p)
    assert p.sum() == pytest.approx(1)
    assert 1 <= np.count_nonzero(p) <= top_k
    assert p[np.argmax(scores)] == p.max()


def test_draws_come_as_often_as_their_probabilities_say(rng):
    drawn = nn.sample(np.tile(SCORES, (40_000, 1)), temperature=2.0, rng=rng)
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 40_000, sampling.probabilities(SCORES, temperature=2.0),
                               atol=0.01)


def test_what_is_cut_off_is_never_drawn(rng):
    assert set(nn.sample(np.zeros((1000, 6)), top_k=3, rng=rng)) == {0, 1, 2}
    assert nn.sample(SCORES, top_k=1, rng=rng) == 0


def test_rows_are_drawn_alone_and_keep_their_shape(rng):
    scores = np.full((2, 3, 5), -50.0)
    for place in np.ndindex(2, 3):
        scores[(*place, sum(place))] = 50.0
    np.testing.assert_array_equal(nn.sample(scores, rng=rng), [[0, 1, 2], [1, 2, 3]])


@pytest.mark.parametrize("settings, words", [
    ({"temperature": 0}, "temperature is 0, expected a number above 0"), ({"temperature": -1}, "temperature is -1"),
    ({"top_k": 0}, "top_k is 0"), ({"top_k": 2.5}, "top_k is 2.5"), ({"top_p": 0}, "top_p is 0"),
    ({"top_p": 1.5}, "top_p is 1.5, expected a share above 0")])
def test_a_setting_outside_its_range_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        sampling.probabilities(SCORES, **settings)


@pytest.mark.parametrize("scores, words", [([0.0, np.nan], "NaN or infinity"), ([0.0, np.inf], "NaN or infinity"),
                                           (3.0, r"shape \(\), expected \(\.\.\., V\)")])
def test_scores_that_are_none_are_refused(scores, words):
    with pytest.raises(ValueError, match=words):
        sampling.probabilities(scores)


class Counter(nn.Layer):
    """A model that is sure of the next token: one more than the last. It keeps how much it was given to read."""

    def forward(self, x, train=False):
        self.read = x.shape
        return 100.0 * np.eye(10)[(x + 1) % 10]


def test_a_model_goes_on_from_each_beginning(rng):
    written = nn.generate(Counter(), [[1, 2], [7, 8]], 4, rng=rng)
    np.testing.assert_array_equal(written, [[1, 2, 3, 4, 5, 6], [7, 8, 9, 0, 1, 2]])


def test_a_model_reads_no_more_than_its_context(rng):
    counter = Counter()
    nn.generate(counter, [[1, 2, 3, 4, 5]], 3, context=4, rng=rng)
    assert counter.read == (1, 4)
    nn.generate(counter, [[1, 2, 3, 4, 5]], 3, rng=rng)
    assert counter.read == (1, 7)


def test_the_same_seed_writes_the_same(rng):
    net = nn.Sequential(nn.Embedding(7, 4, rng=rng), nn.Affine(4, 7, rng=rng))
    first, again = (nn.generate(net, [[1]], 20, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_a_beginning_that_is_no_table_of_tokens_is_refused():
    with pytest.raises(ValueError, match=r"tokens has shape \(3,\), expected \(N, T\)"):
        nn.generate(Counter(), [1, 2, 3], 2)
