"""Data sets: shapes, labels and seeds of the made ones; MNIST from disk, cache and network, and from none of them."""
import gzip
import hashlib
import os
import struct
import urllib.error
import urllib.request

import numpy as np
import pytest

from nnlib import data

MADE = {"moons": 2, "circles": 2, "spirals": 3, "blobs": 4}


def make(name, N=31, seed=0, **settings):
    classes = {"classes": MADE[name]} if name in ("spirals", "blobs") else {}
    return getattr(data, name)(N, rng=np.random.default_rng(seed), **classes, **settings)


@pytest.mark.parametrize("name", MADE)
def test_made_data_has_a_point_and_a_class_per_example(name):
    x, y = make(name)
    assert (x.shape, y.shape, x.dtype) == ((31, 2), (31,), np.float64)
    assert np.issubdtype(y.dtype, np.integer)
    counts = np.bincount(y)
    assert len(counts) == MADE[name] and counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", MADE)
def test_the_same_seed_makes_the_same_data_and_another_seed_other_data(name):
    np.testing.assert_array_equal(make(name)[0], make(name)[0])
    assert not np.array_equal(make(name)[0], make(name, seed=1)[0])


def test_without_noise_the_circles_have_their_radii():
    x, y = make("circles", noise=0)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 1, 0.5, 1.0))


def test_without_noise_blobs_are_their_centres():
    x, _ = make("blobs", noise=0, distance=3.0)
    np.testing.assert_allclose(np.hypot(*x.T), 3.0)


def test_shapes_are_colour_images_of_four_kinds():
    x, y = data.shapes(30, rng=np.random.default_rng(0))
    assert x.shape == (30, 3, 16, 16) and 0 <= x.min() and x.max() <= 1 and sorted(np.bincount(y)) == [7, 7, 8, 8]
    np.testing.assert_array_equal(x, data.shapes(30, rng=np.random.default_rng(0))[0])


