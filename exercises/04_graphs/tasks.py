"""What only the grader knows of 04_graphs: references, hidden cases, and the mistakes students make.

Misconceptions are written as a student writes them, and call ``turns`` and the class ``Number``, which the notebook
gives, by name. ``Number`` calls ``product_slopes`` and ``gradients``.

The graph of ``own_gradient`` may be drawn for each student. All are equally hard: six nodes in a chain, of the same kinds;
w and one node are used twice, everything else once; and for the worked example each gradient is between 0.1 and 50, and
the slope of tanh at least 0.2, so that nothing disappears.
"""
import json

import numpy as np

from nnlib.check import differences
from nnlib.grading.tasks import FAR, GRADIENTS, UNCHANGED, Case, Misconception, OwnValues, Task, Written, changes

# z = y^2, y = u tanh(u), u = 2x at x = 0.5, s = 3x, and the third graph of the chapter, as in the notebook
V = np.tanh(1.0)
SQUARE = np.array([[1, 1], [2, 3], [4, -1], [2, -1], [-1, -1], [4, -1]])
SQUARE_SLOPES = np.array([[V, V], [V, 1], [2, 0], [1 - V ** 2, 0], [0, 0], [3, 0]])
THIRD = np.array([[2, 6], [-1, -1], [4, -1], [-1, -1], [7, 5], [-1, -1], [3, -1], [9, 3], [-1, -1], [1, 8]])
THIRD_SLOPES = np.array([[1.0, 1], [0, 0], [4, 0], [0, 0], [1, -1], [0, 0], [4, 0], [2, 3], [0, 0], [1, 1]])

# the plain graph of task 6: a node, its kind, and its parents, or its parent and a factor
GRAPH = (("p", "product", "x", "w"), ("q", "sum", "p", "y"), ("r", "tanh", "q", None), ("s", "product", "r", "p"),
         ("u", "multiple", "s", 3), ("v", "difference", "u", "w"))
NODES = "pqrsuv"
SHOWN = {"product": "{} * {}", "sum": "{} + {}", "difference": "{} - {}", "tanh": "np.tanh({})", "multiple": "{1} * {0}"}
OWN_EXAMPLE = np.array([0.5, -0.5]), np.array([-0.5, 1.0]), -0.5, np.array([2.0, -1.0])


# References

def product_slopes(u):
    return np.array([np.prod(np.delete(u, n)) for n in range(len(u))])


def neuron_slopes(x, w, b):
    h = np.tanh(w @ x + b)
    slope = 1 - h * h
    return slope * w, slope * x, slope


def turns(parents, end):
    turn = np.full(len(parents), -1)
    turn[end] = 0
    changed = True
    while changed:
        changed = False
        for node in range(len(parents)):
            for parent in parents[node]:
                if parent >= 0 and turn[node] >= 0 and turn[parent] <= turn[node]:
                    turn[parent] = turn[node] + 1
                    changed = True
    return turn


def gradients(parents, slopes, end):
    grad = np.zeros(len(parents))
    grad[end] = 1.0
    turn = turns(parents, end)
    for t in range(int(np.max(turn)) + 1):
        for node in np.flatnonzero(np.asarray(turn) == t):
            for parent, slope in zip(parents[node], slopes[node]):
                if parent >= 0:
                    grad[parent] += slope * grad[node]
    return grad


