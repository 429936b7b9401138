"""Grade one submission of an ordinary nbgrader assignment: its own tests run in its notebook, in the sandbox.

What a test finds is decided by the student's process, so a submission can change its own mark, and no other. The points of a
cell are taken as soon as it has run, when no later one can change them.
"""
import math

from nbgrader.utils import determine_grade

from .assignments.ordinary import task_of
from .engines import Notebook
from .one_notebook import Marked, fails, is_test, make_inert, make_plain, run_cells
from .record import Mark
from .submissions.clean_outputs import error_output
from .submissions.normalise import named


def grade_beside(notebook, assignment, sandbox, files, until):
    """Marked of a normalised notebook of an Ordinary assignment.

    Units     ``until``, when all of it is to be over, is a time of time.monotonic
    Modifies  notebook: outputs of all cells. A graded cell keeps the source that students see
    Raises    GradingError if the sandbox was ended from outside: try again in a new one
    """
    earned, odd = {}, []
    shown = {named(cell): cell.source for cell in notebook.cells}
    for cell in notebook.cells:
        cell.source = assignment.tests.get(named(cell), cell.source)

    def take_points(cell, index):
        fine = running.test(cell, index)
        earned[named(cell)] = points = points_of(cell) if fine else 0.0
        if math.isnan(points):
            odd.append(f"The value of the cell {named(cell)} is not between 0 and its points, and counts as 0.")
            earned[named(cell)] = 0.0

    with Notebook(sandbox, notebook, files) as running:
        trouble = run_cells(notebook, running, take_points)
        make_plain(notebook, sandbox.limits.output)
        running.session.check()
        reason = running.session.ended or trouble
        limited = bool(reason) or any(map(fails, notebook.cells))
    make_inert(notebook, until)
    for cell in filter(is_test, notebook.cells):
        cell.source = shown[named(cell)]
        cell.outputs = [without_source(output) for output in cell.outputs]
    tasks = {name: Mark(earned.get(grade_id, 0.0), points) for grade_id, points in assignment.points.items()
             if (name := task_of(grade_id)) in assignment.tasks}
    return Marked(tasks, reason or " ".join(odd), limited)


def points_of(cell):
    """The points of a graded cell that ended without an error, as nbgrader finds them; NaN if its value cannot be points."""
    possible = float(cell.metadata.nbgrader.points)
    for output in cell.outputs:
        if output.output_type == "execute_result":
            try:
                value = float(output.get("data", {}).get("text/plain", ""))
            except (TypeError, ValueError):
                continue                                 # a text, say: the cell has said nothing about points
            if not 0 <= value <= possible:
                return math.nan
    points, _ = determine_grade(with_texts(cell))
    return points


def with_texts(cell):
    """The cell without values that have no text, in which nbgrader looks for points in vain."""
    kept = [output for output in cell.outputs
            if output.output_type != "execute_result" or output.get("data", {}).get("text/plain")]
    return type(cell)(cell | {"outputs": kept})


def without_source(output):
    """An output of a graded cell without the lines of its hidden tests, which a traceback quotes."""
    return error_output(f"{output.ename}: {output.evalue}") if output.output_type == "error" else output
