"""Pages and live figures without the bytes that no reader sees: comments, indentation, tags that HTML implies."""
import re
from pathlib import Path

from minify_html import minify

WRAPPED = {".js": "script", ".css": "style"}             # the library reads these as part of a page


def shorten(text, suffix):
    """A page, script or style sheet that does the same in fewer bytes."""
    if suffix == ".html":
        text = re.sub(r"<pre><span></span>(?!\n)", "<pre>", text)       # Pygments guards an empty first line
        text = text.replace(" docutils container", "")                  # book.css does what they do
        return minify(text, minify_js=True, minify_css=True)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)                  # minify takes /* for a licence
    tag = WRAPPED[suffix]
    short = minify(f"<{tag}>{text}</{tag}>", minify_js=True, minify_css=True)
    return short.removeprefix(f"<{tag}>").removesuffix(f"</{tag}>")


def shorten_files(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = [page for page in out.rglob("*.html") if out / "_static" not in page.parents]
    figures = [file for file in (out / "_static" / "live").glob("*") if file.suffix in WRAPPED]
    for file in pages + figures:
        file.write_text(shorten(file.read_text("utf-8"), file.suffix), "utf-8")


def setup(app):
    app.connect("build-finished", shorten_files)
    return {"parallel_read_safe": True}
