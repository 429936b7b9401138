"""Freeze values and gradients from PyTorch: python tests/data/make_torch_gradients.py  (needs the benchmarks extra).

For every operation the arguments by name, y_out, a random dy, and d<name> for every argument that has a
gradient, all float64, into torch_gradients.npz beside this file.
"""
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parents[1]))
from operations import OPERATIONS


def recurrent(function, x, state, w_x, w_h, b, b_h=None):
    """h (N, T, M) from one of PyTorch's recurrent functions: one layer, one direction, batch first."""
    weights = [w_x, w_h, b, torch.zeros_like(b) if b_h is None else b_h]
    return function(x, state, weights, True, 1, 0.0, False, False, True)[0]


def attention(qkv, heads, causal):
    """y (N, T, D) from PyTorch's attention, which takes the heads as an axis of their own."""
    q, k, v = (part.unflatten(2, (int(heads), -1)).transpose(1, 2) for part in qkv.chunk(3, dim=2))
    return F.scaled_dot_product_attention(q, k, v, is_causal=bool(causal)).transpose(1, 2).flatten(2)


def sinusoidal_positions(x):
    """y (N, T, D), written as in PyTorch's tutorial on translation."""
    T, D = x.shape[1:]
    t = torch.arange(T).unsqueeze(1)
    divisors = torch.exp(torch.arange(0, D, 2, dtype=torch.float64) * (-math.log(10000.0) / D))
    p = torch.zeros(T, D, dtype=torch.float64)
    p[:, 0::2] = torch.sin(t * divisors)
    p[:, 1::2] = torch.cos(t * divisors[:D // 2])
    return x + p


FORWARD = {
    "affine": F.linear,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": F.gelu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "softmax": lambda a: F.softmax(a, dim=1),
    "maxout": lambda x, w, b: (torch.einsum("nd,pmd->npm", x, w) + b).max(dim=1).values,
    "dropout": lambda x, kept, p: x * kept / (1 - p),
    "batch_norm": lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
    "batch_norm_fixed": F.batch_norm,
    "conv2d": F.conv2d,
    "max_pool2d": F.max_pool2d,
    "avg_pool2d": F.avg_pool2d,
    "global_avg_pool2d": lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1),
    "rnn": lambda x, h0, w_x, w_h, b: recurrent(torch.rnn_tanh, x, h0[None], w_x, w_h, b),
    "lstm": lambda x, h0, c0, w_x, w_h, b: recurrent(torch.lstm, x, (h0[None], c0[None]), w_x, w_h, b),
    "gru": lambda x, h0, w_x, w_h, b, b_h:
        recurrent(torch.gru, x, h0[None], w_x, w_h, b, torch.cat([torch.zeros(len(b) - len(b_h)), b_h])),
    "embedding": F.embedding,
    "learned_positions": lambda x, w: x + F.embedding(torch.arange(x.shape[1]), w),
    "sinusoidal_positions": sinusoidal_positions,
    "attention": attention,
    "mean_squared_error": F.mse_loss,
    "mean_absolute_error": F.l1_loss,
    "layer_norm": lambda x, w, b: F.layer_norm(x, w.shape, w, b),
    "group_norm": lambda x, w, b, groups: F.group_norm(x, int(groups), w, b),
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "softmax_cross_entropy": F.cross_entropy,
}


def freeze(name, forward, rng):
    """The arrays of one operation, keyed name/argument."""
    operation = OPERATIONS[name]
    arguments = operation.draw(rng)
    tensors = {key: value if isinstance(value, tuple) else torch.tensor(value, requires_grad=key not in operation.fixed)
               for key, value in arguments.items()}
    y = forward(*tensors.values())
    dy = torch.tensor(rng.standard_normal(tuple(y.shape)) if y.ndim else 1.0, dtype=torch.float64)
    y.backward(dy)
    frozen = {key: np.asarray(value) for key, value in arguments.items()}
    frozen |= {"y_out": y.detach().numpy(), "dy": dy.numpy()}
    frozen |= {f"d{key}": tensor.grad.numpy() for key, tensor in tensors.items() if key not in operation.fixed}
    return {f"{name}/{key}": value for key, value in frozen.items()}


if __name__ == "__main__":
    arrays = {}
    for name, forward in FORWARD.items():
        arrays |= freeze(name, forward, np.random.default_rng(7))
    np.savez_compressed(Path(__file__).with_name("torch_gradients.npz"), **arrays)
    print(f"{len(FORWARD)} operations frozen from PyTorch {torch.__version__}")
