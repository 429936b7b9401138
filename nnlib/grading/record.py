"""The record of a submission: what the journal keeps of it. Gradebook, tables and reports are made from nothing else."""
import dataclasses
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """What a submission earned in one task, and the names of the misconceptions that explain the rest."""

    points: float
    possible: float
    misconceptions: list = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """One submission as it was graded: ``tasks`` holds a Mark for each task, ``reason`` why a person has to look, or "".

    ``key`` is a hash of everything that the marks depend on; ``unanswered`` holds the names of the solution cells that
    are as they were handed out; ``notebook`` is a hash of the graded notebook, "" where there is none.

    Units     seconds
    """

    student: str
    assignment: str
    key: str
    engine: str
    isolation: str
    tasks: dict
    reason: str = ""
    notes: list = field(default_factory=list)
    timestamp: str = ""
    unanswered: list = field(default_factory=list)
    seconds: float = 0.0
    notebook: str = ""

    @property
    def graded(self):
        """True if no person has to look."""
        return not self.reason

    @property
    def status(self):
        """"graded" or "needs attention"."""
        return "graded" if self.graded else "needs attention"

    @property
    def unprotected(self):
        """True if nothing kept the student's code from changing its own mark."""
        return self.isolation == "none"

    @property
    def points(self):
        """{task: points}"""
        return {task: mark.points for task, mark in self.tasks.items()}

    @property
    def total(self):
        return sum(mark.points for mark in self.tasks.values())

    def to_json(self):
        """One line of JSON, without its end."""
        return json.dumps(dataclasses.asdict(self) | {"status": self.status})

    @classmethod
    def from_json(cls, line):
        """The Record of a line of JSON. What it does not know is left out: another version may have written it.

        Raises    ValueError if the line holds no record
        """
        try:
            values = json.loads(line)
            tasks = {task: Mark(**mark) for task, mark in values["tasks"].items()}
            known = {each.name: values[each.name] for each in dataclasses.fields(cls) if each.name in values}
            return cls(**known | {"tasks": tasks})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None


def no_points(possible):
    """The tasks of a record in which nothing is earned, from {task: points that it can earn}."""
    return {task: Mark(0.0, points) for task, points in possible.items()}


def sentence(words):
    """A reason as a record holds it: with a capital letter and a full stop; "" stays."""
    return words and words[0].upper() + words[1:].removesuffix(".") + "."
