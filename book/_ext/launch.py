"""Chapters and assignments open in Colab and in Binder, for readers who have installed nothing.

Both open a notebook of a branch of the repository that _config.yml names. Each version has a branch of its own: `nnlib
notebooks` makes what is on it, and the workflow that publishes the site pushes it.

    {assignment}`02_logistic`

is the sentence of a chapter that says how to start its assignment: in a clone, or in one of these two places.
"""
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from nnlib.book.notebooks import ASSIGNMENTS, BRANCH, CHAPTERS

PLACES = {"Colab": "https://colab.research.google.com/github{repository}/blob/{branch}/{path}",
          "Binder": "https://mybinder.org/v2/gh{repository}/{branch}?urlpath=lab/tree/{path}"}


def addresses(config, path):
    """Where a notebook of the branch opens, {place: address}."""
    repository = urlsplit(config.html_theme_options["repository_url"]).path
    return {place: address.format(repository=repository, branch=BRANCH, path=path) for place, address in PLACES.items()}


class Assignment(SphinxRole):
    def run(self):
        name = self.text
        if not Path(self.env.srcdir, "exercises", name).is_dir():
            said = f"assignment: there is no exercises/{name}, expected the name of a folder."
            error = self.inliner.reporter.error(said, line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, error)], [error]
        colab, binder = (nodes.reference("", place, refuri=address) for place, address in
                         addresses(self.config, f"{ASSIGNMENTS}/{name}/{name}.ipynb").items())
        return [nodes.Text("Start it with "), nodes.literal("", "make lab"),
                nodes.Text(" in a clone of the course, folder "), nodes.literal("", name),
                nodes.Text(", or, with nothing installed, in "), colab, nodes.Text(" or "), binder, nodes.Text(".")], []


def offer(app, pagename, templatename, context, doctree):
    if "ipynb_source" not in context:                    # downloads gives it to pages that are notebooks too
        return
    path = f"{CHAPTERS}/{Path(pagename).name}.ipynb"
    buttons = [{"type": "link", "text": place, "url": address, "icon": "fas fa-play"}
               for place, address in addresses(app.config, path).items()]
    context["header_buttons"].append({"type": "group", "tooltip": "Run this page, with nothing installed",
                                      "icon": "fas fa-rocket", "buttons": buttons, "label": "launch-buttons"})


def setup(app):
    app.add_role("assignment", Assignment())
    app.connect("html-page-context", offer, priority=502)       # when the theme has begun its list of buttons
    return {"parallel_read_safe": True}
