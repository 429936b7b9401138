"""What students handed in, one folder for each student and assignment, every file of it hostile until read.

Nothing here follows a link, waits on a pipe, reads without bound or raises anything but NeedsAttention.
"""
import contextlib
import errno
import importlib.util
import json
import os
import stat
import unicodedata
from dataclasses import astuple, dataclass, field
from pathlib import Path

from ...files import digest
from .. import places
from ..bounded import Unbounded, bounded
from ..errors import NeedsAttention
from ..sandbox.outside.limits import Limits
from .clean_outputs import PICTURES, clean, is_base64

NOTEBOOK = 64 << 20                 # bytes of a notebook, outputs and all; of several ones together
SHORT_WORK = 2 << 20                # bytes of a notebook that need no limits: what is read takes up to 35 times as many
NOTEBOOKS = 10                      # in one folder
TEXT = 1 << 20                      # characters in all its cells: more would take minutes to turn into a page
CELLS = 2_000
SKIP = "skip-execution"             # the tag of a cell that Jupyter's tools do not run
PASTED = 8 << 20                    # characters of the pictures that were pasted into its cells: 6 MB of pictures
DATA, DATA_FILES = Limits.file, 200  # bytes and number of the other files, together
EXCHANGED, SHORT = ("timestamp.txt", "submission_secret.txt"), 10_000     # when it came, where feedback goes; bytes of each
MACHINE_CODE = (".pyc", ".pyd", ".so", ".pth")           # and what starts it: nobody could read what a module does
DEPTH = 4                           # folders in folders
NAME = 128                          # characters of a student's name, a column of the gradebook
SIGNS = " _.,;@+'’‘´`()&~=#!$%-"    # in names; none means anything to nbgrader's patterns, to HTML or in a path
NOT_FIRST = ".,;+=~@-"              # of which a shell, a spreadsheet or nbgrader would make something else
JOINERS = "\u200c\u200d"            # between letters of Persian and Indic names


@dataclass(frozen=True)
class Notebook:
    """A notebook that was handed in, its path as it may be printed.

    Units     modified: seconds since 1970, when the file was changed last
    """

    name: str
    content: bytes
    modified: int = 0


@dataclass(frozen=True)
class Submission:
    """One student's files as bytes: notebooks, and {path: bytes} of the data beside them; or why there is no notebook.

    The notebook with the name of the assignment comes first, if there is one.
    """

    student: str
    notebooks: tuple = ()
    files: dict = field(default_factory=dict)
    notes: tuple = ()
    problem: str = ""

    @property
    def notebook(self):
        """The first notebook in bytes, b"" without one."""
        return self.notebooks[0].content if self.notebooks else b""

    def digest(self):
        """A hash of everything in it. The time of a notebook counts where it may decide."""
        times = [str(each.modified).encode() for each in self.notebooks] if len(self.notebooks) > 1 else []
        notebooks = [part for each in self.notebooks for part in (each.name.encode(), each.content)]
        files = [part for name, content in self.files.items() for part in (name.encode(), content)]
        return digest(self.student.encode(), self.problem.encode(), *times, *notebooks, *files)


@dataclass(frozen=True)
class Cell:
    """What counts of a cell that was handed in; outputs and all other metadata are dropped.

    ``attachments`` are the pictures that were pasted into it, {name: {MIME type: bytes in base64}}. ``skipped`` is True if
    the student has marked it as one that does not run.
    """

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    points: object = None
    attachments: dict = field(default_factory=dict)
    skipped: bool = False


def students(course, assignment):
    """Names of the students who handed in something for an assignment, in the order of the alphabet."""
    return places.of(course).students(assignment)


