"""The training step (forward, backward, update) of the course's networks in every library.

Each library lives in a process of its own. They take turns, one working while the others sleep, a short while at
a time and many times over, so that whatever else the machine does falls on all of them alike. Then once more, less
often, beside two processes that are never idle: as on a shared server.
"""
import contextlib
import importlib
import importlib.util
import multiprocessing
import subprocess
import sys
import time

import numpy as np
from tqdm import tqdm

from . import record
from .rows import OTHER_SHAPES, ROWS, multiplications

LIBRARIES = ("with_nnlib", "with_torch", "with_jax", "with_sklearn", "with_numpy")
TABLES = {"rows": ROWS, "other_shapes": OTHER_SHAPES}
GOALS = {"quiet": 1.0, "busy": 0.8}               # against the fastest of PyTorch and JAX
FRACTIONS = {"mlp": 0.6, "rnn": 0.6, "lstm": 0.6, "gru": 0.6, "attention": 0.6, "wide": 0.6, "cnn": 0.4, "lenet": 0.3}
MEAN = 2.5                                        # goal of the geometric mean against the faster PyTorch, quiet
ROUNDS = {"rows": {"quiet": 12, "busy": 4}, "other_shapes": {"quiet": 5, "busy": 3}}    # turns of each library
SECONDS = 0.25                                    # length of a turn
BUSY = {"quiet": 0, "busy": 2}                    # processes that are never idle
TORCH = ("PyTorch eager", "PyTorch compile")
RIVALS = (*TORCH, "JAX jit")
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
    numbers, rates = {}, []
    turns = sum(len(rows) * sum(ROUNDS[table].values()) for table, rows in TABLES.items())
    try:
        with tqdm(total=turns, desc="measure", unit="turn") as bar:
            for table, rows in TABLES.items():
                numbers[table] = {}
                for name, row in rows.items():
                    bar.set_postfix_str(name)
                    settings = [setting for worker in workers.values() for setting in worker.ask("prepare", row)]
                    microseconds = {load: measured(workers, settings, load, rounds, rates, bar)
                                    for load, rounds in ROUNDS[table].items()}
                    numbers[table][name] = conclusions(name, row, microseconds)
    finally:
        for worker in workers.values():
            worker.close()
    rate = float(np.median(rates))
    for row in [row for rows in numbers.values() for row in rows.values()]:
        row["fraction_of_matmul"] = round(row["multiplications"] / (row["microseconds"]["nnlib"]["median"] * 1e-6) / rate, 3)
    against_torch = [row["speed_against_torch"] for row in numbers["rows"].values() if row["speed_against_torch"]]
    mean = round(float(np.exp(np.mean(np.log(against_torch)))), 2) if against_torch else None
    numbers |= {"missing": missing, "matmul_gflops": round(2e-9 * rate, 1), "geometric_mean_against_torch": mean}
    path = record.write("training_step", numbers)
    draw(numbers["rows"], path.with_suffix(".svg"))
    return report(numbers)


def measured(workers, settings, load, rounds, rates, bar):
    """{setting: summary of its microseconds a step}; where nothing else runs, also the machine's own rate."""
    times = {setting: [] for setting in settings}
    with busy(BUSY[load]):
        for _ in range(rounds):
            if load == "quiet":
                rates.append(matmul_rate())
            for worker in workers.values():
                for setting, seconds in worker.ask("measure", SECONDS).items():
                    times[setting] += seconds
            bar.update()
    return {setting: record.summary(1e6 * np.array(seconds)) for setting, seconds in times.items()}


@contextlib.contextmanager
def busy(number):
    """So many processes that are never idle, as long as the block runs."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


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
                steps = importlib.import_module(f"benchmarks.libraries.{library}").steps(argument)
                for step in steps.values():
                    timed(step, 2 * SECONDS)                       # compiles, fills caches
                connection.send(list(steps))
            else:
                connection.send({setting: timed(step, argument) for setting, step in steps.items()})
        except Exception as error:                # whatever a library raises ends the benchmark, in the parent
            connection.send(RuntimeError(f"{library}, {question} {argument}: {type(error).__name__}: {error}"))


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


def conclusions(name, row, microseconds):
    """A row's times, and nnlib's speed against PyTorch's faster setting and against the fastest of its rivals."""
    result = {"network": row.text, "batch": row.batch, "multiplications": multiplications(row),
              "microseconds": microseconds["quiet"], "microseconds_beside_busy": microseconds["busy"],
              "goal_of_matmul": FRACTIONS.get(name)}
    for key, load, rivals in (("speed_against_torch", "quiet", TORCH), ("speed", "quiet", RIVALS),
                              ("speed_beside_busy", "busy", RIVALS)):
        times = [microseconds[load][rival]["median"] for rival in rivals if rival in microseconds[load]]
        result[key] = round(min(times) / microseconds[load]["nnlib"]["median"], 2) if times else None
    return result


def report(numbers):
    """The numbers as two tables: microseconds a step, with half the distance of the quartiles, quiet and beside others."""
    text = ["Microseconds of a training step in float32 on all cores, median ± half the interquartile range.",
            f"x: the fastest of PyTorch and JAX, as a multiple of nnlib (goal {GOALS['quiet']}); "
            f"busy: the same beside {BUSY['busy']} busy processes (goal {GOALS['busy']})."]
    for table in TABLES:
        rows = numbers[table]
        settings = list(dict.fromkeys(setting for row in rows.values() for setting in row["microseconds"]))
        lines = [(table.replace("_", " "), *settings, "nnlib busy", "x", "busy", "of matmul", "goal")]
        for name, row in rows.items():
            cells = [row["microseconds"].get(setting) for setting in settings]
            cells.append(row["microseconds_beside_busy"]["nnlib"])
            times = ["-" if cell is None else
                     f"{cell['median']:.0f} ± {(cell['upper_quartile'] - cell['lower_quartile']) / 2:.0f}"
                     for cell in cells]
            speeds = ["-" if row[key] is None else f"{row[key]:.2f}" for key in ("speed", "speed_beside_busy")]
            goal = row["goal_of_matmul"]
            lines.append((name, *times, *speeds, f"{row['fraction_of_matmul']:.0%}", "" if goal is None else f"{goal:.0%}"))
        text += ["", record.table(lines)]
    text += ["", f"Geometric mean against the faster PyTorch: {numbers['geometric_mean_against_torch']} (goal {MEAN}). "
             f"Matrix product: {numbers['matmul_gflops']} GFLOP/s."]
    return "\n".join(text + [f"{package}: not installed (pip install '.[benchmarks]')" for package in numbers["missing"]])


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
