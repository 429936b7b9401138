"""Grade one submission: its cells run in a sandbox, and its functions are compared here, where it cannot reach.

The student's process is copied at every graded cell. When the last cell has run, the hidden inputs are drawn, and
each copy is asked to call its function: all copies first on their worked example, which the notebook shows, and then on
hidden inputs. Nothing inside ever holds a reference, a score, or an input before its turn; and what a student's code says
after it was given a hidden input is not passed on.
"""
import builtins
import math
import time
from typing import NamedTuple

import numpy as np
from nbformat.v4 import new_markdown_cell, new_output

from ..files import digest
from .assignments.assignment import graded_cell
from .bounded import Unbounded, bounded
from .comparison.compare import carry, compare
from .comparison.hidden import as_report
from .comparison.reply import NotPlain, Reply, plain
from .engines import ENGINES
from .errors import GradingError, NeedsAttention
from .markup import as_text, clean_html
from .record import Mark
from .sandbox.outside import OUTSIDE
from .submissions.clean_outputs import error_output, plain_outputs
from .submissions.normalise import named
from .submissions.read import SKIP


class Marked(NamedTuple):
    """What grading a notebook gave: {task: Mark}, why it ended early, or "", and whether other limits could change that."""

    tasks: dict
    reason: str
    limited: bool


def grade_notebook(notebook, assignment, sandbox, engine, files, seed, until):
    """Marked of a normalised notebook. ``seed(task)`` is the seed of the hidden inputs.

    Units     ``until``, when all of it is to be over, is a time of time.monotonic
    Modifies  notebook: outputs of all cells, and the reports and points of the graded ones
    Raises    GradingError if the sandbox was ended from outside: try again in a new one
    """
    with ENGINES[engine](sandbox, notebook, files) as running:
        trouble = run_cells(notebook, running, lambda cell, index: running.session.snapshot(named(cell)))
        make_plain(notebook, sandbox.limits.output)
        results = ask(assignment.tasks, running.session, seed)
        running.session.check()
        reason = running.session.ended or trouble
        limited = bool(reason) or running.session.failed or any(map(fails, notebook.cells))
    make_inert(notebook, until)
    return Marked(write(notebook, assignment, results), reason, limited)


def run_cells(notebook, running, at_test):
    """Run the code cells in order, but ``at_test(cell, index)`` for each graded one. Returns why not all were run, or ""."""
    for index, cell in enumerate(notebook.cells):
        if not runs(cell):
            continue
        if running.session.ended or time.monotonic() > running.end:
            return why(running)
        try:
            (at_test if is_test(cell) else running.execute)(cell, index)
        except Exception as error:               # the kernel is the student's: everything that comes from it can be forged
            cell.outputs = [error_output(f"{type(error).__name__}: the kernel did not finish this cell")]
            return why(running)
    return ""


def is_test(cell):
    """True if a graded cell is of the assignment, and not an answer that a person marks."""
    role = cell.metadata.get("nbgrader", {})
    return bool(role.get("grade") and not role.get("solution"))


def runs(cell):
    """True if a cell is run while grading."""
    return cell.cell_type == "code" and SKIP not in cell.metadata.get("tags", []) and bool(cell.source.strip())


def code_digest(notebook, files):
    """A hash of everything a student's process knows of its submission: the code that runs, in its order, and the files.

    Locked cells count by their names: stock nbgrader puts the calls of the hidden tests into them, and we do not.
    """
    cells = [(cell.id, named(cell) if cell.metadata.get("nbgrader", {}).get("locked") else cell.source)
             for cell in notebook.cells if runs(cell)]
    return digest(*(part.encode() for cell in cells for part in cell), b"files",
                  *(part for name, content in files.items() for part in (name.encode(), content)))


def fails(cell):
    """True if a cell ended with an error, other than that of an answer that is not written yet."""
    return any(output.output_type == "error" and output.ename != "NotImplementedError" for output in cell.get("outputs", []))


def make_plain(notebook, room):
    """Rebuild what running has put into the cells, when none can change any more what an earlier one shows.

    Modifies  notebook: numbers and outputs of its code cells, which keep at most ``room`` characters
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number if cell.outputs or cell.execution_count is not None else None
        cell.outputs, room = plain_outputs(cell.outputs, room)


def make_inert(notebook, until=math.inf):
    """Clean the HTML that a student's code has shown. Modifies the notebook: outputs of its cells."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])
               if "text/html" in output.get("data", {})]
    if outputs:
        try:
            cleaned = bounded(lambda: [clean_html(output.data["text/html"]) for output in outputs], until=until)
        except Unbounded:
            cleaned = [as_text(output.data["text/html"]) for output in outputs]
        for output, text in zip(outputs, cleaned):
            output.data["text/html"] = text


