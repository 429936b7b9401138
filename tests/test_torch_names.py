"""Parameters under PyTorch's names: the networks of the course against what PyTorch computed; layers there and back."""
import json
from pathlib import Path

import numpy as np
import pytest

import nnlib as nn
from benchmarks import course_networks as course
from nnlib import torch_names
from nnlib.compiling import warm

RECORD = json.loads((Path(__file__).parents[1] / "benchmarks" / "results" / "frameworks.json").read_text(encoding="utf-8"))
NETWORKS = RECORD["networks"]


def recurrent(name):
    """A recurrent layer whose biases are not 0, and a batch."""
    return course.network(name).layers[1], np.random.default_rng(2).standard_normal((3, 5, 6))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_has_the_names_and_the_shapes_of_its_twin(name):
    shapes = {key: list(array.shape) for key, array in torch_names.state_dict(course.network(name)).items()}
    assert shapes == NETWORKS[name]["shapes"]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_gives_the_outputs_of_its_twin(name):
    net, (x, _) = course.network(name), course.batch(name)
    np.testing.assert_allclose(net.forward(x, train=True)[0].ravel(), NETWORKS[name]["first_output"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("optimizer", course.OPTIMIZERS)
@pytest.mark.parametrize("name", NETWORKS)
def test_ten_steps_of_a_network_have_the_losses_of_its_twin(name, optimizer):
    losses = course.train(course.network(name), name, optimizer)
    theirs = NETWORKS[name]["optimizers"][optimizer]["losses"]
    np.testing.assert_allclose(losses, theirs, rtol=0, atol=1e-10)      # steps enlarge what another processor rounds


@pytest.mark.parametrize("name", course.RECURRENT)
@pytest.mark.parametrize("optimizer", course.OPTIMIZERS)
def test_with_both_biases_free_a_twin_goes_other_ways(name, optimizer):
    free = RECORD["both_biases_free"][name][optimizer]["losses"]
    losses = course.train(course.network(name), name, optimizer)
    assert losses[0] == pytest.approx(free[0], abs=1e-12)
    assert abs(losses[-1] - free[-1]) > 1e-4


@pytest.mark.parametrize("name", ["rnn", "lstm"])
@pytest.mark.parametrize("optimizer", ["momentum", "Nesterov", "RMSProp"])
def test_both_biases_of_a_twin_free_are_our_bias_with_twice_its_step(name, optimizer, monkeypatch):
    """Chapter 15 says so. With weight decay it is not so: that of the sum is the sum of the decays."""
    net, by = course.network(name), course.optimizer(optimizer)
    step, layer = by.step, net.layers[1]

    def twice(net):
        before = layer.b.copy()
        step(net)
        layer.b += layer.b - before

    by.step = twice
    monkeypatch.setattr(course, "optimizer", lambda name: by)
    losses = course.train(net, name, optimizer)
    np.testing.assert_allclose(losses, RECORD["both_biases_free"][name][optimizer]["losses"], rtol=0, atol=1e-10)


def test_what_was_recorded_as_equal_is_equal():
    for numbers in NETWORKS.values():
        assert max(numbers["output_difference"], numbers["loss_difference"], numbers["gradient_difference"]) < 1e-13
        for steps in numbers["optimizers"].values():
            assert max(steps["difference"], steps["loss_difference"]) < 1e-12


@pytest.mark.parametrize("name", warm.LAYERS)
def test_every_layer_is_the_same_after_the_way_there_and_back_or_refused_by_name(name, rng):
    layer, other = (warm.LAYERS[name](np.float64)[0] for _ in range(2))
    for array in layer.state().values():
        array += rng.standard_normal(array.shape)
    try:
        state = torch_names.state_dict(layer)
    except ValueError as error:
        assert type(layer) not in torch_names.NAMES and f"{layer!r} has no twin" in str(error)
        return
    torch_names.load_state_dict(other, state)
    for key, array in layer.state().items():
        np.testing.assert_array_equal(other.state()[key], array)


def test_a_layer_that_pytorch_does_not_have_is_refused_by_name():
    for use in (torch_names.state_dict, torch_names.gradients):
        with pytest.raises(ValueError, match=r"Maxout\(.*\) has no twin in PyTorch, expected one of Affine.*\n.*by hand"):
            use(nn.Sequential(nn.Maxout(3, 4, 2)))


def test_a_language_model_has_the_names_of_a_twin_that_adds_rows_of_an_embedding(rng):
    net = nn.Sequential(nn.Embedding(7, 6, rng=rng), nn.LearnedPositions(5, 6, rng=rng), nn.SinusoidalPositions(),
                        nn.TransformerBlock(6, 2, causal=True, rng=rng), nn.Affine(6, 7, rng=rng))
    state = torch_names.state_dict(net)
    assert state.keys() >= {"0.weight", "1.weight", "3.self_attn.in_proj_weight", "4.bias"}
    np.testing.assert_array_equal(state["1.weight"], net.layers[1].w)
    assert not any(name.startswith("2.") for name in state)             # computed, not learned


def test_what_is_given_is_a_copy(rng):
    layer = nn.Affine(3, 2, rng=rng)
    for given in (torch_names.state_dict(layer), torch_names.gradients(layer)):
        for array in given.values():
            array += 1
    assert not layer.b.any() and not layer.db.any()


@pytest.mark.parametrize("name", course.RECURRENT)
def test_only_the_sum_of_two_biases_counts(name, rng):
    layer, x = recurrent(name)
    y, state = layer.forward(x), torch_names.state_dict(layer)
    moved = rng.standard_normal(len(layer.b))
    if name == "gru":
        moved[2 * layer.M:] = 0                         # inside the reset gate it is another bias
    state["bias_ih_l0"] += moved
    state["bias_hh_l0"] -= moved
    torch_names.load_state_dict(layer, state)
    np.testing.assert_allclose(layer.forward(x), y, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", course.RECURRENT)
@pytest.mark.parametrize("bias", ["bias_ih_l0", "bias_hh_l0"])
def test_the_gradient_of_each_bias_is_the_numerical_one(name, bias, rng):
    layer, x = recurrent(name)
    state = torch_names.state_dict(layer)
    dy = rng.standard_normal(layer.forward(x).shape)
    layer.backward(dy)

    def weighted_sum(b):
        torch_names.load_state_dict(layer, state | {bias: b})
        return np.sum(dy * layer.forward(x))

    found = torch_names.gradients(layer)[bias]
    np.testing.assert_allclose(found, nn.numerical_gradient(weighted_sum, state[bias].copy()), rtol=0, atol=1e-7)


@pytest.mark.parametrize("change, message", [
    (lambda state: state.pop("0.bias"), r"missing are \['0.bias'\], unknown \[\]; expected the names of .*\n.*rename"),
    (lambda state: state.update({"2.bias": np.zeros(4)}), r"missing are \[\], unknown \['2.bias'\]"),
    (lambda state: state.update({"0.weight": np.zeros((3, 4))}), r"0.weight has shape \(3, 4\), expected \(4, 3\).\n"),
])
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, message, rng):
    net = nn.Sequential(nn.Affine(3, 4, rng=rng), nn.Tanh())
    before = net.layers[0].w.copy()
    state = {key: array + 1 for key, array in torch_names.state_dict(net).items()}
    change(state)
    with pytest.raises(ValueError, match=message):
        torch_names.load_state_dict(net, state)
    np.testing.assert_array_equal(net.layers[0].w, before)
