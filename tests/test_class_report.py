"""The class report: what it says, with names that mean harm, and as a page in Chromium."""
import os
import re
import urllib.parse
from pathlib import Path

import pytest
from accessibility import axe_faults
from courses import COURSE

from nnlib.grading.record import Entry, Mark
from nnlib.grading.reports import class_report
from nnlib.grading.tasks import load_tasks

NAME = "02_logistic"
TASKS = load_tasks(COURSE, NAME)

HOSTILE = ["<script>alert(1)</script>", "a'b\"c&d", "{{ 7 * 7 }}", "..%2f..?x#y", "javascript:alert(1)", "evil\u202ename\n",
           "bad\udcff", "محمد", "\x1b[31m", "name " * 40, "</style><img src=x onerror=alert(1)>"]


def record(student, *lost, **changes):
    """A graded submission that has every point but those of the tasks in ``lost``, wrong by their first misconception."""
    tasks = {name: Mark(0.0, task.total, [task.misconceptions[0].name]) if name in lost else Mark(task.total, task.total)
             for name, task in TASKS.items()}
    given = {"key": "", "engine": "notebook", "isolation": "bubblewrap", "tasks": tasks, "seconds": 2.0}
    return Entry(student, NAME, **given | changes)


RECORDS = [record("ada"), record("bo", "loss"), record("carl", "loss", "step", seconds=11.0),
           record("di", reason="The notebook is not JSON.", tasks={}),
           *(record(name, "sigmoid") for name in HOSTILE)]
REMARKS = {"carl": ["Grading took 11 s; half of the class took 2.0 s or less."],
           HOSTILE[0]: [f"The code of loss is nearly the same as that of {HOSTILE[-1]} and {HOSTILE[5]}."]}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A course's folder with the report and a feedback page of everybody but di."""
    root = tmp_path_factory.mktemp("a course")
    for student in (r.student for r in RECORDS if r.student != "di"):
        page = root / "feedback" / student / NAME / f"{NAME}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<title>{NAME}</title>feedback")
    return class_report.write(root / "reports" / f"{NAME}.html", NAME, TASKS, RECORDS, REMARKS,
                              lambda record: root / "feedback" / record.student / NAME / f"{NAME}.html",
                              {"zoe": {}, HOSTILE[4]: {"first_name": "Al", "last_name": "<b>"}})


@pytest.fixture(scope="module")
def page(report, browser):
    page = browser.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: request.url.startswith("file:") or page.complaints.append(request.url))
    page.goto(report.as_uri())
    yield page
    page.close()


def column(page, number):
    return page.locator(f".sortable tbody tr > :nth-child({number})").all_inner_texts()


def section(page, heading):
    return page.locator(f"section:has(#{heading})")


def test_the_head_counts_submissions_and_names_the_median(page):
    assert "15 submissions: 14 graded, 1 in need of attention. Half of the graded ones have 24 of 26 points or more." in \
        page.locator("header").inner_text().replace("\n", " ")
    assert page.locator(".warning").count() == 0


def test_a_task_shows_how_many_have_all_some_and_no_points(page):
    cells = section(page, "success").locator("tr", has_text="loss").locator("td").all_inner_texts()
    assert [text.strip() for text in cells] == ["3", "12", "0", "2", "86 %"]


def test_misconceptions_are_counted_with_their_hints(page):
    rows = [row.split("\t") for row in section(page, "misconceptions").inner_text().split("\n")]
    assert [row[:2] for row in rows[2:]] == [[str(len(HOSTILE)), "sigmoid"], ["2", "loss"], ["1", "step"]]
    assert rows[3][2] == TASKS["loss"].misconceptions[0].hint


def test_what_needs_attention_and_what_is_worth_a_look_stand_there_with_their_reasons(page):
    assert "di: The notebook is not JSON." in section(page, "attention").inner_text()
    words = section(page, "look").inner_text()
    assert "carl\nGrading took 11 s" in words
    assert f"{HOSTILE[-1]} and evil\\u202ename\\n." in words


def test_every_name_is_shown_as_it_is_or_escaped(page):
    shown = {text.strip() for text in column(page, 1)}
    assert {"<script>alert(1)</script>", "a'b\"c&d", "{{ 7 * 7 }}", "evil\\u202ename\\n",
            "bad\\udcff", "محمد", "\\x1b[31m"} <= shown


def test_every_link_leads_to_the_feedback_of_that_student(page, report):
    links = page.locator(".sortable a")
    assert links.count() == len(RECORDS) - 1
    pages = {Path(os.fsdecode(urllib.parse.unquote_to_bytes(urllib.parse.urlsplit(link.evaluate("a => a.href")).path)))
             for link in links.all()}
    assert pages == {report.parents[1] / "feedback" / r.student / NAME / f"{NAME}.html"
                     for r in RECORDS if r.student != "di"}


def test_a_column_is_sorted_with_the_keyboard_and_back_again(page):
    button = page.get_by_role("button", name="Total")
    button.press("Enter")
    assert [text for text in column(page, 10)][:3] == ["20", "23", "24"] and column(page, 10)[-1] == "–"
    button.press("Enter")
    assert column(page, 10)[0] == "26" and column(page, 10)[-1] == "–"
    assert page.locator("th[aria-sort=descending]").inner_text().strip() == "Total"
    page.get_by_role("button", name="Student").press("Space")
    plain = ["ada", "bo", "carl", "di"]
    assert [text.strip() for text in column(page, 1) if text.strip() in plain] == plain


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_nothing_is_fetched_run_or_complained_about(page):
    assert page.complaints == []


def test_final_marks_are_counted_in_tenths_and_what_waits_for_a_person_is_not():
    records = [record("ada"), record("bo", "loss"), record("cy", *TASKS), record("di", reason="It is odd."),
               record("ed", to_mark=("loss",)), record("flo", "sigmoid", "train", reason="It is odd.", acknowledged=True)]
    assert [(low, count) for low, _, count in class_report.distribution(records) if count] == [
        (0, 1), (70, 1), (80, 1), (90, 1)]
    assert class_report.distribution([]) == class_report.distribution([record("di", reason="It is odd.")]) == []


def test_names_and_who_is_missing_are_shown(report):
    text = " ".join(report.read_text(encoding="utf-8").split())
    assert "nothing handed in: <bdi>zoe</bdi>." in text and '<span class="person"><bdi>Al &lt;b&gt;</bdi></span>' in text


def test_marks_given_without_a_sandbox_are_labelled(tmp_path):
    records = [record("ada"), record("bo", isolation="none")]
    text = class_report.write(tmp_path / "r.html", NAME, TASKS, records, {}).read_text(encoding="utf-8")
    assert "<strong>Graded without a sandbox.</strong> 1 of\n2 submissions" in text
    assert len(re.findall(r"graded, no sandbox</td>", text)) == 1


def test_a_class_without_a_graded_submission_has_a_report_too(tmp_path):
    records = [record("di", reason="The notebook is missing.", tasks={})]
    text = class_report.write(tmp_path / "r.html", NAME, TASKS, records, {}).read_text(encoding="utf-8")
    assert "1 submission: 0 graded" in text and "No answer matches" in text
