"""Every attacker of tests/red_team/grading against nnlib grade, in both engines: points gained, harm done, seconds taken."""
import importlib
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from . import record

TESTS = Path(__file__).parents[1] / "tests"


def run():
    """Grade every class of attacks in a run of its own, write the JSON, and return a table as text."""
    sys.path.insert(0, str(TESTS))
    from red_team.grading.arena import ENGINES

    classes = sorted(path.stem for path in (TESTS / "red_team" / "grading").glob("test_*.py"))
    results = [result for name in tqdm(classes, desc="attacks", unit="class", file=sys.stdout)
               for engine in ENGINES for result in fought(name, engine)]
    gained = [result for result in results if result["gained"]]
    harmed = [result for result in results if result["honest_harmed"]]
    record.write("grading_attacks", {"attacks": results})
    rows = [(result["attack"], result["class"], result["engine"], f"{result['gained']:g}", f"{result['seconds']:.1f}",
             result["said"][:60] or "-") for result in results]
    return "\n".join([
        record.table([("attack", "class", "engine", "gained", "seconds", "what the instructor is told"), *rows]), "",
        f"{len(results)} attacks, {len(gained)} of them gained points; "
        f"{len(harmed)} were in a run that cost an honest student points."])


def fought(name, engine):
    """What came of one class of attacks in one engine."""
    from courses import released_copy
    from red_team.grading.arena import AFTER, BEFORE, FULL, NAME, fight

    attacks = importlib.import_module(f"red_team.grading.{name}").ATTACKS
    with tempfile.TemporaryDirectory(prefix="nnlib-attacks-") as folder:
        released = released_copy(Path(tempfile.mkdtemp(dir=folder)), NAME)
        arena = fight(released, Path(folder), attacks, engine)
        harmed = any(arena.points(student) != FULL or arena.gradebook[student] != FULL for student in (BEFORE, AFTER))
        return [{"attack": attack.name, "tries": attack.build.__doc__, "class": name.removeprefix("test_"), "engine": engine,
                 "gained": arena.earned(attack), "honest_harmed": harmed, "said": arena.said(attack).strip(),
                 "seconds": arena.records[attack.student].seconds} for attack in attacks.values()]
