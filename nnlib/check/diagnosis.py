"""The words for a wrong gradient: what kind of mistake has this shape?"""
import numpy as np

from ..differences import relative_error
from .calls import signature

TOLERANCE = 1e-6


def form_trouble(got, want, N=None):
    """What is wrong before any value is compared: kind, shape, NaN. None if nothing."""
    if not np.issubdtype(got.dtype, np.number) or np.iscomplexobj(got):
        return f"is {got.dtype}, expected numbers."
    if got.shape != want.shape:
        text = f"has shape {got.shape}, expected {want.shape}."
        if got.ndim == 2 and got.shape == want.shape[::-1]:
            return text + "\nIt is transposed." + (" Its transpose is right." if close(got.T, want) else "")
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
    if np.issubdtype(got.dtype, np.integer) and not close(got, want) and not close(want, np.round(want)):
        return f"has dtype {got.dtype}, expected floats: the fractions are cut off."
    if got.dtype in (np.float32, np.float16) and not np.all(relative_error(got, want) <= TOLERANCE) and \
            np.allclose(got, want, rtol=1e-2, atol=1e-4):
        return f"has dtype {got.dtype}, expected float64: right, but with too few digits to check."
    return None


def diagnosis(got, want, wrong, arguments, function):
    """One more line that names the kind of mistake, or nothing if none fits."""
    if not np.any(got):
        return "\nIt is 0 everywhere." if got.size > 1 else "\nIt is 0."
    squares = float(np.sum(want * want))
    factor = float(np.sum(got * want)) / squares if squares > 0 else 0.0
    if factor != 0 and close(got, factor * want):
        sentence = factor_sentence(factor, got.size, arguments)
        if sentence:
            return "\n" + sentence
    if got.ndim == 2 and got.shape[0] == got.shape[1] and close(got.T, want):
        return "\nIt is transposed: its transpose is right."
    if got.ndim == 2 and got.size > 1 and close(got[::-1, ::-1], want):
        return "\nIt is turned by 180 degrees: its rows and columns run backward."
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
    if got.ndim == 3 and got.shape[1] > 2:
        right = np.flatnonzero(~wrong.any(axis=(0, 2)))
        if list(right) in ([0], [got.shape[1] - 1]):
            return f"\nOnly [:, {right[0]}] is right: look at what one step hands on to the next."
    if got.ndim == 2 and not wrong.all():
        for axis, word in ((0, "column"), (1, "row")):
            lines = np.flatnonzero(wrong.any(axis=axis))
            if len(lines) == 1 and got.shape[1 - axis] > 1:
                return f"\nAll wrong entries are in {word} {lines[0]}."
    return ""


def factor_sentence(factor, entries, arguments):
    """What a constant factor between a gradient and the right one usually means; "" if it may be chance."""
    N, size = batch_size(arguments), abs(factor)
    if close(size, 1):
        return "The sign is wrong" + (": every entry is -1 times what it should be." if entries > 1 else ".")
    every = "Every entry is" if entries > 1 else "It is"
    every = every if factor > 0 else f"The sign is wrong, and {every.lower()}"
    if N and N > 1 and close(size, N):
        return f"{every} {N} times too large. {N} is the number of examples: the loss is a mean, so divide by it."
    if N and N > 1 and close(size, 1 / N):
        return f"{every} {N} times too small. {N} is the number of examples: it is divided by once too often."
    if close(size, 2):
        return f"{every} twice what it should be: look at the factor 1/2 in the loss."
    if close(size, 0.5):
        return f"{every} half of what it should be: look at the factor 2 that a square brings down."
    others = {length for a in arguments if isinstance(a, np.ndarray) for length in a.shape} - {N, 1}
    for other in sorted(others):
        if N and close(size, N / other):
            return f"It seems divided by {other} instead of {N}: the mean runs over the {N} examples."
        if N and close(size, 1 / other):
            return f"{every} {other} times too small. {other} is a size, but no number of examples: do not divide by it."
    return f"{every} {size:.4g} times what it should be: look for a constant factor." if entries > 1 else ""


def example_diagnosis(got, want, tolerance, N):
    """One more line about a wrong value of a worked example, or nothing."""
    if not np.any(np.abs(want) > 10 * tolerance):
        return ""
    if np.all(np.abs(got + want) <= tolerance):
        return "\nThe sign is wrong."
    if N and N > 1 and np.all(np.abs(got / N - want) <= tolerance):
        return f"\nIt is {N} times too large. {N} is the number of examples: take the mean."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and np.all(np.abs(got.T - want) <= tolerance):
        return "\nIt is transposed."
    return ""


def worst_entry(got, want, error, wrong, against):
    """How many entries are wrong, and the worst of them."""
    worst = np.unravel_index(np.argmax(error), error.shape)
    at = f" at {list(map(int, worst))}" if got.ndim else ""
    count = f"{wrong.sum()} of {got.size} entries are wrong, worst{at}: " if got.size > 1 else "wrong: "
    return f"{count}yours {got[worst]:.6g}, {against} {want[worst]:.6g}."


def batch_size(arguments):
    """Number of rows of the first matrix among the arguments: the examples. None without a matrix."""
    return next((len(a) for a in arguments if isinstance(a, np.ndarray) and a.ndim > 1), None)


def close(a, b):
    """Equal to within what finite differences can tell."""
    return np.allclose(a, b, rtol=1e-5, atol=1e-8)
