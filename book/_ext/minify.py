"""Pages and live figures without the bytes that no reader sees: comments, indentation, tags that HTML implies."""
import re
from collections import Counter
from pathlib import Path

from minify_html import minify

WRAPPED = {".js": "script", ".css": "style"}             # the library reads these as part of a page

STYLED = re.compile(r'(<\w+) style=("[^"]+"|[^\s">]+)((?: (?!class=)[^\s>]+)*>)')      # and no class, in a short page


def shorten(text, suffix):
    """A page, script or style sheet that does the same in fewer bytes."""
    if suffix == ".html":
        text = re.sub(r"<pre><span></span>(?!\n)", "<pre>", text)       # Pygments guards an empty first line
        text = text.replace(" docutils container", "")                  # book.css does what they do
        text = text.replace('"math notranslate nohighlight"', '"math nohighlight"')     # MathJax leaves no words there
        text = text.replace(' class="reference internal"', "").replace('"reference internal ', '"')     # nobody asks
        text = re.sub(r'<span class="pre">([^<]*)</span>', r"\1", text)              # book.css lets the code around it wrap
        return name_styles(minify(text, minify_js=True, minify_css=True))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)                  # minify takes /* for a licence
    tag = WRAPPED[suffix]
    short = minify(f"<{tag}>{text}</{tag}>", minify_js=True, minify_css=True)
    return short.removeprefix(f"<{tag}>").removesuffix(f"</{tag}>")


def name_styles(page):
    """The same page, with a class in place of each inline style that it repeats: tables of self-checks are full of them.

    Inline styles win over those of a class, so these are important. What scripts show and hide stays as it is.
    """
    found = Counter(style for _, style, _ in STYLED.findall(page))
    names = {style: f"style-{i}" for i, (style, times) in enumerate(found.items()) if times > 2 and "display" not in style}
    page = STYLED.sub(lambda match: f"{match[1]} class={names[match[2]]}{match[3]}" if match[2] in names else match[0], page)
    rules = [f".{name}{{{important(style)}}}" for style, name in names.items()]
    return page.replace("<body", f"<style>{''.join(rules)}</style><body", 1) if rules else page


def important(style):
    """An inline style as the declarations of a rule."""
    return ";".join(f"{part}!important" for part in style.strip('"').split(";") if part)


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
