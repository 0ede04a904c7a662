"""`atlas`: the built-in benchmark, made from Unicode CLDR with no download (docs/atlas.md).

English passages about territories, currencies, languages, scripts and cities; questions in en,
ar, bn, fi, ja, ko, ru, te; answers are English spans of a passage. Split by entity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from xqg.benchmarks.atlas.facts import Fact
from xqg.benchmarks.atlas.names import LANGUAGES, split_of
from xqg.benchmarks.atlas.passages import facts_stated, passages
from xqg.benchmarks.atlas.questions import ask, wording_of
from xqg.benchmarks.benchmark import Benchmark
from xqg.passages.records import Passage, Question

__all__ = ["facts_in", "load"]


def load() -> Benchmark:
    """The whole pool with the questions about test entities; those about dev entities tune α.

    A question's id is its fact's key (`territory_currency:FR`), its cluster is the entity, and
    relevant is every passage about that entity that states the fact. The same on every machine:
    nothing is drawn at random.
    """
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


def facts_in(split: str) -> dict[Fact, list[str]]:
    """Facts about the entities of a split (`train`, `dev`, `test`) → the passages that state them."""
    found: dict[str, tuple[Fact, list[str]]] = {}
    for passage in passages():
        if split_of(passage.entity) == split:
            for fact in facts_stated(passage):
                found.setdefault(fact.key, (fact, []))[1].append(passage.id)
    return dict(found.values())


def _questions(facts: dict[Fact, list[str]]) -> Iterator[Question]:
    for language in LANGUAGES:
        for fact in facts:
            text = ask(fact.kind, fact.entity, language, wording_of(fact, language))
            yield Question(fact.key, text, language, fact.answers)
