"""Fixtures that every test may use."""
import os
import shutil

os.environ["TQDM_DISABLE"] = "1"                 # before tqdm is imported: it reads the variable once
os.environ.setdefault("MPLBACKEND", "agg")

import numpy as np
import pytest


# axe would fetch the style sheets again, which file:// does not allow; only of faults does it describe every element,
# which takes most of its time; the last rule is not among its defaults
AXE = {"preload": False, "resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}


def axe_faults(page):
    """What axe finds on a Playwright page: the rule and the element of every fault."""
    from axe_playwright_python.sync_playwright import Axe

    return [f"{rule['id']}: {node['html'][:120]}" for rule in Axe().run(page, options=AXE).response["violations"]
            for node in rule["nodes"]]


@pytest.fixture
def rng():
    """A generator that starts the same way in every test."""
    return np.random.default_rng(20)


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
