"""Data sets of the course: made on the spot, bundled with nnlib or scikit-learn, or MNIST from disk or the network."""
import gzip
import hashlib
import os
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import platformdirs
from numpy.lib.stride_tricks import sliding_window_view

from .files import replacing

MNIST_SHA256 = {                         # of the uncompressed files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
PARADISE_LOST_SHA256 = "5cf35191afd62ad8ec4c738cc6bb3c952642e2d2a0bbf19fc56adbd6b9784a77"   # of the compressed file
MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


class DataError(RuntimeError):
    """A data set is missing, damaged, or cannot be fetched; the message says what to do."""


def moons(N=200, *, noise=0.1, rng=None):
    """Two interlocking half circles.

    Shapes    ->  x (N, 2), y (N,) labels 0 and 1
    """
    rng, y = start(N, 2, rng)
    angle = rng.uniform(0, np.pi, N)
    x = np.column_stack([np.cos(angle), np.sin(angle)])
    x[y == 1] = [1.0, 0.5] - x[y == 1]
    return x + noise * rng.standard_normal((N, 2)), y


def circles(N=200, *, noise=0.1, rng=None):
    """A ring of radius 1 around a ring of radius 1/2.

    Shapes    ->  x (N, 2), y (N,) labels 0 (outside) and 1 (inside)
    """
    rng, y = start(N, 2, rng)
    angle = rng.uniform(0, 2 * np.pi, N)
    radius = np.where(y == 1, 0.5, 1.0)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return x + noise * rng.standard_normal((N, 2)), y


def spirals(N=200, *, classes=2, turns=1.0, noise=0.1, rng=None):
    """Arms of a spiral, one for each class.

    Shapes    ->  x (N, 2), y (N,) labels 0 ... classes - 1
    """
    rng, y = start(N, classes, rng)
    radius = np.sqrt(rng.uniform(0.01, 1, N))
    angle = 2 * np.pi * (turns * radius + y / classes)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return 2 * x + noise * rng.standard_normal((N, 2)), y


def blobs(N=200, *, classes=2, distance=2.0, noise=0.5, rng=None):
    """Round clouds with their centres on a circle of radius ``distance``.

    Shapes    ->  x (N, 2), y (N,) labels 0 ... classes - 1
    """
    rng, y = start(N, classes, rng)
    angle = 2 * np.pi * y / classes
    x = distance * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + noise * rng.standard_normal((N, 2)), y


def shapes(N=200, *, noise=0.05, rng=None):
    """Warm squares, discs, triangles and crosses on cool, striped ground: colour images that tell nothing in grey.

    Shape and ground are equally bright: before the noise, the mean of red, green and blue is that of the stripes everywhere.

    Shapes    ->  x (N, 3, 16, 16), y (N,) labels 0 (square), 1 (disc), 2 (triangle), 3 (cross)
    Units     red, green and blue in [0, 1]
    """
    rng, y = start(N, 4, rng)
    rows, columns = np.indices((16, 16))
    down, across = ((place - rng.uniform(5, 10, (N, 1, 1))) for place in (rows, columns))
    v, u = np.array([down, across]) / rng.uniform(3.5, 5, (N, 1, 1))
    far, near = np.maximum(abs(u), abs(v)), np.minimum(abs(u), abs(v))
    inside = np.choose(y[:, None, None], [far < 0.8, u * u + v * v < 1, (2 * abs(u) < v + 1) & (v < 0.8),
                                          (far < 1) & (near < 0.3)])
    angle, period, phase = rng.uniform([[0], [3], [0]], [[np.pi], [8], [2 * np.pi]], (3, N))[:, :, None, None]
    stripes = 0.1 * np.sin(2 * np.pi / period * (rows * np.cos(angle) + columns * np.sin(angle)) + phase)
    warm, cool = rng.uniform(-1, 1, (2, N, 1, 1))
    hue = np.where(inside, warm, np.pi + cool)[:, None] - 2 * np.pi / 3 * np.arange(3).reshape(3, 1, 1)
    x = 0.5 + 0.25 * np.cos(hue) + stripes[:, None] + noise * rng.standard_normal((N, 3, 16, 16))
    return np.clip(x, 0, 1), y


def start(N, classes, rng):
    """A generator, and labels as equally frequent as N allows, in random order."""
    for name, value, least in (("N", N, 1), ("classes", classes, 2)):
        if not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"data: {name} is {value!r}, expected a whole number of at least {least}.")
    rng = np.random.default_rng() if rng is None else rng
    return rng, rng.permutation(np.arange(N) % classes)


