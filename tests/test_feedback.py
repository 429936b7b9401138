"""The page that a student gets back."""
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nnlib.grading.record import Mark, Record
from nnlib.grading.reports.feedback import page, with_message

RECORD = Record("ada", "02_logistic", "", "lean", "bubblewrap", {"loss": Mark(1.5, 3.0), "step": Mark(2.0, 2.0)})
GRADED = {"nbgrader": {"grade": True, "grade_id": "test_loss", "points": 3, "schema_version": 3, "solution": False,
                       "locked": True, "task": False, "cell_type": "code"}}


def page_of(*cells):
    return page(new_notebook(cells=list(cells)), RECORD)


def test_a_page_shows_the_points_of_a_task_and_their_sum():
    text = page_of(new_code_cell("hidden_tests()", metadata=nbformat.from_dict(GRADED)))
    assert "1.5/3.0" in text.replace(" ", "") and "3.5/5.0" in text.replace(" ", "")


@pytest.mark.parametrize("source", ["my drawing: ![it](attachment:it.png)", ">" * 20_000 + " deep"],
                         ids=["lost picture", "deep"])
def test_a_text_that_cannot_be_shown_costs_nobody_the_page(source):
    text = page_of(new_markdown_cell("# First"), new_markdown_cell(source), new_markdown_cell("*Last*"))
    assert "my drawing" in text or "deep" in text
    assert "<em>Last</em>" in text


def test_a_cell_keeps_its_own_picture():
    cell = new_markdown_cell("![dot](attachment:dot.png)", attachments={"dot.png": {"image/png": "aGVsbG8="}})
    assert "data:image/png;base64,aGVsbG8=" in page_of(cell, new_markdown_cell("text"))


def test_the_message_at_the_top_says_why_a_person_looks_and_that_nothing_protected_the_mark():
    notebook = new_notebook(cells=[new_code_cell("1")])
    with_message(notebook, "", False)
    assert len(notebook.cells) == 1
    with_message(notebook, "The cell <b> was edited.", True)
    assert notebook.cells[0].source == ("**The cell &lt;b&gt; was edited.**\n\n"
                                        "**Graded without a sandbox: nothing kept this code from changing its own mark.**")
