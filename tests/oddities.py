"""Odd but honest submissions, to be graded by nbgrader and by nnlib grade: what one gives, the other gives too.

An oddity is an answer, a cell, or a form of the notebook or its folder. Many that do not meet are put into one submission,
because a submission costs nbgrader two seconds. What nbgrader gives is frozen in data/oddities_nbgrader.json.
"""
import copy
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import nbformat
from courses import copy_course, without_sandbox
from nbgrader.api import Gradebook

from nnlib.check import known
from nnlib.grading.nbgrader.course import Course, quiet

NAME = "01_odd"
TASKS = [f"f{number}" for number in range(10)]
GIVEN = {"given.csv": "2", "given_module.py": "two = 2"}
HEAD = '''# %% [markdown]
# # Ten times the same

# %% locked="setup"
import numpy as np
from nnlib import check
'''
TASK = '''
# %% solution="{name}"
def {name}(x):
    """Twice x: x (N,) -> y (N,)."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% test="{name}" points=2
report = check.example({name}, (np.array([1.0, 2.0]),), {{"y": [2, 4]}})
### BEGIN HIDDEN TESTS
from nnlib.grading import hidden_tests
report = hidden_tests("01_odd", "{name}", {name})
### END HIDDEN TESTS
report.points(2)
'''
TASKS_PY = '''
import numpy as np
from nnlib.grading.tasks import Case, Task

WITHHELD = ()

def double(x):
    return 2 * x

def cases(rng):
    yield Case("the worked example", (np.array([1.0, 2.0]),))
    yield Case("five numbers", (rng.normal(size=5),))

TASKS = [Task(f"f{number}", double, cases, ("y",), {"y": 2}) for number in range(10)]
'''

# answers: each stands in place of a solution, FUNCTION for its name