class Number:
    """The class of the notebook."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = float(data), 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other):
        other = number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = number(other)
        slopes = product_slopes(np.array([self.data, other.data]))
        return Number(self.data * other.data, (self, other), slopes)

    def __pow__(self, n):
        return Number(self.data ** n, (self,), (n * self.data ** (n - 1),))

    def __sub__(self, other):
        return self + number(other) * -1

    def __rsub__(self, other):
        return number(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        nodes, place = [self], {self: 0}
        for node in nodes:
            for parent in node.parents:
                if parent not in place:
                    place[parent] = len(nodes)
                    nodes.append(parent)
        width = max(1, max(len(node.parents) for node in nodes))
        parents = np.full((len(nodes), width), -1)
        slopes = np.zeros((len(nodes), width))
        for i, node in enumerate(nodes):
            parents[i, :len(node.parents)] = [place[parent] for parent in node.parents]
            slopes[i, :len(node.parents)] = node.slopes
        for node, grad in zip(nodes, gradients(parents, slopes, 0)):
            node.grad = float(grad)


def number(x):
    return x if isinstance(x, Number) else Number(x)


def third_gradient(a, b, w, t):
    A, B, T = ([Number(value) for value in values] for values in (a, b, t))
    W = Number(w)
    total = Number(0)
    for n in range(len(a)):
        total = total + ((A[n] + B[n]) * W - T[n]) ** 2
    loss = total * (1 / len(a)) + W ** 2
    loss.backward()
    return *(np.array([node.grad for node in nodes]) for nodes in (A, B)), W.grad, np.array([node.grad for node in T])


def own_nodes(graph, x, y, w):
    """{name: value} of the inputs and nodes of a graph."""
    values = {"x": x, "y": y, "w": w}
    for node, kind, a, b in graph:
        if kind == "product":
            values[node] = values[a] * values[b]
        elif kind == "sum":
            values[node] = values[a] + values[b]
        elif kind == "difference":
            values[node] = values[a] - values[b]
        elif kind == "tanh":
            values[node] = np.tanh(values[a])
        else:
            values[node] = b * values[a]
    return values


def own_gradient(x, y, w, t):
    nodes = own_nodes(GRAPH, x, y, w)
    grad = dict.fromkeys(nodes, 0.0)
    grad["v"] = 2 * (nodes["v"] - t) / len(t)
    for node, kind, a, b in reversed(GRAPH):
        paid = grad[node]
        if kind == "product":
            paid = paid * nodes[b], paid * nodes[a]
        elif kind == "sum":
            paid = paid, paid
        elif kind == "difference":
            paid = paid, -paid
        elif kind == "tanh":
            paid = [paid * (1 - nodes[node] ** 2)]
        else:
            paid = [b * paid]
        for parent, part in zip((a, b), paid):
            grad[parent] = grad[parent] + part
    return grad["x"], grad["y"], np.sum(grad["w"])


# Graphs of one's own

def draw_own(rng):
    """A graph as hard as the plain one: each node uses the one before it, and the other places are dealt out."""
    while True:
        kinds = [str(kind) for kind in rng.permutation([kind for _, kind, _, _ in GRAPH])]
        first, *others = (str(name) for name in rng.permutation(["x", "y", "w", "w", "a node"]))
        graph, before = [], first
        for place, (node, kind) in enumerate(zip(NODES, kinds)):
            parents = before, int(rng.integers(3, 6)) if kind == "multiple" else None
            if kind in ("product", "sum", "difference"):
                other = others.pop()
                if other == "a node" and place > 1:
                    other = str(rng.choice([*NODES[:place - 1]]))
                parents = (before, other) if rng.random() < 0.5 else (other, before)
            graph.append((node, kind, *parents))
            before = node
        if possible(graph) and mild(graph):
            return tuple(graph)


def possible(graph):
    """True if every place is filled, and every node is an array: w alone is a number."""
    return not any("a node" in (a, b) or a == b or a == "w" and kind in ("tanh", "multiple") for _, kind, a, b in graph)


def mild(graph):
    """True if no gradient of the worked example is close to 0 or large, and its tanh is not at its end."""
    nodes = own_nodes(graph, *OWN_EXAMPLE[:3])
    sizes = np.abs(np.concatenate([np.ravel(slope) for slope in example_gradients(graph)]))
    steepness = [1 - nodes[node] ** 2 for node, kind, _, _ in graph if kind == "tanh"]
    return np.min(steepness) > 0.2 and np.min(sizes) > 0.1 and np.max(sizes) < 50


def example_gradients(graph):
    """dx, dy and dw of the worked example, by central differences: the reference knows one graph only."""
    *inputs, t = OWN_EXAMPLE
    return differences(lambda *inputs: np.mean((own_nodes(graph, *inputs)["v"] - t) ** 2), inputs, (0, 1, 2))


def shown(graph):
    """The source of the cell that gives the loss of a graph, and its gradients for the worked example."""
    example = {name: slope.round(4).tolist() for name, slope in zip(("dx", "dy", "dw"), example_gradients(graph))}
    lines = [f"    {node} = {SHOWN[kind].format(a, b)}" for node, kind, a, b in graph]
    return "\n".join(["def own_loss(x, y, w, t):",
                      '    """The loss of your own graph: x, y, t (N,), w a number -> a number."""',
                      *lines, "    return np.mean((v - t) ** 2)", "", "",
                      "# its gradients for the example with points, rounded", f"own_example = {json.dumps(example)}"])


OWN = OwnValues("own_gradient", cell="own_graph", name="GRAPH", draw=draw_own, shown=shown)


# Cases

def factors(rng):
    yield Case("the worked example", (np.array([3.0, 5.0, 0.5, -2.0]),))
    yield Case("two factors", (rng.normal(0, 2, 2),))
    yield Case("five factors", (rng.normal(0, 2, 5),))
    yield Case("one factor", (rng.normal(0, 2, 1),))
    yield Case("equal factors", (np.full(4, rng.uniform(1, 2)),))
    yield Case("one factor 0", (np.array([2.0, 0.0, rng.normal()]),), "a factor 0")
    yield Case("two factors 0", (np.array([0.0, rng.normal(), 0.0, 2.0]),), "a factor 0")
    yield Case(FAR, (np.array([1e12, 0.5, -1e12]) * rng.uniform(1, 2),))


def neurons(rng):
    yield Case("the worked example", (np.array([1.0, 2.0]), np.array([3.0, -1.0]), -0.5))
    yield Case("five inputs", (rng.normal(size=5), rng.normal(0, 0.5, 5), float(rng.normal())))
    yield Case("one input", (rng.normal(size=1), rng.normal(size=1), float(rng.normal())))
    yield Case("a score of 0", (np.array([1.0, -1.0, 0.0]), np.full(3, rng.uniform(0.5, 1)), 0.0))
    yield Case("a unit at its end", (rng.uniform(1, 2, 3), rng.uniform(50, 99, 3), 1.0))
    yield Case(FAR, (np.array([1e9, 3.0]), np.array([-1.0, 0.5]), 1e9 - 1))                    # a score of 0.5


def draw_graph(rng, n, P, shared=0, outside=0):
    """parents (n + outside, P), slopes of the same shape, and the end, under random numbers.

    A tree of n nodes behind the end, then ``shared`` edges more, then nodes that use some but are not behind the end.
    """
    edges = [[] for _ in range(n + outside)]
    for node in range(1, n):
        edges[rng.choice([user for user in range(node) if len(edges[user]) < P])].append(node)
    while shared:
        user, node = sorted(rng.choice(n, 2, replace=False))
        if len(edges[user]) < P:
            edges[user].append(node)
            shared -= 1
    for node in range(n, n + outside):
        edges[node] = list(rng.choice(node, rng.integers(1, P + 1)))
    places = rng.permutation(n + outside)
    parents, slopes = np.full((n + outside, P), -1), np.zeros((n + outside, P))
    for node, used in enumerate(edges):
        parents[places[node], :len(used)] = places[used] if used else []
        slopes[places[node], :len(used)] = rng.choice([-1, 1], len(used)) * rng.uniform(0.5, 1.5, len(used))
    return parents, slopes, int(places[0])


def graphs(rng):
    """(label, (parents, slopes, end), group)"""
    yield "the worked example", (THIRD, THIRD_SLOPES, 4), ""
    yield "a tree of 9 nodes", draw_graph(rng, 9, 2), ""
    yield "a tree, and nodes that are not behind the end", draw_graph(rng, 12, 3, outside=4), ""
    yield "one node", (np.array([[-1, -1]]), np.zeros((1, 2)), 0), ""
    yield "a chain of 7 nodes", draw_graph(rng, 7, 1), ""
    yield "u tanh(u), squared", (SQUARE, SQUARE_SLOPES, 0), "shared nodes"
    yield "the third graph", (THIRD, THIRD_SLOPES, 0), "shared nodes"
    yield "11 nodes, some with several users", draw_graph(rng, 11, 3, shared=8), "shared nodes"
    yield "20 nodes, and more that are not behind the end", draw_graph(rng, 20, 4, shared=20, outside=5), "shared nodes"


def orders(rng):
    for label, (parents, _, end), group in graphs(rng):
        yield Case(label, (parents, end), group)


def walks(rng):
    yield Case("the worked example", (THIRD, THIRD_SLOPES, 0))
    for label, graph, group in graphs(rng):
        yield Case("the same graph from e" if label == "the worked example" else label, graph, group)


def thirds(rng):
    def draw(N):
        return rng.normal(size=N), rng.normal(size=N), float(rng.normal()), rng.normal(size=N)

    yield Case("the worked example", (np.array([1.0, 0.0]), np.array([2.0, 1.0]), 2.0, np.array([4.0, 5.0])))
    yield Case("the graph of the chapter", (np.array([1.0]), np.array([2.0]), 2.0, np.array([4.0])))
    yield Case("one example", draw(1))
    yield Case("three examples", draw(3))
    yield Case("eight examples", draw(8))
    yield Case(FAR, (rng.uniform(1, 2, 3), rng.uniform(1, 2, 3), 1.5, rng.uniform(1e12, 2e12, 3)))


def owns(rng):
    def draw(N):
        return rng.normal(size=N), rng.normal(size=N), float(rng.uniform(0.5, 1.5)), rng.normal(size=N)

    yield Case("the worked example", OWN_EXAMPLE)
    yield Case("one example", draw(1))
    yield Case("three examples", draw(3))
    yield Case("five examples", draw(5))
    x, y, w, t = draw(3)
    yield Case(FAR, (x, y, w, t + 1e12))


# Misconceptions

def product_divided(u):
    return np.prod(u) / u


def product_of_all(u):
    return np.full(len(u), np.prod(u))


def product_own_factor(u):
    return u.copy()


def product_as_sum(u):
    return np.ones(len(u))


def product_reversed(u):
    return u[::-1].copy()


def product_sum_of_others(u):
    return np.sum(u) - u


def product_of_those_before(u):
    return np.array([np.prod(u[:n]) for n in range(len(u))])


def product_in_place(u):
    du = np.zeros(len(u))
    for n in range(len(u)):
        u[n] = 1
        du[n] = np.prod(u)
    return du


def turns_first_user(parents, end):
    turn = np.full(len(parents), -1)
    turn[end] = 0
    queue = [end]
    for node in queue:
        for parent in parents[node]:
            if parent >= 0 and turn[parent] < 0:
                turn[parent] = turn[node] + 1
                queue.append(parent)
    return turn


def turns_from_the_inputs(parents, end):
    turn = np.zeros(len(parents))
    for _ in parents:
        for node in range(len(parents)):
            for parent in parents[node]:
                if parent >= 0:
                    turn[node] = max(turn[node], turn[parent] + 1)
    return turn


def turns_one_at_a_time(parents, end):
    turn = np.full(len(parents), -1)
    turn[end] = 0
    queue = [end]
    for node in queue:
        for parent in parents[node]:
            if parent >= 0 and parent not in queue:
                turn[parent] = len(queue)
                queue.append(parent)
    return turn


def gradients_all_parents_at_once(parents, slopes, end):
    grad = np.zeros(len(parents))
    grad[end] = 1
    turn = turns(parents, end)
    for t in range(max(turn) + 1):
        for node in range(len(parents)):
            if turn[node] == t:
                made_from = parents[node][parents[node] >= 0]
                grad[made_from] += slopes[node][parents[node] >= 0] * grad[node]
    return grad


def gradients_first_met(parents, slopes, end):
    grad = np.zeros(len(parents))
    grad[end] = 1
    queue = [end]
    for node in queue:
        for parent, slope in zip(parents[node], slopes[node]):
            if parent >= 0:
                grad[parent] += slope * grad[node]
                if parent not in queue:
                    queue.append(parent)
    return grad


def gradients_by_number(parents, slopes, end):
    grad = np.zeros(len(parents))
    grad[end] = 1
    for node in range(len(parents)):
        for parent, slope in zip(parents[node], slopes[node]):
            if parent >= 0:
                grad[parent] += slope * grad[node]
    return grad


def third_values(a, b, w, t):
    A, B, T = [Number(v) for v in a], [Number(v) for v in b], [Number(v) for v in t]
    W = Number(w)
    total = Number(0)
    for n in range(len(a)):
        total = total + ((A[n] + B[n]) * W - T[n]) ** 2
    loss = total * (1 / len(a)) + W ** 2
    loss.backward()
    return np.array([u.data for u in A]), np.array([u.data for u in B]), W.data, np.array([u.data for u in T])


WITHHELD = ("kernels.activations", "kernels.dense", *GRADIENTS)

HINTS = {
    "product_slopes": (
        "For each n: the product of all factors but the n-th. Do not divide, a factor may be 0.",
        "Two loops: du[n] starts at 1 and is multiplied by every u[j] with j != n.",
    ),
    "neuron_slopes": (
        "Compute h once. All three slopes share a factor that is known from h.",
        "That factor is 1 - h ** 2. What is the slope of the score for x, for w, and for b?",
    ),
    "turns": (
        "Start with -1 everywhere and 0 at the end. Go through all nodes, and repeat until nothing changes.",
        "A node with a turn pushes each parent to its own turn plus 1, if the parent is before that. Skip the "
        "parents that are -1.",
    ),
    "gradients": (
        "The end has gradient 1. Then hand on turn by turn: turn 0, turn 1, and so on.",
        "For each node of the turn and each parent: grad[parent] += slope * grad[node].",
    ),
    "third_gradient": (
        "Make a Number of every input and keep them: you need their grad afterwards.",
        "Add up the squares, multiply by 1/N, add w ** 2 once, and call backward once.",
    ),
    "own_gradient": (
        "Compute all nodes first. Then dv is the slope of the mean of the squares, and each line back needs the gradient "
        "of one node.",
        "A product hands each factor its gradient times the other factor, tanh its gradient times 1 - output ** 2. Where a "
        "letter is used twice, add both payments. w is one number: sum over the examples.",
    ),
}

TASKS = [
    Task("product_slopes", product_slopes, factors, outputs=("du",), points={"du": 1.5, "a factor 0": 1, UNCHANGED: 0.5},
         misconceptions=(
        Misconception(product_divided,
                      "Dividing the product by each factor fails where a factor is 0: 0/0 is no number. Multiply the "
                      "other factors."),
        Misconception(product_of_all, "This is the product itself. The slope leaves out the factor that moves."),
        Misconception(product_own_factor, "A factor does not hand itself its own value. It is given that of the others."),
        Misconception(product_as_sum, "Slopes of 1 belong to a sum. In a product each factor is multiplied by the others."),
        Misconception(product_reversed,
                      "You swap the factors. That is right for two; with more, each gets the product of all the others."),
        Misconception(product_sum_of_others, "You add the other factors. Multiply them."),
        Misconception(product_of_those_before, "You multiply the factors before the n-th and leave out those behind it."),
        Misconception(product_in_place,
                      "You write ones into the u you were given, and they stay there for the next factor. Work on a copy "
                      "made anew for every n."),
    )),
    Task("neuron_slopes", neuron_slopes, neurons, outputs=("dx", "dw", "db"),
         points={"dx": 1, "dw": 1, "db": 0.5, UNCHANGED: 0.5}, misconceptions=(
        *changes(neuron_slopes,
            ("neuron_without_tanh", "slope * w, slope * x, slope", "w.copy(), x.copy(), 1.0",
             "These are the slopes of the score alone. Each is multiplied by the slope of tanh: 1 - h^2."),
            ("neuron_swapped", "slope * w, slope * x", "slope * x, slope * w",
             "The input is multiplied by the weight, so w is the slope for x, and x the slope for w."),
            ("neuron_slope_of_score", "h * h", "(w @ x + b) ** 2",
             "You square the score a. The slope of tanh is 1 - h^2 with the output h = tanh(a)."),
            ("neuron_height_as_slope", "1 - h * h", "h",
             "You multiply by h, the height of the curve. Its slope is 1 - h^2."),
            ("neuron_bias_constant", "slope * x, slope", "slope * x, 0.0",
             "The bias is added to the score, so the score has slope 1 for it, not 0. After tanh it is 1 - h^2."),
            ("neuron_bias_without_tanh", "slope * x, slope", "slope * x, 1.0",
             "Your db stops at the score. The bias goes through tanh too: 1 - h^2."),
            ("neuron_forward_without_bias", " + b", "", "Your score leaves out the bias b."),
            ("neuron_as_sigmoid", "1 - h * h", "h * (1 - h)",
             "h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h^2.")),
    )),
    Task("turns", turns, orders, outputs=("turn",), points={"turn": 1.5, "shared nodes": 1, UNCHANGED: 0.5}, misconceptions=(
        Misconception(turns_first_user,
                      "You give a node its turn after the first of its users. It must wait for the last of them: take "
                      "the largest turn, plus one."),
        *changes(turns,
            ("turns_one_pass", "while changed:", "for _ in range(1):",
             "You go through the nodes once, as if every user had a smaller number. The numbers are arbitrary: repeat until "
             "nothing changes."),
            ("turns_of_all", "np.full(len(parents), -1)", "np.zeros(len(parents))",
             "You give a turn to nodes that the end was not made from. Only the end starts, and the others keep -1 until a "
             "user with a turn names them.")),
        Misconception(turns_from_the_inputs,
                      "You count from the inputs. This walk goes backward: the end has turn 0."),
        *changes(turns,
            ("turns_from_one", "turn[end] = 0", "turn[end] = 1", "You count from 1. The end has turn 0."),
            ("turns_not_behind_is_zero", "return turn", "return np.maximum(turn, 0)",
             "Nodes that the end was not made from have no turn: -1. Turn 0 belongs to the end alone.")),
        Misconception(turns_one_at_a_time,
                      "You number the nodes as you meet them. Nodes that are ready together have the same turn, and a node "
                      "with several users waits for the last."),
    )),
    Task("gradients", gradients, walks, outputs=("grad",), points={"grad": 2.5, "shared nodes": 2, UNCHANGED: 0.5},
         misconceptions=(
        *changes(gradients,
            ("gradients_overwritten", "+=", "=",
             "A node with several users is paid by each of them. Write +=, or only the last payment stands.")),
        Misconception(gradients_all_parents_at_once,
                      "A node can be made from the same parent twice, as u * u is. NumPy's grad[indices] += adds only once "
                      "for each index: pay the parents one by one."),
        Misconception(gradients_first_met,
                      "You visit nodes as you meet them, so some hand on before all of their users have paid. Go turn by "
                      "turn."),
        Misconception(gradients_by_number,
                      "You visit the nodes in the order of their numbers, which are arbitrary. Go turn by turn."),
        *changes(gradients,
            ("gradients_slopes_alone", "slope * grad[node]", "slope",
             "You hand on the slope alone. A node hands on its own gradient times the slope."),
            ("gradients_start_at_zero", "    grad[end] = 1.0\n", "",
             "Nobody pays the end, so everything stays 0. Start with grad[end] = 1."),
            ("gradients_start_at_one", "np.zeros", "np.ones",
             "You give every node a 1 to start with. Only the end has it; the others start at 0 and are paid."),
            ("gradients_last_turn_first", "range(int(np.max(turn)) + 1)", "range(int(np.max(turn)), -1, -1)",
             "You start with the last turn, whose nodes have not been paid yet. Start with turn 0, at the end.")),
    )),
    Task("third_gradient", third_gradient, thirds, outputs=("da", "db", "dw", "dt"),
         points={"da": 1, "db": 1, "dw": 1, "dt": 0.5, UNCHANGED: 0.5}, misconceptions=(
        *changes(third_gradient,
            ("third_sum", "total * (1 / len(a))", "total", "You add up the squares. The loss has their mean: times 1/N."),
            ("third_without_penalty", " + W ** 2", "", "The last term is missing: the loss pays w^2 for a large weight."),
            ("third_penalty_averaged", "total * (1 / len(a)) + W ** 2", "(total + W ** 2) * (1 / len(a))",
             "You divide w^2 by N too. It stands outside the mean."),
            ("third_new_weight_each_time", "for n in range(len(a)):", "for n in range(len(a)):\n        W = Number(w)",
             "You make a new Number of w for every example, so each collects its own part. All examples share one weight: "
             "make it once, before the loop."),
            ("third_backward_each_time",
             "total = total + ((A[n] + B[n]) * W - T[n]) ** 2\n    loss = total * (1 / len(a)) + W ** 2\n    loss",
             "loss = ((A[n] + B[n]) * W - T[n]) ** 2 + W ** 2\n        loss",
             "You call backward for every example, and each call forgets what the one before gave to w. Build the whole "
             "loss with its mean first, then call backward once."),
            ("third_graph_cut", "total + ((A[n] + B[n]) * W - T[n]) ** 2", "total + (((A[n] + B[n]) * W - T[n]) ** 2).data",
             "You add up .data, plain numbers without a memory. There the graph is cut: add up the Numbers."),
            ("third_without_backward", "    loss.backward()\n", "",
             "You build the graph and never walk back. Call loss.backward().")),
        Misconception(third_values, "You return the values .data. The gradients are in .grad."),
    )),
    Task("own_gradient", own_gradient, owns, outputs=("dx", "dy", "dw"),
         points={"dx": 1, "dy": 1, "dw": 1.5, UNCHANGED: 0.5}, misconceptions=changes(
        own_gradient,
        ("own_overwritten", "grad[parent] + part", "part",
         "A letter that is used twice is paid twice, and you keep the last payment only. Add them up."),
        ("own_factor", "nodes[b], paid * nodes[a]", "nodes[a], paid * nodes[b]",
         "In a product each factor gets the gradient times the other factor. You multiply by its own value."),
        ("own_minus_lost", "paid, -paid", "paid, paid",
         "In a difference the second node has slope -1. Its sign is lost on your way back."),
        ("own_slope_of_score", "1 - nodes[node] ** 2", "1 - nodes[a] ** 2",
         "For tanh you square its input. The slope is 1 - output ** 2."),
        ("own_tanh_without_slope", "[paid * (1 - nodes[node] ** 2)]", "[paid]",
         "You hand the gradient through tanh as it is. Multiply by the slope 1 - output ** 2."),
        ("own_multiple_forgotten", "[b * paid]", "[paid]",
         "A node that is a multiple of another hands on its gradient times that number. You leave the number out."),
        ("own_sum_of_squares", " / len(t)", "",
         "You start with the slope of the sum of the squares. The loss is their mean: divide by N."),
        ("own_half", "2 * (nodes", "(nodes", "The square has slope 2 (v - t). Your gradients are half as large."),
        ("own_mean_of_w", "np.sum(grad", "np.mean(grad",
         "You take the mean of what the examples pay to w. The 1/N is in dv already: take the sum."),
        ("own_target_first", '(nodes["v"] - t)', '(t - nodes["v"])',
         "Your gradients have the wrong sign: v - t grows with v, and t - v falls."),
    )),
]

WRITTEN = [Written("at_once", {
    "says that the gradients are right, because they are sums over the same paths": 1,
    "says that each path of the ladder is walked by itself, $2^{50}$ of them, and that adding up first avoids it": 1})]
