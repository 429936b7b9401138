"""nbgrader's exporter of feedback pages, for one page after another."""
from pathlib import Path

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades

from ..markup import as_text, clean_html, highlighted, rendered


class PageExporter(HTMLExporter):
    """nbgrader's template with our frame, and its preprocessors, but for the one that asks the gradebook.

    The texts of ``learn`` stay as HTML: they are most of what students hand in.
    """

    def __init__(self):
        converter = GenerateFeedback(coursedir=CourseDirectory())
        config = converter.config
        config.HTMLExporter.template_file = "feedback.html.j2"
        config.HTMLExporter.extra_template_paths += [str(Path(__file__).parent)]
        config.HTMLExporter.sanitize_html = True
        self.known = {}
        super().__init__(config=config, filters={
            "highlight_code": self.highlight_code, "markdown2html": self.markdown2html, "clean_html": self.clean_html})
        for preprocessor in converter.preprocessors:
            if preprocessor is not GetGrades:
                self.register_preprocessor(preprocessor, enabled=True)

    def learn(self, notebook):
        """Keep the HTML of the cells of a notebook that is not a student's."""
        for cell in notebook.cells:
            render = {"code": highlighted, "markdown": markdown_alone}.get(cell.cell_type)
            if render and (render, cell.source) not in self.known:
                self.known[render, cell.source] = render(cell.source)

    def from_notebook_node(self, notebook, resources=None, **options):
        """As HTMLExporter does it, without its last step: it reads the page again, for images without a description."""
        resources = self._init_resources(resources)
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources))
        return TemplateExporter.from_notebook_node(self, notebook, resources, **options)

    def highlight_code(self, source, language=None, metadata=None):
        """The filter of that name: every cell is Python."""
        return self.known.get((highlighted, source)) or highlighted(source)

    def clean_html(self, text):
        """The filter of that name."""
        return clean_html(str(text))

    @pass_context
    def markdown2html(self, context, source):
        """The filter of that name. A cell that cannot be shown is shown as text."""
        try:
            return (self.known.get((markdown_alone, source))
                    or rendered(source, context.get("cell", {}).get("attachments", {})))
        except Exception:                        # the text is the student's, and costs nobody a page
            return as_text(source)


def markdown_alone(source):
    """Markdown without pictures, as HTML."""
    return rendered(source, {})
