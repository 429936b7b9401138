"""The builder of the book, on small books made of the real configuration and extensions."""
import inspect
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import nnlib
from nnlib.book import builder
from nnlib.kernels import plain

ROOT = Path(__file__).parents[1]
SITE = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["html_baseurl"]

NOTEBOOK = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

"""


def make_book(root, chapters, **execute):
    """A book with an index and the given chapters, `{"02_name": text}`."""
    shutil.copytree(ROOT / "book", root / "book", ignore=lambda folder, names: [
        n for n in names if not n.startswith("_") and n != "references.bib" and folder == str(ROOT / "book")])
    shutil.copy(ROOT / "CITATION.cff", root)
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["execute"].update(execute)
    (root / "_config.yml").write_text(yaml.safe_dump(config))
    (root / "_toc.yml").write_text(yaml.safe_dump({
        "format": "jb-book", "root": "book/index",
        "parts": [{"caption": "Part", "numbered": 2, "chapters": [{"file": f"book/{name}"} for name in chapters]}]}))
    (root / "book" / "index.md").write_text("# Small book\n\n{cite:p}`rumelhart1986learning`\n\n```{bibliography}\n```\n\n"
                                            "```{kernel} softmax_forward\n```\n")
    for name, text in chapters.items():
        (root / "book" / f"{name}.md").write_text(NOTEBOOK + text)
    return root


def chapter_that_logs(name, log):
    return f"""# Chapter {name}

```{{admonition}} Before you start
**You leave with** one equation, and no doubt.
```

**Why is $y$ equal to $x$?**

```{{math}}
:label: {name}_forward

y = x
```

```{{code-cell}} python
import sys
with open({str(log)!r}, "a") as log:
    print("{name}", sys.executable, file=log)
```

