"""Where Numba keeps compiled kernels: beside their source, else in the user's cache folder, else for one process."""
import atexit
import shutil
import tempfile

import numba


def ensure_folder():
    """Give Numba a folder for this process where it finds no other it may write to: import would fail without."""
    try:
        numba.njit(cache=True)(probe)
    except RuntimeError:
        numba.config.CACHE_DIR = tempfile.mkdtemp(prefix="nnlib-")
        atexit.register(shutil.rmtree, numba.config.CACHE_DIR, ignore_errors=True)


def probe():
    """Never called: Numba chooses the folder when it decorates."""
