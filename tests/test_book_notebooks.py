"""Notebooks for those who have installed nothing, in Colab, in Binder and in the browser."""
import tomllib
import warnings
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

import nnlib
from nnlib.book import builder, lite, notebooks
from nnlib.kernels import unchecked

ROOT = Path(__file__).parents[1]
SITE = "https://x.org/course/"


@pytest.fixture
def opened(released_course):
    """The first assignment as Colab opens it."""
    path = released_course / "release" / "02_logistic" / "02_logistic.ipynb"
    return notebooks.runnable(nbformat.read(path, nbformat.NO_CONVERT), SITE)


def test_an_assignment_installs_the_library_of_its_version_first_and_stays_valid(opened):
    nbformat.validate(opened)
    first, *others = opened.cells
    assert f"%pip install --quiet one-gradient=={nnlib.__version__} scikit-learn\n" in first.source
    assert "nbgrader" not in first.metadata
    assert any("nbgrader" in cell.metadata for cell in others)


def test_links_of_an_assignment_to_its_chapter_lead_to_the_site(opened):
    text = "\n".join(cell.source for cell in opened.cells if cell.cell_type == "markdown")
    assert f"]({SITE}book/02_logistic.html)" in text
    assert "../book" not in text


def test_notebooks_of_chapters_need_a_built_book(tmp_path):
    with pytest.raises(builder.BookError, match="There are no notebooks of chapters.*\nRun: nnlib book"):
        notebooks.make(tmp_path)


def test_where_jupyterlite_is_missing_one_reads_what_to_install(tmp_path):
    with pytest.raises(builder.BookError, match="(?s)no_such_package failed.*pip install 'one-gradient\\[lite\\]'"):
        lite._run(tmp_path, "no_such_package")


def test_what_jupyterlite_leaves_where_it_runs_is_not_left_in_the_clone(tmp_path, monkeypatch):
    ran = []

    def run(command, cwd, **options):
        ran.append(cwd)
        Path(cwd, "one_gradient-1-py3-none-any.whl").touch()
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(lite.subprocess, "run", run)
    lite.make(tmp_path, tmp_path / "notebooks")
    assert len(ran) == 2 and not any(Path(cwd).exists() or Path(cwd).is_relative_to(tmp_path) for cwd in ran)


def test_a_browser_gets_the_plain_kernels_without_a_word(monkeypatch):
    monkeypatch.delenv("NNLIB_KERNELS", raising=False)
    monkeypatch.setattr(unchecked.sys, "platform", "emscripten")
    with warnings.catch_warnings(action="error"):
        assert unchecked.compiled() is False


def test_a_browser_is_not_asked_to_install_what_compiles():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    numba, = [line for line in needed if line.startswith("numba")]
    assert numba.endswith("; sys_platform != 'emscripten'")
