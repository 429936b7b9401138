"""The library that student code gets: what the assignment asks for is gone, and its notebook still runs."""
import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from courses import COURSE, copy_course, source_cells

from nnlib.grading import GradingError
from nnlib.grading.assignments.reduced_library import definitions, library, reduced_package, withheld_names
from nnlib.grading.tasks import assignments, load_tasks
from nnlib.kernels.unchecked import ENDINGS

NAMES = assignments(COURSE)

# what each task could be answered with, if the library had it: an expression that has to fail
ANSWERS = {
    "01_perceptron": ["kernels.affine_forward(x, x, a)", "nn.Affine(3, 2).forward(x)"],
    "02_logistic": ["kernels.sigmoid_forward(a)", "nn.Sigmoid().forward(a[None])",
                    "nn.BinaryCrossEntropy().forward(a[:, None], np.zeros((3, 1)))",
                    "kernels.binary_cross_entropy_backward(a[:, None], np.zeros((3, 1)))", "nn.Affine(3, 2).forward(x)",
                    "kernels.sgd_update(a, a, a, 0.1, 0.0, False, 0.0)", "nn.SGD(0.1).step(nn.Affine(3, 2))",
                    "kernels.sequences.sigmoid_of_sum(a, a)", "kernels.softmax_forward(x)",
                    "nn.SoftmaxCrossEntropy().forward(x, np.array([0, 1, 2]))", "nnlib.sampling.probabilities(x)",
                    "nn.SelfAttention(3, 1).forward(z[0])"],
    "03_networks": ["kernels.leaky_relu_backward(a, a, 0.1)", "kernels.elu_backward(a, a, 1.0)",
                    "kernels.gelu_backward(a, a)", "kernels.maxout_backward(x, x.astype(int), x, z[0], x)",
                    "kernels.plain.gelu_backward(a, a)"],
    "04_graphs": ["kernels.tanh_backward(a, a)", "kernels.affine_backward(x, x, x, a)"],
    "05_backprop": ["kernels.affine_backward(x, x, x, a)", "kernels.tanh_backward(a, a)",
                    "kernels.mean_squared_error_backward(x, x)", "nn.MeanSquaredError().forward(x, x)",
                    "kernels.maxout_backward(x, x.astype(int), x, z[0], x)"],
    "06_training": ["kernels.sgd_update(a, a, a, 0.1, 0.9, True, 0.0)",
                    "kernels.rmsprop_update(a, a, a, 0.1, 0.9, 1e-8, 0.0)",
                    "kernels.adam_update(a, a, a, a, 1, 0.1, 0.9, 0.99, 1e-8, 0.0, False)",
                    "kernels.plain.adam_update(a, a, a, a, 1, 0.1, 0.9, 0.99, 1e-8, 0.0, False)",
                    "nn.Adam(0.1)", "nn.SGD(0.1)", "nn.schedules.cosine(0.1, steps=9)", "nn.init.he((3, 2), None)"],
    "07_generalising": ["nn.Dropout(0.5, rng=np.random.default_rng(0)).forward(x, train=True)",
                        "kernels.plain.dropout_forward(x, x > 0, 0.5)", "nn.SGD(0.1, weight_decay=0.1)",
                        "nnlib.metrics.auc(a, a)", "nnlib.metrics.confusion(a, a)"],
    "08_conv": ["kernels.conv2d_forward(z, z, a, (1, 1), (0, 0))", "nn.Conv2d(1, 1, 2).forward(z)",
                "nn.MaxPool2d(2).forward(z)", "nnlib.layers.conv.output_size((1, 1, 3, 3), (2, 2), (1, 1), (0, 0), 'x')"],
    "09_deep": ["kernels.batch_norm_forward(z[0], a, a)", "nn.BatchNorm(3).forward(x, train=True)",
                "nn.LayerNorm(3).forward(x)", "kernels.plain.layer_norm_backward(x, a, a, x, a, a)",
                "nn.GroupNorm(3, 1).forward(x)", "kernels.affine_backward(x, x, x, a)", "nn.Affine(3, 2).forward(x)"],
    "10_rnn": ["nn.RNN(3, 2).forward(z[0])", "nn.GRU(3, 2).forward(z[0])", "nn.LSTM(3, 2).forward(z[0])",
               "kernels.softmax_forward(x)", "nn.SoftmaxCrossEntropy().forward(x, np.array([0, 1, 2]))",
               "nn.SelfAttention(3, 1).forward(z[0])", "nn.SGD(0.1, clip_norm=1.0)", "nnlib.sampling.probabilities(x)",
               "kernels.plain.embedding_backward(z[0], np.array([[0, 1, 2]]), x)"],
    "11_attention": ["nn.SelfAttention(4, 2).forward(np.ones((1, 3, 4)))",
                     "nn.TransformerBlock(4, 2).forward(np.ones((1, 3, 4)))",
                     "kernels.plain.attention_forward(np.ones((1, 2, 6)), 1, True)", "kernels.softmax_forward(x)",
                     "nn.SinusoidalPositions().forward(z[0])", "kernels.plain.softmax_backward(x, x)",
                     "nnlib.sampling.probabilities(x)"],
    "12_language": ["kernels.softmax_cross_entropy_forward(x, np.array([0, 1, 2]))",
                    "nn.SoftmaxCrossEntropy(smoothing=0.1).forward(x, np.array([0, 1, 2]))",
                    "kernels.plain.softmax_cross_entropy_backward(x, np.array([0, 1, 2]))", "kernels.softmax_forward(x)",
                    "nn.sampling.probabilities(a, top_k=1)", "nn.sample(a, top_p=0.5)"],
    "13_unlabelled": ["kernels.affine_backward(x, x, x, a)", "nn.Affine(3, 2).forward(x)",
                      "kernels.mean_squared_error_backward(x, x)", "nn.MeanSquaredError().forward(x, x)",
                      "kernels.plain.affine_backward(x, x, x, a)"],
}
EVERYWHERE = ["nn.Value(3)", "nn.numerical_gradient(np.sum, a)", "nn.gradcheck(nn.Flatten(), x)",
              "nnlib.check.differences(np.sum, [a], [0])"]

