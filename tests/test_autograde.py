"""nbgrader's autograde in our course: the button of formgrader, ordinary assignments beside ours, what it says."""
import json
import shutil

import pytest
import quick_worker
from nbformat.v4 import new_code_cell, new_notebook, writes

from nnlib.grading import GradingError, pool
from nnlib.grading.nbgrader.course import Course, quiet

NAME, ORDINARY = "02_logistic", "ps1"


@pytest.fixture
def course(released_course, tmp_path, monkeypatch):
    """A course in which ada and bo handed in the assignment, with workers that grade nothing, quickly."""
    monkeypatch.setattr(pool, "grade", quick_worker.grade)
    course = shutil.copytree(released_course, tmp_path / "course")
    for student in ("ada", "bo"):
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(json.dumps({"of": student}))
    return course


def press(course, assignment, student):
    """What the button of formgrader gives: nbgrader's own call."""
    with quiet():
        return Course(course).api.autograde(assignment, student)


def journal(course):
    """The students of the records in the journal."""
    return [json.loads(line)["student"] for line in (course / "journal.jsonl").read_text().splitlines()]


def test_the_button_of_formgrader_grades_this_student_again_in_the_sandbox(course):
    for _ in range(2):
        result = press(course, NAME, "bo")
        assert result["success"], result
        assert f"{NAME}: student code runs in a sandbox" in result["log"] and "bo: " in result["log"]
    assert journal(course) == ["bo", "bo"]
    assert (course / "feedback" / "bo" / NAME / f"{NAME}.html").is_file()
    with quiet():
        assert [each["student"] for each in Course(course).api.get_submissions(NAME) if each["autograded"]] == ["bo"]


def test_a_student_who_handed_in_nothing_is_named_and_so_is_a_slip_in_tasks_py(course):
    result = press(course, NAME, "cy")
    assert not result["success"] and f"{NAME}: there is no submission of 'cy'." in result["log"]
    (course / NAME / "tasks.py").write_text("TASKS = (\n")
    result = press(course, NAME, "bo")
    assert not result["success"] and "tasks.py, line 1" in result["log"]


def test_one_student_is_graded_alone_and_stands_in_the_table_beside_those_who_were_graded_before(course):
    assert list(quick_worker.run(course, NAME, only=["bo"]).points) == ["bo"]
    assert list(quick_worker.run(course, NAME, only=["ada"]).points) == ["ada", "bo"]
    assert journal(course) == ["bo", "ada"]
    with pytest.raises(GradingError, match="there is no submission of 'adda'.\nDid you mean 'ada'?"):
        quick_worker.run(course, NAME, only=["ada", "adda"])


def ordinary(course):
    """An assignment of nbgrader's own, released and handed in: its test is an assert in the same kernel."""
    roles = {"answer": {"solution": True, "grade": False, "locked": False},
             "test": {"solution": False, "grade": True, "locked": True, "points": 2}}
    texts = {"answer": "### BEGIN SOLUTION\nx = 4\n### END SOLUTION", "test": "assert x == 4"}
    cells = [new_code_cell(texts[name], id=name, metadata={"nbgrader": {
        "grade_id": name, "schema_version": 3, "task": False, "cell_type": "code", **role}}) for name, role in roles.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for folder in (course / "source" / ORDINARY, course / "submitted" / "ada" / ORDINARY):
        folder.mkdir(parents=True)
        (folder / f"{ORDINARY}.ipynb").write_text(writes(new_notebook(cells=cells, metadata=kernel)))


def test_an_ordinary_assignment_beside_ours_goes_the_way_of_nbgrader_and_the_log_says_so(course):
    ordinary(course)
    graded = Course(course)
    graded.generate_assignment(ORDINARY)
    result = press(course, ORDINARY, "ada")
    assert result["success"], result
    assert f"{ORDINARY} has no tasks.py: nbgrader grades it, student code and tests with your rights" in result["log"]
    assert graded.marks(ORDINARY, "ada") == {"test": (2, 2)}
    assert not (course / "journal.jsonl").exists()
