"""A submission in the form of its assignment: nothing that a student hands in decides what is graded.

Graded and locked cells come from the assignment, with its points and metadata. A student's own cells, the
solutions among them, keep their text and their place.
"""
import copy
import re
from typing import NamedTuple

from ..assignments.assignment import defined
from ..errors import require
from .read import SKIP


class Normalised(NamedTuple):
    """A notebook that is safe to grade, what was repaired in it, and which repairs look like tampering."""

    notebook: object
    notes: list
    tampered: list


def normalise(cells, assignment):
    """Normalised from the Cells of a submission."""
    v4 = require("nbformat.v4")
    places = find(cells, assignment)
    owners = {index: grade_id for grade_id, index in places.items()}
    notes, tampered = [], []
    notebook = v4.new_notebook(metadata=copy.deepcopy(assignment.released.metadata))
    used = {*assignment.cells}
    for index, cell in enumerate(cells):
        if index in owners:
            if not fits(cell, assignment.cells[owners[index]]):
                notes.append(f"The answer to {owners[index]} is a cell of text; it is graded as code.")
            notebook.cells.append(restored(cell, owners[index], assignment, notes, tampered))
        else:
            if second_answer(cell, cells, places, assignment):
                notes.append(f"Two cells have the name {cell.grade_id}, with different code; the last one counts.")
            elif cell.grade_id:
                notes.append(f"A cell with the name {cell.grade_id[:40]!r} is taken for a cell of the student's own.")
            notebook.cells.append(own(v4, cell, index, used, assignment))
    put_back(notebook, assignment, notes)
    return Normalised(notebook, notes + tampered, tampered)


def find(cells, assignment):
    """{grade_id: index} of the cells of the assignment. Of two copies the last one counts, as in nbgrader.

    Code that is kept as text beside the answer does not count: it does not run in the student's notebook. Where no code
    defines what was asked for, the text is the answer, as with nbgrader: one key makes text of a cell.
    An answer in words counts in a cell of any kind, for a person reads it.
    A cell that lost its metadata is found by its id, a locked one by its text, a solution by what it defines.
    """
    places = {cell.grade_id: index for index, cell in enumerate(cells)
              if cell.grade_id in assignment.cells and fits(cell, assignment.cells[cell.grade_id])}
    ways = (lambda cell, template: cell.id == template.id,
            lambda cell, template: template.metadata.nbgrader.locked and same_text(cell.source, template.source),
            lambda cell, template: template.metadata.nbgrader.solution and defined(template.source) & defined(cell.source))
    for way in ways:
        for grade_id, template in assignment.cells.items():
            if grade_id not in places:
                free = [index for index, cell in enumerate(cells)
                        if index not in places.values() and fits(cell, template) and way(cell, template)]
                if len(free) == 1:
                    places[grade_id] = free[0]
    written = set().union(*(defined(cell.source) for cell in cells if cell.kind == "code"))
    for index, cell in reversed([*enumerate(cells)]):
        template = assignment.cells.get(cell.grade_id)
        if template and cell.grade_id not in places and template.metadata.nbgrader.solution \
                and not defined(template.source) & written:
            places[cell.grade_id] = index
    return places


def fits(cell, template):
    """True if a cell is of the kind that its template asks for."""
    return cell.kind == template.cell_type or template.cell_type == "markdown" and template.metadata.nbgrader.solution


def second_answer(cell, cells, places, assignment):
    """True if a cell holds code for a solution that another cell of the same name replaces, with other code."""
    template = assignment.cells.get(cell.grade_id)
    return bool(template) and template.metadata.nbgrader.solution and fits(cell, template) and \
        not same_text(cell.source, cells[places[cell.grade_id]].source)


def restored(cell, grade_id, assignment, notes, tampered):
    """The assignment's own cell; only a solution keeps the student's text. What was once handed out is not tampering."""
    template = assignment.cells[grade_id]
    ours, role = copy.deepcopy(template), template.metadata.nbgrader
    if not role.locked:
        ours.source = cell.source
        attach(ours, cell)
    elif not (same_text(cell.source, template.source) or assignment.was_handed_out(grade_id, cell.source)):
        (tampered if role.grade else notes).append(f"The cell {role.grade_id} was edited.")
    if role.grade and cell.points not in (None, role.points) and not assignment.was_handed_out(grade_id, cell.points):
        tampered.append(f"The points of the cell {role.grade_id} were changed.")
    return ours


def own(v4, cell, index, used, assignment):
    """A cell of the student's own, without metadata. It is skipped if the student, or the assignment, has it skipped."""
    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[cell.kind]
    ours = make(cell.source)
    fine = re.fullmatch(r"(?!own-|rubric-)[\w-]{1,64}", cell.id, re.ASCII) and cell.id not in used
    ours.id = cell.id if fine else f"own-{index}"
    attach(ours, cell)
    used.add(ours.id)
    if cell.skipped or any(cell.id == each.id or same_text(cell.source, each.source) for each in assignment.skipped):
        ours.metadata["tags"] = [SKIP]
    return ours


def attach(ours, cell):
    """Give our cell the pictures of a student's, if it is one that shows them."""
    if ours.cell_type == "markdown" and cell.attachments:
        ours.attachments = cell.attachments


def put_back(notebook, assignment, notes):
    """Insert the locked and graded cells that are missing, each after the one that it follows in the assignment."""
    after = 0
    for grade_id, template in assignment.cells.items():
        index = next((i for i, cell in enumerate(notebook.cells) if named(cell) == grade_id), None)
        if index is None and (template.metadata.nbgrader.locked or template.metadata.nbgrader.grade):
            notes.append(f"The cell {grade_id} was missing and is put back.")
            notebook.cells.insert(after, copy.deepcopy(template))
            index = after
        if index is not None:
            after = index + 1


def named(cell):
    """The grade_id of a cell of a Normalised notebook, or ""."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def same_text(a, b):
    """True if two sources differ in nothing but the white space at the ends of lines."""
    return [line.rstrip() for line in a.rstrip().split("\n")] == [line.rstrip() for line in b.rstrip().split("\n")]
