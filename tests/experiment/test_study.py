"""Whole studies on the tiny benchmark: what they write, and what holds of their numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.compare import compare
from xqg.experiment.report.document import Findings, Section
from xqg.experiment.report.study import table
from xqg.experiment.report.tables import Cell
from xqg.experiment.results import Results
from xqg.experiment.studies.queries import HowManyQueries
from xqg.experiment.study import STUDIES, Study, study
from xqg.experiment.study_context import Context
from xqg.experiment.tuning import GRID

pytestmark = pytest.mark.usefixtures("known_chance")


@pytest.fixture
def ran(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> Any:
    """Run a study; its study.json."""

    def go(kind: str, **changes: Any) -> dict[str, Any]:
        out = tmp_path / kind
        results = study(kind, tiny, encoder=str(bert_folder), out=out, **{"queries": queries_file, **changes})
        assert str(results).startswith(f"tiny: {STUDIES[kind].title}\n")
        return json.loads((out / "study.json").read_text())

    return go


@pytest.fixture
def tuned_rows(tiny: Benchmark, bert_folder: Path, queries_file: Path) -> dict[Any, float]:
    """What a comparison with tuned α gives: (arm, measure) → mean over fi and ja."""
    results = compare(
        tiny, encoder=str(bert_folder), queries=queries_file, systems="none,mono,target-n,cross", alpha="tuned",
        measures="R@1 RR@10 R@5",
    )  # fmt: skip
    outcome = results.values["raw-tuned", 0]
    return {
        (arm, measure): float(
            np.mean([list(outcome[arm, code][measure].values()) for code in ("fi", "ja")])
        )
        for arm, _ in outcome
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


def test_nothing_is_concluded_at_chance(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # of the known chance
    # Random vectors; chance of R@1 is 1/6, and the interval over three clusters is wide.
    first = ran("queries", per_language=1, measures="R@1")["in_short"][0]
    assert first.startswith("NOT INTERPRETABLE")
    assert "R@1: arm none 16.7, chance 16." in first


def test_the_asked_n_is_the_largest(ran: Any) -> None:
    assert {row["n"] for row in ran("queries", per_language=1)["tables"]["rows"]} == {0, 1}


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
    found = ran("alpha", per_language=1)
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
        ran("languages", languages=("fi",), per_language=2)


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
    def go() -> dict[str, Any]:
        study(
            "queries", tiny, encoder=str(bert_folder), generator=str(mt5_folder), per_language=2, measures="R@1",
            out=tmp_path / "out",
        )  # fmt: skip
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
    with pytest.raises(XqgError, match="unknown study 'beta'; use one of alpha, filter, languages, queries"):
        study("beta", tiny, encoder="none")
    with pytest.raises(XqgError, match="needs generated queries"):
        ran("filter", queries=None)
    with pytest.raises(XqgError, match="EM needs a reader"):
        ran("filter", measures="EM")
    with pytest.raises(XqgError, match="'sv'"):
        ran("filter", query_languages=("sv",))
    lines = [line for line in queries_file.read_text().splitlines() if '"language": "ja"' not in line]
    queries_file.write_text("\n".join(lines) + "\n")
    with pytest.raises(XqgError, match="needs arm cross, which needs 2 queries in 'ja'"):
        ran("filter", per_language=2)


def test_two_studies_do_not_share_a_folder(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    def go(kind: str) -> Results:
        return study(
            kind, tiny, encoder=str(bert_folder), queries=queries_file, per_language=1, measures="R@1",
            out=tmp_path / "out",
        )  # fmt: skip

    go("languages")
    with pytest.raises(XqgError, match="holds study languages; choose another `out` for study alpha"):
        go("alpha")
    (tmp_path / "out" / "study.json").write_text("{")
    with pytest.raises(XqgError, match="broken"):
        go("languages")


# The table, and reading it back


@pytest.mark.parametrize("kind", list(STUDIES))
def test_a_study_is_read_back(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "out"
    results = study(kind, tiny, encoder=str(bert_folder), queries=queries_file, measures="R@1 RR@10", out=out)
    loaded = Results.load(out)
    assert loaded.description.kind == "study"
    assert loaded.values == results.values
    assert loaded.alphas == results.alphas
    assert loaded.settings == results.settings
    assert str(loaded) == str(results)
    assert loaded._repr_html_() == results._repr_html_()
    names = ("study.json", "study.md", "study.html", "per_query.parquet", "settings.json")
    before = {name: (out / name).read_bytes() for name in names}
    loaded.save(tmp_path / "elsewhere")
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == set(names)
    assert {name: (tmp_path / "elsewhere" / name).read_bytes() for name in names} == before
    for name in ("study.md", "study.html", "study.json"):
        (out / name).write_text("lost")
    Results.load(out).write_reports(out)
    assert {name: (out / name).read_bytes() for name in names} == before


def test_the_table_has_every_ranking(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tuned_rows: dict[Any, float]
) -> None:
    results = study("queries", tiny, encoder=str(bert_folder), queries=queries_file)
    settings = ["raw-tuned, n = 1", "raw-tuned, n = 2", "raw-alpha-0"]
    assert [row.name for row in results.description.settings] == settings
    assert repr(results) == "<Results of tiny: mono, target-n, cross, none; 3 measures, 3 settings>"
    frame = results.frame
    assert list(frame.columns) == list(compare(tiny, encoder=str(bert_folder), systems="none", measures="R@1").frame)
    pairs = {(row.setting, row.system) for row in frame.itertuples()}
    arms = ("mono", "target-n", "cross")
    assert pairs == {*((name, arm) for name in settings[:2] for arm in arms), ("raw-alpha-0", "none")}
    assert set(frame.query_language) == {"fi", "ja"}  # what means are over
    assert len(frame) == len(pairs) * 2 * 3 * 6  # languages, measures, questions
    for arm in arms:
        assert results.mean(arm, "R@1", setting="raw-tuned, n = 2") == pytest.approx(tuned_rows[arm, "R@1"])
    assert results.mean("none", "RR@10", setting="raw-alpha-0") == pytest.approx(tuned_rows["none", "RR@10"])
    alphas = frame[(frame.setting == "raw-alpha-0")].alpha
    assert set(alphas) == {0.0}


def test_studies_can_be_asked_for_contrasts(tiny: Benchmark, bert_folder: Path, queries_file: Path) -> None:
    results = study("queries", tiny, encoder=str(bert_folder), queries=queries_file)
    tables = results.facts["document"]["tables"]
    for row in tables["differences"]:
        found = results.contrast("cross", "mono", row["measure"], setting=f"raw-tuned, n = {row['n']}")
        assert (found.difference, found.p_clustered) == (pytest.approx(row["value"]), pytest.approx(row["p"]))
        assert (found.p_holm, found.primary) == (None, False)
    assert results.views == ()
    with pytest.raises(XqgError, match="none was not measured in 'fi' there; choose `setting` from raw-alpha-0"):
        results.contrast("none", "mono")
    with pytest.raises(XqgError, match="`setting` is 'raw-tuned', which these results lack; use one of raw-tuned, n"):
        results.contrast("cross", "mono", setting="raw-tuned")
    with pytest.raises(XqgError, match="only a comparison has a table in LaTeX"):
        results.to_latex()


def test_every_alpha_of_the_curve_is_a_setting(tiny: Benchmark, bert_folder: Path, queries_file: Path) -> None:
    results = study("alpha", tiny, encoder=str(bert_folder), queries=queries_file, measures="R@1")
    names = [row.name for row in results.description.settings]
    assert len(names) == 2 * (len(GRID) + 1)  # fusions
    assert {"raw-alpha-0.2", "normalised-alpha-0.9", "raw-tuned"} <= set(names)
    curve = {
        (row["arm"], row["fusion"], row["alpha"]): row["value"]
        for row in results.facts["document"]["tables"]["curves"]
        if row["measure"] == "R@1"
    }
    for (arm, fusion, alpha), value in curve.items():
        assert results.mean(arm, "R@1", setting=f"{fusion}-alpha-{alpha:g}") == pytest.approx(value)
    for row in results.description.settings:
        if row.alpha == "tuned":  # what was chosen for each, though each was measured apart
            assert set(row.tuned) == {"mono", "target-n", "cross"}


def test_filtered_queries_have_settings_of_their_own(
    tiny: Benchmark, bert_folder: Path, queries_file: Path
) -> None:
    results = study("filter", tiny, encoder=str(bert_folder), queries=queries_file, measures="R@1", top=2)
    names = {row.name for row in results.description.settings}
    assert {"raw-tuned", "raw-tuned, round trip, top 2", "raw-tuned, best 70 %", "raw-alpha-0"} <= names
    assert {system.name for system in results.systems} == {
        "none", "mono", "cross", "mono-rescaled", "cross-rescaled",
    }  # fmt: skip
    rows = results.facts["document"]["tables"]["rows"]
    for row in rows:
        if row.get("filter") is not None:
            name = row["arm"] + ("-rescaled" if row["scaling"] == "rescaled" else "")
            mean = results.mean(name, row["measure"], setting=f"raw-tuned, {row['filter']}")
            assert mean == pytest.approx(row["value"])


def test_without_out_nothing_is_kept(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, scratch = tmp_path / "empty", tmp_path / "scratch"
    empty.mkdir()
    scratch.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    results = study("languages", tiny, encoder=str(bert_folder), queries=queries_file, measures="R@1")
    assert list(empty.iterdir()) == list(scratch.iterdir()) == []
    assert "cross - none" in str(results)


def test_queries_in_memory(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> None:
    from xqg.queries import read_queries

    asked: dict[str, Any] = {"encoder": str(bert_folder), "measures": "R@1"}
    file = study("languages", tiny, queries=queries_file, **asked)
    listed = study("languages", tiny, queries=read_queries(queries_file), **asked)
    assert file.values == listed.values


# One's own


class OnlyNone(Study):
    name = "only-none"
    title = "what the passages alone give"
    arms = ("none", "cross")

    def run(self, context: Context) -> Findings:
        mean = context.none.mean(context.measures[0])
        rows = table(["arm", "value"], [["none", f"{mean:.3f}"]])
        return Findings([f"none: {mean:.3f}."], [Section("Means", table=rows)], {}, {"rows": context.none.rows()})


def test_ones_own_study(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    results = study(OnlyNone(), tiny, encoder=str(bert_folder), queries=queries_file, measures="R@5", out=out)
    mean = results.mean("none", "R@5")
    assert f"none: {mean:.3f}." in str(results)
    assert json.loads((out / "study.json").read_text())["study"] == "only-none"
    assert "| none | " in (out / "study.md").read_text()
    assert "<td" in results._repr_html_()


def test_the_studies() -> None:
    assert list(STUDIES) == ["alpha", "filter", "languages", "queries"]
    for name, kind in STUDIES.items():
        assert kind.name == name
        assert issubclass(kind, Study)
    assert STUDIES["queries"] is HowManyQueries
    assert {name for name, kind in STUDIES.items() if kind.top is not None} == {"filter"}


def test_cells_come_back_as_they_were() -> None:
    from xqg.experiment.report.study import _cell

    cell = Cell("60.0", ("none",), ("mono",), best=True)
    assert _cell({"text": "60.0", "better": ["none"], "worse": ["mono"], "best": True}) == cell


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"generator": "mini"}, "`generator` and `queries` exclude each other"),
        ({"queries": None}, "study alpha needs generated queries; give `generator` M or `queries` FILE"),
        ({"top": 3}, "`top` is of study filter, this is study alpha"),
        ({"encoder": 3}, "`encoder` is 3"),
        ({"query_languages": "xx"}, "`query_languages`: unknown language code 'xx'"),
        ({"languages": 3}, "`languages` is 3"),
        ({"per_language": 0}, "`per_language` is 0"),
        ({"limit": "x"}, "`limit` is 'x'"),
        ({"fusion": "late"}, "unknown fusion 'late'"),
        ({"measures": "EM"}, "studies measure rankings, EM needs a reader; leave it out .`measures`"),
        ({"measures": [3]}, "`measures` has 3"),
        ({"seed": "0"}, "`seed` is '0'"),
        ({"passage_length": 0}, "`passage_length` is 0"),
        ({"query_length": "x"}, "`query_length` is 'x'"),
        ({"out": 3}, "`out` is 3"),
        ({"benchmark": 3}, "`benchmark` is 3"),
        ({"queries": 3}, "`queries` is a int; give a path"),
        ({"kind": 3}, "unknown study 3"),
        ({"kind": "filter", "top": 0}, "`top` is 0"),
    ],
)
def test_wrong_arguments(tiny: Benchmark, queries_file: Path, tmp_path: Path, asked: dict[str, Any], says: str) -> None:
    usual = {"kind": "alpha", "benchmark": tiny, "encoder": "no-such", "queries": queries_file, "out": tmp_path / "out"}
    with pytest.raises(XqgError, match=says):
        study(**usual | asked)
    assert [path.name for path in tmp_path.iterdir()] == ["queries.jsonl"]
