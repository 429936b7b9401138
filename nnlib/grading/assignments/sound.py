"""What an assignment has to be before anybody is graded on it. A slip of its author stops here, and costs no student."""
from pathlib import Path

import numpy as np

from ..comparison.compare import compare
from ..comparison.in_process import call_all
from ..errors import GradingError
from ..tasks import UNCHANGED, assignment_folder, default_seed, load_tasks, load_written, ordinary, slip
from .assignment import graded_cell
from .notebooks import graded_cells
from .ordinary import require_ordinary
from .reduced_library import withheld_names


def require_sound(course, name):
    """Look for slips in the text and in the tasks.py of an assignment, and run every reference once.

    Raises    GradingError that names the file, and the line or the task
    """
    folder = assignment_folder(course, name)
    if name in ordinary(course):
        return require_ordinary(folder)
    tasks, written = load_tasks(course, name), load_written(course, name)
    withheld_names(course, name)
    cells, by_hand = graded_cells((folder / f"{name}.py").read_text(encoding="utf-8"), f"{name}.py")
    if set(cells) != {graded_cell(task) for task in tasks}:
        raise GradingError(f"{name}.py: the graded cells are {', '.join(cells)}, but tasks.py has the tasks "
                           f"{', '.join(tasks)}.\nGive every task one cell # %% test=\"<task>\".")
    if set(by_hand) != set(written):
        raise GradingError(f"{name}.py: the cells that a person marks are {', '.join(by_hand) or 'none'}, but WRITTEN of "
                           f"tasks.py has {', '.join(written) or 'none'}.\nGive each one cell # %% [markdown] "
                           'written="<name>" points=... and one Written("<name>", {"what it has to say": points}).')
    for answer in written.values():
        require_equal(name, answer.name, by_hand[answer.name][1], answer.total)
    for task in tasks.values():
        source, points = cells[graded_cell(task.name)]
        for words in (f'hidden_tests("{name}", "{task.name}", {task.name})', f"report.points({task.total:g})"):
            if words not in source:
                raise GradingError(f"{name}.py: the cell {graded_cell(task.name)} does not hold {words}.\n"
                                   "Write it so, or change the points in tasks.py.")
        require_equal(name, graded_cell(task.name), points, task.total)
        require_reference(folder / "tasks.py", name, task)


def require_equal(name, cell, points, total):
    """A cell has the points that tasks.py gives for it."""
    if points != total:
        raise GradingError(f"{name}.py: the cell {cell} has {points:g} points, but tasks.py gives {total:g} for it.\n"
                           "Make them equal.")


def require_reference(path, name, task):
    """The reference of a task earns all its points, in rows that its outputs and groups of cases name."""
    try:
        cases = task.draw(default_seed(name, task.name))
        for case in cases:
            with np.errstate(all="ignore"):
                task.reference(*(np.array(a) if isinstance(a, np.ndarray) else a for a in case.arguments))
    except Exception as error:                       # the author's code can fail in any way
        raise slip(path, error) from error
    rows = {*task.compared, *(case.group for case in cases if case.group)}
    if set(task.points) - {UNCHANGED} != rows:
        raise GradingError(f"{Path(name, path.name)}: {task.name} has points for {', '.join(task.points)}, expected for "
                           f"{', '.join(sorted(rows))}.\nEvery output or view and every group of cases is a row of points.")
    earned = compare(task, cases, call_all(task.reference, cases, task.outputs)).earned
    if earned != task.total:
        raise GradingError(f"{Path(name, path.name)}: the reference of {task.name} earns {earned:g} of {task.total:g} "
                           "points.\nIt must not change its arguments, and give the same for the same ones.")
