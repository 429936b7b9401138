"""Runs over many submissions: nothing is lost, nothing is graded twice, and no submission stops the others."""
import csv
import errno
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import nbgrader.api
import pytest
import quick_worker
import sqlalchemy
from click.testing import CliRunner
from dask.distributed import LocalCluster
from nbgrader.api import Gradebook

from nnlib import cli
from nnlib.grading import GradingError, one_notebook, pool, run, secret, worker
from nnlib.grading.assignments import samples
from nnlib.grading.journal import Journal
from nnlib.grading.nbgrader.gradebook import transaction
from nnlib.grading.record import Mark, Record
from nnlib.grading.sandbox.outside import Limits, cgroup, isolation
from nnlib.grading.submissions.read import read
from nnlib.grading.tasks import load_tasks
from nnlib.grading.worker import Setup

NAME = "02_logistic"
KILLS, SUBMISSIONS = 20, 50


@pytest.fixture
def course(released_course, tmp_path):
    """A course with a released assignment and nothing handed in."""
    return shutil.copytree(released_course, tmp_path / "course")


def hand_in(course, student, content="{}", **files):
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(content)
    for name, text in files.items():
        (folder / name).write_text(text)


@pytest.fixture
def quick(monkeypatch):
    """nnlib grade with workers that grade nothing, quickly."""
    monkeypatch.setattr(pool, "grade", quick_worker.grade)
    return quick_worker.run


