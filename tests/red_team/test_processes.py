"""Attacks with processes: they end with the submission, and only with it."""
import errno
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nnlib.grading.sandbox.inside import syscalls

ENDINGS = {
    "exit": ("import os\nos._exit(3)", "exit code 3"),
    "segmentation fault": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "abort": ("import os\nos.abort()", "SIGABRT"),
    "kill itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "kill everyone": ("import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)", "died"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_death_is_told_and_costs_later_cells_only(sandbox, ending):
    code, words = ENDINGS[ending]
    with sandbox.session() as session:
        session.run("def f(x):\n    return x + 1")
        session.snapshot("test_f")
        assert words in session.run(code).error
        assert words in session.run("1 + 1").error
        session.snapshot("test_g")
        first, = session.call("test_f", "f", [(np.zeros(2),)])
        second, = session.call("test_g", "f", [(np.zeros(2),)])
    assert words in session.ended
    assert second.kind == "DeadKernelError"
    if ending == "kill everyone":
        assert first.kind == "DeadKernelError"              # its own copies too
    else:
        assert first.outputs[0].tolist() == [1, 1]


HANGS = {
    "endless loop": "while True: pass",
    "ignores signals": "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
                       "    except (OSError, ValueError): pass\nwhile True: pass",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "blocks in C": "import ctypes\nctypes.CDLL(None).pause()",
    "sleeps": "import time\ntime.sleep(1000)",
    "catches everything": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
}


@pytest.mark.parametrize("code", HANGS.values(), ids=HANGS)
def test_no_cell_holds_the_grader_longer_than_its_time(hasty_sandbox, code):
    start = time.monotonic()
    with hasty_sandbox.session() as session:
        outcome = session.run(code)
    assert time.monotonic() - start < hasty_sandbox.limits.deadline + 2
    assert outcome.error and session.ended


@pytest.mark.parametrize("code", HANGS.values(), ids=HANGS)
def test_no_function_holds_the_grader_longer_than_its_time(hasty_sandbox, code):
    start = time.monotonic()
    with hasty_sandbox.session() as session:
        session.run("def f(x):\n" + "".join(f"    {line}\n" for line in code.splitlines()))
        session.snapshot("test_f")
        replies = session.call("test_f", "f", [(np.zeros(2),)] * 3)
    assert [reply.kind for reply in replies] == ["TimeoutError"] * 3 or "CPU" in session.ended
    assert time.monotonic() - start < hasty_sandbox.limits.deadline + 2


def test_a_fork_bomb_ends_with_its_submission(hasty_sandbox):
    with hasty_sandbox.session() as session:
        session.run("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    assert session.ended


def test_a_bomb_of_threads_ends_with_its_submission(attack):
    outcome, _ = attack("import threading, time\nfor _ in range(500):\n"
                        "    threading.Thread(target=time.sleep, args=(9,)).start()\n"
                        "print('all started')")
    assert "all started" not in outcome.output.splitlines()


def test_orphans_that_hide_in_sessions_of_their_own_die_with_the_submission(attack):
    marker = f"nnlib-orphan-{os.getpid()}"
    outcome, _ = attack("import subprocess\n"
                        f"subprocess.Popen(['/bin/sh', '-c', 'trap \"\" TERM HUP; sleep 300; : {marker}'], "
                        f"start_new_session=True)\n"
                        "print('left one')")
    assert "left one" in outcome.output
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path)]
    assert not any(marker.encode() in command for command in commands)


def readable(path):
    try:
        return path.read_bytes() is not None
    except OSError:
        return False


def test_processes_of_other_submissions_are_not_there(sandbox):
    with sandbox.session() as honest:
        honest.run("x = 1")
        with sandbox.session() as session:
            outcome = session.run("import os\nfor pid in range(1, 5000):\n    try:\n        os.kill(pid, 0); print(pid)\n"
                                  "    except ProcessLookupError: pass\n"
                                  "    except PermissionError: print('other', pid)\n"
                                  "print('me', os.getpid())\nos.kill(-1, 9)")
        assert outcome.output.splitlines()[:3] == ["1", "2", "me 2"]
        assert honest.run("print(x)").output == "1\n"


