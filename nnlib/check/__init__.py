"""Self-checks for your own functions: what is wrong with a gradient, and not only that it is wrong.

The checks know no solution. They compare with central differences of the forward function you give,
entry by entry, and describe the shape of the error. They never raise an error of your code: they report it.
"""
import contextlib
import functools
import inspect
import io

import numpy as np

from ..differences import numerical_gradient, relative_error
from . import known
from .calls import Mistake, compiled_or_not, name_of, named_outputs, result_of, signature, viewed
from .diagnosis import (
    TOLERANCE,
    batch_size,
    close,
    diagnosis,
    example_diagnosis,
    form_trouble,
    outputs_in_another_order,
    within,
    worst_entry,
)
from .progress import hint, note, status
from .report import Finding, Report

__all__ = "backward", "example", "gradient", "hint", "status"


def gradient(loss, gradient, *arguments, of):
    """Check your gradient of a loss against central differences of that loss, every entry.

    ``loss(*arguments)`` returns a number. ``gradient(*arguments)`` returns its gradient with respect
    to the arguments named in ``of``, in that order: ``check.gradient(loss, gradient, x, w, b, y, of="w b")``.

    Raises    ValueError if ``of`` names no argument of loss
    """
    names = of.split() if isinstance(of, str) else list(of)
    places = argument_places(loss, names)

    def numerical(arguments):
        return differences(lambda *a: number(loss, a), arguments, places)

    return judge(gradient, arguments, ["d" + name for name in names], numerical)


def backward(forward, backward, *arguments, of=None, from_output=False):
    """Check your backward function against central differences of the forward function it belongs to.

    ``forward(*arguments)`` returns an array y. ``backward(dy, *arguments)`` returns the gradients with
    respect to all arguments, in their order, or to those named in ``of``: settings like a stride have none.
    With ``from_output=True`` it is called as ``backward(dy, y)``, for functions like tanh whose slope 1 - y^2
    is known from the output. A forward that returns ``y, saved, ...`` is checked with
    ``backward(dy, saved, ..., *arguments)``.

    Raises    ValueError if ``of`` names no argument of forward
    """
    names = list(signature(forward).parameters)[:len(arguments)] if of is None else of.split()
    places = argument_places(forward, names, "check.backward")
    names = ["d" + name for name in names]
    try:
        y, *saved = outputs_of(forward, arguments)
        shape = np.shape(y)
    except Mistake as mistake:
        return Report(name_of(backward), [Finding(", ".join(names), False, str(mistake))])
    dy = np.random.default_rng(0).standard_normal(shape)

    def numerical(dy_and_arguments):
        dy, *arguments = dy_and_arguments
        return differences(lambda *a: float(np.sum(dy * outputs_of(forward, a)[0])), arguments, places)

    if from_output:
        backward = given_output(forward, backward)
    elif saved:
        backward = given_saved(forward, backward)
    return judge(backward, (dy, *arguments), names, numerical)


def given_output(forward, backward):
    """backward(dy, y) as a function of dy and the arguments of forward, under its own name."""
    @functools.wraps(backward)
    def call(dy, *arguments):
        return compiled_or_not(backward, (dy, forward(*arguments)))

    return call


def given_saved(forward, backward):
    """backward(dy, saved, ..., *arguments) as a function of dy and the arguments of forward, under its own name."""
    def call(dy, *arguments):
        return compiled_or_not(backward, (dy, *outputs_of(forward, arguments)[1:], *arguments))

    first, *_ = signature(backward).parameters.values()
    call.__name__, call.__wrapped__ = name_of(backward), backward
    call.__signature__ = inspect.Signature([first, *signature(forward).parameters.values()])
    return call


def outputs_of(forward, arguments):
    """What a forward function returns, as a tuple: y alone, or y and what it saves."""
    result = result_of(forward, arguments)
    return result if isinstance(result, tuple) and result else (result,)


