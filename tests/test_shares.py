"""Work that is shared among threads: how many follow from its size, and the results are those of one thread."""
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.compiled

COMPARE = """
import os, numba, numpy as np
from nnlib.kernels import shared_products as compiled

rng = np.random.default_rng(0)
x, w, y = rng.standard_normal((301, 200)), rng.standard_normal((150, 200)), rng.standard_normal((301, 150))

def compare():
    np.testing.assert_allclose(compiled.times(x, w.T.copy()), x @ w.T)
    np.testing.assert_allclose(compiled.times_transposed(x, w), x @ w.T)
    np.testing.assert_allclose(compiled.transposed_times(x, y), x.T @ y)
    np.testing.assert_allclose(compiled.transposed_times(y, x), y.T @ x)

compare()
if os.fork() == 0:
    compare()                                        # without the second thread
    os._exit(0)
assert os.wait()[1] == 0, "the forked process"
numba.set_num_threads(1)
compare()
"""

FROM_THE_CACHE = """
import numpy as np
from nnlib.kernels import shared_products as compiled

compiled.times(np.ones((2, 2)), np.ones((2, 2)))
[code] = compiled.times.overloads.values()
assert compiled.times.stats.cache_hits, "it was compiled anew"
assert code.library._reload_init, "its callers would not start threads"
"""


def run(code):
    environment = os.environ | {"NUMBA_NUM_THREADS": "2", "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("multiplications, threads, expected", [
    (0, 8, 1), (1, 8, 1), (2 ** 23 - 1, 8, 1), (2 ** 23, 8, 2), (2 ** 24, 8, 4), (2 ** 40, 8, 8), (2 ** 40, 1, 1)])
def test_the_number_of_threads_follows_the_size_of_the_work(multiplications, threads, expected, monkeypatch):
    from nnlib.kernels import shares

    monkeypatch.setattr(shares, "threads", lambda: threads)
    assert getattr(shares.shares, "py_func", shares.shares)(multiplications, 100) == expected


@pytest.mark.parametrize("size, parts", [(12, 1), (24, 2), (64, 2), (100, 2), (100, 8), (301, 3)])
def test_the_parts_are_every_row_once_and_begin_at_whole_blocks(size, parts):
    from nnlib.kernels.shared_products import ROWS, bounds

    ranges = [bounds(part, parts, size) for part in range(parts)]
    assert [row for first, end in ranges for row in range(first, end)] == list(range(size))
    assert all(first % ROWS == 0 and first < end for first, end in ranges)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here")
def test_two_threads_one_and_a_forked_process_get_what_numpy_gets():
    run(COMPARE)


def test_code_from_the_cache_starts_threads_for_functions_that_are_compiled_with_it():
    from nnlib.kernels import shared_products

    shared_products.times(*np.ones((2, 2, 2)))
    run(FROM_THE_CACHE)
