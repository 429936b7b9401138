"""Marks: the comparison by itself, then stock nbgrader from the text of an assignment to the exported marks."""
import collections
import csv
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from courses import COURSE, copy_course, without_sandbox

from nnlib.grading import GradingError, hidden_tests, run
from nnlib.grading.assignments import notebooks, samples
from nnlib.grading.comparison.compare import compare
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.comparison.reply import NotPlain, Reply, plain, silence
from nnlib.grading.nbgrader.course import Course
from nnlib.grading.tasks import UNCHANGED, Case, Misconception, Task, changes, find_course, load_tasks
from nnlib.kernels import plain as plain_kernels

NAME = "02_logistic"


# the comparison

def double(x):
    return 2 * x, x.sum()


def triple(x):
    return 3 * x, x.sum()


def cases(rng):
    yield Case("two numbers", (np.array([1.0, 2.0]),))
    yield Case("five numbers", (rng.normal(size=5),))
    yield Case("big numbers", (np.array([1e6, -1e6, 1e6]),), "big")


TASK = Task("double", double, cases, outputs=("y", "s"), points={"y": 2, "s": 1, "big": 1, UNCHANGED: 1},
            misconceptions=(Misconception(triple, "You take it three times."),))


def result_of(function, task=TASK, **options):
    drawn = task.draw(1)
    return compare(task, drawn, call_all(function, drawn, task.outputs, **options))


def earned(function):
    return {row.name: row.earned for row in result_of(function).rows}


def test_right_outputs_earn_every_row():
    assert earned(double) == {"y": 2, "s": 1, "big": 1, UNCHANGED: 1}


def test_one_wrong_output_costs_its_own_row_only():
    assert earned(lambda x: (2 * x, 0.0)) == {"y": 2, "s": 0, "big": 1, UNCHANGED: 1}


def test_a_failure_in_a_group_of_cases_costs_the_row_of_the_group():
    assert earned(lambda x: (2 * np.clip(x, -99, 99), x.sum())) == {"y": 2, "s": 1, "big": 0, UNCHANGED: 1}


def test_no_other_row_is_earned_while_every_output_is_wrong():
    assert earned(lambda x: (x * 0, 0.0)) == {"y": 0, "s": 0, "big": 0, UNCHANGED: 0}


def test_a_changed_input_costs_the_row_of_that_name():
    def in_place(x):
        s = x.sum()
        x *= 2
        return x, s

    assert earned(in_place) == {"y": 2, "s": 1, "big": 1, UNCHANGED: 0}


def test_a_changed_input_costs_everything_where_no_row_has_that_name():
    task = Task("double", double, cases, outputs=("y", "s"), points={"y": 2, "s": 1, "big": 1})

    def in_place(x):
        s = x.sum()
        x *= 2
        return x, s

    assert result_of(in_place, task).earned == 0


def many_cases(rng):
    yield Case("the worked example", (np.array([0.5, 2.25]),))
    for n in range(3, 7):
        yield Case(f"{n} numbers", (rng.uniform(0.1, 0.9, n),))
    yield Case("big numbers", (np.array([1e6, -1e6, 1e6]),), "big")


MANY = Task("double", double, many_cases, outputs=("y", "s"), points={"y": 2, "s": 1, "big": 1})


def test_one_failing_case_does_not_take_the_rows_that_are_right_elsewhere():
    result = result_of(lambda x: (2 * x * (len(x) != 4), x.sum() * (len(x) != 4)), MANY)
    assert [row.earned for row in result.rows] == [0, 0, 1]
    result = result_of(lambda x: (2 * x * (len(x) == 4), x.sum() * (len(x) == 4)), MANY)
    assert [row.earned for row in result.rows] == [0, 0, 0]
    result = result_of(lambda x: (2 * np.clip(x, -99, 99) * (len(x) != 4), x.sum()), MANY)
    assert [row.earned for row in result.rows] == [0, 1, 0], "what fails in the group costs the row of the group"


