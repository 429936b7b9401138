"""Submissions graded a minute: nnlib grade, with and without kernels, against stock nbgrader and otter-grader.

Every way is a command of its own, so the time it takes to start counts.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tqdm import tqdm

from nnlib.grading.assignments.release import generate
from nnlib.grading.assignments.samples import sample_course, write_samples
from nnlib.grading.tasks import assignments, load_tasks

from . import record

COURSE = Path(__file__).parents[1] / "exercises"
ASSIGNMENT = assignments(COURSE)[0]
SUBMISSIONS = 60
FEW = 6                             # for otter-grader, which takes several seconds for each
ROUNDS = 2
TRUSTED = """
import sys
from nnlib.grading import pool
pool.start()
from nnlib.grading import run
run.run(sys.argv[1], sys.argv[2], progress=False, lean=sys.argv[3] == "lean", workers=int(sys.argv[4]))
"""
OTTER = """
import sys
from otter.api import grade_submission
for path in sys.argv[2:]:
    grade_submission(path, ag_path=sys.argv[1], quiet=True)
"""
OTTER_TEST = """
from otter.test_files import test_case

OK_FORMAT = False
name, points = "{task}", {points}


@test_case(hidden=True)
def hidden(env):
    from nnlib.grading import hidden_tests

    assert hidden_tests("{assignment}", "{task}", env["{task}"]).points(1) == 1
"""


def run():
    """Grade the same submissions in every way, round after round, write the JSON, and return a table as text."""
    ways = {"stock nbgrader": stock, "otter-grader": otter} | {
        f"{engine}, {count} worker{'s' * (count > 1)}": trusted(engine, count)
        for engine in ("notebook", "lean") for count in sorted({1, len(os.sched_getaffinity(0))})}
    rates, unchanged = {way: [] for way in ways}, []
    turns = [(way, grade) for _ in range(ROUNDS) for way, grade in ways.items()]
    for way, grade in tqdm(turns, desc="grading", unit="run", file=sys.stdout):
        count = FEW if grade is otter else SUBMISSIONS
        with tempfile.TemporaryDirectory(prefix="nnlib-grading-") as folder:
            course = prepared(Path(folder, "course"), count)
            rates[way].append(60 * count / timed(grade, course))
            if grade not in (stock, otter):
                unchanged.append(timed(grade, course))
    numbers = {way: {"per_minute": record.summary(values),
                     "times_stock": record.summary([a / b for a, b in zip(values, rates["stock nbgrader"])])}
               for way, values in rates.items()}
    record.write("grading", {"assignment": ASSIGNMENT, "submissions": SUBMISSIONS, "submissions_otter": FEW, "ways": numbers,
                             "seconds_unchanged": record.summary(unchanged)})
    rows = [(way, f"{each['per_minute']['median']:.1f}", f"{each['times_stock']['median']:.1f}")
            for way, each in numbers.items()]
    return "\n".join([record.table([("way", "submissions a minute", "times stock"), *rows]), "",
                      f"{SUBMISSIONS} unchanged submissions pass in {record.summary(unchanged)['median']:.1f} s."])


def prepared(folder, count):
    """A course in which the sample submissions are handed in again and again, by students of other names."""
    sample_course(COURSE, ASSIGNMENT, folder)
    generate(folder, [ASSIGNMENT], progress=False)
    hand_in(folder, write_samples(folder, ASSIGNMENT), count)
    return folder


def hand_in(course, names, count):
    """Let so many students hand in what these did."""
    for number in range(len(names), count):
        name = names[number % len(names)]
        shutil.copytree(course / "submitted" / name, course / "submitted" / f"{name}-{number}", dirs_exist_ok=True)


def timed(function, *arguments):
    """Seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def command(course, *arguments):
    """Run Python with these arguments in a course."""
    subprocess.run([sys.executable, *map(str, arguments)], cwd=course, check=True, capture_output=True,
                   env=os.environ | {"NNLIB_COURSE": str(course)})


def trusted(engine, workers):
    """nnlib grade, with an engine and so many workers."""
    return lambda course: command(course, "-c", TRUSTED, course, ASSIGNMENT, engine, workers)


def stock(course):
    """nbgrader autograde in its own way, one command for all."""
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8").replace("\ntrusted(c)", "\n# trusted(c)"), encoding="utf-8")
    command(course, "-m", "nbgrader", "autograde", ASSIGNMENT)


def otter(course):
    """otter-grader with the same hidden tests, one process for all."""
    tests = course / "tests"
    tests.mkdir()
    for task, each in load_tasks(course, ASSIGNMENT).items():
        (tests / f"{task}.py").write_text(OTTER_TEST.format(assignment=ASSIGNMENT, task=task, points=each.total))
    command(course, "-m", "otter", "generate", "-t", tests, "-o", course / "autograder.zip")
    command(course, "-c", OTTER, course / "autograder.zip", *course.glob(f"submitted/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"))
