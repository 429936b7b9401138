"""nnlib grade from submissions to marks, in both engines: honest work of every kind keeps its marks."""
import csv
import json
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from nnlib.grading import GradingError, run
from nnlib.grading.assignments import samples
from nnlib.grading.sandbox.outside import Limits

NAME = "02_logistic"
FULL = {"sigmoid": 2, "loss": 3, "gradient": 4, "step": 3, "train": 4, "log_sum_exp": 3, "cross_entropy": 3,
        "cross_entropy_backward": 4}
LIMITS = Limits(cells=20, deadline=40, call=5, share=1e-9)            # the machine may be busy with other tests


def new_course(released_course, folder):
    """A course with the sample submissions, nothing graded."""
    shutil.copytree(released_course, folder)
    samples.write_samples(folder, NAME)
    return folder


# honest work of every kind: each changes the notebook of a student who has everything right

def code(source, **more):
    return {"cell_type": "code", "id": more.pop("id", "mine"), "metadata": {}, "execution_count": None, "outputs": [],
            "source": source, **more}


def position(cells, name):
    return next(i for i, cell in enumerate(cells) if cell["id"] == name)


def windows(cells):
    for cell in cells:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def edited_markdown(cells):
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = "My notes: **$x^2$** <b>" + "".join(cell["source"])


def extra_cells(cells):
    cells[position(cells, "loss"):position(cells, "loss")] = [
        code("sigmoid(np.zeros(3))"), code("undefined_name", id="mine-2"), {"cell_type": "raw", "id": "mine-3",
                                                                              "metadata": {}, "source": "raw"}]


def deleted_cells(cells):
    for name in ("check_step", "setup", "test_loss"):
        del cells[position(cells, name)]


def plots(cells):
    cells.insert(position(cells, "test_sigmoid"), code(
        "%matplotlib inline\nplt.plot(np.linspace(-5, 5), sigmoid(np.linspace(-5, 5)))\nplt.show()"))


def progress_bar(cells):
    cells.insert(position(cells, "test_loss"), code(
        "from tqdm.auto import tqdm\nfor i in tqdm(range(100)):\n    pass\nprint('the bar is full')"))


def warning(cells):
    cell = cells[position(cells, "sigmoid")]
    cell["source"] = ("import sys, warnings\n" + cell["source"]
                      + "\nwarnings.warn('careful')\nprint('to stderr', file=sys.stderr)")


def compiled(cells):
    cells[position(cells, "gradient")]["source"] = """from numba import njit

@njit
def gradient(x, w, b, y):
    dw, db = np.zeros(len(w)), 0.0
    for n in range(len(y)):
        a = b
        for d in range(len(w)):
            a += w[d] * x[n, d]
        error = (1 / (1 + np.exp(-a)) if a >= 0 else np.exp(a) / (1 + np.exp(a))) - y[n]
        for d in range(len(w)):
            dw[d] += error * x[n, d] / len(y)
        db += error / len(y)
    return dw, db"""


def slow(cells):
    cell = cells[position(cells, "step")]
    cell["source"] = "import time\n" + cell["source"].replace("    dw, db =", "    time.sleep(0.1)\n    dw, db =")


def redefined_later(cells):
    cells.append(code("def sigmoid(a):\n    return 0 * a"))


def long_line(cells):
    cells.insert(position(cells, "sigmoid"), code("print(list(range(60_000)))"))


def written_in_pieces(cells):
    cells.insert(position(cells, "sigmoid"), code("for i in range(20_000):\n    print('.', end='')"))


