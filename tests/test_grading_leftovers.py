"""What a killed run leaves on the disk and in the system: the next one removes it, and nothing that is in use."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlib.grading.sandbox.outside import Limits, cgroup, owned_folder
from nnlib.grading.worker import clear_leftovers

OWNER = """
import os, time
from nnlib.grading.sandbox.outside import Limits, owned_folder
from nnlib.grading.sandbox.outside.cgroup import ControlGroup

child = os.fork()
if not child:
    time.sleep(1000)
with owned_folder.folder() as folder:
    (folder / "answers").write_text("of somebody")
    group = ControlGroup(Limits(), child)
    print(child, folder, *(each.path for each in group.folders), flush=True)
    time.sleep(1000)
"""


@pytest.fixture
def owner():
    """A process with a folder and a child in control groups: it, the child's id, and their paths."""
    process = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    child, *paths = process.stdout.readline().split()
    yield process, int(child), [Path(path) for path in paths]
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_killed_owner_leaves_is_removed_and_what_a_living_one_has_stays(owner):
    process, child, paths = owner
    clear_leftovers()
    assert all(path.is_dir() for path in paths)
    process.kill()
    process.wait()
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 10
    while any(path.exists() for path in paths) and time.monotonic() < end:      # until the system has buried the child
        clear_leftovers()
    assert [path for path in paths if path.exists()] == []


def test_a_folder_in_use_is_gone_at_its_end():
    with owned_folder.folder() as folder:
        (folder / "below").mkdir()
        owned_folder.clear(folder.parent)
        assert (folder / "below").is_dir()
    assert not folder.exists()


def test_a_group_that_is_given_back_leaves_nothing():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    group = cgroup.ControlGroup(Limits(), child.pid)
    paths = [each.path for each in group.folders]
    child.kill()
    child.wait()
    group.remove()
    assert [path for path in paths if path.exists()] == []


def test_nothing_but_own_folders_is_cleared(tmp_path):
    for name in ("nnlib-grade-left", "nnlib-other", "somebody"):
        (tmp_path / name).mkdir()
    (tmp_path / "nnlib-grade-link").symlink_to(tmp_path / "somebody")
    (tmp_path / "nnlib-grade-file").touch()
    owned_folder.clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nnlib-grade-file", "nnlib-grade-link", "nnlib-other", "somebody"]