TRY = """
import json, sys
import numpy as np, nnlib, nnlib as nn, nnlib.kernels.sequences
from nnlib import kernels
a, x, z = np.ones(3), np.ones((3, 3)), np.ones((1, 1, 3, 3))
said = {}
for expression in json.loads(sys.argv[1]):
    try:
        said[expression] = repr(eval(expression))
    except Exception as error:
        said[expression] = f"{type(error).__name__}: {error}"
print(json.dumps({"file": nnlib.__file__, "said": said}))
"""

RUN = """
import json, os, sys
namespace = {"display": print}                         # as in a notebook
for cell in json.loads(sys.stdin.read()):
    exec(compile(cell, "cell", "exec"), namespace)
sys.path[:] = [folder for folder in sys.path if folder not in ("", os.getcwd())]
for name in [name for name in sys.modules if name.partition(".")[0] == "nnlib"]:
    del sys.modules[name]                              # the marks are given with the whole library
from nnlib.grading.comparison.hidden import grade_functions
from nnlib.grading.tasks import load_tasks
tasks = load_tasks(sys.argv[1], sys.argv[2])
print(json.dumps({name: grade_functions(sys.argv[2], tasks, namespace, name).earned for name in tasks}))
"""


def python(folder, code, *arguments, **options):
    """What a process prints last that finds this nnlib before the installed one, and nothing is cached outside it."""
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=folder,
                            env=os.environ | {"PYTHONPATH": str(folder)}, **options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=NAMES)
def reduced(request, tmp_path_factory):
    """An assignment, and the folder with its library."""
    return request.param, library(COURSE, request.param, tmp_path_factory.mktemp(request.param))


def test_what_would_answer_a_task_says_that_it_is_withheld(reduced):
    name, folder = reduced
    expressions = ANSWERS[name] + EVERYWHERE
    found = python(folder, TRY, json.dumps(expressions))
    assert found["file"] == str(folder / "nnlib" / "__init__.py")
    for expression in expressions:
        assert re.fullmatch(rf"RuntimeError: nnlib\.[\w.]+ is withheld while {name} is graded: "
                            "it is what you are asked to write.", found["said"][expression]), found["said"][expression]


def test_the_notebook_s_own_cells_run_and_the_solution_earns_every_point(reduced):
    name, folder = reduced
    cells = [re.sub(r"### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS\n", "", "".join(cell["source"]), flags=re.S)
             for cell in source_cells(name)
             if cell["cell_type"] == "code" and "nbgrader" in cell["metadata"]]
    marks = python(folder, RUN, str(COURSE), name, input=json.dumps(cells))
    assert marks == {task.name: task.total for task in load_tasks(COURSE, name).values()}


