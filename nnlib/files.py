"""Files that are whole or not there, and one number for the content of many."""
import contextlib
import hashlib
import os
import secrets
import shutil
from pathlib import Path


@contextlib.contextmanager
def replacing(path, folder=None):
    """A file to write bytes into; when the block ends, it takes the place of ``path``, with the permissions of that.

    Nobody ever sees half of it: after an error, an interrupt or a power cut ``path`` is what it was before. Meanwhile
    the new file lies in ``folder``, else beside the other, under a hidden name that only a killed process leaves there.
    """
    path = Path(path)
    partial = Path(folder or path.parent, f".{secrets.token_hex(8)}.partial")
    try:
        with open(partial, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def digest(*parts):
    """SHA-256 of parts in bytes, each with its length: no two lists of parts look the same."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def digest_of_files(paths, start, *parts):
    """SHA-256 of files, their names below ``start`` and their content, in any order, and of more parts."""
    named = sorted((path.relative_to(start).as_posix(), path) for path in set(paths) if path.is_file())
    return digest(*parts, *(part for name, path in named for part in (name.encode(), path.read_bytes())))
