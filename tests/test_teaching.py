"""The pages for instructors: their tables are those of the assignments, and give no answer away."""
import re
import sys
from types import SimpleNamespace

import pytest
import test_exchange
from courses import COURSE, ROOT

from nnlib.grading.tasks import assignments, load_tasks, load_written

sys.path.insert(0, str(ROOT / "book" / "_ext"))

import teaching  # noqa: E402

PAGES = ROOT / "book"


def page(name):
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", assignments(COURSE))
def test_every_task_stands_in_the_section_of_its_assignment_with_its_points(name):
    lines = teaching.section(COURSE, name)
    rows = {line.strip("`"): text for line, text in zip(lines, lines[1:]) if text.startswith(": Points: ")}
    tasks, written = load_tasks(COURSE, name), load_written(COURSE, name)
    assert list(rows) == [*tasks, *written]
    total = sum(task.total for task in (*tasks.values(), *written.values()))
    assert f", {total:g} points." in lines[2]
    for task in tasks.values():
        points = map(float, re.findall(r" (\d+(?:\.\d+)?)(?=[,.] )", rows[task.name].partition(" It names")[0] + " "))
        assert sum(points) == task.total


@pytest.mark.parametrize("name", assignments(COURSE))
def test_a_section_says_what_people_do_and_neither_what_to_do_nor_what_an_answer_has_to_say(name):
    text = "\n".join(teaching.section(COURSE, name)).replace("\\", "")
    for task in load_tasks(COURSE, name).values():
        shown = teaching.examples(task)
        assert len(shown) <= teaching.EXAMPLES
        for m in task.misconceptions:
            _, _, advice = m.hint.partition(". ")
            assert not advice or advice not in text
            assert not any(m.hint == words for words in shown if advice)
    assert not any(says in text for answer in load_written(COURSE, name).values() for says in answer.rubric)


def plans():
    """The lines of each plan on the page, [[line]]."""
    return [block.strip().splitlines() for block in re.findall(r"```\{plan\}\n(.*?)```", page("plans"), re.S)]


def test_a_plan_reads_chapters_in_their_order_and_hands_out_an_assignment_once_and_after_its_chapter():
    assert [len(lines) for lines in plans()] == [6, 10, 14]
    for lines in plans():
        read, handed_out = [], []
        for line in lines:
            chapters, _, names = line.partition("|")
            read += map(int, re.findall(r"\d+", chapters))
            handed_out += names.split()
            assert all(int(name[:2]) in read for name in handed_out)
        assert read == sorted(set(read)) and handed_out == sorted(set(handed_out))
        assert set(handed_out) <= set(assignments(COURSE))


def test_a_plan_adds_up_minutes_and_points():
    me = SimpleNamespace(content=["1, 2 | 01_perceptron", "7 |"], env=SimpleNamespace(srcdir=str(ROOT)))
    head, _, first, second, last = teaching.Plan.markdown(me, COURSE)
    minutes = [teaching.reading_time(path) for number in (1, 2, 7) for path in (ROOT / "book").glob(f"{number:02}_*.md")]
    cells = [cell.strip() for cell in first.split("|")]
    assert cells[3] == str(sum(minutes[:2])) and cells[4] == "`01_perceptron`"
    assert [cell.strip() for cell in second.split("|")][3:6] == [str(minutes[2]), "", ""]
    assert f"| {sum(minutes)} | | {cells[5]} |" in last and head.count("|") == first.count("|") == last.count("|")


def test_the_code_of_an_own_assignment_is_that_of_the_example_and_typed_nowhere_else():
    text = page("own_assignment")
    assert "```python" not in text and "```{code" not in text
    included = re.findall(r"```\{literalinclude\} (\S+)\n.*\n:start-at: (.*)\n(?::end-(?:before|at): (.*)\n)?```", text)
    assert len(included) == text.count("{literalinclude}") > 4
    for path, *marks in included:
        source = (PAGES / path).read_text(encoding="utf-8")
        assert all(source.count(mark.strip("\"'")) for mark in marks if mark)


def test_the_settings_of_an_exchange_are_those_that_a_test_has_gone_through():
    block = next(block for block in re.findall("```python\n(.*?)```", page("term"), re.S) if "Exchange" in block)
    assert re.findall(r"^c\.(\S+) =", block, re.M) == re.findall(r"^c\.(\S+) =", test_exchange.SETTINGS, re.M)
