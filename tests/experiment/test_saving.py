"""What results leave in a folder, and reading it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tiny_results import tiny_results
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.compare import compare
from xqg.experiment.results import Results
from xqg.experiment.setting import Setting

pytestmark = pytest.mark.usefixtures("few_rounds")

REPORTS = {"results.json", "report.md", "report.html"}


def files(folder: Path) -> dict[str, bytes]:
    """Path within the folder → bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_left_behind(tmp_path: Path) -> None:
    assert tiny_results().save(tmp_path) == tmp_path
    variant = tmp_path / "variants" / "raw-alpha-0.01"
    asked = {path.name for path in tmp_path.iterdir()}
    assert asked == {*REPORTS, "per_query.parquet", "settings.json", "runs", "variants"}
    assert {path.name for path in variant.iterdir()} == {"results.json", "report.md", "runs"}
    assert (tmp_path / "runs" / "bm25.fi.trec").is_file()
    results = json.loads((tmp_path / "results.json").read_text())
    assert set(results) == {"settings", "rows", "ceiling", "contrasts"}
    primary = [contrast for contrast in results["contrasts"] if contrast["primary"]]
    assert [(c["arm"], c["versus"], c["p_holm"]) for c in primary] == [("cross", "mono", None)]
    assert results["settings"]["primary_contrast"]["measure"] == "R@1"
    assert not any(c["primary"] for c in json.loads((variant / "results.json").read_text())["contrasts"])


def test_rows_of_all_systems(tmp_path: Path) -> None:
    settings = (Setting("normalised", None), Setting("raw", 0.01), Setting("raw", None, "max"))
    tiny_results(settings=settings).save(tmp_path)

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


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("where", "there"),
    [
        ("pyarrow.parquet.write_table", {"settings.json", "runs", "variants"}),
        (
            "xqg.experiment.report.comparison.results_json",
            {"settings.json", "runs", "variants", "per_query.parquet", "report.md", "report.html"},
        ),
    ],
)
def test_results_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, there: set[str]
) -> None:
    monkeypatch.setattr(where, full)
    with pytest.raises(XqgError, match="No space left on device"):
        tiny_results(settings=[Setting("normalised", None)]).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == there - {"variants"}
    assert not (tmp_path / "results.json").exists()


def test_reports_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqg.experiment.report.comparison.markdown", full)
    with pytest.raises(XqgError, match=r"cannot be written .No space left on device"):
        tiny_results().write_reports(tmp_path)


def test_an_empty_run_is_an_error(tmp_path: Path) -> None:
    results = tiny_results()
    results.runs["normalised-tuned"]["cross", "fi"] = {}  # type: ignore[index]
    with pytest.raises(XqgError, match="cross has no run in 'fi'; nothing is reported"):
        results.save(tmp_path)
    assert not (tmp_path / "results.json").exists()


def test_another_comparison_is_not_written_over(tmp_path: Path) -> None:
    tiny_results().save(tmp_path)
    before = files(tmp_path)
    with pytest.raises(XqgError, match="holds another comparison: K is 4 there and 8 now; choose another `out`"):
        tiny_results(K=8).save(tmp_path)
    assert files(tmp_path) == before
    tiny_results().save(tmp_path)  # the same one is
    assert files(tmp_path) == before


# Reading it back


@pytest.mark.parametrize("tuned", [True, False])
def test_what_is_read_is_what_was_saved(tmp_path: Path, tuned: bool) -> None:
    settings = [Setting("normalised", None if tuned else 0.1), Setting("raw", None, "max")]
    ceiling = {("en", "R@1"): 0.95, ("fi", "R@1"): 0.99, ("ja", "R@1"): 0.98}
    saved = tiny_results(measures="R@1 LanguageBias", settings=settings, ceiling=ceiling)
    saved.save(tmp_path / "first")
    loaded = Results.load(tmp_path / "first")
    assert loaded.values == saved.values
    assert loaded.alphas == saved.alphas
    assert loaded.clusters == saved.clusters
    assert loaded.settings == saved.settings
    assert loaded.description == saved.description
    assert loaded.expected == {}
    assert loaded.runs == {}  # they stay in their files
    assert loaded.table == saved.table
    loaded.save(tmp_path / "second")
    first, second = files(tmp_path / "first"), files(tmp_path / "second")
    assert {name: content for name, content in first.items() if not name.endswith(".trec")} == second


