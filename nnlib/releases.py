"""What a newer version changes: the newest package that pip finds, and what its CHANGELOG.md says about marks and tasks."""
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

DISTRIBUTION, FILE = "one-gradient", "CHANGELOG.md"
PATIENCE = 60                       # seconds for pip, which may wait for an index that nobody reaches
SHOWN = ("What changed in the marks", "What changed in the tasks", "What changed in the pages")


class Version(NamedTuple):
    """A version of the changelog: its number, when it was released or "not yet released", {heading: text below it}."""

    number: str
    date: str
    sections: dict


class Newest(NamedTuple):
    """The newest version that pip finds, "" if none, with its Versions, the newest first; or why none was found."""

    number: str
    versions: list
    trouble: str = ""

    def after(self, number):
        """The Versions that are newer than a version, as the changelog orders them; none if it does not know that one."""
        numbers = [version.number for version in self.versions]
        return self.versions[:numbers.index(number)] if number in numbers else []


def read(text):
    """The Versions of a changelog, in its order."""
    parts = re.split(r"^## \[(.+?)\] - (.+)\n", text, flags=re.M)[1:]
    return [Version(number, date, read_sections(rest)) for number, date, rest in zip(parts[::3], parts[1::3], parts[2::3])]


def read_sections(text):
    """{heading: text} of the sections of a version."""
    parts = re.split(r"^### (.+)\n", text, flags=re.M)[1:]
    return {heading: rest.strip() for heading, rest in zip(parts[::2], parts[1::2])}


def newest():
    """The Newest that pip finds where it is set up to look. Nothing is installed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
                   "--no-deps", "--only-binary=:all:", "--retries=0", "--timeout=10", "--dest", folder, DISTRIBUTION]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Newest("", [], f"pip gives no answer ({type(error).__name__})")
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
            return Newest("", [], lines[-1].removeprefix("ERROR: ") if lines else "pip finds none")
        with zipfile.ZipFile(wheels[0]) as wheel:
            known = f"nnlib/{FILE}" in wheel.namelist()
            text = wheel.read(f"nnlib/{FILE}").decode() if known else ""
        return Newest(wheels[0].name.split("-")[1], read(text))
