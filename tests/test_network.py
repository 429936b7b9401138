"""Sequential and Residual: layers put together are a layer."""
import numpy as np
import pytest

import nnlib as nn


def network(rng):
    return nn.Sequential(nn.Affine(3, 5, rng=rng), nn.Tanh(),
                         nn.Residual(nn.Affine(5, 4, rng=rng), nn.Sigmoid(), nn.Affine(4, 5, rng=rng)),
                         nn.Affine(5, 2, rng=rng))


@pytest.mark.parametrize("N", [1, 4])
def test_every_gradient_of_a_nested_network_agrees_with_central_differences(N, rng):
    errors = nn.gradcheck(network(rng), rng.standard_normal((N, 3)))
    assert list(errors) == ["x", "0.w", "0.b", "2.0.w", "2.0.b", "2.2.w", "2.2.b", "3.w", "3.b"]


def test_sequential_applies_its_layers_in_order(rng):
    one, two, x = nn.Affine(3, 4, rng=rng), nn.Affine(4, 2, rng=rng), rng.standard_normal((5, 3))
    np.testing.assert_array_equal(nn.Sequential(one, nn.ReLU(), two).forward(x), two.forward(np.maximum(one.forward(x), 0)))


def test_residual_adds_its_input_to_what_its_layers_compute(rng):
    inside, x = nn.Affine(3, 3, rng=rng), rng.standard_normal((5, 3))
    np.testing.assert_array_equal(nn.Residual(inside).forward(x), x + inside.forward(x))


def test_a_residual_of_weight_zero_lets_signal_and_gradient_through_unchanged(rng):
    layer, x = nn.Residual(nn.Affine(3, 3, init=nn.init.zeros), nn.Tanh()), rng.standard_normal((5, 3))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)


@pytest.mark.parametrize("outer", [nn.Sequential, nn.Residual])
def test_train_reaches_every_layer_inside(outer):
    x = np.ones((20, 10))
    net = outer(nn.Sequential(nn.Dropout(0.5, rng=np.random.default_rng(0))))
    assert not np.array_equal(net.forward(x, train=True), net.forward(x))


def test_parameters_are_the_arrays_themselves(rng):
    net = network(rng)
    assert net.parameters()[2][1] is net.layers[2].layers[0].w


def test_a_residual_that_changes_the_shape_is_refused(rng):
    with pytest.raises(ValueError, match=r"the layers turn shape \(5, 3\) into \(5, 1\), expected the same shape"):
        nn.Residual(nn.Affine(3, 1, rng=rng)).forward(np.ones((5, 3)))


@pytest.mark.parametrize("outer", [nn.Sequential, nn.Residual])
@pytest.mark.parametrize("wrong, advice", [
    (nn.ReLU, r"Write ReLU\(\.\.\.\) to make one"), ([nn.ReLU()], "Give layers one by one"),
    (np.tanh, "Give layers one by one"), (None, "Give layers one by one")])
def test_what_is_no_layer_is_refused_by_its_position(outer, wrong, advice):
    with pytest.raises(TypeError, match=rf"{outer.__name__}: argument 1 is .*, expected a layer\.\n{advice}"):
        outer(nn.Tanh(), wrong)


@pytest.mark.parametrize("outer", [nn.Sequential, nn.Residual])
def test_a_loss_is_refused_with_the_place_where_it_belongs(outer):
    with pytest.raises(TypeError, match=rf"{outer.__name__}: argument 1 is MeanSquaredError\(\), a loss, expected a layer"
                                        r"\.\n.*fit\(\.\.\., loss=MeanSquaredError\(\)\)"):
        outer(nn.Tanh(), nn.MeanSquaredError())


@pytest.mark.parametrize("outer", [nn.Sequential, nn.Residual])
@pytest.mark.parametrize("first, again", [
    (lambda layer: layer, lambda layer: layer), (nn.Residual, lambda layer: layer), (lambda layer: layer, nn.Residual),
    (nn.Sequential, lambda layer: nn.Residual(nn.Sequential(nn.ReLU(), layer)))])
def test_a_layer_in_two_places_is_refused_because_it_would_forget_the_first(outer, first, again, rng):
    layer = nn.Affine(3, 3, rng=rng)
    with pytest.raises(ValueError, match=rf"{outer.__name__}: argument 2 is or holds Affine\(3, 3\) for the second time"):
        outer(first(layer), nn.Tanh(), again(layer))


def test_a_layer_may_be_part_of_two_networks(rng):
    net = network(rng)
    assert nn.Sequential(*net.layers[:2]).layers[0] is net.layers[0]


def test_backward_before_forward_says_so(rng):
    with pytest.raises(RuntimeError, match="Affine.backward: nothing to go back through.\nCall forward first"):
        network(rng).backward(np.ones((1, 2)))


def test_a_layer_without_forward_or_backward_says_what_to_write():
    class Empty(nn.Layer):
        pass

    with pytest.raises(TypeError, match=r"Empty defines no forward: write forward\(x, train=False\)"):
        Empty().forward(np.ones(1))
    with pytest.raises(TypeError, match=r"Empty defines no backward: write backward\(dy\)"):
        Empty().backward(np.ones(1))


def test_a_loss_without_forward_or_backward_says_what_to_write():
    class Empty(nn.Loss):
        pass

    with pytest.raises(TypeError, match=r"Empty defines no forward: write forward\(scores, y\)"):
        Empty().forward(np.ones((1, 2)), np.ones(1))
    with pytest.raises(TypeError, match=r"Empty defines no backward: write backward\(\)"):
        Empty().backward()


def test_repr_shows_the_calls_that_make_the_network():
    net = nn.Sequential(nn.Affine(3, 5), nn.Residual(nn.ReLU(), nn.Affine(5, 5)))
    assert repr(net) == "Sequential(\n    Affine(3, 5),\n    Residual(ReLU(), Affine(5, 5)),\n)"


@pytest.mark.parametrize("layer, shape", [(nn.Affine(3, 2), (4, 3)), (nn.Affine(3, 2), (4, 5, 3)), (nn.RNN(3, 2), (4, 5, 3)),
                                          (nn.LSTM(3, 2), (4, 5, 3)), (nn.GRU(3, 2), (4, 5, 3)),
                                          (nn.Conv2d(3, 2, (2, 3), stride=(2, 1), padding=1), (4, 3, 6, 5))])
def test_the_parameters_get_the_same_gradients_without_that_of_the_input(layer, shape, rng):
    net = nn.Sequential(layer, nn.Tanh())
    dy = rng.standard_normal(net.forward(rng.standard_normal(shape)).shape)
    net.backward(dy)
    expected = [gradient.copy() for _, _, gradient in net.parameters()]
    for _, _, gradient in net.parameters():
        gradient[...] = np.nan
    net.backward_parameters(dy)
    for (name, _, gradient), want in zip(net.parameters(), expected):
        np.testing.assert_array_equal(gradient, want, err_msg=name)
