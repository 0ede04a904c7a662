"""`atlas-r`: atlas's questions as passages, those of all languages in one pool, by XQuAD-R's rules.

LAReQA (Roy et al., EMNLP 2020) asks whether a retriever finds the same meaning in every language, and
prefers none. Here a question has to find the same question in other words: the first wording of a
fact asks, its second wording in each of eight languages is relevant. Near it lie the questions about
the same entity and those of the same kind about others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from xqg.benchmarks.atlas import LANGUAGES, Fact, ask, facts_in
from xqg.benchmarks.benchmark import Benchmark, BuiltIn
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question

__all__ = ["ATLAS_R"]


def load(passage_language: str | None = None) -> Benchmark:
    """The pool of the second wordings of all facts of test and dev entities; the first wordings ask.

    A question's id is its fact's key, its cluster is the entity; a passage's id is `LANG:FACTKEY`, its
    title is empty. Questions about dev entities tune α. Within a language no two texts are equal.

    Args:
        passage_language: of the pool: `all` (None), or one of the eight.

    Raises:
        XqgError: a language that atlas has not.
    """
    passage_language = passage_language or "all"
    if passage_language not in ("all", *LANGUAGES):
        raise XqgError(
            f"atlas-r has no passages in {passage_language!r}; give as `passage_language` one of "
            f"{', '.join(LANGUAGES)}, all"
        )
    pool = LANGUAGES if passage_language == "all" else (passage_language,)
    test, dev = facts_in("test"), facts_in("dev")
    passages = [
        Passage(_id(code, fact), "", ask(fact.kind, fact.entity, code, 1), code)
        for code in pool
        for fact in (*test, *dev)
    ]
    questions, tuning = _questions(test), _questions(dev)
    content = "\n".join(map(repr, [*passages, *questions, *tuning]))
    return Benchmark(
        name="atlas-r",
        passages=passages,
        questions=questions,
        qrels=_qrels(test, pool),
        groups={fact.key: fact.entity.key for fact in test},
        fingerprint="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
        tuning_questions=tuning,
        tuning_qrels=_qrels(dev, pool),
    )


def _questions(facts: Iterable[Fact]) -> list[Question]:
    return [
        Question(fact.key, ask(fact.kind, fact.entity, code, 0), code) for code in LANGUAGES for fact in facts
    ]


def _qrels(facts: Iterable[Fact], pool: Sequence[str]) -> dict[str, dict[str, int]]:
    return {fact.key: {_id(code, fact): 1 for code in pool} for fact in facts}


def _id(language: str, fact: Fact) -> str:
    return f"{language}:{fact.key}"


ATLAS_R = BuiltIn("atlas-r", load)