def test_an_argument_that_is_changed_in_a_group_of_cases_costs_the_row_of_the_group():
    def in_place(x):
        s = x.sum()
        if np.abs(x).max() > 9:
            x *= 2
            return x, s
        return 2 * x, s

    assert [row.earned for row in result_of(in_place, MANY).rows] == [2, 1, 0]


def test_several_numbers_may_come_in_one_array():
    task = Task("ends", lambda x: (x.min(), x.max()), many_cases, ("low", "high"), {"low": 1, "high": 1, "big": 1})
    assert result_of(lambda x: np.array([x.min(), x.max()]), task).earned == 3
    assert result_of(lambda x: np.array([x.max(), x.min()]), task).earned == 0


@pytest.mark.parametrize("wrong", [
    np.nan, np.inf, None, "4", 4j, pytest.param(object(), id="object"), [[1.0], [2.0, 3.0]], np.array(["a"]),
    np.array([None]), True,
    np.ma.array([2.0, 4.0]), np.array([2.0, 4.0]).view(np.recarray), np.array([2 + 0j, 4]), (2.0, 4.0),
], ids=repr)
def test_nothing_but_finite_plain_numbers_is_right(wrong):
    assert earned(lambda x: (wrong, wrong)) == {"y": 0, "s": 0, "big": 0, UNCHANGED: 0}


def test_an_array_that_says_it_equals_everything_is_refused():
    class Agrees(np.ndarray):
        def __array_function__(self, *_):
            return True

        def __array_ufunc__(self, *_, **__):
            return np.zeros(1)

    with pytest.raises(NotPlain, match="is of type Agrees"):
        plain(np.zeros(2).view(Agrees))


@pytest.mark.parametrize("good", [3, 3.0, np.float64(3), np.int64(3), np.array(3), np.float32(3)], ids=repr)
def test_a_number_of_any_plain_kind_is_taken(good):
    assert plain(good).shape == () and plain(good).dtype == np.float64


@pytest.mark.parametrize("good", [
    [1.0, 2, np.float64(3)], (1.0, 2.0, 3.0), collections.deque([1.0, 2.0, 3.0]), [np.array(1.0), np.array(2), 3.0],
    np.array([1.0, 2.0, 3.0], np.longdouble), np.array([1.0, 2.0, 3.0], np.float16), np.ma.array([1.0, 2.0, 3.0]),
    [np.longdouble(1), np.float16(2), np.uint8(3)]], ids=repr)
def test_what_numpy_makes_an_array_of_is_taken_as_one(good):
    assert plain(good).tolist() == [1, 2, 3] and plain(good).dtype == np.float64


