"""Notebooks of one's own: one task differs from student to student, drawn from the course's secret and the student's name.

The secret and the name give the same values again, so grading needs no copy of them. A file remembers for whom a notebook
was made, with a hash of the cell that shows the values.
"""
import difflib
import json
from pathlib import Path

from ...check import known
from ...files import replacing
from .. import places
from ..errors import GradingError, require
from ..secret import secret
from ..submissions.normalise import find
from ..submissions.read import shown, unfit
from ..tasks import assignments, load_own
from . import hints, notebooks
from .assignment import Assignment, own_values
from .history import text_hash

NAME = "own.jsonl"
FOLDER = "own"                      # of a course: own/<student>/<assignment>/<assignment>.ipynb


def with_own(course):
    """Names of the assignments that have a task of one's own."""
    return [name for name in assignments(course) if load_own(course, name)]


def require_possible(course, names, students, roster=()):
    """Notebooks of these assignments can be made for these students. ``roster`` are those who take part, if that is known.

    Raises    GradingError if an assignment has no task of one's own, or a name is not on the roster or cannot be used
    """
    for name in names:
        if name in assignments(course) and load_own(course, name) is None:
            raise GradingError(f"{name}: its tasks.py has no OWN, so all of its notebooks are the same.\n"
                               f"Leave --for out, or take one of: {', '.join(with_own(course)) or 'none'}.")
    for student in students:
        require_student(student, roster)


def generate(course, assignment, students):
    """Make the notebooks of these students from the release of an assignment. Returns their paths."""
    own, plain, text = load_own(course, assignment), Assignment(course, assignment), secret(course)
    values = {student: own_values(own, text, assignment, student) for student in students}
    remember(course, assignment, {student: text_hash(own.shown(theirs)) for student, theirs in values.items()})
    return [write(course, plain, student, theirs) for student, theirs in values.items()]


def write(course, plain, student, values):
    """Write the notebook of a student with these values, and what goes with it. Returns its path."""
    name = plain.name
    folder, release = Path(course, FOLDER, student, name), places.of(course).release(name)
    for path in notebooks.given(release):
        notebooks.write_if_changed(folder / path, (release / path).read_bytes())
    hints.write(course, name, folder / known.NAME, values)
    text = require("nbformat").writes(plain.with_values(values).released) + "\n"
    notebooks.write_if_changed(folder / f"{name}.ipynb", text.encode())
    return folder / f"{name}.ipynb"


def require_student(student, roster):
    """GradingError if a notebook cannot be made for this name, for a slip in it would give values that nobody has."""
    trouble = unfit(student)
    if trouble:
        raise GradingError(f"nnlib exercises: the name {shown(student)!r} cannot stand in a gradebook: {trouble}.\n"
                           "Nothing was made. Name students as they are named where their work is handed in.")
    if roster and student not in roster:
        close = difflib.get_close_matches(student, roster, n=1)
        raise GradingError(f"nnlib exercises: {student} is not on the roster, and values are drawn from the very name.\n"
                           + (f"Nothing was made. Did you mean {close[0]}?" if close else
                              "Nothing was made. Take the name as the roster has it, or enter it there: nnlib roster FILE"))


def remember(course, assignment, given):
    """Write down for whom notebooks are made, {student: hash of the values}, where no line says so already."""
    path, before = Path(course, NAME), made_for(course, assignment)
    new = [json.dumps([assignment, *pair]) + "\n" for pair in given.items() if before.get(pair[0]) != pair[1]]
    if new:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        with replacing(path) as file:
            file.write((text + "".join(new)).encode())


def made_for(course, assignment):
    """{student: hash of the values that the notebook shows} of everybody for whom one was made; the last one counts."""
    path = Path(course, NAME)
    if not path.is_file():
        return {}
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {student: given for name, student, given in lines if name == assignment}


def require_same(course, assignment, students):
    """The values that are drawn now for these students are those that their notebooks show.

    Raises    GradingError if the secret, or how values are drawn or shown, has changed since
    """
    made = made_for(course, assignment)
    theirs = [student for student in students if student in made]
    own = load_own(course, assignment) if theirs else None
    changed = [student for student in theirs if own is None or made[student] != text_hash(
        own.shown(own_values(own, secret(course), assignment, student)))]
    if changed:
        raise GradingError(f"{assignment}: {changed[0]} got a notebook with other values than those that are drawn now"
                           f"{f', and {len(changed) - 1} others too' if changed[1:] else ''}.\n"
                           "Put back .secret, and OWN in tasks.py, as they were. Or make the notebooks again, and hand "
                           f"them out: nnlib exercises {assignment} --for {changed[0]}")


def judged_by(cells, assignment, student, text, made):
    """What the Cells of a submission are judged by: (Assignment, notes, names of others whose values they carry).

    Whoever works on the plain values is judged by these. Where the values are neither plain nor the student's own, those
    count that were made for the student. ``text`` is the secret, ``made`` what ``made_for`` gives.
    """
    own = None if assignment.beside else assignment.own
    if own is None:
        return assignment, [], []
    values, place = own_values(own, text, assignment.name, student), find(cells, assignment).get(own.cell)
    given = text_hash(cells[place].source) if place is not None else ""
    if given == text_hash(assignment.cells[own.cell].source):
        said = f"The cell {own.cell} shows the values of the plain notebook; one of their own was made."
        return assignment, [said] if student in made else [], []
    others = sorted(name for name, theirs in made.items() if theirs == given and name != student)
    if student in made or given == text_hash(own.shown(values)):
        return assignment.with_values(values), [], others
    return assignment, [], others
