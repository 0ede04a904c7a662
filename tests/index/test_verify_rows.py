"""Verifying the rows of an index: wrong values are found, and named by passage and column."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest

from tiny_damage import (
    four_versions,
    named,
    only,
    put,
    rewrite,
    with_column,
)
from xqg.index import StoredIndex
from xqg.index.checksums import seal
from xqg.index.history import restore_index
from xqg.index.verify import verify


@pytest.fixture
def index(build, fake_encoder) -> Path:
    return four_versions(build, fake_encoder)


@pytest.mark.parametrize("name", ["vector", "sum_ja", "sum_zh_Hant"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite(index: Path, name: str, value: float) -> None:
    wrong = [np.float16(0)] * 7 + [np.float16(value)]
    rewrite(index, with_column(name, put(2, wrong)))
    found = [problem for problem in verify(index).problems if "finite" in problem.what]
    assert [problem.where for problem in found] == [f"passage 'p3', column {name}"]


def test_a_sum_of_no_query(index: Path) -> None:
    rewrite(index, with_column("sum_zh_Hant", put(2, [np.float16(0)] * 7 + [np.float16(6e-8)])))
    problem = only(verify(index))
    assert problem.where == "passage 'p3', column sum_zh_Hant"
    assert problem.what == "is not zero, though count_zh_Hant is 0"


def test_a_wrong_count(index: Path) -> None:
    rewrite(index, with_column("count_ja", put(2, 3)))
    report = verify(index)
    assert [problem.where for problem in report.problems][:2] == ["passage 'p3', column count_ja", "manifest"]
    assert report.problems[0].what == "is not the number of queries in queries_ja"
    assert "counts 14 generated queries in ja, and the rows have 15" in report.problems[1].what


@pytest.mark.parametrize("blank", ["", "  ", "\u3000\x1c\n"])
def test_a_query_that_became_blank(index: Path, blank: str) -> None:
    rewrite(index, with_column("queries_ru", put(0, ["вопрос", blank])))
    report = verify(index)
    assert named(report) == {"passage 'p0', column count_ru", "manifest"}
    assert "counts 1 blank queries, and the rows have 2" in report.problems[1].what


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"queries": {"ja": 99, "ru": 12, "zh_Hant": 1}},
            "counts 99 generated queries in ja, and the rows have 14",
        ),
        ({"blank": 5}, "counts 5 blank queries, and the rows have 1"),
        ({"removed": {"ja": 2}}, "counts 2 removed queries in ja, and the rows have 0"),
    ],
)
def test_a_manifest_that_counts_wrong(index: Path, changed: dict[str, Any], says: str) -> None:
    counts = dataclasses.replace(StoredIndex.open(index).manifest.counts, **changed)
    rewrite(index, lambda table: table, counts=counts)
    problem = only(verify(index))
    assert (problem.where, problem.what) == ("manifest", says)


def test_rows_that_the_manifest_does_not_count(index: Path) -> None:
    lance.dataset(index / "passages.lance").delete("id = 'p0'")
    seal(index)
    report = verify(index)
    assert report.problems[0].where == "version 5"
    assert "6 rows, and its manifest counts 7" in report.problems[0].what
    assert "build the index again" in report.problems[0].remedy


@pytest.mark.parametrize(
    ("name", "value", "where", "what"),
    [
        ("id", "p0", "passage 'p0'", "is the id of more than one row"),
        ("id", "", "passage '(row 2)', column id", "is empty"),
        ("id", None, "passage '(row 2)', column id", "has no value"),
        ("text", " \u3000", "passage 'p3', column text", "is empty"),
        ("title", None, "passage 'p3', column title", "has no value"),
        ("vector", None, "passage 'p3', column vector", "has no value"),
        ("sum_ja", [None] * 8, "passage 'p3', column sum_ja", "has no value"),
        ("count_ja", None, "passage 'p3', column count_ja", "has no value"),
        ("queries_ja", None, "passage 'p3', column queries_ja", "has no value"),
    ],
)
def test_ids_texts_and_missing_values(index: Path, name: str, value: Any, where: str, what: str) -> None:
    rewrite(index, with_column(name, put(2, value)))
    assert (where, what) in [(problem.where, problem.what) for problem in verify(index).problems]


def test_many_passages_in_one_line(index: Path) -> None:
    rewrite(index, with_column("text", lambda values: values.__setitem__(slice(0, 5), [""] * 5)))
    assert only(verify(index)).where == "passages 'p0', 'p2', 'p3' and 2 more, column text"


def test_columns_that_are_not_those_of_the_manifest(index: Path) -> None:
    rewrite(index, lambda table: table.drop_columns(["sum_ru"]).append_column("extra", pa.array([1] * 7)))
    assert [(problem.where, problem.what) for problem in verify(index).problems] == [
        ("column sum_ru", "is of type none, and by the manifest of type fixed_size_list<item: halffloat>[8]"),
        ("column extra", "is of type int64, and by the manifest of type none"),
    ]


def test_an_old_version_with_another_manifest(index: Path) -> None:
    rewrite(index, lambda table: table, dimension=9)
    assert "column vector" in named(verify(index))
    restore_index(index, 4)
    assert verify(index).ok


def test_an_index_without_queries(build) -> None:
    assert verify(build(queries=None).path).ok


def test_an_index_with_filters(build) -> None:
    class NoSecond:
        name, needs = "no-second", "texts"

        def judge(self, block: Any) -> dict[str, list[str | None]]:
            return {
                code: ["second" if one.endswith("1") else None for one in t]
                for code, t in block.texts.items()
            }

    path = build(filters=[NoSecond()]).path
    assert StoredIndex.open(path).manifest.counts.removed == {"ja": 5, "ru": 7, "zh_Hant": 0}
    assert verify(path).ok
    counts = dataclasses.replace(StoredIndex.open(path).manifest.counts, removed={})
    rewrite(path, lambda table: table, counts=counts)
    assert all("removed queries in" in problem.what for problem in verify(path).problems)
    assert not verify(path).ok
