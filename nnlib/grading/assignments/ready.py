"""A notebook run from top to bottom in a fresh kernel, as grading will run it: is it ready to hand in?"""
from pathlib import Path

from ..errors import GradingError, require

STATUS = "from nnlib import check\nprint(check.status())\nprint(bool(check.status()))"


def ready(path):
    """(True if a notebook can be handed in, what to say of it). The notebook stays as it is.

    Raises    GradingError if there is no such notebook, or it cannot be read
    """
    nbclient, nbformat = require("nbclient"), require("nbformat")
    path = Path(path)
    if not path.is_file():
        raise GradingError(f"nnlib check: there is no notebook {path}.\nName it as in nnlib check 02_logistic.ipynb.")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:                      # a broken file can fail in any way
        raise GradingError(f"nnlib check: {path} is not a notebook: {error}.\nSave it again in JupyterLab.") from None
    notebook.cells = [cell for cell in notebook.cells if "skip-execution" not in cell.metadata.get("tags", [])]
    notebook.cells.append(nbformat.v4.new_code_cell(STATUS))
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=True,
                            resources={"metadata": {"path": str(path.absolute().parent)}}).execute()
    *said, answer = "".join(output.get("text", "") for output in notebook.cells[-1].outputs).splitlines() or [""]
    failed = [cell for cell in notebook.cells if any(output.output_type == "error" for output in cell.get("outputs", []))]
    for cell in failed:
        error = next(output for output in cell.outputs if output.output_type == "error")
        said.append(f"stops  {cell.source.strip().splitlines()[0]}\n       {error.ename}: {error.evalue}")
    done = answer == "True" and not failed
    return done, "\n".join([*said, "Ready to hand in." if done else "Not ready yet."])
