"""Question files with malformed rows, and a BEIR folder's judgements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
    NOT_UTF8,
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
from xqg.benchmarks import beir
from xqg.passages import read_questions

BAD_ANSWERS: list[Any] = ["1999", 7, True, {"a": "b"}, [1], [None], ["a", ["b"]], 1.5]


@st.composite
def good(draw: st.DrawFn, number: int) -> dict[str, Any]:
    id_: Any = f"q{number}{draw(ENDINGS)}" if draw(st.booleans()) else 10**number
    row: dict[str, Any] = {"_id": id_, "text": draw(TEXTS), "metadata": {"vector": [float("nan")]}}
    if draw(st.booleans()):
        row["language"] = draw(st.one_of(st.none(), LANGUAGES))
    if draw(st.booleans()):
        row["answers"] = draw(st.one_of(st.none(), st.lists(TEXTS, max_size=2)))
    return row


@st.composite
def bad(draw: st.DrawFn, row: dict[str, Any]) -> Line:
    values = {"_id": [*BAD_IDS, "first"], "text": [*NO_TEXT, 7, None, *BLANK, *HALF], "language": BAD_LANGUAGES}
    values["answers"] = BAD_ANSWERS
    kind = draw(st.sampled_from(["broken", *values]))
    if kind == "broken":
        return draw(broken({**row, "note": "n"}))
    return Line(json.dumps({**row, kind: draw(st.sampled_from(values[kind]))}).encode(), None, kind)


@examples(500)
@given(st.data())
def test_rows(tmp_path: Path, data: st.DataObject) -> None:
    first = {"_id": "first", "text": "t"}
    lines = [Line(json.dumps(first).encode(), first)]
    for number in range(data.draw(st.integers(0, 3))):
        row = data.draw(good(number))
        lines.append(data.draw(bad(row)) if data.draw(st.booleans()) else Line(data.draw(as_json(row)), row))
    content, numbered = data.draw(as_file(lines))
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    before = listing(tmp_path)
    wrong = [number for number, line in numbered if line.value is None]
    for _, line in numbered:
        event(line.why)
    message = refusal(lambda: read_questions(path))
    counted("questions", message)
    if wrong:
        assert message is not None, numbered
        assert message.startswith(f"{path}:{wrong[0]}: "), (message, numbered)
    else:
        assert message is None, message
        rows = [line.value for _, line in numbered]
        expected = [(str(r["_id"]), r["text"], r.get("language") or "en", tuple(r.get("answers") or ())) for r in rows]
        assert [(q.id, q.text, q.language, q.answers) for q in read_questions(path)] == expected
    assert listing(tmp_path) == before


# ── judgements ───────────────────────────────────────────────────────────────────────────────────

HEADER = b"query-id\tcorpus-id\tscore"
BAD_GRADES = ["", "0.5", "1e3", "x", "NaN", "inf", "0x1", "1 1", "--1", "9" * 5000, "½", "\0"]
BAD_JUDGEMENTS = [
    *(f"q1\tp1\t{grade}".encode() for grade in BAD_GRADES),
    *(b"q1\tp1\t" + raw for raw in NOT_UTF8),
    *(b"", b"q1", b"q1\tp1", b"q1 p1 1", b"q1\t0\tp1\t1", b"q1\tp1\t1\t", b"q1,p1,1")[1:],
    *(b"q9\tp1\t1", b"q1\tp9\t1", b"\tp1\t1", b"q1\t\t1", b"Q1\tp1\t1", b"p1\tq1\t1", b"\xef\xbb\xbfq1\tp1\t1"),
    *(b"q1\tp1\t1", b"q1\tp1\t-2"),  # another grade than the first line
    HEADER,
]


def folder(path: Path) -> Path:
    (path / "qrels").mkdir(parents=True, exist_ok=True)
    for name, letter in (("corpus", "p"), ("queries", "q")):
        rows = [{"_id": f"{letter}{n}", "text": f"text {n}"} for n in range(1, 5)]
        (path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@examples(500)
@given(st.data())
def test_judgements(tmp_path: Path, data: st.DataObject) -> None:
    own = folder(tmp_path / "own")
    pairs = [(q, p) for q in range(1, 5) for p in range(1, 5) if (q, p) != (1, 1)]
    some = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3))
    lines = [Line(b"q1\tp1\t2", ("q1", "p1", 2))]
    for q, p in some:
        grade = data.draw(st.integers(-3, 5))
        lines.append(Line(f" q{q}\t p{p} \t{grade}".encode(), (f"q{q}", f"p{p}", grade)))
    lines.extend(Line(raw, None, repr(raw)) for raw in data.draw(st.lists(st.sampled_from(BAD_JUDGEMENTS), max_size=1)))
    head = data.draw(st.sampled_from([HEADER] * 4 + [b"query-id corpus-id score", b"", b"q1\tp1\t1", b"\xff"]))
    content, numbered = data.draw(as_file(lines))
    mark = content[:3] if content.startswith(b"\xef\xbb\xbf") else b""
    path = own / "qrels" / "test.tsv"
    path.write_bytes(mark + head + b"\n" + content[len(mark) :])
    before = listing(tmp_path)
    wrong = [1] if head != HEADER else [number + 1 for number, line in numbered if line.value is None]
    message = refusal(lambda: beir.load(own))
    counted("judgements", message)
    if wrong:
        assert message is not None, (head, numbered)
        assert message.startswith(f"{path}:{wrong[0]}: "), (message, head, numbered)
    else:
        assert message is None, message
        found = beir.load(own).qrels
        given_grades = [line.value for _, line in numbered]
        positive = {q for q, _, grade in given_grades if grade > 0}
        assert {(q, p, grade) for q, of in found.items() for p, grade in of.items()} == {
            row for row in given_grades if row[0] in positive
        }
    assert listing(tmp_path) == before


@examples(200)
@given(st.data())
def test_damaged_folders(tmp_path: Path, data: st.DataObject) -> None:
    own = folder(tmp_path / "own")
    (own / "qrels" / "test.tsv").write_bytes(HEADER + b"\nq1\tp1\t2\nq2\tp2\t1\n")
    assert refusal(lambda: beir.load(own)) is None
    path = own / data.draw(st.sampled_from(["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"]))
    path.write_bytes(data.draw(damaged(path.read_bytes())))
    before = listing(tmp_path)
    counted("BEIR folder", refusal(lambda: beir.load(own)))
    assert listing(tmp_path) == before
