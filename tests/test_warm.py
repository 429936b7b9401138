"""The table behind `nnlib warm`: no kernel is forgotten, and what it compiles is what training uses."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnlib as nn
from nnlib import kernels
from nnlib.compiling import warm

NAMES = [*warm.LAYERS, *warm.LOSSES, *warm.OPTIMIZERS]
COMPILES = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"
pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def compiled():
    """{kernel: signatures} after all that the table does."""
    for name in NAMES:
        warm.compile_for(name)
    return signatures()


def signatures():
    return {name: set(getattr(kernels.unchecked, name).signatures) for name in kernels.__all__}


@pytest.mark.skipif(not COMPILES, reason="nothing is compiled")
@pytest.mark.parametrize("name", kernels.__all__)
def test_every_kernel_is_compiled_for_both_dtypes(compiled, name):
    arrays = {str(kind.dtype) for signature in compiled[name] for kind in signature if hasattr(kind, "dtype")}
    assert {"float32", "float64"} <= arrays, (f"{name}: add the layer, loss or optimizer that calls it "
                                              "to nnlib/compiling/warm.py.")


@pytest.mark.skipif(not COMPILES, reason="nothing is compiled")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_compiles_nothing_more(compiled, dtype, rng):
    x, y = rng.standard_normal((20, 5)).astype(dtype), rng.integers(0, 3, 20)
    net = nn.Sequential(nn.Affine(5, 4, rng=rng, dtype=dtype), nn.BatchNorm(4, dtype=dtype), nn.ReLU(), nn.Dropout(0.2),
                        nn.Residual(nn.Affine(4, 4, rng=rng, dtype=dtype), nn.Tanh()), nn.Affine(4, 3, rng=rng, dtype=dtype))
    for optimizer in (nn.SGD(0.1, momentum=0.9, clip_norm=0.01), nn.AdamW()):
        nn.fit(net, (x, y), loss=nn.SoftmaxCrossEntropy(), optimizer=optimizer, batch_size=7, validation=(x, y), rng=rng)
    assert signatures() == compiled


def run(code, folder, home):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA", "XDG"))}
    return subprocess.run([sys.executable, "-c", code], cwd=folder, text=True, capture_output=True,
                          env=environment | {"HOME": str(home), "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"})


@pytest.fixture
def read_only(tmp_path):
    """A copy of the package with no room for a cache: root may write anywhere, but not into a file."""
    package = Path(nn.__file__).parent
    shutil.copytree(package, tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (tmp_path / "nnlib" / "compiling", tmp_path / "nnlib" / "kernels"):
        (folder / "__pycache__").write_text("")
    return tmp_path


STEP = ("import nnlib as nn, numpy as np; nn.ReLU().forward(np.ones(3)); "
        "print(nn.kernels.unchecked.relu_forward.stats.cache_path)")


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is not what Windows asks")
def test_where_the_package_is_read_only_the_cache_is_in_the_users_folder(read_only, tmp_path):
    done = run(STEP, read_only, tmp_path / "home")
    folder = Path(done.stdout.strip())
    assert tmp_path / "home" in folder.parents, done.stderr
    assert list(folder.glob("activations.relu_forward*.nbc"))


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is not what Windows asks")
def test_where_nothing_can_be_written_the_cache_lasts_as_long_as_the_process(read_only, tmp_path):
    (tmp_path / "file").write_text("")
    done = run(STEP, read_only, tmp_path / "file" / "home")
    assert done.returncode == 0, done.stderr
    assert done.stdout and not Path(done.stdout.strip()).exists()
