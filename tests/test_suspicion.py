"""Submissions to look at: edited cells, slow ones, the library's own answer, and nearly the same code."""
import inspect
import random
import re
import textwrap

import courses
import pytest
from courses import COURSE, solutions
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

from nnlib.grading import places, run
from nnlib.grading.record import Record
from nnlib.grading.reports.similarity import alike, fingerprints, normal_form, pieces
from nnlib.grading.reports.suspicion import slopes, suspicions, used_by_references, uses
from nnlib.grading.tasks import assignments, load_tasks

NAMES = assignments(COURSE)


def record(student, **changes):
    given = {"key": "", "engine": "lean", "isolation": "bubblewrap", "tasks": {}, "seconds": 1.0}
    return Record(student, "02_logistic", **given | changes)


def ways(name):
    """{way: {task: source}}: the assignment solved in other ways."""
    return {way: {task: textwrap.dedent(inspect.getsource(getattr(function, "py_func", function)))
                  for task, function in functions.items()} for way, functions in courses.ways(name).items()}


def disguised(source):
    """The same code with other names of variables, other comments and other white space."""
    names = {name for name in re.findall(r"(?<![\w.])([a-zA-Z_]\w*)(?= =|, \w+ =)", source)} | {"error"}
    for name in names:
        source = re.sub(rf"(?<![\w.]){name}\b(?!=)", f"my_{name}", source)
    source = re.sub(r"#.*", "# I wrote this myself", source)
    return source.replace("\n    ", "\n\n    ").replace(" + ", "+").replace(", ", ",  ")


def test_a_class_without_a_remark_has_none():
    assert suspicions([record("ada"), record("bo")], [("ada", {"f": "def f(x):\n    return x"})]) == {}


def test_what_the_grader_had_to_repair_is_passed_on():
    assert suspicions([record("ada", notes=["The cell test_f was edited."])], []) == {"ada": ["The cell test_f was edited."]}


def test_a_submission_that_is_much_slower_than_half_of_the_class_is_named():
    records = [record(name) for name in "abcd"] + [record("slow", seconds=31.0), record("also slow", seconds=9.0)]
    assert suspicions(records, []) == {"slow": ["Grading took 31 s; half of the class took 1.0 s or less."]}


@pytest.mark.parametrize("source, found", [
    ("from nnlib import kernels as k, check\nk.affine_backward()", ["nnlib.kernels"]),
    ("import nnlib as nn\nnn.Value(3)", ["nnlib.Value"]),
    ("import nnlib.differences", ["nnlib.differences"]),
    ("from nnlib.kernels import (affine_backward,\n    tanh_backward)", ["nnlib.kernels"]),
    ("from nnlib import (Value as V,\n  gradcheck)", ["nnlib.Value", "nnlib.gradcheck"]),
    ("inspect.stack(); f.__globals__", ["__globals__", "inspect"]),
    ("import gc, sys\nsys._getframe(1)", ["_getframe", "gc"]),
    ("from scipy.special import expit as sigmoid", ["scipy"]),
    ("dw = loss(w + 1e-30j).imag / 1e-30", ["imag"]),
    ("nnlib.data.moons(); nnlib.check.gradient(loss, mine, of='w')", []),
    ("# nnlib.Value\n'gc and nnlib.Value'\nmine.nnlib.Value", []),
    ("def numerical_gradient(x):\n    return affine_backward(x)", []),
    ("def f(:\n ((( nnlib.Value", ["nnlib.Value"]),
    ("!true '''\nimport gc", ["gc"]),
    ("x = !true '''\nimport gc\nif x:\n    y = 1\n  z = 2\nf.__code__", ["__code__", "gc"]),
    ("x" * 100_000 + "-" * 100_000 + "(" * 100_000, []),
    ("\0\ud800", []),
])
def test_what_an_answer_mentions_without_need_is_found(source, found):
    assert uses(source) == found


def test_a_mention_is_a_sentence_that_names_the_task():
    found = suspicions([record("ada")], [("ada", {"step": "import gc, inspect", "loss": "x = 1"}),
                                            ("unknown", {"loss": "import gc"})])
    assert found == {"ada": ["The answer to step mentions gc and inspect, which the task does not need."]}


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_of_the_course_mentions_anything_of_the_kind(name):
    for way in (solutions(name), *ways(name).values()):
        assert [uses(source) for source in way.values()] == [[]] * len(way)


@pytest.mark.parametrize("name", NAMES)
def test_a_disguised_copy_is_found(name):
    original = solutions(name)
    copy = {task: disguised(source) for task, source in original.items()}
    assert copy != original
    found = suspicions([record("ada"), record("bo")], [("ada", original), ("bo", copy)])
    assert set(found) == {"ada", "bo"}
    assert "is nearly the same as that of bo, names and comments aside. Read both before you ask." in found["ada"][0]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_assignment_solved_in_different_ways_is_not_found(name):
    assert alike(fingerprints([("solution", solutions(name)), *ways(name).items()])) == []


