"""Marks with stock nbgrader: for the submissions of a course, or for a handful of samples."""
import inspect
import json
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from .errors import GradingError
from .exercises import generate
from .stock import Course
from .tasks import assignment_folder, load_tasks

MADE_BY_US = ".sample-course"


@dataclass
class Marks:
    """Points of students in one assignment: ``points[student][task]``, ``possible[task]``; printed as a table."""

    assignment: str
    possible: dict
    points: dict
    feedback: Path

    def __str__(self):
        columns = list(self.possible)
        rows = [["", *columns, "total"], ["possible", *self.possible.values(), sum(self.possible.values())]]
        rows += [[student, *(marks.get(task) for task in columns), sum(p or 0 for p in marks.values())]
                 for student, marks in self.points.items()]
        cells = [[value if isinstance(value, str) else "-" if value is None else f"{value:g}" for value in row]
                 for row in rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
        lines = [row[0].ljust(widths[0]) + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))
                 for row in cells]
        return "\n".join([self.assignment, "", *lines[:2], "-" * len(lines[0]), *lines[2:]])


def run(root, assignment, progress=True):
    """Grade every submission of an assignment with stock nbgrader and write the feedback. Returns Marks.

    Raises    GradingError if there is nothing to grade, or nbgrader fails
    """
    assignment_folder(root, assignment)
    course = Course(root)
    students = course.students(assignment)
    if not students:
        raise GradingError(f"{assignment}: there are no submissions.\nPut them into "
                           f"{Path(root, 'submitted', '<student>', assignment, assignment + '.ipynb')}.")
    course.generate_assignment(assignment)           # tests as they stand in the text now
    points, possible = {}, {}
    bar = tqdm(students, desc="grade", unit="submission", file=sys.stdout,
              **({} if progress else {"disable": True}))
    for student in bar:
        bar.set_postfix_str(student)
        course.autograde(assignment, student)
        course.generate_feedback(assignment, student)
        marks = course.marks(assignment, student)
        points[student] = {task: score for task, (score, _) in marks.items()}
        possible = {task: most for task, (_, most) in marks.items()}
    return Marks(assignment, possible, points, Path(root, "feedback"))


def demo(root, assignment="02_logistic", folder=None, progress=True):
    """Grade sample submissions in a course of their own, made in ``folder``. Returns Marks.

    The samples are made from the assignment: right, partly right, wrong, untouched, and one that raises.
    The instructor's own submissions and gradebook are not touched.

    Modifies  folder (<root>/../_build/sample-course if None), which is emptied first
    Raises    GradingError if ``folder`` holds something else
    """
    root = Path(root).absolute()
    assignment_folder(root, assignment)
    folder = Path(folder).absolute() if folder else root.parent / "_build" / "sample-course"
    sample_course(root, assignment, folder)
    generate(folder, [assignment], progress=False)
    write_samples(folder, assignment)
    return run(folder, assignment, progress)


def sample_course(root, assignment, folder):
    """A new course in a folder, with the configuration of another and one of its assignments."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MADE_BY_US).exists():
        raise GradingError(f"{folder} is not empty, expected a new folder for the sample course.\nGive another one.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MADE_BY_US).touch()
    shutil.copyfile(root / "nbgrader_config.py", folder / "nbgrader_config.py")
    shutil.copytree(root / assignment, folder / assignment, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def write_samples(course, assignment):
    """Hand in the sample submissions of an assignment. Returns the names of the students."""
    tasks = load_tasks(course, assignment)
    right = solutions(course, assignment)
    first_wrong = {name: as_answer(task, task.misconceptions[0].function) for name, task in tasks.items()}
    last = list(tasks)[-1]
    half = list(tasks)[:(len(tasks) + 1) // 2]
    samples = {
        "ada-right": right,
        "blaise-one-mistake": right | {half[-1]: first_wrong[half[-1]]},
        "carl-half-done": {name: right[name] for name in half},
        "dorothy-raises": right | {last: f"{header(tasks[last])}\n    return undefined_name"},
        "emmy-wrong": first_wrong,
        "grace-untouched": {},
    }
    for student, answers in samples.items():
        submit(course, assignment, student, answers)
    return list(samples)


def submit(course, assignment, student, answers):
    """Hand in the released notebook with these answers: {task: source of the cell}."""
    notebook = json.loads(Path(course, "release", assignment, f"{assignment}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    path = Path(course, "submitted", student, assignment, f"{assignment}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path


def solutions(course, assignment):
    """{task: source of its solution cell}, from the source notebook."""
    notebook = json.loads(Path(course, "source", assignment, f"{assignment}.ipynb").read_text(encoding="utf-8"))
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")}


def as_answer(task, function):
    """The source of a reference or misconception under the name that the task asks for."""
    source = textwrap.dedent(inspect.getsource(function))
    return re.sub(rf"\bdef {function.__name__}\(", f"def {task.name}(", source, count=1)


def header(task):
    """The first line of a task's function."""
    return f"def {task.name}{inspect.signature(task.reference)}:"
