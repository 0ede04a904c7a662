"""Wrong values of every argument of `compare`: refused by the argument's name, before anything is loaded or written."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.compare import compare


class Untouched:
    """Must not be asked for anything."""

    dimension = 2

    def encode_queries(self, texts: object) -> None:
        raise AssertionError("encoded")

    encode_passages = encode_queries


class Reader:
    def read(self, pairs: object) -> None:
        raise AssertionError("read")


def generator(*_: object) -> None:
    raise AssertionError("generated")


# Argument → values that it refuses, each with what the message says of it.
WRONG: dict[str, list[tuple[Any, str]]] = {
    "benchmark": [
        (3, "`benchmark` is 3; give a name, a BEIR folder, or a Benchmark"),
        (None, "`benchmark` is None"),
        ("no-such", "unknown benchmark 'no-such'"),
    ],
    "encoder": [
        (3, "`encoder` is 3; give a name"),
        (None, "`encoder` is None"),
        (Untouched, "`encoder` is <class"),
    ],
    "generator": [(3, "`generator` is 3; give a name"), (Reader, "`generator` is <class")],
    "queries": [
        (3, "`queries` is a int; give a path, a list of GeneratedQuery"),
        ("no/such.jsonl", "no/such.jsonl: no such"),
        ({}, "`queries` holds no query; give one or more"),
        ({"fi": {"other": ["x"]}}, "queries: holds no queries for this pool"),
        ({"fi": {"p0": "text"}}, "`queries` is a dict; give a path"),
    ],
    "systems": [("x", "unknown system 'x'"), (3, "`systems` is 3"), ([], "no system given; use `systems`")],
    "arms": [("bm25", "unknown arm 'bm25'"), (3, "`arms` is 3"), ("", "no arm given; use `arms`")],
    "baselines": [("cross", "unknown baseline 'cross'"), ([3], "`baselines` holds 3"), ("", "use `baselines`")],
    "out": [(3, "`out` is 3; give the path of a folder"), (__file__, "is a file; choose another `out`")],
    "data": [("folder", "`data` goes with a benchmark's name")],
    "passage_language": [("fi", "`passage_language` goes with a benchmark's name")],
    "query_languages": [
        ("xx", "`query_languages`: unknown language code 'xx'"),
        (["fi", "fi"], "`query_languages`: language 'fi' is given twice"),
        ([], r"`query_languages` is \[\]; give codes such as 'ja,ru'"),
        (3, "`query_languages` is 3; give codes such as 'ja,ru'"),
        ("sv", "no questions in 'sv'"),
    ],
    "languages": [
        ("xx", "`languages`: unknown language code 'xx'"),
        (["ja", 3], r"`languages` is \['ja', 3\]; give codes such as"),
        (3, "`languages` is 3; give codes"),
    ],
    "per_language": [(0, "`per_language` is 0; give a whole number"), ("5", "`per_language` is '5'"), (1.5, "1.5")],
    "alpha": [
        (2, "`alpha` is 2.0; it must lie between 0"),
        (float("nan"), "`alpha` is nan"),
        ("half", "`alpha` is 'half'; give a number from 0 to 1, or `tuned`"),
        (None, "`alpha` is None; give a number from 0 to 1"),
        ([0.1], r"`alpha` is \[0.1\]"),
    ],
    "fusion": [("late", "unknown fusion 'late'; use one of raw, normalised"), (3, "unknown fusion 3")],
    "aggregations": [
        ("median", "unknown aggregation 'median'"),
        (["sum", "sum"], "aggregation 'sum' is given twice"),
        ([], "no aggregation given"),
        (3, "`aggregations` is 3; give names such as sum,max"),
    ],
    "measures": [
        ("R2", "unknown measure 'R2'"),
        ([], "no measure given in `measures`"),
        ([3], "`measures` has 3, which is no measure"),
        (["R@1", "R@1"], "measure R@1 is given twice in `measures`"),
        ("EM", "EM needs a reader; give `reader`"),
    ],
    "reader": [(3, "`reader` is 3; give a name"), (Reader, "`reader` is <class")],
    "reader_question": [("gold", "unknown `reader_question` 'gold'; use one of asked, parallel")],
    "read_top": [(0, "`read_top` is 0; give a whole number from 1 on, such as 5"), ("5", "`read_top` is '5'")],
    "seed": [("0", "`seed` is '0'; give a whole number"), (None, "`seed` is None"), (0.5, "`seed` is 0.5")],
    "seeds": [("1", "`seeds` is '1'; give two or more"), ([1, 1], "`seeds` is"), (3, "`seeds` is 3")],
    "limit": [(0, "`limit` is 0; give a whole number from 1 on, such as 5"), ("5", "`limit` is '5'"), (True, "`limit` is True")],
    "fold": [
        ("0:2", "`fold` is '0:2'; give a fold's number"),
        ((0, 1, 2), r"`fold` is \(0, 1, 2\)"),
        (("0", "2"), "`fold` is"),
        (3, "`fold` is 3"),
        ("2/2", "fold 2 of 2"),
        ("0/9", "9 folds of its 3 clusters"),
    ],
    "passage_length": [(0, "`passage_length` is 0; give a whole number"), ("x", "`passage_length` is 'x'")],
    "query_length": [(-1, "`query_length` is -1"), (2.0, "`query_length` is 2.0")],
}
NOT_HERE = {"progress"}  # true or false, whatever it is
OF_THE_MODELS = {"device", "dtype", "reader_dtype"}  # refused where a model is loaded, see below

pytestmark = pytest.mark.usefixtures("known_chance")

CASES = [(name, value, says) for name, cases in WRONG.items() for value, says in cases]


def test_every_argument_is_here() -> None:
    assert set(inspect.signature(compare).parameters) == WRONG.keys() | NOT_HERE | OF_THE_MODELS


@pytest.mark.parametrize(("name", "value", "says"), CASES)
def test_wrong_values(tiny: Benchmark, tmp_path: Path, name: str, value: Any, says: str) -> None:
    asked: dict[str, Any] = {
        "benchmark": tiny, "encoder": Untouched(), "generator": generator, "out": tmp_path / "out",
    }  # fmt: skip
    if name == "queries":
        del asked["generator"]
    if name in ("read_top", "reader_question"):
        asked["reader"] = Reader()
    with pytest.raises(XqgError, match=says):
        compare(**asked | {name: value})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"queries": {}}, "`generator` and `queries` exclude each other"),
        ({"seeds": (0, 1), "generator": None, "queries": {}}, "`seeds` repeats a generator's sampling, `queries` holds"),
        ({"systems": "none", "arms": "none"}, "`systems` is the complete list; leave out `arms` and `baselines`"),
        ({"generator": None}, "give `generator` M or `queries` FILE, or `arms` none"),
        ({"read_top": 3}, "`read_top` is for a reader; give `reader`"),
        ({"reader_question": "asked"}, "`reader_question` is for a reader"),
        ({"languages": "fi", "arms": "target-n", "baselines": "rrf"}, "fuses the run of arm none; add that arm"),
    ],
)
def test_what_does_not_go_together(tiny: Benchmark, tmp_path: Path, asked: dict[str, Any], says: str) -> None:
    usual: dict[str, Any] = {"encoder": Untouched(), "generator": generator, "out": tmp_path / "out"}
    with pytest.raises(XqgError, match=says):
        compare(tiny, **usual | asked)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"device": "toaster"}, "device 'toaster' is not on this machine"),
        ({"dtype": "int3"}, "dtype 'int3' is not known"),
        ({"reader": "mini", "reader_dtype": "int3"}, "dtype 'int3' is not known"),
        ({"encoder": "no-such-model"}, "encoder"),
        ({"reader": "no-such-model"}, "reader"),
        ({"generator": "no-such-model", "arms": "cross"}, "generator"),
        ({"passage_length": 9999}, "reads 64 tokens"),
    ],
)
def test_what_only_a_model_can_refuse_leaves_nothing(
    tiny: Benchmark, bert_folder: Path, tmp_path: Path, asked: dict[str, Any], says: str
) -> None:
    usual: dict[str, Any] = {
        "encoder": str(bert_folder), "arms": "none", "baselines": "none", "out": tmp_path / "out",
    }  # fmt: skip
    with pytest.raises(XqgError, match=says):
        compare(tiny, **usual | asked)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["generator", "reader", "encoder"])
def test_a_wrong_object_is_refused_before_a_named_model_is_loaded(
    tiny: Benchmark, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def load(*_: object, **__: object) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr("xqg.encoding.encoders.load_encoder", load)
    monkeypatch.setattr("xqg.reading.reader.load_reader", load)
    monkeypatch.setattr("xqg.queries.generators.load_generator", load)
    with pytest.raises(XqgError, match=f"`{name}` is 3"):
        compare(tiny, **{"encoder": "mini", "generator": "mini", "reader": "mini", name: 3})


def test_what_may_be_left_out_or_said_in_several_ways(tiny: Benchmark, bert_folder: Path) -> None:
    def settings(**asked: Any) -> dict[str, Any]:
        usual: dict[str, Any] = {"encoder": str(bert_folder), "systems": "none", "measures": "R@1"}
        return compare(tiny, **usual | asked).settings

    usual = settings()
    assert settings(query_languages="all", languages="all", fold=None, aggregations="sum", alpha=0.01) == usual
    assert settings(query_languages="fi,en") == settings(query_languages=["fi", "en"])
    assert settings(languages="fi") == settings(languages=("fi",)) != usual
    assert settings(fold="0/2") == settings(fold=(0, 2)) == settings(fold=[0, 2])
    assert settings(aggregations="sum,max") == settings(aggregations=["sum", "max"])
    assert settings(alpha="0.5") == settings(alpha=0.5)
    assert settings(measures=["R@1"]) == usual
    assert settings(encoder=bert_folder) == usual
