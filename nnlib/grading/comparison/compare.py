"""Compare a student's replies with the reference: points for every row, and the misconception behind an error.

Nothing here calls a student's code. Replies come from ``call_all``, or from a process of the student's own.
Feedback names the case, the largest error and its place, never an input or an expected value. The first case is the
worked example, which students know; of an output in any other only what the reference gives too is repeated.
"""
import inspect
from dataclasses import dataclass, field, replace

import numpy as np

from ...check.calls import several, viewed
from ..errors import GradingError
from ..tasks import UNCHANGED
from .carried import Own, carrying
from .in_process import call_all
from .reply import NOTHING, NotPlain, plain

EARNED_LATER = "counts as soon as an output is right in most cases."


@dataclass
class Row:
    """One row of a result: right or not, its points, and a sentence."""

    name: str
    right: bool
    points: float
    text: str
    hints: list = field(default_factory=list)

    @property
    def earned(self):
        return self.points if self.right else 0.0


@dataclass
class Result:
    """The rows of a task, and the names of the misconceptions that explain what is wrong.

    ``whole`` is the misconception that explains everything, if there is one.
    """

    task: object
    rows: list
    misconceptions: list
    whole: object = None

    @property
    def earned(self):
        return earned(self.rows)


def compare(task, cases, replies, carried=None):
    """Result of the replies to all cases of a task.

    ``carried`` holds misconceptions of earlier tasks, {name: Misconception}, or the student's Own functions. An answer
    that is right but for them earns its points: one mistake costs its row once, and not everything that is built on it.
    Outputs that no work is needed for, given the mistakes, are compared with the reference as it is.
    """
    true = [reference_outputs(task, case) for case in cases]
    replies = [seen(task, case, taken_apart(task, reply, want)) for case, reply, want in zip(cases, replies, true)]
    result = compare_with(task, cases, replies, true)
    if result.earned == task.total or not carried:
        return result
    with carrying(task, carried):
        wanted = [reference_outputs(task, case, strict=False) for case in cases]
        for output in range(len(task.compared)):
            if guessed(task, cases, [values[output] for values in wanted]):
                for values, right in zip(wanted, true):
                    values[output] = right[output]
        own = any(isinstance(each, Own) for each in carried.values())
        if own and earned(find_rows(task, cases, replies, wanted)) <= result.earned:
            return result                            # without a search for misconceptions, which would call it often
        given = compare_with(task, cases, replies, wanted)
    if given.earned < result.earned or (given.earned == result.earned and not given.misconceptions):
        return result
    names = " and ".join(carried)
    for row in given.rows:
        row.text = row.text.replace("right", f"right, given your {names},", 1) if row.right else row.text
    return given


def carry(task, cases, replies, result, function):
    """What later tasks are judged with instead of this task's reference, or None if that stays.

    It is the misconception that explains all, or the student's own function if it gives numbers in the expected shapes.
    Zeros, ones or an argument do not count: with them later points would take no work.
    """
    if result.whole is not None or all(row.right for row in result.rows if row.name != UNCHANGED):
        return result.whole
    try:
        values = [[plain(value) for value in reply.outputs] for reply in replies]
    except NotPlain:
        return None
    fits = all(len(given) == len(task.outputs) and all(np.isfinite(value).all() for value in given) for given in values)
    if task.view is None:
        wanted = [reference_outputs(task, case) for case in cases]
        fits = fits and all([a.shape for a in given] == [b.shape for b in want] for given, want in zip(values, wanted))
    if not fits or any(guessed(task, cases, output) for output in zip(*values)):
        return None
    return Own(function)


def guessed(task, cases, values):
    """True if the values of an output in all cases outside groups are one number throughout, or an argument as it is."""
    pairs = [(case.arguments, value) for case, value in zip(cases, values) if not case.group]
    entries = np.concatenate([value.ravel() for _, value in pairs])
    numbers = [0.0, 1.0, *entries[:1][len(entries) < 2:]]                    # of a single entry each number is possible
    ways = [[np.full(value.shape, number) for _, value in pairs] for number in numbers]
    ways += zip(*(arguments for arguments, _ in pairs))
    return any(all(same(a, value, task.tolerance) for a, (_, value) in zip(way, pairs)) for way in ways)


def compare_with(task, cases, replies, wanted):
    """Result of the replies against these values."""
    rows = find_rows(task, cases, replies, wanted)
    return Result(task, rows, *explain(task, cases, replies, wanted, rows))


def earned(rows):
    """The points of these rows together."""
    return float(sum(row.earned for row in rows))