def kernel_files(assignment):
    """The files, below the library, of all kernels that an assignment withholds: fast ones, plain ones, their helpers."""
    names = [each.partition(".")[2] for each in withheld_names(COURSE, assignment) if each.startswith("kernels.")]
    paths = [Path("nnlib", folder, f"{name}.py") for name in names for folder in ("kernels", "kernels/plain")]
    return [path for path in paths if (COURSE.parent / path).exists()]


def test_no_line_of_a_withheld_kernel_is_left(reduced):
    name, folder = reduced
    assert {path.parent.name for path in kernel_files(name)} == {"kernels", "plain"}
    for path in kernel_files(name):
        whole, left = ((root / path).read_text(encoding="utf-8") for root in (COURSE.parent, folder))
        bodies = [ast.get_source_segment(whole, statement) for function in definitions(whole) for statement in function.body]
        lines = {line.strip() for body in bodies for line in body.splitlines() if len(line.strip()) > 3}
        assert len(lines) > 3 * len(definitions(whole))
        assert lines & {line.strip() for line in left.splitlines()} == set()


def test_no_body_of_a_withheld_kernel_is_anywhere(reduced):
    name, folder = reduced
    left = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    for path in kernel_files(name):
        whole = (COURSE.parent / path).read_text(encoding="utf-8")
        for function in [each for each in definitions(whole) if each.name.endswith(ENDINGS)]:
            code = function.body[1:] if ast.get_docstring(function) else function.body
            assert "\n".join(whole.splitlines()[code[0].lineno - 1:code[-1].end_lineno]) not in left, function.name


def test_a_plain_kernel_goes_with_the_fast_one_of_its_name(tmp_path):
    files = reduced_package("02_logistic", ("kernels.dense.affine_forward",))
    for path in ("kernels/dense.py", "kernels/plain/dense.py"):
        text = files[Path(path)].decode()
        assert "def affine_forward(*arguments, **named):\n    raise RuntimeError" in text
        assert "def affine_backward(da, x, w, b):" in text


IMPORT = """
import json, sys
import nnlib.grading.sandbox.inside.server, nnlib.grading.sandbox.inside.kernel
try:
    from nnlib.grading import hidden_tests
except ModuleNotFoundError as error:
    said = str(error)
print(json.dumps({"grading": [name for name in sys.modules if name.startswith("nnlib.grading")], "said": said}))
"""


def test_of_what_is_for_instructors_it_holds_what_the_sandbox_imports_and_no_more(reduced):
    _, folder = reduced
    assert {path.name for path in (folder / "nnlib").iterdir()} & {"book", "cli.py"} == set()
    paths = [path.relative_to(folder).with_suffix("") for path in (folder / "nnlib/grading").rglob("*.py")]
    found = python(folder, IMPORT)
    assert {".".join(path.parts).removesuffix(".__init__") for path in paths} == set(found["grading"])
    assert found["said"] == "No module named 'nnlib.grading.comparison.hidden'"


def test_an_unchanged_library_is_left_as_it_is_and_a_changed_one_made_anew(tmp_path):
    library(COURSE, NAMES[0], tmp_path)
    cached = tmp_path / "nnlib/kernels/__pycache__/compiled.nbi"
    cached.parent.mkdir()
    cached.touch()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.py")}
    library(COURSE, NAMES[0], tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.py")} == before and cached.exists()
    library(COURSE, NAMES[-1], tmp_path)
    assert not cached.exists()


@pytest.mark.parametrize("old, new, words", [
    ('"kernels.dense"', '"kernels.dence"',
     "WITHHELD names 'kernels.dence', and nnlib has no such module, function or class.\nDid you mean kernels.dense?"),
    ('"kernels.dense"', '""', "WITHHELD names ''"),
    ("WITHHELD =", "OTHER =", "tasks.py has no tuple WITHHELD of names"),
    ('WITHHELD = ("', 'WITHHELD = "a" or ("', "tasks.py has no tuple WITHHELD of names"),
])
def test_a_name_that_does_not_exist_is_refused(tmp_path, old, new, words):
    copy_course(tmp_path, "02_logistic")
    path = tmp_path / "02_logistic/tasks.py"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GradingError, match=re.escape(words)):
        library(tmp_path, "02_logistic", tmp_path / "out")
    assert not (tmp_path / "out").exists()
