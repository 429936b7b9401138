"""What nnlib tells the process about threads and memory, and how to keep it from that."""
import json
import os
import subprocess
import sys

import pytest

from nnlib.compiling import threads

CODE = "import json, os; import nnlib; print(json.dumps(dict(os.environ)))"
DEFAULTS = threads.SPINS | {threads.PRODUCTS: "1"}


def imported(code=CODE, **settings):
    """A process that imports nnlib and prints its environment, where nothing else is set about threads."""
    about_threads = (*DEFAULTS, "NNLIB_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in about_threads}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run([sys.executable, "-c", code], env=environment | settings, capture_output=True, text=True)


@pytest.mark.parametrize("settings, expected", [
    ({}, DEFAULTS), ({"NNLIB_THREADS": "nnlib"}, DEFAULTS), ({"NNLIB_THREADS": "system"}, {}),
    ({"GOMP_SPINCOUNT": "7"}, DEFAULTS | {"GOMP_SPINCOUNT": "7"}),
    ({"OPENBLAS_NUM_THREADS": "7"}, DEFAULTS | {"OPENBLAS_NUM_THREADS": "7"}),
    ({"NNLIB_THREADS": "system", "GOMP_SPINCOUNT": "7"}, {"GOMP_SPINCOUNT": "7"})], ids=str)
def test_importing_nnlib_sets_what_is_not_set_unless_it_is_told_to_leave_it(settings, expected):
    done = imported(**settings)
    assert done.returncode == 0, done.stderr
    assert {name: value for name, value in json.loads(done.stdout).items() if name in DEFAULTS} == expected


def test_another_word_is_refused_with_those_that_are_known():
    message = "ValueError: NNLIB_THREADS is 'off', expected 'system' or 'nnlib'.\nSet it to system"
    assert message in imported(NNLIB_THREADS="off").stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked to keep memory")
@pytest.mark.parametrize("choice, calls", [("nnlib", len(threads.KEPT)), ("system", 0)])
def test_the_c_library_is_asked_to_keep_memory_unless_it_is_left_alone(choice, calls, monkeypatch):
    asked = []

    class Library:
        @staticmethod
        def mallopt(parameter, value):
            asked.append(parameter)

    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NNLIB_THREADS", choice)
    monkeypatch.setattr(threads.ctypes, "CDLL", lambda name: Library)
    threads.prepare()
    assert len(asked) == calls


ALL = """
import numpy, threadpoolctl
print(max(library["num_threads"] for library in threadpoolctl.threadpool_info() if library["internal_api"] == "openblas"))
"""
BLAS = """
import json, sys
{first}
import nnlib, numpy as np, threadpoolctl
x = np.ones((2, 2))
nnlib.kernels.affine_forward(x, x, x[0])
print(json.dumps({{library["filepath"]: library["num_threads"] for library in threadpoolctl.threadpool_info()
                  if library["internal_api"] == "openblas"}}))
"""


@pytest.mark.compiled
@pytest.mark.parametrize("first, settings, in_kernels", [
    ("", {}, 1), ("import scipy.linalg", {}, 1), ("import scipy.linalg", {"OPENBLAS_NUM_THREADS": "2"}, 2),
    ("import scipy.linalg", {"NNLIB_THREADS": "system"}, None)], ids=str)
def test_a_product_in_a_kernel_has_one_thread_and_numpys_own_has_all(first, settings, in_kernels):
    every = imported(ALL, **settings)                    # as many as there are where nnlib is not imported
    done = imported(BLAS.format(first=first), **settings)
    assert every.returncode == done.returncode == 0, every.stderr + done.stderr
    libraries, every = json.loads(done.stdout), int(every.stdout)
    if every == 1 or not any("numpy.libs" in path for path in libraries):
        pytest.skip("one thread is all there is" if every == 1 else "NumPy and SciPy share their BLAS here")
    for path, number in libraries.items():
        assert number == (in_kernels if in_kernels and "scipy.libs" in path else every)
