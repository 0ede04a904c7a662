"""The reports of a comparison that ran agree with its results; the rows that only some comparisons have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tiny_results import right, tiny_results
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment.compare import compare
from xqg.experiment.report.comparison import seeds_of
from xqg.experiment.report.html import html
from xqg.experiment.report.latex import latex
from xqg.experiment.report.markdown import markdown
from xqg.experiment.report.terminal import terminal

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
    import pyarrow.compute as pc
    from pyarrow import parquet

    out = tmp_path / "out"
    results = compare(
        tiny, encoder=str(bert_folder), queries=queries_file, arms="none,mono,cross,gold", baselines="bm25",
        alpha="tuned", aggregations=("sum", "max"), measures="R@1 RR@10", out=out,
    )  # fmt: skip
    written = json.loads((out / "results.json").read_text())
    expected = {(r["arm"], r["query_language"], r["measure"]): r["value"] for r in written["rows"]}
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

    table = parquet.read_table(out / "per_query.parquet")
    assert set(table.column("setting").to_pylist()) == {
        "raw-tuned", "normalised-tuned", "raw-alpha-0.01", "normalised-alpha-0.01", "raw-max", "normalised-max",
    }  # fmt: skip
    assert len(table) == 6 * 5 * 3 * 2 * 6  # settings, systems, languages, measures, questions
    columns = table.filter(pc.equal(table.column("setting").cast("string"), "raw-tuned")).to_pydict()
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
    assert (out / "report.html").read_text() == html(results, 0)
    assert terminal(results).startswith("Primary contrast: cross - mono, R@1, mean over 2 question languages")
    assert str(results) == terminal(results)


def test_the_latex_table_has_a_column_per_language_and_three_more() -> None:
    encoder = {"name": "my_encoder & 50%", "similarity": "cosine"}
    results = tiny_results(encoder=encoder, benchmark="my_own 100%")
    table = latex(results)
    assert results.to_latex() == table
    assert r"\begin{tabular}{lrrrrr}" in table  # system, K, en, fi, ja, mean
    rows = [line for line in table.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + 8  # header, systems
    assert {row.count(" & ") for row in rows} == {5}
    assert r"my\_own 100\%" in table
    assert r"my\_encoder \& 50\%" in table
    assert r"\label{tab:xqg-my-own-100-}" in table


def test_the_ceiling_is_a_row_that_is_not_ranked(tmp_path: Path) -> None:
    ceiling = {("en", "R@1"): 0.95, ("fi", "R@1"): 0.99, ("ja", "R@1"): 0.98}
    results = tiny_results(ceiling=ceiling)
    text = markdown(results, 0)
    assert "| right passage (bound) |  | 95.0 | 99.0 | 98.0 | 98.5 |" in text  # the mean of fi and ja, no bold
    assert text.count("right passage") == 1  # RR@10 has no ceiling
    assert "right passage (bound)" in terminal(results)
    table = latex(results)
    assert r"right passage$^{\dagger}$ &  & 95.0 & 99.0 & 98.0 & 98.5 \\" in table
    assert table.index("gold") < table.index("right passage") < table.index(r"\bottomrule")
    results.save(tmp_path)
    assert json.loads((tmp_path / "results.json").read_text())["ceiling"] == [
        {"query_language": code, "measure": "R@1", "value": value} for (code, _), value in ceiling.items()
    ]


# Hits of two seeds: mono 10 and 30 %, cross 40 % with both.
FIRST, OTHER = {"none": 2, "mono": 1, "cross": 4}, {"none": 2, "mono": 3, "cross": 4}


def test_seeds_have_a_table_with_their_spread() -> None:
    results = tiny_results(("mono", "cross"), hits=FIRST, seeds={7: OTHER})
    assert cells(markdown(results, 0), "R@1 with other seeds of the sampling") == [
        ["system", "seed 0", "seed 7", "mean", "sd"],
        ["mono", "10.0", "30.0", "20.0", "14.1"],  # sd with n - 1: √(0.1² + 0.1²)
        ["cross", "40.0", "40.0", "40.0", "0.0"],
        ["cross - mono", "+30.0", "+10.0", "+20.0", "14.1"],
    ]
    assert "with other seeds" in html(results, 0)
    assert "with other seeds" not in markdown(results, 1)  # a variant is reported with one
    assert "with other seeds" not in markdown(tiny_results(), 0)
    # The rest of the report is of the first seed.
    alone = tiny_results(("mono", "cross"), hits=FIRST)
    assert terminal(results) == terminal(alone)


def test_the_spread_by_hand(tmp_path: Path) -> None:
    results = tiny_results(("mono", "cross"), hits=FIRST, seeds={7: OTHER})
    assert results.by_seed("mono") == pytest.approx((0.1, 0.3))
    assert results.differences_by_seed == pytest.approx((0.3, 0.1))
    found = seeds_of(results)
    assert (found["seeds"], found["measure"]) == ([0, 7], "R@1")
    assert found["rows"][0]["arm"] == "mono"
    assert found["rows"][0]["values"] == pytest.approx([0.1, 0.3])
    assert found["rows"][0]["mean"] == pytest.approx(0.2)
    assert found["rows"][0]["sd"] == pytest.approx(0.02**0.5)  # ((0.1)² + (0.1)²) / (2 - 1)
    assert found["cross - mono"]["mean"] == pytest.approx(0.2)
    assert "cross - mono" not in seeds_of(tiny_results(("none", "cross"), hits=FIRST, seeds={7: OTHER}))
    results.save(tmp_path)
    assert json.loads((tmp_path / "seeds.json").read_text()) == found
    tiny_results().save(tmp_path / "one")
    assert not (tmp_path / "one" / "seeds.json").exists()


def test_a_p_too_small_to_be_told_from_0_reads_as_such() -> None:
    results = tiny_results(("none", "mono", "cross"), hits={"none": 2, "mono": 0, "cross": 10})
    assert set(right(10).values()) == {1.0}
    said = terminal(results).splitlines()[0]
    assert "paired t-test p < 1e-15, clustered p < 1e-15, randomisation p = 0.005" in said  # 1 of 201
    assert "= <" not in said
    assert "| < 1e-15 | < 1e-15 | 0.005 | primary |" in markdown(results, 0)
