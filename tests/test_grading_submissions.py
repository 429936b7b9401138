"""What students hand in: every file is read without harm, and every notebook gets the form of its assignment."""
import contextlib
import functools
import json
import os
import random
import shutil

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.grading.assignments import history, release
from nnlib.grading.assignments.assignment import Assignment, graded_cell
from nnlib.grading.errors import GradingError, NeedsAttention
from nnlib.grading.nbgrader.course import Course
from nnlib.grading.one_notebook import code_digest
from nnlib.grading.submissions import read as reading
from nnlib.grading.submissions.choose import choose
from nnlib.grading.submissions.normalise import named, normalise
from nnlib.grading.submissions.read import (
    PASTED,
    Notebook,
    Submission,
    parse,
    read,
    shown,
    students,
    text_alone,
    unfit,
)

NAME = "02_logistic"


@pytest.fixture(scope="module")
def assignment(released_course):
    return Assignment(released_course, NAME)


@pytest.fixture
def released(released_course):
    """The released notebook as plain JSON, to be changed."""
    return json.loads((released_course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    """An empty folder of a submission by ada."""
    folder = tmp_path / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    return folder


def problem(folder):
    return read(folder.parents[2], NAME, "ada").problem


# reading

def test_a_notebook_and_its_data_are_read_as_bytes(tmp_path, folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"{}")
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_bytes(b"1,2")
    submission = read(tmp_path, NAME, "ada")
    assert (submission.notebook, submission.files, submission.problem) == (b"{}", {"data/a.csv": b"1,2"}, "")


def test_a_module_beside_the_notebook_is_read_and_noted_but_not_in_place_of_another(tmp_path, folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"{}")
    (folder / "numpy").mkdir()
    for name in ("helper.py", "os.path.py", "json.py", "numpy/__init__.py", "fast.so"):
        (folder / name).write_bytes(b"x = 1")
    submission = read(tmp_path, NAME, "ada")
    assert set(submission.files) == {"helper.py", "os.path.py"}
    assert submission.notes == (
        "The file fast.so is left out: it is machine code, or starts some.",
        "The file helper.py is a module of the student's own; read it with the notebook.",
        "The file json.py is left out: it would take the place of the module json.",
        "The file numpy/__init__.py is left out: it would take the place of the module numpy.",
        "The file os.path.py is a module of the student's own; read it with the notebook.")


def test_notebooks_of_other_names_and_in_folders_are_read_and_the_one_that_is_expected_comes_first(tmp_path, folder):
    (folder / "hw").mkdir()
    for name in (f"{NAME} (1)", f"hw/{NAME}", NAME):
        (folder / f"{name}.ipynb").write_text(name)
    (folder / "a link.ipynb").symlink_to(folder / f"{NAME}.ipynb")
    submission = read(tmp_path, NAME, "ada")
    assert [each.content.decode() for each in submission.notebooks] == [NAME, f"{NAME} (1)", f"hw/{NAME}"]
    assert submission.notes == ("a link.ipynb cannot be read: it is a link.",)


def test_more_notebooks_than_somebody_works_on_are_not_read(folder):
    for number in range(11):
        (folder / f"{number}.ipynb").write_text("{}")
    assert problem(folder) == f"There are 11 notebooks in the folder, expected {NAME}.ipynb alone."


def test_a_missing_notebook_is_said(folder):
    assert problem(folder) == f"There is no {NAME}.ipynb in the folder."


def test_a_link_is_not_followed(tmp_path, folder):
    (tmp_path / "secret").write_text("{}")
    (folder / f"{NAME}.ipynb").symlink_to(tmp_path / "secret")
    assert problem(folder) == f"{NAME}.ipynb cannot be read: it is a link."


def test_a_link_to_another_student_s_folder_is_not_followed(tmp_path, folder):
    (tmp_path / "submitted" / "eve").symlink_to(tmp_path / "submitted" / "ada")
    assert read(tmp_path, NAME, "eve").problem == "submitted/eve is not a folder but a link."


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / f"{NAME}.ipynb")
    assert problem(folder) == f"{NAME}.ipynb cannot be read: it is a pipe."


def test_a_link_and_a_pipe_among_the_data_are_left_out(tmp_path, folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"{}")
    (folder / "passwords").symlink_to("/etc/passwd")
    (folder / "etc").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    submission = read(tmp_path, NAME, "ada")
    assert submission.files == {} and len(submission.notes) == 3


def test_a_huge_notebook_is_not_read_to_its_end(folder):
    with open(folder / f"{NAME}.ipynb", "wb") as file:
        file.truncate(1 << 40)
    assert problem(folder) == f"{NAME}.ipynb cannot be read: it has more than 64 MB."


def test_a_large_notebook_is_read_within_limits(monkeypatch):
    monkeypatch.setattr(reading, "bounded", functools.partial(reading.bounded, memory=2 ** 26))
    for text, words in ((b'{"nbformat": 4, "cells": []}' + b" " * (2 << 20) + b"]", "broken JSON"),
                        (b'{"nbformat": 4, "cells": []' + b" " * (2 << 20) + b"}", ""),
                        (b'{"nbformat": 4, "cells": [' + b"{}," * (8 << 20) + b"{}]}", "too much time or memory")):
        with pytest.raises(NeedsAttention, match=words) if words else contextlib.nullcontext():
            assert parse(text) == []


def test_a_large_notebook_that_is_right_is_read_as_a_small_one_is(released):
    cells = parse(json.dumps(released).encode())
    released["cells"][0]["outputs"] = [{"output_type": "stream", "text": "x" * (3 << 20)}]
    released["cells"][0]["attachments"] = {"a.png": {"image/png": "aGk="}}
    assert parse(json.dumps(released).encode())[1:] == cells[1:]


def test_students_are_found_in_the_order_of_the_alphabet(tmp_path, folder):
    for name in ("zoe", "bo", ".hidden"):
        (tmp_path / "submitted" / name / NAME).mkdir(parents=True)
    (tmp_path / "submitted" / "absent").mkdir()
    assert students(tmp_path, NAME) == ["ada", "bo", "zoe"]


@pytest.mark.parametrize("name", [
    "ada", "Jörg Müller", "Jo\u0308rg Mu\u0308ller", "o'neil+1@uni.edu", "山田", "O’Brien_1", "Lovelace, Ada(al123)", "x#1",
    "_guest", "123-456 - Ann Smith - Nov 20, 2026 1159 PM", "प्रिया", "สมชาย ใจดี", "नि\u200dल", "Sammy Davis Jr."], ids=ascii)
def test_a_student_s_name_is_taken_if_a_gradebook_can_hold_it(name):
    assert unfit(name) == ""


@pytest.mark.parametrize("name, words", [
    ("a\nb", "U+000A"), ("=1+1", "'=' (equals sign) at its beginning"), ("-rf", "'-' (hyphen-minus) at its beginning"),
    ("\u202eeve", "right-to-left override"), ("*", "'*' (asterisk)"), ("a?", "'?' (question mark) at its end"),
    (b"a\xffb".decode("utf-8", "surrogateescape"), "U+DCFF"), ("a" * 200, "200 characters, expected at most 128"),
    ("<script>", "less-than sign"), (" ", "' ' (space)"), ("\u0308", "combining diaeresis"), ("", "empty")], ids=ascii)
def test_a_name_that_is_refused_names_the_character(name, words):
    assert words in unfit(name)
    unfit(name).encode(), shown(name).encode()


# parsing

@pytest.mark.parametrize("content, words", [
    (b"", "broken JSON in line 1"),
    (b'{"cells": [', "broken JSON"),
    (b"\xff\xfe", "not text in UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
    (b"1" * 10_000, "broken JSON"),
    (b"[]", "names no version"),
    (b'{"nbformat": 4}', "no list of at most"),
    (b'{"nbformat": 5, "cells": []}', "version 5 of the format, expected 4"),
    (b'{"nbformat": true, "cells": []}', "version True"),
    (b'{"nbformat": 3, "worksheets": 7}', "version 3 of the format and cannot be upgraded"),
    (b'{"nbformat": 4, "cells": [7]}', "Cell 1 of the notebook has no text"),
    (b'{"nbformat": 4, "cells": [{"source": [7]}]}', "Cell 1 of the notebook has no text"),
    (json.dumps({"nbformat": 4, "cells": [{"source": ""}] * 3000}).encode(), "at most 2000 cells"),
    (json.dumps({"nbformat": 4, "cells": [{"source": "x" * 2_000_000}]}).encode(), "more than 1 MB of text"),
], ids=range(14))
def test_what_is_no_notebook_needs_attention_with_a_reason(content, words):
    with pytest.raises(NeedsAttention, match=words):
        parse(content)


def test_a_notebook_of_format_3_is_upgraded():
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "code", "language": "python", "input": ["x = 1\n", "y = 2"], "outputs": [], "metadata": {}}]}]}
    assert [(cell.kind, cell.source) for cell in parse(json.dumps(old).encode())] == [("code", "x = 1\ny = 2")]


