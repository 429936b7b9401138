"""Where the time of a training step goes, for every row: shares that add up to the whole."""
import time
from collections import defaultdict

import numpy as np

from . import record
from .rows import OTHER_SHAPES, ROWS, multiplications
from .training_step import SECONDS, matmul_rate

PRODUCTS = ("affine", "conv2d", "rnn", "lstm", "gru", "attention")       # kernels that multiply, by the start of their name
SHARES = ("arithmetic", "around it", "other kernels", "between kernels")


def run():
    """Measure every row, write the JSON, and return a table as text."""
    rate = float(np.median([matmul_rate() for _ in range(9)]))            # before nnlib says how many threads there are
    rows = {name: shares(row, rate) for name, row in (ROWS | OTHER_SHAPES).items()}
    record.write("where_time_goes", {"matmul_gflops": round(2e-9 * rate, 1), "rows": rows})
    lines = [("row", "µs a step", *SHARES, "page faults")]
    for name, row in rows.items():
        lines.append((name, f"{row['microseconds']:.0f}", *(f"{row['shares'][share]:.0%}" for share in SHARES),
                      f"{row['page_faults']:.1f}"))
    return "\n".join([
        "arithmetic: the step's multiplications at the rate of the machine's own product.",
        "around it: the rest of the kernels that multiply: other rates, copies, gates, handing work to threads.",
        "between kernels: Python, checks, and additions of NumPy.", "", record.table(lines)])


def shares(row, rate):
    """What a step of this network spends its time on, by the median of many steps."""
    import resource

    from nnlib.kernels import unchecked

    from .libraries.with_nnlib import steps

    step, spent, wholes, faults = steps(row)["nnlib"], defaultdict(float), [], []
    originals = {name: getattr(unchecked, name) for name in unchecked.KERNELS}
    parts = []
    try:
        for name, kernel in originals.items():
            setattr(unchecked, name, timed(kernel, name, spent))
        end = time.perf_counter() + 4 * SECONDS
        while len(wholes) < 10 or time.perf_counter() < end:
            spent.clear()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
            start = time.perf_counter()
            step()
            wholes.append(time.perf_counter() - start)
            faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
            products = sum(seconds for name, seconds in spent.items() if name.startswith(PRODUCTS))
            parts.append((products, sum(spent.values()) - products))
    finally:
        for name, kernel in originals.items():
            setattr(unchecked, name, kernel)
    whole, products, others = float(np.median(wholes)), *np.median(parts, axis=0)
    arithmetic = min(multiplications(row) / rate, products)
    seconds = dict(zip(SHARES, (arithmetic, products - arithmetic, others, whole - products - others)))
    return {"microseconds": round(1e6 * whole, 1), "page_faults": float(np.median(faults)),
            "shares": {share: round(float(value) / whole, 3) for share, value in seconds.items()}}


def timed(kernel, name, spent):
    """The kernel, which adds its seconds to spent[name]."""
    def call(*arguments):
        start = time.perf_counter()
        results = kernel(*arguments)
        spent[name] += time.perf_counter() - start
        return results

    return call
