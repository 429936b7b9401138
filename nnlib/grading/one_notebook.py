"""Grade one submission: its cells run in a sandbox, and its functions are compared here, where it cannot reach.

The student's process is copied at every graded cell. When the last cell has run, the hidden inputs are drawn, and
each copy is asked to call its function. Nothing inside ever holds a reference, a score, or an input before its turn.
"""
import builtins
import time
from typing import NamedTuple

import numpy as np
from nbformat.v4 import new_output

from .assignments.assignment import graded_cell
from .comparison.compare import compare
from .comparison.hidden import as_report
from .comparison.reply import NotPlain, Reply
from .engines import ENGINES
from .errors import GradingError, NeedsAttention
from .record import Mark
from .sandbox.outside import OUTSIDE
from .submissions.clean_outputs import error_output
from .submissions.normalise import named

SKIP = "skip-execution"


class Marked(NamedTuple):
    """What grading a notebook gave: {task: Mark}, and why it ended early, or ""."""

    tasks: dict
    reason: str


def grade_notebook(notebook, assignment, sandbox, engine, files, seed):
    """Marked of a normalised notebook. ``seed(task)`` is the seed of the hidden inputs.

    Modifies  notebook: outputs of all cells, and the reports and points of the graded ones
    """
    with ENGINES[engine](sandbox, notebook, files) as running:
        trouble = run_cells(notebook, running)
        results = {}
        for name, task in assignment.tasks.items():
            results[name] = ask(task, running.session, seed(name), results)
        reason = running.session.ended or trouble
    return Marked(write(notebook, assignment, results), reason)


def run_cells(notebook, running):
    """Run the code cells in order, and copy the process at each graded one. Returns why not all were run, or ""."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or SKIP in cell.metadata.get("tags", []) or not cell.source.strip():
            continue
        if running.session.ended or time.monotonic() > running.end:
            return why(running)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            running.session.snapshot(named(cell))
            continue
        try:
            running.execute(cell, index)
        except Exception as error:               # the kernel is the student's: everything that comes from it can be forged
            cell.outputs = [error_output(f"{type(error).__name__}: the kernel did not finish this cell")]
            return why(running)
    return ""


def why(running):
    """Why the cells came to an early end."""
    if running.session.ended:
        return running.session.ended
    return (f"the cells do not end within {running.limits.cells:g} s" if time.monotonic() > running.end
            else "the kernel did not finish a cell")


def ask(task, session, seed, earlier):
    """Result of a task: draw the inputs, let the copy of the process call the function, compare.

    Raises    NeedsAttention if the task itself fails
    """
    try:
        cases = task.draw(seed)
        replies = session.call(graded_cell(task.name), task.name, [case.arguments for case in cases],
                               outputs=len(task.outputs))
        replies[1:] = [in_our_words(reply, task.name) for reply in replies[1:]]     # the notebook shows the first inputs
        carried = {name: result.whole for name, result in earlier.items() if result.whole is not None}
        with np.errstate(all="ignore"):
            return compare(task, cases, replies, carried)
    except GradingError as error:
        raise NeedsAttention(" ".join(str(error).split())) from error


def in_our_words(reply, name):
    """The Reply to a hidden call without a student's words: they could spell out the hidden input."""
    if reply.kind and reply.kind not in OUTSIDE:
        known = getattr(builtins, reply.kind, None)
        kind = reply.kind if isinstance(known, type) and issubclass(known, BaseException) else "Exception"
        missing = kind == "NotImplementedError"
        return Reply(kind=kind, error=f"{name} is not written yet." if missing else f"{name} stops with {kind}.")
    outputs = tuple(NotPlain("is neither a number nor a plain array of numbers.") if isinstance(value, NotPlain) else value
                    for value in reply.outputs)
    return Reply(outputs, reply.kind, reply.error, reply.changed)


def write(notebook, assignment, results):
    """{task: Mark} of results. Modifies the notebook: its graded cells show them, and nothing else."""
    tasks = {}
    for name, result in results.items():
        possible = assignment.possible(name)
        points = round(float(possible * result.earned / result.task.total), 2)
        tasks[name] = Mark(points, possible, result.misconceptions)
        report = as_report(result)
        cell = next(cell for cell in notebook.cells if named(cell) == graded_cell(name))
        cell.source = assignment.cells[graded_cell(name)].source
        cell.outputs = [new_output("display_data", data={"text/html": report._repr_html_(), "text/plain": repr(report)}),
                        new_output("execute_result", data={"text/plain": repr(points)})]
    return tasks
