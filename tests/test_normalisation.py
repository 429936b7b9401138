"""Batch, layer and group normalisation: gradients of the layers, statistics, and PyTorch's running ones."""
import contextlib
from pathlib import Path

import numpy as np
import pytest

import nnlib as nn

TORCH = np.load(Path(__file__).parent / "data" / "torch_batch_norm.npz")


def with_random_parameters(layer, rng):
    """The layer with w and b away from 1 and 0, which hide mistakes."""
    layer.w[...], layer.b[...] = rng.uniform(0.5, 2, layer.M), rng.standard_normal(layer.M)
    return layer


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("shape", [(4, 3), (7, 3), (2, 3, 4, 5), (1, 3, 1, 4)])
def test_batch_norm_gradients_agree_with_central_differences_in_training_and_after(shape, train, rng):
    layer = with_random_parameters(nn.BatchNorm(3), rng)
    layer.running_mean[...], layer.running_variance[...] = rng.standard_normal(3), rng.uniform(0.5, 2, 3)
    nn.gradcheck(layer, rng.standard_normal(shape), train=train)


class Doubled(nn.BatchNorm):
    """BatchNorm with a gradient that is too large."""

    def backward(self, dy):
        return 2 * super().backward(dy)


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("make", [nn.BatchNorm, Doubled])
def test_gradcheck_leaves_the_running_statistics_as_they_were_also_after_an_error(make, train, rng):
    layer = make(3)
    net = nn.Sequential(nn.Residual(layer))
    before = {name: array.copy() for name, array in net.state().items()}
    with pytest.raises(nn.GradientError) if make is Doubled else contextlib.nullcontext():
        nn.gradcheck(net, 3 + rng.standard_normal((5, 3)), train=train)
    np.testing.assert_equal(net.state(), before)


def test_gradcheck_begins_every_call_with_the_same_statistics(rng):
    class Centred(nn.Layer):
        """What training has seen so far is taken off; the batch in hand counts from the next on."""

        statistic_names = ("seen",)

        def __init__(self):
            self.seen = np.zeros(3)

        def forward(self, x, train=False):
            y, self.seen = x - self.seen, x.mean(axis=0)
            return y

        def backward(self, dy):
            return dy

    layer = Centred()
    nn.gradcheck(layer, rng.standard_normal((5, 3)), train=True)
    np.testing.assert_array_equal(layer.seen, 0)


@pytest.mark.parametrize("shape", [(1, 3), (5, 3), (2, 4, 3), (3,)])
def test_layer_norm_gradients_agree_with_central_differences(shape, rng):
    nn.gradcheck(with_random_parameters(nn.LayerNorm(3), rng), rng.standard_normal(shape))


@pytest.mark.parametrize("shape, groups", [((1, 6), 1), ((4, 6), 2), ((2, 6, 2, 3), 3), ((2, 6, 1, 3), 6)])
def test_group_norm_gradients_agree_with_central_differences(shape, groups, rng):
    nn.gradcheck(with_random_parameters(nn.GroupNorm(6, groups), rng), rng.standard_normal(shape))


def test_one_group_is_layer_norm_and_each_channel_alone_is_batch_norm_of_one_example(rng):
    x, images, w, b = rng.standard_normal((5, 6)), rng.standard_normal((5, 6, 3, 4)), rng.standard_normal(6), np.arange(6.0)
    one, alone, layer, batch = nn.GroupNorm(6, 1), nn.GroupNorm(6, 6), nn.LayerNorm(6), nn.BatchNorm(6)
    for each in (one, alone, layer, batch):
        each.w[...], each.b[...] = w, b
    np.testing.assert_allclose(one.forward(x), layer.forward(x), rtol=1e-12, atol=1e-14)
    for n in range(5):
        np.testing.assert_allclose(alone.forward(images)[n:n + 1], batch.forward(images[n:n + 1], train=True),
                                   rtol=1e-10, atol=1e-12)


def test_group_norm_of_an_example_does_not_depend_on_the_others_nor_on_train(rng):
    layer, x = nn.GroupNorm(4, 2), rng.standard_normal((5, 4, 3, 3))
    np.testing.assert_allclose(layer.forward(x, train=True)[:1], layer.forward(x[:1]), rtol=1e-14)
    assert list(layer.state()) == ["w", "b"]


@pytest.mark.parametrize("M, groups, words", [
    (6, 4, r"GroupNorm: 6 channels and 4 groups, expected M to be a multiple of groups"),
    (6, 0, r"GroupNorm: groups is 0, expected a whole number of at least 1")])
