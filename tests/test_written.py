"""Answers that a person marks: from the marker in the text to the mark on the page, whenever it is graded again."""
import csv
import json
import re

import pytest
import quick_worker
from courses import SMALL, hand_in, mark_by_hand, small_course
from nbgrader.api import Gradebook

from nnlib.grading import GradingError, pool, run
from nnlib.grading.assignments import release
from nnlib.grading.assignments.assignment import Assignment
from nnlib.grading.assignments.notebooks import notebook
from nnlib.grading.assignments.sound import require_sound
from nnlib.grading.nbgrader.course import Course, quiet
from nnlib.grading.record import Record
from nnlib.grading.submissions.normalise import normalise
from nnlib.grading.submissions.read import parse
from nnlib.grading.term.export import export

DOUBLE, TRIPLE = "def double(x):\n    return x + x", "def triple(x):\n    return 3 * x"
WHY = "Because $2x$ is a sum. <script>alert(1)</script>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = small_course(tmp_path_factory.mktemp("written"))
    release.generate(course, progress=False)
    hand_in(course, "ada", double=DOUBLE, triple=TRIPLE, why=WHY, picture="print(double(21))")
    hand_in(course, "bo", double=DOUBLE)
    hand_in(course, "cy", triple=TRIPLE, why=None, picture="  \n")
    return course


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)


def grade(course, **options):
    return run.run(course, SMALL, lean=True, unsafe=True, workers=1, progress=False, **options)


def waiting(course):
    """(student, grade_id) of everything that formgrader shows as waiting for a person."""
    with quiet(), Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return [(submission.student_id, grade.name) for submission in gradebook.assignment_submissions(SMALL)
                for notebook in submission.notebooks for grade in notebook.grades if grade.needs_manual_grade]


def row(course, student):
    with open(course / f"{SMALL}.csv", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["student_id"] == student)


def page(course, student):
    text = (course / "feedback" / student / SMALL / f"{SMALL}.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", text.partition("<main")[2])


def test_a_written_answer_waits_for_a_person_and_its_mark_stays_when_grading_again(course):
    marks = grade(course)
    assert marks.to_mark == {"picture": ["ada"], "why": ["ada"]} and not marks.attention
    assert sorted(waiting(course)) == [("ada", "picture"), ("ada", "why")]
    table = str(marks).splitlines()
    assert ["double", "triple", "why", "picture", "total"] in [line.split() for line in table]
    assert "?" in next(line for line in table if line.startswith("ada")) and "to be marked" in str(marks)
    assert "why: 1 (ada)" in table[-1] + table[-2]
    assert row(course, "ada")["score"] == row(course, "ada")["why"] == "" and row(course, "ada")["double"] == "2.0"
    assert (row(course, "bo")["why"], row(course, "bo")["score"]) == ("0.0", "2.0")
    report = (course / f"{SMALL}.html").read_text().partition('id="to-mark"')[2].partition("</section>")[0]
    assert "<code>why</code>, 1" in report and "<bdi>ada</bdi>" in report and "bo" not in report
    text = page(course, "ada")
    assert "why (not marked yet)" in text and "names the <strong>sum</strong> (2)" in text and "<script" not in text
    assert "42" in text and "Because it is added" not in text
    assert [note for note in export(course, "canvas").notes if "ada" in note]

    mark_by_hand(course, "ada", "why", 2.5, "The factor is missing.")
    mark_by_hand(course, "ada", "picture", 1.0)
    for everything in (False, True):
        marks = grade(course, everything=everything)
        assert not marks.to_mark and not waiting(course)
        assert row(course, "ada")["score"] == "6.5" and "2.5*" in str(marks)
        text = page(course, "ada")
        assert "The factor is missing." in text and re.search(r'#why">why</a> \(Score: 2.5 / 3.0\)', text)
    with quiet():
        assert Course(course).api.generate_feedback(SMALL, "ada", force=True)["success"]
    text = page(course, "ada") or (course / "feedback" / "ada" / SMALL / f"{SMALL}.html").read_text(encoding="utf-8")
    assert "names the" in text and "The factor is missing." in text

    hand_in(course, "ada", double=DOUBLE, triple=TRIPLE, why="It is $x + x$.", picture="print(double(21))")
    marks = grade(course)
    assert marks.to_mark == {"why": ["ada"]} and waiting(course) == [("ada", "why")] and marks.points["ada"]["why"] == 2.5
    assert row(course, "ada")["score"] == ""
    assert any("ada" in note for note in export(course, "canvas").notes)
    assert grade(course, everything=True).to_mark == {"why": ["ada"]}


