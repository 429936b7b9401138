"""Hidden tests as a graded cell of stock nbgrader calls them: draw, call, compare, report."""
from ...check.report import Finding, Report
from ..errors import GradingError
from ..tasks import default_seed, find_course, load_tasks
from .compare import carry, compare
from .in_process import call_all


def hidden_tests(assignment, name, function, *, course=None):
    """Report on a student's function for one task; ``report.points(total)`` gives its points.

    The student's functions for earlier tasks are found where this one finds them.

    Raises    GradingError if the course has no such task
    """
    tasks = load_tasks(course or find_course(), assignment)
    if name not in tasks:
        raise GradingError(f"{assignment}: tasks.py has no task {name!r}, expected one of {', '.join(tasks)}.")
    functions = getattr(getattr(function, "py_func", function), "__globals__", {}) | {name: function}
    return as_report(grade_functions(assignment, tasks, functions, name))


def grade_functions(assignment, tasks, functions, last):
    """Result of task ``last``, for functions that run in this process: {name: function}."""
    carried = {}
    for name, task in tasks.items():
        if name != last and not callable(functions.get(name)):
            continue
        cases = task.draw(default_seed(assignment, name))
        replies = call_all(functions[name], cases, task.outputs)
        result = compare(task, cases, replies, carried)
        if name == last:
            return result
        instead = carry(task, cases, replies, result, functions[name])
        if instead:
            carried[name] = instead


def as_report(result):
    """The result in the form of the self-checks: a table in a notebook, points for nbgrader."""
    findings = [Finding(row.name, row.right,
                        "\n".join([f"{row.earned:g} of {row.points:g}: {row.text}", *row.hints]), weight=row.points)
                for row in result.rows]
    return Report(result.task.name, findings, title="Hidden tests of")
