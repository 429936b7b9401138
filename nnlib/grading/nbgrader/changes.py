"""What changes in a gradebook when an assignment is changed after hand-ins: its cells, and who gains or loses."""
import contextlib
import dataclasses
import sqlite3

from ..assignments.notebooks import cells_with_names
from .course import quiet
from .gradebook import of_students, transaction


@quiet()
def changed_tasks(gradebook, course, assignment):
    """Names of the graded cells that (came, went) in the text of an assignment since something was handed in."""
    kinds = cells(gradebook, course, assignment)
    if not kinds:
        return [], []
    _, grade, known = kinds[0]
    return [name for name in grade if name not in known], [name for name in known if name not in grade]


def cells(gradebook, course, assignment):
    """(class, {name: columns} in the text, {name: row} in the gradebook) of the cells that are graded, answered and kept.

    Nothing if nobody has handed in the assignment: nbgrader makes its cells anew then.
    """
    from nbgrader.api import GradeCell, MissingEntry, SolutionCell, SourceCell

    try:
        notebook, = gradebook.find_assignment(assignment).notebooks
    except (MissingEntry, ValueError):
        return []
    if not notebook.submissions:
        return []
    named = cells_with_names(course, assignment)
    roles = {cell.metadata["nbgrader"]["grade_id"]: cell.metadata["nbgrader"] for cell in named}
    kinds = {cell.metadata["nbgrader"]["grade_id"]: cell.cell_type for cell in named}
    graded = {name: {"max_score": role["points"], "cell_type": kinds[name]} for name, role in roles.items()
              if role["grade"]}
    return [(GradeCell, graded, {cell.name: cell for cell in notebook.grade_cells}),
            (SolutionCell, {name: {} for name, role in roles.items() if role["solution"]},
             {cell.name: cell for cell in notebook.solution_cells}),
            (SourceCell, {name: {"cell_type": kind} for name, kind in kinds.items()},
             {cell.name: cell for cell in notebook.source_cells})]


@quiet()
def fit(gradebook, course, assignment):
    """Give the gradebook the cells of the text, which nbgrader refuses when something was handed in.

    With a cell go its points and comments; who has handed in gets a row for each new one.
    """
    from nbgrader.api import Comment, Grade, GradeCell, SolutionCell

    rows = {GradeCell: Grade, SolutionCell: Comment}
    with transaction(gradebook):
        for kind, wanted, known in cells(gradebook, course, assignment):
            notebook, = gradebook.find_assignment(assignment).notebooks
            for name in set(known) - set(wanted):
                if kind in rows:
                    gradebook.db.query(rows[kind]).filter_by(cell_id=known[name].id).delete()
                gradebook.db.delete(known[name])
            for name in set(wanted) - set(known):
                cell = kind(name=name, notebook=notebook, **wanted[name])
                gradebook.db.add(cell)
                if kind in rows:
                    gradebook.db.add_all(rows[kind](cell=cell, notebook=submitted) for submitted in notebook.submissions)


@quiet()
def lost_points(gradebook, course, assignment):
    """A sentence for everybody to whom a person gave points in a task that is gone from the text."""
    from nbgrader.api import Grade, GradeCell, SubmittedNotebook

    _, gone = changed_tasks(gradebook, course, assignment)
    return [f"{student}: {points:g} points that a person gave in {cell.removeprefix('test_')} go with the task."
            for student, cell, points in (
                of_students(gradebook, assignment, GradeCell.name, Grade.manual_score)
                .join(Grade, Grade.notebook_id == SubmittedNotebook.id).join(GradeCell, GradeCell.id == Grade.cell_id)
                .filter(Grade.manual_score.is_not(None), GradeCell.name.in_(gone)))]


@dataclasses.dataclass(frozen=True)
class Standing:
    """What a student has in an assignment: {task: points}, points possible in all, and the penalty for being late."""

    points: dict
    possible: float
    late: float

    @property
    def total(self):
        return max(0.0, sum(self.points.values()) - self.late)

    @property
    def share(self):
        """Share of all points."""
        return self.total / self.possible if self.possible else 0.0

    def __str__(self):
        return f"{self.total:g} of {self.possible:g}"


@quiet()
def standings(gradebook, assignment):
    """{student: Standing} of everybody who is in the gradebook with an assignment."""
    from nbgrader.api import Grade, GradeCell, SubmittedNotebook

    found = {}
    for student, late, cell, possible, points in (
            of_students(gradebook, assignment, SubmittedNotebook.late_submission_penalty, GradeCell.name,
                        GradeCell.max_score, Grade.score)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id).join(GradeCell, GradeCell.id == Grade.cell_id)):
        so_far = found.get(student, Standing({}, 0.0, late or 0.0))
        points = so_far.points | {cell.removeprefix("test_"): points}
        found[student] = dataclasses.replace(so_far, points=points, possible=so_far.possible + possible)
    return found


def file_of(url):
    """The file of a gradebook; "" if it is a database on a server."""
    import sqlalchemy

    place = sqlalchemy.make_url(url)
    return place.database if place.get_backend_name() == "sqlite" else ""


def copy(file, path):
    """Copy the file of a gradebook, also while another process uses it."""
    with contextlib.closing(sqlite3.connect(file)) as book, contextlib.closing(sqlite3.connect(path)) as new:
        book.backup(new)
