"""α without labels: chosen on generated queries that are held out and asked as if users asked them.

A pseudo-question is a generated query; it is right when it finds the passage that it was generated
from. What is asked builds no vector, or it would find itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.augmentation.vectors import QueryGroups, QueryVectors
from xqg.errors import XqgError
from xqg.experiment.filtered_queries import Rescaled, filtered_parts, query_texts
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.seeds import seeded
from xqg.experiment.system import AugmentedVectors
from xqg.experiment.tuning import GRID, reciprocal_ranks

__all__ = ["PseudoQuestions", "PseudoRound", "PseudoTuned", "pseudo_questions", "tune_without_labels"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PseudoRound:
    """One way to hold out.

    Attributes:
        asked: question language → True for the queries in it that are asked, in the order of
            `Parts.generated[language]`.
        kept: language → True for the queries that may build vectors: of each passage those whose text
            is none of its asked ones, in whatever language a copy stands.
    """

    asked: Mapping[str, Mask]
    kept: Mapping[str, Mask]


@dataclass(frozen=True)
class PseudoQuestions:
    """Every way of holding out that curves are averaged over.

    Attributes:
        held_out: `halves` of each passage's queries in a language, or whole `languages` (n = 1).
        passage_ids: of the pool, in its order.
    """

    rounds: Sequence[PseudoRound]
    held_out: Literal["halves", "languages"]
    passage_ids: Sequence[str]


@dataclass(frozen=True)
class PseudoTuned:
    """α chosen without labels.

    Attributes:
        curve: RR@10 of the pseudo-questions for each α of `GRID`.
        questions: asked in all rounds together.
    """

    alpha: float
    curve: tuple[float, ...]
    questions: int


def pseudo_questions(parts: Parts, texts: Texts, passage_ids: Sequence[str], seed: int) -> PseudoQuestions:
    """Hold generated queries out, to be asked.

    Pseudo-questions are the first n generated queries of each passage in each language that questions
    are asked in and means are taken over; where no query is in such a language, the first K in the
    passages' own. With n = 2 or more the queries of each passage and language are dealt into two
    halves at random, each asked in turn, so that no luck of one split decides. With n = 1 there are no
    halves: whole languages are asked in turn. The vectors then hold no query in the asked language,
    which a real question would find there, so that α comes out smaller than it should.

    Args:
        texts: language → passage id → generated queries, as the parts were made from.
        seed: the user's.

    Raises:
        XqgError: no generated query to ask.
    """
    plan = parts.plan
    count = plan.n
    languages = [code for code in plan.mean_languages if code in parts.generated]
    if not languages:
        languages = [code for code in plan.passage_languages if code in parts.generated]
        count = plan.queries
    if not languages:
        raise XqgError("there are no generated queries to hold out; α without labels needs them")
    if count == 1:
        asked = [{code: parts.generated[code].places < 1} for code in languages]
    else:
        halves = {code: _halves(parts, code, count, passage_ids, seed) for code in languages}
        asked = [{code: half == number for code, half in halves.items()} for number in (0, 1)]
    rounds = [PseudoRound(mine, _kept(parts, texts, passage_ids, mine)) for mine in asked]
    return PseudoQuestions(rounds, "languages" if count == 1 else "halves", passage_ids)


def tune_without_labels(
    arm: AugmentedVectors, fusion: Fusion, parts: Parts, questions: PseudoQuestions
) -> PseudoTuned | None:
    """The α of the best RR@10 of the pseudo-questions, a mean over languages and rounds; ties: the smaller.

    An arm's sums are rescaled so that K is that of the full arm. An arm that uses none of the asked
    queries (`mono`) is built whole.

    Returns:
        None where holding out leaves the arm no query at all in a language (`target-n` with n = 1).
    """
    rescaled, curves, asked = Rescaled(arm), [], 0
    for one in questions.rounds:
        held = filtered_parts(parts, one.kept)
        for language, mask in one.asked.items():
            groups = rescaled.queries(held, language)
            if not any(len(group) for group in groups):
                return None
            if mask.any():
                asked += int(mask.sum())
                curves.append(_curve(held, groups, fusion, parts.generated[language].where(mask), questions))
    if not curves:
        return None
    curve = np.mean(curves, axis=0)
    # argmax takes the first of equals: the smaller α.
    return PseudoTuned(GRID[int(curve.argmax())], tuple(curve.tolist()), asked)


def _curve(
    held: Parts,
    groups: Sequence[QueryVectors],
    fusion: Fusion,
    asked: QueryVectors,
    questions: PseudoQuestions,
) -> list[float]:
    """RR@10 of the asked queries for each α."""
    ids, together = questions.passage_ids, QueryGroups(groups)
    vectors, judged = asked.vectors[asked.index], [{ids[row]: 1} for row in asked.rows]
    found = []
    for alpha in GRID:
        matrix = AGGREGATIONS["sum"].matrix(held.passages, together, alpha, fusion)
        found.append(float(reciprocal_ranks(matrix.vectors, vectors, judged, ids).mean()))
    return found


def _halves(
    parts: Parts, language: str, count: int, passage_ids: Sequence[str], seed: int
) -> npt.NDArray[np.int64]:
    """0 or 1 for the first `count` queries of each passage, -1 for the others, shape (queries,)."""
    queries = parts.generated[language]
    half = np.full(len(queries), -1)
    bounds = np.searchsorted(queries.rows, np.arange(queries.passages + 1))
    for row, id_ in enumerate(passage_ids):
        mine = np.arange(bounds[row], bounds[row + 1])
        mine = mine[queries.places[mine] < count]
        order = seeded("pseudo-questions", seed, language, id_).permutation(len(mine))
        half[mine[order]] = np.arange(len(mine)) % 2
    return half


def _kept(
    parts: Parts, texts: Texts, passage_ids: Sequence[str], asked: Mapping[str, Mask]
) -> dict[str, Mask]:
    """Language → True for queries whose text their passage is not asked."""
    written = {code: query_texts(parts, texts, passage_ids, code) for code in parts.generated}
    taken: set[tuple[int, str]] = set()
    for code, mask in asked.items():
        rows = parts.generated[code].rows
        taken |= {(int(rows[at]), written[code][at]) for at in np.flatnonzero(mask)}
    return {
        code: np.array(
            [pair not in taken for pair in zip(queries.rows.tolist(), written[code], strict=True)], bool
        )
        for code, queries in parts.generated.items()
    }
