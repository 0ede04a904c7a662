"""Arms against `none` and `mono` of the same fusion: differences, intervals, p-values; chance level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from xqg.comparison.evaluation import Outcome
from xqg.evaluation import Measure, bootstrap_interval, paired_t_test

__all__ = ["MEAN", "Contrast", "contrasts", "interpretability"]

BASELINES = ("none", "mono")
MEAN = "mean"  # in place of a language: the mean over question languages other than the passages'


@dataclass(frozen=True)
class Contrast:
    """`arm` - `versus`: the mean difference, its 95 % interval over clusters, the paired t-test's p.

    For `MEAN` the unit is the question id, averaged over its languages.
    """

    arm: str
    versus: str
    query_language: str
    measure: str
    difference: float
    low: float
    high: float
    p: float
    questions: int

    def to_dict(self) -> dict[str, Any]:
        """As results.json has it."""
        return asdict(self)


def contrasts(
    outcome: Outcome,
    arms: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measures: Sequence[Measure],
    groups: dict[str, str],
) -> Iterator[Contrast]:
    """Every arm against each baseline that ran, per language and for the mean."""
    for measure in measures:
        for language in (*languages, MEAN):
            over = mean_languages if language == MEAN else (language,)
            values = {arm: outcome.of_mean(arm, measure.name, over) for arm in arms}
            for versus in BASELINES:
                if versus not in arms:
                    continue
                for arm in arms:
                    if arm in ("none", versus) or len(values[arm]) < 2:
                        continue
                    a, b = values[arm], values[versus]
                    difference = {id_: a[id_] - b[id_] for id_ in a}
                    low, high = bootstrap_interval(difference, groups, resamples=2_000)
                    mean = sum(difference.values()) / len(difference)
                    p = paired_t_test(a, b)
                    yield Contrast(arm, versus, language, measure.name, mean, low, high, p, len(a))


def interpretability(
    outcome: Outcome,
    arms: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measure: Measure,
    groups: dict[str, str],
    chance: float,
) -> dict[str, Any]:
    """Chance level of the first measure, `none`'s interval, and whether conclusions may be drawn.

    Where `none` lies within its interval of chance (its interval's lower end does not exceed the
    chance level) a difference between arms says nothing of retrieval (spec §6).
    """
    found: dict[str, Any] = {"measure": measure.name, "chance": chance, "at_chance": []}
    if "none" not in arms:
        return {**found, "interpretable": None, "why": "arm none did not run"}
    for language in languages:
        low, _ = bootstrap_interval(outcome.values["none", language][measure.name], groups, resamples=2_000)
        if low <= chance:
            found["at_chance"].append(language)
    values = outcome.of_mean("none", measure.name, mean_languages)
    low, high = bootstrap_interval(values, groups, resamples=2_000)
    mean = sum(values.values()) / len(values)
    return {**found, "none": mean, "none_low": low, "none_high": high, "interpretable": low > chance}
