"""Wrong arguments from Python: an XqgError that names the argument, the value and the remedy; nothing loaded or written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xqg
from tiny_index import FakeEncoder
from xqg.queries import GeneratedQuery

ROWS = [{"_id": "a", "text": "first"}, {"_id": "b", "text": "second"}]
MINI = {"generator": "mini", "languages": "ja"}


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model may be loaded."""
    for name in ("xqg.door.blueprint.as_encoder", "xqg.door.generate.as_encoder", "xqg.door.searchable.load_index_encoder"):
        module, _, function = name.rpartition(".")
        from importlib import import_module

        monkeypatch.setattr(import_module(module), function, lambda *given, **more: pytest.fail("loaded"))


@pytest.fixture
def index(build: Callable[..., Any]) -> xqg.Index:
    return xqg.Index.open(build().path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"per_language": 0, **MINI}, "`per_language` is 0; give a whole number from 1 on, such as 5"),
        ({"per_language": "5", **MINI}, "`per_language` is '5'; give a whole number"),
        ({"per_language": True, **MINI}, "`per_language` is True; give a whole number"),
        ({"seed": 1.5, **MINI}, "`seed` is 1.5; give a whole number, such as 5"),
        ({"block_size": -1, **MINI}, "`block_size` is -1"),
        ({"passage_length": 0}, "`passage_length` is 0"),
        ({"query_length": "long"}, "`query_length` is 'long'"),
        ({"alpha": 2}, "`alpha` is 2.0; it must lie between 0 (passage only) and 1 (queries only)"),
        ({"alpha": "0.1"}, "`alpha` is '0.1'; give a number from 0 to 1"),
        ({"alpha": float("nan")}, "`alpha` is nan"),
        ({"fusion": "mean"}, "unknown fusion 'mean'; use one of raw, normalised"),
        ({"engine": 32}, "`engine` is 32; give a text such as 'Flat'"),
        ({"languages": 3, "generator": "mini"}, "`languages` is 3; give codes such as 'ja,ru' or ['ja', 'ru']"),
        ({"languages": ["ja", 3], "generator": "mini"}, "`languages` is ['ja', 3]"),
        ({"languages": [], "generator": "mini"}, "`languages` is []; give codes such as 'ja,ru'"),
        ({"languages": ["ja", "ja"], "generator": "mini"}, "language 'ja' is given twice in ['ja', 'ja']"),
        ({"languages": "xx", "generator": "mini"}, "unknown language code 'xx'"),
        ({"languages": "ja"}, "`languages` says which generated queries; give `generator` or `queries` too"),
        ({"filters": "language"}, "`filters` says which generated queries"),
        ({"filters": 3, **MINI}, "`filters` is 3; give texts such as 'language,best:0.7'"),
        ({"filters": ["luck"], **MINI}, "unknown filter 'luck'"),
        ({"generator": "mini"}, "`generator` needs `languages` to generate in"),
        ({"queries": [], **MINI}, "`generator` and `queries` exclude each other; give one of them"),
        ({"queries": []}, "`queries` holds no query; give one or more"),
        ({"queries": 3}, "`queries` is a int; give a path, a list of GeneratedQuery or of dictionaries, or a dictionary language"),
        ({"queries": ["text"]}, "`queries`:1: a str; each must be a GeneratedQuery, or a dictionary with passage_id"),
        ({"queries": [{"passage_id": "a"}]}, "`queries`:1: no 'language'"),
        ({"queries": [GeneratedQuery("z", "ja", "t")]}, "`queries`: queries for passage 'z', which is not among"),
        ({"queries": [GeneratedQuery("a", "ja", "t")], "languages": "fi"}, "`queries`: no query in 'fi'; choose `languages` from ja"),
        ({"seed": 0}, "`seed` is for generating; give `generator` with it, or leave it out"),
        ({"vectors": "v.npy"}, "`vectors` and `ids` go together"),
        ({"vectors": [[1.0]], "ids": ["a"]}, "`vectors` is [[1.0]]; give a path"),
        ({"skip_bad": "yes"}, "`skip_bad` is 'yes'; give True or False"),
        ({"device": 0}, "`device` is 0; give a text such as 'cpu'"),
        ({"passage_language": 3}, "`passage_language` is 3; give a text such as 'en'"),
        ({"data": "folder"}, "`data` goes with a benchmark's name"),
    ],
)  # fmt: skip
def test_building_and_planning(tmp_path: Path, wrong: dict[str, Any], says: str) -> None:
    out = tmp_path / "index"
    for call in (lambda: xqg.Index.build(out, ROWS, encoder="mini", **wrong), lambda: xqg.Index.plan(ROWS, encoder="mini", **wrong)):
        with pytest.raises(xqg.XqgError) as error:
            call()
        assert says in str(error.value)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("passages", "says"),
    [
        (3, "`passages` is a int; give a path, or a list of Passage or of dictionaries"),
        (ROWS[0], "`passages` is a dict; give a path, or a list"),
        (xqg.Passage("a", "", "t", "en"), "`passages` is a Passage; give a path, or a list"),
        ([], "`passages` holds no passage; give one or more"),
        (["text"], "`passages`:1: a str; each must be a Passage, or a dictionary with _id and text"),
        ([{"text": "t"}], "`passages`:1: no '_id'"),
        ([*ROWS, ROWS[0]], "`passages`:3: _id 'a' occurs a second time; ids must be unique"),
        ([{"id": "a", "text": 3}], "`passages`:1: 'text' must be a string, not int"),
        ([{"id": "a", "text": "t", "language": "xx"}], "`passages`:1: unknown language code 'xx'"),
        ([{"id": "a", "text": "t", "two words": 1}], "`passages`:1: field 'two words' is not a name"),
        ([xqg.Passage("a b", "", "t", "en")], "`passages`:1: _id 'a b' is empty or has white space"),
        ("none.jsonl", "none.jsonl: no such file; give a JSONL file of passages, a BEIR folder, or one of atlas"),
    ],
)
def test_passages(tmp_path: Path, index: xqg.Index, passages: Any, says: str) -> None:
    for call in (
        lambda: xqg.Index.build(tmp_path / "new", passages, encoder="mini"),
        lambda: xqg.Index.plan(passages, encoder="mini"),
        lambda: xqg.generate(passages, generator="mini", languages="ja"),
        lambda: index.add(passages, no_queries=True),
    ):
        with pytest.raises(xqg.XqgError) as error:
            call()
        assert says in str(error.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"k": "5"}, "`k` is '5'; give a whole number from 1 on, such as 5"),
        ({"k": 0}, "`k` is 0"),
        ({"alpha": 2}, "`alpha` is 2.0; it must lie between"),
        ({"alpha": "tuned"}, "`alpha` is 'tuned'; give a number from 0 to 1"),
        ({"languages": "fi"}, "no generated queries in 'fi' are stored; choose from: ja, ru, zh_Hant"),
        ({"languages": 7}, "`languages` is 7"),
        ({"query_language": "xx"}, "unknown language code 'xx'"),
        ({"query_language": 7}, "`query_language` is 7; give a code such as 'ja'"),
        ({"where": 3}, "`where` is 3; give a text such as 'year >= 2000'"),
        ({"where": "year > 3"}, "`where` 'year > 3': "),
        ({"hybrid": "yes"}, "`hybrid` is 'yes'; give True or False"),
        ({"engine": "Warp9"}, "Warp9"),
        ({"engine": 3}, "`engine` is 3"),
        ({"engine": "HNSW4", "alpha": 0.5}, "give `engine` Flat for another one"),
    ],
)
def test_searching(index: xqg.Index, wrong: dict[str, Any], says: str) -> None:
    for ask in (index.search, index.retrieve):
        with pytest.raises(xqg.XqgError) as error:
            ask(["question"], **wrong)
        assert says in str(error.value)


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (3, "`questions` is 3; give a text, or a list of texts"),
        (" ", "the question is empty; give it a text"),
        (["a", ""], "question 2 of 2 is empty; give it a text"),
        (["a", 3], "question 2 of 2 is 3; give a text, or a list of texts (`questions`)"),
        (["a\ud800"], "the question holds half a surrogate pair"),
    ],
)
def test_questions(index: xqg.Index, questions: Any, says: str) -> None:
    with pytest.raises(xqg.XqgError) as error:
        index.search(questions)
    assert says in str(error.value)


