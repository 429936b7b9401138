"""The notebooks in which a chapter downloads: prose of the page, code of its source, with and without solutions."""
from pathlib import Path

import jupytext
import nbclient
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"

SOURCE = """\
---
kernelspec: {name: python3, display_name: Python 3}
jupytext: {text_representation: {extension: .md, format_name: myst}}
---

```{code-cell} ipython3
:tags: [remove-cell]
import json
from pathlib import Path
import numpy as np
from myst_nb import glue
run = json.loads(Path("../benchmarks/results/run.json").read_text())
kept = np.load("../benchmarks/results/run.npz")["kept"]
```

```{code-cell} ipython3
a = run["a"]
```

```{code-cell} ipython3
:tags: [remove-cell]
glue("a", a)
assert a == 2
```

```{code-cell} ipython3
answer = 2 * a
```

```{code-cell} ipython3
after = a + 1
```
"""
ADDRESS = "https://x.org/course/book/01_x.html"
CELL = '<div class="cell docutils container"><div class="cell_input"><pre>code</pre></div></div>'
PAGE = rf"""
<section id="x"><h1>1. Title<a class="headerlink" href="#x" title="Link">#</a></h1>
<div class="tip admonition"><p class="admonition-title">Before</p><p>You <em>need</em> a_b and
<a class="reference internal" href="02_y.html">chapter 2</a>.</p></div>
<p>Take <span class="math notranslate nohighlight">\(w_1 * x_2\)</span>, by <a href="https://x.org">somebody</a>:</p>
<div class="math notranslate nohighlight" id="e">
<span class="eqno">(1.1)<a class="headerlink" href="#e" title="Link">#</a></span>\[y_1 = w_1 x \\ z\]</div>
<div class="cell docutils container"><div class="cell_output"><figure><img alt="dots" src="x.svg">
<figcaption><p>Fig. 1.1 It grows.</p></figcaption></figure></div></div>
<div class="exercise admonition"><p class="admonition-title">Exercise 1.1</p><p>Double it.</p></div>
<div class="solution dropdown admonition"><p class="admonition-title">Solution</p><p>Twice two.</p>{CELL}<p>Four.</p></div>
<p>After <a class="reference internal" href="#e">(1.1)</a>.</p>{CELL}<ul class="live-tours"><li><p>Try
<a class="reference internal" href="#live?digit=7&amp;row=4">the 7</a>: it is large.</p></li></ul><p>The end.</p></section>
"""


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Function of the page, and of whether solutions are wanted, that gives its notebook."""
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    import downloads
    (tmp_path / "run.json").write_text('{"a": 2, "text": "it\'s"}')
    np.savez(tmp_path / "run.npz", kept=[3.0])
    return lambda solutions=True: downloads.notebook(PAGE, jupytext.reads(SOURCE, "md:myst"), tmp_path, solutions, ADDRESS)


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_prose_is_markdown_with_the_numbers_of_the_page(made):
    text = prose(made())
    assert text.startswith("# 1. Title\n\n> **Before**\n>\n> You *need* a_b and")
    assert "Take $w_1 * x_2$, by [somebody](https://x.org):" in text
    assert "$$\ny_1 = w_1 x \\\\ z \\tag{1.1}\n$$" in text
    assert "*Fig. 1.1 It grows.*" in text and "dots" not in text and "CC BY 4.0" in text
    assert "After (1.1)." in text and "Link" not in text


def test_links_to_other_pages_and_to_states_of_a_live_figure_lead_to_the_site(made):
    text = prose(made())
    assert "[chapter 2](https://x.org/course/book/02_y.html)." in text
    assert f"[the 7]({ADDRESS}#live?digit=7&row=4): it is large." in text


def test_a_notebook_with_solutions_has_their_words_and_their_code(made):
    notebook = made()
    assert "Twice two." in prose(notebook) and "> Four." in prose(notebook)
    assert "answer = 2 * a" in [cell.source for cell in notebook.cells]


def test_a_notebook_without_solutions_asks_and_does_not_answer(made):
    notebook = made(solutions=False)
    assert "Double it." in prose(notebook) and "The end." in prose(notebook)
    assert "Twice" not in prose(notebook) and "Four" not in prose(notebook)
    assert not any("answer" in cell.source for cell in notebook.cells)


@pytest.mark.parametrize("solutions", [True, False])
def test_it_runs_in_an_empty_folder(made, solutions, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    notebook = made(solutions)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
    assert (folder / "records" / "run.json").read_text() == '{"a": 2, "text": "it\'s"}'


@pytest.mark.parametrize("chapter", sorted((ROOT / "book").glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_notebook_brings_every_recorded_run_that_its_chapter_reads(made, chapter):
    import downloads
    source = jupytext.read(chapter)
    code = [cell.source for cell in source.cells if cell.cell_type == "code"]
    read = {path.name for path in RESULTS.iterdir() if any(f'{path.name}"' in cell for cell in code)}
    brought = downloads.recorded(source, RESULTS)
    assert [name for name in read if f'"records/{name}"' not in brought] == []


def test_its_language_is_known_where_its_kernel_has_another_name(made):
    assert made().metadata.language_info.name == "python"


def test_a_chapter_without_code_is_a_notebook_too(made):
    import downloads
    source = jupytext.reads(SOURCE[:SOURCE.index("```")], "md:myst")
    cells = downloads.notebook("<h1>Title</h1>", source, ROOT, True, ADDRESS).cells
    assert [cell.cell_type for cell in cells] == ["code", "markdown"]


def test_two_builds_write_the_same_file(made):
    assert made() == made()
