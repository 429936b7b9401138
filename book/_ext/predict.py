"""The directives predict, explain and predictions: the reader commits to an answer, and then sees the output.

    ```{predict} no-bean-moves
    :answer: 2

    How does the count of mistakes change when you turn $w_1$ by a thousandth?

    1. It falls.
    2. It stays the same.
    ```

    code cells, figures, text

    ```{explain}
    Nothing happens until a bean changes sides.
    ```

With a list, ``answer`` is the place of the right choice in it. Without, it is a number, best one that the code has glued:
``:answer: "{glue:text}`far:.2f`"``, and ``within`` says how far off still counts as right, as a share of it (``10 %``) or as
a number. What stands between the two directives waits until the reader has answered or asked to see it; code is shown.
Without JavaScript, and in print, nothing waits: a question, what answers it, and the answer in words.

``predictions`` lists all questions by chapter, with what the reader said. Answers stay in the browser (_static/predict.js).
"""
import re
import string

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)
LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WITHIN = re.compile(r"(\d+(?:\.\d*)?)\s*(%?)")


class prediction(nodes.General, nodes.Element):
    """A question. Attributes: key, within; answer holds the nodes of the answer until its explanation takes them."""


class explanation(nodes.General, nodes.Element):
    """What was right, and why. Attribute: target, the id of its question."""


class predictions_list(nodes.General, nodes.Element):
    """Stands for the list of all questions until all documents are read."""


class Predict(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {"answer": str, "within": str}

    def run(self):
        label = self.arguments[0]
        if not LABEL.fullmatch(label):
            raise self.error(f"predict: the label is {label!r}, expected lower-case words with hyphens, as in bean-moves.")
        if not self.options.get("answer"):
            raise self.error(f"predict {label}: there is no answer, expected the option :answer:.")
        self.env.metadata[self.env.docname]["predict"] = True
        docname = self.env.docname.rpartition("/")[2]
        node = prediction(ids=[f"predict-{label}"], key=f"{docname}/{label}", within=self.within(label))
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        choices = next(node.findall(nodes.enumerated_list), None)
        if choices is not None:
            choices["classes"].append("predict-choices")
            node["answer"] = [nodes.Text(self.letter(label, choices))]
        else:
            node["answer"], _ = self.parse_inline(self.options["answer"].strip('"'))
        return [node]

    def letter(self, label, choices):
        """The letter of the right choice."""
        answer = self.options["answer"]
        if not (answer.isdecimal() and 1 <= int(answer) <= len(choices)):
            raise self.error(f"predict {label}: the answer is {answer!r}, expected the place of a choice, "
                             f"1 to {len(choices)}.")
        return string.ascii_lowercase[int(answer) - 1]

    def within(self, label):
        """How far off a number may be, as the page needs it: "10%" or "0.5"."""
        match = WITHIN.fullmatch(self.options.get("within", "10 %"))
        if not match:
            raise self.error(f"predict {label}: within is {self.options['within']!r}, expected a share or a number, "
                             "10 % or 0.5.")
        return "".join(match.groups())


class Explain(SphinxDirective):
    has_content = True

    def run(self):
        node = explanation()
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Predictions(SphinxDirective):
    def run(self):
        self.env.metadata[self.env.docname]["predict"] = True
        return [predictions_list()]


class Pair(SphinxTransform):
    """Give each question the explanation that follows it, and mark what waits between the two."""

    default_priority = 400

    def apply(self):
        questions = list(self.document.findall(prediction))
        for question in questions:
            between = []
            for node in question.parent[question.parent.index(question) + 1:]:
                if isinstance(node, (explanation, prediction, nodes.section)):
                    break
                between.append(node)
            else:
                node = None
            if not isinstance(node, explanation):
                logger.warning("predict %s: the question is never resolved, expected {explain} in the same section, "
                               "before the next {predict}.", question["key"], location=question)
                continue
            node["target"] = question["ids"][0]
            answer = nodes.inline("", "", *question.attributes.pop("answer"), classes=["predict-right"])
            node.insert(0, nodes.paragraph("", "", nodes.strong("", "Answer: "), answer, classes=["predict-answer"]))
            for part in between:
                for waiting in parts_that_wait(part):
                    waiting["classes"].append("predict-waits")
        for lonely in self.document.findall(explanation):
            if "target" not in lonely:
                logger.warning("explain: there is no question, expected {predict} before it in the same section.",
                               location=lonely)


def parts_that_wait(node):
    """Of a cell its outputs, of everything else all of it."""
    if isinstance(node, nodes.container) and "cell" in node["classes"]:
        return [part for part in node if "cell_output" in part.get("classes", [])]
    return [node] if isinstance(node, nodes.Element) and not isinstance(node, nodes.Invisible) else []


class List(SphinxPostTransform):
    """Put the list of all questions, in the order of the chapters, where one is wanted."""

    default_priority = 5                                 # before references are resolved: a question may hold some

    def run(self):
        for place in list(self.document.findall(predictions_list)):
            rows = []
            for docname in sorted(self.env.found_docs - {self.env.docname}):
                questions = list(self.env.get_doctree(docname).findall(prediction))
                if questions:
                    title = self.link(docname, "", *self.env.titles[docname].deepcopy().children)
                    rows += [nodes.paragraph("", "", title, classes=["predictions-chapter"]),
                             self.entries(docname, questions)]
            if any(row.next_node(nodes.math) for row in rows):
                self.env.get_domain("math").data["has_equations"][self.env.docname] = True   # else MathJax is left out
            place.replace_self(nodes.container("", *rows, classes=["predictions"]))

    def link(self, docname, anchor, *content):
        return make_refnode(self.app.builder, self.env.docname, docname, anchor, list(content))

    def entries(self, docname, questions):
        """One entry for each question of a chapter; predict.js adds what the reader said."""
        listed = nodes.bullet_list()
        for question in questions:
            words = next(question.findall(nodes.paragraph)).deepcopy()
            for reference in words.findall(pending_xref):
                reference["refdoc"] = self.env.docname   # it leads from here, and no more from the chapter
            link = self.link(docname, question["ids"][0], nodes.Text("Go there"))
            listed += nodes.list_item("", nodes.paragraph("", "", *words.children, nodes.Text(" "), link, nodes.Text(".")),
                                      ids=[identifier(question)])
        return listed


def identifier(question):
    """id of a question in the list; predict.js makes it of the question's key in the same way."""
    return "of-" + question["key"].replace("/", "-").replace("_", "-")


def visit_prediction(self, node):
    self.body.append(self.starttag(node, "div", CLASS="admonition predict", **{
        "data-key": node["key"], "data-within": node["within"]}))
    self.body.append('<p class="admonition-title">Predict</p>')


def visit_explanation(self, node):
    self.body.append(self.starttag(node, "div", CLASS="predict-explain predict-waits", **{
        "data-for": node.get("target", "")}))


def depart(self, node):
    self.body.append("</div>\n")


def add_script(app, pagename, templatename, context, doctree):
    if app.env.metadata.get(pagename, {}).get("predict"):
        app.add_js_file("predict.js", loading_method="defer")


def setup(app):
    app.add_directive("predict", Predict)
    app.add_directive("explain", Explain)
    app.add_directive("predictions", Predictions)
    app.add_node(prediction, html=(visit_prediction, depart))
    app.add_node(explanation, html=(visit_explanation, depart))
    app.add_node(predictions_list)
    app.add_transform(Pair)
    app.add_post_transform(List)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True}
