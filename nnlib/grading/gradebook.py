"""nbgrader's gradebook, written by one process only: one transaction for each submission."""
import contextlib

from .assignment import graded_cell
from .errors import require


@contextlib.contextmanager
def opened(url):
    """nbgrader's Gradebook at a database URL."""
    with require("nbgrader.api").Gradebook(url) as gradebook:
        yield gradebook


@contextlib.contextmanager
def transaction(gradebook):
    """Everything inside is saved together or not at all: the commits of nbgrader's methods only flush."""
    from sqlalchemy.orm import Session

    before = gradebook.db
    with gradebook.engine.begin() as connection, Session(connection, join_transaction_mode="rollback_only") as session:
        gradebook.db = session
        try:
            yield
            session.flush()
        finally:
            gradebook.db = before


def save(gradebook, record):
    """Write the record of a submission. Points that a person gave stay, and are marked for another look."""
    name, student = record["assignment"], record["student"]
    when = {"timestamp": record["timestamp"]} if record["timestamp"] else {}
    with transaction(gradebook):
        gradebook.update_or_create_student(student)
        notebook, = gradebook.update_or_create_submission(name, student, **when).notebooks
        points = {graded_cell(task): marks["points"] for task, marks in record["tasks"].items()}
        for grade in notebook.grades:
            grade.auto_score = points[grade.name]
            grade.needs_manual_grade = record["status"] != "graded" or grade.manual_score is not None
        for comment in notebook.comments:
            comment.auto_comment = "No response." if comment.name in record["unanswered"] else None


def scores(gradebook, assignment):
    """{student: {task: points given automatically}} of everything in the gradebook, in one query."""
    from nbgrader.api import Assignment, Grade, GradeCell, SubmittedAssignment, SubmittedNotebook

    found = {}
    for student, cell, points in (
            gradebook.db.query(SubmittedAssignment.student_id, GradeCell.name, Grade.auto_score)
            .select_from(Grade).join(GradeCell, GradeCell.id == Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == assignment)):
        found.setdefault(student, {})[cell.removeprefix("test_")] = points
    return found


def export(gradebook, assignment, path):
    """Write the marks of an assignment as CSV, by nbgrader's own export."""
    from nbgrader.plugins import CsvExportPlugin

    CsvExportPlugin(to=str(path), assignment=[assignment]).export(gradebook)
