"""`add`, `remove`, `add-language`, `reweight`, `compact`, `history` and `restore` on the command line."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from xqg.index import StoredIndex
from xqg.index.versions import manifests


def jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def index(xqg, own: Path, static_folder: Path, tmp_path: Path) -> Path:
    """tokyo, rome and rhine, two Japanese queries each from a file."""
    queries = [
        {"passage_id": id_, "language": "ja", "text": f"{id_} の質問{n}"}
        for id_ in ("tokyo", "rome", "rhine")
        for n in range(2)
    ]
    made = jsonl(tmp_path / "queries.jsonl", queries)
    out = tmp_path / "index"
    assert xqg("index", own, "--encoder", static_folder, "--queries", made, "--out", out).code == 0
    return out


@pytest.fixture
def more(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "more.jsonl", [{"_id": "oslo", "text": "Oslo lies in Norway."}])


def test_add_with_a_file_of_queries(xqg, index: Path, more: Path, tmp_path: Path) -> None:
    made = jsonl(tmp_path / "new.jsonl", [{"passage_id": "oslo", "language": "ja", "text": "オスロは?"}])
    result = xqg("add", index, more, "--queries", made)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{index}: version 2, 4 passages; 1 added\n"
    assert StoredIndex.open(index).queries("oslo") == {"ja": ["オスロは?"]}
    again = xqg("add", index, more, "--queries", made)
    assert again.out == f"{index}: version 2, 4 passages; nothing to do, it is so already\n"


def test_add_needs_queries_or_to_be_told_none(xqg, refused, index: Path, more: Path) -> None:
    error = refused("add", index, more)
    assert "its generated queries (ja) came from a file; give those of the new passages (--queries)" in error
    assert xqg("add", index, more, "--no-queries").code == 0
    assert StoredIndex.open(index).queries("oslo") == {"ja": []}
    assert "--queries and --no-queries exclude each other" in refused(
        "add", index, more, "--no-queries", "--queries", more
    )
    assert "holds passage 'oslo' already; remove it first, or replace it (--replace)" in refused(
        "add", index, jsonl(more, [{"_id": "oslo", "text": "Changed."}]), "--no-queries"
    )
    replaced = xqg("add", index, more, "--no-queries", "--replace")
    assert replaced.out == f"{index}: version 3, 4 passages; 1 added, 1 replaced\n"
    assert StoredIndex.open(index).passages(["oslo"])[0].text == "Changed."


def test_add_passes_over_bad_rows_where_told(xqg, refused, index: Path, more: Path) -> None:
    more.write_text(more.read_text(encoding="utf-8") + '{"_id": "empty", "text": " "}\n', encoding="utf-8")
    assert "more.jsonl:2: passage 'empty' is empty" in refused("add", index, more, "--no-queries")
    result = xqg("add", index, more, "--no-queries", "--skip-bad")
    side = index.with_name("index.bad.jsonl")
    assert result.out.splitlines() == [
        f"{index}: version 2, 4 passages; 1 added",
        f"skipped: 1 bad rows, 0 passages for their vectors; see {side}",
    ]
    [row] = [json.loads(line) for line in side.read_text(encoding="utf-8").splitlines()]
    assert (row["line"], row["reason"].split(";")[0]) == (2, "passage 'empty' is empty")
    assert StoredIndex.open(index).counts.skipped == 1


def test_remove(xqg, refused, index: Path, tmp_path: Path) -> None:
    assert "no id to remove" in refused("remove", index)
    assert "holds no passage 'nobody'; correct the ids" in refused("remove", index, "rome", "nobody")
    ids = tmp_path / "ids.txt"
    ids.write_text("rome\n\nnobody\n", encoding="utf-8")
    result = xqg("remove", index, "--ids-from", ids, "--missing-ok")
    assert result.out == f"{index}: version 2, 2 passages; 1 removed\n"
    assert "no such file; give a file with one passage id a line" in refused(
        "remove", index, "--ids-from", tmp_path / "absent"
    )
    ids.write_bytes(b"rhine\n\xff\n")
    assert "ids.txt:2: not UTF-8" in refused("remove", index, "--ids-from", ids)
    assert StoredIndex.open(index).ids() == ["tokyo", "rhine"]


def test_add_a_language(xqg, refused, index: Path, tmp_path: Path) -> None:
    made = jsonl(tmp_path / "fi.jsonl", [{"passage_id": "rome", "language": "fi", "text": "Mikä kaatui?"}])
    assert "does not say which generator to use; give --generator MODEL" in refused(
        "add-language", index, "fi"
    )
    assert "no query in 'sv'; choose LANGUAGES from fi" in refused(
        "add-language", index, "sv", "--queries", made
    )
    assert "has generated queries in 'ja' already" in refused(
        "add-language", index, "ja", "--queries", index.parent / "queries.jsonl"
    )
    result = xqg("add-language", index, "fi", "--queries", made)
    assert result.out == f"{index}: version 2, 3 passages; generated queries added: fi 1\n"
    assert StoredIndex.open(index).queries("rome")["fi"] == ["Mikä kaatui?"]


def test_reweight(xqg, refused, index: Path) -> None:
    result = xqg("reweight", index, "--alpha", "0.4", "--languages", "none", "--fusion", "raw")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{index}: version 2, 3 passages; alpha 0.4, raw, no language, engine Flat\n"
    assert StoredIndex.open(index).manifest.weighted == ()
    assert xqg("reweight", index, "--languages", "all").code == 0
    assert StoredIndex.open(index).manifest.weighted == ("ja",)
    assert "nothing to change; give --alpha, --languages, --fusion or --engine" in refused("reweight", index)
    assert "no generated queries in 'fi' are stored" in refused("reweight", index, "--languages", "fi")
    assert "engine 'Nonsense'" in refused("reweight", index, "--engine", "Nonsense")
    assert StoredIndex.open(index).version == 3


def test_compact_history_and_restore(xqg, refused, index: Path, more: Path) -> None:
    xqg("remove", index, "rome")
    xqg("add", index, more, "--no-queries")
    result = xqg("compact", index)
    assert result.out.startswith(f"{index}: version 4, 3 passages; 1 data file; ")
    told = xqg("history", index).out.splitlines()
    assert [line.split()[0] for line in told] == ["version", "1", "2", "3", "4"]
    assert told[2].split()[3:] == ["2", "remove", "removed", "1"]
    rows = json.loads(xqg("history", index, "--json").out)
    assert [row["command"] for row in rows] == ["index", "remove", "add", "compact"]
    assert xqg("restore", index, 1).out == f"{index}: version 5, 3 passages; as version 1 was\n"
    assert StoredIndex.open(index).ids() == ["tokyo", "rome", "rhine"]
    assert "has no version 77; see `xqg history`" in refused("restore", index, 77)
    kept = xqg("compact", index, "--keep", 1)
    assert kept.code == 0
    assert kept.out.startswith(f"{index}: version 5, 3 passages; 1 data file; ")  # smaller, though no new version
    assert "; nothing to do, it is so already; " in xqg("compact", index, "--keep", 1).out
    assert [row["version"] for row in json.loads(xqg("history", index, "--json").out)] == [5]
    assert "has no version 2" in refused("restore", index, 2)


def test_upgrade(xqg, refused, tmp_path: Path) -> None:
    with tarfile.open(Path(__file__).parents[1] / "index" / "format2.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    index = tmp_path / "index"
    for command in ("info", "history", "verify", "compact"):
        assert refused(command, index).endswith(
            f"{index}: index format 2 is of an older xqg (this one reads 3); convert it with `xqg upgrade {index}`\n"
        )
    assert xqg("upgrade", index).out == f"{index}: version 6, 9 passages; converted from format 2 to 3\n"
    assert xqg("upgrade", index).out == f"{index}: version 6, 9 passages; nothing to do, it is so already\n"
    info = xqg("info", index).out
    assert f"{index} (version 6, format 3, xqg" in info
    assert "ja 5.3 % of 19, ru 0.0 % of 16" in info
    assert xqg("verify", index).code == 0


def test_back_from_a_version_that_is_lost(xqg, refused, index: Path) -> None:
    xqg("remove", index, "rome")
    (index / manifests(index)[2]).unlink()
    message = refused("search", index, "a question")
    assert "its latest version was 2, and the latest that is there is 1" in message
    assert f"`xqg restore {index} 1`" in message
    told = f"{index}: version 1, 3 passages; as version 1 was; version 2, which was lost, is given up\n"
    assert xqg("restore", index, 1).out == told
    assert xqg("verify", index).code == 0


@pytest.mark.parametrize("command", ["add", "remove", "reweight", "compact", "history", "restore", "upgrade", "verify"])
def test_a_folder_that_is_no_index(refused, tmp_path: Path, more: Path, command: str) -> None:
    rest = {"add": [more], "remove": ["x"], "reweight": ["--alpha", 0.1], "restore": [1]}.get(command, [])
    assert "not an index (no passages.lance in it)" in refused(command, tmp_path, *rest)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["more.jsonl"]
