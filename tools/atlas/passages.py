"""The English passages of atlas: templates over the facts, with distracting sentences.

An entity has one to four passages. Which wording a passage takes, and which other entities its
distracting sentences mention, follows from a hash of its id, so the pool is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tools.atlas.facts import (
    currency_history,
    currency_name,
    facts_of,
    most_spoken,
    territory_of_zone,
    weekend,
)
from tools.atlas.names import entities
from xqg.benchmarks.atlas import AtlasPassage, Entity, pick

__all__ = ["passages"]


class _Writer:
    """Collects the sentences of one passage; `say` picks one of several wordings."""

    def __init__(self, entity: Entity, topic: str) -> None:
        self.entity, self.topic = entity, topic
        self.key = f"{entity.key}:{topic}"
        self.known = facts_of(entity)
        self.sentences: list[str] = []
        self.stated: list[str] = []

    def say(self, *wordings: str, states: str | None = None) -> None:
        self.sentences.append(wordings[pick(f"{self.key}:{len(self.sentences)}", len(wordings))])
        if states:
            self.stated.append(states)

    def fact(self, kind: str, *wordings: str) -> None:
        """State a fact; `{a}` in a wording is its answer. Nothing where CLDR does not know it."""
        if kind in self.known:
            answer = _join(self.known[kind].answers)
            self.say(*(wording.replace("{a}", answer) for wording in wordings), states=kind)

    def finish(self, *titles: str) -> AtlasPassage | None:
        if not self.stated:
            return None
        title = titles[pick(f"{self.key}:title", len(titles))]
        slug = self.key.replace(":", "-").replace("/", "-")
        return AtlasPassage(slug, self.entity, title, " ".join(self.sentences), tuple(self.stated))


def _join(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


@cache
def _of_kind(kind: str) -> tuple[Entity, ...]:
    return tuple(entity for entity in entities().values() if entity.kind == kind)


@cache
def _namesakes(key: str) -> tuple[Entity, ...]:
    """Entities of the same kind that share a word of five letters or more: Guinea, Guinea-Bissau."""
    entity = entities()[key]
    words = _words(entity)
    return tuple(other for other in _of_kind(entity.kind) if other is not entity and words & _words(other))


def _words(entity: Entity) -> set[str]:
    name = entity.names["en"].replace("-", " ").replace("(", " ").replace(")", " ")
    return {word for word in name.split() if len(word) >= 5 and word not in {"Island", "Islands"}}


def _another(entity: Entity, salt: str, having: str | None = None) -> Entity:
    """Another entity of the kind for a distracting sentence: every second time one of like name."""
    pool = list(_namesakes(entity.key)) if pick(f"like:{entity.key}:{salt}", 2) else []
    pool = [other for other in pool if having is None or having in facts_of(other)]
    if not pool:
        pool = [o for o in _of_kind(entity.kind) if o is not entity and (not having or having in facts_of(o))]
    return pool[pick(f"other:{entity.key}:{salt}", len(pool))]


def _answer(entity: Entity, kind: str) -> str:
    return _join(facts_of(entity)[kind].answers)


def _money(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "money")
    writer.fact(
        "territory_currency",
        "In {x}, prices are given in {a}.",
        "The currency of {x} is the {a}.",
        "People in {x} pay with the {a}.",
    )
    other = _another(entity, "money", "territory_currency")
    writer.say(
        f"Visitors from {other.english}, who are used to the {_answer(other, 'territory_currency')}, change"
        " their notes at the border.",
        f"In {other.english}, by contrast, the {_answer(other, 'territory_currency')} is accepted.",
        f"A traveller who goes on to {other.english} needs the {_answer(other, 'territory_currency')}.",
    )
    writer.fact("territory_code", "Banks write {a} for {x} on their forms.", "Its ISO 3166 code is {a}.")
    return writer.finish("{n}", "Money in {n}", "Paying in {n}")


def _former_money(entity: Entity) -> AtlasPassage | None:
    """Money of the same place, but not the present currency: right but for one fact."""
    writer = _Writer(entity, "former-money")
    if "territory_old_currency" not in writer.known:
        return None
    writer.fact(
        "territory_old_currency",
        "Before the present currency came, people in {x} paid with the {a}.",
        "The former currency of {x} was the {a}.",
    )
    writer.fact("territory_currency_year", "It was replaced in {a}.", "The change to new money came in {a}.")
    older = [str(currency_name(row[0])) for row in currency_history(entity.code) if not row[2]][:-1]
    if older:
        writer.say(f"Still older coins bear the name of the {older[-1]}.")
    other = _another(entity, "former", "territory_old_currency")
    writer.say(
        f"Collectors also look for the {_answer(other, 'territory_old_currency')} of {other.english}.",
        f"{other.english} gave up the {_answer(other, 'territory_old_currency')}.",
    )
    return writer.finish("{n}", "Former money of {n}", "Currencies of {n}")


def _tongues(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "languages")
    writer.fact(
        "territory_language",
        "The official language of {x} is {a}.",
        "In {x}, {a} has official status.",
        "Laws in {x} are written in {a}.",
    )
    official = set(most_spoken(entity.code, official=True))
    heard = [code for code in most_spoken(entity.code, official=False) if code not in official][:2]
    if heard:
        spoken = _join(tuple(entities()[f"language:{code}"].names["en"] for code in heard))
        writer.say(f"Many people also speak {spoken}.", f"One hears {spoken} as well.")
    writer.fact("territory_code", "The ISO 3166 code of {x} is {a}.", "On licence papers {x} is {a}.")
    other = _another(entity, "tongues", "territory_language")
    writer.say(
        f"In {other.english} the courts use {_answer(other, 'territory_language')}.",
        f"Schools in {other.english} teach {_answer(other, 'territory_language')} instead.",
    )
    return writer.finish("{n}", "Languages of {n}", "Speech in {n}")


def _week(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "week")
    days = weekend(entity.code)
    writer.fact(
        "territory_first_day",
        "Calendars in {x} begin the week on {a}.",
        "In {x} the week begins on {a}.",
        "The first day of the week in {x} is {a}.",
    )
    if days:
        rest = days[1] if days[1] == days[2] else f"{days[1]} and {days[2]}"
        writer.say(f"Offices close on {rest}.", f"The weekend is {rest}.")
    other = _another(entity, "week", "territory_first_day")
    writer.say(
        f"A diary printed for {other.english} starts with {_answer(other, 'territory_first_day')}.",
        f"In {other.english} the page opens on {_answer(other, 'territory_first_day')}.",
    )
    language = most_spoken(entity.code, official=False)[:1]
    if language:
        name = entities()[f"language:{language[0]}"].names["en"]
        writer.say(f"The names of the months are printed in {name}.")
    return writer.finish("{n}", "The week in {n}", "Calendar of {n}")


def _currency(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "currency")
    writer.fact("currency_code", "The code of the {x} is {a}.", "On exchange boards the {x} stands as {a}.")
    writer.fact("currency_territory", "It is used in {a}.", "People pay with the {x} in {a}.")
    other = _another(entity, "currency", "currency_code")
    writer.say(
        f"It should not be confused with the {other.names['en']}, whose code is {other.code}.",
        f"Traders often exchange it for the {other.names['en']} ({other.code}).",
    )
    return writer.finish("{n}", "The {n}", "{n} as money")


def _language(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "language")
    writer.fact("language_territory", "Most speakers of {x} live in {a}.", "{x} is mainly spoken in {a}.")
    writer.fact("language_script", "It is written in the {a} script.", "{x} uses the {a} script.")
    writer.fact("language_autonym", "Its speakers call it {a}.", "The native name of {x} is {a}.")
    other = _another(entity, "language", "language_script")
    writer.say(
        f"{other.names['en']}, which is another language, is written in the"
        f" {_answer(other, 'language_script')} script.",
        f"Readers of {other.names['en']} use the {_answer(other, 'language_script')} script.",
    )
    writer.fact("language_code", "In ISO 639 its code is {a}.", "Computers mark {x} texts with the code {a}.")
    return writer.finish("{n}", "{n} language", "The {n} language")


def _script(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "script")
    writer.fact("script_language", "{a} is written in the {x} script.", "The {x} script serves {a}.")
    writer.fact("script_code", "ISO 15924 gives the {x} script the code {a}.", "The code of {x} is {a}.")
    other = _another(entity, "script", "script_code")
    writer.say(
        f"Scholars compare it with the {other.names['en']} script, which is coded {other.code}.",
        f"In lists it stands near {other.names['en']} ({other.code}).",
    )
    return writer.finish("{n}", "{n} script", "The {n} script")


def _city(entity: Entity) -> AtlasPassage | None:
    writer = _Writer(entity, "city")
    writer.fact("city_territory", "{x} is a place in {a}.", "The city of {x} belongs to {a}.")
    writer.fact("city_zone", "Clocks in {x} show {a}.", "It follows {a}.", "{x} keeps {a}.")
    other = _another(entity, "city", "city_zone")
    writer.say(
        f"{other.names['en']} keeps {_answer(other, 'city_zone')}.",
        f"Travellers from {other.names['en']} come from {_answer(other, 'city_zone')}.",
    )
    home = territory_of_zone(entity.code)
    if home and "territory_currency" in facts_of(home):
        writer.say(f"Its shops take the {_answer(home, 'territory_currency')}.")
    return writer.finish("{n}", "Time in {n}", "{n} (city)")


_WRITERS: dict[str, tuple[Callable[[Entity], AtlasPassage | None], ...]] = {
    "territory": (_money, _former_money, _tongues, _week),
    "currency": (_currency,),
    "language": (_language,),
    "script": (_script,),
    "city": (_city,),
}


@cache
def passages() -> tuple[AtlasPassage, ...]:
    """The whole pool, about 1,600 passages, in a fixed order."""
    found = (write(entity) for entity in entities().values() for write in _WRITERS[entity.kind])
    return tuple(passage for passage in found if passage is not None)