def test_group_norm_refuses_groups_of_unequal_size(M, groups, words):
    with pytest.raises(ValueError, match=words):
        nn.GroupNorm(M, groups)


@pytest.mark.parametrize("shape", [(5, 3), (5, 3, 1, 1)])
def test_group_norm_refuses_groups_of_one_number(shape):
    with pytest.raises(ValueError, match="expected more than one number in each of the 3 groups.*\nTake fewer groups"):
        nn.GroupNorm(3, 3).forward(np.ones(shape))


@pytest.mark.parametrize("kind", ["units", "images"])
def test_batch_norm_takes_the_same_steps_as_pytorch(kind):
    layer = nn.BatchNorm(3)
    for step in range(3):
        x, dy = TORCH[f"{kind}/x"][step], TORCH[f"{kind}/dy"][step]
        np.testing.assert_allclose(layer.forward(x, train=True), TORCH[f"{kind}/y"][step], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(layer.backward(dy), TORCH[f"{kind}/dx"][step], rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(layer.running_mean, TORCH[f"{kind}/running_mean"][step], rtol=1e-12)
        np.testing.assert_allclose(layer.running_variance, TORCH[f"{kind}/running_var"][step], rtol=1e-12)
    np.testing.assert_allclose(layer.forward(x), TORCH[f"{kind}/y_test"], rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batch_norm_in_training_gives_every_channel_mean_0_and_variance_1(dtype, rng):
    y = nn.BatchNorm(2, dtype=dtype).forward((100 + 5 * rng.standard_normal((8, 2, 6, 7))).astype(dtype), train=True)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-4)
    assert y.dtype == dtype


def test_layer_norm_gives_every_example_mean_0_and_variance_1(rng):
    y = nn.LayerNorm(50).forward(3 + 2 * rng.standard_normal((4, 6, 50)))
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-13)
    np.testing.assert_allclose(y.var(axis=-1), 1, rtol=1e-4)


def test_constant_inputs_give_the_shift_and_no_nan():
    layer = nn.LayerNorm(4)
    layer.b[...] = 7
    np.testing.assert_array_equal(layer.forward(np.full((2, 4), 3.0)), 7)
    group = nn.GroupNorm(4, 2)
    group.b[...] = 7
    np.testing.assert_array_equal(group.forward(np.full((2, 4), 3.0)), 7)
    batch = nn.BatchNorm(4)
    np.testing.assert_array_equal(batch.forward(np.full((2, 4), 3.0), train=True), 0)
    assert np.isfinite(batch.backward(np.ones((2, 4)))).all()


def test_without_train_the_running_statistics_stay(rng):
    layer = nn.BatchNorm(3)
    layer.forward(rng.standard_normal((5, 3)))
    np.testing.assert_array_equal(layer.running_mean, 0)
    np.testing.assert_array_equal(layer.running_variance, 1)


def test_running_statistics_are_state_but_no_parameters():
    layer = nn.BatchNorm(3)
    assert [name for name, _, _ in layer.parameters()] == ["w", "b"]
    assert list(layer.state()) == ["w", "b", "running_mean", "running_variance"]


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1)])
def test_batch_norm_refuses_to_train_on_one_number_and_predicts_with_it(shape):
    with pytest.raises(ValueError, match="expected more than one number for each unit in training"):
        nn.BatchNorm(3).forward(np.ones(shape), train=True)
    assert nn.BatchNorm(3).forward(np.ones(shape)).shape == shape


@pytest.mark.parametrize("shape", [(5, 4), (5,), (5, 3, 2), (5, 4, 3, 3), (5, 3, 3, 3, 3)])
@pytest.mark.parametrize("layer", [nn.BatchNorm(3), nn.GroupNorm(3, 1)], ids=repr)
def test_a_norm_of_units_or_channels_names_the_shapes_it_takes(layer, shape):
    with pytest.raises(ValueError, match=r"Norm.forward: x has shape .*expected .*\n.*images \(N, 3, H, W\)"):
        layer.forward(np.ones(shape))


def test_repr_is_the_call_that_makes_the_layer():
    assert repr(nn.BatchNorm(3)) == "BatchNorm(3)"
    assert repr(nn.LayerNorm(3)) == "LayerNorm(3)"
    assert repr(nn.GroupNorm(6, 2)) == "GroupNorm(6, 2)"
