"""Frames between the grader and a submission: two lengths, a JSON header, raw bytes of arrays. Never pickle.

What comes from a submission is hostile. Every length, dtype and shape is checked before memory is taken for it,
and anything wrong with a frame raises a WireError.
"""
import json
import math
import struct
import time

import numpy as np

LENGTHS = struct.Struct("<II")                  # of the header, of the bytes behind it
HEADER = 2 ** 20
BODY = 2 ** 26
AXES = 8                                        # of an array; to multiply many sizes takes longer than a session has
DTYPES = {np.dtype(code).str for code in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")}


class WireError(ValueError):
    """A frame that is not as expected, or none at all."""


def pack(header, values=()):
    """The bytes of a frame: a JSON object, and arrays, numbers and texts."""
    blobs = []
    text = json.dumps({**header, "values": [encode(value, blobs) for value in values]}).encode()
    body = b"".join(blobs)
    if len(text) > HEADER or len(body) > BODY:
        raise WireError(f"a frame of {len(text)} + {len(body)} bytes, expected at most {HEADER} + {BODY}")
    return LENGTHS.pack(len(text), len(body)) + text + body


def unpack(text, body):
    """(header, values) of a frame, or WireError."""
    try:
        header = json.loads(text)
        body = Bytes(body)
        values = [decode(entry, body) for entry in header.pop("values")]
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"a broken frame ({type(error).__name__})") from None
    if body.left:
        raise WireError(f"{body.left} bytes too many in a frame")
    return header, values


def encode(value, blobs):
    """A value as JSON; the bytes of arrays and of NumPy's numbers go to blobs."""
    if type(value) in (int, float, str):
        return ["json", value]
    array = np.asarray(value)
    array = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    if not (type(value) is np.ndarray or isinstance(value, np.generic)) or array.dtype.str not in DTYPES:
        raise WireError(f"a value of type {type(value).__name__}, expected a number or a plain array of numbers")
    blobs.append(array.tobytes())
    return ["array" if type(value) is np.ndarray else "number", array.dtype.str, list(array.shape)]


def decode(entry, body):
    """The value of an entry. Arrays take their bytes from body, and are checked against what is left of it."""
    kind, value, *shape = entry
    if kind == "json" and type(value) in (int, float, str):
        return value
    if kind not in ("array", "number") or value not in DTYPES or len(shape) != 1 or \
            len(shape[0]) > AXES or not all(type(size) is int and 0 <= size < 2 ** 31 for size in shape[0]):
        raise ValueError
    dtype = np.dtype(value)
    array = np.frombuffer(body.take(math.prod(shape[0]) * dtype.itemsize), dtype).reshape(shape[0]).copy()
    return array if kind == "array" else array[()]


class Bytes:
    """Bytes that are taken from the front."""

    def __init__(self, data):
        self.data, self.start = memoryview(data), 0

    @property
    def left(self):
        return len(self.data) - self.start

    def take(self, count):
        if count > self.left:
            raise ValueError
        self.start += count
        return self.data[self.start - count:self.start]


def send(sock, header, values=(), until=math.inf):
    """Send a frame, or WireError where nobody takes it before the time ``until`` (of time.monotonic)."""
    frame = memoryview(pack(header, values))
    while frame:
        frame = frame[waiting(sock, until, sock.send, frame[:2 ** 20]):]


def receive(sock, until=math.inf):
    """The next frame, (header, values), or WireError where none is complete by the time ``until``."""
    length, size = LENGTHS.unpack(exactly(sock, LENGTHS.size, until))
    if length > HEADER or size > BODY:
        raise WireError(f"a frame of {length} + {size} bytes, expected at most {HEADER} + {BODY}")
    return unpack(exactly(sock, length, until), exactly(sock, size, until))


def exactly(sock, count, until):
    """Exactly ``count`` bytes, or WireError."""
    data = bytearray()
    while len(data) < count:
        part = waiting(sock, until, sock.recv, min(count - len(data), 2 ** 20))
        if not part:
            raise WireError("the process ended")
        data += part
    return bytes(data)


def waiting(sock, until, operation, *arguments):
    """The result of a socket's operation, or WireError at the time ``until``."""
    left = until - time.monotonic()
    if left <= 0:
        raise WireError("no complete answer in time")
    sock.settimeout(None if left == math.inf else left)
    try:
        return operation(*arguments)
    except TimeoutError:
        raise WireError("no complete answer in time") from None
    except OSError:
        raise WireError("the process ended") from None
