"""Many submissions at once: worker processes on this machine, or those of a Dask cluster."""
import contextlib
import multiprocessing
import os
import sys
from concurrent.futures import FIRST_COMPLETED, wait
from multiprocessing.util import Finalize

from .errors import GradingError, require

ATTEMPTS = 2                    # a submission whose worker died is given to another one, once
MARGIN = 60                     # seconds beyond the deadline, to start a sandbox and to make the pages
warm = {}                       # the Worker of this process, kept from one submission to the next


def grade(setup, submission, key):
    """Graded of one submission, in a worker process."""
    from .worker import Worker

    if setup not in warm:
        close()
        try:
            warm[setup] = Worker(setup)
        except OSError as error:
            raise GradingError(f"grading: a worker cannot start: {error}.\nRun: nnlib grade doctor") from error
        Finalize(None, close, exitpriority=10)
    try:
        return warm[setup].grade(submission, key)
    except Exception as error:
        close()                                         # whatever state the sandbox is in, the next one gets a new one
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


def close():
    """End the Worker of this process."""
    while warm:
        warm.popitem()[1].close()


def fitting(memory):
    """How many workers this machine has cores and memory for."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores, psutil.virtual_memory().available // memory))


def die_with_parent():
    """Let the system kill this process when its fork server is gone, which ends with the parent, even by kill -9."""
    if sys.platform == "linux":
        from .sandbox.inside import isolate

        isolate.die_with_parent()
        if not multiprocessing.parent_process().is_alive():
            os._exit(1)


def start():
    """Start the process that workers are forked from. It imports what they need, while this one does other work."""
    if sys.platform == "linux":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(["nnlib.grading.worker"])
        forkserver.ensure_running()


@contextlib.contextmanager
def processes(count, seconds):
    """A function that gives grade(...) to one of so many processes, and returns a future."""
    start()
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    pool = require("pebble").ProcessPool(count, initializer=die_with_parent, context=context)
    try:
        yield lambda *arguments: pool.schedule(grade, arguments, timeout=seconds)
        pool.close()
    finally:
        pool.stop()
        pool.join()


@contextlib.contextmanager
def cluster(address):
    """The same for the workers of a Dask cluster, which retries when one of them dies. Also yields their number."""
    distributed = require("distributed", extra="cluster")
    try:
        client = distributed.Client(address, timeout=10)
    except OSError as error:
        raise GradingError(f"--dask {address}: no scheduler answers ({error}).\nStart one with: dask scheduler") from None
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise GradingError(f"--dask {address}: the cluster has no workers.\nStart some with: dask worker {address}")
        with client.get_executor(pure=False, retries=1) as executor:
            yield lambda *arguments: executor.submit(grade, *arguments), count


def results(submit, jobs, window):
    """Yield (job, Graded or None, why not) for every job, at most ``window`` of them under way.

    A job holds the arguments of ``grade``: (setup, submission, key).

    Raises    GradingError if a worker cannot work at all
    """
    jobs, waiting = iter(jobs), {}
    while True:
        while len(waiting) < window and (job := next(jobs, None)) is not None:
            waiting[submit(*job)] = job, 1
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            job, attempt = waiting.pop(future)
            error = future.exception()
            if error is None:
                yield job, future.result(), ""
            elif isinstance(error, GradingError):
                raise error
            elif isinstance(error, TimeoutError):
                yield job, None, "Grading does not end, and was stopped."
            elif attempt < ATTEMPTS:
                waiting[submit(*job)] = job, attempt + 1
            else:
                yield job, None, f"Grading failed {ATTEMPTS} times: {' '.join(str(error).split())}"
