"""Kernel files share functions, and a change in a shared one reaches every process that starts after it."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nnlib

pytestmark = pytest.mark.compiled

CALLER = """
from .between import twice
from .decorators import kernel

@kernel
def caller(x):
    return twice(x) + 1
"""
BETWEEN = """
from .decorators import kernel
from .inner import FACTOR

@kernel
def twice(x):
    return FACTOR * x
"""
CALL = "from nnlib.kernels.caller import caller; print(caller(10.0), len(caller.stats.cache_hits))"


@pytest.fixture
def copied(tmp_path):
    """A copy of the package, with a kernel that calls a function of a second file, which takes a number from a third."""
    kernels = tmp_path / "nnlib" / "kernels"
    shutil.copytree(Path(nnlib.__file__).parent, tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in (("caller", CALLER), ("between", BETWEEN), ("inner", "FACTOR = 2\n")):
        (kernels / f"{name}.py").write_text(text, encoding="utf-8")
    return kernels


def python(code, kernels, **environment):
    """What a new process with the copied package prints."""
    folder = kernels.parents[1]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA")}
    own = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, cwd=folder, env=inherited | own)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_code_is_compiled_anew_when_a_file_that_is_imported_through_another_has_changed(copied):
    assert [python(CALL, copied) for _ in range(2)] == ["21.0 0", "21.0 1"]
    (copied / "inner.py").write_text("FACTOR = 3\n", encoding="utf-8")
    assert python(CALL, copied) == "31.0 0"


def test_a_process_that_runs_older_sources_leaves_no_code_for_the_next_one(copied, tmp_path):
    edit = f"import nnlib.kernels.caller, pathlib; pathlib.Path({str(copied / 'inner.py')!r}).write_text('FACTOR = 3'); "
    cache = str(tmp_path / "cache")
    assert [python(code, copied, NUMBA_CACHE_DIR=cache) for code in (edit + CALL, CALL)] == ["21.0 0", "31.0 0"]


def test_the_cache_watches_what_a_file_imports_and_nothing_else(copied):
    from nnlib.compiling.cache import sources

    assert [path.stem for path in sources(copied / "caller.py")] == ["between", "caller", "decorators", "inner"]
