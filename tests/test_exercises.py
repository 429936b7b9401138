"""Every assignment: its text becomes a notebook that hides the answers, its hidden tests know right from wrong."""
import ast
import copy
import functools
import json
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from courses import COURSE, copy_course, source_cells, text, ways
from nbformat.v4 import new_code_cell, new_notebook

from nnlib.check import calls, known, progress
from nnlib.grading import run
from nnlib.grading.assignments import hints, notebooks, release, samples
from nnlib.grading.assignments.ready import ready
from nnlib.grading.assignments.sound import require_solved, require_sound
from nnlib.grading.comparison.carried import carrying
from nnlib.grading.comparison.compare import compare, reference_outputs
from nnlib.grading.comparison.hidden import as_report, grade_functions
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.comparison.reply import Reply
from nnlib.grading.errors import GradingError
from nnlib.grading.sandbox.outside import Limits
from nnlib.grading.tasks import UNCHANGED, assignments, default_seed, load_hints, load_tasks

NAMES = assignments(COURSE)
TASKS = {name: load_tasks(COURSE, name) for name in NAMES}
EVERY_TASK = [pytest.param(name, task, id=f"{name}-{task.name}") for name in NAMES for task in TASKS[name].values()]
EVERY_MISCONCEPTION = [pytest.param(name, task, m, id=f"{name}-{m.name}")
                       for name in NAMES for task in TASKS[name].values() for m in task.misconceptions]


def named_cells(name):
    """{grade_id: cell} of the source notebook."""
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in source_cells(name) if "nbgrader" in cell["metadata"]}


def result_of(name, task, function, seed=None):
    cases = task.draw(default_seed(name, task.name) if seed is None else seed)
    return compare(task, cases, call_all(function, cases, task.outputs))


def test_there_is_an_assignment():
    assert "02_logistic" in NAMES


# marks

@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_the_reference_earns_every_point_for_any_seed(name, task):
    for seed in (None, 1, 2, 3):
        assert result_of(name, task, task.reference, seed).earned == task.total


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_in_the_text_earns_every_point(name):
    namespace = {}
    for cell in source_cells(name):
        role = cell["metadata"].get("nbgrader", {})
        given = role.get("locked") and not role["grade_id"].startswith(("check_", "test_"))
        if cell["cell_type"] == "code" and (role.get("solution") or given):
            exec("".join(cell["source"]), namespace)
    for task in TASKS[name].values():
        result = grade_functions(name, TASKS[name], namespace, task.name)
        assert result.earned == task.total, as_report(result)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["loops", "einsum", "njit"])
def test_a_right_solution_earns_every_point_however_it_is_written(name, way):
    functions = ways(name)[way]
    for task in TASKS[name].values():
        call_all(functions[task.name], task.draw(1), task.outputs, seconds=120)   # to compile may take longer than a call
        result = grade_functions(name, TASKS[name], functions, task.name)
        assert result.earned == task.total, as_report(result)


@pytest.mark.parametrize("name, task, misconception", EVERY_MISCONCEPTION)
def test_a_misconception_loses_points_and_gets_its_own_hint(name, task, misconception):
    results = [result_of(name, task, misconception.function, seed) for seed in (None, 1, 2)]
    for result in results:
        assert result.earned < task.total
        assert result.misconceptions == [misconception.name]
        assert str(as_report(result)).count(misconception.hint) == 1
    assert len({tuple(row.earned for row in result.rows) for result in results}) == 1, "marks depend on the draw"


@pytest.mark.parametrize("seed", [15, 26])           # whose equal pixels are found first by rows and by columns
def test_a_search_by_columns_is_noticed_whatever_is_drawn(seed):
    task = TASKS["08_conv"]["max_pool_backward"]
    wrong = next(m for m in task.misconceptions if m.name == "max_pool_backward_columns_first")
    assert result_of("08_conv", task, wrong.function, seed).misconceptions == [wrong.name]


