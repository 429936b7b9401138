"""Folders with an owner: files in use, control groups. Where the owner was killed, the next run removes what he left.

A folder is locked as long as its owner lives. The system frees the lock, however he ends.
"""
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import platformdirs

try:
    import fcntl
except ModuleNotFoundError:         # Windows, where no student's code is graded
    fcntl = None

PREFIX = "nnlib-grade-"


class Claim:
    """A new folder, made by a function that returns its path, and locked until ``release``."""

    def __init__(self, make):
        with nobody_clears():
            self.path = Path(make())
            self._file = locked(self.path)

    def release(self):
        """Give up the lock. The folder stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextlib.contextmanager
def folder(parent=None):
    """A new folder, which is gone after the with statement."""
    claim = Claim(lambda: tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        yield claim.path
    finally:
        shutil.rmtree(claim.path, ignore_errors=True)
        claim.release()


def clear(parent, remove=shutil.rmtree):
    """Remove the folders in ``parent`` whose owners are gone. What cannot be removed stays for the next run."""
    with nobody_clears(alone=True):
        for path in Path(parent).glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):           # another user's, in use, or gone since
                file = locked(path)
                try:
                    if os.fstat(file).st_uid == os.geteuid():
                        remove(path)
                finally:
                    os.close(file)


def locked(path):
    """A file descriptor that holds the lock of a folder. Raises OSError if another one does."""
    if fcntl is None:
        return None
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


@contextlib.contextmanager
def nobody_clears(alone=False):
    """No folder is cleared while this block makes one, between its making and its lock; ``alone``, none is made either."""
    if fcntl is None:
        yield
        return
    cache = platformdirs.user_cache_path("nnlib", ensure_exists=True)
    with open(cache / "folders.lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
