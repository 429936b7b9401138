"""nnlib course new: a course in a folder of its own, from a clone and from the installed package."""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from courses import COURSE, ROOT

from nnlib import cli, releases
from nnlib.grading import GradingError
from nnlib.grading.assignments import notebooks
from nnlib.grading.assignments.new_course import BOOK, OWN, TEMPLATES, new_course
from nnlib.grading.assignments.sound import require_solved, require_sound
from nnlib.grading.comparison.compare import compare
from nnlib.grading.comparison.hidden import grade_functions
from nnlib.grading.comparison.in_process import call_all
from nnlib.grading.tasks import assignments, load_tasks
from nnlib.grading.term import policy

# what somebody does who has the package and no clone; each command says one line of JSON at the end
TERM = """
import json, pathlib, sys
from click.testing import CliRunner
from nnlib import cli
from nnlib.grading.assignments import samples

def run(*arguments):
    result = CliRunner().invoke(cli.main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output

if __name__ == "__main__":                   # the processes that grade import this file too
    import os
    said = {"package": cli.__file__, "new": run("course", "new", "mine", "--assignment", "02_logistic")}
    os.chdir("mine")
    said["check"] = run("exercises", "--check")
    said["exercises"] = run("exercises", "ridge")
    course = pathlib.Path.cwd()
    samples.submit(course, "ridge", "ada", samples.solutions(course, "ridge"))
    said["grade"] = run("grade", "ridge", "--lean", "--workers", "1")
    print(json.dumps(said))
"""


