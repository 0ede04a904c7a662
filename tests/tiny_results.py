"""A comparison with made-up values, so that its tables can be worked out by hand: no model, no search.

120 questions in 60 clusters of two, asked in en, fi and ja; R@1 of question q is 1 where q modulo 10 is
less than the system's number in `HITS`, the same in every language: `none` has 20 %, `cross` 60 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xqg.evaluation import Run, parse_many
from xqg.experiment.contrasts import Contrast
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.measurements import View
from xqg.experiment.plan import Plan
from xqg.experiment.results import Results
from xqg.experiment.scale import Scale
from xqg.experiment.setting import Setting
from xqg.experiment.system import SYSTEMS
from xqg.experiment.tuning import Tuned

LANGUAGES = ("en", "fi", "ja")
HITS = {"none": 2, "mono": 2, "target-n": 5, "cross": 6, "shuffled": 2, "gold": 9, "bm25": 1, "rrf-cross": 7}
COUNT = 120
GROUPS = {f"q{n}": f"c{n % 60}" for n in range(COUNT)}
FOLDS = {f"q{n}": n % 5 for n in range(COUNT)}
SETTINGS: dict[str, Any] = {
    "benchmark": "tiny", "passages": COUNT, "passage_languages": ["en"], "questions": 3 * COUNT,
    "query_languages": list(LANGUAGES), "mean_over": ["fi", "ja"],
    "encoder": {"name": "e", "similarity": "cosine"}, "generator": None, "per_language": 2, "K": 4, "seed": 0,
    "limit": None, "arms_left_out": {"target": "needs 4 | in fi"}, "baselines_left_out": {}, "reader": None,
}  # fmt: skip
FACTS: dict[str, Any] = {
    "queries_in_asked_language": {"fi": 0.975}, "cost": {"generated_queries": 320, "seconds": {"encoding": 1.5}},
}  # fmt: skip

Values = dict[tuple[str, str], dict[str, dict[str, float]]]


def right(hits: int) -> dict[str, float]:
    """R@1 of every question."""
    return {f"q{n}": float(n % 10 < hits) for n in range(COUNT)}


def values_of(hits: Mapping[str, int], measures: Sequence[str]) -> Values:
    """Every measure has the values of R@1."""
    return {
        (name, code): {measure: right(number) for measure in measures}
        for name, number in hits.items()
        for code in LANGUAGES
    }


def runs_of(hits: Mapping[str, int]) -> dict[tuple[str, str], Run]:
    """The right passage alone, or another one."""
    return {
        (name, code): {f"q{n}": [(f"p{n if n % 10 < number else 0}", 1.0)] for n in range(COUNT)}
        for name, number in hits.items()
        for code in LANGUAGES
    }


def tiny_results(
    systems: Sequence[str] = tuple(HITS),
    measures: str = "R@1 RR@10",
    settings: Sequence[Setting] = (Setting("normalised", None), Setting("raw", 0.01)),
    *,
    hits: Mapping[str, int] = HITS,
    seeds: Mapping[int, Mapping[str, int]] | None = None,
    ceiling: Mapping[tuple[str, str], float] | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Results:
    """With the asked setting first; `changes` are of the settings, `seeds` are the hits of other seeds."""
    plan = Plan(("en",), LANGUAGES, None, n=2)
    wanted = [SYSTEMS[name]() for name in systems]
    parsed = parse_many(measures)
    names = [measure.name for measure in parsed]
    rankings = [measure.name for measure in parsed if not measure.needs_reader and measure.higher_is_better]
    tuned = {one.name: Tuned((0.1, 0.1, 0.2, 0.1, 0.9), FOLDS) for one in wanted if getattr(one, "weighted", False)}
    rows = [SettingRow.of(setting, tuned if setting.tuned else {}) for setting in settings]
    compared = tuple(Compared.of(one, wanted, plan) for one in wanted)
    by_seed = {0: hits, **(seeds or {})}
    own = {seed: {name: of[name] for name in systems} for seed, of in by_seed.items()}
    description = Description(
        "comparison",
        compared,
        {measure.name: Scale.of(measure) for measure in parsed},
        tuple(rows),
        tuple(by_seed),
        (rankings[0], 1 / COUNT) if rankings else None,
        ceiling or {},
        {**FACTS, **(facts or {})},
    )
    return Results(
        {**SETTINGS, **changes},
        description,
        {(row.name, seed): values_of(of, names) for row in rows for seed, of in own.items()},
        {(row.name, seed, one.name): _alphas(one, row) for row in rows for seed in own for one in compared},
        GROUPS,
        {row.name: runs_of(own[0]) for row in rows},
    )


def _alphas(system: Compared, row: SettingRow) -> dict[str, float | None]:
    alphas = system.alphas(row)
    if alphas is None:
        return dict.fromkeys(GROUPS)
    return {id_: alphas[FOLDS[id_] if len(alphas) > 1 else 0] for id_ in GROUPS}


def primary_of(view: View) -> Contrast | None:
    """The one contrast that was chosen before the run; None: there is none."""
    return next((contrast for contrast in view.contrasts if contrast.primary), None)
