"""One static page about an assignment: marks, what was hard and why, and which submissions somebody should look at."""
import base64
import collections
import hashlib
import os
import statistics
import urllib.parse
from pathlib import Path

from ..assignments.notebooks import write_if_changed
from ..errors import require
from ..record import RULES
from ..submissions.read import shown
from .marks import full_name

HERE = Path(__file__).parent


def write(path, assignment, tasks, records, suspicions, page=None, roster=None):
    """Write the report of an assignment as HTML that works from disk. Returns the path.

    ``tasks`` are those of tasks.py by name, ``records`` the Entry of each submission, ``suspicions`` {student: [sentence]}.
    A student's row links to ``page(record)``, the path of the feedback page, where that exists. ``roster`` holds names by
    student, {student: {"first_name", "last_name"}}, of those too who handed in nothing.
    """
    path, records, roster = Path(path), list(records), roster or {}
    style, script = ((HERE / f"class_report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    jinja2 = require("jinja2")
    students = [row(record, suspicions, path, page) | {"person": full_name(roster.get(record.student, {}))}
                for record in records]
    missing = sorted(set(roster) - {record.student for record in records})
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    text = environment.from_string((HERE / "class_report.html").read_text(encoding="utf-8")).render(
        assignment=assignment, tasks=tasks, students=students,
        to_mark={name: [student for student in students if name in student["to_mark"]] for name in tasks},
        summary=summary(records), success=[success(name, task, records) for name, task in tasks.items()],
        missing=[{"name": shown(student), "person": full_name(roster[student]), "link": ""} for student in missing],
        distribution=distribution(records),
        rules={name: RULES[rule] for record in records for name, rule in record.rules.items()},
        misconceptions=misconceptions(tasks, records), style=style, script=script,
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode())
    write_if_changed(path, text.encode())
    return path


def summary(records):
    """Counts of the submissions, and the middle of the marks."""
    totals = [record.total for record in records if record.final]
    return {"late": any(record.late for record in records), "by_hand": any(record.by_hand for record in records),
            "submissions": len(records), "graded": len(totals), "to_mark": sum(map(len, (r.to_mark for r in records))),
            "attention": sum(not record.graded for record in records),
            "unprotected": sum(record.unprotected for record in records),
            "beside": any(record.beside for record in records),
            "median": statistics.median(totals) if totals else None,
            "possible": max((sum(mark.possible for mark in record.tasks.values()) for record in records), default=0)}


def success(name, task, records):
    """How many had a task right, partly right and wrong, among those whose answer is marked."""
    marks = [record.tasks.get(name) for record in records if record.graded and name not in record.to_mark]
    shares = [mark.points / task.total if mark and task.total else 0.0 for mark in marks]
    full = sum(share >= 1 for share in shares)
    none = sum(share <= 0 for share in shares)
    return {"task": name, "possible": task.total, "full": full, "part": len(shares) - full - none, "none": none,
            "mean": statistics.fmean(shares) if shares else 0.0}


def distribution(records):
    """(from, to, count) of the final marks, in tenths of what is possible and in percent. More than all is in the last."""
    possible = summary(records)["possible"]
    tenths = [min(int(10 * record.total / possible + 1e-9), 9) for record in records if record.final] if possible else []
    return [(10 * tenth, 10 * tenth + 10, tenths.count(tenth)) for tenth in range(10)] if tenths else []


def misconceptions(tasks, records):
    """(task, hint, count) of every misconception that somebody has, the most frequent first."""
    counts = collections.Counter((name, m) for record in records for name, mark in record.tasks.items()
                                 for m in mark.misconceptions)
    hints = {(name, m.name): m.hint for name, task in tasks.items() for m in task.misconceptions}
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name, hints[name, m], count) for (name, m), count in frequent if (name, m) in hints]


def row(record, suspicions, path, page):
    """What the report says of a student."""
    feedback = page and page(record)
    return {"name": shown(record.student), "graded": record.graded, "reason": shown(record.reason),
            "seconds": record.seconds, "unprotected": record.unprotected, "points": record.points,
            "by_hand": record.by_hand, "to_mark": record.to_mark, "status": record.status,
            "late": record.late if record.graded else 0.0, "total": record.total if record.final else None,
            "suspicions": [shown(sentence) for sentence in suspicions.get(record.student, [])],
            "link": address(feedback, path.parent) if feedback and feedback.is_file() else ""}


def address(page, folder):
    """The relative address of a file, with every character quoted that means something in an address."""
    parts = Path(os.path.relpath(page, folder)).parts
    return "/".join(urllib.parse.quote(os.fsencode(part), safe="") for part in parts)
