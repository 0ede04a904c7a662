"""TREC runs with malformed lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import event, example, given
from hypothesis import strategies as st

from malformed.shared import NOT_UTF8, Line, as_file, counted, damaged, examples, listing, refusal
from xqg.evaluation import read_trec, write_trec

GOOD_SCORES = ["1", "-0.5", "1e-3", "+2", "0", "3.4e38", "-3.4e38", "1e-50", ".5", "7."]
BAD_SCORES = ["nan", "NaN", "inf", "-Infinity", "1e39", "-3.5e38", "1e999", "x", "0x10", "1,5", "1.5.2", "--1", "½"]
BAD = [
    *(f"q1 Q0 new 1 {score} t".encode() for score in BAD_SCORES),
    *(b"q1 Q0 new 1 " + raw + b" t" for raw in NOT_UTF8),
    *(b"q1", b"q1 Q0 new 1 0.5", b"q1 Q0 new 1 0.5 t t", b"q1\0Q0\0new\0001\0000.5\0t", b"q1,Q0,new,1,0.5,t"),
    b'{"question": "q1", "passage": "new"}',
    b"q1 Q0 a b 1 0.5 t",
    b"q1 Q0 first 2 0.25 again",
    b"q1\tQ0\tfirst\t2\t0.25\tagain",
    b"x " * 5000,
    "q1 Q0 n\u2028ew 1 0.5 t".encode(),  # white space to Python, as in every other tool that splits
]


@examples(600)
@given(st.data())
def test_lines(tmp_path: Path, data: st.DataObject) -> None:
    lines = [Line(b"q1 Q0 first 1 0.75 t", ("q1", "first", 0.75))]
    for n in range(data.draw(st.integers(0, 3))):
        question, score = data.draw(st.sampled_from(["q1", "q2", "質問", "\0"])), data.draw(st.sampled_from(GOOD_SCORES))
        gap = data.draw(st.sampled_from([" ", "\t", "  ", "\u3000"]))
        passage = data.draw(st.sampled_from([f"p{n}", f"東京{n}", "y" * 5000 + str(n)]))
        text = gap.join([question, "Q0", passage, data.draw(st.sampled_from(["1", "x", "-1"])), score, "tag"])
        lines.append(Line(text.encode(), (question, passage, float(np.float32(score)))))
    lines += [Line(raw, None, repr(raw[:30])) for raw in data.draw(st.lists(st.sampled_from(BAD), max_size=2))]
    lines = [lines[0], *data.draw(st.permutations(lines[1:]))]
    content, numbered = data.draw(as_file(lines))
    path = tmp_path / "run.trec"
    path.write_bytes(content.removeprefix(b"\xef\xbb\xbf"))
    before = listing(tmp_path)
    wrong = [number for number, line in numbered if line.value is None]
    for _, line in numbered:
        event(line.why)
    message = refusal(lambda: read_trec(path))
    counted("runs", message)
    if wrong:
        assert message is not None, numbered
        assert message.startswith(f"{path}:{wrong[0]}: "), (message, numbered)
    else:
        assert message is None, message
        run = read_trec(path)
        assert {(q, p, score) for q, pairs in run.items() for p, score in pairs} == {
            line.value for _, line in numbered
        }
        if "\0" not in content.decode():
            write_trec(tmp_path / "again.trec", run, "t")
            assert read_trec(tmp_path / "again.trec") == run
            (tmp_path / "again.trec").unlink()
    assert listing(tmp_path) == before


@examples(200)
@given(st.data())
def test_damaged_files(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "run.trec"
    path.write_bytes(data.draw(damaged("q1 Q0 tëxt 1 0.75 t\nq1 Q0 b 2 0.5 t\nq2 Q0 a 1 0.5 t\n".encode())))
    counted("runs", refusal(lambda: read_trec(path)))
    assert list(tmp_path.iterdir()) == [path]


@examples(200)
@example(0.5, "p1", "q1", "t")
@given(
    st.sampled_from([float("nan"), float("inf"), -float("inf"), 3.5e38, 1e300, 0.5]),
    st.sampled_from(["", "a b", "a\u2028b", "a\n", "p1"]),
    st.sampled_from(["", "q 1", "\t", "q1"]),
    st.sampled_from(["", "my run", "t"]),
)
def test_what_cannot_be_written(tmp_path: Path, score: float, passage: str, question: str, tag: str) -> None:
    path = tmp_path / "run.trec"
    path.write_text("mine")
    fine = (score, passage, question, tag) == (0.5, "p1", "q1", "t")
    message = refusal(lambda: write_trec(path, {"q0": [("p0", 1.0)], question: [(passage, score)]}, tag))
    counted("runs written", message)
    assert (message is None) == fine
    assert (path.read_text() == "mine") != fine
    assert list(tmp_path.iterdir()) == [path]