def batches(x, y, batch_size, rng=None):
    """Mini-batches (x, y) that go through all examples once, in an order drawn from ``rng``.

    Without ``rng`` the order is the given one. The last batch holds what is left.

    Shapes    x (N, ...), y (N, ...)  ->  pairs of at most batch_size examples
    Raises    ValueError if x and y differ in length, or batch_size is not a whole number of at least 1
    """
    if len(x) != len(y):
        raise ValueError(f"batches: x has {len(x)} examples and y {len(y)}, expected the same number of both.")
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise ValueError(f"batches: batch_size is {batch_size!r}, expected a whole number of at least 1.")
    return cut(x, y, batch_size, None if rng is None else rng.permutation(len(x)))


def cut(x, y, batch_size, order):
    """The generator behind batches, which checks its arguments before the first batch is asked for."""
    for first in range(0, len(x), batch_size):
        chosen = slice(first, first + batch_size) if order is None else order[first:first + batch_size]
        yield x[chosen], y[chosen]


def shifted(x, up_to=1, *, rng=None):
    """Images moved down or up and across by whole numbers drawn for each; what comes in is 0. Labels stay what they are.

    Draw anew for every epoch, and a network sees each image in many places: augmentation.

    Shapes    x (N, C, H, W)  ->  as x
    Units     pixels: each move is at most ``up_to``
    Raises    ValueError if x has another number of axes, or up_to is not a whole number of at least 0
    """
    if not isinstance(up_to, (int, np.integer)) or up_to < 0:
        raise ValueError(f"data.shifted: up_to is {up_to!r}, expected a whole number of at least 0: pixels.")
    N, _, H, W = image_shape(x, "shifted")
    rng = np.random.default_rng() if rng is None else rng
    down, across = rng.integers(2 * up_to + 1, size=(2, N))
    padded = np.pad(x, ((0, 0), (0, 0), (up_to, up_to), (up_to, up_to)))
    return sliding_window_view(padded, (H, W), (2, 3))[np.arange(N), :, down, across]


def flipped(x, *, rng=None):
    """Images, each with an even chance mirrored left to right: augmentation, where a mirror image has the same label.

    Shapes    x (N, C, H, W)  ->  as x
    Raises    ValueError if x has another number of axes
    """
    N = image_shape(x, "flipped")[0]
    rng = np.random.default_rng() if rng is None else rng
    return np.where(rng.random((N, 1, 1, 1)) < 0.5, x[:, :, :, ::-1], x)


def image_shape(x, name):
    """(N, C, H, W) of images, else ValueError."""
    if np.ndim(x) != 4:
        raise ValueError(f"data.{name}: x has shape {np.shape(x)}, expected images (N, C, H, W).\n"
                         "Rows of D = C H W numbers become images with x.reshape(len(x), C, H, W).")
    return np.shape(x)


def digits(dtype=np.float64):
    """The 1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn.

    A small stand-in for ``mnist()``, of the same form: a fixed, shuffled fifth is kept for testing.

    Shapes    ->  (x (1437, 64), y (1437,)), (x_test (360, 64), y_test (360,))
    Units     pixels in [0, 1]
    Source    Alpaydin and Kaynak (1998), Optical recognition of handwritten digits, UCI
    """
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError:
        raise DataError("digits: the images come with scikit-learn, which is not installed.\n"
                        "Install it with: pip install scikit-learn") from None
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = (x[order] / 16).astype(dtype), y[order].astype(np.int64)
    return (x[:1437], y[:1437]), (x[1437:], y[1437:])


def tiny_text():
    """Nine verses written for this book: a text for models of characters, small enough to learn in a minute.

    Shapes    ->  text of 1,764 characters, 36 different ones
    Source    the book itself, CC BY 4.0
    """
    return Path(__file__).with_name("tiny_text.txt").read_text(encoding="utf-8")


