"""Where attackers meet the grader: one course, honest students before and after them, one run for a class of attacks.

An attacker is a builder of a submission whose honest mark is 0: ``build(notebook, folder)`` changes the released notebook
and returns it, or returns None after writing what it likes into the folder. Its docstring says what it tries.
"""
import json
import re
import shutil
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from courses import COURSE, solutions

from nnlib.grading import run
from nnlib.grading.assignments.samples import submit
from nnlib.grading.nbgrader.course import Course
from nnlib.grading.sandbox.outside import Limits
from nnlib.grading.tasks import load_tasks

NAME = "02_logistic"
OUTPUTS = {name: len(task.outputs) for name, task in load_tasks(COURSE, NAME).items()}
FULL = {name: float(task.total) for name, task in load_tasks(COURSE, NAME).items()}
# many attacks wait for the end; on a machine that is busy with other tests, too, that is their own doing
LIMITS = Limits(deadline=8, cells=2.5, call=1, cpu=4, memory=2 ** 30, processes=48, share=1e-9)
BEFORE, AFTER = "a-honest", "z-honest"
ENGINES = {"lean": True, "notebook": False}


@dataclass(frozen=True)
class Attack:
    """One attacker, and what the record has to say about it (a pattern; "" where a mark of 0 says enough)."""

    build: object
    reported: str = ""

    @property
    def name(self):
        return self.build.__name__

    @property
    def student(self):
        return "m-" + self.name.replace("_", "-")


class Attacks(dict):
    """A class of attacks by name; used as a decorator for builders: @ATTACKS or @ATTACKS(reported="...")."""

    def __call__(self, build=None, reported=""):
        if build is None:
            return lambda build: self(build, reported)
        self[build.__name__] = Attack(build, reported)
        return build


@dataclass
class Arena:
    """A run over a class of attacks: records by student, points in the gradebook, feedback pages."""

    course: Path
    limits: Limits
    records: dict
    gradebook: dict = field(default_factory=dict)

    def points(self, student):
        return self.records[student].points

    def earned(self, attack):
        return sum(self.points(attack.student).values())

    def said(self, attack):
        """Everything that the instructor is told about an attacker."""
        record = self.records[attack.student]
        return " ".join([record.reason, *record.notes])

    def feedback(self, student):
        return (self.course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")

    def check(self, attack):
        """No point, in time, and the reason is told."""
        record = self.records[attack.student]
        assert self.earned(attack) == 0
        assert sum(self.gradebook.get(attack.student, {}).values()) == 0
        assert record.seconds <= self.limits.deadline + 2
        assert re.search(attack.reported, self.said(attack)), self.said(attack)

    def check_honest(self):
        """Full marks before and after, in the records and in the gradebook."""
        for student in (BEFORE, AFTER):
            assert self.records[student].graded, self.records[student].reason
            assert self.points(student) == self.gradebook[student] == FULL


def fight(released_course, folder, attacks, engine, limits=LIMITS):
    """Grade these attacks between two honest students. Returns an Arena."""
    course = shutil.copytree(released_course, folder / "a course")
    for student in (BEFORE, AFTER):
        submit(course, NAME, student, solutions(NAME))
    for attack in attacks.values():
        path = submit(course, NAME, attack.student, {})
        notebook = attack.build(json.loads(path.read_text(encoding="utf-8")), path.parent)
        if notebook is not None:
            path.write_text(json.dumps(notebook), encoding="utf-8")
    marks = run.run(course, NAME, lean=ENGINES[engine], limits=limits, workers=1, progress=False)
    arena = Arena(course, limits, {record.student: record for record in marks.records})
    book = Course(course)
    for student, record in arena.records.items():
        if record.tasks:
            arena.gradebook[student] = {task: points for task, (points, _) in book.marks(NAME, student).items()}
    return arena


# what attackers are made from

def cell(notebook, name):
    """The cell with this grade_id."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def answer(notebook, **sources):
    """Put these sources into the solution cells."""
    for task, source in sources.items():
        cell(notebook, task)["source"] = textwrap.dedent(source)
    return notebook


def returning(notebook, value, setup=""):
    """Every function returns this expression for each of its outputs; ``setup`` runs first."""
    for task, count in OUTPUTS.items():
        values = ", ".join([value] * count)
        cell(notebook, task)["source"] = f"def {task}(*arguments):\n    return {values}"
    first = cell(notebook, "sigmoid")
    first["source"] = textwrap.dedent(setup) + "\n" + first["source"]
    return notebook


def if_found(notebook, probe):
    """Right answers, which delete themselves unless ``found()``, defined by this source, returns something true.

    So whoever can see what must not be seen gets full marks, and it does not matter how the answer is made from it.
    """
    setup = textwrap.dedent(probe) + textwrap.dedent("""
        try:
            FOUND = bool(found())
        except BaseException:
            FOUND = False
        """)
    for task, right in solutions(NAME).items():
        cell(notebook, task)["source"] = (f"{setup if task == 'sigmoid' else ''}\n{right}\n"
                                          f"if not globals().get('FOUND'):\n    del {task}")
    return notebook
