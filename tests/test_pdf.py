"""The book as one PDF: how its pages are put together, and what Chromium makes of a small one."""
import shutil
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from nnlib.book import builder, pdf

ROOT = Path(__file__).parents[1]
PAGES = {
    "index": '<section id="book"><h1>Small book<a class="headerlink" href="#book">#</a></h1><p>It is small.</p></section>',
    "01_x": """<section id="x"><h1>1. One</h1>
<section id="more"><h2>1.1. More</h2><p id="here">See <a href="#here">here</a>, <a href="deeper/02_y.html#y">there</a>,
<a href="deeper/02_y.html">all of it</a>, <a href="../genindex.html">the index</a>, <a href="#fig?step=1">a state</a> and <a href="https://x.org">elsewhere</a>:
<span class="math">\\(w^2\\)</span></p>
<details class="admonition hide above-input"><summary>Show</summary><pre>hidden</pre></details>
<figure><img alt="dots" class="live-still" src="../_images/x.svg"/><div class="live" hidden></div></figure>
<div class="exercise admonition" id="ask"><p class="admonition-title">Exercise 1.1</p></div>
<div class="solution dropdown admonition" id="answer"><p class="admonition-title">
<a href="#ask">Exercise 1.1</a></p><p>Four.</p></div></section></section>""",
    "02_y": '<section id="y"><h1>2. Two</h1><p>The end of <a href="../01_x.html#more">more</a>.</p>'
            '<div style="height: 203mm"></div><div class="admonition predict"><p>Which?</p><ol><li>This.</li>'
            '<li>That.</li><li>Another.</li><li>None.</li></ol></div></section>',
}
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A checkout whose book is built, of two chapters."""
    root = tmp_path_factory.mktemp("checkout")
    for name, text in PAGES.items():
        page = root / "_build" / "paper" / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    for folder in ("_static", "_images"):
        (root / "_build" / "html" / folder).mkdir(parents=True)
    (root / "_build" / "html" / "_images" / "x.svg").write_text(DOT)
    shutil.copy(ROOT / "_config.yml", root)
    (root / "_toc.yml").write_text(yaml.safe_dump({"root": "book/index", "parts": [
        {"caption": "Part", "chapters": [{"file": "book/01_x"}, {"file": "book/deeper/02_y"}]}]}))
    return root


@pytest.fixture
def book(root):
    return pdf.assemble(root)


def test_pages_stand_in_the_order_of_the_contents_and_solutions_at_the_end(book):
    assert [page["id"] for page in book.select(".book > article")] == ["index", "01_x", "02_y", "solutions"]
    assert [solution["id"] for solution in book.select(".solution")] == ["01_x--answer"]
    assert book.select_one("#solutions .solution").get_text().endswith("Four.")
    assert book.find(id="01_x--ask").a["href"] == "#01_x--answer"


def test_links_lead_to_places_in_the_book_and_what_only_the_site_has_to_the_site(book):
    links = [link["href"] for link in book.find(id="01_x--here").select("a")]
    site = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["html_baseurl"]
    assert links == ["#01_x--here", "#02_y--y", "#02_y", f"{site}genindex.html", f"{site}book/01_x.html#fig?step=1",
                     "https://x.org"]
    assert book.find(id="02_y").a["href"] == "#01_x--more"
    assert [link["href"] for link in book.select("a[href^='#']") if not book.find(id=link["href"][1:])] == []


def test_paper_shows_no_hidden_code_and_the_still_picture_of_a_live_figure(book):
    assert "hidden" not in book.get_text() and not book.select(".live, .headerlink")
    assert book.select_one(".live-still")["src"] == "html/_images/x.svg"


def test_the_contents_name_the_page_of_each_section_and_heads_the_chapter(book):
    assert [place["data-place"] for place in book.select("nav .leads")] == [
        "index", "01_x", "01_x--more", "02_y", "solutions", "solutions--01_x"]
    assert '#\\30 1_x { page: p1 }\n@page p1 { @top-left { content: "1. One" } }' in book.head.find_all("style")[-1].string


def test_a_machine_without_a_browser_is_told_what_to_install(root, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(builder.BookError, match="No browser was found, expected one of chromium.*\nInstall one: "):
        pdf.make(root)


def test_the_file_is_tagged_and_its_contents_and_outline_lead_to_pages(root):
    printed = PdfReader(pdf.make(root))
    text = [page.extract_text() for page in printed.pages]
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"] and printed.trailer["/Root"]["/Lang"] == "en"
    assert [place.title for place in printed.outline if not isinstance(place, list)] == [
        "Contents", "Small book", "1. One", "2. Two", "Solutions"]
    assert [line for line in text[1].splitlines() if line.endswith("5")] == ["2. Two 5"]
    assert "2. Two" in text[4] and "Four." in text[6]
    assert "Which?" in text[5] and "None." in text[5]        # a question is not cut by the end of a page
