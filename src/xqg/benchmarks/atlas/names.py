"""The entities of atlas and their names in eight languages, from Unicode CLDR through `babel`."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

__all__ = ["LANGUAGES", "Entity", "autonym", "entities", "pick", "split_of"]

LANGUAGES = ("en", "ar", "bn", "fi", "ja", "ko", "ru", "te")

# Not places: groupings, pseudo-locales and the unknown region.
_NO_TERRITORY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# Not scripts that anyone writes a language in: symbols, unwritten, inherited, unknown, variants.
_NO_SCRIPT = {"Zinh", "Zmth", "Zsye", "Zsym", "Zxxx", "Zyyy", "Zzzz", "Brai", "Aran", "Latf", "Latg"}
_NO_CURRENCY = {"XXX", "XAG", "XAU", "XPT", "XPD", "XTS"}
_ARTICLE_NAMES = {"Netherlands", "Philippines", "Bahamas", "Maldives", "Comoros", "Gambia", "Vatican City"}
_ARTICLE_WORDS = ("Islands", "Republic", "States", "Kingdom", "Emirates", "Territory", "Territories", "Lands")


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that passages are about. `key` is `KIND:CODE`; `names` has all of LANGUAGES."""

    kind: str
    code: str
    names: dict[str, str]

    @property
    def key(self) -> str:
        """`territory:FR`, `city:Europe/Paris`: unique among all entities."""
        return f"{self.kind}:{self.code}"

    @property
    def english(self) -> str:
        """The English name as a sentence uses it: `the Netherlands`, `Finland`."""
        name = self.names["en"]
        if self.kind == "territory" and (name in _ARTICLE_NAMES or name.split()[-1] in _ARTICLE_WORDS):
            return f"the {name}"
        return name

    def name_in(self, language: str) -> str:
        """The name as a question of that language uses it."""
        return self.english if language == "en" else self.names[language]

    def __hash__(self) -> int:
        return hash(self.key)


def autonym(language: str) -> str | None:
    """A language's name in itself; None without a CLDR locale in it: atlas leaves those out."""
    try:
        return Locale(language).languages.get(language) or None
    except (UnknownLocaleError, ValueError):
        return None


def pick(key: str, count: int) -> int:
    """A number in [0, count) that depends on nothing but `key`: atlas draws no random numbers."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % count


def split_of(entity: Entity) -> str:
    """`train` (70 %), `dev` (10 %) or `test` (20 %): entities are split, never single questions."""
    draw = pick(f"split:{entity.key}", 10)
    return "test" if draw < 2 else "dev" if draw == 2 else "train"


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
                entity = Entity(kind, code, {k: _clean(str(v)) for k, v in names.items()})
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
            entity = Entity("city", zone, names)
            found[entity.key] = entity
    return found


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
