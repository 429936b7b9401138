"""What students handed in: submitted/<student>/<assignment>/, every file of it hostile until read.

Nothing here follows a link, waits on a pipe, reads without bound or raises anything but NeedsAttention.
"""
import contextlib
import errno
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ...files import digest
from ..errors import NeedsAttention

NOTEBOOK = 32 << 20                 # bytes of a notebook, outputs and all
TEXT = 1 << 20                      # characters in all its cells: more would take minutes to turn into a page
CELLS = 2_000
DATA, DATA_FILES = 64 << 20, 200    # bytes and number of the other files, together
EXCHANGED, SHORT = ("timestamp.txt", "submission_secret.txt"), 10_000     # when it came, where feedback goes; bytes of each
DEPTH = 4                           # folders in folders
NAME = 128                          # characters of a student's name, a column of the gradebook


@dataclass(frozen=True)
class Submission:
    """One student's files as bytes: the notebook, and {path: bytes} of the data beside it; or why there is none."""

    student: str
    notebook: bytes = b""
    files: dict = field(default_factory=dict)
    notes: tuple = ()
    problem: str = ""

    def digest(self):
        """A hash of everything in it."""
        files = [part for name, content in self.files.items() for part in (name.encode(), content)]
        return digest(self.student.encode(), self.problem.encode(), self.notebook, *files)


@dataclass(frozen=True)
class Cell:
    """What counts of a cell that was handed in; outputs and all other metadata are dropped."""

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    points: object = None


def students(course, assignment):
    """Names of the folders in submitted/ that hold something for an assignment, in the order of the alphabet."""
    folder = Path(course, "submitted")
    if not folder.is_dir():
        return []
    return sorted(name for name in os.listdir(folder)
                  if not name.startswith(".") and os.path.lexists(folder / name / assignment))


def shown(text):
    """A text as it may be printed: the name of a folder, which sentences quote, may hold anything but a slash."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def fits(student):
    """True if a student's name can stand in a gradebook, a path, a table of marks and an address."""
    letters = re.fullmatch(r"[^\W_](?:[\w .@+'()&~=-]*[\w)])?", student)
    return bool(letters) and student.isprintable() and len(student) <= NAME


def read(course, assignment, student):
    """The Submission of one student. This returns for every folder, even a hostile one."""
    try:
        return read_folder(course, assignment, student)
    except NeedsAttention as problem:
        return Submission(student, files=exchanged(course, assignment, student), problem=str(problem))
    except OSError as error:
        return Submission(student, problem=f"The folder cannot be read: {reason(error)}.")


def exchanged(course, assignment, student):
    """{path: bytes} of the two files that nbgrader's exchange adds, where nothing else of a submission can be read."""
    folder, files = Path(course, "submitted", student, assignment), {}
    if all(stat.S_ISDIR(os.lstat(part).st_mode) for part in (folder.parent, folder)):          # else they are another's
        for name in EXCHANGED:
            with contextlib.suppress(OSError, NotPlainFile):
                files[name] = read_file(folder / name, SHORT)
    return files


def read_folder(course, assignment, student):
    """The Submission of one student.

    Raises    NeedsAttention with the reason in one sentence
    """
    folder = Path(course, "submitted", student)
    for part in (folder, folder / assignment):
        if not stat.S_ISDIR(os.lstat(part).st_mode):
            raise NeedsAttention(f"{part.relative_to(course)} is not a folder but {kind(os.lstat(part).st_mode)}.")
    folder = folder / assignment
    name = f"{assignment}.ipynb"
    try:
        notebook = read_file(folder / name, NOTEBOOK)
    except FileNotFoundError:
        others = sorted(shown(other) for other in os.listdir(folder) if other.endswith(".ipynb"))
        raise NeedsAttention(f"There is no {name}" + (f"; found {', '.join(others[:3])} instead." if others
                                                      else " in the folder.")) from None
    except (OSError, NotPlainFile) as error:
        raise NeedsAttention(f"{name} cannot be read: {reason(error)}.") from None
    return Submission(student, notebook, *read_data(folder, name))