@pytest.mark.parametrize("name, task, misconception", EVERY_MISCONCEPTION)
def test_the_answer_of_a_misconception_is_its_own_source(name, task, misconception):
    namespace = dict(task.reference.__globals__)
    exec(samples.as_answer(task, misconception.function), namespace)
    assert result_of(name, task, namespace[task.name]).misconceptions == [misconception.name]


@pytest.mark.parametrize("name", NAMES)
def test_the_tasks_of_an_assignment_can_be_read_in_one_sitting(name):
    assert (COURSE / name / "tasks.py").read_text(encoding="utf-8").count("\n") <= 600


@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_every_task_knows_at_least_four_misconceptions_with_different_hints(name, task):
    hints = [m.hint for m in task.misconceptions]
    assert len(set(hints)) == len(hints) >= 4


@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_arguments_that_stay_as_they_are_earn_something_in_every_task(name, task):
    assert task.points[UNCHANGED] > 0


@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_an_unwritten_function_earns_nothing(name, task):
    def stub(*arguments):
        raise NotImplementedError()

    result = result_of(name, task, stub)
    assert result.earned == 0
    assert "not written yet" in result.rows[0].text


@pytest.mark.parametrize("name, task", EVERY_TASK)
@pytest.mark.parametrize("value", [None, np.nan, 0.0, "right", np.array([np.nan]), {}], ids=repr)
def test_a_function_that_returns_a_constant_earns_nothing(name, task, value):
    constant = (value,) * len(task.outputs) if len(task.outputs) > 1 else value
    assert result_of(name, task, lambda *arguments: constant).earned == 0


def best_guess(cases, values):
    """What zeros, ones or an argument give for an output in every case: the first that is right, else zeros."""
    ways = [[np.full(np.shape(value), number) for value in values] for number in (0.0, 1.0)]
    ways += zip(*(case.arguments for case in cases))
    right = [way for way in ways if all(np.shape(a) == np.shape(b) and np.allclose(a, b) for a, b in zip(way, values))]
    return right[0] if right else ways[0]


@pytest.mark.parametrize("name", NAMES)
def test_no_mistake_in_an_earlier_task_lets_zeros_ones_or_an_argument_earn_a_point(name):
    tasks = list(TASKS[name].values())
    for place, task in enumerate(tasks):
        cases = task.draw(default_seed(name, task.name))
        for carried in [{earlier.name: m} for earlier in tasks[:place] for m in earlier.misconceptions]:
            with carrying(task, carried), np.errstate(all="ignore"):
                wanted = [reference_outputs(task, case, strict=False) for case in cases]
            guess = list(zip(*(best_guess(cases, values) for values in zip(*wanted))))
            if any(np.allclose(a, b) for a, b in zip(guess[0], wanted[0])):
                assert compare(task, cases, [Reply(outputs) for outputs in guess], carried).earned == 0, carried


@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_the_cases_hold_one_example_unequal_sizes_and_change_with_the_seed(name, task):
    one, other = task.draw(1), task.draw(2)
    lengths = [len(next(a for a in case.arguments if isinstance(a, np.ndarray))) for case in one]
    assert 1 in lengths and max(lengths) > 1
    assert [case.label for case in one] == [case.label for case in other]
    assert all(np.array_equal(a, b) for a, b in zip(one[0].arguments, other[0].arguments)), "students know the first case"
    assert any(not np.array_equal(a, b) for c, d in zip(one, other) for a, b in zip(c.arguments, d.arguments))


@pytest.mark.parametrize("name, task", EVERY_TASK)
def test_the_points_of_the_notebook_are_those_of_the_task(name, task):
    cell = named_cells(name)[f"test_{task.name}"]
    assert cell["metadata"]["nbgrader"]["points"] == task.total
    assert "".join(cell["source"]).endswith(f"report.points({task.total:g})")
    assert f'hidden_tests("{name}", "{task.name}", {task.name})' in "".join(cell["source"])


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_has_a_solution_a_check_and_a_test_for_every_task_and_no_other(name):
    assert [i for i in named_cells(name) if i.startswith("test_")] == [f"test_{task}" for task in TASKS[name]]
    for task in TASKS[name]:
        assert {task, f"check_{task}"} <= set(named_cells(name))