def everything(course):
    """All that a run leaves behind: the gradebook, the records without their times, the pages."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grades = {(submission.student_id, g.name): (g.auto_score, g.needs_manual_grade)
                  for submission in gradebook.assignment_submissions(NAME)
                  for notebook in submission.notebooks for g in notebook.grades}
    lines = [json.loads(line) for line in (course / "journal.jsonl").read_text().splitlines()]
    records = sorted((line["student"], line["status"], str(line["tasks"])) for line in lines)
    found = {path.relative_to(course): path.read_bytes() for folder in ("autograded", "feedback")
             for path in (course / folder).rglob("*") if path.is_file() and not path.name.startswith(".")}
    return grades, records, found


# kill -9

def test_runs_killed_at_random_moments_leave_what_an_undisturbed_run_leaves(released_course, tmp_path):
    courses = [shutil.copytree(released_course, tmp_path / name) for name in ("undisturbed", "killed")]
    for course in courses:
        for number in range(SUBMISSIONS):
            hand_in(course, f"student-{number:02}", json.dumps({"number": number}))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["nnlib.grading.run", "nnlib.grading.worker", "nbgrader.apps", "jupytext"])
    chance = random.Random(5)
    journal = courses[1] / "journal.jsonl"
    for kill in range(KILLS):
        process = context.Process(target=quick_worker.run_forking, args=(courses[1], NAME), kwargs={"workers": 2})
        process.start()
        wanted = SUBMISSIONS * kill // KILLS + chance.randint(0, 2)
        while process.is_alive() and (not journal.exists() or journal.read_bytes().count(b"\n") < wanted):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
    for course in courses[::-1]:
        process = context.Process(target=quick_worker.run_forking, args=(course, NAME), kwargs={"workers": 2})
        process.start()
        process.join()
        assert process.exitcode == 0
    grades, records, found = everything(courses[1])
    assert (grades, records, found) == everything(courses[0])
    assert (len(grades), len(records), len(found)) == tuple(n * SUBMISSIONS for n in (len(quick_worker.TASKS), 1, 2))


# the journal

def record(student, **changes):
    given = {"key": "", "engine": "lean", "isolation": "bubblewrap", "tasks": {"loss": Mark(2.0, 3, ["loss_clipped"])}}
    return Record(student, NAME, **given | changes)


def test_a_record_comes_back_from_the_journal_as_it_was(tmp_path):
    full = record("ada", reason="It is late.", notes=["A note."], timestamp="2026-11-28 01:00:00", unanswered=["step"],
                  seconds=1.5, notebook="abc")
    for number, wrote in enumerate((record("bo"), full)):
        with Journal(tmp_path / f"{number}.jsonl", NAME) as journal:
            journal.append(wrote)
        with Journal(tmp_path / f"{number}.jsonl", NAME) as journal:
            assert journal.records == {wrote.student: wrote}


FORMER = ('{"student": "ada", "assignment": "02_logistic", "key": "k", "status": "graded", "reason": "", "engine": "lean", '
          '"isolation": "none", "tasks": {"loss": {"points": 2.0, "possible": 3.0, "misconceptions": ["loss_clipped"]}}, '
          '"notes": [], "timestamp": "", "unanswered": [], "seconds": 1.5}')           # as version 0.1 wrote it


def test_a_journal_of_the_former_version_is_read_and_its_keys_are_still_written(tmp_path):
    (tmp_path / "journal.jsonl").write_text(FORMER + "\n")
    with Journal(tmp_path / "journal.jsonl", NAME) as journal:
        found = journal.records["ada"]
    assert found.graded and found.unprotected and found.points == {"loss": 2.0} and found.total == 2.0
    new = {"notebook": "", "acknowledged": False, "changed": [], "work": "", "written": {}, "beside": False, "limits": "",
           "carries": []}
    assert json.loads(found.to_json()) == json.loads(FORMER) | new


def test_a_record_with_a_reason_needs_attention():
    assert (record("ada").graded, record("ada").status) == (True, "graded")
    assert (record("ada", reason="Look.").graded, record("ada", reason="Look.").status) == (False, "needs attention")


@pytest.mark.parametrize("line", ["[]", "7", "{", '{"student": "ada"}', FORMER.replace('"possible": 3.0, ', ""),
                                  FORMER.replace('"key": "k", ', ""), FORMER.replace('"misconceptions"', '"mistakes"'),
                                  FORMER.replace('{"loss"', '[{"loss"').replace("]}}", "]}}]")], ids=range(8))
def test_a_line_that_is_not_a_record_is_shown_with_what_to_do(tmp_path, line):
    (tmp_path / "journal.jsonl").write_text(f"{FORMER}\n{line}\n")
    with pytest.raises(GradingError, match="a line is not a record (.|\n)*Take the line out"):
        Journal(tmp_path / "journal.jsonl", NAME).__enter__()


def test_a_torn_last_line_of_the_journal_is_ignored_and_cut_off(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path, NAME) as journal:
        journal.append(record("ada"))
    path.write_bytes(path.read_bytes() + b'{"student": "bo", "assi')
    with Journal(path, NAME) as journal:
        assert list(journal.records) == ["ada"]
        journal.append(record("carl"))
    assert [json.loads(line)["student"] for line in path.read_text().splitlines()] == ["ada", "carl"]


def test_two_runs_at_once_are_refused(tmp_path):
    with Journal(tmp_path / "journal.jsonl", NAME):
        with pytest.raises(GradingError, match="another nnlib grade is at work"):
            Journal(tmp_path / "journal.jsonl", NAME).__enter__()


def test_a_transaction_that_fails_leaves_nothing_behind(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        with pytest.raises(ZeroDivisionError):
            with transaction(gradebook):
                gradebook.update_or_create_student("ada")
                1 / 0
        with transaction(gradebook):
            gradebook.update_or_create_student("bo")
        assert [student.id for student in gradebook.students] == ["bo"]


# what is said

def test_nbgrader_is_quiet_and_a_warning_or_an_error_of_our_own_is_not(course, quick, monkeypatch, capsys):
    class Talking(Gradebook):
        def find_assignment(self, *arguments):
            warnings.warn("about a query of nbgrader's", stacklevel=1)
            print("a log of nbgrader's", file=sys.stderr)
            return super().find_assignment(*arguments)

    def keep(*arguments):
        warnings.warn("about a mark", stacklevel=1)
        print("a line of our own", file=sys.stderr)
        kept(*arguments)

    kept = run.keep
    monkeypatch.setattr(nbgrader.api, "Gradebook", Talking)
    monkeypatch.setattr(run, "keep", keep)
    hand_in(course, "ada")
    with pytest.warns(UserWarning) as seen:
        quick(course, NAME)
    assert [str(warning.message) for warning in seen] == ["about a mark"]
    assert capsys.readouterr().err == "a line of our own\n"


# what is graded again

def test_only_changed_submissions_are_graded_again(course, quick):
    for student in ("ada", "bo"):
        hand_in(course, student, "{}")
    quick(course, NAME)
    before = (course / "journal.jsonl").read_text().splitlines()
    hand_in(course, "bo", "[]")
    quick(course, NAME)
    after = (course / "journal.jsonl").read_text().splitlines()
    assert after[:2] == before and [json.loads(line)["student"] for line in after[2:]] == ["bo"]
    quick(course, NAME, everything=True)
    assert len((course / "journal.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize("change", [
    lambda course: (course / NAME / "tasks.py").write_text((course / NAME / "tasks.py").read_text() + "\n# another\n"),
    lambda course: (course / ".secret").write_text("another\n"),
    lambda course: shutil.rmtree(course / "autograded"),
    lambda course: (course / "feedback" / "ada" / NAME / f"{NAME}.html").unlink(),
], ids=["tasks.py", "secret", "autograded", "feedback"])
def test_what_marks_depend_on_makes_them_new(course, quick, change):
    hand_in(course, "ada")
    quick(course, NAME)
    change(course)
    quick(course, NAME)
    assert len((course / "journal.jsonl").read_text().splitlines()) == 2


def test_with_other_limits_only_those_are_graded_again_for_whom_they_may_matter(course, quick):
    for student in ("ada", "odd"):
        hand_in(course, student)
    for limits in (Limits(), Limits(), Limits.of(120)):
        quick(course, NAME, limits=limits)
    assert [json.loads(line)["student"] for line in (course / "journal.jsonl").read_text().splitlines()] == [
        "ada", "odd", "odd"]


def test_a_lost_gradebook_is_written_again_from_the_journal(course, quick):
    for student in ("ada", "bo"):
        hand_in(course, student)
    quick(course, NAME)
    before = everything(course)
    (course / "gradebook.db").unlink()
    quick(course, NAME)
    assert everything(course) == before


def test_points_that_a_person_gave_stay(course, quick):
    hand_in(course, "ada")
    quick(course, NAME)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_grade("test_loss", NAME, NAME, "ada").manual_score = 2.5
        gradebook.db.commit()
    quick(course, NAME, everything=True)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.find_grade("test_loss", NAME, NAME, "ada")
        assert found.score == 2.5 and found.needs_manual_grade


def test_the_secret_is_made_once_and_is_for_its_owner_only(course, quick):
    hand_in(course, "ada")
    quick(course, NAME)
    secret = (course / ".secret").read_text()
    assert len(secret.strip()) == 64 and (course / ".secret").stat().st_mode & 0o777 == 0o600
    quick(course, NAME)
    assert (course / ".secret").read_text() == secret


def test_of_two_first_runs_at_once_both_get_the_secret_of_the_one_that_wrote_it_first(tmp_path, monkeypatch):
    others = []

    def token_hex(length):
        if not others:
            others.append("")                                   # the other run comes just before this one writes
            others[0] = secret.secret(tmp_path)
        return made(length)

    made = secret.secrets.token_hex
    monkeypatch.setattr(secret.secrets, "token_hex", token_hex)
    assert secret.secret(tmp_path) == others[0] == (tmp_path / ".secret").read_text().strip()
    assert [path.name for path in tmp_path.iterdir()] == [".secret"]


def test_a_run_that_ends_while_it_makes_the_secret_leaves_none(tmp_path, monkeypatch):
    def interrupted(length):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(secret.os, "fsync", interrupted)
        secret.secret(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(secret.secret(tmp_path)) == 64


def test_a_secret_is_made_where_files_cannot_be_linked(tmp_path, monkeypatch):
    def refuses(*paths):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(secret.os, "link", refuses)
    assert len(secret.secret(tmp_path)) == 64
    assert [path.name for path in tmp_path.iterdir()] == [".secret"]


def test_an_empty_secret_is_refused_with_what_to_do(tmp_path):
    (tmp_path / ".secret").touch()
    with pytest.raises(GradingError, match="is empty, expected the secret(.|\n)*graded again"):
        secret.secret(tmp_path)


# workers

def test_a_worker_that_dies_is_replaced_and_its_submission_tried_once_more(course, quick, tmp_path):
    for student in ("ada", "zoe"):
        hand_in(course, student)
    hand_in(course, "dies-once", marker=str(tmp_path / "marker"))
    hand_in(course, "dies-always")
    old = course / "feedback" / "dies-always" / NAME / f"{NAME}.html"
    old.parent.mkdir(parents=True)
    old.write_text("Score: 16.0 / 16.0")
    marks = quick(course, NAME, workers=2)
    assert not old.exists(), "an old page shows marks that no longer count"
    assert list(marks.attention) == ["dies-always"]
    assert "Grading failed 2 times" in marks.attention["dies-always"]
    assert all(sum(marks.points["dies-always"].values()) == 0 < len(marks.points[student]) for student in marks.points)


@pytest.mark.parametrize("files, room", [
    ({"memory.limit_in_bytes": "1000", "memory.usage_in_bytes": "700", "memory.stat": "total_inactive_file 100"}, 400),
    ({"memory.max": "1000", "memory.current": "700", "memory.stat": "inactive_file 100"}, 400),
    ({"memory.max": "max", "memory.current": "700", "memory.stat": "inactive_file 100"}, float("inf")),
    ({}, float("inf")),
], ids=["version 1", "version 2", "no limit", "no group"])
def test_workers_fit_into_the_memory_of_their_container(tmp_path, monkeypatch, files, room):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(cgroup, "own", lambda controller: [tmp_path / "gone", tmp_path])
    assert cgroup.room() == room
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(3))
    assert pool.fitting(200) == min(3, room / 200)


@pytest.fixture
def journeys(monkeypatch):
    """The Setups that this process has sent away."""
    sent = []

    def reduce(setup, protocol):
        sent.append(setup)
        return object.__reduce_ex__(setup, protocol)

    monkeypatch.setattr(Setup, "__reduce_ex__", reduce)
    return sent


def test_files_and_secret_are_sent_to_a_worker_once_and_not_with_every_submission(course, quick, journeys):
    for number in range(6):
        hand_in(course, f"student-{number}")
    quick(course, NAME, workers=1)
    assert len(journeys) == 1


def test_the_secret_of_a_course_is_not_shown_where_its_setup_is_printed(course):
    setup = Setup.of(course, NAME)
    assert len(setup.secret) == 64 and setup.secret not in repr(setup) and len(repr(setup)) < 1000


def test_a_submission_that_never_ends_is_stopped(course, quick, monkeypatch):
    monkeypatch.setattr(pool, "MARGIN", 2)
    for student in ("ada", "never-ends", "zoe"):
        hand_in(course, student, marker=str(course / "begun"))
    marks = quick(course, NAME, workers=1, limits=Limits(cells=1, deadline=1))
    assert marks.attention == {"never-ends": "Grading did not end, and was stopped."}


def test_a_folder_with_a_hostile_name_needs_attention_and_stops_nobody(course, quick):
    hand_in(course, "ada")
    folder = os.fsencode(course / "submitted") + b"/\xff\n,16.0"
    os.makedirs(folder + b"/" + NAME.encode())
    marks = quick(course, NAME)
    assert list(marks.attention) == ["\\udcff\\n,16.0"]
    assert list(marks.points["ada"]) == list(quick_worker.TASKS)
    str(marks).encode()


def test_a_name_with_a_comma_is_one_field_of_the_csv(course, quick):
    hand_in(course, "Lovelace, Ada(al123)")
    marks = quick(course, NAME)
    with open(marks.paths["marks as CSV"], encoding="utf-8", newline="") as file:
        row, = csv.DictReader(file)
    assert row["student_id"] == "Lovelace, Ada(al123)" and float(row["score"]) == marks.records[0].total


# the command

def test_a_session_that_does_not_start_is_no_end_of_the_run(monkeypatch):
    class Able:
        def grade(self, submission, key):
            raise GradingError("sandbox: a session does not start")

        def close(self):
            closed.append(self)

    closed, able = [], Able()
    monkeypatch.setattr(pool, "setups", {"run": None})
    monkeypatch.setattr(pool, "workers", {"run": able})
    with pytest.raises(RuntimeError, match="^GradingError: sandbox: a session does not start$") as caught:
        pool.grade("run", None, "")
    assert not isinstance(caught.value, GradingError)        # pool.results tries again, in a new sandbox
    assert closed == [able]


def test_an_accident_of_the_grader_is_tried_again_and_costs_no_marks(course, monkeypatch):
    """The system, short of memory, kills the server that a session was forked from."""
    samples.submit(course, NAME, "ada", samples.solutions(course, NAME))
    setup = Setup.of(course, NAME, engine="lean")
    submission = read(course, NAME, "ada")
    run_cells = one_notebook.run_cells

    def struck(*arguments):
        able.sandbox.process.kill()
        return run_cells(*arguments)

    monkeypatch.setattr(pool, "setups", {"run": setup})
    able = pool.worker("run")
    with monkeypatch.context() as patched:
        patched.setattr(one_notebook, "run_cells", struck)
        with pytest.raises(RuntimeError, match="ended from outside"):
            pool.grade("run", submission, "")
    try:
        record = pool.grade("run", submission, "").record
    finally:
        pool.close()
    assert record.graded and record.total == 26


@pytest.mark.parametrize("student, code, words", [("ada", 0, "ada"), ("dies-always", 2, "Grading failed 2 times"),
                                                  (None, 1, "there are no submissions")])
def test_the_exit_code_says_whether_somebody_has_to_look(course, quick, monkeypatch, student, code, words):
    if student:
        hand_in(course, student)
    monkeypatch.setattr(cli, "course_folder", lambda: course)
    result = CliRunner().invoke(cli.main, ["grade", NAME, "--lean", "--workers", "1"])
    assert result.exit_code == code and words in result.output


HERE = """
import sys
import quick_worker
from nnlib import cli
from nnlib.grading import pool

