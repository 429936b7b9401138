"""An assignment as a grader needs it: the cells that students got, and the tasks they do not see."""
import copy
import hashlib
import re
from pathlib import Path

import numpy as np

from .. import places
from ..errors import GradingError, require
from ..secret import own_seed
from ..tasks import load_own, load_tasks, load_written, ordinary
from . import history, notebooks


def files(course, name):
    """{path: bytes} of everything in a course that grading an assignment needs; a worker unpacks it anywhere.

    There it is a course with nbgrader's usual folders, wherever they lie in this one.
    """
    here, there = places.of(course), places.of("")
    release, notebook = here.release(name), f"{name}.ipynb"
    pairs = [(release / path, there.release(name) / path) for path in (notebook, *notebooks.given(release))]
    if name in ordinary(course):
        pairs.append((here.source(name) / notebook, there.source(name) / notebook))
    else:
        pairs += [(Path(course, name, path), Path(name, path)) for path in (f"{name}.py", "tasks.py")]
    return {path.as_posix(): origin.read_bytes() for origin, path in pairs} | {
        history.NAME: b"\n".join(history.lines(course, name))}


class Released:
    """The released notebook of an assignment.

    ``cells`` are those with a grade_id, in order; ``skipped`` those that are not run while grading; ``points`` are those of
    the graded cells; ``data`` are the files that go with the notebook, {path: bytes}.
    """

    def __init__(self, course, name):
        nbformat = require("nbformat")
        self.course, self.name = course, name
        folder = places.of(course).release(name)
        released = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        self.released = released
        self.data = {path.as_posix(): (folder / path).read_bytes() for path in notebooks.given(folder)}
        self.cells = with_names(released)
        self.handed_out = set(history.lines(course, name))
        self.skipped = [cell for cell in released.cells if "skip-execution" in cell.metadata.get("tags", [])]
        self.points = {grade_id: float(cell.metadata.nbgrader.points)
                       for grade_id, cell in self.cells.items() if cell.metadata.nbgrader.grade}

    def was_handed_out(self, grade_id, given):
        """True if this source, or these points, were in a cell of an earlier release. A student's points may be anything."""
        if isinstance(given, str):
            given = history.text_hash(given)
        elif isinstance(given, (int, float)) and 0 <= given < 1e6:
            given = float(given)
        else:
            return False
        return history.line(self.name, grade_id, given) in self.handed_out


class Assignment(Released):
    """An assignment with its tasks, and in ``written`` the answers that a person marks.

    Raises    GradingError if a graded cell has no task, or a task no graded cell
    """

    beside = False                  # the tests do not run beside the student's code

    def __init__(self, course, name):
        super().__init__(course, name)
        self.tasks, self.written, self.own = load_tasks(course, name), load_written(course, name), load_own(course, name)
        if set(self.points) != {*map(graded_cell, self.tasks), *self.written}:
            raise GradingError(f"{name}: the graded cells are {', '.join(self.points)}, but tasks.py has the tasks "
                               f"{', '.join([*self.tasks, *self.written])}.\nGive every task one cell # %% test=\"<task>\" "
                               "or # %% [markdown] written=\"<task>\".")
        self.possible = {task: self.points[graded_cell(task)] for task in self.tasks} | {
            name: self.points[name] for name in self.written}

    def with_values(self, values):
        """This assignment with own values of a student: in the cell that shows them, and in the tasks."""
        theirs = copy.copy(self)
        theirs.released = copy.deepcopy(self.released)
        theirs.cells = with_names(theirs.released)
        shown = theirs.cells[self.own.cell]
        shown.source = self.own.shown(values)
        if "checksum" in shown.metadata.nbgrader:
            shown.metadata.nbgrader.checksum = require("nbgrader.utils").compute_checksum(shown)
        theirs.tasks = load_tasks(self.course, self.name, values)
        return theirs

    def seed(self, secret, student, work, task):
        """The seed of the hidden inputs: another for every student, work and task; nobody can guess it without the secret.

        ``work`` is the digest of what was handed in. So what leaks about an input is of no use: who hands in something
        else meets other inputs.
        """
        words = "\0".join([secret, self.name, student, work, task])
        return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")


def with_names(notebook):
    """{grade_id: cell} of the cells of a notebook that have one, in order."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def own_values(own, secret, assignment, student):
    """The values of a student, from OwnValues and the secret of the course."""
    return own.draw(np.random.default_rng(own_seed(secret, assignment, student)))


def graded_cell(task):
    """grade_id of the graded cell of a task."""
    return f"test_{task}"


def defined(source):
    """Names of the functions and classes that a cell defines. Read as text: hostile code can break a parser."""
    return set(re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", source, re.MULTILINE))
