"""Many submissions at once: worker processes on this machine, or those of a Dask cluster.

What a process needs for a run, the secret of the course included, is sent to it once. Submissions travel alone.
"""
import contextlib
import faulthandler
import multiprocessing
import os
import re
import sys
import threading
import uuid
import warnings
from concurrent.futures import FIRST_COMPLETED, wait
from multiprocessing.util import Finalize

from .errors import GradingError, require

START = "forkserver" if sys.platform == "linux" else "spawn"        # how worker processes come to be
LOOPBACK = re.compile(r"inproc://|(tcp://)?(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$")
TRIES = 2                       # a submission whose worker died is given to another one, once
MARGIN = 60                     # seconds beyond the deadline, to start a sandbox and to make the pages
setups = {}                     # {run: its Setup}, as this process was told
unwatched = set()               # the runs in which this process has to end itself when a submission does not end
workers = {}                    # {run: its Worker} of this process, one at most, kept from one submission to the next
turn = threading.Lock()         # one submission at a time: threads share their process's output, warnings and folder


def prepare(run, setup, alone=False):
    """Let this process know what to grade with in a run. It is ``alone`` if nobody would end it."""
    setups[run] = setup
    if alone:
        unwatched.add(run)


def forget(run):
    """The run is over: this process keeps nothing of it. A submission that is still under way ends first."""
    setups.pop(run, None)
    unwatched.discard(run)
    if turn.acquire(blocking=False):
        try:
            close()
        finally:
            turn.release()


def grade(run, submission, key):
    """Graded of one submission, in a worker process that was prepared for the run."""
    with turn, last_resort(run):
        able = worker(run)
        try:
            return able.grade(submission, key)
        except Exception as error:
            close()                                     # the sandbox may be broken: the next one gets a new one
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        finally:
            if run not in setups:
                close()


@contextlib.contextmanager
def last_resort(run):
    """A process that nobody watches over ends itself if the block holds it too long. Dask then starts another one."""
    if run not in unwatched:
        yield
        return
    faulthandler.dump_traceback_later(setups[run].limits.deadline + MARGIN, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def worker(run):
    """The Worker of this process for a run.

    Raises    GradingError if none can start
    """
    from .worker import Worker

    if run not in workers:
        close()
        try:
            workers[run] = Worker(setups[run])
        except OSError as error:
            raise GradingError(f"grading: a worker cannot start: {error}.\nRun: nnlib doctor") from error
        Finalize(None, close, exitpriority=10)
    return workers[run]


def close():
    """End the Worker of this process."""
    while workers:
        workers.popitem()[1].close()


def fitting(memory):
    """How many workers this machine, or the container that this is, has cores and memory for."""
    import psutil

    from .sandbox.outside import cgroup

    available = min(psutil.virtual_memory().available, cgroup.room())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores, int(available // memory)))


def die_with_parent():
    """Let the system kill this process when its fork server is gone, which ends with the parent, even by kill -9."""
    if sys.platform == "linux":
        from .sandbox.inside import isolate

        isolate.die_with_parent()
        if not multiprocessing.parent_process().is_alive():
            os._exit(1)


@contextlib.contextmanager
def safe_path():
    """Processes that start meanwhile import nothing from the current folder, which may be one that a student handed in."""
    before = os.environ.get("PYTHONSAFEPATH", "")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        os.environ["PYTHONSAFEPATH"] = before            # empty is as if it were not there


def start():
    """Start the process that workers are forked from. It imports what they need, while this one does other work."""
    if START == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(["nnlib.grading.worker"])
        with safe_path():
            forkserver.ensure_running()


def begin(run, setup):
    """The first thing that a worker process does."""
    die_with_parent()
    prepare(run, setup)


@contextlib.contextmanager
def processes(setup, count, seconds):
    """A function that gives a submission and its key to one of so many processes, and returns a future of Graded."""
    start()
    run = uuid.uuid4().hex
    context = multiprocessing.get_context(START)
    pool = require("pebble").ProcessPool(count, initializer=begin, initargs=(run, setup), context=context)
    try:
        with safe_path():                                # for a fork server that has to start anew, too
            yield lambda submission, key: pool.schedule(grade, (run, submission, key), timeout=seconds)
            pool.close()
    finally:
        pool.stop()
        pool.join()


@contextlib.contextmanager
def cluster(setup, address):
    """The same for the workers of a Dask cluster, which retries when one of them dies. Also yields their number.

    A worker is a process, however many threads it has.

    Raises    GradingError if nothing answers, there are no workers, or others on the way could read the secret of the course
    """
    distributed = require("distributed", extra="cluster")
    if not (address.startswith("tls://") or LOOPBACK.match(address)):
        raise GradingError(f"--dask {address}: the secret of the course and the hidden tests would travel unencrypted.\n"
                           "Let the scheduler listen on tls://, or reach it as localhost through a tunnel: "
                           "ssh -L 8786:localhost:8786 <its machine>")
    try:
        client = distributed.Client(address, timeout=10)
    except OSError as error:
        raise GradingError(f"--dask {address}: no scheduler answers ({error}).\nStart one with: dask scheduler") from None
    with client:
        threads = client.nthreads()
        advice = f"Start them with: dask worker {address} --nthreads 1 --nworkers <cores of the machine>"
        if not threads:
            raise GradingError(f"--dask {address}: the cluster has no workers.\n{advice}")
        if any(number > 1 for number in threads.values()):
            warnings.warn(f"--dask {address}: {max(threads.values())} threads in one worker, which grades one submission at "
                          f"a time.\n{advice}", stacklevel=2)
        with prepared(client, setup) as run, client.get_executor(pure=False, retries=1) as executor:
            yield lambda submission, key: executor.submit(grade, run, submission, key), len(threads)


@contextlib.contextmanager
def prepared(client, setup):
    """The name of a run that every worker of a cluster knows, those that join it later included."""
    from .cluster_plugin import ClusterPlugin

    run = uuid.uuid4().hex
    client.register_plugin(ClusterPlugin(run, setup), name=f"nnlib-{run}")
    try:
        yield run
    finally:
        client.unregister_worker_plugin(f"nnlib-{run}")


def results(submit, jobs, window):
    """Yield (job, Graded or None, why not) for every job, at most ``window`` of them under way.

    A job is (submission, key), the arguments of ``submit``.

    Raises    GradingError if a worker cannot work at all
    """
    jobs, waiting = iter(jobs), {}
    while True:
        while len(waiting) < window and (job := next(jobs, None)) is not None:
            waiting[submit(*job)] = job, 1
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            job, tries = waiting.pop(future)
            error = future.exception()
            if error is None:
                yield job, future.result(), ""
            elif isinstance(error, GradingError):
                raise error
            elif isinstance(error, TimeoutError):
                yield job, None, "Grading did not end, and was stopped."
            elif tries < TRIES:
                waiting[submit(*job)] = job, tries + 1
            else:
                yield job, None, f"Grading failed {TRIES} times: {' '.join(str(error).split())}"
