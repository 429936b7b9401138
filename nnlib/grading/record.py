"""The record of a submission, which the journal keeps and the gradebook gets, and its entry, which everybody is shown."""
import dataclasses
import json
from dataclasses import dataclass, field

from ..files import digest

NO_RESPONSE = "No response."        # nbgrader's comment on a solution that is as it was handed out
RULES = {                           # how a task may count, decided for everybody, and how that is said
    "full": "all points for everybody who handed in", "nothing": "left out for everybody",
    "bonus": "a bonus, on top of the points possible"}
VOID = ("full", "nothing")          # what was answered makes no difference


@dataclass(frozen=True)
class Mark:
    """What a submission earned in one task, and the names of the misconceptions that explain the rest."""

    points: float
    possible: float
    misconceptions: list = field(default_factory=list)

    def counted(self, rule):
        """This Mark as it counts under one of RULES, or under none ("")."""
        points = self.possible if rule == "full" else 0.0 if rule == "nothing" else self.points
        return dataclasses.replace(self, points=points, possible=0.0 if rule in ("nothing", "bonus") else self.possible)


@dataclass(frozen=True)
class Record:
    """One submission as it was graded: ``tasks`` holds a Mark for each task, ``reason`` why a person has to look, or "".

    ``key`` is a hash of everything that the marks depend on; ``unanswered`` holds the names of the solution cells that
    are as they were handed out; ``notebook`` is a hash of the graded notebook, "" where there is none. ``written`` holds a
    hash of each answer that a person marks, which has no points here, and ``changed`` the names of those that are others
    than in the record before, or new. ``work`` is a hash of what was handed in; ``acknowledged`` is True if a person has
    looked at it, and at the reason. ``beside`` is True if the tests ran in the student's own process. ``limits`` is a hash
    of the limits that it was graded within, "" if no cell and no call failed: then other limits would have given the same.
    ``carries`` names the students whose own values it shows in place of this student's.

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
    work: str = ""
    acknowledged: bool = False
    beside: bool = False
    limits: str = ""
    carries: list = field(default_factory=list)

    def after(self, earlier):
        """This Record as the next one of a student, after an earlier one or None. What was acknowledged stays so."""
        if earlier is None:
            return self
        changed = [name for name, answer in self.written.items() if earlier.written.get(name) != answer]
        seen = earlier.acknowledged and (earlier.work, earlier.reason) == (self.work, self.reason)
        return dataclasses.replace(self, changed=changed, acknowledged=seen)

    @property
    def graded(self):
        """True if no person has to look, or one has."""
        return not self.reason or self.acknowledged

    @property
    def status(self):
        """"graded", "needs attention" or "acknowledged"."""
        return "needs attention" if not self.graded else "acknowledged" if self.reason else "graded"

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

    def counted(self, rules):
        """This Record under {task: rule}: tasks have the points that they count for. What is void waits for nobody."""
        tasks = {task: mark.counted(rules.get(task, "")) for task, mark in self.tasks.items()}
        written = {name: answer for name, answer in self.written.items() if rules.get(name) not in VOID}
        return dataclasses.replace(self, tasks=tasks, written=written)

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
    marked since they were handed in, and ``rules`` says how tasks count, {task: one of RULES}.
    """

    by_hand: tuple = ()
    late: float = 0.0
    comments: dict = field(default_factory=dict)
    to_mark: tuple = ()
    rules: dict = field(default_factory=dict)

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
        """ "graded", "needs attention", "acknowledged" or "to be marked"."""
        return "to be marked" if self.graded and self.to_mark else super().status

    @property
    def total(self):
        return max(0.0, super().total - self.late)

    def shown(self):
        """A hash of what its feedback page shows of the gradebook."""
        marks = sorted((task, float(mark.points), float(mark.possible)) for task, mark in self.tasks.items())
        return digest(repr((marks, self.late, sorted(self.comments.items()), sorted(self.to_mark),
                            sorted(self.rules.items()))).encode())


def no_points(possible):
    """The tasks of a record in which nothing is earned, from {task: points that it can earn}."""
    return {task: Mark(0.0, points) for task, points in possible.items()}


def sentence(words):
    """A reason as a record holds it: with a capital letter and a full stop; "" stays."""
    return words and words[0].upper() + words[1:].removesuffix(".") + "."