pool.grade = quick_worker.grade
cli.main(["grade", sys.argv[1], "--lean", "--workers", "1"])
"""


def test_the_command_imports_and_reads_nothing_of_the_folder_it_is_started_in(course):
    """Of a submission, say: every file there is a student's, whatever its name."""
    hand_in(course, "ada")
    root = course.rename(course.parent / "exercises")
    (root.parent / "_toc.yml").touch()
    folder = root / "submitted" / "ada" / NAME
    for name in ("numpy", "nbformat", "nbgrader", "json", "sqlalchemy", "alembic", "pebble", "sitecustomize",
                 "nbgrader_config", "jupyter_config", "nnlib"):
        (folder / f"{name}.py").write_text(f"open({str(root.parent / 'imported')!r}, 'a').write('{name} ')")
    (folder / ".numba_config.yaml").write_text("cache_dir: .")
    done = subprocess.run([sys.executable, "-P", "-c", HERE, NAME], cwd=folder, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)})
    assert done.returncode == 0, done.stderr
    assert not (root.parent / "imported").exists(), (root.parent / "imported").read_text()


INTERRUPTED = """
import signal
import sys
from pathlib import Path
import quick_worker
from nnlib import cli
from nnlib.grading import pool


def wait(waiting, *, wait=pool.wait, **options):
    if len(waiting) == 1:
        Path(sys.argv[3]).touch()                        # everything else is kept
    return wait(waiting, **options)


signal.signal(signal.SIGINT, signal.default_int_handler)     # tests in the background of a shell ignore it
pool.grade, pool.wait = quick_worker.grade, wait
cli.course_folder = lambda: Path(sys.argv[1])
cli.main(["grade", sys.argv[2], "--lean", "--workers", "1"])
"""


