"""The slides of a chapter: one page of HTML with its titles, figures, equations and questions, in their order.

They are made from the finished page, so nothing is written or executed twice. Code and exercises stay in the chapter, and a
live figure is its still picture with a link to where it runs. The page shows all slides one under another, until
book/_static/slides.js shows them one at a time; printed, each is a sheet.
"""
import posixpath
import re
from html import escape

from bs4 import BeautifulSoup, NavigableString

FOLDER = "slides"
SHOWN = "h2, h3, figure, div.math, .predict, .predict-explain"       # what becomes a slide
LEFT_OUT = ".exercise, .solution, .dropdown, .headerlink, script, style"     # a hint is a dropdown
SENTENCE = re.compile(r"(?<=[.?!])\s+")
ENDED = re.compile(r"[.?!](</\w+>)*$")                  # a sentence that introduces something ends otherwise
NAMES = re.compile(r'^[a-z]|class="math|<strong>')       # a sentence that goes on with a formula, or names a thing
LONG = 110                          # characters of a formula that may be broken
LONGEST = 600                       # characters of HTML that stand below the title of a section
MATHEMATICS = "window.MathJax = {options: {enableMenu: false}}"      # whose formulas would each be a stop of the Tab key


def deck(body, docname, author):
    """The slides of a page, as HTML, from its body as Sphinx wrote it."""
    page = BeautifulSoup(body, "html.parser")
    for node in page.select(LEFT_OUT):
        node.decompose()
    _lead_to_the_book(page, docname)
    slides = [_title(page, author)]
    for node in page.select(SHOWN):
        if node.find_parent(class_=["predict", "predict-explain"]) is None and not _is_bare(node):
            slides.append(_slide(node))
    address = _from_here(docname, f"{posixpath.basename(docname)}.html")
    title = page.h1.get_text().strip()
    articles = "".join(_article(number, address, title, *slide) for number, slide in enumerate(slides, 1))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="robots" content="noindex"/>
