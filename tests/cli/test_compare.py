"""`xqg compare` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqg.experiment.results import Results


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """No exact p-values, no thousands of random rankings for the chance level."""
    monkeypatch.setattr("xqg.experiment.contrasts.ROUNDS", {True: 200, False: 200})
    monkeypatch.setattr("xqg.experiment.contrasts.RESAMPLES", 200)
    monkeypatch.setattr("xqg.experiment.compare.chance_of", lambda *_: 1 / 3)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """n = 1 in ja, K = 1 in en for every passage of `own`."""
    path = tmp_path / "all.jsonl"
    rows = [
        {"passage_id": id_, "language": code, "text": f"{code} {id_}", "seed": 0, "generator": "hand"}
        for id_ in ("tokyo", "rome", "rhine")
        for code in ("en", "ja")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def compare(own: Path, bert_folder: Path, tmp_path: Path) -> list[object]:
    """The arguments that every call has, but the source of queries."""
    return ["compare", own, "--encoder", bert_folder, "--out", tmp_path / "out", "--device", "cpu"]


def test_arms_and_baselines(xqg: Callable[..., Any], compare: list[object], queries: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = ["--queries", queries, "--arms", "none,mono,cross", "--baselines", "bm25", "--measures", "R@1 RR@10"]
    result = xqg(*compare, *flags)
    assert (result.code, result.err) == (0, "")
    results = Results.load(out)
    assert result.out == f"{results}\n\nreport: {out / 'report.md'} and report.html\n"
    assert result.out.startswith("Primary contrast: cross - mono, R@1, mean over 1 question languages: ")
    assert {path.name for path in out.iterdir()} == {
        "results.json", "report.md", "report.html", "per_query.parquet", "settings.json", "runs", "variants", "vectors",
    }  # fmt: skip
    assert {path.name for path in (out / "variants").iterdir()} == {"normalised-alpha-0.01"}
    settings = json.loads((out / "results.json").read_text())["settings"]
    assert (settings["arms"], settings["baselines"]) == (["none", "mono", "cross"], ["bm25"])
    again = xqg(*compare, *flags)
    assert again == result  # goes on where it is


def test_systems_are_arms_and_baselines_in_one_list(
    xqg: Callable[..., Any], compare: list[object], queries: Path, tmp_path: Path
) -> None:
    common = [*compare, "--queries", queries, "--measures", "R@1"]
    one = xqg(*common, "--systems", "bm25,cross,none,mono")
    other = xqg(*common, "--arms", "cross,none,mono", "--baselines", "bm25")  # the same folder
    assert one.code == 0, one.err
    assert other == one


def test_by_default_all_that_can_be_filled(
    xqg: Callable[..., Any], compare: list[object], queries: Path, tmp_path: Path
) -> None:
    result = xqg(*compare, "--queries", queries)
    assert result.code == 0, result.err
    settings = Results.load(tmp_path / "out").settings
    assert settings["arms"] == ["none", "mono", "target-n", "cross", "chunks", "shuffled", "gold"]
    assert settings["baselines"] == ["bm25", "doc2query", "rrf", "rrf-cross"]
    assert settings["arms_left_out"] == {"target": "not among the default arms; ask for it by name, or for all arms"}
    assert result.err == "xqg: warning: left out: R@2kt (all 3 passages hold 23 tokens, it reads 2000)\n"
    assert settings["alpha"] == 0.01


def test_latex_and_json(xqg: Callable[..., Any], compare: list[object], queries: Path, tmp_path: Path) -> None:
    common = [*compare, "--queries", queries, "--systems", "none,mono,cross", "--measures", "R@1"]
    plain, latex, as_json = xqg(*common), xqg(*common, "--latex"), xqg(*common, "--json")
    results = Results.load(tmp_path / "out")
    before, _, after = plain.out.rpartition("\n\nreport: ")
    assert latex.out == f"{before}\n\n{results.to_latex()}\n\nreport: {after}"
    rows = json.loads(as_json.out)
    assert rows == [contrast.to_dict() for contrast in results.views[0].contrasts]
    assert [row["primary"] for row in rows].count(True) == 1


def test_seeds(xqg: Callable[..., Any], compare: list[object], mt5_folder: Path, tmp_path: Path) -> None:
    flags = ["--generator", mt5_folder, "--per-language", "1", "--systems", "none,cross", "--measures", "R@1"]
    result = xqg(*compare, *flags, "--seeds", "2,5")
    assert result.code == 0, result.err
    assert json.loads((tmp_path / "out" / "seeds.json").read_text())["seeds"] == [2, 5]
    assert (tmp_path / "out" / "seeds" / "5" / "report.md").is_file()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--systems", "none", "--arms", "none"], "--systems is the complete list; leave out --arms and --baselines"),
        (["--systems", "other"], "unknown system 'other'; use bm25"),
        (["--arms", "other"], "unknown arm 'other'; use none, mono"),
        (["--arms", "none,none"], "arm 'none' is given twice"),
        (["--arms", ""], "no arm given; use --arms with some of none"),
        (["--baselines", "cross"], "unknown baseline 'cross'; use bm25"),
        (["--baselines", ""], "no baseline given; use --baselines with some of bm25"),
        (["--arms", "none", "--baselines", "rrf-cross"], "fuses the run of arm cross; add that arm (--arms)"),
        (["--systems", "rrf-cross,none"], "fuses the run of arm cross; add it (--systems)"),
        (["--arms", "target", "--baselines", "none"], "the arms need generated queries; give --generator M or --queries"),
        (["--generator", "mini", "--queries", "q.jsonl"], "--generator and --queries exclude each other"),
        (["--queries", "no/such.jsonl"], "no/such.jsonl: no such"),
        (["--queries", "q.jsonl", "--seeds", "0,1"], "--seeds repeats a generator's sampling, --queries holds one"),
        (["--seeds", "1"], "--seeds is '1'; give two or more different whole numbers"),
        (["--alpha", "half"], "--alpha is 'half'; give a number from 0 to 1, or `tuned`"),
        (["--alpha", "2"], "--alpha is 2.0; it must lie between 0"),
        (["--fusion", "late"], "unknown fusion 'late'; use one of raw, normalised"),
        (["--aggregations", "median"], "unknown aggregation 'median'"),
        (["--measures", "R2"], "unknown measure 'R2'"),
        (["--measures", "EM"], "EM needs a reader; give --reader, or leave it out of --measures"),
        (["--languages", "xx"], "--languages: unknown language code 'xx'"),
        (["--query-languages", "xx"], "--query-languages: unknown language code 'xx'"),
        (["--query-languages", "sv"], "no questions in 'sv'"),
        (["--fold", "0:2"], "--fold is '0:2'"),
        (["--limit", "0"], "'--limit'"),
        (["--per-language", "0"], "'--per-language'"),
        (["--read-top", "3"], "--read-top is for a reader; give --reader MODEL with it"),
        (["--reader", "mini", "--reader-question", "gold"], "unknown --reader-question 'gold'; use one of asked, parallel"),
        (["--device", "toaster", "--systems", "none", "--measures", "R@1"], "device 'toaster' is not on this machine"),
    ],
)
def test_refusals(refused: Callable[..., str], compare: list[object], tmp_path: Path, flags: list[str], says: str) -> None:
    assert says in refused(*compare, *flags)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_comparison(
    xqg: Callable[..., Any], refused: Callable[..., str], compare: list[object], tmp_path: Path
) -> None:
    common = [*compare, "--systems", "none", "--measures", "R@1"]
    assert xqg(*common).code == 0
    error = refused(*common, "--alpha", "0.5")
    assert "holds another comparison: alpha is 0.01 there and 0.5 now; choose another --out or delete it" in error
    file = tmp_path / "file"
    file.write_text("")
    assert "file: is a file; choose another --out" in refused(*common[:4], "--out", file, "--systems", "none")


def test_help_names_both_ways(xqg: Callable[..., Any]) -> None:
    text = xqg("compare", "--help").out
    for flag in ("--systems", "--arms", "--baselines", "--latex", "--json", "--seeds", "--fold"):
        assert flag in text
