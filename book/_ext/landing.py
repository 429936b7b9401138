"""For those who come by a link: what a search engine or a message shows of a page, where a reader is, how to cite it.

Everything is taken from what is written already: the description of a chapter is its question and what the reader leaves
with, that of another page its first paragraph; the citation is CITATION.cff, the address of the site html_baseurl.
A preview picture, the sitemap and a page for addresses that lead nowhere are made beside the pages.
"""
import re
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import yaml
from chapters import CHAPTER, question
from docutils import nodes

import nnlib
from nnlib.book.epub import NAME as EPUB
from nnlib.book.pdf import NAME as PDF

LEAVE = re.compile(r"You leave with\s+(.*)", re.S)
LENGTH = 300                                             # characters of a description; what shows them cuts sooner
RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?![#/]|\w+:)')
LOST = "404"
NOT_FOUND = """<h1>There is no page at this address</h1>
<p>A page may have moved. Look for it in the contents beside this text, or search the book.
New here? <a href="{first}">Start with the first page</a>.</p>"""


def description(doctree):
    """One or two sentences that say what a page is about; nothing for a page without a paragraph."""
    asked = question(doctree)
    if asked:
        boxes = (LEAVE.search(box.astext()) for box in doctree.findall(nodes.admonition))
        leave = next(filter(None, boxes), None)
        text = asked.astext() + (f" You leave with {leave[1]}" if leave else "")
    else:
        first = next((node for node in doctree.findall(nodes.paragraph) if isinstance(node.parent, nodes.section)), None)
        text = first.astext() if first else ""
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else text[:LENGTH].rpartition(" ")[0] + " ..."


def tags(title, about, image):
    """What search engines and other sites read in the head of a page; they take its address from its canonical link."""
    return (f'<meta name="description" property="og:description" content="{escape(about)}"/>'
            f'<meta property="og:title" content="{escape(title)}"/><meta property="og:type" content="article"/>'
            f'<meta property="og:image" content="{escape(image)}"/>')


def citation(app, key, title, year, address):
    """A page as an entry of BibTeX."""
    course = yaml.safe_load(Path(app.srcdir, "CITATION.cff").read_text("utf-8"))
    authors = " and ".join(f"{{{author['name']}}}" for author in course["authors"])
    return (f"@misc{{{key},\n  author = {{{authors}}},\n  title = {{{title}}},\n"
            f"  howpublished = {{{course['title']}, version {nnlib.__version__}}},\n"
            f"  year = {{{year}}},\n  url = {{{address}}}\n}}")


def where(app, docname, link):
    """The line that says where one is, and where to start."""
    book = f'<a href="{link(app.config.root_doc)}">{escape(app.config.html_title)}</a>'
    matches = {name: CHAPTER.fullmatch(PurePosixPath(name).name) for name in app.env.found_docs}
    numbers = {name: int(match[1]) for name, match in matches.items() if match}
    place = f"Chapter {numbers[docname]} of" if docname in numbers else "A page of"
    first = min(numbers, key=numbers.get, default=docname)
    start = "" if docname == first else f' New here? <a href="{link(first)}">Start with the first chapter</a>.'
    return f'<p class="where d-print-none">{place} {book}.{start}</p>'


def add(app, pagename, templatename, context, doctree):
    site, context["version"] = app.config.html_baseurl, nnlib.__version__
    context["pdf"], context["epub"] = site + PDF, site + EPUB
    if doctree is None:                                  # search, index: no page that one cites or lands on
        return
    title, address = app.env.titles[pagename].astext(), context["pageurl"]
    about = description(doctree) or f"{title}: a page of {app.config.html_title}."
    context["metatags"] += tags(title, about, f"{app.config.html_baseurl}_static/preview.png")
    key = "onegradient-" + PurePosixPath(pagename).name.replace("_", "-")
    context["citation"] = citation(app, key, title, context["last_updated"].split()[-1], address)
    if pagename != app.config.root_doc:
        context["body"] = where(app, pagename, context["pathto"]) + context["body"]


def lost(app):
    """The page that a server shows for an address that leads nowhere."""
    body = NOT_FOUND.format(first=app.builder.get_target_uri(app.config.root_doc))
    yield LOST, {"title": "There is no page at this address", "body": body}, "page.html"


def sitemap(app):
    """The addresses of all pages, for search engines."""
    addresses = (app.config.html_baseurl + app.builder.get_target_uri(name) for name in sorted(app.env.found_docs))
    entries = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return ('<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{entries}</urlset>\n")


def draw_preview(title, target):
    """The picture beside a link to a page: the title, and the two spirals that the course learns to separate."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    x, y = nnlib.data.spirals(400, noise=0.06, rng=np.random.default_rng(4))
    axes = figure.add_axes([0.53, 0.05, 0.45, 0.9])
    axes.scatter(*x.T, c=np.take(nnlib.plot.COLORS, y.astype(int)), s=60, edgecolors="white")
    axes.set_axis_off()
    axes.set_aspect("equal")
    name, _, rest = title.partition(", ")
    figure.text(0.05, 0.62, name, fontsize=42, weight="bold", va="center", wrap=True)
    figure.text(0.05, 0.38, rest, fontsize=26, va="center")
    figure.savefig(target, metadata={"Software": None})


def finish(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(sitemap(app), "utf-8")
    draw_preview(app.config.html_title, out / "_static" / "preview.png")
    page = out / f"{LOST}.html"                          # shown for addresses in any folder, so links begin at the server
    root = urlsplit(app.config.html_baseurl).path
    page.write_text(RELATIVE.sub(rf'\1="{root}', page.read_text("utf-8")), "utf-8")


def setup(app):
    app.connect("html-page-context", add, priority=510)  # a chapter as a notebook (downloads) is not a page of the site
    app.connect("html-collect-pages", lost)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True}
