"""Execution of the chapters: a cache that knows nnlib, and failures told by the cell."""
from docutils import nodes
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.execute import cache
from myst_nb.sphinx_ import NbMetadataCollector
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from sphinx.util import logging

from nnlib.book.builder import execution_cache

logger = logging.getLogger(__name__)


def set_cache(app, config):
    config.nb_execution_cache_path = str(execution_cache(app.srcdir))


def execute(notebook, **options):
    """Run a notebook as jupyter-cache does, but know the cell that fails; a dead kernel is a failure, not a crash."""
    started = []
    try:
        result = single_nb_execution(notebook, on_cell_execute=lambda cell, cell_index: started.append(cell_index),
                                     **options)
    except RuntimeError as error:                # DeadKernelError is one; a kernel that does not start raises another
        result = ExecutionResult(notebook, options["cwd"], 0, error)
    join_streams(result.nb)
    if isinstance(result.err, DeadKernelError):
        reason = "the kernel died: out of memory, or compiled code wrote outside an array"
    elif isinstance(result.err, CellTimeoutError):
        reason = f"it ran longer than {options['timeout']} seconds"
    elif isinstance(result.err, RuntimeError):
        reason = f"the kernel does not start: {result.err}"
    elif result.err:
        reason = result.exc_string.strip().splitlines()[-1]
    else:
        return result
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    last = started[-1] if started else code[0]
    line = notebook.metadata["source_map"][last] + 1
    result.exc_string = f"{line}:{_name(code.index(last) + 1, notebook.cells[last].source)} failed: {reason}"
    return result


def join_streams(notebook):
    """One output for what a cell prints in a row: it arrives in any number of pieces, and myst-nb breaks lines there."""
    for cell in notebook.cells:
        joined = []
        for output in cell.get("outputs", []):
            if joined and output.output_type == joined[-1].output_type == "stream" and output.name == joined[-1].name:
                joined[-1].text += output.text
            else:
                joined.append(output)
        if joined:
            cell.outputs = joined


def report(app, doctree):
    """Warn of the cell that failed, and of cells that wrote to stderr."""
    docname = app.env.docname
    result = NbMetadataCollector.get_exec_data(app.env, docname)
    if result and not result["succeeded"]:
        line, message = result["traceback"].split(":", 1)
        logger.warning(message, location=(docname, int(line)))
        return
    cells = [c for c in doctree.findall(nodes.container) if c.get("nb_element") == "cell_code"]
    for number, cell in enumerate(cells, 1):
        source, *outputs = cell.findall(nodes.literal_block)
        for output in outputs:
            if "stderr" in output["classes"]:
                logger.warning("%s wrote to stderr: %s", _name(number, source.astext()),
                               output.astext().strip().splitlines()[0], location=(docname, cell.line - 1))


def _name(number, source):
    return f"cell {number} ({source.strip().splitlines()[0]})"


def setup(app):
    cache.single_nb_execution = execute
    app.connect("config-inited", set_cache)
    app.connect("doctree-read", report)
    return {"parallel_read_safe": False}
