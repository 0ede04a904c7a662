"""How the values of a measure are printed, and which of them is better."""

from __future__ import annotations

__all__ = ["higher_is_better", "shown", "unit"]

_IN_RANKS = ("LanguageBias",)  # the smaller the better


def higher_is_better(measure: str) -> bool:
    """Whether a larger value is the better one."""
    return measure not in _IN_RANKS


def unit(measure: str) -> str:
    """What a difference of two values is counted in."""
    return "points" if higher_is_better(measure) else "ranks"


def shown(measure: str, value: float, sign: str = "") -> str:
    """A value as tables print it: percent, or ranks, to one decimal.

    Args:
        sign: `+` prints the sign of a difference.
    """
    return format(100 * value if higher_is_better(measure) else value, f"{sign}.1f")