def pasted_pictures(cells):
    picture = {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="}
    cells.insert(1, {"cell_type": "markdown", "id": "pasted", "metadata": {}, "attachments": {"a.png": picture},
                     "source": "![mine](attachment:a.png) ![lost](attachment:b.png)"})


def quits(cells):
    cells.insert(position(cells, "sigmoid"), code("quit()"))
    cells.insert(position(cells, "loss"), code("exit()", id="again"))


def shows_a_widget(cells):
    cells.insert(position(cells, "sigmoid"), code(
        "from IPython.display import display\n"
        "display({'application/vnd.jupyter.widget-view+json': 'text', 'image/svg+xml': '<svg/>'}, raw=True)"))


def updates_an_earlier_output(cells):
    cells.insert(position(cells, "sigmoid"), code(
        "from IPython.display import HTML, Markdown, display\nprint('one')\nshown = display('first', display_id=True)"))
    cells.append(code("shown.update(HTML('<b onclick=run()>later</b>'), metadata={'text/html': 7})", id="later"))


def uses_files(cells):
    """A module of the student's own, and data and a module that belong to the assignment: see the fixture."""
    cell = cells[position(cells, "sigmoid")]
    cell["source"] = ("from helper import twice\nfrom lib.course_module import answer\n"
                      "assert twice(answer) == 84 and open('given.csv').read() == '1,2'\n" + cell["source"])


def odd_date(cells):
    """See the fixture: its timestamp.txt names a time zone that is none."""


def ends_the_kernel_later(cells):
    cells.append(code("import os\nos._exit(0)"))


HONEST = {change.__name__: change for change in (windows, edited_markdown, extra_cells, deleted_cells, plots, progress_bar,
                                                 warning, compiled, slow, redefined_later, long_line, written_in_pieces,
                                                 pasted_pictures, quits, shows_a_widget, updates_an_earlier_output,
                                                 odd_date)}
TROUBLED = {"ends_the_kernel_later": ends_the_kernel_later}


def hand_in(course, student, change):
    """Hand in the right answers, changed by a function of the cells."""
    path = samples.submit(course, NAME, student, samples.solutions(course, NAME))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["notebook", "lean"])
def graded(request, released_course, tmp_path_factory):
    """(course, Marks, engine) after a run over honest and troubled submissions."""
    course = new_course(released_course, tmp_path_factory.mktemp("a course") / "course")
    (course / NAME / "lib").mkdir()
    (course / NAME / "lib" / "course_module.py").write_text("answer = 42")
    (course / NAME / "given.csv").write_text("1,2")
    for student, change in (HONEST | TROUBLED).items():
        hand_in(course, student, change)
    path = hand_in(course, "format_3", lambda cells: None)
    path.write_text(nbformat.writes(nbformat.read(path, as_version=3), version=3), encoding="utf-8")
    broken = hand_in(course, "broken", lambda cells: None)
    broken.write_text(broken.read_text(encoding="utf-8")[:500])
    hand_in(course, "edits-tests", lambda cells: cells[position(cells, "test_loss")].update(source="3.0"))
    endless = hand_in(course, "endless", lambda cells: cells.insert(position(cells, "step"), code("while True: pass")))
    assert endless.is_file()
    data = hand_in(course, "reads_data", lambda cells: cells.insert(position(cells, "sigmoid"), code(
        "offset = float(open('data.csv').read())\nassert offset == 0")))
    (data.parent / "data.csv").write_text("0")
    helped = hand_in(course, "imports_a_helper", uses_files)
    (helped.parent / "helper.py").write_text("def twice(x):\n    return 2 * x")
    (helped.parent / "given.csv").write_text("what a student has made of it")
    (course / "submitted" / "odd_date" / NAME / "timestamp.txt").write_text("2026-11-27 10:00 ..")
    marks = run.run(course, NAME, lean=request.param == "lean", limits=LIMITS, progress=False)
    return course, marks, request.param


@pytest.mark.parametrize("student", [*HONEST, "format_3", "reads_data", "imports_a_helper"])
def test_honest_work_of_every_kind_keeps_all_its_marks(graded, student):
    _, marks, _ = graded
    assert marks.points[student] == FULL and student not in marks.attention


def test_the_samples_get_their_marks(graded):
    assert [sum(graded[1].points[s].values()) for s in (
        "ada-right", "blaise-one-mistake", "carl-half-done", "dorothy-raises", "emmy-wrong", "grace-untouched"
    )] == [26, 23, 12, 22, 13, 0]


@pytest.mark.parametrize("student, points, reason", [
    ("broken", 0, "The notebook is broken JSON"),
    ("edits-tests", 26, "The cell test_loss was edited."),
    ("endless", 9, "The cells do not end within 20 s."),
    ("ends_the_kernel_later", 26, "kernel")])
