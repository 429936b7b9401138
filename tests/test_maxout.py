"""Maxout: the largest of several affine pieces."""
import numpy as np
import pytest

import nnlib as nn


@pytest.mark.parametrize("pieces", [1, 2, 3])
@pytest.mark.parametrize("N", [1, 5])
def test_every_entry_of_every_gradient_agrees_with_central_differences(N, pieces, rng):
    nn.gradcheck(nn.Maxout(3, 4, pieces, rng=rng), rng.standard_normal((N, 3)))


def test_one_piece_is_an_affine_layer(rng):
    maxout, affine = nn.Maxout(3, 4, 1, rng=rng), nn.Affine(3, 4)
    affine.w = maxout.w[0]
    x = rng.standard_normal((5, 3))
    np.testing.assert_allclose(maxout.forward(x), affine.forward(x), rtol=1e-14)


def test_two_pieces_can_be_a_rectifier_and_the_absolute_value():
    maxout = nn.Maxout(1, 2, 2)
    maxout.w[...] = [[[1], [1]], [[0], [-1]]]
    np.testing.assert_array_equal(maxout.forward(np.array([[-3.0], [2.0]])), [[0, 3], [2, 2]])


def test_of_equal_pieces_the_first_gets_the_gradient():
    maxout = nn.Maxout(2, 1, 2, init=nn.init.zeros)
    maxout.forward(np.array([[1.0, 2.0]]))
    maxout.backward(np.ones((1, 1)))
    np.testing.assert_array_equal(maxout.dw, [[[1, 2]], [[0, 0]]])
    np.testing.assert_array_equal(maxout.db, [[1], [0]])


def test_pieces_are_drawn_apart_and_as_wide_as_those_of_an_affine_layer(rng):
    w = nn.Maxout(300, 100, 2, rng=rng).w
    assert not np.allclose(w[0], w[1])
    assert np.abs(w).max() <= np.sqrt(6 / 400)
    assert np.abs(w).max() == pytest.approx(np.sqrt(6 / 400), rel=1e-3)


def test_nan_stays_nan(rng):
    assert np.isnan(nn.Maxout(2, 3, 2, rng=rng).forward(np.array([[np.nan, 1.0]]))).all()


def test_repr_is_the_call_that_makes_the_layer():
    assert repr(nn.Maxout(3, 4, 2)) == "Maxout(3, 4, pieces=2)"
