"""The slides of a chapter: what is on them, and how one moves through them."""
import importlib.metadata
import shutil
from pathlib import Path

import pytest
from accessibility import axe_faults
from bs4 import BeautifulSoup
from pypdf import PdfReader
from slide_deck import laid_out, overflowing, shown_all

from nnlib.book import slides

ROOT = Path(__file__).parents[1]
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><circle cx="40" cy="40" r="9"/></svg>'
LONG = r" + ".join(f"w_{{{n}}} x_{{{n}}}" for n in range(40))
PAGE = rf"""<section id="one"><h1>2. One neuron<a class="headerlink" href="#one">#</a></h1>
<div class="tip admonition"><p class="admonition-title">Before you start</p>
<p><strong>You leave with</strong> one line that you can draw.</p></div>
<p>Beans pass. <strong>Who draws the line?</strong></p>
<section id="score"><h2>2.1. The score<a class="headerlink" href="#score">#</a></h2>
<p>A bean has two numbers, <span class="math">\(x_1\)</span> and
<span class="math">\(x_2\)</span>. See <a href="#fig-line">this</a> and <a href="01_perceptron.html#step">that</a>.
The score is</p>
<div class="math" id="equation-score">
<span class="eqno">(2.1)<a class="headerlink" href="#equation-score">#</a></span>\[a = {LONG}\]</div>
<p>where <span class="math">\(w\)</span> are the weights. More of it later.</p>
<div class="cell"><pre>code</pre></div>
<p>It has a sign:</p>
<div class="math">\[\begin{{split}}h = \begin{{cases}}1 & a > 0 \\ 0 & \text{{else,}}\end{{cases}}
\qquad p_k = \frac{{e^{{a_k}}}}{{\sum_j e^{{a_j}}}}, \qquad y = h\end{{split}}\]</div>
<p>Try it.</p>
<div class="admonition predict" id="predict-sign"><p class="admonition-title">Predict</p><p>Which sign?</p>
<ol class="predict-choices"><li><p>Plus.</p></li><li><p>Minus.</p></li></ol></div>
<figure id="fig-line"><img alt="a line" src="../_images/wide.svg"/><figcaption>
<p><span class="caption-number">Fig. 2.1 </span>
<span class="caption-text">It parts the beans.</span></p></figcaption></figure>
<div class="predict-explain" data-for="predict-sign">
<p class="predict-answer"><strong>Answer: </strong>a</p><p>{"Very long. " * 120}</p></div>
<div class="exercise admonition" id="ask"><p>Draw it.</p></div>
<div class="tip dropdown admonition"><p>A hint.</p></div>
<div class="solution dropdown admonition"><p>Drawn.</p><div class="math">\[x = 1\]</div></div></section>
<section id="moving"><h2>2.2. In motion</h2><h3>At rest</h3><p>Nothing moves.</p>
<figure id="fig-live"><div>
<img alt="a bean" class="live-still" src="../_images/tall.svg"/><div class="live" hidden></div></div>
<figcaption><p><span class="caption-number">Fig. 2.2 </span>A bean.</p>
<div class="legend"><p>Try <a href="#fig-live?x=1">this</a>.</p>
</div></figcaption></figure></section>
<section id="what-to-remember"><h2>2.3. What to remember</h2><p>A line parts. Draw it.</p></section>
<section id="read-on"><h2>2.4. Read on</h2><ul><li>A book.</li></ul></section></section>"""


@pytest.fixture(scope="module")
def text():
    return slides.deck(PAGE, "book/02_one", "The authors")


@pytest.fixture(scope="module")
def deck(text):
    return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def address(tmp_path_factory, text):
    """The deck on disk, beside what it loads."""
    folder = tmp_path_factory.mktemp("site")
    script, = (f for f in importlib.metadata.files("sphinx-mathjax-offline") if f.name == "tex-chtml.js")
    shutil.copytree(Path(script.locate()).parent, folder / "_static" / "mathjax")
    for name in ("slides.css", "slides.js"):
        shutil.copy(ROOT / "book" / "_static" / name, folder / "_static")
    (folder / "_images").mkdir()
    (folder / "_images" / "wide.svg").write_text(PICTURE.format(800, 300))
    (folder / "_images" / "tall.svg").write_text(PICTURE.format(300, 400))
    (folder / "slides").mkdir()
    (folder / "slides" / "02_one.html").write_text(text)
    return (folder / "slides" / "02_one.html").as_uri()


@pytest.fixture
def page(browser, address):
    """The deck as a lecturer sees it, when it is laid out; at the end nothing may stand in the console."""
    page, faults = browser.new_page(viewport={"width": 1280, "height": 720}), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    laid_out(page)
    yield page
    page.close()
    assert faults == []


def kinds(deck):
    return [slide["class"][1] for slide in deck.select(".slide")]


def of_kind(deck, kind):
    return deck.select(f".slide.{kind} .content")


def test_titles_figures_equations_questions_and_answers_are_slides_in_their_order(deck):
    assert kinds(deck) == ["opening", "section", "equation", "equation", "ask", "picture", "answer", "section", "section",
                           "picture", "section"]
    assert [slide["aria-label"] for slide in deck.select(".slide")][2:7] == [
        "3. Equation 2.1", "4. Equation", "5. Question", "6. Figure 2.1", "7. Answer"]


