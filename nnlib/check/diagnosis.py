"""The words for a wrong gradient: what kind of mistake has this shape?"""
import functools
import itertools

import numpy as np

from ..differences import relative_error
from .calls import signature

TOLERANCE = 1e-6
EXAMPLES = {"x", "y", "y_hat", "a", "h", "t", "da", "dh", "dy", "scores"}        # arguments with one row for each example
STATES = {"h0", "states"}                                                       # they come with a time axis


def form_trouble(got, want, N=None, tolerance=None):
    """What is wrong before any value is compared: kind, shape, NaN. None if nothing.

    ``tolerance`` is absolute; without one, equal is what finite differences cannot tell apart.
    """
    near = close if tolerance is None else functools.partial(within, tolerance)
    if not np.issubdtype(got.dtype, np.number) or np.iscomplexobj(got):
        return f"is {got.dtype}, expected numbers."
    if got.shape != want.shape:
        text = f"has shape {got.shape}, expected {want.shape}."
        if got.ndim == 2 and got.shape == want.shape[::-1]:
            return text + "\nIt is transposed." + (" Its transpose is right." if near(got.T, want) else "")
        if got.ndim > 2 and sorted(got.shape) == sorted(want.shape):
            return text + "\n" + (axes_in_another_order(got, want, near) or "Its axes are in another order.")
        if N is not None and got.shape == (N, *want.shape):
            return text + f"\nThe sum over the {N} examples is missing."
        if got.size == want.size:
            return text + "\nThe number of entries is right: look for an axis too many or too few."
        return text
    if not np.isfinite(got).all():
        where = np.argwhere(~np.isfinite(got))
        found = f"{len(where)} of {got.size} entries are NaN or infinite" if got.size > 1 else "is NaN or infinite"
        at = f", first at {list(map(int, where[0]))}" if got.ndim else ""
        return f"{found}{at}.\nLook for exp of a large number, log of 0, or 0/0."
    if tolerance is not None and near(got, want):
        return None
    if np.issubdtype(got.dtype, np.integer) and not close(got, want) and not close(want, np.round(want)):
        return f"has dtype {got.dtype}, expected floats: the fractions are cut off."
    if got.dtype in (np.float32, np.float16) and not np.all(relative_error(got, want) <= TOLERANCE) and \
            np.allclose(got, want, rtol=1e-2, atol=1e-4):
        return f"has dtype {got.dtype}, expected float64: right, but with too few digits to check."
    return None


def axes_in_another_order(got, want, near):
    """A sentence if an array of three or more axes is right with its axes in another order, else ""."""
    for order in itertools.permutations(range(got.ndim)):
        if got.transpose(order).shape == want.shape and near(got.transpose(order), want):
            return f"Its axes are in another order: with .transpose{order} it is right."
    return ""


def outputs_in_another_order(outputs, wanted, names, right):
    """A sentence if all outputs are right(got, want), but not in their places, else ""."""
    if not 1 < len(names) <= 6:
        return ""
    fits = [[got.dtype.kind in "iuf" and got.shape == want.shape and right(got, want) for want in wanted] for got in outputs]
    for order in itertools.permutations(range(len(names))):
        if order != tuple(sorted(order)) and all(fits[place][output] for place, output in enumerate(order)):
            return f"All values are right, but in another order. Return {', '.join(names)}."
    return ""


