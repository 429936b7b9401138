"""Attacks on memory, disk, processor and output: each meets its limit, and the limit is the submission's own."""
import subprocess
import sys
import time

import numpy as np
import pytest

from nnlib.grading.comparison.reply import NotPlain
from nnlib.grading.sandbox.outside import cgroup, processes


def test_memory_ends_at_the_limit_of_one_process(attack):
    outcome, _ = attack("import numpy as np\nx = [np.ones(2**20) for _ in range(1000)]\nprint('took it')")
    assert "took" not in outcome.output.split() and outcome.error


def test_memory_of_many_processes_counts_together(attack):
    outcome, session = attack("import os, time\nfor _ in range(10):\n    if not os.fork():\n"
                              "        x = b'x' * (100 * 2**20)\n"
                              "        time.sleep(60)\n        os._exit(0)\ntime.sleep(3)\nprint('took 1 GB')")
    assert "took" not in outcome.output.split()
    assert "memory" in session.ended


@pytest.mark.parametrize("held", ["by a control group", "by the watch alone"])
def test_shared_memory_of_many_processes_counts_too(attack, monkeypatch, held):
    if held == "by the watch alone":
        monkeypatch.setattr(cgroup, "places", lambda: {})
    outcome, session = attack("import mmap, os, time\nfor _ in range(10):\n    if not os.fork():\n"
                              "        x = mmap.mmap(-1, 100 * 2**20)\n"
                              "        x.write(b'x' * len(x))\n        time.sleep(60)\n        os._exit(0)\n"
                              "time.sleep(3)\nprint('took 1 GB')")
    assert "took" not in outcome.output.split()
    assert "memory" in session.ended


def test_what_sockets_may_hold_counts_as_memory_where_no_control_group_counts_what_they_do(attack, monkeypatch):
    monkeypatch.setattr(cgroup, "places", lambda: {})
    outcome, session = attack("import os, socket, time\nfor _ in range(20):\n    if not os.fork():\n"
                              "        pairs = [socket.socketpair() for _ in range(100)]\n"
                              "        time.sleep(60)\n        os._exit(0)\ntime.sleep(4)\nprint('took 800 MB')")
    assert "took" not in outcome.output.split() and "memory" in session.ended


def test_shared_memory_counts_as_memory():
    code = "import mmap\nx = mmap.mmap(-1, 2**26)\nx.write(b'x' * 2**26)\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        memory, threads = processes.usage(process.pid, 2 ** 40)
        process.kill()
    assert 2 ** 26 < memory < 2 ** 27 and threads == 1


@pytest.mark.parametrize("code", [
    "import os\nos.write(os.memfd_create('x'), b'x' * 2**22)",
    *(f"import ctypes\nif ctypes.CDLL(None).{call} == -1: raise PermissionError" for call in (
        "shmget(0, 2**22, 0o1600)", "semget(0, 32000, 0o1600)", "msgget(0, 0o1600)",
        "syscall({'x86_64': 240, 'aarch64': 180}[__import__('os').uname().machine], b'x', 0o102, 0o600, None)")),
], ids=["a file without a name", "a segment", "semaphores", "messages", "a queue of messages"])
def test_there_is_no_memory_that_belongs_to_no_process(attack, code):
    outcome, _ = attack(code)
    assert "PermissionError" in outcome.error


def test_the_folder_is_bounded(attack):
    outcome, session = attack("for i in range(100):\n    open(f'f{i}', 'wb').write(bytes(2**20))\nprint('wrote 100 MB')")
    assert "No space left" in outcome.error and session.ended == ""


def test_the_number_of_files_is_bounded(attack):
    outcome, _ = attack("for i in range(10**5):\n    open(f'f{i}', 'wb').close()")
    assert "No space left" in outcome.error


def test_a_file_is_bounded(attack):
    outcome, _ = attack("open('f', 'wb').write(bytes(10 * 2**20))")
    assert "File too large" in outcome.error


def test_a_sparse_file_is_bounded(attack):
    outcome, _ = attack("open('f', 'wb').truncate(10**12)")
    assert "File too large" in outcome.error


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm", "/cache"])
def test_other_folders_share_the_same_bound(attack, folder):
    outcome, _ = attack(f"for i in range(100):\n    open(f'{folder}/{{i}}', 'wb').write(bytes(2**20))")
    assert "No space left" in outcome.error


def test_processor_time_is_bounded(hasty_sandbox):
    with hasty_sandbox.session() as session:
        start = time.monotonic()
        session.run("import threading\ndef spin():\n    while True: pass\n"
                    "for _ in range(3): threading.Thread(target=spin).start()\nspin()")
    assert time.monotonic() - start < hasty_sandbox.limits.deadline
    assert session.ended


FLOODS = {
    "print": "print('x' * 50_000_000)",
    "many prints": "for _ in range(10_000): print('x' * 1000)",
    "descriptor": "import os\nfor _ in range(50): os.write(1, b'x' * 2**20); os.write(2, b'x' * 2**20)",
    "value": "'x' * 50_000_000",
    "error": "raise ValueError('x' * 50_000_000)",
    "not UTF-8": "print('\\ud800' * 1000)",
}


@pytest.mark.parametrize("code", FLOODS.values(), ids=FLOODS)
def test_output_is_cut(attack, sandbox, code):
    outcome, session = attack(code)
    assert len(outcome.output) <= sandbox.limits.output + 100 and len(outcome.error) <= 2000
    outcome.output.encode(), outcome.error.encode()
    assert session.ended == ""


def test_huge_replies_are_refused(sandbox):
    with sandbox.session() as session:
        session.run("import numpy as np\ndef f(x):\n    return np.broadcast_to(x[:1], (10**5, 10**4))")
        session.snapshot("test_f")
        reply, = session.call("test_f", "f", [(np.zeros(2),)])
    output, = reply.outputs
    assert isinstance(output, NotPlain) and "has more than 65,536 entries" in str(output)
