"""Prove each limit by trying to break it. What the doctor shows is what happened here, not what should."""
import socket
import tempfile
import time
from dataclasses import dataclass

import numpy as np

from . import view
from .limits import Limits, MiB
from .processes import running
from .sandbox import Sandbox

LIMITS = Limits(memory=400 * MiB, scratch=16 * MiB, file=8 * MiB, output=20_000, processes=40,
                cpu=2, cells=6, call=2, deadline=8)
SPARE = 2.0                         # seconds that a deadline may be late
FOLDERS = ".", "/scratch", "/tmp", "/cache", "/dev/shm", "/var/tmp"       # that a submission may write to, or might


@dataclass(frozen=True)
class Row:
    """One limit: what was tried to break it, whether it held, and what happened."""

    limit: str
    tried: str
    held: bool
    how: str


def tries(secret, port, hidden):
    """(limit, what is tried, cell). A cell that gets through prints through."""
    host = "import socket\nsocket.create_connection(('127.0.0.1', {}), 2)\nprint('through')"
    yield "network", "connect to this machine", host.format(port)
    yield "network", "reach the machine below this one", (
        "import socket\nfor family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG):\n"
        "    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):\n"
        "        try: socket.socket(family, kind); print('through', family)\n        except OSError: pass")
    yield "course", "read a file of the grader", f"print('through', open({str(secret)!r}).read())"
    yield "view", "find the course, its settings or another nnlib", (
        f"import os\nfor path in {view.places(view.unseen(hidden))}:\n"
        "    if os.path.isfile(path) or os.path.isdir(path) and os.listdir(path): print('through', path)")
    yield "files", "write outside its folders", "open('/left', 'w')\nprint('through')"
    yield "python", "write into the packages", "import numpy\nopen(numpy.__file__, 'a')\nprint('through')"
    yield "scratch", "fill its folder", "for i in range(99): open(f'f{i}', 'wb').write(bytes(2 ** 20))\nprint('through')"
    yield "file", "write one large file", "open('f', 'wb').write(bytes(9 * 2 ** 20))\nprint('through')"
    yield "memory", "take memory in one process", "x = [b'x' * 2 ** 26 for _ in range(40)]\nprint('through')"
    yield "memory of all", "take memory in many processes", (
        "import os, time\nfor _ in range(8):\n    if not os.fork(): x = b'x' * (100 * 2 ** 20); time.sleep(60)\n"
        "time.sleep(4)\nprint('through')")
    yield "memory of all", "fill the sockets of many processes", (
        "import os, socket, time\nfor _ in range(20):\n    if not os.fork():\n"
        "        pairs = [socket.socketpair() for _ in range(100)]\n        for one in sum(pairs, ()):\n"
        "            one.setblocking(False)\n            try:\n                while one.send(bytes(2 ** 16)): pass\n"
        "            except BlockingIOError: pass\n        time.sleep(60)\ntime.sleep(4)\nprint('through')")
    yield "memory of none", "make memory that belongs to no process", (
        "import ctypes\nlibc = ctypes.CDLL(None)\nfor name, arguments in (('memfd_create', (b'x', 0)), "
        "('shmget', (0, 4096, 0o1600)), ('semget', (0, 9, 0o1600)), ('msgget', (0, 0o1600))):\n"
        "    if getattr(libc, name)(*arguments) != -1: print('through', name)")
    yield "processes", "start many processes", (
        "import os, time\nfor _ in range(200):\n    if not os.fork(): time.sleep(60)\nprint('through')")
    yield "processor", "compute without end", "while True: pass"
    yield "wall clock", "stop the process", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    yield "namespaces", "become the root of new ones", (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.unshare(0x10000000) == 0: print('through')\n"
        "else: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))")
    yield "others", "find processes of others", (
        "import os\nfor pid in range(3, 9999):\n    try: os.kill(pid, 0); print('through', pid)\n"
        "    except ProcessLookupError: pass")


def doctor(hidden=()):
    """A Row for every limit. ``hidden`` are the paths of a course: the doctor looks for these very files.

    Raises    GradingError if nothing here keeps student code apart
    """
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as secret, socket.create_server(("127.0.0.1", 0)) as server, \
            Sandbox(LIMITS, hidden=hidden) as sandbox:
        secret.write("the course secret")
        secret.flush()
        for limit, tried, source in tries(secret.name, server.getsockname()[1], hidden):
            start = time.monotonic()
            with sandbox.session() as session:
                outcome = session.run(source)
            late = time.monotonic() - start > LIMITS.deadline + SPARE
            through = any(line.startswith("through") for line in outcome.output.splitlines())
            rows.append(Row(limit, tried, not (through or late), session.ended or outcome.error or "nothing was found"))
        rows += [output(sandbox), orphans(sandbox), left(sandbox), honest(sandbox)]
    return rows


def output(sandbox):
    """The row about what a cell prints."""
    with sandbox.session() as session:
        length = len(session.run("print('x' * 10 ** 7)").output)
    return Row("output", "print 10 MB", length <= LIMITS.output + 100, f"{length} characters came out")


def orphans(sandbox):
    """The row about processes that outlive their parents."""
    with sandbox.session() as session:
        session.run("import os, time\nif not os.fork():\n    os.setsid()\n    if not os.fork(): time.sleep(600)\n"
                    "    os._exit(0)\nos.wait()")
        before = session.processes()
    left = [pid for pid in before if running(pid)]
    return Row("orphans", "leave a process behind", len(before) > 2 and not left,
               f"{len(before)} processes, {len(left)} of them left")


def left(sandbox):
    """The row about files that the next submission finds."""
    with sandbox.session() as session:
        wrote = session.run(f"for folder in {FOLDERS}:\n    try: open(folder + '/nnlib-doctor', 'w'); print(folder)\n"
                            "    except OSError: pass").output.split()
    with sandbox.session() as session:
        found = session.run("import os\nprint([folder for folder in "
                            f"{FOLDERS} if os.path.exists(folder + '/nnlib-doctor')])").output.strip()
    return Row("next one", "leave a file for the next submission", bool(wrote) and found == "[]",
               f"written into {', '.join(wrote) or 'no folder'}, found in {found}")


def honest(sandbox):
    """The row that shows that honest code still works."""
    with sandbox.session() as session:
        session.run("def double(x):\n    return 2 * x")
        session.snapshot("test_double")
        reply, = session.call("test_double", "double", [(np.arange(3.0),)])
    right = not reply.kind and reply.outputs[0].tolist() == [0, 2, 4]
    return Row("honest work", "answer a call after all this", right, reply.error or "the right answer")
