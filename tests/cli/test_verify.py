"""`xqg verify`: all well, or a line a problem and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

from xqg.index.reweight import reweight_index


def damaged(path: Path) -> Path:
    """Flip a byte of one data file; returns the file."""
    file = next((path / "passages.lance" / "data").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return file


def test_all_well(xqg, build) -> None:
    path = reweight_index(build().path, alpha=0.1).path
    result = xqg("verify", path)
    assert result.code == 0
    assert result.err == ""
    assert result.out.startswith(f"{path}: version 2, 7 passages, 7 files, ")
    assert result.out.endswith("kB: all well\n")


def test_all_well_in_json(xqg, build) -> None:
    path = build().path
    report = json.loads(xqg("verify", path, "--json").out)
    assert report.pop("bytes") > 0
    assert report == {
        "path": str(path), "ok": True, "version": 1, "passages": 7, "files": 5, "problems": [], "notes": [],
    }  # fmt: skip


def test_a_note_is_no_problem(xqg, build) -> None:
    path = build().path
    (path / "passages.lance" / "data" / "left.lance").write_bytes(b"left by a kill")
    result = xqg("verify", path)
    assert result.code == 0
    first, second = result.out.splitlines()
    assert first.startswith("note: passages.lance/data/left.lance belongs to no version")
    assert second.endswith("all well")


def test_a_line_a_problem(xqg, build) -> None:
    path = build().path
    file = damaged(path)
    (path / "checksums.json.bak").write_bytes(b"of no matter")
    result = xqg("verify", path)
    assert result.code == 2
    lines = result.out.splitlines()
    assert lines[0].startswith(
        f"passages.lance/data/{file.name}: damaged: its bytes are not those that were written; "
    )
    assert "take it from a backup" in lines[0]
    assert lines[1].startswith("note: ")
    assert "all well" not in result.out
    assert result.err == f"xqg: error: {path}: 1 problem; do what its line says, then verify it again\n"


def test_problems_in_json(xqg, build) -> None:
    path = build().path
    file = damaged(path)
    (path / "work").mkdir()
    (path / "work" / "work.json").write_text('{"command": "add"}')
    result = xqg("verify", path, "--json")
    assert result.code == 2
    assert ": 2 problems; " in result.err
    report = json.loads(result.out)
    assert report["ok"] is False
    assert [one["where"] for one in report["problems"]] == [f"passages.lance/data/{file.name}", "work"]
    assert all(set(one) == {"where", "what", "remedy"} for one in report["problems"])


def test_a_wrong_cache(xqg, build, monkeypatch) -> None:
    path = build().path
    monkeypatch.setattr(
        "xqg.search.cache.check_cache", lambda index: [f"version {index.version} is not its own"]
    )
    result = xqg("verify", path)
    assert result.code == 2
    assert result.out == f"cache: version 1 is not its own; delete {path / 'cache'}\n"


def test_a_byte_of_the_cache(xqg, build, fake_encoder) -> None:
    """Whichever file of an engine is damaged, it is told."""
    from xqg.search import Searcher

    index = build()
    Searcher(index, fake_encoder()).search(["Text number 3."])
    assert xqg("verify", index.path).code == 0
    engines = sorted((index.path / "cache").rglob("*.faiss"))
    assert engines
    for file in engines:
        whole = bytearray(file.read_bytes())
        whole[-1] ^= 1
        file.write_bytes(whole)
        result = xqg("verify", index.path)
        assert result.code == 2
        assert f"delete {index.path / 'cache'}" in result.out


def test_no_index(refused, tmp_path: Path) -> None:
    assert "not an index" in refused("verify", tmp_path)
