"""Freeze the steps of PyTorch's optimisers and learning-rate schedules on gradients drawn once.

python tests/data/make_torch_optimizers.py  (needs the benchmarks extra)
"""
from pathlib import Path

import numpy as np
import torch
from torch.optim import lr_scheduler

STEPS = 12
OPTIMIZERS = {
    "SGD": (torch.optim.SGD, dict(lr=0.1)),
    "SGD decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.02)),
    "SGD momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "SGD momentum decay": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.02)),
    "SGD nesterov": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.02)),
    "SGD clipped": (torch.optim.SGD, dict(lr=0.1)),
    "RMSProp": (torch.optim.RMSprop, dict()),
    "RMSProp decay": (torch.optim.RMSprop, dict(lr=0.05, alpha=0.9, eps=1e-3, weight_decay=0.02)),
    "Adam": (torch.optim.Adam, dict()),
    "Adam decay": (torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.02)),
    "AdamW": (torch.optim.AdamW, dict()),
    "AdamW decay": (torch.optim.AdamW, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)),
}
SCHEDULES = {
    "step_decay": lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.3),
    "cosine": lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - 1, eta_min=0.01),
    "warm_up": lambda optimizer: lr_scheduler.LinearLR(optimizer, start_factor=1 / 4, total_iters=3),
}


def trajectory(make, settings, clip, gradients):
    """Parameters w and b, flat and one after the other, after every step."""
    w, b = (torch.nn.Parameter(torch.full(shape, 0.5, dtype=torch.float64)) for shape in ((3, 2), (2,)))
    optimizer, rows = make([w, b], **settings), []
    for g in torch.tensor(gradients):
        w.grad, b.grad = g[:6].reshape(3, 2).clone(), g[6:].clone()
        if clip:
            torch.nn.utils.clip_grad_norm_([w, b], 2.0)
        optimizer.step()
        rows.append(torch.cat([w.detach().ravel(), b.detach()]).numpy())
    return np.stack(rows)


def rates(make):
    """Learning rate of every step, from 0.2 on."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule, rows = make(optimizer), []
    for _ in range(STEPS):
        rows.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return np.array(rows)


if __name__ == "__main__":
    gradients = np.random.default_rng(7).standard_normal((STEPS, 8))
    arrays = {"gradients": gradients}
    arrays |= {name: trajectory(make, settings, "clipped" in name, gradients)
               for name, (make, settings) in OPTIMIZERS.items()}
    arrays |= {name: rates(make) for name, make in SCHEDULES.items()}
    np.savez_compressed(Path(__file__).with_name("torch_optimizers.npz"), **arrays)
    print(f"{len(OPTIMIZERS)} optimisers and {len(SCHEDULES)} schedules frozen from PyTorch {torch.__version__}")
