"""Grade every submission of an assignment: what is new goes to the workers, what they give back to the gradebook."""
import contextlib
import dataclasses
import difflib
import hashlib
import json
import os
import re
import sys
from pathlib import Path

from tqdm import tqdm

from ..files import digest, digest_of_files, replacing
from . import pool
from .assignments import own
from .assignments.assignment import defined
from .assignments.ordinary import released_notebook
from .assignments.samples import sample_course, write_samples
from .assignments.sound import require_sound
from .errors import GradingError, Interrupted, require
from .journal import Journal
from .nbgrader import changes, gradebook
from .nbgrader.course import Course
from .record import Entry, Record, no_points, sentence
from .reports import class_report
from .reports.feedback import page
from .reports.marks import Marks, without_names
from .reports.suspicion import suspicions, used_by_references
from .sandbox.outside import Limits, isolation, obstacle
from .submissions.read import read, shown, students, unfit
from .tasks import assignment_folder, assignments, load_tasks, ordinary
from .term import policy
from .worker import Graded, Setup


def run(root, assignment, *, only=None, lean=False, unsafe=False, everything=False, workers=None, dask=None, db=None,
        limits=None, progress=True, anew=False, hidden=(), hand_ins=None, acknowledge=(), anonymous=False):
    """Grade the submissions of an assignment that are new or changed, all of them if ``everything``. Returns Marks.

    With ``only``, names of students, it grades their submissions; the marks of the others stand in the table as they are.
    Student code runs in a sandbox, and is compared outside it; ``unsafe`` does without the sandbox, and labels the marks.
    The tests of an ordinary nbgrader assignment run beside the student's code, in the sandbox; that labels the marks too.
    A run that was interrupted or killed is continued by the next one. ``anew``: tasks may have come or gone since hand-ins.
    ``hidden`` are more paths that a submission must not see than those of this course; ``hand_ins`` are the Places of
    another course whose submissions are graded.
    Those in ``acknowledge`` need no more attention: a person has looked. With ``anonymous`` there is a second report, and
    a table, without names.

    Raises    GradingError if there is nothing to grade, the assignment has a slip, or grading cannot work here
    """
    if db:
        gradebook.check(db)
    has_text = assignment in assignments(root)
    if has_text:                                     # before nbgrader's settings are read, which makes source notebooks
        require_sound(root, assignment)
    course = Course(root, db)
    places = course.places
    assignment_folder(places, assignment)
    hand_ins = hand_ins or places
    everybody = students(hand_ins, assignment)
    if not everybody:
        raise GradingError(f"{assignment}: there are no submissions.\nPut them into "
                           f"{places.submitted('<student>', assignment) / f'{assignment}.ipynb'}.")
    names = everybody if only is None else chosen(only, everybody, assignment)
    if not unsafe and not dask and isolation() is None:
        raise GradingError(f"nnlib grade: nothing on this machine keeps student code apart from the marks: {obstacle()}\n"
                           "What holds here is shown by nnlib doctor.")
    if not has_text:
        require_sound(places, assignment)
    own.require_same(places, assignment, names)
    if lean and assignment in ordinary(places):
        raise GradingError(f"{assignment}: --lean keeps no values of cells, and those of its tests are points.\n"
                           "Leave --lean out: the tests of this assignment stand in its notebook.")
    fit(course, assignment, anew)
    course.generate_assignment(assignment)           # tests as they stand in the text now
    released = released_notebook(places, assignment)
    rules, due = policy.rules(places, assignment, released.possible), policy.load(places).due
    possible = {task: mark.counted(rules.get(task, "")).possible for task, mark in no_points(released.possible).items()}
    limits = limits or Limits.of(time_out(course.config))
    setup = Setup.of(places, assignment, engine="lean" if lean else "notebook", unsafe=unsafe, limits=limits,
                     hidden=(*course.hidden, *hidden))
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(course.root / "journal.jsonl", assignment))
        book = stack.enter_context(gradebook.opened(course))
        bar = stack.enter_context(progress_bar(len(names), progress))
        if dask:
            submit, count = stack.enter_context(pool.cluster(setup, dask))
        else:
            count = workers or pool.fitting(limits.memory)
            submit = stack.enter_context(pool.processes(setup, count, limits.deadline + pool.MARGIN))
        gradebook.weigh(book, assignment, possible)
        if assignment in due:
            gradebook.set_due(book, assignment, due[assignment])
        try:
            with gradebook.saving(book, assignment, rules) as save:
                known = gradebook.scores(book, assignment)
                acknowledged(journal, acknowledge, save)
                todo = changed(places, hand_ins, setup, names, journal, known, save, bar, rules, everything)
                for (submission, key), graded, trouble in pool.results(submit, todo, 2 * count):
                    keep(places, journal, save, graded or Graded(ungraded(
                        setup, submission.student, trouble, key, no_points(released.possible), submission.digest()), "",
                        ""), submission.files)
                    bar.update()
        except KeyboardInterrupt:
            raise Interrupted(f"nnlib grade: stopped after {bar.done} of {len(names)} submissions.\n"
                              "Nothing is lost: the same command goes on where this one stopped.") from None
        gradebook.penalize(book, assignment, course.config)
        records = [journal.records[name].counted(rules) for name in map(shown, everybody) if name in journal.records]
        entries = gradebook.entries(book, assignment, records, rules)
        roster = gradebook.roster(book)
    show_what_people_gave(places, entries)
    marks = Marks(assignment, possible, entries, places, roster, rules)
    marks.write_csv()
    tasks, needs = released.tasks | released.written, {} if released.beside else used_by_references(released.tasks)
    class_report.write(marks.paths["class report"], assignment, tasks, entries,
                       suspicions(entries, solutions(places, entries), needs), roster=roster,
                       page=lambda record: pages(places, record)[1])
    if anonymous:
        marks = without_names(marks)
        sources = ((marks.aliases[student], answers) for student, answers in solutions(places, entries))
        class_report.write(marks.paths["anonymous report"], assignment, tasks, marks.records,
                           suspicions(marks.records, sources, needs))
    return marks