def find_rows(task, cases, replies, wanted):
    """The rows of the replies against these values."""
    troubles = find_troubles(task, cases, replies, wanted)
    rows = []
    for name, points in task.points.items():
        text = describe(troubles[name], [cases[i].label for i in members(task, cases, name)], cases[0].label)
        rows.append(Row(name, not troubles[name], points, text))
    outputs = [row for row in rows if row.name in task.compared]
    every = [trouble for row in outputs for trouble in troubles[row.name]]
    if not any(row.right for row in outputs) and not mostly_right(task, cases, every, outputs[0].name):
        for row in rows:
            if row.right:
                row.right, row.text = False, EARNED_LATER
    return rows


def find_troubles(task, cases, replies, wanted):
    """For every row of points the list of (label, sentence) of what is wrong in it.

    A group of cases looks at the outputs that are right in most cases elsewhere: one mistake costs its row once.
    """
    troubles = {name: [] for name in task.points}
    for case, reply, want in sorted(zip(cases, replies, wanted), key=lambda triple: triple[0].group != ""):
        for name, sentence in output_troubles(task, reply, want, known=case is cases[0]).items():
            if sentence and not case.group:
                troubles[name].append((case.label, sentence))
            elif sentence and (mostly_right(task, cases, troubles[name], name) or reply.kind):
                troubles[case.group].append((case.label, f"{name} {sentence}" if not reply.kind else sentence))
        if reply.changed:
            rows = [case.group] if case.group else task.compared
            for row in [UNCHANGED] if UNCHANGED in task.points else rows:
                troubles[row].append((case.label, f"the argument {argument_name(task, reply.changed[0])} is changed. "
                                                  "Work on a copy: write a = a - b instead of a -= b."))
    return troubles


def mostly_right(task, cases, troubles, output):
    """True if these troubles leave three of four cases right outside groups: by chance an output is wrong more often."""
    return 4 * len({label for label, _ in troubles}) <= len(members(task, cases, output))


def taken_apart(task, reply, want):
    """A reply as it is, or with several outputs for one array that holds them all, where each is a number."""
    numbers = task.view is None and len(reply.outputs) == 1 and all(value.ndim == 0 for value in want)
    return replace(reply, outputs=several(reply.outputs[0], len(want), numbers=True)) if numbers else reply


def seen(task, case, reply):
    """A reply as it is, or with what the task's view shows of its outputs in their place."""
    if task.view is None or reply.kind:
        return reply
    if len(reply.outputs) != len(task.outputs):
        return replace(reply, outputs=(), kind="ValueError", error=miscounted(task, reply, known=False))
    try:
        return replace(reply, outputs=viewed(task.view, [plain(value) for value in reply.outputs], case.arguments))
    except ValueError as error:
        return replace(reply, outputs=(), kind=str(error) or "ValueError", error=str(error))


def miscounted(task, reply, known):
    """What is said of a reply with another number of outputs than its task has."""
    count, wanted = len(reply.outputs), len(task.outputs)
    if count == 1 and (reply.outputs[0] is None or str(reply.outputs[0]) == NOTHING):
        return f"None is returned, expected {', '.join(task.outputs)}. End the function with return."
    found = f"{count} output{'s' * (count != 1)}" if known or count == 1 else "too many" if count > wanted else "too few"
    return f"{found} returned, expected {wanted}: {', '.join(task.outputs)}."


def output_troubles(task, reply, want, known):
    """{output: what is wrong with it in one case, or ""}. ``known`` says whether the student knows the case."""
    if reply.kind:
        return {name: reply.error or f"stopped with {reply.kind}." for name in task.compared}
    if len(reply.outputs) != len(task.compared):
        return dict.fromkeys(task.compared, miscounted(task, reply, known))
    return {name: trouble(got, value, task.tolerance, known)
            for name, got, value in zip(task.compared, reply.outputs, want)}


def trouble(got, want, tolerance, known=True):
    """What is wrong with one output, or "". NaN is never right.

    Where the case is not ``known``, a shape is repeated only if it is made of expected lengths, and no NaN is counted:
    both could spell out a hidden input.
    """
    try:
        got = plain(got)
    except NotPlain as error:
        return str(error) or "is not a plain array of numbers."
    if got.shape != want.shape:
        tame = got.ndim <= want.ndim + 1 and {*got.shape} <= {1, *want.shape}
        return f"has {f'shape {got.shape}' if known or tame else 'another shape'}, expected {want.shape}."
    if not np.isfinite(got).all() and not known:
        return "some entries are NaN or infinite."
    if not np.isfinite(got).all():
        return f"{np.sum(~np.isfinite(got))} of {got.size} entries are NaN or infinite{place(~np.isfinite(got))}."
    error = np.abs(got - want)
    if np.all(error <= tolerance * (1 + np.abs(want))):
        return ""
    if is_whole(got) and not is_whole(want) and error.max() < 1:
        return "holds whole numbers only, expected floats: the fractions are cut off."
    return f"largest error {error.max():.2g}{place(error)}."


