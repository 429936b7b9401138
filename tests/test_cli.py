"""The command: what it says when something fails, and its names for things."""
import errno
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from traitlets.config import Config

from nnlib import cli
from nnlib.book import builder
from nnlib.grading import GradingError, Interrupted, pool, run
from nnlib.grading.assignments import release, sound
from nnlib.grading.nbgrader import course
from nnlib.grading.sandbox.outside import Limits
from nnlib.grading.sandbox.outside.doctor import Row

CLONE, COURSE = cli.clone, cli.course_folder


def fails(error):
    def function(*arguments, **options):
        raise error

    return function


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """A course with the name of an assignment in it, in a clone, and no process that is started ahead."""
    (tmp_path / "exercises" / "02_logistic").mkdir(parents=True)
    (tmp_path / "exercises" / "02_logistic" / "02_logistic.py").touch()
    monkeypatch.setattr(cli, "clone", lambda: tmp_path)
    monkeypatch.setattr(cli, "course_folder", lambda: tmp_path / "exercises")
    monkeypatch.setattr(pool, "start", lambda: None)


@pytest.mark.parametrize("arguments, module, name, error, code", [
    (["book"], builder, "build", builder.BookError("chapter 1 fails"), 1),
    (["exercises"], release, "generate", GradingError("the text is broken"), 1),
    (["exercises", "--check", "02_logistic"], sound, "require_sound", GradingError("line 36"), 1),
    (["grade", "04_graphs", "--demo"], run, "demo", GradingError("line 36"), 1),
    (["lab"], release, "generate", GradingError("the text is broken"), 1),
    (["grade", "02_logistic"], run, "run", GradingError("there are no submissions"), 1),
    (["grade", "--demo"], run, "demo", Interrupted("stopped after 2 of 3"), 130),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_an_expected_failure_is_its_message_and_nothing_else(monkeypatch, arguments, module, name, error, code):
    monkeypatch.setattr(module, name, fails(error))
    result = CliRunner().invoke(cli.main, arguments)
    assert (result.output, result.exit_code) == (f"{error}\n", code)


def full_disk():
    with open("/dev/full", "wb", buffering=0) as file:
        file.write(b"x")


def full_gradebook():
    import sqlalchemy

    with sqlalchemy.create_engine("sqlite://").connect() as book:
        for command in ("pragma max_page_count = 1", "create table a (b)", "create table c (d)"):
            book.execute(sqlalchemy.text(command))


def locked_gradebook(folder):
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"sqlite:///{folder}/gradebook.db", connect_args={"timeout": 0})
    with engine.connect() as first, engine.connect() as second:
        first.execute(sqlalchemy.text("begin exclusive"))
        second.execute(sqlalchemy.text("create table a (b)"))


def read_only():
    raise PermissionError(errno.EACCES, "Permission denied", "feedback/ada")


def missing_package():
    import no_such_package_at_all  # noqa: F401


@pytest.mark.parametrize("happens, words", [
    (full_disk, "nnlib grade: the disk is full, at "), (full_gradebook, "nnlib grade: the disk of the gradebook is full.\n"),
    (locked_gradebook, "nnlib grade: the gradebook is locked by another program.\nClose formgrader"),
    (read_only, "nnlib grade: feedback/ada cannot be written or read: permission denied.\n"),
    (missing_package, "nnlib grade: no_such_package_at_all is not installed.\nInstall it with: pip install 'one-gradient"),
])
def test_what_the_machine_refuses_is_said_in_a_sentence(monkeypatch, tmp_path, happens, words):
    def run_it(*arguments, **options):
        happens(*[tmp_path][:happens.__code__.co_argcount])

    monkeypatch.setattr(run, "run", run_it)
    result = CliRunner().invoke(cli.main, ["grade", "02_logistic"])
    assert result.output.startswith(words) and result.exit_code == 1 and result.output.count("\n") == 2


def test_an_unexpected_failure_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr(run, "demo", fails(ZeroDivisionError("of our own")))
    assert isinstance(CliRunner().invoke(cli.main, ["grade", "--demo"]).exception, ZeroDivisionError)


def test_a_clone_that_was_handed_in_is_none(monkeypatch, tmp_path):
    handed_in = tmp_path / "exercises" / "submitted" / "ada" / "02_logistic"
    for folder in (tmp_path, handed_in):
        (folder / "exercises").mkdir(parents=True, exist_ok=True)
        (folder / "exercises" / "nbgrader_config.py").write_text("import nnlib.grading\nraise SystemExit('run')")
        (folder / "_toc.yml").touch()
    monkeypatch.chdir(handed_in)
    assert CLONE() == tmp_path and COURSE() == tmp_path / "exercises"


@pytest.mark.parametrize("arguments", [["doctor"], ["grade", "doctor"]], ids=" ".join)
@pytest.mark.parametrize("held, code", [(True, 0), (False, 1)])
def test_the_doctor_is_a_command_and_answers_to_its_former_name(monkeypatch, tmp_path, arguments, held, code):
    rows = [Row("network", "connect", True, "refused"), Row("files", "read a secret", held, "as it was")]
    monkeypatch.setattr(course, "Course", lambda root: SimpleNamespace(hidden=(root,)))
    monkeypatch.setattr(sys.modules[Row.__module__], "doctor", {(tmp_path / "exercises",): rows}.get)
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == code
    assert result.output.splitlines()[1] == f"{'held' if held else 'BROKEN':8}{'files':15}read a secret: as it was"


def test_time_and_memory_come_from_the_command_line_and_the_parts_grow_along():
    limits = cli.limited({"time_limit": 120.0, "memory": 1.5, "lean": True})
    assert limits == {"lean": True, "limits": Limits(cells=90, call=20, cpu=120, deadline=120, memory=3 << 29)}
    assert cli.limited({"time_limit": None, "memory": 1.0})["limits"] == Limits(memory=1 << 30)
    assert cli.limited({"time_limit": None, "memory": None}) == {"limits": None}


@pytest.mark.parametrize("given, seconds", [({"timeout": 300}, 300), ({}, None), ({"timeout": None}, None),
                                            ({"timeout": -1}, None)])
def test_else_the_time_is_that_of_nbgraders_settings(given, seconds):
    assert run.time_out(Config({"Execute": given})) == seconds