ANSWERS = {
    "loop": "def FUNCTION(x):\n    y = np.zeros(len(x))\n    for i in range(len(x)):\n        y[i] = 2 * x[i]\n    return y",
    "lambda": "FUNCTION = lambda x: 2 * x",
    "partial": "import functools\nFUNCTION = functools.partial(np.multiply, 2.0)",
    "method": "class Doubler:\n    def run(self, x):\n        return 2 * x\nFUNCTION = Doubler().run",
    "callable": "class Callable:\n    def __call__(self, x):\n        return 2 * x\nFUNCTION = Callable()",
    "decorated": "import functools\n\ndef same(f):\n    @functools.wraps(f)\n    def wrapper(*a, **k):\n"
                 "        return f(*a, **k)\n    return wrapper\n\n@same\ndef FUNCTION(x):\n    return 2 * x",
    "cached": "memory = {}\ndef FUNCTION(x):\n    return memory.setdefault(x.tobytes(), 2 * x)",
    "recursive": "def FUNCTION(x):\n"
                 "    return x * 2 if len(x) < 2 else np.concatenate([FUNCTION(x[:1]), FUNCTION(x[1:])])",
    "annotated": "def FUNCTION(x: np.ndarray, *, factor: float = 2.0) -> np.ndarray:\n    return factor * x",
    "global": "factor = 1\nfactor += 1\ndef FUNCTION(x):\n    return factor * x",
    "nested": "def FUNCTION(x):\n    def inner():\n        return x\n    return inner() + inner()",
    "generator": "def FUNCTION(x):\n    return np.array([*(2 * v for v in x)])",
    "walrus and match": "def FUNCTION(x):\n    match (n := 2):\n        case 2:\n            return n * x",
    "unicode": "def FUNCTION(χ):\n    größe = 2\n    return größe * χ",
    "indented by tabs": "def FUNCTION(x):\n\ty = x\n\treturn y + x",
    "semicolons": "def FUNCTION(x): y = x; y = y + x; return y",
    "docstring in braces": "def FUNCTION(x):\n    r'''{x} \\alpha % {{}} \"\"\" '''\n    return 2 * x",
    "numba": "from numba import njit\n\n@njit\ndef FUNCTION(x):\n    return 2 * x",
    "numba in parallel": "from numba import njit, prange\n\n@njit(parallel=True)\ndef FUNCTION(x):\n    y = x + 0\n"
    "    for i in prange(len(x)):\n        y[i] = 2 * x[i]\n    return y\n\nFUNCTION(np.ones(3))",
    "numba cached": "import numba\n\n@numba.njit(cache=True)\ndef FUNCTION(x):\n    return x + x",
    "vectorize": "import numba\nFUNCTION = numba.vectorize(lambda x: 2 * x)",
    "scipy": "import scipy.special\ndef FUNCTION(x):\n    return 2 * x + 0 * scipy.special.expit(x)",
    "star import": "from numpy import *\ndef FUNCTION(x):\n    return 2 * x",
    "prints": "def FUNCTION(x):\n    print('called with', x)\n    return 2 * x",
    "warns": "import warnings\ndef FUNCTION(x):\n    warnings.warn('careful')\n    np.log(-np.ones(1))\n    return 2 * x",
    "to stderr": "import sys\ndef FUNCTION(x):\n    print('note', file=sys.stderr)\n    return 2 * x",
    "logs": "import logging\ndef FUNCTION(x):\n    logging.warning('note')\n    return 2 * x",
    "a list": "def FUNCTION(x):\n    return [2 * v for v in x]",
    "a tuple": "def FUNCTION(x):\n    return tuple(2 * x)",
    "not contiguous": "def FUNCTION(x):\n    return np.stack([2 * x, x], axis=1)[:, 0]",
    "read-only": "def FUNCTION(x):\n    y = 2 * x\n    y.flags.writeable = False\n    return y",
    "longdouble": "def FUNCTION(x):\n    return 2 * x.astype(np.longdouble)",
    "masked": "def FUNCTION(x):\n    return np.ma.array(2 * x)",
    "threads": "import concurrent.futures\ndef FUNCTION(x):\n    with concurrent.futures.ThreadPoolExecutor(2) as pool:\n"
               "        return np.array([*pool.map(lambda v: 2 * v, x)])",
    "defined twice": "def FUNCTION(x):\n    return x\n\ndef FUNCTION(x):\n    return 2 * x",
    "after an error in the cell below": "def FUNCTION(x):\n    return 2 * x",
    "a comment alone above": "# my answer\n\n\n\ndef FUNCTION(x):\n    # double\n    return 2 * x   # done\n",
    "a magic in the cell": "%time 1 + 1\ndef FUNCTION(x):\n    return 2 * x",
    "wrong": "def FUNCTION(x):\n    return 3 * x",
    "wrong for one": "def FUNCTION(x):\n    return 2 * x if len(x) == 2 else x",
    "None": "def FUNCTION(x):\n    pass",
    "text": "def FUNCTION(x):\n    return 'two'",
    "raises": "def FUNCTION(x):\n    return 1 / 0",
    "too many": "def FUNCTION(x):\n    return 2 * x, 1",
    "another shape": "def FUNCTION(x):\n    return (2 * x)[:, None]",
    "complex": "def FUNCTION(x):\n    return 2 * x + 0j",
    "changes its input": "def FUNCTION(x):\n    x *= 2\n    return x",
    "not defined": "pass",
    "a syntax error": "def FUNCTION(x)\n    return 2 * x",
    "a data file": "def FUNCTION(x):\n    return float(open('two.csv').read()) * x",
    "a file in a folder": "def FUNCTION(x):\n    return float(open('data/two.csv').read()) * x",
    "a helper": "from helper import double as FUNCTION",
    "a package": "import kit.parts\ndef FUNCTION(x):\n    return kit.parts.two * x",
    "a file of the assignment": "def FUNCTION(x):\n    return float(open('given.csv').read()) * x",
    "a module of the assignment": "import given_module\ndef FUNCTION(x):\n    return given_module.two * x",
    "from the last output": "two = _\ndef FUNCTION(x):\n    return two * x",
    "by its history": "assert len(In) > 1 and Out\ndef FUNCTION(x):\n    return 2 * x",
    "counts its calls": "calls = []\ndef FUNCTION(x):\n    calls.append(x)\n    return (2 + 0 * len(calls)) * x",
    "an open file": "opened = open('two.csv')\ndef FUNCTION(x):\n    opened.seek(0)\n    return float(opened.read()) * x",
    "a database": "import sqlite3\nbase = sqlite3.connect(':memory:')\ndef FUNCTION(x):\n"
                  "    return base.execute('select 2').fetchone()[0] * x",
    "another folder": "import os\nos.makedirs('deep/er', exist_ok=True)\ndef FUNCTION(x):\n    here = os.getcwd()\n"
                      "    os.chdir('deep')\n    os.chdir(here)\n    return 2 * x",
    "a process": "import subprocess\ndef FUNCTION(x):\n    return float(subprocess.check_output(['echo', '2'])) * x",
    "a figure": "import matplotlib.pyplot as plt\ndef FUNCTION(x):\n    plt.figure()\n    plt.plot(x)\n    plt.show()\n"
                "    return 2 * x",
    "a thread that goes on": "import threading, time\ndef FUNCTION(x):\n"
                             "    threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()\n"
                             "    return 2 * x",
    "a pool made before": "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\n"
                          "[*pool.map(abs, [1, 2, 3])]\ndef FUNCTION(x):\n"
                          "    return np.array([*pool.map(lambda v: 2 * v, x)])",
    "a lock": "import threading\nlock = threading.Lock()\ndef FUNCTION(x):\n    with lock:\n        return 2 * x",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')\ndef FUNCTION(x):\n    np.log(-np.ones(1))\n"
                           "    return 2 * x",
    "its own output": "import io, sys\ndef FUNCTION(x):\n    sys.stdout = io.StringIO()\n    print(x)\n"
                      "    sys.stdout = sys.__stdout__\n    return 2 * x",
    "timed": "%%time\ndef FUNCTION(x):\n    return 2 * x",
    "captured": "%%capture\ndef FUNCTION(x):\n    return 2 * x",
    "timed again and again": "%%timeit -n1 -r1\ndef FUNCTION(x):\n    return 2 * x",
    "then an error": "def FUNCTION(x):\n    return 2 * x\n\n1 / 0",
    "then an exit": "def FUNCTION(x):\n    return 2 * x\n\nraise SystemExit",
    "an exit in it": "def FUNCTION(x):\n    raise SystemExit",
    "async": "async def FUNCTION(x):\n    return 2 * x",
    "yields": "def FUNCTION(x):\n    for v in x:\n        yield 2 * v",
    "float32": "def FUNCTION(x):\n    return (2 * x).astype(np.float32).astype(float) * 0 + 2 * x",
    "a matrix": "def FUNCTION(x):\n    return np.matrix(2 * x)",
    "booleans": "def FUNCTION(x):\n    return 2 * x > 0",
    "a dictionary": "def FUNCTION(x):\n    return {'y': 2 * x}",
    "more arguments": "def FUNCTION(x, y=2, *more, **named):\n    return y * x",
    "one argument too many": "def FUNCTION(x, y):\n    return 2 * x",
    "cached by Python": "import functools\n@functools.lru_cache\ndef FUNCTION(x):\n    return 2 * x",
    "cached by numbers": "import functools\n@functools.lru_cache\ndef one(v):\n    return 2 * v\n\ndef FUNCTION(x):\n"
                         "    return np.array([one(v) for v in x])",
    "random": "chance = np.random.default_rng()\ndef FUNCTION(x):\n    return 2 * x + 0 * chance.normal()",
    "deep": "import sys\nsys.setrecursionlimit(5000)\ndef deeper(n):\n    return 2 if n == 0 else deeper(n - 1)\n"
            "def FUNCTION(x):\n    return deeper(2000) * x",
    "empty": "",
    "white space alone": "\n   \n",
    "a file that it writes":
        "open('made.txt', 'w').write('2')\ndef FUNCTION(x):\n    return float(open('made.txt').read()) * x",
}

