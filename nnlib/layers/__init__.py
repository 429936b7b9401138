"""Layers and losses: they hold parameters, check arguments, and call the kernels."""
# ruff: noqa: F401  (__all__ holds what is imported)
from .activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .attention import SelfAttention, TransformerBlock
from .base import Layer, Loss
from .conv import Conv2d, Flatten
from .dense import Affine
from .dropout import Dropout
from .embedding import Embedding
from .losses import BinaryCrossEntropy, MeanAbsoluteError, MeanSquaredError, SoftmaxCrossEntropy
from .maxout import Maxout
from .normalisation import BatchNorm, GroupNorm, LayerNorm
from .pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from .positions import LearnedPositions, SinusoidalPositions
from .recurrent import GRU, LSTM, RNN

__all__ = [name for name, value in vars().items() if isinstance(value, type)]       # no second list of them
