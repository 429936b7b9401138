"""Every backward kernel before three witnesses: central differences, Values, and PyTorch's frozen numbers."""
import inspect
from pathlib import Path

import numpy as np
import pytest
from operations import OPERATIONS, cast

from nnlib import Value, kernels
from nnlib.differences import numerical_gradient, relative_error

NAMES = [name.removesuffix("_backward") for name in kernels.__all__ if name.endswith("_backward")]
TORCH = np.load(Path(__file__).parent / "data" / "torch_gradients.npz")


def names_of(kernel):
    return list(inspect.signature(getattr(kernel, "py_func", kernel)).parameters)


def forward_backward(name, arguments, dy=None, kernels=kernels):
    """Output of the forward kernel, dy, and the gradients by name.

    Backward takes dy (a loss does not), then what it needs by forward's own names; a name that
    forward does not take is what forward returned.
    """
    forward, backward = getattr(kernels, f"{name}_forward"), getattr(kernels, f"{name}_backward")
    result = forward(*arguments.values())
    y, *saved = result if isinstance(result, tuple) else (result, result)
    if np.ndim(y) == 0:
        dy = np.ones(())
    elif dy is None:
        dy = np.random.default_rng(1).standard_normal(y.shape).astype(y.dtype)
    needed = names_of(backward)[0 if np.ndim(y) == 0 else 1:]
    saved = iter(saved)
    passed = [arguments[each] if each in arguments else next(saved) for each in needed]
    gradients = backward(*passed) if np.ndim(y) == 0 else backward(dy, *passed)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    free = [each for each in arguments if each not in OPERATIONS[name].fixed]
    assert len(gradients) == len(free), f"{name}_backward returns {len(gradients)} gradients, forward has {free}"
    return y, dy, dict(zip(free, gradients))


def operation(name):
    assert name in OPERATIONS, f"{name}_backward has no entry in tests/operations.py: add one, no gradient goes untested."
    return OPERATIONS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_agrees_with_central_differences(name, rng):
    arguments = operation(name).draw(rng)
    forward = getattr(kernels, f"{name}_forward")
    _, dy, gradients = forward_backward(name, arguments)

    for free, gradient in gradients.items():
        def scalar(value):
            result = forward(*(arguments | {free: value}).values())
            return float(np.sum(dy * (result[0] if isinstance(result, tuple) else result)))

        assert relative_error(gradient, numerical_gradient(scalar, arguments[free])).max() < 1e-6, f"d{free}"


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_agree_with_the_value_graph(name, rng):
    given = operation(name)
    arguments = given.draw(rng)
    y, dy, gradients = forward_backward(name, arguments)
    nodes = {free: np.vectorize(Value, otypes=[object])(arguments[free]) for free in gradients}
    y_nodes = np.asarray(given.formula(**(arguments | nodes)))
    sum((float(weight) * node for weight, node in zip(np.ravel(dy), y_nodes.ravel())), Value(0)).backward()

    np.testing.assert_allclose(y, np.vectorize(lambda node: node.data)(y_nodes), rtol=1e-12, atol=1e-14)
    for free, gradient in gradients.items():
        np.testing.assert_allclose(gradient, np.vectorize(lambda node: node.grad)(nodes[free]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_agree_with_pytorch(name):
    assert f"{name}/y_out" in TORCH, (f"{name} has no frozen numbers: "
                                      "add it to tests/data/make_torch_gradients.py and run that.")
    frozen = {each: TORCH[f"{name}/{each}"][()] for each in names_of(getattr(kernels, f"{name}_forward"))
              if f"{name}/{each}" in TORCH}
    drawn = operation(name).draw(np.random.default_rng())
    arguments = {each: tuple(value.tolist()) if isinstance(drawn[each], tuple) else value for each, value in frozen.items()}
    y, _, gradients = forward_backward(name, arguments, dy=TORCH[f"{name}/dy"])

    np.testing.assert_allclose(y, TORCH[f"{name}/y_out"], rtol=1e-10, atol=1e-12)
    for free, gradient in gradients.items():
        np.testing.assert_allclose(gradient, TORCH[f"{name}/d{free}"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32_and_agrees_with_float64(name, rng):
    arguments = operation(name).draw(rng)
    y, dy, gradients = forward_backward(name, arguments)
    y32, _, gradients32 = forward_backward(name, cast(arguments, np.float32), dy=dy.astype(np.float32))

    np.testing.assert_allclose(y32, y, rtol=1e-4, atol=1e-5)
    for free, gradient in gradients32.items():
        assert gradient.dtype == np.float32, f"d{free} is {gradient.dtype}"
        np.testing.assert_allclose(gradient, gradients[free], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_no_argument_is_changed(name, rng):
    arguments = operation(name).draw(rng)
    before = {each: np.array(value) for each, value in arguments.items()}
    forward_backward(name, arguments)
    for each, value in arguments.items():
        np.testing.assert_array_equal(value, before[each])
