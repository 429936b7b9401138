"""nbgrader's exchange around nnlib grade: a notebook goes out, comes in twice, and each attempt gets its page."""
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import quick_worker
from courses import released_copy
from nbgrader.utils import notebook_hash

from nnlib.grading import pool
from nnlib.grading.nbgrader.course import Course, quiet

NAME = "02_logistic"
STUDENT = "games" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name           # another user, where we may be one
SETTINGS = "\nc.CourseDirectory.course_id = 'gradients'\nc.Exchange.root = {exchange!r}\n"
COMMANDS = """
import os, pwd, sys
from nbgrader import apps
user = pwd.getpwnam(sys.argv[1])
os.setgid(user.pw_gid) or os.setuid(user.pw_uid)               # after the imports: Python may lie where only we may read
for command in sys.argv[2:]:
    app = getattr(apps, command)()
    app.initialize(["02_logistic"])
    app.start()
"""


@pytest.fixture
def place(monkeypatch):
    """A folder with a course, an exchange that everybody may write to, and a student's home."""
    monkeypatch.setattr(pool, "grade", quick_worker.grade)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("course", "exchange", "home"):
            (place / name).mkdir()
            (place / name).chmod(0o777)
        place.chmod(0o755)
        settings = SETTINGS.format(exchange=str(place / "exchange"))
        config = released_copy(place / "course", NAME) / "nbgrader_config.py"
        config.write_text(config.read_text(encoding="utf-8") + settings, encoding="utf-8")
        (place / "home" / "nbgrader_config.py").write_text("c = get_config()" + settings)
        yield place


def student(place, *commands):
    """Commands of nbgrader, as the student."""
    home = str(place / "home")
    done = subprocess.run([sys.executable, "-c", COMMANDS, STUDENT, *commands], cwd=home, capture_output=True, text=True,
                          check=False, env={"HOME": home, "PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr


def teacher(course, command, **options):
    """A command of nbgrader, as the teacher."""
    with quiet():
        result = getattr(course.api, command)(NAME, **options)
    assert result["success"], result


def released(place):
    """The pages in the exchange, by name."""
    return {path.name: path.read_text() for path in (place / "exchange" / "gradients" / "feedback").iterdir()}


def test_the_feedback_of_every_attempt_goes_back_to_the_student_who_made_it(place):
    course, submitted = Course(place / "course"), place / "course" / "submitted" / STUDENT / NAME
    teacher(course, "release_assignment")
    student(place, "FetchAssignmentApp", "SubmitApp")
    names = []
    for attempt in (1, 2):
        if attempt == 2:
            notebook = place / "home" / NAME / f"{NAME}.ipynb"
            notebook.write_text(notebook.read_text() + "\n")
            student(place, "SubmitApp")
        teacher(course, "collect", update=True)
        marks = quick_worker.run(place / "course", NAME)
        assert list(marks.points) == [STUDENT]
        teacher(course, "release_feedback")
        names.append(notebook_hash(secret=(submitted / "submission_secret.txt").read_text(), notebook_id=NAME) + ".html")
        for folder in ("autograded", "feedback"):
            for file in ("timestamp.txt", "submission_secret.txt"):
                copy = place / "course" / folder / STUDENT / NAME / file
                assert copy.read_bytes() == (submitted / file).read_bytes()
    assert set(released(place)) == set(names) and len(set(names)) == 2
    student(place, "FetchFeedbackApp", "ListApp")
    pages = list((place / "home" / NAME / "feedback").glob("*/*.html"))
    assert len(pages) == 2 and all(STUDENT in page.read_text() for page in pages)


def test_a_submission_without_a_notebook_has_its_time_and_its_way_back(place):
    folder = place / "course" / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    for name in ("timestamp.txt", "submission_secret.txt", "Copy.html"):
        (folder / name).write_text(name)
    quick_worker.run(place / "course", NAME)
    assert {path.name for path in (place / "course" / "feedback" / "ada" / NAME).iterdir()} == {
        f"{NAME}.html", "timestamp.txt", "submission_secret.txt"}


def test_files_of_an_earlier_attempt_are_gone_and_pages_of_the_students_own_are_not_feedback(place):
    folder = place / "course" / "submitted" / "ada" / NAME
    (folder / "data").mkdir(parents=True)
    for name in (f"{NAME}.ipynb", "own.html", "data/a.csv"):
        (folder / name).write_text("{}")
    feedback = place / "course" / "feedback" / "ada" / NAME
    quick_worker.run(place / "course", NAME)
    assert {path.name for path in feedback.rglob("*")} == {f"{NAME}.html", "data", "a.csv"}
    (folder / "data" / "a.csv").unlink()
    (folder / "data").rmdir()
    (folder / "data").write_text("1")
    quick_worker.run(place / "course", NAME)
    assert {path.name for path in feedback.rglob("*")} == {f"{NAME}.html", "data"}
