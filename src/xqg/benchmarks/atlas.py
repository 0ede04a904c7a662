"""What atlas is made of: entities, facts about them, passages and the wordings of questions (docs/atlas.md).

`data/atlas.json.gz` holds all of it, as `tools/atlas` in the repository made it from Unicode CLDR:

    {"source": …, "wordings": {LANGUAGE: {KIND OF FACT: [text with {x}, …]}}, "entities": [
        {"kind": …, "code": …, "split": …, "names": {LANGUAGE: name}, "english": …,
         "facts": {KIND OF FACT: [answer, …]},
         "passages": [{"id": …, "title": text with {n}, "text": text with {x}, "facts": [KIND OF FACT, …]}]}]}

Texts leave their subject open, so that a model can learn from a passage about one entity as if it were about another.
Everything is read once and in the file's order; the objects that the functions give are shared.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = [
    "DATA",
    "LANGUAGES",
    "AtlasPassage",
    "Entity",
    "Fact",
    "ask",
    "entities",
    "facts_in",
    "facts_of",
    "passages",
    "pick",
    "wording_of",
    "wordings",
]

DATA = Path(__file__).parent / "data" / "atlas.json.gz"
LANGUAGES = ("en", "ar", "bn", "fi", "ja", "ko", "ru", "te")


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that passages are about.

    Attributes:
        kind: `territory`, `currency`, `language`, `script` or `city`.
        code: CLDR's: `FR`, `EUR`, `Europe/Paris`.
        names: in all of LANGUAGES, as CLDR has them.
        english: the English name as a sentence uses it: `the Netherlands`, `Finland`.
        split: `train`, `dev` or `test`: entities are split, never single questions.
    """

    kind: str
    code: str
    names: dict[str, str]
    english: str
    split: str

    @property
    def key(self) -> str:
        """`territory:FR`, `city:Europe/Paris`: unique among all entities."""
        return f"{self.kind}:{self.code}"

    def name_in(self, language: str) -> str:
        """The name as a question of that language uses it."""
        return self.english if language == "en" else self.names[language]

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about an entity; `answers` are English spans that a passage states, one to three."""

    kind: str
    entity: Entity
    answers: tuple[str, ...]

    @property
    def key(self) -> str:
        """`territory_currency:FR`: also the id of the question that asks for it."""
        return f"{self.kind}:{self.entity.code}"


@dataclass(frozen=True)
class AtlasPassage:
    """A passage with its subject left open: `{x}` where a sentence names it, `{n}` in the title.

    `facts` are the kinds of fact that it states about the subject.
    """

    id: str
    entity: Entity
    title_template: str
    text_template: str
    facts: tuple[str, ...]

    def title(self, entity: Entity | None = None) -> str:
        """The title, about `entity` in place of its own subject where one is given."""
        return self.title_template.replace("{n}", (entity or self.entity).names["en"])

    def text(self, entity: Entity | None = None) -> str:
        """The text, likewise."""
        text = self.text_template.replace("{x}", (entity or self.entity).english)
        return ". ".join(s[:1].upper() + s[1:] for s in text.split(". "))


def pick(key: str, count: int) -> int:
    """A number in [0, count) that depends on nothing but `key`: atlas draws no random numbers."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % count


@cache
def _data() -> dict[str, Any]:
    return json.loads(gzip.decompress(DATA.read_bytes()))


@cache
def entities() -> dict[str, Entity]:
    """Every entity, by key."""
    names = ("kind", "code", "names", "english", "split")
    found = (Entity(**{name: row[name] for name in names}) for row in _data()["entities"])
    return {entity.key: entity for entity in found}


@cache
def _facts() -> dict[str, dict[str, Fact]]:
    """Entity's key → kind → fact."""
    return {
        entity.key: {kind: Fact(kind, entity, tuple(answers)) for kind, answers in row["facts"].items()}
        for entity, row in zip(entities().values(), _data()["entities"], strict=True)
    }


def facts_of(entity: Entity) -> dict[str, Fact]:
    """The facts known of an entity, by kind."""
    return _facts()[entity.key]


@cache
def passages() -> tuple[AtlasPassage, ...]:
    """The whole pool, 1,643 passages: those about one entity stand together."""
    return tuple(
        AtlasPassage(one["id"], entity, one["title"], one["text"], tuple(one["facts"]))
        for entity, row in zip(entities().values(), _data()["entities"], strict=True)
        for one in row["passages"]
    )


def facts_in(split: str) -> dict[Fact, list[str]]:
    """Facts about the entities of a split (`train`, `dev`, `test`) → ids of the passages that state them."""
    found: dict[str, tuple[Fact, list[str]]] = {}
    for passage in passages():
        if passage.entity.split == split:
            for kind in passage.facts:
                fact = facts_of(passage.entity)[kind]
                found.setdefault(fact.key, (fact, []))[1].append(passage.id)
    return dict(found.values())


def wordings(language: str) -> dict[str, list[str]]:
    """Kind of fact → the ways to ask for it in one language, two or more, with `{x}` for the entity's name."""
    return _data()["wordings"][language]


def ask(kind: str, entity: Entity, language: str, wording: int) -> str:
    """The text of one question."""
    return wordings(language)[kind][wording].replace("{x}", entity.name_in(language))


def wording_of(fact: Fact, language: str) -> int:
    """Which wording a dev or test question takes: fixed by its fact and language."""
    return pick(f"wording:{fact.key}:{language}", len(wordings(language)[fact.kind]))
