"""The networks of the course beside their twins in PyTorch: outputs, gradients, and the steps of five optimisers.

The parameters are carried over by ``nnlib.torch_names``. Recorded are the largest differences, and what PyTorch computed, so
that the tests can compare with it where PyTorch is not installed.
"""
import time

import numpy as np

from nnlib import torch_names

from . import course_networks as course
from . import record


def run():
    """Compare every network, write the JSON, and return a table as text."""
    import torch

    facts = conventions()
    torch.set_default_dtype(torch.float64)
    networks = {name: compared(name) for name in course.NETWORKS}
    free = {name: {kind: steps(name, kind, free_biases=True) for kind in course.OPTIMIZERS} for name in course.RECURRENT}
    record.write("frameworks", {"steps": course.STEPS, "conventions": facts, "throw": throw(), "batches": batches(),
                                "networks": networks,
                                "both_biases_free": free})
    rows = [("largest difference", "output", "gradient", *course.OPTIMIZERS)]
    rows += [(name, *(f"{numbers[key]:.0e}" for key in ("output_difference", "gradient_difference")),
              *(f"{numbers['optimizers'][kind]['difference']:.0e}" for kind in course.OPTIMIZERS))
             for name, numbers in networks.items()]
    rows += [(f"{name}, both biases free", "", "", *(f"{runs[kind]['difference']:.0e}" for kind in course.OPTIMIZERS))
             for name, runs in free.items()]
    return record.table(rows)


def twin(net, name):
    """The network in PyTorch, with the parameters of ours."""
    import torch

    from . import torch_networks
    other = torch_networks.NETWORKS[name]()
    other.load_state_dict({key: torch.from_numpy(array) for key, array in torch_names.state_dict(net).items()})
    return other


def tensors(name):
    """The batch of a network as PyTorch takes it: whole numbers stay, labels of two classes become numbers in a column."""
    import torch
    x, y = course.batch(name)
    if name in ("logistic", "tanh"):
        y = y[:, None].astype(float)
    return torch.from_numpy(x), torch.from_numpy(y)


def loss(name, scores, y):
    """The loss of a network in PyTorch, which wants the classes of a sequence on the second axis."""
    import torch.nn.functional as F
    if name in ("logistic", "tanh"):
        return F.binary_cross_entropy_with_logits(scores, y)
    if name == "autoencoder":
        return F.mse_loss(scores, y)
    return F.cross_entropy(scores.transpose(1, 2) if scores.ndim == 3 else scores, y)


def compared(name):
    """Differences of one network and its twin in training mode, what the twin computed, and the steps of the optimisers."""
    net, (x, y), criterion = course.network(name), course.batch(name), course.loss(name)
    other, (x_torch, y_torch) = twin(net, name), tensors(name)
    scores, scores_torch = net.forward(x, train=True), other(x_torch)
    ours = criterion.forward(scores, y)
    net.backward(criterion.backward())
    theirs = loss(name, scores_torch, y_torch)
    theirs.backward()
    gradients = torch_names.gradients(net)
    return {
        "shapes": {key: list(array.shape) for key, array in other.state_dict().items()},
        "first_output": scores_torch[0].detach().numpy().ravel().tolist(),
        "output_difference": largest(scores, scores_torch.detach().numpy()),
        "loss": theirs.item(), "loss_difference": abs(ours - theirs.item()),
        "gradient_difference": max(largest(gradients[key], w.grad.numpy()) for key, w in other.named_parameters()),
        "optimizers": {kind: steps(name, kind) for kind in course.OPTIMIZERS},
    }