@pytest.mark.parametrize("name", NAMES)
def test_untouched_and_short_answers_have_no_pieces(name):
    for task in load_tasks(COURSE, name).values():
        stub = f'def {task.name}(x, w, b):\n    """What it does: x (N, D) -> y."""\n    raise NotImplementedError()\n'
        assert len(pieces(task.name, stub)) == 0


def test_what_a_fifth_of_the_class_writes_is_nobody_s_own():
    many = [(f"student {i}", solutions("08_conv")) for i in range(8)]
    others = [(way, code) for way, code in ways("08_conv").items()]
    assert alike(fingerprints(many + others)) == []
    assert len(alike(fingerprints(many[:2] + others))) == 1


def test_names_comments_layout_and_the_given_first_lines_do_not_count():
    assert normal_form('def f(x,\n      w):\n    """Twice x."""\n    y = np.sum(2 * x)  # twice\n\n    return y\n') == \
        ["name", "=", "name", ".", "sum", "(", "2", "*", "name", ")", "return", "name"]


def generated(rng):
    """A program like no other, as long as a solution."""
    operators, words = ["+", "-", "*", "/", "@", "**"], ["sum", "mean", "dot", "T", "max", "exp", "log", "reshape"]
    lines = [f"    a = np.{rng.choice(words)}(x {rng.choice(operators)} {rng.randrange(9)}) "
             f"{rng.choice(operators)} w.{rng.choice(words)}"
             for _ in range(8)]
    return "\n".join(["def f(x, w):", *lines, "    return a"])


def test_one_pair_is_found_among_many_and_the_order_of_reading_does_not_matter():
    rng = random.Random(1)
    sources = [(f"student {i:03}", {"f": generated(rng)}) for i in range(300)]
    sources.append(("copy", {"f": disguised(sources[123][1]["f"])}))
    assert alike(fingerprints(sources)) == [("student 123", "copy", ["f"])]
    assert alike(fingerprints(sources[::-1])) == [("copy", "student 123", ["f"])]


def test_many_with_the_same_code_are_counted_in_the_sentence():
    rng = random.Random(1)
    code = {"f": generated(rng)}
    sources = [(f"s{i:02}", {"f": generated(rng)}) for i in range(60)] + [(f"t{i}", code) for i in range(6)]
    found = suspicions([record(student) for student, _ in sources], sources)
    assert list(found) == [f"t{i}" for i in range(6)]
    assert "that of t1, t2, t3 and 2 others, names" in found["t0"][0]


def test_many_with_the_very_same_code_get_a_sentence_that_says_how_many():
    rng = random.Random(1)
    code = {"f": generated(rng)}
    sources = [(f"s{i}", {"f": generated(rng)}) for i in range(3)] + [(f"t{i}", code) for i in range(7)]
    found = suspicions([record(student) for student, _ in sources], sources)
    assert list(found) == [f"t{i}" for i in range(7)]
    assert found["t0"] == ["The code is that of 6 others, names and comments aside. Read one: so many may have one source, "
                           "or the task one answer."]


NUMERICAL = """
def gradient(x, w, b, y):
    h = 1e-5
    return (loss(x, w + h, b, y) - loss(x, w - h, b, y)) / (2 * h)
"""


def test_a_derivative_that_is_a_difference_of_two_values_is_named():
    needs = {"sigmoid": (), "loss": (), "gradient": ("sigmoid",)}
    found = suspicions([record("ada")], [("ada", {"gradient": NUMERICAL})], needs)
    assert found == {"ada": ["The answer to gradient mentions loss and the number 1e-5: is it a difference of two values, "
                             "and not the derivative?"]}


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_of_the_course_looks_like_a_difference_of_two_values(name):
    needs = used_by_references(load_tasks(COURSE, name))
    for way in (solutions(name), *ways(name).values()):
        assert [slopes(task, source, needs) for task, source in way.items()] == [[]] * len(way)


def test_what_own_cells_define_under_the_name_of_a_task_is_read_with_its_answer(tmp_path):
    path = tmp_path / "autograded" / "ada" / "02_logistic" / "02_logistic.ipynb"
    path.parent.mkdir(parents=True)
    role = {"nbgrader": {"grade_id": "step", "solution": True, "grade": False}}
    path.write_text(writes(new_notebook(cells=[
        new_code_cell("def step():\n    import gc"), new_code_cell("step = step", metadata=role), new_code_cell("other = 1"),
        new_markdown_cell("def step(): 2"), new_code_cell("step = 3")])))
    assert list(run.solutions(places.of(tmp_path), [record("ada")])) == [
        ("ada", {"step": "step = step\ndef step():\n    import gc\nstep = 3"})]
