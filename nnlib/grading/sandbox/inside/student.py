"""The student's process. It takes its files, then runs cells, or a Jupyter kernel, until the grader closes the socket.

Everything here shares a process with the student's code, so nothing it says is believed: the grader compares values.
"""
import os
import sys

from .. import wire
from .cells import run_cells


def serve(request, control, channels):
    """Announce this process, take its files, and run cells or a kernel until the grader closes the socket."""
    wire.send(control, {"here": True})
    files, contents = wire.receive(control)
    for name, content in zip(files["files"], contents):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content.tobytes())
    sys.path.insert(0, "")                        # as in Jupyter: a module beside the notebook can be imported
    if request["kernel"]:
        from .kernel import run_kernel

        run_kernel(control, channels, request)
    else:
        run_cells(control, request["output"])
