"""The secret of a course."""
import os
import secrets
from pathlib import Path


def secret(root):
    """The secret of a course, made at its first use. Hidden inputs are drawn from it.

    Whoever knows it can compute the hidden inputs. Whoever loses it, with the file .secret, loses no mark that has been
    given; but everything is graded again, on other inputs.
    """
    path = Path(root, ".secret")
    if not path.exists():
        partial = path.with_name(f".secret.{os.getpid()}")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        partial.replace(path)
    return path.read_text().strip()
