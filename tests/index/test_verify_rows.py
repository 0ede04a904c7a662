"""Verifying the rows of an index: wrong values are found, and named by passage and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    problem = only(report)
    assert (problem.where, problem.what) == (
        "passage 'p3', column count_ja",
        "is not the number of queries in queries_ja",
    )


@pytest.mark.parametrize("blank", ["", "  ", "\u3000\x1c\n"])
def test_a_query_that_became_blank(index: Path, blank: str) -> None:
    rewrite(index, with_column("queries_ru", put(0, ["вопрос", blank])))
    assert named(verify(index)) == {"passage 'p0', column count_ru"}


def test_a_verdict_too_many(index: Path) -> None:
    rewrite(index, with_column("verdicts_ja", put(0, [True] * 4)))
    problem = only(verify(index))
    assert (problem.where, problem.what) == (
        "passage 'p0', column verdicts_ja",
        "has not one verdict a query",
    )


def test_rows_without_verdicts_are_of_format_2(index: Path) -> None:
    rewrite(index, with_column("verdicts_ja", put(0, None)))
    assert verify(index).ok


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
    assert StoredIndex.open(path).counts.removed == {"ja": 5, "ru": 7, "zh_Hant": 0}
    assert verify(path).ok
    rewrite(path, with_column("removed_ja", put(0, [])))
    assert named(verify(path)) == {"passage 'p0', column verdicts_ja"}
