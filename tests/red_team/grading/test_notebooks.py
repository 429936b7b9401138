"""Attacks with the notebook file itself: metadata, tags, ids, versions, forms that no notebook has."""
import copy
import json

from red_team.grading.arena import Attacks, answer, cell, returning

ATTACKS = Attacks()
WRONG = "def {}(*arguments):\n    return 0.0"


def graded(notebook):
    return [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]


@ATTACKS
def skip_execution(notebook, folder):
    """Tag graded cells so that they are not run, and leave full marks as their output."""
    for c in graded(returning(notebook, "0.0")):
        c["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
        c["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                         "data": {"text/plain": str(float(c["metadata"]["nbgrader"]["points"]))}}]
    return notebook


@ATTACKS(reported="test_sigmoid was edited.*test_train was edited")
def edited_tests(notebook, folder):
    """Write the points into the graded cells."""
    for c in graded(returning(notebook, "0.0")):
        c["source"] = str(c["metadata"]["nbgrader"]["points"])
    return notebook


@ATTACKS(reported="points of the cell test_sigmoid were changed")
def edited_points(notebook, folder):
    """Give every graded cell 1000 points."""
    for c in graded(returning(notebook, "0.0")):
        c["metadata"]["nbgrader"]["points"] = 1000
    return notebook


@ATTACKS
def odd_points(notebook, folder):
    """Points that are not numbers."""
    for c, points in zip(graded(returning(notebook, "0.0")), (float("nan"), -1, "4", None, [[]])):
        c["metadata"]["nbgrader"]["points"] = points
    return notebook


@ATTACKS
def deleted_tests(notebook, folder):
    """Delete the graded cells."""
    returning(notebook, "0.0")
    notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
    return notebook


@ATTACKS
def graded_cells_turned_into_text(notebook, folder):
    """Graded cells as Markdown, with the metadata of a cell graded by hand."""
    for c in graded(returning(notebook, "0.0")):
        c["cell_type"] = "markdown"
        c["metadata"]["nbgrader"] |= {"solution": True, "task": True, "cell_type": "markdown"}
        c.pop("outputs"), c.pop("execution_count")
    return notebook


@ATTACKS
def own_graded_cell(notebook, folder):
    """Add a graded cell worth 6000 points."""
    mine = copy.deepcopy(graded(returning(notebook, "0.0"))[0])
    mine["metadata"]["nbgrader"] |= {"grade_id": "bonus", "points": 6000}
    notebook["cells"].append(mine | {"id": "bonus", "source": "6000.0"})
    return notebook


@ATTACKS
def duplicate_ids(notebook, folder):
    """Every graded and solution cell twice, with the same ids."""
    returning(notebook, "0.0")
    notebook["cells"] += [copy.deepcopy(c) for c in notebook["cells"] if "nbgrader" in c["metadata"]]
    return notebook


@ATTACKS
def swapped_ids(notebook, folder):
    """Exchange the ids of an easy and a hard cell, and of tests and solutions."""
    returning(notebook, "0.0")
    a, b = cell(notebook, "test_sigmoid"), cell(notebook, "train")
    a["metadata"]["nbgrader"]["grade_id"], b["metadata"]["nbgrader"]["grade_id"] = "train", "test_sigmoid"
    a["metadata"]["nbgrader"], b["metadata"]["nbgrader"] = b["metadata"]["nbgrader"], a["metadata"]["nbgrader"]
    return notebook


@ATTACKS
def odd_schema_version(notebook, folder):
    """A version of nbgrader's metadata that does not exist."""
    for number, c in enumerate(returning(notebook, "0.0")["cells"]):
        if "nbgrader" in c["metadata"]:
            c["metadata"]["nbgrader"]["schema_version"] = [0, 99, "3", None, 1, -3][number % 6]
    return notebook


@ATTACKS
def stripped_metadata(notebook, folder):
    """No metadata at all."""
    for c in returning(notebook, "0.0")["cells"]:
        c["metadata"] = {}
    return notebook


@ATTACKS
def malformed_metadata(notebook, folder):
    """Metadata of the wrong types everywhere."""
    odd = [[], "text", 3, None, {"nbgrader": []}, {"nbgrader": {"grade_id": ["a"], "grade": "yes"}}, {"nbgrader": {}},
           {"tags": 3}]
    for number, c in enumerate(returning(notebook, "0.0")["cells"]):
        c["metadata"] = odd[number % len(odd)]
    return notebook


@ATTACKS
def another_kernel(notebook, folder):
    """Ask for another kernel, language and environment."""
    returning(notebook, "0.0")
    kernel = {"name": "../../evil", "display_name": "x", "language": "bash", "argv": ["sh", "-c", "id"],
              "env": {"LD_PRELOAD": "x"}, "metadata": {"kernel_provisioner": {"provisioner_name": "local"}}}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "bash"}, "widgets": {"state": 3}}
    return notebook


