"""The plain kernels: a fourth witness of every kernel, and right where only they are there."""
import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operations import OPERATIONS, cast
from test_bad_input import LAYOUTS
from test_gradients import NAMES, forward_backward, names_of

from nnlib import kernels
from nnlib.differences import numerical_gradient, relative_error
from nnlib.kernels import plain

CHAPTERS = Path(__file__).parents[1] / "book"
PARAMETERS = [name for name in dir(kernels) if name.endswith("_backward_parameters")]
KERNELS = [*kernels.__all__, *PARAMETERS]
TOLERANCE = {np.float64: dict(rtol=1e-10, atol=1e-12), np.float32: dict(rtol=1e-3, atol=1e-4)}
SMALLEST = {"PH": 0, "PW": 0, "causal": 0}       # of the sizes that draw takes; the others begin at 1
RATES = st.sampled_from([0.0, 0.1, 0.9])
SETTINGS = dict(learning_rate=RATES, momentum=RATES, nesterov=st.booleans(), weight_decay=RATES, alpha=RATES,
                eps=st.just(1e-3), beta1=RATES, beta2=RATES, step=st.integers(1, 9), decoupled=st.booleans())
SPECIAL = np.array([0.0, -0.0, 1.0, 1.0, -1.0, 20.0, -20.0, 800.0, -800.0, np.inf, -np.inf, np.nan])


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def assert_same(results, expected, dtype):
    """The same values to rounding, arrays of the same shapes and dtypes, a number for a number."""
    for one, other in zip(as_tuple(results), as_tuple(expected), strict=True):
        assert isinstance(one, np.ndarray) == isinstance(other, np.ndarray)
        if isinstance(one, np.ndarray):
            assert one.shape == other.shape and one.dtype == other.dtype
        np.testing.assert_allclose(one, other, **TOLERANCE[dtype])


def drawn(data, name):
    """Arguments of an operation in sizes of hypothesis' choice; a window is never larger than its image."""
    rng, *letters = inspect.signature(OPERATIONS[name].draw).parameters
    sizes = {letter: data.draw(st.integers(SMALLEST.get(letter, 1), 4), letter) for letter in letters}
    for image, window in (("H", "KH"), ("W", "KW")):
        if window in sizes:
            sizes[image] += sizes[window] - 1
    return OPERATIONS[name].draw(np.random.default_rng(5), **sizes)


def fields(kernel):
    """{field: its text} of a docstring."""
    lines = inspect.getdoc(kernel).splitlines()[2:]
    starts = [number for number, line in enumerate(lines) if line[:1].isupper()] + [len(lines)]
    return {lines[start].split()[0]: "\n".join(lines[start:end]) for start, end in zip(starts, starts[1:])}


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_has_a_plain_one_with_the_same_arguments(name):
    assert hasattr(plain, name), f"write {name} in nnlib/kernels/plain: the equation as one reads it, in NumPy"
    assert names_of(getattr(plain, name)) == names_of(getattr(kernels, name))


@pytest.mark.parametrize("name", kernels.__all__)
def test_both_docstrings_give_the_same_shapes_and_equation_number(name):
    slow, fast = fields(getattr(plain, name)), fields(getattr(kernels, name))
    assert slow["Shapes"] == fast["Shapes"]
    assert re.findall(r"\(\d+\.\d+\)", slow["Equation"]) == re.findall(r"\(\d+\.\d+\)", fast["Equation"])


def test_no_plain_kernel_lacks_a_fast_one():
    assert {name for name, value in vars(plain).items() if inspect.isfunction(value)} == set(KERNELS)


def test_plain_kernels_need_numpy_alone():
    imported = set()
    for file in Path(plain.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module)
    assert imported <= {"math", "numpy", "numpy.lib.stride_tricks"}


