"""The record of a submission, which the journal keeps and the gradebook gets, and its entry, which everybody is shown."""
import dataclasses
import json
from dataclasses import dataclass, field

from ..files import digest

NO_RESPONSE = "No response."        # nbgrader's comment on a solution that is as it was handed out


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
    are as they were handed out; ``notebook`` is a hash of the graded notebook, "" where there is none. ``written`` holds a
    hash of each answer that a person marks, which has no points here, and ``changed`` the names of those that are others
    than in the record before.

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
    written: dict = field(default_factory=dict)
    changed: list = field(default_factory=list)

    def after(self, earlier):
        """This Record as the next one of a submission, after an earlier one or None."""
        before = earlier.written if earlier else {}
        return dataclasses.replace(self, changed=[name for name, answer in self.written.items()
                                                  if name in before and before[name] != answer])

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


@dataclass(frozen=True)
class Entry(Record):
    """A Record as the gradebook has it: ``tasks`` hold what counts, whether a program or a person gave it.

    ``by_hand`` names the tasks in which a person gave points, ``late`` is the penalty for handing in late, and
    ``comments`` are those of the solution cells, by grade_id. ``to_mark`` names the written answers that no person has
    marked since they were handed in.
    """

    by_hand: tuple = ()
    late: float = 0.0
    comments: dict = field(default_factory=dict)
    to_mark: tuple = ()

    @classmethod
    def of(cls, record, **changes):
        """The Entry of a Record, as it is in the gradebook before a person looks at it."""
        fields = {each.name: getattr(record, each.name) for each in dataclasses.fields(Record)}
        return cls(**fields | {"comments": dict.fromkeys(record.unanswered, NO_RESPONSE),
                               "to_mark": tuple(record.written)} | changes)

    @property
    def final(self):
        """True if the mark may be passed on: no person has to look, or to mark."""
        return self.graded and not self.to_mark

    @property
    def status(self):
        """ "graded", "needs attention" or "to be marked"."""
        return "to be marked" if self.graded and self.to_mark else super().status

    @property
    def total(self):
        return max(0.0, super().total - self.late)

    def shown(self):
        """A hash of what its feedback page shows of the gradebook."""
        return digest(repr((sorted(self.points.items()), self.late, sorted(self.comments.items()),
                            sorted(self.to_mark))).encode())


def no_points(possible):
    """The tasks of a record in which nothing is earned, from {task: points that it can earn}."""
    return {task: Mark(0.0, points) for task, points in possible.items()}


def sentence(words):
    """A reason as a record holds it: with a capital letter and a full stop; "" stays."""
    return words and words[0].upper() + words[1:].removesuffix(".") + "."
