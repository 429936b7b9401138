"""A control group for each submission, where this user may make one.

The system then holds the limits by itself, and many processes of one submission get no more time than one of another.
"""
import contextlib
import itertools
import math
import os
import time
from pathlib import Path

from . import owned_folder

ROOT = Path("/sys/fs/cgroup")
NUMBERS = itertools.count()
FILES = {                                       # version of cgroups: {folder of groups: {file: attribute of Limits}}
    1: {ROOT / "memory": {"memory.limit_in_bytes": "memory"}, ROOT / "pids": {"pids.max": "processes"}, ROOT / "cpu": {}},
    2: {ROOT: {"memory.max": "memory", "pids.max": "processes"}},
}
MEMORY = [("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
          ("", "memory.max", "memory.current", "inactive_file")]        # of both versions


class ControlGroup:
    """The groups of one session. Without the right to make them it has none, and the watch alone holds the limits."""

    def __init__(self, limits, pid):
        self.folders, self.held = [], set()
        name = f"{owned_folder.PREFIX}{os.getpid()}-{next(NUMBERS)}"
        for folder, files in places().items():
            path = folder / name
            try:
                self.folders.append(owned_folder.OwnedFolder(path))
                for file, limit in files.items():
                    (path / file).write_text(str(getattr(limits, limit)))
                (path / "cgroup.procs").write_text(str(pid))
                self.held |= set(files.values()) | {folder.name}
            except OSError:
                continue

    def out_of_memory(self):
        """True if the kernel has ended a process of the group for its memory."""
        for folder in self.folders:
            for file in ("memory.oom_control", "memory.events"):
                with contextlib.suppress(OSError):
                    for line in (folder.path / file).read_text().splitlines():
                        if line.startswith("oom_kill ") and int(line.split()[1]):
                            return True
        return False

    def remove(self):
        """Remove the groups once their processes are gone."""
        for folder in self.folders:
            for _ in range(200):
                try:
                    folder.path.rmdir()
                    break
                except OSError:
                    time.sleep(0.005)
            folder.release()


def places():
    """Where this system has its groups: {folder: {file: attribute of Limits}}.

    In the second version an ordinary user has some too, around the group of the session: systemd gives them away.
    """
    if not (ROOT / "cgroup.controllers").exists():
        return FILES[1]
    return {next(filter(given, own("")), ROOT): FILES[2][ROOT]}


def given(folder):
    """True if this user may make groups with limits in a group of the second version."""
    try:
        controllers = (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False
    return os.access(folder, os.W_OK) and {"memory", "pids"} <= set(controllers)


def own(controller):
    """The group that this process is in, and those around it; "" stands for the second version of groups."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, path = line.split(":", 2)
            if controller in names.split(","):
                root = ROOT / (controller or ("" if (ROOT / "cgroup.controllers").exists() else "unified"))
                inner = root / path.lstrip("/")
                return [inner, *(folder for folder in inner.parents if folder.is_relative_to(root))]
    return []


def room():
    """Bytes of memory that are left in the groups of this process, those of its container: infinite where none has a limit.

    Copies of files that the system would give up are not counted as used.
    """
    left = math.inf
    for controller, limit, used, cached in MEMORY:
        for folder in own(controller):
            with contextlib.suppress(OSError, ValueError):           # no such file, or the word max
                most = int((folder / limit).read_text())
                copies = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
                left = min(left, most - int((folder / used).read_text()) + int(copies.get(cached, 0)))
    return left


def clear():
    """Remove the groups whose graders are gone. A group that still has processes cannot be removed, and stays."""
    for folder in places():
        owned_folder.clear(folder, Path.rmdir)
