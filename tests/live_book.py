"""A book of one page for each live figure, built with the real theme, extension and static files."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONF = """
import sys
sys.path.insert(0, {ext!r})
project = "Live figures"
extensions = ["myst_nb", "sphinx_book_theme", "live"]
html_theme = "sphinx_book_theme"
html_theme_options = {{"navbar_persistent": []}}
html_static_path = [{static!r}]
html_css_files = ["book.css"]
templates_path = [{templates!r}]
html_context = {{"default_mode": "auto"}}
numfig = True
"""
FIGURES = ("computation-graph", "train-network", "convolution")


def build(folder, pages=None, check=True, conf=""):
    """Build the pages {name: MyST} strictly, with `conf` at the end of conf.py; returns the finished process. HTML is in folder/_build/html."""
    pages = pages or {name: f"# Page of {name}\n\n```{{live-figure}} {name}\nWhat the figure shows.\n```\n"
                      for name in FIGURES}
    (folder / "conf.py").write_text(CONF.format(ext=str(ROOT / "book/_ext"), static=str(ROOT / "book/_static"),
                                                templates=str(ROOT / "book/_templates")) + conf)
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "index.md").write_text("# Live figures\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-d", str(folder / "_build/.doctrees"),
               str(folder), str(folder / "_build/html")]
    return subprocess.run(command, capture_output=True, text=True, check=check)


def files(html, name):
    """What the page of a figure loads for it, and the page itself."""
    parts = ("live.js", "live.css", f"{name}.js", f"{name}.data.js")
    return [html / f"{name}.html", *(html / "_static" / "live" / part for part in parts)]
