"""What a longer sequence costs: self-attention, a recurrent layer and an LSTM of equal width, forward and backward.

Processor time of one thread, so that nothing is shared out among cores, and the smallest of several measurements.
"""
from . import record

WIDTH, LENGTHS, REPEATS = 64, (16, 32, 64, 128, 256, 512, 1024, 2048), 15
NAMES = {"attention": "SelfAttention(64, 1)", "recurrent": "RNN(64, 64)", "LSTM": "LSTM(64, 64)"}
CODE = """
import json, time
import numpy as np
import nnlib as nn

def milliseconds(layer, T):
    x = np.random.default_rng(0).standard_normal((1, T, {width}))
    def once():
        start = time.process_time()
        layer.backward(layer.forward(x))
        return 1000 * (time.process_time() - start)
    once()
    return min(once() for _ in range({repeats}))

print(json.dumps([float(f"{{milliseconds(nn.{layer}, T):.4g}}") for T in {lengths}]))
"""


def multiplications(name, T, D=WIDTH):
    """Of forward: products with weights, and for attention those of all pairs of steps."""
    return {"attention": 4 * T * D * D + 2 * T * T * D, "recurrent": 2 * T * D * D, "LSTM": 8 * T * D * D}[name]


def run():
    """Measure the layers at every length, write the JSON, and return a table as text."""
    milliseconds = {name: record.python(CODE.format(width=WIDTH, repeats=REPEATS, layer=layer, lengths=LENGTHS),
                                        NUMBA_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
                    for name, layer in NAMES.items()}
    record.write("attention_cost", {
        "width": WIDTH, "lengths": LENGTHS, "measurements": REPEATS, "processor_milliseconds": milliseconds,
        "multiplications": {name: [multiplications(name, T) for T in LENGTHS] for name in NAMES}})
    return record.table([("processor milliseconds", *(f"T = {T}" for T in LENGTHS)),
                         *((name, *(f"{value:.3g}" for value in row)) for name, row in milliseconds.items())])