<title>{escape(title)}: slides</title><link rel="stylesheet" href="../_static/slides.css"/><script>{MATHEMATICS}</script>
<script defer src="../_static/mathjax/tex-chtml.js"></script><script defer src="../_static/slides.js"></script></head><body>
<main><h1>{escape(title)}: slides</h1>{articles}</main>
<nav aria-label="Slides" hidden><button type="button">Previous</button><span></span>
<button type="button">Next</button>
<button type="button" aria-keyshortcuts="Escape">All slides</button></nav></body></html>"""


def _article(number, address, title, kind, name, place, head, content):
    """One slide. `place` is the id of what it shows, in the chapter."""
    link = f"{address}#{place}" if place else address
    return (f'<article class="slide {kind}" id="slide-{number}" aria-label="{number}. {escape(name)}" tabindex="-1">'
            f'<p class="head">{head}</p><div class="content">{content}</div>'
            f'<p class="foot">{number} · <a href="{link}">{escape(title)}</a></p></article>')


def _title(page, author):
    """The first slide: the question of the chapter, and what one leaves with."""
    asked = next((node for node in page.select("strong") if node.get_text().endswith("?")), None)
    leave = next((node for node in page.select(".admonition strong") if node.get_text() == "You leave with"), None)
    question = f'<p class="question">{asked.decode_contents()}</p>' if asked else ""
    promise = f"<p>You leave with{''.join(map(str, leave.next_siblings))}</p>" if leave else ""
    content = f'<p class="title">{page.h1.decode_contents()}</p>{question}{promise}<p class="author">{escape(author)}</p>'
    return "opening", page.h1.get_text().strip(), "", "", content


def _slide(node):
    """What _article needs for the slide of a title, a figure, an equation, a question or an answer."""
    classes = node.get("class", ())
    if node.name in ("h2", "h3"):
        return f"section {node.name}", node.get_text(), _place(node), "", _section(node)
    if node.name == "figure":
        return "picture", _name("Figure", node), _place(node), _head(node), _figure(node)
    if "math" in classes:
        return "equation", _name("Equation", node), _place(node), _head(node), _equation(node)
    if "predict" in classes:
        return "ask", "Question", node["id"], _head(node), node.decode_contents()
    return "answer", "Answer", node["data-for"], _head(node), node.decode_contents()


def _is_bare(node):
    """Whether a node is a title above nothing that slides show."""
    return node.name in ("h2", "h3") and not _opening(node) and node.parent.select(SHOWN) == [node]


def _name(what, node):
    """What a figure or an equation is called, with its number if it has one."""
    number = re.search(r"[\d.]*\d", getattr(node.select_one(".caption-number, .eqno"), "text", ""))
    return f"{what} {number[0]}" if number else what


def _place(node):
    """The id of a node, or of the section in which it stands."""
    return node.get("id") or node.find_parent("section", id=True)["id"]


def _head(node):
    """The titles above a node, that of the chapter apart."""
    sections = reversed(node.find_parents("section"))
    titles = (section.find(["h2", "h3"], recursive=False) for section in sections)
    return " · ".join(title.decode_contents() for title in titles if title)


def _section(heading):
    """A title and the first sentences below it; as a list, if they are all that the section says."""
    sentences, text = _opening(heading), ""
    if sentences and len(heading.find_next_siblings()) == 1:
        text = f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in sentences)}</ul>"
    elif sentences:
        text = f"<p>{' '.join(sentences)}</p>"
    return f"<h2>{heading.decode_contents()}</h2>{text}"


def _opening(heading):
    """The sentences of the paragraph below a title, as many as there is room for; the last one introduces nothing."""
    below = heading.find_next_siblings()
    sentences = _sentences(below[0]) if below else []
    while sentences and len(below) > 1 and (len("".join(sentences)) > LONGEST or not ENDED.search(sentences[-1])):
        sentences.pop()
    return sentences


def _figure(figure):
    """The picture and what it shows; of a live one the still picture."""
    live = figure.select_one(".live") is not None
    caption = figure.select_one("figcaption > p")
    runs = ' <span class="runs">It runs in the chapter: follow the link below.</span>' if live else ""
    words = f"<figcaption>{caption.decode_contents()}{runs}</figcaption>" if caption else ""
    return f"<figure>{figure.img}{words}</figure>"


def _equation(equation):
    """A displayed equation, with the sentences beside it that say what its symbols are."""
    before, after = _sentences(equation.find_previous_sibling()), _sentences(equation.find_next_sibling())
    lead = f"<p>{before[-1]}</p>" if before else ""
    rest = f"<p>{after[0]}</p>" if after and ENDED.search(after[0]) and NAMES.search(after[0]) else ""
    for text in equation.find_all(string=re.compile(r"\\\["), recursive=False):
        text.replace_with(_broken(text))
    return f"{lead}{equation}{rest}"


def _broken(tex):
    """A long formula of several parts in one row, with each part in a row of its own: a slide has room below."""
    inner = re.fullmatch(r"\s*\\\[(?:\\begin\{split\})?(.*?)(?:\\end\{split\})?\\\]\s*", tex, re.S)[1]    # Sphinx adds split
    parts, depth = [""], 0
    for piece in re.split(r"(\\begin|\\end|\\qquad|\\\\|[{}&])", inner):
        depth += {r"\begin": 1, r"\end": -1, "{": 1, "}": -1}.get(piece, 0)
        if depth == 0 and piece in ("&", r"\\"):          # it has rows already
            return tex
        if depth == 0 and piece == r"\qquad":
            parts.append("")
        else:
            parts[-1] += piece
    if len(tex) < LONG or len(parts) == 1:
        return tex
    return r"\[\begin{gathered}" + r" \\[6pt] ".join(parts) + r"\end{gathered}\]"


def _sentences(paragraph):
    """The HTML of each sentence of a paragraph, none of anything else. What stands in an element ends no sentence."""
    if paragraph is None or paragraph.name != "p":
        return []
    sentences = [""]
    for node in paragraph.children:
        if type(node) is NavigableString:
            first, *others = SENTENCE.split(node)
            sentences[-1] += escape(first, quote=False)
            sentences += [escape(other, quote=False) for other in others]
        else:
            sentences[-1] += str(node)
    return [sentence for sentence in map(str.strip, sentences) if sentence]


def _lead_to_the_book(page, docname):
    """Links and pictures as seen from the folder of the slides; ids would be those of slides."""
    own = f"{posixpath.basename(docname)}.html"
    for node in page.select("[src]"):
        node["src"] = _from_here(docname, node["src"])
    for node in page.select("a[href]"):
        if not re.match(r"\w+:", node["href"]):
            path, hash_, place = node["href"].partition("#")
            node["href"] = _from_here(docname, path or own) + hash_ + place


def _from_here(docname, path):
    """A path as a page of the site gives it, as seen from the folder of the slides."""
    return posixpath.relpath(posixpath.join(posixpath.dirname(docname), path), FOLDER)
