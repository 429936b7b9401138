"""What nnlib tells the process about threads and memory, and how to keep it from that."""
import json
import os
import subprocess
import sys

import pytest

from nnlib.compiling import threads

CODE = "import json, os; import nnlib; print(json.dumps(dict(os.environ)))"


def imported(**settings):
    """A process that imports nnlib and prints its environment, where nothing else is set about threads."""
    about_threads = (*threads.SPINS, "NNLIB_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in about_threads}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run([sys.executable, "-c", CODE], env=environment | settings, capture_output=True, text=True)


@pytest.mark.parametrize("settings, expected", [
    ({}, threads.SPINS), ({"NNLIB_THREADS": "nnlib"}, threads.SPINS), ({"NNLIB_THREADS": "system"}, {}),
    ({"GOMP_SPINCOUNT": "7"}, threads.SPINS | {"GOMP_SPINCOUNT": "7"}),
    ({"NNLIB_THREADS": "system", "GOMP_SPINCOUNT": "7"}, {"GOMP_SPINCOUNT": "7"})], ids=str)
def test_importing_nnlib_sets_what_is_not_set_unless_it_is_told_to_leave_it(settings, expected):
    done = imported(**settings)
    assert done.returncode == 0, done.stderr
    assert {name: value for name, value in json.loads(done.stdout).items() if name in threads.SPINS} == expected


def test_another_word_is_refused_with_those_that_are_known():
    message = "ValueError: NNLIB_THREADS is 'off', expected 'system' or 'nnlib'.\nSet it to system"
    assert message in imported(NNLIB_THREADS="off").stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked to keep memory")
@pytest.mark.parametrize("choice, calls", [("nnlib", len(threads.KEPT)), ("system", 0)])
def test_the_c_library_is_asked_to_keep_memory_unless_it_is_left_alone(choice, calls, monkeypatch):
    asked = []

    class Library:
        @staticmethod
        def mallopt(parameter, value):
            asked.append(parameter)

    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NNLIB_THREADS", choice)
    monkeypatch.setattr(threads.ctypes, "CDLL", lambda name: Library)
    threads.prepare()
    assert len(asked) == calls
