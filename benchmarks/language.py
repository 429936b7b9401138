"""Which network learns a language fastest: RNN, LSTM and transformer of equal size, and one LSTM that reads more often.

All read the first ten books of Paradise Lost in pieces of 128 characters, with the same optimizer and schedule: twice
for the comparison; the LSTM ten times for what is looked at inside. The learning rate of each kind, and the settings of the
long training, are chosen on the eleventh book; the twelfth judges, once for each run. What is measured is
written after every run, and a run that stands in the file is not made again: delete results/language.json to begin anew.
"""
import json
import re
import time

import numpy as np

import nnlib as nn

from . import record

RATES = (0.004, 0.008, 0.016, 0.032)                    # tried with the first seed for one epoch
SETTINGS = ((0.008, 0.1, 0.05), (0.008, 0.0, 0.0))      # rate, dropout, weight decay of the long training
T, BATCH, WARM, SEEDS = 128, 8, 100, 3
SHORT, LONG = 2, 10                                     # epochs
MILESTONES = (25, 100, 400, 1100)                       # and the last step
BEGINNING = "Adam "
PLACES, DISTANCES = 50, 20
FLOAT = np.float32


def lstm(V, rng, dropout=0.0):
    """An LSTM whose forget gates begin open; with dropout on both of its sides."""
    layers = [nn.Embedding(V, 32, rng=rng, dtype=FLOAT), nn.LSTM(32, 160, rng=rng, dtype=FLOAT),
              nn.Affine(160, V, rng=rng, dtype=FLOAT)]
    layers[1].b[160:320] = 1
    if dropout:
        layers[1:2] = nn.Dropout(dropout, rng=rng), layers[1], nn.Dropout(dropout, rng=rng)
    return nn.Sequential(*layers)


def transformer(V, rng):
    """Embedding and positions, two blocks that see no future, a norm, scores."""
    return nn.Sequential(nn.Embedding(V, 70, rng=rng, dtype=FLOAT), nn.LearnedPositions(T, 70, rng=rng, dtype=FLOAT),
                         *(nn.TransformerBlock(70, 5, causal=True, rng=rng, dtype=FLOAT) for _ in range(2)),
                         nn.LayerNorm(70, dtype=FLOAT), nn.Affine(70, V, rng=rng, dtype=FLOAT))


def rnn(V, rng):
    """A plain recurrent network; its matrix begins orthogonal, which keeps lengths."""
    net = nn.Sequential(nn.Embedding(V, 32, rng=rng, dtype=FLOAT), nn.RNN(32, 320, rng=rng, dtype=FLOAT),
                        nn.Affine(320, V, rng=rng, dtype=FLOAT))
    net.layers[1].w_h[:] = np.linalg.qr(rng.standard_normal((320, 320)))[0]
    return net


NETWORKS = {"LSTM": lstm, "transformer": transformer, "RNN": rnn}


def pieces(tokens, stride):
    """Inputs and targets (N, T): pieces of T + 1 characters, a new one every ``stride``."""
    start = np.arange(0, len(tokens) - T, stride)[:, None]
    piece = tokens[start + np.arange(T + 1)]
    return piece[:, :-1], piece[:, 1:]


