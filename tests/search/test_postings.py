"""Postings: counted over pieces, added over texts; BM25 over them against the library bm25s, bit for bit."""

from __future__ import annotations

import random
import sys
from array import array
from collections import Counter

import bm25s
import numpy as np
import pytest

from xqg.search.bm25 import K1, B, Bm25Engine
from xqg.search.ngrams import ngrams
from xqg.search.postings import Part, Postings, added

SPACES = [one for one in map(chr, range(sys.maxunicode + 1)) if one.isspace()]
# Starters and marks that compose, conjoin, reorder, fold to several or are not seen.
CHARACTERS = (
    "aZßéİſﬁ",
    "\u0301\u0308\u0345\u0327\u200d\u00ad\ufe0f\u3099\u1161\u11a8\u0e33\u0e48",
    "カが日本ーฉไ대ᄀह्\U0001f468",
)
WORDS = ["river", "Rivers,", "Straße", "река", "реки", "日本の首都", "東京", "ที่นี่", "서울은", "1,190", "…", "a"]


def text(draw: random.Random, words: int) -> str:
    return draw.choice(SPACES).join(draw.choices(WORDS, k=words))


def counted(postings: Postings) -> list[Counter[str]]:
    found: list[Counter[str]] = [Counter() for _ in range(postings.texts)]
    for number, token in enumerate(postings.tokens):
        entries = slice(postings.starts[number], postings.starts[number + 1])
        assert (np.diff(postings.rows[entries].astype(int)) > 0).all()
        for row, count in zip(postings.rows[entries].tolist(), postings.counts[entries].tolist(), strict=True):
            found[row][token] += count
    return found


def test_tokens_of_pieces_are_those_of_the_text() -> None:
    """What postings rely on: white space keeps what stands on its sides apart, whatever it is."""
    assert len(SPACES) > 20
    draw = random.Random(0)
    for space in SPACES:
        for _ in range(50):
            pieces = ["".join(draw.choices("".join(CHARACTERS), k=draw.randint(1, 4))) for _ in range(3)]
            joined = space.join(pieces)
            assert ngrams(joined) == [token for piece in joined.split() for token in ngrams(piece)], ascii(joined)
            assert ngrams(joined) == [token for piece in pieces for token in ngrams(piece)], ascii(joined)


def test_counts_are_those_of_the_tokens() -> None:
    draw = random.Random(1)
    texts = ["", *(text(draw, draw.randint(0, 9)) for _ in range(200)), " … ", "word " * 300]
    postings = Postings.of(texts)
    assert counted(postings) == [Counter(ngrams(one)) for one in texts]
    assert postings.texts == len(texts)
    assert postings.counts.max() == 300
    assert len(postings.tokens) == len(set(postings.tokens))


def test_no_texts() -> None:
    for texts in ([], ["", "?"]):
        postings = Postings.of(texts)
        assert (postings.tokens, postings.starts.tolist(), postings.texts) == ([], [0], len(texts))
    assert added([], 3).tokens == []
    assert added([Part(Postings.of(["", ""]), np.array([1, -1]))], 3).tokens == []


def test_added_over_rows_and_columns() -> None:
    """Texts in two parts out of order, some left out, and further words of some of them."""
    draw = random.Random(2)
    texts = [text(draw, 8) for _ in range(60)]
    more = [text(draw, 3) for _ in range(60)]
    order = draw.sample(range(60), 60)
    parts = [
        Part(Postings.of([texts[row] for row in order[:25]]), np.array(order[:25])),
        Part(Postings.of([texts[row] for row in order[25:]]), np.array(order[25:])),
        Part(Postings.of(["left out", *more, "left"]), np.array([-1, *range(60), -1])),
    ]
    whole = added(parts, 60)
    assert counted(whole) == [Counter(ngrams(f"{one} {other}")) for one, other in zip(texts, more, strict=True)]
    assert "left" not in whole.tokens
    assert sorted(whole.tokens) == sorted(Postings.of([*texts, *more]).tokens)


def test_counts_beyond_a_byte_are_added() -> None:
    part = Part(Postings.of(["word " * 200]), np.array([0]))
    assert part.postings.counts.dtype == np.uint8
    assert set(added([part, part], 1).counts.tolist()) == {400}


@pytest.mark.parametrize(("k1", "b"), [(K1, B), (1.5, 0.75), (0.0, 1.0)])
def test_scores_are_those_of_bm25s(k1: float, b: float) -> None:
    draw = random.Random(3)
    texts = [text(draw, draw.randint(0, 40)) for _ in range(300)]
    vocabulary: dict[str, int] = {}
    tokens = [
        array("i", [vocabulary.setdefault(token, len(vocabulary)) for token in ngrams(one)]) for one in texts
    ]
    reference = bm25s.BM25(k1=k1, b=b, method="lucene", dtype="float32")
    reference.index((tokens, vocabulary), create_empty_token=False, show_progress=False)
    engine = Bm25Engine.build(texts, [str(number) for number in range(300)], k1, b)
    for _ in range(50):
        question = text(draw, 6)
        known = reference.get_tokens_ids(ngrams(question))
        wanted = reference.get_scores_from_ids(known) if known else np.zeros(300, np.float32)
        assert engine.scores(question).tobytes() == wanted.tobytes()
