"""The networks of the course in PyTorch: forward only, autograd does the rest."""
from torch import nn


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


class RNN(nn.RNN):                 # these three return outputs and state
    def forward(self, x):
        return super().forward(x)[0]


class LSTM(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0]


class GRU(nn.GRU):
    def forward(self, x):
        return super().forward(x)[0]


class Block(nn.TransformerEncoderLayer):
    def __init__(self, D, heads):
        super().__init__(D, heads, dim_feedforward=4 * D, dropout=0.0,
                         activation="gelu", batch_first=True,
                         norm_first=True)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(
            x.shape[1], dtype=x.dtype)
        return super().forward(x, src_mask=mask, is_causal=True)


def reader():
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def convolution():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(6, 10))


def residual():
    blocks = [Residual(nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 16))
              for _ in range(4)]
    return nn.Sequential(nn.Linear(64, 16), *blocks, nn.ReLU(),
                         nn.Linear(16, 10))


def recurrent(kind):
    return nn.Sequential(nn.Embedding(36, 6),
                         kind(6, 12, batch_first=True),
                         nn.Linear(12, 36))


NETWORKS = {
    "logistic": lambda: nn.Sequential(nn.Linear(2, 1)),
    "tanh": lambda: nn.Sequential(nn.Linear(2, 4), nn.Tanh(),
                                  nn.Linear(4, 2), nn.Tanh(),
                                  nn.Linear(2, 1)),
    "reader": reader,
    "convolution": convolution,
    "residual": residual,
    "rnn": lambda: recurrent(RNN),
    "lstm": lambda: recurrent(LSTM),
    "gru": lambda: recurrent(GRU),
    "transformer": lambda: nn.Sequential(
        nn.Embedding(36, 8), Block(8, 2), Block(8, 2),
        nn.LayerNorm(8), nn.Linear(8, 36)),
    "autoencoder": lambda: nn.Sequential(
        nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 2),
        nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 64)),
}
