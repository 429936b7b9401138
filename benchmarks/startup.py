"""How long one waits: for import nnlib, for the first training step, for nnlib warm."""
import tempfile

from . import record

IMPORT = """
import json, time
start = time.perf_counter()
import nnlib
seconds = time.perf_counter() - start
compiled = sum(len(getattr(nnlib.kernels.unchecked, name).signatures) for name in nnlib.kernels.__all__)
print(json.dumps([seconds, compiled]))
"""
FIRST_STEP = """
import json, time
from benchmarks.libraries.with_nnlib import steps
from benchmarks.rows import ROWS
start = time.perf_counter()
steps(ROWS["mlp"])["nnlib"]()
print(json.dumps(time.perf_counter() - start))
"""
WARM = """
import json, time
from nnlib.compiling.warm import warm
if __name__ == "__main__":
    start = time.perf_counter()
    warm()
    print(json.dumps(time.perf_counter() - start))
"""


def run(repetitions=7):
    """Measure in fresh processes, write the JSON, and return a table as text."""
    kept = {"PYTHONDONTWRITEBYTECODE": ""}                # Python compiles a module once, and keeps it for the next process
    imports = [record.python(IMPORT, **kept) for _ in range(repetitions + 1)][1:]
    with tempfile.TemporaryDirectory() as folder:
        cold = record.python(FIRST_STEP, NUMBA_CACHE_DIR=folder)
        warm = [record.python(FIRST_STEP, NUMBA_CACHE_DIR=folder, **kept) for _ in range(repetitions)]
    with tempfile.TemporaryDirectory() as folder:
        everything = record.python(WARM, NUMBA_CACHE_DIR=folder)
    numbers = {"seconds": {
        "import": record.summary([seconds for seconds, _ in imports]), "first_step_mlp_cold_cache": round(cold, 3),
        "first_step_mlp_warm_cache": record.summary(warm), "warm": round(everything, 1)},
        "kernels_compiled_by_import": max(compiled for _, compiled in imports)}
    record.write("startup", numbers)
    seconds = numbers["seconds"]
    return record.table([
        ("seconds", "measured", "goal"),
        ("import nnlib", f"{seconds['import']['median']:.2f}", "< 0.6"),
        ("first step of mlp, cold cache", f"{cold:.2f}", ""),
        ("first step of mlp, warm cache", f"{seconds['first_step_mlp_warm_cache']['median']:.2f}", "< 1"),
        ("nnlib warm, all kernels", f"{everything:.0f}", "< 90"),
        ("kernels compiled by import", str(numbers["kernels_compiled_by_import"]), "0"),
    ])
