"""One changed bit is noticed, and what can be made again is."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest

from kept.living import names
from xqg.errors import XqgError
from xqg.kept import (
    add_digest,
    cached,
    digests,
    is_whole,
    keep_array,
    keep_bytes,
    kept_array,
    kept_bytes,
    sha256_of,
)


def test_sha256_of_a_file_and_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"abc")
    assert sha256_of(tmp_path / "b") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c").write_bytes(b"")
    assert sha256_of(tmp_path) == hashlib.sha256(b"a/c\x000\x00b\x003\x00abc").hexdigest()


@pytest.mark.parametrize("content", [b"", b"x", bytes(3 << 20)])
def test_a_file_is_whole_to_the_bit(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    assert not is_whole(path)
    path.write_bytes(content)
    assert not is_whole(path)
    add_digest(path)
    sealed = path.read_bytes()
    assert sealed[:-32] == content
    assert is_whole(path)
    rng = np.random.default_rng(0)
    places = range(len(sealed)) if len(sealed) < 100 else [0, len(content), *rng.integers(len(sealed), size=20)]
    for place in places:
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        assert not is_whole(path), place
    for cut in (sealed[:-1], sealed[1:], sealed + b"\0", b""):
        path.write_bytes(cut)
        assert not is_whole(path)


def test_a_folder_is_whole_to_the_bit(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "one").write_bytes(b"1")
    (folder / "below" / "two").write_bytes(b"2")
    assert not is_whole(folder)
    add_digest(folder)
    assert is_whole(folder)
    (folder / "below" / "two").write_bytes(b"3")
    assert not is_whole(folder)
    (folder / "below" / "two").write_bytes(b"2")
    assert is_whole(folder)
    (folder / "below" / "two").rename(folder / "below" / "three")
    assert not is_whole(folder)


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("shape", [(3, 4), (0,), (0, 4)])
def test_an_array_is_whole_or_absent(tmp_path: Path, shape: tuple[int, ...], mapped: bool) -> None:
    path, array = tmp_path / "folder" / "a.npy", np.ones(shape, np.float32)
    assert kept_array(path, mapped) is None
    keep_array(path, array)
    found = kept_array(path, mapped)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.float32
    assert isinstance(found, np.memmap) == (mapped and array.size > 0) or not array.size
    assert names(path.parent) == ["a.npy"]
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        assert kept_array(path, mapped) is None, end


@pytest.mark.parametrize("mapped", [False, True])
def test_a_bit_of_every_byte_counts(tmp_path: Path, mapped: bool) -> None:
    path = tmp_path / "a.npy"
    keep_array(path, np.arange(6, dtype=np.float16))
    content = path.read_bytes()
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert kept_array(path, mapped) is None, place
    path.write_bytes(content)
    assert kept_array(path, mapped) is not None


def test_a_mapped_array_is_read_whole_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, checks = tmp_path / "a.npy", []

    def counted(path: Path) -> bool:
        checks.append(path)
        return is_whole(path)

    monkeypatch.setattr(digests, "is_whole", counted)
    keep_array(path, np.ones(5))
    kept_array(path, mapped=True)
    kept_array(path, mapped=True)
    assert len(checks) == 2  # it is so new that it may change unseen
    os.utime(path, (0, time.time() - 60))
    for _ in range(3):
        assert kept_array(path, mapped=True) is not None
    assert len(checks) == 3
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    assert kept_array(path, mapped=True) is None


def test_an_array_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.npy").mkdir()
    with pytest.raises(XqgError, match=r"a.npy: cannot be written \(Is a directory\); free space"):
        keep_array(tmp_path / "a.npy", np.ones(3))


def write_file(path: Path, value: str) -> None:
    path.write_text(value)


def read_file(path: Path) -> str:
    return path.read_bytes()[:-32].decode()


def write_folder(path: Path, value: str) -> None:
    path.mkdir()
    (path / "value").write_text(value)


def read_folder(path: Path) -> str:
    return (path / "value").read_text()


@pytest.mark.parametrize(("write", "read"), [(write_file, read_file), (write_folder, read_folder)])
def test_made_once_and_again_where_damaged(tmp_path: Path, write, read) -> None:
    path, made = tmp_path / "folder" / "value", []

    def make() -> str:
        made.append(len(made))
        return "as made"

    for _ in range(3):
        assert cached(path, make, read=read, write=write) == "as made"
    assert len(made) == 1
    damaged = path / "value" if path.is_dir() else path
    content = bytearray(damaged.read_bytes())
    content[0] ^= 1
    damaged.write_bytes(content)
    for _ in range(2):
        assert cached(path, make, read=read, write=write) == "as made"
    assert len(made) == 2
    assert names(path.parent) == ["value"]


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    def full(path: Path, value: str) -> None:
        path.write_text(value[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    assert cached(tmp_path / "value", lambda: "value", read=read_file, write=full) == "value"
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("x")
    assert cached(tmp_path / "file" / "v", lambda: "value", read=read_file, write=write_file) == "value"


def test_kept_bytes_are_believed_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    keep_bytes(path, b'{"a":\n1}', sync=True)
    whole = path.read_bytes()
    assert whole == hashlib.sha256(b'{"a":\n1}').hexdigest().encode() + b'\n{"a":\n1}'
    assert kept_bytes(path) == b'{"a":\n1}'
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept_bytes(path) is None, place
        path.write_bytes(whole[:place])
        assert kept_bytes(path) is None, place
    path.unlink()
    with pytest.raises(FileNotFoundError):
        kept_bytes(path)