def test_the_first_slide_asks_the_question_of_the_chapter_and_says_what_one_leaves_with(deck):
    assert " ".join(of_kind(deck, "opening")[0].stripped_strings) == (
        "2. One neuron Who draws the line? You leave with one line that you can draw. The authors")


def test_an_equation_has_the_sentences_beside_it_that_say_what_its_symbols_are(deck):
    first, second = of_kind(deck, "equation")
    assert [part.get_text().strip() for part in first.select("p")] == ["The score is", r"where \(w\) are the weights."]
    assert [part.get_text().strip() for part in second.select("p")] == ["It has a sign:"]
    assert first.select_one(".eqno").get_text() == "(2.1)"


def test_a_formula_of_several_parts_is_broken_between_them_and_nowhere_else(deck):
    rows = of_kind(deck, "equation")[1].select_one(".math").get_text().split(r" \\[6pt] ")
    assert [row.strip().partition(" ")[0] for row in rows] == [r"\[\begin{gathered}h", "p_k", "y"]
    assert rows[0].endswith(r"\end{cases}" + "\n")
    for whole in (r"\[a \qquad b\]", rf"\[{LONG}\]", rf"\[\begin{{split}}a &= {LONG} \\ b &= 1 \qquad c\end{{split}}\]"):
        assert slides._broken(whole) == whole


def test_a_title_has_the_first_sentences_below_it_that_introduce_nothing(deck):
    first, second, third, last = of_kind(deck, "section")
    assert [" ".join(part.get_text().split()) for part in first.select("h2, p")] == [
        "2.1. The score", r"A bean has two numbers, \(x_1\) and \(x_2\). See this and that."]
    assert second.get_text() == "2.2. In motion" and third.get_text() == "At restNothing moves."
    assert [item.get_text() for item in last.select("li")] == ["A line parts.", "Draw it."]


def test_exercises_hints_solutions_code_and_titles_above_nothing_stay_in_the_chapter(deck):
    words = deck.get_text()
    assert not any(word in words for word in ("Drawn", "hint", "code", "Draw it.A", "Read on", "#"))


def test_links_and_pictures_lead_to_the_book(deck):
    assert [link["href"] for link in of_kind(deck, "section")[0].select("a")] == [
        "../book/02_one.html#fig-line", "../book/01_perceptron.html#step"]
    assert [image["src"] for image in deck.select("img")] == ["../_images/wide.svg", "../_images/tall.svg"]
    assert [link["href"] for link in deck.select(".foot a")][:3] == [
        "../book/02_one.html", "../book/02_one.html#score", "../book/02_one.html#equation-score"]


def test_a_live_figure_is_its_still_picture_with_a_link_to_where_it_runs(deck):
    live = deck.select(".slide.picture")[1]
    assert not live.select(".live, .legend") and live.select_one(".runs")
    assert live.select_one(".foot a")["href"] == "../book/02_one.html#fig-live"


def test_keys_move_and_escape_shows_all_slides_and_back(page):
    shown = page.locator(".slide:visible")
    for key, number in [("ArrowRight", 2), (" ", 3), ("PageDown", 4), ("ArrowLeft", 3), ("Shift+ ", 2), ("Home", 1),
                        ("ArrowUp", 1), ("End", 11), ("ArrowDown", 11)]:
        page.keyboard.press(key)
        assert shown.count() == 1 and shown.get_attribute("id") == f"slide-{number}", key
        assert page.url.endswith(f"#slide-{number}")
    page.keyboard.press("Escape")
    assert shown.count() == 11
    page.locator("#slide-4").evaluate("slide => slide.scrollIntoView()")
    page.keyboard.press("Escape")
    assert shown.get_attribute("id") == "slide-4"
    page.get_by_role("button", name="Next").click()
    page.keyboard.press(" ")                                 # the button has the focus, so it is the one that is pressed
    assert shown.get_attribute("id") == "slide-6"


def test_nothing_overflows_a_slide_nor_a_narrow_window(page):
    shown_all(page)
    assert overflowing(page) == []
    shrunk = page.evaluate("""() => [...document.querySelectorAll(".slide")].map(
        slide => Number(slide.style.getPropertyValue("--fit")))""")
    assert shrunk[6] < 1 and shrunk[:6] == [1] * 6
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".slide:visible").count() == 11
    assert page.locator("#slide-3 div.math").get_attribute("tabindex") == "0"        # it scrolls, by keyboard too


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_no_fault_with_one_slide_nor_with_all(page, mode):
    page.emulate_media(color_scheme=mode)
    page.keyboard.press("ArrowRight")
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    assert axe_faults(page) == []


def test_axe_finds_no_fault_in_a_narrow_window(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert axe_faults(page) == []


def test_every_slide_is_printed_on_a_page_of_its_own(page, tmp_path):
    page.pdf(path=tmp_path / "slides.pdf", prefer_css_page_size=True)
    printed = PdfReader(tmp_path / "slides.pdf").pages
    assert len(printed) == 11
    assert {(float(sheet.mediabox.width), float(sheet.mediabox.height)) for sheet in printed} == {(960, 540)}
    assert "2.2. In motion" in printed[7].extract_text()


def test_without_javascript_all_slides_stand_one_under_another(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(".slide:visible").count() == 11 and page.locator("nav:visible").count() == 0
    context.close()
