"""Fixtures that every test may use."""
import os
import shutil

os.environ["TQDM_DISABLE"] = "1"                 # before tqdm is imported: it reads the variable once
os.environ.setdefault("MPLBACKEND", "agg")

import numpy as np
import pytest


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
    from courses import copy_course

    from nnlib.grading.assignments import release

    folder = copy_course(tmp_path_factory.mktemp("released"), "02_logistic")
    release.generate(folder, progress=False)
    return folder


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
