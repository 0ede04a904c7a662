"""Passage files with malformed rows: the bad ones are named, the good ones are kept."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from malformed.shared import (
    BAD_IDS,
    BAD_LANGUAGES,
    BLANK,
    ENDINGS,
    HALF,
    LANGUAGES,
    NO_TEXT,
    TEXTS,
    Line,
    as_file,
    as_json,
    broken,
    counted,
    damaged,
    examples,
    listing,
    refusal,
)
from xqg.passages import PassageFile, read_passages, write_bad_rows

FIRST = {"_id": "first", "text": "t", "year": 1999, "tags": ["a"], "note": "n", "flag": True, "score": 0.5}
GOOD_FIELDS: list[dict[str, Any]] = [
    {},
    {"year": 2**60, "score": 3},
    {"tags": [], "note": "", "flag": False},
    {"year": None, "metadata": {}},
    {"nested": {"a": [1, {"b": None}]}},
    {"nested": [[1, 2], []]},
    {"_own": "x" * 50_000},
]
BAD_FIELDS: list[dict[str, Any]] = [
    *({name: 1} for name in ("", "a b", "1x", "é", "a.b", "x" * 40 + "-", "\0", "a'; DROP TABLE")),
    *({name: 1} for name in ("vector", "Text", "ID", "block", "queries_ja", "sum_x", "COUNT_", "removed_", "_rowid")),
    *({"value": value} for value in (float("nan"), float("inf"), 2**63, -(2**63) - 1, 10**300, *HALF)),
    *({"value": value} for value in (HALF[:1], {"a": float("nan")}, {"a": HALF[0]}, [[HALF[0]]])),
    {"year": "1999"},
    {"year": True},
    {"year": [1999]},
    {"tags": "a"},
    {"note": 3},
    {"flag": 1},
    {"score": 2**53 + 1},
    {"score": "0.5"},
]


@st.composite
def good(draw: st.DrawFn, number: int) -> dict[str, Any]:
    id_: Any = f"p{number}{draw(ENDINGS)}" if draw(st.booleans()) else 10**number
    row = {"_id": id_, "text": draw(TEXTS), **draw(st.sampled_from(GOOD_FIELDS))}
    if draw(st.booleans()):
        row["title"] = draw(st.one_of(st.none(), TEXTS))
    if draw(st.booleans()):
        row["language"] = draw(st.one_of(st.none(), LANGUAGES))
    return row


@st.composite
def bad(draw: st.DrawFn, row: dict[str, Any], alone: bool) -> Line:
    """A bad line; `alone`: no other is before it, so that it can repeat nothing."""
    kinds = ["broken", "broken", "_id", "text", "title", "language", "lacks", "field", "field"]
    kind = draw(st.sampled_from(kinds if alone else [*kinds, "again"]))
    if kind == "broken":
        return draw(broken({**row, "note": "n"}))
    if kind == "again":
        row = {**row, "_id": "first"}
    elif kind == "lacks":
        gone = draw(st.sampled_from(["_id", "text"]))
        row = {name: value for name, value in row.items() if name != gone}
    elif kind == "field":
        fields = BAD_FIELDS[:-8] if alone else BAD_FIELDS
        row = {**row, **draw(st.sampled_from(fields))}
    else:
        texts = [*NO_TEXT, 7, *HALF]
        values = {"_id": BAD_IDS, "text": [*texts, None, *BLANK], "title": texts, "language": BAD_LANGUAGES}
        row = {**row, kind: draw(st.sampled_from(values[kind]))}
    return Line(json.dumps(row).encode(), None, kind)


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Lines of a passage file, one at least; most files have a bad one."""
    found: list[Line] = []
    if draw(st.integers(0, 9)):
        found.append(Line(json.dumps(FIRST).encode(), FIRST))
    for number in range(draw(st.integers(0 if found else 1, 6))):
        row = draw(good(number))
        if draw(st.integers(0, 2)):
            alone = not any(line.value is FIRST for line in found)
            found.append(draw(bad(row, alone)))
        else:
            found.append(Line(draw(as_json(row)), row))
    return found


