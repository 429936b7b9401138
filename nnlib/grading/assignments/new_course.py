"""A course in a folder of its own, from the installed package alone: settings, assignments, rules, a roster to fill in."""
import datetime
import re
import shutil
import string
from pathlib import Path

from ..errors import GradingError
from ..tasks import assignment_folder, assignments

TEMPLATES = Path(__file__).parent / "course"
CONFIG, OWN = "nbgrader_config.py", "ridge"
BOOK = "https://one-gradient.github.io/one-gradient-at-a-time/book/"       # a course has no chapters beside it
FIRST_DUE, WEEK = 14, 7             # days until the first assignment is due, and from one to the next


def shipped():
    """The folder that holds the assignments of this version: in the package, or in the clone that it runs from."""
    return TEMPLATES if (TEMPLATES / CONFIG).is_file() else Path(__file__).parents[3] / "exercises"


def new_course(folder, names=(), today=None):
    """Make a course in a new folder, with these of our assignments, with all of them if none is named.

    One of its assignments, on a topic outside the library, shows how an own one is written.

    Raises    GradingError if the folder holds something, or an assignment is unknown
    """
    folder = Path(folder).absolute()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise GradingError(f"{folder} is there already, expected a new folder for the course.\n"
                           "Nothing was written. Give another name, or move away what is there.")
    places = [assignment_folder(shipped(), name) for name in names or assignments(shipped()) if name != OWN]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shipped() / CONFIG, folder / CONFIG)
    shutil.copyfile(TEMPLATES / "gitignore", folder / ".gitignore")
    shutil.copyfile(TEMPLATES / "students.csv", folder / "students.csv")
    for place in (*places, TEMPLATES / OWN):
        copy_assignment(place, folder / place.name)
    words = {"first": (places[0] if places else TEMPLATES / OWN).name,
             "due": due_dates(assignments(folder), today or datetime.date.today())}
    for name in ("README.md", "policy.toml"):
        text = string.Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(words)
        (folder / name).write_text(text, encoding="utf-8")


def copy_assignment(place, folder):
    """Copy the folder of an assignment. The links to its chapter lead to the book instead of a file of the clone."""
    shutil.copytree(place, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    text = folder / f"{place.name}.py"
    text.write_text(re.sub(r"\]\(\.\./\.\./book/(\w+)\.md", rf"]({BOOK}\1.html", text.read_text(encoding="utf-8")),
                    encoding="utf-8")


def due_dates(names, today):
    """A line of policy.toml for each assignment, one due a week: a proposal, which counts when its # is taken away."""
    days = (today + datetime.timedelta(FIRST_DUE + WEEK * place) for place in range(len(names)))
    return "\n".join(f"# {name} = {day}T23:59:59Z" for name, day in zip(names, days))
