"""The page that a student gets back: nbgrader's own exporter and template, without its gradebook."""
import functools
import html

from nbformat.v4 import new_markdown_cell

KEPT = 1000                         # cells whose highlighted code is kept for the next page
UNSAFE = "Graded without a sandbox: nothing kept this code from changing its own mark."


def with_message(notebook, reason, unprotected):
    """Put what a reader has to know first at the top: why a person has to look, or "". Modifies the notebook."""
    lines = [reason, UNSAFE if unprotected else ""]
    if any(lines):
        cell = new_markdown_cell("\n\n".join(f"**{html.escape(line)}**" for line in lines if line))
        cell.id = "message"
        notebook.cells.insert(0, cell)


def page(notebook, record):
    """The feedback page of a graded notebook, as HTML. Points that a person gave later need nbgrader generate_feedback.

    Modifies  notebook: what the template reads is written into the metadata of its cells
    """
    for cell in notebook.cells:
        cell.metadata.setdefault("alt", "Picture made by this cell")
        role = cell.metadata.get("nbgrader", {})
        if role.get("grade"):
            mark = record.tasks[role.grade_id.removeprefix("test_")]
            role.update(score=mark.points, points=mark.possible)
    resources = {"nbgrader": {
        "notebook": record.assignment, "assignment": record.assignment, "student": record.student, "score": record.total,
        "max_score": sum(mark.possible for mark in record.tasks.values()), "late_penalty": 0}}
    return exporter().from_notebook_node(notebook, resources)[0]


@functools.cache
def exporter():
    """nbgrader's exporter of feedback pages, made once for a process; so are its templates and what they often show."""
    from jinja2 import pass_context
    from nbconvert.exporters import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import GetGrades

    highlighted = functools.lru_cache(KEPT)(Highlight2HTML(pygments_lexer="ipython3"))

    class Exporter(HTMLExporter):
        """Leaves out what HTMLExporter does last: it reads the whole page again, to find images without a description."""

        def from_notebook_node(self, notebook, resources=None, **options):
            resources = self._init_resources(resources)
            self.register_filter("filter_data_type", WidgetsDataTypeFilter(
                notebook_metadata=self._nb_metadata, parent=self, resources=resources))
            return TemplateExporter.from_notebook_node(self, notebook, resources, **options)

        @pass_context
        def markdown2html(self, context, source):
            return super().markdown2html(context, source) if "attachments" in context.get("cell", ()) else rendered(source)

    converter = GenerateFeedback(coursedir=CourseDirectory())
    rendered = functools.lru_cache(KEPT)(lambda source: HTMLExporter.markdown2html(exporter, {}, source))
    exporter = Exporter(config=converter.config, filters={
        "highlight_code": lambda source, language=None, metadata=None: highlighted(source)})
    for preprocessor in converter.preprocessors:
        if preprocessor is not GetGrades:                    # it asks the gradebook; the scores are in the cells already
            exporter.register_preprocessor(preprocessor, enabled=True)
    return exporter
