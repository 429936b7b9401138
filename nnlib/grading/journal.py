"""What has been graded: one line of JSON for each submission, on the disk before the gradebook hears of it.

A run may end at any moment, by kill -9 or a power cut. The next one reads the journal, and grades only what is not in it.
"""
import os

from .errors import GradingError
from .record import Record

try:
    import fcntl
except ModuleNotFoundError:         # Windows: two runs at once are not noticed there
    fcntl = None


class Journal:
    """The journal of a course, open for one run: ``records`` holds the last record of every student in an assignment."""

    def __init__(self, path, assignment):
        self.path, self.assignment = path, assignment

    def __enter__(self):
        self.file = open(self.path, "a+b")
        try:
            if fcntl:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.close()
            raise GradingError(f"{self.path}: another nnlib grade is at work in this course.\nWait until it ends.") from None
        self.records = {record.student: record for record in self._read() if record.assignment == self.assignment}
        return self

    def __exit__(self, *_):
        self.file.close()

    def append(self, record):
        """Add a Record. When this returns, it is on the disk."""
        self.file.write(record.to_json().encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.records[record.student] = record

    def _read(self):
        """Every Record. A last line without an end is cut off: its run was killed while it wrote."""
        self.file.seek(0)
        whole = 0
        for line in self.file:
            if not line.endswith(b"\n"):
                self.file.truncate(whole)
                break
            whole += len(line)
            try:
                yield Record.from_json(line)
            except ValueError as error:
                raise GradingError(f"{self.path}: a line is not a record ({error}): {line[:60]!r}.\n"
                                   "Take the line out; what it recorded is graded again.") from None
