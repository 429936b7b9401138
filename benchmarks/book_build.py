"""The book: seconds to build it from nothing, or one chapter anew, and whether two builds give the same numbers."""
import shutil
import tempfile
import time
from pathlib import Path

import nbformat

from nnlib.book import builder

from . import record

ROOT = Path(__file__).parents[1]
TOUCHED, CELL = "04_graphs", "\n```{code-cell} ipython3\n1 + 1\n```\n"


def run():
    """Build two copies of the checkout from nothing, write the JSON, and return a table as text."""
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder, name) for name in ("one", "two")]
        cold = [seconds(clone(copy)) for copy in copies]
        first, second = (outputs(copy) for copy in copies)
        chapter = copies[0] / "book" / f"{TOUCHED}.md"
        chapter.write_text(chapter.read_text(encoding="utf-8") + CELL, encoding="utf-8")
        touched = seconds(copies[0])
    changed = [name for name in first if first[name] != second.get(name)]
    took = {"cold": [round(each, 1) for each in cold], "one_chapter_touched": round(touched, 1)}
    record.write("book_build", {"seconds": took, "pages_that_differ": changed})
    return record.table([
        ("book", "measured", "goal"),
        ("seconds, cold", f"{max(cold):.0f}", "< 360"),
        ("seconds, one chapter touched", f"{touched:.0f}", "< 30"),
        ("pages whose outputs differ between two cold builds", str(len(changed)), "0"),
    ])


def clone(copy):
    """A copy of the checkout without what was built or installed in it."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "_build", "__pycache__"))
    return copy


def seconds(root):
    """How long a build takes."""
    start = time.perf_counter()
    builder.build(root)
    return time.perf_counter() - start


def outputs(root):
    """{hash of a page's code: what each of its cells prints, and what it shows or glues} of a built book."""
    shown = {}
    for page in (root / "_build" / "execution").rglob("base.ipynb"):
        cells = [cell.outputs for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "code"]
        # what a cell prints arrives in one piece or in several
        shown[page.parent.name] = [("".join(o.text for o in cell if o.output_type == "stream"),
                                    [o for o in cell if o.output_type != "stream"]) for cell in cells]
    return shown
