"""From the archive of a learning-management system to where hand-ins lie, as nbgrader's exchange fills it."""
import collections
import datetime
import os
import secrets
import shutil
import stat
from typing import NamedTuple

from nbgrader.utils import parse_utc

from ...text_table import text_table
from ..errors import GradingError
from ..nbgrader.course import Course
from ..submissions.read import DATA, DEPTH, NOTEBOOK, NotPlainFile, read_file, shown, unfit, walk
from ..tasks import assignment_folder
from . import roster
from .archive import Archive, attempt

TIMESTAMP = "timestamp.txt"


class Row(NamedTuple):
    """What happens to one hand-in: "new", "newer", "unchanged", "left" or "refused", and why where that is not plain."""

    student: str
    what: str
    time: str
    notes: list


class Collected:
    """What ``collect`` did, or would do; as text the table of it."""

    def __init__(self, system, rows, persons, preview):
        self.system, self.rows, self.preview = system, rows, preview
        handed_in = {row.student for row in rows}
        self.missing = [person.id for person in persons if person.id not in handed_in]

    @property
    def refused(self):
        """Rows of what could not be collected."""
        return [row for row in self.rows if row.what == "refused"]

    def __str__(self):
        counts = collections.Counter(row.what for row in self.rows)
        table = text_table([["student", "", "handed in"], *([row.student, row.what, row.time] for row in self.rows)], "<<<")
        notes = [f"{row.student}: {note}" for row in self.rows for note in row.notes]
        return "\n\n".join(["\n".join(part) for part in (
            [table], notes, [f"Not in the archive: {', '.join(self.missing)}"] if self.missing else [],
            [f"{self.system}, {len(self.rows)} students: {', '.join(f'{n} {what}' for what, n in counts.items())}."
             + (" Nothing was written." if self.preview else "")]) if part])


def collect(root, assignment, path, zone=None, preview=False):
    """Put the newest hand-in of every student in an archive where a course has them. Returns Collected.

    A student's folder has the id that the roster gives; without a roster it has the student's login, or else the name.
    ``zone`` is the time zone of the system's clock, that of this machine if None. With ``preview`` nothing is written. Done
    twice, it changes nothing, and an older archive does not replace a newer hand-in.

    Raises    GradingError if there is no such assignment, or the archive is not one
    """
    places = Course(root).places
    assignment_folder(places, assignment)
    persons = roster.load(root)
    with Archive(path) as archive:
        students = identities(archive, roster.Directory(persons))
        rows = [collect_one(places, assignment, archive, hand_in, student, zone, preview)
                for hand_in, student in zip(archive.hand_ins, students)]
        for row, hand_in, student in zip(rows, archive.hand_ins, students):
            if persons and student not in {person.id for person in persons}:
                row.notes.insert(0, f"{shown(hand_in.name)} is not on the roster, or is there twice.")
    return Collected(archive.system, sorted(rows), persons, preview)


def identities(archive, directory):
    """The id of the student of each hand-in, different ones for different students."""
    known = [directory.find("name", hand_in.login)
             or archive.system != "Moodle" and directory.find("number", hand_in.number)       # Moodle counts hand-ins
             or directory.find("name", hand_in.name) for hand_in in archive.hand_ins]
    names = [person.id if person else hand_in.login or hand_in.name.strip()
             for person, hand_in in zip(known, archive.hand_ins)]
    often = collections.Counter(names)
    return [f"{name}_{hand_in.number or hand_in.login}" if often[name] > 1 else name
            for name, hand_in in zip(names, archive.hand_ins)]


def collect_one(places, assignment, archive, hand_in, student, zone, preview):
    """The Row of one hand-in. Its files are written unless they are there, or ``preview``."""
    time = utc(hand_in.time, zone)
    if hand_in.late and not time:
        hand_in.notes.append(f"{archive.system} calls it late, and the archive does not say how much; "
                             f"write the time into {TIMESTAMP}.")
    trouble = unfit(student)
    if trouble:
        return Row(shown(student), "refused", time, [f"The name cannot stand in a gradebook: {trouble}; "
                                                     "make a roster that gives an id."])
    folder = places.submitted(student, assignment)
    if any(map(linked, places.made_by_students(student, assignment))):
        raise GradingError(f"{folder} is not a folder, expected one.\nTake it away, and collect again.")
    files = {attempt(path, assignment): content for path, content in archive.read(hand_in).items()}
    if not files:
        return Row(student, "refused", time, [*hand_in.notes, "No file could be taken."])
    if time:
        files[TIMESTAMP] = time.encode()
    there = content_of(folder)
    if there == files:
        return Row(student, "unchanged", time, hand_in.notes)
    before = there.get(TIMESTAMP, b"").decode("ascii", "replace")
    if time and before and newer(before, time):
        return Row(student, "left", time, [*hand_in.notes, f"The one that is there is newer: {before}."])
    if not preview:
        replace(folder, files, hand_in.time)
    return Row(student, "newer" if there else "new", time, hand_in.notes)


def utc(time, zone):
    """A time of the system's clock as nbgrader's exchange writes it, "" for None."""
    if time is None:
        return ""
    there = time.replace(tzinfo=zone) if zone else time
    return there.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def newer(one, other):
    """True if the first of two times is the later one, or cannot be read: then somebody wrote it by hand."""
    try:
        return parse_utc(one.strip()) > parse_utc(other)
    except (ValueError, OverflowError):
        return True


def linked(folder):
    """True if a path is there, and is not a folder."""
    return os.path.lexists(folder) and not stat.S_ISDIR(os.lstat(folder).st_mode)


def content_of(folder):
    """{path: bytes} of the files in a folder; None for one that no hand-in can hold."""
    if not folder.is_dir():
        return {}
    found = {}
    for path in walk(folder, DEPTH):
        try:
            found[path.relative_to(folder).as_posix()] = read_file(path, NOTEBOOK + DATA)
        except NotPlainFile:
            found[path.relative_to(folder).as_posix()] = None
    return found


def replace(folder, files, time):
    """Let a folder hold these files and no others, as old as the hand-in. It is the old one until it is the new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{secrets.token_hex(8)}.partial"
    try:
        for name, content in files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if time:
                os.utime(path, (time.timestamp(), time.timestamp()))
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
