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
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}     # threads forbid to fork,
ONE_THREAD["NUMBA_THREADING_LAYER"] = "workqueue"         # and so does OpenMP, once it was used with a single one


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


def isolation():
    """"bubblewrap" where it works, else None."""
    return None if obstacle() else "bubblewrap"


@functools.cache
def obstacle():
    """Why no sandbox can be made here, and what to do, or ""; found by making one, with namespaces in namespaces."""
    if not sys.platform.startswith("linux"):
        return f"it needs Linux, and this is {sys.platform}.\nGrade in a Linux container or virtual machine."
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed.\nInstall it, apt-get install bubblewrap, or grade with --unsafe."
    with tempfile.TemporaryDirectory(prefix="nnlib-") as cache:
        done = subprocess.run(command(view.here(), Path(cache), ["-c", TRY]), stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode == 0:
        return ""
    words = done.stderr.decode(errors="replace").strip().splitlines() or [f"it ends with exit code {done.returncode}"]
    return (f"bubblewrap is installed, but cannot make namespaces here ({words[-1][:200]}).\nAllow them: "
            "sysctl kernel.unprivileged_userns_clone=1 or, on Ubuntu, kernel.apparmor_restrict_unprivileged_userns=0;\n"
            "start a container with --security-opt seccomp=unconfined; or grade with --unsafe, which labels every mark.")