def test_control_c_ends_a_run_at_once_and_the_next_one_goes_on(course, quick):
    begun, alone = course.parent / "begun", course.parent / "alone"
    for student in ("ada", "bo", "never-ends"):
        hand_in(course, student, marker=str(begun))
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, course, NAME, alone],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
                               env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)})
    journal = course / "journal.jsonl"
    end = time.monotonic() + 60
    while not (begun.exists() and alone.exists()):       # the third submission is under way
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)                # as a terminal does
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 130 and "stopped after 2 of 3 submissions" in errors and "Traceback" not in errors
    shutil.rmtree(course / "submitted" / "never-ends")
    assert list(quick(course, NAME).points) == ["ada", "bo"]
    assert len(journal.read_text().splitlines()) == 2


# other databases

@pytest.fixture(params=["SQLite that insists on foreign keys", "PostgreSQL"])
def database(request, tmp_path):
    """The address of an empty database."""
    if request.param == "PostgreSQL":
        url = os.environ.get("NNLIB_TEST_POSTGRESQL") or pytest.skip("NNLIB_TEST_POSTGRESQL names no database")
        engine = sqlalchemy.create_engine(url)
        tables = sqlalchemy.MetaData()
        tables.reflect(engine)
        tables.drop_all(engine)
        yield url
        return
    insist = sqlalchemy.engine.Engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON")
    sqlalchemy.event.listen(*insist)
    yield f"sqlite:///{tmp_path / 'other.db'}"
    sqlalchemy.event.remove(*insist)


