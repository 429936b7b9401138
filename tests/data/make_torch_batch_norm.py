"""Freeze three training steps of PyTorch's batch normalisation, with its running statistics, and one test step.

python tests/data/make_torch_batch_norm.py  (needs the benchmarks extra)
"""
from pathlib import Path

import numpy as np
import torch


def freeze(layer, shape):
    """The arrays of one layer, stacked over the steps."""
    rng, steps = np.random.default_rng(7), []
    for _ in range(3):
        x = torch.tensor(2 + 3 * rng.standard_normal(shape), requires_grad=True)
        dy = torch.tensor(rng.standard_normal(shape))
        y = layer(x)
        y.backward(dy)
        arrays = {"x": x, "dy": dy, "y": y, "dx": x.grad,
                  "running_mean": layer.running_mean, "running_var": layer.running_var}
        steps.append({name: array.detach().numpy().copy() for name, array in arrays.items()})
    y_test = layer.eval()(x).detach().numpy()
    return {name: np.stack([step[name] for step in steps]) for name in steps[0]} | {"y_test": y_test}


if __name__ == "__main__":
    layers = {"units": (torch.nn.BatchNorm1d(3), (5, 3)), "images": (torch.nn.BatchNorm2d(3), (4, 3, 2, 5))}
    frozen = {f"{kind}/{name}": array
              for kind, (layer, shape) in layers.items() for name, array in freeze(layer.double(), shape).items()}
    np.savez_compressed(Path(__file__).with_name("torch_batch_norm.npz"), **frozen)
    print(f"{len(layers)} layers frozen from PyTorch {torch.__version__}")
