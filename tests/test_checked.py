"""Kernels as a reader calls them: right for arrays of any memory layout, and clear words for what does not fit.

What fits is what the Shapes lines of the docstring say, so they are tested along with it: ``sample`` makes the arguments
of every kernel, those of a backward kernel out of what forward took and returned.
"""
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operations import OPERATIONS, cast
from test_bad_input import LAYOUTS, NO_ARRAYS, arrays
from test_kernels import SETTINGS

import nnlib as nn
from nnlib import kernels
from nnlib.compiling import warm
from nnlib.kernels import plain, unchecked
from nnlib.kernels.checked import checked
from nnlib.kernels.contract import contract_of, value_of

NAMES = list(unchecked.KERNELS)
TOLERANCE = {4: (1e-4, 1e-5), 8: (1e-9, 1e-12)}         # relative and absolute, by the bytes of a number
LAYOUTS = LAYOUTS | {
    "middle of a larger array": lambda x: np.pad(x, 1)[(slice(1, -1),) * x.ndim],
    "axes in another order": lambda x: np.array(x.T, order="C").T,
    "backwards": lambda x: np.ascontiguousarray(x[::-1])[::-1],
}


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def sample(name, dtype=np.float64):
    """{argument: value} of a call that is right."""
    rng, takes = np.random.default_rng(5), contract_of(unchecked.KERNELS[name]).arguments
    if name.endswith("_update"):
        return {each.name: SETTINGS[each.name] if each.name in SETTINGS else rng.uniform(1, 2, 6).astype(dtype)
                for each in takes}
    operation = name.partition("_forward")[0].partition("_backward")[0]
    known = cast(OPERATIONS[operation].draw(rng), dtype)
    forward = getattr(plain, f"{operation}_forward")
    for result, value in zip(contract_of(forward).results, as_tuple(forward(*known.values()))):
        known[result.name] = value
        known["d" + result.name] = rng.standard_normal(np.shape(value)).astype(dtype)
    return {each.name: known[each.name] for each in takes}


def changed(name):
    """The names of the arguments that a kernel writes into."""
    return contract_of(unchecked.KERNELS[name]).modified


def results(name, arguments):
    """What a call returns, and what is then in the arguments that it changes."""
    returned = getattr(kernels, name)(**arguments)
    return [*(() if returned is None else as_tuple(returned)), *(arguments[each] for each in changed(name))]


def copies(arguments):
    return {each: np.array(value) if isinstance(value, np.ndarray) else value for each, value in arguments.items()}


def arrays_of(name):
    """The names of the arguments that are arrays."""
    takes = contract_of(unchecked.KERNELS[name]).arguments
    return [each.name for each in takes if each.kind in ("floats", "integers", "booleans")]


def refused(name, arguments):
    """Whether a call is refused in the words of the kernels; any other exception fails the test."""
    try:
        getattr(kernels, name)(**arguments)
        return False
    except ValueError as error:
        text = str(error)
        assert text.startswith(f"{name}: ") and ", expected " in text and text.count("\n") == 1, text
        return True


# what the docstrings say


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("library", [unchecked, plain], ids=["as used", "plain"])
def test_the_shapes_lines_name_the_arguments_in_order(library, name):
    kernel = getattr(library, name)
    assert [each.name for each in contract_of(kernel).arguments] == list(inspect.signature(kernel).parameters)
    assert contract_of(kernel) == contract_of(getattr(plain, name))


