"""Every kernel of the course: plain functions on arrays, each next to its equation.

Here they check what they are given against the Shapes lines of their docstrings, and take arrays of any memory layout.
Layers, which have checked already, call ``unchecked.name(...)`` and look the name up at call time, so that
``nnlib.using(name=mine)`` can put a function of yours in its place, there and here.
"""
from ..compiling import threads

threads.prepare()                                # before Numba and the BLAS start their threads

from . import plain, unchecked                   # nnlib.kernels.plain is there whichever kernels are used
from .checked import checked

globals().update({name: checked(kernel) for name, kernel in unchecked.KERNELS.items()})

# op_backward_parameters is part of op_backward, and replaced with it
__all__ = sorted(name for name in unchecked.KERNELS if not name.endswith("_parameters"))