def example(function, arguments, expected, *, tolerance=TOLERANCE, view=None):
    """Check your function on one worked example. ``expected`` is {name of output: value}.

    ``tolerance`` is absolute: half a unit in the last printed digit, say. Where many outputs are right, ``expected``
    holds what ``view(*outputs, *arguments)`` gives of them: the decisions of a perceptron, say, instead of its weights.
    """
    name, wanted = name_of(function), [np.asarray(want, float) for want in expected.values()]
    try:
        if view is None:
            outputs = named_outputs(function, arguments, list(expected), numbers=all(want.ndim == 0 for want in wanted))
        else:
            outputs = view_of(view, function, arguments)
    except Mistake as mistake:
        return note(function, Report(name, [Finding(", ".join(expected), False, str(mistake))]))
    if known.record(function, arguments, outputs):
        return Report(name, [])
    N, findings = batch_size(arguments, function), []
    for output, want, got in zip(expected, wanted, outputs):
        trouble, wrong = form_trouble(got, want, N, tolerance), None
        if trouble is None:
            error = np.abs(got - want)
            wrong = ~(error <= tolerance)
            if wrong.any():
                trouble = worst_entry(got, want, error, wrong, "expected") + example_diagnosis(got, want, tolerance, N)
        findings.append(Finding(output, trouble is None, trouble or "agrees with the worked example.", wrong))
    explained(findings, function, arguments, outputs, wanted, functools.partial(within, tolerance))
    return note(function, Report(name, findings))


def explained(findings, function, arguments, outputs, wanted, near):
    """True if one sentence explains all that is wrong; it then replaces the guesses. Modifies the findings."""
    wrong = [finding for finding in findings if not finding.right]
    sentence = known.sentence(function, arguments, outputs, right=not wrong)
    if wrong and not sentence:
        sentence = outputs_in_another_order(outputs, wanted, [finding.name for finding in findings], near)
    if sentence:
        for finding in wrong:
            finding.text = finding.text.partition("\n")[0]
        wrong[0].text += "\n" + sentence
    return bool(sentence)


def view_of(view, function, arguments):
    """What a view gives of the outputs of your function, as arrays, or Mistake. The view's arguments name the outputs."""
    names = list(signature(view).parameters)
    outputs = named_outputs(function, arguments, names[:len(names) - len(arguments)])
    try:
        return [np.asarray(value) for value in viewed(view, [np.asarray(output, float) for output in outputs], arguments)]
    except (ValueError, TypeError) as error:
        raise Mistake(str(error)) from None


def judge(function, arguments, names, numerical):
    """Report on a gradient function, given what computes the numerical gradients of its outputs."""
    arguments = [np.array(a, np.float64) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in arguments]
    name = name_of(function)
    try:
        outputs = named_outputs(function, arguments, names)
        if known.record(function, arguments, outputs):
            return Report(name, [])
        wanted = numerical(arguments)
    except Mistake as mistake:
        text = str(mistake) + second_look(function, arguments, names, numerical)
        return note(function, Report(name, [Finding(", ".join(names), False, text)]))
    elsewhere = functools.cache(lambda: for_other_numbers(function, arguments, names, numerical))
    findings = [verdict(output, got, want, arguments, function, lambda place=place: elsewhere()[place:place + 1])
                for place, (output, got, want) in enumerate(zip(names, outputs, wanted))]
    done = explained(findings, function, arguments, outputs, wanted, close)
    for place, finding in enumerate(findings):
        if finding.wrong is not None and not done and "\n" not in finding.text:
            finding.text += one_example_alone(outputs[place], arguments, place, numerical, function) or \
                second_look(function, arguments, names, numerical)
    return note(function, Report(name, findings))


def for_other_numbers(function, arguments, names, numerical):
    """[(output, what it should be)] with other numbers in the arguments; empty if nothing can be compared there."""
    rng = np.random.default_rng(1)
    moved = [a * rng.uniform(0.7, 1.3, np.shape(a)) + 0.1 * rng.standard_normal(np.shape(a))
             if isinstance(a, float) or isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in arguments]
    try:
        return list(zip(named_outputs(function, moved, names), numerical(moved)))
    except Mistake:
        return []