@pytest.mark.parametrize("name", NAMES)
def test_results_have_the_shapes_that_the_docstring_promises(name):
    arguments, contract = sample(name), contract_of(unchecked.KERNELS[name])
    sizes = {axis: size for each in contract.arguments for axis, size in zip(each.axes, np.shape(arguments[each.name]))}
    for each in contract.arguments:
        sizes |= dict(zip(each.axes, arguments[each.name])) if each.kind == "pair" else {each.name: arguments[each.name]}
    sizes |= {"...": np.shape(next(iter(arguments.values())))} | ({"D": sizes["3D"] // 3} if "3D" in sizes else {})
    sizes |= {letter: int(value_of(text, sizes)) for letter, text in contract.definitions.items()}
    returned = getattr(kernels, name)(**arguments)
    assert len(contract.results) == (0 if returned is None else len(as_tuple(returned)))
    for result, value in zip(contract.results, as_tuple(returned)):
        want = sizes["..."] if result.axes == ("...",) else tuple(value_of(axis, sizes) for axis in result.axes)
        assert np.shape(value) == want, result
        assert result.kind != "integers" or 0 <= value.min() <= value.max() <= value_of(result.limits[6:], sizes)


@pytest.mark.parametrize("name", [*warm.LAYERS, *warm.LOSSES, *warm.OPTIMIZERS])
def test_what_layers_pass_unchecked_is_what_the_docstrings_say(name, monkeypatch):
    for each, kernel in unchecked.KERNELS.items():
        monkeypatch.setattr(unchecked, each, checked(kernel))
    warm.compile_for(name)


@pytest.mark.parametrize("text", ["x: (N, D)", "x (N, D) numbers", "x (N, D) and more", "stride pair (SH, SW)"])
def test_a_docstring_in_another_form_is_refused_at_the_first_call(text):
    def kernel(x):
        return x

    kernel.__doc__ = f"A kernel.\n\n    Shapes    {text}  ->  y (N, D)\n    "
    with pytest.raises(SyntaxError, match="Shapes: .*contract.py"):
        checked(kernel)(np.ones((2, 3)))


# any memory layout


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_the_memory_layout_changes_no_value(name, dtype):
    right = sample(name, dtype)
    for layout, change in LAYOUTS.items():
        other = {each: change(np.array(right[each])) for each in arrays_of(name)}
        if layout in ("read-only", "repeated by stride 0"):
            assert all(refused(name, right | {each: other[each]}) for each in changed(name))
            other = {each: value for each, value in other.items() if each not in changed(name)}
        contiguous = copies(right | other)
        for got, want in zip(results(name, copies(right) | other), results(name, contiguous), strict=True):
            np.testing.assert_array_equal(got, want, err_msg=layout)


@pytest.mark.parametrize("name", [name for name in NAMES if changed(name)])
def test_an_update_in_place_reaches_every_layout_that_can_be_written_to(name):
    expected = copies(sample(name))
    getattr(kernels, name)(**expected)
    for each in changed(name):
        for layout in ("reversed", "every other", "unaligned", "subclass", "middle of a larger array"):
            arguments = copies(sample(name))
            arguments[each] = LAYOUTS[layout](arguments[each])
            given = arguments[each]
            getattr(kernels, name)(**arguments)
            np.testing.assert_array_equal(given, expected[each], err_msg=layout)
            assert not np.array_equal(given, sample(name)[each])


def test_the_transpose_of_an_array_gives_the_transpose_of_the_values():
    x = np.linspace(-2, 2, 6).reshape(2, 3)
    np.testing.assert_array_equal(kernels.sigmoid_forward(x.T), kernels.sigmoid_forward(x).T)


@pytest.mark.parametrize("name", ["sigmoid", "gelu", "dropout"])
@pytest.mark.parametrize("shape", [(), (7,), (2, 3, 4), (1, 2, 3, 2, 1)])
def test_functions_of_every_entry_take_any_number_of_axes(name, shape, rng):
    arguments = {each: np.resize(value, shape) if value.ndim else value for each, value in sample(f"{name}_forward").items()}
    np.testing.assert_allclose(getattr(kernels, f"{name}_forward")(**arguments),
                               getattr(plain, f"{name}_forward")(**arguments), rtol=1e-12)


# what does not fit


def agrees_with_plain(name, arguments):
    """Whether a call is refused, or gives and changes what the plain kernel does."""
    if refused(name, copies(arguments)):
        return True
    ours, theirs = copies(arguments), copies(arguments)
    got = results(name, ours)
    with np.errstate(all="ignore"):
        returned = getattr(plain, name)(**theirs)
    want = [*(() if returned is None else as_tuple(returned)), *(theirs[each] for each in changed(name))]
    return all(np.allclose(one, other, *TOLERANCE[np.asarray(one).dtype.itemsize], equal_nan=True)
               for one, other in zip(got, want, strict=True))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_arrays_of_other_sizes_are_refused_or_give_what_the_plain_kernel_gives(name, data):
    arguments = sample(name)
    for _ in range(data.draw(st.integers(1, 2))):
        each = data.draw(st.sampled_from(arrays_of(name)))
        sizes = [max(0, size + data.draw(st.sampled_from([0, 0, 1, -1, 3]))) for size in arguments[each].shape]
        sizes = data.draw(st.sampled_from([sizes, sizes[::-1], sizes[1:], [1, *sizes]]))
        arguments[each] = np.resize(arguments[each], sizes)
    assert agrees_with_plain(name, arguments)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data(), value=arrays())
def test_any_array_at_all_is_refused_or_gives_what_the_plain_kernel_gives(name, data, value):
    assert agrees_with_plain(name, sample(name) | {data.draw(st.sampled_from(arrays_of(name))): value})


@pytest.mark.parametrize("name", NAMES)
def test_a_size_that_two_arguments_share_differs_in_neither(name):
    right, takes = sample(name), contract_of(unchecked.KERNELS[name]).arguments
    for argument in takes:
        others = {axis for each in takes if each is not argument for axis in each.axes}
        for axis, letter in enumerate(argument.axes if argument.name in arrays_of(name) else ()):
            if letter in others:
                twice = np.concatenate([right[argument.name]] * 2, axis)
                assert refused(name, right | {argument.name: twice})
                assert refused(name, right | {argument.name: np.delete(right[argument.name], 0, axis)})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_array_and_arrays_of_other_things_are_refused(name):
    right = sample(name)
    for argument in arrays_of(name):
        for value in NO_ARRAYS:
            assert refused(name, right | {argument: value})
        dtype = right[argument].dtype
        unlike = [np.int64, bool] if dtype.kind == "f" else [np.float64]
        for other in (np.float16, complex, object, "U3", ">f8", "M8[s]", *unlike):
            assert refused(name, right | {argument: right[argument].astype(other)}), (argument, other)


@pytest.mark.parametrize("name", NAMES)
def test_the_two_floats_do_not_mix(name):
    right = sample(name)
    floats = [each for each in arrays_of(name) if right[each].dtype.kind == "f"]
    for argument in floats if len(floats) > 1 else []:
        assert refused(name, right | {argument: right[argument].astype(np.float32)})


@pytest.mark.parametrize("name", [name for name in NAMES if len(arrays_of(name)) < len(sample(name))])
def test_settings_of_another_kind_are_refused(name):
    junk = [np.ones(2), None, "two", object(), 1j, [], (1,), (1, 2, 3), (1.0, 2), {1: 2}, 10 ** 400]
    more = {"scalar": [True, (1, 2)], "boolean": [0, 1, 0.5], "integer": [0, -1, 1.0, True, 2 ** 40],
            "pair": [2, (0, -1), (True, 1), (1, 2 ** 40), np.array([1, 2])]}
    for argument in contract_of(unchecked.KERNELS[name]).arguments:
        for value in junk + more[argument.kind] if argument.kind in more else []:
            assert refused(name, sample(name) | {argument.name: value}), value


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_number_of_arguments_says_which_there_are(name):
    right = list(sample(name).values())
    for arguments in ([], right[:-1], [*right, 1]):
        words = rf"^{name}: (missing a required|too many positional) argument.*, expected .*\nIt takes "
        with pytest.raises(TypeError, match=words):
            getattr(kernels, name)(*arguments)


@pytest.mark.parametrize("name, changes, words", [
    ("affine_forward", dict(w=np.ones((4, 5))),
     "affine_forward: w has shape (4, 5), expected (M, 3), where D = 3 comes from x.\nIt takes x (N, D), w (M, D), b (M,)."),
    ("sigmoid_backward", dict(h=np.full(6, 0.5)), "sigmoid_backward: h has shape (6,), expected (3, 4), as dh has."),
    ("embedding_backward", dict(x=np.full((2, 3), 10 ** 9)),
     "embedding_backward: x holds 1000000000, expected integers 0 ... V-1, where V = 5 comes from w."),
    ("embedding_forward", dict(x=np.full((2, 3), -1)), "embedding_forward: x holds -1, expected integers 0 ... V-1"),
    ("embedding_forward", dict(x=np.full((2, 3), 2 ** 63, np.uint64)), "x holds 9223372036854775808, expected integers"),
    ("embedding_forward", dict(x=np.full((2, 3), np.nan)), "embedding_forward: x has dtype float64, expected integers."),
    ("softmax_cross_entropy_forward", dict(y=np.full(5, 3)),
     "y holds 3, expected integers 0 ... K-1, where K = 3 comes from a."),
    ("softmax_cross_entropy_backward", dict(y=np.full(5, -4)), "y holds -4, expected integers 0 ... K-1"),
    ("max_pool2d_backward", dict(at=np.full((3, 2, 2, 4), 30)),
     "at holds 30, expected integers 0 ... H W-1, where H = 6 comes from x"),
    ("maxout_backward", dict(winner=np.full((5, 4), 7)),
     "winner holds 7, expected integers 0 ... P-1, where P = 2 comes from w."),
    ("conv2d_forward", dict(w=np.ones((5, 2, 9, 2))),
     "conv2d_forward: OH = floor((H + 2 PH - KH) / SH) + 1 is 0 for H = 6, PH = 1, KH = 9, SH = 2, expected a whole number"),
    ("conv2d_backward", dict(padding=(0, 2)), "dy has shape (3, 5, 3, 8), expected (N, F, 2, 8), where OH = floor("),
    ("conv2d_forward", dict(stride=(0, 1)), "stride is (0, 1), expected a pair (SH, SW) of whole numbers of at least 1."),
    ("conv2d_forward", dict(stride=2), "stride is 2, expected a pair (SH, SW) of whole numbers of at least 1."),
    ("conv2d_forward", dict(padding=(0, -1)),
     "padding is (0, -1), expected a pair (PH, PW) of whole numbers of at least 0."),
    ("avg_pool2d_forward", dict(size=(7, 2)), "OH = floor((H - KH) / SH) + 1 is 0 for H = 6, KH = 7, SH = 2"),
    ("attention_forward", dict(heads=3),
     "E = D / heads is 1.33333 for D = 4, heads = 3, expected a whole number of at least 1."),
    ("attention_forward", dict(qkv=np.ones((2, 3, 11))), "qkv has shape (2, 3, 11), expected (N, T, 3D)."),
    ("dropout_forward", dict(p=1.0), "p is 1.0, expected a number in [0, 1)."),
    ("lstm_forward", dict(b=np.ones(19)), "b has shape (19,), expected (20,), where M = 5 comes from h0."),
    ("relu_forward", dict(a=[1.0, -1.0]),
     "a is [1.0, -1.0], expected a NumPy array.\nConvert it with np.asarray(a, dtype=np.float64)."),
    ("relu_forward", dict(a=np.arange(3)),
     "a has dtype int64, expected float32 or float64.\nConvert it with a.astype(np.float64)."),
    ("affine_forward", dict(b=np.ones(4, np.float32)),
     "b has dtype float32, expected that of x, float64.\nConvert it with b.astype(np.float64)."),
    ("relu_forward", dict(a=np.ones((0, 3))), "a has shape (0, 3): it is empty, expected at least one entry."),
])
def test_what_once_read_past_the_end_or_ended_the_process_is_told(name, changes, words):
    with pytest.raises(ValueError) as caught:
        getattr(kernels, name)(**sample(name) | changes)
    assert words in str(caught.value)


def test_one_array_cannot_be_changed_and_read_in_one_update():
    w = np.ones(5)
    for arguments in ((w, w, np.zeros(5)), (w, np.ones(5), w)):
        words = "and w are the same memory, and w changes, expected arrays of their own.\nPass a copy"
        with pytest.raises(ValueError, match=words):
            kernels.sgd_update(*arguments, 0.1, 0.9, False, 0.0)
    kernels.sgd_update(np.ones((5, 2))[:, 0], np.ones((5, 2))[:, 1], np.zeros(5), 0.1, 0.9, False, 0.0)


# the same function otherwise


@pytest.mark.parametrize("name", NAMES)
def test_a_checked_kernel_looks_like_the_kernel(name):
    public, kernel = getattr(kernels, name), unchecked.KERNELS[name]
    assert public is not kernel and public.__name__ == name and public.__doc__ == kernel.__doc__
    assert public.__module__ == kernel.__module__ and inspect.signature(public) == inspect.signature(kernel)
    assert f"def {name}(" in inspect.getsource(public)
    assert inspect.isfunction(public.py_func)


@pytest.mark.compiled
def test_a_kernel_of_a_reader_compiles_with_one_of_the_library_inside(njit):
    @njit
    def mine(a):
        return 2 * nn.kernels.sigmoid_forward(a)

    np.testing.assert_array_equal(mine(np.zeros((2, 3))), np.ones((2, 3)))


def test_a_function_that_is_withheld_stays_as_it_is():
    def sigmoid_forward(*arguments, **named):
        raise RuntimeError("withheld")

    assert checked(sigmoid_forward) is sigmoid_forward
