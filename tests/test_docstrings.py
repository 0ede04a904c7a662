"""The examples in the docstrings of `xqg`'s names do what they say, on the mini models."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import xqg
from pages import run_example

COUNTRIES = ("al", "am", "bt", "cr", "cz", "fr", "id", "jp", "kh", "lv", "nz", "tr")  # whose currencies are asked for
RECIPE = """
benchmark: countries
encoder: mini
systems: [none, bm25]
measures: [R@1]
expected:
  none:
    R@1: {fi: 100.0, ja: 90.0, mean: 95.0}
"""


def examples() -> Iterator[Any]:
    """Of functions and classes, methods and those that they inherit from xqg included; not the door's own."""
    finder = doctest.DocTestFinder()
    for name in xqg.__all__:
        thing = getattr(xqg, name)
        if thing.__module__.startswith("xqg.door"):
            continue
        for one in inspect.getmro(thing) if isinstance(thing, type) else (thing,):
            if one.__module__.startswith("xqg"):
                found = finder.find(one, name=f"{name}({one.__name__})" if one is not thing else name)
                yield from (pytest.param(each, id=each.name) for each in found if each.examples)


def _countries(folder: Path) -> list[xqg.Passage]:
    """Write a BEIR folder with the currencies of some countries, asked for in three languages; its passages."""
    atlas = xqg.benchmark("atlas")
    codes = {f"territory_currency:{code.upper()}": code for code in COUNTRIES}
    questions = [one for one in atlas.questions if one.id in codes and one.language in ("en", "fi", "ja")]
    passages = [atlas.passage_by_id[f"territory-{code.upper()}-money"] for code in COUNTRIES]
    passages = [dataclasses.replace(one, id=code) for one, code in zip(passages, COUNTRIES, strict=True)]
    (folder / "qrels").mkdir(parents=True)
    judged = "".join(f"{one.language}-{codes[one.id]}\t{codes[one.id]}\t1\n" for one in questions)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    rows = [{"_id": one.id, "title": one.title, "text": one.text} for one in passages]
    _write(folder / "corpus.jsonl", rows)
    rows = [{"_id": f"{one.language}-{codes[one.id]}", "text": one.text, "language": one.language} for one in questions]
    _write(folder / "queries.jsonl", rows)
    return passages


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, xqg.Results]:
    """A folder with a benchmark of eight countries in BEIR's layout, its queries, and a comparison of it."""
    folder = tmp_path_factory.mktemp("examples")
    passages = _countries(folder / "countries")
    for code, number in (("en", 2), ("fi", 1), ("ja", 1)):
        queries = {"languages": code, "per_language": number, "out": folder / f"{code}.jsonl"}
        xqg.generate(passages, generator="mini", **queries, progress=False)
    rows = "".join((folder / f"{code}.jsonl").read_text(encoding="utf-8") for code in ("en", "fi", "ja"))
    (folder / "queries.jsonl").write_text(rows, encoding="utf-8")
    (folder / "recipe.yaml").write_text(RECIPE)
    results = xqg.compare(
        folder / "countries",
        encoder="mini",
        queries=folder / "queries.jsonl",
        alpha="tuned",
        measures="R@1",
        systems=["none", "mono", "cross", "bm25"],
        progress=False,
    )
    return folder, results


@pytest.mark.parametrize("example", examples())
def test_examples(
    made: tuple[Path, xqg.Results], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: doctest.DocTest
) -> None:
    folder, results = made
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.chdir(tmp_path)
    run_example(example, {"xqg": xqg, "results": results})


def test_every_name_has_one() -> None:
    named = {one.id.split("(")[0].split(".")[0] for one in examples()}
    own = {name for name in xqg.__all__ if not getattr(xqg, name).__module__.startswith("xqg.door")}
    assert own - named == set()
