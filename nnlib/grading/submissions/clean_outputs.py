"""Outputs of cells that come from a student's process: made plain, and bounded in size."""
from nbformat.v4 import new_output

CUT = "... The rest of the output is left out.\n"
KINDS = {"stream", "display_data", "execute_result", "error"}


def plain_outputs(outputs, room):
    """(the outputs with nothing in them but text, what is left of ``room`` characters).

    Everything that is not an output of the notebook format is dropped.
    """
    plain = []
    for output in outputs:
        output = plain_output(output)
        if output is None:
            continue
        size = len(str(output))
        if size > room:
            return [*plain, new_output("stream", name="stdout", text=CUT)], 0
        room -= size
        plain.append(output)
    return plain, room


def plain_output(output):
    """One output with nothing in it but text, or None."""
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
        data = {clean(key): clean(value) for key, value in data.items() if isinstance(value, str)} \
            if isinstance(data, dict) else {}
        return new_output(kind, data=data) if data else None
    return None


def clean(text):
    """The text without halves of surrogate pairs, which no file can hold; "" for anything else."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def error_output(words):
    """The output of a cell that ended with these words, the last line of a traceback."""
    name, _, value = words.partition(": ")
    return new_output("error", ename=name, evalue=value, traceback=[words])
