"""Late hand-ins: what they cost, and what is said of a policy that cannot be used."""
import pytest
from courses import copy_course
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties

from nnlib.grading import GradingError
from nnlib.grading.nbgrader.course import Course, quiet
from nnlib.grading.term import policy
from nnlib.grading.term.policy import Extension, Policy

NAME, HOUR, DAY = "02_logistic", 3600, 86400


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_COURSE", str(tmp_path))
    return copy_course(tmp_path, NAME)


def write(course, text):
    (course / policy.FILE).write_text(text)
    return policy.load(course)


@pytest.mark.parametrize("rules, seconds, share", [
    ({"percent": 10}, 1, 0.1), ({"percent": 10}, DAY, 0.1), ({"percent": 10}, DAY + 1, 0.2),
    ({"percent": 10}, 20 * DAY, 1.0),
    ({"percent": 1, "per": "hour"}, 90 * 60, 0.02), ({"percent": 10, "at_most": 50}, 20 * DAY, 0.5),
    ({"percent": 10, "grace_minutes": 15}, 900, 0), ({"percent": 10, "grace_minutes": 15}, 901, 0.1),
    ({"percent": 10, "nothing_after_days": 2}, 2 * DAY, 0.2), ({"percent": 10, "nothing_after_days": 2}, 2 * DAY + 1, 1.0),
    ({"percent": 10, "free_days": 2}, 2 * DAY, 0), ({"percent": 10, "free_days": 2}, 2 * DAY + 1, 0.1),
    ({"percent": 10, "extensions": (Extension("ada", NAME, days=1, hours=1),)}, DAY + HOUR, 0),
    ({"percent": 10, "extensions": (Extension("ada", days=1),)}, DAY + 1, 0.1),
    ({"percent": 10, "extensions": (Extension("bo", days=9), Extension("ada", "04_graphs", days=9))}, 1, 0.1),
    ({}, 20 * DAY, 0)], ids=str)
def test_a_late_hand_in_loses_the_share_that_the_policy_says(rules, seconds, share):
    assert Policy(**rules).share("ada", NAME, seconds) == pytest.approx(share)


def test_free_days_are_used_up_by_what_was_due_before(course):
    rules = Policy(percent=10, free_days=3)
    assert rules.share("ada", NAME, DAY, [("a", 1), ("b", DAY)]) == 0
    assert rules.share("ada", NAME, 2 * DAY, [("a", 1), ("b", DAY), ("c", -5)]) == pytest.approx(0.1)
    assert rules.share("ada", NAME, DAY, [("a", 9 * DAY)]) == pytest.approx(0.1)


def test_a_policy_is_read_from_its_file(course):
    assert write(course, f"""
        [late]
        percent = 10
        [[extension]]
        student = "ada"
        assignment = "{NAME}"
        days = 2
    """) == Policy(percent=10, extensions=(Extension("ada", NAME, 2),))


@pytest.mark.parametrize("text, words", [
    ("[late", "Expected"), ("[lat]", "'lat' is unknown, expected due, late, extension, task.\nDid you mean late?"),
    ("[late]\npercents = 1", "'percents' is unknown"),
    ("[late]\npercent = -1", "percent is -1, expected a number of at least 0"),
    ("[late]\npercent = true", "percent is True, expected a number"),
    ("[late]\npercent = nan", "percent is nan, expected a number"),
    ("[late]\nper = 'week'", "per is 'week', expected \"hour\" or \"day\""),
    ("[late]\nextensions = 1", "'extensions' is unknown"),
    ("late = 3", "late is 3, expected a table"), ("extension = [1]", "extension 1: it is 1, expected a table"),
    ("[[extension]]\ndays = 1", "extension 1: it has no student"),
    ("[[extension]]\nstudent = 'ada'\nassignment = '02_logistics'", "there is no assignment '02_logistics'.\nDid you mean"),
    ("[[extension]]\nstudent = 'bo'", "there is no student 'bo'"),
    ("[[task]]\nassignment = '02_logistic'\ntask = 'loss'", "task 1: it has no counts"),
    ("[[task]]\nassignment = '02_logistic'\ntask = 'loss'\ncounts = 'all'", "there is no way to count 'all'"),
    ("[due]\n02_logistics = 2026-11-20T12:00:00Z", "there is no assignment '02_logistics'.\nDid you mean"),
    ("[due]\n02_logistic = 2026-11-20T12:00:00", "is 2026-11-20 12:00:00, expected a date, a time and its distance"),
    ("[due]\n02_logistic = 2026-11-20", "is 2026-11-20, expected a date, a time and its distance"),
    ("[[task]]\nassignment = 'x'\ntask = 'loss'\ncounts = 'full'", "there is no assignment 'x'")])
def test_a_policy_that_cannot_be_used_says_where_it_is_wrong(course, text, words):
    (course / "roster.csv").write_text("student_id\nada\n")
    with pytest.raises(GradingError) as error:
        write(course, text)
    assert words in str(error.value) and "\n" in str(error.value)


def test_a_task_that_counts_otherwise_is_one_of_the_assignment(course):
    write(course, f'[[task]]\nassignment = "{NAME}"\ntask = "loss"\ncounts = "bonus"\n')
    assert policy.rules(course, NAME, ["loss", "step"]) == {"loss": "bonus"} and not policy.rules(course, "01_other", [])
    with pytest.raises(GradingError, match="there is no task 'loss'.\nDid you mean 'losses'?"):
        policy.rules(course, NAME, ["losses"])


def test_nbgrader_asks_the_policy_of_the_course(course):
    write(course, f'[late]\npercent = 10\nfree_days = 1\n[[extension]]\nstudent = "bo"\nassignment = "{NAME}"\ndays = 1\n')
    api = Course(course).api
    late = AssignLatePenalties(config=api.config)
    with quiet(), Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for name, due in (("01_first", "2026-11-01"), (NAME, "2026-11-20")):
            book.add_assignment(name, duedate=f"{due} 00:00:00")
        for student in ("ada", "bo"):
            book.add_student(student)
            book.add_submission("01_first", student, timestamp="2026-11-01 10:00:00")
            book.add_submission(NAME, student, timestamp="2026-11-21 10:00:00")
        late.assignment_id, late.gradebook = NAME, book
        late.init_plugin()
        assert isinstance(late.plugin_inst, policy.LatePolicy)
        lost = [late.plugin_inst.late_submission_penalty(student, 10.0, 34 * HOUR) for student in ("ada", "bo")]
    assert lost == [pytest.approx(2.0), pytest.approx(1.0)]


def test_settings_of_one_s_own_lie_in_a_file_beside_it(course):
    (course / "nbgrader_local.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'nets-2026'\n")
    assert Course(course).course_id == "nets-2026"
