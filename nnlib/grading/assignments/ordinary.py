"""An ordinary nbgrader assignment: without a tasks.py, its tests stand in its notebook and run beside the student's code."""
import collections
import json
from dataclasses import dataclass

from .. import places
from ..errors import GradingError, require
from ..tasks import ordinary
from .assignment import Assignment, Released

NBGRADER = "Take it out, or grade with nbgrader autograde, which runs student code and tests with your rights."
UNKNOWN = {                         # in a graded cell: what it needs that is not there
    "### AUTOTEST": "nbgrader makes the tests of it when it makes the release",
    "### HASHED AUTOTEST": "nbgrader makes the tests of it when it makes the release",
    "nnlib.grading": "it asks for a tasks.py, and there is none",
}


@dataclass(frozen=True)
class OrdinaryTask:
    """A graded cell by its grade_id without test_, or an answer that a person marks; and the points that it can earn."""

    name: str
    total: float
    misconceptions = ()             # as a Task has them


class Ordinary(Released):
    """A released ordinary assignment, with what an Assignment has but references.

    ``tests`` holds the sources of its locked cells, hidden tests included, {grade_id: source}.
    """

    beside = True

    def __init__(self, course, name):
        super().__init__(course, name)
        utils = require("nbgrader.utils")
        for number, cell in enumerate(self.released.cells):
            cell.setdefault("id", f"released-{number}")              # notebooks before format 4.5 have none
        for cell in self.cells.values():
            cell.metadata.nbgrader.locked = utils.is_locked(cell)    # as nbgrader understands it
        self.tests = {cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
                      for cell in named_cells(places.of(course).source(name) / f"{name}.ipynb")
                      if utils.is_locked(cell)}
        self.tasks, self.written, self.possible = {}, {}, {}
        for grade_id, points in self.points.items():
            name, by_hand = task_of(grade_id), self.cells[grade_id].metadata.nbgrader.solution
            (self.written if by_hand else self.tasks)[name] = OrdinaryTask(name, points)
            self.possible[name] = points


def released_notebook(course, name):
    """The Assignment of a name, or the Ordinary one."""
    return Ordinary(course, name) if name in ordinary(course) else Assignment(course, name)


def task_of(grade_id):
    """The name of the task that a graded cell is about."""
    return grade_id.removeprefix("test_")


def named_cells(path):
    """The cells of a notebook that have a grade_id.

    Raises    GradingError if it cannot be read
    """
    nbformat = require("nbformat")
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError, json.JSONDecodeError) as error:
        raise GradingError(f"{path}: it cannot be read as a notebook: {error}.\nOpen it in Jupyter and save it.") from None
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise GradingError(f"{path}: the notebook is written in {language}, expected Python, which the sandbox runs.\n"
                           "Grade it with nbgrader autograde.")
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id")]


def require_ordinary(folder):
    """Look for what keeps the source of an ordinary assignment from being graded here.

    Raises    GradingError that says what it is
    """
    utils, name = require("nbgrader.utils"), folder.name
    notebooks = sorted(path.name for path in folder.glob("*.ipynb"))
    if notebooks != [f"{name}.ipynb"]:
        raise GradingError(f"{folder}: it holds {', '.join(notebooks)}, expected {name}.ipynb alone.\n"
                           "Make an assignment of each notebook, or grade with nbgrader autograde.")
    cells = named_cells(folder / f"{name}.ipynb")
    for cell in cells:
        grade_id = cell.metadata.nbgrader.grade_id
        if utils.is_task(cell):
            raise GradingError(f"{name}: {grade_id} is a task that a person marks as a whole, expected answers alone.\n"
                               "Make it a manually graded answer, or grade with nbgrader autograde.")
        if utils.is_solution(cell) and utils.is_grade(cell) and task_of(grade_id) != grade_id:
            raise GradingError(f"{name}: {grade_id} is marked by a person, and its name begins as those of tests do.\n"
                               "Give it another one.")
        for mark, words in UNKNOWN.items():
            if utils.is_grade(cell) and mark in cell.source:
                raise GradingError(f"{name}: {grade_id} holds {mark}: {words}.\n{NBGRADER}")
    graded = [cell.metadata.nbgrader.grade_id for cell in cells if utils.is_grade(cell)]
    if not graded:
        raise GradingError(f"{name}: no cell is graded, expected one with points.\nAdd one in nbgrader's assignment list.")
    for names in ([cell.metadata.nbgrader.grade_id for cell in cells], [task_of(grade_id) for grade_id in graded]):
        twice = next((name for name, count in collections.Counter(names).items() if count > 1), None)
        if twice:
            raise GradingError(f"{name}: two cells have the name {twice}, test_ aside.\nGive one of them another name.")
