"""The scalar graph of a formula as a kernel: forward values, local derivatives, and gradients after every backward step.

A page cannot run `Value`, which is a Python object. What it needs of it is the rule of each operation, and that is read
from the source of `nnlib/value.py`: `__mul__` says `Value(self.data * other.data, ..., (other.data, self.data), "*")`,
so the kernel gets `data[4] = p * q` and `local[0], local[1] = q, p`.
"""
import ast
import inspect
import math
import textwrap

import numpy as np
from numba import njit

from ...value import Value

METHODS = {("+", 2): "__add__", ("-", 2): "__sub__", ("*", 2): "__mul__", ("/", 2): "__truediv__", ("-", 1): "__neg__"}
OPERANDS = ("p", "q")


class Graph:
    """The nodes that lead to a Value: its leaves in the given order, then the others column by column."""

    def __init__(self, root, leaves):
        order = root.graph()
        self.column = columns(order)
        others = [node for node in order if not any(node is leaf for leaf in leaves)]
        self.nodes = leaves + sorted(others, key=lambda node: self.column[id(node)])
        self.leaves = len(leaves)
        self.position = {id(node): i for i, node in enumerate(self.nodes)}
        self.operations = [node for node in self.nodes if node.parents]
        self.edges = [(self.position[id(parent)], self.position[id(node)])
                      for node in self.operations for parent in node.parents]

    def kernel(self):
        """Numba function of the leaves' values (n,) -> data (nodes,), local (edges,), grad (operations + 1, nodes).

        Row s of grad holds the gradients after s backward steps, from the root on; one operation a step.
        """
        names = {"np": np, "math": math}
        exec(compile(self.source(), f"<graph {self.nodes[-1].label}>", "exec"), names)
        return njit(names["graph"])

    def source(self):
        """Python of the kernel, one line for each thing that happens on the graph."""
        lines = [f"data, local = np.empty({len(self.nodes)}), np.empty({len(self.edges)})",
                 f"grad = np.zeros(({len(self.operations) + 1}, {len(self.nodes)}))"]
        lines += [f"data[{i}] = leaves[{i}]" if i < self.leaves else f"data[{i}] = {node.data!r}"
                  for i, node in enumerate(self.nodes) if not node.parents]
        first_edge = 0
        edges_of = {}
        for node in self.operations:
            here = edges_of[id(node)] = range(first_edge, first_edge := first_edge + len(node.parents))
            lines += [f"{name} = data[{self.position[id(parent)]}]" for name, parent in zip(OPERANDS, node.parents)]
            before, value, local = rule(node)
            lines += [*before, f"data[{self.position[id(node)]}] = {value}",
                      *(f"local[{e}] = {d}" for e, d in zip(here, local))]
        lines.append(f"grad[0, {self.position[id(self.nodes[-1])]}] = 1.0")
        for step, node in enumerate(reversed(self.operations), 1):
            lines.append(f"grad[{step}] = grad[{step - 1}]")
            lines += [f"grad[{step}, {self.position[id(parent)]}] += local[{e}] * grad[{step}, {self.position[id(node)]}]"
                      for e, parent in zip(edges_of[id(node)], node.parents)]
        return "def graph(leaves):\n" + textwrap.indent("\n".join([*lines, "return data, local, grad"]), "    ")

    def layout(self):
        """Nodes with name and column, edges; a page draws no constants, which are part of their operation's name."""
        return {"names": [in_words(node) for node in self.nodes],
                "kinds": ["leaf" if i < self.leaves else "operation" if node.parents else "constant"
                          for i, node in enumerate(self.nodes)],
                "columns": [self.column[id(node)] for node in self.nodes],
                "edges": self.edges}


def columns(order):
    """{id: column} of nodes given parents first: as far from the last as the longest way to the root has steps."""
    steps = {id(node): 0 for node in order}
    for node in reversed(order):
        for parent in node.parents:
            steps[id(parent)] = max(steps[id(parent)], steps[id(node)] + 1)
    return {key: max(steps.values()) - count for key, count in steps.items()}


def rule(node):
    """Source of an operation, with p and q for its operands: lines before it, its value, its local derivatives."""
    power = node.operation.removeprefix("**") if node.operation.startswith("**") else None
    method = "__pow__" if power else METHODS.get((node.operation, len(node.parents)), node.operation)
    function = ast.parse(textwrap.dedent(inspect.getsource(getattr(Value, method)))).body[0]

    class Substitute(ast.NodeTransformer):
        def visit_Attribute(self, attribute):
            return ast.Name({"self": "p", "other": "q"}[attribute.value.id]) if attribute.attr == "data" else attribute

        def visit_Name(self, name):
            return ast.parse(power, mode="eval").body if power and name.id == "power" else name

    def text(tree):
        return ast.unparse(Substitute().visit(tree))

    before = [text(line) for line in function.body if isinstance(line, ast.Assign) and line.targets[0].id != "other"]
    result = function.body[-1].value                      # Value(data, parents, local, operation)
    return before, text(result.args[0]), [text(derivative) for derivative in result.args[2].elts]


def in_words(node, inside=""):
    """What a node is, in the letters of the leaves: (a + b)w. Brackets where the operation around it needs them."""
    if not node.parents:
        return node.label or f"{node.data:g}"
    if node.operation.startswith("**"):
        inner = in_words(node.parents[0], "**")
        return inner + node.operation.removeprefix("**").translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    names = [in_words(parent, node.operation) for parent in node.parents]
    if node.operation == "*":
        whole, loose = "".join(names), inside == "**"
    elif len(names) == 1:
        whole, loose = f"{node.operation}{names[0]}".replace("-", "−"), inside != ""
    else:
        whole, loose = f" {node.operation} ".join(names).replace(" - ", " − "), inside in ("*", "**", "/", "-")
    return f"({whole})" if loose else whole
