"""One submission. Everything that it sends is hostile: it becomes an Outcome or a Reply, never an exception."""
import contextlib
import signal
import socket
import struct
import time
from dataclasses import dataclass

import numpy as np

from ...comparison.reply import NotPlain, Reply, plain
from ...errors import GradingError
from .. import wire
from . import processes
from .watch import Watch

START = 20.0                        # seconds for a process to be forked
OUTSIDE = ("TimeoutError", "DeadKernelError")          # kinds of Reply that are found here, and not told from inside
NICE = 5                            # where no control group keeps many processes from slowing the grader


@dataclass(frozen=True)
class Outcome:
    """What a cell gave: the last line of its error, and what it printed."""

    error: str = ""
    output: str = ""


class Session:
    """The processes of one submission, seen from outside."""

    def __init__(self, limits, life, control, isolated):
        self.limits, self.life, self.control, self.isolated = limits, life, control, isolated
        self.copies, self.late = {}, False
        self.watch = None
        self.failed = False                 # a call gave an error, and not only that its function is not written yet
        for sock in (life, control):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)       # before anything is sent on it: see greeting

    @property
    def ended(self):
        """Why the session ended early, in one sentence, or ""."""
        return self.watch.ended if self.watch else ""

    def check(self):
        """Raise GradingError if an accident of the grader has ended the session: no mark may come of it."""
        if self.watch.lost:
            raise GradingError(f"sandbox: a session was ended from outside ({self.ended}).\n"
                               "Is the memory of this machine used up? Grade with fewer --workers.")
        if self.watch.starved:
            raise GradingError("sandbox: a session ran out of time because this machine was busy with something else.\n"
                               "Grade again when it is not, with fewer --workers, or with a longer --time-limit.")

    def open(self, files):
        """Let the keeper go once its limits are set, and hand over the files.

        Raises    GradingError if a process is not there in time, or ends at once
        """
        try:
            self.watch = Watch(self.limits, self.life, self.control, greeting(self.life), self.isolated)
            wire.send(self.life, {"nice": 0 if "cpu" in self.watch.group.held else NICE})
            self.watch.begin(greeting(self.control))
            wire.send(self.control, {"files": list(files)},
                      [np.frombuffer(content, np.uint8) for content in files.values()], self.watch.end)
        except (wire.WireError, OSError) as error:
            why = self.watch.why() if self.watch else ""
            raise GradingError(f"sandbox: a session does not start: {why or error}.\nRun: nnlib doctor") from None

    @property
    def alive(self):
        """True while the student's process runs."""
        return not processes.wait(self.watch.student, 0)

    def processes(self):
        """Ids of all its processes, in our own numbers."""
        return processes.tree(self.watch.keeper)

    def signal(self, number):
        """Send a signal to the student's process. Killing it here does not count as an early end; its copies live on."""
        self.watch.killed = self.watch.killed or number == signal.SIGKILL
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.watch.student, number)

    def run(self, source):
        """The Outcome of one cell."""
        try:
            wire.send(self.control, {"source": source}, until=self.watch.end)
            _, (error, output) = wire.receive(self.control, self.watch.end)
            error, output = (value.tobytes().decode(errors="replace") for value in (error, output))
            return Outcome(error[:2000], output[:self.limits.output + 100])
        except (wire.WireError, ValueError, AttributeError) as error:
            return Outcome(self.watch.why() or f"the kernel does not answer as expected ({error})")

    def snapshot(self, name):
        """Copy the student's process at a graded cell. The copy waits for calls."""
        ours, theirs = socket.socketpair()
        until = min(self.watch.end, time.monotonic() + self.limits.call)
        with theirs:
            try:
                wire.send(self.control, {"snapshot": name}, until=until)
                socket.send_fds(self.control, [b"s"], [theirs.fileno()])
                theirs.close()
                wire.receive(ours, until)
                self.copies[name] = ours
            except (wire.WireError, OSError):
                ours.close()

    def call(self, name, function, arguments, outputs=1):
        """A Reply for each tuple of arguments, from the copy made at the graded cell ``name``.

        Once a function has not ended, others get their share of what is left: it must not take the time of other tasks.
        """
        self.watch.cells_over()
        left = self.watch.end - time.monotonic()
        seconds = min(left, self.limits.call, left / (2 * max(1, len(self.copies))) if self.late else left)
        until = time.monotonic() + seconds
        replies = []
        for case in arguments:
            if replies and replies[-1].kind in OUTSIDE:
                replies.append(replies[-1])
            else:
                replies.append(self._call(self.copies.get(name), function, case, outputs, until, seconds))
                self.late = self.late or replies[-1].kind == "TimeoutError"
        self.failed = self.failed or any(reply.kind not in ("", "NotImplementedError") for reply in replies)
        return replies

    def _call(self, copy, function, arguments, outputs, until, seconds):
        """The Reply of one call."""
        if copy is None:
            return Reply(kind="DeadKernelError", error=f"{function} is not called: "
                                                       f"{self.ended or 'the process could not be copied'}.")
        try:
            wire.send(copy, {"function": function, "outputs": outputs}, arguments, until)
            header, values = wire.receive(copy, until)
            return reply_of(header, values, arguments)
        except (wire.WireError, ValueError, TypeError, KeyError) as error:
            if time.monotonic() >= until and not self.ended:
                self.watch.too_late()
                return Reply(kind="TimeoutError", error=f"{function} does not end within {seconds:.2g} seconds.")
            return Reply(kind="DeadKernelError", error=f"{function} gives no answer: {self.watch.why() or error}.")

    def close(self):
        """End all processes, and wait until they are gone."""
        if self.watch:
            self.watch.close()
        for copy in self.copies.values():
            copy.close()


