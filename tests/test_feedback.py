"""The page that a student gets back."""
import functools
import json
import os
import re
import time
from pathlib import Path

import nbformat
import nbgrader.server_extensions.formgrader
import pytest
from accessibility import axe_faults
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from nnlib.check.report import Finding, Report
from nnlib.grading.bounded import Unbounded, bounded
from nnlib.grading.nbgrader.course import inert
from nnlib.grading.one_notebook import make_inert, make_plain
from nnlib.grading.record import Entry, Mark
from nnlib.grading.reports import feedback
from nnlib.grading.reports.feedback import page, with_message

ENTRY = Entry("ada", "02_logistic", "", "lean", "bubblewrap", {"loss": Mark(1.5, 3.0), "step": Mark(2.0, 2.0)})
GRADED = {"nbgrader": {"grade": True, "grade_id": "test_loss", "points": 3, "schema_version": 3, "solution": False,
                       "locked": True, "task": False, "cell_type": "code"}}


def page_of(*cells):
    return page(new_notebook(cells=list(cells)), ENTRY)


def test_a_page_shows_the_points_of_a_task_and_their_sum():
    text = page_of(new_code_cell("hidden_tests()", metadata=nbformat.from_dict(GRADED)))
    assert "1.5/3.0" in text.replace(" ", "") and "3.5/5.0" in text.replace(" ", "")


def test_the_list_at_the_top_names_the_tasks():
    assert ">loss</a> (Score: 1.5 / 3.0)" in page_of(new_code_cell("hidden_tests()", metadata=nbformat.from_dict(GRADED)))


@pytest.mark.parametrize("source", ["my drawing: ![it](attachment:it.png)", ">" * 5_000 + " deep"],
                         ids=["lost picture", "deep"])
def test_a_text_that_cannot_be_shown_costs_nobody_the_page(source):
    text = page_of(new_markdown_cell("# First"), new_markdown_cell(source), new_markdown_cell("*Last*"))
    assert "my drawing" in text or "deep" in text
    assert "<em>Last</em>" in text


def test_a_cell_keeps_its_own_picture():
    cell = new_markdown_cell("![dot](attachment:dot.png)", attachments={"dot.png": {"image/png": "aGVsbG8="}})
    assert "data:image/png;base64,aGVsbG8=" in page_of(cell, new_markdown_cell("text"))


def test_a_page_that_takes_too_long_becomes_a_plain_one_with_the_points(monkeypatch):
    monkeypatch.setattr(feedback, "bounded", functools.partial(bounded, seconds=1))
    text = page_of(new_markdown_cell("[" * 100_000 + "<b>"), new_code_cell("1", metadata=nbformat.from_dict(GRADED)))
    assert "takes too long" in text and "[&lt;b&gt;" in text and "loss (Score: 1.5 / 3)" in text


def test_what_has_used_up_its_time_gets_a_plain_page_at_once():
    notebook = new_notebook(cells=[new_markdown_cell("[" * 100_000)])
    assert "takes too long" in page(notebook, ENTRY, until=time.monotonic() - 1)
    notebook = nbformat.from_dict({"cells": [{"outputs": [{"data": {"text/html": "<b>&amp;</b>"}}]}]})
    make_inert(notebook, until=time.monotonic() - 1)
    assert "<b>" not in notebook.cells[0].outputs[0].data["text/html"]


@pytest.mark.parametrize("work", [lambda: 1 / 0, lambda: os._exit(0), lambda: len(bytearray(2 ** 28)), lambda: object()],
                         ids=["raises", "ends", "memory", "no JSON"])
def test_work_that_fails_harms_nothing_but_itself(work):
    with pytest.raises(Unbounded):
        bounded(work, memory=2 ** 27)


def test_work_within_limits_gives_its_result():
    assert bounded(lambda text: [text, 2 ** 20 * "x"], "ä") == ["ä", 2 ** 20 * "x"]


HOSTILE = """# Title
<script>document.title = 'ran'</script><img src=x onerror="document.title = 'ran'">
<style>body { display: none }</style><svg onload="document.title = 'ran'"></svg>
<div style="position: fixed; inset: 0; z-index: 9; background-color: white; margin-top: -99px">Score: 16.0 / 16.0</div>

<iframe srcdoc="<script>parent.document.title = 'ran'</script>"></iframe><form action="x"><button>go</button></form>
<a id="top" class="score" href="javascript:document.title = 'ran'">link</a> <math><mi xlink:href="javascript:1">x</mi></math>

![far](https://example.org/a.png) [click](javascript:document.title='ran')
"""


