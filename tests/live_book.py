"""A book of one page for each live figure and one for all, built with the real theme, extension and static files."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONF = """
import sys
sys.path.insert(0, {ext!r})
project = "Live figures"
extensions = ["myst_nb", "sphinx_book_theme", "live", "minify"]
html_theme = "sphinx_book_theme"
html_theme_options = {{"navbar_persistent": []}}
html_static_path = [{static!r}]
html_css_files = ["book.css"]
templates_path = [{templates!r}]
html_context = {{"default_mode": "auto"}}
numfig = True
"""


def chapters():
    """{name: (chapter, the directive of the figure as the chapter has it, but for its own name and first state)}"""
    found = [(chapter.stem, re.sub("^:(name|state):.*\n", "", block, flags=re.M))
             for chapter in sorted((ROOT / "book").glob("[0-9]*.md"))
             for block in re.findall(r"^```\{live-figure\}.*?^```$", chapter.read_text("utf-8"), re.M | re.S)]
    return {block.split()[1]: (chapter, block) for chapter, block in found}


def build(folder, pages=None, check=True, conf=""):
    """Build the pages {name: MyST} strictly into folder/_build/html, with `conf` at the end of conf.py.

    Modules of figures are those of the book build, and are compiled once for all. Returns the finished process.
    """
    for parent in (ROOT, folder):
        (parent / "_build").mkdir(exist_ok=True)
    (ROOT / "_build/live").mkdir(exist_ok=True)
    (folder / "_build/live").symlink_to(ROOT / "_build/live")
    pages = pages or {**{name: f"# Page of {name}\n\n{block}\n" for name, (_, block) in chapters().items()},
                      "all": (ROOT / "book" / "figures.md").read_text("utf-8")}
    (folder / "conf.py").write_text(CONF.format(ext=str(ROOT / "book/_ext"), static=str(ROOT / "book/_static"),
                                                templates=str(ROOT / "book/_templates")) + conf)
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "index.md").write_text("# Live figures\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n")
    code = "import sys; from nnlib import quick_jsonschema; from sphinx.cmd.build import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "-W", "-n", "--keep-going", "-d", str(folder / "_build/.doctrees"),
               str(folder), str(folder / "_build/html")]
    return subprocess.run(command, capture_output=True, text=True, check=check)


def size(page):
    """Bytes of a page: its HTML and all scripts, styles and modules that it loads for its live figures."""
    parts = set(re.findall(r"_static/(live/[\w.-]+)", page.read_text("utf-8")))
    static = next(folder / "_static" for folder in page.parents if (folder / "_static").is_dir())
    return page.stat().st_size + sum((static / part).stat().st_size for part in parts)
