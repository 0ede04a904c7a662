"""What each source's examples are."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from xqg.benchmarks import load as load_benchmark
from xqg.benchmarks.atlas import entities, facts_in
from xqg.benchmarks.benchmark import deal
from xqg.errors import XqgError
from xqg.experiment.tuning import FOLDS
from xqg.passages.records import Passage
from xqg.training.examples.source import Request, SourceData
from xqg.training.examples.sources import load_source

LANGUAGES = {"en", "ar", "bn", "fi", "ja", "ko", "ru", "te"}


@pytest.fixture(scope="module")
def atlas() -> SourceData:
    return load_source(Request("atlas"))


def test_atlas(atlas: SourceData) -> None:
    found = {example.id: example for example in atlas.data.examples}
    assert len(found) == len(atlas.data.examples)
    example = found["territory_currency:AC:0:territory-AC-money"]
    assert example.questions["en"] == "What is the currency of Ascension Island?"
    assert set(example.questions) == LANGUAGES
    assert found["territory_currency:AC:1:territory-AC-money"].questions["en"] != example.questions["en"]
    assert [passage.id for passage in example.passages.values()] == ["territory-AC-money"]
    assert example.group == "territory:AC"
    # Two passages state a territory's code: each is an example, and both are right for both.
    codes = [one for one in found.values() if one.id.startswith("territory_code:AC:0:")]
    assert len(codes) == 2
    ids = frozenset(one.passages["en"].id for one in codes)
    assert len(ids) == 2
    assert [atlas.data.positives[one.id] for one in codes] == [ids, ids]


def test_atlas_has_nothing_of_dev_or_test(atlas: SourceData) -> None:
    assert {entities()[example.group].split for example in atlas.data.examples} == {"train"}
    pool = {passage.id for passage in atlas.data.pool}
    assert {entities()[atlas.groups[id_]].split for id_ in pool} == {"train"}
    benchmark = load_benchmark("atlas")
    assert pool | atlas.kept_out == {passage.id for passage in benchmark.passages}
    tested = {
        id_ for grades in [*benchmark.qrels.values(), *benchmark.tuning_qrels.values()] for id_ in grades
    }
    assert tested <= atlas.kept_out
    assert not pool & atlas.kept_out


def test_atlas_r(atlas: SourceData) -> None:
    found = load_source(Request("atlas-r"))
    example = next(one for one in found.data.examples if one.id == "territory_currency:AC")
    first, second = (
        next(
            one
            for one in atlas.data.examples
            if one.id == f"territory_currency:AC:{wording}:territory-AC-money"
        )
        for wording in (0, 1)
    )
    assert example.questions == first.questions
    assert {code: passage.text for code, passage in example.passages.items()} == second.questions
    assert example.passages["ja"].id == "ja:territory_currency:AC"
    assert found.data.positives[example.id] == {f"{code}:territory_currency:AC" for code in LANGUAGES}
    assert len(found.data.pool) == 8 * len(found.data.examples)
    assert len(found.data.examples) == len(facts_in("train"))
    assert not found.kept_out & {passage.id for passage in found.data.pool}


def test_xquad_leaves_a_fold_out(data_folder: Path) -> None:
    found = load_source(Request("xquad", str(data_folder), fold=1, folds=3))  # articles 1 and 4
    assert [one.id for one in found.data.examples] == [
        f"q{n}{letter}" for n in (0, 2, 3, 5, 6) for letter in "ab"
    ]
    example = found.data.examples[2]
    assert example.questions == {"en": "en a 2?", "ja": "ja a 2?", "ru": "ru a 2?"}
    assert example.passages["ja"] == Passage("ja:2:0", "", "ja one 2. ja two 2.", "ja")
    assert example.group == "2"
    assert found.data.positives["q2a"] == {"en:2:0", "ja:2:0", "ru:2:0"}
    assert len(found.data.pool) == 5 * 3
    assert found.kept_out == {f"{code}:{n}:0" for code in ("en", "ja", "ru") for n in (1, 4)}


def test_xquad_r_has_sentences(data_folder: Path) -> None:
    found = load_source(Request("xquad-r", str(data_folder / "xquad-r"), fold=0, folds=7))
    assert {example.group for example in found.data.examples} == set("123456")
    example = next(one for one in found.data.examples if one.id == "q3b")
    assert example.passages["ru"] == Passage("ru:3:0:1", "", "ru two 3.", "ru")
    assert found.data.positives["q3b"] == {"en:3:0:1", "ja:3:0:1", "ru:3:0:1"}
    assert len(found.data.pool) == 6 * 2 * 3


def test_folds_are_those_of_a_comparison() -> None:
    assert Request("xquad").folds == FOLDS  # which a comparison deals its questions into, too
    assert deal({"x": "b", "y": "a", "z": "c", "w": "b"}, 2) == {"x": 0, "y": 1, "z": 0, "w": 0}


def test_a_fold_that_is_none(data_folder: Path) -> None:
    with pytest.raises(XqgError, match=r"fold is 5; of 5 folds it must be one from 0 to 4"):
        load_source(Request("xquad", str(data_folder), fold=5, folds=5))


def test_beir(beir_folder: Path) -> None:
    found = load_source(Request(str(beir_folder))).data
    assert [one.id for one in found.examples] == ["q1:d1", "q1:d2", "q2:d3"]  # d4 is judged 0
    assert found.examples[1].questions == {"en": "question 1?"}
    assert found.examples[1].passages == {"de": Passage("d2", "Title 2", "text 2", "de")}
    assert found.positives == {"q1:d1": {"d1", "d2"}, "q1:d2": {"d1", "d2"}, "q2:d3": {"d3"}}
    assert [one.id for one in found.pool] == ["d1", "d2", "d3", "d4"]


def test_beir_without_a_training_split(beir_folder: Path) -> None:
    (beir_folder / "qrels/train.tsv").unlink()
    with pytest.raises(XqgError, match=r"train\.tsv: no such file; .*\(test\)"):
        load_source(Request(str(beir_folder)))


def test_an_unknown_source() -> None:
    with pytest.raises(XqgError, match=r"unknown source 'xor': .*atlas, atlas-r, xquad, xquad-r"):
        load_source(Request("xor"))


def triples(path: Path) -> SourceData:
    return load_source(Request(str(path)))


def test_triples_of_sentence_transformers(jsonl: Callable[..., Path]) -> None:
    rows = [
        {"anchor": "What is it?", "positive": "It is a cat.", "negative": "A dog.", "negative_2": "A cow."},
        {"anchor": "what  IS it?", "positive": "It is an ox.", "negative": ["It is a cat.", "A hen."]},
    ]
    found = triples(jsonl(rows)).data
    first, second = found.examples
    assert first.questions == {"en": "What is it?"}
    assert [one.text for one in first.passages.values()] == ["It is a cat."]
    assert [one.text for one in first.negatives] == ["A dog.", "A cow."]
    # The same question in another row: both passages are right, so the first one's is no negative.
    assert [one.text for one in second.negatives] == ["A hen."]
    cat, ox = first.passages["en"].id, second.passages["en"].id
    assert found.positives == {first.id: {cat, ox}, second.id: {cat, ox}}
    assert {one.text for one in found.pool} == {"It is a cat.", "It is an ox.", "A dog.", "A cow.", "A hen."}
    assert (first.id, second.id) == (f"1:{cat}", f"2:{ox}")


def test_triples_of_tevatron(tmp_path: Path) -> None:
    row = (
        '{"query_id": 7, "query": "東京はどこですか？", "positive_passages": [{"docid": 1, "title": "T", "text": "one"},'
        ' {"docid": "2", "text": "two"}], "negative_passages": [{"docid": "3", "title": "", "text": "three"}],'
        ' "lang": "ja", "passage_language": "en"}\n'
    )
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(row.encode()))
    found = triples(path).data
    assert [one.id for one in found.examples] == ["1:1", "1:2"]
    assert found.examples[0].questions == {"ja": "東京はどこですか？"}
    assert found.examples[0].passages == {"en": Passage("1", "T", "one", "en")}
    assert found.examples[1].negatives == (Passage("3", "", "three", "en"),)
    assert found.positives["1:1"] == {"1", "2"}


def test_triples_of_flag_embedding(jsonl: Callable[..., Path]) -> None:
    found = triples(
        jsonl([{"query": "q?", "pos": ["a", "b"], "neg": ["c"], "language": "en", "passage_language": "ru"}])
    )
    assert [one.passages["ru"].text for one in found.data.examples] == ["a", "b"]
    assert [[passage.text for passage in one.negatives] for one in found.data.examples] == [["c"], ["c"]]


def test_languages_of_triples_are_detected(jsonl: Callable[..., Path]) -> None:
    pairs = [
        (
            "Where is the capital of Japan, and how large is it?",
            "The capital of Japan is Tokyo, a very large city.",
        ),
        ("Где находится столица Японии?", "Столица Японии находится в Токио, это большой город."),
        ("日本の首都はどこですか？", "The capital of Japan is Tokyo, a very large city."),
    ]
    found = triples(jsonl([{"query": q, "positive": p} for q, p in pairs])).data
    assert [list(one.questions) for one in found.examples] == [["en"], ["ru"], ["ja"]]
    assert [list(one.passages) for one in found.examples] == [["en"], ["ru"], ["en"]]
    # One language in nearly all texts: a short one that looks like another is in it too.
    rows = [
        {"query": f"Where is the large city number {n}?", "positive": "It is here, I think."}
        for n in range(80)
    ]
    found = triples(jsonl([*rows, {"query": "Tokyo Roma?", "positive": "Yes, that is where it is."}])).data
    assert {code for one in found.examples for code in one.questions} == {"en"}


def test_a_passage_has_one_language_in_all_rows(jsonl: Callable[..., Path]) -> None:
    passages = [{"docid": "p", "text": "Det er en stor by."}]
    named = {"query": "Where?", "pos": passages, "passage_language": "nb", "lang": "en"}
    found = triples(jsonl([{"query": "What?", "pos": passages, "lang": "en"}, named])).data
    assert [list(one.passages) for one in found.examples] == [["nb"], ["nb"]]
    assert found.pool == [Passage("p", "", "Det er en stor by.", "nb")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"positive": "a"}, r"rows\.jsonl:2: no question; .*'anchor', 'query', 'question'"),
        ({"query": "q?"}, r"rows\.jsonl:2: no right passage"),
        ({"query": " ", "positive": "a"}, r"rows\.jsonl:2: 'query' is empty"),
        ({"query": "q?", "positive": []}, r"rows\.jsonl:2: 'positive' is empty; name a passage"),
        ({"query": "q?", "positive": [3]}, r"rows\.jsonl:2: 'positive' must be a string, not int"),
        ({"query": "q?", "pos": [{"docid": "1"}]}, r"rows\.jsonl:2: no 'text'"),
        ({"query": "q?", "positive": "a", "neg": [""]}, r"rows\.jsonl:2: 'neg' is empty"),
        ({"query": "q?", "positive": "a", "lang": "xx"}, r"rows\.jsonl:2: unknown language code 'xx'"),
        ({"query": "q?", "pos": [{"docid": "p", "text": "other"}]}, r":2: passage 'p' has another text in line 1"),
        (["q?", "a"], r"rows\.jsonl:2: not a JSON object"),
    ],
)  # fmt: skip
def test_malformed_triples(jsonl: Callable[..., Path], row: object, message: str) -> None:
    good = {
        "query": "q?",
        "pos": [{"docid": "p", "text": "text"}],
        "language": "en",
        "passage_language": "en",
    }
    with pytest.raises(XqgError, match=message):
        triples(jsonl([good, row]))


def test_no_triples(jsonl: Callable[..., Path]) -> None:
    with pytest.raises(XqgError, match=r"rows\.jsonl: no triple in it"):
        triples(jsonl([]))


def test_passages_alone(jsonl: Callable[..., Path]) -> None:
    found = triples(
        jsonl(
            [{"_id": "d1", "title": "T", "text": "text"}, {"_id": "d2", "text": "другой", "language": "ru"}]
        )
    )
    assert found.data.examples == []
    assert [one.id for one in found.data.pool] == ["d1", "d2"]
