"""PyTorch, eager and compiled."""
import torch
import torch.nn.functional as F
from torch import nn

NEEDS = "torch"


class Recurrent(nn.Module):
    """A recurrent layer that gives only its outputs, as the others do."""

    def __init__(self, make, D, M):
        super().__init__()
        self.layer = make(D, M, batch_first=True)

    def forward(self, x):
        return self.layer(x)[0]


LAYERS = {
    "affine": nn.Linear, "relu": nn.ReLU, "tanh": nn.Tanh, "conv": nn.Conv2d, "max_pool": nn.MaxPool2d,
    "flatten": nn.Flatten, "batch_norm": nn.BatchNorm1d,
    "rnn": lambda D, M: Recurrent(nn.RNN, D, M), "lstm": lambda D, M: Recurrent(nn.LSTM, D, M),
    "gru": lambda D, M: Recurrent(nn.GRU, D, M),
    "transformer": lambda D, heads: nn.TransformerEncoderLayer(D, heads, 4 * D, dropout=0.0, activation="gelu",
                                                               batch_first=True, norm_first=True),
}
LOSSES = {
    "cross_entropy": lambda scores, y: F.cross_entropy(scores.flatten(0, -2), y.flatten()),
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "squared_error": F.mse_loss,
}


def steps(row):
    x, y = map(torch.from_numpy, row.data())
    return {"PyTorch eager": make_step(row, x, y, compiled=False), "PyTorch compile": make_step(row, x, y, compiled=True)}


def make_step(row, x, y, compiled):
    torch.manual_seed(0)
    net = nn.Sequential(*(LAYERS[kind](*sizes) for kind, *sizes in row.layers))
    optimizer = torch.optim.SGD(net.parameters(), row.learning_rate, fused=True)

    def loss(x, y):
        return LOSSES[row.loss](net(x), y)

    if compiled:
        loss = torch.compile(loss)

    def step():
        optimizer.zero_grad()
        loss(x, y).backward()
        optimizer.step()

    return step