# what the student sees

def run_cells(cells, namespace, **answers):
    """{grade_id: value of the cell's last line, for a check whether all its reports are right}"""
    values, namespace["display"] = {}, (shown := []).append
    for cell in cells:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"])
        code = re.sub(r"### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS\n", "", "".join(cell["source"]), flags=re.S)
        tree = ast.parse(answers.get(grade_id, code))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        shown.clear()
        exec(compile(tree, grade_id, "exec"), namespace)
        values[grade_id] = eval(compile(last, grade_id, "eval"), namespace) if last else None
        if grade_id.startswith("check_"):
            values[grade_id] = all([*shown, values[grade_id]])
    return values


def code_cells(name):
    return [cell for cell in source_cells(name) if cell["cell_type"] == "code"]


@functools.cache
def solved(name):
    """Values and names of the whole notebook with the solution, the reward at its end included."""
    values = run_cells(code_cells(name), namespace := {})
    plt.close("all")
    return values, namespace


@functools.cache
def where_begins(name, task):
    """Where a student comes to a task with everything right: the names, and the cells from its answer to its points."""
    cells, namespace = [cell for cell in code_cells(name) if "nbgrader" in cell["metadata"]], {}
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells]
    first, last = ids.index(task), ids.index(f"test_{task}")
    run_cells(cells[:first], namespace)
    return namespace, as_they_are(namespace), cells[first:last + 1]


def as_they_are(names):
    """A copy of the names that no answer can write into."""
    own = (np.ndarray, np.random.Generator, list, tuple, dict)
    return {name: copy.deepcopy(value) if isinstance(value, own) and name != "__builtins__" else value
            for name, value in names.items()}


@pytest.mark.parametrize("name", NAMES)
def test_with_the_solution_the_whole_notebook_runs_and_everything_visible_is_right(name):
    values, _ = solved(name)
    for task in TASKS[name].values():
        assert values[f"check_{task.name}"]
        assert values[f"test_{task.name}"] == task.total


@pytest.mark.parametrize("name, task, misconception", EVERY_MISCONCEPTION)
def test_the_self_check_or_the_visible_test_notices_a_misconception(name, task, misconception):
    namespace, names, cells = where_begins(name, task.name)
    namespace.clear()                                    # functions of earlier cells look here, so it stays the same one
    namespace.update(as_they_are(names))
    values = run_cells(cells, namespace, **{task.name: samples.as_answer(task, misconception.function)})
    assert not values[f"check_{task.name}"] or values[f"test_{task.name}"] < task.total


@pytest.mark.parametrize("name", NAMES)
def test_calls_that_do_not_end_in_every_task_leave_time_for_all_cells(name, monkeypatch):
    usual, endless = calls.SECONDS, []
    monkeypatch.setattr(calls, "SECONDS", 0.02)
    monkeypatch.setattr(calls, "endless", endless)
    cells = [cell for cell in code_cells(name) if "nbgrader" in cell["metadata"]]
    values = run_cells(cells, {}, **{task.name: f"{samples.header(task)}\n    for _ in range(10 ** 8):\n        pass"
                                     for task in TASKS[name].values()})
    assert {function.__name__ for function, _ in endless} >= set(TASKS[name])
    assert not any(values[f"test_{task}"] for task in TASKS[name])
    limits = Limits()
    assert sum(max(usual / 10, usual / 4 ** k) for k in range(len(endless))) < limits.cells * limits.share


# mistakes that the notebook knows by their values

@functools.cache
def table(name):
    """The table of hints of an assignment, as it comes from its file."""
    return json.loads(json.dumps(hints.table(COURSE, name)))["tasks"]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_known_mistakes_have_the_same_values(name):
    for task in table(name).values():
        for call in task["calls"]:
            seen = [answer["outputs"] for answer in call["answers"]]
            assert not any(known.alike(a, b) for i, a in enumerate(seen) for b in seen[:i])


