"""What all kernels have in common: their form, their docstrings, and the same numbers however they are run."""
import ast
import functools
import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import test_gradients
from operations import OPERATIONS
from test_bad_input import LAYOUTS
from test_gradients import NAMES, forward_backward

from nnlib import kernels

FILES = [Path(kernels.__file__).parent / f"{topic}.py" for topic in kernels.unchecked.TOPICS]
TESTS = Path(__file__).parent
UPDATES = [name for name in kernels.__all__ if name.endswith("_update")]
SETTINGS = dict(learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.02, alpha=0.9, eps=1e-8, beta1=0.9,
                beta2=0.99, step=3, decoupled=True)


def all_results(dtypes):
    """{operation/dtype/name: array} of every kernel, on the arguments of tests/operations.py."""
    results = {}
    for dtype in dtypes:
        for name in NAMES:
            arguments = {each: value.astype(dtype) if np.asarray(value).dtype == np.float64 else value
                         for each, value in OPERATIONS[name].draw(np.random.default_rng(5)).items()}
            y, _, gradients = forward_backward(name, arguments)
            results |= {f"{name}/{dtype}/y_out": y} | {f"{name}/{dtype}/d{each}": array for each, array in gradients.items()}
        for name in UPDATES:
            rng = np.random.default_rng(5)
            arguments = {each: SETTINGS[each] if each in SETTINGS else rng.uniform(1, 2, 6).astype(dtype)
                         for each in inspect.signature(getattr(kernels, name)).parameters}
            getattr(kernels, name)(*arguments.values())
            results |= {f"{name}/{dtype}/{each}": array for each, array in arguments.items() if each not in SETTINGS}
    return results


