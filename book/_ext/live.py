"""The directive live-figure: a figure that the reader's browser computes, with kernels of nnlib.

    ```{live-figure} train-network
    :name: fig-train
    :state: data=spirals&units1=8

    Caption, which states the finding.
    ```

`state` is what stands behind the question mark in the figure's own "Link to this state". The page begins with a static
picture and a sentence: they stay for print, PDF, readers without JavaScript, and books built without ziglang.
What a figure consists of is said in nnlib/book/figures/__init__.py and book/_static/live/live.js.
"""
import os
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.display import status_iterator
from sphinx.util.docutils import SphinxDirective

from nnlib.book.figures import FIGURES
from nnlib.book.wasm import ExportError, missing_tool, script_of

logger = logging.getLogger(__name__)
STILL = "live-still"                                     # class of what is shown while no figure runs


class LiveFigure(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged, "state": directives.unchanged}

    def run(self):
        name = self.arguments[0]
        if name not in FIGURES:
            raise self.error(f"live-figure: there is no figure {name!r}, expected one of {', '.join(FIGURES)}.")
        self.env.metadata[self.env.docname].setdefault("live", []).append(name)
        body = nodes.container("", nodes.image(uri=self.picture(name), alt=FIGURES[name].ALT, classes=[STILL]),
                               nodes.raw("", self.place(name), format="html"))
        figure = nodes.figure("", body, classes=["live-figure"])
        caption, messages = self.parse_inline(" ".join(self.content) or f"{FIGURES[name].TITLE}.")
        figure += nodes.caption("", "", *caption)
        figure += nodes.legend("", nodes.paragraph("", FIGURES[name].SENTENCE), classes=[STILL])
        self.set_source_info(figure)
        self.options.setdefault("name", f"live-{name}")
        self.add_name(figure)
        return [figure, *messages]

    def place(self, name):
        """Where live.js builds the figure; hidden, so that nothing is missing without it."""
        state = nodes.unescape(self.options.get("state", "")).replace("&", "&amp;").replace('"', "&quot;")
        return (f'<div class="live" data-figure="{name}" data-state="{state}" role="group" '
                f'aria-label="{FIGURES[name].TITLE}" hidden></div>')

    def picture(self, name):
        """Draws the static picture; its address as seen from this document."""
        from matplotlib import pyplot as plt

        target = Path(self.env.app.doctreedir).parent / "live" / f"{name}.svg"
        if name not in drawn:
            target.parent.mkdir(parents=True, exist_ok=True)
            with plt.rc_context({"svg.hashsalt": name}):
                figure = FIGURES[name].picture()
                figure.savefig(target, metadata={"Date": None})
                plt.close(figure)
            drawn.add(name)
        return Path(os.path.relpath(target, Path(self.env.doc2path(self.env.docname)).parent)).as_posix()


drawn = set()                                            # in this build; a picture takes a second


def used(env):
    """Names of the figures that the book uses."""
    return sorted({name for metadata in env.metadata.values() for name in metadata.get("live", [])})


def compile_figures(app, env):
    """Write <name>.data.js of every figure, once all documents are read.

    A kernel that cannot run in a page fails the build.
    """
    names = used(env) if app.builder.format == "html" else []
    why_not = missing_tool() if names else None
    app.config.live_figures = set() if why_not else set(names)
    if why_not:
        logger.info("live figures: only their static pictures, because %s", why_not)
        return
    target = Path(app.outdir, "_static", "live")
    target.mkdir(parents=True, exist_ok=True)
    for name in status_iterator(names, "compiling live figures... ", length=len(names), verbosity=app.verbosity):
        try:
            script = script_of(name, FIGURES[name], cache=Path(app.doctreedir).parent / "live")
        except ExportError as error:
            raise ExtensionError(str(error)) from None
        (target / f"{name}.data.js").write_text(script, "utf-8")


def add_scripts(app, pagename, templatename, context, doctree):
    names = dict.fromkeys(app.env.metadata.get(pagename, {}).get("live", []) if doctree else [])
    if names:
        app.add_css_file("live/live.css")
    running = [name for name in names if name in app.config.live_figures]
    for script in ["live", *(f"{name}{kind}" for name in running for kind in ("", ".data"))] if running else []:
        app.add_js_file(f"live/{script}.js", loading_method="defer")


def setup(app):
    app.add_directive("live-figure", LiveFigure)
    app.add_config_value("live_figures", set(), "", [set])
    app.connect("env-updated", compile_figures)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True}