def test_of_an_old_notebook_only_the_texts_are_upgraded():
    cell = {"cell_type": "code", "language": "python", "input": "x = 1", "metadata": {"a": [{}] * 9}, "prompt_number": 3,
            "outputs": [{"output_type": "stream", "text": "long"}]}
    old = {"nbformat": 3, "other": [1], "metadata": {"name": [2]}, "worksheets": [{"cells": [cell]}]}
    assert text_alone(old) == {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "code", "language": "python", "input": "x = 1", "metadata": {}, "level": 1, "outputs": []}]}]}


def test_pasted_pictures_are_kept_and_other_attachments_are_not(released, assignment):
    pictures = {"a.png": {"image/png": "aGk="}, "b": {"image/svg+xml": "<svg/>"}, "c": {"image/png": "'>"}, "d": 3,
                "e.jpg": {"image/jpeg": ["aGk=", "aGk="]}, "f": {"image/png": "a" * PASTED}}
    released["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "x", "attachments": pictures})
    assert normal(released, assignment)[0].cells[1].attachments == {
        "a.png": {"image/png": "aGk="}, "e.jpg": {"image/jpeg": "aGk=aGk="}}


def test_windows_line_endings_and_halves_of_characters_are_made_plain():
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\r\nb\ud800"}]}
    assert parse(json.dumps(notebook).encode())[0].source == "a\nb?"


# which notebook counts

def handed_in(released, *notebooks):
    """A Submission of (name, answer to sigmoid or None, seconds) in this order."""
    made = []
    for name, answer, seconds in notebooks:
        notebook = json.loads(json.dumps(released))
        if answer:
            cell(notebook, "sigmoid")["source"] = f"def sigmoid(a): return {answer}"
        made.append(Notebook(name, json.dumps(notebook).encode(), seconds))
    return Submission("ada", tuple(made))


def answer_of(chosen):
    return next(c.source for c in chosen.cells if c.grade_id == "sigmoid").rpartition(" ")[2]


@pytest.mark.parametrize("name", [
    f"{NAME} (1).ipynb", f"{NAME}-1.ipynb", f"Copy_of_{NAME}.ipynb", f"hw/{NAME}.ipynb", "final_v2.ipynb"])
def test_the_only_notebook_counts_whatever_its_name(released, assignment, name):
    chosen = choose(handed_in(released, (name, "1", 0)), assignment)
    assert answer_of(chosen) == "1"
    assert chosen.notes == [f"There is no {NAME}.ipynb; {name} is graded, the only notebook in the folder."]


def test_the_only_notebook_is_not_taken_for_an_answer_if_it_belongs_to_something_else(assignment):
    content = {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}
    other = Notebook("04_graphs.ipynb", json.dumps(content).encode())
    with pytest.raises(NeedsAttention, match="found 04_graphs.ipynb, which holds no answer"):
        choose(Submission("ada", (other,)), assignment)


def test_an_untouched_notebook_does_not_count_beside_one_that_was_worked_on(released, assignment):
    chosen = choose(handed_in(released, (f"{NAME}.ipynb", None, 500), (f"{NAME} (1).ipynb", "2", 0)), assignment)
    assert answer_of(chosen) == "2"
    assert chosen.notes == [f"{NAME} (1).ipynb is graded, and not {NAME}.ipynb: no other notebook was worked on."]


def test_of_two_that_were_worked_on_the_one_that_was_changed_last_counts(released, assignment):
    chosen = choose(handed_in(released, (f"{NAME}.ipynb", "1", 0), ("b.ipynb", "2", 500)), assignment)
    assert answer_of(chosen) == "2"
    assert chosen.notes == [f"b.ipynb is graded, and not {NAME}.ipynb: it was changed last."]


def test_two_with_different_answers_of_the_same_time_need_attention(released, assignment):
    with pytest.raises(NeedsAttention, match="hold different answers, and nothing says which one counts"):
        choose(handed_in(released, (f"{NAME}.ipynb", "1", 0), ("b.ipynb", "2", 5)), assignment)


def test_two_with_the_same_answers_are_one(released, assignment):
    chosen = choose(handed_in(released, (f"{NAME}.ipynb", "1", 0), ("b.ipynb", "1", 5)), assignment)
    assert chosen.notes == [f"{NAME}.ipynb is graded, and not b.ipynb: the answers are the same."]


def test_a_broken_notebook_beside_another_is_noted_and_beside_an_untouched_one_needs_attention(released, assignment):
    broken = Notebook("b.ipynb", b"{")
    worked, = handed_in(released, (f"{NAME}.ipynb", "1", 0)).notebooks
    blank, = handed_in(released, (f"{NAME}.ipynb", None, 0)).notebooks
    assert choose(Submission("ada", (broken, worked)), assignment).notes == [
        "b.ipynb is left out: The notebook is broken JSON in line 1."]
    with pytest.raises(NeedsAttention, match="No notebook in the folder holds an answer"):
        choose(Submission("ada", (blank, broken)), assignment)


# the form of the assignment

def normal(notebook, assignment):
    return normalise(parse(json.dumps(notebook).encode()), assignment)


def cell(notebook, name):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def test_an_untouched_notebook_stays_as_it_is(released, assignment):
    notebook, notes, tampered = normal(released, assignment)
    assert (notes, tampered) == ([], [])
    assert [c.source for c in notebook.cells] == ["".join(c["source"]) for c in released["cells"]]
    assert [c.metadata.get("tags") for c in notebook.cells if "tags" in c.metadata] == [["skip-execution"]] * 5


def test_an_answer_keeps_its_text_and_an_edited_test_does_not(released, assignment):
    cell(released, "sigmoid")["source"] = "def sigmoid(a): return 0"
    cell(released, "test_sigmoid")["source"] = "2.0"
    notebook, notes, tampered = normal(released, assignment)
    assert cell(notebook, "sigmoid").source == "def sigmoid(a): return 0"
    assert cell(notebook, "test_sigmoid").source == assignment.cells["test_sigmoid"].source
    assert tampered == ["The cell test_sigmoid was edited."] == notes


def test_edited_points_and_roles_do_not_count(released, assignment):
    cell(released, "test_loss")["metadata"]["nbgrader"].update(points=1000, grade=False, solution=True, schema_version="x")
    notebook, _, tampered = normal(released, assignment)
    assert cell(notebook, "test_loss").metadata == assignment.cells["test_loss"].metadata
    assert tampered == ["The points of the cell test_loss were changed."]


def test_a_correction_after_the_release_accuses_nobody(released_course, released, tmp_path):
    course = shutil.copytree(released_course, tmp_path / "course")
    text = course / "02_logistic" / "02_logistic.py"
    was = text.read_text(encoding="utf-8")
    now = was.replace('test="loss" points=3', 'test="loss" points=0')
    now = now.replace('locked="setup"\n', 'locked="setup"\n# corrected\n')
    assert now.count("# corrected") == 1 and now.count("points=0") == 1
    text.write_text(now, encoding="utf-8")
    release.generate(course, progress=False)
    assignment = Assignment(course, "02_logistic")
    assert normal(released, assignment)[1:] == ([], [])
    assert cell(normal(released, assignment)[0], "setup").source.startswith("# corrected")
    for points in (2, 10 ** 400, float("nan"), [3], "3"):
        cell(released, "test_loss")["metadata"]["nbgrader"]["points"] = points
        cell(released, "setup")["source"] = "a text of a student"
        assert normal(released, assignment)[1:] == (
            ["The cell setup was edited.", "The points of the cell test_loss were changed."],
            ["The points of the cell test_loss were changed."])


def test_a_line_of_the_history_that_a_killed_run_began_spoils_no_other(released_course, tmp_path):
    course = shutil.copytree(released_course, tmp_path / "course")
    before = set(history.lines(course, "02_logistic"))
    (course / history.NAME).write_bytes(b'\n["02_logistic", "te')
    history.remember(course, "02_logistic")
    assert before < set(history.lines(course, "02_logistic")) and len(before) > 10


@pytest.mark.parametrize("log, words", [
    ("Cannot add or remove cells for notebook", "cells with a name came or went(.|\n)*nnlib regrade 02_logistic"),
    ("[ERROR] An error\nTraceback\n  File\nPermissionError: no\n[ERROR] Look", "failed:\nPermissionError: no\nRun it"),
    ("Traceback\nsqlalchemy.exc.OperationalError: database is locked\nBACK UP", "02_logistic: the gradebook is locked"),
    ("what nobody knows", "failed:\nwhat nobody knows\nRun it")])
def test_a_release_that_nbgrader_refuses_to_make_anew_stays_and_the_reason_is_short(released_course, tmp_path, log, words):
    course = Course(shutil.copytree(released_course, tmp_path / "course"))
    notebook = course.root / "release" / "02_logistic" / "02_logistic.ipynb"
    content = notebook.read_bytes()

    def refuses(assignment):
        shutil.rmtree(notebook.parent)
        return {"success": False, "log": log}

    course.api.generate_assignment = refuses
    with pytest.raises(GradingError, match=words):
        course.generate_assignment("02_logistic")
    assert notebook.read_bytes() == content


def test_a_tag_on_a_test_cell_is_dropped(released, assignment):
    cell(released, "gradient")["metadata"]["tags"] = ["skip-execution", "raises-exception"]
    notebook, _, _ = normal(released, assignment)
    assert "tags" not in cell(notebook, "gradient").metadata


def test_of_two_copies_the_last_one_counts_and_the_other_stays_as_a_cell(released, assignment):
    at = released["cells"].index(cell(released, "sigmoid"))
    released["cells"].insert(at + 1, json.loads(json.dumps(released["cells"][at]) .replace("raise", "pass; raise")))
    notebook, notes, _ = normal(released, assignment)
    assert len(notebook.cells) == len(released["cells"])
    assert "pass; raise" in cell(notebook, "sigmoid").source
    assert notes == ["Two cells have the name sigmoid, with different code; the last one counts."]


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize("below", [True, False])
def test_a_first_try_that_is_kept_as_text_is_not_the_answer(released, assignment, kind, below):
    answer = cell(released, "sigmoid")
    first_try = json.loads(json.dumps(answer)) | {"cell_type": kind, "source": "def sigmoid(a): return 0", "id": "kept"}
    answer["source"] = "def sigmoid(a): return 1"
    released["cells"].insert(released["cells"].index(answer) + below, first_try)
    notebook, notes, tampered = normal(released, assignment)
    assert cell(notebook, "sigmoid").source == "def sigmoid(a): return 1" and tampered == []
    assert [c.cell_type for c in notebook.cells if c.source == "def sigmoid(a): return 0"] == [kind]


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_an_answer_that_is_text_is_graded_as_code_where_no_code_defines_the_function(released, assignment, kind):
    answer = cell(released, "sigmoid")
    answer.update(cell_type=kind, source="def sigmoid(a): return 1")
    notebook, notes, tampered = normal(released, assignment)
    assert cell(notebook, "sigmoid").cell_type == "code" and cell(notebook, "sigmoid").source == answer["source"]
    assert (notes, tampered) == (["The answer to sigmoid is a cell of text; it is graded as code."], [])
    released["cells"] += [{"cell_type": "code", "metadata": {}, "source": source}
                          for source in ("def sigmoid(a): return 2", "x = 1\n\ndef sigmoid(a): return 3")]
    notebook, _, _ = normal(released, assignment)
    assert [c.cell_type for c in notebook.cells if c.source == answer["source"]] == [kind]


def test_a_cell_that_the_student_has_skipped_is_not_run(released, assignment):
    own = {"cell_type": "code", "metadata": {"tags": ["skip-execution", "mine"]}, "source": "sigmoid = None"}
    released["cells"].append(own)
    assert normal(released, assignment)[0].cells[-1].metadata == {"tags": ["skip-execution"]}
    for metadata in ({"tags": "skip-execution"}, {"tags": 3}, [], {"tags": [["skip-execution"]]}):
        own["metadata"] = metadata
        assert normal(released, assignment)[0].cells[-1].metadata == {}


def test_deleted_graded_cells_come_back_where_they_belong(released, assignment):
    released["cells"] = [c for c in released["cells"] if c["id"] not in ("test_loss", "check_step", "test_train")]
    notebook, notes, tampered = normal(released, assignment)
    assert [named(c) for c in notebook.cells if named(c)] == list(assignment.cells)
    assert len(notes) == 3 and tampered == []


@pytest.mark.parametrize("lost", [["metadata"], ["metadata", "id"]], ids=str)
def test_a_notebook_that_lost_its_metadata_gets_it_back(released, assignment, lost):
    for task in assignment.tasks:
        cell(released, task)["source"] = f"# mine\ndef {task}(*arguments):\n    return 0"
    for c in released["cells"]:
        c["metadata"] = {}
        if "id" in lost:
            del c["id"]
    notebook, _, tampered = normal(released, assignment)
    assert [named(c) for c in notebook.cells if named(c)] == list(assignment.cells)
    assert cell(notebook, "loss").source.startswith("# mine") and tampered == []
    assert sum("tags" in c.metadata for c in notebook.cells) == 5


def test_a_cell_of_the_student_s_own_stays_in_its_place(released, assignment):
    at = released["cells"].index(cell(released, "test_gradient"))
    released["cells"].insert(at, {
        "cell_type": "code", "id": "test_gradient", "metadata": {"nbgrader": 7}, "source": "x = 1"})
    notebook, _, _ = normal(released, assignment)
    assert notebook.cells[at].source == "x = 1" and named(notebook.cells[at + 1]) == "test_gradient"


values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2 ** 32))
def test_a_mutated_notebook_is_graded_in_full_or_needs_attention(released_course, assignment, data, seed):
    notebook = json.loads((released_course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 12)):
        mutate(notebook, chance, data.draw(values))
    try:
        normalised, _, _ = normal(notebook, assignment)
    except NeedsAttention as reason:
        assert str(reason).endswith(".")
        return
    nbformat.validate(normalised)
    graded = [named(c) for c in normalised.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert sorted(graded) == sorted(map(graded_cell, assignment.tasks))
    for name in graded:
        assert cell(normalised, name) == assignment.cells[name]


def mutate(node, chance, value):
    """Change one place somewhere in a tree of lists and dictionaries."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(node[key], (dict, list)) and node[key] and chance.random() < 0.8:
            node = node[key]
            continue
        deed = chance.choice(("set", "delete", "double"))
        if deed == "set":
            node[key] = value
        elif deed == "delete":
            del node[key]
        elif isinstance(node, list):
            node.insert(key, node[key])
        return


# which hidden inputs it meets

def work(released, assignment, files=None):
    return code_digest(normalise(parse(json.dumps(released).encode()), assignment).notebook, files or {})


def own_cell(source="pass", **more):
    return nbformat.v4.new_code_cell(source) | {"id": "mine"} | more


def test_whoever_hands_in_something_else_meets_other_inputs(released, assignment):
    seen = [work(released, assignment), work(released, assignment, {"table.csv": b"1"}),
            work(released, assignment, {"table.csv": b"2"})]
    for place in range(3):                          # the place of a cell can hold an answer as well as its text
        changed = released | {"cells": [*released["cells"][:place * 5], own_cell(), *released["cells"][place * 5:]]}
        seen.append(work(changed, assignment))
    seen.append(work(released | {"cells": [own_cell("2"), *released["cells"]]}, assignment))
    assert len(set(seen)) == len(seen)
    assert len({assignment.seed("secret", "ada", each, "loss") for each in seen}) == len(seen)


def test_what_a_student_s_code_cannot_know_leaves_the_inputs_as_they_are(released, assignment):
    before = work(released, assignment)
    for cell in released["cells"]:
        cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [nbformat.v4.new_output("stream", text="0.5")], 7
        elif "nbgrader" not in cell["metadata"]:
            cell["source"] = "My notes"
    assert work(released, assignment) == before


def test_stock_nbgrader_s_copy_of_a_notebook_meets_the_same_inputs(released, assignment):
    notebook = normalise(parse(json.dumps(released).encode()), assignment).notebook
    for cell in notebook.cells:
        if named(cell).startswith("test_"):
            cell.source += "\nhidden_tests(...)"
    again = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert code_digest(again, {}) == work(released, assignment)
