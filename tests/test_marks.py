"""The marks: as a table and as CSV, and that all who show them say the same."""
import csv
import re
import shutil
import sys
from pathlib import Path

import pytest
import quick_worker
from nbgrader.api import Gradebook

from nnlib.grading import GradingError, pool
from nnlib.grading.nbgrader.course import Course, quiet
from nnlib.grading.record import Entry, Mark
from nnlib.grading.reports.marks import Marks

POSSIBLE = {"sigmoid": 2.0, "loss": 3.0}


def record(student, *points, **changes):
    tasks = {task: Mark(earned, possible) for earned, (task, possible) in zip(points, POSSIBLE.items())}
    given = {"key": "", "engine": "lean", "isolation": "bubblewrap", "tasks": tasks}
    return Entry(student, "02_logistic", **given | changes)


def marks(*records):
    return Marks("02_logistic", POSSIBLE, list(records), Path("course"))


def test_the_table_has_a_row_for_everybody_and_names_who_needs_attention():
    table = str(marks(record("ada", 2.0, 3.0), record("bo", 0.5, 0.0, reason="It is late."),
                      record("di", reason="It is missing.")))
    assert table.splitlines() == [
        "02_logistic", "",
        "          sigmoid  loss  total",
        "possible        2     3      5",
        "------------------------------",
        "ada             2     3      5",
        "bo            0.5     0    0.5  needs attention",
        "di              -     -      0  needs attention", "",
        "bo: It is late.", "di: It is missing."]


def test_marks_without_a_sandbox_are_labelled():
    assert "GRADED WITHOUT A SANDBOX" in str(marks(record("ada", 2.0, 3.0), record("bo", 2.0, 3.0, isolation="none")))
    assert "SANDBOX" not in str(marks(record("ada", 2.0, 3.0)))


def test_points_of_a_person_a_penalty_and_who_is_missing_stand_in_the_table():
    some = marks(record("ada", 2.0, 2.5, by_hand=("loss",), late=1.5), record("bo", 0.5, 0.0))
    some.roster = {name: {} for name in ("ada", "bo", "zoe")}
    assert str(some).splitlines()[2:] == [
        "          sigmoid  loss  late  total",
        "possible        2     3            5",
        "------------------------------------",
        "ada             2  2.5*  -1.5      3",
        "bo            0.5     0          0.5",
        "zoe             -     -            -  no submission", "",
        "* A person gave points here."]


def test_names_of_the_roster_stand_in_the_table():
    some = marks(record("ada", 2.0, 3.0), record("bo", 0.0, 0.0, to_mark=("loss",)))
    some.roster = {"ada": {"first_name": "Ada", "last_name": "Lovelace"}, "bo": {}}
    assert [line.split() for line in str(some).splitlines()[5:]] == [
        ["ada", "Ada", "Lovelace", "2", "3", "5"], ["bo", "0", "?", "0", "to", "be", "marked"], [],
        ["To", "be", "marked", "by", "hand,", "in", "formgrader:"], ["loss:", "1", "(bo)"]]


def test_a_mark_that_a_person_has_to_look_at_is_empty_in_the_csv_and_rows_are_sorted(tmp_path):
    some = Marks("02_logistic", POSSIBLE, [record("di", 0.0, 0.0, reason="It is late."), record("bo", 2.0, 1.0, late=0.5)],
                 tmp_path, {"ada": {"last_name": "Love, Lady", "first_name": "Ada", "email": "a@b"}})
    some.write_csv()
    with open(tmp_path / "02_logistic.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["student_id"], row["status"], row["sigmoid"], row["score"]) for row in rows] == [
        ("ada", "no submission", "", "0.0"), ("bo", "graded", "2.0", "2.5"), ("di", "needs attention", "", "")]
    assert rows[0]["last_name"] == "Love, Lady" and {row["max_score"] for row in rows} == {"5.0"}


# one source

NAME = "02_logistic"
LATE = """
import sys
sys.path.insert(0, {folder!r})
c.AssignLatePenalties.plugin_class = "half_for_late.Half"
"""
PLUGIN = """
from nbgrader.plugins import BasePlugin

class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {penalty}
"""


@pytest.fixture
def course(released_course, tmp_path, monkeypatch):
    """A course with a due date, in which a late submission costs half of its points."""
    monkeypatch.setattr(pool, "grade", quick_worker.grade)
    course = shutil.copytree(released_course, tmp_path / "course")
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(LATE.format(folder=str(tmp_path)))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "half_for_late", raising=False)
    (tmp_path / "half_for_late.py").write_text(PLUGIN.format(penalty="score / 2"))
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-11-20 12:00:00 UTC")
    return course


def hand_in(course, student, when, content="{}"):
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(content)
    (folder / "timestamp.txt").write_text(when)


