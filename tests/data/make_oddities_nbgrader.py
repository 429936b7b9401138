"""Freeze what nbgrader gives the odd submissions of tests/oddities.py.

python tests/data/make_oddities_nbgrader.py  (needs the grading extra)
"""
import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import oddities

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        course = oddities.make_course(Path(folder))
        oddities.autograde(course)
        found = oddities.found(course)
    versions = {name: version(name) for name in ("nbgrader", "nbclient", "nbformat", "numpy")}
    frozen = {"versions": versions, "oddities": oddities.digest(), "students": found}
    path = Path(__file__).with_name("oddities_nbgrader.json")
    path.write_text(json.dumps(frozen, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(found)} submissions frozen from nbgrader {versions['nbgrader']}")