@ATTACKS
def format_3(notebook, folder):
    """The old format, with worksheets."""
    returning(notebook, "0.0")
    cells = [{"cell_type": "code", "input": c["source"], "language": "python", "outputs": [], "metadata": c["metadata"],
              "collapsed": False}
             for c in notebook["cells"] if c["cell_type"] == "code"]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells, "metadata": {}}]}


def unreadable(name, content, reported, text):
    """An attack with a file instead of a notebook."""
    def build(notebook, folder):
        made = content(notebook) if callable(content) else content
        (folder / "02_logistic.ipynb").write_bytes(made)
    build.__name__, build.__doc__ = name, text
    ATTACKS(build, reported)


unreadable("deep_json", b"[" * 200_000, "nested too deeply", "JSON nested 200,000 times.")
unreadable("deep_cells", b'{"nbformat": 4, "cells": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}", "no list|nested",
           "Nested objects for cells.")
unreadable("deep_metadata", lambda n: json.dumps(returning(n, "0.0") | {"metadata": "DEEP"}).replace(
    '"DEEP"', '{"a":' * 900 + "1" + "}" * 900).encode(), "", "Metadata nested 900 times.")
unreadable("broken_json", b'{"cells": [', "broken JSON", "Half a file.")
unreadable("no_text", b"\xff\xfe\x00\xd8" * 100, "not text in UTF-8", "Bytes that are not text.")
unreadable("empty_file", b"", "broken JSON", "Nothing.")
unreadable("a_list", b"[]", "not a notebook", "A list.")
unreadable("huge_version", b'{"nbformat": 1e999, "cells": []}', "not a notebook|version", "An infinite version.")
unreadable("future_version", b'{"nbformat": 99, "cells": []}', "version 99", "A version to come.")
unreadable("broken_format_3", b'{"nbformat": 3, "worksheets": 7}', "cannot be upgraded",
           "An old notebook that cannot be upgraded.")
unreadable("cells_of_numbers", b'{"nbformat": 4, "cells": [1, null, "x", []]}', "has no text", "Cells that are none.")
unreadable("many_cells", lambda n: json.dumps(n | {"cells": [{"cell_type": "code"}] * 100_000}).encode(), "at most",
           "A hundred thousand cells.")
unreadable("long_cell", lambda n: json.dumps(answer(n, sigmoid="#" * 30_000_000)).encode(), "more than",
           "A cell of 30 MB.")
unreadable("huge_digits", b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 100_000 + b"}", "", "A number of 100,000 digits.")
unreadable("lone_surrogates", lambda n: json.dumps(returning(n, "0.0")).replace("regression", "\\ud800").encode(), "",
           "Halves of characters.")
unreadable("nul_characters", lambda n: json.dumps(returning(n, "'\0\x1b[2J'")).encode(), "",
           "Control characters in the code.")


@ATTACKS
def hostile_markup(notebook, folder):
    """Markup and scripts in Markdown, outputs and names, for the instructor's browser."""
    returning(notebook, "0.0", "from IPython.display import HTML, display\ndisplay(HTML('<script>stolen()</script>'))")
    notebook["cells"].append({"cell_type": "markdown", "id": "mark", "metadata": {},
                              "source": "<img src=x onerror='stolen()'>\n</div></body>"})
    return notebook


def test_it_gains_nothing(arena, attacker):
    arena.check(attacker)


def test_the_honest_keep_their_marks(arena):
    arena.check_honest()
