"""Every page of the real book, opened from disk in Chromium: desktop and phone, light and dark."""
import fcntl
import re
import threading
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import epub_faults
import pytest
import yaml
from accessibility import axe_faults, axe_faults_but_colours, axe_faults_of_colours, show, stand_still, without_mathematics
from bs4 import BeautifulSoup
from live_book import size
from slide_deck import overflowing, shown_all

from nnlib.book import builder, epub

ROOT = Path(__file__).parents[1]
WIDTHS = PHONE, DESKTOP = 390, 1280
HEIGHT = 900
HALVES = "odd", "even"                 # pages: one worker takes these, another one those
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]
MOVED, SITE = CONFIG["redirects"], urlsplit(CONFIG["html_baseurl"])

LOOK = """() => {
    const article = document.querySelector(".bd-article") || document.body
    const clone = article.cloneNode(true)
    clone.querySelectorAll("pre, code, mjx-container, script").forEach(node => node.remove())
    const images = [...article.querySelectorAll("img")].filter(image => image.checkVisibility())
    return {
        text: clone.textContent,
        unrendered: [...article.querySelectorAll(".math")].filter(node => !node.querySelector("mjx-container")).length,
        merrors: [...article.querySelectorAll("mjx-merror, [data-mjx-error]")].map(node => node.textContent),
        broken: images.filter(image => !image.naturalWidth).map(image => image.src),
        unnamed: images.filter(image => !image.alt || image.alt.includes("_images/")).map(image => image.src),
        uncaptioned: images.filter(image => {
            const caption = image.closest("figure")?.querySelector("figcaption")
            return !caption?.checkVisibility()
        }).map(image => image.src),
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        cut: [...article.querySelectorAll("mjx-container[display='true']")].filter(
            node => innerWidth > 1000 && node.scrollWidth > node.clientWidth + 1)
            .map(node => node.closest(".math").id || node.textContent),
        shown: [...document.querySelectorAll("body *")].map(node => node.checkVisibility() ? 1 : 0).join(""),
    }
}"""


@dataclass
class Visit:
    """What was seen on one page at one width in one mode."""
    name: str
    console: list
    requests: list
    violations: list
    look: dict


@pytest.fixture(scope="module")
def html():
    """The folder of the book, built strictly; what is up to date is not built again."""
    with open(ROOT / "_toc.yml") as toc:
        fcntl.flock(toc, fcntl.LOCK_EX)                      # two workers look at the book, and one of them builds it
        builder.build(ROOT)
    return ROOT / "_build" / "html"


