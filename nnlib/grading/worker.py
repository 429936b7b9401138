"""What a worker does: one submission in, its record and pages out. It never sees the course or the gradebook."""
import contextlib
import copy
import hashlib
import tempfile
import time
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .. import quick_jsonschema  # noqa: F401, before what else imports jsonschema

# isort: split
import nbformat
from nbgrader.utils import parse_utc

from ..files import digest
from .assignments import own
from .assignments.assignment import files
from .assignments.ordinary import released_notebook
from .assignments.reduced_library import clear_libraries, reduced_library
from .beside import grade_beside
from .errors import NeedsAttention
from .one_notebook import code_digest, grade_notebook
from .record import Entry, Record, no_points, sentence
from .reports.feedback import exporter, page, with_message
from .sandbox.outside import Limits, Sandbox, cgroup, isolation, owned_folder
from .secret import secret
from .submissions.choose import choose
from .submissions.normalise import named, normalise, same_text

SPARE = 2.0                         # seconds beyond its deadline in which a submission gets its page, or a plain one
PUT_BACK = "A cell of the assignment was changed; it was put back."


@dataclass(frozen=True)
class Setup:
    """Everything that grading the submissions of one assignment needs, as plain data that can travel.

    ``files`` are those of ``assignment.files``. Neither they nor the secret of the course are shown where it is printed.
    ``hidden`` are paths that a submission must not see, where they are on the machine that grades. ``own`` is what
    ``own.made_for`` gives; it changes only what is said of whose values a submission carries, and marks by ``mine``.
    """

    assignment: str
    files: tuple = field(repr=False)
    secret: str = field(repr=False)
    engine: str = "notebook"
    unsafe: bool = False
    limits: Limits = Limits()
    hidden: tuple = ()
    own: dict = field(default_factory=dict)

    @classmethod
    def of(cls, root, assignment, **options):
        """The Setup of an assignment of a course."""
        return cls(assignment, tuple(files(root, assignment).items()), secret(root), own=own.made_for(root, assignment),
                   **options)

    def mine(self, student):
        """A hash of the own values that a notebook was made with for a student, "" if there is none."""
        return self.own.get(student, "")

    def digest(self):
        """A hash of everything that marks depend on, but for limits that no submission meets."""
        return digest(self.assignment.encode(), repr((self.engine, self.unsafe)).encode(), self.secret.encode(),
                      *(part for path, content in self.files for part in (path.encode(), content)))

    def limits_digest(self):
        """A hash of the limits."""
        return digest(repr(self.limits).encode())

    @property
    def isolation(self):
        """What keeps student code apart here, as a record says it."""
        return "none" if self.unsafe else isolation()


class Graded(NamedTuple):
    """One submission: its record for the journal, the notebook and the feedback page as text."""

    record: Record
    notebook: str
    feedback: str


class Worker:
    """A warm sandbox and the assignment, ready for one submission after another."""

    def __init__(self, setup):
        self.setup = setup
        self.closing = contextlib.ExitStack()
        clear_leftovers()
        folder = self.closing.enter_context(owned_folder.folder())
        for path, content in setup.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        self.assignment = released_notebook(folder, setup.assignment)
        library = self.closing.enter_context(reduced_library(self.assignment))
        self.sandbox = self.closing.enter_context(
            Sandbox(setup.limits, library, setup.unsafe, kernels=setup.engine == "notebook", hidden=setup.hidden))

    def grade(self, submission, key):
        """Graded of a Submission. This returns for every submission, even a hostile one."""
        start = time.monotonic()
        until = start + self.setup.limits.deadline + SPARE
        assignment, notes, tampered, carries = self.assignment, list(submission.notes), [], []
        try:
            if submission.problem:
                raise NeedsAttention(submission.problem)
            cells, choice = choose(submission, assignment)
            assignment, plain, carries = own.judged_by(cells, assignment, submission.student, self.setup.secret,
                                                       self.setup.own)
            notebook, more, tampered = normalise(cells, assignment)
            notes += plain + choice + more
            tasks, reason, limited = self.mark(notebook, assignment, submission, until)
            left = unanswered(notebook, assignment)
            written = {named(cell): digest(cell.source.encode()) for cell in notebook.cells
                       if named(cell) in assignment.written and named(cell) not in left}
        except NeedsAttention as error:
            reason, limited = str(error), False
            notebook = copy.deepcopy(assignment.released)
            tasks, left, written = {}, unanswered(notebook, assignment), {}
        said = sentence(reason) or (PUT_BACK if tampered else "")        # to the student: nobody is accused on a page
        reason = sentence(reason or " ".join(tampered))
        with_message(notebook, said, self.setup.unsafe, self.assignment.beside)
        text = nbformat.writes(notebook)
        record = Record(submission.student, self.setup.assignment, key, self.setup.engine, self.setup.isolation,
                        no_points(self.assignment.possible) | tasks, reason=reason, notes=notes[:20],
                        timestamp=date(submission.files), unanswered=left, written=written, work=submission.digest(),
                        beside=self.assignment.beside, limits=self.setup.limits_digest() if limited else "", carries=carries,
                        notebook=hashlib.sha256(text.encode()).hexdigest())
        exporter().learn(self.assignment.released)
        feedback = page(notebook, Entry.of(record), until)
        return Graded(replace(record, seconds=round(time.monotonic() - start, 2)), text, feedback)

    def mark(self, notebook, assignment, submission, until):
        """Marked of a normalised notebook. Modifies the notebook: outputs, reports and points.

        As with nbgrader, the assignment's own files take the place of a student's.
        """
        files = submission.files | assignment.data
        if assignment.beside:
            return grade_beside(notebook, assignment, self.sandbox, files, until)
        work = code_digest(notebook, files)
        return grade_notebook(notebook, assignment, self.sandbox, self.setup.engine, files,
                              lambda task: assignment.seed(self.setup.secret, submission.student, work, task), until)

    def close(self):
        self.closing.close()


def clear_leftovers():
    """Remove the folders and control groups of workers that were killed."""
    owned_folder.clear(tempfile.gettempdir())
    clear_libraries()
    cgroup.clear()


def unanswered(notebook, assignment):
    """grade_ids of the solutions that are empty, or still as they were handed out."""
    return [named(cell) for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")
            and (not cell.source.strip() or same_text(cell.source, assignment.cells[named(cell)].source))]


def date(files):
    """When a submission was handed in, as nbgrader's exchange notes it in timestamp.txt; "" without a date in it."""
    try:
        return str(parse_utc(files.get("timestamp.txt", b"")[:100].decode("ascii").strip() or None) or "")
    except Exception:                        # the parser of dates fails, or warns, in any way it likes
        return ""