def test_in_grey_a_shape_leaves_nothing_but_the_stripes():
    grey = data.shapes(20, noise=0, rng=np.random.default_rng(0))[0].mean(axis=1) - 0.5
    sums, middle = grey[:, 2:] + grey[:, :-2], grey[:, 1:-1]          # a sine: sin(a + d) + sin(a - d) = 2 cos(d) sin(a)
    factor = (sums * middle).sum(axis=(1, 2)) / (middle ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(sums, factor[:, None, None] * middle, atol=1e-12)


def test_in_colour_the_warm_part_is_what_the_label_names():
    x, y = data.shapes(200, noise=0, rng=np.random.default_rng(0))
    for image, kind in zip(x, y):
        warm = image[0] > image.mean(axis=0)
        shape = warm[warm.any(axis=1)][:, warm.any(axis=0)]
        widths = shape.sum(axis=1).tolist()                           # of the rows, from the top
        cross = len(set(widths)) == 2 and 2 * widths[0] < max(widths)
        looks = [shape.all(), widths[0] < max(widths) > widths[-1] and not cross,
                 widths[0] < widths[-1] == max(widths), cross]
        assert np.flatnonzero(looks).tolist() == [kind]


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("N", [0, -1, 2.5, "10"])
def test_a_number_of_examples_that_is_none_is_refused(name, N):
    with pytest.raises(ValueError, match="data: N is .*, expected a whole number of at least 1"):
        make(name, N)


def test_batches_go_through_all_examples_once_in_the_given_order():
    x = np.arange(10)
    assert [list(xb) for xb, _ in data.batches(x, -x, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_batches_in_random_order_keep_every_example_with_its_target():
    x = np.arange(10)
    parts = list(data.batches(x, -x, 4, np.random.default_rng(0)))
    together = np.concatenate([xb for xb, _ in parts])
    assert [len(xb) for xb, _ in parts] == [4, 4, 2]
    assert sorted(together) == list(x) != list(together)
    np.testing.assert_array_equal(np.concatenate([yb for _, yb in parts]), -together)


@pytest.mark.parametrize("y, batch_size, words", [
    (np.ones(9), 4, "10 examples and y 9"), (np.ones(10), 0, "batch_size is 0"), (np.ones(10), 2.0, "batch_size is 2.0")])
def test_batches_refuse_at_once_what_does_not_fit(y, batch_size, words):
    with pytest.raises(ValueError, match=words):
        data.batches(np.ones(10), y, batch_size)


IMAGES = np.arange(1.0, 6 * 3 * 5 * 4 + 1).reshape(6, 3, 5, 4)           # no two numbers alike, none of them 0


@pytest.mark.parametrize("seed", range(5))
def test_a_shifted_image_is_the_image_moved_within_a_black_frame_all_channels_alike(seed):
    moved = data.shifted(IMAGES, 2, rng=np.random.default_rng(seed))
    frame = np.pad(IMAGES, ((0, 0), (0, 0), (2, 2), (2, 2)))
    for image, framed in zip(moved, frame):
        places = [(i, j) for i in range(5) for j in range(5) if np.array_equal(image, framed[:, i:i + 5, j:j + 4])]
        assert len(places) == 1


def test_images_move_to_all_places_and_each_by_itself():
    middle = np.zeros((300, 1, 3, 3))
    middle[:, 0, 1, 1] = 1
    moved = data.shifted(middle, rng=np.random.default_rng(0))
    assert moved.sum(axis=(1, 2, 3)).tolist() == [1] * 300 and np.all(moved.sum(axis=(0, 1)) > 15)


def test_a_flipped_image_is_the_image_or_its_mirror_image():
    flipped = data.flipped(IMAGES, rng=np.random.default_rng(0))
    kept = [np.array_equal(one, other) for one, other in zip(flipped, IMAGES)]
    assert all(same or np.array_equal(one, other[:, :, ::-1]) for same, one, other in zip(kept, flipped, IMAGES))
    assert 0 < sum(kept) < 6


@pytest.mark.parametrize("change", [data.shifted, data.flipped])
def test_a_change_of_images_follows_its_seed_and_leaves_what_it_was_given(change):
    given = IMAGES.astype(np.float32)
    results = [change(given, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])
    np.testing.assert_array_equal(given, IMAGES)
    assert results[0].dtype == np.float32 and not np.shares_memory(results[0], given)
    np.testing.assert_array_equal(data.shifted(given, 0), given)


def test_a_change_of_images_refuses_rows_and_half_pixels():
    for change in (data.shifted, data.flipped):
        with pytest.raises(ValueError, match=r"x has shape \(2, 64\), expected images \(N, C, H, W\).\n.*reshape"):
            change(np.ones((2, 64)))
    for up_to in (-1, 0.5):
        with pytest.raises(ValueError, match=f"shifted: up_to is {up_to}, expected a whole number of at least 0"):
            data.shifted(IMAGES, up_to)


def test_digits_are_split_in_the_same_way_every_time():
    pytest.importorskip("sklearn")
    (x, y), (x_test, y_test) = data.digits(np.float32)
    assert (x.shape, y.shape, x_test.shape, y_test.shape) == ((1437, 64), (1437,), (360, 64), (360,))
    assert (x.dtype, x.min(), x.max(), set(y_test)) == (np.float32, 0, 1, set(range(10)))
    np.testing.assert_array_equal(data.digits(np.float32)[0][0], x)


def test_the_poem_comes_in_books_of_verses_the_last_two_held_out():
    train, choose, judge = data.paradise_lost()
    assert [len(part) for part in (train, choose, judge)] == [387_669, 40_162, 27_972]
    assert train.count("\n\n") == 9 and "\n\n" not in choose + judge
    assert len(set(train)) == len(set(train + choose + judge)) == 64             # nobody meets an unknown character
    assert train.startswith("Of Man's first disobedience") and judge.endswith("took their solitary way.")
    verses = [verse for part in (train, choose, judge) for verse in part.splitlines() if verse]
    assert all(verse == " ".join(verse.split()) for verse in verses) and max(map(len, verses)) == 60
    assert not set(train.splitlines()) & set(judge.splitlines())


def test_a_poem_that_somebody_has_changed_is_refused(monkeypatch):
    monkeypatch.setattr(data, "PARADISE_LOST_SHA256", "0" * 64)
    with pytest.raises(data.DataError, match="not the file that comes with nnlib.\nInstall nnlib again"):
        data.paradise_lost()


# MNIST, from four small files in its format whose hashes are expected instead of the real ones

def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def files(monkeypatch):
    """{name: uncompressed content} of a small MNIST: 3 and 2 images of 28 x 28."""
    rng = np.random.default_rng(0)
    contents = {}
    for name in data.MNIST_SHA256:
        N = 3 if name.startswith("train") else 2
        shape = (N, 28, 28) if "images" in name else (N,)
        contents[name] = idx(rng.integers(0, 256 if "images" in name else 10, shape, np.uint8))
    monkeypatch.setattr(data, "MNIST_SHA256", {name: hashlib.sha256(each).hexdigest() for name, each in contents.items()})
    return contents


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The user's cache, empty, and no network."""
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    monkeypatch.setattr(data.platformdirs, "user_cache_dir", lambda name: str(tmp_path / "cache" / name))

    def no_network(url, **_):
        raise urllib.error.URLError("no network in tests")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    return tmp_path / "cache" / "nnlib" / "mnist"


def fill(folder, files, *, zipped=True):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / (f"{name}.gz" if zipped else name)).write_bytes(gzip.compress(content) if zipped else content)


class Answer:
    """What urlopen gives: a body, which may end too soon, and the length it should have."""

    def __init__(self, content, length=None):
        self.content, self.headers = content, {"Content-Length": str(length or len(content))}

    def read(self, size):
        part, self.content = self.content[:size], self.content[size:]
        return part

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def serve(monkeypatch, answer):
    """Let urlopen answer with ``answer(url, name of the file)``; the list of addresses asked for."""
    asked = []

    def urlopen(url, **_):
        asked.append(url)
        return answer(url, url.rpartition("/")[2].removesuffix(".gz"))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked


@pytest.mark.parametrize("zipped", [True, False], ids=["gz", "not gz"])
def test_mnist_is_read_from_the_given_folder(zipped, files, cache, tmp_path, monkeypatch):
    fill(tmp_path / "mine" / "mnist", files, zipped=zipped)
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "mine"))
    (x, y), (x_test, y_test) = data.mnist(np.float32)
    assert (x.shape, y.shape, x_test.shape, y_test.shape) == ((3, 784), (3,), (2, 784), (2,))
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    pixels = np.frombuffer(files["train-images-idx3-ubyte"][16:], np.uint8).reshape(3, 784)
    np.testing.assert_array_equal(x, pixels.astype(np.float32) / np.float32(255))


