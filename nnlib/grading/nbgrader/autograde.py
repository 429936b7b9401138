"""nbgrader autograde, and formgrader's button for it, as ``course.trusted`` makes them: they do what nnlib grade does."""
import contextlib
import fnmatch
import re

from nbgrader.converters import Autograde, NbGraderException
from traitlets import Bool

from ..errors import GradingError
from ..places import Places
from ..submissions.read import shown, students
from ..tasks import find_course, with_tasks


class TrustedAutograde(Autograde):
    """Grades assignments that have a tasks.py in the sandbox, from the files as they were handed in, links not followed.

    An assignment without one is nbgrader's own: here it goes nbgrader's way, and the log says what that means.
    """

    lean = Bool(False, help="Grade without Jupyter kernels.").tag(config=True)
    unsafe = Bool(False, help="Grade without a sandbox where there is none, and label the marks.").tag(config=True)

    def start(self):
        wanted = self.coursedir.assignment_id
        ours = [name for name in with_tasks(find_course()) if fnmatch.fnmatchcase(name, wanted)]
        for name in ours:
            try:
                self.grade(name)
            except GradingError as error:
                self.log.error("%s", error)
                raise NbGraderException(str(error)) from None
        if ours != [wanted]:                                # nbgrader takes a pattern, too
            super().start()

    def grade(self, name):
        """Grade an assignment of ours. What needs attention is a warning: its student has a page, and the others go on."""
        from .. import run  # only here: each command of nbgrader reads our settings

        root, excluded = find_course(), self.coursedir.student_id_exclude.split(",")
        chosen = [student for student in students(Places.configured(root, self.config), name)
                  if fnmatch.fnmatchcase(student, self.coursedir.student_id) and student not in excluded]
        if not chosen:
            raise GradingError(f"{name}: there is no submission of {self.coursedir.student_id!r}.")
        self.log.info("%s: student code runs %s a sandbox, and is compared outside it", name,
                      "without" if self.unsafe else "in")
        self.run_pre_convert_hook()
        with contextlib.chdir(root):                        # Numba, Jupyter and others read settings in the current folder
            marks = run.run(root, name, only=chosen, everything=self.force, lean=self.lean, unsafe=self.unsafe,
                            db=self.coursedir.db_url, progress=False)
        self.run_post_convert_hook()
        for student in map(shown, chosen):
            self.log.info("%s: %g points", student, sum(marks.points[student].values()))
            if student in marks.attention:
                self.log.warning("%s needs attention: %s", student, marks.attention[student])

    def init_notebooks(self):
        super().init_notebooks()
        ours, pattern = with_tasks(find_course()), self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        names = {folder: re.match(pattern, folder)["assignment"] for folder in self.assignments}
        self.assignments = {folder: found for folder, found in self.assignments.items() if names[folder] not in ours}
        for name in sorted({names[folder] for folder in self.assignments}):
            self.log.warning("%s has no tasks.py: nbgrader grades it, student code and tests with your rights; "
                             "nnlib grade %s keeps both in a sandbox", name, name)
