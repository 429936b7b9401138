"""The slides of each chapter, beside the site: nnlib/book/slides.py makes them of the page when it is finished."""
from pathlib import Path, PurePosixPath

from chapters import CHAPTER

from nnlib.book.slides import FOLDER, deck


def make(app, pagename, templatename, context, doctree):
    name = PurePosixPath(pagename).name
    if doctree is None or not CHAPTER.fullmatch(name):
        return
    target = Path(app.outdir, FOLDER, f"{name}.html")
    target.parent.mkdir(exist_ok=True)
    target.write_text(deck(context["body"], pagename, app.config.author), "utf-8")
    context["slides"] = context["pathto"](f"{FOLDER}/{name}.html", resource=True)


def setup(app):
    app.connect("html-page-context", make, priority=505)  # after accessible, before landing
    return {"parallel_read_safe": True}