def test_mnist_is_read_from_the_cache_without_a_network(files, cache):
    fill(cache, files)
    assert data.mnist()[0][0].shape == (3, 784)


def test_without_cache_and_network_the_message_says_what_to_do(files, cache):
    with pytest.raises(data.DataError, match="(?s)no mirror answered.*no network in tests.*set NNLIB_DATA.*digits"):
        data.mnist()
    assert not cache.exists()


def test_a_folder_without_the_files_is_named_and_nothing_is_downloaded(files, cache, tmp_path, monkeypatch):
    asked = serve(monkeypatch, lambda url, name: pytest.fail("asked the network"))
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="(?s)holds no train-images.*unset NNLIB_DATA"):
        data.mnist()
    assert asked == []


def test_a_download_fills_the_cache_once(files, cache, monkeypatch):
    asked = serve(monkeypatch, lambda url, name: Answer(gzip.compress(files[name])))
    data.mnist()
    data.mnist()
    assert len(asked) == 4
    assert sorted(path.name for path in cache.iterdir()) == sorted(f"{name}.gz" for name in files)


def test_the_second_mirror_is_asked_when_the_first_does_not_answer(files, cache, monkeypatch):
    def second_only(url, name):
        if url.startswith(data.MNIST_MIRRORS[0]):
            raise urllib.error.URLError("down")
        return Answer(gzip.compress(files[name]))

    serve(monkeypatch, second_only)
    assert data.mnist()[0][0].shape == (3, 784)


def test_a_cut_off_download_never_counts(files, cache, monkeypatch):
    def cut_off(url, name):
        content = gzip.compress(files[name])
        return Answer(content[:len(content) // 2], len(content))

    serve(monkeypatch, cut_off)
    with pytest.raises(data.DataError):
        data.mnist()
    assert not cache.exists() or not list(cache.iterdir())


def test_a_download_of_something_else_never_counts(files, cache, monkeypatch):
    serve(monkeypatch, lambda url, name: Answer(b"<html>Please log in to the network of this hotel</html>"))
    with pytest.raises(data.DataError, match="train-images-idx3-ubyte"):
        data.mnist()
    assert not cache.exists() or not list(cache.iterdir())


def test_a_write_that_is_cut_off_never_looks_like_a_file(files, cache, monkeypatch):
    serve(monkeypatch, lambda url, name: Answer(gzip.compress(files[name])))

    def full_disk(file):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        data.mnist()
    assert not list(cache.iterdir())


@pytest.mark.parametrize("content, words", [
    (gzip.compress(b"other images"), "is not the original"), (b"other images", "is not the original"),
    (gzip.compress(bytes(9999))[:20], "is damaged"), (b"\x1f\x8bnot gzip at all", "is damaged"),
    (b"", "is not the original"),
], ids=["other, gz", "other", "cut off", "no gzip", "empty"])
def test_a_wrong_file_is_refused_by_name_and_left_alone_like_the_others(content, words, files, cache):
    fill(cache, files)
    wrong = cache / "t10k-labels-idx1-ubyte.gz"
    wrong.write_bytes(content)
    before = {path: path.read_bytes() for path in cache.iterdir()}
    with pytest.raises(data.DataError, match=f"t10k-labels-idx1-ubyte.gz {words}(.|\n)*Delete it"):
        data.mnist()
    assert {path: path.read_bytes() for path in cache.iterdir()} == before


@pytest.mark.skipif("NNLIB_DATA" not in os.environ, reason="NNLIB_DATA is not set")
def test_the_real_mnist_has_70_000_images():
    (x, y), (x_test, y_test) = data.mnist(np.float32)
    assert (x.shape, x_test.shape) == ((60_000, 784), (10_000, 784))
    assert (x.min(), x.max()) == (0, 1)
    assert list(y[:5]) == [5, 0, 4, 1, 9] and list(y_test[:5]) == [7, 2, 1, 0, 4]
