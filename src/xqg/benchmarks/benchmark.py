"""What every benchmark is: passages, questions, relevance judgements, answers, clusters."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

from xqg.benchmarks.pool import Pool
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question

__all__ = ["Benchmark", "BuiltIn", "deal"]



def deal(groups: Mapping[str, str], folds: int) -> dict[str, int]:
    """Question id → fold from 0: clusters dealt out in turn, in the order in which they first occur."""
    order = {group: number for number, group in enumerate(dict.fromkeys(groups.values()))}
    return {question: order[group] % folds for question, group in groups.items()}


@dataclass(frozen=True, repr=False)
class Benchmark:
    """A pool of passages, questions over it, and which passages answer which question.

    Attributes:
        name: as the command line names it (`xquad`), or a folder's name.
        passages: the whole pool; a `Pool` where it is too large for memory (xor-tydi).
        questions: of every language; parallel questions share one id across languages, so a
            question is named by (id, language).
        qrels: question id → {passage id: grade}; the same for every language of a question.
        groups: question id → cluster (XQuAD: the article; atlas: the entity), the unit of
            cross-fitting and of resampling. Questions of one cluster are not independent.
        tuning_questions: questions to choose α on (atlas: those of the dev entities), with
            `tuning_qrels`. Empty: α is cross-fitted over five folds of the groups.
        passage_answers: passage language → question id → answers, where a mixed pool's passages
            answer in their own language; empty: `Question.answers` holds for every passage.
        passage_length: tokens that the encoder and the generator read of a passage, where the
            collection fixes it (128 for 100-word collections); None: the encoder's default.
        fingerprint: hash of the source data.
    """

    name: str
    passages: Sequence[Passage]
    questions: Sequence[Question]
    qrels: Mapping[str, Mapping[str, int]]
    groups: Mapping[str, str]
    fingerprint: str
    tuning_questions: Sequence[Question] = ()
    tuning_qrels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    passage_answers: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    passage_length: int | None = None

    def __repr__(self) -> str:
        """`xquad: 240 passages (en), 13,090 questions in 11 languages`; a pool on the disk is not counted for it."""
        languages = self.query_languages
        asked = languages[0] if len(languages) == 1 else f"{len(languages)} languages"
        return f"{self.name}: {self._pool}, {len(self.questions):,} questions in {asked}"

    def _repr_html_(self) -> str:
        """The same for a notebook, and the questions of each language."""
        counts = Counter(question.language for question in self.questions)
        head = "".join(f"<th>{escape(code)}</th>" for code in sorted(counts))
        body = "".join(f"<td>{counts[code]:,}</td>" for code in sorted(counts))
        return (
            f"<b>{escape(self.name)}</b>: {escape(self._pool)}"
            f"<table><tr><th>questions in</th>{head}</tr><tr><td>{len(self.questions):,}</td>{body}</tr></table>"
        )

    @property
    def _pool(self) -> str:
        number = self.passages.known_length if isinstance(self.passages, Pool) else len(self.passages)
        languages = self.passage_languages
        spoken = ", ".join(languages) if len(languages) <= 3 else f"{len(languages)} languages"
        return f"{'' if number is None else f'{number:,} '}passages ({spoken})"

    @cached_property
    def passage_by_id(self) -> Mapping[str, Passage]:
        """Passage id → passage."""
        if isinstance(self.passages, Pool):
            return self.passages.by_id
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def passage_languages(self) -> tuple[str, ...]:
        """The languages of the pool, sorted."""
        if isinstance(self.passages, Pool):
            return self.passages.languages
        return tuple(sorted({passage.language for passage in self.passages}))

    @cached_property
    def samples(self) -> dict[str, Passage]:
        """Passage language → one passage in it: answers differ by the passage's language only."""
        if isinstance(self.passages, Pool) and len(self.passage_languages) == 1:
            return {self.passage_languages[0]: self.passages[0]}
        return {passage.language: passage for passage in self.passages}

    @cached_property
    def query_languages(self) -> tuple[str, ...]:
        """The languages that questions are asked in, sorted."""
        return tuple(sorted({question.language for question in self.questions}))

    def questions_in(self, language: str) -> list[Question]:
        """The questions of one language, in the benchmark's order.

        Raises:
            XqgError: when there is none.
        """
        found = [question for question in self.questions if question.language == language]
        if not found:
            have = ", ".join(self.query_languages)
            raise XqgError(f"{self.name}: no questions in {language!r}; it has {have}")
        return found

    def judged(self, question: Question) -> Mapping[str, int]:
        """Passage id → grade, of a question or of one to tune on; empty where nobody judged it."""
        return self.qrels.get(question.id) or self.tuning_qrels.get(question.id) or {}

    def fold(self, number: int, folds: int) -> Benchmark:
        """The same pool with the questions of one fold of the clusters: all of a cluster, or none.

        Questions to tune on stay as they are.

        Args:
            number: from 0.
            folds: into which `deal` deals the clusters.

        Raises:
            XqgError: no such fold, or more folds than clusters.
        """
        clusters = len(set(self.groups.values()))
        if not 2 <= folds <= clusters:
            raise XqgError(
                f"{self.name}: {folds} folds of its {clusters} clusters of questions; give 2 to {clusters}"
            )
        if not 0 <= number < folds:
            raise XqgError(f"fold {number} of {folds}; folds are numbered from 0 to {folds - 1}")
        kept = {id_ for id_, fold in deal(self.groups, folds).items() if fold == number}
        return dataclasses.replace(
            self,
            questions=[question for question in self.questions if question.id in kept],
            qrels={id_: judged for id_, judged in self.qrels.items() if id_ in kept},
            groups={id_: group for id_, group in self.groups.items() if id_ in kept},
        )

    def answers(self, question: Question, passage: Passage) -> tuple[str, ...]:
        """The strings that answer `question` in `passage`: those of the passage's language."""
        if self.passage_answers:
            return self.passage_answers.get(passage.language, {}).get(question.id, ())
        return question.answers


@dataclass(frozen=True)
class BuiltIn:
    """How a benchmark that needs no files is loaded.

    Attributes:
        make: from a passage language (None: the usual one) to the benchmark.
    """

    name: str
    make: Callable[[str | None], Benchmark]

    def __call__(self, data: Path | None, passage_language: str | None) -> Benchmark:
        """Load it.

        Raises:
            XqgError: a folder of files; what `make` raises.
        """
        if data is not None:
            raise XqgError(f"{self.name} is built in and reads no files; leave out `data`")
        return self.make(passage_language)
