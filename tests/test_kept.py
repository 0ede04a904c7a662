"""Files and folders that appear whole or not at all, digests, locks; and what kills leave of them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import numpy as np
import pytest

from xqg import kept
from xqg.errors import XqgError
from xqg.kept import (
    add_digest,
    atomic_path,
    cached,
    is_locked,
    is_whole,
    keep_array,
    kept_array,
    locked,
    partial_folder,
    remove_folder,
    sha256_of,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def process(*lines: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs these lines, says so and sleeps; killed at the end with SIGKILL, if not before."""
    code = "\n".join(("import os, sys, time", "from xqg import kept", *lines))
    command = [sys.executable, "-c", code.replace("READY", "print('ready', flush=True); time.sleep(60)")]
    environment = {**os.environ, "PYTHONPATH": str(Path(kept.__file__).parents[1])}
    one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
        yield one
    finally:
        one.kill()
        one.wait()
        one.stdout.close()


# How a process goes about writing a file, a folder, and a folder under its lock.
FILE = ("with kept.atomic_path('big') as path:", " path.write_bytes(bytes(1 << 20))", " READY")
FOLDER = ("with kept.atomic_path('model') as path:", " path.mkdir(); (path / 'w').write_bytes(bytes(9))", " READY")
PARTIAL = ("with kept.partial_folder(kept.Path('out')) as path:", " (path / 'w').write_bytes(bytes(9))", " READY")


def in_(folder: Path, lines: tuple[str, ...]) -> tuple[str, ...]:
    return (f"os.chdir({str(folder)!r})", *lines)


# Whole or absent


def test_a_file_takes_its_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for content in ("one", "two"):
        with atomic_path(path, sync=content == "two") as temporary:
            temporary.write_text(content)
            assert temporary.parent == path.parent
            assert not path.exists() or path.read_text() == "one"
        assert path.read_text() == content
        assert names(path.parent) == ["file"]


def test_a_folder_takes_its_name_at_the_end(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "folder", sync=True) as temporary:
        (temporary / "below").mkdir(parents=True)
        (temporary / "below" / "file").write_text("x")
    assert (tmp_path / "folder" / "below" / "file").read_text() == "x"
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_nothing(tmp_path: Path, kind: type[BaseException]) -> None:
    (tmp_path / "file").write_text("before")

    def write() -> None:
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text("after")
            raise kind

    with pytest.raises(kind):
        write()
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "before"


def test_a_long_name_and_two_writers_of_it(tmp_path: Path) -> None:
    path = tmp_path / ("名" * 84)  # 252 bytes of 255
    with atomic_path(path) as one, atomic_path(path) as two:
        one.write_text("one")
        two.write_text("two")
    assert path.read_text() == "one"
    assert names(tmp_path) == [path.name]


def test_sync_syncs_content_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        events.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def noted_replace(*paths: Path) -> None:
        events.append("name")
        replace(*paths)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    with atomic_path(tmp_path / "file", sync=True) as temporary:
        temporary.write_text("x")
    assert events == ["file", "name", "folder"]
    events.clear()
    with atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("x")
    assert events == ["name"]


