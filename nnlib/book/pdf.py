"""The whole book as one PDF: the pages of the built site, put together and printed by Chromium.

So mathematics, figures and code look as they do on the site. The file is tagged and has an outline. What moves on the site
is its still picture, and solutions stand at the end.
"""
import os
import posixpath
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import yaml
from bs4 import BeautifulSoup

from .. import __version__
from .builder import BookError, date_of_commit

NAME = f"one-gradient-{__version__}.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STYLES = ("pygments.css", "exercise.css", "proof.css", "highlight.css", "book.css")         # of the site
UNSEEN = ".headerlink, script, style, .live, details.above-input, .predict-form"            # on paper
LINKS = ("aria-labelledby", "aria-describedby", "for")   # attributes that name an id
SOLUTIONS = "solutions"
PATIENCE = 900                                           # seconds, for a printing on a busy machine
MATHEMATICS = """
window.MathJax = {
  options: {enableMenu: false, enableAssistiveMml: false, processHtmlClass: "math", ignoreHtmlClass: "book"},
  startup: {pageReady: () => {
    for (const place of document.querySelectorAll(".math")) place.dataset.tex = place.textContent
    return MathJax.startup.defaultPageReady().then(() => {
      for (const place of document.querySelectorAll(".math")) {      // a screen reader says the formula as it was typed
        place.setAttribute("role", "img")
        place.setAttribute("aria-label", place.dataset.tex)
      }
      for (const place of document.querySelectorAll("div.math")) {   // the page is laid out as wide as paper: paper.css
        const formula = place.querySelector("mjx-math"), number = place.querySelector(".eqno")
        const wide = formula.getBoundingClientRect().width / (place.clientWidth - (number ? number.offsetWidth : 0))
        if (wide > 1) formula.style.fontSize = `${100 / wide}%`
      }
    })
  }},
}
"""


def make(root):
    """Print the built book of a checkout to a file beside its pages, and return the path.

    Raises    BookError if there is no browser, or it prints nothing
    """
    target = Path(root, "_build", "html", NAME)
    book = assemble(Path(root))
    _print(book, {}, target)
    _print(book, pages(target), target)                  # the contents name pages, and pages are known only now
    return target


def pages(path):
    """{id: page on which it stands} of the places that links of a PDF lead to."""
    from pypdf import PdfReader

    pdf = PdfReader(path)
    return {name.lstrip("/"): pdf.get_destination_page_number(place) + 1 for name, place in pdf.named_destinations.items()}


def assemble(root):
    """The book as one page of HTML, in the order of _toc.yml, as a BeautifulSoup."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    parts = [("", [toc["root"]]), *((part["caption"], [page["file"] for page in part["chapters"]]) for part in toc["parts"])]
    site = config["sphinx"]["config"]["html_baseurl"]
    book = BeautifulSoup(_frame(root, config), "html.parser")
    main, contents = book.select_one(".book"), book.select_one("nav ul")
    names = {file: Path(file).name for _, files in parts for file in files}
    solutions = book.new_tag("article", id=SOLUTIONS)
    solutions.append(BeautifulSoup("<h1>Solutions</h1>", "html.parser"))
    for caption, files in parts:
        if caption:
            contents.append(BeautifulSoup(f'<li class="part">{escape(caption)}</li>', "html.parser"))
        for file in files:
            page = _page(root / "_build" / "paper" / f"{names[file]}.html", file, names, site)
            taken = [solution.extract() for solution in page.select(".solution")]
            if taken:
                section = book.new_tag("section", id=f"{SOLUTIONS}--{page['id']}")
                section.append(BeautifulSoup(f"<h2>{page.h1.decode_contents()}</h2>", "html.parser"))
                section.extend(taken)
                solutions.append(section)
            main.append(page)
            _list(contents, page, names[file])
    main.append(solutions)
    _list(contents, solutions, SOLUTIONS)
    _lead_to_solutions(solutions, main)
    _running_heads(book, main)
    return book


def _frame(root, config):
    date = date_of_commit(root)
    styles = "".join(f'<link rel="stylesheet" href="html/_static/{name}"/>' for name in STYLES)
    own = Path(__file__).with_name("paper.css").read_text("utf-8")
    return f"""<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"/>
