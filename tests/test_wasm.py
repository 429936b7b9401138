"""Kernels in a page: the exported modules in Node against Python, and what cannot be exported."""
import json
import shutil
import subprocess

import numpy as np
import pytest
from live_cases import LIVE, ROOT, RUNS, STEPS, all_cases, as_json, error, largest_error, module, supplied, train_in_python

from nnlib.book.figures import FIGURES
from nnlib.book.figures.packing import packed, unpacked
from nnlib.book.wasm import ExportError, export, missing_tool
from nnlib.value import Value

TOLERANCE = 1e-12
pytestmark = pytest.mark.skipif(missing_tool() is not None, reason=missing_tool() or "")


def node(script, argument):
    """What an asynchronous expression of `given` gives in Node, with live.js and what trains loaded."""
    files = [str(file) for file in (LIVE / "live.js", LIVE / "training.js", ROOT / "tests" / "live_kernels.js")]
    program = (f"{json.dumps(files)}.forEach(require);"
               "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
               f"({script}).then((out) => console.log(JSON.stringify(out)));")
    if shutil.which("node") is None:
        pytest.fail("Node is not installed, and kernels are compared in it.\nInstall it: sudo apt-get install nodejs")
    run = subprocess.run(["node", "-e", program], input=json.dumps(argument), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def with_kernels(body):
    """What the body of a function of the train-network kernels `k` gives; the message, if it throws."""
    function = f"(k) => {{ try {{ {body} }} catch (error) {{ return error.message; }} }}"
    return node(f"live.load(given.code, given.kernels).then({function})", supplied("train-network"))


@pytest.mark.parametrize("figure", FIGURES)
def test_every_exported_kernel_gives_what_python_gives(figure):
    cases = [case for case in all_cases() if case[0] == figure]
    outcomes = node("runKernels(given)", {**supplied(figure), "cases": [
        [path.rpartition(".")[2], [as_json(a) for a in args]] for _, path, args in cases]})
    errors = {f"{case[1]}, case {i}": largest_error(case, outcome)
              for i, (case, outcome) in enumerate(zip(cases, outcomes, strict=True))}
    assert {name: e for name, e in errors.items() if not e <= TOLERANCE} == {}


@pytest.mark.parametrize("name", RUNS)
def test_a_whole_training_run_is_the_same_as_nnlib_fit(name):
    run, figure = RUNS[name], FIGURES["train-network"]
    x, y = figure.sets()[run["sets"]]
    units = [2, *run["hidden"], 1]
    weights = [figure.first_weights(M, D, depth, run["start"]).ravel().tolist()
               for depth, (D, M) in enumerate(zip(units, units[1:]))]
    got = node("runTraining(given)", {
        **supplied("train-network"), "weights": weights, "settings": {**run, "units": units},
        "x": as_json(x), "y": as_json(y.astype(float)), "steps": STEPS})
    losses, parameters = train_in_python(run)
    assert error(got["losses"], losses) <= TOLERANCE
    assert max(error(g, w) for g, w in zip(got["parameters"], parameters, strict=True)) <= TOLERANCE


@pytest.mark.parametrize("name", "zJL")
def test_the_kernel_of_a_graph_gives_the_gradients_of_value(name, rng):
    figure = FIGURES["computation-graph"]
    numbers = rng.standard_normal(len(figure.LEAVES[name]))
    leaves = [Value(v) for v in numbers]
    root = figure.FORMULAS[name][1](*leaves)
    root.backward()
    data, _, grad = figure.KERNEL_OF[name](numbers)
    assert data[-1] == pytest.approx(root.data, rel=1e-13)
    np.testing.assert_allclose(grad[-1, :len(leaves)], [leaf.grad for leaf in leaves], rtol=1e-13)


def test_the_third_graph_has_the_numbers_of_the_lecture():
    data, _, grad = FIGURES["computation-graph"].KERNEL_OF["L"](np.array([1.0, 2.0, 2.0, 4.0]))
    assert data[-1] == 8
    assert grad[-1, :4].tolist() == [8, 8, 16, -4]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_module_of_a_page_has_less_than_40_kilobytes(figure):
    assert len(module(figure).code) < 40_000


def test_memory_that_a_scope_took_can_be_used_again():
    took = with_kernels("for (let i = 0; i < 50; i++) k.scope(() => k.tensor(1, 100000)); return k.tensor(1, 100000).size;")
    assert took == 100_000


def test_a_page_that_uses_up_its_memory_hears_so():
    assert "memory is used up" in with_kernels("for (;;) k.tensor(1, 100000);")


def test_a_kernel_that_meets_the_end_of_memory_fails_by_name():
    assert with_kernels("const a = k.tensor(1, 1000, 400); for (;;) k.tanh_forward(a);").startswith("tanh_forward:")


def test_a_kernel_called_with_a_vector_for_a_matrix_says_so():
    words = with_kernels("k.tanh_forward(k.tensor(1, 4));")
    assert words == "tanh_forward: argument 0 has 1 axes, expected a matrix."


def test_matrices_whose_sizes_do_not_match_are_refused():
    words = with_kernels("k.affine_forward(k.tensor(1, 4, 3), k.tensor(1, 5, 2), k.tensor(1, 5));")
    assert words.startswith("affine_forward: sizes do not match")


REFUSED = {
    "draws": ("return np.random.normal(0.0, 1.0) + x[0]", "draws random numbers"),
    "solves": ("return np.linalg.solve(np.eye(2), x)[0]", "linear algebra other than @"),
    "prints": ("print(x[0])\n    return x[0]", "Python objects"),
    "unknown": ("return x.no_such_thing", "does not compile"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_kernel_that_cannot_run_in_a_page_is_refused_by_name_with_the_reason(name, tmp_path, monkeypatch):
    body, reason = REFUSED[name]
    (tmp_path / "strange.py").write_text(
        f"import numpy as np\nfrom numba import njit\n\n@njit\ndef {name}(x):\n    {body}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ExportError) as caught:
        export({f"strange.{name}": ("vector",)})
    assert f"strange.{name}" in str(caught.value) and reason in str(caught.value)
    assert "\n" in str(caught.value)                                          # and what to do


def test_a_kernel_list_with_an_unknown_name_is_refused():
    with pytest.raises(ExportError, match="no_such_kernel: there is no kernel of this name"):
        export({"nnlib.kernels.no_such_kernel": ("vector",)})


def test_a_version_that_was_never_tried_is_refused_with_the_range_that_works(monkeypatch):
    monkeypatch.setitem(export.__globals__["WORKING"], "llvmlite", ((0, 30), (0, 31)))
    with pytest.raises(ExportError, match=r"llvmlite is .*, expected 0\.30 or newer and older than 0\.31"):
        export({"nnlib.kernels.tanh_forward": ("matrix",)})


def test_packed_numbers_come_back_rounded(rng):
    numbers = rng.standard_normal((5, 3))
    assert np.array_equal(unpacked(packed(numbers, 3)), np.rint(numbers.ravel() * 1000) / 1000)


def test_numbers_too_large_to_pack_are_refused():
    with pytest.raises(ValueError, match="Keep fewer decimals"):
        packed(np.array([40.0]), 3)
