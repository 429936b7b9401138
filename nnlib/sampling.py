"""From scores to symbols: how a language model draws what comes next, and writes."""
import numpy as np

from .layers.base import as_rng, as_setting, as_size


def probabilities(scores, *, temperature=1.0, top_k=None, top_p=None):
    """The probabilities that ``sample`` draws with: a softmax at a temperature, of which the unlikely end may be cut off.

    ``top_k`` keeps the k likeliest symbols. ``top_p`` keeps the fewest likeliest whose probabilities make up that share, at
    least one. With both, the share is one of what top_k has left. Of equally likely symbols the first is kept first.

    Equation  p[k] = exp(scores[k] / temperature) / sum_j exp(scores[j] / temperature)                  (12.3)
              then p[k] = 0 for what is cut off, and division by what is left                           (12.5)
    Shapes    scores (..., V)  ->  p (..., V)
    Raises    ValueError if a score is NaN or infinite, or a setting lies outside its range
    Source    Fan, Lewis and Dauphin (2018) for top-k; Holtzman et al. (2020), The curious case of neural text degeneration
    """
    scores = as_scores(scores)
    order = np.argsort(-scores, axis=-1, kind="stable")
    e = np.exp((scores - scores.max(axis=-1, keepdims=True)) / as_temperature(temperature))
    p = e / e.sum(axis=-1, keepdims=True)
    if top_k is not None:
        first = np.arange(p.shape[-1]) < as_size(top_k, "sampling", "top_k")
        p = only(p, order, np.broadcast_to(first, p.shape))
    if top_p is not None:
        falling = np.take_along_axis(p, order, axis=-1)
        likelier = np.cumsum(falling, axis=-1) - falling                     # the sum of those before it
        p = only(p, order, likelier < as_share(top_p))
    return p


def sample(scores, *, temperature=1.0, top_k=None, top_p=None, rng=None):
    """Draw a symbol for every row of scores; temperature, top_k and top_p are those of ``sampling.probabilities``.

    Shapes    scores (..., V)  ->  tokens (...) whole numbers 0 ... V-1
    Raises    ValueError if a score is NaN or infinite, or a setting lies outside its range
    """
    total = np.cumsum(probabilities(scores, temperature=temperature, top_k=top_k, top_p=top_p), axis=-1)
    total /= total[..., -1:]                             # exactly 1 at the end, which no draw reaches
    return np.argmax(total > as_rng(rng, "sample").random((*total.shape[:-1], 1)), axis=-1)


def generate(net, tokens, length, *, context=None, temperature=1.0, top_k=None, top_p=None, rng=None):
    """Let a language model go on: draw a token, append it, read all again, ``length`` times.

    ``context`` is how many of the last tokens the network reads; None stands for all of them. A network with positions
    needs it: it has learned no more of them than the pieces of its training were long.

    Shapes    tokens (N, T) whole numbers; net turns (N, T) into scores (N, T, V)  ->  tokens (N, T + length)
    Raises    ValueError if tokens has another shape, or a setting lies outside its range
    """
    tokens, rng = np.asarray(tokens), as_rng(rng, "generate")
    length = as_size(length, "generate", "length")
    context = len(tokens.T) + length if context is None else as_size(context, "generate", "context")
    if tokens.ndim != 2 or tokens.size == 0:
        raise ValueError(f"generate: tokens has shape {tokens.shape}, expected (N, T), at least one token.\n"
                         "Give one beginning per row; for a single one pass tokens[None].")
    for _ in range(length):
        scores = net.forward(tokens[:, -context:])[:, -1]
        new = sample(scores, temperature=temperature, top_k=top_k, top_p=top_p, rng=rng)
        tokens = np.concatenate([tokens, new[:, None]], axis=1)
    return tokens


def only(p, order, kept):
    """p without the places that are not kept, divided by what is left; ``kept`` runs along ``order``."""
    mask = np.zeros(p.shape, bool)
    np.put_along_axis(mask, order, kept, axis=-1)
    p = np.where(mask, p, 0.0)
    return p / p.sum(axis=-1, keepdims=True)


def as_scores(scores):
    """Scores (..., V) as float64, all finite, else ValueError."""
    scores = np.asarray(scores, np.float64)
    if scores.ndim == 0 or scores.size == 0:
        raise ValueError(f"sampling: scores has shape {scores.shape}, expected (..., V), a score for each symbol.")
    if not np.isfinite(scores).all():
        raise ValueError("sampling: scores holds NaN or infinity, expected finite numbers.\n"
                         "Look at the network's parameters: its training may have run away.")
    return scores


def as_temperature(temperature):
    """A temperature above 0, else ValueError."""
    if not as_setting(temperature, "sampling", "temperature"):
        raise ValueError("sampling: temperature is 0, expected a number above 0.\n"
                         "For the likeliest symbol alone pass top_k=1.")
    return float(temperature)


def as_share(top_p):
    """A share above 0 and at most 1, else ValueError."""
    if not 0 < as_setting(top_p, "sampling", "top_p") <= 1:
        raise ValueError(f"sampling: top_p is {top_p!r}, expected a share above 0 and at most 1.\n"
                         "For the likeliest symbol alone pass top_k=1.")
    return float(top_p)
