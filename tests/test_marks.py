"""The table of marks."""
from pathlib import Path

from nnlib.grading.record import Mark, Record
from nnlib.grading.reports.marks import Marks

POSSIBLE = {"sigmoid": 2.0, "loss": 3.0}


def record(student, *points, **changes):
    tasks = {task: Mark(earned, possible) for earned, (task, possible) in zip(points, POSSIBLE.items())}
    given = {"key": "", "engine": "lean", "isolation": "bubblewrap", "tasks": tasks}
    return Record(student, "02_logistic", **given | changes)


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
