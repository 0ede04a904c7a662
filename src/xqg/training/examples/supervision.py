"""Which texts of atlas a model may see: names of all entities, all passages, questions about train entities.

It imitates the paper's setting. The names and the passages as plain text stand for *pretraining* (what mBERT and mT5
bring along); the questions are *task supervision*, plentiful in English and scarce elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from xqg.benchmarks.atlas import LANGUAGES, AtlasPassage, ask, entities, facts_in, passages, pick, wordings

__all__ = ["SupervisedQuestion", "supervised_questions", "visible_texts"]


@dataclass(frozen=True, slots=True)
class SupervisedQuestion:
    """A question about the passage's subject: a kind of fact and the number of a wording."""

    kind: str
    wording: int
    passage: AtlasPassage


def supervised_questions(scarce: int) -> dict[str, list[SupervisedQuestion]]:
    """Language → its questions about train entities, in an order that a hash gives.

    Args:
        scarce: how many for each language other than English, which has all.
    """
    by_id = {passage.id: passage for passage in passages()}
    found: dict[str, list[SupervisedQuestion]] = {}
    for language in LANGUAGES:
        keyed = [
            (pick(f"scarce:{language}:{fact.key}:{w}", 2**62), SupervisedQuestion(fact.kind, w, by_id[id_]))
            for fact, ids in facts_in("train").items()
            for w in range(len(wordings(language)[fact.kind]))
            for id_ in ids
        ]
        keyed.sort(key=lambda pair: pair[0])
        rows = [row for _, row in keyed]
        found[language] = rows if language == "en" else rows[:scarce]
    return found


def visible_texts(scarce: int) -> list[str]:
    """Every text that a model may see, for training a tokenizer: names, passages, questions."""
    names = [name for entity in entities().values() for name in entity.names.values()]
    rows = [f"{passage.title()} {passage.text()}" for passage in passages()]
    rows += [
        ask(one.kind, one.passage.entity, language, one.wording)
        for language, questions in supervised_questions(scarce).items()
        for one in questions
    ]
    return names + rows
