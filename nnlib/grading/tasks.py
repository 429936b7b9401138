"""The tasks of an assignment: what only the grader knows, read from exercises/<assignment>/tasks.py."""
import difflib
import hashlib
import importlib.util
import inspect
import linecache
import os
import textwrap
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import places
from .comparison.carried import switchable
from .errors import GradingError

UNCHANGED = "inputs unchanged"      # the one row of points that no output and no case names

# the label of a case in which a difference of two values, divided by a step, has lost the digits that the slope is made of
FAR = "numbers too large for differences"

# everything that finds the gradient of any function by itself, and the self-checks that need it
GRADIENTS = ("value", "differences.numerical_gradient", "differences.gradcheck", "differences.in_place_gradient",
             "check.gradient", "check.backward")


@dataclass(frozen=True)
class Case:
    """One call: a label that feedback may show, and arguments (arrays and numbers) that it may not.

    Cases of a ``group`` ("large scores") earn the row of points of that name, all others the rows of
    the outputs.
    """

    label: str
    arguments: tuple
    group: str = ""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that students really give, and the sentence that helps them."""

    function: Callable
    hint: str

    @property
    def name(self):
        return self.function.__name__


@dataclass(frozen=True)
class Task:
    """A function to write. Its grade_id is ``name`` for the solution cell, ``test_<name>`` for the graded one.

    ``cases(rng)`` yields Case after Case, the worked example of the notebook first. ``points`` maps rows
    to points: a row is an output, a group of cases, or UNCHANGED. An output's row is earned by right
    values in every case outside groups; a group's row by right values there too. Changed inputs cost
    the row UNCHANGED where a task has it, else every row.

    Where many answers are right, ``view(*outputs, *arguments)`` gives what they have in common, and that is compared
    instead: a value for each of ``views``, which are the rows then. It gets float64 arrays of any shape, and raises
    ValueError with a sentence for outputs that cannot be right; the sentence must not depend on what it got.
    """

    name: str
    reference: Callable
    cases: Callable
    outputs: tuple
    points: dict
    misconceptions: tuple = ()
    tolerance: float = 1e-6
    view: Callable | None = None
    views: tuple = ()

    @property
    def total(self):
        return sum(self.points.values())

    @property
    def compared(self):
        """The names of what is compared: the views where the task has some, else the outputs."""
        return self.views or self.outputs

    def draw(self, seed):
        """The cases of one seed: the same seed gives the same numbers, today and next year."""
        return list(self.cases(np.random.default_rng(seed)))


@dataclass(frozen=True)
class Written:
    """An answer in words, or in code, that a person marks. Its cell has the grade_id ``name``.

    ``rubric`` maps what the answer has to say, in Markdown, to points. It is shown below the answer to the person who marks,
    and on the feedback page.
    """

    name: str
    rubric: dict
    misconceptions = ()                 # as a Task has them

    @property
    def total(self):
        return sum(self.rubric.values())

    def as_markdown(self):
        """The rubric as a list."""
        lines = [f"- {says} ({points:g})" for says, points in self.rubric.items()]
        return "\n".join([f"**Rubric of {self.name}**\n", *lines])


@dataclass(frozen=True)
class OwnValues:
    """What differs from student to student in one task, as ``OWN`` of a tasks.py.

    The locked cell ``cell`` of the notebook shows the values: its source is ``shown(values)``. ``draw(rng)`` draws those of
    a student, all of them equally hard. The tasks.py has them under ``name``, and what it needs of them it looks up there:
    references, misconceptions and cases of a student's tasks find the student's values. What stands in the file are those
    of the plain notebook.
    """

    task: str
    cell: str
    name: str
    draw: Callable
    shown: Callable


def changes(reference, *rows):
    """Misconceptions that differ from a reference in one place.

    A row is a name, the words of the reference's source that change, what stands there instead, and the hint.

    Raises    ValueError unless the words stand in the source exactly once
    """
    source = textwrap.dedent(inspect.getsource(reference))
    return tuple(Misconception(changed(reference, source, name, old, new), hint) for name, old, new, hint in rows)


def changed(reference, source, name, old, new):
    """The function of this name that one change makes of a reference; inspect finds its source."""
    if source.count(old) != 1:
        raise ValueError(f"{name}: {old!r} stands {source.count(old)} times in {reference.__name__}, expected once")
    text = source.replace(old, new).replace(f"def {reference.__name__}(", f"def {name}(", 1)
    filename = f"<{name}, {zlib.crc32(text.encode()):08x}>"
    linecache.cache[filename] = len(text), None, text.splitlines(keepends=True), filename
    made = {}
    exec(compile(text, filename, "exec"), reference.__globals__, made)
    return made[name]


def default_seed(assignment, name):
    """A seed that differs from task to task and is the same for every student."""
    return int.from_bytes(hashlib.sha256(f"{assignment}/{name}".encode()).digest()[:8], "big")


def load_tasks(course, assignment, own=None):
    """The tasks of an assignment by name, in the order of the notebook, with these own values of a student if given."""
    module = task_module(course, assignment)
    if own is not None:
        setattr(module, module.OWN.name, own)
    if not hasattr(module, "TASKS"):
        raise GradingError(f"{assignment}: tasks.py has no list TASKS.\nWrite one Task for each graded cell.")
    tasks = {task.name: task for task in module.TASKS}
    switchable(tasks)
    return tasks


def load_written(course, assignment):
    """The answers that a person marks, by name; none if tasks.py has no list WRITTEN."""
    answers = getattr(task_module(course, assignment), "WRITTEN", [])
    for answer in answers:
        if not isinstance(answer, Written) or not isinstance(answer.rubric, dict):
            raise GradingError(f"{assignment}/tasks.py: WRITTEN holds {answer!r}, expected answers with a rubric.\n"
                               'Write each as Written("why", {"what it has to say": 1, "and what else": 2}).')
    return {answer.name: answer for answer in answers}


def load_own(course, assignment):
    """The OwnValues of an assignment, or None.

    Raises    GradingError if they are about a task, or are to stand under a name, that tasks.py does not have
    """
    module = task_module(course, assignment)
    own = getattr(module, "OWN", None)
    if own is None:
        return None
    tasks = [task.name for task in module.TASKS]
    if own.task not in tasks:
        raise GradingError(f"{assignment}/tasks.py: OWN names the task {own.task!r}, expected one of {', '.join(tasks)}.\n"
                           "Give it the name of the task that differs from student to student.")
    if not hasattr(module, own.name):
        raise GradingError(f"{assignment}/tasks.py: OWN keeps the values under {own.name!r}, and nothing has that name.\n"
                           f"Write {own.name} = ... with the values of the plain notebook.")
    return own


def plain_values(course, assignment):
    """The values of the plain notebook, for an assignment that has OwnValues."""
    module = task_module(course, assignment)
    return getattr(module, module.OWN.name)


def load_hints(course, assignment):
    """{task: hints for who is stuck, from vague to exact}; none if tasks.py has no HINTS."""
    hints, tasks = getattr(task_module(course, assignment), "HINTS", {}), load_tasks(course, assignment)
    unknown = [name for name in hints if name not in tasks]
    if unknown:
        raise GradingError(f"{assignment}/tasks.py: HINTS names {unknown[0]!r}, expected some of: {', '.join(tasks)}.\n"
                           "Give them the name of their task.")
    return hints


def task_module(course, assignment):
    """The module tasks.py of an assignment.

    Raises    GradingError if there is no such assignment, or it has no tasks.py, or that cannot be run
    """
    path = assignment_folder(course, assignment) / "tasks.py"
    if not path.is_file():
        raise GradingError(f"{assignment}: {path} does not exist.\nWrite it: the hidden tests are made from its TASKS.")
    spec = importlib.util.spec_from_file_location("nnlib_tasks_" + assignment, path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:                      # the author's code can fail in any way
        raise slip(path, error) from error
    return module


def slip(path, error):
    """GradingError for an exception that a tasks.py raised, with the last of its lines that were run."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
              if Path(frame.filename).absolute() == path.absolute()]
    line = error.lineno if isinstance(error, SyntaxError) else frames[-1] if frames else 1
    words = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    return GradingError(f"{path.parent.name}/{path.name}, line {line}: {words}.\nRepair it, and try again.")


