"""Whether a comparison says anything: is the plain encoder better than chance? (spec §6)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xqg.evaluation import bootstrap_interval
from xqg.experiment.contrasts import mean_values
from xqg.experiment.evaluation import Outcome

__all__ = ["interpretability"]


def interpretability(
    outcome: Outcome,
    systems: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measure: str,
    groups: Mapping[str, str],
    chance: float,
) -> dict[str, Any]:
    """Chance level of a measure, `none`'s 95 % interval, and whether conclusions may be drawn.

    Where `none` lies within its interval of chance (its interval's lower end does not exceed the
    chance level) a difference between systems says nothing of retrieval.
    """
    found: dict[str, Any] = {"measure": measure, "chance": chance, "at_chance": []}
    if "none" not in systems:
        return {**found, "interpretable": None, "why": "arm none did not run"}
    for language in languages:
        low, _ = bootstrap_interval(outcome.values["none", language][measure], groups)
        if low <= chance:
            found["at_chance"].append(language)
    values = mean_values(outcome, "none", measure, mean_languages)
    low, high = bootstrap_interval(values, groups)
    mean = sum(values.values()) / len(values)
    return {**found, "none": mean, "none_low": low, "none_high": high, "interpretable": low > chance}
