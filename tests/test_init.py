"""First values of weights: the spread that each rule promises."""
import numpy as np
import pytest

import nnlib as nn


@pytest.mark.parametrize("init", [nn.init.zeros, nn.init.small, nn.init.glorot, nn.init.he])
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 5, 2), (1, 1)])
def test_weights_have_the_shape_asked_for_and_the_same_seed_draws_the_same(init, shape):
    one, two = (init(shape, np.random.default_rng(3)) for _ in range(2))
    assert one.shape == shape
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("shape, fan_in, fan_out", [((300, 200), 200, 300), ((20, 30, 5, 4), 600, 400)])
def test_the_spread_follows_the_number_of_connections(shape, fan_in, fan_out, rng):
    assert nn.init.he(shape, rng).std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.03)
    w = nn.init.glorot(shape, rng)
    assert w.std() == pytest.approx(np.sqrt(2 / (fan_in + fan_out)), rel=0.03)
    assert np.abs(w).max() <= np.sqrt(6 / (fan_in + fan_out))


def test_zeros_are_zero_and_small_is_one_hundredth(rng):
    assert not nn.init.zeros((3, 4), rng).any()
    assert nn.init.small((200, 100), rng).std() == pytest.approx(0.01, rel=0.03)


def test_he_keeps_the_size_of_signals_through_relu_layers_and_small_loses_it(rng):
    x = rng.standard_normal((100, 200))
    for init, smallest, largest in ((nn.init.he, 0.3, 3), (nn.init.small, 0, 1e-3)):
        net = nn.Sequential(*[layer for _ in range(10) for layer in (nn.Affine(200, 200, init=init, rng=rng), nn.ReLU())])
        assert smallest < np.sqrt(np.mean(net.forward(x) ** 2)) < largest