def why(running):
    """Why the cells came to an early end."""
    if running.session.ended:
        return running.session.ended
    if time.monotonic() > running.end:
        running.session.watch.too_late()
        return f"the cells do not end within {running.limits.cells:g} s"
    return "the kernel did not finish a cell"


def ask(tasks, session, seed):
    """{task: Result}: draw the inputs, let the copies of the process call the functions, compare.

    Raises    NeedsAttention if a task itself fails
    """
    try:
        cases = {name: task.draw(seed(name)) for name, task in tasks.items()}
        shown = {name: call(session, task, cases[name][:1]) for name, task in tasks.items()}
        replies = {name: shown[name] * len(cases[name]) for name in tasks}
        for name, task in tasks.items():
            if replies[name][0].kind not in OUTSIDE:            # else each further call would end as this one did
                hidden = call(session, task, cases[name][1:])
                replies[name][1:] = [in_our_words(reply, name, session.ended) for reply in hidden]
        results, carried, end = {}, {}, time.monotonic() + session.limits.call
        for name, task in tasks.items():
            with np.errstate(all="ignore"):
                results[name] = compare(task, cases[name], replies[name], carried)
                instead = carry(task, cases[name], replies[name], results[name], own(session, task, end))
            if instead:
                carried[name] = instead
        return results
    except GradingError as error:
        raise NeedsAttention(" ".join(str(error).split())) from error


def call(session, task, cases):
    """The Replies of a task's function to these cases."""
    return session.call(graded_cell(task.name), task.name, [case.arguments for case in cases], outputs=len(task.outputs))


def own(session, task, end):
    """A student's function for a task as the references of later tasks may call it, until the time ``end``."""
    def function(*arguments):
        if time.monotonic() > end:
            raise TimeoutError
        reply = session.call(graded_cell(task.name), task.name, [arguments], outputs=len(task.outputs))[0]
        if reply.kind:
            raise ValueError(reply.kind)
        outputs = tuple(plain(value) for value in reply.outputs)
        return outputs if len(task.outputs) > 1 else outputs[0]

    return function


def in_our_words(reply, name, ended):
    """The Reply to a hidden call without a student's words and sizes: they could spell out the hidden input.

    ``ended`` is why the session ended early, or "".
    """
    if reply.kind == "TimeoutError":
        return reply
    if reply.kind == "DeadKernelError":
        return Reply(kind=reply.kind, error=f"{name} gives no answer: {ended or 'its process ended, or sent no reply'}.")
    if reply.kind:
        known = getattr(builtins, reply.kind, None)
        kind = reply.kind if isinstance(known, type) and issubclass(known, BaseException) else "Exception"
        missing = kind == "NotImplementedError"
        return Reply(kind=kind, error=f"{name} is not written yet." if missing else f"{name} stops with {kind}.")
    outputs = tuple(NotPlain("is neither a number nor a plain array of numbers.") if isinstance(value, NotPlain) else value
                    for value in reply.outputs)
    return Reply(outputs, reply.kind, reply.error, reply.changed)


def write(notebook, assignment, results):
    """{task: Mark} of results. Modifies the notebook: its cells with tests show them, and rubrics stand below answers."""
    tasks = {}
    for name, result in results.items():
        possible = assignment.possible[name]
        points = round(float(possible * result.earned / result.task.total), 2)
        tasks[name] = Mark(points, possible, result.misconceptions)
        report = as_report(result)
        cell = next(cell for cell in notebook.cells if named(cell) == graded_cell(name))
        cell.source = assignment.cells[graded_cell(name)].source
        cell.outputs = [new_output("display_data", data={"text/html": report._repr_html_(), "text/plain": repr(report)}),
                        new_output("execute_result", data={"text/plain": repr(points)})]
    for name, written in assignment.written.items():
        place = next(place for place, cell in enumerate(notebook.cells) if named(cell) == name)
        notebook.cells.insert(place + 1, new_markdown_cell(written.as_markdown(), id=f"rubric-{name}"))
    return tasks
