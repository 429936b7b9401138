"""Layers put together: a network is itself a layer."""
from . import saving
from .layers.base import Layer, Loss, as_array, with_parts
from .summary import summary_text


class Sequential(Layer):
    """Layers one after the other; the output of each is the input of the next.

    Equation  y = f_L( ... f_2(f_1(x)))
    Shapes    as the first layer takes them  ->  as the last layer gives them
    Raises    TypeError if an argument is not a layer; ValueError if one is in two places
    """

    def __init__(self, *layers):
        self.layers = as_layers(layers, "Sequential")

    def forward(self, x, train=False):
        for layer in self.layers:
            x = layer.forward(x, train)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def backward_parameters(self, dy):
        for layer in reversed(self.layers[1:]):
            dy = layer.backward(dy)
        for first in self.layers[:1]:
            first.backward_parameters(dy)

    def parts(self):
        """List of (position, layer)."""
        return [(str(position), layer) for position, layer in enumerate(self.layers)]

    def save(self, path):
        """Write architecture and weights into one file, which ``nnlib.load(path)`` reads."""
        saving.save(self, path)

    def summary(self, x=None):
        """Print a table of the layers, the shapes of their outputs, and how many parameters each has.

        The shapes are those for the batch ``x``. Without it they are known only if the network
        begins with an Affine layer.
        """
        print(summary_text(self, x))

    def __repr__(self):
        return "Sequential(\n" + "".join(f"    {layer!r},\n" for layer in self.layers) + ")"


class Residual(Layer):
    """Layers with a shortcut around them: what they compute is added to their input.

    Equation  y = x + f_L( ... f_2(f_1(x)))
    Shapes    x (...)  ->  y (...)
    Raises    TypeError if an argument is not a layer; ValueError if one is in two places, or they change the shape
    Source    He et al. (2016), Deep residual learning for image recognition
    """

    def __init__(self, *layers):
        self.layers = as_layers(layers, "Residual")

    def forward(self, x, train=False):
        y = x = as_array(x, ..., "Residual.forward", "x")
        for layer in self.layers:
            y = layer.forward(y, train)
        if y.shape != x.shape:
            raise ValueError(f"Residual.forward: the layers turn shape {x.shape} into {y.shape}, expected the same "
                             "shape, so that both can be added.\nLet the last of them give as many units or channels as "
                             "come in.")
        return x + y

    def backward(self, dy):
        dx = dy = as_array(dy, ..., "Residual.backward", "dy")
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
        return dy + dx

    def parts(self):
        """List of (position, layer)."""
        return [(str(position), layer) for position, layer in enumerate(self.layers)]

    def __repr__(self):
        return f"Residual({', '.join(map(repr, self.layers))})"


def as_layers(layers, owner):
    """A list of layers, else TypeError; ValueError if one of them is in two places."""
    seen = set()
    for position, layer in enumerate(layers):
        if isinstance(layer, Loss):
            raise TypeError(f"{owner}: argument {position} is {layer!r}, a loss, expected a layer.\n"
                            f"Leave it out here, and pass it to training: fit(..., loss={layer!r}).")
        if not isinstance(layer, Layer):
            made = f"Write {layer.__name__}(...) to make one." if isinstance(layer, type) else \
                   f"Give layers one by one: {owner}(Affine(2, 2), Tanh())."
            raise TypeError(f"{owner}: argument {position} is {layer!r}, expected a layer.\n{made}")
        for part in with_parts(layer):
            if id(part) in seen:
                raise ValueError(f"{owner}: argument {position} is or holds {part!r} for the second time, expected each "
                                 "layer once.\nA layer keeps what its last forward saw: make another one for this place.")
            seen.add(id(part))
    return list(layers)
