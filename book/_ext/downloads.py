"""Every chapter downloads as a notebook too, beside its MyST source."""
from pathlib import Path

import jupytext


def offer_notebook(app, pagename, templatename, context, doctree):
    if "kernelspec" in app.env.metadata.get(pagename, {}):
        context["ipynb_source"] = f"{pagename}.ipynb"   # the theme adds the entry to its download menu


def write_notebooks(app, exception):
    if exception or app.builder.format != "html":
        return
    for docname, metadata in app.env.metadata.items():
        if "kernelspec" in metadata:
            notebook = jupytext.read(app.env.doc2path(docname))
            target = Path(app.outdir, "_sources", f"{docname}.ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            jupytext.write(notebook, target)


def setup(app):
    app.connect("html-page-context", offer_notebook, priority=499)   # before the theme builds its buttons
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True}
