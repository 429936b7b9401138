"""The directive chapters: a card for each chapter, with its question, its first picture and the time that it takes.

Nothing on a card is written twice. The question is the first bold sentence of the chapter that ends with a question mark,
the picture is its first figure, the time stands behind "Reading time" in the box before it.
"""
import re
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)
CHAPTER = re.compile(r"(\d\d)_\w+")
TIME = re.compile(r"Reading time\W+(\d+ minutes)")


class chapter_cards(nodes.General, nodes.Element):
    """Stands for the cards until all chapters are read."""


class card_figure(nodes.General, nodes.Element):
    """A figure without a number."""


class card_question(nodes.General, nodes.Element):
    """The caption of a card_figure."""


class Chapters(SphinxDirective):
    def run(self):
        return [chapter_cards()]


class Cards(SphinxPostTransform):
    default_priority = 5                                 # before the pictures of a page are chosen

    def run(self):
        for place in list(self.document.findall(chapter_cards)):
            found = {PurePosixPath(name).name: name for name in self.env.found_docs}
            cards = nodes.bullet_list("", *[self.card(found[name]) for name in sorted(found) if CHAPTER.fullmatch(name)],
                                      classes=["chapter-cards"])
            place.replace_self(cards)

    def card(self, docname):
        chapter = self.env.get_doctree(docname)
        asked = question(chapter)
        picture = next(chapter.findall(nodes.image), None)
        time = next(filter(None, (TIME.search(box.astext()) for box in chapter.findall(nodes.admonition))), None)
        missing = [what for what, there in (("a bold question", asked), ("a figure", picture),
                                            ("a line with its reading time", time)) if not there]
        if missing:
            logger.warning("chapters: %s has no %s, expected for its card.", docname, " and no ".join(missing))
            return nodes.list_item()
        number = int(CHAPTER.fullmatch(PurePosixPath(docname).name)[1])
        title = make_refnode(self.app.builder, self.env.docname, docname, None,
                             [nodes.Text(f"{number}. "), *self.env.titles[docname].deepcopy().children])
        figure = card_figure("", picture.deepcopy(), card_question("", *asked.deepcopy().children))
        return nodes.list_item("", nodes.paragraph("", "", nodes.strong("", "", title)), figure,
                               nodes.paragraph("", time[1], classes=["chapter-time"]))


def question(chapter):
    """The first bold sentence of a chapter that ends with a question mark, or None."""
    return next((strong for strong in chapter.findall(nodes.strong) if strong.astext().endswith("?")), None)


def tag(name):
    """Functions that write the two ends of an HTML element."""
    return (lambda self, node: self.body.append(f"<{name}>")), (lambda self, node: self.body.append(f"</{name}>"))


def setup(app):
    app.add_node(chapter_cards)
    app.add_node(card_figure, html=tag("figure"))
    app.add_node(card_question, html=tag("figcaption"))
    app.add_directive("chapters", Chapters)
    app.add_post_transform(Cards)
    return {"parallel_read_safe": True}
