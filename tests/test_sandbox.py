"""The sandbox as the pipeline uses it: cells, copies at graded cells, calls, kernels, and frames that lie."""
import ast
import contextlib
import copy
import inspect
import json
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from courses import COURSE
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from nnlib.grading import GradingError
from nnlib.grading.comparison.compare import compare
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.comparison.reply import Reply
from nnlib.grading.sandbox import wire
from nnlib.grading.sandbox.outside import Limits, Sandbox, bubblewrap, doctor, isolation, processes, view
from nnlib.grading.sandbox.outside.session import Session, reply_of
from nnlib.grading.sandbox.outside.watch import Watch
from nnlib.grading.tasks import load_tasks


def test_functions_that_do_not_end_leave_others_their_share_of_the_time(monkeypatch):
    clock, asked = [0.0], []
    session = Session.__new__(Session)
    session.limits, session.late, session.failed = Limits(), False, False
    session.copies = dict.fromkeys("abcdefgh", "a copy")
    session.watch = SimpleNamespace(end=50.0, cells_over=lambda: None)
    monkeypatch.setattr("nnlib.grading.sandbox.outside.session.time", SimpleNamespace(monotonic=lambda: clock[0]))

    def takes_all(self, copy, function, case, outputs, until, seconds):
        asked.append(round(seconds, 3))
        clock[0] = until
        return Reply(kind="TimeoutError")

    monkeypatch.setattr(Session, "_call", takes_all)
    for name in session.copies:
        assert len(session.call(name, name, [(), ()])) == 2
    assert asked[:3] == [10.0, 2.5, 2.344] and min(asked) > 1 and clock[0] < 30


@pytest.fixture(scope="module", params=["isolated", "unsafe"])
def sandbox(request):
    with Sandbox(Limits(call=2, cells=6, deadline=9), unsafe=request.param == "unsafe") as sandbox:
        yield sandbox


def answer(sandbox, source, arguments=(np.array([1.0, 2.0]),), outputs=1):
    """The reply of a function f in this cell."""
    with sandbox.session() as session:
        outcome = session.run(source)
        session.snapshot("test_f")
        reply, = session.call("test_f", "f", [arguments], outputs)
    assert outcome.error == "" and session.ended == ""
    return reply


def test_cells_share_their_names_and_magics_work(sandbox):
    with sandbox.session({"data.csv": b"1,2"}) as session:
        assert session.run("x = 20 + 1").error == ""
        assert session.run("print(2 * x, open('data.csv').read())").output == "42 1,2\n"
        assert session.run("%matplotlib inline").error == ""
        assert session.run("1 / 0").error == "ZeroDivisionError: division by zero"
        assert session.run("syntax error").error.startswith("SyntaxError")
        assert session.run("raise SystemExit(3)").error == "SystemExit: 3"
        assert session.run("print('still here')").output == "still here\n"


def test_sessions_share_nothing(sandbox):
    with sandbox.session() as one, sandbox.session() as two:
        one.run("import numpy as np\nnp.exp = x = 'changed'")
        assert two.run("print(x)").error.startswith("NameError")
        assert two.run("import numpy as np\nprint(np.exp(0.0))").output == "1.0\n"


def test_a_grader_that_is_slow_learns_whose_process_it_is(sandbox, monkeypatch):
    in_time = Session.open
    monkeypatch.setattr(Session, "open", lambda *arguments: time.sleep(0.3) or in_time(*arguments))
    with sandbox.session() as session:
        assert session.run("print('here')").output == "here\n"


def test_the_time_of_the_cells_begins_when_the_grader_knows_their_process(sandbox, monkeypatch):
    monkeypatch.setattr(sandbox, "limits", Limits(cells=1, deadline=1.1))
    monkeypatch.setattr(Watch, "begin", lambda self, student, begin=Watch.begin: time.sleep(1.2) or begin(self, student))
    with sandbox.session() as session:
        assert session.run("print('here')").output == "here\n"


