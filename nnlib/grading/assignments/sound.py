"""What an assignment has to be before anybody is graded on it. A slip of its author stops here, and costs no student."""
import ast
import contextlib
import io
import json
import re
from pathlib import Path

import numpy as np

from ...check import progress
from ...check.report import Report
from ..comparison.compare import compare
from ..comparison.in_process import call_all
from ..errors import GradingError
from ..tasks import (
    UNCHANGED,
    assignment_folder,
    default_seed,
    load_own,
    load_tasks,
    load_written,
    ordinary,
    plain_values,
    slip,
)
from .assignment import graded_cell, own_values
from .notebooks import cells_with_names, graded_cells, notebook
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
    require_own(course, name)


def require_own(course, name):
    """The text shows the values of the plain notebook as OWN does, and the reference of its task is right for others too.

    Raises    GradingError if not
    """
    own, path = load_own(course, name), assignment_folder(course, name) / "tasks.py"
    if own is None:
        return
    cell = next((cell for cell in cells_with_names(course, name) if cell.metadata.nbgrader.grade_id == own.cell), None)
    try:
        expected = own.shown(plain_values(course, name))
        drawn = [own_values(own, "a secret", name, student) for student in ("ada", "bo", "cy")]
    except Exception as error:                       # the author's code can fail in any way
        raise slip(path, error) from error
    if cell is None or cell.cell_type != "code" or not cell.metadata.nbgrader.locked or cell.source != expected:
        raise GradingError(f"{name}.py: OWN of tasks.py shows the values in the cell {own.cell}, expected a locked one with "
                           f"what it shows of the plain ones.\nWrite # %% locked=\"{own.cell}\" and below it:\n{expected}")
    for values in drawn:
        require_reference(path, name, load_tasks(course, name, values)[own.task])


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


def require_solved(course, name):
    """Run the notebook of an assignment as it is when it is solved: its checks and visible tests find nothing wrong.

    This takes as long as the solutions take. Cells with the tag skip-execution, the reward, are left out.

    Raises    GradingError that names the cell which stops, or which calls a solution wrong
    """
    import matplotlib

    if name in ordinary(course):
        return
    matplotlib.use("agg")
    progress.checked.clear()                             # what this process has checked before is not in this notebook
    text = (assignment_folder(course, name) / f"{name}.py").read_text(encoding="utf-8")
    shown = []
    names = {"display": shown.append}
    for cell in json.loads(notebook(text, f"{name}.py"))["cells"]:
        if cell["cell_type"] != "code" or "skip-execution" in cell["metadata"].get("tags", []):
            continue
        shown.clear()
        try:
            value = value_of("".join(cell["source"]), names)
        except Exception as error:                       # the author's code can fail in any way
            raise GradingError(f"{name}.py: the cell {cell['id']} stops with {type(error).__name__}: {error}.\n"
                               "Repair it, or what it needs above it.") from error
        wrong = [report for report in (*shown, value) if isinstance(report, Report) and not report]
        role = cell["metadata"].get("nbgrader", {})
        if wrong or role.get("grade") and not role["solution"] and value != role["points"]:
            said = wrong[0] if wrong else names.get("report")
            raise GradingError(f"{name}.py: the cell {cell['id']} calls the solution wrong:\n{said}\n"
                               "Correct the values that it expects, or the solution.")


def value_of(source, names):
    """The value of the last line of a cell, or None; its hidden tests are not run. Modifies the names."""
    source = re.sub("(?s)### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS\n", "", source)
    tree = ast.parse(re.sub("(?m)^[%!].*", "", source))
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(tree, "<cell>", "exec"), names)
        return eval(compile(last, "<cell>", "eval"), names) if last else None
