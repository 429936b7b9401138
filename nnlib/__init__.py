"""nnlib: neural networks, one gradient at a time. Every function stands next to its equation."""
from .compiling.cache import ensure_folder

ensure_folder()                 # before the first kernel is imported

from . import check, data, init, kernels, schedules
from .differences import GradientError, gradcheck, numerical_gradient
from .layers import (ELU, GELU, GRU, LSTM, RNN, Affine, AvgPool2d, BatchNorm, BinaryCrossEntropy, Conv2d,
                     Dropout, Embedding, Flatten, Layer, LayerNorm, LeakyReLU, Loss, MaxPool2d, Maxout,
                     MeanAbsoluteError, MeanSquaredError, ReLU, SelfAttention, Sigmoid, Softmax,
                     SoftmaxCrossEntropy, Tanh, TransformerBlock)
from .network import Residual, Sequential
from .optim import SGD, Adam, AdamW, RMSProp
from .saving import load
from .substitute import using
from .training import History, evaluate, fit
from .value import Value

__version__ = "0.1.0"

__all__ = [
    "Adam", "AdamW", "Affine", "AvgPool2d", "BatchNorm", "BinaryCrossEntropy", "Conv2d", "Dropout", "ELU",
    "Embedding", "Flatten", "GELU", "GRU", "GradientError", "History", "LSTM", "Layer", "LayerNorm",
    "LeakyReLU", "Loss", "MaxPool2d", "Maxout", "MeanAbsoluteError", "MeanSquaredError", "RMSProp", "RNN", "ReLU",
    "Residual", "SGD", "SelfAttention", "Sequential", "Sigmoid", "Softmax", "SoftmaxCrossEntropy", "Tanh",
    "TransformerBlock", "Value", "check", "data", "evaluate", "fit", "gradcheck", "init", "kernels", "load",
    "numerical_gradient", "plot", "schedules", "using",
]


def __getattr__(name):
    """nnlib.plot, imported when it is first asked for: matplotlib takes longer than all the rest."""
    if name == "plot":
        import importlib
        return importlib.import_module(".plot", __name__)
    raise AttributeError(f"module 'nnlib' has no attribute {name!r}")
