"""Submissions that somebody should look at, and why. Nothing here changes a mark, and no sentence is a verdict."""
import collections
import re
import statistics
import tokenize

from .similarity import alike, crowds, fingerprints, tokens

SLOW, TIMES = 10.0, 5            # seconds, and times as long as half of the class
LISTED = 3                       # names of others in one sentence
PLAIN = {"check", "data", "plot"}                    # parts of nnlib that answer no task
TOOLS = {                        # what no answer needs, and what it is for
    "inspect", "gc", "ctypes", "importlib", "builtins", "__builtins__", "__import__", "subprocess", "socket", "pickle",
    "_getframe", "f_back", "f_locals", "f_globals", "tb_frame", "__globals__", "__code__", "__closure__", "__subclasses__",
    "__class__", "get_ipython", "_ih", "_oh", "settrace", "setprofile", "eval", "exec", "compile", "open",
    "scipy", "sklearn", "sympy", "torch", "jax", "autograd", "tensorflow", "imag",      # the last one for complex steps
}


def suspicions(records, sources, needs=None):
    """{student: [sentence]} of the submissions to look at, in the order of the records.

    ``needs`` are the other tasks that the reference of a task uses, {task: names}.

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
    kept = fingerprints(remarked(reading, found, needs or {}))
    for record in records:
        if record.carries:
            found[record.student].append(f"The notebook carries the values of {listed(record.carries, LISTED)}. Read both "
                                         "before you ask.")
    for student, sentence in neighbours(alike(kept)):
        found[student].append(sentence)
    for crowd in crowds(kept):
        for student in crowd:
            found[student].append(f"The code is that of {len(crowd) - 1} others, names and comments aside. Read one: "
                                  "so many may have one source, or the task one answer.")
    return {student: sentences for student, sentences in found.items() if sentences}


def remarked(sources, found, needs):
    """The same sources, while sentences about what they use are added to ``found``."""
    for student, solutions in sources:
        for task, source in solutions.items():
            used = uses(source)
            if used:
                found[student].append(f"The answer to {task} mentions {listed(used, len(used))}, "
                                      "which the task does not need.")
            for other, number in slopes(task, source, needs):
                found[student].append(f"The answer to {task} mentions {other} and the number {number}: is it a difference "
                                      "of two values, and not the derivative?")
        yield student, solutions


def slopes(task, source, needs):
    """(another task, small number) if a solution holds what a numerical derivative takes, and the reference does not."""
    others = {*needs} - {task, *needs.get(task, ())}
    words = [token for token in tokens(source) if token.type in (tokenize.NAME, tokenize.NUMBER)]
    steps = [token.string for token in words if re.fullmatch(r"(1(\.0*)?e-0?[3-8]|0?\.0{2,7}1)", token.string)]
    named = sorted(others & {token.string for token in words})
    return [(named[0], steps[0])] if named and steps else []


def used_by_references(tasks):
    """{task: names of the other tasks that its reference uses}."""
    return {name: tuple(tasks.keys() & {*task.reference.__code__.co_names}) for name, task in tasks.items()}


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
