"""Attacks that use up time, memory, processes, disk and output, or end the process."""
import psutil
from red_team.grading.arena import LIMITS, Attacks, returning

ATTACKS = Attacks()
MARKER = "nnlib-red-team-orphan"


def in_cell(name, setup, reported, text):
    """An attack in the first solution cell."""
    def build(notebook, folder):
        return returning(notebook, "0.0", setup)
    build.__name__, build.__doc__ = name, text
    ATTACKS(build, reported)


def in_call(name, setup, text, reported=""):
    """An attack in the functions that are called; ``setup`` defines attack()."""
    def build(notebook, folder):
        return returning(notebook, "attack()", setup)
    build.__name__, build.__doc__ = name, text
    ATTACKS(build, reported)


LOOP = "while True:\n    pass\n"
IGNORE = "import signal\nfor number in set(signal.Signals) - {9, 19}:\n    signal.signal(number, signal.SIG_IGN)\n"
BOMB = "blocks = []\nwhile True:\n    blocks.append(np.ones(10 ** 7))\n"
FORKS = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n"
OVER = "is over|do not end|longer"


def hidden_call(body):
    """Source of attack(), which does this in the grader's calls, and nothing in the cells of the notebook."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"import os\nHERE = os.getpid()\ndef attack():\n    if os.getpid() == HERE:\n        return 0.0\n{lines}"


in_cell("endless_loop", LOOP, OVER, "A cell that never ends.")
in_cell("ignored_signals", IGNORE + LOOP, OVER, "A cell that never ends and ignores every signal.")
in_cell("blocked_in_c", "import ctypes\nctypes.CDLL(None).pause()", OVER, "A call into C that never returns.")
in_cell("long_power", "10 ** (10 ** 10)", OVER, "A computation that looks at no signals.")
in_cell("stopped", "import os\nos.kill(os.getpid(), 19)", OVER, "The process stops itself.")
in_cell("memory", BOMB, "", "More and more memory.")
in_cell("fork_bomb", FORKS, f"processes|{OVER}", "Processes that start processes.")
in_cell("threads", """
import threading, time
for _ in range(5000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""", "", "Thousands of threads.")
in_cell("full_disk", "for i in range(1000):\n    open(f'/tmp/{i}', 'wb').write(b'x' * 10 ** 7)", "", "Gigabytes of files.")
in_cell("many_files", "for i in range(10 ** 6):\n    open(f'/tmp/{i}', 'w').close()", "", "A million files.")
in_cell("shared_memory", """
file = open("/dev/shm/x", "wb")
for _ in range(1000):
    file.write(b"x" * 10 ** 7)
""", "", "Memory that belongs to no process.")
in_cell("output_flood", "for _ in range(500):\n    print('x' * 100_000)", "", "50 MB of output.")
in_cell("one_long_line", "print('x' * 50_000_000)", "", "A line of 50 MB.")
in_cell("many_outputs", """
from IPython.display import display
for i in range(20_000):
    display(i)
""", "", "20,000 outputs.")
in_cell("output_thread", """
import threading
def flood():
    while True:
        print("x" * 10_000)
threading.Thread(target=flood, daemon=True).start()
""", "", "A thread that never stops printing.")
in_cell("rewritten_line", "for i in range(10 ** 6):\n    print(i, end='\\r')", "", "A progress bar that never ends.")
in_cell("exit_0", "import os\nos._exit(0)", "ended|died", "The process ends as if all was well.")
in_cell("system_exit", "import sys\nsys.exit(0)", "", "The polite way out.")
in_cell("segmentation_fault", "import ctypes\nctypes.string_at(0)", "died.*SIGSEGV", "A segmentation fault.")
in_cell("killed", "import os\nos.kill(os.getpid(), 9)", "died", "The process kills itself.")
in_cell("kills_everybody", "import os\nos.kill(-1, 9)", "", "A signal to every process that can be reached.")
in_cell("kills_its_parents", """
import os
for pid in range(1, 400):
    try:
        if pid != os.getpid():
            os.kill(pid, 9)
    except OSError:
        pass
""", "", "A signal to every process but itself.")
in_cell("closed_files", "import os\nos.closerange(0, 256)", "", "Every open file is closed, the grader's sockets too.")
in_cell("deep_recursion", """
import sys
sys.setrecursionlimit(10 ** 9)
def deeper():
    return deeper()
deeper()
""", "", "A recursion that ends in a crash.")
in_cell("orphans", f"""
import os, sys
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", "{MARKER}"])
        os._exit(0)
""", "", "Processes that leave their parents, to stay behind.")
in_cell("waits_for_input", "input('name?')", "", "A question that nobody answers.")

in_call("endless_call", hidden_call(LOOP), "A function that never ends.")
in_call("endless_call_ignoring_signals", hidden_call(IGNORE + LOOP), "A function that never ends and ignores every signal.")
in_call("sleeping_call", hidden_call("import time\ntime.sleep(0.5)\nreturn 0.0"), "A function that is slow in every case.")
in_call("exiting_call", hidden_call("os._exit(0)"), "A function that ends the process.")
in_call("crashing_call", hidden_call("import ctypes\nctypes.string_at(0)"), "A function that crashes.")
in_call("forking_call", hidden_call(FORKS), "Processes that start processes, during a call.")
in_call("memory_in_call", hidden_call(BOMB), "More and more memory, during a call.")
in_call("answers_of_a_child", hidden_call("os.fork()\nreturn 0.0"), "Parent and child both answer.")
in_call("warnings_in_a_call", hidden_call("""
import warnings
for i in range(10 ** 5):
    warnings.warn(str(i))
return 0.0
"""), "A hundred thousand warnings.")


def test_it_gains_nothing(arena, attacker):
    arena.check(attacker)


def test_the_honest_keep_their_marks(arena):
    arena.check_honest()


def test_no_process_stays_behind(arena):
    left = [process.pid for process in psutil.process_iter(["cmdline"]) if MARKER in (process.info["cmdline"] or [])]
    assert left == []


def test_a_flood_leaves_a_page_of_bounded_size(arena):
    for name in ("output_flood", "one_long_line", "many_outputs", "output_thread"):
        assert len(arena.feedback(ATTACKS[name].student)) < 4 * LIMITS.output + 2_000_000
