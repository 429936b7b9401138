"""Every kernel compiled ahead of time, for float32 and float64, so that no first training step has to wait."""
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np
from tqdm import tqdm

from .. import kernels, layers, optim
from ..network import Residual, Sequential


def floats(dtype, *shape):
    """Normal numbers, the same every time."""
    return np.random.default_rng(0).standard_normal(shape).astype(dtype)


LAYERS = {                                       # name: dtype -> (the smallest layer, a batch for it)
    "Affine": lambda dtype: (layers.Affine(3, 4, dtype=dtype), floats(dtype, 5, 3)),
    "AvgPool2d": lambda dtype: (layers.AvgPool2d(2), floats(dtype, 2, 3, 5, 4)),
    "BatchNorm": lambda dtype: (layers.BatchNorm(3, dtype=dtype), floats(dtype, 5, 3)),
    "Conv2d": lambda dtype: (layers.Conv2d(3, 4, 2, dtype=dtype), floats(dtype, 2, 3, 5, 4)),
    "Dropout": lambda dtype: (layers.Dropout(0.5), floats(dtype, 5, 3)),
    "ELU": lambda dtype: (layers.ELU(0.7), floats(dtype, 5, 3)),
    "Embedding": lambda dtype: (layers.Embedding(5, 3, dtype=dtype), np.array([[0, 4, 2], [1, 1, 3]])),
    "Flatten": lambda dtype: (layers.Flatten(), floats(dtype, 2, 3, 5, 4)),
    "GELU": lambda dtype: (layers.GELU(), floats(dtype, 5, 3)),
    "GRU": lambda dtype: (layers.GRU(3, 4, dtype=dtype), floats(dtype, 2, 5, 3)),
    "GlobalAvgPool2d": lambda dtype: (layers.GlobalAvgPool2d(), floats(dtype, 2, 3, 5, 4)),
    "GroupNorm": lambda dtype: (layers.GroupNorm(4, 2, dtype=dtype), floats(dtype, 5, 4)),
    "LSTM": lambda dtype: (layers.LSTM(3, 4, dtype=dtype), floats(dtype, 2, 5, 3)),
    "LayerNorm": lambda dtype: (layers.LayerNorm(3, dtype=dtype), floats(dtype, 5, 3)),
    "LearnedPositions": lambda dtype: (layers.LearnedPositions(5, 4, dtype=dtype), floats(dtype, 2, 3, 4)),
    "LeakyReLU": lambda dtype: (layers.LeakyReLU(0.2), floats(dtype, 5, 3)),
    "MaxPool2d": lambda dtype: (layers.MaxPool2d(2), floats(dtype, 2, 3, 5, 4)),
    "Maxout": lambda dtype: (layers.Maxout(3, 4, 3, dtype=dtype), floats(dtype, 5, 3)),
    "RNN": lambda dtype: (layers.RNN(3, 4, dtype=dtype), floats(dtype, 2, 5, 3)),
    "ReLU": lambda dtype: (layers.ReLU(), floats(dtype, 5, 3)),
    "Residual": lambda dtype: (Residual(layers.Affine(3, 3, dtype=dtype)), floats(dtype, 5, 3)),
    "SelfAttention": lambda dtype: (layers.SelfAttention(4, 2, dtype=dtype), floats(dtype, 2, 3, 4)),
    "Sequential": lambda dtype: (Sequential(layers.Affine(3, 2, dtype=dtype)), floats(dtype, 5, 3)),
    "Sigmoid": lambda dtype: (layers.Sigmoid(), floats(dtype, 5, 3)),
    "SinusoidalPositions": lambda dtype: (layers.SinusoidalPositions(), floats(dtype, 2, 3, 4)),
    "Softmax": lambda dtype: (layers.Softmax(), floats(dtype, 5, 3)),
    "Tanh": lambda dtype: (layers.Tanh(), floats(dtype, 5, 3)),
    "TransformerBlock": lambda dtype: (layers.TransformerBlock(4, 2, causal=True, dtype=dtype), floats(dtype, 2, 3, 4)),
}
LOSSES = {                                       # name: dtype -> (loss, scores, targets)
    "BinaryCrossEntropy": lambda dtype: (layers.BinaryCrossEntropy(), floats(dtype, 3, 1), np.array([0, 1, 1])),
    "MeanAbsoluteError": lambda dtype: (layers.MeanAbsoluteError(), floats(dtype, 3, 2), floats(dtype, 3, 2) + 1),
    "MeanSquaredError": lambda dtype: (layers.MeanSquaredError(), floats(dtype, 3, 2), floats(dtype, 3, 2) + 1),
    "SoftmaxCrossEntropy": lambda dtype: (layers.SoftmaxCrossEntropy(), floats(dtype, 3, 2), np.array([0, 1, 1])),
}
OPTIMIZERS = {                                   # name: () -> optimizer; AdamW has Adam's kernel
    "Adam": lambda: optim.Adam(0.1),
    "RMSProp": lambda: optim.RMSProp(0.1),
    "SGD": lambda: optim.SGD(0.1),
}
LONGEST = "Conv2d", "Affine", "GRU", "LSTM", "SelfAttention", "RNN"     # first, so that no core ends long before the others


def warm():
    """Compile every kernel into Numba's cache, with a progress bar; return the folder of the cache."""
    jobs = dict.fromkeys([*LONGEST, *LAYERS, *LOSSES, *OPTIMIZERS])
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), multiprocessing.get_context("spawn")) as pool, \
            tqdm(total=len(jobs), desc="compile", unit="layer", file=sys.stdout) as bar:
        futures = {pool.submit(compile_for, name): name for name in jobs}
        for future in as_completed(futures):
            future.result()
            bar.set_postfix_str(futures[future], refresh=False)
            bar.update()
    return kernels.unchecked.affine_forward.stats.cache_path


def compile_for(name):
    """Run what the table has under this name in every way that calls another kernel, once for each dtype."""
    for dtype in (np.float32, np.float64):
        if name in LAYERS:
            layer, x = LAYERS[name](dtype)
            for train in (False, True):
                dy = np.ones_like(layer.forward(x, train))
                layer.backward(dy)
                layer.backward_parameters(dy)
        elif name in LOSSES:
            loss, scores, y = LOSSES[name](dtype)
            loss.forward(scores, y)
            loss.backward()
        else:
            OPTIMIZERS[name]().step(layers.Affine(3, 4, dtype=dtype))
