"""What a page gets for a figure: one script with the module, how to call it, and the figure's data.

A script and no module file, because a browser refuses to fetch files from file://.
"""
import base64
import importlib
import importlib.metadata
import json
import sys
import zlib
from pathlib import Path

from ...compiling.cache import sources
from ...files import digest, replacing
from .export import WORKING, Module, export_all

PACKAGE = Path(__file__).parents[2]


def script_of(name, figure, module):
    """Text of <name>.data.js, with the module of the figure."""
    parts = {**portable(module), "data": figure.data()}
    return f"live.supply({json.dumps(name)}, {json.dumps(parts, separators=(',', ':'), ensure_ascii=False)});\n"


def portable(module):
    """The arguments of live.load: the module's bytes, compressed to a third and as text, and how to call it."""
    return {"code": base64.b64encode(zlib.compress(module.code, level=9)).decode(), "kernels": module.kernels}


def cached(figures, folder):
    """{name: module} of figures, from the folder where they were made there from the same sources and versions."""
    stored = {name: folder / f"{name}-{key(figure.KERNELS)}.wasm" for name, figure in figures.items()}
    missing = {name: figures[name].KERNELS for name, file in stored.items()
               if not (file.exists() and file.with_suffix(".json").exists())}
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in (export_all(missing) if missing else {}).items():
        for older in folder.glob(f"{name}-*"):
            older.unlink(missing_ok=True)
        manifest = json.dumps(module.kernels).encode()
        for file, content in ((stored[name], module.code), (stored[name].with_suffix(".json"), manifest)):
            with replacing(file) as new:                 # a module without its manifest does not count
                new.write(content)
    return {name: Module(file.read_bytes(), json.loads(file.with_suffix(".json").read_text()))
            for name, file in stored.items()}


def key(kernels):
    """Hash of the kernel list, of the files that kernels and exporter are made of, and of the tools' versions."""
    versions = [importlib.metadata.version(package) for package in WORKING]
    exporter = [path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".ll")]
    kernel_files = {file for path in kernels for file in sources(home(path))}
    files = sorted({*exporter, PACKAGE / "value.py", *kernel_files})
    return digest(json.dumps([kernels, versions]).encode(), *(path.read_bytes() for path in files))[:16]


def home(path):
    """The file of a kernel: nnlib/kernels/conv.py for nnlib.kernels.conv2d_forward."""
    package, _, name = path.rpartition(".")
    module = importlib.import_module(package)
    defined_in = getattr(getattr(module, name, None), "__module__", package)
    return Path(getattr(sys.modules.get(defined_in), "__file__", None) or module.__file__)
