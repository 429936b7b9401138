"""What the process is told about threads and memory before its first kernel runs."""
import ctypes
import os
import sys
from pathlib import Path

SPINS = {                                        # how long a thread waits for work before it sleeps
    "GOMP_SPINCOUNT": "100",                     # Numba's threads: some microseconds
    "OPENBLAS_THREAD_TIMEOUT": "18",             # those of NumPy's matrix product: 2^18 cycles, about 0.1 milliseconds
}
PRODUCTS = "OPENBLAS_NUM_THREADS"                # of the matrix product in kernels, which share it themselves: one
KEPT = {                                         # parameters of mallopt: freed memory that stays with the process
    -1: 2 ** 28,                                 # M_TRIM_THRESHOLD: up to 256 MB
    -3: 2 ** 25,                                 # M_MMAP_THRESHOLD: arrays up to 32 MB
}


def prepare():
    """Let waiting threads sleep soon, products in kernels stay in their thread, and arrays be memory for the next step.

    Left alone, threads wait busily for many milliseconds, on the cores that others need: a training step beside two busy
    processes took a hundred times as long. And the C library gives every large array back to the system, which fills it
    with zeros before it comes again. Variables that are set already stay; where there is no mallopt (outside glibc),
    memory stays as it is. With NNLIB_THREADS=system nothing is changed: for a program that nnlib is only a part of.

    Raises    ValueError if NNLIB_THREADS is anything else
    """
    choice = os.environ.get("NNLIB_THREADS", "nnlib")
    if choice not in ("nnlib", "system"):
        raise ValueError(f"NNLIB_THREADS is {choice!r}, expected 'system' or 'nnlib'.\n"
                         "Set it to system to leave threads and memory as they are, or unset it.")
    if choice == "system":
        return
    for name, value in SPINS.items():
        os.environ.setdefault(name, value)
    if PRODUCTS not in os.environ and sys.platform != "emscripten":           # in a browser there is one thread
        keep_products_in_one_thread()
    if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for parameter, value in KEPT.items():
                mallopt(parameter, value)


def keep_products_in_one_thread():
    """Tell so the OpenBLAS that Numba calls, SciPy's, but not one that NumPy has for itself.

    SciPy is loaded when the first kernel multiplies matrices, and reads the variable then, unless it is here already.
    """
    import numpy  # noqa: F401, before the variable is set
    from threadpoolctl import ThreadpoolController

    os.environ[PRODUCTS] = "1"
    for library in ThreadpoolController().select(internal_api="openblas").lib_controllers:
        folders = [folder.name for folder in Path(library.filepath).parents[:2]]
        if not {"numpy", "numpy.libs"} & set(folders):                       # where wheels have it
            library.set_num_threads(1)
