"""The rules of a course, in its policy.toml: due dates, what a late hand-in costs, extensions, tasks that count otherwise.

    [due]
    02_logistic = 2026-11-20T23:59:59+01:00        # or Z for UTC

    [late]
    percent = 10                 # of the points earned, for each day that has begun
    per = "day"                  # or "hour"
    grace_minutes = 15           # later than that, the whole time counts
    at_most = 50                 # percent
    nothing_after_days = 7       # then no point is left
    free_days = 3                # days of a term that cost nothing, used up in the order of the due dates

    [[extension]]
    student = "al123"
    assignment = "02_logistic"   # all of them if it is left out
    days = 2                     # and hours

    [[task]]
    assignment = "02_logistic"
    task = "train"
    counts = "full"              # all points for everybody who handed in; "nothing": it is left out; "bonus": on top

What cannot be read was handed in, so "full" counts for it too; its mark is not final until a person has looked.

nnlib regrade 02_logistic --preview shows what that changes, before nnlib grade or nnlib regrade count so. nbgrader's own
hook asks what is late. A due date goes into its gradebook with the next nnlib grade; one that does not stand here is
nbgrader's own: nbgrader db assignment add 02_logistic --duedate="2026-11-20 23:59:59 UTC".
"""
import datetime
import difflib
import math
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from nbgrader.plugins import BasePlugin

from ..errors import GradingError
from ..places import Places
from ..record import RULES
from ..tasks import find_course, gradable
from . import roster

FILE = "policy.toml"
SECONDS = {"hour": 3600, "day": 86400}
NUMBER = int, float


@dataclass(frozen=True)
class Extension:
    """More time for a student, in one assignment or in all ("")."""

    student: str
    assignment: str = ""
    days: float = 0
    hours: float = 0

    @property
    def seconds(self):
        return self.days * SECONDS["day"] + self.hours * SECONDS["hour"]


@dataclass(frozen=True)
class Counting:
    """How a task of an assignment counts, decided for everybody: one of RULES."""

    assignment: str
    task: str
    counts: str


@dataclass(frozen=True)
class Policy:
    """The rules of a course. A number that is not given is the one that changes nothing."""

    percent: float = 0
    per: str = "day"
    grace_minutes: float = 0
    at_most: float = 100
    nothing_after_days: float = math.inf
    free_days: float = 0
    extensions: tuple = ()
    countings: tuple = ()
    due: dict = field(default_factory=dict)

    def lateness(self, student, assignment, seconds):
        """Seconds that count as late, extensions and grace considered."""
        seconds -= sum(extension.seconds for extension in self.extensions
                       if extension.student == student and extension.assignment in ("", assignment))
        return seconds if seconds > 60 * self.grace_minutes else 0

    def share(self, student, assignment, seconds, earlier=()):
        """Share of the points earned that is lost, from 0 to 1.

        ``earlier`` are the (assignment, seconds late) of what the student handed in before, by due date: they use up
        free days first.
        """
        late = self.lateness(student, assignment, seconds)
        if late > self.nothing_after_days * SECONDS["day"]:
            return 1.0
        free = self.free_days
        for name, before in earlier:
            free -= min(free, days(self.lateness(student, name, before)))
        begun = math.ceil(max(late - free * SECONDS["day"], 0) / SECONDS[self.per])
        return min(self.percent * begun, self.at_most) / 100


def days(seconds):
    """Days that have begun."""
    return math.ceil(max(seconds, 0) / SECONDS["day"])


def load(root):
    """The Policy of a course.

    Raises    GradingError if policy.toml is not one, or names nobody and nothing that there is
    """
    path = Path(root, FILE)
    if not path.is_file():
        return Policy()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GradingError(f"{path}: {error}.\nWrite it as the first lines of nnlib/grading/term/policy.py show.") from None
    known(path, "", given, {"due": dict, "late": dict, "extension": list, "task": list})
    late = checked(path, "[late] ", given.get("late", {}), Policy, but=("extensions", "countings", "due"))
    if late.get("per", "day") not in SECONDS:
        raise GradingError(f"{path}: [late] per is {late['per']!r}, expected \"hour\" or \"day\".\nSay one of them.")
    extensions = tuple(Extension(**checked(path, f"extension {number}: ", each, Extension))
                       for number, each in enumerate(given.get("extension", []), 1))
    countings = tuple(Counting(**checked(path, f"task {number}: ", each, Counting))
                      for number, each in enumerate(given.get("task", []), 1))
    persons = [person.id for person in roster.load(root)]
    for number, extension in enumerate(extensions, 1):
        there(path, f"extension {number}", "student", extension.student, persons or [extension.student])
        there(path, f"extension {number}", "assignment", extension.assignment, ["", *gradable(root)])
    for number, counting in enumerate(countings, 1):
        there(path, f"task {number}", "assignment", counting.assignment, gradable(root))
        there(path, f"task {number}", "way to count", counting.counts, [*RULES])
    for name, when in given.get("due", {}).items():
        there(path, "[due]", "assignment", name, gradable(root))
        if not isinstance(when, datetime.datetime) or when.tzinfo is None:
            raise GradingError(f"{path}: [due] {name} is {when}, expected a date, a time and its distance from UTC.\n"
                               f"Write it as in {name} = 2026-11-20T23:59:59+01:00.")
    return Policy(**late, extensions=extensions, countings=countings, due=given.get("due", {}))


