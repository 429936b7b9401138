"""A table of answers, refined by what each feedback page says: hidden inputs that change with the code make it worthless.

Everything but the sandbox is that of a run: the notebook gets its form, the digest of the code gives the inputs, and the
attacker reads the words of the graded cell.
"""
import json
import re

import pytest

from nnlib.grading.assignments.assignment import Assignment, graded_cell
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.one_notebook import ask, code_digest, write
from nnlib.grading.sandbox.outside import Limits
from nnlib.grading.submissions.normalise import named, normalise
from nnlib.grading.submissions.read import parse

NAME, TASK, ROUNDS = "02_logistic", "loss", 40
SOURCE = """
ANSWERS, calls = {}, []

def loss(x, w, b, y):
    calls.append(1)
    return ANSWERS[len(calls) - 1]
"""


class Here:
    """A session of a sandbox that is none: functions are called in this process."""

    ended, limits = "", Limits()

    def __init__(self, notebook):
        self.names = {}
        exec(next(cell.source for cell in notebook.cells if named(cell) == TASK), self.names)

    def call(self, _, function, arguments, outputs):
        return call_all(self.names[function], [Arguments(each) for each in arguments], range(outputs))


class Arguments:
    """What ``call_all`` needs of a case."""

    def __init__(self, arguments):
        self.arguments = arguments


class Attacker:
    """Knows of each case a guess and how far it is off; hands in all guesses, and reads the error of the first wrong one."""

    def __init__(self, labels):
        self.labels, self.answers, self.best = labels, [0.5] * len(labels), {}

    def learn(self, words):
        """Move the guess of the first wrong case by its error: upwards, and if that was wrong, downwards."""
        for label, error in re.findall(r"([^.:]+): (?:loss )?largest error ([\d.e+-]+)\.", words):
            place = next(i for i, each in enumerate(self.labels) if label.endswith(each))
            guess, off = self.best.get(place, (None, float("inf")))
            if float(error) < off:
                self.best[place] = self.answers[place], float(error)
                self.answers[place] += float(error)
            else:
                self.answers[place] = guess - off


@pytest.fixture(scope="module")
def assignment(released_course):
    return Assignment(released_course, NAME)


def marks_of_an_attack(assignment, released_course, seed):
    """The points for the task after each of many attempts; ``seed(work)`` is that of the hidden inputs."""
    released = (released_course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    task = {TASK: assignment.tasks[TASK]}
    attacker, marks = Attacker([case.label for case in assignment.tasks[TASK].draw(0)]), []
    for _ in range(ROUNDS):
        notebook = json.loads(released)
        answer = next(cell for cell in notebook["cells"] if cell["id"] == TASK)
        answer["source"] = SOURCE.format(attacker.answers)
        notebook = normalise(parse(json.dumps(notebook).encode()), assignment).notebook
        results = ask(task, Here(notebook), lambda _: seed(code_digest(notebook, {})))
        marks.append(write(notebook, assignment, results)[TASK].points)
        graded = next(cell for cell in notebook.cells if named(cell) == graded_cell(TASK))
        attacker.learn(graded.outputs[0].data["text/plain"])
    return marks


def test_many_attempts_buy_no_mark(assignment, released_course):
    marks = marks_of_an_attack(assignment, released_course, lambda work: assignment.seed("the secret", "eve", work, TASK))
    assert set(marks) == {0.0}


def test_they_would_if_the_inputs_stayed_the_same(assignment, released_course):
    """The attack works: it is the inputs that make it fail."""
    marks = marks_of_an_attack(assignment, released_course, lambda work: assignment.seed("the secret", "eve", "", TASK))
    assert marks[0] == 0 and marks[-1] == 3
