"""The page that a student gets back: nbgrader's own exporter and template, without its gradebook."""
import functools
import html
import math

from nbformat.v4 import new_markdown_cell

from ..bounded import Unbounded, bounded
from ..record import RULES

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"       # no script at all, nothing from elsewhere
PLAIN = "This notebook holds a text that takes too long to lay out, so its cells stand here as they were written."
UNSAFE = "Graded without a sandbox: nothing kept this code from changing its own mark."
BESIDE = "The tests ran beside this code."


def with_message(notebook, reason, unprotected, beside=False):
    """Put what a reader has to know first at the top: why a person has to look, or "". Modifies the notebook."""
    lines = [reason, UNSAFE if unprotected else "", BESIDE if beside else ""]
    if any(lines):
        cell = new_markdown_cell("\n\n".join(f"**{html.escape(line)}**" for line in lines if line))
        cell.id = "message"
        notebook.cells.insert(0, cell)


def page(notebook, entry, until=math.inf):
    """The feedback page of a graded notebook, as HTML, with the points and comments of an Entry.

    It is made within limits, for what a student wrote may take for ever; where that fails, the page is a plain one.

    Units     ``until`` is a time of time.monotonic
    Modifies  notebook: what the template reads is written into the metadata of its cells
    """
    for cell in notebook.cells:
        cell.metadata.setdefault("alt", "Picture made by this cell")
        role = cell.metadata.get("nbgrader", {})
        if role.get("grade"):
            mark = entry.tasks[role.grade_id.removeprefix("test_")]
            waits, rule = role.grade_id in entry.to_mark, entry.rules.get(role.grade_id.removeprefix("test_"))
            role.update(score=mark.points, points=mark.possible, waits=waits, grade=not waits,     # no score in its head
                        counts=f": {RULES[rule]}" if rule else "")
        if role.get("solution"):
            role.update(comment=entry.comments.get(role.grade_id))
    resources = {"nbgrader": {
        "notebook": entry.assignment, "assignment": entry.assignment, "student": entry.student, "score": entry.total,
        "max_score": sum(mark.possible for mark in entry.tasks.values()), "late_penalty": entry.late, "policy": POLICY}}
    able = exporter()                            # before the process is copied: the next copy inherits it
    try:
        return bounded(lambda: able.from_notebook_node(notebook, resources)[0], until=until)
    except Unbounded:
        return plain_page(notebook, entry)


def plain_page(notebook, entry):
    """A page that shows every cell as it was written, and no outputs but those of graded cells."""
    head = html.escape(f"{entry.assignment} (Score: {entry.total:g} / "
                       f"{sum(mark.possible for mark in entry.tasks.values()):g})")
    rows = [f"<li>{html.escape(task)} " + ("(not marked yet)" if task in entry.to_mark else
                                           f"(Score: {mark.points:g} / {mark.possible:g})") + "</li>"
            for task, mark in entry.tasks.items()]
    if entry.late:
        rows.append(f"<li>Late submission penalty (Score: {-entry.late:g})</li>")
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>{html.escape(entry.assignment)}</title></head>",
        f"<body><main><h1>{head}</h1>", f"<ol>{''.join(rows)}</ol>", f"<p>{PLAIN}</p>", *map(plain_cell, notebook.cells),
        "</main></body>", "</html>"])


def plain_cell(cell):
    """A cell of a plain page. The outputs of a cell with tests are ours."""
    role = cell.metadata.get("nbgrader", {})
    ours = role.get("grade") and not role.get("solution")
    outputs = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])] if ours else []
    comment = role.get("comment")
    texts = [cell.source, *outputs, *([f"Comment: {comment}"] if comment else [])]
    return "\n".join(f"<pre>{html.escape(text)}</pre>" for text in texts)


@functools.cache
def exporter():
    """The exporter of this process, made for its first page: the process that only collects pages does not import it."""
    from .page_exporter import PageExporter

    return PageExporter()
