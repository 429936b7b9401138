"""Copies of the student's process, made at graded cells. They wait for calls of the function that stands there."""
import os
import socket

from ....check.calls import name_of, plain_words, several
from ...comparison.reply import NotPlain, plain, silence
from .. import wire

WORDS = 2000                                    # characters of an error


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
    except (Exception, SystemExit) as error:              # any error of a student's code is a result
        return refuse(channel, type(error).__name__, plain_words(function, error))
    outputs = [output_of(value) for value in several(result, count)]
    wire.send(channel, {"outputs": len(outputs)}, [*outputs, *arguments])


def refuse(channel, kind, error):
    """Send what went wrong instead of outputs."""
    wire.send(channel, {"kind": kind, "error": error[:WORDS]})


def output_of(value):
    """A float64 array, or the words that say why it is none."""
    try:
        return plain(value)
    except NotPlain as error:
        return str(error)[:WORDS]
