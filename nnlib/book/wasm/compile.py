"""Kernels to WebAssembly object files; the half of an export that runs in a process of its own.

Numba reads its settings once, at import, and ours differ from those of any other use: no optimisation for the machine at
hand, because LLVM's passes run later, with the page's processor in view, and no cache of what was compiled otherwise.
`export.py` starts this file with kernel lists on standard input, {name of a module: list}; the objects go to the folder
named as argument, the manifests to standard output. What modules share, above all the start of Numba, is done once.
"""
import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path

import llvmlite.binding as llvm
from numba import njit
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

from ... import kernels as library
from . import abi, runtime

TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+bulk-memory,+nontrapping-fptoint"     # every browser since 2023
MATHEMATICS = {"exp", "expm1", "log", "log1p", "log2", "tanh", "sin", "cos", "pow"}    # live.js supplies them
OURS = {"arena_get", "arena_set", "arena_take", "__heap_base"}
REASONS = [                              # what an unknown symbol tells about the kernel
    (r"numba_parallel_for|get_num_threads|do_scheduling", "it runs in threads",
     "Remove parallel=True, or export a kernel with a plain range."),
    (r"numba_(raw_|ez_)?r?x", "it calls linear algebra other than @",
     "Use @ on float64 arrays, or write the loop."),
    (r"numba_.*random|_rnd_|mersenne", "it draws random numbers",
     "Draw them in the page's data and pass them in."),
    (r"^Py|numba_(unpickle|gil)|NRT_", "it needs Python objects",
     "Use arrays and numbers only: no lists, strings or printing."),
]


class Refused(Exception):
    """A kernel cannot run in a page."""


def compile_kernels(wanted):
    """Object file and manifest of the kernels {"nnlib.kernels.name": [words of its arguments]}."""
    run_in_one_thread()
    kernels = {path: find(path) for path in wanted}
    machine = target_machine()
    module = module_for(machine, llvm.parse_assembly((Path(__file__).parent / "runtime.ll").read_text("utf-8")))
    for function in runtime.FUNCTIONS:
        link(module, machine, function, function.__name__, gives_status=False)
    manifest = {}
    for path, words in wanted.items():
        name = path.rpartition(".")[2]
        kernel = kernels[path]
        try:
            call = abi.exported(kernel, words)
            call.compile((abi.FRAME,))
            results = result_type(kernel, words)
            manifest[name] = {"takes": list(words), "gives": abi.results_of(results)}
        except (NumbaError, ValueError, KeyError) as error:
            raise Refused(f"{path}({', '.join(words)}): it does not compile for these arguments: {first_line(error)}.\n"
                          f"Correct the kernel list: the words are {', '.join(abi.WORDS)}.") from None
        link(module, machine, call, name)
    finish(module, machine, set(manifest) | OURS)
    unknown = unknown_functions(module)
    if unknown and len(wanted) > 1:
        for path, words in wanted.items():               # slow, and says which
            compile_kernels({path: words})
    if unknown:
        refuse(path, unknown[0])
    return machine.emit_object(module), manifest


def run_in_one_thread():
    """Take parallel=True from the library's kernels: a page has one thread, and prange is then range."""
    for info in pkgutil.iter_modules(library.__path__, library.__name__ + "."):
        for value in vars(importlib.import_module(info.name)).values():
            if isinstance(value, Dispatcher):
                value.targetoptions.pop("parallel", None)
    library.shares.threads = njit(lambda: 1)


def target_machine():
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3, features=FEATURES)


def find(path):
    """The Numba function of a dotted path."""
    package, _, name = path.rpartition(".")
    kernel = inspect.unwrap(getattr(importlib.import_module(package), name, None), stop=lambda f: isinstance(f, Dispatcher))
    if not isinstance(kernel, Dispatcher):
        raise Refused(f"{path}: there is no kernel of this name.\nCorrect the kernel list, or add the kernel to {package}.")
    return kernel


def result_type(kernel, words):
    return kernel.overloads[tuple(abi.WORDS[word] for word in words)].signature.return_type


def module_for(machine, module):
    """The module, told that its target is the page."""
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    return module


def link(module, machine, function, name, gives_status=True):
    """Add a Numba function and all it calls under a C name, which gives its status (0 is success) or its result."""
    [result] = function.overloads.values()
    text = result.library.get_llvm_str()
    text = re.sub(r'"(target-cpu|target-features|tune-cpu|probe-stack)"="[^"]*"', "", text)
    text = re.sub(r"= common (?:local_unnamed_addr )?global", "= internal global", text)
    # The text of an error is put together from lists and strings; the page hears only that there was one.
    text = re.sub(r"(define [^\n]*raise_with_shape_context[^\n]*\{)\n.*?\n\}", r"\1\n  ret i32 1\n}", text, flags=re.S)
    text = text.replace("@llvm.smul.with.overflow.i64", "@product_of_sizes")
    text += glue(text, result.fndesc.llvm_func_name, name, "status" if gives_status else "value")
    part = module_for(machine, llvm.parse_assembly(text))
    for f in part.functions:
        if not f.is_declaration and f.name != name:
            f.linkage = "internal" if "NRT_" not in f.name and "nrt_" not in f.name else "linkonce_odr"
    module.link_in(part)


def glue(text, mangled, name, returned):
    """Definition of `name`: the Numba function, given room for its result and for its exception, which nobody reads."""
    arguments = llvm.parse_assembly(text).get_function(mangled).arguments
    types = [str(argument.type) for argument in arguments][2:]
    parameters = ", ".join(f"{t} %p{i}" for i, t in enumerate(types))
    return (f'\ndefine i32 @{name}({parameters}) {{\n  %result = alloca ptr\n  %exception = alloca ptr\n'
            f'  %status = call i32 @"{mangled}"(ptr %result, ptr %exception{", " if parameters else ""}{parameters})\n'
            f"  %value = load i32, ptr %result\n  ret i32 %{returned}\n}}\n")


def finish(module, machine, exports):
    """Keep what the page calls, and run LLVM's own passes for the page's processor."""
    for f in module.functions:
        if not f.is_declaration and f.name not in exports:
            f.linkage = "internal"
    for g in module.global_variables:
        if not g.is_declaration:
            g.linkage = "internal"
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_unrolling = False                       # a module is read over slow lines before it runs
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)


def unknown_functions(module):
    """Names of the functions that neither the module nor the page defines."""
    code = re.sub(r"^declare.*$", "", str(module), flags=re.M)      # a declaration alone needs nothing
    return [f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")
            and f.name not in MATHEMATICS | OURS and re.search(rf'@"?{re.escape(f.name)}"?\b', code)]


def refuse(path, symbol):
    why, fix = next(((why, fix) for pattern, why, fix in REASONS if re.search(pattern, symbol)),
                    ("a page has no such function",
                     "Write it as a loop in the kernel, or supply it in nnlib/book/wasm/runtime.ll."))
    raise Refused(f"{path}: cannot run in a page, because {why} ({symbol}).\n{fix}")


def first_line(error):
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0].rstrip(".")


def main():
    manifests = {}
    try:
        for name, wanted in json.load(sys.stdin).items():
            code, manifests[name] = compile_kernels(wanted)
            Path(sys.argv[1], f"{name}.o").write_bytes(code)
    except Refused as error:
        sys.exit(f"refused: {error}")
    json.dump(manifests, sys.stdout)


if __name__ == "__main__":
    main()