def test_nothing_stays_behind_when_the_grader_is_killed():
    code = ("import os, sys, time\nfrom nnlib.grading.sandbox.outside import Sandbox\n"
            "with Sandbox() as sandbox, sandbox.session() as session:\n"
            "    session.run('1')\n    print(session.watch.keeper, flush=True)\n    time.sleep(60)")
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    keeper = int(grader.stdout.readline())
    assert Path(f"/proc/{keeper}").exists()
    grader.kill()
    grader.wait()
    until = time.monotonic() + 5
    while Path(f"/proc/{keeper}").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{keeper}").exists()


NAMESPACES = {
    "unshare": "libc.unshare({flags})",
    "clone": "libc.syscall({clone}, {flags} | 17, 0, 0, 0, 0)",
    "clone3": "libc.syscall({clone3}, (ctypes.c_uint64 * 11)({flags}, 0, 0, 0, 17), 88)",
    "mount": "libc.mount(b'none', b'/scratch', b'tmpfs', 0, None)",
}


@pytest.mark.parametrize("call", NAMESPACES.values(), ids=NAMESPACES)
def test_nobody_becomes_the_root_of_a_new_namespace(attack, call):
    clone = syscalls.MACHINES[os.uname().machine][1]
    outcome, _ = attack("import ctypes, errno, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
                        f"if {call.format(flags=0x10000000, clone=clone, clone3=syscalls.CLONE3)} == -1: "
                        "print(errno.errorcode[ctypes.get_errno()])\n"
                        "else: print('through')")
    assert outcome.output.strip() == ("ENOSYS" if "clone3" in call else "EPERM")


def test_threads_and_programs_start_as_usual(attack):
    outcome, _ = attack("import subprocess, sys, threading\nt = threading.Thread(target=print, args=['a thread'])\n"
                        "t.start(); t.join()\n"
                        "print(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, "
                        "text=True).stdout)")
    assert outcome.output.split() == ["a", "thread", "42"] and not outcome.error


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_a_filter_decides_by_number_and_flags(machine):
    architecture, clone, (one, pair), names = syscalls.MACHINES[machine]
    other = min({*range(600)} - {clone, one, pair, syscalls.CLONE3, *names.values(), *syscalls.EVERYWHERE.values()})
    wanted = {(other, 0): "ALLOW", (clone, 17): "ALLOW", (clone, 0x10000000): errno.EPERM, (names["mount"], 0): errno.EPERM,
              (syscalls.CLONE3, 0): errno.ENOSYS, (other | syscalls.OTHER_ABI, 0): errno.EPERM}
    wanted |= {(call, family): "ALLOW" if family in (1, 2, 10, 16) else errno.EAFNOSUPPORT
               for call in (one, pair) for family in (0, 1, 2, 3, 10, 16, 38, 40)}
    program = syscalls.program(machine)
    assert {call: decision(program, architecture, *call) for call in wanted} == wanted
    assert decision(program, architecture ^ 1, other, 0) == errno.EPERM


def test_an_unknown_machine_has_no_filter():
    with pytest.raises(OSError, match="no filter of system calls is known for pdp11"):
        syscalls.program("pdp11")


def decision(program, architecture, number, flags):
    """What a filter answers: the error, or "ALLOW"."""
    seen, value, line = {syscalls.NUMBER: number, syscalls.ARCHITECTURE: architecture, syscalls.FIRST_ARGUMENT: flags}, 0, 0
    jumps = {syscalls.JUMP_EQUAL: lambda k: value == k, syscalls.JUMP_AT_LEAST: lambda k: value >= k,
             syscalls.JUMP_ANY_BIT: lambda k: value & k}
    while True:
        code, if_true, if_false, k = struct.unpack_from("<HBBI", program, 8 * line)
        line += 1
        if code == syscalls.RETURN:
            return "ALLOW" if k == syscalls.ALLOW else k - syscalls.ERROR
        if code == syscalls.LOAD:
            value = seen[k]
        else:
            line += if_true if jumps[code](k) else if_false
