"""Three computation graphs: type values into the leaves, step forward, step backward."""
import numpy as np

from nnlib import Value, plot

from .graphs import Graph

PARTS = ()
LEAVES = {                               # the values with which the page begins
    "z": {"a": 1, "b": 2, "c": 3},
    "J": {"a": 5, "b": 3, "c": 2},
    "L": {"a": 1, "b": 2, "w": 2, "t": 4},
}
LANES = {                                # where the leaves lie across the direction of the flow
    "z": {"a": 0, "b": 1, "c": 2},
    "J": {"a": 0, "b": 1, "c": 2},
    "L": {"a": 0, "b": 1, "w": 2, "t": 0},
}
FORMULAS = {
    "z": ("z = 3a + 2bc", lambda a, b, c: 3 * a + 2 * b * c),
    "J": ("J = 3(a + bc)", lambda a, b, c: 3 * (a + b * c)),
    "L": ("L = ((a + b)w − t)² + w²", lambda a, b, w, t: ((a + b) * w - t) ** 2 + w ** 2),
}


def build(name):
    """The graph of a formula, made by the library's Value."""
    leaves = {label: Value(value, label=label) for label, value in LEAVES[name].items()}
    root = FORMULAS[name][1](**leaves)
    root.label = name
    return Graph(root, list(leaves.values()))


GRAPHS = {name: build(name) for name in FORMULAS}
KERNEL_OF = {name: graph.kernel() for name, graph in GRAPHS.items()}
graph_z, graph_J, graph_L = KERNEL_OF.values()
KERNELS = {f"{__name__}.graph_{name}": ("vector",) for name in GRAPHS}
TITLE = "Computation graph"
SENTENCE = ("On the page you type values into the leaves of three graphs and step forward and backward. "
            "Here: the third, with the value of every node and, in the second line, the derivative of L with respect to it.")
ALT = ("Graph of L = ((a + b)w − t)² + w² at a = 1, b = 2, w = 2, t = 4. The value L = 8 comes out on the right; "
       "the gradients that come back to the leaves are 8 for a, 8 for b, 16 for w and −4 for t.")


def lanes(name):
    """Where every node lies across the flow: an operation between its operands, a square on the lane of its base."""
    graph, lane = GRAPHS[name], dict(enumerate(LANES[name].values()))
    for node in graph.operations:
        operands = [lane[graph.position[id(parent)]] for parent in node.parents if graph.position[id(parent)] in lane]
        lane[graph.position[id(node)]] = sum(operands) / len(operands)
    return [round(lane.get(i, 0), 3) for i in range(len(graph.nodes))]


def data():
    """Nodes, edges and places of the graphs."""
    return {name: {"formula": FORMULAS[name][0], "leaves": LEAVES[name], "lanes": lanes(name), **GRAPHS[name].layout()}
            for name in GRAPHS}


def picture():
    """The third graph, with values and gradients, from left to right."""
    from matplotlib import pyplot as plt

    graph, lane = GRAPHS["L"], lanes("L")
    layout = graph.layout()
    values, _, gradients = KERNEL_OF["L"].py_func(np.array(list(LEAVES["L"].values()), float))
    figure, ax = plt.subplots(figsize=(10, 3.6), layout="constrained")
    place = [(1.75 * column, -lane[i]) for i, column in enumerate(layout["columns"])]
    names = [*layout["names"][:-1], "L"]
    looks = {"leaf": {"boxstyle": "square,pad=0.5", "facecolor": "#eaf3fa", "edgecolor": "#666666"},
             "operation": {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "#666666"}}
    boxes = []
    for i, name in enumerate(names):
        words = f"{name}\n{values[i]:g}\ngrad {gradients[-1, i]:g}".replace("-", "−")
        look = looks[layout["kinds"][i]]
        box = ax.text(*place[i], words, ha="center", va="center", fontsize=10, color=plot.INK, bbox=look)
        boxes.append(box.get_bbox_patch())
    for start, end in layout["edges"]:
        ax.annotate("", place[end], place[start], arrowprops={
            "arrowstyle": "-|>", "color": "#666666", "shrinkA": 0, "shrinkB": 0,
            "patchA": boxes[start], "patchB": boxes[end]})
    ax.set(xlim=(-0.8, 1.75 * max(layout["columns"]) + 0.6), ylim=(-2.5, 0.5))
    ax.axis("off")
    return figure