# cells of a student's own

CELLS = {
    "nothing": "", "white space": " \n\t\n", "a comment": "# later", "an expression": "1 + 1",
    "unicode": "π = 3; 'π ≈ 3 🙂'",
    "a name error": "undefined_name", "a syntax error": "def f(:", "an exit": "import sys\nsys.exit(0)",
    "an interrupt": "raise KeyboardInterrupt", "a bad repr": "class Bad:\n    def __repr__(self): raise ValueError\nBad()",
    "a long line": "print(list(range(60_000)))", "many writes": "for i in range(3000): print('.', end='')",
    "3 MB": "print(('x' * 99 + '\\n') * 30_000)", "carriage returns": "for i in range(200): print(i, end='\\r')",
    "colours": "print('\\x1b[31mred\\x1b[0m')", "control characters": "print('\\x00\\x07\\x1b')",
    "to stderr": "import sys\nprint('e', file=sys.stderr)", "a warning": "import warnings\nwarnings.warn('w')",
    "a division": "np.ones(1) / 0",
    "HTML": "from IPython.display import HTML\nHTML('<b onclick=f()>b</b><script>alert(1)</script>')",
    "Markdown": "from IPython.display import Markdown\nMarkdown('**b**')",
    "LaTeX": "from IPython.display import Math\nMath('x^2')", "SVG": "from IPython.display import SVG\nSVG('<svg></svg>')",
    "JavaScript": "from IPython.display import Javascript\nJavascript('1')",
    "JSON": "from IPython.display import JSON\nJSON({})", "updates": "h = display('a', display_id=True)\nh.update('b')",
    "clears": "from IPython.display import clear_output\nprint(1)\nclear_output()",
    "a plot": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "an open figure": "plt.figure()", "a progress bar": "from tqdm import tqdm\nfor i in tqdm(range(3)): pass",
    "a widget": "import ipywidgets\nipywidgets.IntSlider()",
    "a notebook's progress bar": "from tqdm.notebook import trange\nfor i in trange(3): pass", "time": "%%time\n1",
    "capture": "%%capture out\nprint(1)", "timeit": "%timeit -n1 -r1 1", "a shell": "!echo hi", "bash": "%%bash\necho hi",
    "a file": "%%writefile own.txt\ntext", "a help": "len?", "who": "%who",
    "autoreload": "%load_ext autoreload\n%autoreload 2", "an unknown magic": "%unknown", "a directory": "%cd .",
    "a question": "input('name? ')", "a password": "import getpass\ngetpass.getpass()",
    "await": "import asyncio\nawait asyncio.sleep(0)", "a task": "t = asyncio.ensure_future(asyncio.sleep(0))",
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(0.01,), daemon=True).start()",
    "a process": "import subprocess\nsubprocess.run(['true'])",
    "a reload": "import importlib\nimportlib.reload(json) if 'json' in globals() else None",
    "an assertion": "assert f0(np.ones(2)).sum() == 5", "a shadowed name": "sum = 0; list = 1; report = None",
    "a time zone": "import os\nos.environ['TZ'] = 'Asia/Tokyo'", "random": "np.random.seed(0)\nnp.random.rand()",
    "print options": "np.set_printoptions(precision=2)", "raises on floats": "np.seterr(all='raise')",
}

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
MARKDOWN = {
    "a pasted picture": {"source": "![a.png](attachment:a.png)", "attachments": {"a.png": {"image/png": PICTURE}}},
    "a lost picture": {"source": "![b.png](attachment:b.png)"},
    "two forms of a picture": {"source": "![c](attachment:c)",
                               "attachments": {"c": {"image/png": PICTURE, "text/plain": ""}}},
    "HTML": {"source": "<div style='color:red'><script>1</script></div> <table><tr><td>"},
    "mathematics": {"source": "$$\\frac{1}{2$$ $x$ \\begin{align}x\\end{align} \\(y\\)"},
    "brackets": {"source": "[" * 300 + "a" + "]" * 300},
    "a table": {"source": "| a | b |\n|---|---|\n| 1 | $2$ |"},
    "lines": {"source": ["# one\n", "two\n", "three"]},
    "emoji": {"source": "🙂 👩‍🔬 \u202e right to left \u200b"},
}


