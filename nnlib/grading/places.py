"""Where the folders of a course lie. nbgrader's settings say it, and whatever reads or writes one of them asks here."""
import contextlib
import glob
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import GradingError

CONFIG = "nbgrader_config.py"       # which makes a folder a course
STEPS = "source", "release", "submitted", "autograded", "feedback"
FIELDS = "nbgrader_step", "student_id", "assignment_id"
STRUCTURE = "/".join(f"{{{field}}}" for field in FIELDS)
NOBODY = "."                        # stands for the student in folders that are for all, as nbgrader has it
ANY, SOMEBODY = "\x1f", "\x1e"      # stand for any assignment, or whatever is looked for, and for any student


@dataclass(frozen=True)
class Places:
    """The folders of a course, which stands for its root as a path.

    ``root`` holds settings, texts, the secret and the journal. All others are in ``base``, as nbgrader's
    ``directory_structure`` puts them there; ``names`` take the place of the STEPS in it.
    """

    root: Path
    base: Path
    structure: str = STRUCTURE
    names: tuple = STEPS

    @classmethod
    def configured(cls, root, config):
        """The Places of a course with this configuration of nbgrader.

        Raises    GradingError if grading cannot work in such folders
        """
        from nbgrader.coursedir import CourseDirectory

        base = os.path.normpath(os.path.join(root, config.CourseDirectory.get("root", "")))
        coursedir = CourseDirectory(config=config, root=base)
        names = tuple(getattr(coursedir, f"{step}_directory") for step in STEPS)
        places = cls(Path(root), Path(base), coursedir.directory_structure, names)
        if (places.base / CONFIG).exists() and not os.path.samefile(places.base, places.root):
            raise GradingError(f"nbgrader's settings: CourseDirectory.root = {base!r} is another course, expected "
                               f"{root}, or a folder without {CONFIG}.\nTake that line out. It may stand in the settings "
                               "of Jupyter.")
        places.require_apart()
        return places

    def __fspath__(self):
        return str(self.root)

    def source(self, assignment):
        """The folder of an assignment with its solutions and tests."""
        return self._place("source", NOBODY, assignment)

    def release(self, assignment):
        """The folder of an assignment as students get it."""
        return self._place("release", NOBODY, assignment)

    def submitted(self, student, assignment):
        """The folder of what a student handed in: hostile, as are those of ``made_by_students``."""
        return self._place("submitted", student, assignment)

    def autograded(self, student, assignment):
        """The folder of a graded notebook."""
        return self._place("autograded", student, assignment)

    def feedback(self, student, assignment):
        """The folder of a feedback page."""
        return self._place("feedback", student, assignment)

    def made_by_students(self, student, assignment):
        """The folders on the way to a hand-in that may be no folders: from the first that has the student's name on."""
        first = next(place for place, part in enumerate(self.submitted(ANY, assignment).parts) if ANY in part)
        parts = self.submitted(student, assignment).parts
        return [Path(*parts[:end]) for end in range(first + 1, len(parts) + 1)]

    def above(self, step):
        """The folder above all those of a step, whatever the student and the assignment."""
        return Path(os.path.dirname(str(self._place(step, ANY, ANY)).partition(ANY)[0] + ANY))

    def with_source(self):
        """Names of the assignments that have a source notebook."""
        return [name for name in self._found("source", NOBODY, ANY) if any(self.source(name).glob("*.ipynb"))]

    def students(self, assignment):
        """Names of the students for whom something lies where an assignment is handed in, in the order of the alphabet."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.scandir(self.above("submitted")).close()              # glob passes over a folder that it may not read
        return self._found("submitted", ANY, assignment)

    def told(self, path):
        """A path in the words of somebody who looks into the course."""
        return path.relative_to(self.base) if path.is_relative_to(self.base) else path

    def require_apart(self):
        """Every folder is one of its own, and none can be taken for another.

        Raises    GradingError that names the setting
        """
        for field in FIELDS:
            if f"{{{field}}}" not in self.structure:
                raise GradingError(f"nbgrader's settings: CourseDirectory.directory_structure = {self.structure!r} has no "
                                   f"{{{field}}}.\nWrite it with {', '.join(f'{{{each}}}' for each in FIELDS)}.")
        try:
            places = [self.source(ANY), self.release(ANY),
                      *(self._place(step, SOMEBODY, ANY) for step in ("submitted", "autograded", "feedback"))]
        except (LookupError, ValueError) as error:
            raise GradingError(f"nbgrader's settings: CourseDirectory.directory_structure = {self.structure!r} cannot be "
                               f"filled in: {error}.\nIts fields are {', '.join(FIELDS)} alone.") from None
        root, found = Path(os.path.realpath(self.root)), dict(zip(STEPS, map(Path, map(os.path.realpath, places))))
        for step, place in found.items():
            other = next((each for each in STEPS if each != step and place.is_relative_to(found[each])), None)
            if other:
                raise GradingError(f"nbgrader's settings: {step} lies in the folders of {other}, expected others.\n"
                                   f"Change CourseDirectory.{step}_directory.")
            # a student may be called as an assignment is, and what lies beside its text is the instructor's own
            if root in (place.parent, Path(os.path.realpath(self.above(step)))) or place.is_relative_to(root / ANY):
                raise GradingError(f"nbgrader's settings: {step} lies where the texts of the assignments lie, expected a "
                                   f"folder apart.\nChange CourseDirectory.directory_structure or "
                                   f"CourseDirectory.{step}_directory, or set CourseDirectory.root to a new folder.")

    def moved(self, root):
        """The Places of a copy of the course with this root."""
        return replace(self, root=root, base=Path(os.path.normpath(root / os.path.relpath(self.base, self.root))))

    def require_within(self, folder, command):
        """GradingError unless a copy of the course writes into this folder alone."""
        for step in STEPS:
            if not Path(os.path.normpath(self._place(step, ANY, ANY))).is_relative_to(folder):
                raise GradingError(f"{command}: the settings of the course put {step} into {self.above(step)}, where a copy "
                                   "of it would write too.\nName the folder by a path within the course.")

    def _place(self, step, student, assignment):
        """As nbgrader's ``format_path`` does."""
        values = dict(zip(FIELDS, (self.names[STEPS.index(step)], student, assignment)))
        return Path(self.base, self.structure.format(**values))

    def _found(self, step, student, assignment):
        """Names of whom or what is looked for, ANY, in the folders of a step."""
        before, *rest = str(self._place(step, student, assignment)).split(ANY)
        pattern = "*".join(map(glob.escape, (before, *rest)))
        name = re.escape(before) + rf"(?P<name>[^{re.escape(os.sep)}]+)" + "(?P=name)".join(map(re.escape, rest))
        matches = (re.fullmatch(name, path, re.DOTALL) for path in glob.glob(pattern))
        return sorted({match["name"] for match in matches if match})


def of(course):
    """The Places of a course. A path stands for one whose folders are those of nbgrader without any settings."""
    return course if isinstance(course, Places) else Places(Path(course), Path(course))