def expected(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return str(row["_id"]), row.get("title") or "", row["text"], row.get("language") or "en"


@examples(650)
@given(st.data())
def test_rows(tmp_path: Path, data: st.DataObject) -> None:
    content, numbered = data.draw(as_file(data.draw(lines())))
    path = tmp_path / ("p.jsonl.gz" if data.draw(st.integers(0, 4)) == 0 else "p.jsonl")
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    before = listing(tmp_path)
    kept = [expected(line.value) for _, line in numbered if line.value is not None]
    wrong = [number for number, line in numbered if line.value is None]
    for _, line in numbered:
        event(line.why)

    strict = refusal(lambda: read_passages(path))
    if not kept or not wrong:  # else its bad rows are counted
        counted("passage files", strict)
    assert strict == refusal(lambda: PassageFile(path))
    if wrong:
        assert strict is not None, numbered
        assert strict.startswith(f"{path}:{wrong[0]}: "), (strict, numbered)
    else:
        assert strict is None, strict
        assert [(p.id, p.title, p.text, p.language) for p in read_passages(path)] == kept

    if kept:
        found = PassageFile(path, skip_bad=True)
        assert [(p.id, p.title, p.text, p.language) for p in found] == kept
        assert [row.line for row in found.bad] == wrong
        for row in found.bad:
            counted("rows of passage files", row.reason)
        assert all(row.reason and str(path) not in row.reason for row in found.bad)
    else:
        assert f"{path}:{wrong[0]}: " in str(refusal(lambda: PassageFile(path, skip_bad=True)))
    assert listing(tmp_path) == before
    path.unlink()


@examples(400)
@given(st.data())
def test_damaged_files(tmp_path: Path, data: st.DataObject) -> None:
    rows = [json.dumps({**row, "text": "tëxt"}, ensure_ascii=False) for row in (FIRST, {"_id": "2"}, {"_id": "3"})]
    path = tmp_path / "p.jsonl"
    path.write_bytes(data.draw(damaged("\n".join(rows).encode())))
    strict = refusal(lambda: read_passages(path))
    counted("passages", strict)
    assert strict == refusal(lambda: PassageFile(path))
    lenient = refusal(lambda: list(PassageFile(path, skip_bad=True)))
    assert strict is not None or lenient is None
    assert list(tmp_path.iterdir()) == [path]


@examples(200)
@given(st.data())
def test_damaged_archives(tmp_path: Path, data: st.DataObject) -> None:
    row = json.dumps(FIRST).encode()
    whole = gzip.compress(b"\n".join(row.replace(b"first", b"%d" % n) for n in range(200)), mtime=0)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    content = data.draw(st.one_of(st.just(cut), damaged(whole), st.sampled_from([row, b"\x1f\x8b", whole + row])))
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(content)
    strict = refusal(lambda: read_passages(path))
    counted("passages", strict)
    assert strict == refusal(lambda: PassageFile(path))
    assert strict is not None or content != cut
    refusal(lambda: list(PassageFile(path, skip_bad=True)))
    assert list(tmp_path.iterdir()) == [path]


@examples(100)
@given(st.data())
def test_the_file_of_bad_rows_holds_what_was_there(tmp_path: Path, data: st.DataObject) -> None:
    """Half surrogates and bytes that are not UTF-8 are no reason to lose the list of them."""
    wrong = [data.draw(bad(data.draw(good(number)), alone=False)) for number in range(4)]
    content, numbered = data.draw(as_file([Line(json.dumps(FIRST).encode(), FIRST), *wrong]))
    path, side = tmp_path / "p.jsonl", tmp_path / "bad.jsonl"
    path.write_bytes(content)
    write_bad_rows(side, path, PassageFile(path, skip_bad=True).bad)
    rows = [json.loads(line) for line in side.read_text("utf-8").split("\n")[:-1]]
    assert [row["line"] for row in rows] == [number for number, line in numbered if line.value is None]
    assert {path.name for path in tmp_path.iterdir()} == {"p.jsonl", "bad.jsonl"}


@pytest.mark.parametrize("name", ["none.jsonl", ".", "x" * 300 + ".jsonl", "\udcff.gz", "p.jsonl/x"])
def test_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "p.jsonl").write_text("")
    for read in (read_passages, PassageFile):
        assert refusal(lambda read=read: read(tmp_path / name)) is not None
