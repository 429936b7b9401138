"""Repairs, in the HTML of a page, of faults that axe finds in what docutils and the extensions write."""
import re

REPAIRS = [
    # a list of entries whose role is deprecated, and was never allowed on a div
    (r'role="doc-biblioentry"', 'role="listitem"'),
    # a name that differs from the words on the button, which a speech user would say
    (r'<summary aria-label="Toggle hidden content">', '<summary>'),
]


def repair(app, pagename, templatename, context, doctree):
    for pattern, replacement in REPAIRS:
        context["body"] = re.sub(pattern, replacement, context.get("body", ""))


def setup(app):
    app.connect("html-page-context", repair)
    return {"parallel_read_safe": True}
