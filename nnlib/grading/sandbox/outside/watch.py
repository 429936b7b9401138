"""The watch over the processes of one submission, every 50 ms; it ends what exceeds a limit."""
import contextlib
import os
import signal
import socket
import threading
import time

from .. import wire
from . import processes
from .cgroup import ControlGroup
from .limits import GiB

PERIOD = 0.05
GONE = 2.0                          # seconds for a session to disappear once it is killed


class Watch(threading.Thread):
    """Knows the keeper of a session. Ends the session, and says why."""

    def __init__(self, limits, life, control, keeper, isolated):
        super().__init__(daemon=True, name="nnlib-watch")
        self.limits, self.life, self.control, self.keeper, self.isolated = limits, life, control, keeper, isolated
        self.handle = os.pidfd_open(keeper)
        self.student = None                     # a pidfd of the student's process, once it is there: see begin
        self.ended = ""
        self.killed = False                     # by the grader, when it is done with the cells
        self.lost = False                       # by an accident: what no code inside can have ended is gone
        self.starved = False                    # when a limit of time was met: by a busy machine, and not by itself
        self.end = self.cells_end = float("inf")
        self.over = threading.Event()
        self.group = ControlGroup(limits, keeper)
        self.start()

    def begin(self, student):
        """The time of this process begins. However late it comes, no limit of time ends a session before."""
        self.student, self.began = os.pidfd_open(student), time.monotonic()
        self.cells_end = self.began + self.limits.cells
        self.end = self.began + self.limits.deadline

    def run(self):
        try:
            while not self.over.is_set():
                if processes.wait(self.life, PERIOD) and not self._read():
                    break
                self._look()
        except Exception as error:              # a submission without its watch would have no limits
            self.lost = True
            self.stop(f"the watch over the submission failed ({type(error).__name__}: {error})")

    def _read(self):
        """Take a message of the keeper; False where it is gone."""
        try:
            message, _ = wire.receive(self.life, time.monotonic() + 1)
            status = int(message.get("ended", 0))
            why = message.get("failed") or self._death(status)
        except (wire.WireError, ValueError, TypeError):
            if not self.over.is_set():
                # the first process of a namespace cannot be killed from inside, and tells before it ends by itself
                self.lost = self.isolated and not (self.ended or self.killed or self.group.out_of_memory())
                self.ended = self.ended or self._death(-signal.SIGKILL)
            return False
        if not (self.killed or self.over.is_set()):
            self._cells_end(why)
        return True

    def _death(self, status):
        """How the student's process ended, in words."""
        if self.group.out_of_memory():
            return self._memory()
        if -status == signal.SIGXCPU:
            return f"more than {self.limits.cpu:g} s of processor time"
        if status < 0:
            name = f" ({signal.Signals(-status).name})" if -status in set(signal.Signals) else ""
            return f"the kernel died{name}"
        return f"the kernel ended (exit code {status})"

    def _memory(self):
        return f"more than {self.limits.memory / GiB:.3g} GiB of memory"

    def _look(self):
        """End what is over a limit. Time comes first: to count takes time where there is much to count."""
        now, limits = time.monotonic(), self.limits
        if now > self.end:
            self.too_late()
            return self.stop(f"the deadline of {limits.deadline:g} s is over")
        if now > self.cells_end and not self.ended:
            self.too_late()
            self._cells_end(f"the cells do not end within {limits.cells:g} s")
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.student, signal.SIGKILL)
        if self.group.out_of_memory():
            return self.stop(self._memory())
        if not {"memory", "processes"} <= self.group.held:
            memory, threads = processes.usage(self.keeper, limits.memory)
            if memory > limits.memory:
                self.stop(self._memory())
            elif threads > limits.processes:
                self.stop(f"more than {limits.processes} processes")

    def too_late(self):
        """A limit of time is met: find out whether this machine gave the submission a processor meanwhile."""
        seconds = time.monotonic() - self.began
        self.starved = self.starved or processes.starved(self.keeper, seconds, self.limits.share)

    def _cells_end(self, why):
        """No more cells. A session that waits for one is told, even if a child of the student's process keeps its socket."""
        self.ended = self.ended or why
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)

    def stop(self, why):
        """End everything, for this reason."""
        self._cells_end(why)
        processes.end(self.keeper, self.handle, self.isolated)

    def cells_over(self):
        """The cells have ended: what follows has the rest of the deadline."""
        self.cells_end = float("inf")

    def why(self):
        """Why nothing answers. The keeper tells of a death a moment later than the socket does."""
        patience = time.monotonic() + 0.5
        while not self.ended and time.monotonic() < patience:
            time.sleep(0.01)
        return self.ended

    def close(self):
        """End all processes and return when they are gone."""
        self.over.set()
        processes.end(self.keeper, self.handle, self.isolated)
        self.join()
        # the first process of a namespace counts as ended only when all others in it are gone; its socket closes earlier
        processes.wait(self.handle, GONE)
        self.group.remove()
        for handle in {self.handle, self.student} - {None}:
            os.close(handle)