def test_another_database_holds_the_same_marks(course, quick, database):
    for number in range(30):
        hand_in(course, f"student-{number:02}", json.dumps({"number": number}))
    quick(course, NAME)
    quick(course, NAME, db=database)                   # nothing is graded again: the marks come from the journal
    held = []
    for url in (f"sqlite:///{course}/gradebook.db", database):
        with Gradebook(url) as gradebook:
            held.append({(submission.student_id, grade.name): grade.auto_score
                         for submission in gradebook.assignment_submissions(NAME)
                         for notebook in submission.notebooks for grade in notebook.grades})
    assert held[0] == held[1] and len(held[0]) == 30 * len(quick_worker.TASKS) and sum(held[0].values()) > 0


@pytest.mark.parametrize("url, words", [
    ("nonsense", "is not the address of a database"),
    ("postgresql://ada:secret@127.0.0.1:1/marks",
     r"postgresql://ada:\*\*\*@127.0.0.1:1/marks: the database does not answer"),
    ("sqlite:////no/such/folder/x.db", "does not answer: unable to open"),
    ("oracle://ada:secret@host/marks", "the driver oracledb is not installed"),
])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(course, quick, url, words):
    hand_in(course, "ada")
    with pytest.raises(GradingError, match=words) as caught:
        quick(course, NAME, db=url)
    assert "secret" not in str(caught.value)


