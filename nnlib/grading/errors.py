"""What grading says when it cannot go on."""
import errno

REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT)
AGAIN = "Nothing is lost: then the same command goes on where this one stopped."
DATABASE = {                        # what SQLite says, and what that means
    "database is locked": f"the gradebook is locked by another program.\nClose formgrader, or what else uses it. {AGAIN}",
    "readonly database": f"the gradebook cannot be written.\nGive yourself the right to write it and its folder. {AGAIN}",
    "unable to open database file": f"the gradebook cannot be opened.\nLook whether its folder is there. {AGAIN}",
    "disk is full": f"the disk of the gradebook is full.\nMake room. {AGAIN}",
    "disk I/O error": f"the disk of the gradebook fails.\nLook whether it is full, or take another one. {AGAIN}",
}
EXTRAS = {"book": "book", "bench": "benchmarks"}        # of commands; the others need grading


class GradingError(RuntimeError):
    """An instructor's problem, never a student's: the message says what to do."""


class Interrupted(GradingError):
    """Somebody pressed Control-C. Everything that is graded is kept."""


class NeedsAttention(Exception):
    """One submission cannot be graded as it is; the text is the reason in one sentence. The others go on."""


def require(module, extra="grading"):
    """Import a module of an extra, else GradingError that says how to get it."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise GradingError(f"grading: {module.partition('.')[0]} is not installed.\n"
                           f"Install it with: pip install 'one-gradient[{extra}]'") from None


def in_words(error, command):
    """What an exception says of the machine, as a message: a read-only folder, a full disk, a missing package; else ""."""
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] != "nnlib":
        return (f"nnlib {command}: {error.name.partition('.')[0]} is not installed.\n"
                f"Install it with: pip install 'one-gradient[{EXTRAS.get(command, 'grading')}]'")
    if isinstance(error, OSError) and error.errno in REFUSED:
        return (f"nnlib {command}: {error.filename or 'a file'} cannot be written or read: {error.strerror.lower()}.\n"
                f"Give yourself the right to. {AGAIN}")
    if isinstance(error, OSError) and error.errno in FULL:
        return f"nnlib {command}: the disk is full, at {error.filename or 'a file of the course'}.\nMake room. {AGAIN}"
    if type(error).__module__.partition(".")[0] in ("sqlalchemy", "sqlite3", "nbgrader"):
        return next((f"nnlib {command}: {words}" for said, words in DATABASE.items() if said in str(error)), "")
    return ""
