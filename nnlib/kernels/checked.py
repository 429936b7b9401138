"""A kernel as readers call it: right for arrays of any memory layout, and clear about arguments that do not fit.

What fits is what the Shapes lines of its docstring say.
"""
import functools
import inspect
import reprlib

import numpy as np

from .contract import contract_of, letters_of, multiple, value_of

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
INTEGERS = (np.dtype(np.int32), np.dtype(np.int64))         # others become int64: kernels are compiled for few kinds
TOO_LARGE = 2 ** 31                                         # for any size or step that is meant


def checked(kernel):
    """The kernel behind a check; a function without Shapes, as a withheld one is, stays as it is.

    Raises    TypeError if the number of arguments is wrong, ValueError if one is not what the docstring says
    """
    if "Shapes" not in (kernel.__doc__ or ""):
        return kernel

    @functools.wraps(kernel, updated=())
    def call(*arguments, **named):
        contract = contract_of(kernel)
        if named or len(arguments) != len(contract.arguments):
            arguments = in_order(kernel, arguments, named)
        check = Check(kernel.__name__, contract)
        taken = check.take(arguments)
        result = kernel(*taken)
        if "..." in check.sizes:
            result = result.reshape(check.sizes["..."])
        for argument, given, array in zip(contract.arguments, arguments, taken):
            if argument.name in contract.modified and not np.shares_memory(given, array):
                given[...] = array
        return result

    call.py_func = getattr(kernel, "py_func", kernel)
    if hasattr(kernel, "_numba_type_"):
        call._numba_type_ = kernel._numba_type_             # a reader's own compiled function calls it unchecked
    return call


def in_order(kernel, arguments, named):
    """All arguments by position, else TypeError."""
    signature = inspect.signature(kernel)
    try:
        return signature.bind(*arguments, **named).args
    except TypeError as error:
        raise TypeError(f"{kernel.__name__}: {error}, expected {', '.join(signature.parameters)}.\n"
                        f"It takes {contract_of(kernel).text}.") from None


