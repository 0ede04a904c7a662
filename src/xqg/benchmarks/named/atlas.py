"""`atlas`: English passages from Unicode CLDR, questions in eight languages; built in (docs/atlas.md).

Passages are about territories, currencies, languages, scripts and cities; questions are in en, ar, bn, fi, ja, ko,
ru, te; answers are English spans of a passage. Split by entity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from xqg.benchmarks.atlas import LANGUAGES, Fact, ask, facts_in, passages, wording_of
from xqg.benchmarks.benchmark import Benchmark, BuiltIn
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question

__all__ = ["ATLAS"]


def load(passage_language: str | None = None) -> Benchmark:
    """The whole pool with the questions about test entities; those about dev entities tune α.

    A question's id is its fact's key (`territory_currency:FR`), its cluster is the entity, and
    relevant is every passage about that entity that states the fact. The same on every machine:
    nothing is drawn at random.

    Raises:
        XqgError: a passage language other than English.
    """
    if passage_language not in (None, "en"):
        raise XqgError("atlas has English passages only; leave out `passage_language` or use xquad")
    pool = [Passage(p.id, p.title(), p.text(), "en") for p in passages()]
    test, dev = facts_in("test"), facts_in("dev")
    questions, tuning = list(_questions(test)), list(_questions(dev))
    content = "\n".join(map(repr, [*pool, *questions, *test.values(), *tuning, *dev.values()]))
    return Benchmark(
        name="atlas",
        passages=pool,
        questions=questions,
        qrels={fact.key: dict.fromkeys(ids, 1) for fact, ids in test.items()},
        groups={fact.key: fact.entity.key for fact in test},
        fingerprint="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
        tuning_questions=tuning,
        tuning_qrels={fact.key: dict.fromkeys(ids, 1) for fact, ids in dev.items()},
    )


def _questions(facts: Iterable[Fact]) -> Iterator[Question]:
    for language in LANGUAGES:
        for fact in facts:
            text = ask(fact.kind, fact.entity, language, wording_of(fact, language))
            yield Question(fact.key, text, language, fact.answers)


ATLAS = BuiltIn("atlas", load)
