"""Optimisers and schedules take PyTorch's steps; clipping; what they refuse."""
import copy
from pathlib import Path

import numpy as np
import pytest

import nnlib as nn

TORCH = np.load(Path(__file__).parent / "data" / "torch_optimizers.npz")
OPTIMIZERS = {
    "SGD": lambda: nn.SGD(0.1),
    "SGD decay": lambda: nn.SGD(0.1, weight_decay=0.02),
    "SGD momentum": lambda: nn.SGD(0.1, momentum=0.9),
    "SGD momentum decay": lambda: nn.SGD(0.1, momentum=0.9, weight_decay=0.02),
    "SGD nesterov": lambda: nn.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.02),
    "SGD clipped": lambda: nn.SGD(0.1, clip_norm=2.0),
    "RMSProp": lambda: nn.RMSProp(),
    "RMSProp decay": lambda: nn.RMSProp(0.05, alpha=0.9, eps=1e-3, weight_decay=0.02),
    "Adam": lambda: nn.Adam(),
    "Adam decay": lambda: nn.Adam(0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.02),
    "AdamW": lambda: nn.AdamW(),
    "AdamW decay": lambda: nn.AdamW(0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2),
}
SCHEDULES = {
    "step_decay": nn.schedules.step_decay(0.2, every=5, factor=0.3),
    "cosine": nn.schedules.cosine(0.2, steps=11, last=0.01),
    "warm_up": nn.schedules.warm_up(0.2, steps=4),
}
EVERY = [nn.SGD, nn.RMSProp, nn.Adam, nn.AdamW]


class Parameters(nn.Layer):
    """Two parameters and no more, w (3, 2) and b (2,), all 0.5."""

    parameter_names = ("w", "b")

    def __init__(self, dtype=np.float64):
        self.w, self.b = np.full((3, 2), 0.5, dtype), np.full(2, 0.5, dtype)
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)

    def set_gradient(self, g):
        self.dw, self.db = g[:6].reshape(3, 2).astype(self.w.dtype), g[6:].astype(self.w.dtype)

    def flat(self):
        return np.concatenate([self.w.ravel(), self.b])


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 2e-5)])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_takes_the_steps_of_pytorch(name, dtype, rtol):
    optimizer, net = OPTIMIZERS[name](), Parameters(dtype)
    for gradient, expected in zip(TORCH["gradients"], TORCH[name]):
        net.set_gradient(gradient)
        optimizer.step(net)
        np.testing.assert_allclose(net.flat(), expected, rtol=rtol, atol=rtol)
    assert net.w.dtype == net.b.dtype == dtype


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_gives_the_learning_rates_of_pytorch(name):
    rates = [SCHEDULES[name](step) for step in range(len(TORCH[name]))]
    np.testing.assert_allclose(rates, TORCH[name], rtol=1e-12)


def test_the_optimiser_follows_its_schedule_one_step_at_a_time():
    optimizer, net, rates = nn.SGD(lambda step: 0.5 / (step + 1)), Parameters(), []
    for _ in range(3):
        rates.append(optimizer.learning_rate)
        net.set_gradient(np.ones(8))
        optimizer.step(net)
    assert rates == [0.5, 0.25, 0.5 / 3]
    np.testing.assert_allclose(net.flat(), 0.5 - sum(rates))


def test_schedules_combine_and_stay_at_their_end():
    rate = nn.schedules.warm_up(nn.schedules.cosine(0.4, steps=100, last=0.1), steps=10)
    assert rate(0) == pytest.approx(0.04)
    assert rate(50) == pytest.approx(0.25)
    assert rate(100) == rate(10_000) == 0.1


def test_the_learning_rate_can_be_set_between_steps():
    optimizer, net = nn.SGD(0.1), Parameters()
    optimizer.learning_rate = 0.25
    net.set_gradient(np.ones(8))
    optimizer.step(net)
    np.testing.assert_array_equal(net.flat(), 0.25)


@pytest.mark.parametrize("make", EVERY)
def test_a_step_leaves_the_gradients_as_they_are(make):
    optimizer, net = make(0.1, clip_norm=0.5, weight_decay=0.1), Parameters()
    net.set_gradient(TORCH["gradients"][0])
    optimizer.step(net)
    np.testing.assert_array_equal(np.concatenate([net.dw.ravel(), net.db]), TORCH["gradients"][0])


def test_clipping_leaves_a_small_gradient_alone_and_shortens_a_large_one_to_the_norm():
    for size, expected in ((0.1, 0.1), (100, 2.0)):
        net, g = Parameters(), np.random.default_rng(0).standard_normal(8)
        net.set_gradient(size * g / np.linalg.norm(g))
        nn.SGD(1.0, clip_norm=2.0).step(net)
        assert np.linalg.norm(net.flat() - 0.5) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("make", EVERY)
def test_training_lowers_the_loss(make, rng):
    x, y = nn.data.moons(100, rng=rng)
    net = nn.Sequential(nn.Affine(2, 8, rng=rng), nn.Tanh(), nn.Affine(8, 1, rng=rng))
    history = nn.fit(net, (x, y), loss=nn.BinaryCrossEntropy(), optimizer=make(0.02), epochs=20, batch_size=10, rng=rng)
    assert history.loss[-1] < 0.6 * history.loss[0]


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("name", ["learning_rate", "weight_decay", "clip_norm"])
@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "fast"])
def test_a_setting_out_of_range_is_refused_by_name(make, name, value):
    with pytest.raises(ValueError, match=f"{make.__name__}: {name} is .*, expected a finite number of at least 0"):
        make(**({"learning_rate": 0.1} | {name: value}))


