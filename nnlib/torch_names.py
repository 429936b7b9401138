"""Parameters under the names and in the shapes that PyTorch gives them. PyTorch itself is not needed here.

The twin of a network is one of PyTorch's, layer for layer in the same order:

    twin.load_state_dict({name: torch.from_numpy(array) for name, array in state_dict(net).items()})
    load_state_dict(net, twin.state_dict())

The twin of a Residual is a torch.nn.Sequential that adds its input, that of a TransformerBlock a
torch.nn.TransformerEncoderLayer with norm_first=True, activation="gelu" and dropout=0, and that of LearnedPositions a
torch.nn.Embedding that adds its rows to the steps. A twin that keeps a layer in an attribute of its own puts the attribute's
name before the layer's.
"""
import numpy as np

from .layers import GRU, LSTM, RNN, Affine, Conv2d, Embedding, SelfAttention, TransformerBlock
from .layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from .layers.positions import LearnedPositions

SAME = {"w": "weight", "b": "bias"}
RECURRENT = {"w_x": "weight_ih_l0", "w_h": "weight_hh_l0"}         # and two biases, where we have one
NAMES = {                                                          # of one array each, in the same layout
    Affine: SAME, Conv2d: SAME, GroupNorm: SAME, LayerNorm: SAME,
    Embedding: {"w": "weight"}, LearnedPositions: {"w": "weight"},
    BatchNorm: SAME | {"running_mean": "running_mean", "running_variance": "running_var"},
    RNN: RECURRENT, LSTM: RECURRENT, GRU: RECURRENT,
    SelfAttention: {"w": "in_proj_weight", "b": "in_proj_bias", "w_o": "out_proj.weight", "b_o": "out_proj.bias"},
}
PARTS = {TransformerBlock: {"attention": "self_attn", "expand": "linear1", "contract": "linear2"}}
COUNT = "num_batches_tracked"                                      # which PyTorch keeps and does not use


def state_dict(net):
    """{name: array} of what the state dictionary of the twin holds, as copies.

    Of the two biases of a recurrent layer the second is 0, but for the new state of a GRU.

    Raises    ValueError if a layer with parameters has no twin in PyTorch
    """
    state = {}
    for prefix, layer in layers_by_name(net):
        for ours, theirs in names_of(layer).items():
            state[prefix + theirs] = getattr(layer, ours).copy()
        if isinstance(layer, BatchNorm):
            state[prefix + COUNT] = np.array(0)
        if isinstance(layer, (RNN, LSTM, GRU)):
            state |= {prefix + name: bias for name, bias in two_biases(layer).items()}
    return state


def gradients(net):
    """{name: array} of the gradients that the twin's parameters have after the same backward pass, as copies.

    Both biases of a recurrent layer have the gradient of their sum.

    Equation  a = W_x x + b_x + W_h h + b_h   ->   db_x = db_h = da                       (15.1)
    Raises    ValueError if a layer with parameters has no twin in PyTorch
    """
    found = {}
    for prefix, layer in layers_by_name(net):
        for ours, theirs in names_of(layer).items():
            if ours in layer.parameter_names:
                found[prefix + theirs] = getattr(layer, "d" + ours).copy()
        if isinstance(layer, (RNN, LSTM, GRU)):
            db_h = layer.db.copy()
            if isinstance(layer, GRU):
                db_h[2 * layer.M:] = layer.db_h
            found |= {prefix + "bias_ih_l0": layer.db.copy(), prefix + "bias_hh_l0": db_h}
    return found


def load_state_dict(net, state):
    """Set the parameters and statistics of a network to those of its twin, ``{name: array or tensor}``.

    Equation  b = b_x + b_h   in recurrent layers; a GRU keeps b_h of its new state
    Modifies  the arrays of net; nothing where an error is raised
    Raises    ValueError if a layer has no twin, or names or shapes are not those of state_dict(net)
    """
    given = {name: np.asarray(array) for name, array in state.items() if not name.endswith(COUNT)}
    expected = {name: array for name, array in state_dict(net).items() if not name.endswith(COUNT)}
    if given.keys() != expected.keys():
        raise ValueError(f"torch_names.load_state_dict: missing are {sorted(expected.keys() - given.keys())}, unknown "
                         f"{sorted(given.keys() - expected.keys())}; expected the names of torch_names.state_dict(net)."
                         "\nCompare the layers of both networks, or rename the keys.")
    for name, array in given.items():
        if array.shape != expected[name].shape:
            raise ValueError(f"torch_names.load_state_dict: {name} has shape {array.shape}, expected "
                             f"{expected[name].shape}.\nGive both networks the same sizes.")
    for prefix, layer in layers_by_name(net):
        for ours, theirs in names_of(layer).items():
            getattr(layer, ours)[...] = given[prefix + theirs]
        if isinstance(layer, (RNN, LSTM, GRU)):
            b_x, b_h = given[prefix + "bias_ih_l0"], given[prefix + "bias_hh_l0"]
            layer.b[...] = b_x + b_h
            if isinstance(layer, GRU):
                layer.b[2 * layer.M:], layer.b_h[...] = b_x[2 * layer.M:], b_h[2 * layer.M:]


def two_biases(layer):
    """The biases at the input and at the state, as PyTorch has them."""
    b_h = np.zeros_like(layer.b)
    if isinstance(layer, GRU):
        b_h[2 * layer.M:] = layer.b_h
    return {"bias_ih_l0": layer.b.copy(), "bias_hh_l0": b_h}


def names_of(layer):
    """{our name: PyTorch's} of a layer's own arrays, else ValueError."""
    names = NAMES.get(type(layer), {})
    if not names and (layer.parameter_names or layer.statistic_names):
        raise ValueError(f"torch_names: {layer!r} has no twin in PyTorch, expected one of "
                         f"{', '.join(known.__name__ for known in NAMES)}, or a layer made of them.\n"
                         "Convert the other layers one by one, and this one by hand.")
    return names


def layers_by_name(layer, prefix=""):
    """(prefix of PyTorch's names, layer) of a layer and of all its parts."""
    yield prefix, layer
    names = PARTS.get(type(layer), {})
    for name, part in layer.parts():
        yield from layers_by_name(part, f"{prefix}{names.get(name, name)}.")
