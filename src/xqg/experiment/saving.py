"""What results leave behind, and reading it back.

`DIR/settings.json` (what the numbers depend on, and under `results` what they are of), `DIR/per_query.parquet`
(the tidy table, of all settings and seeds), `DIR/results.json`, `DIR/report.md`, `DIR/report.html`,
`DIR/runs/SYSTEM.LANGUAGE.trec`; every other setting in `DIR/variants/NAME/` in the same layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg.atomic import atomic_path
from xqg.errors import XqgError
from xqg.evaluation import Run, write_trec
from xqg.experiment.description import Description
from xqg.experiment.folder import RESULTS, SETTINGS, claim, read_json, setting_folder, write_json
from xqg.experiment.report import write_reports
from xqg.experiment.results import Results
from xqg.experiment.tidy import read_table, values_of

__all__ = ["load", "save"]

TABLE = "per_query.parquet"


def save(results: Results, folder: Path) -> Path:
    """Write everything. results.json comes last: where it is, everything else is.

    Raises:
        XqgError: the folder holds another comparison, a system without a run, or it cannot be written.
    """
    from pyarrow import parquet

    claim(folder, results.settings)
    try:
        for number, setting in enumerate(results.description.settings):
            _write_runs(results.runs.get(setting.name, {}), setting_folder(folder, number, setting.name) / "runs")
        with atomic_path(folder / TABLE) as temporary:
            parquet.write_table(results.table, temporary, compression="zstd")
        write_json(folder / SETTINGS, {**results.settings, RESULTS: results.description.to_json()})
        write_reports(results, folder)
    except OSError as error:
        raise XqgError(f"{folder}: cannot be written ({error.strerror}); free space or move `out`") from None
    return folder


def load(folder: Path) -> Results:
    """Results from their folder; runs stay in their files.

    Raises:
        XqgError: no such folder, or one that holds no finished results.
    """
    stored = read_json(folder / SETTINGS)
    if not isinstance(stored, dict) or RESULTS not in stored:
        raise XqgError(f"{folder}: holds no finished results; run the command that made it again, it goes on there")
    description = Description.from_json(stored.pop(RESULTS))
    table = read_table(folder / TABLE)
    values, alphas, clusters = values_of(table)
    return Results(stored, description, values, alphas, clusters, expected=_expected(table))


def _expected(table: Any) -> dict[tuple[str, str, str], float]:
    """Published figures of the table."""
    if "expected" not in table.column_names:
        return {}
    columns = ("system", "query_language", "measure", "expected")
    rows = zip(*(table.column(name).to_pylist() for name in columns), strict=True)
    return {(system, language, measure): figure for system, language, measure, figure in rows if figure is not None}


def _write_runs(runs: Mapping[tuple[str, str], Run], folder: Path) -> None:
    for (system, language), run in runs.items():
        if not run:
            raise XqgError(f"system {system} has no run in {language!r}; nothing is reported")
        write_trec(folder / f"{system}.{language}.trec", run, tag=system)