class NotPlainFile(Exception):
    """A file is a link, a pipe, a device or too big; the text says which."""


def read_file(path, most):
    """The bytes of a regular file of at most so many bytes. A link is not followed, a pipe not waited for."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
                     | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NotPlainFile(f"it is {kind(status.st_mode)}")
        content = file.read(most + 1)
    if len(content) > most:
        raise NotPlainFile(f"it has more than {most >> 20} MB")
    return content


def read_data(folder, notebook):
    """({path: bytes} of the files beside the notebook, notes on those left out). Python files could shadow a library."""
    files, notes, room = {}, [], DATA
    for path in sorted(walk(folder, DEPTH)):
        name = path.relative_to(folder).as_posix()
        if name == notebook or path.suffix == ".ipynb":
            continue
        if path.suffix in (".py", ".pyc", ".so", ".pth") or not name.isprintable():
            notes.append(f"The file {shown(name)} is left out: a submission brings data, not modules.")
        elif len(files) == DATA_FILES:
            notes.append(f"Only the first {DATA_FILES} files are used.")
            break
        else:
            try:
                files[name] = read_file(path, room)
                room -= len(files[name])
            except (OSError, NotPlainFile) as error:
                notes.append(f"The file {name} is left out: {reason(error)}.")
    return files, tuple(notes[:20])


def walk(folder, depth):
    """Paths of all files, links to files included, in a folder and its folders; no link to a folder is entered."""
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth:
                yield from walk(entry.path, depth - 1)
        else:
            yield Path(entry.path)


def kind(mode):
    """What sort of file a mode stands for, in words."""
    words = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file",
             stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return words.get(stat.S_IFMT(mode), "not a plain file")


def reason(error):
    """An error of reading in words."""
    if isinstance(error, OSError):
        return "it is a link" if error.errno == errno.ELOOP else error.strerror.lower()
    return str(error)


def parse(notebook):
    """The Cells of a notebook in bytes, in any version of the format.

    Raises    NeedsAttention if it is not a notebook
    """
    try:
        data = json.loads(notebook.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NeedsAttention("The notebook is not text in UTF-8.") from None
    except RecursionError:
        raise NeedsAttention("The notebook is nested too deeply.") from None
    except ValueError as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NeedsAttention(f"The notebook is broken JSON{place}.") from None
    return cells_of(data)


def cells_of(data):
    """The Cells of a parsed notebook. Formats 1 to 3 are upgraded."""
    version = data.get("nbformat") if isinstance(data, dict) else None
    if type(version) is not int or not 1 <= version <= 4:
        raise NeedsAttention("The file is not a notebook: it names no version of the format." if version is None else
                             f"The notebook has version {str(version)[:20]} of the format, expected 4.")
    if version < 4:
        data = upgraded(data)
    cells = data.get("cells")
    if not isinstance(cells, list) or len(cells) > CELLS:
        raise NeedsAttention(f"The notebook has no list of at most {CELLS} cells.")
    cells = [plain_cell(cell, number) for number, cell in enumerate(cells, 1)]
    if sum(len(cell.source) for cell in cells) > TEXT:
        raise NeedsAttention(f"The cells of the notebook hold more than {TEXT >> 20} MB of text.")
    return cells


def upgraded(data):
    """A notebook of format 1 to 3 in format 4."""
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(data), 4)
    except Exception:                                # the converter trusts the file, and fails in any way it likes
        raise NeedsAttention(f"The notebook has version {data['nbformat']} of the format and cannot be upgraded.") from None


def plain_cell(cell, number):
    """A Cell from an entry of the list of cells, which may be anything."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NeedsAttention(f"Cell {number} of the notebook has no text.")
    source = source.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    kind = cell.get("cell_type")
    return Cell(kind if kind in ("code", "markdown") else "raw", source, text(cell.get("id")),
                text(nbgrader.get("grade_id")), nbgrader.get("points"))


def text(value):
    """The value if it is text, else ""."""
    return value if isinstance(value, str) else ""
