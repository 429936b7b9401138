"""Inside: the student's process. It runs cells, copies itself at graded cells, and calls functions in the copies.

Everything here shares a process with the student's code, so nothing it says is believed: the grader compares values.
"""
import contextlib
import functools
import io
import os
import socket

import numpy as np

from ...attempt import name_of, plain_words
from ..call import silence
from ..compare import NotPlain, plain
from . import wire

WORDS = 2000                                    # characters of an error


def serve(request, control, channels):
    """Announce this process, take its files, and run cells or a kernel until the grader closes the socket."""
    wire.send(control, {"here": True})
    files, contents = wire.receive(control)
    for name, content in zip(files["files"], contents):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content.tobytes())
    if request["kernel"]:
        from .kernel import run_kernel

        run_kernel(control, channels, request)
    else:
        run_cells(control, request["output"])


@functools.cache
def shell():
    """IPython's own shell, which runs cells without a kernel."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """There is no screen: %matplotlib does no harm."""

    return Shell.instance(config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}))


def run_cells(control, size):
    """Run the cells that the grader sends; copy this process when it asks."""
    while True:
        step, _ = wire.receive(control)
        if "snapshot" in step:
            snapshot(control, shell().user_ns)
            continue
        output = Bounded(size)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            result = shell().run_cell(step["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        wire.send(control, {}, [as_bytes(words_of(error) if error else ""), as_bytes(output.text())])


def snapshot(control, names):
    """Copy this process. The copy waits for calls on a socket of its own, and knows these names."""
    _, numbers, _, _ = socket.recv_fds(control, 1, 1)
    channel = socket.socket(fileno=numbers[0])
    if os.fork():
        channel.close()
        return
    try:
        control.close()
        wire.send(channel, {"here": True})
        while True:
            header, arguments = wire.receive(channel)
            answer(channel, header, names.get(header["function"]), arguments)
    finally:
        os._exit(0)


def answer(channel, header, function, arguments):
    """Call a function and send what it gives: outputs as plain arrays, then the arguments as they are after the call."""
    name, count = header["function"], header["outputs"]
    if function is None:
        return refuse(channel, "NameError", f"{name} is not defined.")
    try:
        with silence():
            result = function(*arguments)
    except NotImplementedError:
        return refuse(channel, "NotImplementedError", f"{name_of(function)} is not written yet.")
    except (Exception, SystemExit) as error:              # whatever a student's code raises is the finding
        return refuse(channel, type(error).__name__, plain_words(function, error))
    several = isinstance(result, (tuple, list)) and count > 1
    outputs = [output_of(value) for value in (result if several else (result,))]
    wire.send(channel, {"outputs": len(outputs)}, [*outputs, *arguments])


def refuse(channel, kind, error):
    """Send what went wrong in the place of outputs."""
    wire.send(channel, {"kind": kind, "error": error[:WORDS]})


def output_of(value):
    """A float64 array, or the words that say why it is none."""
    try:
        return plain(value)
    except NotPlain as error:
        return str(error)[:WORDS]


def as_bytes(text):
    """Text as an array of bytes: it may be longer than a header."""
    return np.frombuffer(text.encode("utf-8", "replace"), np.uint8)


def words_of(error):
    """The last line of a traceback."""
    return f"{type(error).__name__}: {error}"[:WORDS]


class Bounded(io.TextIOBase):
    """Takes any text, keeps the beginning."""

    def __init__(self, size):
        self.parts, self.left = [], size

    def writable(self):
        return True

    def write(self, text):
        if self.left > 0:
            self.parts.append(text[:self.left])
            self.left -= len(text)
        return len(text)

    def text(self):
        return "".join(self.parts) + ("\n... (output cut here)" if self.left < 0 else "")
