"""The tidy table: a row per system, setting, seed, question language, question and measure."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from tiny_results import COUNT, tiny_results
from xqg.experiment.setting import Setting
from xqg.experiment.tidy import to_table, values_of

COLUMNS = [
    "system", "setting", "fusion", "aggregation", "alpha", "passage_language", "query_language", "question_id",
    "cluster", "seed", "measure", "value",
]  # fmt: skip


def test_values_per_question() -> None:
    results = tiny_results(measures="R@1")
    table = to_table(results)
    assert table.column_names == COLUMNS
    every = table.to_pylist()
    assert len(every) == 2 * 8 * 3 * COUNT
    rows = [row for row in every if row["setting"] == "normalised-tuned"]
    assert len(rows) == 8 * 3 * COUNT
    found = {(r["system"], r["query_language"], r["question_id"]): r for r in rows}
    row = found["cross", "fi", "q24"]  # in fold 4, whose α is 0.9; 24 modulo 10 is less than 6
    assert (row["alpha"], row["cluster"], row["value"]) == (0.9, "c24", 1.0)
    assert (row["fusion"], row["aggregation"], row["passage_language"], row["seed"]) == ("normalised", "sum", "en", 0)
    assert found["cross", "fi", "q22"]["alpha"] == 0.2
    assert found["rrf-cross", "fi", "q22"]["alpha"] == 0.2
    assert found["none", "fi", "q22"]["alpha"] == 0.0
    bm25 = found["bm25", "fi", "q24"]
    assert (bm25["fusion"], bm25["alpha"], bm25["value"]) == ("none", 0.0, 0.0)
    assert {row["alpha"] for row in every if row["setting"] == "raw-alpha-0.01" and row["system"] == "cross"} == {0.01}


def test_alpha_is_null_where_nothing_is_weighed() -> None:
    rows = to_table(tiny_results(settings=[Setting("raw", None, "max")], measures="R@1")).to_pylist()
    assert {row["alpha"] for row in rows if row["system"] in ("none", "cross", "rrf-cross")} == {None}
    assert {row["alpha"] for row in rows if row["system"] == "bm25"} == {0.0}


def test_types() -> None:
    table = to_table(tiny_results())
    texts = pa.dictionary(pa.int32(), pa.string())
    numbers = {"alpha": pa.float64(), "seed": pa.int64(), "value": pa.float64()}
    assert {field.name: field.type for field in table.schema} == {name: numbers.get(name, texts) for name in COLUMNS}
    assert table.column("value").null_count == 0


def test_the_pools_languages_are_joined() -> None:
    rows = to_table(tiny_results(("none",), passage_languages=["en", "fi"])).to_pylist()
    assert {row["passage_language"] for row in rows} == {"en+fi"}


def test_published_figures_stand_beside_every_value_of_their_language() -> None:
    facts = {"recipe": {"expected": {"cross": {"R@1": {"fi": 50, "macro": 60}}}}, "limit": None}
    results = tiny_results(("none", "cross"), facts=facts)
    assert results.expected == {("cross", "fi", "R@1"): 0.5, ("cross", "macro", "R@1"): 0.6}
    table = to_table(results)
    assert table.column_names == [*COLUMNS, "expected"]
    rows = table.to_pylist()
    here = [r for r in rows if (r["system"], r["query_language"], r["measure"]) == ("cross", "fi", "R@1")]
    assert {row["expected"] for row in here} == {0.5}
    assert {row["expected"] for row in rows if row not in here} == {None}


def test_and_back() -> None:
    results = tiny_results(measures="R@1 LanguageBias", seeds={7: dict.fromkeys(("none", "cross"), 3)}, systems=("none", "cross"))
    values, alphas, clusters = values_of(to_table(results))
    assert values == results.values
    assert alphas == results.alphas
    assert clusters == results.clusters
    # The order of what was measured is kept, so that reports come out alike.
    for key, of in results.values.items():
        assert list(values[key]) == list(of)
        for pair, measures in of.items():
            assert list(values[key][pair]) == list(measures)
            assert all(list(values[key][pair][name]) == list(own) for name, own in measures.items())


@pytest.mark.parametrize("value", [1 / 3, 0.1 + 0.2, 1e-300, 12345678.9, math.inf, 0.0])
def test_values_come_back_to_the_last_bit(value: float) -> None:
    results = tiny_results(("none",), measures="R@1", settings=[Setting("raw", 0.1)])
    results.values["raw-alpha-0.1", 0]["none", "fi"]["R@1"]["q3"] = value  # type: ignore[index]
    found = values_of(to_table(results))[0]
    assert found["raw-alpha-0.1", 0]["none", "fi"]["R@1"]["q3"] == value


def test_a_question_that_a_measure_does_not_count_has_no_row() -> None:
    results = tiny_results(("none",), measures="R@1 RR@10", settings=[Setting("raw", 0.1)])
    del results.values["raw-alpha-0.1", 0]["none", "fi"]["RR@10"]["q3"]  # type: ignore[attr-defined]
    table = to_table(results)
    assert len(table) == 3 * 2 * COUNT - 1
    assert values_of(table)[0] == results.values
