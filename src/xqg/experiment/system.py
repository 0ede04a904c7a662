"""What a system is: what it needs, and how it ranks.

A system that only adds generated queries to passage vectors is an `AugmentedVectors`, and says which
queries. Any other way to retrieve is a `System` and ranks by itself:

    class ShortestFirst(System):
        name = "shortest-first"

        def rank(self, task):
            passages = sorted(task.passages, key=lambda passage: len(passage.text))[: task.depth]
            run = [(passage.id, -float(len(passage.text))) for passage in passages]
            return {question.id: run for question in task.questions}
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import Run
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.plan import Plan
from xqg.experiment.ranking import rank_vectors
from xqg.experiment.setting import Setting
from xqg.passages.records import Passage, Question
from xqg.registry import Registry
from xqg.search.ranking import tie_order

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["SYSTEMS", "AugmentedVectors", "RankingObject", "System", "Task", "TextSource"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TextSource:
    """What a system may make its own texts from.

    Attributes:
        benchmark: with all its questions, whatever `limit` and `query_languages` leave of them.
        queries: the generated ones: language → passage id → texts.
        seed: the user's.
        encoder: says what it sees of a passage.
    """

    benchmark: Benchmark
    plan: Plan
    queries: Texts
    seed: int
    encoder: Encoder

    @cached_property
    def visible(self) -> dict[str, str]:
        """Passage id → the prefix of its text that the encoder reads."""
        passages = self.benchmark.passages
        seen = self.encoder.visible_prefix([passage.full_text for passage in passages])
        return {passage.id: text for passage, text in zip(passages, seen, strict=True)}


@dataclass(frozen=True)
class Task:
    """The questions of one language, and all that a system may rank passages for them with.

    Attributes:
        questions: of `language`, to be ranked for.
        vectors: theirs, float32, shape (questions, dimension).
        depth: passages to rank for each question, or the whole pool where that is smaller.
        setting: how vectors are fused.
        alphas: weight of the generated queries for each question, shape (questions,).
        parts: vectors of passages and of generated queries.
        queries: the generated texts: language → passage id → texts; blank ones add nothing.
        run_of: the run of another system (of those in `System.uses`) for the same questions, deeper
            than `depth`.
        kept: what a system made for a language and may use again in another setting, by any key.
    """

    benchmark: Benchmark
    plan: Plan
    language: str
    questions: Sequence[Question]
    vectors: Floats
    depth: int
    setting: Setting
    alphas: Sequence[float]
    parts: Parts
    queries: Texts
    run_of: Callable[[str], Run]
    kept: dict[tuple[str, str], Run]

    @property
    def passages(self) -> Sequence[Passage]:
        """The pool."""
        return self.benchmark.passages


class System(ABC):
    """One file in the folder `systems/`, or an object of your own given to `compare`.

    Attributes:
        name: in tables and files.
        order: its place in tables; systems of one place stand by name.
        bound: an upper bound, which is marked and never ranked with the rest.
        default: whether it runs where nobody names systems and it can be filled.
        dense: the system whose vectors its ranking is made from: an `AugmentedVectors` its own; None:
            it uses none, and ranks alike in every setting.
        uses: names of other systems whose runs it takes (`Task.run_of`); they must run too.
    """

    name: str
    order: ClassVar[int] = 1000
    bound: ClassVar[bool] = False
    default: ClassVar[bool] = True
    augmented: ClassVar[bool] = False
    uses: ClassVar[tuple[str, ...]] = ()

    @property
    def kind(self) -> str:
        """What messages call it, and with an s the argument that names it: `arm` or `baseline`."""
        return "arm" if self.augmented else "baseline"

    @property
    def dense(self) -> str | None:
        """See the attributes."""
        return None

    @property
    def weighted(self) -> bool:
        """Whether it has queries' vectors to weigh, so that α plays a part."""
        return False

    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]:
        """Language → generated queries that a passage of `passage_language` must have."""
        return {}

    def count(self, plan: Plan) -> int:
        """Generated queries of a passage behind one ranking (K in results.json)."""
        return 0

    def obstacle(self, benchmark: Benchmark, plan: Plan) -> str | None:
        """Why this benchmark cannot fill the system, whatever is generated; None: it can."""
        return None

    def texts(self, source: TextSource) -> Texts:
        """Texts of its own, by any keys, encoded as queries are into `Parts.own[name]`."""
        return {}

    @abstractmethod
    def rank(self, task: Task) -> Run:
        """Question id → [(passage id, score)], best first, for each question of the task.

        Raises:
            XqgError: something that it needs is missing.
        """


class AugmentedVectors(System):
    """Passage vectors with the vectors of generated queries brought in: an *arm* of the paper's kind."""

    augmented: ClassVar[bool] = True

    @property
    def dense(self) -> str:
        """Its own."""
        return self.name

    @property
    def weighted(self) -> bool:
        """True but for `none`."""
        return True

    @abstractmethod
    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The queries of each passage for questions of a language: groups, in a fixed order."""

    def sums(self, parts: Parts, question_language: str) -> list[Floats]:
        """What is added to the passage vectors: one sum per group, shape (passages, dimension)."""
        return [group.sums for group in self.queries(parts, question_language)]

    def rank(self, task: Task) -> Run:
        """By inner product with the vectors that the setting's aggregation makes, exactly."""
        ids = [passage.id for passage in task.passages]
        ties = task.parts.once("ties", lambda: tie_order(ids))
        groups = task.parts.together(self.name, self.queries(task.parts, task.language))
        scores, rows = rank_vectors(
            task.parts.passages, groups, task.vectors, task.alphas, task.setting, task.depth, ties
        )
        return {
            question.id: [(ids[row], score) for row, score in zip(own_rows, own_scores, strict=True)]
            for question, own_rows, own_scores in zip(task.questions, rows.tolist(), scores.tolist(), strict=True)
        }


class RankingObject(System):
    """Any object with a `name` and `rank`; one that needs generated queries subclasses `System`."""

    def __init__(self, thing: Any) -> None:
        """Take the object as it is."""
        self._thing = thing
        self.name = str(thing.name)

    def rank(self, task: Task) -> Run:
        """The object's own."""
        run: Run = self._thing.rank(task)
        return run


SYSTEMS: Registry[type[System]] = Registry("system", "xqg.experiment.systems", group="xqg.systems")
