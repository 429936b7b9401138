"""How kernels are compiled: one decorator for each way, and why.

All keep their machine code for the next process, and divide as NumPy does: 1 / 0 is infinite, and no test for it stops
a loop from becoming vector instructions.
"""
from pathlib import Path

from numba import njit

from ..compiling.cache import start_threads_for_callers, watch_imports

watch_imports(Path(__file__).parent)             # so that kernel files may share functions, and these decorators
start_threads_for_callers()

ANY_ORDER = {"reassoc", "contract"}              # the rest of fast arithmetic would take NaN for impossible
LOOPS_ONLY = {"prange": True, "numpy": False, "reduction": False, "setitem": False, "stencil": False,
              "comprehension": False, "fusion": False}     # array expressions are too short for threads

# one core, arithmetic as it is written
kernel = njit(cache=True, error_model="numpy")

# one core; sums may be reordered and products fused with them, so that sums, too, become vector instructions
any_order = njit(cache=True, error_model="numpy", fastmath=ANY_ORDER)

# the same, and the iterations of a prange are shared among the cores; takes seconds to compile
on_all_cores = njit(cache=True, error_model="numpy", fastmath=ANY_ORDER, parallel=LOOPS_ONLY)
