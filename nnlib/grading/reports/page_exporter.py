"""nbgrader's exporter of feedback pages, for one page after another."""
import functools
import html

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades

KEPT = 1000                         # texts of cells that stay as HTML: students share most of them


class PageExporter(HTMLExporter):
    """nbgrader's template and preprocessors, but for the one that asks the gradebook: the scores are in the cells."""

    def __init__(self):
        converter = GenerateFeedback(coursedir=CourseDirectory())
        self.code = functools.lru_cache(KEPT)(Highlight2HTML(pygments_lexer="ipython3"))
        self.markdown = functools.lru_cache(KEPT)(functools.partial(super().markdown2html, {}))
        super().__init__(config=converter.config, filters={"highlight_code": self.highlight_code})
        for preprocessor in converter.preprocessors:
            if preprocessor is not GetGrades:
                self.register_preprocessor(preprocessor, enabled=True)

    def from_notebook_node(self, notebook, resources=None, **options):
        """As HTMLExporter does it, without its last step: it reads the page again, for images without a description."""
        resources = self._init_resources(resources)
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources))
        return TemplateExporter.from_notebook_node(self, notebook, resources, **options)

    def highlight_code(self, source, language=None, metadata=None):
        """The filter of that name: every cell is Python."""
        return self.code(source)

    @pass_context
    def markdown2html(self, context, source):
        """The filter of that name. A cell that cannot be shown, as where it lost a picture, is shown as text."""
        try:
            if "attachments" in context.get("cell", ()):
                return super().markdown2html(context, source)
            return self.markdown(source)
        except Exception:                        # the text is the student's, and costs nobody a page
            return f"<pre>{html.escape(source)}</pre>"
