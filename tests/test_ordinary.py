"""Ordinary nbgrader assignments in nnlib grade: their own tests run beside the student's code, and both in the sandbox."""
import csv
import math
import shutil

import pytest
import quick_worker
from courses import copy_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes
from nbformat.v4.nbjson import reads

from nnlib.grading import GradingError, pool, run
from nnlib.grading.assignments import release
from nnlib.grading.assignments.ordinary import Ordinary
from nnlib.grading.assignments.sound import require_sound
from nnlib.grading.beside import points_of
from nnlib.grading.nbgrader.changes import changed_tasks
from nnlib.grading.nbgrader.course import Course, quiet
from nnlib.grading.nbgrader.gradebook import opened
from nnlib.grading.record import Entry, Mark, Record
from nnlib.grading.regrade import regrade
from nnlib.grading.reports import class_report, feedback, marks
from nnlib.grading.sandbox.outside import Limits
from nnlib.grading.submissions.normalise import normalise
from nnlib.grading.submissions.read import parse
from nnlib.grading.term import export, policy

NAME = "ps1"
SOLUTION, GRADED = {"solution": True, "grade": False, "locked": False}, {"solution": False, "grade": True, "locked": False}
CELLS = {                               # {grade_id: (kind, source, role)}
    "square": ("code", "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION", SOLUTION),
    "test_square": ("code", "assert square(2) == 4, 'the square of 2'\n### BEGIN HIDDEN TESTS\n"
                            "assert square(7) == 49, 'of another number'\n### END HIDDEN TESTS", GRADED | {"points": 2}),
    "share": ("code", "1.5 * (square(3) == 9) + 1.5 * (square(0) == 0)", GRADED | {"points": 3}),
    "why": ("markdown", "Because.", {"solution": True, "grade": True, "locked": False, "points": 1}),
}
RIGHT = "def square(x):\n    return x * x"


def cell(grade_id, kind, source, role):
    """A cell as nbgrader's assignment list makes it."""
    metadata = {"nbgrader": {"grade_id": grade_id, "schema_version": 3, "task": False, "cell_type": kind, **role}}
    return (new_code_cell if kind == "code" else new_markdown_cell)(source, id=grade_id, metadata=metadata)


