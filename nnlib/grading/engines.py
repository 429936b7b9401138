"""The two ways to run the cells of a notebook in a sandbox.

``Notebook`` runs them in a Jupyter kernel, with all their outputs. ``Lean`` runs them without one, which is faster, and
keeps what they print. Either way ``session`` is what can be asked afterwards. The outputs are a student's until
``one_notebook`` has made them plain.
"""
import contextlib
import time

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_output
from traitlets import Int

from .submissions.clean_outputs import KINDS, error_output, plain_outputs


class Lean:
    """Cells run one after another in a session of the sandbox."""

    def __init__(self, sandbox, notebook, files):
        self.limits, self.room = sandbox.limits, sandbox.limits.output
        self.opening = sandbox.session(files=files)

    def __enter__(self):
        self.end = time.monotonic() + self.limits.cells
        self.session = self.opening.__enter__()
        return self

    def __exit__(self, *error):
        return self.opening.__exit__(*error)

    def execute(self, cell, index):
        """Run a cell and fill in its outputs."""
        outcome = self.session.run(cell.source)
        outputs = [new_output("stream", name="stdout", text=outcome.output)] if outcome.output else []
        if outcome.error:
            outputs.append(error_output(outcome.error))
        cell.outputs, self.room = plain_outputs(outputs, self.room)


class Notebook:
    """Cells run in a Jupyter kernel inside the sandbox, as a student runs them."""

    def __init__(self, sandbox, notebook, files):
        self.sandbox, self.limits, self.files = sandbox, sandbox.limits, files
        self.client = Client(notebook, kernel_manager_class=SandboxKernelManager, allow_errors=True,
                             shutdown_kernel="immediate", store_widget_state=False,
                             timeout_func=self.time_left, iopub_timeout=1, room=sandbox.limits.output,
                             on_cell_executed=self.note)
        self.closing = contextlib.ExitStack()

    def __enter__(self):
        self.end = time.monotonic() + self.limits.cells
        self.closing.enter_context(self.client.setup_kernel(sandbox=self.sandbox, files=self.files))
        self.session = self.client.km.provisioner.session
        return self

    def __exit__(self, *error):
        return self.closing.__exit__(*error)

    def time_left(self, cell):
        """Seconds that a cell may take; afterwards it is interrupted."""
        return max(0.1, self.end - time.monotonic())

    def execute(self, cell, index):
        """Run a cell and fill in its outputs."""
        self.client.execute_cell(cell, index)

    def test(self, cell, index):
        """Run a cell of tests and fill in its outputs. True if it ended without an error, and none of them was left out."""
        self.status, self.client.room = "", max(self.client.room, TEST)
        self.execute(cell, index)
        return self.status == "ok" and self.client.room >= 0

    def note(self, cell, cell_index, execute_reply):
        """Keep what the kernel says about the end of a cell."""
        self.status = execute_reply["content"]["status"]


TEST = 2 ** 16                      # characters that a cell of tests may show, however many others have shown
ENGINES = {"notebook": Notebook, "lean": Lean}


class SandboxKernelManager(AsyncKernelManager):
    """Starts Python kernels in the sandbox, not those that are installed."""

    @property
    def kernel_spec(self):
        return KernelSpec(argv=["sandbox"], display_name="Python 3", language="python",
                          metadata={"kernel_provisioner": {"provisioner_name": "nnlib-sandbox"}})


class Client(NotebookClient):
    """nbclient for a hostile kernel: drops messages that are not output, and outputs beyond ``room`` characters."""

    room = Int()

    def process_message(self, msg, cell, cell_index):
        kind = msg["msg_type"]
        if kind in KINDS or kind == "update_display_data":
            self.room -= len(str(msg["content"]))
            if self.room < 0:
                return None
        elif kind not in ("status", "execute_input", "clear_output"):
            return None
        return super().process_message(msg, cell, cell_index)
