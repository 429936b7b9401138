"""Whatever nbgrader gives an odd but honest notebook, nnlib grade gives too; where the two differ, DIFFERENT says why.

What nbgrader gives is frozen in data/oddities_nbgrader.json, by the script beside it; one submission it grades here, too.
"""
import json
from pathlib import Path

import oddities
import pytest
from oddities import NAME, TASKS

from nnlib.grading import run
from nnlib.grading.sandbox.outside import Limits

LIMITS = Limits(cells=300, call=15, cpu=300, deadline=400)          # machines that test are busy
FULL = dict.fromkeys(TASKS, 2.0)
NOTHING = dict.fromkeys(TASKS)
DIFFERENT = {                       # {student: {what: (why, what nnlib grade gives, from what nbgrader gives)}}
    "Zoë van der Berg": {"files": ("what cells write stays in the sandbox", lambda files: without(files, "own.txt"))},
    "al-ḥasan": {"files": ("what the system hides is nobody's work", lambda files: without(files, ".DS_Store"))},
    "ngọc": {"points": ("a copy of a process has one thread, so that a pool that was made before does not answer",
                        lambda points: points | {"f4": 0.0})},
    "d’Arc": {"points": ("a warning that Python prints later, here of a coroutine, costs no other task its points",
                         lambda points: points | {"f6": 2.0})},
    "x (2)": {
        "files": ("what cells write stays in the sandbox", lambda files: without(files, "made.txt")),
        "comments": ("an empty answer is none, though it is not what was handed out",
                     lambda comments: comments | dict.fromkeys(("f6", "f7"), "No response."))},
    "copied": {
        "points": ("nbgrader gives up a notebook with a copied cell, and one with a byte order mark", lambda points: FULL),
        "penalty": ("so it has no points to take from", lambda penalty: 4.0),
        "files": ("and removes it", lambda files: [f"{NAME}.ipynb", "timestamp.txt"])},
    "edits": {"points": ("a graded cell that was deleted comes back", lambda points: points | {"f0": 2.0})},
    "shadows": {"points": ("what a student calls check, np or report is not what the test calls so", lambda points: FULL)},
    "renamed": {
        "points": ("the only notebook counts, whatever its name", lambda points: FULL),
        "files": ("and stays", lambda files: [f"{NAME}.ipynb"])},
}


def without(files, name):
    """The names of files without this one."""
    return [each for each in files if each != name]


@pytest.fixture(scope="module")
def frozen():
    """{student: what nbgrader gives}"""
    frozen = json.loads((Path(__file__).parent / "data" / "oddities_nbgrader.json").read_text(encoding="utf-8"))
    assert frozen["oddities"] == oddities.digest(), "Run tests/data/make_oddities_nbgrader.py again: the oddities changed."
    return frozen["students"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which all of them are handed in."""
    return oddities.make_course(tmp_path_factory.mktemp("a course"))


@pytest.mark.parametrize("engine", ["notebook", "lean"])
def test_nnlib_grade_gives_what_nbgrader_gives(course, frozen, engine):
    """With kernels only where what runs is odd: the form of a notebook is the same for both engines."""
    students = oddities.RUN_ODDLY if engine == "notebook" else [*oddities.SUBMISSIONS]
    run.run(course, NAME, only=students, lean=engine == "lean", workers=1, limits=LIMITS, progress=False)
    ours = oddities.found(course)
    assert frozen.keys() == oddities.SUBMISSIONS.keys()
    for student in students:
        stock = frozen[student]
        wanted = {what: change(stock[what]) for what, (why, change) in DIFFERENT.get(student, {}).items()}
        assert ours[student] == stock | wanted, student
        assert all(stock[what] != value for what, value in wanted.items()), f"{student}: no longer different"


def test_nbgrader_still_gives_what_is_frozen(frozen, tmp_path):
    student = "O'Brien, Anna"
    course = oddities.make_course(tmp_path, [student])
    oddities.autograde(course)
    assert oddities.found(course) == {student: frozen[student]}


def test_there_are_a_hundred_oddities_and_most_answers_are_right(frozen):
    """Else both might give nothing to everybody."""
    forms = {form for changes in oddities.SUBMISSIONS.values() for form in changes}
    assert len(oddities.ANSWERS) + len(oddities.CELLS) + len(oddities.MARKDOWN) + len(forms) > 150
    assert sum(sum(filter(None, given["points"].values())) for given in frozen.values()) > 350
