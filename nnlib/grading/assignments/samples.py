"""Sample submissions of an assignment, made from its solutions and misconceptions, in a course of their own."""
import inspect
import json
import re
import shutil
import textwrap

from .. import places
from ..errors import GradingError
from ..tasks import load_tasks

MADE_BY_US = ".sample-course"


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
    path = places.of(course).release(assignment) / f"{assignment}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    path = places.of(course).submitted(student, assignment) / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path


def solutions(course, assignment):
    """{task: source of its solution cell}, from the source notebook."""
    path = places.of(course).source(assignment) / f"{assignment}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")}


def as_answer(task, function):
    """The source of a reference or misconception under the name that the task asks for."""
    source = textwrap.dedent(inspect.getsource(function))
    return re.sub(rf"\bdef {function.__name__}\(", f"def {task.name}(", source, count=1)


def header(task):
    """The first line of a task's function."""
    return f"def {task.name}{inspect.signature(task.reference)}:"
