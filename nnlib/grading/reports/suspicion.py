"""Submissions that somebody should look at, and why. Nothing here changes a mark, and no sentence is a verdict."""
import collections
import re
import statistics
import tokenize

from .similarity import alike, tokens

SLOW, TIMES = 10.0, 5            # seconds, and times as long as half of the class
LISTED = 3                       # names of others in one sentence
PLAIN = {"check", "data", "plot"}                    # parts of nnlib that answer no task
TOOLS = {                        # what no answer needs, and what it is for
    "inspect", "gc", "ctypes", "importlib", "builtins", "__builtins__", "__import__", "subprocess", "socket", "pickle",
    "_getframe", "f_back", "f_locals", "f_globals", "tb_frame", "__globals__", "__code__", "__closure__", "__subclasses__",
    "__class__", "get_ipython", "_ih", "_oh", "settrace", "setprofile", "eval", "exec", "compile", "open",
}


def suspicions(records, sources):
    """{student: [sentence]} of the submissions to look at, in the order of the records.

    ``records`` are the Records of one assignment. ``sources`` yields (student, {task: source of the solution cell}); a
    generator may read each notebook as it comes, because only hashes of it are kept.
    """
    records = list(records)
    found = {record.student: list(record.notes) for record in records}
    graded = [record.seconds for record in records if record.graded]
    usual = statistics.median(graded) if graded else 0.0
    for record in records:
        if record.seconds > max(SLOW, TIMES * usual):
            found[record.student].append(f"Grading took {record.seconds:.0f} s; half of the class took {usual:.1f} s "
                                         "or less.")
    reading = ((student, solutions) for student, solutions in sources if student in found)
    pairs = alike(remarked(reading, found))
    for student, sentence in neighbours(pairs):
        found[student].append(sentence)
    return {student: sentences for student, sentences in found.items() if sentences}


def remarked(sources, found):
    """The same sources, while sentences about what they use are added to ``found``."""
    for student, solutions in sources:
        for task, source in solutions.items():
            used = uses(source)
            if used:
                found[student].append(f"The answer to {task} mentions {listed(used, len(used))}, "
                                      "which the task does not need.")
        yield student, solutions


def uses(source):
    """Parts of nnlib and tools of Python that a solution mentions, in alphabetical order."""
    if not re.search("nnlib|" + "|".join(TOOLS), source):                # most solutions; tokens take longer
        return []
    words = [token.string for token in tokens(source) if token.type in (tokenize.NAME, tokenize.OP)]
    text = " ".join(words)
    roots = "|".join({"nnlib", *re.findall(r"\bimport nnlib as (\w+)", text)})
    parts = set(re.findall(rf"(?<!\. )\b(?:{roots}) \. (\w+)", text))
    for names in re.findall(r"\bfrom nnlib import (?:\( )?(\w+(?: as \w+)?(?: , \w+(?: as \w+)?)*)", text):
        parts |= {name.split()[0] for name in names.split(" , ")}
    return sorted({f"nnlib.{part}" for part in parts - PLAIN} | (TOOLS & set(words)))


def neighbours(pairs):
    """(student, sentence) for everybody whose code is nearly that of others."""
    others = collections.defaultdict(dict)
    for one, other, tasks in pairs:
        others[one][other] = others[other][one] = tasks
    for student, found in others.items():
        tasks = sorted(set.union(*map(set, found.values())))
        yield student, (f"The code of {listed(tasks, len(tasks))} is nearly the same as that of "
                        f"{listed(list(found), LISTED)}, names and comments aside. Read both before you ask.")


def listed(names, most):
    """Names as a list in words: "a, b and c", or "a, b and 7 others"."""
    rest = len(names) - most
    names = [*names[:most], f"{rest} others"] if rest > 1 else names
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
