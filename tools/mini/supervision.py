"""What the mini models learn from: name pairs of all entities of atlas, questions about train entities.

Encoder, generator and reader get the same. No question about a dev or test entity is here, and an entity swap puts
train entities in the place of train entities only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from xqg.benchmarks.atlas import AtlasPassage, Entity, ask, entities, passages
from xqg.training.examples.supervision import SupervisedQuestion, supervised_questions, visible_texts

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
    def asked(self) -> dict[str, list[SupervisedQuestion]]:
        """Language → the questions that its supervision consists of."""
        return supervised_questions(self.scarce)

    def texts(self) -> list[str]:
        """Every text that a model may see, for training a tokenizer."""
        return visible_texts(self.scarce)

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
            if entity.split == "train":
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
            if passage.entity.split == "train":
                found.setdefault(passage.id.rsplit("-", 1)[1], []).append(passage)
        return found
