"""What the mini reader learns from: questions, and names, about atlas's passages.

Examples are of two kinds. *Questions* (supervision: about train entities only, scarce in languages
other than English) ask for a fact that a passage states; subject and question are swapped together
for another train entity most of the time. *Names* (stands for pretraining, as for the mini generator)
give an entity's name in one language, of any split, and look for the English one in a passage.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cached_property

from tools.mini.recipes import MiniReaderRecipe
from tools.mini.supervision import Supervision
from xqg.benchmarks.atlas import LANGUAGES, AtlasPassage, Entity, ask, facts_of

__all__ = ["NEGATIVES", "Lesson", "Lessons", "answer_in_template", "place_in_text"]

NEGATIVES = 2  # wrong passages beside the right one
LATE = ("territory_code", "language_code")  # stated after sentences about others; the rest before


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, the passage with its answer `passage[start:end]`, and passages without it."""

    question: str
    passage: str
    start: int
    end: int
    negatives: tuple[str, ...]


def answer_in_template(passage: AtlasPassage, kind: str) -> tuple[int, int] | None:
    """Where a passage's template states the first answer of a fact about its subject, end exclusive.

    Facts come in the order of `passage.facts`, before any sentence about another entity, but for the
    codes in `LATE`, which close a passage: `in` is a language's code, too. None where only the
    subject's own name holds the answer.
    """
    text, known, at = passage.text_template, facts_of(passage.entity), 0
    for fact in passage.facts:
        answers = known[fact].answers
        stated = answers[0] if len(answers) == 1 else f"{', '.join(answers[:-1])} and {answers[-1]}"
        found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(stated)}(?!\w)", text)]
        found = found[-1:] if fact in LATE else [start for start in found if start >= at]
        if fact == kind:
            return (found[0], found[0] + len(answers[0])) if found else None
        if found and fact not in LATE:
            at = found[0] + len(stated)
    return None


def place_in_text(passage: AtlasPassage, entity: Entity, start: int, end: int) -> tuple[int, int]:
    """A place in the template as one in `passage.text(entity)`; `{x}` itself lies nowhere."""
    longer = len(entity.english) - len("{x}")
    shift = longer * passage.text_template.count("{x}", 0, start)
    return start + shift, end + shift


class Lessons:
    """The examples of a whole run: example `i` depends on (seed, i) only."""

    def __init__(self, recipe: MiniReaderRecipe) -> None:
        self.recipe = recipe
        self.supervision = Supervision(recipe.scarce, recipe.swaps)

    def draw(self, number: int) -> Lesson:
        """Example `number`."""
        rng = random.Random(f"{self.recipe.seed}:{number}")
        language = LANGUAGES[number % len(LANGUAGES)]
        if rng.random() < self.recipe.name_share:
            return self._name(rng, language)
        return self._question(rng, language)

    def _question(self, rng: random.Random, language: str) -> Lesson:
        asked = rng.choice(self.supervision.asked[language])
        passage, entity = asked.passage, asked.passage.entity
        place = answer_in_template(passage, asked.kind)
        if place is None:
            return self._question(rng, language)
        if rng.random() < self.recipe.swaps:
            entity = rng.choice(self.supervision.train_of_kind[entity.kind])
        start, end = place_in_text(passage, entity, *place)
        text = passage.text(entity)
        answer = text[start:end]
        near = [p.text(entity) for p in self._about[passage.entity.key] if asked.kind not in p.facts]
        others, naming = (
            [self._texts[p.id] for p in found if p.entity is not entity and p.entity is not passage.entity]
            for found in (self._of_topic[_topic(passage)], self._naming[entity.key])
        )
        negatives = tuple(
            _pick(rng, preferred, others, answer if entity is passage.entity else None)
            for preferred in (near, naming)
        )
        return Lesson(ask(asked.kind, entity, language, asked.wording), text, start, end, negatives)

    def _name(self, rng: random.Random, language: str) -> Lesson:
        passage = rng.choice(self._naming_subject)
        entity = passage.entity
        name, text = entity.names["en"], passage.text()
        start = passage.text_template.index("{x}") + len(entity.english) - len(name)
        others = [self._texts[p.id] for p in self._of_topic[_topic(passage)]]
        negatives = tuple(_pick(rng, [], others, name) for _ in range(NEGATIVES))
        return Lesson(entity.name_in(language), text, start, start + len(name), negatives)

    @cached_property
    def _train_pool(self) -> list[AtlasPassage]:
        return [passage for passage in self.supervision.pool if passage.entity.split == "train"]

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {passage.id: passage.text() for passage in self._train_pool}

    @cached_property
    def _about(self) -> dict[str, list[AtlasPassage]]:
        found: dict[str, list[AtlasPassage]] = {}
        for passage in self._train_pool:
            found.setdefault(passage.entity.key, []).append(passage)
        return found

    @cached_property
    def _of_topic(self) -> dict[str, list[AtlasPassage]]:
        found: dict[str, list[AtlasPassage]] = {}
        for passage in self._train_pool:
            found.setdefault(_topic(passage), []).append(passage)
        return found

    @cached_property
    def _naming(self) -> dict[str, list[AtlasPassage]]:
        """Train entity → passages about other train entities that mention it."""
        pool = [(passage, self._texts[passage.id]) for passage in self._train_pool]
        return {
            entity.key: [p for p, text in pool if entity.names["en"] in text and p.entity is not entity]
            for of_kind in self.supervision.train_of_kind.values()
            for entity in of_kind
        }

    @cached_property
    def _naming_subject(self) -> list[AtlasPassage]:
        return [passage for passage in self.supervision.pool if "{x}" in passage.text_template]


def _pick(rng: random.Random, preferred: list[str], others: list[str], without: str | None) -> str:
    """Half of the time a preferred one, where there is one, else another; none with the answer."""
    for texts in (preferred, others) if rng.random() < 0.5 else (others,):
        texts = [text for text in texts if without is None or without not in text]
        if texts:
            return rng.choice(texts)
    return rng.choice(others)


def _topic(passage: AtlasPassage) -> str:
    return passage.id.rsplit("-", 1)[1]
