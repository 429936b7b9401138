"""The marks of an assignment, as a table."""
from dataclasses import dataclass
from pathlib import Path

LABEL = "GRADED WITHOUT A SANDBOX: nothing kept student code from changing these marks."


@dataclass
class Marks:
    """Marks of all students in one assignment: ``possible[task]``, and the record of every submission."""

    assignment: str
    possible: dict
    records: list
    root: Path

    @property
    def points(self):
        """{student: {task: points}}"""
        return {record["student"]: {task: marks["points"] for task, marks in record["tasks"].items()}
                for record in self.records}

    @property
    def attention(self):
        """{student: why a person has to look}"""
        return {record["student"]: record["reason"] for record in self.records if record["status"] != "graded"}

    @property
    def unsafe(self):
        """True if a mark was given without a sandbox."""
        return any(record["isolation"] == "none" for record in self.records)

    @property
    def paths(self):
        """{what it is: where it is} of everything that grading has written for people."""
        return {"class report": self.root / f"{self.assignment}.html", "feedback": self.root / "feedback",
                "marks as CSV": self.root / f"{self.assignment}.csv"}

    def __str__(self):
        columns = list(self.possible)
        rows = [["", *columns, "total", ""], ["possible", *self.possible.values(), sum(self.possible.values()), ""]]
        rows += [[record["student"], *(self.points[record["student"]].get(task) for task in columns),
                  sum(self.points[record["student"]].values()), "" if record["status"] == "graded" else record["status"]]
                 for record in self.records]
        cells = [[value if isinstance(value, str) else "-" if value is None else f"{value:g}" for value in row]
                 for row in rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
        lines = [(row[0].ljust(widths[0]) + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1]))
                  + "  " + row[-1]).rstrip() for row in cells]
        reasons = [f"{student}: {reason}" for student, reason in self.attention.items()]
        label = [LABEL] if self.unsafe else []
        return "\n".join([self.assignment, *label, "", *lines[:2], "-" * len(lines[1]), *lines[2:],
                          *(["", *reasons] if reasons else [])])