@pytest.mark.parametrize("name", NAMES)
def test_a_self_check_that_is_run_again_after_all_others_asks_the_same(name):
    cells, namespace = [cell for cell in code_cells(name) if "nbgrader" in cell["metadata"]], {}
    run_cells(cells, namespace)
    for cell in reversed(cells):
        kind, _, task = cell["metadata"]["nbgrader"]["grade_id"].partition("_")
        if kind == "check":
            with known.recording() as found:
                run_cells([cell], namespace)
            asked = [arguments for function, arguments, _ in found if function == task]
            *before, _ = (call["arguments"] for call in table(name)[task]["calls"])          # the last is the graded cell's
            assert len(asked) == len(before) and all(map(known.alike, asked, before)), task


def is_told(task, hint):
    """True if the calls of a task, one after the other, leave a mistake alone or with one other."""
    left = None
    for call in task["calls"]:
        fit = next((answer["hints"] for answer in call["answers"] if hint in answer["hints"]), call["right"])
        if hint in fit:                              # else it stops with an error there
            left = [each for each in fit if left is None or each in left]
            if fit is not call["right"] and len(left) <= 2:
                return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_knows_most_misconceptions_before_anything_is_handed_in(name):
    told = {task.name: [is_told(table(name)[task.name], m.hint) for m in task.misconceptions]
            for task in TASKS[name].values()}
    assert min(np.mean(each) for each in told.values()) >= 0.6, told
    assert np.mean(sum(told.values(), [])) > 0.8


@pytest.mark.parametrize("name", NAMES)
def test_the_graded_cell_shows_the_hidden_worked_example_and_the_self_check_other_arguments(name):
    for task in TASKS[name].values():
        example = known.prints(task.draw(1)[0].arguments)
        shown = [known.alike(call["arguments"], example) for call in table(name)[task.name]["calls"]]
        assert len(shown) > 1 and shown == [False] * (len(shown) - 1) + [True], task.name


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_hints_in_steps_and_the_notebook_shows_where_one_stands(name):
    assert {task: len(given) > 1 for task, given in load_hints(COURSE, name).items()} == dict.fromkeys(TASKS[name], True)
    assert "".join(named_cells(name)["status"]["source"]) == "check.status()"


def test_hints_for_a_task_that_does_not_exist_are_refused(tmp_path):
    tasks = copy_course(tmp_path, "02_logistic") / "02_logistic/tasks.py"
    tasks.write_text(tasks.read_text(encoding="utf-8").replace('    "train": (', '    "drain": ('), encoding="utf-8")
    with pytest.raises(GradingError, match="HINTS names 'drain', expected some of: sigmoid, "):
        load_hints(tmp_path, "02_logistic")


def test_a_notebook_is_ready_only_if_a_run_from_the_top_finds_everything_right(tmp_path):
    setup, task = "from nnlib import check", {"points": 1, "hints": [], "calls": []}
    cells = [setup, "def double(x):\n    return FACTOR * x", "check.example(double, (1.0,), {'y': 2})",
             "check.example(double, (2.0,), {'y': 4}).points(1)", "1 / 0"]
    (tmp_path / known.NAME).write_text(json.dumps({"tasks": {"double": task}}))

    def said(factor, *tags):
        made = [new_code_cell(cell.replace("FACTOR", factor)) for cell in cells]
        made[-1].metadata["tags"] = list(tags)
        (tmp_path / "a.ipynb").write_text(nbformat.writes(new_notebook(cells=made)))
        return ready(tmp_path / "a.ipynb")

    done, words = said("2", "skip-execution")
    assert done and words.endswith("before you hand in is right.\nReady to hand in.")
    assert said("3")[0] is False and said("3")[1].endswith("stops  1 / 0\n       ZeroDivisionError: division by zero\n"
                                                           "Not ready yet.")
    with pytest.raises(GradingError, match="there is no notebook"):
        ready(tmp_path / "b.ipynb")


def test_a_cell_that_fails_stops_the_release_with_its_name(tmp_path):
    copy_course(tmp_path, "02_logistic")
    path = tmp_path / "02_logistic/02_logistic.py"
    path.write_text(path.read_text(encoding="utf-8").replace("far = np.array", "far = np.nothing"), encoding="utf-8")
    with pytest.raises(GradingError, match="02_logistic.py, cells of loss: AttributeError"):
        hints.write(tmp_path, "02_logistic")