def is_whole(values):
    """True if all entries are whole numbers, as those of an integer dtype are."""
    return bool(np.all(values == np.round(values)))


def place(values):
    """Where the largest entry of an array stands, in words."""
    if values.ndim == 0:
        return ""
    return f" at {[int(i) for i in np.unravel_index(np.argmax(values), values.shape)]}"


def argument_name(task, position):
    """The name of an argument, as the reference calls it."""
    return list(inspect.signature(task.reference).parameters)[position]


def reference_outputs(task, case, strict=True):
    """What the reference gives in one case, as float64 arrays. NaN if it fails there, and is not to be strict."""
    reply = seen(task, case, call_all(task.reference, [case], task.outputs)[0])
    if reply.kind and not strict:
        return [np.array(np.nan)] * len(task.compared)
    outputs = [np.array(value, np.float64) for value in reply.outputs]
    fine = len(outputs) == len(task.compared) and all(np.isfinite(value).all() for value in outputs)
    if reply.kind or (strict and not fine):
        raise GradingError(f"{task.name}: the reference fails in the case {case.label!r} ({reply.error or 'not finite'}).\n"
                           "Repair reference or cases in tasks.py.")
    return outputs


def members(task, cases, row):
    """Indices of the cases that a row of points is about."""
    if row == UNCHANGED:
        return range(len(cases))
    group = "" if row in task.compared else row
    return [i for i, case in enumerate(cases) if case.group == group]


def describe(troubles, labels, example):
    """A row that is about cases with these labels in words. ``example`` is the label that students know."""
    count = len(labels)
    if not troubles:
        return f"right in all {count} cases." if count > 1 else "right."
    label, sentence = troubles[0]
    wrong = len({label for label, _ in troubles})
    if count > 2 and wrong == count - 1 and example in labels and example not in {label for label, _ in troubles}:
        return f"right on {example} only: are its numbers written into your function? Then, {label}: {sentence}"
    cases = f"wrong in {'all' if wrong == count else f'{wrong} of'} {count} cases. The first" if count > 1 else "wrong"
    return f"{cases}, {label}: {sentence}"


def explain(task, cases, replies, wanted, rows):
    """Names of the misconceptions that behave as the replies do, and the one that explains all, or None.

    Their hints go into the rows.
    """
    wrong = [row for row in rows if not row.right and row.text != EARNED_LATER]
    if not wrong or replies[0].kind == "NotImplementedError":
        return [], None
    behaviours = [(m, Replies(task, m.function, cases)) for m in task.misconceptions]
    whole = [(m, theirs) for m, theirs in behaviours
             if all(agrees(task, cases, replies, theirs, row.name) for row in rows)]
    found = []
    for row in wrong:
        if not whole and row.name in task.compared and says_nothing(task, cases, replies, row.name):
            continue                                 # mistakes of all kinds end in zeros
        for m, theirs in whole or behaviours:
            if agrees(task, cases, replies, theirs, row.name) and \
                    find_troubles(task, cases, theirs, wanted)[row.name]:
                if m.name not in found:
                    found.append(m.name)
                    row.hints.append(m.hint)
                break
    return found, whole[0][0] if whole else None


def says_nothing(task, cases, replies, output):
    """True if an output is 0 everywhere in all cases that its row is about."""
    place = task.compared.index(output)
    values = [replies[i].outputs[place] for i in members(task, cases, output) if len(replies[i].outputs) > place]
    try:
        return not any(np.any(plain(value)) for value in values)
    except NotPlain:
        return False


class Replies:
    """What ``seen`` shows of a function's reply to every case; a case is called when its reply is first looked at."""

    def __init__(self, task, function, cases):
        self.task, self.function, self.cases, self.known = task, function, cases, {}

    def __getitem__(self, index):
        if index not in self.known:
            case = self.cases[index]
            self.known[index] = seen(self.task, case, call_all(self.function, [case], self.task.outputs)[0])
        return self.known[index]


def agrees(task, cases, replies, theirs, row):
    """True if two lists of replies give the same in everything that a row is about."""
    for i in members(task, cases, row):
        mine, other = replies[i], theirs[i]
        if mine.kind != other.kind or (UNCHANGED not in task.points or row == UNCHANGED) and mine.changed != other.changed:
            return False
        if row == UNCHANGED or mine.kind:
            continue
        if len(mine.outputs) != len(other.outputs):
            return False
        for name, a, b in zip(task.compared, mine.outputs, other.outputs):
            if name == row or row not in task.compared:
                if not same(a, b, task.tolerance):
                    return False
    return True


def same(a, b, tolerance):
    """True if two outputs are equal within the tolerance; NaN equals NaN here."""
    try:
        a, b = plain(a), plain(b)
    except NotPlain:
        return False
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)
