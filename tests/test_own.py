"""A task of one's own: its values are drawn from the course's secret and the student's name, and graded by the same."""
import collections
import itertools
import json
import re
import shutil

import numpy as np
import pytest
import quick_worker
from click.testing import CliRunner
from courses import COURSE, copy_course

from nnlib import cli
from nnlib.check import differences, known
from nnlib.grading import GradingError, pool, run
from nnlib.grading.assignments import hints, own, release
from nnlib.grading.assignments.assignment import own_values
from nnlib.grading.assignments.sound import require_sound
from nnlib.grading.comparison.compare import compare
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.journal import Journal
from nnlib.grading.regrade import regrade
from nnlib.grading.reports.suspicion import suspicions
from nnlib.grading.secret import secret
from nnlib.grading.tasks import load_own, load_tasks, plain_values

NAME = "21_own"
CARRIES = "carries the values of"
TEXT = """\
# %% locked="setup"
import numpy as np
from nnlib import check

# %% locked="line"
slope, height = 2, 1

# %% solution="height_at"
def height_at(x):
    ### BEGIN SOLUTION
    return slope * x + height
    ### END SOLUTION

# %% test="height_at" points=2
report = check.example(height_at, (np.array([1.0]),), {"y": [slope + height]})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("21_own", "height_at", height_at)
### END HIDDEN TESTS
report.points(2)
"""
TASKS = """\
import numpy as np
from nnlib.grading.tasks import Case, Misconception, OwnValues, Task

WITHHELD = ()
LINE = 2, 1


def height_at(x):
    return LINE[0] * x + LINE[1]


def without_height(x):
    return LINE[0] * x


def cases(rng):
    yield Case("one number", (np.array([1.0]),))
    yield Case("four numbers", (rng.normal(size=4),))


OWN = OwnValues("height_at", cell="line", name="LINE", draw=lambda rng: tuple(map(int, rng.integers(2, 1000, 2))),
                shown=lambda line: f"slope, height = {line[0]}, {line[1]}")
TASKS = [Task("height_at", height_at, cases, ("y",), {"y": 2}, (Misconception(without_height, "The height is missing."),))]
"""
OPTIONS = {"lean": True, "unsafe": True, "workers": 1, "progress": False}
PEOPLE = ["ada", "bo", "dora", "emmy", "fay", "gil"]         # who have a notebook of their own; cy has none
BY_NAME = "def height_at(x):\n    return slope * x + height"


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(a course with notebooks of their own for most people, {path: content} of its plain release before these)."""
    course = copy_course(tmp_path_factory.mktemp("own"))
    (course / NAME).mkdir()
    (course / NAME / f"{NAME}.py").write_text(TEXT)
    (course / NAME / "tasks.py").write_text(TASKS)
    release.generate(course, progress=False)
    before = files(course / "release")
    own.generate(course, NAME, PEOPLE)
    return course, before


@pytest.fixture
def course(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "course")


@pytest.fixture(scope="module")
def graded(made, tmp_path_factory):
    """A graded course, {student: points}, and {student: sentences about what to look at}."""
    course = shutil.copytree(made[0], tmp_path_factory.mktemp("graded") / "course")
    hand_in(course, "ada", numbers(values(course, "ada")))
    hand_in(course, "bo", numbers(values(course, "ada")), mine(course, "ada"))
    hand_in(course, "cy", numbers((2, 1)), plain(course))
    hand_in(course, "dora", numbers((2, 1)), plain(course))
    hand_in(course, "emmy", BY_NAME, line="slope, height = 0, 0")
    hand_in(course, "fay", BY_NAME, line=None)
    hand_in(course, "gil", numbers(values(course, "ada")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "processes", quick_worker.alone)
        marks = run.run(course, NAME, **OPTIONS, anonymous=True)
    assert not marks.attention
    return course, {record.student: record.total for record in run_records(course)}, suspicions(run_records(course), [])


def run_records(course):
    with Journal(course / "journal.jsonl", NAME) as journal:
        return list(journal.records.values())


def files(folder):
    """{path: content} of everything in a folder."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def values(course, student):
    return own_values(load_own(course, NAME), secret(course), NAME, student)


def numbers(line):
    """The answer with the numbers of a line in it, as one writes it by hand."""
    return f"def height_at(x):\n    return {line[0]} * x + {line[1]}"


def mine(course, student):
    return course / own.FOLDER / student / NAME / f"{NAME}.ipynb"


