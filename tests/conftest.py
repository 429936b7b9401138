"""Fixtures that every test may use, and the order of the files."""
import os
import re
import shutil
from pathlib import Path

os.environ["TQDM_DISABLE"] = "1"                 # before tqdm is imported: it reads the variable once
os.environ.setdefault("MPLBACKEND", "agg")
if "PYTEST_XDIST_WORKER" in os.environ:          # the workers use all cores: more threads would wait for each other
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

import numpy as np
import pytest

from nnlib import quick_jsonschema  # noqa: F401, before a test imports jsonschema

# Files about more than the library (the book, grading, a browser), the longest first: so all workers end together.
LONG = [
    "test_book_browser.py", "test_grading.py", "test_grading_runs.py", "red_team/grading/test_exhaustion.py",
    "test_without_numba.py", "test_book.py", "red_team/grading/test_return_values.py", "test_exercises.py",
    "red_team/grading/test_interpreter.py", "test_live_figures.py", "red_team/grading/test_exposure.py",
    "test_exercises_browser.py", "test_grading_trusted.py", "test_sandbox.py", "red_team/grading/test_notebooks.py",
    "test_grading_leftovers.py", "test_wasm.py", "red_team/test_processes.py", "red_team/test_resources.py",
    "test_withheld.py", "test_suspicion.py", "test_predict.py", "test_grading_submissions.py", "test_class_report.py",
    "test_collect.py", "test_cli.py", "test_autograde.py", "test_term.py", "test_regrade.py", "test_places.py",
    "test_marks.py",
    "test_written.py", "red_team/test_paths.py", "red_team/test_connections.py", "test_exchange.py", "test_policy.py",
    "test_export.py", "test_ordinary.py", "test_own.py", "test_new_course.py", "test_releases.py", "test_teaching.py",
    "test_slides.py", "test_oddities.py",
]
VARIANT = re.compile(r"[-[](lean|notebook|odd|even)[]-]")      # in the brackets of a test's name
PLACES = {Path(__file__).parent / name: place for place, name in enumerate(LONG)}


def pytest_configure():
    missing = [name for path, name in zip(PLACES, LONG) if not path.exists()]
    if missing:
        raise pytest.UsageError(f"tests/conftest.py: LONG names {', '.join(missing)}, expected files that are there.\n"
                                "Was one renamed? Change its name in LONG too.")


def pytest_xdist_auto_num_workers():
    """Two workers for each core, up to 8: half of the time a test waits, for a deadline, a process or a browser."""
    return min(2 * (os.cpu_count() or 1), 8)


def pytest_xdist_make_scheduler(config, log):
    """A worker takes a file, or one variant of it: what takes longest is done in both engines, or for half of the pages."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path, _, name = nodeid.partition("::")
            variant = VARIANT.search(name)
            return path + (variant[1] if variant else "")

    return ByFile(config, log)


def pytest_ignore_collect(collection_path, config):
    """Without slow tests, the files that hold nothing else are not even imported."""
    return True if collection_path in PLACES and config.option.markexpr == "not slow" else None


def pytest_collection_modifyitems(items):
    """Run the long files first, and mark them slow."""
    for item in items:
        if item.path in PLACES:
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (place(item), item.path not in slow))


def place(item):
    """Where a test comes in the order. Those that look at the pages of the book come when another one has built it."""
    return PLACES.get(item.path, len(PLACES)) + (12 if "visits" in item.fixturenames else 0)


def pytest_runtest_setup(item):
    """Tests marked ``compiled`` are about Numba, and are left out only where the library runs without it."""
    if item.get_closest_marker("compiled"):
        from nnlib.kernels import unchecked

        if not unchecked.COMPILED:
            pytest.skip("compiles with Numba, and nnlib runs without it here")


@pytest.fixture
def njit():
    """Numba's compiler, for tests marked ``compiled``."""
    from numba import njit

    return njit


@pytest.fixture
def rng():
    """A generator that starts the same way in every test."""
    return np.random.default_rng(20)


@pytest.fixture(scope="session")
def released_course(tmp_path_factory):
    """A course with the first assignment released and nothing handed in; a test that writes copies it."""
    from courses import released_copy

    return released_copy(tmp_path_factory.mktemp("released"), "02_logistic")


@pytest.fixture(scope="module")
def browser():
    """Chromium, driven by Playwright. It ends with the module: Playwright keeps an event loop running meanwhile."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail(f"No browser found (looked for {', '.join(names)}).\nInstall one: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
