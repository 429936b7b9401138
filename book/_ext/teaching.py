"""Tables for instructors, from the assignments themselves: plans of a term, and what every assignment tests.

    {plan}              a line for each week: numbers of chapters, a bar, names of assignments
    {assignments}       a section for each assignment: its time, its tasks with their points, mistakes that it knows

Titles and times are read from the texts and the chapters, tasks and points from tasks.py. Students read these pages too:
of a few mistakes they show what was done, and never what to do; rubrics stay out.
"""
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from nnlib.book.slides import FOLDER
from nnlib.grading.tasks import assignments, load_tasks, load_written

logger = logging.getLogger(__name__)
EXAMPLES = 3                        # of the mistakes of a task
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|$~])")          # what Markdown would take for more than a character


class Table(SphinxDirective):
    """A directive that writes Markdown."""

    def run(self):
        course = Path(self.env.srcdir) / "exercises"
        for name in assignments(course):
            for file in (f"{name}.py", "tasks.py"):
                self.env.note_dependency(str(course / name / file))
        place = nodes.Element()
        self.state.nested_parse(StringList(self.markdown(course), self.env.doc2path(self.env.docname)), self.content_offset,
                                place, match_titles=True)
        return place.children


class Plan(Table):
    has_content = True

    def markdown(self, course):
        lines = ["| Week | Read | Minutes | Hand out | Points | Minutes | Slides |", "|---:|---|---:|---|---:|---|---|"]
        known, sums = assignments(course), [0, 0]
        for week, line in enumerate(self.content, 1):
            chapters, _, handed_out = line.partition("|")
            read = [chapter_of(self.env, number) for number in re.findall(r"\d+", chapters)]
            names = handed_out.split()
            for name in set(names) - set(known):
                logger.warning("plan: week %s hands out %s, expected one of %s.", week, name, ", ".join(known))
            names = [name for name in names if name in known]
            points = sum(task.total for name in names for task in tasks_of(course, name))
            minutes = sum(reading_time(path) for _, path in read)
            sums = [sums[0] + minutes, sums[1] + points]
            lines.append(f"| {week} | {', '.join(link for link, _ in read)} | {minutes or ''} | "
                         f"{', '.join(f'`{name}`' for name in names)} | {points or '':{'g' if points else ''}} | "
                         f"{', '.join(row_of(course, name, 'Time').removesuffix(' minutes') for name in names)} | "
                         f"{', '.join(slides_of(path) for _, path in read)} |")
        return [*lines, f"| | **in all** | {sums[0]} | | {sums[1]:g} | | |"]


class Assignments(Table):
    def markdown(self, course):
        return [line for name in assignments(course) for line in section(course, name)]


def section(course, name):
    """The lines about an assignment."""
    title = re.search(r"^# # (.*)", text_of(course, name), re.M)[1]
    lines = [f"## {escaped(title)}", "", f"`{name}`, {row_of(course, name, 'Time')}, "
             f"{sum(task.total for task in tasks_of(course, name)):g} points. "
             f"Students write {escaped(row_of(course, name, 'You write'))}.", ""]
    for task in load_tasks(course, name).values():
        rows = ", ".join(f"{escaped(row)} {points:g}" for row, points in task.points.items())
        lines += [f"`{task.name}`", f": Points: {rows}. It names {len(task.misconceptions)} mistakes, such as: "
                                    f"{' '.join(map(escaped, examples(task)))}", ""]
    for answer in load_written(course, name).values():
        lines += [f"`{answer.name}`", f": Points: in words {answer.total:g}.", ""]
    return lines


def tasks_of(course, name):
    """Everything in an assignment that earns points."""
    return [*load_tasks(course, name).values(), *load_written(course, name).values()]


def text_of(course, name):
    """The text of an assignment."""
    return (course / name / f"{name}.py").read_text(encoding="utf-8")


def row_of(course, name, what):
    """A row of the table at the head of an assignment."""
    return re.search(rf"^# \| \*\*{what}\*\* \| (.*) \|$", text_of(course, name), re.M)[1]


def chapter_of(env, number):
    """(a link to the chapter of this number, its file)."""
    path, = Path(env.srcdir, "book").glob(f"{int(number):02}_*.md")
    return f"{{doc}}`{int(number)} <{path.stem}>`", path


def slides_of(path):
    """A link to the slides of a chapter, which Sphinx does not know."""
    return f'<a href="../{FOLDER}/{path.stem}.html">{int(path.stem[:2])}</a>'


def reading_time(path):
    """Minutes that a chapter takes to read."""
    return int(re.search(r"\*\*Reading time\*\*\W+(\d+) minutes", path.read_text(encoding="utf-8"))[1])


def examples(task):
    """What people do in a few mistakes of a task, without the advice that follows."""
    done = (re.match(r"(You|Your|This) [^.:;?]*(?=[.:;]( |$))", m.hint) for m in task.misconceptions)
    return [found[0] + "." for found in done if found][:EXAMPLES]


def escaped(text):
    """Text that Markdown shows as it is; code in it stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part.replace("|", "\\|") if part.startswith("`") else SPECIAL.sub(r"\\\1", part) for part in parts)


def setup(app):
    app.add_directive("plan", Plan)
    app.add_directive("assignments", Assignments)
    return {"parallel_read_safe": True}
