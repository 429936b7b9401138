"""A whole term: the README's commands for teachers word for word, and what an instructor does beside them."""
import csv
import sys

import pytest
import quick_worker
import term

from nnlib.grading import pool
from nnlib.grading.sandbox.outside.doctor import Row


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "processes", quick_worker.alone)
        patch.setattr(pool, "start", lambda: None)
        patch.setattr(sys.modules[Row.__module__], "doctor", lambda hidden: [Row("files", "read one", True, "not there")])
        done = term.Term(tmp_path_factory.mktemp("clone"))
        done.readme()
        done.second()
    return done


def lines(done, command):
    return [line.split() for line in done.said[command].splitlines()]


def test_the_readme_s_commands_for_teachers_do_what_they_say(done):
    assert term.commands()[0].startswith("source ") and set(done.said) > set(term.commands()[1:]) > {"nnlib exercises"}
    assert "02_logistic: no slip found." in done.said["nnlib exercises --check"]
    assert "The roster has 4 students, 4 of them new." in done.said["nnlib roster students.csv"]
    marks = lines(done, "nnlib grade 02_logistic")
    assert ["ada", "Ada", "Lovelace", "2", "3", "4", "3", "4", "3", "3", "4", "26"] in marks
    assert ["cy", "Cy", "Curie", *"000000000"] in marks
    assert ["di", "Di", "Dirac", *"---------", "no", "submission"] in marks
    assert (done.course / "canvas.csv").is_file() and (done.course / "02_logistic-feedback.zip").is_file()


def test_a_second_assignment_ends_with_the_marks_that_the_rules_and_people_gave(done):
    first, seen = (lines(done, f"nnlib grade 20_small --lean{end}") for end in ("", " --acknowledge cy"))
    assert ["ada", "Ada", "Lovelace", "2", "0", "?", "0", "-0.2", "1.8", "to", "be", "marked"] in first
    assert ["bo", "Bo", "Boole", "2", "1", "0", "0", "3"] in first and ["why:", "1", "(ada)"] in first
    assert ["ada", "Ada", "Lovelace", "2", "0", "2*", "0", "-0.4", "3.6"] in seen
    assert ["cy", "Cy", "Curie", "0", "0", "0", "0", "0", "acknowledged"] in seen
    preview = done.said["nnlib regrade 20_small --lean --preview"]
    assert "2 gain, 0 lose, 1 stay as they are." in preview and "Nothing was written." in preview
    assert preview.partition("2 gain")[0] == done.said["nnlib regrade 20_small --lean"].partition("2 gain")[0]
    with open(done.course / "tasks.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: (row["20_small/late"], row["20_small/total"]) for student, row in rows.items()} == {
        "ada": ("-0.5", "4.5"), "bo": ("0", "3"), "cy": ("-0.6", "2.4"), "di": ("", "")}
    assert [row["02_logistic/total"] for row in rows.values()] == ["26", "2", "0", ""]
