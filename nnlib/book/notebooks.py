"""Notebooks that run where nothing is installed: chapters as the book offers them, and assignments as they are released.

They make a branch of their own, which Colab and Binder open; JupyterLite shows the same files (lite.py).
"""
import re
import shutil
from pathlib import Path

import nbformat
import yaml
from nbformat.v4 import new_code_cell

from .. import __version__
from .builder import BookError

BRANCH = f"notebooks-{__version__}"                      # one for each version: a page opens what it was made with
CHAPTERS, ASSIGNMENTS = "chapters", "assignments"        # its folders
NEEDED = [f"one-gradient=={__version__}", "scikit-learn"]
INSTALL = f"""\
# What this notebook needs, where it is missing.
import importlib.util

if importlib.util.find_spec("nnlib") is None:
    %pip install --quiet {" ".join(NEEDED)}
"""
README = f"""\
# Notebooks of version {__version__}

The chapters and assignments of the course, to be opened in Colab or Binder by the links on its pages. This branch is made
by `nnlib notebooks`: what you change here is lost.
"""


def make(root):
    """Write the files of the branch into `_build/notebooks`, and return that folder.

    Raises    BookError if the book is not built
    """
    from ..grading.assignments.release import checkout, generate
    from ..grading.nbgrader.course import Course

    root = Path(root)
    target = root / "_build" / "notebooks"
    chapters = sorted((root / "_build" / "html" / "_sources" / "book").glob("*.ipynb"))
    if not chapters:
        raise BookError("There are no notebooks of chapters, expected those of a built book.\nRun: nnlib book")
    shutil.rmtree(target, ignore_errors=True)
    (target / CHAPTERS).mkdir(parents=True)
    for chapter in chapters:
        if not chapter.stem.endswith("_without_solutions"):
            shutil.copy(chapter, target / CHAPTERS)
    site = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["html_baseurl"]
    generate(root / "exercises")
    for path in checkout(Course(root / "exercises").places, target / ASSIGNMENTS):
        nbformat.write(runnable(nbformat.read(path, nbformat.NO_CONVERT), site), path)
    (target / "README.md").write_text(README, "utf-8")
    (target / "requirements.txt").write_text("\n".join(NEEDED) + "\n", "utf-8")        # Binder installs it
    return target


def runnable(notebook, site):
    """A released notebook with a first cell that installs the library; links to chapters lead to the site."""
    notebook.cells.insert(0, new_code_cell(INSTALL, id="install"))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((?:\.\./)+(book/\w+)\.md", rf"]({site}\1.html", cell.source)
    return notebook