def diagnosis(got, want, wrong, arguments, function, again):
    """One more line that names the kind of mistake, or nothing if none fits.

    ``again()`` gives the same output and what it should be for other numbers: one factor may be chance.
    """
    if not np.any(got):
        return "\nIt is 0 everywhere." if got.size > 1 else "\nIt is 0."
    squares = float(np.sum(want * want))
    factor = float(np.sum(got * want)) / squares if squares > 0 else 0.0
    if factor != 0 and close(got, factor * want):
        if all(close(other, factor * right) for other, right in again()):
            return "\n" + factor_sentence(factor, got.size, arguments, function)
        if got.size > 1:
            return (f"\nEvery entry is {factor:.4g} times what it should be here, and not so for other numbers: "
                    "they share a factor that is wrong.")
    if got.ndim == 2 and got.shape[0] == got.shape[1] and close(got.T, want):
        return "\nIt is transposed: its transpose is right."
    if got.ndim == 2 and got.size > 1 and close(got[::-1, ::-1], want):
        return "\nIt is turned by 180 degrees: its rows and columns run backward."
    if got.ndim > 2 and axes_in_another_order(got, want, close):
        return "\n" + axes_in_another_order(got, want, close)
    if got.size == 1:
        return ""
    difference = got - want
    if close(difference, np.full_like(difference, difference.flat[0])):
        return f"\nEvery entry is off by the same {difference.flat[0]:.4g}: a term is missing or one too many."
    for name, argument in zip(signature(function).parameters, arguments):
        if isinstance(argument, np.ndarray) and argument.shape == got.shape and np.any(argument):
            times = float(np.sum(difference * argument) / np.sum(argument * argument))
            if times != 0 and close(difference, times * argument):
                return f"\nIt is off by {times:.4g} times {name}: a term with {name} is missing or one too many."
    if got.ndim == 3 and got.shape[1] > 2 and STATES & {*signature(function).parameters}:
        right = np.flatnonzero(~wrong.any(axis=(0, 2)) & want.any(axis=(0, 2)))
        if list(right) in ([0], [got.shape[1] - 1]):
            return f"\nOnly [:, {right[0]}] is right: look at what one step hands on to the next."
    if got.ndim == 2 and not wrong.all():
        for axis, word in ((0, "column"), (1, "row")):
            lines = np.flatnonzero(wrong.any(axis=axis))
            if len(lines) == 1 and got.shape[1 - axis] > 1:
                return f"\nAll wrong entries are in {word} {lines[0]}."
    return ""


def factor_sentence(factor, entries, arguments, function):
    """What a constant factor between a gradient and the right one usually means."""
    N, size = batch_size(arguments, function), abs(factor)
    if close(size, 1):
        return "The sign is wrong" + (": every entry is -1 times what it should be." if entries > 1 else ".")
    every = "Every entry is" if entries > 1 else "It is"
    every = every if factor > 0 else f"The sign is wrong, and {every.lower()}"
    if N and N > 1 and close(size, N):
        return f"{every} {N} times too large. {N} is the number of examples: the loss is a mean, so divide by it."
    if N and N > 1 and close(size, 1 / N):
        return f"{every} {N} times too small. {N} is the number of examples: it is divided by once too often."
    if close(size, 2):
        return f"{every} twice what it should be: a factor 2 is too much, or a factor 1/2 is missing."
    if close(size, 0.5):
        return f"{every} half of what it should be: a factor 1/2 is too much, or a factor 2 is missing."
    others = {length for a in arguments if isinstance(a, np.ndarray) for length in a.shape} - {N, 1}
    for other in sorted(others):
        if N and close(size, N / other):
            return f"It seems divided by {other} instead of {N}: the mean runs over the {N} examples."
        if N and close(size, 1 / other):
            return f"{every} {other} times too small. {other} is a size, but no number of examples: do not divide by it."
    return f"{every} {size:.4g} times what it should be: look for a constant factor."


def example_diagnosis(got, want, tolerance, N):
    """One more line about a wrong value of a worked example, or nothing."""
    if not np.any(np.abs(want) > 10 * tolerance):
        return ""
    if within(tolerance, -got, want):
        return "\nThe sign is wrong."
    if N and N > 1 and not close(want, np.round(want)) and within(tolerance, got / N, want):
        return f"\nIt is {N} times too large. {N} is the number of examples: take the mean."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and within(tolerance, got.T, want):
        return "\nIt is transposed."
    return ""


def worst_entry(got, want, error, wrong, against):
    """How many entries are wrong, and the worst of them."""
    worst = np.unravel_index(np.argmax(error), error.shape)
    at = f" at {list(map(int, worst))}" if got.ndim else ""
    count = f"{wrong.sum()} of {got.size} entries are wrong, worst{at}: " if got.size > 1 else "wrong: "
    return f"{count}yours {got[worst]:.6g}, {against} {want[worst]:.6g}."


def batch_size(arguments, function):
    """Number of examples: the rows of the first argument that holds some. None if no argument does."""
    rows = [a for name, a in zip(signature(function).parameters, arguments) if name in EXAMPLES and np.ndim(a)]
    lengths = [len(a) for a in rows if a.ndim == 1]
    return next((len(a) for a in rows if a.ndim > 1), None) or next((N for N in lengths if lengths.count(N) > 1), None)


def within(tolerance, a, b):
    """Equal to within an absolute tolerance, everywhere."""
    return bool(np.all(np.abs(a - b) <= tolerance))


def close(a, b):
    """Equal to within what finite differences can tell."""
    return np.allclose(a, b, rtol=1e-5, atol=1e-8)
