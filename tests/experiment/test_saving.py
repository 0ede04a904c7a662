from __future__ import annotations

import json
from pathlib import Path

import pytest

from tiny_results import tiny_comparison
from xqg.errors import XqgError
from xqg.experiment.per_query import per_query
from xqg.experiment.results import write_comparison
from xqg.experiment.settings import Setting

pytestmark = pytest.mark.usefixtures("few_rounds")


def test_what_is_left_behind(tmp_path: Path) -> None:
    write_comparison(tiny_comparison(), tmp_path)
    variant = tmp_path / "variants" / "raw-alpha-0.01"
    asked = {path.name for path in tmp_path.iterdir()}
    assert asked == {"results.json", "report.md", "report.html", "per_query.parquet", "runs", "variants"}
    assert {path.name for path in variant.iterdir()} == {"results.json", "report.md", "runs"}
    assert (tmp_path / "runs" / "bm25.fi.trec").is_file()
    results = json.loads((tmp_path / "results.json").read_text())
    assert set(results) == {"settings", "rows", "ceiling", "contrasts"}
    primary = [contrast for contrast in results["contrasts"] if contrast["primary"]]
    assert [(c["arm"], c["versus"], c["p_holm"]) for c in primary] == [("cross", "mono", None)]
    assert results["settings"]["primary_contrast"]["measure"] == "R@1"
    assert not any(c["primary"] for c in json.loads((variant / "results.json").read_text())["contrasts"])


def test_rows_of_arms_and_baselines(tmp_path: Path) -> None:
    settings = (Setting("normalised", None), Setting("raw", 0.01), Setting("raw", None, "max"))
    write_comparison(tiny_comparison(settings=settings), tmp_path)

    def rows(folder: Path) -> dict[str, tuple[object, ...]]:
        found = json.loads((folder / "results.json").read_text())["rows"]
        assert len(found) == 8 * 3 * 2  # systems, languages, measures
        return {r["arm"]: (r["fusion"], r["aggregation"], r["alpha"], r["K"]) for r in found}

    tuned = rows(tmp_path)
    by_fold = [0.1, 0.1, 0.2, 0.1, 0.9]
    assert tuned["none"] == ("normalised", "sum", 0.0, 0)
    assert tuned["cross"] == ("normalised", "sum", by_fold, 4)
    assert tuned["bm25"][:3] == ("none", "sum", 0.0)
    assert tuned["rrf-cross"][:3] == ("normalised", "sum", by_fold)  # those of its dense part
    fixed = rows(tmp_path / "variants" / "raw-alpha-0.01")
    assert (fixed["cross"][2], fixed["none"][2], fixed["rrf-cross"][2]) == (0.01, 0.0, 0.01)
    best = rows(tmp_path / "variants" / "raw-max")
    assert (best["cross"][2], best["none"][2], best["bm25"][2]) == (None, None, 0.0)


def test_results_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xqg.experiment.results.write_per_query", full)
    with pytest.raises(XqgError, match="No space left on device"):
        write_comparison(tiny_comparison(), tmp_path)
    assert (tmp_path / "report.html").is_file()
    assert not (tmp_path / "results.json").exists()


def test_an_empty_run_is_an_error(tmp_path: Path) -> None:
    comparison = tiny_comparison()
    comparison.outcomes[0].runs["cross", "fi"] = {}
    with pytest.raises(XqgError, match="arm cross has no run in 'fi'"):
        write_comparison(comparison, tmp_path)
    assert not (tmp_path / "results.json").exists()


def test_values_per_question() -> None:
    comparison = tiny_comparison(measures="R@1")
    table = per_query(comparison, comparison.views[0])
    assert table.column_names == [
        "system", "fusion", "aggregation", "alpha", "query_language", "question_id", "cluster", "measure", "value",
    ]  # fmt: skip
    rows = table.to_pylist()
    assert len(rows) == 8 * 3 * 120
    found = {(r["system"], r["query_language"], r["question_id"]): r for r in rows}
    row = found["cross", "fi", "q24"]  # in fold 4, whose α is 0.9; 24 modulo 10 is less than 6
    assert (row["alpha"], row["cluster"], row["value"]) == (0.9, "c24", 1.0)
    assert found["cross", "fi", "q22"]["alpha"] == 0.2
    assert found["rrf-cross", "fi", "q22"]["alpha"] == 0.2
    assert found["none", "fi", "q22"]["alpha"] == 0.0
    bm25 = found["bm25", "fi", "q24"]
    assert (bm25["fusion"], bm25["alpha"], bm25["value"]) == ("none", 0.0, 0.0)


def test_alpha_is_null_where_nothing_is_weighed() -> None:
    comparison = tiny_comparison(settings=[Setting("raw", None, "max")], measures="R@1")
    rows = per_query(comparison, comparison.views[0]).to_pylist()
    assert {row["alpha"] for row in rows if row["system"] in ("none", "cross", "rrf-cross")} == {None}