def paradise_lost():
    """Milton's poem in twelve books, 455,803 characters, 64 different ones: a text for models of language, in three parts.

    The first part is for learning: books 1 to 10. Book 11 is for choosing settings, book 12 for judging what was chosen.
    There is one verse on each line, and a blank line between books; indents, quotation marks and stray signs are left out.

    Shapes    ->  texts of 387,669, 40,162 and 27,972 characters
    Raises    DataError if the file is not the one that was installed
    Source    John Milton (1674), Paradise Lost, in the public domain; the electronic text is Joseph Raben's (1965)
    """
    content = Path(__file__).with_name("paradise_lost.txt.gz").read_bytes()
    if hashlib.sha256(content).hexdigest() != PARADISE_LOST_SHA256:
        raise DataError("paradise_lost: paradise_lost.txt.gz is not the file that comes with nnlib.\nInstall nnlib again.")
    *known, choose, judge = gzip.decompress(content).decode().strip().split("\n\n")
    return "\n\n".join(known), choose, judge


def mnist(dtype=np.float64):
    """The 70,000 handwritten digits of MNIST, 28 x 28 pixels, one image per row.

    Reads the four IDX files, gzipped or not, from ``$NNLIB_DATA/mnist`` if that variable is set, else
    from the user's cache, which it fills from the network the first time. Every file is verified.
    float32 takes 220 MB, float64 twice that.

    Shapes    ->  (x (60000, 784), y (60000,)), (x_test (10000, 784), y_test (10000,))
    Units     pixels in [0, 1]
    Raises    DataError if a file is missing and cannot be fetched, or is not the original
    Source    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document recognition
    """
    given = os.environ.get("NNLIB_DATA")
    folder = Path(given) / "mnist" if given else Path(platformdirs.user_cache_dir("nnlib")) / "mnist"
    parts = [parse_idx(read_mnist_file(folder, name, may_download=not given)) for name in MNIST_SHA256]
    x, y, x_test, y_test = parts
    return tuple((images.reshape(len(images), -1).astype(dtype) / dtype(255), labels.astype(np.int64))
                 for images, labels in ((x, y), (x_test, y_test)))


def read_mnist_file(folder, name, may_download):
    """Verified, uncompressed content of one of the four files."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return verified(name, path.read_bytes(), path)
    if not may_download:
        raise DataError(f"mnist: {folder} holds no {name}.gz, and NNLIB_DATA says to look there.\n"
                        "Put the four MNIST files there, or unset NNLIB_DATA to download them.")
    content = download_mnist_file(name)
    data = verified(name, content, f"the downloaded {name}.gz")
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / f"{name}.gz") as file:
        file.write(content)
    return data


def verified(name, content, origin):
    """The uncompressed content if it is the original, else DataError; the file itself is left alone."""
    try:
        data = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"mnist: {origin} is damaged ({error}).\nDelete it, then call mnist() again.") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != MNIST_SHA256[name]:
        raise DataError(f"mnist: {origin} is not the original {name}: its SHA-256 is {digest[:12]}..., "
                        f"expected {MNIST_SHA256[name][:12]}....\nDelete it, then call mnist() again.")
    return data


def download_mnist_file(name):
    """Compressed content of one file, from the first mirror that answers."""
    import urllib.request  # here, because most never download, and all wait for import nnlib

    from tqdm import tqdm

    failures = []
    for mirror in MNIST_MIRRORS:
        try:
            with urllib.request.urlopen(f"{mirror}{name}.gz", timeout=30) as response:
                size = int(response.headers.get("Content-Length") or 0)
                with tqdm.wrapattr(response, "read", total=size, desc=name, unit="B", unit_scale=True,
                                     file=sys.stdout) as reader:
                    return b"".join(iter(lambda: reader.read(1 << 16), b""))
        except OSError as error:      # URLError is one
            failures.append(f"  {mirror}{name}.gz: {getattr(error, 'reason', error)}")
    raise DataError("mnist: the files are not in the cache, and no mirror answered:\n" + "\n".join(failures) + "\n"
                    "Connect to the network, or put the four .gz files into a folder mnist and set NNLIB_DATA "
                    "to the folder above it. data.digits() needs no network.")


def parse_idx(data):
    """Array from the IDX format: two zero bytes, type 8 (bytes), number of axes, their lengths, the values."""
    ndim = data[3]
    shape = struct.unpack(f">{ndim}I", data[4:4 + 4 * ndim])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * ndim).reshape(shape)