def test_sequences_of_sequences_are_taken_as_an_array_if_they_are_of_one_length():
    assert plain([(1.0, 2.0), np.array([3.0, 4.0])]).tolist() == [[1, 2], [3, 4]]
    with pytest.raises(NotPlain, match="is a list of different lengths"):
        plain([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("value", [[0.0] * 70_000, [[0.0] * 300] * 300, np.zeros((300, 300)), np.ma.zeros(70_000),
                                   np.broadcast_to(0.0, (10 ** 6, 10 ** 6))], ids=lambda value: type(value).__name__)
def test_more_entries_than_a_comparison_looks_at_are_no_output(value):
    with pytest.raises(NotPlain, match="has more than 65,536 entries, expected far fewer"):
        plain(value)


def test_an_array_with_a_masked_entry_and_a_list_in_itself_are_refused():
    endless = []
    endless.append(endless)
    for wrong in (np.ma.array([1.0, 2.0], mask=[0, 1]), np.ma.masked_all(3), endless):
        with pytest.raises(NotPlain, match="is of type"):
            plain(wrong)


@pytest.mark.parametrize("function, words", [
    (lambda x: 2 * x, "1 output returned, expected 2: y, s"),
    (lambda x: (2 * x, x.sum(), 0), "3 outputs returned, expected 2"),
    (lambda x: (2 * x[:, None], x.sum()), "has shape (2, 1), expected (2,)"),
    (lambda x: (2 * x + (len(x) == 5) * np.arange(len(x)), x.sum()),
     "wrong in 1 of 2 cases. The first, five numbers: largest error 4 at [4]."),
    (lambda x: (np.where(x == 2, np.nan, 2 * x), x.sum()), "1 of 2 entries are NaN or infinite at [1]"),
    (lambda x: 1 / 0, "ZeroDivisionError"),
    (lambda x: sys.exit(), "SystemExit"),
    (lambda x: None, "None is returned, expected y, s. End the function with return."),
    (lambda x: (None, x.sum()), "is None: end the function with return."),
], ids=range(9))
def test_feedback_says_what_is_wrong_in_the_first_wrong_case(function, words):
    assert words in result_of(function).rows[0].text


@pytest.mark.parametrize("function, words", [
    (lambda x: (np.array([1.0, 4.5]), 2.75), "right on the worked example only: are its numbers written"),
    (lambda x: ((2 * x).astype(int), x.sum()), "holds whole numbers only, expected floats: the fractions are cut off."),
], ids=range(2))
def test_feedback_names_numbers_that_are_written_in_and_fractions_that_are_cut_off(function, words):
    assert words in result_of(function, MANY).rows[0].text


@pytest.mark.parametrize("leak, words", [
    (lambda x: (np.zeros((0, 4242)), x.sum()), "has another shape, expected (5,)."),
    (lambda x: (np.zeros((1,) * 42), x.sum()), "has another shape, expected (5,)."),
    (lambda x: (2 * x[:, None], x.sum()), "has shape (5, 1), expected (5,)."),
    (lambda x: (0.0,) * 42, "too many returned, expected 2: y, s."),
    (lambda x: (), "too few returned, expected 2: y, s."),
    (lambda x: (np.where(x == x[3], np.nan, 2 * x), x.sum()), "some entries are NaN or infinite."),
], ids=range(6))
def test_an_output_spells_out_nothing_of_a_case_that_only_the_grader_knows(leak, words):
    text = result_of(lambda x: leak(x) if len(x) == 5 else double(x)).rows[0].text
    assert text == f"wrong in 1 of 2 cases. The first, five numbers: {words}"


def test_feedback_shows_no_expected_value():
    task = Task("secret", lambda x: 31.4159, cases, outputs=("y",), points={"y": 1, "big": 1})
    text = str([row.text for row in result_of(lambda x: 0.25, task).rows])
    assert "31.4" not in text.replace("largest error 31", "")
    assert "largest error 31" in text            # two digits, and of the difference


def test_the_hint_of_a_matching_misconception_is_given_once():
    result = result_of(triple)
    assert result.misconceptions == ["triple"]
    assert [row.hints for row in result.rows] == [["You take it three times."], [], [], []]


def test_a_misconception_in_one_output_is_found_beside_another_mistake():
    result = result_of(lambda x: (3 * x, -1.0))
    assert result.misconceptions == ["triple"] and result.whole is None


def halves(x):
    return x / 2, x / 2


def sums(u, v, x):
    """What all pairs of numbers with the same sum have in common."""
    if u.shape != x.shape:
        raise ValueError(f"u needs the shape {x.shape}.")
    return u + v


SPLIT = Task("split", halves, cases, outputs=("u", "v"), view=sums, views=("sum",), points={"sum": 2, "big": 1},
             misconceptions=changes(halves, ("thirds", "return x / 2", "return x / 3", "That is a third.")))


def test_where_many_answers_are_right_their_view_is_compared():
    for answer in (halves, lambda x: (x, 0), lambda x: [x - 1, np.ones(len(x))]):
        assert result_of(answer, SPLIT).earned == 3
    result = result_of(lambda x: (x / 6, 4 * x / 6), SPLIT)
    assert result.earned == 0 and result.misconceptions == ["thirds"], "what looks like a listed mistake gets its hint"


@pytest.mark.parametrize("answer, words", [
    (lambda x: (0, x), "the first, two numbers: u needs the shape (2,)."),
    (lambda x: x, "the first, two numbers: 1 output returned, expected 2: u, v."),
    (lambda x: ({}, x), "the first, two numbers: is of type dict, expected a NumPy array or a number."),
    (lambda x: (x, x / 2), "the first, two numbers: largest error 1 at [1]."),
])
def test_what_a_view_cannot_show_is_wrong_and_says_why(answer, words):
    result = result_of(answer, SPLIT)
    assert result.earned == 0 and result.misconceptions == []
    assert result.rows[0].text.lower() == f"wrong in all 2 cases. {words}".lower()


def test_a_misconception_that_is_one_change_has_its_own_source():
    thirds, = SPLIT.misconceptions
    assert inspect.getsource(thirds.function) == "def thirds(x):\n    return x / 3, x / 2\n"
    with pytest.raises(ValueError, match="quarter: 'x / 4' stands 0 times in halves, expected once"):
        changes(halves, ("quarter", "x / 4", "x / 8", "No."))


def test_an_endless_loop_is_stopped_and_tried_only_once():
    def endless(x):
        while True:
            pass

    start = time.process_time()
    result = result_of(endless, seconds=0.2)
    assert time.process_time() - start < 1
    assert "does not end within" in result.rows[0].text


def test_a_call_is_silent(capfd):
    def noisy(x):
        print(x)
        print(x, file=sys.stderr)
        np.log(-abs(x))
        return double(x)

    assert result_of(noisy).earned == 5
    assert capfd.readouterr() == ("", "")


def test_the_silence_of_two_threads_ends_with_the_last_of_them(capsys):
    streams, filters = (sys.stdout, sys.stderr), list(warnings.filters)
    one, other = silence(), silence()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)                      # in the order in which threads may leave, and with statements do not
    print("still silent")
    other.__exit__(None, None, None)
    assert (sys.stdout, sys.stderr) == streams and warnings.filters == filters
    assert capsys.readouterr() == ("", "")


def test_an_output_that_is_written_again_by_the_next_call_is_kept():
    buffer = np.empty(2)

    def reuses(x):
        if len(x) != 2:
            return double(x)
        buffer[:] = 2 * x
        return buffer, x.sum()

    two = Task("double", double, lambda rng: iter([Case("a", (np.array([1.0, 2.0]),)), Case("b", (np.array([3.0, 4.0]),))]),
               outputs=("y", "s"), points={"y": 2, "s": 1})
    assert result_of(reuses, two).earned == 3


def test_a_reference_that_fails_is_the_instructor_s_error():
    task = Task("bad", lambda x: np.nan, cases, outputs=("y",), points={"y": 1, "big": 1})
    with pytest.raises(GradingError, match="the reference fails in the case 'two numbers'"):
        result_of(double, task)


# one mistake costs its points once

GRADIENT = """def gradient(x, w, b, y):
    error = sigmoid(x @ w + b) - y
    return error @ x / len(y), {db}"""
SIGMOID = "def sigmoid(a):\n    return {h}"
LOSS = "def loss(x, w, b, y):\n    return np.mean(np.abs(x @ w + b - y))"


def answers(course, **changed):
    """The functions of a student who has everything right but these tasks: {task: name of a misconception, or a source}."""
    tasks = load_tasks(course, NAME)
    namespace = {"np": np, "plain": plain_kernels}
    for name, task in tasks.items():
        wrong = next((m.function for m in task.misconceptions if m.name == changed.get(name)), task.reference)
        exec(changed[name] if "def" in changed.get(name, "") else samples.as_answer(task, wrong), namespace)
    return namespace


@pytest.mark.parametrize("changed, marks", [
    ({}, [2, 3, 4, 3, 4]),
    ({"gradient": "gradient_not_averaged"}, [2, 3, 0, 3, 4]),
    ({"gradient": "gradient_bias_not_averaged"}, [2, 3, 3, 3, 4]),
    ({"sigmoid": "sigmoid_is_tanh"}, [0, 3, 4, 3, 4]),
    ({"sigmoid": "sigmoid_is_tanh", "gradient": "gradient_sign", "step": "step_uphill"}, [0, 3, 0, 0, 4]),
    ({"loss": "loss_not_averaged", "train": "train_loss_after_step"}, [2, 0, 4, 3, 3]),
    ({"gradient": GRADIENT.format(db="(error * b).mean()")}, [2, 3, 3, 3, 4]),
    ({"sigmoid": SIGMOID.format(h="0.5 + np.arctan(a) / np.pi"), "loss": LOSS}, [0, 0, 4, 3, 4]),
    ({"sigmoid": SIGMOID.format(h="np.zeros(np.shape(a))")}, [0, 3, 0, 3, 4]),
], ids=str)
def test_what_is_built_on_a_mistake_and_right_otherwise_keeps_its_points(changed, marks):
    functions = answers(COURSE, **changed)
    assert [hidden_tests(NAME, name, functions[name], course=COURSE).points(total)
            for name, total in zip(["sigmoid", "loss", "gradient", "step", "train"], [2, 3, 4, 3, 4])] == marks


def test_the_hint_for_a_mistake_on_top_of_another_is_its_own():
    functions = answers(COURSE, sigmoid="sigmoid_is_tanh", gradient="gradient_sign")
    assert "points downhill" in str(hidden_tests(NAME, "gradient", functions["gradient"], course=COURSE))


def test_grading_on_a_mistake_leaves_the_references_as_they_were():
    tasks = load_tasks(COURSE, NAME)
    reference = tasks["step"].reference.__globals__["gradient"]
    drawn = tasks["step"].draw(1)
    wrong = tasks["gradient"].misconceptions[0]
    compare(tasks["step"], drawn, call_all(lambda *a: (0, 0), drawn, ("w", "b")), {"gradient": wrong})
    assert tasks["step"].reference.__globals__["gradient"] is reference


MEETING = '''
import threading
from nnlib.grading.tasks import Case, Misconception, Task

meeting = threading.Barrier(2)

def first(x):
    return x

def first_wrong(x):
    return 3 * x

class Engine:
    def run(self, x):
        return first(x)

def second(x):
    meeting.wait(timeout=20)             # both threads are in the reference now
    y = Engine().run(x) + 1
    meeting.wait(timeout=20)
    return y

def cases(rng):
    yield Case("a number", (2.0,))

TASKS = [Task("first", first, cases, ("y",), {"y": 1}, (Misconception(first_wrong, "Not three times."),)),
         Task("second", second, cases, ("y",), {"y": 1})]
'''


def test_threads_that_compare_at_once_carry_each_its_own_mistake(tmp_path):
    (tmp_path / "01_meet").mkdir()
    (tmp_path / "01_meet" / "01_meet.py").touch()
    (tmp_path / "01_meet" / "tasks.py").write_text(MEETING)
    tasks = load_tasks(tmp_path, "01_meet")
    task, cases = tasks["second"], tasks["second"].draw(1)
    mistake = {"first": tasks["first"].misconceptions[0]}
    before = sys.stdout, sys.stderr

    def marks(answer, carried):
        return compare(task, cases, [Reply((answer,))], carried).earned

    with ThreadPoolExecutor(2) as pool:
        # the first two meet in the reference without a mistake, then one goes on with its own, and meets the third
        built_on_it, right = pool.submit(marks, 7.0, mistake), pool.submit(marks, 3.0, None)
        assert right.result() == 1
        other = pool.submit(marks, 3.0, None)
        assert built_on_it.result() == 1 and other.result() == 1
    assert (sys.stdout, sys.stderr) == before


def test_a_task_that_was_not_loaded_is_refused_where_a_mistake_is_to_be_carried():
    with pytest.raises(GradingError, match="double: its reference finds no switch for triple.\n"
                                          "Make the tasks with load_tasks"):
        compare(TASK, TASK.draw(1), [Reply((0, 0))] * 3, {"triple": Misconception(triple, "No.")})


def test_a_task_that_does_not_exist_is_named():
    with pytest.raises(GradingError, match="has no task 'gradeint', expected one of sigmoid, loss"):
        hidden_tests(NAME, "gradeint", double, course=COURSE)


def test_the_course_is_found_from_a_folder_inside_it(monkeypatch, tmp_path):
    monkeypatch.delenv("NNLIB_COURSE", raising=False)
    monkeypatch.chdir(COURSE / NAME)
    assert find_course() == COURSE
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradingError, match="found no nbgrader_config.py"):
        find_course()


