"""The nnlib that a student's code meets while it is graded: without what the assignment asks for.

WITHHELD in each tasks.py names these functions. They are taken out of the source, so that no disk,
no memory and no Numba cache of the sandbox holds them. A plain kernel goes with the fast one of its name. Layers and
optimisers follow, because they call kernels.
"""
import ast
import contextlib
import difflib
import re
import shutil
from pathlib import Path

import platformdirs

from ...files import digest_of_files
from ..errors import GradingError
from ..sandbox.outside import owned_folder
from ..tasks import ordinary, task_module

KEPT = 8                            # reduced libraries that stay, half a megabyte each
PACKAGE = Path(__file__).parents[2]
LEFT_OUT = ("book", "cli.py", "releases.py")                         # no student's code needs them
GRADING = ("__init__.py", "comparison/__init__.py", "comparison/reply.py",         # of grading, what runs in the sandbox
           "sandbox/__init__.py", "sandbox/wire.py", "sandbox/inside/")

RAISES = '''def {name}(*arguments, **named):
    raise RuntimeError("nnlib.{path} is withheld while {assignment} is graded: it is what you are asked to write.")
'''
CLASS_RAISES = '''class {name}:
    def __init__(self, *arguments, **named):
        raise RuntimeError("nnlib.{path} is withheld while {assignment} is graded: it is what you are asked to write.")
'''
SELF_CHECK = '''def {name}(*arguments, **named):
    """Says that it is not run, so that the notebook's own cells go through."""
    return Report(name_of(arguments[1]), [], title="Not run while {assignment} is graded: the self-check of")
'''


@contextlib.contextmanager
def reduced_library(assignment):
    """The folder of an nnlib without what an assignment asks for, kept at least until the end of the with statement.

    The same content has the same folder, in the user's cache, so that what Numba compiled for it stays valid.
    """
    cache = libraries()
    with contextlib.ExitStack() as using:
        with owned_folder.folder(cache) as folder:
            new = library(assignment.course, assignment.name, Path(folder, "new"))
            content = digest_of_files(new.rglob("*"), new)
            with owned_folder.nobody_clears():
                with contextlib.suppress(OSError):       # it is there already, or another worker was first
                    new.rename(cache / content)
                using.enter_context(owned_folder.in_use(cache / content))
        yield cache / content


def clear_libraries():
    """Remove what killed workers left, and the reduced libraries that nobody uses, but for the newest few."""
    owned_folder.clear(libraries())
    owned_folder.clear(libraries(), pattern="[0-9a-f]" * 64, keep=KEPT)


def libraries():
    """The folder in the user's cache that holds the reduced libraries."""
    path = platformdirs.user_cache_path("nnlib") / "withheld"
    path.mkdir(parents=True, exist_ok=True)
    return path


def library(course, assignment, folder):
    """Write the package nnlib without what an assignment asks for into a folder. Returns the folder.

    The same assignment gives the same bytes. Files that are up to date stay as they are, and so does what
    Numba has cached beside them; if anything differs, the package is made anew.

    Raises    GradingError if WITHHELD is missing, or names something that nnlib does not have
    """
    files = reduced_package(assignment, withheld_names(course, assignment))
    target = Path(folder, "nnlib")
    written = {path.relative_to(target): path.read_bytes() for path in sorted(target.rglob("*"))
               if path.is_file() and "__pycache__" not in path.parts}
    if written != files:
        shutil.rmtree(target, ignore_errors=True)
        for path, content in files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)
    return Path(folder)


def withheld_names(course, assignment):
    """WITHHELD of an assignment: dotted paths below nnlib, of modules (everything in them), functions and classes.

    An ordinary assignment knows nothing of nnlib, and withholds nothing.
    """
    if assignment in ordinary(course):
        return ()
    names = getattr(task_module(course, assignment), "WITHHELD", None)
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise GradingError(f"{assignment}: tasks.py has no tuple WITHHELD of names.\n"
                           'Name what gives the answer away, as in WITHHELD = ("kernels.dense", *GRADIENTS), or write ().')
    return names


def reduced_package(assignment, names):
    """{path: bytes} of every file of the package, without these names."""
    files = {path.relative_to(PACKAGE): path.read_bytes() for path in sorted(PACKAGE.rglob("*"))
             if path.is_file() and needed(path.relative_to(PACKAGE).parts)}
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path
               for path in files if path.suffix == ".py"}
    known = {}                                                   # every name, and the functions and classes it means
    for module, path in modules.items():
        inside = [f"{module}.{node.name}" for node in definitions(files[path])]
        known |= {name: [name] for name in inside} | {module: inside}
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            advice = f"Did you mean {close[0]}?" if close else "Write it as in kernels.dense or check.gradient."
            raise GradingError(f"{assignment}: WITHHELD names {name!r}, and nnlib has no such module, function or class.\n"
                               f"{advice}")
    plain = [re.sub(r"^kernels\.", "kernels.plain.", name) for name in names]     # the same equations once more
    gone = {member for name in (*names, *plain) for member in known.get(name, ())}
    return files | {path: without(files[path], gone, module, assignment) for module, path in modules.items()
                    if any(member.rpartition(".")[0] == module for member in gone)}


def needed(parts):
    """True if a file is of use inside the sandbox."""
    if "__pycache__" in parts or parts[0] in LEFT_OUT:
        return False
    return parts[0] != "grading" or "/".join(parts[1:]).startswith(GRADING)


def definitions(source):
    """The functions and classes of a module."""
    return [node for node in ast.parse(source).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("__")]


def without(source, gone, module, assignment):
    """The source of a module in which these functions and classes only say that they are withheld."""
    lines = source.decode().splitlines(keepends=True)
    for node in reversed(definitions(source)):
        name = f"{module}.{node.name}"
        if name in gone:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            form = SELF_CHECK if module == "check" else CLASS_RAISES if isinstance(node, ast.ClassDef) else RAISES
            lines[first - 1:node.end_lineno] = form.format(name=node.name, path=name, assignment=assignment)
    return "".join(lines).encode()
