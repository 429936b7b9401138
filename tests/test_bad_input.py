"""Whatever is passed to a layer or loss: the right result, or a ValueError that says what was expected.

Every layer and loss of the library takes part, made by the tables of nnlib.compiling.warm; one that is missing there fails.
"""
import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib as nn
from nnlib.compiling import warm

CLASSES = {name: each for name in nn.__all__ if name not in ("Layer", "Loss")
           and isinstance(each := getattr(nn, name), type) and issubclass(each, (nn.Layer, nn.Loss))}
LOSSES = [name for name in CLASSES if issubclass(CLASSES[name], nn.Loss)]
LAYERS = [name for name in CLASSES if name in warm.LAYERS]
TOKENS = [name for name in LAYERS if warm.LAYERS[name](np.float64)[1].dtype == np.int64]
DTYPES = [np.float64, np.float32, np.float16, np.int64, np.uint8, bool, complex, object, "U3", ">f8", "M8[s]"]
NO_ARRAYS = [None, 3.0, "x", [[1.0, 2.0, 3.0]], (1.0, 2.0), {"x": 1}, range(3), np.float64(2)]
JUNK = [-1, -0.5, "two", object(), float("nan"), float("inf"), 1j]


def arrays(dtype_list=DTYPES):
    """Arrays of any rank, size, dtype and memory layout, some with NaN, infinity or huge numbers in them."""
    shapes = st.lists(st.integers(0, 6), max_size=5).map(tuple)
    return st.builds(make, shapes, st.sampled_from(dtype_list), st.sampled_from(list(LAYOUTS)), st.integers(0, 9),
                     st.sampled_from([0.0, 0.0, np.nan, np.inf, -1e300]))


def make(shape, dtype, layout, seed, special):
    x = np.random.default_rng(seed).integers(0, 4, shape).astype(float)
    if special and x.size:
        x.flat[seed % x.size] = special
    with np.errstate(all="ignore"):
        return LAYOUTS[layout](x.astype(dtype))


def unaligned(x):
    buffer = np.zeros(x.nbytes + 1, np.uint8)
    y = np.frombuffer(buffer, x.dtype, x.size, offset=1).reshape(x.shape)
    y[...] = x
    return y


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS = {
    "contiguous": lambda x: x,
    "Fortran": np.asfortranarray,
    "reversed": lambda x: x[..., ::-1].copy()[..., ::-1] if x.ndim else x,
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x,
    "repeated by stride 0": lambda x: np.broadcast_to(x[:1], x.shape) if x.ndim and len(x) else x,
    "read-only": read_only,
    "unaligned": lambda x: unaligned(x) if x.dtype != object else x,
    "subclass": lambda x: x.view(np.ma.MaskedArray),
}


def sample(name, dtype=np.float64):
    return warm.LAYERS[name](dtype)


def refused(name, call, *arguments):
    """Whether the call is refused in the way of the library; any other exception fails the test."""
    try:
        call(*arguments)
        return False
    except ValueError as error:
        text = str(error)
        assert "expected" in text or "pixels" in text, text
        assert text.split(".")[0].split(":")[0] in CLASSES, f"{name}: the message names no layer: {text}"
        return True


def test_every_class_in_a_file_of_layers_is_public():
    files = [importlib.import_module(f"nnlib.layers.{file.name}") for file in pkgutil.iter_modules(nn.layers.__path__)]
    written = {name for file in files for name, each in vars(file).items()
               if isinstance(each, type) and each.__module__ == file.__name__}
    assert written - {"Activation"} == set(nn.layers.__all__)               # the base of some of the others
    assert written - {"Activation"} <= set(nn.__all__)


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_and_loss_takes_part(name):
    assert name in warm.LAYERS or name in warm.LOSSES, f"{name} is missing in nnlib/compiling/warm.py: add it there."


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(x=arrays())
def test_a_layer_computes_with_any_batch_or_refuses_it(name, x):
    layer, _ = sample(name)
    if not refused(name, layer.forward, x):
        y = layer.forward(x)
        np.testing.assert_array_equal(y, layer.forward(np.array(x)), err_msg="depends on the memory layout")
        dx = layer.backward(np.ones_like(y))
        assert dx is None or dx.shape == x.shape


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(dy=arrays())
def test_a_layer_goes_back_with_any_gradient_or_refuses_it(name, dy):
    layer, x = sample(name)
    layer.forward(x)
    refused(name, layer.backward, dy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", LAYERS)
def test_results_do_not_depend_on_the_memory_layout(name, layout, dtype):
    layer, x = sample(name, dtype)
    dy = np.random.default_rng(0).standard_normal(layer.forward(x).shape).astype(dtype)
    x, dy = (each if layout != "repeated by stride 0" else np.array(LAYOUTS[layout](each)) for each in (x, dy))
    results = []
    for change in (np.array, LAYOUTS[layout]):
        y, dx = layer.forward(change(x)), layer.backward(change(dy))
        results.append([y, dx, *(gradient for _, _, gradient in layer.parameters())])
    for got, want in zip(*results):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("x", NO_ARRAYS, ids=repr)
def test_what_is_no_array_is_refused(name, x):
    layer, good = sample(name)
    if name in TOKENS and isinstance(x, list):
        x = [[0.5]]                                      # tokens may come as a list of whole numbers
    assert refused(name, layer.forward, x)
    layer.forward(good)
    assert refused(name, layer.backward, x)


@pytest.mark.parametrize("name", LAYERS)
def test_an_empty_batch_is_refused(name):
    layer, x = sample(name)
    assert refused(name, layer.forward, x[:0])


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in TOKENS])
@pytest.mark.parametrize("dtype", [np.int64, np.float16, bool, complex, object, "U3"])
def test_other_dtypes_than_the_two_floats_are_refused(name, dtype):
    layer, x = sample(name)
    assert refused(name, layer.forward, np.ones_like(x).astype(dtype))