def verdict(name, got, want, arguments, function, again):
    """Finding on one gradient: right, or wrong in a way that has a name."""
    N = batch_size(arguments, function)
    trouble = form_trouble(got, want, N)
    if trouble is not None:
        return Finding(name, False, trouble)
    if not np.isfinite(want).all():
        return Finding(name, False, "cannot be checked: the loss is NaN or infinite close to these inputs.\n"
                                    "Repair the loss first.")
    error = relative_error(got, want)
    wrong = ~(error <= TOLERANCE)
    if not wrong.any():
        entries = f"all {got.size} entries agree" if got.size > 1 else "agrees"
        return Finding(name, True, f"{entries} with central differences.")
    text = worst_entry(got, want, error, wrong, "numerical")
    return Finding(name, False, text + diagnosis(got, want, wrong, arguments, function, again), wrong)


def one_example_alone(got, arguments, place, numerical, function):
    """A sentence if the output is the gradient of the last or the first example only, else ""."""
    N = batch_size(arguments, function)
    for n, word in ((-1, "last"), (0, "first")):
        alone = cut(arguments, N, n)
        if alone is not None:
            with contextlib.suppress(Mistake):
                want = numerical(alone)[place]
                if want.shape == got.shape and np.any(want) and (close(got, want) or close(got, want / N)):
                    return f"\nOnly the {word} example counts. Add up over all of them: += instead of =."
    return ""


def second_look(function, arguments, names, numerical):
    """A sentence if the function is right for other sizes: one example, or all sizes equal. Else ""."""
    N = batch_size(arguments, function)
    singles = [cut(arguments, N, n) for n in range(min(N or 0, 3))]
    if singles and all(single and right_on(function, single, names, numerical) for single in singles):
        return "\nIt is right for a single example: look at how the examples are put together."
    shapes = [a.shape for a in arguments if isinstance(a, np.ndarray) and a.ndim]
    side = min((length for shape in shapes for length in shape), default=0)
    square = [a[tuple(slice(side) for _ in a.shape)] if isinstance(a, np.ndarray) else a for a in arguments]
    if side > 1 and any(length != side for shape in shapes for length in shape) and \
            right_on(function, square, names, numerical):
        return "\nIt is right when all sizes are equal: look for two axes in the wrong order, or the wrong size."
    return ""


def right_on(function, arguments, names, numerical):
    """True if the function gives the numerical gradients at these arguments."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return all(got.shape == want.shape and bool(np.all(relative_error(got, want) <= TOLERANCE))
                       for got, want in zip(named_outputs(function, arguments, names), numerical(arguments)))
    except (Mistake, ValueError):
        return False


def cut(arguments, N, n):
    """The arguments for example n alone. None if there are no others, or another size is N too."""
    shapes = [a.shape for a in arguments if isinstance(a, np.ndarray)]
    if not N or N == 1 or any(N in shape[1:] for shape in shapes):
        return None
    chosen = slice(n, n + 1 or None)
    return [a[chosen] if isinstance(a, np.ndarray) and a.ndim and len(a) == N else a for a in arguments]


def differences(f, arguments, places):
    """Central differences of the number f(*arguments) with respect to the arguments at these places."""
    return [numerical_gradient(along(f, arguments, place), np.array(arguments[place], np.float64)) for place in places]


def along(f, arguments, place):
    """f as a function of the argument at this place alone; what was a number is given to f as a number."""
    convert = (lambda value: value) if isinstance(arguments[place], np.ndarray) else float
    return lambda value: f(*arguments[:place], convert(value), *arguments[place + 1:])


def number(loss, arguments):
    """The loss as a float, or Mistake if it is not a single number."""
    value = np.asarray(result_of(loss, arguments))
    if value.size != 1 or value.dtype.kind not in "fiu":
        kind = f"shape {value.shape}" if value.dtype != object else str(value)
        raise Mistake(f"{name_of(loss)} returns {kind}, expected one number.\nThe gradient is checked against it.")
    return float(value.reshape(()))


def argument_places(function, names, check="check.gradient"):
    """Positions of the named arguments of a function."""
    known = list(signature(function).parameters)
    for name in names:
        if name not in known:
            raise ValueError(f"{check}: of={name!r} is not an argument of {name_of(function)}, "
                             f"expected some of: {', '.join(known)}.")
    return [known.index(name) for name in names]
