"""What the sandbox sees of this machine, as a list of what Python needs; and what it must not see, wherever that lies."""
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_config_path

from ...errors import GradingError

VENV = "/venv"                      # where the sandbox finds the virtual environment
SYSTEM = ("bin", "lib", "lib64", "local/lib", "share/fonts", "share/fontconfig", "share/zoneinfo", "local/share/fonts")
PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")         # of a prefix: beside them may lie anything, a course for example


def here():
    """The folder that holds the installed package nnlib."""
    return Path(__file__).resolve().parents[4]


def shown():
    """[(path here, path in the sandbox)] of what Python and the programs that it calls need, links resolved."""
    prefix, base = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    pairs = [(Path("/usr", name), Path("/usr", name)) for name in SYSTEM]
    pairs += [(base / name, base / name) for name in PYTHON]
    if prefix != base:
        pairs += [(prefix / name, Path(VENV, name)) for name in PYTHON]
    return [(path.resolve(), inside) for path, inside in dict.fromkeys(pairs) if path.exists()]


def unseen(more=()):
    """Files and folders that no sandbox may see: ``more``, Jupyter's settings, and nnlib wherever it is installed."""
    installed = [package for path, _ in shown() for package in path.glob("python*/*-packages/nnlib")]
    paths = [here() / "nnlib", *installed, *map(Path, jupyter_config_path()), *map(Path, more)]
    return sorted({path.resolve() for path in paths if path.exists()})


def covered(hidden):
    """Where the sandbox would see one of these paths inside what it is shown: it has to be covered there.

    Raises    GradingError if one of them is, itself, what Python needs
    """
    found = set()
    for path in hidden:
        for outside, inside in shown():
            if path == outside:
                raise GradingError(f"sandbox: {path} holds the Python that grades, expected it apart from the course.\n"
                                   "Move the course or the virtual environment to a folder of its own.")
            if path.is_relative_to(outside):
                found.add((inside / path.relative_to(outside), path.is_dir()))
    return sorted(found)


def places(hidden):
    """Every path at which the sandbox would show one of these, were it not covered. It looks there before it begins."""
    ways = [inside for _, inside in shown()]
    waiting = [*hidden, *(path for path, _ in covered(hidden))]
    found = []
    while waiting:
        path = waiting.pop()
        if path in ways:
            continue
        if any(way.is_relative_to(path) for way in ways):          # Python lies in it: what else is there has to be unseen
            waiting += path.iterdir() if path.is_dir() else []
        else:
            found.append(str(path))
    return found
