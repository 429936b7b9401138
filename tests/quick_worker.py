"""A worker without a sandbox, for tests of runs: the same submission always gets the same marks, and nothing is run.

Students whose names say so harm the worker, as no student can; those called odd need attention.
"""
import concurrent.futures
import contextlib
import functools
import hashlib
import os
import signal
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from nnlib.grading import pool
from nnlib.grading.record import Mark, Record
from nnlib.grading.worker import Graded, Worker, date

TASKS = {"sigmoid": 2, "loss": 3, "gradient": 4, "step": 3, "train": 4, "log_sum_exp": 3, "cross_entropy": 3,
         "cross_entropy_backward": 4}


def grade(run, submission, key):
    """Graded by a worker that some students can harm."""
    if submission.student == "dies-always":
        os.kill(os.getpid(), signal.SIGKILL)
    if submission.student == "dies-once":
        marker = Path(submission.files["marker"].decode())
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if submission.student == "never-ends":
        Path(submission.files["marker"].decode()).touch()
        time.sleep(1000)
    time.sleep(0.01)
    return graded(pool.setups[run], submission, key)


def graded(setup, submission, key):
    """Graded with points drawn from a hash of the submission."""
    numbers = hashlib.sha256(submission.notebook).digest()
    tasks = {task: Mark(float(numbers[i] % (possible + 1)), possible) for i, (task, possible) in enumerate(TASKS.items())}
    cell = new_code_cell(id="loss", metadata={"nbgrader": {
        "grade_id": "loss", "solution": True, "grade": False, "locked": False, "task": False, "schema_version": 3}})
    notebook = nbformat.writes(new_notebook(cells=[cell]))
    odd = submission.student.startswith("odd")
    record = Record(submission.student, setup.assignment, key, setup.engine, setup.isolation, tasks,
                    reason="It is odd." if odd else "", work=submission.digest(), timestamp=date(submission.files),
                    limits=setup.limits_digest() if odd else "", notebook=hashlib.sha256(notebook.encode()).hexdigest())
    return Graded(record, notebook, f"<p>{submission.student}")


def run(*arguments, **options):
    """nnlib grade with these workers."""
    from nnlib.grading import run as grading

    pool.grade = grade
    return grading.run(*arguments, **{"lean": True, "progress": False, "workers": 1} | options)


def run_forking(*arguments, **options):
    """The same in a process of its own that has imported what workers need: they are forks of it, and start at once."""
    pool.START = "fork"
    return run(*arguments, **options)


@contextlib.contextmanager
def alone(setup, count, seconds):
    """pool.processes without processes: a real worker grades one submission after another in this one, if there is any."""
    with contextlib.ExitStack() as closing:
        worker = functools.cache(lambda: closing.enter_context(contextlib.closing(Worker(setup))))

        def submit(submission, key):
            future = concurrent.futures.Future()
            future.set_result(worker().grade(submission, key))
            return future

        yield submit