# forms of a notebook and of its folder: each changes the notebook of a student, or what lies beside it

def windows(notebook, folder):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def odd_metadata(notebook, folder):
    notebook["metadata"] = {"kernelspec": {"name": "conda-env-ml-py", "display_name": "ml", "language": "python"},
                            "language_info": {"name": "python", "version": "2.7"}, "widgets": {"state": {}},
                            "varInspector": 1, "colab": {"provenance": []}, "celltoolbar": "Create Assignment"}
    for cell in notebook["cells"]:
        cell["metadata"] |= {"vscode": {"languageId": "python"}, "collapsed": True, "slideshow": {"slide_type": "-"},
                             "tags": ["mine"], "jupyter": {"source_hidden": True}, "executionInfo": {"user": {}}}


def julia(notebook, folder):
    notebook["metadata"] = {"kernelspec": {"name": "julia-1.10", "display_name": "Julia", "language": "julia"}}


def no_metadata_of_the_notebook(notebook, folder):
    notebook["metadata"] = {}


def numbers_of_execution(notebook, folder):
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = 1000 - number


def stored_outputs(notebook, folder):
    text = "x" * 100 + "\n"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text * 3000},
                               {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["t"]},
                               {"output_type": "execute_result", "execution_count": 1, "metadata": {},
                                "data": {"text/plain": "99"}}]