def greeting(sock):
    """The id of the process that sends the first frame, or WireError. The system tells it, in our own numbers."""
    until = time.monotonic() + START
    lengths, ancillary, _, _ = wire.waiting(sock, until, sock.recvmsg, wire.LENGTHS.size, socket.CMSG_SPACE(12))
    if len(lengths) < wire.LENGTHS.size:
        raise wire.WireError("the process ended")
    header, _ = wire.unpack(wire.exactly(sock, wire.LENGTHS.unpack(lengths)[0], until), b"")
    if "failed" in header:
        raise wire.WireError(header["failed"])
    return next(struct.unpack("3i", data)[0] for level, kind, data in ancillary
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS))


def reply_of(header, values, arguments):
    """The Reply in a frame, or an error where it has another form than expected."""
    if "kind" in header:
        kind = words(header["kind"], 100)
        return Reply(kind="Exception" if kind in ("", *OUTSIDE) else kind, error=words(header["error"]))
    count = header["outputs"]
    outputs, after = values[:count], values[count:]
    if type(count) is not int or not 0 <= count <= len(values) or len(after) != len(arguments):
        raise ValueError("another number of values than expected")
    changed = tuple(position for position, (a, b) in enumerate(zip(arguments, after))
                    if isinstance(a, np.ndarray) and not (type(b) is np.ndarray and np.array_equal(a, b, equal_nan=True)))
    if not all(type(value) is str or type(value) is np.ndarray and value.dtype == np.float64 for value in outputs):
        raise ValueError("an output that is not an array of float64")       # another would grow before its shape is seen
    return Reply(outputs=tuple(output_of(value) for value in outputs), changed=changed)


def output_of(value):
    """An array that a comparison may look at, or NotPlain."""
    try:
        return NotPlain(words(value)) if isinstance(value, str) else plain(value)
    except NotPlain as error:
        return error


def words(text, size=2000):
    """Text that can be written everywhere, or an error."""
    if type(text) is not str:
        raise ValueError("not a text")
    return text[:size].encode("utf-8", "replace").decode()
