"""The roster: who takes part, in which section, and under which names a learning-management system knows them.

It lies in roster.csv of the course, and in nbgrader's gradebook, which has no column for sections.
"""
import collections
import csv
import dataclasses
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from ...files import replacing
from ..errors import GradingError
from ..nbgrader import gradebook
from ..nbgrader.course import Course, quiet
from ..submissions.read import shown, unfit

FILE = "roster.csv"
HEADS = {                   # how the exports of learning-management systems call a column, the best one first
    "id": ("student_id", "sis login id", "username", "login id", "id number", "orgdefinedid", "student id", "sis user id",
           "id", "email address", "email"),
    "first_name": ("first_name", "first name"),
    "last_name": ("last_name", "last name", "surname"),
    "email": ("email", "email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "id", "participant id"),
    "section": ("section", "sections", "groups", "group"),
}
WHOLE = ("student", "name", "full name", "student name")         # a name in one column: "Lovelace, Ada" or "Ada Lovelace"


@dataclass(frozen=True)
class Person:
    """A line of the roster. ``id`` is the name of the student's folder and in the gradebook; the rest may be ""."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    section: str = ""

    @property
    def name(self):
        """First and last name, or the id."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


def load(root):
    """The Persons on the roster of a course, none if it has no roster."""
    path = Path(root, FILE)
    return parse(path) if path.is_file() else []


def parse(path):
    """The Persons of a CSV file as Canvas, Moodle, Sakai, Brightspace or nbgrader write it, in its order.

    Raises    GradingError if it has no column of ids, an id twice, or one that a gradebook cannot hold
    """
    path, persons = Path(path), {}
    rows = csv.reader(io.StringIO(text(path)), delimiter=delimiter(path))
    heads = [head.strip().lower() for head in next(rows, [])]
    places = {field: next((heads.index(name) for name in names if name in heads), None) for field, names in HEADS.items()}
    whole = next((heads.index(name) for name in WHOLE if name in heads), None)
    if places["id"] is None:
        raise GradingError(f"{path}: no column holds the ids of the students, found "
                           f"{', '.join(map(shown, heads)) or 'nothing'}.\n"
                           "Call the column student_id, and the others first_name, last_name, email, section.")
    for row in rows:
        given = {field: row[place].strip().removeprefix("#") for field, place in places.items()
                 if place is not None and place < len(row)}
        if whole is not None and whole < len(row):
            given = dict(zip(("first_name", "last_name"), parted(row[whole]))) | {f: v for f, v in given.items() if v}
        person = Person(**given) if given.get("id") else None
        if person is None:                               # an empty line, or Canvas's line of the points possible
            continue
        trouble = unfit(person.id)
        if person.id in persons or trouble:
            raise GradingError(f"{path}, line {rows.line_num}: the id {shown(person.id)} "
                               f"{'cannot stand in a gradebook: ' + trouble if trouble else 'is there twice'}.\n"
                               "Give every student an id of their own.")
        persons[person.id] = person
    return list(persons.values())


def text(path):
    """A file of a spreadsheet as text: UTF-8, or what Excel writes otherwise."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GradingError(f"{path}: the roster cannot be read: {error.strerror.lower()}.\nName a CSV file.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def delimiter(path):
    """What separates the columns: the most frequent of comma, semicolon and tab in the first line."""
    return max(",;\t", key=text(path).partition("\n")[0].count)


def parted(name):
    """(first name, last name) of a whole name."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.strip().rpartition(" ")
    return first.strip(), last.strip()


def install(root, path):
    """Make a CSV file the roster of a course, and enter its students into the gradebook. Returns what was done, in words.

    Students who are not in it stay in the gradebook: they may have marks.
    """
    persons = parse(path)
    course = Course(root)
    with replacing(Path(root, FILE)) as file:
        file.write(as_csv(persons).encode())
    with gradebook.opened(course) as book, quiet(), gradebook.transaction(book):
        before = {student.id for student in book.students}
        for person in persons:
            book.update_or_create_student(person.id, first_name=person.first_name or None, email=person.email or None,
                                          last_name=person.last_name or None, lms_user_id=person.lms_user_id or None)
    new, gone = {person.id for person in persons} - before, sorted(before - {person.id for person in persons})
    sections = collections.Counter(person.section for person in persons if person.section)
    return "\n".join([f"The roster has {len(persons)} students, {len(new)} of them new.",
                      *(f"Section {name}: {count}" for name, count in sorted(sections.items())),
                      *([f"Not on it, and left in the gradebook: {', '.join(gone)}"] if gone else [])])


def as_csv(persons):
    """Persons as the text of a CSV file that ``parse`` reads."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["student_id", "first_name", "last_name", "email", "lms_user_id", "section"])
    table.writerows(dataclasses.astuple(person) for person in persons)
    return file.getvalue()


class Directory:
    """Looks Persons up by what a learning-management system calls them."""

    def __init__(self, persons):
        self.found = collections.defaultdict(set)
        for person in persons:
            first, last = person.first_name, person.last_name
            for word in (person.id, person.email, first + last, last + first):
                self.found["name", plain(word)].add(person)
            self.found["number", person.lms_user_id].add(person)

    def find(self, kind, word):
        """The one Person whom a "name" or "number" means, or None: nobody, or more than one."""
        found = self.found.get((kind, plain(word) if kind == "name" else word), ()) if word else ()
        return next(iter(found)) if len(found) == 1 else None


def plain(name):
    """The letters and digits of a name, small and without accents, as file names have them."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())
