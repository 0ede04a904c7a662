"""The facts of atlas: what CLDR says of its territories, currencies, languages, scripts and cities."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from tools.atlas.names import autonym, entities
from xqg.benchmarks.atlas import Entity, Fact

__all__ = [
    "KINDS",
    "currency_history",
    "currency_name",
    "facts_of",
    "most_spoken",
    "territory_of_zone",
    "weekend",
]

KINDS = (
    "territory_currency", "territory_language", "territory_first_day", "territory_code",
    "territory_old_currency", "territory_currency_year", "currency_code", "currency_territory",
    "language_script", "language_territory", "language_code", "language_autonym",
    "script_code", "script_language", "city_territory", "city_zone",
)  # fmt: skip

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def facts_of(entity: Entity) -> dict[str, Fact]:
    """The facts known of an entity, by kind. Facts with more than three answers are left out."""
    found = {
        "territory": _territory,
        "currency": _currency,
        "language": _language,
        "script": _script,
        "city": _city,
    }[entity.kind](entity)
    return {kind: Fact(kind, entity, answers) for kind, answers in found.items() if 0 < len(answers) <= 3}


def currency_name(code: str) -> str | None:
    """The English name of any currency, also of one that other languages do not name."""
    return Locale("en").currencies.get(code)


@cache
def currency_history(territory: str) -> tuple[tuple[str, int | None, bool], ...]:
    """(currency code, year of introduction, still in use) of a territory's tender, oldest first."""
    rows = []
    for code, start, end, tender in get_global("territory_currencies").get(territory, []):
        if tender and currency_name(code):
            rows.append((code, start[0] if start else None, end is None))
    return tuple(sorted(rows, key=lambda row: (row[2], row[1] or 0, row[0])))


@cache
def most_spoken(territory: str, official: bool) -> tuple[str, ...]:
    """Language codes of a territory, most widely spoken first; only the official ones if asked."""
    rows = get_global("territory_languages").get(territory, {})
    ranked = sorted(rows.items(), key=lambda row: (-row[1]["population_percent"], row[0]))
    return tuple(
        code
        for code, row in ranked
        if f"language:{code}" in entities()
        and (not official or row["official_status"] in ("official", "de_facto_official"))
    )


@cache
def weekend(territory: str) -> tuple[str, str, str] | None:
    """(first day of the week, weekend's first day, weekend's last day), or None where CLDR is silent."""
    try:
        locale = Locale.parse(f"und_{territory}")
    except (UnknownLocaleError, ValueError):
        return None
    if locale.territory != territory:
        return None
    days = (locale.first_week_day, locale.weekend_start, locale.weekend_end)
    return _DAYS[days[0]], _DAYS[days[1]], _DAYS[days[2]]


def territory_of_zone(zone: str) -> Entity | None:
    """The territory that a time zone belongs to."""
    return entities().get(f"territory:{get_global('zone_territories').get(zone)}")


@cache
def _alpha3() -> dict[str, str]:
    return {
        new[0]: old
        for old, new in sorted(get_global("territory_aliases").items())
        if len(old) == 3 and old.isalpha() and len(new) == 1
    }


@cache
def _likely(code: str) -> tuple[str, str] | None:
    """(script, territory) that CLDR's likely subtags give a language."""
    parts = get_global("likely_subtags").get(code, "").split("_")
    return (parts[1], parts[2]) if len(parts) == 3 else None


def _english(*keys: str) -> tuple[str, ...]:
    return tuple(entities()[key].names["en"] for key in keys if key in entities())


def _territory(entity: Entity) -> dict[str, tuple[str, ...]]:
    history = currency_history(entity.code)
    current = [row for row in history if row[2]]
    former = [row for row in history if not row[2]]
    found: dict[str, tuple[str, ...]] = {
        "territory_currency": tuple(str(currency_name(row[0])) for row in current),
        "territory_language": _english(*(f"language:{c}" for c in most_spoken(entity.code, official=True))),
        "territory_code": (_alpha3()[entity.code],) if entity.code in _alpha3() else (),
    }
    days = weekend(entity.code)
    if days:
        found["territory_first_day"] = (days[0],)
    if former and len(current) == 1 and former[-1][0] != current[0][0]:
        found["territory_old_currency"] = (str(currency_name(former[-1][0])),)
        if current[0][1]:
            found["territory_currency_year"] = (str(current[0][1]),)
    return found


def _currency(entity: Entity) -> dict[str, tuple[str, ...]]:
    users = [
        other.names["en"]
        for other in entities().values()
        if other.kind == "territory"
        and any(row[0] == entity.code and row[2] for row in currency_history(other.code))
    ]
    return {"currency_code": (entity.code,), "currency_territory": tuple(users)}


def _language(entity: Entity) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"language_code": (entity.code,)}
    likely = _likely(entity.code)
    if likely:
        found["language_script"] = _english(f"script:{likely[0]}")
        found["language_territory"] = _english(f"territory:{likely[1]}")
    native = autonym(entity.code)
    if native and native.casefold() != entity.names["en"].casefold():
        found["language_autonym"] = (native,)
    return found


def _script(entity: Entity) -> dict[str, tuple[str, ...]]:
    written = [
        other.names["en"]
        for other in entities().values()
        if other.kind == "language" and (_likely(other.code) or ("",))[0] == entity.code
    ]
    # A widely used script has hundreds of languages: no single answer, so no question.
    return {"script_code": (entity.code,), "script_language": tuple(written)}


def _city(entity: Entity) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    territory = territory_of_zone(entity.code)
    if territory and territory.names["en"] != entity.names["en"]:
        found["city_territory"] = (territory.names["en"],)
    zone = (Locale("en").meta_zones.get(get_global("meta_zones").get(entity.code, "")) or {}).get("long", {})
    name = zone.get("generic") or zone.get("standard")
    if name:
        found["city_zone"] = (str(name),)
    return found