def test_what_the_book_shows_of_a_plain_kernel_fits_its_page():
    chapters = "".join(path.read_text(encoding="utf-8") for path in CHAPTERS.glob("*.md"))
    shown = re.findall(r"^```\{kernel\} (\w+)$", chapters, re.M)
    assert "conv2d_forward" in shown
    for name in shown:
        code = inspect.getsource(getattr(plain, name)).replace(getattr(plain, name).__doc__, "")
        assert max(map(len, code.splitlines())) <= 79, f"{name}: a reader would have to scroll sideways"


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(data=st.data(), dtype=st.sampled_from([np.float64, np.float32]))
def test_plain_and_fast_agree_in_every_size_and_dtype(name, data, dtype):
    arguments = cast(drawn(data, name), dtype)
    forward = f"{name}_forward"
    assert_same(getattr(plain, forward)(*arguments.values()), getattr(kernels, forward)(*arguments.values()), dtype)

    y, dy, gradients = forward_backward(name, arguments, kernels=plain)
    _, _, expected = forward_backward(name, arguments, dy)
    assert list(gradients) == list(expected)
    assert_same(tuple(gradients.values()), tuple(expected.values()), dtype)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_of_a_plain_gradient_agrees_with_central_differences(name, rng):
    arguments = OPERATIONS[name].draw(rng)
    _, dy, gradients = forward_backward(name, arguments, kernels=plain)

    for free, gradient in gradients.items():
        def scalar(value):
            return float(np.sum(dy * as_tuple(getattr(plain, f"{name}_forward")(*(arguments | {free: value}).values()))[0]))

        assert relative_error(gradient, numerical_gradient(scalar, arguments[free])).max() < 1e-6, f"d{free}"


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_gradients_of_the_parameters_alone_are_the_same(name, rng):
    operation = name.removesuffix("_backward_parameters")
    arguments = OPERATIONS[operation].draw(rng)
    y, *saved = as_tuple(getattr(plain, f"{operation}_forward")(*arguments.values()))
    given_to_backward = rng.standard_normal(y.shape), *saved, *arguments.values()
    expected = getattr(plain, f"{operation}_backward")(*given_to_backward)[1:]
    assert_same(getattr(plain, name)(*given_to_backward), expected, np.float64)
    assert_same(getattr(kernels, name)(*given_to_backward), expected, np.float64)


@pytest.mark.parametrize("name", [name for name in KERNELS if name.endswith("_update")])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data(), dtype=st.sampled_from([np.float64, np.float32]))
def test_plain_and_fast_updates_write_the_same(name, data, dtype):
    rng = np.random.default_rng(5)
    arguments = {each: data.draw(SETTINGS[each], each) if each in SETTINGS else rng.uniform(1, 2, 6).astype(dtype)
                 for each in names_of(getattr(plain, name))}
    copies = {each: np.copy(value) if isinstance(value, np.ndarray) else value for each, value in arguments.items()}
    assert getattr(plain, name)(*arguments.values()) is None
    getattr(kernels, name)(*copies.values())
    assert_same(tuple(arguments.values()), tuple(copies.values()), dtype)


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "subclass"])
@pytest.mark.parametrize("name", NAMES)
def test_no_memory_layout_changes_a_plain_result(name, layout, rng):
    arguments = {each: LAYOUTS[layout](value) if isinstance(value, np.ndarray) else value
                 for each, value in OPERATIONS[name].draw(rng).items()}
    copies = {each: np.array(value) if isinstance(value, np.ndarray) else value for each, value in arguments.items()}
    _, dy, _ = forward_backward(name, copies, kernels=plain)
    dy = LAYOUTS[layout](dy)
    y, _, gradients = forward_backward(name, arguments, dy, kernels=plain)
    y_of_copies, _, expected = forward_backward(name, copies, np.array(dy), kernels=plain)
    assert_same((y, *gradients.values()), (y_of_copies, *expected.values()), np.float64)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "gelu", "leaky_relu", "elu"])
def test_kinks_infinity_and_nan_are_treated_alike(name):
    arguments = OPERATIONS[name].draw(np.random.default_rng()) | dict(a=SPECIAL)
    with np.errstate(all="ignore"):
        y, dy, gradients = forward_backward(name, arguments, kernels=plain)
    y_fast, _, expected = forward_backward(name, arguments, dy)
    assert_same((y, gradients["a"]), (y_fast, expected["a"]), np.float64)


@pytest.mark.parametrize("name, arguments", [
    ("max_pool2d", (np.array([[[[3.0, 1, 2, 2], [3, np.nan, 2, -np.inf]]]]), (2, 2), (2, 2))),
    ("maxout", (np.array([[1.0, 0], [0, 1], [np.nan, 1]]), np.ones((3, 2, 2)), np.zeros((3, 2)))),
])
def test_the_same_one_of_equals_wins_and_nan_is_the_largest(name, arguments):
    y, winner = getattr(plain, f"{name}_forward")(*arguments)
    y_fast, winner_fast = getattr(kernels, f"{name}_forward")(*arguments)
    np.testing.assert_array_equal(y, y_fast)
    np.testing.assert_array_equal(winner[~np.isnan(y)], winner_fast[~np.isnan(y)])


def test_scores_of_any_size_overflow_nowhere():
    a, y = np.array([800.0, -800.0, 0.0, 800.0]), np.array([1.0, 0.0, 1.0, 0.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for name, arguments in (("binary_cross_entropy", (a, y)), ("softmax", (a[None],)), ("sigmoid", (a,)),
                                ("elu", (a, 1.0)), ("softmax_cross_entropy", (a[None], np.array([1])))):
            expected = getattr(kernels, f"{name}_forward")(*arguments)
            assert_same(getattr(plain, f"{name}_forward")(*arguments), expected, np.float64)