def assignments(course):
    """Names of the assignments of a course: the folders <name> that hold <name>.py."""
    return sorted(path.stem for path in Path(course).glob("*/*.py") if path.stem == path.parent.name)


def with_tasks(course):
    """Names of the assignments of a course that have a tasks.py, in the order of the alphabet."""
    return sorted(path.parent.name for path in Path(course).glob("*/tasks.py"))


def ordinary(course):
    """Names of the ordinary nbgrader assignments of a course: those with a source that is not made from a text of ours."""
    return sorted({*places.of(course).with_source()} - {*assignments(course), *with_tasks(course)})


def gradable(course):
    """Names of the assignments of a course, ours and ordinary ones."""
    return [*assignments(course), *ordinary(course)]


def assignment_folder(course, assignment):
    """The folder of an assignment's sources, else GradingError that names what there is."""
    known = gradable(course)
    if assignment not in known:
        close = difflib.get_close_matches(assignment, known, n=1)
        raise GradingError(f"there is no assignment {assignment!r}.\n" + (
            f"Did you mean {close[0]}?" if close else f"{Path(course)} holds: {', '.join(known) or 'none'}."))
    return places.of(course).source(assignment) if assignment in ordinary(course) else Path(course, assignment)


def find_course():
    """The course root: $NNLIB_COURSE, which nbgrader_config.py sets, or the nearest folder above with that file."""
    if os.environ.get("NNLIB_COURSE"):
        return Path(os.environ["NNLIB_COURSE"])
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise GradingError(f"found no nbgrader_config.py in {here} or above it.\n"
                       "Start in the course folder, or set NNLIB_COURSE to it.")
