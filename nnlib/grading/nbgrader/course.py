"""Stock nbgrader, called in this process: its own configuration, folders and gradebook."""
import contextlib
import io
import logging
import os
import re
import shutil
import sysconfig
import tempfile
import warnings
from pathlib import Path

from ... import quick_jsonschema  # noqa: F401, before nbgrader imports jsonschema
from ..assignments import hints
from ..assignments.history import remember
from ..assignments.notebooks import update
from ..errors import DATABASE, GradingError, require
from ..places import CONFIG, STEPS, Places, of
from ..tasks import gradable, ordinary

NO_ID = "default_course"            # what nbgrader's gradebook calls a course without an id


def prepare(root, config=None):
    """What nbgrader and its kernels need to know of a course: its notebooks, and two variables of the environment.

    Returns the Places of the course with this configuration of nbgrader; those of older courses give none.
    """
    places = of(root) if config is None else Places.configured(root, config)
    update(places)
    for assignment in gradable(places):
        remember(places, assignment)                 # before a command makes it anew
    os.environ["NNLIB_COURSE"] = str(root)           # where hidden tests find tasks.py; kernels inherit it
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):        # nbgrader calls alembic by name, also where .venv is not active
        os.environ["PATH"] = scripts + os.pathsep + path
    return places


def trusted(c):
    """Let nbgrader autograde, and formgrader's button for it, grade as nnlib grade does.

    Student code runs in a sandbox and is compared outside it. nbgrader has no setting for what autogrades, so this takes
    the place of its class in this process.
    """
    from nbgrader.apps import api, autogradeapp

    from .autograde import TrustedAutograde

    api.Autograde = autogradeapp.Autograde = TrustedAutograde


def inert(c):
    """Let nothing that a student wrote be active in formgrader, which shows it with the instructor's rights.

    nbgrader's templates put Markdown into the page without nbconvert's own cleaning, so the filter has to clean it.
    """
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {"markdown2html": "nnlib.grading.markup.markdown2html",
                              "clean_html": "nnlib.grading.markup.sanitized",
                              "highlight_code": "nnlib.grading.markup.highlight_code"}


def hidden(places, coursedir, config):
    """Paths of a course that no submission may see, wherever its settings put them."""
    import sqlalchemy
    from nbgrader.exchange.default import Exchange

    exchange = Exchange(coursedir=coursedir, config=config)
    paths = [exchange.root, exchange.cache, *map(places.above, STEPS)]
    database = sqlalchemy.make_url(coursedir.db_url)
    if database.get_backend_name() == "sqlite" and database.database:
        paths.append(database.database)
    return str(places.root), str(places.base), *(str(Path(places.base, path)) for path in paths)


class Course:
    """An nbgrader course, and its Places. Each method runs one nbgrader command, and raises GradingError if that fails."""

    def __init__(self, root, db_url=None):
        self.root = Path(root).absolute()
        if not (self.root / CONFIG).is_file():
            raise GradingError(f"{self.root} holds no {CONFIG}, expected a course folder.")
        require("nbgrader")
        from nbgrader.apps import NbGraderAPI
        from nbgrader.apps.baseapp import NbGrader

        # nbgrader imports modules and reads settings from the current folder, which may be one that a student handed in
        with quiet(), contextlib.chdir(self.root):
            app = NbGrader(log_level=logging.ERROR)
            initialize(app, self.root)
            if db_url:
                app.coursedir.db_url = db_url
            app.coursedir.course_id = app.coursedir.course_id or NO_ID           # PostgreSQL insists on one
            self.api = NbGraderAPI(coursedir=app.coursedir, config=app.config)
        self.config = app.config
        self.db_url, self.course_id = app.coursedir.db_url, app.coursedir.course_id
        self.places = prepare(self.root, app.config)
        self.hidden = hidden(self.places, app.coursedir, app.config)

    def generate_assignment(self, assignment):
        release = self.places.release(assignment)
        if assignment not in ordinary(self.places):
            hints.write(self.places, assignment)
        with tempfile.TemporaryDirectory() as folder:
            if release.is_dir():
                shutil.copytree(release, Path(folder, assignment))
            try:
                self._run(f"generate_assignment {assignment}", self.api.generate_assignment, assignment)
            except GradingError:                     # nbgrader has removed what students have
                if Path(folder, assignment).is_dir():
                    shutil.copytree(Path(folder, assignment), release, dirs_exist_ok=True)
                raise
        remember(self.places, assignment)

    def autograde(self, assignment, student):
        self._run(f"autograde {assignment} --student={student}", self.api.autograde, assignment, student)

    def generate_feedback(self, assignment, student):
        self._run(f"generate_feedback {assignment} --student={student}", self.api.generate_feedback, assignment, student)

    def marks(self, assignment, student):
        """{task: (points, points possible)}, in the order of the notebook."""
        with quiet(), self.api.gradebook as gradebook:
            submission = gradebook.find_submission(assignment, student)
            return {grade.name.removeprefix("test_"): (grade.score, grade.max_score)
                    for notebook in submission.notebooks for grade in notebook.grades}

    def _run(self, command, function, *arguments):
        with quiet():
            result = function(*arguments)
        if not result["success"]:
            reason = (result.get("log") or result.get("error") or "no reason given").strip()
            if "Cannot add or remove cells" in reason:
                raise GradingError(f"{arguments[0]}: cells with a name came or went, and something was handed in already.\n"
                                   f"nnlib regrade {arguments[0]} --preview shows what that changes, and without --preview "
                                   "does it.")
            words = next((words for said, words in DATABASE.items() if said in reason), "")
            if words:
                raise GradingError(f"nbgrader {command}: {words}")
            told = re.findall(r"^\w+(?:Error|Exception): .+", reason, re.MULTILINE)              # the end of a traceback
            reason = told[-1] if told else reason
            raise GradingError(f"nbgrader {command} failed:\n{reason}\n"
                               f"Run it by hand in {self.root} to see more.")


def initialize(app, root):
    """Let nbgrader read the settings of a course.

    Raises    GradingError with what the course's own settings say of it
    """
    try:
        app.initialize([], root=str(root))
    except SystemExit as error:
        raise GradingError(str(error).removeprefix(f"{CONFIG}: ")) from None


@contextlib.contextmanager
def quiet():
    """For calls of nbgrader: without SQLAlchemy's warnings about its queries, and without its log on the screen."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
