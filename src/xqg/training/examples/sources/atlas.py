"""Training examples of atlas: the questions about train entities, over the passages that answer them."""

from __future__ import annotations

from xqg.benchmarks.atlas import LANGUAGES, Fact, ask, facts_in, passages, wordings
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import Request, SourceData

__all__ = ["load"]


def load(request: Request) -> SourceData:
    """An example for each fact of a train entity, wording, and passage that states the fact.

    Its id is `FACTKEY:WORDING:PASSAGEID`, its questions are in all eight languages, its passage is English, its
    group is the entity's key. The pool is the passages about train entities.
    """
    about = {one.id: one.entity for one in passages()}
    pool = {one.id: Passage(one.id, one.title(), one.text(), "en") for one in passages()}
    examples, positives = [], {}
    for fact, ids in facts_in("train").items():
        for wording in range(_wordings(fact)):
            questions = {code: ask(fact.kind, fact.entity, code, wording) for code in LANGUAGES}
            for id_ in ids:
                example = Example(
                    f"{fact.key}:{wording}:{id_}", questions, {"en": pool[id_]}, fact.entity.key
                )
                examples.append(example)
                positives[example.id] = frozenset(ids)
    learned = [passage for id_, passage in pool.items() if about[id_].split == "train"]
    return SourceData(
        TrainingData(examples, learned, positives),
        kept_out=frozenset(pool) - {passage.id for passage in learned},
        groups={id_: entity.key for id_, entity in about.items()},
    )


def _wordings(fact: Fact) -> int:
    """How many wordings every language has for a fact's kind."""
    return min(len(wordings(code)[fact.kind]) for code in LANGUAGES)
