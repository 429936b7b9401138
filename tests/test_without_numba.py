"""The library where nothing can be compiled: no Numba, no llvmlite, in no process that a test starts."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# tests of all that computes with kernels
TESTS = ("activations", "attention", "bad_input", "check", "checked", "conv", "dense", "dropout", "embedding", "gradients",
         "kernels", "losses", "maxout", "network", "normalisation", "optim", "pooling", "positions", "recurrent",
         "substitute", "training")
MISSING = '''
import sys


class Missing:
    """Says of two packages that they are not installed."""

    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in ("numba", "llvmlite"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Missing)
'''


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Runs a Python that has no Numba."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "sitecustomize.py").write_text(MISSING)
    inherited = {key: value for key, value in os.environ.items() if key != "NNLIB_KERNELS"}
    inherited["PYTHONPATH"] = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "tests")])

    def run(*command, **environment):
        return subprocess.run([sys.executable, *command], cwd=folder, text=True, capture_output=True,
                              env=inherited | environment)

    return run


def test_import_says_once_what_is_missing_and_what_to_do(python):
    done = python("-c", "import nnlib\nimport nnlib.kernels, nnlib.layers\nprint(nnlib.kernels.unchecked.COMPILED)")
    assert done.stdout == "False\n"
    assert done.stderr.startswith("<string>:1: UserWarning: nnlib works without Numba: the plain kernels give the same ")
    assert done.stderr.count("Warning") == 1 and "NNLIB_KERNELS=plain" in done.stderr


def test_nothing_is_said_where_the_plain_kernels_are_asked_for(python):
    done = python("-W", "error", "-c", "import nnlib; print(nnlib.kernels.relu_forward.__module__)", NNLIB_KERNELS="plain")
    assert (done.stdout, done.stderr) == ("nnlib.kernels.plain.activations\n", "")


@pytest.mark.parametrize("asked, words", [
    ("fast", "ImportError: NNLIB_KERNELS is fast, and Numba, which compiles the fast kernels, is missing: "
             "No module named 'numba'.\nInstall numba, or set NNLIB_KERNELS=plain."),
    ("quick", "ValueError: NNLIB_KERNELS is 'quick', expected fast or plain.\n"
              "Without it, nnlib takes the fast kernels wherever Numba is installed."),
])
def test_what_cannot_be_had_is_refused(python, asked, words):
    done = python("-c", "import nnlib", NNLIB_KERNELS=asked)
    assert done.stderr.endswith(words + "\n")


@pytest.mark.compiled
def test_where_numba_is_installed_the_plain_kernels_can_be_asked_for():
    code = "import sys, nnlib; print(nnlib.kernels.unchecked.COMPILED, 'numba' in sys.modules)"
    for asked, said in (("plain", "False False"), ("fast", "True True"), ("", "True True")):
        done = subprocess.run([sys.executable, "-W", "error", "-c", code], text=True, capture_output=True,
                              env=os.environ | {"NNLIB_KERNELS": asked})
        assert done.stdout.strip() == said, done.stderr


def test_nnlib_warm_has_nothing_to_do(python):
    assert python("-c", "from nnlib.cli import main; main(['warm'])", NNLIB_KERNELS="plain").stdout == (
        "There is nothing to compile: nnlib uses the plain kernels here.\n")


def test_the_tests_of_the_library_pass(python):
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in TESTS]
    done = python("-m", "pytest", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"),
                  "-W", "ignore::RuntimeWarning",        # NumPy speaks of infinity and NaN, where compiled code is silent
                  "-k", "not learns",                    # a network learns in the assignment below
                  *files, NNLIB_KERNELS="plain")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    [passed] = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) > 2000


ASSIGNMENT = """
import json, sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from nnlib.check.report import Report
from nnlib.grading.assignments import release, samples
from nnlib.grading.comparison.hidden import grade_functions
from nnlib.grading.tasks import load_tasks

root, course, name = Path(sys.argv[1]), Path(sys.argv[2]), "02_logistic"
samples.sample_course(root, name, course)
release.generate(course, [name], progress=False)
solved = samples.submit(course, name, "ada", samples.solutions(course, name))
shell = InteractiveShell.instance()
checks = []
for cell in json.loads(solved.read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        ran = shell.run_cell("".join(cell["source"]))
        ran.raise_error()
        checks += [bool(ran.result)] if isinstance(ran.result, Report) else []
tasks = load_tasks(course, name)
marks = {each: grade_functions(name, tasks, shell.user_ns, each).earned for each in tasks}
print(json.dumps([checks, marks, {each: task.total for each, task in tasks.items()}, "numba" in sys.modules]))
"""


def test_an_assignment_is_released_solved_checked_and_marked(python, tmp_path):
    done = python("-c", ASSIGNMENT, str(ROOT / "exercises"), str(tmp_path / "course"), NNLIB_KERNELS="plain",
                  MPLBACKEND="agg")
    assert done.returncode == 0, done.stderr[-3000:]
    checks, marks, points, imported = json.loads(done.stdout.splitlines()[-1])
    assert checks and all(checks)
    assert marks == points
    assert not imported
