"""nbgrader's gradebook, written by one process only."""
import collections
import contextlib
import dataclasses

from ..assignments.assignment import graded_cell
from ..errors import GradingError, require
from ..record import NO_RESPONSE, Entry
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
def saving(gradebook, assignment, rules):
    """A function that takes the Record of a submission, and writes what counts by {task: one of RULES}.

    A few are written together, and the last ones at the end.
    """
    records = []

    def add(record):
        records.append(record.counted(rules))
        if len(records) == TOGETHER:
            save(gradebook, assignment, records)
            records.clear()

    try:
        yield add
    finally:
        save(gradebook, assignment, records)


@quiet()
def save(gradebook, assignment, records):
    """Write the Records of some submissions. Points that a person gave stay, and are marked for another look.

    A written answer is, if it is another one than before; else a person has looked at it.
    """
    with transaction(gradebook):
        notebook, = gradebook.find_assignment(assignment).notebooks
        names = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.solution_cells)}
        for record in records:
            when = {"timestamp": record.timestamp} if record.timestamp else {}
            gradebook.update_or_create_student(record.student)
            submitted, = gradebook.update_or_create_submission(assignment, record.student, **when).notebooks
            points = record.points | {graded_cell(task): earned for task, earned in record.points.items()}
            for grade in submitted.grades:
                name, by_hand = names[grade.cell_id], grade.manual_score is not None
                if name in record.written:
                    grade.auto_score = None
                    grade.needs_manual_grade = not by_hand or name in record.changed or grade.needs_manual_grade
                else:
                    grade.auto_score = points[name]
                    grade.needs_manual_grade = not record.graded or by_hand
            for comment in submitted.comments:
                comment.auto_comment = NO_RESPONSE if names[comment.cell_id] in record.unanswered else None


@quiet()
def weigh(gradebook, assignment, possible):
    """Let the gradebook have these points possible, {task: points}: the rules of a course may count other than the text."""
    with transaction(gradebook):
        notebook, = gradebook.find_assignment(assignment).notebooks
        for cell in notebook.grade_cells:
            cell.max_score = possible[cell.name.removeprefix("test_")]


@quiet()
def set_due(gradebook, assignment, when):
    """Let an assignment be due at this time, a datetime that knows its distance from UTC."""
    from nbgrader.utils import parse_utc

    with transaction(gradebook):
        gradebook.find_assignment(assignment).duedate = parse_utc(when)


@quiet()
def scores(gradebook, assignment):
    """{student: {task: points given automatically}} of everything in the gradebook, in one query."""
    from nbgrader.api import Grade, GradeCell, SubmittedNotebook

    found = {}
    for student, cell, points in (
            of_students(gradebook, assignment, GradeCell.name, Grade.auto_score)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id).join(GradeCell, GradeCell.id == Grade.cell_id)):
        found.setdefault(student, {})[cell.removeprefix("test_")] = points or 0.0
    return found


@quiet()
def penalize(gradebook, assignment, config):
    """Let nbgrader's plugin for late submissions decide again: marks, times, the due date or its rules may have changed.

    Raises    GradingError if the plugin fails
    """
    from nbgrader.preprocessors import AssignLatePenalties

    late = AssignLatePenalties(config=config)
    late.assignment_id, late.gradebook = assignment, gradebook         # as nbgrader sets them: a plugin may ask its parent
    late.init_plugin()
    plugin = late.plugin_inst
    with transaction(gradebook):
        for submission in gradebook.assignment_submissions(assignment):
            seconds, penalty = submission.total_seconds_late, None
            if seconds <= 0 and not submission.late_submission_penalty:
                continue
            notebook, = submission.notebooks
            if seconds > 0:
                try:
                    penalty = plugin.late_submission_penalty(submission.student_id, notebook.score, seconds)
                except Exception as error:                       # the plugin is the instructor's
                    raise GradingError(f"{type(plugin).__name__} fails for {submission.student_id}: {error}.\n"
                                       "Repair the plugin for late submissions and grade again.") from error
            # within nbgrader's own limits: at least 0, and at most what was earned
            notebook.late_submission_penalty = penalty and late._check_late_penalty(notebook, penalty)


@quiet()
def entries(gradebook, assignment, records, rules):
    """The Entry of each Record, in three queries. One that is not in the gradebook has what is in the record."""
    from nbgrader.api import Comment, Grade, GradeCell, SolutionCell, SubmittedNotebook

    submitted = of_students(gradebook, assignment, SubmittedNotebook.late_submission_penalty)
    late = {student: penalty or 0.0 for student, penalty in submitted}
    grades, comments = collections.defaultdict(list), collections.defaultdict(dict)
    for student, *grade in (
            of_students(gradebook, assignment, GradeCell.name, GradeCell.max_score, Grade.score, Grade.manual_score,
                        Grade.extra_credit, Grade.needs_manual_grade)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id).join(GradeCell, GradeCell.id == Grade.cell_id)):
        grades[student].append(grade)
    for student, cell, comment in (
            of_students(gradebook, assignment, SolutionCell.name, Comment.comment)
            .join(Comment, Comment.notebook_id == SubmittedNotebook.id)
            .join(SolutionCell, SolutionCell.id == Comment.cell_id).filter(Comment.comment.is_not(None))):
        comments[student][cell] = comment
    return [entry(record, grades[record.student], late=late[record.student], comments=comments[record.student], rules=rules)
            if record.student in late else Entry.of(record) for record in records]


@quiet()
def roster(gradebook):
    """{student: {"last_name", "first_name", "email"}} of everybody in the gradebook; what is not known is ""."""
    from nbgrader.api import Student

    rows = gradebook.db.query(Student.id, Student.last_name, Student.first_name, Student.email)
    return {row.id: {column: getattr(row, column) or "" for column in ("last_name", "first_name", "email")} for row in rows}


def of_students(gradebook, assignment, *columns):
    """A query for these columns, after the name of the student, of everything that was handed in for an assignment."""
    from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook

    return (gradebook.db.query(SubmittedAssignment.student_id, *columns).select_from(SubmittedNotebook)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id).filter(Assignment.name == assignment))


def entry(record, grades, **fields):
    """The Entry of a Record, from its rows in the gradebook, with these other fields."""
    tasks, by_hand, to_mark = dict(record.tasks), [], []
    for cell, possible, score, manual, extra, waits in grades:
        task = cell.removeprefix("test_")
        tasks[task] = dataclasses.replace(tasks[task], points=score, possible=possible)
        if manual is not None or extra:
            by_hand.append(task)
        if waits and task in record.written:
            to_mark.append(task)
    return Entry.of(record, tasks=tasks, by_hand=tuple(sorted(by_hand)), to_mark=tuple(sorted(to_mark)), **fields)
