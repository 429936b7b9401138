"""The table of equations that have an implementation, and the proof that book and docstrings agree.

An equation whose label is the name of a kernel is computed by that kernel, and the first line of the field
Equation in its docstring ends with the equation's number. A number that is missing or stale fails the build.
"""
import inspect
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from nnlib import kernels

logger = logging.getLogger(__name__)
WITNESSES = "central differences, Value graph, PyTorch"


class equation_table(nodes.General, nodes.Element):
    """Stands for the table until all numbers are known: a book without it is not compared."""


class EquationTable(Directive):
    def run(self):
        return [equation_table()]


def numbered(app):
    """[(number as text, label, docname, anchor)] of every labelled equation, in the order of the book."""
    env, rows = app.env, []
    for label, (docname, _) in env.get_domain("math").equations.items():
        anchor = nodes.make_id(f"equation-{label}")
        number = env.toc_fignumbers.get(docname, {}).get("displaymath", {}).get(anchor)
        if number:
            rows.append((number, label, docname, anchor))
    return [(".".join(map(str, number)), *rest) for number, *rest in sorted(rows)]


def written(kernel):
    """The equation number at the end of the docstring's first Equation line, or None."""
    match = re.search(r"^ *Equation .*\((\d+\.\d+)\)$", kernel.__doc__ or "", re.M)
    return match[1] if match else None


def compare(rows):
    """Warn of every kernel whose docstring and equation disagree: the build is strict."""
    numbers = {label: number for number, label, *_ in rows}
    for name in kernels.__all__:
        here, there = written(getattr(kernels, name)), numbers.get(name)
        if here != there:
            logger.warning("kernel %s: its docstring says equation %s, the book %s. Write the book's number at the end "
                           "of the docstring's first Equation line.", name, here or "nothing", there or "has none")


def fill(app, doctree, fromdocname):
    for place in list(doctree.findall(equation_table)):
        place.replace_self(table(app, fromdocname))


def table(app, fromdocname):
    rows = [row for row in numbered(app) if row[1] in kernels.__all__]
    compare(rows)
    group = nodes.tgroup("", *[nodes.colspec(colwidth=width) for width in (15, 45, 40)], cols=3)
    group += nodes.thead("", line([[nodes.Text(text)] for text in ("Equation", "Kernel", "Witnesses of its gradient")]))
    body = nodes.tbody()
    for number, label, docname, anchor in rows:
        link = make_refnode(app.builder, fromdocname, docname, anchor, nodes.Text(f"({number})"))
        path = Path(inspect.getsourcefile(getattr(kernels, label).py_func)).name
        tested = WITNESSES if label.endswith("_backward") else ""
        body += line([[link], [nodes.literal("", label), nodes.Text(f" in {path}")], [nodes.Text(tested)]])
    group += body
    return nodes.table("", group)


def line(cells):
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells])


def setup(app):
    app.add_node(equation_table)
    app.add_directive("equation-table", EquationTable)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True}
