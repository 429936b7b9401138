"""A student's own function instead of a kernel."""
import numpy as np
import pytest

import nnlib as nn
from nnlib import kernels


def affine_backward(da, x, w, b):
    return da @ w, da.T @ x, da.sum(axis=0)


def affine():
    layer = nn.Affine(3, 2, rng=np.random.default_rng(0))
    return layer, layer.forward(np.ones((4, 3)))


def test_layers_call_the_given_function_inside_the_block_only():
    calls = []

    def relu_forward(a):
        calls.append(a.shape)
        return np.maximum(a, 0)

    with nn.using(relu_forward=relu_forward):
        nn.ReLU().forward(np.ones((2, 3)))
    nn.ReLU().forward(np.ones((5, 7)))
    assert calls == [(2, 3)]


def test_the_librarys_kernels_are_back_after_an_error():
    before = kernels.affine_backward, kernels.relu_forward
    with pytest.raises(ZeroDivisionError):
        with nn.using(affine_backward=affine_backward, relu_forward=lambda a: a):
            1 / 0
    assert (kernels.affine_backward, kernels.relu_forward) == before


def test_blocks_inside_one_another_are_undone_one_by_one():
    before = kernels.relu_forward
    with nn.using(relu_forward=lambda a: a + 1):
        outer = kernels.relu_forward
        with nn.using(relu_forward=lambda a: a + 2):
            assert nn.ReLU().forward(np.zeros(1)) == 2
        assert kernels.relu_forward is outer
    assert kernels.relu_forward is before


def test_nothing_is_replaced_when_one_of_the_names_is_unknown():
    before = kernels.relu_forward
    with pytest.raises(ValueError):
        with nn.using(relu_forward=lambda a: a, no_such_kernel=lambda a: a):
            pytest.fail("the block was entered")
    assert kernels.relu_forward is before


@pytest.mark.parametrize("wrong, suggested", [("affine_bacward", "affine_backward"), ("relu", "relu_forward"),
                                              ("tanh_foward", "tanh_forward")])
def test_an_unknown_name_suggests_close_ones(wrong, suggested):
    with pytest.raises(ValueError, match=f"no kernel '{wrong}'.\nDid you mean .*{suggested}"):
        with nn.using(**{wrong: affine_backward}):
            pass


def test_a_name_like_no_other_lists_the_kernels():
    with pytest.raises(ValueError, match="The kernels are .*affine_backward"):
        with nn.using(zzz=affine_backward):
            pass


def test_a_result_in_the_place_of_a_function_is_refused():
    with pytest.raises(TypeError, match="relu_forward is a ndarray, expected a function.\nPass the function itself"):
        with nn.using(relu_forward=np.ones(3)):
            pass


@pytest.mark.parametrize("mine, words", [
    (lambda da, x, w, b: None, "affine_backward returns nothing, expected 3"),
    (lambda da, x, w, b: da @ w, "affine_backward returns 1 result, expected 3"),
    (lambda da, x, w, b: (da @ w, (da.T @ x).T, da.sum(axis=0)), r"result 1 .* has shape \(3, 2\), expected \(2, 3\)"),
    (lambda da, x, w, b: (da @ w, da.T @ x, da), r"result 2 .* has shape \(4, 2\), expected \(2,\)"),
], ids=["nothing", "too few", "transposed", "no sum"])
def test_results_of_another_form_are_named(mine, words):
    layer, y = affine()
    with nn.using(affine_backward=mine), pytest.raises(TypeError, match=words):
        layer.backward(y)


def test_values_may_differ():
    layer, y = affine()
    with nn.using(affine_backward=lambda da, x, w, b: (0 * x, 0 * w, 0 * b)):
        layer.backward(y)
    assert not layer.dw.any()


@pytest.mark.compiled
def test_a_compiled_function_of_the_student_works(njit):
    mine = njit(affine_backward)
    (layer, y), (other, _) = affine(), affine()
    with nn.using(affine_backward=mine):
        layer.backward(y)
    other.backward(y)
    np.testing.assert_allclose(layer.dw, other.dw, rtol=1e-12)


def loss_of_training():
    rng = np.random.default_rng(1)
    net = nn.Sequential(nn.Affine(2, 5, rng=rng), nn.Tanh(), nn.Affine(5, 1, rng=rng))
    return nn.fit(net, nn.data.moons(50, rng=rng), loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.5),
                  epochs=5, batch_size=10, rng=rng).loss


def test_a_whole_network_trains_alike_with_a_replaced_kernel():
    with nn.using(affine_backward=affine_backward):
        replaced = loss_of_training()
    np.testing.assert_allclose(replaced, loss_of_training(), rtol=1e-10)


@pytest.mark.compiled
def test_a_whole_network_trains_alike_with_a_compiled_one(njit):
    with nn.using(affine_backward=njit(affine_backward)):
        replaced = loss_of_training()
    np.testing.assert_allclose(replaced, loss_of_training(), rtol=1e-10)


def test_a_reader_who_calls_the_kernel_gets_the_given_function_too():
    with nn.using(relu_forward=lambda a: a + 7):
        assert kernels.relu_forward(np.zeros((1, 1))) == 7 == nn.ReLU().forward(np.zeros((1, 1)))
        with pytest.raises(ValueError, match="leaky_relu_forward: a has dtype int64, expected float32 or float64"):
            kernels.leaky_relu_forward(np.arange(3), 0.1)
    assert kernels.relu_forward(np.zeros((1, 1))) == 0


def test_the_first_layer_of_a_network_trains_with_the_given_function():
    calls = []

    def mine(da, x, w, b):
        calls.append(x.shape)
        return affine_backward(da, x, w, b)

    before = kernels.affine_backward_parameters
    with nn.using(affine_backward=mine):
        nn.fit(nn.Sequential(nn.Affine(3, 2)), (np.ones((4, 3)), np.ones((4, 2))), loss=nn.MeanSquaredError(),
               optimizer=nn.SGD(0.1), progress=False)
    assert calls == [(4, 3)]
    assert kernels.affine_backward_parameters is before
