"""atlas: the same everywhere, answers where they should be, and no test entity in the training."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from xqg import benchmarks
from xqg.benchmarks import Benchmark
from xqg.benchmarks.atlas import LANGUAGES, entities, facts_in, facts_of, passages, wordings
from xqg.errors import XqgError

FINGERPRINT = "sha256:67acf15eff7dad39fb2ee7164e59940e23a315b12f18bd1b35c70e69a3b40957"


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return benchmarks.load("atlas")


def test_is_the_same_everywhere(benchmark: Benchmark) -> None:
    assert benchmark.fingerprint == FINGERPRINT
    assert benchmarks.load("atlas") == benchmark


def test_size(benchmark: Benchmark) -> None:
    assert 1000 <= len(benchmark.passages) <= 2500
    assert benchmark.passage_languages == ("en",)
    assert benchmark.query_languages == tuple(sorted(LANGUAGES))
    assert len(benchmark.qrels) >= 500
    assert len(benchmark.tuning_qrels) >= 250


def test_ids(benchmark: Benchmark) -> None:
    ids = [passage.id for passage in benchmark.passages]
    assert len(set(ids)) == len(ids)
    asked = [(q.id, q.language) for q in [*benchmark.questions, *benchmark.tuning_questions]]
    assert len(set(asked)) == len(asked)
    assert not any(re.search(r"\s", id_) for id_ in [*ids, *(id_ for id_, _ in asked)])


def test_texts_are_filled_in(benchmark: Benchmark) -> None:
    for passage in benchmark.passages:
        assert passage.title.strip()
        assert passage.text.endswith(".")
        assert "{" not in passage.title + passage.text
    for question in [*benchmark.questions, *benchmark.tuning_questions]:
        assert question.text.strip()
        assert "{" not in question.text


def test_answers_occur_in_every_relevant_passage(benchmark: Benchmark) -> None:
    for questions, qrels in (
        (benchmark.questions, benchmark.qrels),
        (benchmark.tuning_questions, benchmark.tuning_qrels),
    ):
        for question in questions:
            assert question.answers
            for id_ in qrels[question.id]:
                passage = benchmark.passage_by_id[id_]
                for answer in benchmark.answers(question, passage):
                    assert answer in passage.text, (question.id, id_)


def test_a_fact_by_hand(benchmark: Benchmark) -> None:
    asked = {q.text: q for q in [*benchmark.questions, *benchmark.tuning_questions] if q.language == "en"}
    for text, answers in (
        ("In which script is Yiddish written?", ("Hebrew",)),
        ("What is the ISO code of the Norwegian Krone?", ("NOK",)),
        ("What is the ISO code of the Icelandic Króna?", ("ISK",)),
    ):
        if text in asked:  # the hash decides which entities are asked about
            assert asked[text].answers == answers
    finland = facts_of(entities()["territory:FI"])
    assert finland["territory_currency"].answers == ("Euro",)
    assert finland["territory_old_currency"].answers == ("Finnish Markka",)
    assert finland["territory_currency_year"].answers == ("1999",)
    assert finland["territory_language"].answers == ("Finnish", "Swedish")
    assert finland["territory_code"].answers == ("FIN",)
    assert finland["territory_first_day"].answers == ("Monday",)


def test_every_language_asks_the_same_questions(benchmark: Benchmark) -> None:
    for questions in (benchmark.questions, benchmark.tuning_questions):
        by_language = {
            language: [q.id for q in questions if q.language == language] for language in LANGUAGES
        }
        assert len({tuple(ids) for ids in by_language.values()}) == 1
    for language in LANGUAGES:
        assert len(benchmark.questions_in(language)) == len(benchmark.qrels)
    assert set(benchmark.groups) == set(benchmark.qrels)


def test_answers_do_not_depend_on_the_language(benchmark: Benchmark) -> None:
    answers: dict[str, set[tuple[str, ...]]] = {}
    for question in benchmark.questions:
        answers.setdefault(question.id, set()).add(question.answers)
    assert all(len(found) == 1 for found in answers.values())


def test_splits_share_no_entity() -> None:
    about = {split: {f.entity.key for f in facts_in(split)} for split in ("train", "dev", "test")}
    assert not about["train"] & about["dev"]
    assert not about["train"] & about["test"]
    assert not about["dev"] & about["test"]
    total = sum(map(len, about.values()))
    assert 0.15 <= len(about["test"]) / total <= 0.25
    assert 0.05 <= len(about["dev"]) / total <= 0.15
    kinds = {split: {f.kind for f in facts_in(split)} for split in about}
    assert kinds["test"] == kinds["train"] == set(wordings("en"))


def test_wordings() -> None:
    for language in LANGUAGES:
        assert set(wordings(language)) == set(wordings("en")), language
        for kind, texts in wordings(language).items():
            assert len(set(texts)) >= 2, (language, kind)
            for text in texts:
                assert text.count("{x}") == 1, (language, kind)
                assert not set("{}") & set(text.replace("{x}", "")), (language, kind)


def test_passages_right_but_for_the_fact(benchmark: Benchmark) -> None:
    # For most questions about a territory another passage about it says something else.
    about = Counter(passage.entity.key for passage in passages())
    facts = [f for f in facts_in("test") if f.entity.kind == "territory"]
    lacking = [f for f in facts if about[f.entity.key] > len(benchmark.qrels[f.key])]
    assert len(lacking) / len(facts) > 0.9


def test_passages_mention_others() -> None:
    # A distracting sentence names another entity of the kind, and a fact about it.
    names = {
        kind: {e.names["en"] for e in entities().values() if e.kind == kind}
        for kind in ("territory", "currency", "language", "script", "city")
    }
    mentioning = 0
    for passage in passages():
        text = passage.text().replace(passage.entity.names["en"], "")
        mentioning += any(name in text for name in names[passage.entity.kind])
    assert mentioning / len(passages()) > 0.98


def test_names_are_complete() -> None:
    for entity in entities().values():
        assert set(entity.names) == set(LANGUAGES)
        assert all(name == " ".join(name.split()) != "" for name in entity.names.values())
    assert entities()["territory:NL"].english == "the Netherlands"
    assert entities()["territory:FI"].english == "Finland"


def test_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="atlas has English passages only"):
        benchmarks.load("atlas", passage_language="ja")
    with pytest.raises(XqgError, match=r"atlas is built in .* leave out `data`"):
        benchmarks.load("atlas", data=tmp_path)
    with pytest.raises(XqgError, match="unknown benchmark 'atlass': it is neither one of atlas, atlas-r, xor-tydi, xquad"):
        benchmarks.load("atlass")