def test_a_watch_that_fails_ends_its_session_and_says_why(sandbox, monkeypatch):
    def look(self):
        raise OSError("no luck")

    with sandbox.session() as session:
        monkeypatch.setattr(Watch, "_look", look)
        assert session.run("while True: pass").error == "the watch over the submission failed (OSError: no luck)"
        reply, = session.call("test_f", "f", [()])
    assert reply.kind == "DeadKernelError" and "no luck" in reply.error


def test_what_ends_a_session_from_outside_is_no_mark_and_what_its_own_code_ends_is():
    with Sandbox(kernels=False) as sandbox:
        with sandbox.session() as session:
            session.run("import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)")
            session.check()
        with sandbox.session() as session:
            sandbox.process.kill()                                 # as a system does that is short of memory
            assert session.run("import time; time.sleep(60)").error
            with pytest.raises(GradingError, match="ended from outside(.|\n)*fewer --workers"):
                session.check()


@pytest.mark.parametrize("source, limits, late", [
    ("def f(x):\n    while True: pass", Limits(call=0.5), "does not end"),
    ("while True: pass", Limits(cells=0.5), "the cells do not end")])
def test_who_runs_out_of_time_on_a_busy_machine_gets_no_mark(sandbox, monkeypatch, source, limits, late):
    monkeypatch.setattr(sandbox, "limits", limits)
    for busy in (True, False):
        monkeypatch.setattr(processes, "starved", lambda keeper, seconds, share, busy=busy: busy)
        with sandbox.session() as session:
            outcome = session.run(source)
            session.snapshot("test_f")
            reply, = session.call("test_f", "f", [(1.0,)])
            assert late in (outcome.error or reply.error)
            with pytest.raises(GradingError, match="busy(.|\n)*fewer --workers") if busy else contextlib.nullcontext():
                session.check()


def test_a_process_is_starved_if_others_have_its_processor_and_not_if_it_computes_or_sleeps():
    spin = "import os, time\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    late = spin + "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\n"
    loops = "print(flush=True)\nwhile True: pass"
    with contextlib.ExitStack() as stack:
        found = {}
        for name, source in {"idle": late + loops, "sleeping": "print(flush=True)\nimport time\ntime.sleep(99)",
                             "computing": spin + loops}.items():
            found[name] = stack.enter_context(subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE))
            stack.callback(found[name].kill)
            found[name].stdout.readline()
        waited = processes.ready(found["idle"].pid)
        while processes.ready(found["idle"].pid) < waited + 0.5:
            time.sleep(0.05)
        assert processes.starved(found["idle"].pid, 0.5, 0.9)
        assert not processes.starved(found["sleeping"].pid, 1000, 0.9)
        assert not processes.starved(found["computing"].pid, 0.02, 0.5)


def test_a_process_that_is_gone_before_its_grader_looks_is_a_session_that_does_not_start(sandbox, monkeypatch):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(Watch, "begin", lambda self, student, begin=Watch.begin: begin(self, gone.pid))
    with pytest.raises(GradingError, match="a session does not start: .*No such process"), sandbox.session():
        pass


MANY_FILES = """
import os, resource
from nnlib.grading.sandbox.outside import Sandbox

resource.setrlimit(resource.RLIMIT_NOFILE, (1500, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
with Sandbox(kernels=False) as sandbox, sandbox.session() as session:
    print(session.run("print('here')").output, session.alive, session.run("import os; os._exit(3)").error)
"""


def test_a_grader_with_more_than_1024_open_files_sees_all_that_happens():
    grader = subprocess.run([sys.executable, "-c", MANY_FILES], capture_output=True, text=True)
    assert grader.stdout.splitlines() == ["here", " True the kernel ended (exit code 3)"], grader.stderr
    assert not grader.stderr