def rules(root, assignment, tasks):
    """{task: one of RULES} of the tasks of an assignment that count otherwise than its text says.

    Raises    GradingError as ``load`` does, or if a task is not among ``tasks``
    """
    countings = [each for each in load(root).countings if each.assignment == assignment]
    for each in countings:
        there(Path(root, FILE), assignment, "task", each.task, [*tasks])
    return {each.task: each.counts for each in countings}


def known(path, where, given, types):
    """Check the names and types of a table.

    Raises    GradingError that names the one that is wrong
    """
    for key, value in given.items():
        if key not in types:
            close = difflib.get_close_matches(key, types, n=1)
            raise GradingError(f"{path}: {where}{key!r} is unknown, expected {', '.join(types)}.\n"
                               + (f"Did you mean {close[0]}?" if close else "Take it out."))
        if not isinstance(value, types[key]) or isinstance(value, bool) or types[key] is NUMBER and not value >= 0:
            words = {NUMBER: "a number of at least 0", str: "a text in quotes", dict: "a table [due] or [late]",
                     list: "tables [[extension]] or [[task]]"}
            raise GradingError(f"{path}: {where}{key} is {value!r}, expected {words[types[key]]}.\nCorrect it.")


def checked(path, where, given, form, but=()):
    """The table again, if it has what a class asks for."""
    if not isinstance(given, dict):
        raise GradingError(f"{path}: {where}it is {given!r}, expected a table.\nWrite it as [[extension]] or [[task]].")
    asked = [each for each in fields(form) if each.name not in but]
    known(path, where, given, {each.name: str if each.type is str else NUMBER for each in asked})
    missing = [each.name for each in asked if each.default is MISSING and each.name not in given]
    if missing:
        raise GradingError(f"{path}: {where}it has no {missing[0]}.\nSay which it is: {missing[0]} = \"...\"")
    return given


def there(path, where, what, name, names):
    """Check that there is a student, an assignment or a task of a name, else GradingError."""
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        advice = f"Did you mean {close[0]!r}?" if close else f"There is: {', '.join(map(repr, filter(None, names)))}."
        raise GradingError(f"{path}: {where}: there is no {what} {name!r}.\n{advice}")


def apply(c, root):
    """Let nbgrader ask the policy of a course, if it has one and no other plugin. Modifies the configuration ``c``.

    Raises    GradingError as ``load`` does
    """
    if Path(root, FILE).is_file():
        load(Places.configured(root, c))
        c.AssignLatePenalties.setdefault("plugin_class", "nnlib.grading.term.policy.LatePolicy")


class LatePolicy(BasePlugin):
    """nbgrader's hook: its parent says which assignment is asked about, and has the gradebook open."""

    def __init__(self, **options):
        super().__init__(**options)
        self.policy = load(Places.configured(find_course(), self.config))

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Points that a student loses."""
        assignment, gradebook = self.parent.assignment_id, self.parent.gradebook
        earlier = before(gradebook, student_id, assignment) if self.policy.free_days else ()
        return score * self.policy.share(student_id, assignment, total_seconds_late, earlier)


def before(gradebook, student, assignment):
    """(assignment, seconds late) of what a student handed in that was due before an assignment, by due date."""
    submissions = {each.name: each for each in gradebook.student_submissions(student)}
    due = sorted((each.assignment.duedate, name) for name, each in submissions.items() if each.assignment.duedate)
    mine = submissions[assignment].assignment.duedate, assignment
    return [(name, submissions[name].total_seconds_late) for date, name in due if (date, name) < mine]
