"""The course of the repository: where it lies, a copy to work in, and other right answers to its assignments."""
import functools
import importlib.util
import json
import shutil
from pathlib import Path

from nnlib.grading.assignments import notebooks, release

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "exercises"


def copy_course(folder, *names):
    """The course with these assignments in a folder that exists: nothing made, handed in or graded. Returns the folder."""
    shutil.copyfile(COURSE / "nbgrader_config.py", folder / "nbgrader_config.py")
    for name in names:
        shutil.copytree(COURSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def without_sandbox(course):
    """Let nbgrader autograde a course in its own way, as where an instructor has taken the line out. Returns the course."""
    config = course / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert "\ntrusted(c) " in text
    config.write_text(text.replace("\ntrusted(c) ", "\n# trusted(c) "), encoding="utf-8")
    return course


def released_copy(folder, *names):
    """The same with these assignments released."""
    release.generate(copy_course(folder, *names), progress=False)
    return folder


def text(name):
    """The text that an assignment is made from."""
    return (COURSE / name / f"{name}.py").read_text(encoding="utf-8")


@functools.cache
def source_cells(name):
    """The cells of an assignment's source notebook."""
    return json.loads(notebooks.notebook(text(name), name))["cells"]


def solutions(name):
    """{task: source of its solution}."""
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in source_cells(name)
            if cell["metadata"].get("nbgrader", {}).get("solution")}


def ways(name):
    """{way: {task: function}}: the assignment solved in other ways."""
    spec = importlib.util.spec_from_file_location("ways_" + name, ROOT / "tests" / "exercises" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WAYS


SMALL = "20_small"
SMALL_TEXT = """\
# %% [markdown]
# # A small assignment

# %% locked="setup"
import numpy as np
from nnlib import check

# %% solution="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% test="double" points=2
report = check.example(double, (np.array([1.0]),), {"y": [2.0]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("20_small", "double", double)
### END HIDDEN TESTS
report.points(2)

# %% solution="triple"
def triple(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% test="triple" points=1
report = check.example(triple, (np.array([1.0]),), {"y": [3.0]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("20_small", "triple", triple)
### END HIDDEN TESTS
report.points(1)

# %% [markdown] written="why" points=3
# Why is it twice as large?
#
# ### BEGIN SOLUTION
# Because it is added to itself.
# ### END SOLUTION

# %% written="picture" points=1
### BEGIN SOLUTION
print("a line")
### END SOLUTION
"""
SMALL_TASKS = """\
import numpy as np
from nnlib.grading.tasks import Case, Misconception, Task, Written

WITHHELD = ()


def double(x):
    return 2 * x


def triple(x):
    return 3 * x


def cases(rng):
    yield Case("one number", (np.array([1.0]),))
    yield Case("four numbers", (rng.normal(size=4),))


TASKS = [Task("double", double, cases, ("y",), {"y": 2}, (Misconception(triple, "You take it three times."),)),
         Task("triple", triple, cases, ("y",), {"y": 1}, (Misconception(double, "You take it twice."),))]
WRITTEN = [Written("why", {"names the **sum**": 2, "and the factor": 1}), Written("picture", {"shows a line": 1})]
"""


def small_course(folder, *names):
    """A course with these assignments, and a small one of two tasks, and of two answers that a person marks."""
    copy_course(folder, *names)
    (folder / SMALL).mkdir()
    (folder / SMALL / f"{SMALL}.py").write_text(SMALL_TEXT)
    (folder / SMALL / "tasks.py").write_text(SMALL_TASKS)
    return folder


def mark_by_hand(course, student, cell, points, comment=None):
    """What formgrader does when somebody enters points for a cell of the small assignment, and a comment."""
    from nbgrader.api import Gradebook

    from nnlib.grading.nbgrader.course import quiet

    with quiet(), Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade(cell, SMALL, SMALL, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment is not None:
            gradebook.find_comment(cell, SMALL, SMALL, student).manual_comment = comment
        gradebook.db.commit()


def hand_in(course, student, **answers):
    """Hand in the released small assignment with these answers; one that is None is deleted."""
    notebook = json.loads((course / "release" / SMALL / f"{SMALL}.ipynb").read_text(encoding="utf-8"))
    for name, answer in answers.items():
        place = next(place for place, cell in enumerate(notebook["cells"]) if cell["id"] == name)
        if answer is None:
            del notebook["cells"][place]
        else:
            notebook["cells"][place]["source"] = answer
    path = course / "submitted" / student / SMALL / f"{SMALL}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
