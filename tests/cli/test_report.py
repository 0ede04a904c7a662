"""`xqg report FOLDER`: the reports made anew, nothing run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqg.experiment.results import Results


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqg.experiment.contrasts.ROUNDS", {True: 200, False: 200})
    monkeypatch.setattr("xqg.experiment.contrasts.RESAMPLES", 200)
    for place in ("compare", "report.study"):
        monkeypatch.setattr(f"xqg.experiment.{place}.chance_of", lambda *_: 1 / 3)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "all.jsonl"
    rows = [
        {"passage_id": id_, "language": code, "text": f"{code} {id_}", "seed": 0, "generator": "hand"}
        for id_ in ("tokyo", "rome", "rhine")
        for code in ("en", "ja")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def spoil(folder: Path) -> dict[str, bytes]:
    """Every report's bytes, which are then lost."""
    names = ("*.md", "*.html", "results.json", "study.json")
    reports = {path: path.read_bytes() for name in names for path in folder.rglob(name)}
    for path in reports:
        path.write_text("lost")
    return {str(path): content for path, content in reports.items()}


def remade(reports: dict[str, bytes]) -> bool:
    return all(Path(path).read_bytes() == content for path, content in reports.items())


def test_a_comparison(
    xqg: Callable[..., Any], own: Path, bert_folder: Path, queries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    made = xqg(
        "compare", own, "--encoder", bert_folder, "--queries", queries, "--systems", "none,mono,cross,bm25",
        "--alpha", "tuned", "--measures", "R@1 RR@10", "--out", out,
    )  # fmt: skip
    assert made.code == 0, made.err
    reports = spoil(out)
    assert len(reports) == 3 + 3 * 2  # of the asked setting, of its three variants

    def loaded(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("xqg.encoding.encoders.load_encoder", loaded)
    result = xqg("report", out)
    assert (result.code, result.err) == (0, "")
    assert result.out == made.out.rpartition("\n\nreport: ")[0] + "\n"
    assert remade(reports)
    latex = xqg("report", out, "--latex")
    assert latex.out == f"{result.out}\n{Results.load(out).to_latex()}\n"


def test_a_study(xqg: Callable[..., Any], own: Path, bert_folder: Path, queries: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = xqg(
        "study", "queries", own, "--encoder", bert_folder, "--queries", queries, "--measures", "R@1", "--out", out
    )
    assert made.code == 0, made.err
    reports = spoil(out)
    assert {Path(path).name for path in reports} == {"study.md", "study.html", "study.json"}
    result = xqg("report", out)
    assert (result.code, result.err) == (0, "")
    assert made.out == f"{result.out}\n{out}: study.html, study.md, study.json\n"
    assert remade(reports)


def test_an_evaluation(
    xqg: Callable[..., Any], refused: Callable[..., str], own: Path, tmp_path: Path
) -> None:
    run, out = tmp_path / "run.trec", tmp_path / "out"
    run.write_text("q1 Q0 tokyo 1 1 t\nq2 Q0 tokyo 1 1 t\n")
    made = xqg("evaluate", run, "--benchmark", own, "--measures", "R@1", "--out", out)
    assert made.code == 0, made.err
    reports = spoil(out)
    result = xqg("report", out)
    assert (result.code, result.err, result.out) == (0, "", made.out)
    assert remade(reports)
    assert "only a comparison has a table in LaTeX, this is of kind evaluation" in refused("report", out, "--latex")


def test_a_reproduction(xqg: Callable[..., Any], own: Path, bert_folder: Path, tmp_path: Path) -> None:
    recipe, out = tmp_path / "own.yaml", tmp_path / "out"
    recipe.write_text(
        f"benchmark: {own}\nencoder: {bert_folder}\nsystems: [none, bm25]\nexpected: {{bm25: {{R@1: {{mean: 50}}}}}}\n"
    )
    made = xqg("reproduce", recipe, "--out", out)
    assert made.code == 0, made.err
    reports = spoil(out)
    result = xqg("report", out)
    assert (result.code, result.err) == (0, "")
    assert made.out == f"{result.out}{out}: results.json, report.md, comparison/\n"
    ours = {path: content for path, content in reports.items() if "comparison" not in path}
    assert {Path(path).name for path in ours} == {"report.md", "results.json"}
    assert remade(ours)
    assert xqg("report", out / "comparison").code == 0
    assert remade(reports)


def test_refusals(refused: Callable[..., str], own: Path, tmp_path: Path) -> None:
    assert "settings.json: cannot be read" in refused("report", tmp_path / "absent")
    assert "settings.json: cannot be read" in refused("report", own)
    (tmp_path / "settings.json").write_text('{"benchmark": "own"}')
    assert "holds no finished results; run the command that made it again" in refused("report", tmp_path)
    (tmp_path / "settings.json").write_text("{")
    assert "settings.json: broken" in refused("report", tmp_path)
