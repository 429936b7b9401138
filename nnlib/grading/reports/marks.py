"""The marks of an assignment, as a table and as CSV."""
import collections
import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from ...files import replacing
from ...text_table import text_table
from .suspicion import listed

LABEL = "GRADED WITHOUT A SANDBOX: nothing kept student code from changing these marks."
BY_HAND = "* A person gave points here."
TO_MARK = "To be marked by hand, in formgrader:"
MISSING = "no submission"
LISTED = 5                          # names in one line


@dataclass
class Marks:
    """Marks of all students in one assignment: ``possible[task]``, and the Entry of every submission.

    ``roster`` holds names and addresses by student, of those too who handed in nothing.
    """

    assignment: str
    possible: dict
    records: list
    root: Path
    roster: dict = field(default_factory=dict)

    @property
    def points(self):
        """{student: {task: points}}"""
        return {record.student: record.points for record in self.records}

    @property
    def attention(self):
        """{student: why a person has to look}"""
        return {record.student: record.reason for record in self.records if not record.graded}

    @property
    def to_mark(self):
        """{written answer: students whose answer a person has to mark}"""
        found = collections.defaultdict(list)
        for record in self.records:
            for name in record.to_mark:
                found[name].append(record.student)
        return dict(sorted(found.items()))

    @property
    def unsafe(self):
        """True if a mark was given without a sandbox."""
        return any(record.unprotected for record in self.records)

    @property
    def paths(self):
        """{what it is: where it is} of everything that grading has written for people."""
        return {"class report": self.root / f"{self.assignment}.html", "feedback": self.root / "feedback",
                "marks as CSV": self.root / f"{self.assignment}.csv"}

    @property
    def missing(self):
        """Students of the roster who handed in nothing, in the order of the alphabet."""
        return sorted(set(self.roster) - {record.student for record in self.records})

    def write_csv(self):
        """Write one row for each student. What waits for a person is left empty: a 0 would be uploaded."""
        people = ["last_name", "first_name", "email"]
        columns = ["assignment", "student_id", *people, "status", "timestamp", *self.possible, "by_hand", "raw_score",
                   "late_submission_penalty", "score", "max_score"]
        fixed = {"assignment": self.assignment, "max_score": sum(self.possible.values())}
        rows = [fixed | self.roster.get(student, {}) | {"student_id": student, "status": MISSING, "score": 0.0}
                for student in self.missing]
        for record in self.records:
            row = fixed | self.roster.get(record.student, {}) | {
                "student_id": record.student, "status": record.status, "timestamp": record.timestamp,
                "by_hand": " ".join(record.by_hand)}
            if record.graded:
                row |= {task: points for task, points in record.points.items() if task not in record.to_mark}
            if record.final:
                row |= {"raw_score": sum(record.points.values()), "late_submission_penalty": record.late,
                        "score": record.total}
            rows.append(row)
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(rows, key=lambda row: row["student_id"]))
        with replacing(self.paths["marks as CSV"]) as file:
            file.write(text.getvalue().encode())

    def __str__(self):
        columns, late = list(self.possible), any(record.late for record in self.records)
        rows = [["", *columns, *(["late"] if late else []), "total", ""],
                ["possible", *self.possible.values(), *([""] if late else []), sum(self.possible.values()), ""]]
        for record in self.records:
            points = [None if task not in record.points else "?" if task in record.to_mark else
                      f"{record.points[task]:g}" + "*" * (task in record.by_hand) for task in columns]
            rows.append([record.student, *points, *([-record.late or ""] if late else []), record.total,
                         "" if record.final else record.status])
        rows += [[student, *[None] * len(columns), *([""] if late else []), None, MISSING] for student in self.missing]
        cells = [[value if isinstance(value, str) else "-" if value is None else f"{value:g}" for value in row]
                 for row in rows]
        table = text_table(cells, "<" + ">" * (len(columns) + late + 1) + "<", rules=(2,))
        reasons = [f"{student}: {reason}" for student, reason in self.attention.items()]
        label = [LABEL] if self.unsafe else []
        by_hand = ["", BY_HAND] if any(record.by_hand for record in self.records) else []
        to_mark = [f"{name}: {len(students)} ({listed(students, LISTED)})" for name, students in self.to_mark.items()]
        return "\n".join([self.assignment, *label, "", table, *by_hand, *(["", *reasons] if reasons else []),
                          *(["", TO_MARK, *to_mark] if to_mark else [])])
