"""Files of generated queries with malformed rows: JSONL of both layouts, Parquet, folders."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import event, given
from hypothesis import strategies as st

from malformed.shared import (
    BAD_LANGUAGES,
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
from xqg.queries import read_queries

Read = list[tuple[str, str, str]]  # passage id, language, text


@st.composite
def good(draw: st.DrawFn) -> tuple[dict[str, Any], Read]:
    """A row of either layout, and the queries it holds."""
    id_: Any = draw(st.one_of(ENDINGS.map(lambda end: f"p{end}"), st.integers(0, 10**30)))
    text = st.one_of(TEXTS, st.sampled_from(["", "  "]))
    extra: dict[str, Any] = draw(st.sampled_from([{}, {"seed": 3}, {"seed": None, "generator": None}, {"more": [1]}]))
    if draw(st.booleans()):
        language, one = draw(LANGUAGES), draw(text)
        row = {"passage_id": id_, "language": language, "text": one, **extra}
        return row, [(str(id_), language, one)]
    texts = draw(st.lists(text, max_size=3))
    if draw(st.booleans()):
        language = draw(LANGUAGES)
        key = draw(st.sampled_from(["language", "lang"]))
        row = {"docid": id_, key: language, "generated_queries": texts, **extra}
        return row, [(str(id_), language, one) for one in texts]
    row = {"docid": id_, "generated_queries": {"ja": texts, "ru": None, "fi": []}, "note": "n", **extra}
    return row, [(str(id_), "ja", one) for one in texts]


BAD_SEEDS: list[Any] = ["3", 1.5, True, [], {}, float("nan")]
BAD_LISTS: list[Any] = [
    *("text", 7, True, 1.5, None, ["a", 1], ["a", None], [["a"]], ["a", *HALF[:1]], [1]),
    *({"ja": value} for value in ("text", 7, {"a": "b"}, [1], [None], [["a"]], HALF)),
    *({code: ["a"]} for code in ("", "xx", "JA", "ja,ru", *HALF)),
    {"ja": ["a"], "xx": []},
]


@st.composite
def bad(draw: st.DrawFn) -> Line:
    spec = {"passage_id": "p", "language": "ja", "text": "t"}
    hub = {"docid": "p", "language": "ja", "generated_queries": ["t"]}
    texts = [*NO_TEXT, *HALF]
    values: dict[tuple[str, str], list[Any]] = {
        ("spec", "passage_id"): [*texts, None],
        ("spec", "text"): [*texts, 7, None],
        ("spec", "language"): [*BAD_LANGUAGES, None],
        ("hub", "docid"): [*texts, None],
        ("hub", "generated_queries"): BAD_LISTS,
        ("hub", "language"): BAD_LANGUAGES,
        ("both", "seed"): BAD_SEEDS,
        ("both", "generator"): [*texts, 7],
    }
    kind = draw(st.sampled_from(["broken", "broken", *values]))
    row = hub if kind[0] == "hub" or draw(st.booleans()) else spec
    if kind[0] == "spec":
        row = spec
    if kind == "broken":
        return draw(broken(row))
    return Line(json.dumps({**row, kind[1]: draw(st.sampled_from(values[kind]))}).encode(), None, str(kind))


@examples(350)
@given(st.data())
def test_rows(tmp_path: Path, data: st.DataObject) -> None:
    lines, expected = [Line(b'{"passage_id": "p", "language": "ja", "text": "t"}', True)], [("p", "ja", "t")]
    for row, queries in data.draw(st.lists(good(), max_size=3)):
        lines.append(Line(data.draw(as_json(row)), True))
        expected += queries
    folder = tmp_path / "queries"
    folder.mkdir(exist_ok=True)
    path = folder / "b.jsonl"
    (folder / "a.jsonl").write_text('{"passage_id": "0", "language": "ru", "text": ""}\n')
    content, _ = data.draw(as_file(lines))
    path.write_bytes(content)
    assert [(q.passage_id, q.language, q.text) for q in read_queries(path)] == expected
    for wrong in data.draw(st.lists(bad(), min_size=1, max_size=3)):
        at = data.draw(st.integers(0, len(lines)))
        content, numbered = data.draw(as_file([*lines[:at], wrong, *lines[at:]]))
        path.write_bytes(content)
        before = listing(tmp_path)
        event(wrong.why)
        message = refusal(lambda: read_queries(path))
        counted("generated queries", message)
        [number] = [number for number, line in numbered if line.value is None]
        assert message is not None, wrong
        assert message.startswith(f"{path}:{number}: "), (message, wrong)
        assert refusal(lambda: read_queries(folder)) == message
        assert listing(tmp_path) == before


@examples(250)
@given(st.data())
def test_damaged_files(tmp_path: Path, data: st.DataObject) -> None:
    rows = [
        {"passage_id": "p", "language": "ja", "text": "té", "seed": 1, "generator": "g"},
        {"docid": "p", "language": "ja", "generated_queries": ["t"]},
        {"docid": "p", "generated_queries": {"ja": ["té"], "ru": []}},
    ]
    path = tmp_path / "q.jsonl"
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    for content in data.draw(st.lists(damaged(text.encode()), min_size=1, max_size=3)):
        path.write_bytes(content)
        counted("generated queries", refusal(lambda: read_queries(path)))
        assert list(tmp_path.iterdir()) == [path]


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────

NAMES = ["passage_id", "language", "text", "seed", "generator", "docid", "generated_queries", "lang"]
LATE = datetime.datetime(1970, 1, 1) + datetime.timedelta(days=1)
ARRAYS: list[pa.Array] = [
    pa.array([["a", None], ["b"]]),
    pa.array([1, 2]),
    pa.array([1.5, float("nan")]),
    pa.array([True, False]),
    pa.array([b"\xff", b"a"]),
    pa.array([None, None]),
    pa.array([{"ja": ["t"]}, {"ja": None}]),
    pa.array([{"ja": "t"}, {"xx": "t"}]),
    pa.array([[["a"]], []]),
    pa.array([[("ja", ["t"])], [("xx", ["t"])]], pa.map_(pa.string(), pa.list_(pa.string()))),
    pa.array([[("ja", "t")], []], pa.map_(pa.string(), pa.string())),
    pa.array([[(1, ["t"])], []], pa.map_(pa.int64(), pa.list_(pa.string()))),
    pa.array([LATE, None], pa.timestamp("ns")),
    pa.array([2**62, 1], pa.int64()).cast(pa.timestamp("us")),  # a year that Python has not
    pa.array([2**30, 1], pa.int32()).cast(pa.date32()),
    pa.array([1, 3], pa.int64()).cast(pa.timestamp("ns")),  # finer than Python's
    pa.array([1, 3], pa.int64()).cast(pa.duration("ns")),
    pa.array([2**62, 3], pa.int64()).cast(pa.time64("ns"), safe=False),
    pa.StructArray.from_arrays([pa.array(["a", "b"]), pa.array(["a", "b"])], ["ja", "ja"]),
    pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int32()), pa.array(["ja"])),
    pa.array(["\0", "xx"]),
]
PLAIN = {"passage_id": ["p", "q"], "language": ["ja", "ru"], "text": ["t", ""]}
HUB = {"docid": ["p", "q"], "generated_queries": [{"ja": ["t"]}, {"ja": ["u"]}]}


@examples(350)
@given(st.data())
def test_parquet_of_other_types(tmp_path: Path, data: st.DataObject) -> None:
    """A column of any type at any name: the file is refused or read, whatever it is."""
    base = {name: pa.array(values) for name, values in data.draw(st.sampled_from([PLAIN, HUB])).items()}
    path = tmp_path / "q.parquet"
    name = data.draw(st.sampled_from([*NAMES, "other"]))
    number = data.draw(st.integers(0, len(ARRAYS) - 1))
    event(str(ARRAYS[number].type))
    table = pa.table({**base, name: ARRAYS[number]})
    if data.draw(st.integers(0, 5)) == 0:
        table = table.drop_columns([data.draw(st.sampled_from(table.column_names))])
    pq.write_table(table, path)
    before = listing(tmp_path)
    message = refusal(lambda: read_queries(path))
    counted("Parquet", message)
    if table.column_names == [*base, "other"]:
        assert message is None, (message, table.schema)
    assert message is None or message.startswith(f"{path}: "), message
    assert listing(tmp_path) == before


@examples(180)
@given(st.data())
def test_damaged_parquet(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "q.parquet"
    pq.write_table(pa.table(data.draw(st.sampled_from([PLAIN, HUB]))), path)
    whole = path.read_bytes()
    assert refusal(lambda: read_queries(path)) is None
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    path.write_bytes(cut)
    message = refusal(lambda: read_queries(path))
    counted("Parquet", message)
    assert message is not None
    for content in data.draw(st.lists(damaged(whole), min_size=1, max_size=3)):
        path.write_bytes(content)
        counted("Parquet", refusal(lambda: read_queries(path)))
    assert list(tmp_path.iterdir()) == [path]