def late_log_p(net, tokens):
    """log p (N T/2, V) for what follows at least T/2 others, and the targets (N T/2,): the second half of each piece."""
    x, y = pieces(tokens, T // 2)
    scores = np.concatenate([net.forward(x[n:n + 100])[:, T // 2:] for n in range(0, len(x), 100)])
    scores = scores.reshape(-1, scores.shape[-1]).astype(np.float64)
    scores -= scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)), y[:, T // 2:].ravel()


def perplexity(net, tokens):
    """The exponential of the mean loss of every character that at least T/2 others precede."""
    log_p, y = late_log_p(net, tokens)
    return round(float(np.exp(-log_p[np.arange(len(y)), y].mean())), 3)


def write(net, chars):
    """What a network writes, each character drawn from its own probabilities."""
    tokens = np.array([[chars.index(c) for c in BEGINNING]])
    return "".join(chars[k] for k in nn.generate(net, tokens, 160, context=T, rng=np.random.default_rng(1))[0])


def trained(kind, setting, seed, epochs, texts, chars, milestones=()):
    """A network of this kind, and what was measured on the way; a setting is rate, dropout and weight decay."""
    rng = np.random.default_rng(seed)
    rate, dropout, weight_decay = setting
    net = kind(len(chars), rng, **{"dropout": dropout} if dropout else {})
    x, y = pieces(texts["train"], T)
    steps = epochs * -(-len(x) // BATCH)
    run = {"steps": steps, "milestones": {}, "written": {}}

    def milestone(step):
        if step in milestones or (milestones and step == steps):
            run["milestones"][step] = perplexity(net, texts["choose"])
            if seed == 0:
                run["written"][step] = write(net, chars)

    schedule = nn.schedules.warm_up(nn.schedules.cosine(rate, steps=steps), steps=WARM)
    optimizer = Watched(schedule, weight_decay, milestone)
    start = time.process_time()
    try:
        history = nn.fit(net, (x, y), loss=nn.SoftmaxCrossEntropy(), optimizer=optimizer, epochs=epochs, batch_size=BATCH,
                         validation=pieces(texts["choose"], T), patience=epochs, rng=rng, progress=False)
    except FloatingPointError:                           # the rate was too large: as bad as knowing nothing
        return net, run | {"choose": float(len(chars))}
    run["seconds"] = round(time.process_time() - start - optimizer.seconds, 1)
    run["losses"] = [[round(float(loss), 4) for loss in losses] for losses in (history.loss, history.validation_loss)]
    run["best_epoch"] = history.best_epoch
    return net, run | {name: perplexity(net, texts[name]) for name in ("choose", "judge")}


def looks_inside(name, net, texts, chars):
    """What can be seen in an LSTM or a transformer: named cells, or how far back each head looks; and log p, for the page.

    ``choose`` and ``judge`` are log p of what came, ``breaks`` log p of a line break at every place of ``judge``.
    """
    arrays = {}
    for part in ("choose", "judge"):
        log_p, y = late_log_p(net, texts[part])
        arrays[f"{name}_{part}"] = log_p[np.arange(len(y)), y].astype(np.float16)
        if part == "judge":
            arrays[f"{name}_breaks"] = log_p[:, chars.index("\n")].astype(np.float16)
    path = record.RESULTS / "language.npz"
    kept = dict(np.load(path)) if path.exists() else {}
    np.savez_compressed(path, **kept | arrays)
    return {"cells": tracked(net, texts, chars)} if name == "LSTM" else {"heads": attention_by_distance(net, texts)}


def tracked(net, texts, chars):
    """Which cell of an LSTM follows a feature: chosen on one text, judged on another, beside a network that learned nothing.

    ``profile`` is what the cell that follows the place in a line holds there: 10th percentile, median and 90th percentile.
    """
    found = {}
    read = {part: "".join(chars[k] for k in texts[part]) for part in ("choose", "judge")}
    untrained = lstm(len(chars), np.random.default_rng(0))
    for kind, each in (("trained", net), ("untrained", untrained)):
        held = {part: cells(each, texts[part]) for part in read}
        for name, feature in FEATURES.items():
            cell = int(np.argmax(np.abs(correlations(held["choose"], feature(read["choose"])))))
            correlation = correlations(held["judge"], feature(read["judge"]))[cell]
            found[f"{name}, {kind}"] = {"cell": cell, "correlation": round(float(correlation), 3)}
            if (name, kind) == ("place in line", "trained"):
                place, c = feature(read["judge"]), held["judge"][:, cell]
                found["profile"] = [[round(float(q), 3) for q in np.percentile(c[place == each], (10, 50, 90))]
                                    for each in range(PLACES) if np.any(place == each)]
    return found


def cells(net, tokens):
    """The cells (T, M) of an LSTM after each character of a text."""
    x, state, held = net.layers[0].forward(tokens[None]), None, []
    layer = next(layer for layer in net.layers if isinstance(layer, nn.LSTM))
    for t in range(len(tokens)):
        layer.forward(x[:, t:t + 1], state=state)
        state = layer.final_state
        held.append(state[1][0])
    return np.array(held, np.float64)


def correlations(c, feature):
    """The correlation of every cell with a number that each character has."""
    c, feature = c - c.mean(axis=0), feature - feature.mean()
    return feature @ c / (np.linalg.norm(c, axis=0) * np.linalg.norm(feature))


def place_in_line(text):
    """How many characters each stands after the last line break."""
    return np.array([t - text.rfind("\n", 0, t) - 1 for t in range(len(text))], np.float64)


def vowels_in_line(text):
    """How many groups of vowels the line has had so far, this character included: about one for each syllable."""
    counted = []
    for line in text.splitlines(keepends=True):
        ends = np.zeros(len(line))
        ends[[group.start() for group in re.finditer("[aeiouy]+", line.lower())]] = 1
        counted.append(np.cumsum(ends))
    return np.concatenate(counted)


def attention_by_distance(net, texts):
    """For each block and head, the mean weight on the character 0, 1, ... before, where at least half a piece is behind."""
    x, _ = pieces(texts["judge"], T // 2)
    net.forward(x[:100])
    blocks = [layer for layer in net.layers if isinstance(layer, nn.TransformerBlock)]
    late = np.arange(T // 2, T)
    return [[[round(float(block.attention.weights[:, head, late, late - distance].mean()), 4)
              for distance in range(DISTANCES)] for head in range(block.heads)] for block in blocks]


FEATURES = {"place in line": place_in_line, "vowels in line": vowels_in_line}


def best(tried, settings):
    """The setting with the smallest perplexity; ``tried`` holds it under the setting's text."""
    return min(settings, key=lambda setting: tried[str(setting)])


class Watched(nn.AdamW):
    """AdamW that calls a function after each step, and keeps the seconds that it takes."""

    def __init__(self, schedule, weight_decay, watch):
        super().__init__(schedule, weight_decay=weight_decay, clip_norm=1.0)
        self.watch, self.seconds = watch, 0.0

    def step(self, net):
        super().step(net)
        start = time.process_time()
        self.watch(self.steps)
        self.seconds += time.process_time() - start


def run():
    """Choose settings and train every network with every seed, write the JSON, and return a table as text."""
    parts = dict(zip(("train", "choose", "judge"), nn.data.paradise_lost()))
    chars = sorted(set("".join(parts.values())))
    texts = {name: np.array([chars.index(c) for c in part]) for name, part in parts.items()}
    path = record.RESULTS / "language.json"
    done = json.loads(path.read_text()) if path.exists() else {}
    rates, settings = done.get("rates", {}), done.get("settings", {})
    results, inside = done.get("networks", {}), done.get("inside", {})

    def keep():
        record.write("language", {"piece": T, "batch_size": BATCH, "warm_up": WARM, "clip_norm": 1.0, "rates": rates,
                                  "settings": settings, "networks": results, "inside": inside})

    def train(name, setting, seed, epochs):
        net, seen = trained(NETWORKS[name], setting, seed, epochs, texts, chars, MILESTONES)
        result = results.setdefault(f"{name}, {epochs} epochs", {"runs": {}})
        result["parameters"] = sum(w.size for _, w, _ in net.parameters())
        if str(seed) not in result["runs"] or seen["choose"] < result["runs"][str(seed)]["choose"]:
            result["runs"][str(seed)] = seen
            if seed == 0 and (name, epochs) in (("LSTM", LONG), ("transformer", SHORT)):
                inside.update(looks_inside(name, net, texts, chars))
        return seen["choose"]

    for setting in SETTINGS:
        if str(setting) not in settings:
            settings[str(setting)] = train("LSTM", setting, 0, LONG)
            keep()
    for name, kind in NETWORKS.items():
        tried = rates.setdefault(name, {})
        for rate in RATES:
            if str(rate) not in tried:
                tried[str(rate)] = trained(kind, (rate, 0.0, 0.0), 0, 1, texts, chars)[1]["choose"]
                keep()
    plan = [(name, (best(rates[name], RATES), 0.0, 0.0), SHORT, seed) for seed in range(SEEDS) for name in NETWORKS]
    plan += [("LSTM", best(settings, SETTINGS), LONG, seed) for seed in range(SEEDS)]
    for name, setting, epochs, seed in plan:
        if str(seed) not in results.get(f"{name}, {epochs} epochs", {"runs": {}})["runs"]:
            train(name, setting, seed, epochs)
            keep()
    lines = [("network", "parameters", "perplexity", "seconds")]
    for name, result in results.items():
        judged = [run["judge"] for run in result["runs"].values()]
        lines.append((name, f"{result['parameters']:,}", f"{np.mean(judged):.2f} ± {np.std(judged, ddof=1):.2f}",
                      f"{np.mean([run['seconds'] for run in result['runs'].values()]):.0f}"))
    return record.table(lines)
