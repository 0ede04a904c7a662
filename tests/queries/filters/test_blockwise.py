"""Block by block, the filters keep what the study's filters keep over the whole pool."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from xqg.augmentation import FUSIONS, Fusion, fuse
from xqg.augmentation.aggregation import Matrix
from xqg.augmentation.vectors import QueryVectors
from xqg.experiment import query_filters as study
from xqg.experiment.filtered_queries import query_texts
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.ranking import rank_matrix
from xqg.queries import plain_pool
from xqg.queries.filter import Block, QueryFilter
from xqg.queries.filters import parse_filters
from xqg.queries.filters.best import BestFraction
from xqg.queries.filters.round_trip import RoundTrip
from xqg.search.ranking import tie_order

COUNT, DIMENSION, EACH = 60, 8, 3
LANGUAGES = ("de", "ja")
WORDS = [
    "Wann wurde die große Brücke gebaut?",
    "When was the great bridge built?",
    "この橋はいつ建てられましたか",
    "123?",
    " ",
]
SIZES = (1, 7, 64)


@pytest.fixture(scope="module")
def parts() -> Parts:
    """Passages in two languages; many of them equal, and vectors of few values: ties everywhere."""
    random = np.random.default_rng(7)
    passages = random.integers(-1, 2, (COUNT, DIMENSION)).astype(np.float32)
    passages[40:] = passages[:20]
    passages[5] = 0
    generated = {}
    for code in LANGUAGES:
        vectors = np.repeat(passages, EACH, axis=0) + random.integers(-1, 2, (COUNT * EACH, DIMENSION))
        real = np.array([bool(text.strip()) for mine in TEXTS[code].values() for text in mine])
        generated[code] = QueryVectors.of(vectors.astype(np.float32) / 3, [EACH] * COUNT, real)
    spoken = ["en" if row % 2 else "fi" for row in range(COUNT)]
    return Parts(Plan(("en", "fi"), ("de", "ja"), None, n=EACH), passages, spoken, generated)


IDS = [f"p{row * 37 % COUNT:02d}" for row in range(COUNT)]  # not in the order of the rows
TEXTS = {
    code: {
        id_: [WORDS[(row + place + seed) % len(WORDS)] for place in range(EACH)]
        for row, id_ in enumerate(IDS)
    }
    for seed, code in enumerate(LANGUAGES)
}


def blocks(parts: Parts, size: int) -> Iterator[Block]:
    for start in range(0, COUNT, size):
        at = {
            code: (mine.rows >= start) & (mine.rows < start + size) for code, mine in parts.generated.items()
        }
        mine = {code: queries.where(at[code]) for code, queries in parts.generated.items()}
        yield Block(
            IDS[start : start + size],
            ("de", "en", "fi", "ja"),
            {
                code: [
                    text
                    for text, here in zip(query_texts(parts, TEXTS, IDS, code), at[code], strict=True)
                    if here
                ]
                for code in LANGUAGES
            },
            {code: (queries.rows - start).astype(np.intp) for code, queries in mine.items()},
            parts.passages[start : start + size],
            {code: queries.vectors[queries.index] for code, queries in mine.items()},
        )


def blockwise(
    each: QueryFilter, parts: Parts, size: int
) -> tuple[dict[str, list[bool]], dict[str, list[str]]]:
    """What stays, and the reasons of what goes."""
    keep: dict[str, list[bool]] = {code: [] for code in LANGUAGES}
    why: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    for block in blocks(parts, size):
        for code, reasons in each.judge(block).items():
            keep[code] += [reason is None for reason in reasons]
            why[code] += [reason for reason in reasons if reason is not None]
    return keep, why


def same(each: QueryFilter, parts: Parts, size: int, removal: study.Removal) -> None:
    keep, why = blockwise(each, parts, size)
    for code in LANGUAGES:
        expected = np.asarray(removal.keep[code])
        assert keep[code] == expected.tolist()
        assert why[code] == [
            word for word, stays in zip(removal.why[code], expected, strict=True) if not stays
        ]
        assert 0 < expected.sum() < len(expected)


@pytest.mark.parametrize("size", SIZES)
def test_language(parts: Parts, size: int) -> None:
    same(*parse_filters("language"), parts, size, study.in_language(parts, TEXTS, IDS))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("top", [1, 4])
def test_round_trip(
    parts: Parts, size: int, fusion: Fusion, top: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = study.round_trip(parts, IDS, fusion, top)
    monkeypatch.setattr(plain_pool, "ROWS", 11)
    monkeypatch.setattr(plain_pool, "QUERIES", 13)
    each = RoundTrip(top).over(parts.passages, IDS, fusion == "normalised")
    same(each, parts, size, removal)


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("top", [1, 2, 3, 10, COUNT])
def test_round_trip_is_what_the_ranking_of_none_says(parts: Parts, fusion: Fusion, top: int) -> None:
    matrix = Matrix(fuse(parts.passages, [], 0.0, fusion))
    removal = study.round_trip(parts, IDS, fusion, top)
    for code, queries in parts.generated.items():
        _, found = rank_matrix(matrix, queries.vectors[queries.index], top, tie_order(IDS))
        assert removal.keep[code].tolist() == (found == queries.rows[:, None]).any(axis=1).tolist()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fraction", [0.7, 0.5, 0.3, 0.05])
def test_best_fraction(parts: Parts, size: int, fraction: float) -> None:
    best = BestFraction(fraction)
    scores: dict[str, list[np.ndarray]] = {code: [] for code in LANGUAGES}
    for block in blocks(parts, size):  # the first pass
        for code, mine in best.scores(block).items():
            scores[code].append(mine)
    limits = best.thresholds({code: np.concatenate(mine) for code, mine in scores.items()})
    same(best.with_thresholds(limits), parts, size, study.best_fraction(parts, fraction))


@pytest.mark.parametrize("fraction", [0.7, 0.5, 0.3, 0.05])
def test_best_fraction_is_the_head_of_a_stable_order(parts: Parts, fraction: float) -> None:
    removal = study.best_fraction(parts, fraction)
    for code, queries in parts.generated.items():
        scores = np.einsum("qd,qd->q", queries.vectors[queries.index], parts.passages[queries.rows])
        best = np.argsort(-scores, kind="stable")[: round(fraction * len(scores))]
        assert np.flatnonzero(removal.keep[code]).tolist() == sorted(best.tolist())
        assert len(np.unique(scores)) < len(scores) / 3  # ties