class Check:
    """The check of one call, which learns on the way what the letters of the docstring stand for."""

    def __init__(self, name, contract):
        self.name, self.contract = name, contract
        self.sizes, self.origins = {}, {}                   # {letter: size}, {letter: the argument it comes from}

    def take(self, values):
        """The arguments as the kernel takes them: plain numbers, and contiguous arrays."""
        given = list(zip(self.contract.arguments, values))
        numbers = {argument.name: self.number(argument, value) for argument, value in given if argument.kind in AS_NUMBER}
        arrays = [(argument, self.array(argument, value)) for argument, value in given if argument.kind not in AS_NUMBER]
        self.define_letters()
        for argument, array in arrays:
            self.check_shape(argument, array)
        first = next(pair for pair in arrays if pair[0].kind == "floats")
        for argument, array in arrays:
            self.check_dtype(argument, array, *first)
            if argument.limits:
                self.check_range(argument, array)
            if argument.name in self.contract.modified:
                self.check_memory(argument, array, arrays)
        taken = numbers | {argument.name: as_compiled(argument, array) for argument, array in arrays}
        return [taken[argument.name] for argument in self.contract.arguments]

    def refuse(self, what, expected, advice=""):
        """ValueError: what was given, what was expected, what to do."""
        raise ValueError(f"{self.name}: {what}, expected {expected}.\n{advice or f'It takes {self.contract.text}.'}")

    def number(self, argument, value):
        """The value as Python's own number, truth value or pair."""
        result = AS_NUMBER[argument.kind](value, argument.limits)
        if result is None:
            self.refuse(f"{argument.name} is {shortened(value)}", words(argument))
        if argument.kind == "pair":
            for letter, each in zip(argument.axes, result):
                self.letter(argument, letter, each)
        if argument.kind == "integer":
            self.letter(argument, argument.name, result)
        return result

    def array(self, argument, value):
        """The value, if it is an array with as many axes as the docstring has letters; new letters get their sizes."""
        name = argument.name
        if not isinstance(value, np.ndarray):
            kind = {"floats": "float64", "integers": "int64", "booleans": "bool"}[argument.kind]
            self.refuse(f"{name} is {shortened(value)}", "a NumPy array",
                        f"Convert it with np.asarray({name}, dtype=np.{kind}).")
        if value.size == 0:
            self.refuse(f"{name} has shape {value.shape}: it is empty", "at least one entry")
        if argument.axes == ("...",):
            self.letter(argument, "...", value.shape)
        elif value.ndim != len(argument.axes):
            self.refuse(f"{name} has shape {value.shape}", shape_text(argument.axes))
        else:
            for axis, size in zip(argument.axes, value.shape):
                times, letter = multiple(axis) or (0, "")
                if times and size % times == 0 and letter not in self.contract.definitions:
                    self.letter(argument, letter, size // times)
        return value.view(np.ndarray)

    def letter(self, argument, letter, size):
        """From now on the letter stands for this size, unless it has stood for one already."""
        if letter not in self.sizes:
            self.sizes[letter], self.origins[letter] = size, argument.name

    def define_letters(self):
        """Give the letters their sizes that follow from others, as the rows of an output do."""
        for letter, text in self.contract.definitions.items():
            if set(letters_of(text)) <= set(self.sizes):
                size = value_of(text, self.sizes)
                if size < 1 or size != int(size):
                    given = ", ".join(f"{each} = {self.sizes[each]}" for each in letters_of(text))
                    self.refuse(f"{letter} = {text} is {size:g} for {given}", "a whole number of at least 1")
                self.sizes[letter] = int(size)

    def size(self, axis):
        """What a text between the parentheses comes to; None while one of its letters is unknown."""
        if axis in self.sizes:
            return self.sizes[axis]
        return value_of(axis, self.sizes) if all(letter in self.sizes for letter in letters_of(axis)) else None

    def check_shape(self, argument, array):
        """Refuse an array whose sizes are not those that the letters have elsewhere."""
        if argument.axes == ("...",):
            if array.shape != self.sizes["..."]:
                self.refuse(f"{argument.name} has shape {array.shape}", f"{self.sizes['...']}, as {self.origins['...']} has")
            return
        want = tuple(map(self.size, argument.axes))
        if array.shape != want:
            text = shape_text(axis if size is None or self.origins.get(axis) == argument.name else size
                              for axis, size in zip(argument.axes, want))
            self.refuse(f"{argument.name} has shape {array.shape}", text + self.where(argument, *argument.axes))

    def where(self, argument, *texts):
        """A clause that says where the letters in these texts have their sizes from, unless it is this argument."""
        letters = dict.fromkeys(letter for text in texts for letter in letters_of(text))
        reasons = [f"{letter} = {self.contract.definitions[letter]}" if letter in self.contract.definitions else
                   f"{letter} = {self.sizes[letter]} comes from {self.origins[letter]}"
                   for letter in letters if letter in self.sizes and self.origins.get(letter) != argument.name]
        return ", where " + " and ".join(reasons) if reasons else ""

    def check_dtype(self, argument, array, first, floats):
        """Refuse an array that holds something else than the docstring says, or floats unlike the first ones."""
        if argument.kind == "integers":
            right, want, example = array.dtype.kind in "iu", "integers", "int64"
        elif argument.kind == "booleans":
            right, want, example = array.dtype == bool, "booleans", "bool"
        elif argument is first:
            right, want, example = array.dtype in FLOATS, "float32 or float64", "float64"
        else:
            right, want, example = array.dtype == floats.dtype, f"that of {first.name}, {floats.dtype}", floats.dtype
        if not right:
            self.refuse(f"{argument.name} has dtype {array.dtype}", want,
                        f"Convert it with {argument.name}.astype(np.{example}).")

    def check_range(self, argument, array):
        """Refuse an array of integers that points beyond the end of what it is an index into."""
        end = argument.limits.partition(" ... ")[2]
        outside = array[(array < 0) | (array > self.size(end))]
        if outside.size:
            self.refuse(f"{argument.name} holds {outside[0]}", f"integers {argument.limits}{self.where(argument, end)}")

    def check_memory(self, argument, array, arrays):
        """Refuse an array that the kernel cannot change entry by entry, and no other array along with it."""
        name = argument.name
        if not array.flags.writeable:
            self.refuse(f"{name} is read-only", "an array that the kernel can change",
                        f"Change a copy: {name} = {name}.copy().")
        if array.size > 1 and abs(array.strides[0]) < array.itemsize:
            self.refuse(f"{name} repeats its entries in memory", "an array that the kernel can change",
                        f"Change a copy: {name} = {name}.copy().")
        for other, memory in arrays:
            if other.name != name and np.shares_memory(array, memory):
                self.refuse(f"{other.name} and {name} are the same memory, and {name} changes", "arrays of their own",
                            f"Pass a copy: {other.name}.copy().")


def as_boolean(value, limits):
    """True or False, else None."""
    return bool(value) if isinstance(value, (bool, np.bool_)) else None


def as_scalar(value, limits):
    """A number within the limits as a float, else None."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        return None
    try:
        return float(value) if not limits or 0 <= value < 1 else None
    except OverflowError:                                   # of a whole number with hundreds of digits
        return None


def as_whole(value, limits):
    """A whole number within the limits as an int, else None."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        return None
    return int(value) if int(limits.removeprefix(">= ")) <= value < TOO_LARGE else None


def as_pair(value, limits):
    """Two whole numbers within the limits, else None."""
    pair = tuple(as_whole(each, limits) for each in value) if isinstance(value, (tuple, list)) else ()
    return pair if len(pair) == 2 and None not in pair else None


AS_NUMBER = {"boolean": as_boolean, "scalar": as_scalar, "integer": as_whole, "pair": as_pair}    # kinds that are not arrays


def as_compiled(argument, array):
    """An array of the few kinds that kernels are compiled for: contiguous, writable, of few dtypes, a matrix for (...)."""
    if argument.axes == ("...",):
        array = array.reshape(array.shape[0] if array.ndim else 1, -1)
    if array.dtype.kind in "iu" and array.dtype not in INTEGERS:
        array = array.astype(np.int64)
    return array if array.flags.carray else np.array(array, order="C")


def words(argument):
    """What an argument that is not an array has to be."""
    least = f" of at least {argument.limits.removeprefix('>= ')}" if argument.limits.startswith(">=") else ""
    return {"boolean": "True or False", "scalar": f"a number {argument.limits}".strip(), "integer": f"a whole number{least}",
            "pair": f"a pair {shape_text(argument.axes)} of whole numbers{least}"}[argument.kind]


def shortened(value):
    """The value in a few characters."""
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else reprlib.repr(value)


def shape_text(axes):
    """(N, 5), without quotes around the letters."""
    axes = [str(axis) for axis in axes]
    return f"({axes[0]},)" if len(axes) == 1 and axes != ["..."] else f"({', '.join(axes)})"
