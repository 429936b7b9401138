"""The marks of an assignment, as a table."""
from dataclasses import dataclass
from pathlib import Path

from ...text_table import text_table

LABEL = "GRADED WITHOUT A SANDBOX: nothing kept student code from changing these marks."


@dataclass
class Marks:
    """Marks of all students in one assignment: ``possible[task]``, and the Record of every submission."""

    assignment: str
    possible: dict
    records: list
    root: Path

    @property
    def points(self):
        """{student: {task: points}}"""
        return {record.student: record.points for record in self.records}

    @property
    def attention(self):
        """{student: why a person has to look}"""
        return {record.student: record.reason for record in self.records if not record.graded}

    @property
    def unsafe(self):
        """True if a mark was given without a sandbox."""
        return any(record.unprotected for record in self.records)

    @property
    def paths(self):
        """{what it is: where it is} of everything that grading has written for people."""
        return {"class report": self.root / f"{self.assignment}.html", "feedback": self.root / "feedback",
                "marks as CSV": self.root / f"{self.assignment}.csv"}

    def __str__(self):
        columns = list(self.possible)
        rows = [["", *columns, "total", ""], ["possible", *self.possible.values(), sum(self.possible.values()), ""]]
        rows += [[record.student, *map(record.points.get, columns), record.total, "" if record.graded else record.status]
                 for record in self.records]
        cells = [[value if isinstance(value, str) else "-" if value is None else f"{value:g}" for value in row]
                 for row in rows]
        table = text_table(cells, "<" + ">" * (len(columns) + 1) + "<", rules=(2,))
        reasons = [f"{student}: {reason}" for student, reason in self.attention.items()]
        label = [LABEL] if self.unsafe else []
        return "\n".join([self.assignment, *label, "", table, *(["", *reasons] if reasons else [])])