def steps(name, kind, free_biases=False):
    """Losses of PyTorch's steps; the largest difference to ours of any output after them, and of any parameter."""
    import torch
    net = course.network(name)
    other, (x, y) = twin(net, name), tensors(name)
    ours = course.train(net, name, kind)
    if not free_biases:
        hold_second_biases(other)
    _, rate, settings = course.OPTIMIZERS[kind]
    class_name = {"RMSProp": "RMSprop"}.get(course.OPTIMIZERS[kind][0], course.OPTIMIZERS[kind][0])
    optimizer = getattr(torch.optim, class_name)(other.parameters(), lr=rate, **settings)
    losses = []
    for _ in range(course.STEPS):
        optimizer.zero_grad()
        value = loss(name, other(x), y)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    other.eval()
    with torch.no_grad():
        after = other(x).numpy()
    state, theirs = torch_names.state_dict(net), other.state_dict()
    gaps = {key: largest(state[key], theirs[key].numpy()) for key, _ in other.named_parameters()}
    return {"losses": losses, "loss_difference": largest(np.array(ours), np.array(losses)),
            "difference": largest(net.forward(course.batch(name)[0]), after),
            "parameter": max(gaps, key=gaps.get), "parameter_difference": max(gaps.values())}


def conventions():
    """What PyTorch does unless it is told otherwise, as far as it differs from us, each tried out."""
    import torch
    from torch import nn
    linear, w = nn.Linear(100, 1000), torch.ones(1, requires_grad=True)
    for _ in range(2):
        (3 * w).sum().backward()
    scores, y = torch.tensor([[2.0, 0.0, -1.0]]), torch.tensor([0])
    cross_entropy = nn.CrossEntropyLoss()
    return {
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "training": linear.training, "gradient_of_3w_after_two_backwards": w.grad.item(),
        "largest_first_weight_times_root_of_inputs": 10 * linear.weight.abs().max().item(),
        "largest_first_bias_times_root_of_inputs": 10 * linear.bias.abs().max().item(),
        "leaky_relu_slope": nn.LeakyReLU().negative_slope, "batch_first": nn.LSTM(2, 3).batch_first,
        "batch_norm_momentum": nn.BatchNorm1d(2).momentum,
        "cross_entropy_of_scores": cross_entropy(scores, y).item(),
        "cross_entropy_of_probabilities": cross_entropy(scores.softmax(dim=1), y).item(),
    }


def throw():
    """How far a ball flies against the air, with and without the way back to the ground; the code is that of chapter 15."""
    import torch
    found = {}
    for to_the_ground in (False, True):
        across, up = (torch.tensor(speed, requires_grad=True) for speed in (20.0, 15.0))
        x, height, u, v = 0.0, 1.0, across, up
        while height > 0:
            drag = 0.02 * (u ** 2 + v ** 2) ** 0.5
            u, v = u - 0.01 * drag * u, v - 0.01 * (9.8 + drag * v)
            x, height = x + 0.01 * u, height + 0.01 * v
        distance = x - height * u / v if to_the_ground else x
        distance.backward()
        found["to the ground" if to_the_ground else "last step"] = [distance.item(), across.grad.item(), up.grad.item()]
    return found


def batches():
    """Examples that one core sends through a dense layer in a second, one by one and 256 at a time; chapter 14 has it."""
    import torch
    torch.set_num_threads(1)
    layer, rates = torch.nn.Linear(2048, 2048, dtype=torch.float32), {}
    with torch.no_grad():
        for N in (1, 256):
            x, seconds = torch.randn(N, 2048, dtype=torch.float32), []
            for _ in range(50):
                start = time.thread_time()
                layer(x)
                seconds.append(time.thread_time() - start)
            rates[N] = float(f"{N / min(seconds):.3g}")
    return rates


def hold_second_biases(other):
    """Keep those biases of recurrent layers at 0 that another bias makes superfluous: their gradient becomes 0."""
    import torch
    for layer in other.modules():
        if isinstance(layer, torch.nn.RNNBase):
            kept = torch.zeros_like(layer.bias_hh_l0)
            if isinstance(layer, torch.nn.GRU):
                kept[2 * layer.hidden_size:] = 1
            layer.bias_hh_l0.register_hook(lambda gradient, kept=kept: gradient * kept)


def largest(a, b):
    """The largest difference of two arrays of one shape."""
    return float(np.abs(a - b).max())