def hostile():
    """A notebook that tries everything in Markdown and in every kind of output."""
    kinds = ("text/html", "text/markdown", "image/svg+xml", "application/javascript", "text/latex")
    shown = [{"output_type": "display_data", "data": {kind: HOSTILE}} for kind in kinds]
    shown += [{"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": "text"}},
              {"output_type": "display_data", "data": {"image/png": "x' onerror='document.title = 1"}}]
    cells = [new_code_cell("1", metadata=nbformat.from_dict(GRADED)), new_markdown_cell(HOSTILE), new_code_cell("x")]
    notebook = new_notebook(cells=cells)
    notebook.cells[2].outputs = [nbformat.from_dict(output) for output in shown]
    make_plain(notebook, 1_000_000)
    make_inert(notebook)
    return notebook


def test_nothing_that_could_act_is_left_in_the_notebook():
    kept = json.dumps(hostile().cells[2])
    for words in ("<script", "onerror", "onload", "<style", "position", "iframe", "svg+xml", "widget-view", "application/"):
        assert words not in kept.replace(json.dumps(HOSTILE)[1:-1], ""), words


def formgrader_page(notebook):
    """The page that nbgrader's formgrader makes of a notebook, with the settings of the course."""
    config = Config()
    inert(config)
    config.HTMLExporter.template_name = "formgrade"
    folder = Path(nbgrader.server_extensions.formgrader.__file__).parent
    config.HTMLExporter.extra_template_basedirs = [str(folder / "templates")]
    return HTMLExporter(config=config).from_notebook_node(notebook, resources={
        "base_url": "", "index": 0, "total": 1, "notebook_id": "x", "assignment_id": "x", "submission_id": "x"})[0]


@pytest.mark.parametrize("made", [lambda notebook: page(notebook, ENTRY), formgrader_page], ids=["feedback", "formgrader"])
def test_nothing_that_a_student_wrote_acts_in_chromium(browser, tmp_path, made):
    (tmp_path / "page.html").write_text(made(hostile()), encoding="utf-8")
    view = browser.new_page()
    view.route(re.compile("^(?!file:)"), lambda route: route.abort())
    view.goto((tmp_path / "page.html").as_uri())
    assert "ran" not in view.title()
    assert view.locator("script:text('ran'), svg, iframe, form, [onerror], [onload], a[href^='javascript']").count() == 0
    score = view.locator("h1, .scoring-buttons").first
    assert score.evaluate("e => { const r = e.getBoundingClientRect();"
                          "return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)) }")
    view.close()


def test_a_page_is_accessible_fits_a_phone_and_asks_for_nothing(browser, tmp_path):
    report = as_report_output()
    cells = [new_markdown_cell("# Logistic regression\n\n$$\\frac{a}{b}$$\n\n## Loss\n\n" + "long " * 99),
             new_code_cell("x = 1  # " + "long " * 99, execution_count=1, outputs=[
                 nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": "y" * 500})]),
             new_code_cell("hidden_tests()", metadata=nbformat.from_dict(GRADED), outputs=[report])]
    (tmp_path / "page.html").write_text(page_of(*cells), encoding="utf-8")
    view = browser.new_page(viewport={"width": 390, "height": 800})
    asked = []
    view.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))
    view.on("console", lambda message: asked.append(message.text))
    view.goto((tmp_path / "page.html").as_uri())
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    assert asked == []
    assert axe_faults(view) == []
    view.close()


def test_a_report_without_findings_is_a_sentence_and_no_empty_table():
    assert Report("loss", [], title="Not run: the self-check of")._repr_html_() == (
        "<p>Not run: the self-check of <code>loss</code></p>")


def as_report_output():
    """The output of a graded cell."""
    report = Report("loss", [Finding("the first case", False, "0 of 1: wrong", weight=1)])
    return new_output("display_data", data={"text/html": report._repr_html_(), "text/plain": repr(report)})


def test_the_message_at_the_top_says_why_a_person_looks_and_that_nothing_protected_the_mark():
    notebook = new_notebook(cells=[new_code_cell("1")])
    with_message(notebook, "", False)
    assert len(notebook.cells) == 1
    with_message(notebook, "The cell <b> was edited.", True)
    assert notebook.cells[0].source == ("**The cell &lt;b&gt; was edited.**\n\n"
                                        "**Graded without a sandbox: nothing kept this code from changing its own mark.**")
