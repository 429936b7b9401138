"""What every benchmark does with its numbers: say where they come from, and write them to benchmarks/results."""
import datetime
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("nnlib", "numpy", "scipy", "numba", "torch", "jax", "scikit-learn", "nbgrader", "otter-grader")


def write(name, numbers):
    """Keep the numbers of one benchmark as JSON, with the machine, versions, command and date; return the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    origin = {"command": f"python -m benchmarks {name}", "date": datetime.date.today().isoformat(),
              "machine": machine(), "versions": {package: version(package) for package in PACKAGES}}
    path.write_text(json.dumps(origin | numbers, indent=1) + "\n")
    return path


def machine():
    """Processor, its widest vector instructions, cores that this process may use, memory in GB, operating system."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                 if line.startswith("model name")]
        cpu = names[0] if names else cpu
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30 if hasattr(os, "sysconf") else None
    found = np.show_config(mode="dicts").get("SIMD Extensions", {})
    instructions = [*found.get("baseline", []), *found.get("found", [])]
    return {"processor": cpu, "instructions": instructions, "cores": cores, "memory_gb": memory and round(memory, 1),
            "system": platform.system(), "python": platform.python_version()}


def version(package):
    """The installed version, or that there is none."""
    if package == "nnlib":
        import nnlib
        return nnlib.__version__
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def summary(values):
    """Median and quartiles of repeated measurements."""
    lower, median, upper = np.percentile(values, [25, 50, 75])
    return {"median": float(f"{median:.5g}"), "lower_quartile": float(f"{lower:.5g}"),
            "upper_quartile": float(f"{upper:.5g}"), "measurements": len(values)}


def table(rows):
    """Rows of texts, the first of them the head, as aligned lines."""
    from nnlib.text_table import text_table  # here, after measuring: processes inherit what nnlib tells its threads
    return text_table(rows)


def python(code, **environment):
    """What a fresh Python process prints when it runs the code, as JSON."""
    result = subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"A measured process failed:\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])
