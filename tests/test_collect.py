"""From the archives of learning-management systems into the course: names as the systems write them, and hostile files."""
import datetime
import io
import stat
import zipfile

import pytest
from courses import copy_course

from nnlib.grading import GradingError
from nnlib.grading.term import archive, roster
from nnlib.grading.term.collect import collect

NAME = "02_logistic"
MOODLE = "Ada Lovelace_4711_assignsubmission_file_/"


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    return copy_course(folder, NAME)


@pytest.fixture
def pack(tmp_path):
    """Makes an archive of {path: content}, with one time for all; a content may be an entry and its bytes."""
    def make(files, time=(2026, 11, 22, 11, 0, 0), name="hand-ins.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for path, content in files.items():
                file.writestr(zipfile.ZipInfo(path, time), content)
        return tmp_path / name
    return make


def take(course, path, **options):
    return collect(course, NAME, path, **{"zone": datetime.UTC} | options)


def tree(course):
    return {path.relative_to(course / "submitted").as_posix(): path.read_text()
            for path in (course / "submitted").rglob("*") if path.is_file()}


# names

@pytest.mark.parametrize("system, files, expected", [
    ("Moodle", {f"{MOODLE}{NAME}.ipynb": "a", f"{MOODLE}data/x.csv": "1"},
     {f"Ada Lovelace/{NAME}/{NAME}.ipynb": "a", f"Ada Lovelace/{NAME}/data/x.csv": "1",
      f"Ada Lovelace/{NAME}/timestamp.txt": "2026-11-22 11:00:00 UTC"}),
    ("Moodle", {f"Group A-Ada Lovelace_4711_assignsubmission_file_{NAME}.ipynb": "a"},
     {f"Group A-Ada Lovelace/{NAME}/{NAME}.ipynb": "a",
      f"Group A-Ada Lovelace/{NAME}/timestamp.txt": "2026-11-22 11:00:00 UTC"}),
    ("Canvas", {f"lovelaceada_12_345_{NAME}.ipynb": "a", f"boolegeorge_LATE_13_346_{NAME}-1.ipynb": "b"},
     {f"lovelaceada/{NAME}/{NAME}.ipynb": "a", f"boolegeorge/{NAME}/{NAME}.ipynb": "b"}),
    ("Sakai", {f"Logistic/Lovelace, Ada(al123)/Submission attachment(s)/{NAME}.ipynb": "a",
               "Logistic/Lovelace, Ada(al123)/timestamp.txt": "20261120233015123",
               "Logistic/Lovelace, Ada(al123)/comments.txt": "", "Logistic/grades.csv": ""},
     {f"al123/{NAME}/{NAME}.ipynb": "a", f"al123/{NAME}/timestamp.txt": "2026-11-20 23:30:15 UTC"}),
    ("Brightspace", {f"12-9 - Ada Lovelace - Nov 20, 2026 1159 PM/{NAME}.ipynb": "new",
                     f"12-8 - Ada Lovelace - Nov 20, 2026 905 AM/{NAME}.ipynb": "old", "index.html": ""},
     {f"Ada Lovelace/{NAME}/{NAME}.ipynb": "new", f"Ada Lovelace/{NAME}/timestamp.txt": "2026-11-20 23:59:00 UTC"}),
], ids=["Moodle", "Moodle, flat", "Canvas", "Sakai", "Brightspace"])
def test_the_newest_hand_ins_of_a_system_land_where_nbgrader_expects_them(course, pack, system, files, expected):
    collected = take(course, pack(files))
    assert collected.system == system and collected.refused == []
    assert tree(course) == expected


def test_a_second_time_changes_nothing_and_a_preview_writes_nothing(course, pack):
    path = pack({f"{MOODLE}{NAME}.ipynb": "a"})
    assert "Nothing was written" in str(take(course, path, preview=True)) and not (course / "submitted").exists()
    take(course, path)
    before = {file: file.stat().st_ctime_ns for file in course.rglob("*")}
    assert [row.what for row in take(course, path).rows] == ["unchanged"]
    assert {file: file.stat().st_ctime_ns for file in course.rglob("*")} == before


def test_an_older_archive_does_not_replace_a_newer_hand_in(course, pack):
    new = pack({f"{MOODLE}{NAME}.ipynb": "new"})
    old = pack({f"{MOODLE}{NAME}.ipynb": "old"}, (2026, 11, 21, 0, 0, 0), "old.zip")
    assert [row.what for path in (old, new, old) for row in take(course, path).rows] == ["new", "newer", "left"]
    assert tree(course)[f"Ada Lovelace/{NAME}/{NAME}.ipynb"] == "new"


def test_the_clock_of_the_system_may_be_in_another_zone(course, pack):
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert take(course, pack({f"{MOODLE}{NAME}.ipynb": "a"}), zone=zone).rows[0].time == "2026-11-22 09:00:00 UTC"


def test_the_lateness_that_canvas_does_not_date_is_said(course, pack):
    row, = take(course, pack({f"lovelaceada_LATE_12_345_{NAME}.ipynb": "a"})).rows
    assert "calls it late" in row.notes[0]


def test_two_students_of_one_name_stay_two(course, pack):
    take(course, pack({f"{MOODLE}{NAME}.ipynb": "a", f"{MOODLE.replace('4711', '4712')}{NAME}.ipynb": "b"}))
    assert {path.split("/")[0] for path in tree(course)} == {"Ada Lovelace_4711", "Ada Lovelace_4712"}


# the roster

@pytest.mark.parametrize("text", [
    "student_id,first_name,last_name,email,lms_user_id,section\nal1,Ada,Lovelace,,12,A\n",
    "\ufeffStudent;ID;SIS Login ID;Section\nPoints Possible;;;\nLovelace, Ada;12;al1;A\n",
    "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n\"Lovelace, Ada\",12,al1,A\n",
], ids=["our own", "semicolons", "Canvas"])
def test_a_roster_is_read_as_the_systems_write_it(tmp_path, text):
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    assert roster.parse(tmp_path / "class.csv") == [roster.Person("al1", "Ada", "Lovelace", "", "12", "A")]


@pytest.mark.parametrize("text, words", [
    ("name,points\nada,1\n", "no column holds the ids of the students, found name, points"),
    ("student_id\nada\nada\n", "line 3: the id ada is there twice"),
    ("student_id\n=1+1\n", "line 2: the id =1\\+1 cannot stand in a gradebook: it has the character '=' .equals sign"),
    ("", "found nothing")])
def test_a_roster_that_cannot_be_used_names_the_line(tmp_path, text, words):
    (tmp_path / "class.csv").write_text(text)
    with pytest.raises(GradingError, match=words):
        roster.parse(tmp_path / "class.csv")


def test_students_and_hand_ins_meet_by_number_login_and_name(course, pack):
    (course / roster.FILE).write_text("student_id,first_name,last_name,lms_user_id\nal1,Ada,Lovelace,12\n"
                                      "ér2,Évariste,Galois,\nno3,Emmy,Noether,\n")
    collected = take(course, pack({f"somebody_12_1_{NAME}.ipynb": "a", f"galoisevariste_99_2_{NAME}.ipynb": "b",
                                   f"stranger_98_3_{NAME}.ipynb": "c"}))
    assert [row.student for row in collected.rows] == ["al1", "stranger", "ér2"]
    assert collected.rows[1].notes == ["stranger is not on the roster, or is there twice."]
    assert str(collected).splitlines()[-3] == "Not in the archive: no3"


def test_the_roster_goes_into_the_gradebook_and_leaves_who_is_there(course, tmp_path):
    (tmp_path / "class.csv").write_text("student_id,first_name,section\nada,Ada,A\nbo,Bo,A\n")
    assert roster.install(course, tmp_path / "class.csv") == "The roster has 2 students, 2 of them new.\nSection A: 2"
    (tmp_path / "class.csv").write_text("student_id,first_name,section\nada,Augusta,B\n")
    assert roster.install(course, tmp_path / "class.csv").splitlines()[-1] == "Not on it, and left in the gradebook: bo"
    assert roster.load(course) == [roster.Person("ada", "Augusta", section="B")]


# hostile archives

@pytest.mark.parametrize("name, words", [
    ("../../../evil.ipynb", "leads out of the folder"), ("a/../../b.ipynb", "leads out of the folder"),
    ("/etc/passwd", "leads out of the folder"), ("a\\b.ipynb", "cannot have this name"),
    ("\x1b[2J.ipynb", "cannot have this name"), ("x" * 255, "cannot have this name"),
    ("a/" * 9 + "b", "cannot have this name"),
    ("timestamp.txt", "only the course writes this file")], ids=ascii)
def test_a_path_that_leads_elsewhere_is_left_out(course, pack, name, words):
    row, = take(course, pack({f"{MOODLE}{NAME}.ipynb": "a", MOODLE + name: "x"})).rows
    assert words in row.notes[0]
    assert set(tree(course)) == {f"Ada Lovelace/{NAME}/{NAME}.ipynb", f"Ada Lovelace/{NAME}/timestamp.txt"}
    assert "x" not in tree(course).values()


def test_a_file_that_is_named_like_another_student_s_stays_with_its_own(course, pack):
    take(course, pack({f"{MOODLE}Bob_9_assignsubmission_file_{NAME}.ipynb": "a"}))
    assert {path.split("/")[0] for path in tree(course)} == {"Ada Lovelace"}


def test_a_link_is_left_out(course, pack, tmp_path):
    entry = zipfile.ZipInfo(f"{MOODLE}{NAME}.ipynb", (2026, 11, 22, 11, 0, 0))
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as file:
        file.writestr(entry, "/etc/passwd")
    row, = take(course, tmp_path / "links.zip").rows
    assert row.what == "refused" and row.notes == [f"{NAME}.ipynb is left out: it is a link.", "No file could be taken."]


def test_a_bomb_is_not_unpacked(course, pack, monkeypatch):
    monkeypatch.setattr(archive, "NOTEBOOK", 1 << 19)
    monkeypatch.setattr(archive, "DATA", 1 << 19)
    row, = take(course, pack({f"{MOODLE}{NAME}.ipynb": "a", f"{MOODLE}bomb": bytes(1 << 24)})).rows
    assert row.notes == ["bomb is left out: there are more than 1 MB."] and row.what == "new"


def test_a_damaged_file_stops_nobody(course, pack, tmp_path):
    path = pack({f"{MOODLE}{NAME}.ipynb": "some text of a notebook", f"Bo B_2_assignsubmission_file_/{NAME}.ipynb": "b"})
    content = path.read_bytes()
    at = content.index(b"PK\x03\x04") + 30 + len(f"{MOODLE}{NAME}.ipynb")
    (tmp_path / "damaged.zip").write_bytes(content[:at] + b"\xff\xff\xff" + content[at + 3:])
    rows = take(course, tmp_path / "damaged.zip").rows
    assert [(row.student, row.what) for row in rows] == [("Ada Lovelace", "refused"), ("Bo B", "new")]


def test_a_name_in_utf_8_without_the_flag_is_read(course, tmp_path):
    entry, file = zipfile.ZipInfo("X" * 40), io.BytesIO()
    name = f"Jörg M_1_assignsubmission_file_{NAME}.ipynb".encode()
    entry.filename = "X" * len(name)
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(entry, "a")
    (tmp_path / "old.zip").write_bytes(file.getvalue().replace(b"X" * len(name), name))
    assert [row.student for row in take(course, tmp_path / "old.zip").rows] == ["Jörg M"]


@pytest.mark.parametrize("content, words", [
    (None, "there is no such file"), (b"text", "is not a zip archive"), ({}, "and it is empty"),
    ({"a.txt": "x"}, "no file has a name as Moodle, Sakai, Brightspace, Canvas write it, found a.txt")])
def test_what_is_not_an_archive_of_hand_ins_is_said(course, pack, tmp_path, content, words):
    path = tmp_path / "hand-ins.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        pack(content)
    with pytest.raises(GradingError, match=words):
        take(course, path)


def test_a_folder_that_became_a_link_is_not_written_through(course, pack, tmp_path):
    (course / "submitted" / "Ada Lovelace").mkdir(parents=True)
    (course / "submitted" / "Ada Lovelace" / NAME).symlink_to(tmp_path)
    with pytest.raises(GradingError, match="is not a folder"):
        take(course, pack({f"{MOODLE}{NAME}.ipynb": "a"}))
