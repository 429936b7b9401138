"""A network as a table: its layers, the shapes of their outputs, and their parameter counts."""
import copy

import numpy as np

from .layers.base import Layer, shape_text
from .layers.dense import Affine
from .text_table import text_table


def summary_text(net, x):
    """The table of Sequential.summary."""
    shapes = output_shapes(net, x)
    rows = [("layer", "output", "parameters")]
    rows += [(f"{name} {words}", shapes.get(name, "?"), f"{count:,}" if count else "")
             for name, words, count in layer_rows(net)]
    rows.append(("total", "", f"{sum(array.size for _, array, _ in net.parameters()):,}"))
    note = [] if shapes else ["Pass a batch to see the shapes: net.summary(x)."]
    return "\n".join([text_table(rows, "<<>", rules=(1, len(rows) - 1)), *note])


def layer_rows(net, prefix=""):
    """(name, description, number of parameters of its own) of every layer, each before its parts."""
    for name, layer in net.parts():
        name, own = prefix + name, Layer.parameters(layer) if not layer.parts() else []
        words = type(layer).__name__ if layer.parts() else repr(layer)
        yield name, words, sum(array.size for _, array, _ in own)
        yield from layer_rows(layer, f"{name}.")


def output_shapes(net, x):
    """{layer name: shape as text} for a batch x, found by passing it through a copy of the network."""
    first = net.layers[0] if net.layers else None
    if x is None and isinstance(first, Affine):
        x = np.zeros((1, first.D), first.dtype)
    if x is None:
        return {}
    net, shapes = copy.deepcopy(net), {}

    def watch(layer, prefix):
        for name, part in layer.parts():
            part.forward = recorded(part.forward, prefix + name)
            watch(part, f"{prefix}{name}.")

    def recorded(forward, name):
        def call(*arguments, **named):
            y = forward(*arguments, **named)
            shapes[name] = shape_text(("N", *y.shape[1:]))
            return y
        return call

    watch(net, "")
    net.forward(x)
    return shapes