ORDINARY = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"] if os.getuid() == 0 else []
GRADE = """
import os, sys
from nnlib.grading import run
for lean in (True, False):
    marks = run.run(sys.argv[1], sys.argv[2], lean=lean, workers=1, everything=True, progress=False)
    print(os.getuid(), marks.records[0].status, marks.records[0].isolation, marks.records[0].points == eval(sys.argv[3]))
"""


def test_a_user_without_rights_grades_in_the_sandbox_too(course):
    samples.submit(course, NAME, "ada", samples.solutions(course, NAME))
    full = {name: float(task.total) for name, task in load_tasks(course, NAME).items()}
    done = subprocess.run([*ORDINARY, sys.executable, "-c", GRADE, course, NAME, repr(full)], capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"{1000 if ORDINARY else os.getuid()} graded bubblewrap True"] * 2, done.stderr


# Dask

@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as cluster:
        yield cluster


def test_a_cluster_gives_the_marks_of_this_machine(course, cluster):
    samples.write_samples(course, NAME)
    there = run.run(course, NAME, lean=True, unsafe=isolation() is None, dask=cluster.scheduler_address, progress=False)
    assert [sum(points.values()) for points in there.points.values()] == [26, 23, 12, 22, 13, 0]
    assert not there.attention
    before = (course / "journal.jsonl").read_text()
    run.run(course, NAME, lean=True, unsafe=isolation() is None, workers=1, progress=False)
    assert (course / "journal.jsonl").read_text() == before                        # the same keys: nothing to grade again


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "tcp://127.0.0.1.example.org:8786", "ucx://a"])
def test_the_secret_of_the_course_does_not_travel_unencrypted(address):
    with pytest.raises(GradingError, match="would travel unencrypted.\nLet the scheduler listen on tls://"):
        pool.cluster(None, address).__enter__()