def results_in(layout, name):
    """[output, gradients] of an operation whose kernels get every array in this memory layout, and in the usual one."""
    def kernels_given(change):
        def changed(kernel):
            @functools.wraps(kernel)
            def call(*arguments):
                return kernel(*(change(each) if isinstance(each, np.ndarray) else each for each in arguments))
            return call
        return SimpleNamespace(**{each: changed(in_file(each)) for each in (f"{name}_forward", f"{name}_backward")})

    results = []
    for change in (LAYOUTS[layout], lambda x: np.ascontiguousarray(LAYOUTS[layout](x))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(test_gradients, "kernels", kernels_given(change))
            y, _, gradients = forward_backward(name, OPERATIONS[name].draw(np.random.default_rng(5)))
            results.append({"y": y} | gradients)
    return results


def in_file(name):
    """The kernel as its file has it, whatever the package hands out under this name."""
    modules = (importlib.import_module(f"nnlib.kernels.{file.stem}") for file in FILES)
    return next(getattr(module, name) for module in modules if hasattr(module, name))


def assert_layouts_do_not_matter(names, layouts):
    for name in names:
        for layout in layouts:
            got, want = results_in(layout, name)
            for each, array in want.items():
                np.testing.assert_allclose(got[each], array, rtol=1e-12, atol=1e-14, err_msg=f"{name}, {layout}: {each}")


def run(*command, **environment):
    """Output of another Python, whose Numba is set by environment variables; its error text if it fails."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA")}
    result = subprocess.run([sys.executable, *command], cwd=TESTS, text=True, capture_output=True,
                            env=inherited | environment)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


def test_every_kernel_is_one_half_of_a_pair_or_an_update():
    for name in kernels.__all__:
        here, there = ("_forward", "_backward") if name.endswith("_forward") else ("_backward", "_forward")
        partner = name.replace(here, there)
        assert name.endswith("_update") or (partner != name and partner in kernels.__all__), name


@pytest.mark.parametrize("name", kernels.__all__)
def test_the_docstring_says_what_the_kernel_does_and_gives_equation_and_shapes(name):
    lines = inspect.getdoc(getattr(kernels, name)).splitlines()
    fields = [line.split()[0] for line in lines if line[:1].isupper()]
    assert lines[0].endswith(".") and lines[1] == ""
    assert "Equation" in fields and "Shapes" in fields
    assert name.endswith("_update") == ("Modifies" in fields)


@pytest.mark.compiled
def test_kernel_files_import_no_code_that_the_cache_does_not_watch():
    from nnlib.compiling.cache import sources

    for file in {path for topic in FILES for path in sources(topic)}:
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        packages = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        packages |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
        siblings = {"." * node.level + str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and node.level}
        watched = {f".{path.stem}" for path in sources(file)}
        watched |= {"..compiling.cache"} if file.stem == "decorators" else set()
        assert {name.partition(".")[0] for name in packages} <= {"numpy", "numba", "os", "pathlib", "typing"}, file.name
        assert siblings <= watched, f"{file.name}: write: from .name import function"


@pytest.mark.compiled
def test_importing_nnlib_compiles_nothing_and_leaves_heavy_packages_alone():
    code = """
import sys, nnlib
heavy = {"matplotlib", "sklearn", "scipy.linalg", "pandas", "IPython", "torch", "nbgrader", "jupyter_core", "sphinx", "tqdm",
         "urllib.request"}
print("imported", sorted(heavy & set(sys.modules)))
print("compiled", [name for name in nnlib.kernels.__all__ if getattr(nnlib.kernels.unchecked, name).signatures])
print("inner", sorted(name for name in sys.modules if name.startswith(("nnlib.grading", "nnlib.book"))))
"""
    assert run("-c", code).splitlines() == ["imported []", "compiled []", "inner []"]


@pytest.mark.compiled
def test_plain_python_gives_the_same_numbers(tmp_path):
    run("-c", "import sys, numpy as np; from test_kernels import all_results;"
        "np.savez(sys.argv[1], **all_results(['float32', 'float64']))", str(tmp_path / "plain.npz"), NUMBA_DISABLE_JIT="1")
    compiled, plain = all_results(["float32", "float64"]), np.load(tmp_path / "plain.npz")
    assert set(compiled) == set(plain.files)
    for name, array in compiled.items():
        rtol, atol = (2e-5, 2e-6) if "float32" in name else (1e-11, 1e-14)
        np.testing.assert_allclose(array, plain[name], rtol=rtol, atol=atol, err_msg=name)


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["sigmoid", "maxout", "max_pool2d", "conv2d", "rnn"])
def test_a_compiled_kernel_is_right_for_arrays_in_column_order(name):
    """One operation of each kind of repair: every layout more would be compiled anew."""
    assert_layouts_do_not_matter([name], ["Fortran"])


@pytest.mark.compiled
def test_every_kernel_is_right_for_every_memory_layout():
    run("-c", "from test_kernels import *; "
        "assert_layouts_do_not_matter(NAMES, ['Fortran', 'reversed', 'repeated by stride 0', 'read-only'])",
        NUMBA_DISABLE_JIT="1")


@pytest.mark.compiled
@pytest.mark.slow
def test_no_kernel_reads_or_writes_out_of_bounds(tmp_path):
    """All gradient checks once more, compiled anew with checked indices, and run by two threads.

    In float64 only, as indices depend on no dtype, and without optimising what runs once.
    """
    code = """
import sys, numpy as np, pytest
from nnlib import kernels
try:
    kernels.unchecked.layer_norm_forward(np.ones((2, 3)), np.ones(2), np.ones(3))
    sys.exit("bounds are not checked")
except IndexError:
    sys.exit(pytest.main(["-p", "no:cacheprovider", "-W", "ignore", "-k", "differences or is_right", *sys.argv[1:]]))
"""
    files = ["test_gradients.py", *(f"test_{file.stem}.py" for file in FILES if (TESTS / f"test_{file.stem}.py").exists())]
    run("-c", code, *files, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path), NUMBA_OPT="0", NUMBA_NUM_THREADS="2")