def test_a_copy_keeps_the_state_of_its_cell(sandbox):
    with sandbox.session() as session:
        session.run("def f(x):\n    return x + 1")
        session.snapshot("first")
        session.run("def f(x):\n    return x + 2")
        session.snapshot("second")
        session.run("import os; os._exit(1)")
        for name, value in (("first", 1), ("second", 2)):
            reply, = session.call(name, "f", [(np.zeros(3),)])
            assert reply.outputs[0].tolist() == [value] * 3


def test_a_hanging_cell_costs_no_earlier_task(sandbox, monkeypatch):
    monkeypatch.setattr(sandbox, "limits", Limits(call=2, cells=2, deadline=9))
    with sandbox.session() as session:
        session.run("def f(x):\n    return x + 1")
        session.snapshot("test_f")
        assert session.run("while True: pass").error == "the cells do not end within 2 s"
        reply, = session.call("test_f", "f", [(np.zeros(3),)])
    assert reply.outputs[0].tolist() == [1, 1, 1]


def test_arguments_arrive_with_their_types(sandbox):
    given = (np.arange(6.0).reshape(2, 3), np.array([1, 2], np.int32), 0.1, 3, np.float64(2.5),
             np.zeros((0, 4)), np.array(7.0))
    reply = answer(sandbox, "def f(*a):\n    return [float(type(v).__name__ == n and getattr(v, 'shape', ()) == s) "
                            "for v, n, s in zip(a, "
                            f"{[type(v).__name__ for v in given]}, {[np.shape(v) for v in given]})]", given)
    assert reply.outputs[0].tolist() == [1.0] * len(given)


@pytest.mark.parametrize("source, kind, words", [
    ("g = 1", "NameError", "f is not defined."),
    ("def f(x):\n    raise NotImplementedError", "NotImplementedError", "f is not written yet."),
    ("def f(x):\n    return x @ [1.0, 2.0, 3.0]", "ValueError", "sizes 2 and 3"),
    ("def f(x):\n    raise SystemExit", "SystemExit", "f stopped with SystemExit"),
    ("def f(x):\n    while True: pass", "TimeoutError", "f does not end within 2 seconds."),
    ("def f(x):\n    import os; os._exit(0)", "DeadKernelError", "f gives no answer"),
])
def test_what_goes_wrong_in_a_call_is_told(sandbox, source, kind, words):
    reply = answer(sandbox, source)
    assert reply.kind == kind and words in reply.error


def test_changed_arguments_are_found_outside(sandbox):
    hidden = "import numpy as np\nnp.array_equal = lambda *a, **k: True\ndef f(x):\n    x += 1\n    return x"
    assert answer(sandbox, hidden).changed == (0,)


def test_every_mistake_gets_the_marks_and_words_of_grading_in_process(sandbox):
    tasks = load_tasks(COURSE, "02_logistic")
    references = [task.reference for task in tasks.values()]
    for task in tasks.values():                          # a session each: one has the time of one submission
        functions, cases = [*references, *(m.function for m in task.misconceptions)], task.draw(5)
        source = "\n\n".join(["import numpy as np\nfrom nnlib.kernels import plain", *map(inspect.getsource, functions)])
        with sandbox.session() as session:
            assert session.run(source).error == ""
            session.snapshot("all")
            for function in (task.reference, *(m.function for m in task.misconceptions)):
                theirs = session.call("all", function.__name__, [case.arguments for case in cases], len(task.outputs))
                assert described(task, cases, theirs) == described(task, cases, call_all(function, cases, task.outputs))


def described(task, cases, replies):
    """All that a student is told."""
    result = compare(task, cases, replies)
    return [(row.name, row.earned, row.text, row.hints) for row in result.rows], result.misconceptions


VALUES = ["None", "'4'", "4j", "True", "object()", "[1.0, 2]", "[[1.0], [2.0, 3.0]]", "(1.0, 2.0)", "np.ma.array([1.0, 2])",
          "np.array(['a'])", "np.array([None])", "np.float32(2)", "np.nan", "3", "10**30", "np.zeros(2, np.longdouble)",
          "np.zeros((0, 3))", "np.float16(1)", "np.array([1, 2], '>f8')", "{1.0: 2}"]


