"""Which notebook of a submission counts: the one that was worked on, whatever its name, and never without a word."""
from typing import NamedTuple

from ..errors import NeedsAttention
from .normalise import find, same_text
from .read import parse

APART = 60              # seconds between two files of which one is certainly newer: a folder is copied in less


class Candidate(NamedTuple):
    """A notebook of a submission that can be read: its Cells, and {grade_id: source} of the solutions that it holds."""

    name: str
    modified: int
    cells: list
    solutions: dict


class Chosen(NamedTuple):
    """The Cells of the notebook that counts, and notes on the others."""

    cells: list
    notes: list


def choose(submission, assignment):
    """Chosen of a Submission.

    Raises    NeedsAttention if no notebook can be read, or nothing says which one counts
    """
    expected = f"{assignment.name}.ipynb"
    if len(submission.notebooks) == 1:
        only = candidate(submission.notebooks[0], assignment)
        if only.name != expected and not only.solutions:
            raise NeedsAttention(f"There is no {expected}; found {only.name}, which holds no answer to the assignment.")
        return Chosen(only.cells, [] if only.name == expected else
                      [f"There is no {expected}; {only.name} is graded, the only notebook in the folder."])
    candidates, notes = readable(submission.notebooks, assignment)
    worked = [each for each in candidates if touched(each, assignment)]
    if not worked and (notes or expected not in [each.name for each in candidates]):
        raise NeedsAttention(" ".join(["No notebook in the folder holds an answer.", *notes]))
    best = newest(worked) if worked else candidates[0]
    rest = ", ".join(each.name for each in candidates if each is not best)
    if worked and rest:
        notes.append(f"{best.name} is graded, and not {rest}: " + (
            "no other notebook was worked on." if len(worked) == 1 else
            "it was changed last." if differ(worked) else "the answers are the same."))
    return Chosen(best.cells, notes)


def candidate(notebook, assignment):
    """The Candidate that a Notebook is."""
    cells = parse(notebook.content)
    solutions = {grade_id: cells[index].source for grade_id, index in find(cells, assignment).items()
                 if assignment.cells[grade_id].metadata.nbgrader.solution}
    return Candidate(notebook.name, notebook.modified, cells, solutions)


def readable(notebooks, assignment):
    """([Candidate], notes on the notebooks that are none)."""
    candidates, notes = [], []
    for notebook in notebooks:
        try:
            candidates.append(candidate(notebook, assignment))
        except NeedsAttention as problem:
            notes.append(f"{notebook.name} is left out: {problem}")
    return candidates, notes


def touched(each, assignment):
    """True if a solution of a Candidate is another than the one that was handed out."""
    return any(not same_text(source, assignment.cells[grade_id].source) for grade_id, source in each.solutions.items())


def differ(candidates):
    """True if the Candidates do not hold the same answers."""
    return any(each.solutions != candidates[0].solutions for each in candidates)


def newest(candidates):
    """The Candidate that was changed last, the first one if all hold the same answers."""
    if not differ(candidates):
        return candidates[0]
    *_, before, last = sorted(candidates, key=lambda each: each.modified)
    if last.modified - before.modified < APART:
        raise NeedsAttention(f"{before.name} and {last.name} hold different answers, and nothing says which one counts; "
                             "keep one of them.")
    return last
