"""What a model's card (the YAML front matter of its README.md) says that matters here."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Card", "read_card", "warn_untrained"]

logger = logging.getLogger(__name__)  # without a handler Python prints the bare line on stderr
_warned: set[tuple[str, str, str]] = set()


class Card(NamedTuple):
    """The languages a model was trained for (None: it does not say, or all) and its own prompt."""

    languages: tuple[str, ...] | None
    prompt: str | None


def read_card(folder: Path) -> Card:
    """Read `language:` and `xqg: {prompt: …}` of a model's README.md; no card says nothing.

    A card that cannot be read is logged and counts as none: it is the work of a stranger, and a
    model runs without it.
    """
    import yaml

    path = Path(folder) / "README.md"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return Card(None, None)
    except (OSError, UnicodeDecodeError) as error:
        logger.warning("%s: the model's card cannot be read (%s); going on without it", path, error)
        return Card(None, None)
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        return Card(None, None)
    end = [line.strip() for line in lines].index("---", 1)
    try:
        # BaseLoader makes strings only: safe, and `no` stays Norwegian instead of becoming False.
        entries = yaml.load("\n".join(lines[1:end]), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        logger.warning("%s: the model's card is not valid YAML; going on without it", path)
        return Card(None, None)
    if not isinstance(entries, dict):
        return Card(None, None)
    own = entries.get("xqg")
    prompt = own.get("prompt") if isinstance(own, dict) else None
    return Card(_languages(entries.get("language")), prompt if isinstance(prompt, str) else None)


def _languages(entry: Any) -> tuple[str, ...] | None:
    codes = [entry] if isinstance(entry, str) else entry if isinstance(entry, list) else []
    codes = [code.strip() for code in codes if isinstance(code, str) and code.strip()]
    if not codes or "multilingual" in codes:
        return None
    return tuple(dict.fromkeys(codes))


def warn_untrained(kind: str, model: str, languages: Iterable[str] | None, asked: Iterable[str]) -> list[str]:
    """Log one line for the asked languages that the model's card does not name.

    Each (kind, model, language) is logged once in a process. Regions and scripts do not count:
    a model for `zh` knows `zh-Hant`.

    Returns:
        Those languages, in the order asked, whether logged now or before: settings record them.
    """
    if languages is None:
        return []
    known = {_base(code) for code in languages}
    untrained = [code for code in dict.fromkeys(asked) if _base(code) not in known]
    fresh = [code for code in untrained if (kind, model, code) not in _warned]
    if fresh:
        _warned.update((kind, model, code) for code in fresh)
        names = ", ".join(fresh)
        logger.warning("warning: %s %s was not trained for %s (its model card says so)", kind, model, names)
    return untrained


def _base(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()