def shown(text):
    """A text as it may be printed: the name of a folder, which sentences quote, may hold anything but a slash."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def unfit(student):
    """Why a student's name cannot stand in a gradebook, a path, a table of marks and an address; "" if it can.

    Letters are those of all languages, with their marks: a name from macOS has its accents as characters of their own.
    """
    if len(student) > NAME:
        return f"it has {len(student)} characters, expected at most {NAME}"
    for place, c in enumerate(student):
        category = unicodedata.category(c)
        where = " at its beginning" if place == 0 else " at its end" if place == len(student) - 1 else ""
        fine = c in SIGNS or category[0] in "LN" or (category[0] == "M" or c in JOINERS) and place
        if not fine or where and c == " " or place == 0 and c in NOT_FIRST:
            return f"it has the character {named(c)}{where}"
    return "" if student else "it is empty"


def named(c):
    """A character, with the name that it has everywhere."""
    name = unicodedata.name(c, "").lower() or f"U+{ord(c):04X}"
    return f"{c!r} ({name})" if c.isprintable() else name


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
    folders, files = places.of(course).made_by_students(student, assignment), {}
    if all(stat.S_ISDIR(os.lstat(folder).st_mode) for folder in folders):          # else they are another's
        for name in EXCHANGED:
            with contextlib.suppress(OSError, NotPlainFile):
                files[name] = read_file(folders[-1] / name, SHORT)
    return files


def read_folder(course, assignment, student):
    """The Submission of one student.

    Raises    NeedsAttention with the reason in one sentence
    """
    for folder in places.of(course).made_by_students(student, assignment):
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            raise NeedsAttention(f"{places.of(course).told(folder)} is not a folder but {kind(os.lstat(folder).st_mode)}.")
    notebooks, notes = read_notebooks(folder, f"{assignment}.ipynb")
    files, more = read_data(folder, f"{assignment}.ipynb")
    return Submission(student, notebooks, files, notes + more)


def read_notebooks(folder, name):
    """(the Notebooks of a folder and its folders, notes on those left out). The one with this name comes first.

    Raises    NeedsAttention if there is none, or that one cannot be read
    """
    first = [folder / name] if os.path.lexists(folder / name) else []
    paths = first + sorted(path for path in walk(folder, DEPTH) if path.suffix == ".ipynb" and path not in first)
    if not paths or len(paths) > NOTEBOOKS:
        raise NeedsAttention(f"There are {len(paths)} notebooks in the folder, expected {name} alone." if paths else
                             f"There is no {name} in the folder.")
    notebooks, notes, room = [], [], NOTEBOOK
    for path in paths:
        try:
            content = read_file(path, room)
        except (OSError, NotPlainFile) as error:
            words = f"{shown(path.relative_to(folder).as_posix())} cannot be read: {reason(error)}."
            if path is paths[0]:
                raise NeedsAttention(words) from None
            notes.append(words)
            continue
        room -= len(content)
        notebooks.append(Notebook(shown(path.relative_to(folder).as_posix()), content, int(os.lstat(path).st_mtime)))
    return tuple(notebooks), tuple(notes)


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
    """({path: bytes} of the files beside the notebook, notes on those left out, and on modules, which nobody compares)."""
    files, notes, room = {}, [], DATA
    for path in sorted(walk(folder, DEPTH)):
        name = path.relative_to(folder).as_posix()
        if name == notebook or path.suffix == ".ipynb":
            continue
        if unwelcome := why_unwelcome(name):
            notes.append(f"The file {shown(name)} is left out: {unwelcome}.")
        elif len(files) == DATA_FILES:
            notes.append(f"Only the first {DATA_FILES} files are used.")
            break
        else:
            try:
                files[name] = read_file(path, room)
                room -= len(files[name])
                if path.suffix == ".py":
                    notes.append(f"The file {name} is a module of the student's own; read it with the notebook.")
            except (OSError, NotPlainFile) as error:
                notes.append(f"The file {name} is left out: {reason(error)}.")
    return files, tuple(notes[:20])


def why_unwelcome(name):
    """Why a file with this path has no place beside a notebook that runs, or ""."""
    module = name.partition("/")[0].removesuffix(".py")
    if not name.isprintable():
        return "its name has characters that cannot be shown"
    if name.endswith(MACHINE_CODE):
        return "it is machine code, or starts some"
    # as one word it finds a module without importing any
    if name.endswith(".py") and module.isidentifier() and importlib.util.find_spec(module):
        return f"it would take the place of the module {module}"
    return ""


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
    """The Cells of a notebook in bytes, in any version of the format. A large one is read within limits.

    Raises    NeedsAttention if it is not a notebook
    """
    if len(notebook) <= SHORT_WORK:
        return parse_here(notebook)
    try:
        found = bounded(parse_there, notebook)
    except Unbounded:
        raise NeedsAttention("The notebook takes too much time or memory to be read.") from None
    if isinstance(found, str):
        raise NeedsAttention(found)
    return [Cell(*values) for values in found]


def parse_there(notebook):
    """What a copy of this process passes on: the values of the Cells, or the words of NeedsAttention."""
    try:
        return [astuple(cell) for cell in parse_here(notebook)]
    except NeedsAttention as problem:
        return str(problem)


def parse_here(notebook):
    """The Cells of a notebook in bytes, whatever that takes.

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
    cells, room = [plain_cell(cell, number) for number, cell in enumerate(cells, 1)], PASTED
    for cell in cells:
        for name, picture in [*cell.attachments.items()]:
            room -= sum(map(len, picture.values()))
            if room < 0:
                del cell.attachments[name]
    if sum(len(cell.source) for cell in cells) > TEXT:
        raise NeedsAttention(f"The cells of the notebook hold more than {TEXT >> 20} MB of text.")
    return cells


