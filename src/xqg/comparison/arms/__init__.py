"""The arms of a comparison (spec §4), one file each."""

from __future__ import annotations

from xqg.comparison.arms.arm import Arm
from xqg.comparison.arms.cross import CrossLingual
from xqg.comparison.arms.mono import Monolingual
from xqg.comparison.arms.none import NoQueries
from xqg.comparison.arms.target_n import TargetLanguage
from xqg.errors import XqgError

__all__ = ["ARMS", "Arm", "parse_arms"]

ARMS: dict[str, Arm] = {
    arm.name: arm for arm in (NoQueries(), Monolingual(), TargetLanguage(), CrossLingual())
}


def parse_arms(text: str) -> list[Arm]:
    """`none,mono,cross` → arms, in the order of the table.

    Raises:
        XqgError: an unknown or repeated name, or none at all.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in ARMS:
            raise XqgError(f"unknown arm {name!r}; use {', '.join(ARMS)}")
        if names.count(name) > 1:
            raise XqgError(f"arm {name!r} is given twice; give it once")
    if not names:
        raise XqgError(f"no arm given; use --arms with some of {', '.join(ARMS)}")
    return [arm for name, arm in ARMS.items() if name in names]
