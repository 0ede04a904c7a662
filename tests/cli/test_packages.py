"""What another package brings is used by its name, on the command line too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tiny_package import registries
from xqg.augmentation.aggregations import AGGREGATIONS, parse_aggregations
from xqg.benchmarks import benchmark
from xqg.encoding import load_encoder
from xqg.evaluation import MEASURES, parse, parse_many
from xqg.index import StoredIndex
from xqg.queries import load_generator
from xqg.queries.filters import parse_filters
from xqg.search import Searcher


def test_an_index_of_things_from_elsewhere(brought: None, xqg, own: Path) -> None:
    folder = own.parent
    made = xqg(
        *("index", own, "--encoder", "letters", "--generator", "echo:word", "--languages", "ja", "--per-language", "2"),
        *("--filter", "no-digits", "--engine", "numpy-exact", "--alpha", "0.1", "--out", folder / "index"),
    )
    assert made.code == 0, made.err
    index = StoredIndex.open(folder / "index")
    manifest = index.manifest
    assert (manifest.encoder.name, manifest.generation.generators) == ("letters", ("echo:word",))
    assert (manifest.engine, manifest.filters) == ("numpy-exact", ("no-digits",))
    counts = StoredIndex.open(index.path).counts
    assert (counts.queries, counts.removed) == ({"ja": 3}, {"ja": 3})
    assert [path.suffix for path in sorted((index.path / "cache").glob("*.*"))] == [".json", ".matrix"]

    found = xqg("search", index.path, "Which river flows through Cologne?", "-k", "3", "--json")
    assert found.code == 0, found.err
    questions = ["Which river flows through Cologne?", "The Roman empire"]
    exact = Searcher(index, engine="Flat")
    ours = Searcher(index)
    for options in ({}, {"alpha": 0.7}, {"languages": []}, {"where": "title != ''"}):
        for one, other in zip(ours.rank(questions, 3, **options), exact.rank(questions, 3, **options), strict=True):
            np.testing.assert_array_equal(one, other)

    run = folder / "run.trec"
    assert xqg("retrieve", index.path, own, "-k", "3", "--out", run).code == 0
    measured = xqg("evaluate", run, "--benchmark", own, "--measures", "Titled@1 R@1", "--out", folder / "results")
    assert measured.code == 0, measured.err
    rows = json.loads((folder / "results" / "results.json").read_text())["rows"]
    assert {row["measure"] for row in rows} == {"Titled@1", "R@1"}

    compared = xqg(
        *("compare", own, "--encoder", "letters", "--systems", "none,shortest", "--measures", "Titled@1 R@1"),
        *("--out", folder / "compared"),
    )
    assert compared.code == 0, compared.err
    rows = json.loads((folder / "compared" / "results.json").read_text())["rows"]
    assert {row["arm"] for row in rows} == {"none", "shortest"}
    titled = {row["value"] for row in rows if (row["arm"], row["measure"]) == ("shortest", "Titled@1")}
    assert titled == {1.0}  # "The Roman empire fell in 476." is the shortest

    exported = xqg("export", index.path, "--to", "ids", "--out", folder / "ids")
    assert (exported.code, (folder / "ids" / "ids").read_text()) == (0, "tokyo rome rhine")


def test_each_by_name(brought: None) -> None:
    assert parse("Titled@1").name == "Titled@1"
    assert [measure.name for measure in parse_many("R@5 Titled@1")] == ["R@5", "Titled@1"]
    assert [one.name for one in parse_filters("no-digits,language")] == ["language", "no-digits"]
    assert parse_aggregations("first,sum") == ("first", "sum")
    passages = np.array([[3.0, 4.0]], dtype=np.float32)
    np.testing.assert_allclose(AGGREGATIONS["first"].matrix(passages, [], 0.5, "normalised").vectors, [[0.6, 0.8]])
    assert load_generator("echo").generate_block([("Rome", "old")], "ja", 1, 0) == [["ja Rome"]]
    assert load_encoder("letters").dimension == 26
    assert repr(benchmark("tiny")) == "tiny: 2 passages (en), 1 questions in en"


def test_a_name_is_one_of_xqg_s_first(brought: None) -> None:
    for registry in registries():
        names = list(registry)
        assert names[: len(registry.own)] == list(registry.own) == sorted(registry.own)
        assert len(names) > len(registry.own)


def test_what_cannot_be_imported(brought: None, refused, own: Path, xqg) -> None:
    index = own.parent / "index"
    assert xqg("index", own, "--encoder", "letters", "--out", index).code == 0
    error = refused("export", index, "--to", "broken", "--out", own.parent / "out")
    assert "format 'broken' of entry point tiny_brought:ABSENT cannot be imported" in error
    assert "mend or uninstall the package that brings it" in error


def test_without_it(xqg, refused, own: Path) -> None:
    assert "titled" not in MEASURES
    assert "unknown filter 'no-digits'" in refused(
        *("index", own, "--encoder", "mini", "--generator", "mini", "--languages", "ja", "--filter", "no-digits"),
        *("--out", own.parent / "index"),
    )
    assert "neither a local folder nor reachable" in refused(
        "index", own, "--encoder", "letters", "--out", own.parent / "index"
    )


@pytest.mark.parametrize("text", ["numpy-exact:threads=2", "numpy-exact,Flat"])
def test_its_own_check_of_an_engine(brought: None, refused, own: Path, text: str) -> None:
    error = refused("index", own, "--encoder", "letters", "--engine", text, "--out", own.parent / "index")
    assert f"engine {text!r}: it has no parameters; give numpy-exact" in error
