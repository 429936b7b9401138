"""The archives of hand-ins that learning-management systems make, and how each of them names a student's files.

Whatever lies in an archive comes from students: no name is used as a path before it was looked at, nothing is read without
bound, and what is odd is left out with a note.
"""
import datetime
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ..errors import GradingError
from ..submissions.read import DATA, DATA_FILES, DEPTH, NOTEBOOK, shown

ENTRIES, LONGEST, PART = 100_000, 1_000, 200    # files of an archive, characters of a path in it, bytes of a part of that
EARLY = datetime.datetime.min
SYSTEMS = {                 # what stands before a file's own name, the first that fits: a student may have chosen the rest
    "Moodle": r"(?:.*?/)??(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_file(?:_/?|/)(?P<file>.+)",
    "Sakai": r"(?:.*?/)??(?P<name>[^/]+?)\((?P<login>[^/()]+)\)/Submission attachment\(s\)/(?P<file>.+)",
    "Brightspace": r"(?:.*?/)??(?P<number>\d+)-\d+ - (?P<name>[^/]+?) - (?P<time>[A-Z][a-z]+ \d\d?, \d{4} \d{3,4} [AP]M)/"
                   r"(?P<file>.+)",
    "Canvas": r"(?:.*?/)??(?P<name>[^/_]+)_(?P<late>LATE_)?(?P<number>\d+)_(?P<attempt>\d+)_(?P<file>[^/]+)",
}
MADE_BY_NBGRADER = {"timestamp.txt", "submission_secret.txt"}        # a student's own would be taken for the course's
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)


@dataclass
class HandIn:
    """What one student handed in: ``files`` are {path: entry of the archive} of the newest attempt.

    ``number`` and ``login`` are what the system knows the student by; ``place`` is what stands before the name of each file;
    ``time`` is when it came, as the system's clock said it, or None; ``late`` is True if the system says no more than that.
    """

    name: str
    number: str
    login: str
    place: str
    time: datetime.datetime = None
    late: bool = False
    files: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


class Archive:
    """An archive of hand-ins, open for reading: ``system`` has made it, ``hand_ins`` are what it holds.

    Raises    GradingError if it is not an archive, or none that a known system makes
    """

    def __init__(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise GradingError(f"{path}: there is no such file.\nName the archive that your system gave you.") from None
        except BROKEN as error:
            raise GradingError(f"{path} is not a zip archive ({error}).\nDownload it again.") from None
        entries = [(decoded(entry), entry) for entry in self.zip.infolist() if not entry.is_dir()]
        if len(entries) > ENTRIES:
            raise GradingError(f"{path} holds {len(entries)} files, expected at most {ENTRIES}.\nIs it the right one?")
        found = {system: matches(pattern, entries) for system, pattern in SYSTEMS.items()}
        self.system = max(found, key=lambda system: len(found[system]))
        if not found[self.system]:
            raise GradingError(f"{path}: no file has a name as {', '.join(SYSTEMS)} write it"
                               f"{', found ' + shown(entries[0][0])[:80] if entries else ', and it is empty'}.\n"
                               "Download all submissions of the assignment as one archive, and do not unpack it.")
        self.hand_ins = self._hand_ins(found[self.system], dict(entries))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.zip.close()

    def read(self, hand_in):
        """{path: bytes} of the files of a HandIn. Those that cannot be read are noted in it."""
        files, room = {}, NOTEBOOK + DATA
        for path, entry in hand_in.files.items():
            try:
                with self.zip.open(entry) as file:
                    content = file.read(room + 1)                  # what the archive says about sizes may be a lie
            except BROKEN as error:
                hand_in.notes.append(f"{path} cannot be read: {error}.")
                continue
            if len(content) > room:
                hand_in.notes.append(f"{path} is left out: there are more than {NOTEBOOK + DATA >> 20} MB.")
                continue
            room -= len(content)
            files[path] = content
        return files

    def _hand_ins(self, found, entries):
        """The HandIns of an archive, in its order."""
        newest = {}
        for match, entry in found:
            parts = match.groupdict("")
            time = self._time(match, entry, entries)
            key = parts.get("number") or parts["login"]
            hand_in = newest.get(key)
            attempts = self.system == "Brightspace" and hand_in and (time or EARLY, hand_in.time or EARLY)
            if hand_in is None or attempts and attempts[0] > attempts[1]:
                hand_in = newest[key] = HandIn(parts["name"], parts.get("number", ""), parts.get("login", ""),
                                               match.string[:match.start("file")])
            elif attempts and attempts[0] < attempts[1]:
                continue
            hand_in.late |= bool(parts.get("late"))
            hand_in.time = max(filter(None, (hand_in.time, time)), default=None)
            trouble = self._add(hand_in, parts["file"], entry)
            if trouble:
                hand_in.notes.append(f"{shown(parts['file'])} is left out: {trouble}.")
        return list(newest.values())

    def _add(self, hand_in, name, entry):
        """Put an entry among the files of a HandIn. Returns why it cannot be one, or ""."""
        path = PurePosixPath(name)
        if ".." in path.parts or path.is_absolute():
            return "it leads out of the folder"
        if any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
            return ""                                              # nobody meant to hand these in
        if stat.S_ISLNK(entry.external_attr >> 16):
            return "it is a link"
        if "\\" in name or not name.isprintable() or len(path.parts) > DEPTH + 1 or max(map(size, path.parts)) > PART:
            return "a file of the course cannot have this name"
        if name in MADE_BY_NBGRADER:
            return "only the course writes this file"
        if len(hand_in.files) == DATA_FILES:
            return f"there are more than {DATA_FILES} files"
        hand_in.files[path.as_posix()] = entry
        return ""

    def _time(self, match, entry, entries):
        """When an entry was handed in, by the clock of the system; None where the archive does not say it."""
        if self.system == "Moodle":
            return moment(" ".join(map(str, entry.date_time)), "%Y %m %d %H %M %S") if entry.date_time[0] > 1980 else None
        if self.system == "Brightspace":
            day, clock, half = match["time"].rsplit(" ", 2)
            return moment(f"{day} {clock:0>4} {half}", "%b %d, %Y %I%M %p")
        beside = entries.get(match.string[:match.start("file")].removesuffix("Submission attachment(s)/") + "timestamp.txt")
        if self.system == "Sakai" and beside:
            return moment(self.zip.open(beside).read(14).decode("ascii", "replace"), "%Y%m%d%H%M%S")
        return None


def moment(words, form):
    """The time that words say, or None."""
    try:
        return datetime.datetime.strptime(words, form)
    except ValueError:
        return None


def size(part):
    """Bytes of a part of a path."""
    return len(part.encode("utf-8", "replace"))


def matches(pattern, entries):
    """(match, entry) of the entries whose path has a form."""
    found = ((re.fullmatch(pattern, name), entry) for name, entry in entries if len(name) <= LONGEST)
    return [(match, entry) for match, entry in found if match]


def decoded(entry):
    """The path of an entry. Without the flag that says UTF-8, many programs write UTF-8 all the same."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except ValueError:
        return entry.filename


def attempt(name, assignment):
    """The name of a notebook without the number that Canvas and browsers add to that of a further attempt."""
    return f"{assignment}.ipynb" if re.fullmatch(rf"{re.escape(assignment)}(-\d+| \(\d+\))\.ipynb", name) else name

