"""The reports of a comparison that ran agree with its results; the rows that only some comparisons have."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from tiny_comparison import tiny_comparison
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment import Request, compare
from xqg.experiment.arms import parse_arms
from xqg.experiment.baselines import BASELINES
from xqg.experiment.report import html, latex, markdown, terminal
from xqg.experiment.results import write_comparison
from xqg.experiment.spread import Spread

SYSTEMS = ["none", "mono", "cross", "gold", "bm25"]


pytestmark = pytest.mark.usefixtures("few_rounds")


def cells(text: str, heading: str) -> list[list[str]]:
    """The rows of the first Markdown table under a heading, marks and bold taken away."""
    lines = text.split(f"# {heading}\n")[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([re.sub("[ⁿᵐₙₘ*]", "", cell).strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]  # without the line below the header


def test_reports_of_a_run_have_its_results(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    from pyarrow import parquet

    out = tmp_path / "out"
    request = Request(
        arms=parse_arms("none,mono,cross,gold"), out=out, queries_file=queries_file, alpha=None,
        aggregations=("sum", "max"), baselines=[BASELINES["bm25"]], measures="R@1 RR@10",
    )  # fmt: skip
    comparison = compare(tiny, str(bert_folder), request)
    results = json.loads((out / "results.json").read_text())
    expected = {(r["arm"], r["query_language"], r["measure"]): r["value"] for r in results["rows"]}
    assert len(expected) == 5 * 3 * 2  # systems, languages, measures

    report = (out / "report.md").read_text()
    assert report.index("## Primary contrast\n\n- Primary contrast: cross - mono, R@1") < report.index("|")
    header, *rows = cells(report, "R@1 by question language")
    assert header == ["system", "K", "en", "fi", "ja", "mean of 2"]
    for row, name in zip(rows, SYSTEMS, strict=True):
        values = [expected[name, code, "R@1"] for code in ("en", "fi", "ja")]
        values.append((values[1] + values[2]) / 2)
        assert row[0].removesuffix(" (bound)") == name
        assert row[2:] == [f"{100 * value:.1f}" for value in values]

    columns = parquet.read_table(out / "per_query.parquet").to_pydict()
    keys = zip(columns["system"], columns["query_language"], columns["measure"], strict=True)
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for key, id_, value in zip(keys, columns["question_id"], columns["value"], strict=True):
        assert id_ not in found.setdefault(key, {})
        found[key][id_] = value
    assert {key: len(values) for key, values in found.items()} == dict.fromkeys(expected, 6)
    for key, values in found.items():
        assert sum(values.values()) / 6 == pytest.approx(expected[key])
    assert set(zip(columns["question_id"], columns["cluster"], strict=True)) == set(tiny.groups.items())

    maximum = json.loads((out / "variants" / "raw-max" / "results.json").read_text())["rows"]
    assert {row["alpha"] for row in maximum if row["arm"] != "bm25"} == {None}
    assert (out / "report.html").read_text() == html(comparison, 0)
    assert terminal(comparison).startswith("Primary contrast: cross - mono, R@1, mean over 2 question languages")


def test_the_latex_table_has_a_column_per_language_and_three_more() -> None:
    comparison = tiny_comparison(encoder={"name": "my_encoder & 50%", "similarity": "cosine"})
    named = dataclasses.replace(comparison.benchmark, name="my_own 100%")
    table = latex(dataclasses.replace(comparison, benchmark=named))
    assert r"\begin{tabular}{lrrrrr}" in table  # system, K, en, fi, ja, mean
    rows = [line for line in table.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + 8  # header, systems
    assert {row.count(" & ") for row in rows} == {5}
    assert r"my\_own 100\%" in table
    assert r"my\_encoder \& 50\%" in table
    assert r"\label{tab:xqg-my-own-100-}" in table


def test_the_ceiling_is_a_row_that_is_not_ranked(tmp_path: Path) -> None:
    ceiling = {("en", "R@1"): 0.95, ("fi", "R@1"): 0.99, ("ja", "R@1"): 0.98}
    comparison = dataclasses.replace(tiny_comparison(), ceiling=ceiling)
    text = markdown(comparison, 0)
    assert "| right passage (bound) |  | 95.0 | 99.0 | 98.0 | 98.5 |" in text  # the mean of fi and ja, no bold
    assert text.count("right passage") == 1  # RR@10 has no ceiling
    assert "right passage (bound)" in terminal(comparison)
    table = latex(comparison)
    assert r"right passage$^{\dagger}$ &  & 95.0 & 99.0 & 98.0 & 98.5 \\" in table
    assert table.index("gold") < table.index("right passage") < table.index(r"\bottomrule")
    write_comparison(comparison, tmp_path)
    assert json.loads((tmp_path / "results.json").read_text())["ceiling"] == [
        {"query_language": code, "measure": "R@1", "value": value} for (code, _), value in ceiling.items()
    ]


def test_seeds_have_a_table_with_their_spread() -> None:
    spread = Spread((0, 7), "R@1", {"mono": (0.1, 0.3), "cross": (0.4, 0.4)}, (0.3, 0.1))
    comparison = dataclasses.replace(tiny_comparison(), spread=spread)
    assert cells(markdown(comparison, 0), "R@1 with other seeds of the sampling") == [
        ["system", "seed 0", "seed 7", "mean", "sd"],
        ["mono", "10.0", "30.0", "20.0", "14.1"],  # sd with n - 1: √(0.1² + 0.1²)
        ["cross", "40.0", "40.0", "40.0", "0.0"],
        ["cross - mono", "+30.0", "+10.0", "+20.0", "14.1"],
    ]
    assert "with other seeds" in html(comparison, 0)
    assert "with other seeds" not in markdown(comparison, 1)  # a variant ran with one
    assert "with other seeds" not in markdown(tiny_comparison(), 0)


def test_a_p_too_small_to_be_told_from_0_reads_as_such() -> None:
    comparison = tiny_comparison(("none", "mono", "cross"))
    for code in ("en", "fi", "ja"):
        for name, value in (("mono", 0.0), ("cross", 1.0)):
            ids = comparison.outcomes[0].values[name, code]["R@1"]
            comparison.outcomes[0].values[name, code]["R@1"] = dict.fromkeys(ids, value)
    said = terminal(comparison).splitlines()[0]
    assert "paired t-test p < 1e-15, clustered p < 1e-15, randomisation p = 0.005" in said  # 1 of 201
    assert "= <" not in said
    assert "| < 1e-15 | < 1e-15 | 0.005 | primary |" in markdown(comparison, 0)
