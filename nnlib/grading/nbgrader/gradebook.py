"""nbgrader's gradebook, written by one process only."""
import contextlib
import csv

from ..assignments.assignment import graded_cell
from ..errors import GradingError, require
from .course import quiet

TOGETHER = 20                       # records in one transaction
INDEXED = {                         # columns of nbgrader's tables: without an index every look for one student reads all
    "submitted_assignment": "student_id", "submitted_notebook": "assignment_id",
    "grade": "notebook_id", "comment": "notebook_id",
}


@contextlib.contextmanager
def opened(course):
    """nbgrader's Gradebook of a course."""
    from sqlalchemy import text

    with contextlib.ExitStack() as stack:
        with quiet():
            gradebook = stack.enter_context(require("nbgrader.api").Gradebook(course.db_url, course.course_id))
            with gradebook.engine.begin() as connection:
                for table, column in INDEXED.items():
                    connection.execute(text(f"CREATE INDEX IF NOT EXISTS nnlib_{table}_{column} ON {table} ({column})"))
        yield gradebook


def check(url):
    """Try to reach a database.

    Raises    GradingError that says what is missing, without the password
    """
    import sqlalchemy

    try:
        shown = sqlalchemy.make_url(url).render_as_string()
        sqlalchemy.create_engine(url).connect().close()
    except ModuleNotFoundError as error:
        raise GradingError(f"--db {shown}: the driver {error.name} is not installed.\n"
                           "For PostgreSQL install it with: pip install 'one-gradient[postgresql]'") from None
    except sqlalchemy.exc.ArgumentError:
        raise GradingError("--db: that is not the address of a database, expected one like\n"
                           "postgresql://user:password@host/name or sqlite:////path/gradebook.db") from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise GradingError(f"--db {shown}: the database does not answer: {reason}") from None


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


@contextlib.contextmanager
def saving(gradebook, assignment):
    """A function that takes the Record of a submission. A few are written together, and the last ones at the end."""
    records = []

    def add(record):
        records.append(record)
        if len(records) == TOGETHER:
            save(gradebook, assignment, records)
            records.clear()

    try:
        yield add
    finally:
        save(gradebook, assignment, records)


@quiet()
def save(gradebook, assignment, records):
    """Write the Records of some submissions. Points that a person gave stay, and are marked for another look."""
    with transaction(gradebook):
        notebook, = gradebook.find_assignment(assignment).notebooks
        names = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.solution_cells)}
        for record in records:
            when = {"timestamp": record.timestamp} if record.timestamp else {}
            gradebook.update_or_create_student(record.student)
            submitted, = gradebook.update_or_create_submission(assignment, record.student, **when).notebooks
            points = {graded_cell(task): earned for task, earned in record.points.items()}
            for grade in submitted.grades:
                grade.auto_score = points[names[grade.cell_id]]
                grade.needs_manual_grade = not record.graded or grade.manual_score is not None
            for comment in submitted.comments:
                comment.auto_comment = "No response." if names[comment.cell_id] in record.unanswered else None


@quiet()
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


@quiet()
def export(gradebook, assignment, path):
    """Write the marks of an assignment as CSV: the columns of nbgrader's own export, which quotes no comma of a name."""
    found = gradebook.find_assignment(assignment)
    submissions = {submission.student_id: submission for submission in found.submissions}
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
                        "late_submission_penalty", "score", "max_score"])
        for student in gradebook.students:
            submission = submissions.get(student.id)
            score, penalty = (submission.score, submission.late_submission_penalty or 0.0) if submission else (0.0, 0.0)
            table.writerow([found.name, found.duedate, submission and submission.timestamp, student.id, student.last_name,
                            student.first_name, student.email, score, penalty, max(0.0, score - penalty), found.max_score])
