"""Grade again after a change of points, tasks, tests or rules, and show first who gains by it and who loses."""
import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..text_table import text_table
from .assignments import history, own
from .errors import GradingError
from .nbgrader import changes, gradebook
from .nbgrader.course import Course
from .record import VOID
from .run import run
from .tasks import assignment_folder
from .term import policy

SETTINGS = ("nbgrader_config.py", "nbgrader_local.py", policy.FILE, "roster.csv", history.NAME, own.NAME, "journal.jsonl",
            ".secret*")
BEFORE = "gradebook-before-regrade.db"
SAME = 1e-9                         # of all points: a smaller difference is one of rounding


@dataclass
class Changes:
    """What grading anew changes: ``before`` and ``after`` are {student: Standing}; ``notes`` say what else to know."""

    assignment: str
    before: dict
    after: dict
    notes: list

    @property
    def gains(self):
        """{student: share of all points that is gained, negative if it is lost} of everybody whose share changes."""
        shares = {student: self.after[student].share - was.share for student, was in self.before.items()}
        return {student: gain for student, gain in shares.items() if abs(gain) > SAME}

    def __str__(self):
        rows = [["", "before", "after", "", "points"]]
        for student, gain in sorted(self.gains.items(), key=lambda item: (item[1], item[0])):
            was, now = self.before[student], self.after[student]
            moves = {task: now.points.get(task, 0) - was.points.get(task, 0) for task in {**was.points, **now.points}}
            rows.append([student, str(was), str(now), f"{100 * gain:+.1f} %",
                         ", ".join(f"{task} {move:+g}" for task, move in moves.items() if move)])
        more, less = (sum(sign * gain > 0 for gain in self.gains.values()) for sign in (1, -1))
        summary = [f"{more} gain, {less} lose, {len(self.before) - more - less} stay as they are.", *self.notes]
        table = [text_table(rows, "<>>><"), ""] if more + less else []
        return "\n".join([self.assignment, "", *table, *summary])


def regrade(root, assignment, preview=False, db=None, **options):
    """Grade an assignment in which something was changed after it was graded. Returns (Changes, Marks).

    Tasks may have come or gone. With ``preview`` all of it happens in a copy of the course, which is removed afterwards.
    ``options`` are those of ``run``.

    Raises    GradingError as ``run`` does, if nothing was graded before, or the course cannot be copied
    """
    course = Course(root, db)
    assignment_folder(course.places, assignment)
    with gradebook.opened(course) as book:
        before, notes = changes.standings(book, assignment), changes.lost_points(book, course.places, assignment)
    if not before:
        raise GradingError(f"{assignment}: nothing was graded yet, so nothing changes.\nGrade it: nnlib grade {assignment}")
    if notes and not preview and changes.file_of(course.db_url):
        changes.copy(changes.file_of(course.db_url), course.root / BEFORE)
        notes.append(f"The gradebook as it was before is kept in {course.root / BEFORE}.")
    with contextlib.ExitStack() as stack:
        hidden, hand_ins = course.hidden, course.places
        if preview:
            course = stack.enter_context(trial(course, assignment))
        marks = run(course.root, assignment, db=course.db_url, anew=True, hidden=hidden, hand_ins=hand_ins,
                    **options)
        with gradebook.opened(course) as book:
            after = changes.standings(book, assignment)
    notes += [f"{entry.student}: what a person gave in {task} stays as it is." for entry in marks.records
              for task in entry.by_hand if marks.rules.get(task) in VOID]
    return Changes(assignment, before, after, notes), marks


@contextlib.contextmanager
def trial(course, assignment):
    """A copy of a course in which an assignment can be graded, and nothing that happens to it matters.

    Raises    GradingError if grading the copy would change the course
    """
    book = changes.file_of(course.db_url)
    if not book:
        raise GradingError("nnlib regrade: the gradebook is not a file, so --preview cannot copy it.\nCopy it with tools "
                           f"of its database, and try there: nnlib regrade {assignment} --db <the copy>")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder, "course")
        folder.mkdir()
        for pattern in SETTINGS:
            for path in course.root.glob(pattern):
                shutil.copyfile(path, folder / path.name)
        here, there = course.places, course.places.moved(folder)
        there.require_within(folder, "nnlib regrade")
        students = here.students(assignment)
        for before, after in zip(folders(here, assignment, students), folders(there, assignment, students)):
            if before.is_dir():
                shutil.copytree(before, after, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        changes.copy(book, folder / "gradebook.db")
        try:
            copy = Course(folder, f"sqlite:///{folder}/gradebook.db")
            copy.places.require_within(folder, "nnlib regrade")          # the settings may name its root
            yield copy
        finally:
            os.environ["NNLIB_COURSE"] = str(course.root)                # the copy has set it to itself


def folders(places, assignment, students):
    """The folders of an assignment and of these students' pages, in an order that is the same for a copy of the course."""
    return [Path(places, assignment), places.source(assignment), places.release(assignment),
            *(folder(student, assignment) for folder in (places.autograded, places.feedback) for student in students)]