def time_out(config):
    """Seconds for a submission as nbgrader's settings have them for a cell, or None."""
    seconds = config.Execute.get("timeout")
    return seconds if isinstance(seconds, (int, float)) and seconds > 0 else None


def chosen(only, everybody, assignment):
    """Those of everybody whose names are given, else GradingError that names the first who handed in nothing."""
    missing = next((name for name in only if name not in everybody), None)
    if missing is not None:
        close = difflib.get_close_matches(missing, everybody, n=1)
        raise GradingError(f"{assignment}: there is no submission of {shown(missing)!r}.\n" + (
            f"Did you mean {shown(close[0])!r}?" if close else "Names are those of the folders that were handed in."))
    return [name for name in everybody if name in only]


def fit(course, assignment, anew):
    """Make the gradebook's cells those of the text. Graded ones come or go only if somebody has asked for it."""
    with gradebook.opened(course) as book:
        came, went = changes.changed_tasks(book, course.places, assignment)
        if (came or went) and not anew:
            words = [f"{what}: {', '.join(names)}" for names, what in ((came, "new"), (went, "gone")) if names]
            raise GradingError(f"{assignment}: its graded cells are others than before ({'; '.join(words)}).\nnnlib regrade "
                               f"{assignment} --preview shows who gains and who loses; without --preview it is done.")
        changes.fit(book, course.places, assignment)


def changed(places, hand_ins, setup, names, journal, known, save, bar, rules, everything):
    """Yield (submission, key) of every submission that has to be graded. The others are left as they are.

    They lie in the Places ``hand_ins``, their pages in ``places``. ``known`` are the points in the gradebook; ``save``
    writes a record into it.
    """
    fixed = digest(setup.digest().encode(), source())
    for name in names:
        trouble = unfit(name)
        if trouble:
            reason = f"The name of the folder cannot stand in a gradebook: {trouble}; rename it."
            record = ungraded(setup, shown(name), reason).after(journal.records.get(shown(name)))
            if journal.records.get(record.student) != record:
                journal.append(record)
            bar.update()
            continue
        submission = read(hand_ins, setup.assignment, name)
        key = digest(fixed.encode(), submission.digest().encode(), *filter(None, [setup.mine(name).encode()]))
        record = journal.records.get(name)
        if everything or not valid(record, key, setup) or not kept(places, record, submission.files):
            yield submission, key
            continue
        if record.counted(rules).points != known.get(name):
            save(record)                        # killed between journal and gradebook, or the gradebook was lost
        bar.update()


def valid(record, key, setup):
    """True if there is a record, and everything that its marks depend on is as it was."""
    return record is not None and record.key == key and record.limits in ("", setup.limits_digest())


def acknowledged(journal, students, save):
    """A person has looked at these submissions: they need no more attention until they, or the reason, are others."""
    waiting = [record.student for record in journal.records.values() if not record.graded]
    for student in students:
        record = journal.records.get(student)
        if record is None or not record.reason:
            raise GradingError(f"nnlib grade: {student} does not need attention, expected one of those who do: "
                               f"{', '.join(waiting) or 'nobody'}.\nSay whose case you have looked at.")
        record = dataclasses.replace(record, acknowledged=True)
        journal.append(record)
        if record.tasks:                                 # else the name of the folder cannot stand in a gradebook
            save(record)


def ungraded(setup, student, reason, key="", tasks=(), work=""):
    """The Record of a submission that no worker has graded."""
    return Record(student, setup.assignment, key, setup.engine, setup.isolation, dict(tasks), sentence(reason), work=work)


