"""Kernels of the library to a WebAssembly module of a few kilobytes, when the book is built."""
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

MEMORY = 16 << 20                        # bytes; a page cannot use more, and a browser hands it out as it is touched
WORKING = {                              # versions whose output the tests have been through: first, and first too new
    "numba": ((0, 68), (0, 69)),
    "llvmlite": ((0, 50), (0, 51)),
    "ziglang": ((0, 17), (0, 18)),
}
SETTINGS = {                             # of Numba, in the process that compiles; see compile.py
    "NUMBA_OPT": "0", "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_DISABLE_JIT": "0",
    "NUMBA_BOUNDSCHECK": "0", "NUMBA_DISABLE_INTEL_SVML": "1", "NUMBA_DEBUGINFO": "0",
}


class ExportError(Exception):
    """A kernel cannot run in a page, or the tools to export it do not fit; the message says which and what to do."""


@dataclass(frozen=True)
class Module:
    """WebAssembly of some kernels, and for each of them what it takes and gives, in the words of abi.py."""

    code: bytes
    kernels: dict


def missing_tool():
    """Why nothing can be exported here, in one line, or None."""
    if importlib.util.find_spec("ziglang") is None:
        return "ziglang is not installed, whose wasm-ld links them (pip install ziglang)"
    return None


def check_versions():
    """Raises ExportError unless numba, llvmlite and ziglang are of versions that are known to work together."""
    for package, (first, too_new) in WORKING.items():
        version = importlib.metadata.version(package)
        if not first <= tuple(int(n) for n in version.split(".")[:2]) < too_new:
            lower, upper = (".".join(map(str, v)) for v in (first, too_new))
            raise ExportError(f"live figures: {package} is {version}, expected {lower} or newer and older than {upper}.\n"
                              "Install the pinned requirements; to move on to a new version, run tests/test_wasm.py with it "
                              "and change WORKING in nnlib/book/wasm/export.py.")


def export(kernels):
    """One module with all these kernels.

    ``kernels`` is {"nnlib.kernels.relu_forward": ("matrix",), ...}: dotted name, and a word of ``abi.WORDS`` for each
    argument.

    Raises    ExportError if a kernel needs what a page has not, with its name, the reason and what to do
    """
    return export_all({"kernels": kernels})["kernels"]


def export_all(lists):
    """A module for each of these lists of kernels, {name: list}: for several, one process does what they share once."""
    check_versions()
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([sys.executable, "-m", f"{__package__}.compile", folder], input=json.dumps(lists),
                             capture_output=True, text=True, env=os.environ | SETTINGS | {"NUMBA_CACHE_DIR": folder})
        if run.returncode:
            refused = run.stderr.rpartition("refused: ")[2] if "refused: " in run.stderr else run.stderr[-3000:]
            raise ExportError(f"live figures: {refused.strip()}")
        manifests = json.loads(run.stdout)
        return {name: Module(link(Path(folder, f"{name}.o"), manifest), manifest) for name, manifest in manifests.items()}


def link(object_file, manifest):
    """Bytes of the module that an object file and the page's functions make."""
    module_file = object_file.with_suffix(".wasm")
    names = [*manifest, "arena_get", "arena_set", "arena_take"]
    command = [sys.executable, "-m", "ziglang", "wasm-ld", "--no-entry", "--allow-undefined", "--strip-all",
               "--stack-first", "-z", "stack-size=65536", f"--initial-memory={MEMORY}", f"--max-memory={MEMORY}",
               *(f"--export={name}" for name in names), "-o", str(module_file), str(object_file)]
    run = subprocess.run(command, capture_output=True, text=True,
                         env=os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(object_file.parent)})
    if run.returncode:
        raise ExportError(f"live figures: wasm-ld failed:\n{run.stderr.strip()}")
    return module_file.read_bytes()
