"""What killed processes left goes, and what living ones write stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kept.living import in_, names, process
from xqg.errors import XqgError
from xqg.kept import atomic_path, leftovers, partial_folder

# How a process goes about writing a file, a folder, and a folder under its lock.
FILE = ("with kept.atomic_path('big') as path:", " path.write_bytes(bytes(1 << 20))", " READY")
FOLDER = ("with kept.atomic_path('model') as path:", " path.mkdir(); (path / 'w').write_bytes(bytes(9))", " READY")
PARTIAL = ("with kept.partial_folder(Path('out')) as path:", " (path / 'w').write_bytes(bytes(9))", " READY")


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
        start = leftovers._start(alive.pid)
        here, other, nobody = leftovers._host(), "0123abcd", "00000000"
        assert start not in (None, leftovers._short(""), nobody)
        stay = [
            f".a.xqg-{here}-{alive.pid}-{start}-0.part",
            f".b.xqg-{other}-{2**22 + 1}-{nobody}-0.part",  # another computer's
            f".c.xqg-{here}-{alive.pid}-{leftovers._short('')}-0.part",  # its start was not known
            f".d.{alive.pid}-140000000000000.part",
            f".e.{2**22 + 1}.part",  # of an earlier version, changed a moment ago
            ".f.part",
            f"g.xqg-{here}-{2**22 + 1}-{nobody}-0.part",  # not hidden: none of ours
            ".h.partial",  # without a lock: none of ours
        ]
        go = [
            f".A.xqg-{here}-{2**22 + 1}-{nobody}-0.part",  # beyond Linux's largest process number
            f".B.xqg-{here}-{alive.pid}-{nobody}-0.part",  # another process had this number
            f".C.xqg-{here}-{os.getpid()}-{leftovers._start(os.getpid())}-999999.part",  # ours, and nobody writes it
            f".D.{2**22 + 1}-140000000000000.part",
            f".E.{2**22 + 1}.part",
            ".H.partial",
            ".H.partial.lock",
        ]
        for name in [*stay, *go]:
            (tmp_path / name).write_text("x")
            if name.startswith((".D", ".E")):
                os.utime(tmp_path / name, (0, time.time() - leftovers.ABANDONED - 60))
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text("x")
    assert names(tmp_path) == sorted([*stay, "file"])


@pytest.mark.parametrize("moment", [1, 2])
def test_a_kill_while_a_folder_takes_the_place_of_another(tmp_path: Path, moment: int) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("x")
    lines = (
        "replace, calls = os.replace, []",
        "def stop(*paths):",
        " replace(*paths)",
        " calls.append(paths)",
        f" if len(calls) == {moment}: READY",
        "os.replace = stop",
        "with kept.atomic_path('model', replace=True) as path:",
        " path.mkdir(); (path / 'new').write_text('x')",
    )
    with process(*in_(tmp_path, lines)):
        assert (tmp_path / "model").exists() == (moment == 2)
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text("x")
        assert len(names(tmp_path)) == 3  # it may go on
    with atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == ["file", "model"]
    assert names(tmp_path / "model") == (["old"] if moment == 1 else ["new"])


def test_a_zombie_is_dead(tmp_path: Path) -> None:
    with process("READY") as alive:
        assert leftovers._start(alive.pid) is not None
        alive.kill()
        while leftovers._start(alive.pid) is not None:  # killed, and not waited for
            time.sleep(0.01)
        os.kill(alive.pid, 0)
