"""per_query.parquet: every value of a setting, a row per question, system and measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.atomic import atomic_path
from xqg.experiment.views import Comparison, View

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["per_query", "write_per_query"]

_TEXTS = ("system", "fusion", "aggregation", "query_language", "question_id", "cluster", "measure")


def per_query(comparison: Comparison, view: View) -> pa.Table:
    """The values of one setting.

    Columns: `system`, `fusion`, `aggregation`, `alpha` (float64, null where nothing is weighed; where α was
    cross-fitted, that of the question's fold), `query_language`, `question_id`, `cluster`, `measure`,
    `value` (float64). Texts are dictionaries, since each occurs many times.
    """
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in (*_TEXTS, "alpha", "value")}
    for system in comparison.systems:
        alphas = {id_: system.alpha_of(view.outcome, id_) for id_ in comparison.benchmark.groups}
        for language in comparison.plan.query_languages:
            for measure in comparison.measure_names:
                values = view.outcome.values[system.name, language][measure]
                count = len(values)
                columns["system"] += [system.name] * count
                columns["fusion"] += [system.fusion(view.outcome)] * count
                columns["aggregation"] += [view.outcome.setting.aggregation] * count
                columns["query_language"] += [language] * count
                columns["measure"] += [measure] * count
                columns["question_id"] += values
                columns["cluster"] += [comparison.benchmark.groups[id_] for id_ in values]
                columns["alpha"] += [alphas[id_] for id_ in values]
                columns["value"] += values.values()
    names = ("system", "fusion", "aggregation", "alpha", *_TEXTS[3:], "value")
    return pa.table(
        {
            name: pa.array(columns[name], pa.string()).dictionary_encode()
            if name in _TEXTS
            else pa.array(columns[name], pa.float64())
            for name in names
        }
    )


def write_per_query(comparison: Comparison, view: View, path: Path) -> None:
    """Write `per_query` as Parquet, all or nothing."""
    from pyarrow import parquet

    with atomic_path(path) as temporary:
        parquet.write_table(per_query(comparison, view), temporary, compression="zstd")
