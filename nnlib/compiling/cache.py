"""Where Numba keeps compiled kernels, and when it compiles them anew.

The folder is beside their source, else in the user's cache folder, else one that lasts as long as the process.
"""
import atexit
import functools
import hashlib
import re
import shutil
import tempfile
from pathlib import Path

import numba
from numba.core import caching
from numba.core.compiler import CompileResult

LOCATORS = caching.UserProvidedCacheLocator, caching.InTreeCacheLocator, caching.UserWideCacheLocator
SIBLING = re.compile(r"^from \.(\w+) import ", re.MULTILINE)


def ensure_folder():
    """Give Numba a folder for this process where it finds no other it may write to: import would fail without."""
    try:
        numba.njit(cache=True)(probe)
    except RuntimeError:
        numba.config.CACHE_DIR = tempfile.mkdtemp(prefix="nnlib-")
        atexit.register(shutil.rmtree, numba.config.CACHE_DIR, ignore_errors=True)


def probe():
    """Never called: Numba chooses the folder when it decorates."""


def watch_imports(folder):
    """For functions whose file is in this folder, let Numba's cache also watch what the file imports from it.

    Numba keeps machine code together with a hash of the function's own file, and compiles anew when the hash has
    changed. Here it is the hash of all files that the code is made of. To delete stale code instead would not do: a
    process that still runs the sources of yesterday could write its code afterwards, and the next one would use it.
    """
    caching.CacheImpl._locator_classes = [*(watching(locator, folder) for locator in LOCATORS),
                                          *caching.CacheImpl._locator_classes]


def watching(locator, folder):
    """A class of Numba's that knows where a function is cached (a locator), for this folder and with our hash."""
    class Watching(locator):
        @classmethod
        def from_function(cls, py_func, py_file):
            return super().from_function(py_func, py_file) if Path(py_file).parent == folder else None

        def get_source_stamp(self):
            return stamp(Path(self._py_file))

    return Watching


def start_threads_for_callers():
    """Let code from the cache start Numba's threads also where it only calls what needs them.

    Numba notes in its cache that a function with a prange needs them. A function that was compiled with such a one taken
    from the cache lacks the note, and would jump to nowhere in the next process.
    """
    caching.CompileResultCacheImpl.rebuild = rebuild


def rebuild(self, target_context, payload):
    """A function from the cache, as Numba makes it, with the note in the place where its callers look."""
    result = CompileResult._rebuild(target_context, *payload)
    result.library._reload_init.update(result.reload_init)
    return result


@functools.cache
def stamp(file):
    """Hash of all that the machine code of a file's functions is made of."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources(file))).hexdigest()


def sources(file):
    """A file, and those beside it that it imports by ``from .name import``, directly or through each other."""
    found, waiting = set(), [file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            siblings = [path.with_name(f"{name}.py") for name in SIBLING.findall(path.read_text(encoding="utf-8"))]
            waiting += [sibling for sibling in siblings if sibling.is_file()]
    return sorted(found)
