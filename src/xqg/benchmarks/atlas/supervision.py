"""What models may learn from atlas: name pairs of all entities, questions about train entities.

It imitates the paper's setting. *Pretraining* (what mBERT and mT5 bring along) is the CLDR names of
all entities and the passages as plain text; *task supervision* is plentiful in English and scarce
elsewhere. Encoder and generator get the same. No question about a dev or test entity is here, and
an entity swap puts train entities in the place of train entities only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from xqg.benchmarks.atlas import facts_in
from xqg.benchmarks.atlas.names import LANGUAGES, Entity, entities, pick, split_of
from xqg.benchmarks.atlas.passages import AtlasPassage, passages
from xqg.benchmarks.atlas.questions import ask, templates

__all__ = ["Example", "Supervision"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the passage that answers it, and one about the same entity that does not."""

    question: str
    language: str
    entity: Entity
    title: str
    text: str
    negative: str


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    wording: int
    passage: AtlasPassage


class Supervision:
    """Training material of atlas.

    Args:
        scarce: questions for each language other than English.
        swaps: probability that an example's entity is swapped for another train entity of its
            kind, in title, text, and question alike.
    """

    def __init__(self, scarce: int, swaps: float) -> None:
        self.scarce, self.swaps = scarce, swaps
        self.entities = list(entities().values())
        self.pool = passages()

    @cached_property
    def asked(self) -> dict[str, list[_Asked]]:
        """Language → the (fact, wording, passage) that its supervision consists of."""
        by_id = {passage.id: passage for passage in self.pool}
        found: dict[str, list[_Asked]] = {}
        for language in LANGUAGES:
            keyed = [
                (pick(f"scarce:{language}:{fact.key}:{w}", 2**62), _Asked(fact.kind, w, by_id[id_]))
                for fact, ids in facts_in("train").items()
                for w in range(len(templates(language)[fact.kind]))
                for id_ in ids
            ]
            keyed.sort(key=lambda pair: pair[0])
            rows = [row for _, row in keyed]
            found[language] = rows if language == "en" else rows[: self.scarce]
        return found

    def texts(self) -> list[str]:
        """Every text that a model may see, for training a tokenizer: names, passages, questions."""
        names = [name for entity in self.entities for name in entity.names.values()]
        rows = [f"{p.title()} {p.text()}" for p in self.pool]
        rows += [
            ask(a.kind, a.passage.entity, language, a.wording)
            for language, asked in self.asked.items()
            for a in asked
        ]
        return names + rows

    def example(self, rng: random.Random, language: str) -> Example:
        """Draw one example of a language, its entity swapped with probability `swaps`."""
        asked = rng.choice(self.asked[language])
        passage = asked.passage
        entity = passage.entity
        if rng.random() < self.swaps:
            entity = rng.choice(self.train_of_kind[entity.kind])
        others = [other for other in self._about[passage.entity.key] if asked.kind not in other.facts]
        strangers = self._of_topic[passage.id.rsplit("-", 1)[1]]
        negative = rng.choice(others or [other for other in strangers if other.entity is not passage.entity])
        subject = entity if others else None
        return Example(
            question=ask(asked.kind, entity, language, asked.wording),
            language=language,
            entity=entity,
            title=passage.title(entity),
            text=passage.text(entity),
            negative=f"{negative.title(subject)} {negative.text(subject)}",
        )

    def name_pair(self, rng: random.Random, language: str) -> tuple[str, str]:
        """The English name of a random entity, train, dev or test, and its name in `language`."""
        entity = rng.choice(self.entities)
        return entity.names["en"], entity.names[language]

    @cached_property
    def train_of_kind(self) -> dict[str, list[Entity]]:
        """Kind of entity → its train entities: what may take another's place."""
        found: dict[str, list[Entity]] = {}
        for entity in self.entities:
            if split_of(entity) == "train":
                found.setdefault(entity.kind, []).append(entity)
        return found

    @cached_property
    def _about(self) -> dict[str, list[AtlasPassage]]:
        found: dict[str, list[AtlasPassage]] = {}
        for passage in self.pool:
            found.setdefault(passage.entity.key, []).append(passage)
        return found

    @cached_property
    def _of_topic(self) -> dict[str, list[AtlasPassage]]:
        found: dict[str, list[AtlasPassage]] = {}
        for passage in self.pool:
            if split_of(passage.entity) == "train":
                found.setdefault(passage.id.rsplit("-", 1)[1], []).append(passage)
        return found