```{{code-cell}} python
import time
print("one", end=" ", flush=True)
time.sleep(0.2)
print("line")
```
"""


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """A book in a folder with a space, built by a user whose own kernel is broken; and the log its chapters write."""
    folder = tmp_path_factory.mktemp("good")
    kernel = folder / "home" / ".local" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": ["/no/such/python"], "display_name": "x", "language": "python"}))
    log = folder / "log"
    root = make_book(folder / "a check out", {f"0{n}_x": chapter_that_logs(f"x{n}", log) for n in (2, 5)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        address = builder.build(root)
    return root, log, address


@pytest.fixture(scope="session")
def bad(tmp_path_factory):
    """A book with one fault in each chapter, and what the builder said of it."""
    root = make_book(tmp_path_factory.mktemp("bad"), {
        "01_error": "# A\n\n```{code-cell} python\na = 1\n```\n\n```{code-cell} python\nb = a / 0\nc = 2\n```\n",
        "02_reference": "# B\n\nSee {eq}`no_such_equation` and [](01_error.md#no-such-section), not [](01_error.md#a).\n",
        "03_slow": "# C\n\n```{code-cell} python\nimport time; time.sleep(60)\n```\n",
        "04_stderr": "# D\n\n```{code-cell} python\nimport warnings; warnings.warn('ill-conditioned')\n```\n",
        "06_unknown": "# G\n\n```{kernel} conv2d_forwards\n```\n\n{assignment}`02_logistics`\n",
        "09_stale": "# F\n\n```{math}\n:label: sigmoid_forward\n\nh = a\n```\n\n```{equation-table}\n```\n",
        "05_dead": "# E\n\n```{code-cell} python\nimport os\nos._exit(3)\n```\n",
    }, timeout=2)
    with pytest.raises(builder.BookError) as error:
        builder.build(root)
    return root, str(error.value)


def runs(log):
    return [line.split()[0] for line in log.read_text().splitlines()]


def test_the_address_of_a_built_book_is_a_file_that_exists(good):
    root, _, address = good
    assert address == (root / "_build" / "html" / "index.html").as_uri()
    assert (root / "_build" / "html" / "index.html").is_file()


def test_chapters_run_in_the_interpreter_of_the_command_whatever_kernel_the_user_has(good):
    assert {line.split()[1] for line in good[1].read_text().splitlines()} == {sys.executable}


def symbols(text):
    """Latin and Greek letters of the formulas of a page; words in formulas are left out."""
    text = re.sub(r"```\{code-cell\}.*?\n```\n|```python.*?\n```\n", "", text, flags=re.S)
    text = re.sub(r"```\{math\}\n(?::label:[^\n]*\n)?(.*?)\n```", r"$$\1$$", text, flags=re.S)
    formulas = " ".join(map("".join, re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", text, flags=re.S)))
    letters = re.sub(r"\\(?:text|begin|end)\{[^}]*\}|\\mathsf T|\\mathbb \w|\\mathbf 1", " ", formulas)
    greek = set(re.findall(r"\\(alpha|beta|gamma|delta|(?:var)?epsilon|eta|theta|kappa|lambda|mu|nu|(?:var)?phi|Phi|rho"
                           r"|sigma|tau)(?![a-z])", letters))
    return greek | set(re.findall(r"(?<![^\W_])[A-Za-z](?![^\W_])", re.sub(r"\\[A-Za-z]+", " ", letters)))


@pytest.mark.parametrize("chapter", sorted(path.stem for path in (ROOT / "book").glob("[0-9]*_*.md")))
def test_every_symbol_of_a_chapter_is_in_the_notation(chapter):
    everywhere, once = (ROOT / "book" / "notation.md").read_text(encoding="utf-8").split("## In one chapter only")
    own = "\n".join(row for row in once.splitlines() if f"`{chapter}`" in row)
    used = symbols((ROOT / "book" / f"{chapter}.md").read_text(encoding="utf-8"))
    assert used - symbols(everywhere) - symbols(own) == set()


def visible_code(text):
    """The lines of the cells and listings that a page shows without being asked."""
    for options, code in re.findall(r"```(?:\{code-cell\} ipython3|python)\n((?:---\n.*?---\n|:[^\n]*\n)?)(.*?)```\n", text,
                                    flags=re.S):
        if not re.search("hide-input|hide-cell|remove-cell|remove-input", options):
            yield from code.splitlines()


@pytest.mark.parametrize("chapter", sorted(path.stem for path in (ROOT / "book").glob("[0-9]*_*.md")))
def test_a_chapter_has_exercises_of_three_levels_each_with_a_hint_and_a_solution(chapter):
    text = (ROOT / "book" / f"{chapter}.md").read_text(encoding="utf-8")
    exercises = text.split("```{exercise} ")[1:]
    levels = [re.match(r".*\((.+)\)\n", exercise)[1] for exercise in exercises]
    assert levels.count("quick") >= 3 and levels.count("several steps") >= 3 and levels.count("hard") >= 2
    for exercise in exercises:
        label = re.search(r":label: (\S+)", exercise)[1]
        assert "```{admonition} Hint\n" in exercise and re.search(rf"```\{{solution(-start)?\}} {label}\n", exercise), label


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "book").glob("*.md")))
def test_no_line_of_code_is_wider_than_the_page(page):
    lines = visible_code((ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))
    assert [line for line in lines if len(line) > 75] == []


def test_the_number_of_a_chapter_is_that_of_its_file(good):
    page = (good[0] / "_build" / "html" / "book" / "05_x.html").read_text()
    assert "(5.1)" in page and "5. Chapter x5" in page


def test_a_chapter_downloads_as_source_and_as_notebooks(good):
    sources = good[0] / "_build" / "html" / "_sources" / "book"
    page = (good[0] / "_build" / "html" / "book" / "02_x.html").read_text()
    for name in ("02_x.ipynb", "02_x_without_solutions.ipynb"):
        setup, first, *code = json.loads((sources / name).read_text())["cells"]
        assert "one-gradient" in setup["source"][4] and first["source"][0] == "# 2. Chapter x2\n"
        assert [cell["cell_type"] for cell in code] == ["code", "code"]
        assert f"_sources/book/{name}" in page
    assert "_sources/book/02_x.md" in page


def test_a_style_that_a_page_repeats_is_said_once_and_still_wins(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    from minify import shorten

    cells, hidden = '<td style="padding: 1px; color: red">1</td>' * 3, '<p style="display: none">1</p>' * 3
    page = shorten(f"<html><head></head><body>{hidden}<table><tr>{cells}</tr></table></body></html>", ".html")
    assert page.count("class=style-1") == 3 and page.count("color:red!important") == 1
    assert page.count("display:none") == 3                                    # scripts change it


def page_of(good, name):
    return BeautifulSoup((good[0] / "_build" / "html" / name).read_text(), "html.parser")


def test_a_page_says_to_search_engines_and_messages_what_it_is_about(good):
    page = page_of(good, "book/02_x.html")
    said = {node["property"]: node["content"] for node in page.select("meta[property]")}
    assert said["og:title"] == "Chapter x2"
    assert said["og:description"] == "Why is y equal to x? You leave with one equation, and no doubt."
    picture = said["og:image"].removeprefix(SITE)
    width, height = struct.unpack(">II", (good[0] / "_build" / "html" / picture).read_bytes()[16:24])
    assert (width, height) == (1200, 630)
    assert page.select_one("link[rel=canonical]")["href"] == f"{SITE}book/02_x.html"


def test_the_sitemap_has_the_address_of_every_page(good):
    addresses = re.findall("<loc>(.*?)</loc>", (good[0] / "_build" / "html" / "sitemap.xml").read_text())
    assert addresses == [f"{SITE}book/{name}.html" for name in ("02_x", "05_x", "index")]


def test_a_page_says_where_one_is_and_where_to_start(good):
    where = page_of(good, "book/05_x.html").select_one("article > .where")
    assert where.get_text().startswith("Chapter 5 of Neural Networks, One Gradient at a Time. New here?")
    assert [link["href"] for link in where.select("a")[:2]] == ["index.html", "02_x.html"]
    assert "New here?" not in page_of(good, "book/02_x.html").select_one("article > .where").get_text()


def test_a_page_says_its_version_and_how_to_cite_it(good):
    foot = page_of(good, "book/05_x.html").select_one(".bd-footer-content")
    assert re.search(rf"Version {re.escape(nnlib.__version__)}, \d+ \w+ 20\d\d, also as one PDF or EPUB", foot.get_text())
    entry = foot.select_one(".cite pre").get_text()
    assert entry.startswith("@misc{onegradient-05-x,\n  author = {{The authors of One Gradient at a Time}},")
    assert "title = {Chapter x5}" in entry and f"url = {{{SITE}book/05_x.html}}" in entry


def test_a_chapter_and_no_other_page_leads_to_its_slides(good):
    link, = page_of(good, "book/05_x.html").select(".bd-footer-content a[href*=slides]")
    assert link["href"] == "../slides/05_x.html"
    deck = page_of(good, "slides/05_x.html")
    assert deck.title.get_text() == "5. Chapter x5: slides" and len(deck.select(".slide")) == 2
    assert not page_of(good, "book/index.html").select("a[href*=slides]")


def test_links_of_the_page_for_lost_readers_begin_at_the_server(good):
    page = page_of(good, "404.html")
    links = [node.get("href") or node.get("src") for node in page.select("a[href], link[href], script[src]")]
    assert len(links) > 20
    assert [link for link in links if not link.startswith(("/one-gradient-at-a-time/", "#", "https://"))] == []


def test_a_page_opens_in_colab_and_in_binder(good):
    links = [link["href"] for link in page_of(good, "book/02_x.html").select(".dropdown-launch-buttons a")]
    branch = f"notebooks-{nnlib.__version__}"
    assert links == [
        f"https://colab.research.google.com/github/one-gradient/one-gradient-at-a-time/blob/{branch}/chapters/02_x.ipynb",
        f"https://mybinder.org/v2/gh/one-gradient/one-gradient-at-a-time/{branch}?urlpath=lab/tree/chapters/02_x.ipynb"]


def test_code_keeps_its_text_and_its_colours_in_few_elements(good):
    page = (good[0] / "_build" / "html" / "book" / "02_x.html").read_text()
    code = BeautifulSoup(page, "html.parser").select_one("pre").get_text()
    assert code == f'import sys\nwith open({str(good[1])!r}, "a") as log:\n    print("x2", sys.executable, file=log)\n'
    assert '<k->import</k-> sys\n' in page and '    <l->print</l->(<s->"x2"</s->, sys.executable, file=log)\n' in page
    colours = (good[0] / "_build" / "html" / "_static" / "highlight.css").read_text()
    assert all(f'html[data-theme="{mode}"] .highlight {name}- {{' in colours for mode in ("light", "dark") for name in "kls")


def test_the_source_of_a_plain_kernel_is_shown_without_what_the_chapter_has_said(good):
    page = BeautifulSoup((good[0] / "_build" / "html" / "book" / "index.html").read_text(), "html.parser")
    lines = page.select_one(".plain-kernel pre").get_text().splitlines()
    source = inspect.getsource(plain.softmax_forward).splitlines()
    assert lines == [source[0], *source[-2:]]
    address = page.select_one(".plain-kernel-source a")["href"]
    assert re.fullmatch(r"https://github.com/.+/blob/main/nnlib/kernels/plain/activations.py#L\d+", address)


def test_the_bibliography_names_a_work_as_the_text_cites_it(good):
    page = BeautifulSoup((good[0] / "_build" / "html" / "book" / "index.html").read_text(), "html.parser")
    assert page.select_one(".citation .label").get_text() == "[Rumelhart et al., 1986]"
    assert "[Rumelhart et al., 1986]" in page.select_one("article section > p").get_text()


def test_a_line_that_is_printed_in_two_pieces_stays_one_line(good):
    assert "<pre>one line\n</pre>" in (good[0] / "_build" / "html" / "book" / "02_x.html").read_text()


def test_nothing_runs_when_nothing_has_changed(good, monkeypatch):
    monkeypatch.setattr(builder, "_run_jupyter_book", lambda *args: pytest.fail("jupyter-book was started"))
    assert builder.build(good[0]) == good[2]


def test_only_a_changed_chapter_is_executed_again(good):
    root, log, _ = good
    log.write_text("")
    chapter = root / "book" / "05_x.md"
    chapter.write_text(chapter.read_text().replace("import sys", "import sys  # changed"))
    builder.build(root)
    assert runs(log) == ["x5"]


def test_a_cache_that_lost_a_notebook_is_removed(good, tmp_path):
    shutil.copytree(good[0] / "_build" / "execution", tmp_path / "_build" / "execution")
    cache = builder.execution_cache(tmp_path)
    next(cache.glob("executed/*/base.ipynb")).write_text("{")
    assert list(builder.execution_cache(tmp_path).iterdir()) == []


def test_caches_of_other_keys_are_removed(tmp_path):
    old = tmp_path / "_build" / "execution" / "0123456789abcdef"
    old.mkdir(parents=True)
    cache = builder.execution_cache(tmp_path)
    assert [p.name for p in cache.parent.iterdir()] == [builder.execution_key(tmp_path)]


@pytest.mark.parametrize("changed, same", [
    ("nnlib/kernels/dense.py", False), ("nnlib/layers/new.py", False), ("nnlib/text.txt.gz", False),
    ("benchmarks/speed.json", False), ("benchmarks/speed.npz", False), ("book/data/points.csv", False),
    ("nnlib/cli.py", True), ("nnlib/grading/run.py", True), ("book/02_x.md", True)])
def test_the_cache_key_follows_what_chapters_compute_with(tmp_path, changed, same):
    shutil.copytree(ROOT / "nnlib", tmp_path / "nnlib")
    before = builder.execution_key(tmp_path, package=tmp_path / "nnlib")
    path = tmp_path / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert (builder.execution_key(tmp_path, package=tmp_path / "nnlib") == before) is same


def test_a_failing_cell_fails_the_build_and_is_named(bad):
    assert "book/01_error.md:13: WARNING: cell 2 (b = a / 0) failed: ZeroDivisionError: division by zero" in bad[1]


def test_a_broken_reference_fails_the_build_and_is_named(bad):
    assert "book/02_reference.md:" in bad[1] and "no_such_equation" in bad[1]


def test_a_link_to_a_section_that_does_not_exist_fails_the_build(bad):
    assert re.search(r"book/02_reference\.md:.*no-such-section", bad[1])
    assert not re.search(r"book/02_reference\.md:.*'a'", bad[1])


def test_every_row_of_the_curriculum_leads_to_sections_that_exist():
    rows = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (ROOT / "book" / "curriculum.md").read_text(encoding="utf-8"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 63))
    headings = {path.name: {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
                            for title in re.findall("^#{1,3} (.*)$", path.read_text(encoding="utf-8"), re.M)}
                for path in (ROOT / "book").glob("*.md")}
    for number, places in rows:
        links = re.findall(r"\[\]\((\w+\.md)#([^)]+)\)", places)
        assert links or places == "{doc}`equations`", f"row {number} leads nowhere"
        assert [link for link in links if link[1] not in headings[link[0]]] == [], f"row {number}"


def test_a_cell_that_takes_too_long_fails_the_build_and_is_named(bad):
    assert "cell 1 (import time; time.sleep(60)) failed: it ran longer than 2 seconds" in bad[1]


def test_output_on_stderr_fails_the_build_and_is_named(bad):
    assert "book/04_stderr.md:9: WARNING: cell 1 (import warnings" in bad[1] and "ill-conditioned" in bad[1]


def test_a_kernel_that_dies_fails_the_build_and_its_chapter_is_named(bad):
    assert "book/05_dead.md:9: WARNING: cell 1 (import os) failed: the kernel died" in bad[1]


@pytest.mark.parametrize("error, reason", [
    (DeadKernelError("Kernel died"), "the kernel died: out of memory"),
    (RuntimeError("Kernel died before replying to kernel_info"), "the kernel does not start: Kernel died before replying"),
], ids=["dies", "does not start"])
def test_a_kernel_that_ends_before_its_first_cell_is_told_at_the_first_cell(monkeypatch, error, reason):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    import execution

    def ends(notebook, **options):
        raise error

    monkeypatch.setattr(execution, "single_nb_execution", ends)
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), new_code_cell("import os\nx = 1")],
                            metadata={"source_map": [5, 8]})
    assert execution.execute(notebook, cwd=".", timeout=1).exc_string.startswith(f"9:cell 1 (import os) failed: {reason}")


def test_a_docstring_with_a_stale_equation_number_fails_the_build(bad):
    for kind in ("kernel", "plain kernel"):
        assert re.search(rf": {kind} sigmoid_forward: its docstring says equation 2\.\d+, the book 9\.1", bad[1])


def test_a_plain_kernel_that_does_not_exist_fails_the_build_and_close_names_are_given(bad):
    assert "book/06_unknown.md:" in bad[1]
    assert "nnlib.kernels.plain has no 'conv2d_forwards'. Did you mean conv2d_forward" in bad[1]


def test_an_assignment_that_does_not_exist_fails_the_build(bad):
    assert "book/06_unknown.md:11: ERROR: assignment: there is no exercises/02_logistics, expected" in bad[1]


def test_a_failed_build_fails_again_with_the_same_words(bad):
    with pytest.raises(builder.BookError) as error:
        builder.build(bad[0])
    assert str(error.value) == bad[1]


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT and SIGKILL")
def test_builds_that_were_interrupted_do_not_break_the_next(tmp_path):
    log, wait = tmp_path / "log", tmp_path / "wait"
    slow = chapter_that_logs("x1", log) + f"""
```{{code-cell}} python
import os, time
while os.path.exists({str(wait)!r}):
    time.sleep(0.1)
```
"""
    root = make_book(tmp_path / "checkout", {"01_x": slow})
    wait.touch()
    command = "import sys; from nnlib.book import builder; builder.build(sys.argv[1])"
    for how in (signal.SIGINT, signal.SIGKILL):
        log.write_text("")
        process = subprocess.Popen([sys.executable, "-c", command, str(root)], cwd=ROOT, start_new_session=True,
                                   stderr=subprocess.DEVNULL)
        while not runs(log) and process.poll() is None:
            time.sleep(0.1)
        os.killpg(process.pid, how)
        assert process.wait() != 0
        assert runs(log) == ["x1"]
    wait.unlink()
    builder.build(root)
    assert runs(log) == ["x1", "x1"]


def test_a_folder_without_a_book_is_refused_with_advice(tmp_path):
    with pytest.raises(builder.BookError, match="has no _config.yml.*\n.*in the checkout"):
        builder.build(tmp_path)