def test_answers_with_the_same_values_share_their_place_in_the_table():
    one, other = known.prints([1.0]), known.prints([2.0])
    answers = hints.distinct([("a", one), ("b", one), ("a", one), ("c", other)])
    assert [answer["hints"] for answer in answers] == [["a", "b"], ["c"]]
    call = hints.call(other, other, [("a", one), ("c", other)])
    assert call["right"] == ["c"] and [answer["hints"] for answer in call["answers"]] == [["a"]]


# the reward

def test_the_students_perceptrons_read_digits_and_better_behind_a_random_layer():
    _, notebook = solved("01_perceptron")
    assert 0.9 < notebook["one_layer"] < notebook["two_layers"]
    assert notebook["fewer"].sum(axis=0)[-1] < notebook["mistakes"].sum(axis=0)[-1] < notebook["mistakes"].sum(axis=0)[0]
    assert notebook["fires"][50, 50] == notebook["fires"][150, 150] == 0 and notebook["fires"][50, 150] == 1


def test_the_students_classifiers_and_a_network_with_the_students_sigmoid_read_digits():
    _, notebook = solved("02_logistic")
    assert notebook["right"].mean() > 0.95
    assert notebook["history"].validation_accuracy[-1] > notebook["alone"] + 0.05
    assert notebook["right_together"].mean() > 0.95 and notebook["curve"][-1] < 0.2 < 2.3 < notebook["curve"][0]


def test_the_students_gradients_bend_networks_and_a_twin_lies_behind_a_hill():
    _, notebook = solved("03_networks")
    assert notebook["accuracies"].pop("no bend") < 0.8 and min(notebook["accuracies"].values()) > 0.98
    assert abs(notebook["losses"][0] - notebook["losses"][-1]) < 1e-9
    assert max(notebook["losses"]) > 10 * notebook["losses"][0]


def test_the_students_engine_divides_the_moons_and_counts_the_paths_of_a_ladder():
    _, notebook = solved("04_graphs")
    assert np.array_equal(np.sign(notebook["answers"]), notebook["targets"])
    assert notebook["losses"][-1] < 0.01 < 0.5 < notebook["losses"][0]
    assert notebook["x0"].grad == 2 ** 50


def test_the_students_two_gradients_meet_and_a_network_with_the_students_backward_pass_reads_digits():
    _, notebook = solved("05_backprop")
    assert 1e-7 < notebook["steps"][np.argmin(notebook["gaps"])] < 1e-4
    assert min(notebook["gaps"]) < 1e-9 < 1e-5 < notebook["gaps"][0] < notebook["gaps"][-1]
    assert notebook["history"].validation_accuracy[-1] > 0.97
    assert notebook["deep_right"] > 0.97
    assert notebook["wrong"].validation_accuracy[-1] > 0.9, "a network that learns is no proof of a right gradient"


def test_the_students_optimisers_start_and_steps_train_readers():
    _, notebook = solved("06_training")
    assert min(notebook["accuracy"].values()) > 0.97 and len(notebook["accuracy"]) == 5
    assert all(curve[-1] < 0.05 < 1.5 < curve[0] for curve in notebook["curves"].values())


def test_the_students_brakes_hold_and_the_strength_that_the_folds_choose_lowers_the_loss():
    _, notebook = solved("07_generalising")
    curves, (without, with_decay) = notebook["curves"], notebook["judged"].values()
    assert curves["weight decay"][-1] < 0.55 < curves["none"][-1] and curves["dropout"][-1] < curves["none"][-1]
    assert notebook["chosen"] > 0 and with_decay[0] < 0.8 * without[0]


def test_the_students_filters_read_digits_and_lose_less_than_a_dense_network_when_the_digits_move():
    _, notebook = solved("08_conv")
    still, moved = notebook["accuracy"]["your filters"]
    dense_still, dense_moved = notebook["accuracy"]["dense"]
    assert still > 0.95 and dense_still > 0.95
    assert dense_moved + 0.1 < moved < still - 0.1


