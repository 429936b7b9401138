"""Submissions graded a minute: nnlib grade with and without kernels against stock nbgrader, on the same submissions."""
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nnlib.grading import grade
from nnlib.grading.exercises import generate
from nnlib.grading.samples import sample_course, write_samples
from nnlib.grading.tasks import assignments

from . import record

COURSE = Path(__file__).parents[1] / "exercises"
ASSIGNMENT = assignments(COURSE)[0]
SUBMISSIONS = 60
ROUNDS = 3
WAYS = {"stock nbgrader": None, "notebook": {}, "notebook, one worker": {"workers": 1}, "lean": {"lean": True},
        "lean, one worker": {"lean": True, "workers": 1}}


def run():
    """Grade the same submissions in every way, round after round, write the JSON, and return a table as text."""
    rates, unchanged = {way: [] for way in WAYS}, []
    for _ in range(ROUNDS):
        for way, options in WAYS.items():
            with tempfile.TemporaryDirectory(prefix="nnlib-grading-") as folder:
                course = prepared(Path(folder, "course"))
                seconds = timed(stock, course) if options is None else timed(trusted, course, **options)
                rates[way].append(60 * SUBMISSIONS / seconds)
                if way == "notebook":
                    unchanged.append(timed(trusted, course, **options))
    stock_rates = rates["stock nbgrader"]
    numbers = {way: {"per_minute": record.summary(values),
                     "times_stock": record.summary([a / b for a, b in zip(values, stock_rates)])} for way, values in rates.items()}
    record.write("grading", {"assignment": ASSIGNMENT, "submissions": SUBMISSIONS, "ways": numbers,
                             "seconds_unchanged": record.summary(unchanged)})
    rows = [(way, f"{each['per_minute']['median']:.0f}", f"{each['times_stock']['median']:.1f}") for way, each in numbers.items()]
    return "\n".join([record.table([("way", "submissions a minute", "times stock"), *rows]), "",
                      f"{SUBMISSIONS} unchanged submissions pass in {record.summary(unchanged)['median']:.1f} s."])


def prepared(folder):
    """A course in which the sample submissions are handed in again and again, by students of other names."""
    sample_course(COURSE, ASSIGNMENT, folder)
    generate(folder, [ASSIGNMENT], progress=False)
    names = write_samples(folder, ASSIGNMENT)
    for number in range(1, math.ceil(SUBMISSIONS / len(names))):
        for name in names:
            (folder / "submitted" / name).rename(folder / "submitted" / f"{name}-{number}")
        write_samples(folder, ASSIGNMENT)
    return folder


def timed(function, *arguments, **options):
    """Seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments, **options)
    return time.perf_counter() - start


def trusted(course, **options):
    """nnlib grade."""
    grade.run(course, ASSIGNMENT, progress=False, **options)


def stock(course):
    """nbgrader autograde, one command for all."""
    subprocess.run([sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT], cwd=course, check=True, capture_output=True,
                   env=os.environ | {"NNLIB_COURSE": str(course)})
