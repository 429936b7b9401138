"""Changes after hand-ins: points, tasks that come, go, or count otherwise; shown first, and nothing lost."""
import shutil
import sqlite3

import pytest
import quick_worker
from courses import SMALL, hand_in, mark_by_hand, small_course
from nbgrader.api import Gradebook

from nnlib.grading import GradingError, pool, run
from nnlib.grading.assignments import release
from nnlib.grading.nbgrader.course import quiet
from nnlib.grading.regrade import BEFORE, regrade

DOUBLE, TRIPLE = "def double(x):\n    return x + x", "def triple(x):\n    return 3 * x"
OPTIONS = {"lean": True, "unsafe": True, "workers": 1, "progress": False}


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A graded course: ada has everything right, bo the first task, cy the second one. A person marked ada's words."""
    course = small_course(tmp_path_factory.mktemp("regrade"))
    release.generate(course, progress=False)
    hand_in(course, "ada", double=DOUBLE, triple=TRIPLE, why="It is a sum.")
    hand_in(course, "bo", double=DOUBLE, triple=DOUBLE.replace("double", "triple"))
    hand_in(course, "cy", triple=TRIPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "processes", quick_worker.alone)
        run.run(course, SMALL, **OPTIONS)
    mark_by_hand(course, "ada", "why", 2.0)
    return course


@pytest.fixture
def course(first, tmp_path):
    return shutil.copytree(first, tmp_path / "course")


def edit(course, file, *pairs):
    path = course / SMALL / file
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def files(course):
    """{path: content} of everything in a course that nbgrader would not make anew by itself."""
    paths = (path.relative_to(course) for path in sorted(course.rglob("*")) if path.is_file())
    return {path: (course / path).read_bytes() for path in paths
            if path.parts[0] not in ("source", "gradebook.db") and "__pycache__" not in path.parts}


def grades(course):
    with sqlite3.connect(course / "gradebook.db") as book:
        return sorted(book.execute("select max_score from grade_cells")), sorted(book.execute(
            "select auto_score, manual_score, needs_manual_grade from grade"), key=str)


def totals(marks):
    return {entry.student: entry.total for entry in marks.records}


def test_other_points_are_shown_first_and_written_only_then(course):
    edit(course, f"{SMALL}.py", ('"triple" points=1', '"triple" points=5'), ("report.points(1)", "report.points(5)"))
    edit(course, "tasks.py", ('{"y": 1}', '{"y": 5}'))
    before = files(course), grades(course)
    changes, marks = regrade(course, SMALL, preview=True, **OPTIONS)
    assert (files(course), grades(course)) == before
    lines = [line.split() for line in str(changes).splitlines()]
    assert ["bo", "2", "of", "7", "2", "of", "11", "-10.4", "%"] in lines
    assert ["cy", "1", "of", "7", "5", "of", "11", "+31.2", "%", "triple", "+4"] in lines
    assert "2 gain, 1 lose, 0 stay as they are." in str(changes)
    again, marks = regrade(course, SMALL, **OPTIONS)
    assert again.gains == changes.gains and totals(marks) == {"ada": 9.0, "bo": 2.0, "cy": 5.0} and not marks.attention


def test_a_task_that_is_void_or_a_bonus_counts_so_for_everybody_and_the_rule_can_be_taken_back(course):
    def rule(counts, task="triple"):
        (course / "policy.toml").write_text(f'[[task]]\nassignment = "{SMALL}"\ntask = "{task}"\ncounts = "{counts}"\n')
        return run.run(course, SMALL, **OPTIONS)

    marks = rule("full")
    assert totals(marks) == {"ada": 5.0, "bo": 3.0, "cy": 1.0} and sum(marks.possible.values()) == 7
    assert "triple: all points for everybody who handed in." in str(marks)
    page = (course / "feedback" / "bo" / SMALL / f"{SMALL}.html").read_text(encoding="utf-8")
    assert "(Score: 1.0 / 1.0): all points for everybody who handed in" in page
    marks = rule("nothing")
    assert totals(marks) == {"ada": 4.0, "bo": 2.0, "cy": 0.0} and sum(marks.possible.values()) == 6
    mark_by_hand(course, "bo", "test_triple", 0.5)
    assert regrade(course, SMALL, **OPTIONS)[0].notes == ["bo: what a person gave in triple stays as it is."]
    mark_by_hand(course, "bo", "test_triple", None)
    marks = rule("bonus")
    assert totals(marks) == {"ada": 5.0, "bo": 2.0, "cy": 1.0} and sum(marks.possible.values()) == 6
    with quiet(), Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(SMALL, "ada")
        assert (submission.score, submission.max_score) == (5.0, 6.0)
    (course / "policy.toml").unlink()
    hand_in(course, "di", why="It is another sum.")
    marks = run.run(course, SMALL, **OPTIONS)
    assert totals(marks) == {"ada": 5.0, "bo": 2.0, "cy": 1.0, "di": 0.0} and marks.to_mark == {"why": ["di"]}
    assert not rule("full", "why").to_mark and rule("full", "why").points["di"]["why"] == 3.0


NEW = """
# %% solution="half"
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% test="half" points=4
report = check.example(half, (np.array([1.0]),), {"y": [0.5]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("20_small", "half", half)
### END HIDDEN TESTS
report.points(4)

# %% [markdown] written="why" points=3"""


def test_tasks_come_and_go_after_hand_ins_only_when_somebody_asks_and_the_old_gradebook_is_kept(course):
    mark_by_hand(course, "bo", "test_triple", 0.5)
    release_before = (course / "release" / SMALL / f"{SMALL}.ipynb").read_bytes()
    path = course / SMALL / f"{SMALL}.py"
    text = path.read_text()
    triple = text[text.index('# %% solution="triple"'):text.index("# %% [markdown] written")]
    path.write_text(text.replace(triple, "").replace('# %% [markdown] written="why" points=3', NEW.lstrip()))
    edit(course, "tasks.py", ('Task("triple", triple, ', 'Task("half", lambda x: x / 2, '), ('{"y": 1}', '{"y": 4}'),
         (', (Misconception(double, "You take it twice."),)', ""))
    before = grades(course)
    with pytest.raises(GradingError, match="new: test_half; gone: test_triple"):
        run.run(course, SMALL, **OPTIONS)
    with pytest.raises(GradingError, match="nnlib regrade"):
        release.generate(course, progress=False)
    assert (course / "release" / SMALL / f"{SMALL}.ipynb").read_bytes() == release_before and grades(course) == before
    changes, _ = regrade(course, SMALL, preview=True, **OPTIONS)
    assert grades(course) == before and not (course / BEFORE).exists()
    assert changes.notes == ["bo: 0.5 points that a person gave in triple go with the task."]
    _, marks = regrade(course, SMALL, **OPTIONS)
    assert totals(marks) == {"ada": 4.0, "bo": 2.0, "cy": 0.0} and marks.points["ada"]["half"] == 0.0
    assert sum(marks.possible.values()) == 10 and marks.points["ada"]["why"] == 2.0 and (course / BEFORE).is_file()
    assert totals(run.run(course, SMALL, **OPTIONS)) == totals(marks)
    hand_in(course, "cy", double=DOUBLE, half="def half(x):\n    return 0.5 * x")
    assert run.run(course, SMALL, **OPTIONS).points["cy"] == {"double": 2.0, "half": 4.0, "why": 0.0, "picture": 0.0}


def test_nothing_can_change_where_nothing_was_graded(tmp_path):
    small_course(tmp_path)
    with pytest.raises(GradingError, match="nothing was graded yet"):
        regrade(tmp_path, SMALL, preview=True, **OPTIONS)
