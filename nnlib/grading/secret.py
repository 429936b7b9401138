"""The secret of a course."""
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from .errors import GradingError


def secret(root):
    """The secret of a course, made at its first use. Hidden inputs are drawn from it.

    Anybody who knows it can compute the hidden inputs. If it is lost, with the file .secret, no mark that has been given is
    lost; but everything is graded again, on other inputs.

    Raises    GradingError if the file is empty
    """
    path = Path(root, ".secret")
    if not path.exists():
        make(path)
    text = path.read_text().strip()
    if not text:
        raise GradingError(f"{path}: the file is empty, expected the secret of the course.\n"
                           "Put it back from a copy, or remove the file: then everything is graded again, on other inputs.")
    return text


def own_seed(text, assignment, student):
    """The seed of a student's own values, from the text of the secret. What is drawn tells nothing of the secret."""
    words = "\0".join(["own values", assignment, student])
    return int.from_bytes(hmac.digest(text.encode(), words.encode(), hashlib.sha256)[:16], "big")


def make(path):
    """Write a new secret, for its owner only.

    Of two runs at once the first one wins: a file gets its name when it is complete, and only if none has that name.
    """
    handle, partial = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
    try:
        with open(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        except OSError:                          # a file system without links: there the last of two runs wins
            os.replace(partial, path)
    finally:
        Path(partial).unlink(missing_ok=True)
