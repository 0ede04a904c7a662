"""One writer at a time: processes, threads, killed ones, with locks of the file system and without."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import filelock
import pytest

from kept.living import in_, names, process
from xqg.errors import XqgError
from xqg.kept import is_locked, locked

HOLD = ("with kept.locked(Path('.'), 'busy'):", " READY")
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
        lines = (*lines, "except Exception as error:", " assert (type(error).__name__, str(error)) == ('XqgError', 'busy')", " READY")
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
