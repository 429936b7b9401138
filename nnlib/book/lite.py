"""The notebooks as a site on which they run in the browser: JupyterLite, with Python compiled to WebAssembly (Pyodide).

There is no Numba there, so nnlib takes its plain kernels. Python itself comes from the address of Pyodide, when a notebook
starts.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .builder import BookError


def make(root, contents):
    """Make the site of these notebooks in `_build/lite`, with nnlib as a wheel, and return that folder.

    Raises    BookError if JupyterLite is missing, or the wheel or the site cannot be made
    """
    root, contents = Path(root).resolve(), Path(contents).resolve()
    target = root / "_build" / "lite"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        _run(folder, "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, root)
        wheel, = Path(folder).glob("*.whl")
        _run(folder, "jupyterlite_core", "build", "--contents", contents, "--output-dir", target, "--piplite-wheels", wheel,
             "--apps", "lab", "--apps", "notebooks", "--no-sourcemaps", "--lite-dir", folder)
    return target


def _run(folder, module, *arguments):
    """Run a module in a folder, where JupyterLite leaves a file on how far it came."""
    done = subprocess.run([sys.executable, "-m", module, *map(str, arguments)], capture_output=True, text=True,
                          errors="replace", cwd=folder)
    if done.returncode:
        raise BookError(f"The site with the notebooks was not made: {module} failed.\n"
                        f"{(done.stderr + done.stdout)[-1000:].strip()}\n"
                        "Install what it needs: pip install 'one-gradient[lite]'")