<title>{escape(config["title"])}</title>{styles}<style>{own}</style><script>{MATHEMATICS}</script>
<script defer src="html/_static/mathjax/tex-chtml.js"></script></head><body>
<section class="title"><p class="book-title">{escape(config["title"])}</p><p>{escape(config["author"])}</p>
<p>Version {__version__}, {date.day} {date:%B %Y}<br/>{escape(config["sphinx"]["config"]["html_baseurl"])}</p>
<p>© {escape(config["copyright"])}</p></section>
<nav aria-label="Contents"><h1>Contents</h1><ul></ul></nav><main class="book bd-article bd-content"></main></body></html>"""


def _page(path, file, names, site):
    """A page of the site as a part of the book: its ids begin with its name, and links lead to places in the book."""
    page = BeautifulSoup(f'<article id="{path.stem}">{path.read_text("utf-8")}</article>', "html.parser").article
    for node in page.select(UNSEEN):
        node.decompose()
    for node in page.select("details"):
        node["open"] = ""
    for node in page.select("[id]"):
        node["id"] = f"{path.stem}--{node['id']}"
    for attribute in LINKS:
        for node in page.select(f"[{attribute}]"):
            node[attribute] = " ".join(f"{path.stem}--{name}" for name in node[attribute].split())
    for node in page.select("[src]"):
        node["src"] = "html/" + re.sub(r"^(\.\./)+", "", node["src"])
    for node in page.select("a[href]"):
        node["href"] = _address(node["href"], file, names, site)
    return page


def _address(address, here, names, site):
    """Where a link of a page leads in the book."""
    if re.match(r"\w+:", address):
        return address
    path, _, place = address.partition("#")
    there = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else f"{here}.html"
    name = names.get(there.removesuffix(".html"))
    if name is None:                                     # what only the site has
        return site + there
    if "?" in place:                                     # a state of a figure that runs
        return f"{site}{there}#{place}"
    return f"#{name}--{place}" if place else f"#{name}"


def _list(contents, page, name):
    """Enter a page and its sections in the contents, with room for the number of the page on which they begin."""
    entries = [(name, page.h1)] + [(heading.parent.get("id"), heading) for heading in page.find_all("h2")]
    for place, heading in entries:
        if place:
            contents.append(BeautifulSoup(
                f'<li class="{heading.name}"><a href="#{place}">{heading.decode_contents()}</a>'
                f'<span class="leads" data-place="{place}"></span></li>', "html.parser"))


def _lead_to_solutions(solutions, main):
    """A link from each exercise to its solution, which the site has below it."""
    exercises = {f"#{exercise['id']}": exercise for exercise in main.select(".exercise")}
    for solution in solutions.select(".solution"):
        exercise = exercises.get(solution.a["href"]) if solution.a else None
        if exercise:
            link = f'<p class="to-solution"><a href="#{solution["id"]}">Solution</a></p>'
            exercise.append(BeautifulSoup(link, "html.parser"))


def _running_heads(book, main):
    """The title of each page at the head of its sheets."""
    rules = ""
    for number, page in enumerate(main.find_all("article", recursive=False)):
        title = page.h1.get_text().strip().replace("\\", r"\\").replace('"', r"\"")
        rules += f'#{_escaped(page["id"])} {{ page: p{number} }}\n@page p{number} {{ @top-left {{ content: "{title}" }} }}\n'
    book.head.append(book.new_tag("style"))
    book.head.find_all("style")[-1].string = rules


def _escaped(name):
    """An id as CSS writes it: it may not begin with a digit."""
    return re.sub(r"^\d", lambda digit: rf"\3{digit[0]} ", name)


def _print(book, numbers, target):
    for node in book.select("[data-place]"):
        node.string = str(numbers.get(node["data-place"], ""))
    source = target.parents[1] / "paper.html"
    source.write_text(str(book), "utf-8")
    target.unlink(missing_ok=True)
    said = in_browser(source, "--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={target}")
    if not target.exists():
        raise BookError(f"The browser printed nothing:\n{said[-1000:]}")


def in_browser(page, *options):
    """What Chromium writes when it has opened a page of our own and its scripts have ended.

    Raises    BookError if there is no browser
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise BookError(f"No browser was found, expected one of {', '.join(BROWSERS)}: it prints the book.\n"
                        "Install one: sudo apt-get install chromium")
    options += (f"--virtual-time-budget={PATIENCE * 1000}", f"--timeout={PATIENCE * 1000}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:     # Chromium refuses to make a sandbox as root; the pages are our own
        options += ("--no-sandbox",)
    done = subprocess.run([browser, "--headless", "--disable-gpu", *options, page.as_uri()], capture_output=True, text=True,
                          encoding="utf-8", errors="replace", timeout=PATIENCE)
    return done.stdout or done.stderr