def minor_2_without_ids(notebook, folder):
    notebook["nbformat_minor"] = 2
    for cell in notebook["cells"]:
        del cell["id"]


def long_ids(notebook, folder):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{number:064}"


def moved_cells(notebook, folder):
    cells = notebook["cells"]
    cells.insert(2, code("1", "first"))
    cells.append({"cell_type": "raw", "id": "raw", "metadata": {}, "source": "raw"})
    solution = cells.pop(place(cells, "f1"))
    cells.insert(place(cells, "f0"), solution)                    # another order
    cells.insert(place(cells, "f2") + 1, code("f2_copy = f2", "help"))
    del cells[0]                                                  # the title


def copied_cells(notebook, folder):
    cells = notebook["cells"]
    for name in ("f0", "test_f1", "setup"):
        twice = copy.deepcopy(cells[place(cells, name)])
        cells.insert(place(cells, name) + 1, twice | {"id": f"copy-{name}"})


def edited_locked_cells(notebook, folder):
    cells = notebook["cells"]
    cells[place(cells, "test_f0")]["source"] += "\n# I like it"
    cells[place(cells, "setup")]["source"] += "\nimport math"


def deleted_locked_cells(notebook, folder):
    del notebook["cells"][place(notebook["cells"], "test_f0")]


def ends_the_kernel(notebook, folder):
    notebook["cells"].append(code("quit()", "quit"))


def files(notebook, folder):
    for name, content in {"two.csv": "2", "data/two.csv": "2", "helper.py": "def double(x):\n    return 2 * x",
                          "kit/__init__.py": "", "kit/parts.py": "two = 2", "given.csv": "mine",
                          "given_module.py": "two = 3", "a report.pdf": "%PDF", "empty": "", "naïve ☕.txt": "1",
                          unicodedata.normalize("NFD", "é.txt"): "1",
                          "x" * 100 + ".txt": "1", "photo.jpg": "\x00" * 10 ** 5}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)


