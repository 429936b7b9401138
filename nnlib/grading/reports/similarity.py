"""Which submissions hold nearly the same code, among thousands, without comparing every pair.

A solution becomes a row of tokens without names, comments and the first lines that everybody was given. Hashes of
short runs of tokens are its pieces; of neighbouring pieces the smallest is kept (winnowing). What few share is evidence,
what many share is how one writes it.

Source    Schleimer, Wilkerson and Aiken (2003), Winnowing: local algorithms for document fingerprinting
"""
import collections
import hashlib
import io
import itertools
import keyword
import tokenize

import numpy as np

SHORT = 30               # tokens: a shorter solution looks like another by itself
RUN, WINDOW = 10, 4      # tokens in a piece; pieces of which the smallest is kept
FEW = 20                 # more submissions than this, or a fifth of all, share what is usual
EVIDENCE = 5             # pieces that few share, at least
ALIKE = 0.9              # share of all pieces that two submissions have in common
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def tokens(source):
    """The tokens of a cell, without magics: read flat, because nesting can break a parser, and past what is not a token."""
    lines = ["\n" if line.lstrip().startswith(("!", "%")) else line for line in io.StringIO(source)]
    start = 0
    while start < len(lines):
        rest = (lines[number] for number in range(start, len(lines)))
        last = 0
        try:
            for token in tokenize.generate_tokens(lambda rest=rest: next(rest, "")):
                last = token.end[0]
                yield token
            return
        except (tokenize.TokenError, SyntaxError, ValueError):
            start += max(last, 1)                            # a string without an end, an indent that fits nowhere


def normal_form(source):
    """Token texts without layout, first lines ``def ...:`` with their docstring, and names; attributes stay."""
    texts, after, heading = [], "", False
    for token in tokens(source):
        if token.string in ("def", "class") and not token.start[1]:
            heading = True
        if heading:
            heading = token.type != tokenize.NEWLINE
        elif token.type not in LAYOUT and not (token.type == tokenize.STRING and not token.line[:token.start[1]].strip()):
            name = token.type == tokenize.NAME and not keyword.iskeyword(token.string) and after != "."
            texts.append("name" if name else token.string)
            after = token.string
    return texts


def pieces(task, source):
    """Sorted hashes of a solution; none of a short one."""
    texts = normal_form(source)
    if len(texts) < SHORT:
        return np.array([], np.uint64)
    runs = ("\0".join([task, *texts[i:i + RUN]]).encode("utf-8", "replace") for i in range(len(texts) - RUN + 1))
    hashes = np.frombuffer(b"".join(hashlib.blake2b(run, digest_size=8).digest() for run in runs), np.uint64)
    return np.unique(np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).min(axis=1))


def fingerprints(sources):
    """{student: {task: its pieces}}. ``sources`` yields (student, {task: source of the solution})."""
    return {student: {task: pieces(task, source) for task, source in solutions.items()} for student, solutions in sources}


def whole_of(kept):
    """The pieces of all tasks of every student, in one array each."""
    return [np.concatenate([np.array([], np.uint64), *tasks.values()]) for tasks in kept.values()]


def few(kept):
    """More submissions than this share what is usual, and no evidence."""
    return max(2, min(FEW, len(kept) // 5))


def crowds(kept):
    """Groups of more than a few students with the very same code, of which ``alike`` says nothing: [[student]]."""
    same = collections.defaultdict(list)
    for student, hashes in zip(kept, whole_of(kept)):
        if len(hashes) >= EVIDENCE:
            same[hashes.tobytes()].append(student)
    return [students for students in same.values() if len(students) > few(kept)]


def alike(kept):
    """Pairs of submissions with nearly the same code: [(student, student, [task])], from their fingerprints."""
    students, whole = list(kept), whole_of(kept)
    shared = collections.Counter()
    for holders in groups(whole, few(kept)):
        shared.update(itertools.combinations(holders, 2))
    found = []
    for (i, j), count in sorted(shared.items()):
        if count >= EVIDENCE and common(whole[i], whole[j]) >= ALIKE:
            a, b = kept[students[i]], kept[students[j]]
            found.append((students[i], students[j], [task for task in a if task in b and common(a[task], b[task]) >= ALIKE]))
    return found


def groups(whole, most):
    """For every piece that two submissions or more hold, up to ``most``: their numbers in ascending order."""
    if not whole:
        return
    owner = np.repeat(np.arange(len(whole)), [len(hashes) for hashes in whole])
    hashes = np.concatenate(whole)
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.diff(hashes[order], prepend=hashes[order[:1]] + np.uint64(1)))
    sizes = np.diff(starts, append=len(hashes))
    for start, size in zip(starts[(sizes > 1) & (sizes <= most)], sizes[(sizes > 1) & (sizes <= most)]):
        yield owner[order[start:start + size]].tolist()


def common(a, b):
    """Share of the pieces of the larger of two solutions that the other holds too; 0 for short ones."""
    most = max(len(a), len(b))
    return len(np.intersect1d(a, b)) / most if most else 0.0
