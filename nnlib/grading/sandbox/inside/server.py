"""The fork server. It imports what notebooks import, then forks one isolated process for each submission.

A submission is three processes. The *opener* enters new namespaces and only waits. Its child is the first process of
the new pid namespace, the *keeper*: it adopts orphans, and everything in the namespace dies with it. The keeper's child
is the *student's process*, the only one that runs cells. No student's code ever runs in the fork server.
"""
import gc
import json
import os
import resource
import signal
import socket
import sys

from .. import wire
from . import cells, isolate, student, syscalls
from .huge_pages import use_huge_pages

REQUEST = 2 ** 16


def main():
    """Serve requests on the socket named on the command line until the grader closes it.

    The paths behind it must not be seen here: they hold the course, or more of nnlib than a submission may use.
    """
    if seen := [path for path in sys.argv[4:] if os.path.isfile(path) or os.path.isdir(path) and os.listdir(path)]:
        sys.exit(f"The sandbox sees {seen[0]}, expected nothing there.")
    requests = socket.socket(fileno=int(sys.argv[1]))
    isolated, kernels = sys.argv[2] == "isolated", sys.argv[3] == "kernels"
    warm(kernels)
    address_space = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    signal.signal(signal.SIGCHLD, reap)
    requests.send(b"ready")
    while True:
        message, sockets, _, _ = socket.recv_fds(requests, REQUEST, 8)
        if not message:
            os._exit(0)
        request = json.loads(message)
        request["address_space"] = address_space + request["memory"]
        if os.fork() == 0:
            requests.close()
            open_session(request, [socket.socket(fileno=number) for number in sockets], isolated)
        for number in sockets:
            os.close(number)


def warm(kernels):
    """Everything that a notebook is likely to import or compile, once; with kernels or without."""
    import IPython.core.interactiveshell
    import matplotlib.pyplot  # noqa: F401
    import matplotlib_inline.backend_inline  # noqa: F401
    import numpy as np

    import nnlib.check
    import nnlib.plot  # noqa: F401
    from nnlib.kernels import unchecked

    if unchecked.COMPILED:
        import numba

        numba.njit(lambda x: x[0, 0] + 1)(np.ones((2, 2)))              # loads the compiler itself
    try:
        raise ValueError
    except ValueError:                            # loads what shows a traceback
        IPython.core.ultratb.FormattedTB(mode="Context", theme_name="nocolor").structured_traceback(*sys.exc_info())
    if kernels:
        import ipykernel.debugger
        import ipykernel.ipkernel
        import ipykernel.kernelapp  # noqa: F401
    else:
        cells.shell().run_cell("None", store_history=False)
    gc.collect()
    gc.freeze()                                   # the collector would touch, and so copy, every page in every child
    use_huge_pages()
    with open("/proc/self/status") as status:
        threads = next(int(line.split()[1]) for line in status if line.startswith("Threads"))
    if threads != 1:
        sys.exit(f"the fork server has {threads} threads after its imports, expected 1")


def reap(*_):
    """Forget children that ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def open_session(request, sockets, isolated):
    """The opener: namespaces, then the keeper in them. Ends with it."""
    life, control, *channels = sockets
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if isolated:
            isolate.unshare()
        keeper = os.fork()
        if not keeper:
            keep(request, life, control, channels, isolated)
        for sock in sockets:
            sock.close()
        os.waitpid(keeper, 0)
    except BaseException as error:
        tell(life, failed=f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


def keep(request, life, control, channels, isolated):
    """The keeper: wait for the word go, mount, start the student's process, tell when it ends, adopt what it leaves."""
    try:
        isolate.die_with_parent()
        isolate.adopt_orphans()
        tell(life, here=True)                     # the grader learns the process id from the socket, and sets limits on it
        os.nice(wire.receive(life)[0]["nice"])
        if isolated:
            isolate.mount(request["scratch"])
        else:
            os.chdir(request["folder"])
        signal.signal(signal.SIGINT, signal.SIG_DFL)                # the first process of a namespace ignores defaults
        student = os.fork()
        if not student:
            life.close()
            begin(request, control, channels, isolated)
        for sock in (control, *channels):
            sock.close()
        while True:
            pid, status = os.wait()
            if pid == student:
                tell(life, ended=os.waitstatus_to_exitcode(status))
    except ChildProcessError:
        pass
    except BaseException as error:
        tell(life, failed=f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


def begin(request, control, channels, isolated):
    """The student's process: give up all rights, then cells."""
    try:
        os.setsid()
        isolate.limit(request)
        if isolated:
            isolate.give_up_rights(syscalls.program(os.uname().machine))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
        student.serve(request, control, channels)
    except wire.WireError:                        # the grader has closed the socket
        pass
    except BaseException as error:
        tell(control, failed=f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


def tell(sock, **words):
    """Send a frame about this process; the grader may have gone."""
    try:
        wire.send(sock, words)
    except wire.WireError:
        pass


if __name__ == "__main__":
    main()
