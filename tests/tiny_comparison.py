"""A comparison with made-up values, so that its tables can be worked out by hand: no model, no search.

120 questions in 60 clusters of two, asked in en, fi and ja; R@1 of question q is 1 where q modulo 10 is
less than the system's number in `HITS`, the same in every language: `none` has 20 %, `cross` 60 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import parse_many
from xqg.experiment.arms import ARMS
from xqg.experiment.baselines import BASELINES
from xqg.experiment.evaluation import Outcome
from xqg.experiment.plan import Plan
from xqg.experiment.settings import Setting
from xqg.experiment.tuning import Tuned
from xqg.experiment.views import Comparison
from xqg.passages import Passage, Question

LANGUAGES = ("en", "fi", "ja")
HITS = {"none": 2, "mono": 2, "target-n": 5, "cross": 6, "shuffled": 2, "gold": 9, "bm25": 1, "rrf-cross": 7}
COUNT = 120
SETTINGS: dict[str, Any] = {
    "passages": COUNT, "passage_languages": ["en"], "questions": 3 * COUNT, "query_languages": list(LANGUAGES),
    "encoder": {"name": "e", "similarity": "cosine"}, "generator": None, "per_language": 2, "K": 4, "seed": 0,
    "limit": None, "queries_in_asked_language": {"fi": 0.975}, "arms_left_out": {"target": "needs 4 | in fi"},
    "baselines_left_out": {}, "reader": None,
    "cost": {"generated_queries": 320, "seconds": {"encoding": 1.5}},
}  # fmt: skip


def tiny_benchmark() -> Benchmark:
    numbers = range(COUNT)
    return Benchmark(
        name="tiny",
        passages=[Passage(f"p{n}", "", f"text {n}", "en") for n in numbers],
        questions=[Question(f"q{n}", f"{code} {n}", code) for code in LANGUAGES for n in numbers],
        qrels={f"q{n}": {f"p{n}": 1} for n in numbers},
        groups={f"q{n}": f"c{n % 60}" for n in numbers},
        fingerprint="sha256:tiny",
    )


def outcome_of(
    setting: Setting, systems: Sequence[str], hits: Mapping[str, int], measures: Sequence[str]
) -> Outcome:
    """Every measure has the values of R@1; a run is the right passage, or another one."""
    outcome = Outcome(setting)
    for name in systems:
        for code in LANGUAGES:
            right = {f"q{n}": n % 10 < hits[name] for n in range(COUNT)}
            outcome.runs[name, code] = {f"q{n}": [(f"p{n if right[f'q{n}'] else 0}", 1.0)] for n in range(COUNT)}
            outcome.values[name, code] = {m: {id_: float(hit) for id_, hit in right.items()} for m in measures}
        if setting.tuned and name in ARMS and name != "none":
            fold_of = {f"q{n}": n % 5 for n in range(COUNT)}
            outcome.tuned[name] = Tuned((0.1, 0.1, 0.2, 0.1, 0.9), fold_of)
    return outcome


def tiny_comparison(
    systems: Sequence[str] = tuple(HITS),
    measures: str = "R@1 RR@10",
    settings: Sequence[Setting] = (Setting("normalised", None), Setting("raw", 0.01)),
    **changes: Any,
) -> Comparison:
    """With the asked setting first; `changes` are of its settings."""
    parsed = parse_many(measures)
    names = [measure.name for measure in parsed]
    return Comparison(
        tiny_benchmark(),
        Plan(("en",), LANGUAGES, None, n=2),
        [ARMS[name] for name in systems if name in ARMS],
        parsed,
        [outcome_of(setting, systems, HITS, names) for setting in settings],
        {**SETTINGS, **changes},
        [BASELINES[name] for name in systems if name in BASELINES],
    )
