"""The epoch loop: mini-batches, one step each, and a record of how it went."""
import math
import sys
from dataclasses import dataclass, field

import numpy as np

from .data import batches


@dataclass(repr=False)
class History:
    """One entry per complete epoch. Losses are means over the epoch's examples, accuracies fractions of 1.

    The accuracy lists stay empty for a loss that predicts no class, the validation lists without
    validation data. ``steps`` counts parameter updates.
    """

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    steps: int = 0

    @property
    def best_epoch(self):
        """Position of the smallest validation loss, counted from 0; None without validation data."""
        return int(np.argmin(self.validation_loss)) if self.validation_loss else None

    def __repr__(self):
        lists = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        last = "".join(f", {name} {getattr(self, name)[-1]:.4f}" for name in lists if getattr(self, name))
        return f"History({len(self.loss)} epochs, {self.steps} steps{last})"


def fit(net, examples, *, loss, optimizer, epochs=1, batch_size=None, validation=None, patience=None,
        callbacks=(), rng=None, progress=True):
    """Train a network on examples (x, y) and return its History.

    Every epoch goes through all examples once, in batches of ``batch_size`` (all at once if None),
    in an order drawn from ``rng`` (in the given order if None). Loss and accuracy of an epoch are
    measured during it, before each update, so they lag behind the validation figures.

    ``patience`` stops early: after that many epochs without a smaller validation loss. With it the
    network always ends with the parameters of its best epoch, ``history.best_epoch``. Every function
    in ``callbacks`` is called as f(net, history) after each epoch; training stops when one returns True.
    An interrupt (Ctrl-C, or the stop button of a notebook) ends the training and keeps what is reached.

    Shapes    x (N, ...), y (N, ...)
    Units     loss in the units of ``loss``
    Modifies  the parameters of net
    Raises    ValueError if x and y do not fit together, x holds NaN or infinity, or a setting is out of range;
              FloatingPointError at the first step whose loss is not finite
    """
    from tqdm import tqdm  # here, so that import nnlib need not wait for it

    x, y = as_examples(examples, "fit", "examples")
    held_out = as_examples(validation, "fit", "validation") if validation is not None else None
    batch_size = len(x) if batch_size is None else batch_size
    check_settings(epochs, batch_size, patience, held_out, callbacks)

    history, best = History(), None
    steps = epochs * math.ceil(len(x) / batch_size)
    with tqdm(total=steps, unit="step", file=sys.stdout, **({} if progress else {"disable": True})) as bar:
        try:
            for epoch in range(epochs):
                bar.set_description_str(f"epoch {epoch + 1} of {epochs}", refresh=False)
                seen = train_epoch(net, batches(x, y, batch_size, rng), loss, optimizer, history, bar)
                held_out_seen = evaluate(net, held_out, loss=loss) if held_out is not None else (None, None)
                stop_unless_finite(held_out_seen[0], "validation loss", history, optimizer)
                record(history, *seen, *held_out_seen)
                bar.set_postfix_str(f"loss {history.loss[-1]:.4f}", refresh=False)
                if patience is not None and history.best_epoch == epoch:
                    best = {name: array.copy() for name, array in net.state().items()}
                enough = patience is not None and epoch - history.best_epoch >= patience
                if any([callback(net, history) for callback in callbacks]) or enough:
                    break
        except KeyboardInterrupt:
            bar.write(f"fit: interrupted in epoch {len(history.loss) + 1} of {epochs}, after {history.steps} steps.\n"
                      f"The network keeps {'what it has learned' if best is None else 'the parameters of its best epoch'}"
                      "; call fit again to go on.", file=sys.stdout)
    if best is not None:
        for name, array in net.state().items():
            array[...] = best[name]
    return history


