"""One head of attention over a short sentence: queries, keys, the weights of every word, the mixed value."""
import numpy as np

from nnlib import kernels

from . import signatures

PARTS = ("plane", "grid")
KERNELS = signatures.of("affine_forward", "attention_forward")
FEATURES = ("being", "thing", "deed", "pronoun", "size", "life")
WORDS = {                                # features of the words, chosen by hand; a word that is not here has none
    "cat": (1, 0, 0, 0, -0.4, 0.9), "dog": (1, 0, 0, 0, 0.1, 1), "mouse": (1, 0, 0, 0, -0.9, 0.7),
    "boy": (1, 0, 0, 0, 0.4, 0.8), "girl": (1, 0, 0, 0, 0.3, 0.9), "elephant": (1, 0, 0, 0, 1, 0.6),
    "milk": (0, 1, 0, 0, -0.3, -0.4), "ball": (0, 1, 0, 0, -0.7, -0.9), "apple": (0, 1, 0, 0, -0.6, -0.2),
    "tree": (0, 1, 0, 0, 0.9, 0.1), "stone": (0, 1, 0, 0, 0.2, -1), "house": (0, 1, 0, 0, 1, -0.8),
    "drank": (0, 0, 1, 0, 0, 0), "chased": (0, 0, 1, 0, 0, 0), "stopped": (0, 0, 1, 0, 0, 0), "gave": (0, 0, 1, 0, 0, 0),
    "saw": (0, 0, 1, 0, 0, 0), "ate": (0, 0, 1, 0, 0, 0), "slept": (0, 0, 1, 0, 0, 0),
    "it": (0, 0, 0, 1, 0, 0), "she": (0, 0, 0, 1, 0, 0), "he": (0, 0, 0, 1, 0, 0), "they": (0, 0, 0, 1, 0, 0),
    "thirsty": (0, 0, 0, 0.5, 0, 0), "tired": (0, 0, 0, 0.5, 0, 0),
}
W = np.array([                           # (6, 6): two rows for the query, two for the key, two for the value
    [-1, -0.5, 1.5, 2.4, 0, 0],          # pronouns ask for beings, deeds for beings and things, both for deeds
    [-1, -0.5, 1.5, 0.4, 0, 0],
    [2, 0, -1.5, 0, 0.4, 0],             # to the right beings, upwards things, below on the left deeds
    [0, 2, -1.5, 0, 0.4, 0],
    [0, 0, 0, 0, 1, 0],                  # what a word gives: its size and its life
    [0, 0, 0, 0, 0, 1],
])
SENTENCES = {
    "milk": "the cat drank milk because it was thirsty",
    "ball": "the dog chased the ball until it stopped",
    "apple": "she gave the boy an apple",
}
TITLE = "One head of attention"
SENTENCE = ("On the page you choose or type a sentence, turn a query and see every score, every weight and the mixed value. "
            "Here: the word it in “the cat drank milk because it was thirsty”.")
ALT = ("Left: keys of eight words in the plane and the query of the word it, an arrow to the right, towards the key of cat. "
       "Right: bars of the eight weights: cat takes most, the words without a key share the rest.")


def data():
    """Features of the words, the weights of the layer, and the sentences to begin with."""
    return {"features": FEATURES, "words": WORDS, "w": W.tolist(), "sentences": SENTENCES}


def head(words, causal=False):
    """Queries, keys and values (T, 6) of these words, the mixed values (T, 2), and the weights (T, T)."""
    x = np.array([WORDS.get(word, (0,) * len(FEATURES)) for word in words], float)
    qkv = kernels.affine_forward(x, W, np.zeros(len(W)))
    y, p = kernels.attention_forward(qkv[None], 1, causal)
    return qkv, y[0], p[0, 0]


def picture():
    """Query and keys in the plane, and the weights as bars."""
    from matplotlib import pyplot as plt

    from nnlib import plot

    words = SENTENCES["milk"].split()
    t = words.index("it")
    qkv, _, p = head(words)
    figure, (plane, bars) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    places = {}
    for u, word in enumerate(words):
        places.setdefault(tuple(qkv[u, 2:4]), []).append(word)
    for place, here in places.items():
        plane.plot(*place, "s", color=plot.COLORS[0])
        plane.annotate("\n".join(here), place, xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    plane.annotate("", qkv[t, :2], (0, 0), arrowprops={"arrowstyle": "-|>", "color": plot.COLORS[1], "linewidth": 2.5})
    plane.set(xlim=(-3, 3.6), ylim=(-2.6, 2.8), title="keys, and the query of “it”", xlabel="beings", ylabel="things")
    bars.barh(range(len(words)), p[t], color=plot.COLORS[0])
    bars.set(yticks=range(len(words)), yticklabels=words, title="weights of “it”", xlabel="p", xlim=(0, 1))
    bars.invert_yaxis()
    for u, share in enumerate(p[t]):
        bars.text(share + 0.01, u, f"{share:.2f}", va="center", fontsize=9)
    return figure