def notebook(cells, language="python"):
    """A source notebook as JSON."""
    return writes(new_notebook(cells=[new_code_cell("import time"), *cells], metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": language}}))


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with our configuration and one assignment of nbgrader's own, released."""
    course = copy_course(tmp_path_factory.mktemp("ordinary"))
    (course / "source" / NAME).mkdir(parents=True)
    write(course, notebook([cell(name, *rest) for name, rest in CELLS.items()]))
    release.generate(course, [NAME], progress=False)
    return course


@pytest.fixture
def course(released, tmp_path):
    """A copy of it, to hand in and to grade."""
    return shutil.copytree(released, tmp_path / "course")


def write(course, text):
    (course / "source" / NAME / f"{NAME}.ipynb").write_text(text)


def hand_in(course, student, **answers):
    """Hand in the released notebook with these answers."""
    handed_in = reads((course / "release" / NAME / f"{NAME}.ipynb").read_text())
    for each in handed_in.cells:
        each.source = answers.get(each.metadata.get("nbgrader", {}).get("grade_id"), each.source)
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(writes(handed_in))
    return path


def tampering(*paths):
    """An answer that writes into these files, and whatever else it finds of the course."""
    return f"{RIGHT}\nfor path in {[*map(str, paths)]}:\n    try:\n        open(path, 'a').write('x')\n" \
           "    except OSError:\n        pass"


def test_every_notebook_is_graded_in_the_sandbox_whatever_the_others_do(course, monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)
    hand_in(course, "ada", square=RIGHT, why="It is x times x.")
    hand_in(course, "bo", square="def square(x):\n    return 9")
    hand_in(course, "cy", test_square="1")
    hand_in(course, "endless", square="while True:\n    time.sleep(1)")
    hand_in(course, "quits", square=f"{RIGHT}\nquit()")
    ours = course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    before = ours.read_bytes()
    hand_in(course, "tampers", square=tampering(ours, f"../../ada/{NAME}/{NAME}.ipynb", course / "gradebook.db",
                                                course / "new", f"{NAME}.ipynb"))
    hand_in(course, "wrong", square="import os\nprint(2 * 10 ** 6 * 'x')\ndef square(x):\n    return 4")
    limits = Limits.of(16)
    given = run.run(course, NAME, limits=limits, progress=False)
    assert {student: list(points.values()) for student, points in given.points.items()} == {
        "ada": [2, 3, 0], "bo": [0, 1.5, 0], "cy": [0, 0, 0], "endless": [0, 0, 0], "quits": [2, 3, 0],
        "tampers": [2, 3, 0], "wrong": [0, 0, 0]}
    assert set(given.attention) == {"cy", "endless"} and "do not end within 12 s" in given.attention["endless"]
    assert given.to_mark == {"why": ["ada"]}
    assert ours.read_bytes() == before and not (course / "new").exists()
    assert marks.BESIDE in str(given)
    with open(course / f"{NAME}.csv", newline="") as file:
        assert {row["tests_ran"] for row in csv.DictReader(file)} == {"beside the student's code"}
    assert "Its tests ran beside the student" in (course / f"{NAME}.html").read_text()
    page = (course / "feedback" / "wrong" / NAME / f"{NAME}.html").read_text()
    assert feedback.BESIDE in page and "of another number" in page and "BEGIN HIDDEN" not in page
    lines = (course / "journal.jsonl").read_text().count("\n")
    assert lines == 7
    again = run.run(course, NAME, limits=limits, progress=False)
    assert again.points == given.points and (course / "journal.jsonl").read_text().count("\n") == lines
    assert "ps1/share" in export.export(course, "tasks").path.read_text().splitlines()[0]


def test_other_points_and_tests_are_shown_first_and_written_only_then(course, monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)
    hand_in(course, "bo", square="def square(x):\n    return 9")
    options = {"limits": Limits.of(16), "progress": False}
    run.run(course, NAME, **options)
    write(course, with_cell("share", "more", "5.0 * (square(3) == 9)", points=5))
    before = (course / f"{NAME}.csv").read_bytes()
    with pytest.raises(GradingError, match=r"others than before \(new: more\).\nnnlib regrade ps1 --preview"):
        run.run(course, NAME, **options)
    shown, _ = regrade(course, NAME, preview=True, **options)
    assert (course / f"{NAME}.csv").read_bytes() == before
    done, given = regrade(course, NAME, **options)
    assert str(shown) == str(done) and "1 gain, 0 lose" in str(done)
    assert given.points == {"bo": {"square": 0, "share": 1.5, "why": 0, "more": 5}}


def test_a_submission_has_the_tests_of_the_source_and_not_its_own(course):
    assignment = Ordinary(course, NAME)
    assert assignment.possible == {"square": 2, "share": 3, "why": 1}
    assert (list(assignment.tasks), list(assignment.written)) == (["square", "share"], ["why"])
    assert "of another number" in assignment.tests["test_square"]
    assert "of another number" not in assignment.cells["test_square"].source
    path = hand_in(course, "ada", square=RIGHT, test_square="pass", share="3")
    made, _, tampered = normalise(parse(path.read_bytes()), assignment)
    assert {each.metadata.nbgrader.grade_id: each.source for each in made.cells if "nbgrader" in each.metadata} == {
        "square": RIGHT, **{name: assignment.cells[name].source for name in ("test_square", "share", "why")}}
    assert len(tampered) == 2


def graded(*outputs):
    made = cell("test", "code", "", GRADED | {"points": 4})
    made.outputs = list(outputs)
    return points_of(made)


@pytest.mark.parametrize("value, points", [("1.5", 1.5), ("4", 4), ("0", 0), ("'done'", 4), ("None", 4),
                                           ("5", math.nan), ("-1", math.nan), ("nan", math.nan), ("inf", math.nan)])
def test_the_value_of_a_test_is_its_points_where_it_can_be(value, points):
    assert graded(new_output("execute_result", data={"text/plain": value})) == pytest.approx(points, nan_ok=True)


def test_other_outputs_of_a_test_count_as_with_nbgrader():
    assert graded() == graded(new_output("stream", text="fine")) == 4
    assert graded(new_output("execute_result", data={"text/html": "<b>4</b>"})) == 4
    assert graded(new_output("stream", name="stderr", text="a warning")) == 0
    assert graded(new_output("error", ename="AssertionError", evalue="", traceback=[])) == 0


def with_cell(name, new_name=None, text=None, **more):
    """The source notebook in which a cell has another text, or more in its role; or with a copy of it under a new name."""
    kind, source, role = CELLS[name]
    changed = {**CELLS, new_name or name: (kind, text or source, role | more)}
    return notebook([cell(each, *rest) for each, rest in changed.items()])


@pytest.mark.parametrize("text, words", [
    (notebook([]), "ps1: no cell is graded"),
    (notebook([cell("square", *CELLS["square"])], "R"), "the notebook is written in R, expected Python"),
    (with_cell("test_square", text="### AUTOTEST square(2)"), "test_square holds ### AUTOTEST"),
    (with_cell("test_square", text="from nnlib.grading import hidden_tests"), "it asks for a tasks.py, and there is none"),
    (with_cell("why", task=True, grade=False, solution=False), "why is a task that a person marks"),
    (with_cell("share", "test_share"), "two cells have the name share, test_ aside"),
    (with_cell("why", "test_why"), "test_why is marked by a person, and its name begins as those of tests do"),
    ("{", "it cannot be read as a notebook"),
], ids=range(8))
def test_what_cannot_be_graded_here_is_refused_before_anybody_is(course, text, words):
    write(course, text)
    with pytest.raises(GradingError) as error:
        require_sound(course, NAME)
    assert words in str(error.value) and "\n" in str(error.value)


def test_two_notebooks_are_refused_and_so_is_grading_without_values_of_cells(course):
    hand_in(course, "ada", square=RIGHT)
    with pytest.raises(GradingError, match="--lean keeps no values of cells"):
        run.run(course, NAME, lean=True, progress=False)
    (course / "source" / NAME / "problem2.ipynb").write_text("{}")
    with pytest.raises(GradingError, match="it holds problem2.ipynb, ps1.ipynb, expected ps1.ipynb alone"):
        run.run(course, NAME, progress=False)


def test_its_name_is_known_where_assignments_are(course):
    (course / policy.FILE).write_text(f'[due]\n{NAME} = 2026-11-20T12:00:00Z\n')
    assert list(policy.load(course).due) == [NAME]
    with pytest.raises(GradingError, match="Did you mean ps1?"):
        release.generate(course, ["ps2"], progress=False)
    with pytest.raises(GradingError, match="tasks.py does not exist"):
        run.demo(course, NAME, progress=False)


def test_a_test_that_comes_after_hand_ins_is_noticed(course):
    with opened(Course(course)) as book, quiet():
        book.update_or_create_submission(NAME, book.update_or_create_student("ada").id)
        assert changed_tasks(book, course, NAME) == ([], [])
        write(course, with_cell("share", "more"))
        assert changed_tasks(book, course, NAME) == (["more"], [])


def test_an_assignment_of_ours_has_no_such_label(tmp_path):
    entry = Entry.of(Record("ada", "a", "", "notebook", "bubblewrap", {"loss": Mark(1.0, 2.0)}))
    given = marks.Marks("a", {"loss": 2.0}, [entry], tmp_path)
    given.write_csv()
    assert marks.BESIDE not in str(given) and "tests_ran" not in given.paths["marks as CSV"].read_text()
    assert not class_report.summary([entry])["beside"]
