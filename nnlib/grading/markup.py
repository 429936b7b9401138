"""Markup that a student wrote, made inert: it can be read, and does nothing in the browser of whoever reads it.

Only what is listed here passes. Nothing that is left runs, loads, submits or leaves its place in the page.
"""
import functools
import html
import re
import urllib.parse

from jinja2 import pass_context

from .bounded import bounded
from .submissions.clean_outputs import PICTURES, is_base64

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"}
STYLES = {"border", "border-left", "caption-side", "color", "background-color", "font-style", "font-weight", "padding",
          "text-align", "vertical-align", "white-space"}
DROPPED = ["script", "style", "template", "noscript", "title", "textarea", "select", "button", "canvas", "svg", "math",
           "iframe", "object", "embed", "video", "audio"]
NOTED = {"canvas", "svg", "iframe", "object", "embed", "video", "audio"}
EMBEDDED = tuple(f"data:{kind};base64," for kind in PICTURES)
CLASSES = re.compile(r"(dataframe|highlight|anchor-link|[a-z][a-z0-9]{0,2})\Z")     # pandas, Pygments' short names
SHORT = 2000                        # characters that no renderer needs long for


def clean_html(text):
    """HTML with nothing in it but what the lists above name. Takes long for some texts: call it through ``bounded``."""
    import bs4

    tree = bs4.BeautifulSoup(text, "html.parser")
    for element in tree.find_all(DROPPED):
        if not element.decomposed:
            noted = element.name in NOTED
            element.replace_with("(A drawing or a frame is left out.)") if noted else element.decompose()
    return cleaner().clean(str(tree))


@functools.cache
def cleaner():
    """The cleaner of this process."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    return bleach.Cleaner(
        TAGS, allowed, protocols={"http", "https", "mailto", "data"}, strip=True,
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=()))


def allowed(tag, name, value):
    """True if an element may have an attribute of this value."""
    if name == "class":
        return all(map(CLASSES.match, value.split()))
    if name == "style":                      # no function, nothing negative; edges only where they push their neighbours
        return ("(" not in value and "-" not in re.sub(r"[a-z]-[a-z]", "", value)
                and (tag in ("table", "caption", "td", "th") or "padding" not in value and "border" not in value))
    if tag == "img":
        return name in ("alt", "title") or name == "src" and value.startswith(EMBEDDED)
    if tag == "a":
        return name == "title" or name == "href" and value.startswith(("http://", "https://", "mailto:", "#"))
    return name in ("colspan", "rowspan") and tag in ("td", "th") and re.fullmatch(r"\d{1,2}", value) is not None


def rendered(source, attachments):
    """Markdown as clean HTML. Takes long for some texts: call it through ``bounded``."""
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    renderer = picture_renderer()(attachments)
    text = clean_html(MarkdownWithMath(renderer=renderer).render(source))
    return re.sub(r";base64,picture(\d+)", lambda found: ";base64," + renderer.pictures[int(found[1])]
                  if int(found[1]) < len(renderer.pictures) else "", text)


@functools.cache
def picture_renderer():
    """nbconvert's renderer of Markdown, which shows the pictures that were pasted into a cell and no others."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    class PictureRenderer(IPythonRenderer):
        def __init__(self, attachments):
            super().__init__(escape=False)
            self.pasted, self.pictures = attachments, []

        def image(self, text, url, title=None):
            kind, _, start = url.partition(";base64,")
            if kind.removeprefix("data:") in PICTURES and start:
                return super().image(text, url, title)
            forms = self.pasted.get(urllib.parse.unquote(url.removeprefix("attachment:")), {})
            for kind in PICTURES:
                if is_base64(forms.get(kind) or "?"):
                    self.pictures.append(forms[kind])       # put in after the cleaning, which would read all of it
                    return super().image(text, f"data:{kind};base64,picture{len(self.pictures) - 1}", title)
            return html.escape(f"(The picture {url.removeprefix('attachment:')[:80]} is left out: "
                               "only PNG and JPEG pictures that lie in the notebook are shown.)")

    return PictureRenderer


def as_text(text):
    """Text as HTML that shows it as it is."""
    return f"<pre>{html.escape(text)}</pre>"


# Filters of nbconvert by their names: nbgrader's formgrader renders with them, in the instructor's browser session.

@pass_context
def markdown2html(context, source):
    """Markdown of a cell as clean HTML; as text where that takes too long."""
    return within_limits(rendered, source, context.get("cell", {}).get("attachments", {}))


def sanitized(text):
    """HTML of an output as clean HTML; as text where that takes too long."""
    return within_limits(clean_html, text.decode() if isinstance(text, bytes) else str(text))


def highlight_code(source, language=None, metadata=None):
    """The code of a cell in colours; as text where that takes too long."""
    return within_limits(highlighted, source)


def highlighted(source):
    """Python code in colours. Takes long for some texts: call it through ``bounded``."""
    from nbconvert.filters import Highlight2HTML

    return Highlight2HTML(pygments_lexer="ipython3")(source)


def within_limits(render, source, *more):
    """What a renderer makes of a text, in a copy of this process if the text is long; the text itself if it cannot."""
    try:
        return render(source, *more) if len(source) < SHORT else bounded(render, source, *more)
    except Exception:                        # the text is the student's, and costs nobody a page
        return as_text(source)