def test_seeds_are_read_back(tmp_path: Path) -> None:
    hits = {"mono": 1, "cross": 4}
    saved = tiny_results(("mono", "cross"), hits=hits, seeds={7: {"mono": 3, "cross": 4}})
    saved.save(tmp_path / "first")
    loaded = Results.load(str(tmp_path / "first"))
    assert loaded.values == saved.values
    assert loaded.by_seed("mono") == saved.by_seed("mono")
    loaded.save(tmp_path / "second")
    for name in ("seeds.json", "report.md"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_comparison_that_ran_is_read_back(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    results = compare(
        tiny, encoder=str(bert_folder), queries=queries_file, systems="none,mono,cross,gold,bm25,rrf-cross",
        alpha="tuned", aggregations="sum,max", measures="R@1 RR@10", out=out,
    )  # fmt: skip
    loaded = Results.load(out)
    assert loaded.values == results.values
    assert loaded.alphas == results.alphas
    assert loaded.settings == results.settings
    assert loaded.facts == json.loads(json.dumps(results.facts))
    assert [view.contrasts for view in loaded.views] == [view.contrasts for view in results.views]
    assert str(loaded) == str(results)
    assert loaded.to_latex() == results.to_latex()
    loaded.save(tmp_path / "elsewhere")
    before, after = files(out), files(tmp_path / "elsewhere")
    assert set(after) == {name for name in before if not name.endswith((".trec", ".npy"))}
    assert after == {name: before[name] for name in after}
    # The reports alone are made anew where they stood.
    for name in ("report.md", "report.html", "results.json", "variants/raw-max/report.md"):
        (out / name).write_text("lost")
    Results.load(out).write_reports(out)
    assert files(out) == before


@pytest.mark.parametrize("plain", [False, True])
def test_a_table_that_somebody_else_wrote_again(tmp_path: Path, plain: bool) -> None:
    """Its rows in another order, its texts without dictionaries."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    saved = tiny_results(settings=[Setting("normalised", None), Setting("raw", None, "max")])
    saved.save(tmp_path)
    path = tmp_path / "per_query.parquet"
    table = parquet.read_table(path)
    if plain:
        table = pa.table({name: pa.array(table.column(name).to_pylist()) for name in table.column_names})
    parquet.write_table(table.take(np.random.default_rng(0).permutation(len(table))), path)
    loaded = Results.load(tmp_path)
    assert loaded.values == saved.values
    assert loaded.alphas == saved.alphas


def test_a_table_of_more_than_a_million_rows(tmp_path: Path) -> None:
    """Parquet cuts it into groups of rows, whose dictionaries differ."""
    seeds = {seed: {"none": seed % 10, "mono": 3, "cross": 5} for seed in range(1, 1000)}
    saved = tiny_results(("none", "mono", "cross"), measures="R@1", settings=[Setting("raw", 0.1)], seeds=seeds)
    saved.settings["query_languages"] = ["fi"]
    saved.save(tmp_path)
    loaded = Results.load(tmp_path)
    assert len(loaded.table) == 1000 * 3 * 3 * 120 > 2**20
    assert loaded.values == saved.values


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "settings.json").unlink(), "settings.json: cannot be read .No such file"),
        (lambda folder: (folder / "settings.json").write_text("{"), "settings.json: broken"),
        (lambda folder: (folder / "settings.json").write_text("[]"), "holds no finished results"),
        (lambda folder: (folder / "per_query.parquet").unlink(), "per_query.parquet: cannot be read"),
        (lambda folder: (folder / "per_query.parquet").write_text("x"), "per_query.parquet: cannot be read"),
    ],
)
def test_folders_that_cannot_be_read(tmp_path: Path, spoil: Any, says: str) -> None:
    tiny_results().save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(XqgError, match=says):
        Results.load(tmp_path)


def test_a_run_that_has_not_ended_is_not_read(tmp_path: Path) -> None:
    from xqg.experiment.folder import claim

    claim(tmp_path, tiny_results().settings)
    with pytest.raises(XqgError, match="holds no finished results; run the command that made it again, it goes on there"):
        Results.load(tmp_path)
    with pytest.raises(XqgError, match="cannot be read"):
        Results.load(tmp_path / "absent")


def test_what_an_earlier_version_left_is_not_read(tmp_path: Path) -> None:
    from pyarrow import parquet

    tiny_results().save(tmp_path)
    table = parquet.read_table(tmp_path / "per_query.parquet").drop_columns(["setting", "seed"])
    parquet.write_table(table, tmp_path / "per_query.parquet")
    with pytest.raises(XqgError, match="lacks the columns setting, seed; it is of an earlier xqg"):
        Results.load(tmp_path)


@pytest.mark.parametrize(
    "change", [lambda _: 3, lambda _: {}, lambda of: {**of, "kind": "poem"}, lambda of: {**of, "settings": [{}]}]
)
def test_a_description_of_something_else(tmp_path: Path, change: Any) -> None:
    tiny_results().save(tmp_path)
    stored = json.loads((tmp_path / "settings.json").read_text())
    (tmp_path / "settings.json").write_text(json.dumps({**stored, "results": change(stored["results"])}))
    with pytest.raises(XqgError, match=r"what settings.json says of results cannot be read"):
        Results.load(tmp_path)
