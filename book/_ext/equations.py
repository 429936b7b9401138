"""The table of equations that have an implementation, and the proof that book and docstrings agree.

An equation whose label is the name of a kernel is computed by that kernel, plain and compiled, and the first line of
the field Equation in both docstrings ends with the equation's number. A number that is missing or stale fails the build.
The table links both sources, and the tests of both.
"""
import re
from pathlib import PurePosixPath

from docutils import nodes
from docutils.parsers.rst import Directive
from plain_kernel import file_link, place, source_link
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from nnlib import kernels
from nnlib.kernels import plain

logger = logging.getLogger(__name__)
COLUMNS = {"Equation": 10, "Kernel": 30, "As one reads it": 22, "Compiled": 18, "Tests": 20}             # and their widths


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
        for kind, kernel in (("kernel", getattr(kernels, name)), ("plain kernel", getattr(plain, name))):
            here, there = written(kernel), numbers.get(name)
            if here != there:
                logger.warning("%s %s: its docstring says equation %s, the book %s. Write the book's number at the end of "
                               "the docstring's first Equation line.", kind, name, here or "nothing", there or "has none")


def fill(app, doctree, fromdocname):
    for node in list(doctree.findall(equation_table)):
        node.replace_self(table(app, fromdocname))


def table(app, fromdocname):
    rows = [row for row in numbered(app) if row[1] in kernels.__all__]
    compare(rows)
    group = nodes.tgroup("", *[nodes.colspec(colwidth=width) for width in COLUMNS.values()], cols=len(COLUMNS))
    group += nodes.thead("", line([[nodes.Text(text)] for text in COLUMNS]))
    body = nodes.tbody()
    for number, label, docname, anchor in rows:
        link = make_refnode(app.builder, fromdocname, docname, anchor, nodes.Text(f"({number})"))
        slow, fast = getattr(plain, label), getattr(kernels, label)
        topic = PurePosixPath(place(slow)[0]).stem
        tests = [f"test_{topic}", "test_plain", *(["test_gradients"] if label.endswith("_backward") else [])]
        body += line([[link], [nodes.literal("", label)], [source_link(app.config, slow, f"plain/{topic}.py")],
                      [source_link(app.config, fast, f"{topic}.py")],
                      spaced(file_link(app.config, f"tests/{test}.py", test) for test in tests)])
    group += body
    return nodes.table("", group)


def spaced(links):
    """The links, with a space between each and the next, where a line may break."""
    return [node for link in links for node in (link, nodes.Text(" "))][:-1]


def line(cells):
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells])


def setup(app):
    app.add_node(equation_table)
    app.add_directive("equation-table", EquationTable)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True}