def upgraded(data):
    """A notebook of format 1 to 3 in format 4."""
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(text_alone(data)), 4)
    except NeedsAttention:
        raise
    except Exception:                                # the converter trusts the file, and fails in any way it likes
        raise NeedsAttention(f"The notebook has version {data['nbformat']} of the format and cannot be upgraded.") from None


def text_alone(data):
    """A notebook of format 1 to 3 with nothing in it but the texts of its cells: the converter copies all it is given."""
    sheets = [data] if data["nbformat"] == 1 else data["worksheets"]
    cells = [cell for sheet in sheets for cell in sheet["cells"]]
    if len(cells) > CELLS:
        raise NeedsAttention(f"The notebook has no list of at most {CELLS} cells.")
    cells = [old_cell(cell) for cell in cells]
    content = {"cells": cells} if data["nbformat"] == 1 else {"worksheets": [{"cells": cells, "metadata": {}}]}
    return content | {"nbformat": data["nbformat"], "nbformat_minor": 0, "metadata": {}}


def old_cell(cell):
    """A cell of format 1 to 3 without its outputs."""
    texts = {key: "".join(cell[key]) for key in ("cell_type", "language", "input", "code", "text", "source") if key in cell}
    nbgrader = (cell.get("metadata") or {}).get("nbgrader")
    level = cell.get("level") if cell.get("level") in range(1, 7) else 1
    return {"outputs": [], "level": level, "metadata": {"nbgrader": nbgrader} if nbgrader else {}} | texts


def plain_cell(cell, number):
    """A Cell from an entry of the list of cells, which may be anything."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NeedsAttention(f"Cell {number} of the notebook has no text.")
    source = source.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    nbgrader = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    tags = metadata.get("tags")
    kind = cell.get("cell_type")
    return Cell(kind if kind in ("code", "markdown") else "raw", source, text(cell.get("id")),
                text(nbgrader.get("grade_id")), nbgrader.get("points"),
                pictures(cell.get("attachments")) if kind == "markdown" else {}, isinstance(tags, list) and SKIP in tags)


def pictures(attachments):
    """The pictures among the attachments of a cell, which may be anything, each in one form."""
    found = {}
    for name, forms in attachments.items() if isinstance(attachments, dict) else ():
        for kind in PICTURES:
            content = forms.get(kind) if isinstance(forms, dict) else None
            if isinstance(content, list) and all(isinstance(line, str) for line in content):
                content = "".join(content)
            if isinstance(content, str) and is_base64(content):
                found[clean(name)] = {kind: content}
                break
    return found


def text(value):
    """The value if it is text, else ""."""
    return value if isinstance(value, str) else ""
