"""Every chapter downloads as two notebooks, with and without its solutions. Both read and run without the book.

Their code is that of the source of the chapter. Their prose is that of the finished page, turned back into Markdown: there,
numbers of equations, references and values of the code stand in their places. What a page shows in ways that a notebook
cannot (a figure that moves, a question that waits for its answer) becomes text.
"""
import base64
import re
from pathlib import Path
from urllib.parse import urljoin

import jupytext
import nbformat
from bs4 import BeautifulSoup
from markdownify import MarkdownConverter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nnlib.book.notebooks import INSTALL

RECORDS = "../benchmarks/results"                        # where chapters read recorded runs
NEEDED = f"""\
{INSTALL}
import base64
import pathlib
import sys
import types

if importlib.util.find_spec("myst_nb") is None:          # the book takes values into its text with it
    sys.modules["myst_nb"] = types.SimpleNamespace(glue=lambda *value, **options: None)
"""
LANGUAGE = {"language_info": {"name": "python"}}         # by it JupyterLite finds its kernel, and does not ask for one
LICENCE = "*A chapter of* Neural Networks, One Gradient at a Time. *Text and figures: CC BY 4.0. Code: BSD-3-Clause.*"
PLACE = re.compile(r"^(?:> ?)*\0(\d+)\0$", re.M)         # of a cell of code, in the Markdown of a page


class Converter(MarkdownConverter):
    """Markdown as Jupyter reads it, from the HTML of a page; its option ``address`` is where the page is published."""

    def convert_span(self, el, text, parent_tags):
        if "math" not in el.get("class", ()):
            return text
        formula = el.get_text().strip().removeprefix(r"\(").removesuffix(r"\)")
        return f"${formula.strip()}$"

    def convert_div(self, el, text, parent_tags):
        if "math" in el.get("class", ()):
            number = el.select_one(".eqno")
            tag = rf" \tag{{{number.extract().get_text(strip=True).strip('()')}}}" if number else ""
            formula = el.get_text().strip().removeprefix(r"\[").removesuffix(r"\]").strip()
            return f"\n\n$$\n{formula}{tag}\n$$\n\n"
        if "admonition" in el.get("class", ()):
            lines = re.sub(r"\n{3,}", "\n\n", text.strip()).splitlines()
            text = "\n".join(f"> {line}".rstrip() for line in lines)
        return f"\n\n{text}\n\n"

    def convert_p(self, el, text, parent_tags):
        titled = "admonition-title" in el.get("class", ())
        return super().convert_p(el, f"**{text.strip()}**" if titled else text, parent_tags)

    def convert_a(self, el, text, parent_tags):
        """A link to what does not come along, another page or a state of a live figure, leads to the site."""
        target = el.get("href", "#")
        if target.startswith("#") and "?" not in target:
            return text
        el["href"] = urljoin(self.options["address"], target)
        return super().convert_a(el, text, parent_tags)

    def convert_figcaption(self, el, text, parent_tags):
        return f"\n\n*{text.strip()}*\n\n"

    def convert_img(self, el, text, parent_tags):
        return f"*{el.get('alt', '')}*"

    def convert_hr(self, el, text, parent_tags):
        return f"\n\n\0{el['data-cell']}\0\n\n" if "data-cell" in el.attrs else super().convert_hr(el, text, parent_tags)


def prose_and_places(body, solutions, address):
    """The Markdown of a page's HTML, in pieces: prose, number of a cell of code, prose, ..., prose."""
    page = BeautifulSoup(body, "html.parser")
    for number, cell in enumerate(page.select(".cell")):
        place, caption = page.new_tag("hr", attrs={"data-cell": number}), cell.select_one("figcaption")
        cell.replace_with(place)
        if caption:
            place.insert_after(caption.extract())
    for node in page.select(".headerlink, script, style" + ("" if solutions else ", .solution")):
        node.decompose()
    text = Converter(heading_style="ATX", bullets="-", escape_underscores=False, escape_asterisks=False,
                     address=address).convert_soup(page)
    return PLACE.split(re.sub(r"\n{3,}", "\n\n", text))


def code_of_places(source):
    """For each cell that the page shows, its code and that of the cells after it which the page leaves out."""
    places = [[]]
    for cell in source.cells:
        if cell.cell_type == "code":
            if "remove-cell" not in cell.metadata.get("tags", ()):
                places.append([])
            places[-1].append(cell.source.replace(RECORDS, "records"))
    first, *places = places
    return [first + places[0], *places[1:]] if places else []


def recorded(source, folder):
    """Code that puts the recorded runs which a chapter reads beside its notebook."""
    names = sorted(set(re.findall(r'["/](\w+\.(?:json|npz))"', "\n".join(cell.source for cell in source.cells))))
    files = {name: base64.b64encode((folder / name).read_bytes()) for name in names}
    return "".join(f'\npathlib.Path("records").mkdir(exist_ok=True)\n'
                   f'pathlib.Path("records/{name}").write_bytes(base64.b64decode({content!r}))'
                   for name, content in files.items())


def notebook(body, source, folder, solutions, address):
    """The notebook of a page: of its HTML, the notebook of its source, the folder with recorded runs, and its address."""
    prose, *rest = prose_and_places(body, solutions, address)
    code = code_of_places(source)
    cells = [new_code_cell(NEEDED + recorded(source, folder)), new_markdown_cell(f"{prose.strip()}\n\n{LICENCE}")]
    for number, prose in zip(rest[::2], rest[1::2]):
        cells += map(new_code_cell, code[int(number)])
        if prose.strip(" >\n"):
            cells.append(new_markdown_cell(prose.strip()))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"                    # a random one would change the file with each build
    return new_notebook(cells=cells, metadata=source.metadata | LANGUAGE)


def offer_notebooks(app, pagename, templatename, context, doctree):
    if "kernelspec" not in app.env.metadata.get(pagename, {}):
        return
    source = jupytext.read(app.env.doc2path(pagename))
    folder = (Path(app.env.doc2path(pagename)).parent / RECORDS).resolve()
    address = app.config.html_baseurl + app.builder.get_target_uri(pagename)
    for solutions, suffix in ((True, ""), (False, "_without_solutions")):
        target = Path(app.outdir, "_sources", f"{pagename}{suffix}.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(context["body"], source, folder, solutions, address), target)
    context["ipynb_source"] = f"{pagename}.ipynb"        # the theme adds the entry to its download menu


def offer_one_without_solutions(app, pagename, templatename, context, doctree):
    for group in context.get("header_buttons", ()):
        if group["label"] == "download-buttons" and context.get("ipynb_source"):
            first = group["buttons"][0]
            group["buttons"].insert(1, first | {
                "url": first["url"].removesuffix(".ipynb") + "_without_solutions.ipynb", "text": ".ipynb, no solutions",
                "tooltip": "Download notebook without solutions", "label": "download-exercises-button"})


def setup(app):
    app.connect("html-page-context", offer_notebooks, priority=499)               # before the theme builds its buttons
    app.connect("html-page-context", offer_one_without_solutions, priority=502)   # and after
    return {"parallel_read_safe": True}
