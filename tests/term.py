"""A term of a small class, from the roster to the final marks, by the commands that the README names.

Run it to see what every command says: python tests/term.py
"""
import contextlib
import re
import shlex
import tempfile
import zipfile
from pathlib import Path

from click.testing import CliRunner
from courses import ROOT, SMALL, hand_in, mark_by_hand, small_course

from nnlib import cli
from nnlib.grading.assignments import samples

FIRST = "02_logistic"
ROSTER = ("Username,First name,Last name,Email address,ID number\nada,Ada,Lovelace,ada@x.org,1\nbo,Bo,Boole,bo@x.org,2\n"
          "cy,Cy,Curie,cy@x.org,3\ndi,Di,Dirac,di@x.org,4\n")
NAMES = {"ada": "Ada Lovelace", "bo": "Bo Boole", "cy": "Cy Curie", "di": "Di Dirac"}
DOUBLE, TRIPLE = "def double(x):\n    return x + x", "def triple(x):\n    return 3 * x"
POLICY = """
[due]
20_small = 2026-12-01T13:00:00+01:00
[late]
percent = 10
[[extension]]
student = "bo"
assignment = "20_small"
days = 1
"""
VOID = """
[[task]]
assignment = "20_small"
task = "triple"
counts = "full"
"""


def commands():
    """The commands of the README for teachers, without their comments."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## You want to teach")[2]
    return [line.partition(" #")[0].strip() for line in re.search("```\n(.*?)```", text, re.DOTALL)[1].splitlines()]


class Term:
    """A clone with two assignments in a folder, and ``said``: what every command has said, {command: output}."""

    def __init__(self, folder):
        self.folder, self.course, self.said = folder, folder / "exercises", {}
        self.course.mkdir()
        (folder / "_toc.yml").touch()
        small_course(self.course, FIRST)
        (folder / "students.csv").write_text(ROSTER)

    def run(self, command, code=0):
        """Run a command nnlib in the clone; it has to end with this exit code. Returns what it says."""
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(cli.main, shlex.split(command)[1:], catch_exceptions=False)
        self.said[command] = result.output
        assert result.exit_code == code, f"{command}: {result.output}"
        return result.output

    def pack(self, assignment, when, *students):
        """all.zip, as Moodle packs what these students have in submitted, from where it moves into the archive."""
        with zipfile.ZipFile(self.folder / "all.zip", "w") as archive:
            for number, student in enumerate(students, 1):
                path = self.course / "submitted" / student / assignment / f"{assignment}.ipynb"
                place = f"{NAMES[student]}_{number}_assignsubmission_file_/{path.name}"
                archive.writestr(zipfile.ZipInfo(place, when), path.read_bytes())
                path.unlink()

    def readme(self):
        """Every command of the README, in its order: the first assignment."""
        for command in commands():
            if command.startswith("nnlib collect"):
                right = samples.solutions(self.course, FIRST)
                for student, answers in (("ada", right), ("bo", {"sigmoid": right["sigmoid"]}), ("cy", {})):
                    samples.submit(self.course, FIRST, student, answers)
                self.pack(FIRST, (2026, 11, 20, 12, 0, 0), "ada", "bo", "cy")
            if command.startswith("nnlib"):
                self.run(command)

    def second(self):
        """A second assignment: late hand-ins, words that a person marks, a case, a void task, a new attempt, final marks."""
        (self.course / "policy.toml").write_text(POLICY)
        hand_in(self.course, "ada", double=DOUBLE, triple=DOUBLE.replace("double", "triple"), why="Because it is a sum.")
        hand_in(self.course, "bo", double=DOUBLE, triple=TRIPLE)
        hand_in(self.course, "cy", double=DOUBLE).write_text("{}")
        self.pack(SMALL, (2026, 12, 2, 10, 0, 0), "ada", "bo", "cy")
        self.run(f"nnlib collect {SMALL} all.zip --timezone UTC")
        self.run(f"nnlib grade {SMALL} --lean", code=2)
        mark_by_hand(self.course, "ada", "why", 2.0, "And the factor?")
        self.run(f"nnlib grade {SMALL} --lean --acknowledge cy")
        (self.course / "policy.toml").write_text(POLICY + VOID)
        self.run(f"nnlib regrade {SMALL} --lean --preview")
        self.run(f"nnlib regrade {SMALL} --lean")
        hand_in(self.course, "cy", double=DOUBLE)
        self.pack(SMALL, (2026, 12, 3, 9, 0, 0), "cy")
        self.run(f"nnlib collect {SMALL} all.zip --timezone UTC --preview")
        self.run(f"nnlib collect {SMALL} all.zip --timezone UTC  ")
        self.run(f"nnlib grade {SMALL} --lean  ")
        self.run(f"nnlib feedback {SMALL} all.zip")
        self.run("nnlib export --tasks")


def main():
    """Print what every command of a term says."""
    with tempfile.TemporaryDirectory() as folder:
        term = Term(Path(folder))
        term.readme()
        term.second()
        for command, output in term.said.items():
            print(f"\n$ {command}\n{output.strip()}")
        print("\n" + (term.course / "tasks.csv").read_text())


if __name__ == "__main__":
    main()
