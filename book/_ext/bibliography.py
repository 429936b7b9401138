"""Entries of the bibliography under the labels that the text cites them by: author and year, in alphabetical order."""
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style
from pybtex.style.labels import BaseLabelStyle
from sphinxcontrib.bibtex.style.referencing import PersonStyle


class AuthorYearLabels(BaseLabelStyle):
    person = PersonStyle()                               # the one that citations in the text use

    def format_labels(self, sorted_entries):
        for entry in sorted_entries:
            names = self.person.names("author", full=False).format_data({"entry": entry, "style": self})
            yield f"{names}, {entry.fields['year']}"


class AuthorYearStyle(Style):
    default_label_style = AuthorYearLabels


def setup(app):
    register_plugin("pybtex.style.formatting", "author_year", AuthorYearStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
