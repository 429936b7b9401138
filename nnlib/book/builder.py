"""Build the textbook: jupyter-book, strict, in an environment that does not depend on the user's."""
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from ..files import digest_of_files

PACKAGE = Path(__file__).parents[1]
NOT_USED_BY_CHAPTERS = ("grading", "book", "cli.py", "releases.py")


KERNEL = json.dumps({"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                     "display_name": "Python 3", "language": "python"})

# Figures of a chapter are sharp at every width, and the same file after every build.
FIGURES = """
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
c.InlineBackend.rc = {"svg.hashsalt": "nnlib"}
"""


class BookError(Exception):
    """The book could not be built; the message says where and why."""


def build(root="."):
    """Build the book of a checkout into `_build/html` and return the address to open.

    Nothing is done when nothing has changed since the last successful build. Otherwise every page is read and
    checked anew, because Sphinx repeats no warning for a page that it skips; only chapters whose code has changed
    are executed again.

    Raises    BookError if a cell fails, a reference is broken or anything else gives a warning
    """
    root = Path(root).resolve()
    for name in ("_config.yml", "_toc.yml"):
        if not (root / name).is_file():
            raise BookError(f"{root} has no {name}: it is not a checkout of the book.\nRun the command in the checkout.")
    if importlib.util.find_spec("jupyter_book") is None:
        raise BookError("jupyter-book is not installed in this environment.\nRun: pip install -r requirements.txt")

    out = root / "_build"
    page, stamp, inputs = out / "html" / "index.html", out / "built-from", _inputs(root)
    if not (page.exists() and stamp.exists() and stamp.read_text() == inputs):
        stamp.unlink(missing_ok=True)
        for name in ("html", ".doctrees", "jupyter_execute"):
            shutil.rmtree(out / name, ignore_errors=True)
        _run_jupyter_book(root, out)
        stamp.write_text(inputs)
    return page.as_uri()


def execution_cache(root):
    """Folder for the outputs of executed chapters, keyed on everything but the chapters that can change them.

    jupyter-cache looks at the code of a chapter only, and would serve the numbers of an older nnlib. Folders of other
    keys are removed, and so is a cache that a killed build left half written.
    """
    cache = Path(root) / "_build" / "execution" / execution_key(root)
    if cache.parent.is_dir():
        for other in cache.parent.iterdir():
            if other != cache or not _is_readable(other):
                shutil.rmtree(other)
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def execution_key(root, package=PACKAGE):
    """Hash of nnlib, of the recorded data that chapters read, and of the versions of Python and its packages."""
    sources = [p for p in (*package.rglob("*.py"), *package.rglob("*.txt"), *package.rglob("*.gz"))
               if p.relative_to(package).parts[0] not in NOT_USED_BY_CHAPTERS]
    data = [path for pattern in ("benchmarks/**/*.json", "benchmarks/**/*.npz", "book/data/**/*")
            for path in Path(root).glob(pattern)]
    folders = [folder for folder in sys.path if not folder.endswith("_vendor")]     # setuptools adds it where it is imported
    versions = sorted({f"{d.name} {d.version}" for d in importlib.metadata.distributions(path=folders)})
    given = json.dumps([sys.version, os.environ.get("NNLIB_DATA"), *versions])
    return digest_of_files(sources, package, given.encode(), digest_of_files(data, root).encode())[:16]


def _inputs(root):
    book = [p for p in root.glob("book/**/*") if "__pycache__" not in p.parts and ".ipynb_checkpoints" not in p.parts]
    book += [root / name for name in ("_config.yml", "_toc.yml", "CITATION.cff")]
    package = digest_of_files([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.ll"), *PACKAGE.rglob("*.txt")], PACKAGE)
    tables = [root / "README.md", *root.glob("exercises/[0-9]*/*.py")]           # what pages for instructors quote
    return digest_of_files([*book, *tables], root, package.encode(), execution_key(root).encode())


def _is_readable(cache):
    """Whether each record of the cache still has its notebook: it is written in two steps."""
    from jupyter_cache import get_cache

    try:
        store = get_cache(cache)
        for record in store.list_cache_records():
            store.get_cache_bundle(record.pk)
    except Exception:   # whatever is wrong with a cache, the cure is the same
        return False
    return True


def _run_jupyter_book(root, out):
    import matplotlib.font_manager  # noqa: F401  makes the font list now: its notice would land in the first chapter

    code = "from nnlib import quick_jsonschema; from jupyter_book.cli.main import main; main()"    # it has no python -m
    command = [sys.executable, "-c", code,
               "build", str(root), "--path-output", str(root), "-W", "-n", "--keep-going"]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as warnings:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=warnings, text=True, encoding="utf-8",
                                   errors="replace", env=_environment(root, out), cwd=root)
        try:
            at = _show_progress(process.stdout)
            status = process.wait()
        finally:
            process.terminate()
            process.wait()
        warnings.seek(0)
        if status != 0:
            raise BookError(_explain(warnings.read(), root, at))


def _environment(root, out):
    """The caller's environment without what could change a number or choose another Python for the chapters."""
    jupyter = out / "jupyter"
    for name, text in {"kernels/python3/kernel.json": KERNEL, "profile_default/ipython_kernel_config.py": FIGURES}.items():
        path = jupyter / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    ours = {
        "JUPYTER_PATH": jupyter, "JUPYTER_DATA_DIR": jupyter, "JUPYTER_CONFIG_DIR": jupyter, "IPYTHONDIR": jupyter,
        "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1",
        "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8",
    }
    theirs = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}   # IPython chooses the backend of a notebook
    date = {"SOURCE_DATE_EPOCH": f"{date_of_commit(root).timestamp():.0f}"}       # Sphinx writes it in the foot of pages
    return date | theirs | {k: str(v) for k, v in ours.items()}


def date_of_commit(root):
    """When the state of a checkout was committed, in UTC; now, where git does not know."""
    with contextlib.suppress(OSError):
        found = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, text=True)
        if found.returncode == 0:
            return datetime.fromtimestamp(int(found.stdout), UTC)
    return datetime.now(UTC)


def _show_progress(lines):
    """Advance a bar with Sphinx's `reading sources... [ 50%] book/02_logistic`; return the last step it named."""
    last = "the start"
    with tqdm(total=100, bar_format="{desc:<40} {percentage:3.0f}% |{bar}| {elapsed}", disable=None) as bar:
        for line in lines:
            step = re.search(r"(reading|writing)\b.*\[ *(\d+)%\] +(\S+)", _plain(line))
            if step:
                last = f"{step[1]} {step[3]}"
                bar.set_description_str(last, refresh=False)
                bar.n = int(step[2])
                bar.refresh()
    return last


def _explain(text, root, at):
    """The part of Sphinx's stderr that an author can act on."""
    # the kernels write there too, in their own form
    text = re.sub(r"^\[IPKernelApp\].*\n", "", _plain(text), flags=re.M).replace(f"{root}{os.sep}", "")
    start = r"^.*\b(?:WARNING|ERROR|CRITICAL|SEVERE): "
    warnings = [part.strip() for part in re.split(f"(?={start})", text, flags=re.M) if re.match(start, part)]
    if not warnings:
        cause = text.split("\nTraceback (most recent call last)")[0].strip()
        return f"jupyter-book stopped while {at}:\n\n{cause}"
    return (f"The book was not built: {len(warnings)} problem(s).\n\n" + "\n".join(warnings) +
            "\n\nCorrect them and run `nnlib book` again; chapters that ran are not executed again.")


def _plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
