"""Marks and feedback on their way into a learning-management system."""
import shutil
import zipfile

import pytest
from courses import COURSE
from nbgrader.api import Gradebook

from nnlib.grading import GradingError
from nnlib.grading.nbgrader.course import quiet
from nnlib.grading.tasks import load_tasks
from nnlib.grading.term.export import export, feedback

NAME = "02_logistic"
MARKS = {"ada": 2.0, "bo": None, "di": 1.0}             # None: needs attention


@pytest.fixture
def course(released_course, tmp_path):
    """A course in which ada has two points less for being late, bo needs attention, and di has a mark by hand."""
    course = shutil.copytree(released_course, tmp_path / "course")
    (course / "roster.csv").write_text("student_id,first_name,last_name,email,lms_user_id,section\n"
                                       "ada,Ada,\"Lovelace, Countess\",a@b,12,A\nem,Emmy,Noether,e@b,13,B\n")
    with quiet(), Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for student, points in MARKS.items():
            book.add_student(student)
            notebook, = book.add_submission(NAME, student).notebooks
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = points or 0, student != "ada"
                grade.manual_score = 1.5 if student == "di" else None
            notebook.late_submission_penalty = 2.0 if student == "ada" else None
        book.db.commit()
    return course


def test_the_marks_for_canvas_have_its_columns_and_no_0_that_nobody_gave(course):
    written = export(course, "canvas")
    assert written.path.read_text().splitlines() == [
        f"Student,ID,SIS Login ID,Section,{NAME}", '"Lovelace, Countess, Ada",12,ada,A,14', "bo,,bo,,", "di,,di,,12",
        '"Noether, Emmy",13,em,B,']
    assert written.notes == [f"bo, {NAME}: left empty, because a person has to look at it."]


def test_the_marks_for_moodle_have_its_columns(course):
    assert export(course, "moodle", [NAME]).path.read_text().splitlines()[:2] == [
        f"First name,Last name,ID number,Email address,{NAME}", 'Ada,"Lovelace, Countess",ada,a@b,14']


def test_the_marks_of_tasks_have_a_column_for_each_and_for_what_lateness_cost(course):
    head, ada, bo, _, em = [line.rsplit(",", 10)[1:] for line in export(course, "tasks").path.read_text().splitlines()]
    tasks = list(load_tasks(COURSE, NAME))
    assert head == [f"{NAME}/{column}" for column in (*tasks, "late", "total")]
    assert (ada, bo, em) == (["2"] * 8 + ["-2", "14"], [""] * 8 + ["0", ""], [""] * 10)


def test_an_assignment_that_was_not_graded_is_not_exported(course):
    with pytest.raises(GradingError, match=f"04_graphs is not in the gradebook, which holds {NAME}"):
        export(course, "canvas", ["04_graphs"])


@pytest.mark.parametrize("name, expected", [
    ("ada_12_345_{}.ipynb", "ada_12_345_{}.html"),
    ("Ada Lovelace, Countess_4_assignsubmission_file_/{}.ipynb", "Ada Lovelace, Countess_4_assignsubmission_file_/{}.html"),
    ("Logistic/Lovelace(ada)/Submission attachment(s)/{}.ipynb", "Logistic/Lovelace(ada)/Feedback Attachment(s)/{}.html"),
], ids=["Canvas", "Moodle", "Sakai"])
def test_feedback_goes_back_under_the_names_of_the_system(course, tmp_path, name, expected):
    page = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    page.parent.mkdir(parents=True)
    page.write_text("well done")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr(name.format(NAME), "a")
        other = name.replace("ada", "bo").replace("Ada", "Bo").replace("12", "14").replace("_4_", "_5_")
        file.writestr(other.format(NAME), "b")
    first = feedback(course, NAME, tmp_path / "in.zip")
    assert len(first.notes) == 1 and "there is no feedback page" in first.notes[0]
    with zipfile.ZipFile(first.path) as file:
        assert {each: file.read(each) for each in file.namelist()} == {expected.format(NAME): b"well done"}
    content = first.path.read_bytes()
    assert feedback(course, NAME, tmp_path / "in.zip").path.read_bytes() == content


def test_feedback_that_nobody_has_is_not_packed(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr(f"ada_12_345_{NAME}.ipynb", "a")
    with pytest.raises(GradingError, match="there is no feedback for anybody"):
        feedback(course, NAME, tmp_path / "in.zip")
