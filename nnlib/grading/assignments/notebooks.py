"""Assignments as text: <name>/<name>.py becomes the source notebook <name>.ipynb.

The text is py:percent. Markers on the cells stand for nbgrader's metadata:

    # %% locked="setup"                   students cannot change it
    # %% solution="gradient"              students write it; holds ### BEGIN SOLUTION ... ### END SOLUTION
    # %% check="gradient"                 the self-check, locked, no points
    # %% test="gradient" points=4         graded, locked; holds ### BEGIN HIDDEN TESTS ... ### END HIDDEN TESTS
    # %% [markdown] written="why" points=2      students write it, a person marks it; holds a model answer between
                                                ### BEGIN SOLUTION and ### END SOLUTION. Without [markdown] it is code.
    # %% tags=["skip-execution"]          not run by nbgrader, only by the student

Their grade_id is setup, gradient, check_gradient, test_gradient, why.

What else lies in the folder of a text, data and modules, goes to the students with the notebook.
"""
import functools
import json
from pathlib import Path

from ...check import known
from ...files import replacing
from .. import places
from ..errors import GradingError, require
from ..tasks import assignments, ordinary

KINDS = ("locked", "solution", "check", "test", "written")
REGIONS = {"solution": "SOLUTION", "test": "HIDDEN TESTS", "written": "SOLUTION"}
PREFIXES = {"check": "check_", "test": "test_"}                # of a grade_id; the other kinds have none
POINTS, ANSWERS = ("test", "written"), ("solution", "written")
WORDS = ("locked", "written")                                  # kinds that may be Markdown


def update(course):
    """Write every source notebook of a course that is missing or differs from its text. Returns those written.

    The files that go with a notebook are written beside it.
    """
    written = []
    for name in assignments(course):
        source = places.of(course).source(name)
        for path in given(Path(course, name)):
            write_if_changed(source / path, Path(course, name, path).read_bytes())
        text = Path(course, name, f"{name}.py").read_text(encoding="utf-8")
        if write_if_changed(source / f"{name}.ipynb", notebook(text, f"{name}.py").encode()):
            written.append(name)
    return written


def given(folder):
    """Paths in the folder of an assignment, or of its release, of what goes with the notebook."""
    ours = {Path(f"{folder.name}{suffix}") for suffix in (".py", ".ipynb")} | {Path("tasks.py"), Path(known.NAME)}
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if path not in ours and path.suffix != ".pyc"
            and not any(part.startswith(".") for part in path.parts)]


@functools.lru_cache(maxsize=100)        # a run asks for the same notebook several times, and jupytext takes its time
def notebook(text, filename):
    """The notebook of a text, as JSON; the same text gives the same bytes.

    Raises    GradingError that names the cell, if the text is not an assignment
    """
    jupytext, nbformat = require("jupytext"), require("nbformat")
    try:
        compile(text, filename, "exec")
    except SyntaxError as error:
        raise GradingError(f"{filename}, line {error.lineno}: {error.msg}.\n    {(error.text or '').strip()}") from None
    book = jupytext.reads(text, fmt="py:percent")
    book.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"}})
    after, count = "start", 0
    for number, cell in enumerate(book.cells):
        where = f"{filename}, cell {number + 1} ({cell.source.strip().partition(chr(10))[0][:40]!r})"
        cell.metadata = nbgrader_metadata(cell, where)
        if "nbgrader" in cell.metadata:
            after, count = cell.metadata["nbgrader"]["grade_id"], 0
            cell.id = after
        else:
            count += 1
            cell.id = f"{after}-{count}"
    ids = [cell.id for cell in book.cells]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise GradingError(f"{filename}: two cells have the name {twice[0]}, expected every name once.")
    book.nbformat, book.nbformat_minor = 4, 5
    return nbformat.writes(book) + "\n"


def graded_cells(text, filename):
    """({grade_id: (source, points)} of the cells with tests, the same of those that a person marks) in a text."""
    tests, written = {}, {}
    for cell in json.loads(notebook(text, filename))["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("grade"):
            (written if role["solution"] else tests)[role["grade_id"]] = "".join(cell["source"]), role["points"]
    return tests, written


def cells_with_names(course, assignment):
    """The cells of an assignment that have a name and a role, as its text, or its source notebook, has them now."""
    nbformat, utils = require("nbformat"), require("nbgrader.utils")
    if assignment in ordinary(course):
        text = (places.of(course).source(assignment) / f"{assignment}.ipynb").read_text(encoding="utf-8")
    else:
        text = notebook(Path(course, assignment, f"{assignment}.py").read_text(encoding="utf-8"), f"{assignment}.py")
    roles = utils.is_grade, utils.is_solution, utils.is_locked
    return [cell for cell in nbformat.reads(text, as_version=4).cells if any(role(cell) for role in roles)]


def nbgrader_metadata(cell, where):
    """The metadata of a cell, its marker turned into nbgrader's."""
    given = {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"}      # jupytext's own
    kinds = [kind for kind in KINDS if kind in given]
    unknown = set(given) - {*KINDS, "points", "tags"}
    if (unknown or len(kinds) > 1 or ("points" in given) != bool(kinds and kinds[0] in POINTS)
            or (kinds and "tags" in given)):
        raise GradingError(f"{where}: the marker is {given}, expected one of "
                           'locked="...", solution="...", check="...", test="..." points=..., written="..." points=...')
    if not kinds:
        if "### BEGIN" in cell.source:
            raise GradingError(f'{where}: a solution or hidden test in a cell without solution="..." or test="...".')
        return {"tags": given["tags"]} if "tags" in given else {}
    kind, name = kinds[0], given[kinds[0]]
    if cell.cell_type == "markdown" and kind not in WORDS:
        raise GradingError(f'{where}: a cell with {kind}="..." holds code, found Markdown.\n'
                           'For an answer in words write # %% [markdown] written="..." points=...')
    if kind not in PREFIXES and name.startswith(tuple(PREFIXES.values())):
        raise GradingError(f"{where}: the name {name} begins as those of checks and tests do.\nGive it another one.")
    region = REGIONS.get(kind)
    for mark in ("SOLUTION", "HIDDEN TESTS"):
        begins, ends = cell.source.count(f"### BEGIN {mark}"), cell.source.count(f"### END {mark}")
        if (begins, ends) != ((1, 1) if mark == region else (0, 0)):
            raise GradingError(f"{where}: {begins} times ### BEGIN {mark} and {ends} times ### END {mark}, "
                               f"expected {'one' if mark == region else 'none'} of each in a {kind} cell.")
    metadata = {"cell_type": cell.cell_type, "grade": kind in POINTS, "grade_id": PREFIXES.get(kind, "") + name,
                "locked": kind not in ANSWERS, "schema_version": 3, "solution": kind in ANSWERS, "task": False}
    if kind in POINTS:
        metadata["points"] = given["points"]
    return {"nbgrader": metadata}


def write_if_changed(path, content):
    """Write a file unless it holds that content already; a reader never sees half of it."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, path.parent.parent) as file:            # not beside it: nbgrader would release it
        file.write(content)
    return True
