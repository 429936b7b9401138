"""Folders that nbgrader's settings have moved: the whole way of an assignment goes through them, and nothing past them."""
import dataclasses
import json
import os
import re
import zipfile

import pytest
import quick_worker
from courses import SMALL, mark_by_hand, small_course
from nbgrader.apps import autogradeapp
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from nnlib.grading import GradingError, pool, run
from nnlib.grading.assignments import release
from nnlib.grading.assignments.reduced_library import PACKAGE
from nnlib.grading.nbgrader.course import Course, quiet
from nnlib.grading.places import STEPS, Places, of
from nnlib.grading.record import Record
from nnlib.grading.regrade import regrade
from nnlib.grading.reports.marks import Marks
from nnlib.grading.submissions.read import read, students
from nnlib.grading.term.collect import collect
from nnlib.grading.term.export import export, feedback

OPTIONS = {"lean": True, "unsafe": True, "workers": 1, "progress": False}
MOVED = {"root": "term", "directory_structure": "all/{nbgrader_step}/{assignment_id}/by_{student_id}",
         "source_directory": "with solutions", "release_directory": "handed out", "submitted_directory": "handed in",
         "autograded_directory": "marked", "feedback_directory": "pages"}
STRUCTURES = ["{student_id}/{nbgrader_step}/{assignment_id}", "{nbgrader_step}/{assignment_id}/{student_id}",
              "{nbgrader_step}/{student_id}/of_{student_id}/{assignment_id}",
              "[a]/{nbgrader_step}/{assignment_id}-{student_id}"]


def configured(course, /, **settings):
    return Places.configured(course, Config({"CourseDirectory": settings}))


def settle(course):
    """Let nbgrader's settings move all folders of a course."""
    (course / "nbgrader_local.py").write_text("c = get_config()\n" + "".join(
        f"c.CourseDirectory.{setting} = {value!r}\n" for setting, value in MOVED.items()))


def whole_way(course, preview):
    """From the text to marks and pages, with a change on the way. Returns what is the same wherever the folders lie."""
    notebook, = release.generate(course, progress=False)
    cells = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in cells["cells"]:
        if cell["id"] in ("double", "why"):
            cell["source"] = "def double(x):\n    return x + x" if cell["id"] == "double" else "It is a sum."
    archive = course.parent / f"{course.name}.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, text in (("Ada Lovelace_1", json.dumps(cells)), ("George Boole_2", notebook.read_text(encoding="utf-8"))):
            file.writestr(zipfile.ZipInfo(f"{name}_assignsubmission_file_/{SMALL}.ipynb"), text)
    taken = str(collect(course, SMALL, archive))
    first = run.run(course, SMALL, **OPTIONS)
    graded = Course(course)
    mark_by_hand(graded.places.base, "Ada Lovelace", "why", 2.0)
    tasks = course / SMALL / "tasks.py"
    tasks.write_text(tasks.read_text().replace('{"y": 1}', '{"y": 5}'))
    text = course / SMALL / f"{SMALL}.py"
    text.write_text(text.read_text().replace("points=1", "points=5", 1).replace("report.points(1)", "report.points(5)"))
    shown = regrade(course, SMALL, preview=True, **OPTIONS)[0] if preview else None
    changes, marks = regrade(course, SMALL, **OPTIONS)
    assert shown is None or shown.gains == changes.gains != {}
    pages = {student: (graded.places.feedback(student, SMALL) / f"{SMALL}.html").read_text(encoding="utf-8")
             for student in marks.points}
    given = export(course, "tasks").path.read_text(), feedback(course, SMALL, archive).path.read_bytes()
    known = [(each["student"], each["autograded"]) for each in graded.api.get_submissions(SMALL)]
    return taken, str(first), str(changes), str(marks), given, known, pages


def test_the_whole_way_is_the_same_in_other_folders_and_leaves_none_of_the_usual_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "processes", quick_worker.alone)
    plain, moved = (tmp_path / name for name in ("plain", "moved"))
    for course in (plain, moved):
        course.mkdir()
        small_course(course)
        (course / ".secret").write_text("the same inputs\n")
    settle(moved)
    expected, found = whole_way(plain, preview=False), whole_way(moved, preview=True)
    assert found == expected and len(found[-1]) == 2
    assert not {*STEPS, "gradebook.db"} & set(os.listdir(moved)) and {*STEPS, "gradebook.db"} <= set(os.listdir(plain))
    assert set(os.listdir(moved / "term" / "all")) == {value for setting, value in MOVED.items() if setting[0] != "d"} - {
        "term"}
    assert 'href="term/all/pages/20_small/by_Ada%20Lovelace/' in (moved / f"{SMALL}.html").read_text(encoding="utf-8")


