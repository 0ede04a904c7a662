"""XQuAD-R: files made by hand, and the real ones where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks import load
from xqg.benchmarks.named import xquad_r
from xqg.errors import XqgError

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "xquad-r"
needs_data = pytest.mark.skipif(
    not (DATA / "en.json").is_file(), reason="XQuAD-R is not beside the project (../shared/data/xquad-r)"
)

ENGLISH = ["One is one.", "Two is two. Really.", "Three."]
GERMAN = ["Eins ist eins, zwei ist zwei.", "Drei."]


def _paragraph(sentences: list[str], *questions: tuple[str, str]) -> dict[str, Any]:
    """Sentences joined by spaces, and (question id, answer) pairs."""
    context = " ".join(sentences)
    starts = [sum(len(before) + 1 for before in sentences[:number]) for number in range(len(sentences))]
    return {
        "context": context,
        "sentences": sentences,
        "sentence_breaks": [
            [start, start + len(text)] for start, text in zip(starts, sentences, strict=True)
        ],
        "qas": [
            {"id": id_, "question": f"{id_}?", "answers": [{"answer_start": context.index(a), "text": a}]}
            for id_, a in questions
        ],
    }


def _english() -> dict[str, Any]:
    first = _paragraph(["Nothing to see.", "Zero."], ("q0", "Zero"))
    second = _paragraph(ENGLISH, ("q1", "one"), ("q2", "two"), ("q3", "Three"))
    return {"data": [{"title": "A", "paragraphs": [first]}, {"title": "B", "paragraphs": [second]}]}


def _german() -> dict[str, Any]:
    first = _paragraph(["Null."], ("q0", "Null"))
    second = _paragraph(GERMAN, ("q1", "eins"), ("q2", "zwei"), ("q3", "Drei"))
    return {"data": [{"title": "A", "paragraphs": [first]}, {"title": "B", "paragraphs": [second]}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.json").write_text(json.dumps(_english()))
    (tmp_path / "de.json").write_text(json.dumps(_german()))
    return tmp_path


def test_one_pool_of_all_languages_is_the_default(folder: Path) -> None:
    benchmark = load("xquad-r", data=folder)
    assert benchmark.name == "xquad-r"
    assert [passage.id for passage in benchmark.passages] == [
        "de:0:0:0", "de:1:0:0", "de:1:0:1",
        "en:0:0:0", "en:0:0:1", "en:1:0:0", "en:1:0:1", "en:1:0:2",
    ]  # fmt: skip
    sentence = benchmark.passage_by_id["en:1:0:1"]
    assert (sentence.title, sentence.text, sentence.language) == ("", "Two is two. Really.", "en")
    # Sentences are not parallel in number: German says one and two in a single sentence.
    assert benchmark.qrels == {
        "q0": {"de:0:0:0": 1, "en:0:0:1": 1},
        "q1": {"de:1:0:0": 1, "en:1:0:0": 1},
        "q2": {"de:1:0:0": 1, "en:1:0:1": 1},
        "q3": {"de:1:0:1": 1, "en:1:0:2": 1},
    }
    assert benchmark.groups == {"q0": "0", "q1": "1", "q2": "1", "q3": "1"}
    assert benchmark.query_languages == ("de", "en")
    question = benchmark.questions_in("de")[2]
    assert question.answers == ()
    assert benchmark.answers(question, benchmark.passage_by_id["de:1:0:0"]) == ("zwei",)
    assert benchmark.answers(question, benchmark.passage_by_id["en:1:0:0"]) == ("two",)


def test_a_pool_of_one_language(folder: Path) -> None:
    benchmark = load("xquad-r", data=folder, passage_language="en")
    assert benchmark.passage_languages == ("en",)
    assert len(benchmark.passages) == 5
    assert benchmark.qrels["q2"] == {"en:1:0:1": 1}
    assert benchmark.query_languages == ("de", "en")
    assert benchmark.questions_in("de")[2].answers == ("two",)


def test_a_folder_with_one_language_works(folder: Path) -> None:
    (folder / "en.json").unlink()
    benchmark = xquad_r.load(folder)
    assert benchmark.query_languages == benchmark.passage_languages == ("de",)


def test_data_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match=r"`data` a folder with LANG\.json files .*lareqa"):
        xquad_r.load(None)
    with pytest.raises(XqgError, match=r"no LANG\.json in it"):
        xquad_r.load(tmp_path)
    (tmp_path / "de.json").write_text(json.dumps(_german()))
    with pytest.raises(XqgError, match=r"/en\.json: no such file; .* one of de, all"):
        xquad_r.load(tmp_path, "en")


def _changed(key: str, value: object) -> str:
    content = _english()
    content["data"][1]["paragraphs"][0][key] = value
    return json.dumps(content)


def _without_breaks() -> str:
    content = _english()
    del content["data"][0]["paragraphs"][0]["sentence_breaks"]
    return json.dumps(content)


def _answered(*answers: dict[str, Any]) -> str:
    content = _english()
    content["data"][0]["paragraphs"][0]["qas"][0]["answers"] = list(answers)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"en\.json:1: broken JSON"),
        (_without_breaks(), "not SQuAD .*'sentence_breaks'"),
        (_changed("sentences", ["One."]), "1 sentences but 3 sentence_breaks in paragraph 1:0"),
        (_changed("sentence_breaks", [[0, 4], [4], [5, 9]]), "not SQuAD"),
        (_changed("sentence_breaks", [[0, 4], [4, "9"], [9, 12]]), "'9' in paragraph 1:0 is not a character"),
        (_changed("sentences", ["One.", " ", "Two"]), "a sentence of paragraph 1:0 is not a text"),
        (_changed("sentence_breaks", [[0, 3], [4, 6], [7, 9]]), "'q2' of paragraph 1:0 has its answer at"),
        (_answered(), "'q0' of paragraph 0:0 has no answer"),
        (_answered({"text": "Zero"}), "not SQuAD .*'answer_start'"),
        (_answered({"text": "Zero", "answer_start": -1}), "-1 in paragraph 0:0 is not a character offset"),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "en.json").write_text(content)
    with pytest.raises(XqgError, match=message) as error:
        xquad_r.load(tmp_path)
    assert "en.json" in str(error.value)
    assert "get " in str(error.value)
    assert "\n" not in str(error.value)


@needs_data
def test_the_real_data() -> None:
    benchmark = load("xquad-r", data=DATA)
    numbers = dict.fromkeys(benchmark.query_languages, 0)
    for passage in benchmark.passages:
        numbers[passage.language] += 1
    assert (len(numbers), numbers["en"], numbers["th"], sum(numbers.values())) == (11, 1180, 852, 13_014)
    assert all(len(relevant) == 11 for relevant in benchmark.qrels.values())
    assert len(benchmark.qrels) == 1190
    assert len(set(benchmark.groups.values())) == 48
    whole = 0  # answers that are in their sentence: not the 112 that run over its end, nor one
    # Turkish answer with a character (1⁄2) that is garbled in the context but not in the sentence
    for question in benchmark.questions_in("en"):
        for id_ in benchmark.qrels[question.id]:
            passage = benchmark.passage_by_id[id_]
            whole += any(answer in passage.text for answer in benchmark.answers(question, passage))
    assert whole == 1190 * 11 - 113
