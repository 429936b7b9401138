"""The directives live-figure and live-figures: figures that the reader's browser computes, with kernels of nnlib.

    ```{live-figure} train-network
    :name: fig-train
    :state: data=spirals&units1=8

    Caption, which states the finding.

    - [Two units for the circles](data=circles&units1=2): the border stays open.
    ```

A state is what stands behind the question mark in the figure's own "Link to this state". The option is the one with which
the figure begins; each item is a tour, a link that sets its state, and what to look for then. The page begins with a static
picture and a sentence: they stay for print, PDF, readers without JavaScript, and books built without ziglang.
What a figure consists of is said in nnlib/book/figures/__init__.py and book/_static/live/live.js.

``live-figures`` lists all figures of the book with picture, caption and tours.
"""
import os
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from nnlib.book.figures import FIGURES
from nnlib.book.wasm import ExportError, cached, missing_tool, script_of

logger = logging.getLogger(__name__)
STATIC = Path(__file__).parents[1] / "_static"
STILL = "live-still"                                     # class of what is shown while no figure runs
TOUR = re.compile(r"\[(?P<link>[^]]+)\]\((?P<state>[^)\s]+)\)(?P<words>\W.+)")


class figures_list(nodes.General, nodes.Element):
    """Stands for the list of all figures until all documents are read."""


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
        self.set_source_info(figure)
        self.options.setdefault("name", f"live-{name}")
        self.add_name(figure)
        words, *tours = re.split(r"^- ", "\n".join(self.content), flags=re.M)
        caption, messages = self.parse_inline(" ".join(words.split()) or f"{FIGURES[name].TITLE}.")
        figure += nodes.caption("", "", *caption)
        figure += nodes.legend("", nodes.paragraph("", FIGURES[name].SENTENCE, classes=[STILL]))
        if tours:
            items = [self.tour(name, figure["ids"][0], " ".join(tour.split())) for tour in tours]
            figure[-1] += nodes.bullet_list("", *items, classes=["live-tours"])
        return [figure, *messages]

    def tour(self, name, identifier, text):
        """The list item of one tour: Try [the link](its state): what to look for."""
        match = TOUR.fullmatch(text)
        if not match:
            raise self.error(f"live-figure {name}: a tour is {text!r}, "
                             "expected [words of the link](state): what to look for.")
        link = nodes.reference("", match["link"], refuri=f"#{identifier}?{match['state']}", internal=True)
        words, _ = self.parse_inline(match["words"])
        return nodes.list_item("", nodes.paragraph("", "", nodes.Text("Try "), link, *words))

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


class LiveFigures(SphinxDirective):
    def run(self):
        self.env.metadata[self.env.docname]["live"] = []
        return [figures_list()]


class List(SphinxPostTransform):
    """Put the list of all figures, in the order of the chapters, where one is wanted."""

    default_priority = 5                                 # before references are resolved: a caption may hold some

    def run(self):
        for place in list(self.document.findall(figures_list)):
            entries = [self.entry(docname, figure) for docname in sorted(self.env.found_docs - {self.env.docname})
                       for figure in self.env.get_doctree(docname).findall(nodes.figure)
                       if "live-figure" in figure["classes"]]
            place.replace_self(nodes.container("", *entries, classes=["live-list"]))

    def entry(self, docname, figure):
        """Picture, caption and tours of a figure, with links to where it runs."""
        identifier = figure["ids"][0]
        here = make_refnode(self.app.builder, self.env.docname, docname, identifier, [])
        number = ".".join(map(str, self.env.toc_fignumbers[docname]["figure"][identifier]))
        caption, legend = (next(figure.findall(kind)).deepcopy() for kind in (nodes.caption, nodes.legend))
        for still in [node for node in legend if STILL in node["classes"]]:
            legend.remove(still)
        for link in legend.findall(nodes.reference):
            link["refuri"] = here["refuri"].partition("#")[0] + link["refuri"]
        place = [nodes.Text(" In "), self.link(here, self.env.titles[docname].deepcopy().children), nodes.Text(".")]
        caption[:0] = [self.link(here, [nodes.Text(f"Figure {number}")]), nodes.Text(". ")]
        picture = next(figure.findall(nodes.image)).deepcopy()
        picture["classes"].remove(STILL)
        caption.extend(place)
        return nodes.figure("", picture, caption, legend, ids=[f"of-{identifier}"], classes=["live-entry"])

    def link(self, like, content):
        return nodes.reference("", "", *content, **{name: like[name] for name in ("refuri", "internal")})


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
    logger.info("compiling live figures... %s", ", ".join(names))
    try:
        modules = cached({name: FIGURES[name] for name in names}, Path(app.doctreedir).parent / "live")
    except ExportError as error:
        raise ExtensionError(str(error)) from None
    for name, module in modules.items():
        (target / f"{name}.data.js").write_text(script_of(name, FIGURES[name], module), "utf-8")


def add_scripts(app, pagename, templatename, context, doctree):
    metadata = app.env.metadata.get(pagename, {}) if doctree else {}
    styles = ["live", *metadata["live"]] if "live" in metadata else []
    for style in [f"live/{name}.css" for name in styles]:
        if (STATIC / style).exists():
            app.add_css_file(style)
    running = [name for name in metadata.get("live", []) if name in app.config.live_figures]
    parts = [part for name in running for part in (*FIGURES[name].PARTS, name, f"{name}.data")]
    for script in dict.fromkeys(["live", *parts] if running else []):
        app.add_js_file(f"live/{script}.js", loading_method="defer")


def setup(app):
    app.add_directive("live-figure", LiveFigure)
    app.add_directive("live-figures", LiveFigures)
    app.add_node(figures_list)
    app.add_post_transform(List)
    app.add_config_value("live_figures", set(), "", [set])
    app.connect("env-updated", compile_figures)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True}
