"""Every released assignment opens in a fresh JupyterLab: run all, and the self-checks speak."""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from courses import COURSE, copy_course

from nnlib.grading.assignments import release
from nnlib.grading.tasks import assignments, load_tasks

NAMES = assignments(COURSE)
PATIENCE = 90_000                         # milliseconds, for a cold cache on a busy machine
BETWEEN = {                               # given functions through which a task is checked too
    "08_conv": ["back_to_images"], "10_rnn": ["to_scores"], "13_unlabelled": ["your_dw"],
}
SETTINGS = {"notebook-extension/tracker": {"windowingMode": "none"}}          # draws all cells, not only those in sight


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab with its own settings, on a copy of the released assignments."""
    home = tmp_path_factory.mktemp("jupyter home")
    course, work = copy_course(tmp_path_factory.mktemp("course"), *NAMES), home / "work"
    release.generate(course, progress=False)
    release.checkout(course, work)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = os.environ | {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    for name, settings in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    with open(home / "server.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
             "--IdentityProvider.token=", f"--ServerApp.root_dir={work}", "--ServerApp.port_retries=0"],
            env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
        print((home / "server.log").read_text())         # pytest shows it if a test failed


def wait_for(address, server):
    for _ in range(240):
        try:
            return urllib.request.urlopen(address, timeout=5)
        except OSError:
            assert server.poll() is None, "JupyterLab did not start"
            time.sleep(0.25)
    raise AssertionError("JupyterLab does not answer")


def run_all_cells(page, lab, notebook):
    """Run all cells as soon as the page is connected to a kernel: without one, JupyterLab runs nothing and says nothing."""
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    for _ in range(PATIENCE // 500):
        sessions = json.load(urllib.request.urlopen(f"{lab}/api/sessions", timeout=5))
        kernels = [session["kernel"] for session in sessions if session["path"] == notebook]
        if any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels):
            break
        time.sleep(0.5)
    else:
        raise AssertionError(f"no kernel is ready for {notebook}: {sessions}")
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")


@pytest.mark.parametrize("name", NAMES)
def test_a_fresh_copy_runs_and_every_self_check_says_that_nothing_is_written_yet(lab, browser, name):
    tasks = load_tasks(COURSE, name)
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{lab}/lab/tree/{name}/{name}.ipynb?reset")
    run_all_cells(page, lab, f"{name}/{name}.ipynb")
    last = "Where you stand in this notebook"
    said = [*(f"{task} is not written yet." for task in tasks), last]
    try:
        page.wait_for_function("said => said.every(text => document.querySelector('.jp-Notebook').innerText.includes(text))",
                               arg=said, polling=500)
    except Exception:                                    # say what there is instead of what was waited for
        raise AssertionError(f"after {PATIENCE / 1000:g} s the page says:\n"
                             f"{page.locator('.jp-Notebook').inner_text()}") from None
    captions = page.locator(".jp-Notebook caption").all_inner_texts()
    checked = [*tasks, *BETWEEN.get(name, [])]
    assert set(captions) == {*(f"Check of {function}" for function in checked), last}
    page.close()