@pytest.mark.parametrize("value", VALUES)
def test_every_kind_of_value_gets_the_marks_and_words_of_grading_in_process(sandbox, value):
    task = load_tasks(COURSE, "02_logistic")["sigmoid"]
    cases = task.draw(5)[:2]
    source = f"import numpy as np\ndef sigmoid(a):\n    return {value}"
    names = {}
    exec(source, names)
    with sandbox.session() as session:
        session.run(source)
        session.snapshot("test_sigmoid")
        theirs = session.call("test_sigmoid", "sigmoid", [case.arguments for case in cases], 1)
    assert described(task, cases, theirs) == described(task, cases, call_all(names["sigmoid"], cases, task.outputs))


def test_a_library_instead_of_the_installed_one_is_the_only_one(tmp_path):
    import shutil

    shutil.copytree(view.here() / "nnlib", tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "nnlib" / "kernels" / "dense.py"
    path.write_text(path.read_text() + "\nWITHHELD = True\n")
    with Sandbox(library=tmp_path) as sandbox, sandbox.session() as session:
        assert session.run("import nnlib.kernels.dense\nprint(nnlib.kernels.dense.WITHHELD)").output == "True\n"
        assert session.run(f"import os\nprint(os.path.exists({str(view.here() / 'nnlib')!r}))").output == "False\n"


@pytest.fixture
def prefix(monkeypatch, tmp_path):
    """An environment made inside a clone, with nnlib installed in it, as python -m venv . leaves both."""
    packages = tmp_path / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    (packages / "nnlib").mkdir(parents=True)
    (tmp_path / "exercises").mkdir()
    for path in (packages / "nnlib" / "value.py", tmp_path / "exercises" / ".secret", tmp_path / "pyvenv.cfg"):
        path.write_text("what a file holds")
    monkeypatch.setattr(view.sys, "prefix", str(tmp_path))
    return tmp_path


def test_of_an_environment_inside_a_clone_only_what_python_needs_is_shown(prefix):
    inside = {path: shown for path, shown in view.shown() if path.is_relative_to(prefix)}
    assert inside == {prefix / "lib": Path("/venv/lib"), prefix / "pyvenv.cfg": Path("/venv/pyvenv.cfg")}


def test_what_must_not_be_seen_is_covered_where_it_lies_below_what_is_shown(prefix):
    packages = next(prefix.glob("lib/*/site-packages"))
    (packages / "course").mkdir()
    (packages / "gradebook.db").write_text("marks")
    (prefix / "link").symlink_to(packages / "course")
    hidden = view.unseen([prefix / "exercises", prefix / "link", packages / "gradebook.db", prefix / "no such folder"])
    below = "/venv" / packages.relative_to(prefix)
    assert {(below / "course", True), (below / "gradebook.db", False), (below / "nnlib", True)} <= set(view.covered(hidden))
    looked = view.places(hidden)
    assert str(prefix / "exercises") in looked and str(below / "course") in looked
    with pytest.raises(GradingError, match="holds the Python that grades(.|\n)*Move the course"):
        view.covered([prefix / "lib"])


def test_where_python_lies_in_a_hidden_folder_the_rest_of_it_must_not_be_seen(prefix, monkeypatch):
    monkeypatch.setattr(view.sys, "base_prefix", str(prefix))           # as conda makes an environment
    looked = view.places([prefix])
    assert str(prefix / "exercises") in looked and not {str(prefix), str(prefix / "lib")} & set(looked)


def test_a_sandbox_that_sees_what_it_must_not_does_not_start(monkeypatch):
    monkeypatch.setattr(view, "covered", lambda hidden: [])
    monkeypatch.setattr(view, "places", lambda hidden: ["/usr/share/zoneinfo"])
    with pytest.raises(GradingError, match="The sandbox sees /usr/share/zoneinfo, expected nothing there"):
        Sandbox(kernels=False).__enter__()


def test_without_isolation_grading_refuses_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(bubblewrap, "obstacle", lambda: "bubblewrap is not installed.\nInstall it.")
    with pytest.raises(GradingError, match="Install it"):
        Sandbox()


def test_a_folder_without_a_library_is_refused(tmp_path):
    with pytest.raises(GradingError, match="holds no complete package nnlib"):
        Sandbox(library=tmp_path)


def test_a_server_that_does_not_start_says_why(monkeypatch):
    assert isolation()                                         # found once in a process: with the command as it is
    monkeypatch.setattr(bubblewrap, "command", lambda *_: ["sh", "-c", "echo no luck >&2; exit 1"])
    with pytest.raises(GradingError, match="no luck"):
        Sandbox().__enter__()


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(ValueError, match="memory is 0"):
        Limits(memory=0)


def test_isolation_is_found_here():
    assert isolation() == "bubblewrap"


def test_why_there_is_no_sandbox_is_said_with_what_to_do(monkeypatch):
    why = bubblewrap.obstacle.__wrapped__                      # it is found once in a process
    monkeypatch.setattr(bubblewrap, "command", lambda *_: ["sh", "-c", "echo no permission >&2; exit 1"])
    assert "is installed, but cannot make namespaces here (no permission).\nAllow them: sysctl" in why()
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    assert "is not installed.\nInstall it, apt-get install bubblewrap" in why()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "needs Linux, and this is darwin.\nGrade in a Linux container" in why()


def test_every_limit_holds_when_the_doctor_tries_to_break_it():
    assert [row for row in doctor() if not row.held] == []


def test_the_doctor_says_so_where_nothing_keeps_memory_machine_and_files_apart(tmp_path, monkeypatch):
    doctoring = sys.modules[doctor.__module__]
    monkeypatch.setattr(doctoring, "FOLDERS", (str(tmp_path),))
    with Sandbox(unsafe=True, kernels=False) as sandbox:
        assert not doctoring.left(sandbox).held and doctoring.left(sandbox).how.endswith(f"found in ['{tmp_path}']")
        for tried, sign in (("make memory that belongs to no process", "through memfd_create\nthrough shmget"),
                            ("reach the machine below this one", "through")):
            cell, = (cell for _, words, cell in doctoring.tries("", 0, ()) if words == tried)
            with sandbox.session() as session:
                assert sign in session.run(cell).output


# what runs inside

PACKAGE = view.here() / "nnlib"
SHARED = {"nnlib.grading", "nnlib.grading.comparison", "nnlib.grading.comparison.reply",
          "nnlib.grading.sandbox", "nnlib.grading.sandbox.wire"}


def outside(modules):
    """Those modules of grading that have no place in the sandbox."""
    return {name for name in modules if name.startswith("nnlib.grading") and name not in SHARED
            and not f"{name}.".startswith("nnlib.grading.sandbox.inside.")}


def imports(path):
    """Every module that a file imports, in functions too; "a.b" for "from a import b", module or not."""
    module = ("nnlib", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module[:len(module) - node.level] if node.level else ()
            yield from (".".join([*above, *filter(None, [node.module, alias.name])]) for alias in node.names)


def test_nothing_that_runs_inside_imports_from_outside():
    files = [*(PACKAGE / "grading/sandbox/inside").glob("*.py"), PACKAGE / "grading/sandbox/wire.py",
             PACKAGE / "grading/comparison/reply.py"]
    found = {name for path in files for name in imports(path)}
    assert "nnlib.grading.sandbox.wire" in found                    # relative imports are seen
    modules = {path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*") if path.suffix in ("", ".py")}
    known = {".".join(path.parts) for path in modules}
    assert outside(found & known | {name.rpartition(".")[0] for name in found}) == set()


def test_the_fork_server_and_a_kernel_hold_no_code_of_the_grader():
    code = "import sys, nnlib.grading.sandbox.inside.server, nnlib.grading.sandbox.inside.kernel; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert SHARED <= set(modules) and outside(modules) == set()


# kernels

class KernelManager(AsyncKernelManager):
    kernel_spec = KernelSpec(argv=["sandbox"], display_name="Python 3", language="python",
                             metadata={"kernel_provisioner": {"provisioner_name": "nnlib-sandbox"}})


def execute(sandbox, *sources):
    """The outputs of cells in a kernel, and the reply of f at the end."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, kernel_manager_class=KernelManager, allow_errors=True,
                            shutdown_kernel="immediate", timeout=20)
    with client.setup_kernel(sandbox=sandbox, files={"data/two.csv": b"1,2"}):
        session = client.km.provisioner.session
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except DeadKernelError:
                break
            session.snapshot(f"cell {index}")
        replies = [session.call(f"cell {index}", "f", [(np.array([1.0, 2.0]),)])[0] for index in range(len(sources))]
    return [cell.outputs for cell in notebook.cells], replies, session.ended


def test_a_kernel_gives_full_outputs_and_its_copies_answer(sandbox):
    outputs, replies, ended = execute(sandbox, "def f(x):\n    print(x)\n    return 2 * x\nopen('data/two.csv').read()",
                                      "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
                                      "f = None", "1 / 0")
    assert outputs[0][0].data["text/plain"] == "'1,2'"
    assert "image/png" in outputs[1][0].data
    assert outputs[3][0].ename == "ZeroDivisionError"
    assert [reply.kind for reply in replies] == ["", "", "NameError", "NameError"] and ended == ""
    assert replies[1].outputs[0].tolist() == [2, 4]


def test_a_dead_kernel_keeps_its_earlier_copies(sandbox):
    _, replies, ended = execute(sandbox, "def f(x):\n    return x", "import os\nos._exit(3)")
    assert replies[0].outputs[0].tolist() == [1, 2]
    assert replies[1].kind == "DeadKernelError" and "exit code 3" in ended


def test_a_flood_of_output_is_cut_in_a_kernel(sandbox):
    outputs, replies, ended = execute(sandbox, "f = abs\nprint('x' * 50_000_000)\n'y' * 50_000_000")
    assert replies[0].outputs[0].tolist() == [1, 2] and ended == ""
    assert len(str(outputs)) < 5 * sandbox.limits.output


def test_two_kernels_run_at_once_each_in_the_sandbox_it_is_given(sandbox):
    other = copy.copy(sandbox)
    other.limits = Limits()
    one, two = (NotebookClient(nbformat.v4.new_notebook(), kernel_manager_class=KernelManager, shutdown_kernel="immediate")
                for _ in range(2))
    with one.setup_kernel(sandbox=sandbox), two.setup_kernel(sandbox=other):
        assert [client.km.provisioner.session.limits for client in (one, two)] == [sandbox.limits, other.limits]


def test_without_a_sandbox_no_kernel_starts():
    with pytest.raises(TypeError, match="argument: 'sandbox'"):
        NotebookClient(nbformat.v4.new_notebook(), kernel_manager_class=KernelManager).execute()


# frames

NUMBERS = arrays.arrays(st.sampled_from(sorted(wire.DTYPES)), arrays.array_shapes(min_dims=0, min_side=0, max_side=4))


@settings(deadline=None)
@given(st.lists(st.one_of(NUMBERS, st.integers(), st.floats(), st.text())))
def test_values_survive_the_wire(values):
    a, b = socket.socketpair()
    with a, b:
        wire.send(a, {"k": 1}, values)
        header, got = wire.receive(b, time.monotonic() + 5)
    assert header == {"k": 1}
    for x, y in zip(values, got, strict=True):
        assert type(x) is type(y)
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("value", [None, [1], np.array(["a"]), np.array([None]), 2j, np.ma.zeros(2),
                                    np.zeros(2).view(np.recarray)], ids=repr)
def test_nothing_but_plain_numbers_is_sent(value):
    with pytest.raises(wire.WireError):
        wire.pack({}, [value])


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_bytes_are_a_wire_error_or_a_frame(text, body):
    try:
        header, values = wire.unpack(text, body)
    except wire.WireError:
        return
    assert isinstance(header, dict) and isinstance(values, list)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() |
                    st.sampled_from(["array", "json", "<f8", "values"]),
                    lambda inner: st.lists(inner) | st.dictionaries(
                        st.sampled_from(["values", "kind", "error", "outputs"]) | st.text(), inner))


@settings(max_examples=300)
@given(JSON, st.binary(max_size=64))
def test_any_json_is_a_wire_error_or_a_frame(content, body):
    try:
        header, values = wire.unpack(json.dumps(content).encode(), body)
        reply_of(header, values, [np.zeros(2)])
    except (wire.WireError, ValueError, TypeError, KeyError):
        pass


def test_a_forged_output_of_another_type_is_no_output():
    """It would become eight times as large before its shape is looked at."""
    header = {"outputs": 1}
    assert reply_of(dict(header), [np.zeros(3)], []).outputs[0].shape == (3,)
    for value in (np.zeros(3, np.int8), np.zeros(3, np.float32), 0.0, np.zeros(3, bool)):
        with pytest.raises(ValueError, match="not an array of float64"):
            reply_of(dict(header), [value], [])


@pytest.mark.parametrize("entry", [
    ["array", "<f8", [2 ** 31]], ["array", "<f8", [-1]], ["array", "<f8", [10 ** 9, 10 ** 9]],
    ["array", "<f8", [1] * 9],
    ["array", "|O", [1]], ["array", "<f8", [True]],
    ["array", "<f8", 3], ["array", ["<f8"], [1]], ["array"], [], None, 3, ["json", None], ["json", [1]],
    ["pickle", "x"], ["array", "<f8", [1, [1]]],
], ids=repr)
def test_a_hostile_entry_is_refused(entry):
    with pytest.raises(wire.WireError):
        wire.unpack(json.dumps({"values": [entry]}).encode(), b"12345678")


def test_deep_json_is_refused():
    with pytest.raises(wire.WireError):
        wire.unpack(b'{"values": ' + b"[" * 100_000, b"")


def test_huge_lengths_are_refused_before_memory_is_taken():
    a, b = socket.socketpair()
    with a, b:
        a.sendall(struct.pack("<II", 2 ** 32 - 1, 2 ** 32 - 1))
        with pytest.raises(wire.WireError, match="expected at most"):
            wire.receive(b, time.monotonic() + 5)


def test_half_a_frame_is_given_up_in_time():
    a, b = socket.socketpair()
    with a, b:
        a.sendall(wire.pack({"k": 1})[:-1])
        with pytest.raises(wire.WireError, match="in time"):
            wire.receive(b, time.monotonic() + 0.1)


FORGED = {
    "garbage": "os.write(n, b'x' * 100)",
    "flood": "os.set_blocking(n, True)\nwhile True: os.write(n, b'\\x00' * 2**20)",
    "drip": "import time\nwhile True: os.write(n, b'\\x01'); time.sleep(0.1)",
    "huge": "os.write(n, b'\\xff' * 8)",
    "a reply before the question": "from nnlib.grading.sandbox import wire\n"
                                   "os.write(n, wire.pack({'outputs': 1}, [0.5, 0.5]))",
}


@pytest.mark.parametrize("code", FORGED.values(), ids=FORGED)
def test_forged_frames_end_in_a_reply(sandbox, code):
    body = "\n".join("        " + line for line in code.splitlines())
    with sandbox.session() as session:
        session.run(f"import os\ndef f(x):\n    for n in range(3, 256):\n      try:\n"
                    f"        os.fstat(n)\n{body}\n      except OSError: pass\n    return x")
        session.snapshot("test_f")
        start = time.monotonic()
        replies = session.call("test_f", "f", [(np.zeros(2),)] * 2)
        assert time.monotonic() - start < 4
    assert len(replies) == 2 and all(reply.kind or reply.changed for reply in replies)
