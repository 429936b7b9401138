"""Count, await and end the processes of one submission, as the system shows them in /proc."""
import contextlib
import os
import select
import signal

BUFFER = 2 ** 18                    # bytes that an open socket or pipe may hold in the system


def tree(keeper):
    """Ids of a process and of everything that descends from it."""
    found = [keeper]
    for pid in found:
        with contextlib.suppress(OSError):                              # it has ended in the meantime
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children") as file:
                    found += map(int, file.read().split())
    return found


def usage(keeper, bound):
    """Bytes of memory and number of threads of a tree of processes.

    Pages that a copy shares with its original count for each at first; only a sum above the bound is taken apart. What
    lies in sockets and pipes is memory of no process: each open file counts as if it were one, and full.
    """
    pids = tree(keeper)
    memory, buffers = sum(map(unfiled, pids)), BUFFER * sum(map(files, pids))
    return (memory if memory + buffers <= bound else sum(map(proportional, pids))) + buffers, sum(map(threads, pids))


def unfiled(pid):
    """Bytes of a process that belong to no file on a disk."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(("RssAnon:", "RssShmem:")))
    return 0


def proportional(pid):
    """Bytes of a process, each page divided by the number of processes that have it."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    return 0


def files(pid):
    """Number of open files of a process."""
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def threads(pid):
    """Number of threads of a process."""
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0


def starved(keeper, seconds, share):
    """True if a tree of processes waited for a processor nearly all of these seconds, and had less than this share of one.

    What keeps itself from computing, by many processes at once, has computed; and what sleeps does not wait.
    """
    pids = tree(keeper)
    return sum(map(computing, pids)) < share * seconds and sum(map(ready, pids)) > (1 - share) * seconds


def computing(pid):
    """Seconds of a processor that a process and its children have used."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return sum(map(int, file.read().rpartition(")")[2].split()[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def ready(pid):
    """Seconds that the first thread of a process was ready to compute, and had no processor."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9
    return 0.0


def end(keeper, handle, isolated):
    """Kill a tree of processes. In a namespace all die with the first; elsewhere each is found, until none is left."""
    while not isolated and (rest := [pid for pid in tree(keeper)[:0:-1] if running(pid)]):
        for pid in rest:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)


def wait(handle, seconds):
    """True as soon as a process has ended (by its pidfd) or a socket can be read; False after so many seconds."""
    poll = select.poll()                        # select.select takes no descriptor above 1,023
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


def running(pid):
    """True unless a process has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] not in "ZX"
    return False
