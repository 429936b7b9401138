"""The table of known mistakes that goes with a notebook, so that the self-check can name them before anything is handed in.

It is made from the misconceptions in tasks.py and the notebook's own cells. It holds sentences, and prints of what the
misconceptions give where students look anyway: no code, no solution, no hidden input.
"""
import contextlib
import copy
import io
import json
import re

import numpy as np

from ...check import known
from .. import places
from ..errors import GradingError
from ..tasks import load_hints, load_own, load_tasks
from .notebooks import cells_with_names, write_if_changed

REST = re.compile(r"### BEGIN HIDDEN TESTS.*", re.DOTALL)


def write(course, assignment, path=None, own=None):
    """Write the table of an assignment beside its source notebook; nbgrader releases it with that.

    Or to another path, for a student with own values.
    """
    text = json.dumps(table(course, assignment, own), ensure_ascii=False, separators=(",", ":"))
    write_if_changed(path or places.of(course).source(assignment) / known.NAME, text.encode() + b"\n")


def table(course, assignment, own=None):
    """{"tasks": {task: {"points": ..., "hints": [...], "calls": [...]}}}, for these own values of a student if given.

    A call has prints of its arguments, and the answers that are known for it.
    """
    tasks, cells, names, found = load_tasks(course, assignment, own), cells_with_names(course, assignment), {}, {}
    hints = load_hints(course, assignment)
    sources = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if cell.cell_type == "code"}
    if own is not None:
        values = load_own(course, assignment)
        sources[values.cell] = values.shown(own)
    for name, source in sources.items():
        if not name.startswith(("check_", "test_")):
            run(source, names, f"{assignment}.py, cell {name}")
        elif name.startswith("test_") and name.removeprefix("test_") in tasks:
            task = tasks[name.removeprefix("test_")]
            both = [sources.get(f"check_{task.name}", ""), source]
            found[task.name] = {"points": task.total, "hints": hints.get(task.name, ()),
                                "calls": calls(task, both, names, assignment)}
    return {"tasks": found}


def calls(task, sources, names, assignment):
    """The calls that these cells check, each with its known wrong answers."""
    wrong = [(m.hint, recorded(task.name, m.function, sources, copied(names), assignment)) for m in task.misconceptions]
    right = recorded(task.name, names[task.name], sources, names, assignment)         # later cells use what these define
    return [call(asked, given, [(hint, outputs) for hint, seen in wrong for arguments, outputs in seen
                                if known.alike(arguments, asked)]) for asked, given in right]


def call(asked, given, answers):
    """One call: its arguments, the hints for answers that are right here, and the wrong answers that can be told apart."""
    wrong = [(hint, outputs) for hint, outputs in answers if not known.alike(outputs, given)]
    right = [hint for hint, outputs in answers if known.alike(outputs, given)]
    return {"arguments": asked, "right": right, "answers": distinct(wrong)}


def recorded(task, function, sources, names, assignment):
    """[(prints of the arguments, prints of the outputs)] of a function in the cells that check a task. Modifies names."""
    before = names[task]
    names |= {task: function, "display": id}
    with known.recording() as found:
        for source in sources:
            run(REST.sub("", source), names, f"{assignment}.py, cells of {task}")
    names[task] = before
    return [(arguments, outputs) for name, arguments, outputs in found if name == function.__name__]


def copied(names):
    """Names whose random generators draw the same numbers once more."""
    return {name: copy.deepcopy(value) if isinstance(value, np.random.Generator) else value for name, value in names.items()}


def distinct(answers):
    """Answers whose prints tell them apart, each with its hints."""
    groups = []
    for hint, outputs in answers:
        group = next((group for group in groups if known.alike(group["outputs"], outputs)), None)
        if group is None:
            groups.append({"outputs": outputs, "hints": [hint]})
        elif hint not in group["hints"]:
            group["hints"].append(hint)
    return groups


def run(source, names, where):
    """Run a cell of the author's. Modifies names."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, where, "exec"), names)
    except Exception as error:                      # the author's code can fail in any way
        raise GradingError(f"{where}: {type(error).__name__}: {error}.\n"
                           "Known mistakes are run in it: repair it.") from error
