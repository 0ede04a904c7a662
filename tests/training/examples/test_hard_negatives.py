"""Which passages become hard negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.encoding import load_encoder
from xqg.encoding.sentence_transformer import SentenceTransformerEncoder as Encoder
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.hard_negatives import mine_negatives


def passage(id_: str, text: str, language: str = "en") -> Passage:
    return Passage(id_, "", text, language)


RIGHT = passage("p1", "The red cat sleeps on the mat.")
POOL = [
    RIGHT,
    passage("p2", "the RED cat  sleeps on the mat."),  # the same text: as right as p1
    passage("p3", "A red cat on the mat sleeps well."),  # known to answer too
    passage("n1", "The red cat and the mat are gone."),
    passage("n2", "A red dog sleeps."),
    passage("n3", "Red paint dries."),
    passage("z", "Something else entirely."),
]
EXAMPLE = Example("e", {"en": "Does the red cat sleep on the mat?"}, {"en": RIGHT})
DATA = TrainingData([EXAMPLE], POOL, {"e": frozenset({"p1", "p3"})})


def ids(data: TrainingData, number: int = 0) -> list[str]:
    return [one.id for one in data.examples[number].negatives]


def bm25(data: TrainingData, each: int = 3, depth: int = 100, seed: int = 0) -> TrainingData:
    return mine_negatives(data, "bm25", each=each, depth=depth, seed=seed)


def test_the_best_that_do_not_answer() -> None:
    assert ids(bm25(DATA)) == ["n1", "n2", "n3"]
    assert ids(bm25(DATA, each=2)) == ["n1", "n2"]
    assert ids(bm25(DATA, each=3, depth=1)) == ["n1"]  # the right ones before it do not count
    assert ids(bm25(DATA, each=0)) == []
    assert set(ids(bm25(DATA, each=9))) <= {"n1", "n2", "n3", "z"}
    found = bm25(replace(DATA, examples=[replace(EXAMPLE, negatives=(POOL[-1],))]), each=1)
    assert ids(found) == ["n1"]  # in place of what the data had
    assert (found.pool, found.positives) == (DATA.pool, DATA.positives)


def test_languages_take_turns() -> None:
    german = [
        passage(f"d{n}", text, "de") for n, text in enumerate(("Red cat, rote Matte.", "Red mat.", "Cat?"))
    ]
    data = replace(DATA, pool=[*POOL, *german])
    found = ids(bm25(data, each=4))
    languages = [id_[0] for id_ in found]
    assert sorted(languages) == ["d", "d", "n", "n"]
    assert languages[0] != languages[1]
    order = [id_ for id_ in ids(bm25(data, each=9)) if id_ in found]
    assert order == found


def test_other_languages_are_looked_for_deeper() -> None:
    # Nothing but English among the best three, and the only Russian passage with a word of the question is far down.
    russian = [
        passage("r1", "Про cat и не только, длинный текст о чём-то другом", "ru"),
        passage("r2", "Ничего", "ru"),
    ]
    found = ids(bm25(replace(DATA, pool=[*POOL, *russian]), each=3, depth=3))
    assert found == ["n1", "r1", "n2"]
    # And where a search finds none at all, they are drawn.
    nothing = [passage(f"r{n}", f"Ничего {n}", "ru") for n in range(5)]
    found = ids(bm25(replace(DATA, pool=[*POOL, *nothing]), each=4))
    assert [id_[0] for id_ in found] == ["n", "r", "n", "r"]
    assert found == ids(bm25(replace(DATA, pool=[*POOL, *nothing]), each=4))


def test_where_nothing_is_found_they_are_drawn() -> None:
    asked = replace(EXAMPLE, questions={"ja": "東京"})
    drawn = {tuple(ids(bm25(replace(DATA, examples=[asked]), each=2, seed=seed))) for seed in range(10)}
    assert len(drawn) > 1
    assert {id_ for one in drawn for id_ in one} <= {"n1", "n2", "n3", "z"}
    assert all(len(set(one)) == 2 for one in drawn)
    alone = replace(DATA, examples=[asked], pool=POOL[:3])
    assert ids(bm25(alone)) == []  # every passage answers


def test_bm25_asks_in_a_language_of_the_pool() -> None:
    both = replace(EXAMPLE, questions={"ja": "東京", "en": EXAMPLE.questions["en"]})
    for seed in range(6):
        assert ids(bm25(replace(DATA, examples=[both]), seed=seed)) == ["n1", "n2", "n3"]


def test_what_an_example_names_is_right_without_being_listed() -> None:
    found = ids(bm25(replace(DATA, positives={}), each=9))
    assert "p3" in found
    assert not {"p1", "p2"} & set(found)


def test_an_encoder_ranks_exactly(static_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqg.training.examples.hard_negatives.BATCH", 2)
    asked = ("Tokyo?", "the mat is gone and so is the cat", "Rome", "paint", "A dog sleeps", "entirely else")
    examples = [replace(EXAMPLE, id=f"e{n}", questions={"en": text}) for n, text in enumerate(asked)]
    data = TrainingData(examples, POOL, {one.id: frozenset({"p1", "p3"}) for one in examples})
    plain = Encoder.encode_passages

    def stretched(self: Encoder, texts: Sequence[str], **given: Any) -> Any:
        """Vectors of very different lengths: a dot product would put the long ones first or last."""
        lengths = np.array([1000.0 if len(text) % 2 else 1.0 for text in texts], dtype=np.float32)
        return plain(self, texts, **given) * lengths[:, None]

    monkeypatch.setattr(Encoder, "encode_passages", stretched)
    found = mine_negatives(data, "model", each=3, depth=10, seed=0, model=str(static_folder), device="cpu")
    encoder = load_encoder(str(static_folder), device="cpu")
    assert encoder.similarity == "cosine"
    wrong = POOL[3:]
    assert {len(one.full_text) % 2 for one in wrong} == {0, 1}
    vectors = encoder.encode_passages([one.full_text for one in wrong])
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    scores = vectors @ encoder.encode_queries(list(asked)).T
    expected = [[wrong[row].id for row in np.argsort(-scores[:, number])[:3]] for number in range(len(asked))]
    assert [ids(found, number) for number in range(len(asked))] == expected


def test_an_encoder_looks_deeper_too(static_folder: Path) -> None:
    data = replace(
        DATA, pool=[*POOL, passage("r1", "Где находится столица", "ru"), passage("r2", "Японии", "ru")]
    )
    found = ids(mine_negatives(data, "model", each=4, depth=1, seed=0, model=str(static_folder), device="cpu"))
    assert {id_[0] == "r" for id_ in found} == {True, False}


def test_what_cannot_be_mined() -> None:
    with pytest.raises(XqgError, match="'dense' mines nothing; use bm25 or model"):
        mine_negatives(DATA, "dense", each=1, depth=1, seed=0)
    with pytest.raises(XqgError, match="no passages to mine from"):
        bm25(replace(DATA, pool=[]))
