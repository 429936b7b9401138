"""Files: whole or not there, whatever happens while they are written; and one hash for many of them."""
import os
import signal
import subprocess
import sys

import pytest

from nnlib.files import digest, digest_of_files, replacing


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"the older content")
    return path


def test_the_file_holds_what_the_block_has_written_and_nothing_else_is_left(path):
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"the older content"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_block_leaves_the_older_file_and_nothing_else(error, path):
    with pytest.raises(error), replacing(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"the older content"
    assert list(path.parent.iterdir()) == [path]


def test_without_an_older_file_an_error_leaves_none(tmp_path):
    with pytest.raises(OSError), replacing(tmp_path / "new") as file:
        file.write(b"half")
        raise OSError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_killed_while_it_writes_leaves_the_older_file(path):
    code = ("import os, signal, sys; from nnlib.files import replacing\n"
            "with replacing(sys.argv[1]) as file:\n"
            "    file.write(b'half'); file.flush(); os.kill(os.getpid(), signal.SIGKILL)")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=environment)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"the older content"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such permissions")
def test_the_permissions_stay_and_those_of_a_new_file_are_the_usual_ones(path):
    path.chmod(0o604)
    usual = path.with_name("usual")
    usual.write_bytes(b"")
    for each in (path, path.with_name("new")):
        with replacing(each) as file:
            file.write(b"new")
    assert path.stat().st_mode & 0o777 == 0o604
    assert path.with_name("new").stat().st_mode == usual.stat().st_mode


def test_the_unfinished_file_lies_in_the_folder_that_is_asked_for(path, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with replacing(path, elsewhere) as file:
        assert sorted(tmp_path.iterdir()) == sorted([path, elsewhere])
        assert len(list(elsewhere.iterdir())) == 1
        file.write(b"new")
    assert path.read_bytes() == b"new" and not list(elsewhere.iterdir())


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path):
    with replacing(tmp_path / ("n" * 255)) as file:
        file.write(b"new")
    assert (tmp_path / ("n" * 255)).read_bytes() == b"new"


def test_two_writers_of_one_file_leave_the_file_of_the_last(path):
    with replacing(path) as last, replacing(path) as first:
        first.write(b"first")
        last.write(b"last")
    assert path.read_bytes() == b"last"
    assert list(path.parent.iterdir()) == [path]


def test_no_two_lists_of_parts_have_the_same_digest():
    lists = [(), (b"",), (b"", b""), (b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"c", b"ab")]
    assert len({digest(*parts) for parts in lists}) == len(lists)


def test_the_digest_of_files_sees_every_name_content_and_part_and_no_order(tmp_path):
    def files(**contents):
        paths = [tmp_path / name for name in contents]
        for path, content in zip(paths, contents.values()):
            path.write_bytes(content)
        return paths

    a, b = files(a=b"1", b=b"2")
    first = digest_of_files([a, b], tmp_path)
    assert digest_of_files([b, a, b, tmp_path, tmp_path / "nothing"], tmp_path) == first
    others = [digest_of_files([a, b], tmp_path, b"more"), digest_of_files([a], tmp_path),
              digest_of_files([a, b], tmp_path.parent), digest_of_files(files(a=b"2", b=b"1"), tmp_path),
              digest_of_files(files(a=b"1", c=b"2"), tmp_path)]
    assert len({first, *others}) == 6
