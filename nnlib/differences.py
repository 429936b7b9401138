"""Finite differences: the slow gradient that needs no formula, and so can judge every formula."""
import numpy as np

from .layers.base import shape_text, with_parts

STEP = 1e-5          # near the cube root of float64's epsilon, where truncation and rounding balance


def numerical_gradient(f, x, step=STEP):
    """Central differences of a scalar function at every entry of an array.

    Equation  df/dx[i] = (f(x + h e_i) - f(x - h e_i)) / 2h,   h = step max(1, |x[i]|)
    Shapes    x (...)  ->  gradient (...)
    Raises    ValueError if x is not a float64 array
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        kind = x.dtype if isinstance(x, np.ndarray) else type(x).__name__
        raise ValueError(f"numerical_gradient: x is {kind}, expected a float64 array.\n"
                         "Differences of rounded numbers say little in lower precision.")
    x = x.copy()
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        value = x[i]
        h = step * max(1.0, abs(value))
        x[i] = value + h
        above = f(x)
        x[i] = value - h
        below = f(x)
        x[i] = value
        gradient[i] = (above - below) / (2 * h)
    return gradient


def relative_error(gradient, numerical):
    """Error of every entry, relative to the larger of the two values and to the gradient's own scale.

    Equation  |g - n| / max(|g|, |n|, s),   s = 1e-3 max|n|, at least 1e-8
    """
    scale = max(1e-3 * np.max(np.abs(numerical), initial=0.0), 1e-8)
    return np.abs(gradient - numerical) / np.maximum(np.maximum(np.abs(gradient), np.abs(numerical)), scale)


def gradcheck(layer, x, y=None, *, tolerance=1e-6, train=False, rng=None):
    """Compare every entry of every gradient of a layer, network or loss with central differences.

    A layer or network is followed by the scalar sum(r * forward(x)) with random r; a loss is given
    its targets y. Returns {name: largest relative error}, "x" for the input.

    With ``train=True`` every call draws the same: each begins with the statistics, and with the generators of the layers
    (their ``rng``), as gradcheck has found them. It leaves them so, and the parameters too, also after an error.

    Shapes    x as ``forward`` takes it, float64
    Raises    GradientError that names the worst entry, if an error exceeds the tolerance
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if y is not None:
        layer.forward(x, y)
        return errors_of({"x": layer.backward()}, {"x": x}, lambda _: layer.forward(x, y), tolerance)

    rewind = rewinder(layer)
    try:
        r = rng.standard_normal(layer.forward(x, train).shape)

        def scalar(_):
            rewind()
            return float(np.sum(r * layer.forward(x, train)))

        gradients = {"x": layer.backward(r)}
        gradients |= {name: gradient for name, _, gradient in layer.parameters()}
        arrays = {"x": x} | {name: array for name, array, _ in layer.parameters()}
        if gradients["x"] is None:                       # tokens have none
            del arrays["x"]
        return errors_of(gradients, arrays, scalar, tolerance)
    finally:
        rewind()


def rewinder(layer):
    """A function that puts statistics, and the generators that a layer draws from, back to where they are now."""
    learned = {name for name, _, _ in layer.parameters()}
    statistics = {name: array.copy() for name, array in layer.state().items() if name not in learned}
    generators = [part.rng.bit_generator for part in with_parts(layer)
                  if isinstance(getattr(part, "rng", None), np.random.Generator)]
    places = [generator.state for generator in generators]

    def rewind():
        state = layer.state()
        for name, array in statistics.items():
            state[name][...] = array
        for generator, place in zip(generators, places):
            generator.state = place

    return rewind


def errors_of(gradients, arrays, scalar, tolerance):
    """{name: largest relative error} of the gradients of a scalar that depends on these arrays, else GradientError."""
    return {name: compare(name, gradients[name], in_place_gradient(scalar, array), tolerance)
            for name, array in arrays.items()}


def in_place_gradient(f, array):
    """numerical_gradient where f reads the array itself, which is restored afterwards."""
    original = array.copy()

    def moved(values):
        array[...] = values
        return f(values)

    try:
        return numerical_gradient(moved, original)
    finally:
        array[...] = original


def compare(name, gradient, numerical, tolerance):
    """Largest relative error of a gradient, or GradientError in the words of the course."""
    if gradient.shape != numerical.shape:
        raise GradientError(f"d{name}: shape {shape_text(gradient.shape)}, expected {shape_text(numerical.shape)}, "
                            f"the shape of {name}.")
    error = relative_error(gradient, numerical)
    wrong = ~(error <= tolerance)                        # NaN is wrong too
    if wrong.any():
        worst = np.unravel_index(np.argmax(np.where(np.isnan(error), np.inf, error)), error.shape)
        raise GradientError(
            f"d{name}: {wrong.sum()} of {error.size} entries are wrong, worst at {list(map(int, worst))}: "
            f"yours {gradient[worst]:.6g}, numerical {numerical[worst]:.6g}.")
    return float(error.max(initial=0.0))


class GradientError(AssertionError):
    """A gradient disagrees with finite differences."""