def by_hand(course, student, task, comment, **points):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade(f"test_{task}", NAME, NAME, student)
        for column, value in points.items():
            setattr(grade, column, value)
        gradebook.find_comment(task, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def everywhere(course, student, marks):
    """The total of a student wherever it is shown, as a set; and the page."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(NAME, student)
        book = submission.score - submission.late_submission_penalty
    with open(course / f"{NAME}.csv", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["student_id"] == student)
    report = (course / f"{NAME}.html").read_text().partition('class="sortable"')[2]
    cells = report.partition(f"<bdi>{student}</bdi>")[2].partition("</tr>")[0].split('<td class="number">')
    page = (course / "feedback" / student / NAME / f"{NAME}.html").read_text()
    entry = next(entry for entry in marks.records if entry.student == student)
    quick = page.startswith("<p>")                                    # of a worker that makes no page
    score = entry.total if quick else float(page.partition("(Score: ")[2].partition("/")[0])
    return {book, float(row["score"]), float(cells[-2].partition("<")[0]), score, entry.total}, page


def test_everybody_shows_the_same_marks_after_every_order_of_late_manual_and_new(course):
    hand_in(course, "ada", "2026-11-22 10:00:00 UTC")
    hand_in(course, "bo", "2026-11-19 10:00:00 UTC", "[]")
    first = quick_worker.run(course, NAME)
    automatic = sum(first.points["ada"].values())
    assert everywhere(course, "ada", first)[0] == {automatic / 2}
    assert everywhere(course, "bo", first)[0] == {sum(first.points["bo"].values())}
    by_hand(course, "ada", "loss", "A fine thought.", manual_score=2.5, extra_credit=0.5)
    for everything in (False, True):
        again = quick_worker.run(course, NAME, everything=everything)
        totals, page = everywhere(course, "ada", again)
        assert totals == {(automatic - first.points["ada"]["loss"] + 3.0) / 2} and "A fine thought." in page
        assert again.points["ada"]["loss"] == 3.0 and "3*" in str(again)
    hand_in(course, "ada", "2026-11-18 10:00:00 UTC", '{"another": 1}')
    again = quick_worker.run(course, NAME)
    totals, page = everywhere(course, "ada", again)
    assert totals == {sum(again.points["ada"].values())} and "A fine thought." in page and "late" not in str(again)
    by_hand(course, "ada", "loss", None, manual_score=None, extra_credit=None)
    totals, page = everywhere(course, "ada", quick_worker.run(course, NAME))
    assert len(totals) == 1 and "A fine thought." not in page
    with quiet():
        assert Course(course).api.generate_feedback(NAME, "ada")["success"]
    assert everywhere(course, "ada", quick_worker.run(course, NAME))[0] == totals


def test_the_policy_of_the_course_counts_and_an_extension_too(course):
    config = (course / "nbgrader_config.py").read_text()
    (course / "nbgrader_config.py").write_text(config.replace("half_for_late.Half", "nnlib.grading.term.policy.LatePolicy"))
    (course / "policy.toml").write_text('[late]\npercent = 25\n[[extension]]\nstudent = "bo"\ndays = 2\n')
    for student in ("ada", "bo"):
        hand_in(course, student, "2026-11-21 10:00:00 UTC")
    marks = quick_worker.run(course, NAME)
    earned = sum(marks.points["ada"].values())
    assert everywhere(course, "ada", marks)[0] == {0.75 * earned} and everywhere(course, "bo", marks)[0] == {earned}


def test_a_case_that_was_acknowledged_needs_no_more_attention_until_it_is_another_one(course):
    for student in ("ada", "odd", "odder"):
        hand_in(course, student, "2026-11-19 10:00:00 UTC")
    assert set(quick_worker.run(course, NAME).attention) == {"odd", "odder"}
    with pytest.raises(GradingError, match="ada does not need attention, expected one of those who do: odd, odder.\n"):
        quick_worker.run(course, NAME, acknowledge=["ada"])
    marks = quick_worker.run(course, NAME, acknowledge=["odd"])
    assert set(marks.attention) == {"odder"} and everywhere(course, "odd", marks)[0] == {sum(marks.points["odd"].values())}
    assert "acknowledged" in next(line for line in str(marks).splitlines() if line.startswith("odd "))
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert not gradebook.find_submission(NAME, "odd").needs_manual_grade
    assert not quick_worker.run(course, NAME, everything=True, acknowledge=["odder"]).attention
    assert not quick_worker.run(course, NAME, everything=True).attention
    hand_in(course, "odd", "2026-11-19 10:00:00 UTC", "[1]")
    assert set(quick_worker.run(course, NAME).attention) == {"odd"}
    hand_in(course, "odd", "2026-11-19 10:00:00 UTC")
    assert set(quick_worker.run(course, NAME).attention) == {"odd"}


def test_a_second_report_has_no_names_and_the_first_one_has_all(course):
    for student in ("ada", "odd"):
        hand_in(course, student, "2026-11-19 10:00:00 UTC")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
        gradebook.update_or_create_student("zoe", first_name="Zoë")
    marks = quick_worker.run(course, NAME, anonymous=True)
    report, nameless = ((course / f"{NAME}{end}.html").read_text() for end in ("", "-anonymous"))
    assert "Ada Lovelace" in report and "nothing handed in: <bdi>zoe</bdi> <span" in " ".join(report.split())
    for text in (nameless, str(marks)):
        assert not {"ada", "Ada", "zoe", "Zoë"} & set(re.findall(r"\w+", text)) and "student 2" in text
    assert sorted(marks.points) == ["student 1", "student 2"] and "Lovelace" in (course / f"{NAME}.csv").read_text()


def test_a_plugin_for_late_submissions_that_fails_is_named(course, tmp_path):
    (tmp_path / "half_for_late.py").write_text(PLUGIN.format(penalty="score / 0"))
    hand_in(course, "ada", "2026-11-22 10:00:00 UTC")
    with pytest.raises(GradingError, match="Half fails for ada: float division by zero(.|\n)*Repair the plugin"):
        quick_worker.run(course, NAME)


class Counted(list):
    """Records that count how often somebody goes through all of them."""

    turns = 0

    def __iter__(self):
        self.turns += 1
        return super().__iter__()


def test_the_table_of_a_large_class_goes_through_its_records_a_few_times_and_not_once_for_every_student():
    records = Counted(record(f"student {number}", 2.0, 3.0) for number in range(100))
    str(Marks("02_logistic", POSSIBLE, records, Path("course")))
    assert records.turns < 10