def test_trouble_is_named_and_costs_no_more_than_it_must(graded, student, points, reason):
    _, marks, _ = graded
    assert sum(marks.points[student].values()) == points
    assert reason in marks.attention[student]


def test_a_page_says_that_a_cell_was_put_back_and_accuses_nobody(graded):
    page = (graded[0] / "feedback" / "edits-tests" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "A cell of the assignment was changed; it was put back." in page and "was edited" not in page


def test_only_those_with_trouble_need_attention(graded):
    assert set(graded[1].attention) == {"broken", "edits-tests", "endless", "ends_the_kernel_later"}


def test_the_gradebook_holds_the_marks_and_says_who_needs_a_person(graded):
    course, marks, _ = graded
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for student, points in marks.points.items():
            notebook, = gradebook.find_submission(NAME, student).notebooks
            assert {g.name: g.auto_score for g in notebook.grades} == {f"test_{task}": p for task, p in points.items()}
            assert {g.needs_manual_grade for g in notebook.grades} == {student in marks.attention}
        untouched, = gradebook.find_submission(NAME, "grace-untouched").notebooks
        assert {c.auto_comment for c in untouched.comments} == {"No response."}


def test_the_exported_marks_are_those_of_the_table(graded):
    course, marks, _ = graded
    with open(course / f"{NAME}.csv", newline="") as file:
        assert {row["student_id"]: row["score"] for row in csv.DictReader(file)} == {
            student: "" if student in marks.attention else f"{float(sum(points.values()))}"
            for student, points in marks.points.items()}


def test_everybody_gets_a_page_with_reports_and_nothing_hidden(graded):
    course, marks, _ = graded
    for student in marks.points:
        page = (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        assert "hidden_tests" not in page and "BEGIN HIDDEN" not in page
        assert "rng.normal" not in page and "misconceptions=" not in page
        assert student == "broken" or page.count("Hidden tests of") == len(FULL)
    page = (course / "feedback" / "blaise-one-mistake" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "You step along the gradient, which is uphill." in page
    assert "The notebook is broken JSON" in (course / "feedback/broken" / NAME / f"{NAME}.html").read_text(encoding="utf-8")


def test_outputs_are_kept(graded):
    course, _, engine = graded

    def outputs(student):
        return (course / "autograded" / student / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")

    assert "the bar is full" in outputs("progress_bar")
    assert "NameError" in outputs("extra_cells")
    assert ("image/png" in outputs("plots")) == (engine == "notebook")


def test_a_second_run_grades_nothing_again(graded):
    course, marks, engine = graded
    before = (course / "journal.jsonl").read_bytes()
    again = run.run(course, NAME, lean=engine == "lean", limits=LIMITS, progress=False)
    assert (course / "journal.jsonl").read_bytes() == before
    assert again.points == marks.points and again.attention == marks.attention


# without a sandbox

def test_without_a_sandbox_grading_refuses(released_course, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "isolation", lambda: None)
    course = new_course(released_course, tmp_path / "course")
    with pytest.raises(GradingError, match="keeps student code apart(.|\n)*nnlib doctor"):
        run.run(course, NAME, progress=False)
    assert not (course / "journal.jsonl").exists()


def test_every_mark_given_without_a_sandbox_is_labelled(released_course, tmp_path):
    course = new_course(released_course, tmp_path / "course")
    marks = run.run(course, NAME, lean=True, unsafe=True, workers=1, progress=False)
    assert [sum(points.values()) for points in marks.points.values()] == [26, 23, 12, 22, 13, 0]
    assert "GRADED WITHOUT A SANDBOX" in str(marks)
    lines = [json.loads(line) for line in (course / "journal.jsonl").read_text().splitlines()]
    assert {line["isolation"] for line in lines} == {"none"}
    assert [line["student"] for line in lines if line["limits"]] == ["dorothy-raises"]       # a limit may be why it raises
    for student in marks.points:
        page = (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        assert "Graded without a sandbox" in page
