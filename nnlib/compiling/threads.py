"""What the process is told about threads and memory before its first kernel runs."""
import ctypes
import os
import sys

SPINS = {                                        # how long a thread waits for work before it sleeps
    "GOMP_SPINCOUNT": "3000",                    # Numba's threads: about 10 microseconds
    "OPENBLAS_THREAD_TIMEOUT": "18",             # those of the matrix product: 2^18 cycles, about 0.1 milliseconds
}
KEPT = {                                         # parameters of mallopt: freed memory that stays with the process
    -1: 2 ** 28,                                 # M_TRIM_THRESHOLD: up to 256 MB
    -3: 2 ** 25,                                 # M_MMAP_THRESHOLD: arrays up to 32 MB
}


def prepare():
    """Let waiting threads sleep soon, and let arrays of one step be memory for the next.

    Left alone, the threads of the matrix product wait busily for many milliseconds, on the cores that Numba's need for
    the next kernel; and the C library gives every large array back to the system, which fills it with zeros before it
    comes again. Variables that are set already stay; where there is no mallopt (outside glibc), memory stays as it is.
    With NNLIB_THREADS=system nothing is changed: for a program that nnlib is only a part of.

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
    if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for parameter, value in KEPT.items():
                mallopt(parameter, value)
