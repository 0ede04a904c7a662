"""What results show in a notebook: short HTML tables, every text in them escaped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import xqg
from xqg.benchmarks import Benchmark


class Tables(HTMLParser):
    """Captions, and the texts of every row."""

    def __init__(self) -> None:
        super().__init__()
        self.captions: list[str] = []
        self.rows: list[list[str]] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._into = self.rows[-1]
        if tag == "caption":
            self.captions.append("")
            self._into = self.captions

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def shown(thing: Any) -> Tables:
    tables = Tables()
    tables.feed(thing._repr_html_())
    tables.close()
    return tables


@pytest.fixture
def encoder(fake_encoder: Callable[..., Any]) -> Any:
    return fake_encoder()


class Mine:
    name = "<b>mine"

    def rank(self, task: Any) -> Any:
        run = [(passage.id, 1.0) for passage in task.passages[: task.depth]]
        return {question.id: run for question in task.questions}


def test_a_comparison(tiny: Benchmark, queries_file: Path, encoder: Any) -> None:
    results = xqg.compare(
        tiny,
        encoder=encoder,
        queries=queries_file,
        systems=["none", "mono", "cross", Mine()],
        measures="R@1 RR@10",
        progress=False,
    )
    html = results._repr_html_()
    assert html.startswith("<p>Primary contrast: cross - mono, R@1")
    assert "&lt;b&gt;mine" in html
    assert "<b>mine" not in html
    tables = shown(results)
    assert tables.captions == ["R@1 by question language"]
    assert [cell.rstrip("*") for cell in tables.rows[0]] == ["system", "K", "en", "fi", "ja", "mean of 2"]
    assert [row[:2] for row in tables.rows[1:]] == [["none", "0"], ["mono", "4"], ["cross", "4"], ["<b>mine", "0"]]
    value = float(tables.rows[1][2].rstrip("ⁿᵐₙₘ"))
    assert value == pytest.approx(100 * results.mean("none", "R@1", "en"), abs=0.05)


def test_an_evaluation(tiny: Benchmark) -> None:
    run = {f"q{number}": [(f"p{number}", 1.0)] for number in range(6)}
    tables = shown(xqg.evaluate(run, tiny, ["R@1"], query_language="fi", progress=False))
    assert tables.captions == ["run on tiny"]
    assert tables.rows == [["language", "questions", "R@1"], ["fi", "6", "1.0000"]]


def test_a_study(tiny: Benchmark, queries_file: Path, encoder: Any) -> None:
    tables = shown(xqg.study("alpha", tiny, encoder=encoder, queries=queries_file, measures="R@1", progress=False))
    assert tables.captions == ["R@1 (α) for each way to choose α"]
    assert [row[0] for row in tables.rows[:2]] == ["arm, fusion", "mono, raw"]


def test_a_reproduction(own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"benchmark: {own_folder}\nencoder: mini\nsystems: [none]\nexpected: {{none: {{R@1: {{en: 100}}}}}}\n")
    tables = shown(xqg.reproduce(recipe, progress=False))
    assert tables.rows[0][:4] == ["system", "alpha", "measure", "figures"]
    assert [row[3] for row in tables.rows[1:]] == ["expected", "got"]


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "a", "text": "Rome is old."}\n{"_id": "b", "text": "Oslo is cold."}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "Is Rome old?", "language": "en"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    return folder


def test_languages(tiny: Benchmark, encoder: Any) -> None:
    mixed = replace(
        tiny, passages=[replace(one, language="fi" if n % 2 else "en") for n, one in enumerate(tiny.passages)]
    )
    scores = xqg.languages(mixed, encoder=encoder, lexical=True, progress=False)
    tables = shown(scores)
    assert tables.rows[0] == ["fake", "mono AP", "cross AP", "multi AP", "bias"]
    assert [row[0] for row in tables.rows] == ["fake", "en", "fi", "ja", "mean", "bm25", "en", "fi", "ja", "mean"]
    assert repr(scores) == "<LanguageScores of tiny: fake, bm25>"
