"""Outputs of cells that come from a student's process: made plain, and bounded in size."""
import re

from ... import quick_jsonschema  # noqa: F401, before nbformat imports jsonschema

# isort: split
from nbformat.v4 import new_output

CUT = "... The rest of the output is left out.\n"
COLOURS = 2_000                     # sequences that switch colours in a text: nbconvert copies the rest of it at each
KINDS = {"stream", "display_data", "execute_result", "error"}
PICTURES = ("image/png", "image/jpeg")
TYPES = ("text/plain", "text/html", "text/markdown", "text/latex", *PICTURES)


def plain_outputs(outputs, room):
    """(the outputs with nothing in them but text and pictures, what is left of ``room`` characters).

    Everything that is not an output of the notebook format is dropped. What is printed in pieces becomes one output, and a
    line that was written again and again, as by a progress bar, is shown as it was last.
    """
    plain = []
    for output in merged(filter(None, map(plain_output, outputs))):
        size = len(str(output))
        if size > room:
            return [*plain, new_output("stream", name="stdout", text=CUT)], 0
        room -= size
        plain.append(output)
    return plain, room


def merged(outputs):
    """The outputs with the pieces of a stream put together. The time is linear in the text: a line may have any length."""
    joined, pieces = [], {}
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in pieces:
            pieces[output.name].append(output.text)
        else:
            pieces[output.name] = [output.text]
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = overwritten("".join(pieces[output.name]))
    return joined


def overwritten(text):
    """The text as a terminal shows it: what follows a carriage return stands in place of the line so far."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def plain_output(output):
    """One output with nothing in it but text and pictures, or None."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output(kind, name=name, text=clean(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return new_output(kind, ename=clean(output.get("ename")), evalue=clean(output.get("evalue")),
                          traceback=[clean(line) for line in lines] if isinstance(lines, list) else [])
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        return new_output(kind, data=plain_data(data)) if isinstance(data, dict) and data else None
    return None


def plain_data(data):
    """The forms of an output that can be shown and do nothing; a sentence where there is no such form."""
    plain = {kind: clean(data[kind]) for kind in TYPES if isinstance(data.get(kind), str)}
    for kind in PICTURES:
        if kind in plain and not is_base64(plain[kind]):
            del plain[kind]
    return plain or {"text/plain": "(An output is left out: only text, tables and pictures are shown.)"}


def is_base64(text):
    """True if a text may stand for the bytes of a picture."""
    return re.fullmatch(r"[A-Za-z0-9+/=\s]*", text) is not None


def clean(text):
    """The text without halves of surrogate pairs, which no file can hold; "" for anything else."""
    if not isinstance(text, str):
        return ""
    if text.count("\x1b") > COLOURS:
        text = re.sub(r"\x1b(\[[0-9;]{0,20}[A-Za-z])?", "", text)
    return text.encode("utf-8", "replace").decode()


def error_output(words):
    """The output of a cell that ended with these words, the last line of a traceback."""
    name, _, value = words.partition(": ")
    return new_output("error", ename=name, evalue=value, traceback=[words])
