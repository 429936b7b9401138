"""The changelog in the form that nnlib update reads, what a release has to say of the tasks, and the command itself."""
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import nnlib
from nnlib import cli, releases

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "data"))

from make_released_tasks import FILE, digests, renewed  # noqa: E402

TASKS = "What changed in the tasks"
CHANGELOG = """# Changelog

## [9.1.0] - not yet released

### What changed in the marks

- Nothing.

## [9.0.0] - 2030-01-02

### What changed in the marks

- An answer in single precision counts.

### What changed in the tasks

- `02_logistic`: one more case of `loss`. Who overflows there loses a point.

### Fixed

- A page.

## [{installed}] - 2029
"""


def unsaid(versions, known, now):
    """Sentences on what a changelog does not say of the tasks that were released, {assignment: [hash, version]}.

    ``now`` are the hashes as they are, {assignment: hash}: those of a version that has its date are the released ones.
    """
    said = {version.number: set(re.findall(r"`(\w+)`", version.sections.get(TASKS, ""))) for version in versions}
    missing = [f"{name} changed in {version}, and its changelog does not name it below {TASKS!r}."
               for name, (_, version) in known.items() if name not in said.get(version, ())]
    if versions[0].date != "not yet released":
        missing += [f"{name} is not the one that was released: run tests/data/make_released_tasks.py."
                    for name, value in now.items() if known.get(name, [""])[0] != value]
    return missing


def test_the_changelog_names_every_assignment_that_a_release_changed():
    versions = releases.read((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert versions[0].number == nnlib.__version__
    assert unsaid(versions, json.loads(FILE.read_text(encoding="utf-8")), digests()) == []


def test_a_release_that_says_nothing_of_a_changed_task_is_noticed():
    unreleased, released = (releases.read(CHANGELOG)[start:] for start in (0, 1))
    known = {"02_logistic": ["a", "9.0.0"]}
    assert unsaid(unreleased, known, {"02_logistic": "b", "03_networks": "c"}) == []
    assert unsaid(released, known, {"02_logistic": "a"}) == []
    assert [words.split()[0] for words in unsaid(released, known, {"02_logistic": "b"})] == ["02_logistic"]
    assert len(unsaid(released, {"04_graphs": ["a", "9.0.0"]}, {})) == 1
    assert renewed(known, {"02_logistic": "a", "03_networks": "c"}, "9.1.0") == {
        "02_logistic": ["a", "9.0.0"], "03_networks": ["c", "9.1.0"]}


def test_marks_tasks_and_pages_come_first_and_in_this_order():
    for version in releases.read((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        headings = [heading for heading in version.sections if heading in releases.SHOWN]
        assert headings == [heading for heading in releases.SHOWN if heading in version.sections]
        assert list(version.sections)[:len(headings)] == headings
        assert all(re.match("- ", text) for text in version.sections.values())


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of packages in which pip looks, with one of a newer version."""
    with zipfile.ZipFile(tmp_path / "one_gradient-9.1.0-py3-none-any.whl", "w") as wheel:
        info = "one_gradient-9.1.0.dist-info"
        wheel.writestr("nnlib/CHANGELOG.md", CHANGELOG.replace("{installed}", nnlib.__version__))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: one-gradient\nVersion: 9.1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def test_update_says_what_the_newest_version_changes_and_installs_nothing(index):
    result = CliRunner().invoke(cli.main, ["update"])
    assert result.exit_code == 0, result.output
    first, *blocks = re.split("\n\n", result.output.strip())
    assert first == f"Installed: {nnlib.__version__}. The newest release: 9.1.0."
    assert blocks[:-1] == ["9.1.0, what changed in the marks:", "- Nothing.", "9.0.0, what changed in the marks:",
                           "- An answer in single precision counts.", "9.0.0, what changed in the tasks:",
                           "- `02_logistic`: one more case of `loss`. Who overflows there loses a point."]
    assert "pip install --upgrade 'one-gradient[grading]==9.1.0'" in blocks[-1]


def test_update_says_why_it_knows_of_no_other_version(index):
    for wheel in index.glob("*.whl"):
        wheel.unlink()
    result = CliRunner().invoke(cli.main, ["update"])
    assert result.exit_code == 1
    assert result.output.startswith(f"nnlib update: {nnlib.__version__} is installed; whether there is a newer one is not "
                                    "known: No matching distribution found")


def test_a_version_that_the_newest_does_not_know_is_not_compared():
    newest = releases.Newest("9.0.0", releases.read(CHANGELOG))
    assert newest.after("10.0") == [] and [version.number for version in newest.after("9.0.0")] == ["9.1.0"]