@pytest.mark.parametrize("make, settings, message", [
    (nn.SGD, dict(learning_rate=0.1, nesterov=True), "nesterov=True needs momentum"),
    (nn.SGD, dict(learning_rate=0.1, momentum=-1), "momentum is -1"),
    (nn.RMSProp, dict(alpha=1.0), "alpha is 1.0, expected a number from 0 to below 1"),
    (nn.Adam, dict(betas=0.9), "expected a pair like"),
    (nn.Adam, dict(betas=(0.9, 1.0)), "betas is 1.0, expected a number from 0 to below 1"),
    (nn.AdamW, dict(betas=(0.9, 0.99, 0.999)), "expected a pair like"),
    (nn.AdamW, dict(eps=-1), "eps is -1")])
def test_settings_of_one_optimiser_are_checked_too(make, settings, message):
    with pytest.raises(ValueError, match=message):
        make(**settings)


@pytest.mark.parametrize("make, settings, message", [
    (nn.schedules.step_decay, dict(every=0), "every is 0, expected a whole number"),
    (nn.schedules.step_decay, dict(every=2, factor=-1), "factor is -1"),
    (nn.schedules.cosine, dict(steps=1.5), "steps is 1.5"),
    (nn.schedules.warm_up, dict(steps=None), "steps is None")])
def test_settings_of_a_schedule_are_checked(make, settings, message):
    with pytest.raises(ValueError, match=message):
        make(0.1, **settings)


def test_a_schedule_that_gives_no_number_is_refused_at_its_step():
    with pytest.raises(ValueError, match="SGD: learning_rate is None"):
        nn.SGD(lambda step: None).step(Parameters())


@pytest.fixture(params=EVERY, ids=lambda make: make.__name__)
def stepped(request):
    """An optimiser after one step, its network with new gradients, and a check that a refused step changes nothing."""
    optimizer, net = request.param(0.1), Parameters()
    net.set_gradient(np.ones(8))
    optimizer.step(net)
    net.set_gradient(np.full(8, 2.0))
    before = net.w.copy(), optimizer.steps, copy.deepcopy(optimizer._memory)

    def refused(message):
        with pytest.raises(ValueError, match=message):
            optimizer.step(net)
        np.testing.assert_equal((net.w, optimizer.steps, optimizer._memory), before)

    return optimizer, net, refused


@pytest.mark.parametrize("db", [np.zeros((2, 1)), np.zeros(2, np.float32), np.zeros(3)])
def test_a_gradient_that_does_not_fit_its_parameter_is_refused_and_nothing_is_changed(stepped, db):
    _, net, refused = stepped
    net.db = db
    refused(r"the gradient of b is .*, expected float64 of shape \(2,\)")


def test_a_second_parameter_of_another_size_than_before_is_refused_and_nothing_is_changed(stepped):
    _, net, refused = stepped
    net.b, net.db = np.zeros(4), np.zeros(4)
    refused("b has 4 entries of float64, and had 2 of float64 before")


def test_a_parameter_that_an_update_could_not_change_is_refused_and_nothing_is_changed(stepped):
    _, net, refused = stepped
    b = net.b
    net.b = np.zeros(4)[::2]
    refused("b is not contiguous")
    net.b = b.copy()
    net.b.flags.writeable = False
    refused("b is not contiguous in memory .*, or is read-only")


@pytest.mark.parametrize("make", EVERY)
def test_a_parameter_of_whole_numbers_is_refused_and_nothing_is_changed(make):
    optimizer, net = make(0.1), Parameters()
    net.b, net.db = np.zeros(2, np.int64), np.zeros(2, np.int64)
    net.dw = np.ones((3, 2))
    with pytest.raises(ValueError, match="b is int64, expected float32 or float64"):
        optimizer.step(net)
    np.testing.assert_array_equal(net.w, 0.5)
    assert optimizer.steps == 0


def test_a_refused_first_step_leaves_the_optimiser_as_new():
    optimizer, net = nn.Adam(0.1), Parameters()
    net.db = np.zeros(3)
    with pytest.raises(ValueError, match="the gradient of b"):
        optimizer.step(net)
    assert optimizer.steps == 0
    optimizer.step(nn.Affine(3, 4))              # another w than that of the refused step: nothing of it was kept


@pytest.mark.parametrize("make", EVERY)
def test_an_optimiser_refuses_a_network_of_other_sizes(make):
    optimizer, other = make(0.1), nn.Affine(3, 4)
    optimizer.step(Parameters())
    with pytest.raises(ValueError, match="w has 12 entries of float64, and had 6 .*\nMake a new optimizer"):
        optimizer.step(other)


def test_an_optimiser_of_ones_own_needs_an_update_only(rng):
    class SignDescent(nn.optim.Optimizer):
        memories = 0

        def update(self, w, dw, learning_rate):
            w -= learning_rate * np.sign(dw)

    net = Parameters()
    net.set_gradient(TORCH["gradients"][0])
    SignDescent(0.25, clip_norm=None).step(net)
    np.testing.assert_array_equal(net.flat(), 0.5 - 0.25 * np.sign(TORCH["gradients"][0]))