PRIVATE = ("submitted/ada/02_logistic/02_logistic.ipynb", "release/02_logistic/data.csv", "gradebook.db", ".secret",
           "policy.toml", "roster.csv", "02_logistic/.ipynb_checkpoints/tasks.py", "02_logistic/__pycache__/tasks.pyc")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package as pip would install it, made from a clone in which a term has begun."""
    clone, folder = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("installed")
    for name in ("nnlib", "exercises"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore"):
        shutil.copyfile(ROOT / name, clone / name)
    for name in PRIVATE:
        (clone / "exercises" / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / "exercises" / name).write_text("of a student")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=clone, check=True,
                   capture_output=True)
    wheel, = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_installed_package_alone_makes_a_course_and_grades_in_it(installed, tmp_path):
    script = tmp_path / "term.py"
    script.write_text(TERM)
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(installed)})
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["package"].startswith(str(installed))
    assert "nnlib exercises --check" in said["new"]
    assert said["check"] == "02_logistic: no slip found.\nridge: no slip found.\n"
    assert re.search(r"^ada +2 +3 +3 +\? +8 +to be marked", said["grade"], re.M), said["grade"]


def test_the_package_brings_every_assignment_and_nothing_that_was_handed_in(installed):
    place = installed / TEMPLATES.relative_to(ROOT)
    assert assignments(place) == [*assignments(COURSE), OWN]
    assert [path for path in place.rglob("*") if path.is_file() and path.read_text(encoding="utf-8") == "of a student"] == []
    assert {path.name for path in place.rglob("*") if path.suffix not in ("", ".py")} == {
        "README.md", "policy.toml", "students.csv"}
    assert (installed / "nnlib" / releases.FILE).read_bytes() == (ROOT / releases.FILE).read_bytes()


def test_a_course_has_what_its_readme_names_and_no_link_into_a_clone(tmp_path):
    new_course(tmp_path / "mine", ["02_logistic", "05_backprop"])
    assert assignments(tmp_path / "mine") == ["02_logistic", "05_backprop", OWN]
    readme = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"^\| `([\w./]+)`", readme, re.M)]
    assert named and all((tmp_path / "mine" / name).exists() for name in named)
    assert "nnlib grade 02_logistic " in readme and "$" not in readme
    text = (tmp_path / "mine" / "02_logistic" / "02_logistic.py").read_text(encoding="utf-8")
    chapter, = re.findall(rf"\]\({re.escape(BOOK)}(\S+)\)", text)
    assert (ROOT / "book" / chapter).with_suffix(".md").is_file() and "../" not in text
    assert yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["html_baseurl"] + "book/" == BOOK


def test_the_rules_are_a_proposal_that_counts_without_its_signs(tmp_path):
    new_course(tmp_path / "mine", ["02_logistic"], today=datetime.date(2026, 9, 1))
    rules = tmp_path / "mine" / "policy.toml"
    assert policy.load(tmp_path / "mine") == policy.Policy()
    head, _, proposal = rules.read_text(encoding="utf-8").partition("\n\n")
    rules.write_text(re.sub("^# ", "", proposal, flags=re.M), encoding="utf-8")
    given = policy.load(tmp_path / "mine")
    assert given.percent == 10 and given.extensions[0].assignment == "02_logistic"
    assert {name: str(when) for name, when in given.due.items()} == {
        "02_logistic": "2026-09-15 23:59:59+00:00", OWN: "2026-09-22 23:59:59+00:00"}


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("of a year of work")
    with pytest.raises(GradingError, match="is there already, expected a new folder for the course.\nNothing was written."):
        new_course(tmp_path / "mine")
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["of a year of work"]
    with pytest.raises(GradingError, match="there is no assignment '02_logistics'.\nDid you mean 02_logistic?"):
        new_course(tmp_path / "other", ["02_logistics"])
    assert not (tmp_path / "other").exists()


def test_no_course_is_made_where_students_files_lie(tmp_path, monkeypatch):
    new_course(tmp_path / "mine", ["02_logistic"])
    result = CliRunner().invoke(cli.main, ["course", "new", str(tmp_path / "mine" / "second")])
    assert result.exit_code == 1 and "lies inside the course" in result.output
    assert not (tmp_path / "mine" / "second").exists()


def test_a_command_finds_the_course_from_a_folder_of_it_and_takes_none_that_was_handed_in(tmp_path, monkeypatch):
    new_course(tmp_path / "mine", ["02_logistic"])
    handed_in = tmp_path / "mine" / "submitted" / "ada" / "02_logistic"
    handed_in.mkdir(parents=True)
    (handed_in / "nbgrader_config.py").write_text("import nnlib.grading\nraise SystemExit('run')")
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()        # nbgrader's own, for all of somebody's courses")
    for folder in (tmp_path / "mine", tmp_path / "mine" / "ridge", handed_in):
        monkeypatch.chdir(folder)
        assert cli.course_folder() == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cli.CourseError, match="nnlib course new FOLDER"):
        cli.course_folder()


# the example of an own assignment

def test_the_example_has_no_slip_and_its_solution_earns_every_point():
    require_sound(TEMPLATES, OWN)
    require_solved(TEMPLATES, OWN)
    text, namespace = (TEMPLATES / OWN / f"{OWN}.py").read_text(encoding="utf-8"), {"np": np}
    for cell in json.loads(notebooks.notebook(text, f"{OWN}.py"))["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and role.get("solution"):
            exec("".join(cell["source"]), namespace)
    tasks = load_tasks(TEMPLATES, OWN)
    for task in tasks.values():
        assert grade_functions(OWN, tasks, namespace, task.name).earned == task.total


@pytest.mark.parametrize("old, new, words", [
    ('{"loss": 4.1667}', '{"loss": 4.2}', "cell check_loss calls the solution wrong:\nCheck of loss\nwrong  loss: "),
    ("[1.3333, -5.3333]", "[1.3, -5.3]", "cell test_gradient calls the solution wrong:\nCheck of gradient\nwrong  dw: "),
    ("w = np.array(", "w = np.arrays(", "cell setup stops with AttributeError"),
], ids=range(3))
def test_the_check_of_an_assignment_solves_its_notebook_and_names_the_cell_that_is_wrong(tmp_path, old, new, words):
    shutil.copytree(TEMPLATES / OWN, tmp_path / OWN)
    path = tmp_path / OWN / f"{OWN}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    require_sound(tmp_path, OWN)
    with pytest.raises(GradingError) as error:
        require_solved(tmp_path, OWN)
    assert words in str(error.value)


def test_every_misconception_of_the_example_loses_points_and_is_named():
    for task in load_tasks(TEMPLATES, OWN).values():
        assert len({m.hint for m in task.misconceptions}) >= 4
        for seed in (1, 2, 3):
            cases = task.draw(seed)
            for m in task.misconceptions:
                result = compare(task, cases, call_all(m.function, cases, task.outputs))
                assert result.earned < task.total and result.misconceptions == [m.name]


def test_a_difference_of_two_losses_is_no_gradient_in_the_example():
    tasks = load_tasks(TEMPLATES, OWN)

    def differences(x, w, y, penalty):
        steps = 1e-5 * np.eye(len(w))
        return np.array([tasks["loss"].reference(x, w + step, y, penalty) - tasks["loss"].reference(x, w - step, y, penalty)
                         for step in steps]) / 2e-5

    cases = tasks["gradient"].draw(1)
    assert compare(tasks["gradient"], cases[:-1], call_all(differences, cases[:-1], ("dw",))).earned == 3
    assert compare(tasks["gradient"], cases, call_all(differences, cases, ("dw",))).earned == 0


def test_the_example_stays_short_enough_for_a_page():
    lines = [line for name in (f"{OWN}.py", "tasks.py")
             for line in (TEMPLATES / OWN / name).read_text(encoding="utf-8").splitlines()]
    assert max(map(len, lines)) <= 75 and len(lines) < 250


def test_this_repository_is_a_course_too():
    assert cli.courses_above(Path(ROOT)) == [COURSE]
