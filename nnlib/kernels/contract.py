"""The Shapes lines of a kernel's docstring, read as what they are: a promise about its arguments and results.

    Shapes    x (N, C, H, W), y (N,) integers 0 ... C-1, size (KH, KW) pair >= 1, p scalar in [0, 1)  ->  z (N, 3C, OH)
              OH = floor((H - KH) / 2) + 1

An argument is an array of float32 or float64, of one dtype in the whole call, unless a word after its shape says
otherwise: integers or booleans (arrays), scalar, integer, boolean, or pair, whose letters are two whole numbers.
A letter is the same size wherever it stands, ``3C`` three times that size, and ``(...)`` one shape of any length.
A line that defines a letter promises that it comes out as a whole number of at least 1. Prose follows a semicolon.
"""
import functools
import inspect
import math
import re
from dataclasses import dataclass

ARGUMENT = re.compile(r"(?P<name>\w+)(?: \((?P<axes>[^()]*)\))?(?: (?P<kind>scalar|integers?|booleans?|pair))?"
                      r"(?: (?P<limits>0 \.\.\. .+|>= [01]|in \[0, 1\)))?")
COMMA = re.compile(r",\s*(?![^(\[]*[)\]])")                  # outside of parentheses
DEFINITION = re.compile(r"(\w+) = (.+)")


@dataclass(frozen=True)
class Argument:
    """An argument or a result."""

    name: str
    axes: tuple                  # the texts between the parentheses
    kind: str                    # "floats" where there is no other word
    limits: str                  # "" where there are none


@dataclass(frozen=True)
class Contract:
    """What a kernel takes and gives."""

    text: str                    # the arguments as the docstring has them
    arguments: tuple
    results: tuple
    definitions: dict            # {letter: formula}
    modified: tuple              # names of the arguments that the kernel writes into


@functools.cache
def contract_of(kernel):
    """The Shapes and Modifies lines of a kernel, read when it is first called."""
    lines = inspect.getdoc(kernel).splitlines()
    shapes = field(lines, "Shapes")
    takes, _, gives = " ".join(line for line in shapes if not DEFINITION.match(line)).partition(";")[0].partition("->")
    definitions = [DEFINITION.match(part).groups()
                   for line in shapes if DEFINITION.match(line) for part in re.split(r",\s{2,}", line)]
    modifies = re.findall(r"\w+", " ".join(field(lines, "Modifies")))
    modified = tuple(argument.name for argument in read(takes) if argument.kind == "floats" and argument.name in modifies)
    return Contract(" ".join(takes.split()), read(takes), read(gives), dict(definitions), modified)


def field(lines, name):
    """The lines of one field of a docstring, without its name."""
    start = next((i for i, line in enumerate(lines) if line.startswith(name)), len(lines))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    return [line.removeprefix(name).strip() for line in lines[start:end]]


def read(text):
    """The arguments or results in a text like ``x (N, D), p scalar``."""
    found = []
    for part in filter(None, COMMA.split(text.strip())):
        match = ARGUMENT.fullmatch(part)
        if match is None:
            raise SyntaxError(f"Shapes: {part!r} is not of the form described in nnlib/kernels/contract.py.")
        axes = tuple(axis.strip() for axis in (match["axes"] or "").split(",") if axis.strip())
        found.append(Argument(match["name"], axes, match["kind"] or "floats", match["limits"] or ""))
    return tuple(found)


def value_of(text, sizes):
    """The number that a formula comes to for these sizes; NameError if one is missing."""
    return eval(formula(text), {"__builtins__": {}, "floor": math.floor}, sizes)


@functools.cache
def formula(text):
    """``2 PH`` and ``3C`` are products in a docstring; all else is written as in Python."""
    return compile(re.sub(r"(?<=[\w)]) (?=[\w(])|(?<=\d)(?=[A-Za-z])", "*", text), text, "eval")


@functools.cache
def letters_of(text):
    """The letters in a formula, in order, each once."""
    return tuple(dict.fromkeys(re.findall(r"[A-Za-z]\w*", text.replace("floor", ""))))


@functools.cache
def multiple(text):
    """(3, "C") for ``3C`` and (1, "C") for ``C``, from which a size says what C is; None for any other formula."""
    match = re.fullmatch(r"(\d*)([A-Za-z]\w*)", text)
    return match and (int(match[1] or 1), match[2])
