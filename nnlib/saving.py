"""Networks in files: layers and their settings as JSON, beside the weights, in one .npz without pickle."""
import inspect
import json
import sys

import numpy as np

from .files import replacing
from .layers.base import Layer

FORMAT = 1                      # raised by every change that an older nnlib would misread
NOT_SAVED = ("init", "rng")     # they only draw first values, and the file holds the last ones


def save(net, path):
    """Write a network, architecture and weights, into one file. A cut-off write leaves an older file as it was.

    Raises    ValueError if a layer, or a setting of one, cannot be described in a file
    """
    text = json.dumps({"format": FORMAT, "network": describe(net)})
    with replacing(path) as file:
        np.savez(file, **{"nnlib.json": np.array(text)}, **net.state())


def load(path):
    """The network that ``net.save(path)`` wrote. No code in the file is run.

    Raises    ValueError if the file is not a network, is damaged, or was written by a newer nnlib
    """
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            text = json.loads(str(arrays.pop("nnlib.json")))
            version, described = text["format"], text["network"]
        except Exception:               # bytes can be wrong in any way, and the cure is the same
            raise ValueError(f"load: {path} is not a network, or is damaged.\n"
                             "Expected a whole file that net.save(path) wrote.") from None
    if version != FORMAT:
        raise ValueError(f"load: {path} is in format {version!r}, expected {FORMAT}.\n"
                         "It comes from another version of nnlib: install that one with pip.")
    try:
        net = build(described)
        state = net.state()
    except Exception as error:          # a wrong setting may fail anywhere in a layer
        raise ValueError(f"load: {path} does not describe a network of this nnlib: {error}") from None
    if {name: (a.shape, a.dtype) for name, a in state.items()} != {name: (a.shape, a.dtype) for name, a in arrays.items()}:
        raise ValueError(f"load: the weights in {path} do not fit its layers: the file is damaged.\nSave the network again.")
    for name, array in state.items():
        array[...] = arrays[name]
    return net


def describe(value):
    """A layer as {"layer": class name, setting: value, ...}; a setting as JSON can hold it."""
    if isinstance(value, Layer):
        name = type(value).__name__
        if known_layers().get(name) is not type(value):
            raise ValueError(f"save: {name} is not a layer of nnlib, so a file cannot say how to make one.\n"
                             "Keep the arrays of net.state() with np.savez.")
        return {"layer": name} | {setting: describe(getattr(value, setting)) for setting in settings(type(value))}
    if isinstance(value, (list, tuple)):
        return [describe(each) for each in value]
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"save: a setting is {value!r}, expected a number, a name, or layers.")


def build(described):
    """The inverse of describe."""
    if isinstance(described, list):
        return tuple(build(each) for each in described)
    if not isinstance(described, dict):
        return described
    given = {setting: build(value) for setting, value in described.items()}
    name = given.pop("layer")
    if name not in known_layers():
        raise ValueError(f"there is no layer {name!r}")
    layer_class = known_layers()[name]
    several = [setting for setting, parameter in settings(layer_class).items() if parameter.kind is parameter.VAR_POSITIONAL]
    one_by_one = [each for setting in several for each in given.pop(setting)]
    return layer_class(*one_by_one, **given)


def known_layers():
    """{name: class} of the library's layers: a file can name no other class."""
    public = vars(sys.modules[__package__])
    return {name: each for name, each in public.items()
            if isinstance(each, type) and issubclass(each, Layer) and each is not Layer}


def settings(layer_class):
    """{name: inspect.Parameter} of the constructor's arguments, which are attributes of the same names."""
    if layer_class.__init__ is object.__init__:
        return {}
    _, *parameters = inspect.signature(layer_class.__init__).parameters.items()
    return {name: parameter for name, parameter in parameters if name not in NOT_SAVED}
