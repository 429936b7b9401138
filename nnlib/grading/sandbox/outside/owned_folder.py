"""Folders that belong to a running process: files in use, control groups. What a killed process leaves, the next removes.

The process that makes a folder holds a lock on it. The system frees the lock when that process ends, killed or not.
"""
import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import platformdirs

try:
    import fcntl
except ModuleNotFoundError:         # Windows, where no student's code is graded
    fcntl = None

PREFIX = "nnlib-grade-"


class OwnedFolder:
    """A new folder, which no other process clears before ``release``. Its name has to begin with PREFIX."""

    def __init__(self, path):
        self.path = Path(path)
        with nobody_clears():
            self.path.mkdir(mode=0o700)
            self._file = locked(self.path)

    def release(self):
        """Give up the lock. The folder stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextlib.contextmanager
def folder(parent=None):
    """A new folder with a name of its own, which is gone after the with statement."""
    owned = OwnedFolder(Path(parent or tempfile.gettempdir(), PREFIX + secrets.token_hex(8)))
    try:
        yield owned.path
    finally:
        shutil.rmtree(owned.path, ignore_errors=True)
        owned.release()


def clear(parent, remove=shutil.rmtree, *, pattern=f"{PREFIX}*", keep=0):
    """Remove the folders in ``parent`` whose processes are gone, except the newest ``keep``.

    What cannot be removed stays for the next run.
    """
    with nobody_clears(alone=True):
        for path in sorted(Path(parent).glob(pattern), key=modified, reverse=True)[keep:]:
            with contextlib.suppress(OSError):           # another user's, in use, or gone since
                file = locked(path)
                try:
                    if os.fstat(file).st_uid == os.geteuid():
                        remove(path)
                finally:
                    os.close(file)


def modified(path):
    """When a folder was last changed; 0 if it is gone."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return 0


@contextlib.contextmanager
def in_use(path):
    """While this block runs, a folder that belongs to no process is not cleared. Other processes may use it too."""
    file = locked(path, shared=True)
    try:
        os.utime(path)                                   # the newest of all
        yield path
    finally:
        if file is not None:
            os.close(file)


def locked(path, shared=False):
    """A file descriptor that holds the lock of a folder.

    Raises    OSError if another process holds it
    """
    if fcntl is None:
        return None
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


@contextlib.contextmanager
def nobody_clears(alone=False):
    """While this block runs no process clears folders, so that a new one is not lost before it is locked.

    ``alone`` is for the process that clears: until it has finished, no other process makes a folder either.
    """
    if fcntl is None:
        yield
        return
    cache = platformdirs.user_cache_path("nnlib", ensure_exists=True)
    with open(cache / "folders.lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