def test_nbgraders_own_command_grades_what_was_handed_in_there(tmp_path, monkeypatch):
    small_course(tmp_path)
    settle(tmp_path)
    course, asked = Course(tmp_path), []
    path = course.places.submitted("bo", SMALL) / f"{SMALL}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    monkeypatch.setattr(run, "run", lambda root, name, only, **options: asked.append((root, name, only)) or Marks(
        name, {}, [Record(student, name, "", "lean", "none", {}) for student in only], course.places))
    with quiet():
        result = course.api.autograde(SMALL, "bo")
    assert result["success"] and asked == [(tmp_path, SMALL, ["bo"])], result
    course.api.coursedir.assignment_id = "*"
    app = autogradeapp.Autograde(coursedir=course.api.coursedir)
    app.init_notebooks()
    assert app.assignments == {}                        # ours is not for nbgrader's own way


def test_without_settings_the_folders_are_those_of_nbgrader(tmp_path):
    assert configured(tmp_path) == of(tmp_path)


@pytest.mark.parametrize("structure", [of("").structure, *STRUCTURES])
def test_every_folder_lies_where_nbgrader_looks_for_it(tmp_path, structure):
    places = configured(tmp_path, root="term", directory_structure=structure, autograded_directory="marked")
    coursedir = CourseDirectory(root=str(tmp_path / "term"), directory_structure=structure)
    for step, student, found in (
            ("source", ".", places.source("hw")), ("release", ".", places.release("hw")),
            ("submitted", "ada", places.submitted("ada", "hw")), ("marked", "ada", places.autograded("ada", "hw")),
            ("feedback", "ada", places.feedback("ada", "hw"))):
        assert os.path.normpath(coursedir.format_path(step, student, "hw")) == str(found)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_everybody_who_handed_in_is_found_and_a_link_on_the_way_is_refused(tmp_path, structure):
    places = configured(tmp_path, root="term", directory_structure=structure)
    for student in ("ada", "a*b", "back\\slash", "line\nbreak"):
        places.submitted(student, "hw").mkdir(parents=True)
    places.submitted("carl", "other").mkdir(parents=True)
    assert students(places, "hw") == ["a*b", "ada", "back\\slash", "line\nbreak"]
    (places.submitted("ada", "hw") / "hw.ipynb").write_text("{}")
    assert read(places, "hw", "ada").notebook == b"{}"
    for folder, eve in zip(places.made_by_students("ada", "hw"), places.made_by_students("eve", "hw")):
        eve.parent.mkdir(parents=True, exist_ok=True)
        eve.symlink_to(folder)
        assert read(places, "hw", "eve").problem == f"{eve.relative_to(places.base)} is not a folder but a link."
        eve.unlink()


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path, monkeypatch):
    assert students(tmp_path, "hw") == []
    (tmp_path / "submitted").mkdir()

    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(PermissionError, match="submitted"):
        students(tmp_path, "hw")


@pytest.mark.parametrize("settings, said", [
    ({"directory_structure": "{nbgrader_step}/{student_id}"}, "has no {assignment_id}"),
    ({"directory_structure": "{nbgrader_step}/{student_id}/{assignment_id}/{notebook_id}"}, "cannot be filled in"),
    ({"feedback_directory": "submitted"}, "submitted lies in the folders of feedback"),
    ({"directory_structure": "{student_id}/{assignment_id}/{nbgrader_step}"}, "source lies where the texts"),
    ({"directory_structure": "{assignment_id}/{nbgrader_step}/{student_id}"}, "source lies where the texts"),
    ({"directory_structure": "{nbgrader_step}-{student_id}-{assignment_id}"}, "source lies where the texts"),
    ({"directory_structure": "{student_id}/{nbgrader_step}/{assignment_id}"}, "source lies where the texts"),
    ({"source_directory": "."}, "source lies where the texts"),
    ({"submitted_directory": "."}, "submitted lies where the texts"),
    ({"root": ".."}, "is another course")])
def test_folders_in_which_grading_cannot_work_are_refused(tmp_path, settings, said):
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / "course").mkdir()
    with pytest.raises(GradingError, match=f"^nbgrader's settings: (.|\n)*{said}(.|\n)*\n"):
        configured(tmp_path / "course", **settings)


def test_only_places_names_the_folders_of_a_course():
    named = re.compile(rf"""(/ |Path\([^)]*, |glob\(f?)["']({'|'.join(STEPS)})\b""")
    assert named.search('Path(course, "release", name)') and named.search('root / "feedback"')
    found = [f"{path.name}: {line}" for path in sorted(PACKAGE.rglob("*.py"))
             for line in path.read_text(encoding="utf-8").splitlines() if named.search(line)]
    assert found == []


def test_a_copy_of_a_course_must_not_write_where_the_course_does(tmp_path):
    here = configured(tmp_path / "course", root="term", feedback_directory="../pages")
    there = here.moved(tmp_path / "copy")
    there.require_within(tmp_path / "copy", "nnlib regrade")
    assert there.feedback("ada", "hw") == tmp_path / "copy" / "term" / ".." / "pages" / "ada" / "hw"
    for names in (["/srv/pages"], ["../../pages"]):
        away = dataclasses.replace(there, names=(*STEPS[:-1], *names))
        with pytest.raises(GradingError, match="^nnlib regrade: the settings of the course put feedback into "):
            away.require_within(tmp_path / "copy", "nnlib regrade")
