"""Sources put together: ids, languages, limits, generated queries, the fingerprint."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.counts import counts_table
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.load import fingerprint, load_data


def test_several_sources(data_folder: Path, beir_folder: Path) -> None:
    found = load_data(["xquad", "xquad-r", str(beir_folder)], data=str(data_folder), fold=0, folds=7)
    assert len(found.examples) == 12 + 12 + 3
    assert found.examples[0].id == "xquad#q1a"
    assert found.examples[12].id == "xquad-r#q1a"  # the same id in two sources
    assert found.examples[-1].id == f"{beir_folder}#q2:d3"
    assert set(found.positives) == {example.id for example in found.examples}
    assert found.positives["xquad-r#q1a"] == {"en:1:0:0", "ja:1:0:0", "ru:1:0:0"}
    ids = [passage.id for passage in found.pool]
    assert len(ids) == len(set(ids)) == 18 + 36 + 4


def test_passages_of_one_id_in_two_sources(jsonl: Callable[..., Path]) -> None:
    def rows(shared: str) -> list[dict[str, object]]:
        texts = [
            {"docid": id_, "text": text}
            for id_, text in (("1", shared), ("2", "same"), ("3", f"not {shared}"))
        ]
        return [
            {"query": "q?", "pos": texts[:1], "neg": texts[1:], "language": "en", "passage_language": "en"}
        ]

    one, two = jsonl(rows("first"), "one.jsonl"), jsonl(rows("second"), "two.jsonl")
    found = load_data([str(one), str(two)])
    assert {passage.id: passage.text for passage in found.pool} == {
        "1": "first", "2": "same", "3": "not first", f"{two}#1": "second", f"{two}#3": "not second"
    }  # fmt: skip
    second = found.examples[1]
    assert second.passages["en"].id == f"{two}#1"
    assert [passage.id for passage in second.negatives] == ["2", f"{two}#3"]
    assert found.positives[second.id] == {f"{two}#1"}
    queries = jsonl([{"passage_id": "1", "language": "en", "text": "Which?"}], "queries.jsonl")
    with pytest.raises(XqgError, match=r"queries\.jsonl: query 1: is about passage '1', and two sources"):
        load_data([str(one), str(two)], queries=str(queries))


def test_languages(data_folder: Path) -> None:
    found = load_data(["xquad"], data=str(data_folder), languages=("ru", "ja"), passage_languages=("en",))
    assert all(list(one.questions) == ["ja", "ru"] for one in found.examples)
    assert all(list(one.passages) == ["en"] for one in found.examples)
    assert {passage.language for passage in found.pool} == {"en"}
    assert found.positives["xquad#q1a"] == {"en:1:0", "ja:1:0", "ru:1:0"}  # still known to be right
    with pytest.raises(XqgError, match=r"^languages: no question in 'fi'; there are en, ja, ru$"):
        load_data(["xquad"], data=str(data_folder), languages=("en", "fi"))
    with pytest.raises(XqgError, match=r"^passage_languages: no passage in 'fi'"):
        load_data(["xquad"], data=str(data_folder), passage_languages=("fi",))


def test_examples_that_no_pair_of_languages_leaves(jsonl: Callable[..., Path]) -> None:
    rows = [
        {"query": "q?", "positive": "a", "negative": "n", "language": code, "passage_language": code}
        for code in ("en", "ru")
    ]  # fmt: skip
    rows[1] |= {"positive": "б", "negative": "в"}
    path = jsonl(rows)
    found = load_data([str(path)], passage_languages=("ru",))
    assert [list(one.questions) for one in found.examples] == [["ru"]]  # the English one has no passage left
    assert set(found.positives) == {found.examples[0].id}
    with pytest.raises(XqgError, match=r"languages: en with passage_languages: ru: no question"):
        load_data([str(path)], languages=("en",), passage_languages=("ru",))


def test_the_limit_takes_the_same_questions_in_every_language(
    data_folder: Path, jsonl: Callable[..., Path]
) -> None:
    found = load_data(["xquad"], data=str(data_folder), limit=3)
    assert [len(one.questions) for one in found.examples] == [3, 3, 3]
    every = [one.id for one in load_data(["xquad"], data=str(data_folder)).examples]
    assert [one.id for one in found.examples] == [
        id_ for id_ in every if id_ in {one.id for one in found.examples}
    ]
    assert [one.id for one in found.examples] != every[:3]  # by a hash, not the first
    more = load_data(["xquad"], data=str(data_folder), limit=4)
    assert {one.id for one in found.examples} < {one.id for one in more.examples}
    rows = [
        {"query": f"q{n}", "positive": "a", "language": code, "passage_language": "en"}
        for code in ("en", "ru")
        for n in range(5)
    ]
    scarce = load_data([str(jsonl(rows[:6]))], limit=3)  # five English, one Russian
    assert Counter(code for one in scarce.examples for code in one.questions) == {"en": 3, "ru": 1}
    assert set(scarce.positives) == {one.id for one in scarce.examples}


def test_generated_queries(
    data_folder: Path, jsonl: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ("en:1:0", "ru", "Что?"),
        ("en:1:0", "ru", "Кто?"),
        ("en:1:0", "ru", "Что?"),
        ("en:1:0", "ja", " "),
        ("en:0:0", "ru", "Где?"),
    ]
    path = jsonl([{"passage_id": id_, "language": code, "text": text} for id_, code, text in rows])
    found = load_data(["xquad"], data=str(data_folder), queries=str(path), fold=0, folds=7)
    added = found.examples[12:]
    assert [one.id for one in added] == [f"{path}#en:1:0:ru:0", f"{path}#en:1:0:ru:1"]
    assert [one.questions for one in added] == [{"ru": "Что?"}, {"ru": "Кто?"}]
    assert added[0].passages == found.examples[0].passages  # in all three languages
    assert added[0].group == "1"
    assert found.positives[added[0].id] == {"en:1:0", "ja:1:0", "ru:1:0"}
    assert capsys.readouterr().err == (
        f"{path}: queries left out, since they ask about passages kept for the test: 1\n"
    )


def test_generated_queries_alone(jsonl: Callable[..., Path]) -> None:
    passages = jsonl([{"_id": "d1", "text": "one"}, {"_id": "d2", "text": "two"}], "corpus.jsonl")
    with pytest.raises(XqgError, match=r"corpus\.jsonl: no question; give triples, or generated queries"):
        load_data([str(passages)])
    queries = jsonl([{"passage_id": "d2", "language": "fi", "text": "Mitä?"}], "queries.jsonl")
    found = load_data([str(passages)], queries=str(queries))
    assert found.examples == [
        Example(f"{queries}#d2:fi:0", {"fi": "Mitä?"}, {"en": Passage("d2", "", "two", "en")}),
    ]
    assert len(found.pool) == 2
    other = jsonl([{"passage_id": "d3", "language": "fi", "text": "Mitä?"}], "other.jsonl")
    with pytest.raises(XqgError, match=r"other\.jsonl: query 1: is about passage 'd3', which no source"):
        load_data([str(passages)], queries=str(other))


def test_sources_that_cannot_be_taken(data_folder: Path) -> None:
    with pytest.raises(XqgError, match="names no source"):
        load_data([])
    with pytest.raises(XqgError, match="xquad is named twice"):
        load_data(["xquad", "xquad"], data=str(data_folder))


EN, RU = Passage("p", "T", "text", "en"), Passage("r", "", "текст", "ru")
DATA = TrainingData(
    [Example("e", {"en": "Q?", "ru": "В?"}, {"en": EN}, "g", (RU,))], [EN, RU], {"e": frozenset("p")}
)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(DATA, pool=[RU, EN]),
        dataclasses.replace(DATA, positives={"e": frozenset("pr")}),
        *(
            dataclasses.replace(DATA, examples=[dataclasses.replace(DATA.examples[0], **change)])
            for change in (
                {"id": "f"},
                {"questions": {"en": "Q", "ru": "В?"}},
                {"questions": {"en": "Q?"}},
                {"passages": {"en": dataclasses.replace(EN, title="")}},
                {"group": ""},
                {"negatives": ()},
            )
        ),
    ],
)
def test_the_fingerprint_knows_everything(other: TrainingData) -> None:
    assert fingerprint(DATA) == fingerprint(dataclasses.replace(DATA))
    assert fingerprint(other) != fingerprint(DATA)
    assert fingerprint(DATA).startswith("sha256:")


def test_counts_table() -> None:
    second = Example("f", {"en": "Why?"}, {"en": EN, "ru": RU})
    assert counts_table(dataclasses.replace(DATA, examples=[*DATA.examples, second])) == (
        "language  questions  passages\n"
        "en                2         1\n"
        "ru                1         1\n"
        "all               3         2\n"
        "2 examples of 1 groups (articles, entities), 0.5 hard negatives each; 2 passages to mine from"
    )
