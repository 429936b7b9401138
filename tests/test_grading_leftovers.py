"""What a killed run leaves on the disk and in the system: the next one removes it, and nothing that is in use."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlib.grading.assignments import reduced_library, release, samples
from nnlib.grading.assignments.assignment import Assignment
from nnlib.grading.sandbox.outside import Limits, cgroup, owned_folder
from nnlib.grading.worker import clear_leftovers

COURSE = Path(__file__).parents[1] / "exercises"
NAME = "02_logistic"
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


def test_groups_are_made_where_the_system_lets_this_user_make_them(tmp_path, monkeypatch):
    session = tmp_path / "user" / "session"
    session.mkdir(parents=True)
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    (session / "cgroup.subtree_control").write_text("")
    (tmp_path / "user" / "cgroup.subtree_control").write_text("cpu memory pids")
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    monkeypatch.setitem(cgroup.FILES, 2, {tmp_path: {"memory.max": "memory"}})
    monkeypatch.setattr(cgroup, "own", lambda controller: [session, session.parent, tmp_path])
    assert cgroup.places() == {tmp_path / "user": {"memory.max": "memory"}}
    (tmp_path / "user" / "cgroup.subtree_control").write_text("cpu")
    assert list(cgroup.places()) == [tmp_path]


@pytest.fixture
def assignment(tmp_path, monkeypatch):
    """An assignment, and a cache of its own for what is made of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    samples.sample_course(COURSE, NAME, tmp_path / "course")
    release.generate(tmp_path / "course", [NAME], progress=False)
    return Assignment(tmp_path / "course", NAME)


def test_of_the_reduced_libraries_those_in_use_and_the_newest_few_stay(assignment):
    def made(number):
        return reduced_library.libraries() / f"{number:064x}"

    for number in range(20):
        made(number).mkdir()
        os.utime(made(number), (number, number))
    with reduced_library.reduced_library(assignment) as library, reduced_library.reduced_library(assignment) as same:
        assert same == library and (library / "nnlib").is_dir()
        clear_leftovers()
        newest = [made(number) for number in range(21 - reduced_library.KEPT, 20)]
        assert sorted(library.parent.iterdir()) == sorted([*newest, library])
        os.utime(library, (0, 0))
        made(99).mkdir()
        clear_leftovers()
        assert library.is_dir()                                # the oldest, and in use
    clear_leftovers()
    assert sorted(library.parent.iterdir()) == sorted([*newest, made(99)])


def test_a_reduced_library_is_in_use_until_its_last_user_is_gone(assignment):
    with reduced_library.reduced_library(assignment) as library:
        with reduced_library.reduced_library(assignment):
            pass
        owned_folder.clear(library.parent, pattern="*")
        assert library.is_dir()
    owned_folder.clear(library.parent, pattern="*")
    assert not library.exists()


def test_nothing_but_own_folders_is_cleared(tmp_path):
    for name in ("nnlib-grade-left", "nnlib-other", "somebody"):
        (tmp_path / name).mkdir()
    (tmp_path / "nnlib-grade-link").symlink_to(tmp_path / "somebody")
    (tmp_path / "nnlib-grade-file").touch()
    owned_folder.clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nnlib-grade-file", "nnlib-grade-link", "nnlib-other",
                                                               "somebody"]