def keep(places, journal, save, graded, files):
    """Files first, then the journal, then the gradebook: wherever a run is killed, the next one finds what is missing.

    ``files`` are those beside the notebook. As nbgrader's converters do, they go along: the exchange files a page by them.
    """
    record = graded.record.after(journal.records.get(graded.record.student))
    feedback = graded.feedback and graded.feedback + stamp(Entry.of(record))
    for path, text in zip(pages(places, record), (graded.notebook, feedback)):
        fill(path.parent, companions(files) | {path.name: text.encode()} if text else {})     # no old marks beside new ones
    journal.append(record)
    save(record)


def show_what_people_gave(places, entries):
    """Make the page of each Entry again that says something else than the gradebook: marks, comments, a penalty."""
    nbformat = require("nbformat")
    for entry in entries:
        notebook, path = pages(places, entry)
        if entry.notebook and notebook.is_file() and not shows(path, entry):
            text = page(nbformat.read(notebook, as_version=4), entry)
            with replacing(path) as file:
                file.write((text + stamp(entry)).encode())


def stamp(entry):
    """The last line of a page: the hash of what it shows of the gradebook."""
    return f"\n<!-- {entry.shown()} -->\n"


def shows(path, entry):
    """True if a page shows what the Entry has."""
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        end = stamp(entry).encode()
        file.seek(-min(len(end), path.stat().st_size), os.SEEK_END)
        return file.read() == end
    return False


def companions(files):
    """The files that go along with a page: all but pages of the student's own, which would be released as feedback."""
    return {name: content for name, content in files.items() if not name.lower().endswith((".html", ".htm"))}


def fill(folder, files):
    """Let a folder hold these files, {path: bytes}, and nothing that was there before."""
    for path in sorted(folder.rglob("*"), reverse=True):               # what is in a folder comes before it
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):                         # it holds files that stay
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)


def pages(places, record):
    """Where the graded notebook and the feedback page of a submission lie, as nbgrader expects them."""
    student, name = record.student, record.assignment
    return places.autograded(student, name) / f"{name}.ipynb", places.feedback(student, name) / f"{name}.html"


def kept(places, record, files):
    """True if the pages of a record and the files beside them are there, and the notebook is the one that was graded."""
    notebook, feedback = pages(places, record)
    beside = (Path(page.parent, name) for page in (notebook, feedback) for name in companions(files))
    return (notebook.is_file() and feedback.is_file() and all(path.is_file() for path in beside)
            and hashlib.sha256(notebook.read_bytes()).hexdigest() == record.notebook)


def solutions(places, records):
    """Yield (student, {task: the solution as it was handed in}) of every record that has a graded notebook.

    What a student's own cells define under the name of a task belongs to its solution.
    """
    for record in records:
        path, _ = pages(places, record)
        if path.is_file():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            roles = [(cell["metadata"].get("nbgrader"), "".join(cell["source"])) for cell in cells
                     if cell["cell_type"] == "code"]
            answers = {role["grade_id"]: source for role, source in roles
                       if role and role["solution"] and not role["grade"]}
            for text in (text for role, text in roles if not role):
                for task in named(text) & answers.keys():
                    answers[task] += "\n" + text
            yield record.student, answers


def named(source):
    """Names that a cell gives to something, read as text."""
    return defined(source) | set(re.findall(r"^(\w+)\s*=", source, re.MULTILINE))


def source():
    """nnlib's own source: what it grades with may change what it finds."""
    folder = Path(__file__).parents[1]
    return digest_of_files(folder.rglob("*.py"), folder).encode()


class progress_bar(tqdm):
    """Submissions per minute and the time left; ``done`` counts them even where nothing is shown."""

    def __init__(self, total, progress):
        self.done = 0
        super().__init__(total=total, file=sys.stdout, **({} if progress else {"disable": True}), bar_format=(
            "grade: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt} submissions, {per_minute} a minute, {remaining} left"))

    def update(self, n=1):
        self.done += n
        return super().update(n)

    @property
    def format_dict(self):
        values = super().format_dict
        rate = values["rate"] or (values["n"] / values["elapsed"] if values["elapsed"] else 0)
        return values | {"per_minute": f"{60 * rate:.0f}"}


def demo(root, assignment="02_logistic", folder=None, progress=True, **options):
    """Grade sample submissions in a course of their own, made in ``folder``. Returns Marks.

    The samples are made from the assignment: right, partly right, wrong, untouched, and one that raises. They are our
    own, so they are graded even where there is no sandbox, and the marks say so. The instructor's own submissions and
    gradebook are not touched.

    Modifies  folder (<root>/_build/sample-course if None), which is emptied first
    Raises    GradingError if ``folder`` holds something else
    """
    root = Path(root).absolute()
    load_tasks(root, assignment)
    folder = Path(folder).absolute() if folder else root / "_build" / "sample-course"
    sample_course(root, assignment, folder)
    course = Course(folder)
    course.places.require_within(folder, "nnlib grade --demo")
    course.generate_assignment(assignment)
    write_samples(course.places, assignment)
    unsafe = options.pop("unsafe", False) or isolation() is None
    return run(folder, assignment, progress=progress, unsafe=unsafe, **options)
