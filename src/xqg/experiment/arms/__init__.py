"""The arms of a comparison (spec §4), one file each."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.experiment.arm import Arm, TextSource
from xqg.experiment.arms.chunks import Chunks
from xqg.experiment.arms.cross import CrossLingual
from xqg.experiment.arms.gold import Gold
from xqg.experiment.arms.mono import Monolingual
from xqg.experiment.arms.none import NoQueries
from xqg.experiment.arms.shuffled import Shuffled
from xqg.experiment.arms.target import TargetLanguageK
from xqg.experiment.arms.target_n import TargetLanguage

__all__ = ["ARMS", "Arm", "TextSource", "parse_arms"]

_ARMS: tuple[Arm, ...] = (
    NoQueries(),
    Monolingual(),
    TargetLanguage(),
    CrossLingual(),
    TargetLanguageK(),
    Chunks(),
    Shuffled(),
    Gold(),
)
ARMS: dict[str, Arm] = {arm.name: arm for arm in _ARMS}


def parse_arms(text: str) -> list[Arm] | None:
    """`none,mono,cross` → arms, in the order of the table; `all` → None: those that can be filled.

    Raises:
        XqgError: an unknown or repeated name, or none at all.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["all"]:
        return None
    for name in names:
        if name not in ARMS:
            raise XqgError(f"unknown arm {name!r}; use {', '.join(ARMS)}, or all")
        if names.count(name) > 1:
            raise XqgError(f"arm {name!r} is given twice; give it once")
    if not names:
        raise XqgError(f"no arm given; use --arms with some of {', '.join(ARMS)}, or all")
    return [arm for name, arm in ARMS.items() if name in names]