def test_the_students_norms_and_blocks_train_twenty_layers_and_folded_norms_change_no_score():
    _, notebook = solved("09_deep")
    accuracy = notebook["accuracy"]
    assert max(accuracy["nothing"], accuracy["layer norm"]) < 0.3 < 0.5 < accuracy["batch norm"] < 0.95
    assert min(accuracy["your block"], accuracy["shortcut and layer norm"]) > 0.95
    assert notebook["gap"] < 1e-9 and len(notebook["layers"]) - len(notebook["folded"]) == 20


def test_the_students_recurrent_network_learns_the_poem_and_is_clipped_on_the_way():
    _, notebook = solved("10_rnn")
    losses = notebook["losses"]
    assert len(losses) == 400 and losses[-1] < 0.3 < losses[99] < losses[19] < losses[0]
    assert abs(losses[0] - np.log(36)) < 0.5
    assert max(notebook["lengths"]) > 0.5
    half, one, four = notebook["left"].values()
    assert half[10] < 0.01 < one[10] and four[40] > 0.1


def test_the_students_head_finds_the_coats_and_without_positions_reads_fewer_digits():
    _, notebook = solved("11_attention")
    assert notebook["found"] > 0.97
    assert notebook["looks"][range(12), notebook["asked"][:12]].min() > 0.2
    assert notebook["accuracy"]["with positions"] > 0.6 > 0.5 > notebook["accuracy"]["without"] > 0.2


def test_the_students_table_backs_off_further_than_it_adds_and_a_mixture_with_a_network_beats_both():
    _, notebook = solved("12_language")
    adding, backing_off = map(np.array, notebook["found"].values())
    assert adding.argmin() == 3 and backing_off.argmin() == 4 and (backing_off[3:] < adding[3:] - 0.5).all()
    assert adding[1] == pytest.approx(notebook["by_pairs"])
    both = list(notebook["both"].values())
    assert min(both) < 0.9 * both[0] < both[0] < both[-1]
    sure, smoothed = (guesses.max(axis=1).mean() for guesses in notebook["guesses"].values())
    assert smoothed < sure - 0.02
    assert len(set(notebook["written"].values())) == 3 and all(len(text) == 306 for text in notebook["written"].values())


def test_the_students_two_maps_have_one_error_and_the_network_that_saw_specks_removes_most_of_them():
    _, notebook = solved("13_unlabelled")
    one, other = notebook["errors"].values()
    assert one == pytest.approx(other, rel=0.01)
    spoilt, clean = (dict(zip(notebook["left"], errors)) for errors in zip(*notebook["left"].values()))
    assert spoilt["trained on spoilt"] < 0.8 * spoilt["16 directions"] < 0.8 * spoilt["trained on clean"]
    assert clean["trained on clean"] < 0.1 * min(clean["trained on spoilt"], clean["16 directions"])


def test_what_another_notebook_of_the_process_got_wrong_stops_no_check_of_an_assignment():
    progress.checked["elsewhere"] = None, [False]
    require_solved(COURSE, "02_logistic")


# from text to notebook

@pytest.mark.parametrize("name", NAMES)
def test_the_same_text_gives_the_same_bytes_and_names_for_cells(name):
    assert notebooks.notebook.__wrapped__(text(name), name) == notebooks.notebook(text(name), name)
    for grade_id, cell in named_cells(name).items():
        assert cell["id"] == grade_id


def test_an_unchanged_text_leaves_its_notebook_alone(tmp_path):
    copy_course(tmp_path, "02_logistic")
    assert notebooks.update(tmp_path) == ["02_logistic"]
    written = (tmp_path / "source/02_logistic/02_logistic.ipynb").stat().st_mtime_ns
    assert notebooks.update(tmp_path) == []
    assert (tmp_path / "source/02_logistic/02_logistic.ipynb").stat().st_mtime_ns == written
    assert [path.name for path in (tmp_path / "source").rglob("*")] == ["02_logistic", "02_logistic.ipynb"]


