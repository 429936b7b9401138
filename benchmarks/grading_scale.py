"""One run of nnlib grade over thousands of submissions: time, memory along the way, and what a cluster would take."""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from tqdm import tqdm

from . import record
from .grading import ASSIGNMENT, TRUSTED, hand_in, prepared, timed, trusted

FIRST = 500                         # graded before, and then found unchanged
SUBMISSIONS = 10_000
WORKERS = len(os.sched_getaffinity(0))
CLUSTER = (8, 32, 128)              # workers of a cluster to project for
PERIOD = 5.0                        # seconds between two looks


class Look(NamedTuple):
    """A run at some moment: seconds, submissions graded, MB of all processes, MB and seconds of the grader itself."""

    when: float
    graded: int
    memory: int
    grader_memory: int
    grader_seconds: float


def run():
    """Grade some submissions, again without a change, and then thousands; write the JSON, and return a table as text."""
    grade = trusted("lean", WORKERS)
    with tempfile.TemporaryDirectory(prefix="nnlib-grading-") as folder:
        course = prepared(Path(folder, "course"), FIRST)
        grade(course)
        unchanged = {FIRST: timed(grade, course)}
        hand_in(course, sorted(path.name for path in (course / "submitted").iterdir()), SUBMISSIONS)
        looks = watched(course)
        unchanged[SUBMISSIONS] = timed(grade, course)
    first, last, count = looks[0], looks[-1], looks[-1].graded - looks[0].graded
    seconds = (last.when - first.when) / count
    grader = (last.grader_seconds - first.grader_seconds) / count
    tenths = {f"{10 * tenth} %": next(look for look in looks if look.graded >= first.graded + count * tenth / 10)
              for tenth in range(1, 11)}
    numbers = {
        "assignment": ASSIGNMENT, "submissions": SUBMISSIONS, "workers": WORKERS,
        "minutes": round((last.when - first.when) / 60, 1), "per_minute": round(60 / seconds),
        "seconds_unchanged": {number: round(value, 1) for number, value in unchanged.items()},
        "memory_mb": {name: look.memory for name, look in tenths.items()},
        "grader_memory_mb": {name: look.grader_memory for name, look in tenths.items()},
        "worker_seconds_each": round(seconds * WORKERS, 3), "grader_seconds_each": round(grader, 4),
        "cluster_minutes": {workers: round(SUBMISSIONS * max(seconds * WORKERS / workers, grader) / 60, 1)
                            for workers in CLUSTER}}
    record.write("grading_scale", numbers)
    return "\n".join(f"{name:20} {value}" for name, value in numbers.items())


def watched(course):
    """Grade what is new in a course, and look at the run from time to time."""
    journal, looks = course / "journal.jsonl", []
    process = subprocess.Popen([sys.executable, "-c", TRUSTED, course, ASSIGNMENT, "lean", str(WORKERS)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    grader = psutil.Process(process.pid)
    with tqdm(total=SUBMISSIONS, desc="grading", unit="submission", file=sys.stdout) as bar:
        while process.poll() is None:
            with journal.open("rb") as lines:
                graded = sum(1 for _ in lines)
            if graded > FIRST:
                everything = sum(map(megabytes, [grader, *grader.children(recursive=True)]))
                looks.append(Look(time.perf_counter(), graded, everything, megabytes(grader), sum(grader.cpu_times()[:2])))
            bar.update(graded - bar.n)
            time.sleep(PERIOD)
    if process.returncode:
        raise RuntimeError(f"nnlib grade ended with exit code {process.returncode}, expected 0.")
    return looks


def megabytes(process):
    """Memory of a process, each page divided by the number of processes that have it; 0 once it is gone."""
    try:
        return round(process.memory_full_info().pss / 2 ** 20)
    except psutil.Error:
        return 0
