"""The table of known mistakes that goes with a notebook, so that the self-check can name them before anything is handed in.

It is made from the misconceptions in tasks.py and the notebook's own cells. It holds sentences, and prints of what the
misconceptions give where students look anyway: no code, no solution, no hidden input.
"""
import contextlib
import copy
import io
import json
import re
from pathlib import Path

import numpy as np

from ...check import known
from ..errors import GradingError
from ..tasks import load_hints, load_tasks
from .notebooks import cells_with_names, write_if_changed

REST = re.compile(r"### BEGIN HIDDEN TESTS.*", re.DOTALL)


def write(course, assignment):
    """Write the table of an assignment beside its source notebook; nbgrader releases it with that."""
    text = json.dumps(table(course, assignment), ensure_ascii=False, separators=(",", ":"))
    write_if_changed(Path(course, "source", assignment, known.NAME), text.encode() + b"\n")


def table(course, assignment):
    """{"tasks": {task: {"points": ..., "hints": [...], "calls": [...]}}}.

    A call has prints of its arguments, and the answers that are known for it.
    """
    tasks, cells, names, found = load_tasks(course, assignment), cells_with_names(course, assignment), {}, {}
    hints = load_hints(course, assignment)
    sources = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if cell.cell_type == "code"}
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
    answers = [[(hint, outputs) for hint, seen in wrong for arguments, outputs in seen
                if known.alike(arguments, asked) and not known.alike(outputs, given)] for asked, given in right]
    return [{"arguments": asked, "answers": distinct(known_here)} for (asked, _), known_here in zip(right, answers)]


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
    """Answers whose prints tell them apart; two hints for one print share it, and more get none."""
    groups = []
    for hint, outputs in answers:
        group = next((group for group in groups if known.alike(group[0], outputs)), None)
        if group:
            group[1].extend({hint} - {*group[1]})
        else:
            groups.append((outputs, [hint]))
    return [{"outputs": outputs, "hint": hints[0] if len(hints) == 1 else f"Either: {hints[0]}\nOr: {hints[1]}"}
            for outputs, hints in groups if len(hints) <= 2]


def run(source, names, where):
    """Run a cell of the author's. Modifies names."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, where, "exec"), names)
    except Exception as error:                      # the author's code can fail in any way
        raise GradingError(f"{where}: {type(error).__name__}: {error}.\n"
                           "Known mistakes are run in it: repair it.") from error