# stock nbgrader, in a path with a space

EXPECTED = {            # sigmoid, loss, gradient, step, train, log_sum_exp, cross_entropy, cross_entropy_backward
    "right": [2, 3, 4, 3, 4, 3, 3, 4],
    "partly": [2, 2, 3, 3, 4, 3, 3, 4],
    "wrong": [1, 2, 0, 0, 3, 2, 2, 3],
    "blank": [0, 0, 0, 0, 0, 0, 0, 0],
    "raises": [2, 3, 0, 3, 0, 3, 3, 4],
    "noisy": [2, 3, 4, 3, 4, 3, 3, 4],
    "deletes": [2, 0, 4, 3, 4, 3, 3, 4],  # the graded cell of loss, with a hammer: JupyterLab refuses to
}


TRUSTED = EXPECTED | {"deletes": EXPECTED["right"]}     # there a graded cell that was deleted comes back


def write_submissions(course):
    tasks = load_tasks(course, NAME)
    right = samples.solutions(course, NAME)

    def wrong(name, misconception):
        return samples.as_answer(tasks[name], next(m.function for m in tasks[name].misconceptions
                                        if m.name == misconception))

    submissions = {
        "right": right,
        "partly": right | {"loss": wrong("loss", "loss_clipped"),
                           "gradient": wrong("gradient", "gradient_bias_not_averaged")},
        "wrong": {name: samples.as_answer(task, task.misconceptions[0].function) for name, task in tasks.items()},
        "blank": {},
        "raises": right | {"gradient": "raise RuntimeError('before the function exists')",
                           "step": right["step"].replace("gradient(x, w, b, y)", "own(x, w, b, y)")
                           + "\n" + right["gradient"].replace("def gradient", "def own"),
                           "train": samples.header(tasks["train"]) + "\n    return undefined_name"},
        "noisy": right | {"sigmoid": "import sys, warnings\n" + right["sigmoid"].replace(
            "    ### BEGIN SOLUTION", "    print('called', file=sys.stderr); warnings.warn('careful'); "
            "np.log(-np.ones(1))")},
    }
    for student, cells in submissions.items():
        samples.submit(course, NAME, student, cells)
    path = samples.submit(course, NAME, "deletes", right)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("test_loss", "check_step")]
    path.write_text(json.dumps(notebook), encoding="utf-8")


