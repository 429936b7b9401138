"""The page that a student gets back: nbgrader's own exporter and template, without its gradebook."""
import functools
import html

from nbformat.v4 import new_markdown_cell

UNSAFE = "Graded without a sandbox: nothing kept this code from changing its own mark."


def with_message(notebook, reason, unprotected):
    """Put what a reader has to know first at the top: why a person has to look, or "". Modifies the notebook."""
    lines = [reason, UNSAFE if unprotected else ""]
    if any(lines):
        cell = new_markdown_cell("\n\n".join(f"**{html.escape(line)}**" for line in lines if line))
        cell.id = "message"
        notebook.cells.insert(0, cell)


def page(notebook, record):
    """The feedback page of a graded notebook, as HTML. Points that a person gave later need nbgrader generate_feedback.

    Modifies  notebook: what the template reads is written into the metadata of its cells
    """
    for cell in notebook.cells:
        cell.metadata.setdefault("alt", "Picture made by this cell")
        role = cell.metadata.get("nbgrader", {})
        if role.get("grade"):
            mark = record.tasks[role.grade_id.removeprefix("test_")]
            role.update(score=mark.points, points=mark.possible)
    resources = {"nbgrader": {
        "notebook": record.assignment, "assignment": record.assignment, "student": record.student, "score": record.total,
        "max_score": sum(mark.possible for mark in record.tasks.values()), "late_penalty": 0}}
    return exporter().from_notebook_node(notebook, resources)[0]


@functools.cache
def exporter():
    """The exporter of this process, made for its first page: the process that only collects pages does not import it."""
    from .page_exporter import PageExporter

    return PageExporter()
