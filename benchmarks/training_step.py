"""The training step (forward, backward, update) of the course's networks in every library.

Each library lives in a process of its own. They take turns, one working while the others sleep, a short while at
a time and many times over, so that whatever else the machine does falls on all of them alike.
"""
import importlib
import importlib.util
import multiprocessing
import time

import numpy as np
from tqdm import tqdm

from . import record
from .rows import ROWS, multiplications

LIBRARIES = ("with_nnlib", "with_torch", "with_jax", "with_sklearn", "with_numpy")
GOALS = {"cnn": 3.0, "tiny": 10.0}                # against the faster PyTorch; 1.0 elsewhere, 3.0 as geometric mean
ROUNDS, SECONDS = 12, 0.25                        # turns of each library on each row, and the length of a turn
TORCH = ("PyTorch eager", "PyTorch compile")
COLOURS = {"nnlib": "#000000", "PyTorch eager": "#d55e00", "PyTorch compile": "#e69f00", "JAX jit": "#0072b2",
           "scikit-learn": "#009e73", "NumPy": "#cc79a7"}
MARKERS = dict(zip(COLOURS, "osDv^P"))


def run():
    """Measure every row in every library, write the JSON and the plot, and return a table as text."""
    workers, missing = {}, []
    for library in LIBRARIES:
        needs = library.removeprefix("with_")
        if importlib.util.find_spec(needs) is None:
            missing.append(needs)
        else:
            workers[library] = Worker(library)
    rows, rates = {}, []
    try:
        with tqdm(total=len(ROWS) * (ROUNDS + 1), desc="measure", unit="turn") as bar:
            for name in ROWS:
                bar.set_postfix_str(name)
                times = {setting: [] for worker in workers.values() for setting in worker.ask("prepare", name)}
                bar.update()
                for _ in range(ROUNDS):
                    rates.append(matmul_rate())
                    for worker in workers.values():
                        for setting, seconds in worker.ask("measure", SECONDS).items():
                            times[setting] += seconds
                    bar.update()
                rows[name] = {setting: record.summary(1e6 * np.array(seconds)) for setting, seconds in times.items()}
    finally:
        for worker in workers.values():
            worker.close()
    numbers = conclusions(rows, float(np.median(rates)))
    path = record.write("training_step", {"missing": missing} | numbers)
    draw(numbers["rows"], path.with_suffix(".svg"))
    return report(numbers, missing)


class Worker:
    """A process with one library in it."""

    def __init__(self, library):
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(library, other), daemon=True)
        self.process.start()

    def ask(self, question, argument):
        self.connection.send((question, argument))
        answer = self.connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.connection.send(("stop", None))
        self.process.join()


def serve(library, connection):
    """Answer the parent: prepare the steps of a row, or run them for a while and send the seconds of each."""
    steps = {}
    while True:
        question, argument = connection.recv()
        try:
            if question == "stop":
                return
            if question == "prepare":
                steps = importlib.import_module(f"benchmarks.libraries.{library}").steps(ROWS[argument])
                for step in steps.values():
                    timed(step, 2 * SECONDS)                       # compiles, fills caches
                connection.send(list(steps))
            else:
                connection.send({setting: timed(step, argument) for setting, step in steps.items()})
        except Exception as error:                # whatever a library raises ends the benchmark, in the parent
            connection.send(RuntimeError(f"{library}, {argument}: {type(error).__name__}: {error}"))


def timed(step, seconds):
    """Seconds of each step, for about so long; the first two of a turn only wake the threads up."""
    durations, end = [], time.perf_counter() + seconds
    while len(durations) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        durations.append(time.perf_counter() - start)
    return durations[2:]


def matmul_rate(size=1536):
    """Multiplications a second of NumPy's float32 matrix product."""
    a = np.ones((size, size), np.float32)
    a @ a
    start = time.perf_counter()
    a @ a
    return size ** 3 / (time.perf_counter() - start)


def conclusions(rows, rate):
    """Speed against PyTorch's faster setting, and against the machine's own matrix product."""
    result = {"matmul_gflops": round(2e-9 * rate, 1), "rows": {}}
    for name, microseconds in rows.items():
        own = microseconds["nnlib"]["median"]
        torch = [microseconds[setting]["median"] for setting in TORCH if setting in microseconds]
        result["rows"][name] = {
            "network": ROWS[name].text, "batch": ROWS[name].batch, "multiplications": multiplications(ROWS[name]),
            "microseconds": microseconds, "goal": GOALS.get(name, 1.0),
            "speed_against_torch": round(min(torch) / own, 2) if torch else None,
            "fraction_of_matmul": round(multiplications(ROWS[name]) / (own * 1e-6) / rate, 3),
        }
    ratios = [row["speed_against_torch"] for row in result["rows"].values() if row["speed_against_torch"]]
    result["geometric_mean_against_torch"] = round(float(np.exp(np.mean(np.log(ratios)))), 2) if ratios else None
    return result


def report(numbers, missing):
    """The numbers as a table: microseconds a step, with half the distance of the quartiles."""
    settings = list(dict.fromkeys(setting for row in numbers["rows"].values() for setting in row["microseconds"]))
    lines = [("row", *settings, "x PyTorch", "goal", "of matmul")]
    for name, row in numbers["rows"].items():
        cells = [row["microseconds"].get(setting) for setting in settings]
        speed = row["speed_against_torch"]
        times = ["-" if cell is None else
                 f"{cell['median']:.0f} ± {(cell['upper_quartile'] - cell['lower_quartile']) / 2:.0f}" for cell in cells]
        lines.append((name, *times, "-" if speed is None else f"{speed:.2f}", f"{row['goal']:.1f}",
                      f"{row['fraction_of_matmul']:.1%}"))
    text = ["Microseconds of a training step in float32 on all cores, median ± half the interquartile range",
            record.table(lines),
            f"Geometric mean against the faster PyTorch: {numbers['geometric_mean_against_torch']} (goal 3.0). "
            f"Matrix product: {numbers['matmul_gflops']} GFLOP/s."]
    return "\n".join(text + [f"{package}: not installed (pip install '.[benchmarks]')" for package in missing])


def draw(rows, path):
    """Every library's time as a multiple of nnlib's, one line for each network."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 0.5 * len(rows) + 1.6), layout="constrained")
    for setting in COLOURS:
        points = [(row["microseconds"][setting]["median"] / row["microseconds"]["nnlib"]["median"], height)
                  for height, row in enumerate(rows.values()) if setting in row["microseconds"]]
        if points:
            axes.plot(*zip(*points), MARKERS[setting], color=COLOURS[setting], label=setting, markersize=7)
    axes.axvline(1, color="#888888", linewidth=1, zorder=0)
    axes.set(xscale="log", yticks=range(len(rows)), yticklabels=list(rows),
             xlabel="time of a training step, as a multiple of nnlib's", title="Right of the line: slower than nnlib")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
