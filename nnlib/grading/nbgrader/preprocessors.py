"""The trusted grading inside stock nbgrader: two preprocessors of its autograde, switched on by ``course.trusted``."""
import atexit
from pathlib import Path

from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from ..assignments.assignment import Assignment
from ..errors import GradingError, NeedsAttention
from ..submissions.normalise import normalise
from ..submissions.read import cells_of, read_data
from ..tasks import find_course
from ..worker import Setup, Worker
from .course import hidden


class Normalise(NbGraderPreprocessor):
    """Puts everything that decides what is graded back as it was handed out."""

    def preprocess(self, nb, resources):
        try:
            notebook, notes, _ = normalise(cells_of(nb), Assignment(find_course(), resources["nbgrader"]["assignment"]))
        except (GradingError, NeedsAttention) as error:
            raise NbGraderException(str(error)) from None
        for note in notes:
            self.log.warning(note)
        return notebook, resources


class TrustedExecute(NbGraderPreprocessor):
    """Replaces Execute: runs the cells in a sandbox, compares outside it, and writes the points."""

    unsafe = Bool(False, help="Grade without a sandbox where there is none.").tag(config=True)
    workers = {}                                            # for each assignment one, kept until nbgrader ends

    def preprocess(self, nb, resources):
        name, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        data, notes = read_data(Path(resources["metadata"]["path"]), f"{name}.ipynb")
        try:
            if name not in self.workers:
                paths = hidden(CourseDirectory(config=self.config), self.config)
                self.workers[name] = Worker(Setup.of(find_course(), name, unsafe=self.unsafe, hidden=paths))
                atexit.register(self.workers[name].close)
            _, reason = self.workers[name].mark(nb, student, data)
        except (GradingError, NeedsAttention) as error:
            if isinstance(error, GradingError) and name in self.workers:
                self.workers.pop(name).close()              # the sandbox may be broken: the next one gets a new one
            raise NbGraderException(str(error)) from None
        for note in (*notes, *filter(None, [reason])):
            self.log.warning(note)
        return nb, resources
