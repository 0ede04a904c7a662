"""The entities of atlas and their names in eight languages, from Unicode CLDR through `babel`."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError

from xqg.benchmarks.atlas import LANGUAGES, Entity, pick

__all__ = ["autonym", "entities"]

# Not places: groupings, pseudo-locales and the unknown region.
_NO_TERRITORY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# Not scripts that anyone writes a language in: symbols, unwritten, inherited, unknown, variants.
_NO_SCRIPT = {"Zinh", "Zmth", "Zsye", "Zsym", "Zxxx", "Zyyy", "Zzzz", "Brai", "Aran", "Latf", "Latg"}
_NO_CURRENCY = {"XXX", "XAG", "XAU", "XPT", "XPD", "XTS"}
_ARTICLE_NAMES = {"Netherlands", "Philippines", "Bahamas", "Maldives", "Comoros", "Gambia", "Vatican City"}
_ARTICLE_WORDS = ("Islands", "Republic", "States", "Kingdom", "Emirates", "Territory", "Territories", "Lands")


def autonym(language: str) -> str | None:
    """A language's name in itself; None without a CLDR locale in it: atlas leaves those out."""
    try:
        return Locale(language).languages.get(language) or None
    except (UnknownLocaleError, ValueError):
        return None


def _entity(kind: str, code: str, names: dict[str, str]) -> Entity:
    """An entity with its English name in a sentence and its split: 70 % `train`, 10 % `dev`, 20 % `test`."""
    name = names["en"]
    article = kind == "territory" and (name in _ARTICLE_NAMES or name.split()[-1] in _ARTICLE_WORDS)
    draw = pick(f"split:{kind}:{code}", 10)
    split = "test" if draw < 2 else "dev" if draw == 2 else "train"
    return Entity(kind, code, names, f"the {name}" if article else name, split)


@cache
def entities() -> dict[str, Entity]:
    """Every entity that CLDR names in all eight languages, by key, in a fixed order."""
    locales = {language: Locale(language) for language in LANGUAGES}
    found: dict[str, Entity] = {}
    for kind, table, excluded in (
        ("territory", "territories", _NO_TERRITORY),
        ("currency", "currencies", _NO_CURRENCY),
        ("language", "languages", set()),
        ("script", "scripts", _NO_SCRIPT),
    ):
        tables = {language: getattr(locale, table) for language, locale in locales.items()}
        for code in sorted(tables["en"]):
            if code in excluded or code.isdigit() or "_" in code:
                continue
            names = {language: tables[language].get(code) for language in LANGUAGES}
            if kind == "language" and autonym(code) is None:
                continue
            if all(name and name != code for name in names.values()):
                entity = _entity(kind, code, {k: _clean(str(v)) for k, v in names.items()})
                found[entity.key] = entity
    found.update(_cities(locales))
    return found


def _cities(locales: dict[str, Locale]) -> dict[str, Entity]:
    """Exemplar cities of time zones. CLDR leaves out names equal to the zone id's last part."""
    found: dict[str, Entity] = {}
    for zone in sorted(locales["ru"].time_zones):
        if "/" not in zone or zone.startswith("Etc/"):
            continue
        names: dict[str, str] = {}
        for language, locale in locales.items():
            city = (locale.time_zones.get(zone) or {}).get("city")
            if city is None and language in ("en", "fi"):
                city = zone.rsplit("/", 1)[1].replace("_", " ")
            if city is not None:
                names[language] = _clean(str(city))
        # Half of the cities: enough of their kind, and a pool that a small machine augments in minutes.
        if len(names) == len(LANGUAGES) and pick(f"city:{zone}", 2) == 0:
            entity = _entity("city", zone, names)
            found[entity.key] = entity
    return found


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
