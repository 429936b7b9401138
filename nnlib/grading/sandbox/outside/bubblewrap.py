"""The command that starts the fork server where it sees the Python it needs, the library, and nothing else."""
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import view

LIBRARY, CACHE = "/library", "/cache"                     # where the sandbox finds nnlib and compiled kernels
TRY = f"""
import os, sys
sys.path.insert(0, "{LIBRARY}/nnlib/grading/sandbox/inside")
import isolate, syscalls
isolate.unshare()
child = os.fork()
if not child:
    isolate.mount(2 ** 20)
    isolate.give_up_rights(syscalls.program(os.uname().machine))
sys.exit(child and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
ENVIRONMENT = {
    "HOME": "/scratch", "TMPDIR": "/scratch", "PATH": "/venv/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": LIBRARY,
    "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": CACHE, "IPYTHONDIR": "/scratch/.ipython",
    "MPLCONFIGDIR": "/cache/matplotlib", "MPLBACKEND": "agg", "NBGRADER_EXECUTION": "autograde",
}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}     # threads forbid to fork


def command(library, cache, arguments, hidden=()):
    """bwrap, its options, and Python with these arguments. It sees none of the paths ``hidden``, wherever they lie."""
    prefix, base = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    options = ["--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox",
               "--cap-drop", "ALL", "--die-with-parent", "--as-pid-1", "--new-session", "--clearenv",
               "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/fonts", "/etc/fonts"]
    for name in ("/bin", "/lib", "/lib64"):
        options += ["--symlink", os.readlink(name), name] if os.path.islink(name) else ["--ro-bind-try", name, name]
    for outside, inside in view.shown():
        options += ["--ro-bind", str(outside), str(inside)]
    options += ["--ro-bind", str(library / "nnlib"), f"{LIBRARY}/nnlib", "--bind", str(cache), CACHE]
    for path, folder in view.covered(view.unseen(hidden)):
        options += ["--tmpfs", str(path), "--remount-ro", str(path)] if folder else ["--ro-bind", os.devnull, str(path)]
    options += ["--tmpfs", "/scratch", "--dir", "/tmp", "--proc", "/proc", "--dev", "/dev",
                "--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in {**ENVIRONMENT, **ONE_THREAD}.items():
        options += ["--setenv", name, value]
    python = f"{view.VENV}/bin/python" if prefix != base else sys.executable
    return [shutil.which("bwrap") or "bwrap", *options, "--chdir", "/", "--", python, *arguments]


@functools.cache
def isolation():
    """"bubblewrap" where it works, found by running it once, with namespaces in namespaces; else None."""
    if shutil.which("bwrap") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="nnlib-") as cache:
        done = subprocess.run(command(view.here(), Path(cache), ["-c", TRY]), stdin=subprocess.DEVNULL, capture_output=True)
    return "bubblewrap" if done.returncode == 0 else None