@pytest.mark.parametrize("name", [name for name in LAYERS if sample(name)[0].state()])
def test_the_other_float_than_that_of_the_parameters_is_refused(name):
    layer, x = sample(name, np.float64)
    y = layer.forward(x)
    assert name in TOKENS or refused(name, layer.forward, x.astype(np.float32))
    assert refused(name, layer.backward, y.astype(np.float32))


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in TOKENS])
def test_nan_comes_out_where_nan_goes_in(name):
    layer, x = sample(name)
    x = x.copy()
    x.flat[0] = np.nan
    assert np.isnan(layer.forward(x)).any()


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(x=arrays())
def test_after_a_refused_batch_backward_belongs_to_the_last_good_one_or_is_refused(name, x):
    layer, good = sample(name)
    dy = np.ones_like(layer.forward(good))
    dx = layer.backward(dy)
    if refused(name, layer.forward, x) and not refused(name, layer.backward, dy):
        np.testing.assert_array_equal(layer.backward(dy), dx)


@pytest.mark.parametrize("name", [name for name in LAYERS if "state" in inspect.signature(CLASSES[name].forward).parameters])
@pytest.mark.parametrize("state", [np.ones((9, 9)), (np.ones((9, 9)), None), "state", np.ones((2, 4), int)], ids=repr)
def test_after_a_refused_state_too(name, state):
    layer, good = sample(name)
    dy = np.ones_like(layer.forward(good))
    dx = layer.backward(dy)
    assert refused(name, lambda x: layer.forward(x, state=state), np.ones((2, 90, 3)))
    np.testing.assert_array_equal(layer.backward(dy), dx)


@pytest.mark.parametrize("name", LAYERS)
def test_backward_before_forward_says_so(name):
    layer, _ = sample(name)
    with pytest.raises(RuntimeError, match="nothing to go back through.\nCall forward first"):
        layer.backward(np.ones((5, 3)))


@pytest.mark.parametrize("name", [*LAYERS, *LOSSES])
def test_settings_of_the_wrong_kind_are_refused_by_name(name):
    layer = sample(name)[0] if name in LAYERS else CLASSES[name]()
    made_without = CLASSES[name].__init__ is object.__init__
    parameters = {} if made_without else inspect.signature(CLASSES[name].__init__).parameters
    checked = [each for each in parameters if each not in ("self", "layers", "init", "rng", "dtype", "causal")]
    given = {each: getattr(layer, each) for each in checked}
    for setting in checked:
        for junk in JUNK:
            with pytest.raises(ValueError, match=rf"^\w+: {setting} is .*expected"):
                CLASSES[name](**(given | {setting: junk}))
    for setting, junk in (("dtype", np.int64), ("dtype", "float16"), ("dtype", "no dtype"),
                          ("rng", 0), ("rng", np.random.RandomState(0))):
        if setting in parameters:
            with pytest.raises(ValueError, match=rf"^\w+: {setting} is .*, expected"):
                CLASSES[name](**(given | {setting: junk}))


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=80, deadline=None, derandomize=True)
@given(scores=arrays(), y=arrays([*DTYPES, np.int64, np.int64]))
def test_a_loss_is_a_number_for_any_predictions_and_targets_or_refuses_them(name, scores, y):
    loss = CLASSES[name]()
    if not refused(name, loss.forward, scores, y):
        assert isinstance(loss.forward(scores, y), float)
        assert loss.backward().shape == scores.shape


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_loss_does_not_depend_on_the_memory_layout(name, layout):
    loss, scores, y = warm.LOSSES[name](np.float64)
    if layout == "repeated by stride 0":
        scores, y = np.array(LAYOUTS[layout](scores)), np.array(LAYOUTS[layout](y))
    expected, gradient = loss.forward(scores, y), loss.backward()
    assert loss.forward(LAYOUTS[layout](scores), LAYOUTS[layout](y)) == expected
    np.testing.assert_array_equal(loss.backward(), gradient)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("x", NO_ARRAYS, ids=repr)
def test_a_loss_refuses_predictions_that_are_no_array_and_targets_that_fit_no_prediction(name, x):
    loss, scores, y = warm.LOSSES[name](np.float64)
    assert refused(name, loss.forward, x, y)
    assert refused(name, loss.forward, scores, x)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_takes_its_targets_as_a_list_too(name):
    loss, scores, y = warm.LOSSES[name](np.float64)
    assert loss.forward(scores, y.tolist()) == loss.forward(scores, y)


@pytest.mark.parametrize("name", LOSSES)
def test_after_refused_targets_backward_belongs_to_the_last_good_ones(name):
    loss, scores, y = warm.LOSSES[name](np.float64)
    loss.forward(scores, y)
    gradient = loss.backward()
    for bad in (np.full(y.shape, np.nan), y[:-1], np.full(y.shape, -7)):
        if refused(name, loss.forward, scores * 2, bad):
            np.testing.assert_array_equal(loss.backward(), gradient)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_goes_back_only_after_forward(name):
    with pytest.raises(RuntimeError, match="nothing to go back through"):
        CLASSES[name]().backward()
