"""A number that remembers how it was made, and so can tell every derivative: reverse-mode differentiation.

Pure Python, one scalar per node. Slow and readable: the arrays of the library do the same in bulk.
"""
import math

from .value_drawing import Drawing


class Value:
    """A scalar in a computation graph.

    Arithmetic on Values builds the graph; ``backward()`` fills ``grad`` of every node with the
    derivative of the node it is called on.

    Equation  dL/du = sum over the nodes v that use u of  dL/dv dv/du
    """

    def __init__(self, data, parents=(), local=(), operation="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents              # the Values this one was made from ...
        self.local = local                  # ... and the derivative with respect to each of them
        self.operation = operation
        self.label = label

    # The book's live graph reads the lines "return Value(...)" below as source (nnlib/book/figures/graphs.py): it needs
    # the value, and the tuple of local derivatives, written out in the call.

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __sub__(self, other):
        other = as_value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0), "-")

    def __truediv__(self, other):
        other = as_value(other)
        y = self.data / other.data
        return Value(y, (self, other), (1 / other.data, -y / other.data), "/")

    def __neg__(self):
        return Value(-self.data, (self,), (-1.0,), "-")

    def __pow__(self, power):
        if not isinstance(power, (int, float)):
            raise TypeError(f"Value: the power is a {type(power).__name__}, expected a number.\n"
                            "For a variable power write (power * base.log()).exp().")
        if self.data < 0 and power != int(power):
            raise ValueError(f"Value: {self.data} has no real power {power}, expected a base of at least 0.")
        return Value(self.data ** power, (self,), (power * self.data ** (power - 1) if power else 0.0,), f"**{power}")

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self,), (y,), "exp")

    def log(self):
        if self.data <= 0:
            raise ValueError(f"Value.log: the number is {self.data}, expected one above 0.")
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")

    def tanh(self):
        y = math.tanh(self.data)
        return Value(y, (self,), (1 - y * y,), "tanh")

    def relu(self):
        return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,), "relu")

    def __radd__(self, other):
        return as_value(other) + self

    def __rmul__(self, other):
        return as_value(other) * self

    def __rsub__(self, other):
        return as_value(other) - self

    def __rtruediv__(self, other):
        return as_value(other) / self

    def backward(self):
        """Fill ``grad`` of this Value and of all it was made from; earlier gradients are forgotten."""
        order = self.graph()
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, derivative in zip(node.parents, node.local):
                parent.grad += derivative * node.grad

    def graph(self):
        """All Values this one was made from and itself, each after its parents."""
        order, seen, stack = [], set(), [(self, False)]
        while stack:                                     # a stack of our own: long sums outgrow Python's
            node, parents_done = stack.pop()
            if parents_done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return order

    def draw(self):
        """A picture of the graph, for a notebook: every node with its value, and its gradient after ``backward``.

        ``value.draw().svg`` is the picture as text.

        Raises    ValueError if the graph has more nodes than a picture can show
        """
        return Drawing(self)

    def __repr__(self):
        name = f"{self.label}=" if self.label else ""
        return f"Value({name}{self.data:g}, grad={self.grad:g})"


def as_value(x):
    """A Value for a plain number; a Value stays itself."""
    if isinstance(x, Value):
        return x
    if isinstance(x, bool) or not hasattr(x, "__float__"):
        raise TypeError(f"Value: cannot calculate with a {type(x).__name__}, expected a number or a Value.")
    return Value(x)
