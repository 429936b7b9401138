"""Make the notebooks that students get."""
import shutil
import sys
from pathlib import Path

from tqdm import tqdm

from ...check import known
from .. import places
from ..nbgrader.course import Course
from ..tasks import assignment_folder, assignments
from .notebooks import given


def generate(root, names=None, progress=True):
    """Make source and release of these assignments (of all if None) from their texts. Returns the released notebooks.

    Raises    GradingError if a name is unknown, a text is not an assignment, or nbgrader fails
    """
    course = Course(root)
    names = list(names) if names else assignments(root)
    for name in names:
        assignment_folder(course.places, name)
    for name in tqdm(names, desc="exercises", unit="notebook", file=sys.stdout,
                     **({} if progress else {"disable": True})):
        course.generate_assignment(name)
    return [course.places.release(name) / f"{name}.ipynb" for name in names]


def checkout(course, folder, names=None):
    """Copy released notebooks, with their data, into a folder to work in. A file that is there already is left alone.

    Returns the copies of all of them.
    """
    names = names or assignments(course)
    for name in names:
        release = places.of(course).release(name)
        shared = [path for path in (known.NAME, *given(release)) if (release / path).is_file()]
        for path in (f"{name}.ipynb", *shared):
            copy = Path(folder, name, path)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(release / path, copy)
    return [Path(folder, name, f"{name}.ipynb") for name in names]
