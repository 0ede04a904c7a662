"""Spans on disk: each pair is read once by a reader, and by no other reader's word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading import AnswerCache, Span, load_reader
from xqg.reading import cache as module

PAIRS = [(f"question {n}", Passage(f"p{n % 3}", "", f"text {n % 3} é", "en")) for n in range(7)]


class Counting:
    """A reader that counts what it reads and may stop after some blocks."""

    def __init__(self, fingerprint: str = "0", blocks: int = 99) -> None:
        self.fingerprint, self.blocks, self.name = fingerprint, blocks, "counting"
        self.read_pairs = 0

    def settings(self) -> dict[str, Any]:
        return {"name": self.name, "fingerprint": self.fingerprint, "window": 64}

    def read(self, pairs: Sequence[tuple[str, Passage]], *, progress: bool = False) -> list[Span]:
        if self.blocks == 0:
            raise KeyboardInterrupt
        self.blocks -= 1
        self.read_pairs += len(pairs)
        return [
            Span(passage.text[5:6], passage.id, 5, 6, -math.inf if passage.id == "p2" else len(question) / 3)
            for question, passage in pairs
        ]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 2)


def test_read_once(tmp_path: Path) -> None:
    reader = Counting()
    expected = Counting().read(PAIRS)
    cache = AnswerCache(tmp_path / "spans")
    assert cache.read(reader, PAIRS[:4]) == expected[:4]
    assert cache.read(reader, [*PAIRS, PAIRS[5]]) == [*expected, expected[5]]
    assert reader.read_pairs == 7
    again = Counting(blocks=0)  # would stop at once
    again.name = "the same files under another name"
    assert AnswerCache(tmp_path / "spans").read(again, PAIRS) == expected  # -inf, and exact scores, too


def test_an_interrupted_reading_goes_on(tmp_path: Path, small_blocks: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        AnswerCache(tmp_path).read(Counting(blocks=2), PAIRS)
    assert len(list(tmp_path.iterdir())) == 2  # two whole blocks, nothing half-written
    reader = Counting()
    assert AnswerCache(tmp_path).read(reader, PAIRS) == Counting().read(PAIRS)
    assert reader.read_pairs == 3


def test_keys_stay_as_they_are(tmp_path: Path) -> None:
    """Another key for the same pair would have every reader read everything again."""
    import pyarrow.parquet as pq

    AnswerCache(tmp_path).read(Counting(), [PAIRS[0]])
    (path,) = tmp_path.iterdir()
    (key,) = pq.read_table(path)["key"].to_pylist()
    assert key.hex() == "99577e045fd4f3b4897c05d15a5ed9bc7e2edcae6113df87fe4026878bd8be22"


def test_what_makes_a_pair_another_one(tmp_path: Path) -> None:
    question, passage = PAIRS[0]
    others = [
        (f"{question}?", passage),
        (question, Passage("other", "", passage.text, "en")),
        (question, Passage(passage.id, "", f"{passage.text}!", "en")),
    ]
    reader = Counting()
    cache = AnswerCache(tmp_path)
    cache.read(reader, [PAIRS[0]])
    cache.read(reader, others)
    assert reader.read_pairs == 4
    other = Counting(fingerprint="1")
    cache.read(other, [PAIRS[0]])
    assert other.read_pairs == 1


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense", b"PAR1" * 100])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    AnswerCache(tmp_path).read(Counting(), PAIRS)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    with pytest.raises(XqgError, match=f"{path.name}: damaged; delete it") as caught:
        AnswerCache(tmp_path).read(Counting(), PAIRS)
    assert "\n" not in str(caught.value)
    path.unlink()
    assert AnswerCache(tmp_path).read(Counting(), PAIRS) == Counting().read(PAIRS)


def test_a_changed_bit_is_not_believed(tmp_path: Path) -> None:
    AnswerCache(tmp_path).read(Counting(), PAIRS)
    expected = Counting().read(PAIRS)
    (path,) = tmp_path.iterdir()
    content, refused = path.read_bytes(), 0
    for place in range(0, len(content), 5):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            # Where a change is in what nobody reads, or in a key, the pair is right or read again.
            assert AnswerCache(tmp_path).read(Counting(), PAIRS) == expected, place
        except XqgError:
            refused += 1
    assert refused > len(content) / 5 / 2


def test_a_file_of_an_earlier_version(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    AnswerCache(tmp_path).read(Counting(), PAIRS)
    (path,) = tmp_path.iterdir()
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    assert AnswerCache(tmp_path).read(Counting(blocks=0), PAIRS) == Counting().read(PAIRS)


def test_a_table_of_something_else(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"key": [b"0"]}), tmp_path / "x.parquet")
    with pytest.raises(XqgError, match=r"x\.parquet: damaged"):
        AnswerCache(tmp_path).read(Counting(), PAIRS)


def test_with_a_real_reader(reader_folders: dict[str, Path], tmp_path: Path) -> None:
    pairs = [("who?", Passage("p", "", text, "en")) for text in ("the Roman empire", "", "the city")]
    reader = load_reader(str(reader_folders["bert-known"]))
    assert AnswerCache(tmp_path).read(reader, pairs) == reader.read(pairs)
    assert AnswerCache(tmp_path).read(reader, pairs) == reader.read(pairs)
    random = load_reader(str(reader_folders["bert"]))
    assert AnswerCache(tmp_path).read(random, pairs) == random.read(pairs)
