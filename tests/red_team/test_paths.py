"""Attacks on files: the course, the gradebook, other submissions and the machine are not there."""
import os
from pathlib import Path

import pytest

import nnlib

ROOT = Path(nnlib.__file__).resolve().parents[1]


@pytest.mark.parametrize("path", [
    ROOT / "exercises", ROOT / "tests", ROOT / "pyproject.toml", ROOT / "nnlib", Path.home(), "/etc/passwd", "/etc/shadow",
    "/var",
    "/proc/1", "/proc/self/environ", "/proc/meminfo", "/sys/fs/cgroup", "/run", "/mnt", "/boot", "/work",
], ids=str)
def test_a_path_of_the_machine_is_not_there(attack, path):
    outcome, _ = attack(f"import os\nprint(os.path.exists({str(path)!r}) and os.listdir({str(path)!r}))")
    seen = outcome.output.strip()
    inside = seen.startswith("[") and path == Path.home()            # only the way to Python leads through it
    assert seen == "False" or (
        inside and set(eval(seen)) <= {Path(os.path.realpath("/proc/self/exe")).relative_to(path).parts[0]})


def test_nothing_outside_the_scratch_folders_can_be_written(attack):
    outcome, _ = attack(
        "import os\nfor folder, folders, files in os.walk('/'):\n"
        "    if folder.count('/') > 3 or folder.startswith(('/scratch', '/tmp', '/cache', '/proc', '/dev/shm')):\n"
        "        folders[:] = []; continue\n"
        "    try:\n        open(folder + '/left', 'w'); print(folder)\n    except OSError: pass\n"
        "    for name in files[:3]:\n"
        "        if folder.startswith('/dev'): continue\n"
        "        try: open(os.path.join(folder, name), 'r+'); print(folder, name)\n"
        "        except OSError: pass\nprint('end')")
    assert outcome.output == "end\n"


@pytest.mark.parametrize("folder", ["/scratch", "/tmp", "/dev/shm", "/cache", "."])
def test_what_one_submission_writes_the_next_does_not_find(sandbox, folder):
    with sandbox.session() as session:
        assert session.run(f"open('{folder}/numpy.py', 'w').write('x')").error == ""
    with sandbox.session() as session:
        assert session.run(f"import os\nprint(os.path.exists('{folder}/numpy.py'))").output == "False\n"


def test_its_own_files_are_there(attack):
    outcome, _ = attack("print(open('data.csv').read())")
    assert outcome.output == "1,2\n"


@pytest.mark.parametrize("code", [
    "import ctypes\nprint(ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None))",
    "import ctypes\nprint(ctypes.CDLL(None).umount2(b'/tmp', 2))",
    "import os\ntry: os.chroot('/'); print(0)\nexcept OSError: print(-1)",
    "import os\ntry: os.setuid(0); print(0)\nexcept OSError: print(-1)",
    "import ctypes\nprint(ctypes.CDLL(None).ptrace(16, 1, 0, 0))",
], ids=["mount", "umount", "chroot", "setuid", "ptrace the keeper"])
def test_a_submission_has_no_rights(attack, code):
    outcome, _ = attack(code)
    assert outcome.output == "-1\n"


def test_the_environment_tells_nothing(attack, monkeypatch):
    outcome, _ = attack("import os\nprint(sorted(os.environ))")
    assert not {"NNLIB_COURSE", "USER", "PYTEST_CURRENT_TEST", "LOGNAME"} & set(eval(outcome.output))
