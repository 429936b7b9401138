"""Your own function instead of a kernel, while a real network trains."""
import contextlib
import difflib

from . import kernels
from .kernels import unchecked


@contextlib.contextmanager
def using(**functions):
    """Let every layer call these functions instead of the library's kernels of the same name; nnlib.kernels has them too.

        with nnlib.using(affine_backward=mine):
            nnlib.fit(net, ...)

    The library's own kernels are back when the block ends, also after an error.

    Raises    ValueError if no kernel has that name; TypeError if a replacement cannot be called, or
              returns another number of results, or another shape, than the kernel
    """
    for name, function in functions.items():
        if name not in kernels.__all__:
            close = ([kernel for kernel in kernels.__all__ if kernel.startswith(name)]
                     or difflib.get_close_matches(name, kernels.__all__, n=3))
            raise ValueError(f"using: there is no kernel {name!r}.\n" + (
                f"Did you mean {' or '.join(close)}?" if close else f"The kernels are {', '.join(kernels.__all__)}."))
        if not callable(function):
            raise TypeError(f"using: {name} is a {type(function).__name__}, expected a function.\n"
                            f"Pass the function itself, without calling it: using({name}=mine).")
    replacements = {name: compared(name, function, getattr(kernels, name)) for name, function in functions.items()}
    for name, call in list(replacements.items()):
        if hasattr(kernels, f"{name}_parameters"):       # what the first layer of a network calls in training
            replacements[f"{name}_parameters"] = without_dx(call)
    places = [(module, name) for module in (kernels, unchecked) for name in replacements]
    originals = [getattr(module, name) for module, name in places]
    try:
        for module, name in places:
            setattr(module, name, replacements[name])
        yield
    finally:
        for (module, name), original in zip(places, originals):
            setattr(module, name, original)


def compared(name, function, original):
    """The function, which is compared in form, not in values, with the kernel the first time it runs."""
    first = True

    def call(*arguments):
        nonlocal first
        if first:
            want = original(*(a.copy() if hasattr(a, "copy") else a for a in arguments))
        result = function(*arguments)
        if first:
            compare_form(name, result, want)
            first = False
        return result

    return call


def without_dx(backward):
    """The function, leaving out the first of its results."""
    return lambda *arguments: backward(*arguments)[1:]


def compare_form(name, result, want):
    """TypeError unless both are as many arrays or numbers of the same shapes."""
    got = result if isinstance(result, tuple) else (result,)
    want = want if isinstance(want, tuple) else (want,)
    if len(got) != len(want) or (result is None and want != (None,)):
        returned = "nothing" if result is None else f"{len(got)} result{'s' * (len(got) != 1)}"
        raise TypeError(f"using: your {name} returns {returned}, expected {len(want)}.\nLook at its return line.")
    for position, (g, w) in enumerate(zip(got, want)):
        if getattr(g, "shape", ()) != getattr(w, "shape", ()):
            raise TypeError(f"using: result {position} of your {name} has shape {getattr(g, 'shape', ())}, "
                            f"expected {getattr(w, 'shape', ())}.")
