"""The book as an EPUB, made of a small one: its files, their links, formulas as MathML. epubcheck itself is make epub's."""
import importlib.metadata
import importlib.util
import shutil
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from epub_faults import faults

from nnlib.book import builder, epub

ROOT = Path(__file__).parents[1]
PAGES = {
    "index": '<section id="book"><h1>Small book</h1><p>Small &amp; &nbsp;has <br>no <code>x &lt; 1</code>.</p></section>',
    "01_x": r"""<section id="x"><h1>1. One <span class="math">\(w\)</span></h1>
<section id="more"><h2>1.1. More</h2><p id="here">See <a href="#here">here</a>, <a href="deeper/02_y.html#y">there</a>,
<a href="deeper/02_y.html">all of it</a> and <a href="#fig?rate=1&amp;steps=2">try it</a>:
<span class="math">\(w^2 &lt; 1\)</span></p>
<div class="math" id="equation-x"><span class="eqno">(1.1)</span>
\[\begin{split}a &amp;= 1 \\ b &amp;= \boldsymbol{x}\end{split}\]</div>
<figure id="fig"><img alt="dots" src="../_images/x.svg"/></figure>
<svg role='img' aria-label='one' width='9' height='9'><rect width='9' height='9'/></svg>
<div class="highlight"><pre><k->for</k-> x</pre></div>
<div class="exercise admonition" id="ask"><p>Ask.</p><section id="exercise-content">1</section></div>
<div class="exercise admonition" id="ask2"><p>Ask.</p><section id="exercise-content">2</section></div>
<div class="solution admonition" id="answer"><p><a href="#ask">Exercise 1.1</a></p><p>Four.</p></div></section></section>""",
    "02_y": r"""<section id="y"><h1>2. Two</h1><p>The end of <a href="../01_x.html#more">more</a>:
<span class="math">\(\mathbf{x} \mathbf{1} \boldsymbol{\theta} \mathbb{R} \mathsf{T} \nabla w\)</span></p></section>""",
}
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A checkout whose book is built, of two chapters."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "_build" / "paper").mkdir(parents=True)
    for name, text in PAGES.items():
        (root / "_build" / "paper" / f"{name}.html").write_text(text)
    html = root / "_build" / "html"
    script, = (f for f in importlib.metadata.files("sphinx-mathjax-offline") if f.name == "tex-chtml.js")
    shutil.copytree(Path(script.locate()).parent, html / "_static" / "mathjax")
    (html / "_static" / "highlight.css").write_text('html[data-theme="light"] .highlight k- { color: #6730C5 }\n')
    (html / "_images").mkdir()
    (html / "_images" / "x.svg").write_text(DOT)
    shutil.copy(ROOT / "_config.yml", root)
    (root / "_toc.yml").write_text(yaml.safe_dump({"root": "book/index", "parts": [
        {"caption": "Part", "chapters": [{"file": "book/01_x"}, {"file": "book/deeper/02_y"}]}]}))
    return root


@pytest.fixture(scope="module", autouse=True)
def committed():
    """The folder was committed once, and not now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(epub, "date_of_commit", lambda root: datetime(2026, 11, 20, 12, tzinfo=UTC))
        yield


@pytest.fixture(scope="module")
def path(root, committed):
    return epub.make(root)


@pytest.fixture(scope="module")
def pages(path):
    """{name: XHTML of a page}"""
    with zipfile.ZipFile(path) as archive:
        return {name: BeautifulSoup(archive.read(name), "html.parser") for name in archive.namelist()
                if name.endswith(".xhtml")}


def test_an_epub_is_well_formed_lists_its_files_and_no_link_leads_nowhere(path):
    assert faults(path) == []


def test_pages_stand_in_the_order_of_the_contents_below_their_parts(pages):
    assert list(pages) == ["title.xhtml", "contents.xhtml", "index.xhtml", "01_x.xhtml", "02_y.xhtml", "solutions.xhtml"]
    top = pages["contents.xhtml"].nav.ol.find_all("li", recursive=False)
    assert [entry.find(["a", "span"]).get_text() for entry in top] == ["Small book", "Part"]
    below = top[1].ol.find_all("li", recursive=False)
    assert [entry.a["href"] for entry in below] == ["01_x.xhtml#01_x", "02_y.xhtml#02_y", "solutions.xhtml#solutions"]
    assert [link["href"] for link in below[0].ol.select("a")] == ["01_x.xhtml#01_x--more"]


def test_links_lead_to_the_file_of_a_place_and_states_of_live_figures_to_the_site(pages):
    site = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["html_baseurl"]
    assert [link["href"] for link in pages["01_x.xhtml"].select("[id='01_x--here'] a")] == [
        "01_x.xhtml#01_x--here", "02_y.xhtml#02_y--y", "02_y.xhtml#02_y", f"{site}book/01_x.html#fig?rate=1&steps=2"]
    assert pages["01_x.xhtml"].select_one(".to-solution a")["href"] == "solutions.xhtml#01_x--answer"


def test_formulas_are_mathml_of_the_sites_own_mathjax_with_latex_as_their_text(pages):
    title, inline, display = pages["01_x.xhtml"].select("math")
    assert title.find_parent("h1") and inline["alttext"] == "w^2 < 1" and inline.msup.get_text() == "w2"
    assert display["display"] == "block" and len(display.select("mtr")) == 2 and "data-" not in str(display)
    assert display.parent.get_text() == "(1.1)a=1b=\U0001d499"


def test_letters_of_another_shape_are_characters_because_readers_do_not_know_mathvariant(pages):
    assert pages["02_y.xhtml"].math.get_text() == "\U0001d431\U0001d7cf\U0001d73d\u211d\U0001d5b3\u2207w"
    assert [node["mathvariant"] for node in pages["02_y.xhtml"].select("[mathvariant]")] == ["normal"]


def test_the_file_is_the_same_when_it_is_made_again(root, path):
    before = path.read_bytes()
    assert epub.make(root) == path and path.read_bytes() == before


@pytest.mark.parametrize("wrong, words", [
    (r'<p class="math">\(\frac{1\)</p>', r"The formula \\frac{1 cannot be converted.*\nLook at it on the site"),
    ('<p><a href="#lost">so</a></p>', "A link leads to 02_y--lost, expected a place in the book: 'so'.*\nCorrect it"),
])
def test_a_formula_that_cannot_be_read_and_a_link_to_nowhere_are_named(root, tmp_path, wrong, words):
    copy = shutil.copytree(root, tmp_path / "copy")
    with open(copy / "_build" / "paper" / "02_y.html", "a") as page:
        page.write(wrong)
    with pytest.raises(builder.BookError, match=words):
        epub.make(copy)


@pytest.fixture
def epubcheck(monkeypatch):
    """A function that says what epubcheck will find, where it and Java are there."""
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/java")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    return lambda *found: monkeypatch.setitem(sys.modules, "epubcheck", SimpleNamespace(
        EpubCheck=lambda name: SimpleNamespace(valid=not found, messages=found)))


def test_faults_that_epubcheck_finds_are_named(path, epubcheck):
    epubcheck()
    assert epub.check(path) == "epubcheck finds no fault."
    epubcheck(SimpleNamespace(short="ERROR - RSC-005"))
    with pytest.raises(builder.BookError, match="(?s)finds faults in .*one-gradient.*ERROR - RSC-005\nCorrect the pages"):
        epub.check(path)


def test_that_an_epub_was_not_checked_is_said(path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert epub.check(path) == "It was not checked: that takes Java, and pip install 'one-gradient[epub]'."
