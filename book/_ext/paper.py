"""The body of each page as Sphinx wrote it, kept beside the site: nnlib.book.pdf makes one book of them."""
from pathlib import Path


def keep(app, pagename, templatename, context, doctree):
    if doctree is None or app.builder.format != "html":
        return
    target = Path(app.outdir).parent / "paper" / f"{Path(pagename).name}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(context["body"], "utf-8")


def setup(app):
    app.connect("html-page-context", keep, priority=505)  # after accessible, before landing
    return {"parallel_read_safe": True}
