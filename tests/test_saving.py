"""Networks in files: every layer comes back, and nothing else gets in."""
import json
import pickle
import zipfile

import numpy as np
import pytest

import nnlib as nn
from nnlib.compiling import warm

LAYERS = [name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Layer)
          and name != "Layer"]


@pytest.fixture
def net(rng):
    return nn.Sequential(nn.Affine(3, 4, rng=rng), nn.ReLU(), nn.Affine(4, 2, rng=rng))


@pytest.fixture
def path(tmp_path, net):
    net.save(tmp_path / "net.npz")
    return tmp_path / "net.npz"


def write(path, text, **arrays):
    np.savez(path, **{"nnlib.json": np.array(text)}, **arrays)
    return path


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_gives_the_same_outputs_after_saving_and_loading(name, dtype, tmp_path, rng):
    assert name in warm.LAYERS, f"{name} has no entry in nnlib/compiling/warm.py: add the smallest such layer there."
    layer, x = warm.LAYERS[name](dtype)
    net = nn.Sequential(layer)
    for array in net.state().values():
        array += np.abs(rng.standard_normal(array.shape)).astype(dtype)         # as if trained; variances stay above 0
    net.save(tmp_path / "net")
    loaded = nn.load(tmp_path / "net")

    assert repr(loaded) == repr(net)
    after, before = loaded.forward(x), net.forward(x)
    assert after.dtype == before.dtype
    np.testing.assert_array_equal(after, before)


def test_a_loaded_network_trains_on_as_the_saved_one_would(net, path, rng):
    x, y = rng.standard_normal((6, 3)), rng.integers(0, 2, 6)
    loaded = nn.load(path)
    for each in (net, loaded):
        nn.fit(each, (x, y), loss=nn.SoftmaxCrossEntropy(), optimizer=nn.SGD(0.1), epochs=2)
    for name, array in net.state().items():
        np.testing.assert_array_equal(loaded.state()[name], array)


def test_the_file_has_exactly_the_given_name(tmp_path, net):
    net.save(str(tmp_path / "my net"))
    assert [file.name for file in tmp_path.iterdir()] == ["my net"]


def test_a_save_that_fails_leaves_the_older_file_as_it_was(path, net, monkeypatch):
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space left"):
        net.save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_layer_of_your_own_is_refused_when_saving(tmp_path):
    class Mine(nn.Layer):
        pass

    with pytest.raises(ValueError, match="save: Mine is not a layer of nnlib"):
        nn.Sequential(Mine()).save(tmp_path / "net")
    assert not list(tmp_path.iterdir())


def test_a_layer_of_your_own_is_refused_also_under_a_known_name(tmp_path):
    Affine = type("Affine", (nn.Layer,), {})
    with pytest.raises(ValueError, match="save: Affine is not a layer of nnlib"):
        nn.Sequential(Affine()).save(tmp_path / "net")


def test_a_file_cut_off_anywhere_is_refused(path):
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="load: .* is not a network, or is damaged"):
            nn.load(path)


def test_a_changed_byte_of_the_weights_is_noticed(path):
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("0.w.npy").header_offset + 200
    whole[place] ^= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="damaged"):
        nn.load(path)


def test_a_pickle_is_never_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    (tmp_path / "pickle").write_bytes(pickle.dumps(Bomb()))
    np.savez(tmp_path / "object.npz", **{"nnlib.json": np.array([Bomb()], dtype=object)})
    for name in ("pickle", "object.npz"):
        with pytest.raises(ValueError, match="is not a network, or is damaged"):
            nn.load(tmp_path / name)


def test_arrays_without_a_description_are_refused(tmp_path):
    np.savez(tmp_path / "arrays.npz", w=np.ones(3))
    np.save(tmp_path / "array.npy", np.ones(3))
    for name in ("arrays.npz", "array.npy"):
        with pytest.raises(ValueError, match="is not a network, or is damaged"):
            nn.load(tmp_path / name)


def test_a_file_of_a_newer_format_says_so(tmp_path):
    path = write(tmp_path / "net.npz", json.dumps({"format": 2, "network": {}}))
    with pytest.raises(ValueError, match="in format 2, expected 1"):
        nn.load(path)


@pytest.mark.parametrize("described", [
    {"layer": "os.system"}, {"layer": "Layer"}, {"layer": ["Affine"]}, {"D": 3}, [], None, "Affine",
    {"layer": "Affine", "D": 3}, {"layer": "Affine", "D": -3, "M": 2, "dtype": "float64"},
    {"layer": "Affine", "D": 3, "M": 2, "dtype": "object"}, {"layer": "Affine", "D": 3, "M": 2, "colour": 1},
    {"layer": "Sequential", "layers": [3]}, {"layer": "Sequential", "layers": 3},
], ids=str)
def test_a_description_of_no_network_is_refused(tmp_path, described):
    path = write(tmp_path / "net.npz", json.dumps({"format": 1, "network": described}))
    with pytest.raises(ValueError, match="does not describe a network of this nnlib"):
        nn.load(path)


@pytest.mark.parametrize("arrays", [
    {}, {"w": np.ones((2, 3))}, {"w": np.ones((2, 3)), "b": np.ones(3)}, {"w": np.ones((2, 3)), "b": np.ones(2, np.float32)},
    {"w": np.ones((2, 3)), "b": np.ones(2), "c": np.ones(2)},
], ids=["none", "one missing", "shape", "dtype", "one too many"])
def test_weights_that_do_not_fit_the_layers_are_refused(tmp_path, arrays):
    affine = {"layer": "Affine", "D": 3, "M": 2, "dtype": "float64"}
    path = write(tmp_path / "net.npz", json.dumps({"format": 1, "network": affine}), **arrays)
    with pytest.raises(ValueError, match="do not fit its layers"):
        nn.load(path)


def test_a_file_that_is_not_there_is_not_called_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "nothing")


def test_the_summary_is_a_table_of_layers_shapes_and_counts(capsys):
    nn.Sequential(nn.Affine(784, 200), nn.ReLU(), nn.Affine(200, 10)).summary()
    assert capsys.readouterr().out == """\
layer               output    parameters
----------------------------------------
0 Affine(784, 200)  (N, 200)     157,000
1 ReLU()            (N, 200)
2 Affine(200, 10)   (N, 10)        2,010
----------------------------------------
total                            159,010
"""


def test_the_summary_shows_the_layers_inside_of_layers(capsys, rng):
    net = nn.Sequential(nn.ReLU(), nn.Residual(nn.Affine(3, 3, rng=rng), nn.Tanh()))
    net.summary(np.ones((2, 3)))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["1", "Residual", "(N,", "3)"] in lines
    assert ["1.0", "Affine(3,", "3)", "(N,", "3)", "12"] in lines


def test_the_summary_asks_for_a_batch_where_the_first_layer_does_not_tell_the_shape(capsys):
    nn.Sequential(nn.ReLU(), nn.Affine(3, 2)).summary()
    assert "net.summary(x)" in capsys.readouterr().out


def test_the_summary_leaves_the_network_ready_for_backward(net, rng):
    y = net.forward(rng.standard_normal((5, 3)))
    net.summary()
    assert net.backward(y).shape == (5, 3)