def train_epoch(net, mini_batches, loss, optimizer, history, bar):
    """One step for each mini-batch; the mean loss, and the accuracy or None."""
    total_loss, right, N = 0.0, 0.0, 0
    for xb, yb in mini_batches:
        scores = net.forward(xb, train=True)
        batch_loss = loss.forward(scores, yb)
        stop_unless_finite(batch_loss, "loss", history, optimizer)
        net.backward_parameters(loss.backward())
        optimizer.step(net)
        history.steps += 1
        bar.update()
        total_loss += batch_loss * len(xb)
        right += fraction_right(loss, scores, yb) * len(xb)
        N += len(xb)
    return total_loss / N, right / N if hasattr(loss, "predict") else None


def evaluate(net, examples, *, loss, batch_size=1000):
    """Mean loss and accuracy of a network on examples (x, y), without training it.

    Accuracy is None for a loss that predicts no class.

    Shapes    x (N, ...), y (N, ...)  ->  (loss, accuracy)
    Raises    ValueError if x and y do not fit together, or x holds NaN or infinity
    """
    x, y = as_examples(examples, "evaluate", "examples")
    total_loss, right = 0.0, 0.0
    for xb, yb in batches(x, y, batch_size):
        scores = net.forward(xb)
        total_loss += loss.forward(scores, yb) * len(xb)
        right += fraction_right(loss, scores, yb) * len(xb)
    return total_loss / len(x), right / len(x) if hasattr(loss, "predict") else None


def fraction_right(loss, scores, y):
    """Share of the targets of a batch that are predicted; 0 for a loss that predicts no class."""
    return float(np.mean(np.ravel(loss.predict(scores)) == np.ravel(y))) if hasattr(loss, "predict") else 0.0


def record(history, loss, accuracy, validation_loss, validation_accuracy):
    """Append the figures of one epoch, as far as there are any."""
    for figures, value in ((history.loss, loss), (history.accuracy, accuracy),
                           (history.validation_loss, validation_loss),
                           (history.validation_accuracy, validation_accuracy)):
        if value is not None:
            figures.append(value)


def stop_unless_finite(value, name, history, optimizer):
    """FloatingPointError with advice if a loss is NaN or infinite."""
    if value is not None and not math.isfinite(value):
        raise FloatingPointError(
            f"fit: the {name} is {value} at step {history.steps} (epoch {len(history.loss) + 1}).\n"
            f"The parameters hold the values that led there. Make the network anew, and try a smaller "
            f"learning_rate than {getattr(optimizer, 'learning_rate', 'yours')}, or inputs scaled to [0, 1].")


def check_settings(epochs, batch_size, patience, held_out, callbacks):
    """ValueError or TypeError for a setting of fit that is out of range."""
    for name, value in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if not (value is None and name == "patience") and (not isinstance(value, (int, np.integer)) or value < 1):
            raise ValueError(f"fit: {name} is {value!r}, expected a whole number of at least 1.")
    if patience is not None and held_out is None:
        raise ValueError("fit: patience needs a validation loss to watch.\nPass validation=(x, y) with held-out examples.")
    if not isinstance(callbacks, (list, tuple)) or not all(map(callable, callbacks)):
        raise TypeError(f"fit: callbacks is {callbacks!r}, expected a list of functions f(net, history).")


def as_examples(examples, owner, name):
    """A pair (x, y) of arrays with the same number of examples and finite inputs, else ValueError."""
    if not isinstance(examples, (tuple, list)) or len(examples) != 2:
        raise ValueError(f"{owner}: {name} is {type(examples).__name__}, expected a pair of arrays: (x, y).")
    x, y = map(np.asarray, examples)
    if x.ndim == 0 or x.size == 0:
        raise ValueError(f"{owner}: x of {name} has shape {x.shape}, expected at least one example, one per row.")
    if y.ndim == 0 or len(y) != len(x):
        raise ValueError(f"{owner}: {name} has {len(x)} inputs and {len(y) if y.ndim else 'a single number as'} "
                         "targets, expected one target for each input.")
    if np.issubdtype(x.dtype, np.floating) and not np.isfinite(x).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(x))[0])
        raise ValueError(f"{owner}: x of {name} is {x[where]} at {where}, expected finite numbers.\n"
                         "Remove such examples, or replace the values.")
    return x, y
