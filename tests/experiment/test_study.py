"""Whole studies on the tiny benchmark: what they write, and what holds of their numbers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment import Request
from xqg.experiment.arms import parse_arms
from xqg.experiment.experiment import assemble
from xqg.experiment.outcomes import outcomes_of
from xqg.experiment.settings import Setting
from xqg.experiment.studies import STUDIES, parse_study, run, terminal
from xqg.experiment.tuning import GRID


def request_for(out: Path, **changes: Any) -> Request:
    return dataclasses.replace(Request(arms=None, out=out), **changes)


@pytest.fixture
def ran(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> Any:
    """Run a study; its study.json."""

    def go(kind: str, **changes: Any) -> dict[str, Any]:
        out = tmp_path / kind
        request = request_for(out, **{"queries_file": queries_file, **changes})
        document = run(parse_study(kind), tiny, str(bert_folder), request)
        assert document.title in terminal(document)
        return json.loads((out / "study.json").read_text())

    return go


@pytest.fixture
def tuned_rows(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> dict[Any, float]:
    """What a comparison with tuned α gives: (arm, measure) → mean over fi and ja."""
    arms = parse_arms("none,mono,target-n,cross")
    request = request_for(tmp_path / "compare", arms=arms, queries_file=queries_file, alpha=None)
    parts = assemble(tiny, str(bert_folder), dataclasses.replace(request, measures="R@1 RR@10 R@5"))
    (outcome,) = outcomes_of([Setting("raw", None)], parts.trial, parts.tuning)
    return {
        (arm, measure): float(
            np.mean([list(outcome.values[arm, code][measure].values()) for code in ("fi", "ja")])
        )
        for arm, _ in outcome.values
        for measure in ("R@1", "RR@10", "R@5")
    }


def values(rows: list[dict[str, Any]], **wanted: Any) -> dict[Any, float]:
    """(arm, measure) → value of the rows for the mean with these columns."""
    return {
        (row["arm"], row["measure"]): row["value"]
        for row in rows
        if row["query_language"] == "mean" and all(row[key] == value for key, value in wanted.items())
    }


def test_queries_by_n(ran: Any, tuned_rows: dict[Any, float], tmp_path: Path) -> None:
    found = ran("queries")
    rows = found["tables"]["rows"]
    assert values(rows, n=2) == pytest.approx({k: v for k, v in tuned_rows.items() if k[0] != "none"})
    assert {(row["arm"], row["n"], row["K"]) for row in rows} == {
        ("none", 0, 0), ("mono", 1, 2), ("mono", 2, 4), ("target-n", 1, 1), ("target-n", 2, 2),
        ("cross", 1, 2), ("cross", 2, 4),
    }  # fmt: skip
    assert any(line.startswith("Left out: n = 5, 10 ") for line in found["in_short"])
    one = values(rows, n=1)
    for each in found["tables"]["differences"]:
        if each["n"] == 1:
            measure = each["measure"]
            assert each["value"] == pytest.approx(one["cross", measure] - one["mono", measure])
            assert each["low"] <= each["value"] <= each["high"]
    assert "| none |" in (tmp_path / "queries" / "study.md").read_text()
    page = (tmp_path / "queries" / "study.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 3  # a curve per measure
    assert "http" not in page.replace("http://www.w3.org", "")


def test_nothing_is_concluded_at_chance(ran: Any) -> None:
    # Random vectors; chance of R@1 is 1/6, and the interval over three clusters is wide.
    first = ran("queries", n=1, measures="R@1")["in_short"][0]
    assert first.startswith("NOT INTERPRETABLE")
    assert "R@1: arm none 16.7, chance 16." in first


def test_the_asked_n_is_the_largest(ran: Any) -> None:
    assert {row["n"] for row in ran("queries", n=1)["tables"]["rows"]} == {0, 1}


def test_alpha_curves_and_ways(ran: Any, tuned_rows: dict[Any, float]) -> None:
    found = ran("alpha", measures="R@1")  # RR@10 joins by itself
    curves, rows = found["tables"]["curves"], found["tables"]["rows"]
    assert len(curves) == 2 * 3 * len(GRID) * 2  # fusions, arms, α, measures
    none = values(curves, fusion="raw", alpha=0.0)
    assert none["mono", "R@1"] == none["cross", "R@1"] == tuned_rows["none", "R@1"]
    for arm in ("mono", "target-n", "cross"):
        for fusion in ("raw", "normalised"):
            mine = [r for r in curves if (r["arm"], r["fusion"], r["measure"]) == (arm, fusion, "RR@10")]
            oracle = [
                r for r in rows if r.get("chosen") == "oracle" and r["arm"] == arm and r["fusion"] == fusion
            ]
            best = max(row["value"] for row in mine)
            chosen = next(row for row in oracle if row["measure"] == "RR@10")
            assert chosen["value"] == best
            assert chosen["alpha"] == min(row["alpha"] for row in mine if row["value"] == best)
    tuned = values([r for r in rows if "chosen" in r], chosen="tuned", fusion="raw")
    assert tuned["cross", "R@1"] == pytest.approx(tuned_rows["cross", "R@1"])
    blind = found["tables"]["without_labels"]
    assert {(each["arm"], each["fusion"]) for each in blind} == {
        (arm, fusion) for arm in ("mono", "target-n", "cross") for fusion in ("raw", "normalised")
    }
    for each in blind:
        assert each["questions"] == 2 * 6 * 2  # languages, passages, n: each query is asked once
        same = (each["arm"], each["fusion"])
        points = [r for r in found["tables"]["pseudo_question_curves"] if (r["arm"], r["fusion"]) == same]
        assert [point["alpha"] for point in points] == list(GRID)
        best = max(point["value"] for point in points)
        assert each["alpha"] == next(point["alpha"] for point in points if point["value"] == best)


def test_alpha_with_one_query_says_what_cannot_be_held_out(ran: Any, tmp_path: Path) -> None:
    found = ran("alpha", n=1)
    assert {each["arm"] for each in found["tables"]["without_labels"]} == {"mono", "cross"}
    assert "Nothing can be held out for target-n" in (tmp_path / "alpha" / "study.md").read_text()


def test_languages_alone_and_left_out(ran: Any, tuned_rows: dict[Any, float]) -> None:
    found = ran("languages")
    rows = found["tables"]["rows"]
    # With two target languages, leaving one out is the other alone.
    for arm, other in (("only fi", "without ja"), ("only ja", "without fi")):
        mine = {k[1]: v for k, v in values(rows).items() if k[0] == arm}
        assert mine == {k[1]: v for k, v in values(rows).items() if k[0] == other}
    assert values(rows)["cross", "R@1"] == pytest.approx(tuned_rows["cross", "R@1"])
    by_key = {(r["arm"], r["query_language"], r["measure"]): r["value"] for r in rows}
    for each in found["tables"]["differences"]:
        left, right = ((each[side], each["query_language"], each["measure"]) for side in ("arm", "versus"))
        assert each["value"] == pytest.approx(by_key[left] - by_key[right])
        assert (each["K"], each["versus"]) in {(2, "none"), (2, "cross")}


def test_languages_needs_two(ran: Any) -> None:
    with pytest.raises(XqgError, match="two target languages"):
        ran("languages", targets=("fi",), n=2)


def test_filters(ran: Any, tuned_rows: dict[Any, float], tmp_path: Path) -> None:
    found = ran("filter")
    tables = found["tables"]
    whole = values([r for r in tables["rows"] if "filter" in r], filter=None)
    assert whole == pytest.approx({k: v for k, v in tuned_rows.items() if k[0] in ("mono", "cross")})
    removed = {(each["filter"], each["language"]): each for each in tables["removed"]}
    assert removed["best 50 %", "en"]["removed"] == 12  # of 6·4
    assert removed["best 70 %", "fi"]["removed"] == 12 - 8  # 8.4 are kept
    assert removed["round trip, top 10", "ja"]["removed"] == 0  # the pool has 6
    assert found["settings"]["top"] == 10
    page = (tmp_path / "filter" / "study.md").read_text()
    assert "alone in mono | alone in cross" in page
    for name in {each["filter"] for each in tables["examples"]}:
        mine = [each for each in tables["examples"] if each["filter"] == name]
        assert len(mine) == min(
            5, sum(each["removed"] for each in tables["removed"] if each["filter"] == name)
        )
        assert all(each["text"].startswith(each["language"]) for each in mine)
    for each in tables["differences"]:
        both = values(
            [r for r in tables["rows"] if "filter" in r], filter=each["filter"], scaling=each["scaling"]
        )
        assert each["value"] == pytest.approx(both["cross", each["measure"]] - both["mono", each["measure"]])


def test_a_study_goes_on_and_gives_the_same(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path
) -> None:
    request = request_for(tmp_path / "out", generator=str(mt5_folder), n=2, measures="R@1")

    def go() -> dict[str, Any]:
        run(STUDIES["queries"], tiny, str(bert_folder), request)
        return json.loads((tmp_path / "out" / "study.json").read_text())["tables"]

    first = go()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*/*") if path.is_file()}
    assert any(path.parent.name == "queries" for path in kept)
    assert any(path.parent.name == "vectors" for path in kept)
    assert go() == first
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_an_arm_that_the_file_cannot_fill_is_left_out(ran: Any, queries_file: Path) -> None:
    lines = [line for line in queries_file.read_text().splitlines() if '"language": "en"' not in line]
    queries_file.write_text("\n".join(lines) + "\n")
    found = ran("queries")
    assert {row["arm"] for row in found["tables"]["rows"]} == {"none", "cross"}
    assert set(found["settings"]["arms_left_out"]) == {"mono", "target-n"}
    assert "differences" not in found["tables"]


def test_refusals(ran: Any, queries_file: Path, tiny: Benchmark, bert_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="unknown study 'beta'; use one of queries, alpha, languages, filter"):
        parse_study("beta")
    with pytest.raises(XqgError, match="needs generated queries"):
        ran("filter", queries_file=None)
    with pytest.raises(XqgError, match="EM needs a reader"):
        ran("filter", measures="EM")
    with pytest.raises(XqgError, match="'sv'"):
        ran("filter", query_languages=("sv",))
    lines = [line for line in queries_file.read_text().splitlines() if '"language": "ja"' not in line]
    queries_file.write_text("\n".join(lines) + "\n")
    with pytest.raises(XqgError, match="needs arm cross, which needs 2 queries in 'ja'"):
        ran("filter", n=2)


def test_two_studies_do_not_share_a_folder(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    request = request_for(tmp_path / "out", queries_file=queries_file, n=1, measures="R@1")
    run(STUDIES["languages"], tiny, str(bert_folder), request)
    with pytest.raises(XqgError, match="holds study languages"):
        run(STUDIES["alpha"], tiny, str(bert_folder), request)
    (tmp_path / "out" / "study.json").write_text("{")
    with pytest.raises(XqgError, match="broken"):
        run(STUDIES["languages"], tiny, str(bert_folder), request)
