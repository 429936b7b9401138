"""First values of weights: each function draws an array w (M, D) for D inputs and M units."""
import numpy as np


def zeros(shape, rng):
    """All weights 0. Units that start equal stay equal: use it only to see that.

    Equation  w = 0
    """
    return np.zeros(shape)


def small(shape, rng):
    """Normal numbers with standard deviation 0.01.

    Equation  w ~ N(0, 0.01^2)
    """
    return 0.01 * rng.standard_normal(shape)


def glorot(shape, rng):
    """Uniform weights that keep the variance of signals and gradients, for tanh and sigmoid units.

    Equation  w ~ U(-r, r),  r = sqrt(6 / (inputs + outputs))
    Source    Glorot and Bengio (2010), Understanding the difficulty of training deep networks
    """
    fan_out, fan_in = fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he(shape, rng):
    """Normal weights that keep the variance of signals through ReLU units.

    Equation  w ~ N(0, 2 / inputs)
    Source    He et al. (2015), Delving deep into rectifiers
    """
    _, fan_in = fans(shape)
    return np.sqrt(2 / fan_in) * rng.standard_normal(shape)


def fans(shape):
    """Outputs and inputs that one position of the layer connects: (M, D), or (F KH KW, C KH KW)."""
    area = int(np.prod(shape[2:]))
    return shape[0] * area, shape[1] * area