def test_every_equation_links_both_sources_and_the_tests_of_both(html, browser):
    page = browser.new_page()
    page.goto((html / "book" / "equations.html").as_uri())
    links = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("table tbody tr")].map(
        row => [row.cells[1].textContent, [...row.querySelectorAll("a.external")].map(link => link.href)]))""")
    page.close()
    assert set(links) >= {"conv2d_forward", "conv2d_backward"}
    for addresses in links.values():
        paths = [address.partition("/blob/main/")[2].partition("#")[0] for address in addresses]
        assert {Path(path).parent.as_posix() for path in paths} == {"nnlib/kernels/plain", "nnlib/kernels", "tests"}
        assert all((ROOT / path).is_file() for path in paths)


def test_the_first_page_has_a_card_for_each_chapter(html, browser):
    page = browser.new_page()
    page.goto((html / "book" / "index.html").as_uri())
    cards = page.evaluate("""() => [...document.querySelectorAll(".chapter-cards > li")].map(card => ({
        link: card.querySelector("a").getAttribute("href"), alt: card.querySelector("img").alt,
        question: card.querySelector("figcaption").textContent, time: card.querySelector(".chapter-time").textContent}))""")
    page.close()
    assert [card["link"] for card in cards] == sorted(f"{path.stem}.html" for path in (ROOT / "book").glob("[0-9]*_*.md"))
    for card in cards:
        assert card["question"].endswith("?") and card["alt"]
        assert re.fullmatch(r"\d+ minutes", card["time"])


def test_an_address_of_an_earlier_version_leads_to_where_the_page_is_now(html, browser):
    page = browser.new_page()
    for old, new in MOVED.items():
        page.goto(f"{(html / old).as_uri()}.html#exercise")
        page.wait_for_url(f"**/{new}#exercise")
        assert page.locator("#exercise").count()
    page.close()


def test_the_book_as_an_epub_is_well_formed_and_its_links_lead_somewhere(html):
    path = epub.make(ROOT)
    assert epub_faults.faults(path) == []
    assert path.stat().st_size < 4e6


class Pages(SimpleHTTPRequestHandler):
    """Serves the site in a folder of the server, as it is published: where nothing is, with its page for that."""

    def translate_path(self, path):
        inside = path.partition("?")[0].removeprefix(SITE.path)
        found = self.server.html / inside
        return str(found if path.startswith(SITE.path) and found.exists() else self.server.html / "404.html")

    def log_message(self, *arguments):
        pass


@pytest.fixture(params=["disk", "server"])
def address(request, html):
    """The address of the site, on disk and in a folder of a server."""
    if request.param == "disk":
        yield f"{html.as_uri()}/"
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.html = html
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{SITE.path}"
        server.shutdown()


def test_the_site_works_from_disk_and_in_a_folder_of_a_server(address, browser):
    page, outside, faults = browser.new_page(), [], []
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(address) else None)
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}book/05_backprop.html")
    page.locator("mjx-container").first.wait_for()
    page.get_by_role("link", name="Start with the first chapter").click()
    page.wait_for_url("**/01_perceptron.html")
    if address.startswith("http"):                           # on disk a page may not read others, to show what was found
        page.goto(f"{address}search.html?q=sigmoid")
        page.locator("#search-results li a", has_text="Logistic regression").first.wait_for()
        for lost in ("nowhere.html", "book/nowhere/deep/"):
            page.goto(address + lost)
            assert axe_faults(page) == []
            page.get_by_role("link", name="Start with the first page").click()
            page.wait_for_url("**/book/index.html")
    page.close()
    assert (outside, faults) == ([], [])


def test_every_chapter_has_slides_with_all_its_figures_and_numbered_equations(html):
    chapters = sorted(path.stem for path in (ROOT / "book").glob("[0-9]*_*.md"))
    assert sorted(path.stem for path in (html / "slides").glob("*.html")) == chapters
    for name in chapters:
        page, deck = (BeautifulSoup(path.read_text(), "html.parser") for path in (
            html.parent / "paper" / f"{name}.html", html / "slides" / f"{name}.html"))
        assert [image["src"] for image in deck.select("img")] == [image["src"] for image in page.select("figure img")]
        assert [number.get_text() for number in deck.select(".eqno")] == [
            number.find(string=True) for number in page.select(".eqno")]
        assert len(deck.select(".ask")) == len(deck.select(".answer")) == len(page.select(".predict"))


def test_no_slide_is_cut_off_nor_shows_raw_tex_nor_asks_the_network(html, browser):
    page, cut, faults = browser.new_page(viewport={"width": 1280, "height": 720}), {}, []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
    for deck in sorted((html / "slides").glob("*.html")):
        page.goto(deck.as_uri())
        shown_all(page)
        look = page.evaluate(LOOK)
        cut[deck.stem] = [*overflowing(page), *look["unrendered"] * ["TeX"], *look["merrors"], *look["broken"]]
    page.close()
    assert faults == [] and {name: what for name, what in cut.items() if what} == {}


@pytest.fixture(scope="module", params=HALVES)
def visits(request, html, browser):
    paths = [path.relative_to(html) for path in sorted(html.rglob("*.html"))]
    elsewhere = {*MOVED, "404"}                              # they have tests of their own, and so have slides
    names = [path.with_suffix("").as_posix() for path in paths if not {"_static", "slides"} & set(path.parts)]
    pages = [html / f"{name}.html" for name in names if name not in elsewhere]
    context = browser.new_context(reduced_motion="reduce")
    half = pages[HALVES.index(request.param)::2]
    seen = [seen for path in half for seen in visit(context, path, path.relative_to(html))]
    context.close()
    return seen


def visit(context, path, name):
    """Open a page once, on a phone, and look at it at both widths in both modes."""
    page, console, requests = context.new_page(), [], []
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    page.on("console", lambda message: console.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_url(re.compile(r".*(?<!/html/index)\.html"))   # the first page only sends the reader on
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.evaluate("document.querySelectorAll('.toggle-button').forEach(button => button.click())")     # solutions too
    stand_still(page)
    looks, structure, seen = {}, {}, []
    for width, scheme in in_turn(page):
        if width not in structure:                           # once: both modes show the same elements
            structure[width] = axe_faults_but_colours(page)
        looks[width, scheme] = page.evaluate(LOOK)
    without_mathematics(page)
    for width, scheme in in_turn(page, reversed(WIDTHS)):
        if width == PHONE:                                   # the colours of an article know no width
            page.evaluate("document.querySelector('.bd-article')?.remove()")
        violations = structure[width] + axe_faults_of_colours(page)
        seen.append(Visit(f"{name} at {width} px, {scheme}", console, requests, violations, looks[width, scheme]))
    page.close()
    return seen


def in_turn(page, widths=WIDTHS):
    """Show a page at both widths in both modes: the modes of a width come one after the other."""
    for width, schemes in zip(widths, (("light", "dark"), ("dark", "light"))):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in schemes:
            show(page, scheme)
            yield width, scheme


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_that_leads_back_to_the_top_can_be_read(html, browser, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.goto((html / "book" / "index.html").as_uri())
    page.locator("#pst-back-to-top").evaluate("button => button.style.display = 'block'")
    assert axe_faults_of_colours(page, inside="#pst-back-to-top") == []
    page.close()


def test_of_words_that_look_the_same_three_are_asked_about_and_every_pale_kind_is_found(browser):
    page, words = browser.new_page(), "".join(f"<b>{letter}</b> <i>{letter * 2}</i> " for letter in "abcde")
    page.set_content("<style>i {color: #ccc} .dim {background: #222}</style>"
                     f"<pre>{words}</pre><pre class=dim><b>ff</b></pre><pre><b style='color: #ddd'>gg</b></pre>")
    assert [re.search(r">(\w+)<", fault)[1] for fault in axe_faults_of_colours(page)] == ["aa", "bb", "cc", "ff", "gg"]
    assert page.locator("[data-twin]").all_inner_texts() == ["dd", "ee"]
    page.close()


def found(visits, what):
    """`{page: what was found there}`, only where there is something, so that a failure shows just the faults."""
    return {v.name: faults for v in visits if (faults := what(v))}


def test_no_page_asks_the_network_for_anything(visits):
    assert found(visits, lambda v: [r for r in v.requests if not r.startswith(("file:", "data:", "blob:"))]) == {}


def test_no_page_writes_an_error_to_the_console(visits):
    assert found(visits, lambda v: v.console) == {}


def test_all_mathematics_is_rendered(visits):
    assert found(visits, lambda v: v.look["unrendered"]) == {}
    assert found(visits, lambda v: v.look["merrors"]) == {}


def test_no_equation_is_cut_off_on_a_desktop(visits):
    assert found(visits, lambda v: v.look["cut"]) == {}


def test_no_page_shows_raw_tex(visits):
    assert found(visits, lambda v: re.findall(r"\\[(\[]|\$\$|\\(?:frac|sum|partial|boldsymbol)", v.look["text"])) == {}


def test_no_page_scrolls_sideways(visits):
    assert found(visits, lambda v: max(0, v.look["overflow"])) == {}


def test_every_image_is_there(visits):
    assert found(visits, lambda v: v.look["broken"]) == {}


def test_every_image_has_alternative_text(visits):
    assert found(visits, lambda v: v.look["unnamed"]) == {}


def test_every_image_has_a_caption_that_shows(visits):
    assert found(visits, lambda v: v.look["uncaptioned"]) == {}


def test_both_modes_show_the_same_elements(visits):
    """What axe says of one mode, but for colours, it would say of the other one."""
    for one, other in zip(visits[::2], visits[1::2], strict=True):
        assert one.look["shown"] == other.look["shown"], one.name


def test_axe_finds_no_fault(visits):
    assert found(visits, lambda v: v.violations) == {}


def test_a_page_with_its_live_figures_has_less_than_150_kilobytes_or_400_with_the_weights_of_a_network(html):
    sizes = {page.stem: size(page) for page in (html / "book").glob("*.html")}
    assert {name: bytes for name, bytes in sizes.items() if bytes >= (400_000 if name == "08_conv" else 150_000)} == {}


def test_search_finds_a_word_without_a_network(html, browser):
    page = browser.new_page()
    page.goto(f"{(html / 'search.html').as_uri()}?q=sigmoid")
    page.locator("#search-results li a").first.wait_for(timeout=10_000)
    assert page.locator("#search-results li a", has_text="Logistic regression").count()
    page.close()


def test_a_solution_is_hidden_until_the_reader_opens_it_with_the_keyboard(html, browser):
    page = browser.new_page()
    page.goto((html / "book" / "02_logistic.html").as_uri())
    content = page.locator(".solution .solution-content, .solution > section, .solution > div").first
    assert not content.is_visible()
    page.locator(".solution .toggle-button").first.press("Enter")
    assert content.is_visible()
    page.close()
