"""A control group for each submission, where this user may make one.

The system then holds the limits by itself, and many processes of one submission get no more time than one of another.
"""
import contextlib
import itertools
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
    """Where this system has its groups: {folder: {file: attribute of Limits}}."""
    return FILES[2 if (ROOT / "cgroup.controllers").exists() else 1]


def clear():
    """Remove the groups whose graders are gone. A group that still has processes cannot be removed, and stays."""
    for folder in places():
        owned_folder.clear(folder, Path.rmdir)