SOLUTION = '# %% solution="f"\ndef f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n'


@pytest.mark.parametrize("bad, words", [
    ("# %%\ndef f(:\n", "a.py, line 2: invalid syntax"),
    (SOLUTION.replace("### END SOLUTION", ""), r"1 times ### BEGIN SOLUTION and 0 times ### END SOLUTION, expected one"),
    (SOLUTION.replace(' solution="f"', ""), "a solution or hidden test in a cell without"),
    (SOLUTION.replace("solution=", "solutoin="), "the marker is {'solutoin': 'f'}, expected one of"),
    (SOLUTION + SOLUTION, "two cells have the name f"),
    ('# %% test="f"\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n', "points="),
    ('# %% check="f" points=3\nf(3)\n', "the marker is"),
])
def test_a_text_that_is_no_assignment_is_refused_with_its_cell_or_line(bad, words):
    with pytest.raises(GradingError) as error:
        notebooks.notebook(bad, "a.py")
    assert words in str(error.value)


def test_an_unknown_assignment_is_refused_with_a_suggestion(tmp_path):
    with pytest.raises(GradingError, match="there is no assignment '02_logistics'.\nDid you mean 02_logistic?"):
        release.generate(copy_course(tmp_path, "02_logistic"), ["02_logistics"])


def test_a_copy_to_work_in_is_never_overwritten(tmp_path):
    (tmp_path / "release/02_logistic").mkdir(parents=True)
    (tmp_path / "release/02_logistic/02_logistic.ipynb").write_text("released")
    (tmp_path / "release/02_logistic" / known.NAME).write_text("{}")
    copy_course(tmp_path, "02_logistic")
    copy, = release.checkout(tmp_path, tmp_path / "work")
    assert copy.read_text() == "released" and copy.with_name(known.NAME).read_text() == "{}"
    copy.write_text("hours of work")
    assert release.checkout(tmp_path, tmp_path / "work") == [copy]
    assert copy.read_text() == "hours of work"


# slips of the author

@pytest.mark.parametrize("name", NAMES)
def test_no_slip_is_found_in_an_assignment_of_the_course(name):
    require_sound(COURSE, name)


SIGMOID = '{"h": 0.5, "large scores": 1, UNCHANGED: 0.5}'
LOSS = '"02_logistic", "loss", loss)'


@pytest.mark.parametrize("file, old, new, words", [
    ("tasks.py", "return plain.sigmoid_forward(a)", "return h", "02_logistic/tasks.py, line 21: NameError: name 'h' is"),
    ("tasks.py", "return plain.sigmoid_forward(a)", "return (", "02_logistic/tasks.py, line 21: '(' was never closed."),
    ("tasks.py", "WITHHELD = (", "OTHERS = (", "tasks.py has no tuple WITHHELD"),
    ("tasks.py", "TASKS = [", "TASK = [", "tasks.py has no list TASKS"),
    ("tasks.py", SIGMOID, '{"h": 1.5, "large scores": 1, UNCHANGED: 0.5}', "does not hold report.points(3)"),
    ("tasks.py", SIGMOID, '{"h": 1, "large": 1}', "sigmoid has points for h, large, expected for h, large scores"),
    ("02_logistic.py", 'test="loss" points=3', 'test="loss" points=4', "test_loss has 4 points, but tasks.py gives 3"),
    ("02_logistic.py", LOSS, LOSS.replace('"loss"', '"step"'), "test_loss does not hold hidden_tests("),
    ("02_logistic.py", 'test="loss"', 'test="lost"', "the graded cells are test_sigmoid, test_lost"),
], ids=range(9))
def test_a_slip_stops_a_run_before_anything_is_written(tmp_path, file, old, new, words):
    path = copy_course(tmp_path, "02_logistic") / "02_logistic" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "submitted" / "ada" / "02_logistic").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(GradingError) as error:
        run.run(tmp_path, "02_logistic", unsafe=True, progress=False)
    assert words in str(error.value)
    assert [path for path in sorted(tmp_path.rglob("*")) if "__pycache__" not in path.parts] == before