def test_languages_of_questions(index: xqg.Index) -> None:
    with pytest.raises(xqg.XqgError, match="`query_language` names 1 languages for 2 questions"):
        index.search(["a", "b"], query_language=["ja"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda index: index.add(ROWS, queries=[], no_queries=True), "`queries` and `no_queries` exclude each other"),
        (lambda index: index.add(ROWS, replace="yes"), "`replace` is 'yes'; give True or False"),
        (lambda index: index.remove([]), "`ids` is []; give passage ids, one or more texts"),
        (lambda index: index.remove(3), "`ids` is 3; give passage ids"),
        (lambda index: index.remove("nobody"), "holds no passage 'nobody'; correct the ids, or pass over unknown ones (`missing_ok`)"),
        (lambda index: index.add_language("xx"), "unknown language code 'xx'"),
        (lambda index: index.add_language("fi", queries=[], seed=1), "`queries` excludes `generator`, `per_language` and `seed`"),
        (lambda index: index.add_language("fi", per_language=0), "`per_language` is 0"),
        (lambda index: index.reweight(), "nothing to change; give `alpha`, `languages`, `fusion` or `engine`"),
        (lambda index: index.reweight(alpha=-1), "`alpha` is -1.0"),
        (lambda index: index.reweight(fusion="sum"), "unknown fusion 'sum'"),
        (lambda index: index.reweight(engine="Nonsense"), "engine 'Nonsense'"),
        (lambda index: index.compact(0), "`keep` is 0; give a whole number from 1 on"),
        (lambda index: index.restore("1"), "`version` is '1'; give a whole number"),
        (lambda index: index.restore(9), "has no version 9"),
        (lambda index: index.export("zip", "out"), "unknown format 'zip'; use one of beir, faiss, npy, trec-queries"),
        (lambda index: index.export("npy", 3), "`out` is 3; give a path"),
        (lambda index: index.export("beir", "out", alpha=0.1), "`alpha` weighs vectors, and beir holds texts alone"),
        (lambda index: index.passages(["nobody"]), "no passage with the id 'nobody'"),
        (lambda index: xqg.Index.open(index.path, "1"), "`version` is '1'"),
        (lambda index: xqg.Index.open(3), "`path` is 3; give a path"),
        (lambda index: xqg.Index.open("none"), "none: no such folder"),
        (lambda index: xqg.Index.plan(ROWS, encoder="mini", sample=-1), "`sample` is -1; give the seconds"),
    ],
)  # fmt: skip
def test_the_rest(index: xqg.Index, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any], says: str) -> None:
    monkeypatch.setattr(index, "_object", FakeEncoder())
    monkeypatch.chdir(index.path.parent)
    with pytest.raises(xqg.XqgError) as error:
        change(index)
    assert says in str(error.value)
    assert xqg.Index.open(index.path).version == 1
    assert [path.name for path in index.path.parent.iterdir()] == [index.path.name]


def test_words_that_are_no_arguments() -> None:
    with pytest.raises(TypeError, match="enocder"):
        xqg.Index.build("index", ROWS, enocder="mini")  # type: ignore[call-arg]
