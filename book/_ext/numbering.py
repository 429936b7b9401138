"""Chapters are numbered by their file: in book/02_logistic.md the first equation is (2.1), whatever else exists."""
import re


def renumber(number, chapter):
    """A tuple of section numbers with this one in front, or the None that it was."""
    return number and type(number)((chapter, *number[1:]))


def number_by_file(app, env):
    """Replace Sphinx's running chapter number in the tables from which titles, figures and equations are numbered."""
    for docname, sections in env.toc_secnumbers.items():
        match = re.search(r"(?:^|/)(\d+)_[^/]*$", docname)
        if not match:
            continue
        chapter = int(match[1])

        for anchor, number in sections.items():
            sections[anchor] = renumber(number, chapter)
        for numbers in env.toc_fignumbers.get(docname, {}).values():
            for target, number in numbers.items():
                numbers[target] = renumber(number, chapter)
        for node in [env.titles[docname], *env.tocs[docname].findall()]:
            if getattr(node, "attributes", {}).get("secnumber"):
                node["secnumber"] = renumber(node["secnumber"], chapter)
    return []


def setup(app):
    # after the toctree collector (priority 500) has filled the tables
    app.connect("env-get-updated", number_by_file, priority=600)
    return {"parallel_read_safe": True}
