"""atlas-r: every question in other words, in every language, once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from xqg.benchmarks import Benchmark, load
from xqg.benchmarks.atlas import LANGUAGES, entities
from xqg.benchmarks.named import atlas_r
from xqg.errors import XqgError

FINGERPRINT = "sha256:16cad6736fc2e715262fe53e0ca27b181a1347765ed3eefe0b3c4fa6922675e2"


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return load("atlas-r")


def test_is_the_same_everywhere(benchmark: Benchmark) -> None:
    assert benchmark.fingerprint == FINGERPRINT
    assert atlas_r.load() == benchmark


def test_size(benchmark: Benchmark) -> None:
    assert Counter(q.language for q in benchmark.questions) == dict.fromkeys(LANGUAGES, 638)
    assert Counter(q.language for q in benchmark.tuning_questions) == dict.fromkeys(LANGUAGES, 324)
    assert Counter(p.language for p in benchmark.passages) == dict.fromkeys(LANGUAGES, 638 + 324)
    assert len(benchmark.passage_by_id) == 8 * 962
    assert len(set(benchmark.groups.values())) == 199


def test_the_answer_is_the_same_question_in_other_words(benchmark: Benchmark) -> None:
    id_ = "territory_currency:AF"
    assert benchmark.qrels[id_] == {f"{code}:{id_}": 1 for code in LANGUAGES}
    (asked,) = (q for q in benchmark.questions_in("en") if q.id == id_)
    passage = benchmark.passage_by_id[f"en:{id_}"]
    assert asked.text == "What is the currency of Afghanistan?"
    assert (passage.title, passage.text) == ("", "Which money do people pay with in Afghanistan?")
    assert passage.full_text == passage.text
    assert benchmark.groups[id_] == "territory:AF"


def test_every_relevant_passage_is_in_the_pool_and_no_text_stands_for_two_facts(benchmark: Benchmark) -> None:
    for qrels in (benchmark.qrels, benchmark.tuning_qrels):
        assert all(set(judged) <= set(benchmark.passage_by_id) for judged in qrels.values())
    texts = Counter((p.language, p.text) for p in benchmark.passages)
    texts.update((q.language, q.text) for q in [*benchmark.questions, *benchmark.tuning_questions])
    assert set(texts.values()) == {
        1
    }  # so no second passage answers a question, and none is the question itself


def test_entities_are_of_their_split(benchmark: Benchmark) -> None:
    code_of = {(entity.kind, entity.code): entity.split for entity in entities().values()}
    assert {code_of[_entity(q.id)] for q in benchmark.questions} == {"test"}
    assert {code_of[_entity(q.id)] for q in benchmark.tuning_questions} == {"dev"}


def _entity(key: str) -> tuple[str, str]:
    kind, code = key.split(":", 1)
    return kind.split("_")[0], code


def test_a_pool_of_one_language() -> None:
    benchmark = load("atlas-r", passage_language="ja")
    assert benchmark.passage_languages == ("ja",)
    assert benchmark.query_languages == tuple(sorted(LANGUAGES))
    assert benchmark.qrels["territory_currency:AF"] == {"ja:territory_currency:AF": 1}
    assert all(len(judged) == 1 for judged in benchmark.tuning_qrels.values())


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(
        XqgError, match=r"no passages in 'de'; give as `passage_language` one of en, ar, .*, all"
    ):
        load("atlas-r", passage_language="de")
    with pytest.raises(XqgError, match="atlas-r is built in and reads no files; leave out `data`"):
        load("atlas-r", data=tmp_path)
