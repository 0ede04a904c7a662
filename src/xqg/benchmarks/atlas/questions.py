"""The questions of atlas: two wordings for each kind of fact in each of eight languages.

The wordings lie in `questions/LANG.json`, `{x}` for the entity's CLDR name. They put the name in
the nominative, since CLDR gives no other case.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from xqg.benchmarks.atlas.facts import Fact
from xqg.benchmarks.atlas.names import Entity, pick

__all__ = ["ask", "templates", "wording_of"]

_FOLDER = Path(__file__).parent / "questions"


@cache
def templates(language: str) -> dict[str, list[str]]:
    """Kind of fact → wordings, in one language."""
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def ask(kind: str, entity: Entity, language: str, wording: int) -> str:
    """The text of one question."""
    return templates(language)[kind][wording].replace("{x}", entity.name_in(language))


def wording_of(fact: Fact, language: str) -> int:
    """Which wording a dev or test question takes: fixed by its fact and language."""
    return pick(f"wording:{fact.key}:{language}", len(templates(language)[fact.kind]))