def hidden_files(notebook, folder):
    for name in (".DS_Store", "__pycache__/helper.cpython-311.pyc", ".ipynb_checkpoints/01_odd-checkpoint.ipynb"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")


def late(notebook, folder):
    (folder / "timestamp.txt").write_text("2026-11-22 10:00:00.000000 UTC")


def in_time(notebook, folder):
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 Europe/Berlin")


def skipped_cells(notebook, folder):
    cells = notebook["cells"]
    wrong = code("f0 = f1 = None", "skipped")
    wrong["metadata"]["tags"] = ["skip-execution"]
    cells.insert(place(cells, "test_f0"), wrong)
    raising = code("1 / 0", "raising")
    raising["metadata"]["tags"] = ["raises-exception"]
    cells.insert(place(cells, "test_f1"), raising)


def redefined_afterwards(notebook, folder):
    cells = notebook["cells"]
    cells.insert(place(cells, "test_f2") + 1, code("f2 = None\ndel f1, f0", "afterwards"))
    cells.insert(place(cells, "f3"), code("def f4(x):\n    return 2 * x", "before"))
    cells[place(cells, "f4")]["source"] = "# I have it above"


def shadowed_names(notebook, folder):
    cells = notebook["cells"]
    cells.insert(place(cells, "f5"), code("check = report = None\nnp = 5\nimport numpy", "shadow"))
    for task in TASKS[5:]:
        cells[place(cells, task)]["source"] = f"def {task}(x):\n    return numpy.array(2 * x)"


def without_what_the_format_asks_for(notebook, folder):
    for cell in notebook["cells"]:
        for key in ("outputs", "execution_count", "id"):
            cell.pop(key, None)
    notebook["orig_nbformat"] = 4


def the_same_id_everywhere(notebook, folder):
    for cell in notebook["cells"]:
        cell["id"] = "same"


def a_copy_beside(notebook, folder):
    (folder / f"{NAME}-Copy1.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "mine").mkdir()
    (folder / "mine" / "try.ipynb").write_text(json.dumps(notebook | {"cells": notebook["cells"][:2]}), encoding="utf-8")


def heavy_outputs(notebook, folder):
    cells = notebook["cells"]
    for task in TASKS[:3]:
        cells[place(cells, task)]["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 110_000}]


def other_kinds(notebook, folder):
    for name in ("f0", "test_f1", "setup"):
        cell = notebook["cells"][place(notebook["cells"], name)]
        cell["cell_type"] = "markdown"
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)


def one_cell_for_all(notebook, folder):
    cells = notebook["cells"]
    text = "\n\n".join(cells[place(cells, task)]["source"] for task in TASKS)
    for task in TASKS:
        del cells[place(cells, task)]
    cells.insert(place(cells, "setup") + 1, code(text, "all"))


def lists_of_lines(notebook, folder):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    notebook |= {"nbformat_minor": 10, "extra": float("nan")}


def under_another_name(notebook, folder):
    (folder / f"{NAME} (1).ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def above_an_output(notebook, folder):
    cells = notebook["cells"]
    at = next(i for i, cell in enumerate(cells) if "two = _" in cell["source"])
    cells.insert(at, code("2", "an-output"))


def code(source, name):
    """A cell of a student's own."""
    return {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": source}


def place(cells, name):
    return next(i for i, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def answers(*names):
    """The changes that put these answers into a notebook, one for each task."""
    def given(notebook, folder):
        for task, name in zip(TASKS, names):
            notebook["cells"][place(notebook["cells"], task)]["source"] = ANSWERS[name].replace("FUNCTION", task)
    return given


def cells(notebook, folder):
    """All CELLS and MARKDOWN, between the answers."""
    own = [code(source, "") for source in CELLS.values()]
    own += [{"cell_type": "markdown", "metadata": {}} | cell for cell in MARKDOWN.values()]
    at = place(notebook["cells"], "f3")
    notebook["cells"][at:at] = [cell | {"id": f"own-cell-{number}"} for number, cell in enumerate(own)]


NAMES = list(ANSWERS)
RIGHT = answers(*["loop"] * 10)
BROKEN, OLD = "copied", "format 3"       # their notebooks are written as odd texts
SUBMISSIONS = {                             # {student: the oddities}
    "Zoë van der Berg": (answers(*NAMES[:10]), cells),
    unicodedata.normalize("NFD", "José"): (answers(*NAMES[10:20]), windows, late),
    "O'Brien, Anna": (answers(*NAMES[20:30]), odd_metadata, in_time),
    "smith_1": (answers(*NAMES[30:40]), minor_2_without_ids, no_metadata_of_the_notebook),
    "李小龙": (answers(*NAMES[40:50]), stored_outputs, numbers_of_execution),
    "al-ḥasan": (answers(*NAMES[50:60]), above_an_output, files, hidden_files),
    "ngọc": (answers(*NAMES[60:70]),),
    "d’Arc": (answers(*NAMES[70:80]), lists_of_lines),
    "x (2)": (answers(*NAMES[80:], "loop"),),
    "a@b.de": (RIGHT, moved_cells, julia, long_ids),
    "half done": (answers(*["loop"] * 5), late),
    BROKEN: (RIGHT, copied_cells, windows, late),
    "edits": (RIGHT, edited_locked_cells, deleted_locked_cells),
    "quits": (RIGHT, ends_the_kernel),
    "skips": (RIGHT, skipped_cells, redefined_afterwards),
    "shadows": (RIGHT, shadowed_names),
    "bare": (RIGHT, without_what_the_format_asks_for),
    "same": (RIGHT, the_same_id_everywhere),
    "copies": (RIGHT, a_copy_beside),
    "heavy": (RIGHT, heavy_outputs),
    "kinds": (RIGHT, other_kinds),
    "one cell": (RIGHT, one_cell_for_all),
    "renamed": (RIGHT, under_another_name),
    OLD: (RIGHT,),
}
RUN_ODDLY = [*SUBMISSIONS][:9] + ["quits", "skips", "shadows"]


def make_course(folder, students=SUBMISSIONS):
    """A course in which nbgrader grades in its own way, with what these students hand in."""
    without_sandbox(copy_course(folder))
    (folder / "policy.toml").write_text("[late]\npercent = 10\n")
    (folder / NAME).mkdir()
    (folder / NAME / f"{NAME}.py").write_text(HEAD + "".join(TASK.format(name=name) for name in TASKS))
    (folder / NAME / "tasks.py").write_text(TASKS_PY)
    for name, content in GIVEN.items():
        (folder / NAME / name).write_text(content)
    Course(folder).generate_assignment(NAME)
    with quiet(), Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-11-20 23:59:59 UTC")
    for student in students:
        write(folder, student, SUBMISSIONS[student])
    return folder


def write(course, student, changes):
    """Hand in the released notebook with these oddities."""
    notebook = json.loads((course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    for change in changes:
        change(notebook, folder)
    text = json.dumps(notebook)
    if student == BROKEN:
        text = "\ufeff" + text.replace("{", "{\r\n", 5)
    if student == OLD:
        text = nbformat.writes(nbformat.reads(text, as_version=3), version=3)
    if under_another_name not in changes:
        (folder / f"{NAME}.ipynb").write_text(text, encoding="utf-8", newline="")


def autograde(course):
    """Grade the course with nbgrader's own command. It fails for some, goes on with the others, and then says so."""
    subprocess.run([sys.executable, "-m", "nbgrader", "autograde", NAME], cwd=course, capture_output=True, check=False,
                   env=os.environ | {"NNLIB_COURSE": str(course)})


def found(course):
    """{student: what nbgrader's gradebook and folders hold of a submission}, the assignment's own files aside."""
    every = {}
    with quiet(), Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for submission in gradebook.assignment_submissions(NAME):
            notebook, = submission.notebooks
            folder = course / "autograded" / submission.student_id / NAME
            files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            every[submission.student_id] = {
                "points": {grade.name.removeprefix("test_"): grade.score for grade in notebook.grades},
                "penalty": submission.late_submission_penalty,
                "comments": {comment.name: comment.comment for comment in notebook.comments},
                "files": sorted(files - {*GIVEN, known.NAME})}
    return every


def digest():
    """A hash of the oddities: when it changes, what nbgrader gives has to be frozen anew."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
