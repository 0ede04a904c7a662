"""Mono, cross and multi AP and the bias of small rankings, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse
from xqg.evaluation.pools import Bm25Rankings, DenseRankings, Pools, PoolScores, by_language, mean_scores
from xqg.passages import Passage, Question

# Rows: 0 to 2 in de, 3 to 5 in en, 6 and 7 in fi.
POOLS = Pools.of(["de", "de", "de", "en", "en", "en", "fi", "fi"])


def test_a_ranking_by_hand() -> None:
    ranking = np.array([4, 0, 6, 1, 3, 5, 7, 2])
    # Relevant: 1 (of de: second), 3 (of en: second), 7 (of fi: second); in the mix the 4th, 5th and 7th.
    scores = POOLS.scores(ranking, [1, 3, 7], "de")
    assert scores.mono == pytest.approx(1 / 2)
    assert scores.cross == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert scores.multi == pytest.approx((1 / 4 + 2 / 5 + 3 / 7) / 3)
    assert scores.bias == 7 - 4


def test_the_best_ranking_and_one_that_prefers_the_questions_language() -> None:
    best = POOLS.scores(np.array([3, 6, 0, 1, 2, 4, 5, 7]), [0, 3, 6], "en")
    assert best == PoolScores(1.0, 1.0, 1.0, 2.0)
    # Each language by itself is ranked perfectly: only the mix shows that English stands before all else.
    english = POOLS.scores(np.array([3, 4, 5, 0, 1, 2, 6, 7]), [0, 3, 6], "en")
    assert (english.mono, english.cross) == (1.0, 1.0)
    assert english.multi == pytest.approx((1 + 2 / 4 + 3 / 7) / 3)
    assert english.bias == 7 - 1


def test_two_relevant_passages_in_a_language_and_none_in_another() -> None:
    ranking = np.array([0, 1, 2, 3, 4, 5, 6, 7])
    scores = POOLS.scores(ranking, [1, 2, 5], "fi")
    assert scores.mono is None  # no Finnish passage answers
    assert scores.cross == pytest.approx(((1 / 2 + 2 / 3) / 2 + 1 / 3) / 2)
    alone = POOLS.scores(ranking, [5], "en")
    assert alone == PoolScores(pytest.approx(1 / 3), None, pytest.approx(1 / 6), None)


def test_means_leave_out_what_is_not_there() -> None:
    found = mean_scores([PoolScores(1.0, None, 0.5, 2.0), PoolScores(0.0, None, 0.25, None)])
    assert found == PoolScores(0.5, None, 0.375, 2.0)


def toy(languages: Sequence[str] = ("de", "en", "fi")) -> Benchmark:
    """Ten passages per language; question n is answered by passage n of every language."""
    return Benchmark(
        name="toy",
        passages=[
            Passage(f"{code}{n}", "", f"{code} word{n} thing", code) for code in languages for n in range(10)
        ],
        questions=[
            Question(f"q{n}", f"{code} word{n} what", code) for code in ("de", "en") for n in range(6)
        ],
        qrels={
            f"q{n}": {f"{code}{n}": 1 for code in languages} | {"de9": 0} for n in range(5)
        },  # q5 has none
        groups={f"q{n}": f"q{n}" for n in range(6)},
        fingerprint="sha256:toy",
    )


class Drawn:
    """Rankings by chance."""

    name = "drawn"

    def __init__(self, size: int) -> None:
        rng = np.random.default_rng(0)
        self.rankings = {f"q{n}": rng.permutation(size) for n in range(6)}

    def rank(self, questions: Sequence[Question]) -> Iterator[np.ndarray]:
        for question in questions:
            yield self.rankings[question.id]


def test_the_same_as_the_measures_of_a_run() -> None:
    benchmark = toy()
    drawn, questions = Drawn(30), benchmark.questions_in("de")[:5]
    found = by_language(benchmark, drawn)
    run = {
        id_: [(benchmark.passages[row].id, -float(place)) for place, row in enumerate(ranking)]
        for id_, ranking in drawn.rankings.items()
    }

    def mean(measure: str, language: str | None = None) -> float:
        """Over a run without the passages in other languages."""
        kept = {id_: [pair for pair in of if language in (None, pair[0][:2])] for id_, of in run.items()}
        qrels = {
            id_: {key: grade for key, grade in judged.items() if language in (None, key[:2])}
            for id_, judged in benchmark.qrels.items()
        }
        only = Benchmark("toy", benchmark.passages, questions, qrels, {}, "")
        return float(np.mean(list(parse(measure).per_question(kept, questions, only).values())))

    assert set(found) == {"de", "en"}
    assert found["de"].mono == pytest.approx(mean("AP", "de"), abs=1e-6)
    assert found["de"].cross == pytest.approx((mean("AP", "en") + mean("AP", "fi")) / 2, abs=1e-6)
    assert found["de"].multi == pytest.approx(mean("AP"), abs=1e-6)
    assert found["de"].bias == pytest.approx(mean("LanguageBias"))


def test_bm25_finds_shared_words_and_leaves_the_rest_to_chance() -> None:
    benchmark = toy()
    rankings = Bm25Rankings(benchmark)
    found = by_language(benchmark, rankings)
    assert found["de"].mono == 1.0  # "de" and the word itself
    assert found["de"] == by_language(toy(), Bm25Rankings(toy()))["de"]  # chance, but always the same
    nothing = [Question(f"x{n}", "何", "ja") for n in range(50)]
    places = np.array([list(ranking).index(0) for ranking in rankings.rank(nothing)])
    assert places.min() < 10
    assert places.max() > 20


def test_dense_rankings_are_complete_exact_and_settle_ties_by_id() -> None:
    class Encoder:
        name = "toy"

        def encode_passages(self, texts: list[str]) -> np.ndarray:
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

        def encode_queries(self, texts: list[str]) -> np.ndarray:
            return np.array([[1.0, 0.0]] * len(texts), dtype=np.float32)

    passages = [Passage("a", "", "xx", "de"), Passage("b", "", "xxx", "en"), Passage("c", "", "xx", "fi")]
    benchmark = Benchmark("toy", passages, [], {}, {}, "")
    (ranking,) = DenseRankings(benchmark, Encoder()).rank([Question("q", "?", "de")])  # type: ignore[arg-type]
    assert ranking.tolist() == [1, 2, 0]


def test_a_pool_of_one_language_is_refused() -> None:
    with pytest.raises(XqgError, match="toy: its pool is in de alone; use xquad-r"):
        by_language(toy(("de",)), Drawn(10))