def test_renamed_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with partial_folder(out) as folder:
        (folder / "file").write_text("x")
        assert not out.exists()
        assert folder == tmp_path / ".out.partial"
        assert names(folder) == ["file"]
    assert names(out) == ["file"]
    assert names(tmp_path) == ["out"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    (left / "data").mkdir(parents=True)
    (left / "data" / "old").write_text("x")
    with partial_folder(tmp_path / "out") as folder:
        assert not list(folder.iterdir())
    assert not list((tmp_path / "out").iterdir())


def test_two_builds_of_one_index(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with partial_folder(out) as folder:
        (folder / "file").write_text("x")
        with pytest.raises(XqgError, match="another process is building it"), partial_folder(out):
            pass
        assert (folder / "file").exists()
    assert (out / "file").exists()


def test_made_by_someone_else_meanwhile(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def build() -> None:
        with partial_folder(out):
            out.mkdir()
            (out / "theirs").write_text("x")

    with pytest.raises(XqgError, match="not empty"):
        build()
    assert names(tmp_path) == ["out"]
    assert (out / "theirs").exists()


def test_parent_missing_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="does not exist; create it"), partial_folder(tmp_path / "no" / "out"):
        pass
    (tmp_path / "file").write_text("x")
    with pytest.raises(XqgError, match="is a file"), partial_folder(tmp_path / "file"):
        pass
    with pytest.raises(XqgError, match="does not exist"), partial_folder(tmp_path / "file" / "out"):
        pass


@pytest.mark.parametrize("function", ["mkdir", "open"])
def test_parent_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may write anywhere: permissions prove nothing here.
    monkeypatch.setattr(*((Path, "mkdir") if function == "mkdir" else (os, "open")), refuse)
    with (
        pytest.raises(XqgError, match=r"cannot be made \(Permission denied\)"),
        partial_folder(tmp_path / "x"),
    ):
        pass
    assert not os.listdir(tmp_path)


# Kills


@pytest.mark.parametrize("lines", [FILE, FOLDER, PARTIAL])
@pytest.mark.parametrize("write", ["atomic", "partial"])
def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(
    tmp_path: Path, lines: tuple[str, ...], write: str
) -> None:
    def again(name: str) -> None:
        if write == "partial":
            with partial_folder(tmp_path / f"{name}.folder"):
                return
        with atomic_path(tmp_path / name) as temporary:
            temporary.write_text("x")

    with process(*in_(tmp_path, lines)) as writer:
        before = names(tmp_path)
        assert before
        again("one")
        assert set(before) < set(names(tmp_path))  # it lives: all of its own is there
        writer.kill()
        writer.wait()
        assert set(before) < set(names(tmp_path))
        again("two")
    assert all(name.startswith(("one", "two")) for name in names(tmp_path)), names(tmp_path)


def test_a_folder_that_is_written_again_after_a_kill(tmp_path: Path) -> None:
    with process(*in_(tmp_path, PARTIAL)) as builder:
        with pytest.raises(XqgError, match="another process is building it"), partial_folder(tmp_path / "out"):
            pass
        assert names(tmp_path / ".out.partial") == ["w"]
        builder.kill()
        builder.wait()
        with partial_folder(tmp_path / "out") as folder:
            assert names(folder) == []
    assert names(tmp_path) == ["out"]


def test_whose_a_temporary_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with process("READY") as alive:
        start = kept._start(alive.pid)
        here, other, nobody = kept._host(), "0123abcd", "00000000"
        assert start not in (None, kept._short(""), nobody)
        stay = [
            f".a.xqg-{here}-{alive.pid}-{start}-0.part",
            f".b.xqg-{other}-{2**22 + 1}-{nobody}-0.part",  # another computer's
            f".c.xqg-{here}-{alive.pid}-{kept._short('')}-0.part",  # its start was not known
            f".d.{alive.pid}-140000000000000.part",
            f".e.{2**22 + 1}.part",  # of an earlier version, changed a moment ago
            ".f.part",
            f"g.xqg-{here}-{2**22 + 1}-{nobody}-0.part",  # not hidden: none of ours
            ".h.partial",  # without a lock: none of ours
        ]
        go = [
            f".A.xqg-{here}-{2**22 + 1}-{nobody}-0.part",  # beyond Linux's largest process number
            f".B.xqg-{here}-{alive.pid}-{nobody}-0.part",  # another process had this number
            f".C.xqg-{here}-{os.getpid()}-{kept._start(os.getpid())}-999999.part",  # ours, and nobody writes it
            f".D.{2**22 + 1}-140000000000000.part",
            f".E.{2**22 + 1}.part",
            ".H.partial",
            ".H.partial.lock",
        ]
        for name in [*stay, *go]:
            (tmp_path / name).write_text("x")
            if name.startswith((".D", ".E")):
                os.utime(tmp_path / name, (0, time.time() - kept.ABANDONED - 60))
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text("x")
    assert names(tmp_path) == sorted([*stay, "file"])


def test_a_zombie_is_dead(tmp_path: Path) -> None:
    with process("READY") as alive:
        assert kept._start(alive.pid) is not None
        alive.kill()
        while kept._start(alive.pid) is not None:  # killed, and not waited for
            time.sleep(0.01)
        os.kill(alive.pid, 0)


def test_a_folder_is_removed_at_once_and_under_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    (folder / "below").mkdir(parents=True)
    with locked(folder, "busy"):
        remove_folder(folder)
        assert not folder.exists()
        folder.mkdir()
        with locked(folder, "busy"):  # another folder
            assert names(folder) == [".lock"]
    assert names(tmp_path) == ["parts"]
    assert names(folder) == []
    lines = (
        "kept._remove = lambda path: (print('ready', flush=True), time.sleep(60))",  # a slow disk
        "kept.remove_folder(kept.Path('parts'))",
    )
    with process(*in_(tmp_path, lines)):
        assert not folder.exists()
        assert len(names(tmp_path)) == 1
    with atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == ["file"]


# Locks

HOLD = ("with kept.locked(kept.Path('.'), 'busy'):", " READY")
SOFT = (
    "import filelock",
    "def refuse(*_, **__): raise OSError(37, 'No locks available')",
    "filelock.lock_descriptor = refuse",
)


@pytest.fixture(params=["native", "soft"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Locks of the file system, or the fallback where it has none."""
    if request.param == "soft":

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

        monkeypatch.setattr(filelock, "lock_descriptor", refuse)
    return str(request.param)


def holder(folder: Path, kind: str) -> tuple[str, ...]:
    return in_(folder, (*SOFT, *HOLD) if kind == "soft" else HOLD)


def test_two_processes_and_a_killed_one(tmp_path: Path, kind: str) -> None:
    with process(*holder(tmp_path, kind)) as other:
        assert names(tmp_path) == [".lock" if kind == "native" else ".lock.owner"]
        for _ in range(2):
            assert is_locked(tmp_path)
            with pytest.raises(XqgError, match=r"^it is busy$"), locked(tmp_path, "it is busy"):
                pass
        assert len(names(tmp_path)) == 1
        other.kill()
        other.wait()
        assert len(names(tmp_path)) == 1  # what it left holds nobody up
        assert not is_locked(tmp_path)
    with process(*holder(tmp_path, kind)):
        pass
    with locked(tmp_path, "busy"):
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    assert names(tmp_path) == []


def test_a_process_waits_for_none_and_takes_what_is_free(tmp_path: Path, kind: str) -> None:
    with locked(tmp_path, "busy"):
        lines = in_(tmp_path, (*(SOFT if kind == "soft" else ()), "try:", *(f" {line}" for line in HOLD)))
        lines = (*lines, "except kept.XqgError as error:", " assert str(error) == 'busy'", " READY")
        with process(*lines):
            pass
    with process(*holder(tmp_path, kind)):
        assert is_locked(tmp_path)


def test_threads(tmp_path: Path, kind: str) -> None:
    inside, most, refused = 0, 0, 0
    count = threading.Lock()

    def work() -> None:
        nonlocal inside, most, refused
        for _ in range(50):
            try:
                with locked(tmp_path, "busy"):
                    with count:
                        inside += 1
                        most = max(most, inside)
                    time.sleep(0.0005)
                    with count:
                        inside -= 1
            except XqgError:
                with count:
                    refused += 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert 0 < refused < 200
    assert names(tmp_path) == []


def test_a_folder_that_is_renamed_under_its_lock(tmp_path: Path, kind: str) -> None:
    folder, other = tmp_path / "folder", tmp_path / "other"
    folder.mkdir()
    with locked(folder, "busy"):
        folder.rename(other)
        with pytest.raises(XqgError, match="busy"), locked(other, "busy"):
            pass
        assert is_locked(other)
    assert names(other) == []
    other.rename(folder)
    with locked(folder, "busy"):
        pass
    assert not is_locked(folder)


def test_the_owner_of_another_computer_is_named(tmp_path: Path, kind: str) -> None:
    owner = tmp_path / ".lock.owner"
    owner.write_text("17\nelsewhere\n")
    if kind == "native":
        with locked(tmp_path, "busy"):
            pass
        return
    message = rf"^busy \(process 17 on elsewhere; if it is gone, delete {owner}\)$"
    with pytest.raises(XqgError, match=message), locked(tmp_path, "busy"):
        pass
    owner.write_text("")
    with pytest.raises(XqgError, match=rf"\(if none is there any more, delete {owner}\)$"), locked(tmp_path, "busy"):
        pass


def test_a_folder_that_cannot_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError) as missing, locked(tmp_path / "missing", "busy"):
        pass
    assert missing.value.filename == str(tmp_path / "missing")
    open_ = os.open

    def read_only(path: object, flags: int, *rest: int, **options: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return open_(path, flags, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", read_only)  # root may write anywhere but there
    with pytest.raises(OSError, match="Read-only") as error, locked(tmp_path, "busy"):
        pass
    assert error.value.filename == str(tmp_path)
    assert not is_locked(tmp_path)
    assert names(tmp_path) == []


def test_an_error_without_a_file_gets_the_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as error, locked(tmp_path, "busy"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert error.value.filename == str(tmp_path)
    with pytest.raises(FileNotFoundError) as other, locked(tmp_path, "busy"):
        (tmp_path / "gone").read_text()
    assert other.value.filename == str(tmp_path / "gone")
    assert names(tmp_path) == []


# Digests


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


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

    monkeypatch.setattr(kept, "is_whole", counted)
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


# What can be made again


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
