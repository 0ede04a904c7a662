"""Training examples of atlas-r: a question about a train entity, and the same one in other words."""

from __future__ import annotations

from xqg.benchmarks.atlas import LANGUAGES, Fact, ask, facts_in
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import Request, SourceData

__all__ = ["load"]


def load(request: Request) -> SourceData:
    """An example for each fact of a train entity: its first wording asks, its second one is the passage.

    Questions and passages are in all eight languages; a passage's id is `LANG:FACTKEY`, its title is empty. The pool
    is those passages. Where a language words a kind of fact in one way only, both are equal.
    """
    facts = list(facts_in("train"))
    examples = [_example(fact) for fact in facts]
    pool = [passage for example in examples for passage in example.passages.values()]
    return SourceData(
        TrainingData(
            examples,
            pool,
            {one.id: frozenset(passage.id for passage in one.passages.values()) for one in examples},
        ),
        kept_out=frozenset(
            f"{code}:{fact.key}"
            for split in ("dev", "test")
            for fact in facts_in(split)
            for code in LANGUAGES
        ),
        groups={passage.id: one.group for one in examples for passage in one.passages.values()},
    )


def _example(fact: Fact) -> Example:
    asked, other = ({code: ask(fact.kind, fact.entity, code, w) for code in LANGUAGES} for w in (0, 1))
    passages = {code: Passage(f"{code}:{fact.key}", "", text, code) for code, text in other.items()}
    return Example(fact.key, asked, passages, fact.entity.key)
