"""Marks and feedback for a learning-management system. What a person still has to mark is an empty cell, never a 0."""
import csv
import io
import zipfile
from pathlib import Path
from typing import NamedTuple

from ...files import replacing
from ..errors import GradingError
from ..nbgrader import gradebook
from ..nbgrader.course import Course, quiet
from ..submissions.read import shown, unfit
from ..tasks import assignment_folder
from . import roster
from .archive import Archive
from .collect import identities

FORMS = {               # the columns by which a system knows a student
    "canvas": {"Student": lambda person: f"{person.last_name}, {person.first_name}" if person.last_name else person.id,
               "ID": lambda person: person.lms_user_id, "SIS Login ID": lambda person: person.id,
               "Section": lambda person: person.section},
    "moodle": {"First name": lambda person: person.first_name, "Last name": lambda person: person.last_name,
               "ID number": lambda person: person.id, "Email address": lambda person: person.email},
    "tasks": {"student_id": lambda person: person.id, "last_name": lambda person: person.last_name,
              "first_name": lambda person: person.first_name, "section": lambda person: person.section},
}


class Written(NamedTuple):
    """The file that was made, and sentences on what is not in it."""

    path: Path
    notes: list


def export(root, form, names=(), db=None):
    """Write the marks of these assignments (of all without a name) as ``form`` asks for them. Returns Written.

    ``form`` is "canvas", "moodle", or "tasks", which has a column for each task. Everybody on the roster has a row, and
    so has everybody who handed something in.

    Raises    GradingError if an assignment is not in the gradebook
    """
    course = Course(root, db)
    with gradebook.opened(course) as book, quiet():
        graded = {each.name: each for each in book.assignments}
        for name in names:
            if name not in graded:
                raise GradingError(f"nnlib export: {name} is not in the gradebook, which holds "
                                   f"{', '.join(graded) or 'no assignment'}.\nGrade it first: nnlib grade {name}")
        columns, waiting = {}, []
        for name in names or graded:
            for submission in book.assignment_submissions(name):
                add(columns, name, submission, form == "tasks", waiting)
        students = {student.id for student in book.students}
    persons = {person.id: person for person in roster.load(root)}
    persons |= {student: roster.Person(student) for student in students - set(persons)}
    path = Path(root, f"{form}.csv")
    with replacing(path) as file:
        file.write(table(FORMS[form], sorted(persons.values(), key=lambda person: person.id), columns).encode())
    return Written(path, [f"{student}, {name}: left empty, because a person has to look at it."
                          for name, student in waiting])


def add(columns, name, submission, tasks, waiting):
    """Add the marks of a submission to {column: {student: mark}}: one for each task, or one after the late penalty."""
    student, grades = submission.student_id, [grade for notebook in submission.notebooks for grade in notebook.grades]
    if tasks:
        for grade in grades:
            column = columns.setdefault(f"{name}/{grade.name.removeprefix('test_')}", {})
            column[student] = "" if open_still(grade) else f"{grade.score:g}"
        columns.setdefault(f"{name}/late", {})[student] = f"{-(submission.late_submission_penalty or 0) or 0:g}"
    mark = max(0.0, submission.score - (submission.late_submission_penalty or 0))
    closed = not any(map(open_still, grades))
    columns.setdefault(f"{name}/total" if tasks else name, {})[student] = f"{mark:g}" if closed else ""
    if not closed:
        waiting.append((name, student))


def open_still(grade):
    """True if a person has to look at a mark, and has not given it; or gave it before a written answer was changed.

    A written answer is what no program gives points for.
    """
    return grade.needs_manual_grade and (grade.manual_score is None or grade.auto_score is None)


def table(form, persons, columns):
    """The text of a CSV file with a row for each Person."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow([*form, *columns])
    rows.writerows([*(value(person) for value in form.values()), *(marks.get(person.id, "") for marks in columns.values())]
                   for person in persons)
    return file.getvalue()


def feedback(root, assignment, path):
    """Pack the feedback pages of an assignment, named as in the archive of hand-ins, so that its system takes them back.

    Returns Written. Two calls give the same bytes.

    Raises    GradingError if there is no page, or the archive is not one of hand-ins
    """
    places = Course(root).places
    assignment_folder(places, assignment)
    page, notes = f"{assignment}.html", []
    target = Path(root, f"{assignment}-feedback.zip")
    with Archive(path) as archive:
        students = identities(archive, roster.Directory(roster.load(root)))
        pages = {student: places.feedback(student, assignment) / page for student in students}
        pages = {student: path for student, path in pages.items() if not unfit(student) and path.is_file()}
        notes = [f"{shown(student)}: there is no feedback page." for student in students if student not in pages]
        if len(notes) == len(students):
            raise GradingError(f"{assignment}: there is no feedback for anybody in {path}.\n"
                               f"Collect the archive and grade it first: nnlib grade {assignment}")
        with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for hand_in, student in zip(archive.hand_ins, students):
                if student in pages:
                    place = hand_in.place.replace("/Submission attachment(s)/", "/Feedback Attachment(s)/")
                    packed.writestr(zipfile.ZipInfo(place + page), pages[student].read_bytes(), zipfile.ZIP_DEFLATED)
    return Written(target, notes)
