"""What layers share, and losses: parameters by name, and clear words about bad arguments."""
import math

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Layer:
    """A step of a network: ``forward`` computes, ``backward`` sends the gradient back.

    A subclass names its parameters in ``parameter_names``. The parameter ``w`` is the attribute
    ``w``, its gradient the attribute ``dw``. Arrays that training changes without a gradient are
    named in ``statistic_names``. The arguments of its constructor are attributes of the same names.
    """

    parameter_names = ()
    statistic_names = ()

    def forward(self, x, train=False):
        """Output of the layer; keeps what ``backward`` needs. ``train`` is True only in training."""
        raise TypeError(f"{type(self).__name__} defines no forward: write forward(x, train=False) for it.")

    def backward(self, dy):
        """Gradient with respect to the input of the last ``forward``; sets the parameters' gradients."""
        raise TypeError(f"{type(self).__name__} defines no backward: write backward(dy) for it.")

    def backward_parameters(self, dy):
        """Sets the parameters' gradients as ``backward`` does, where that of the input is not needed: in training."""
        self.backward(dy)

    def parts(self):
        """List of (name, layer) of the layers that this one is made of; most are made of none."""
        return []

    def parameters(self):
        """List of (name, array, gradient array), its own and those of its parts, as in "0.w"."""
        own = [(name, getattr(self, name), getattr(self, "d" + name)) for name in self.parameter_names]
        return own + [(f"{part}.{name}", array, gradient)
                      for part, layer in self.parts() for name, array, gradient in layer.parameters()]

    def state(self):
        """{name: array} of all that training changes: parameters and statistics, its own and those of its parts."""
        own = {name: getattr(self, name) for name in (*self.parameter_names, *self.statistic_names)}
        return own | {f"{part}.{name}": array for part, layer in self.parts() for name, array in layer.state().items()}

    def _saved(self, name):
        """What forward kept under this name, or an error that says how to get it."""
        try:
            return getattr(self, name)
        except AttributeError:
            raise RuntimeError(f"{type(self).__name__}.backward: nothing to go back through.\n"
                               "Call forward first.") from None


class Loss:
    """How wrong the predictions of a batch are, as one number. It is not a step of a network: it stands at the end.

    ``forward(scores, y)`` gives the mean loss of a batch, ``backward`` its gradient with respect to the scores. A loss
    that predicts classes also has ``predict(scores)``: ``fit`` then records the accuracy.
    """

    def forward(self, scores, y):
        """Mean loss of the batch, a float; keeps what ``backward`` needs."""
        raise TypeError(f"{type(self).__name__} defines no forward: write forward(scores, y) for it.")

    def backward(self):
        """Gradient with respect to the scores of the last ``forward``."""
        raise TypeError(f"{type(self).__name__} defines no backward: write backward() for it.")

    _saved = Layer._saved


def with_parts(layer):
    """The layer and all layers that it is made of, each before its own parts."""
    yield layer
    for _, part in layer.parts():
        yield from with_parts(part)


def as_dtype(dtype, owner):
    """The dtype of a layer's arrays: float32 or float64, else ValueError."""
    try:
        if np.dtype(dtype) in FLOATS:
            return np.dtype(dtype)
    except TypeError:
        pass                                             # no dtype at all
    raise ValueError(f"{owner}: dtype is {dtype!r}, expected np.float32 or np.float64.")


def as_rng(rng, owner):
    """A random generator: the given one, a new one for None, else ValueError."""
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise ValueError(f"{owner}: rng is {rng!r}, expected a np.random.Generator.\n"
                         "Make one with np.random.default_rng(seed).")
    return np.random.default_rng() if rng is None else rng


def as_size(value, owner, name):
    """A number of units, inputs or classes: a whole number of at least 1, else ValueError."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{owner}: {name} is {value!r}, expected a whole number of at least 1.")
    return int(value)


def as_setting(value, owner, name):
    """A setting as a float: a finite number of at least 0, else ValueError."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{owner}: {name} is {value!r}, expected a finite number of at least 0.")
    return float(value)


def as_fraction(value, owner, name):
    """A setting as a float from 0 to below 1, else ValueError."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or not 0 <= value < 1:
        raise ValueError(f"{owner}: {name} is {value!r}, expected a number from 0 to below 1.")
    return float(value)


def as_pair(value, owner, name, least=1):
    """A pair (rows, columns) of whole numbers; one number stands for both, else ValueError."""
    pair = (value, value) if isinstance(value, (int, np.integer)) else tuple(value) if np.iterable(value) else ()
    if len(pair) != 2 or any(not isinstance(v, (int, np.integer)) or isinstance(v, bool) or v < least for v in pair):
        raise ValueError(f"{owner}: {name} is {value!r}, expected a whole number of at least {least}, "
                         "or a pair of them: (rows, columns).")
    return int(pair[0]), int(pair[1])


def as_array(x, shape, owner, name, dtype=None, advice=""):
    """Contiguous array of the expected shape and dtype, else ValueError in three parts.

    ``shape`` mixes numbers, which must match, and letters, which stand for any size of at least 1;
    ``...`` in front stands for any axes, ``...`` alone for any shape with at least one axis.
    """
    if not isinstance(x, np.ndarray):
        raise ValueError(f"{owner}: {name} is a {type(x).__name__}, expected a NumPy array.\n"
                         f"Convert it with np.asarray({name}, dtype=np.float64).")
    if not fits(x.shape, shape):
        raise ValueError(f"{owner}: {name} has shape {x.shape}, expected {shape_text(shape)}." + (advice and "\n" + advice))
    if x.size == 0:
        raise ValueError(f"{owner}: {name} has shape {x.shape}: it is empty, expected at least one example.\n"
                         "Skip empty batches.")
    if x.dtype != dtype if dtype is not None else x.dtype not in FLOATS:
        expected = dtype if dtype is not None else "float32 or float64"
        raise ValueError(f"{owner}: {name} has dtype {x.dtype}, expected {expected}.\n"
                         f"Convert it with {name}.astype(np.{dtype or 'float64'}).")
    if type(x) is np.ndarray and x.flags.carray:
        return x
    return np.array(x, order="C")                        # a plain copy: kernels are compiled for no other kind


def fits(sizes, shape):
    """Whether the sizes of an array's axes are those of a shape as ``as_array`` takes it."""
    if shape is ...:
        return len(sizes) > 0
    if shape[0] is ...:
        sizes, shape = sizes[max(len(sizes) - len(shape) + 1, 0):], shape[1:]
    if len(sizes) != len(shape):
        return False
    for size, want in zip(sizes, shape):                 # a loop, because all(...) costs as much as a small kernel
        if size != want and not isinstance(want, str):
            return False
    return True


def shape_text(shape):
    """(N, 784) as the reader writes it, without quotes around the letters."""
    if shape is ...:
        return "(N, ...)"
    return "(" + ", ".join("..." if size is ... else str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"
