"""`xqg study` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def study(own: Path, bert_folder: Path, tmp_path: Path) -> list[object]:
    """The arguments that every call has, but the kind and the source of queries."""
    return [own, "--encoder", bert_folder, "--out", tmp_path / "out", "--device", "cpu"]


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """One query in ja and one in en for every passage of `own`: n = 1, K = 1."""
    path = tmp_path / "all.jsonl"
    rows = [
        {"passage_id": id_, "language": code, "text": f"{code} {id_}", "seed": 0, "generator": "hand"}
        for id_ in ("tokyo", "rome", "rhine")
        for code in ("en", "ja")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_study_from_a_file(xqg: Callable, study: list[object], queries: Path, tmp_path: Path) -> None:
    common = ["--passage-language", "en", "--queries", queries, "--measures", "R@1"]
    result = xqg("study", "filter", *study, *common, "--top", "2")
    assert result.code == 0, result.err
    assert "round trip, top 2" in result.out
    assert "cross - mono" in result.out
    found = json.loads((tmp_path / "out" / "study.json").read_text())
    assert found["study"] == "filter"
    assert found["settings"]["top"] == 2
    assert {row["measure"] for row in found["tables"]["rows"]} == {"R@1"}
    page = (tmp_path / "out" / "study.html").read_text()
    assert "<table>" in page
    assert "round trip, top 2" in (tmp_path / "out" / "study.md").read_text()


def test_refusals(refused: Callable, study: list[object], queries: Path) -> None:
    file = ["--queries", queries]
    assert "unknown study 'beta'; use one of alpha, filter, languages, queries" in refused(
        "study", "beta", *study
    )
    assert "needs generated queries; give --generator M or --queries FILE" in refused(
        "study", "alpha", *study
    )
    assert "exclude each other" in refused("study", "alpha", *study, *file, "--generator", "mini")
    assert "--top is of study filter" in refused("study", "alpha", *study, *file, "--top", "3")
    assert "unknown fusion" in refused("study", "alpha", *study, *file, "--fusion", "late")
    assert "F1 needs a reader" in refused("study", "alpha", *study, *file, "--measures", "R@1 F1")
    assert "queries in 'ru'" in refused(
        "study",
        "alpha",
        *study,
        *file,
        "--passage-language",
        "en",
        "--languages",
        "ru",
        "--per-language",
        "1",
    )
    assert "two target languages" in refused("study", "languages", *study, *file, "--passage-language", "en")


def test_help_names_the_kinds(xqg: Callable) -> None:
    result = xqg("study", "--help")
    assert result.code == 0
    assert "queries, alpha, languages or filter" in result.out
