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
