"""Where you stand: what the checks of this session have found, and hints for who is stuck."""
import inspect

from . import known
from .report import Finding, Report

checked = {}                        # {name: (function, its reports)}, of the function that was checked last under a name
given = {}                          # {task: how many of its hints have been shown}


def note(function, report):
    """Keep the report of a check for status(), unless calls are only recorded. Returns the report."""
    if known.recorded:
        return report
    function = inspect.unwrap(function)
    before, reports = checked.get(report.function, (None, []))
    checked[report.function] = function, [*(reports if before is function else []), report]
    return report


def status():
    """Where you stand, task by task: right, wrong, or not checked since it was changed. True if all can be handed in."""
    tasks = known.table().get("tasks", {})
    names = [*tasks, *(name for name in checked if not tasks)]
    findings = [state(name, tasks.get(name, {}).get("points")) for name in names]
    return Report("notebook", findings, title="Where you stand in this")


def state(name, points):
    """The Finding of one task with so many points; None if nobody knows how many."""
    function, reports = checked.get(name, (None, []))
    if not reports:
        return Finding(name, False, "not checked yet: run the cells below your function.")
    if not is_current(name, function):
        return Finding(name, False, "changed since it was checked: run the cells below it again.")
    if not all(reports):
        return Finding(name, False, "the check finds a mistake: read its sentence.")
    if points is not None and not any(report.earned for report in reports):
        return Finding(name, False, "the self-check is right. Run the graded cell too.")
    return Finding(name, True, "all that can be seen before you hand in is right.")


def is_current(name, function):
    """True if the function of this name is still the one that was checked."""
    return inspect.unwrap(getattr(function, "__globals__", {}).get(name, function)) is function


def hint(task):
    """The next hint for a task, in steps from vague to exact. Each call shows one more.

    Raises    ValueError if the notebook has no such task
    """
    tasks = known.table().get("tasks", {})
    if task not in tasks:
        raise ValueError(f"check.hint: there is no task {task!r} here, expected one of: {', '.join(tasks) or 'none'}.\n"
                         f"The hints are in {known.NAME}, beside the notebook.")
    hints = tasks[task].get("hints", [])
    given[task] = min(given.get(task, 0) + 1, len(hints))
    shown = [Finding(f"hint {number}", True, text) for number, text in enumerate(hints[:given[task]], 1)]
    nothing = [Finding("hint", True, "there is none: read the sentence of the self-check.")]
    return Report(task, shown or nothing, title="Help with")
