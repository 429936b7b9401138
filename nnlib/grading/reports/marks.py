"""The marks of an assignment, as a table and as CSV."""
import collections
import csv
import dataclasses
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from ...files import digest, replacing
from ...text_table import text_table
from .. import places
from ..record import RULES
from .suspicion import listed

LABEL = "GRADED WITHOUT A SANDBOX: nothing kept student code from changing these marks."
BESIDE = "ITS TESTS RAN BESIDE THE STUDENT'S CODE, in the sandbox: a submission can change its own mark."
BY_HAND = "* A person gave points here."
TO_MARK = "To be marked by hand, in formgrader:"
MISSING = "no submission"
LISTED = 5                          # names in one line


@dataclass
class Marks:
    """Marks of all students in one assignment: ``possible[task]``, and the Entry of every submission.

    ``roster`` holds names and addresses by student, of those too who handed in nothing; ``rules`` say how tasks count.
    ``aliases`` are what students are called instead of by their names, or {}.
    """

    assignment: str
    possible: dict
    records: list
    course: Path
    roster: dict = field(default_factory=dict)
    rules: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)

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
    def beside(self):
        """True if the tests ran beside the student's code."""
        return any(record.beside for record in self.records)

    @property
    def paths(self):
        """{what it is: where it is} of everything that grading has written for people."""
        root, name = Path(self.course), self.assignment
        anonymous = {"anonymous report": root / f"{name}-anonymous.html"} if self.aliases else {}
        return {"class report": root / f"{name}.html", **anonymous, "feedback": places.of(self.course).above("feedback"),
                "marks as CSV": root / f"{name}.csv"}

    @property
    def missing(self):
        """Students of the roster who handed in nothing, in the order of the alphabet."""
        return sorted(set(self.roster) - {record.student for record in self.records})

    def write_csv(self):
        """Write one row for each student. What waits for a person is left empty: a 0 would be uploaded."""
        people, tests = ["last_name", "first_name", "email"], ["tests_ran"] if self.beside else []
        columns = ["assignment", "student_id", *people, "status", "timestamp", *tests, *self.possible, "by_hand",
                   "raw_score", "late_submission_penalty", "score", "max_score"]
        fixed = {"assignment": self.assignment, "max_score": sum(self.possible.values())}
        rows = [fixed | self.roster.get(student, {}) | {"student_id": student, "status": MISSING, "score": 0.0}
                for student in self.missing]
        for record in self.records:
            row = fixed | self.roster.get(record.student, {}) | {
                "student_id": record.student, "status": record.status, "timestamp": record.timestamp,
                "by_hand": " ".join(record.by_hand)}
            if record.beside:
                row |= {"tests_ran": "beside the student's code"}
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
        names = {student: full_name(person) for student, person in self.roster.items()}
        rows = [["", "", *self.possible, "late", "total", ""],
                ["possible", "", *self.possible.values(), "", sum(self.possible.values()), ""]]
        for record in self.records:
            points = [None if task not in record.points else "?" if task in record.to_mark else
                      f"{record.points[task]:g}" + "*" * (task in record.by_hand) for task in self.possible]
            rows.append([record.student, names.get(record.student, ""), *points, -record.late or "", record.total,
                         "" if record.status == "graded" else record.status])
        rows += [[student, names[student], *[None] * len(self.possible), "", None, MISSING] for student in self.missing]
        empty = {place for place in (1, len(rows[0]) - 3) if not any(row[place] for row in rows[1:])}       # name and late
        cells = [[value if isinstance(value, str) else "-" if value is None else f"{value:g}"
                  for place, value in enumerate(row) if place not in empty] for row in rows]
        align = "".join(side for place, side in enumerate("<<" + ">" * (len(self.possible) + 2) + "<") if place not in empty)
        reasons = [f"{student}: {reason}" for student, reason in self.attention.items()]
        to_mark = [f"{name}: {len(students)} ({listed(students, LISTED)})" for name, students in self.to_mark.items()]
        parts = [[BY_HAND] if any(record.by_hand for record in self.records) else [],
                 [f"{task}: {RULES[rule]}." for task, rule in self.rules.items()], reasons,
                 [TO_MARK, *to_mark] if to_mark else []]
        labels = [*([LABEL] if self.unsafe else []), *([BESIDE] if self.beside else [])]
        return "\n".join([self.assignment, *labels, "", text_table(cells, align, rules=(2,)),
                          *(line for part in parts if part for line in ("", *part))])


def full_name(person):
    """First and last name of an entry of the roster, or ""."""
    return f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()


def without_names(marks):
    """The Marks again, in an order that tells nothing, and with numbers instead of names."""
    order = sorted(marks.records, key=lambda record: digest(record.student.encode(), record.key.encode()))
    aliases = {record.student: f"student {number}" for number, record in enumerate(order, 1)}
    records = [dataclasses.replace(record, student=aliases[record.student],
                                   carries=[aliases.get(name, "somebody who handed nothing in") for name in record.carries],
                                   reason=re.sub(rf"(?<!\w){re.escape(record.student)}(?!\w)", aliases[record.student],
                                                 record.reason))
               for record in order]
    return dataclasses.replace(marks, records=records, roster={}, aliases=aliases)