STOCK = "-m", "nbgrader"
QUICK = "-c", "from nnlib import quick_jsonschema; from nbgrader.apps.nbgraderapp import main; main()"     # it starts sooner


def nbgrader(course, *command, start=STOCK):
    bare = os.environ | {"PATH": os.defpath}             # as make calls it, without an active environment
    result = subprocess.run([sys.executable, *start, *command], cwd=course, capture_output=True, text=True, env=bare)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course that stock nbgrader has graded from the command line, and what it said on the way."""
    course = copy_course(tmp_path_factory.mktemp("a course"), NAME)
    without_sandbox(course)
    said = nbgrader(course, "generate_assignment", NAME)
    write_submissions(course)
    said += nbgrader(course, "autograde", NAME)
    said += nbgrader(course, "generate_feedback", NAME)
    said += nbgrader(course, "export")
    return course, said


@pytest.mark.parametrize("student", EXPECTED)
def test_stock_nbgrader_gives_the_points_task_by_task(graded, student):
    marks = Course(graded[0]).marks(NAME, student)
    assert list(marks) == list(load_tasks(COURSE, NAME))
    assert [points for points, _ in marks.values()] == EXPECTED[student]
    assert [possible for _, possible in marks.values()] == EXPECTED["right"]


LOOKS = """
import os
seen = [name for name in os.listdir(".") if name.endswith(".txt")]
assert seen == ["own.txt"], seen
"""


def write_links(course):
    """Hand in links in every place where nbgrader would follow one, to what nobody may see, or where reading never ends."""
    right = course / "submitted" / "right" / NAME
    for student in ("m-folder", "m-notebook"):
        (course / "submitted" / student).mkdir()
    (course / "submitted" / "m-folder" / NAME).symlink_to(right)
    (course / "submitted" / "m-notebook" / NAME).mkdir()
    (course / "submitted" / "m-notebook" / NAME / f"{NAME}.ipynb").symlink_to(right / f"{NAME}.ipynb")
    solutions = samples.solutions(course, NAME)
    folder = samples.submit(course, NAME, "m-data", {"sigmoid": LOOKS + solutions["sigmoid"]}).parent
    (folder / "own.txt").touch()
    (folder / "tasks.txt").symlink_to(course / NAME / "tasks.py")
    (folder / "system.txt").symlink_to("/etc/passwd")
    (folder / "endless.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "timestamp.txt")


def test_plain_nbgrader_autograde_uses_the_sandbox_puts_back_what_was_deleted_and_follows_no_link(graded, tmp_path):
    course = tmp_path / "again"
    shutil.copytree(graded[0], course, ignore=shutil.ignore_patterns("autograded", "feedback", "gradebook.db", "*.csv"))
    shutil.copyfile(COURSE / "nbgrader_config.py", course / "nbgrader_config.py")
    write_links(course)
    said = nbgrader(course, "autograde", NAME, "--TrustedAutograde.lean=True")
    marks = {student: [points for points, _ in Course(course).marks(NAME, student).values()]
             for student in (*TRUSTED, "m-folder", "m-notebook", "m-data")}
    none = EXPECTED["blank"]
    assert marks == TRUSTED | {"m-folder": none, "m-notebook": none, "m-data": [2, *none[1:]]}
    assert "is not a folder but a link" in said and f"{NAME}.ipynb cannot be read: it is a link" in said
    for path in (course / "autograded").rglob("*"):
        assert path.is_dir() or path.is_file() and path.stat().st_size < 10 ** 6
    assert {path.name for path in (course / "autograded" / "m-data" / NAME).iterdir()} == {f"{NAME}.ipynb", "own.txt"}


def test_the_exported_marks_are_those_of_the_gradebook(graded):
    with open(graded[0] / "grades.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["student_id"]: float(row["score"]) for row in rows} == {s: sum(p) for s, p in EXPECTED.items()}
    assert {float(row["max_score"]) for row in rows} == {26.0}


def test_the_feedback_shows_the_report_with_its_hint(graded):
    page = (graded[0] / "feedback/partly" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Hidden tests of" in page
    assert "Your dw is a mean over the examples, your db is a sum. Divide db by N." in page
    assert "Clipping p hides the infinity" in page
    for student in EXPECTED:
        assert (graded[0] / "feedback" / student / NAME / f"{NAME}.html").is_file()


def test_the_feedback_holds_nothing_of_tasks_py(graded):
    page = (graded[0] / "feedback/wrong" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "misconceptions=" not in page and "rng.normal" not in page


def test_nbgrader_goes_through_without_a_complaint(graded):
    assert not re.search(r"SAWarning|Traceback|\| ERROR\]|encryption", graded[1])


def test_the_release_is_one_notebook_without_outputs(graded):
    assert [path.name for path in (graded[0] / "release").rglob("*")] == [NAME, f"{NAME}.ipynb"]
    for cell in released(graded[0]):
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_the_release_holds_no_line_of_a_solution_or_hidden_test(graded):
    lines = {line.strip() for cell in released(graded[0]) for line in "".join(cell["source"]).splitlines()}
    text = (graded[0] / NAME / f"{NAME}.py").read_text(encoding="utf-8")
    hidden = [line.strip() for region in ("SOLUTION", "HIDDEN TESTS")
              for part in re.findall(rf"### BEGIN {region}\n(.*?)### END {region}", text, re.S)
              for line in part.splitlines() if line.strip()]
    assert len(hidden) > 20
    assert not lines & set(hidden)
    assert "hidden_tests" not in (graded[0] / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")


def test_students_cannot_change_or_delete_what_is_graded(graded):
    for cell in released(graded[0]):
        role = cell["metadata"].get("nbgrader", {})
        if role.get("locked"):
            assert cell["metadata"]["deletable"] is False and cell["metadata"]["editable"] is False


def test_a_second_release_has_the_same_bytes_and_follows_the_text(graded):
    course, _ = graded
    notebook = course / "release" / NAME / f"{NAME}.ipynb"
    before = notebook.read_bytes()
    nbgrader(course, "generate_assignment", NAME, start=QUICK)
    assert notebook.read_bytes() == before
    text = course / NAME / f"{NAME}.py"
    original = text.read_text(encoding="utf-8")
    try:
        text.write_text(original.replace("90 to 120 minutes", "91 to 121 minutes"), encoding="utf-8")
        nbgrader(course, "generate_assignment", NAME, start=QUICK)                    # without --force
        assert "91 to 121 minutes" in notebook.read_text(encoding="utf-8")
    finally:
        text.write_text(original, encoding="utf-8")


def test_nbgrader_validate_notices_a_wrong_answer(graded):
    course, _ = graded
    wrong = nbgrader(course, "validate", f"submitted/wrong/{NAME}/{NAME}.ipynb", start=QUICK)
    assert "VALIDATION FAILED ON 3 CELL(S)" in wrong.replace("\n", " ")


def test_a_broken_text_stops_nbgrader_with_its_line(tmp_path):
    copy_course(tmp_path)
    (tmp_path / "01_bad").mkdir()
    (tmp_path / "01_bad/01_bad.py").write_text("# %%\nx = (\n")
    result = subprocess.run([sys.executable, *QUICK, "generate_assignment", "01_bad"], cwd=tmp_path,
                            capture_output=True, text=True)
    assert result.returncode != 0
    assert "01_bad.py, line 2" in result.stderr and "Traceback" not in result.stderr


def released(course):
    return json.loads((course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]


# nnlib's own commands over it

@pytest.mark.parametrize("module", ["quick_jsonschema", "grading.run", "grading.worker", "grading.assignments.release"])
def test_the_start_needs_no_grammar_that_others_still_can_import(module):
    probe = (f"import sys, importlib.util, nnlib.{module}, nbformat, jsonschema\n"
             "print('lark' in sys.modules, importlib.util.find_spec('rfc3987_syntax') is not None)")
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.stdout == "False True\n", done.stderr


def test_grading_without_submissions_says_where_to_put_them(tmp_path):
    copy_course(tmp_path, NAME)
    with pytest.raises(GradingError, match="there are no submissions.\nPut them into .*<student>"):
        run.run(tmp_path, NAME, progress=False)


def test_the_sample_course_is_never_made_over_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(GradingError, match="is not empty"):
        run.demo(COURSE, NAME, folder=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(GradingError, match=r"jupytext is not installed.\n"
        r"Install it with: pip install 'one-gradient\[grading\]'"):
        notebooks.notebook("# %%\nx = 1\n", "a.py")