def test_an_answer_that_is_another_one_or_new_is_looked_at_again_and_nothing_else_is():
    def record(**written):
        return Record("ada", SMALL, "", "lean", "none", {}, written=written)

    assert record(why="a").after(None).changed == [] and record(why="a").after(record(why="a")).changed == []
    assert record(why="a", picture="b").after(record(why="c")).changed == ["why", "picture"]


def cells_of(course, **answers):
    return parse(hand_in(course, "a-student", **answers).read_bytes())


def test_an_answer_in_words_counts_in_a_cell_of_any_kind_and_one_that_was_deleted_is_put_back(tmp_path_factory, course):
    assignment = Assignment(course, SMALL)
    cells = [cell if cell.grade_id != "why" else type(cell)("code", WHY, "x", "why", 3) for cell in cells_of(course)]
    notebook, notes, tampered = normalise(cells, assignment)
    assert next(cell for cell in notebook.cells if cell.id == "why").source == WHY and not tampered and not notes
    notebook, notes, _ = normalise(cells_of(course, why=None), assignment)
    assert notes == ["The cell why was missing and is put back."]
    assert [cell.id for cell in notebook.cells][-2:] == ["why", "picture"]


def test_a_solution_in_a_written_answer_is_not_handed_out(course):
    released = json.loads((course / "release" / SMALL / f"{SMALL}.ipynb").read_text(encoding="utf-8"))
    why = next(cell for cell in released["cells"] if cell["id"] == "why")
    assert "".join(why["source"]) == "Why is it twice as large?\n\nYOUR ANSWER HERE" and why["cell_type"] == "markdown"
    role = why["metadata"]["nbgrader"]
    assert (role["grade"], role["solution"], role["locked"], role["points"]) == (True, True, False, 3)


MARKED = '# %% [markdown] written="why" points=2\n# ### BEGIN SOLUTION\n# Because.\n# ### END SOLUTION\n'


@pytest.mark.parametrize("bad, words", [
    (MARKED.replace(" points=2", ""), 'written="..." points=...'),
    (MARKED.replace("# ### END SOLUTION\n", ""), "expected one of each in a written cell"),
    (MARKED.replace("written", "solution").replace(" points=2", ""), 'a cell with solution="..." holds code'),
    (MARKED.replace('"why"', '"test_why"'), "the name test_why begins as those of checks and tests do"),
])
def test_a_marker_of_a_written_answer_that_is_wrong_is_named(bad, words):
    with pytest.raises(GradingError) as error:
        notebook(bad, "a.py")
    assert words in str(error.value)


@pytest.mark.parametrize("old, new, words", [
    ('"and the factor": 1', '"and the factor": 2', "the cell why has 3 points, but tasks.py gives 4 for it"),
    ('{"shows a line": 1}', '["a line"]', "WRITTEN holds Written"), ('Written("picture", ', '("picture", ', "WRITTEN holds"),
    ('Written("picture"', 'Written("drawing"', "the cells that a person marks are why, picture, but WRITTEN"),
])
def test_a_rubric_that_does_not_fit_is_a_slip(tmp_path, old, new, words):
    course = small_course(tmp_path)
    require_sound(course, SMALL)
    path = course / SMALL / "tasks.py"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(GradingError, match=words):
        require_sound(course, SMALL)
