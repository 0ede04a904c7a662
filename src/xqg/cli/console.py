"""Small things to print: numbers and shares by language."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["by_language", "shares"]


def by_language(numbers: Mapping[str, int]) -> str:
    """`ja 5950, ru 5948`."""
    return ", ".join(f"{code} {number}" for code, number in numbers.items())


def shares(judged: Mapping[str, tuple[int, int]]) -> str:
    """`ja 1.2 % of 5,950, th 14.0 % of 5,950`, from (all, those that count) by language."""
    return ", ".join(
        f"{code} {100 * part / max(whole, 1):.1f} % of {whole:,}" for code, (whole, part) in judged.items()
    )
