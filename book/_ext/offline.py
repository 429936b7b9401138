"""Mathematics without a network: MathJax comes from the package sphinx-mathjax-offline."""
import importlib.metadata
import shutil
from pathlib import Path

PARTS = ("tex-chtml.js", "input/tex/extensions", "output/chtml/fonts")


def _mathjax():
    files = importlib.metadata.files("sphinx-mathjax-offline")
    script = next(f for f in files if f.as_posix().endswith("static/mathjax/tex-chtml.js"))
    return Path(script.locate()).parent


def copy_mathjax(app, exception):
    """Copy only what pages load, at the end: Sphinx would put scripts found in a static folder into every page."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir, "_static", "mathjax")
    for part in PARTS:
        source, target = _mathjax() / part, out / part
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def setup(app):
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True}
