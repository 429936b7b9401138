"""The kernels as layers call them, which have checked already: here a wrong size reads past the end of an array.

They are the compiled kernels of this folder, or those of ``plain``, the same equations in NumPy: where Numba is not
installed, or where NNLIB_KERNELS=plain asks for them. NNLIB_KERNELS=fast insists on the compiled ones.
"""
import importlib
import os
import sys
import warnings

TOPICS = ("activations", "attention", "conv", "dense", "dropout", "embedding", "losses", "maxout", "normalisation", "optim",
          "pooling", "positions", "recurrent")
ENDINGS = ("_forward", "_backward", "_backward_parameters", "_update")         # of a kernel; everything else is a helper


def compiled():
    """Whether this process gets the compiled kernels; where there is no Numba, a warning says so, unless that was asked for.

    Raises    ValueError if NNLIB_KERNELS is neither fast nor plain; ImportError if it is fast, and Numba is missing
    """
    asked = os.environ.get("NNLIB_KERNELS", "")
    if asked not in ("", "fast", "plain"):
        raise ValueError(f"NNLIB_KERNELS is {asked!r}, expected fast or plain.\n"
                         "Without it, nnlib takes the fast kernels wherever Numba is installed.")
    if asked == "plain" or not asked and sys.platform == "emscripten":        # in a browser there is nothing to install
        return False
    try:
        import numba  # noqa: F401
    except ImportError as error:
        if asked == "fast":
            raise ImportError(f"NNLIB_KERNELS is fast, and Numba, which compiles the fast kernels, is missing: {error}.\n"
                              "Install numba, or set NNLIB_KERNELS=plain.") from error
        warnings.warn("nnlib works without Numba: the plain kernels give the same numbers, more slowly.\n"
                      "Install numba for the fast ones, or set NNLIB_KERNELS=plain, and nothing is said.",
                      stacklevel=5)              # points to the line that imports nnlib
        return False
    return True


def kernels(package):
    """{name: kernel} of the files of a package."""
    modules = [importlib.import_module(f"{package}.{topic}") for topic in TOPICS]
    return {name: value for module in modules for name, value in vars(module).items() if name.endswith(ENDINGS)}


COMPILED = compiled()
if COMPILED:
    from ..compiling.cache import ensure_folder

    ensure_folder()                              # before the first kernel is decorated
KERNELS = kernels(__package__ if COMPILED else f"{__package__}.plain")
globals().update(KERNELS)