def plain(course):
    return course / "release" / NAME / f"{NAME}.ipynb"


def hand_in(course, student, answer, notebook=None, line=""):
    """Hand in a notebook, the student's own unless another is given. The given cell becomes this line, or is lost."""
    book = json.loads((notebook or mine(course, student)).read_text(encoding="utf-8"))
    cells = {cell["id"]: cell for cell in book["cells"]}
    cells["height_at"]["source"] = answer
    if line is None:
        book["cells"].remove(cells["line"])
    elif line:
        cells["line"]["source"] = line
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(book), encoding="utf-8")


def page(course, student):
    return (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")


def test_the_right_answer_to_the_students_own_values_earns_everything_and_that_of_another_nothing(graded):
    course, points, remarks = graded
    assert len({(2, 1), *(values(course, student) for student in PEOPLE)}) == len(PEOPLE) + 1
    assert points["ada"] == 2.0 and points["gil"] == 0.0 and not {"ada", "gil"} & remarks.keys()
    assert f">{values(course, 'ada')[0]}<" in page(course, "ada")


def test_the_notebook_of_another_student_is_told_to_the_instructor_and_not_on_the_page(graded):
    course, points, remarks = graded
    assert points["bo"] == 0.0
    assert remarks["bo"] == ["The cell line was edited.", f"The notebook {CARRIES} ada. Read both before you ask."]
    assert f">{values(course, 'bo')[0]}<" in page(course, "bo")
    assert CARRIES not in page(course, "bo") and not re.search(r"\bada\b", page(course, "bo"))
    assert f"{CARRIES} ada." in (course / f"{NAME}.html").read_text(encoding="utf-8")
    anonymous = (course / f"{NAME}-anonymous.html").read_text(encoding="utf-8")
    assert f"{CARRIES} student " in anonymous and not re.search(r"\bada\b", anonymous)


def test_a_plain_notebook_is_graded_as_before_also_by_somebody_who_has_one_of_their_own(graded):
    _, points, remarks = graded
    assert points["cy"] == points["dora"] == 2.0 and "cy" not in remarks
    assert remarks["dora"] == ["The cell line shows the values of the plain notebook; one of their own was made."]


def test_a_given_cell_that_was_edited_or_lost_is_put_back_with_the_students_own_values(graded):
    course, points, remarks = graded
    assert points["emmy"] == points["fay"] == 2.0
    assert f">{values(course, 'emmy')[0]}<" in page(course, "emmy")
    assert remarks["emmy"] == ["The cell line was edited."]
    assert remarks["fay"] == ["The cell line was missing and is put back."]


def test_resubmitting_and_regrading_keep_the_values_and_a_notebook_for_one_more_regrades_nobody(graded, tmp_path):
    course = shutil.copytree(graded[0], tmp_path / "course")
    before = (course / "journal.jsonl").read_bytes().splitlines()
    hand_in(course, "gil", numbers(values(course, "gil")))
    own.generate(course, NAME, ["hal", "ada"])
    marks = run.run(course, NAME, **OPTIONS)
    assert marks.points == {student: {"height_at": 0.0 if student == "bo" else 2.0} for student in [*PEOPLE, "cy"]}
    new = (course / "journal.jsonl").read_bytes().splitlines()[len(before):]
    assert [json.loads(line)["student"] for line in new] == ["gil"]
    for file, old, new in (("tasks.py", '{"y": 2}', '{"y": 4}'), (f"{NAME}.py", "points=2", "points=4"),
                           (f"{NAME}.py", "points(2)", "points(4)")):
        path = course / NAME / file
        path.write_text(path.read_text().replace(old, new))
    changes, _ = regrade(course, NAME, preview=True, **OPTIONS)
    assert changes.gains == {} and changes.after["gil"].points == {"height_at": 4.0}


def test_the_plain_release_stays_byte_for_byte_and_so_do_notebooks_that_are_made_again(made):
    course, release_before = made
    assert files(course / "release") == release_before
    before = files(course)
    own.generate(course, NAME, PEOPLE)
    assert files(course) == before
    assert not any(secret(course).encode() in content for path, content in before.items() if path.name != ".secret")


def test_values_that_would_be_drawn_otherwise_today_stop_a_run_before_it_grades_by_them(course):
    hand_in(course, "bo", numbers(values(course, "bo")))
    (course / ".secret").write_text("another\n")
    with pytest.raises(GradingError, match=r"bo got a notebook with other values than those that are drawn now\.\nPut back"):
        run.run(course, NAME, **OPTIONS)
    assert not (course / "autograded").exists()


def test_the_command_makes_notebooks_by_name_and_for_the_roster_and_refuses_who_is_not_on_it(course, monkeypatch):
    monkeypatch.chdir(course)

    def said(*arguments):
        result = CliRunner().invoke(cli.main, ["exercises", *arguments])
        return result.exit_code, result.output + result.stderr

    assert said(NAME, "--for-everybody")[1].startswith("nnlib exercises: --for-everybody means everybody on the roster, and")
    assert said(NAME, "--for", "d/e")[0] == 1 and not (course / "own/d").exists()
    (course / "roster.csv").write_text("student_id,first_name\ncy,Cy\ndora,Dora\n")
    code, words = said(NAME, "--for", "Dora")
    assert code == 1 and "Dora is not on the roster" in words and "Did you mean dora?" in words
    code, words = said(NAME, "--for", "cy")
    assert code == 0 and words.splitlines()[-1].endswith(f"own/cy/{NAME}/{NAME}.ipynb")
    assert said("--for-everybody")[0] == 0 and (course / f"own/dora/{NAME}" / known.NAME).is_file()
    tasks = course / NAME / "tasks.py"
    tasks.write_text(tasks.read_text().replace("OWN =", "OTHERS ="))
    assert said(NAME, "--for", "cy")[1].startswith(f"{NAME}: its tasks.py has no OWN, so all of its notebooks are the same.")


@pytest.mark.parametrize("file, old, new, words", [
    ("tasks.py", 'OwnValues("height_at"', 'OwnValues("depth_at"', "OWN names the task 'depth_at', expected one of"),
    ("tasks.py", 'name="LINE"', 'name="LINES"', "OWN keeps the values under 'LINES', and nothing has that name."),
    (f"{NAME}.py", "slope, height = 2, 1", "slope, height = 2, 3", "of the plain ones.\nWrite # %% locked="),
    ("tasks.py", "rng.integers(2, 1000, 2)", "rng.integer(2)", "tasks.py, line 21: AttributeError"),
    ("tasks.py", "return LINE[0] * x + ", "return LINE[0] * x / (LINE == (2, 1)) + ", "the reference fails in the case"),
], ids=range(5))
def test_a_slip_in_what_is_drawn_stops_before_anybody_is_graded(course, file, old, new, words):
    path = course / NAME / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(GradingError) as error:
        require_sound(course, NAME)
    assert words in str(error.value)


# the graphs of 04_graphs

GRAPHS, NETWORKS, VALLEYS, POINTS = "04_graphs", "03_networks", "06_training", "01_perceptron"
SLOPES = {"product": 2, "sum": 2, "difference": 2, "tanh": 1, "multiple": 1}        # parents of a node of each kind


@pytest.fixture(scope="module")
def graphs():
    """The graphs of two hundred students."""
    drawn = load_own(COURSE, GRAPHS)
    return [own_values(drawn, "a secret", GRAPHS, f"student {number}") for number in range(200)]


def hardness(graph):
    """What makes graphs equally hard: kinds of nodes, uses of each input, of nodes, and the longest way to the end."""
    uses, depth = collections.Counter(), dict.fromkeys("xyw", 0)
    for node, kind, *parents in graph:
        used = parents[:SLOPES[kind]]
        uses.update(used)
        depth[node] = 1 + max(depth[parent] for parent in used)
    nodes = [node for node, *_ in graph]
    return (sorted(kind for _, kind, *_ in graph), [uses[name] for name in "xyw"],
            sorted(uses[node] for node in nodes[:-1]), depth[nodes[-1]])


def task_of(graph):
    return load_tasks(COURSE, GRAPHS, graph)["own_gradient"]


def result_of(task, function, seed=1):
    cases = task.draw(seed)
    return compare(task, cases, call_all(function, cases, task.outputs))


def test_two_hundred_students_have_two_hundred_graphs_and_all_are_equally_hard(graphs):
    plain_graph = plain_values(COURSE, GRAPHS)
    assert len({plain_graph, *graphs}) == 201
    assert {repr(hardness(graph)) for graph in graphs} == {repr(hardness(plain_graph))}
    factors = {other for graph in graphs for _, kind, _, other in graph if kind == "multiple"}
    assert factors == {3, 4, 5}


def test_the_gradients_of_all_graphs_are_of_similar_size_and_those_of_the_loss_that_the_notebook_shows(graphs):
    shown, sizes = load_own(COURSE, GRAPHS).shown, []
    for graph in [plain_values(COURSE, GRAPHS), *graphs[:30]]:
        task, names = task_of(graph), {"np": np}
        exec(shown(graph), names)
        x, y, w, t = task.draw(1)[0].arguments
        wanted = differences(lambda *inputs, t=t, loss=names["own_loss"]: loss(*inputs, t), [x, y, w], (0, 1, 2))
        given = task.reference(x, y, w, t)
        assert all(np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(given, wanted))
        sizes += [np.abs(np.ravel(gradient)) for gradient in given]
    assert 0.1 < np.min(np.concatenate(sizes)) and np.max(np.concatenate(sizes)) < 50


def test_a_right_answer_to_another_graph_earns_nothing_and_each_mistake_has_its_hint_in_any_graph(graphs):
    require_own_answers(GRAPHS, "own_gradient", graphs[:7])


def test_the_notebook_of_ones_own_knows_mistakes_by_the_values_of_its_own_graph(graphs):
    plain_table, table = (hints.table(COURSE, GRAPHS, graph)["tasks"] for graph in (None, graphs[0]))
    for task in plain_table:
        assert (table[task] == plain_table[task]) == (task != "own_gradient")
    assert all(call["answers"] for call in table["own_gradient"]["calls"])


# the networks of 03_networks

def test_two_hundred_students_have_networks_as_hard_as_the_plain_one_and_a_right_answer_to_another_earns_nothing():
    drawn = load_own(COURSE, NETWORKS)
    networks = [own_values(drawn, "a secret", NETWORKS, f"student {number}") for number in range(200)]
    for network in [plain_values(COURSE, NETWORKS), *networks]:
        kinds, weights, biases, outgoing = map(list, zip(*network))
        assert sorted(kinds) == ["ELU", "GELU", "leaky ReLU"] and np.linalg.cond(np.array(weights)) <= 3
        assert np.all(weights) and np.all(biases) and np.abs(outgoing).min() >= 2
    assert len(set(map(repr, networks))) == 200
    require_own_answers(NETWORKS, "own_backward", networks[:7])


# the valleys of 06_training

def test_two_hundred_students_have_valleys_as_narrow_as_the_plain_one_and_a_right_answer_to_another_earns_nothing():
    drawn = load_own(COURSE, VALLEYS)
    valleys = [own_values(drawn, "a secret", VALLEYS, f"student {number}") for number in range(200)]
    for p, q, r, c, d in [plain_values(COURSE, VALLEYS), *valleys]:
        low, high = np.linalg.eigvalsh([[p, q], [q, r]])
        assert q and c and d and 3 <= high / low <= 8 and high <= 10
    assert len(set(valleys)) > 190
    require_own_answers(VALLEYS, "own_descent", valleys[:7])


# the data sets of 01_perceptron

def test_two_hundred_students_have_points_that_a_line_divides_as_the_plain_ones_and_the_answer_to_others_earns_nothing():
    drawn, epoch = load_own(COURSE, POINTS), load_tasks(COURSE, POINTS)["epoch"].reference
    data = [own_values(drawn, "a secret", POINTS, f"student {number}") for number in range(200)]
    for points, labels in [plain_values(COURSE, POINTS), *data]:
        assert len(set(map(tuple, points))) == 6 and sorted(labels) == [0, 0, 0, 1, 1, 1]
        w, b, x, mistakes = np.zeros(2), 0.0, np.array(points), 1
        largest = max(x ** 2 @ [1, 1]) + 1
        passes = int(4 * largest / 0.4 ** 2) + 1                 # the rule makes fewer mistakes: a line keeps 0.4 away
        while mistakes and passes:
            w, b, mistakes = epoch(x, w, b, np.array(labels))
            passes -= 1
        assert not mistakes
    assert len(set(map(repr, data))) == 200
    require_own_answers(POINTS, "contest", data[:7])


def require_own_answers(name, which, drawn):
    """The reference of each of these values earns everything, that of the next nothing, and mistakes get their own hints."""
    for values, other in itertools.pairwise(drawn):
        task, another = (load_tasks(COURSE, name, each)[which] for each in (values, other))
        assert result_of(task, task.reference).earned == task.total
        assert result_of(task, another.reference).earned == 0
        for m in task.misconceptions:
            result = result_of(task, m.function)
            assert result.earned < task.total and result.misconceptions == [m.name]
