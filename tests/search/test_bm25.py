"""BM25 against the formula worked out by hand."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.search.bm25 import Bm25Engine
from xqg.search.ranking import tie_order

# Words of two letters are one token each, so that lengths can be counted: 3, 2, 1; on average 2.
TEXTS = ["ab ab cd", "ab ef", "gh"]
IDS = ["p1", "p2", "p3"]


@pytest.fixture(scope="module")
def engine() -> Bm25Engine:
    return Bm25Engine.build(TEXTS, IDS)


def test_scores_by_hand(engine: Bm25Engine) -> None:
    ab = log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # ln 1.6
    cd = log(1 + (3 - 1 + 0.5) / (1 + 0.5))  # ln 2.666…
    # k1·(1 - b + b·|d|/avg) is 0.9·(0.6 + 0.4·1.5) = 1.08 for p1 and 0.9·(0.6 + 0.4·1) = 0.9 for p2.
    expected = [ab * 2 / 3.08 + cd * 1 / 2.08, ab * 1 / 1.9, 0.0]
    assert expected[0] == pytest.approx(0.776749, abs=1e-6)
    assert engine.scores("cd ab").tolist() == pytest.approx(expected, rel=1e-6)
    assert engine.scores("cd ab unknown").tolist() == engine.scores("cd ab").tolist()
    assert engine.scores("ab ab")[1] == pytest.approx(2 * ab / 1.9, rel=1e-6)  # a token of q counts each time


def test_other_parameters_by_hand() -> None:
    plain = Bm25Engine.build(TEXTS, IDS, k1=1.5, b=0.0)  # lengths do not matter
    ab = log(1.6)
    assert plain.scores("ab").tolist() == pytest.approx([ab * 2 / 3.5, ab / 2.5, 0.0], rel=1e-6)


def test_only_texts_that_share_a_token_are_found(engine: Bm25Engine) -> None:
    scores, rows = engine.search("ab", 10)
    assert rows.tolist() == [0, 1]
    assert scores.dtype == np.float32
    assert (scores > 0).all()
    assert engine.search("ab", 1)[1].tolist() == [0]
    for text in ("zz", "", "?!"):
        assert engine.search(text, 10)[1].tolist() == []
        assert engine.scores(text).tolist() == [0.0, 0.0, 0.0]


def test_a_token_of_every_text_still_counts() -> None:
    # ln(1 + 0.5/2.5) is above 0, unlike Robertson's idf
    assert Bm25Engine.build(["ab", "ab cd"], ["a", "b"]).search("ab", 2)[1].tolist() == [0, 1]


def test_ties_by_id_descending_wherever_the_texts_stand() -> None:
    for ids in (["a", "c", "b"], ["b", "a", "c"]):
        engine = Bm25Engine.build(["same text"] * 3, ids)
        for k in (1, 2, 3):
            assert [ids[row] for row in engine.search("text", k)[1]] == ["c", "b", "a"][:k]


def test_scripts_without_spaces() -> None:
    texts = [
        "日本の首都は東京です。",
        "フランスの首都はパリです。",
        "ประเทศไทยมีเมืองหลวงคือกรุงเทพ",
        "대한민국의 수도는 서울이다",
    ]
    engine = Bm25Engine.build(texts, ["ja1", "ja2", "th", "ko"])
    assert engine.search("東京はどこの首都ですか", 1)[1].tolist() == [0]
    assert engine.search("パリ", 4)[1].tolist() == [1]
    assert engine.search("เมืองหลวงของไทย", 4)[1].tolist() == [2]
    assert engine.search("서울은 어디에 있나", 4)[1].tolist() == [3]  # another particle after the same name


def test_wrong_input(engine: Bm25Engine) -> None:
    with pytest.raises(XqgError, match="k is 0"):
        engine.search("ab", 0)
    for k1, b in ((-1.0, 0.4), (0.9, 1.5), (float("nan"), 0.4)):
        with pytest.raises(XqgError, match="k1 must be"):
            Bm25Engine.build(TEXTS, IDS, k1=k1, b=b)
    for texts in ([], ["?", " "]):
        with pytest.raises(XqgError, match="no passage has a letter"):
            Bm25Engine.build(texts, [str(number) for number in range(len(texts))])


def test_some_texts_only(engine: Bm25Engine) -> None:
    """Scores stay those over all texts."""
    scores, rows = engine.search("ab", 10, np.array([1, 2]))
    assert rows.tolist() == [1]
    assert scores.tolist() == [engine.scores("ab")[1]]
    assert engine.search("ab", 10, np.zeros(0, np.int64))[1].tolist() == []


def test_the_best_few_of_many_with_ties() -> None:
    texts = [f"{'word ' * (number % 3)}other{number}" for number in range(60)]
    ids = [f"{(7 * number) % 60:02d}" for number in range(60)]
    engine = Bm25Engine.build(texts, ids)
    scores, rows = engine.search("word", 60)
    assert len(rows) == 40
    assert sorted(zip(scores.tolist(), [ids[row] for row in rows], strict=True), reverse=True) == list(
        zip(scores.tolist(), [ids[row] for row in rows], strict=True)
    )
    for k in (1, 7, 20, 39):
        assert engine.search("word", k)[1].tolist() == rows[:k].tolist()


def test_saved_and_loaded(engine: Bm25Engine, tmp_path) -> None:
    engine.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} <= {"", ".npy"}
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / f"some.{path.name}")
    ties = tie_order(IDS)
    again = Bm25Engine.load(tmp_path, ties, "some.")
    for text in ("ab cd", "gh", "zz"):
        assert again.scores(text).tolist() == engine.scores(text).tolist()
        assert again.search(text, 3)[1].tolist() == engine.search(text, 3)[1].tolist()
    with pytest.raises(ValueError, match="over 3 texts"):
        Bm25Engine.load(tmp_path, ties[:2], "some.")
    with pytest.raises(ValueError):
        Bm25Engine.load(tmp_path, ties)
    (tmp_path / "some.data.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(ValueError):
        Bm25Engine.load(tmp_path, ties, "some.")