def test_a_submission_whose_dask_worker_dies_is_given_to_another(course, cluster, quick, tmp_path):
    for student in ("ada", "zoe"):
        hand_in(course, student)
    hand_in(course, "dies-once", marker=str(tmp_path / "marker"))
    marks = quick(course, NAME, dask=cluster.scheduler_address)
    assert not marks.attention and len(marks.points) == 3


def test_a_process_that_nobody_watches_over_ends_when_a_submission_holds_it_even_without_any_python():
    source = ("from types import SimpleNamespace as Of\nfrom nnlib.grading import pool\npool.MARGIN = 0.1\n"
              "pool.prepare('run', Of(limits=Of(deadline=0.1)), alone=True)\n"
              "with pool.last_resort('run'):\n    pass\n"
              "sum(range(10 ** 8))\nprint('calm', flush=True)\n"
              "with pool.last_resort('run'):\n    sum(range(10 ** 12))")
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "calm\n") and "Timeout" in done.stderr


def test_a_cluster_gets_files_and_secret_once(course, cluster, quick, journeys):
    for number in range(6):
        hand_in(course, f"student-{number}")
    assert len(quick(course, NAME, dask=cluster.scheduler_address).records) == 6
    assert len(journeys) <= 2


def test_a_dask_worker_with_several_threads_grades_one_submission_at_a_time_and_its_owner_is_told(course, monkeypatch):
    two, together = threading.Barrier(2), []

    class Slow:
        """A worker that waits a little for another submission to arrive meanwhile."""

        def __init__(self, setup):
            self.setup = setup

        def grade(self, submission, key):
            try:
                two.wait(timeout=0.3)
                together.append(submission.student)
            except threading.BrokenBarrierError:
                two.reset()
            return quick_worker.graded(self.setup, submission, key)

        def close(self):
            pass

    monkeypatch.setattr(worker, "Worker", Slow)
    for student in ("ada", "bo", "carl"):
        hand_in(course, student)
    with LocalCluster(n_workers=1, threads_per_worker=4, processes=False, dashboard_address=":0",
                      silence_logs=50) as threads:
        with pytest.warns(UserWarning, match=r"4 threads in one worker.*\n.*dask worker .* --nthreads 1 --nworkers"):
            marks = run.run(course, NAME, lean=True, dask=threads.scheduler_address, progress=False)
    assert together == [] and not marks.attention and len(marks.records) == 3
    assert pool.setups == pool.workers == {}                           # nothing of the run is left in the worker


def test_a_cluster_that_is_not_there_is_said(course, quick):
    hand_in(course, "ada")
    with pytest.raises(GradingError, match="no scheduler answers"):
        quick(course, NAME, dask="tcp://127.0.0.1:9")


def test_a_cluster_without_workers_is_said_with_how_to_start_some(course, quick):
    hand_in(course, "ada")
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0", silence_logs=50) as empty:
        with pytest.raises(GradingError, match="no workers.\nStart them with: dask worker .* --nthreads 1 --nworkers"):
            quick(course, NAME, dask=empty.scheduler_address)
