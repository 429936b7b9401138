"""nnlib: neural networks, one gradient at a time. Every function stands next to its equation."""
# ruff: noqa: F403, F405  (layers/__init__.py lists the layers, and nnlib.plot comes later)
from . import kernels           # first: a warning of kernels.unchecked points to the line that imports nnlib
from . import check, data, init, layers, metrics, sampling, schedules, torch_names
from .differences import GradientError, gradcheck, numerical_gradient
from .layers import *
from .network import Residual, Sequential
from .optim import SGD, Adam, AdamW, RMSProp
from .sampling import generate, sample
from .saving import load
from .substitute import using
from .training import History, evaluate, fit
from .value import Value

__version__ = "0.2.0"

__all__ = [
    *layers.__all__, "Adam", "AdamW", "GradientError", "History", "RMSProp", "Residual", "SGD", "Sequential", "Value",
    "check", "data", "evaluate", "fit", "generate", "gradcheck", "init", "kernels", "load", "metrics", "numerical_gradient",
    "plot", "sample", "sampling", "schedules", "torch_names", "using",
]


def __getattr__(name):
    """nnlib.plot, imported when it is first asked for: matplotlib takes longer than all the rest."""
    if name == "plot":
        import importlib
        return importlib.import_module(".plot", __name__)
    raise AttributeError(f"module 'nnlib' has no attribute {name!r}")
