"""α without labels, by hand: passages and queries are vectors in a plane."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryVectors
from xqg.errors import XqgError
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.pseudo_questions import pseudo_questions, tune_without_labels
from xqg.experiment.study_context import arm_of
from xqg.experiment.tuning import GRID

ARMS = {name: arm_of(name) for name in ("mono", "target-n", "cross")}
IDS = ["p0", "p1"]


def parts_of(n: int, generated: dict[str, list[list[float]]], counts: list[int], **plan: Any) -> Parts:
    """Two English passages along the axes; queries passage by passage."""
    return Parts(
        dataclasses.replace(Plan(("en",), ("en", "fi", "ja"), None, n), **plan),
        np.eye(2, dtype=np.float32),
        ["en", "en"],
        {code: QueryVectors.of(np.array(rows, np.float32), counts) for code, rows in generated.items()},
    )


def texts_of(parts: Parts, copies: bool = False) -> dict[str, dict[str, list[str]]]:
    """Text n of passage p in a language; `copies`: all of a passage's in a language are the same."""
    return {
        code: {
            id_: [f"{code} {id_} {0 if copies else place}" for place in range(queries.counts[row])]
            for row, id_ in enumerate(IDS)
        }
        for code, queries in parts.generated.items()
    }


# Queries point at the *other* passage's axis, more than at their own: a pseudo-question finds its
# passage only where its passage's other queries outweigh the passage itself.
ACROSS = [[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [2.0, 1.0]]
# Twice as long, and the curve by hand for an arm with K queries of such sums:
# p0's vector is (1-α)(1, 0) + α·K·(1, 2), p1's (1-α)(0, 1) + α·K·(2, 1). Asked (1, 2):
# p0 scores (1-α) + 5αK, p1 scores 2(1-α) + 4αK: right where αK > 1-α.


def rr(K: float) -> list[float]:
    """Rank 1 where αK > 1 - α, rank 2 where less; equal scores rank the larger id first."""
    return [1.0 if alpha * K > 1 - alpha else 0.5 for alpha in GRID]


def test_halves_are_asked_in_turn_and_the_rest_is_rescaled() -> None:
    parts = parts_of(2, {"fi": ACROSS, "ja": ACROSS}, [2, 2])
    questions = pseudo_questions(parts, texts_of(parts), IDS, seed=0)
    assert questions.held_out == "halves"
    assert len(questions.rounds) == 2
    for code in ("fi", "ja"):
        first, second = (one.asked[code] for one in questions.rounds)
        assert (first ^ second).all()  # every query once
        assert first.reshape(2, 2).sum(axis=1).tolist() == [1, 1]  # of every passage
        for one in questions.rounds:
            assert (one.asked[code] ^ one.kept[code]).all()
    cross = tune_without_labels(ARMS["cross"], "raw", parts, questions)
    assert cross is not None
    assert cross.questions == 8
    # Two of four queries build, rescaled to K = 4; α = 0.2 is where 4α = 1 - α (α in float32 decides).
    near = GRID.index(0.2)
    expected = rr(4)
    assert [v for at, v in enumerate(cross.curve) if at != near] == [
        v for at, v in enumerate(expected) if at != near
    ]
    target = tune_without_labels(ARMS["target-n"], "raw", parts, questions)
    assert target is not None
    assert list(target.curve) == rr(2)  # one of two in the language, rescaled to n = 2
    assert target.alpha == 0.4  # the smallest of those that are right


def test_mono_is_built_whole_and_asked_in_the_target_languages() -> None:
    english = [[1.0, 2.0]] * 4 + [[2.0, 1.0]] * 4
    parts = parts_of(2, {"fi": ACROSS, "ja": ACROSS}, [2, 2])
    mine = QueryVectors.of(np.array(english, np.float32), [4, 4])
    parts = dataclasses.replace(parts, generated={**parts.generated, "en": mine})
    questions = pseudo_questions(parts, texts_of(parts), IDS, seed=0)
    assert all(set(one.asked) == {"fi", "ja"} and one.kept["en"].all() for one in questions.rounds)
    mono = tune_without_labels(ARMS["mono"], "raw", parts, questions)
    assert mono is not None
    assert mono.questions == 8
    assert [mono.curve[GRID.index(alpha)] for alpha in (0.1, 0.4)] == [0.5, 1.0]


def test_without_queries_in_an_asked_language_the_passages_own_are_asked() -> None:
    english = [[1.0, 2.0]] * 4 + [[2.0, 1.0]] * 4
    parts = parts_of(2, {"en": english}, [4, 4])
    questions = pseudo_questions(parts, texts_of(parts), IDS, seed=0)
    assert [one.asked["en"].sum() for one in questions.rounds] == [4, 4]
    mono = tune_without_labels(ARMS["mono"], "raw", parts, questions)
    assert mono is not None
    assert mono.questions == 8
    assert [mono.curve[GRID.index(alpha)] for alpha in (0.1, 0.4)] == [0.5, 1.0]


def test_with_one_query_whole_languages_are_asked() -> None:
    parts = parts_of(1, {"fi": ACROSS[::2], "ja": ACROSS[::2]}, [1, 1])
    questions = pseudo_questions(parts, texts_of(parts), IDS, seed=0)
    assert questions.held_out == "languages"
    assert [sorted(one.asked) for one in questions.rounds] == [["fi"], ["ja"]]
    assert [one.kept["fi"].tolist() for one in questions.rounds] == [[False, False], [True, True]]
    cross = tune_without_labels(ARMS["cross"], "raw", parts, questions)
    assert cross is not None
    assert list(cross.curve) == rr(2)  # ja builds for fi, as heavy as K = 2
    assert (cross.alpha, cross.questions) == (0.4, 4)
    assert tune_without_labels(ARMS["target-n"], "raw", parts, questions) is None  # nothing is left


def test_copies_of_an_asked_query_build_nothing() -> None:
    parts = parts_of(2, {"fi": ACROSS, "ja": ACROSS}, [2, 2])
    texts = texts_of(parts)
    # p0's first query in fi stands in ja too; where it is asked its copy may not build.
    texts["ja"]["p0"][1] = texts["fi"]["p0"][0]
    questions = pseudo_questions(parts, texts, IDS, seed=0)
    for one in questions.rounds:
        either = one.asked["fi"][0] or one.asked["ja"][1]
        assert one.kept["fi"][0] == one.kept["ja"][1] == (not either)
        assert one.kept["fi"][2:].sum() == one.kept["ja"][2:].sum() == 1  # p1's stay
    same = pseudo_questions(parts, texts_of(parts, copies=True), IDS, seed=0)
    assert tune_without_labels(ARMS["target-n"], "raw", parts, same) is None
    assert tune_without_labels(ARMS["cross"], "raw", parts, same) is None


def test_queries_beyond_n_build_and_are_not_asked() -> None:
    three = [[1.0, 2.0]] * 3 + [[2.0, 1.0]] * 3
    parts = parts_of(2, {"fi": three, "ja": three}, [3, 3])
    questions = pseudo_questions(parts, texts_of(parts), IDS, seed=0)
    for one in questions.rounds:
        assert not one.asked["fi"][[2, 5]].any()
        assert one.kept["fi"][[2, 5]].all()


def test_the_split_follows_the_seed() -> None:
    rows = [[1.0, 2.0]] * 20 + [[2.0, 1.0]] * 20
    parts = parts_of(20, {"fi": rows, "ja": rows}, [20, 20])

    def split(seed: int) -> list[bool]:
        return pseudo_questions(parts, texts_of(parts), IDS, seed).rounds[0].asked["fi"].tolist()

    assert split(0) == split(0) != split(1)


def test_nothing_to_hold_out() -> None:
    parts = parts_of(2, {}, [])
    with pytest.raises(XqgError, match="no generated queries to hold out"):
        pseudo_questions(parts, {}, IDS, seed=0)
