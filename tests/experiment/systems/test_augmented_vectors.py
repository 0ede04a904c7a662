"""The systems that add queries to vectors: what each needs, and what it adds, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import SYSTEMS, AugmentedVectors, TextSource
from xqg.experiment.systems.chunks import spans
from xqg.experiment.systems.shuffled import derangement
from xqg.passages import Passage, Question

EVERY = [SYSTEMS[name]() for name in SYSTEMS.own]
ARMS = {one.name: one for one in sorted(EVERY, key=lambda one: one.order) if isinstance(one, AugmentedVectors)}
PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)
GENERATED = ("none", "mono", "target-n", "cross", "target", "shuffled")  # made of generated queries alone


class Reader:
    """Stands in for an encoder that sees the first 24 characters of a passage."""

    def visible_prefix(self, texts: list[str]) -> list[str]:
        return [text[:24] for text in texts]


def parts(plan: Plan, languages: list[str]) -> Parts:
    """K = 4 queries per passage and language, told apart by value: passage r's query k in en is
    (r+1)·10^k, in fi 2 times and in ja 5 times that; the second dimension is always 1."""
    rows = len(languages)
    factor = {"en": 1.0, "fi": 2.0, "ja": 5.0}

    def of(code: str) -> QueryVectors:
        values = [factor[code] * (row + 1) * 10**k for row in range(rows) for k in range(4)]
        vectors = np.array([[value, 1.0] for value in values], np.float32)
        return QueryVectors.of(vectors, [4] * rows)

    return Parts(plan, np.zeros((rows, 2), np.float32), languages, {code: of(code) for code in factor})


def source(benchmark: Benchmark, queries: dict, seed: int = 0, plan: Plan = PLAN) -> TextSource:
    return TextSource(benchmark, plan, queries, seed, Reader())  # type: ignore[arg-type]


def test_what_each_arm_needs_and_states() -> None:
    assert list(ARMS) == ["none", "mono", "target-n", "cross", "target", "chunks", "shuffled", "gold"]
    needs = {name: arm.needs(PLAN, "en") for name, arm in ARMS.items()}
    assert needs == {
        "none": {},
        "mono": {"en": 4},
        "target-n": {"en": 2, "fi": 2, "ja": 2},
        "cross": {"fi": 2, "ja": 2},
        "target": {"en": 4, "fi": 4, "ja": 4},
        "chunks": {"en": 4},
        "shuffled": {"fi": 2, "ja": 2},
        "gold": {},
    }
    counts = {name: arm.count(PLAN) for name, arm in ARMS.items()}
    assert counts == {
        "none": 0, "mono": 4, "target-n": 2, "cross": 4, "target": 4, "chunks": 4, "shuffled": 4, "gold": 4,
    }  # fmt: skip
    assert [name for name, arm in ARMS.items() if arm.bound] == ["gold"]
    assert [name for name, arm in ARMS.items() if not arm.weighted] == ["none"]  # there is nothing to weigh
    assert [name for name, arm in ARMS.items() if not arm.default] == ["target"]
    assert all(arm.augmented and arm.dense == name and not arm.uses for name, arm in ARMS.items())


def test_what_each_arm_adds() -> None:
    found = parts(PLAN, ["en", "en"])
    totals = {
        name: np.sum([np.zeros((2, 2)), *ARMS[name].sums(found, "ja")], axis=0).tolist() for name in GENERATED
    }
    assert totals == {
        "none": [[0, 0], [0, 0]],
        "mono": [[1111, 4], [2222, 4]],
        "target-n": [[55, 2], [110, 2]],
        "cross": [[77, 4], [154, 4]],  # 2·11 + 5·11
        "target": [[5555, 4], [11110, 4]],
        "shuffled": [[154, 4], [77, 4]],  # of two passages each has the other's
    }


def test_target_in_the_passages_language_is_mono() -> None:
    found = parts(PLAN, ["en", "en"])
    assert np.array_equal(ARMS["target"].sums(found, "en")[0], ARMS["mono"].sums(found, "en")[0])


def test_mixed_pool_leaves_out_each_passages_own_language() -> None:
    plan = Plan(("en", "fi"), ("en", "fi", "ja"), None, n=2)
    assert plan.languages == 2
    assert plan.mean_languages == ("en", "fi", "ja")
    found = parts(plan, ["en", "fi"])
    total = np.sum(ARMS["cross"].sums(found, "ja"), axis=0)
    assert total.tolist() == [[77, 4], [132, 4]]  # (2 + 5)·11 and (1 + 5)·22
    assert np.sum(ARMS["mono"].sums(found, "ja"), axis=0).tolist() == [[1111, 4], [4444, 4]]


def test_shuffled_stays_within_a_language() -> None:
    languages = ["en", "fi"] * 10
    found = derangement(languages, seed=0)
    assert sorted(found.tolist()) == list(range(20))
    assert all(row != source and (row - source) % 2 == 0 for row, source in enumerate(found))
    assert np.array_equal(found, derangement(languages, seed=0))
    assert not np.array_equal(found, derangement(languages, seed=1))


def test_every_derangement_is_drawn() -> None:
    drawn = {tuple(derangement(["en"] * 3, seed)) for seed in range(30)}
    assert drawn == {(1, 2, 0), (2, 0, 1)}


def test_shuffled_needs_two_passages_of_a_language(tiny: Benchmark) -> None:
    assert ARMS["shuffled"].obstacle(tiny, PLAN) is None
    lonely = dataclasses.replace(tiny, passages=[*tiny.passages, Passage("f0", "", "yksi", "fi")])
    assert "single passage in 'fi'" in str(ARMS["shuffled"].obstacle(lonely, PLAN))


def test_spans_by_hand() -> None:
    units = [(0, 3), (4, 7), (8, 13)]
    assert spans("one two three", units, [1, 0, 2], [2, 1, 5]) == ["two three", "one", "three"]
    assert spans(" ", [], [0], [2]) == []


def test_chunks_are_spans_of_what_is_seen(tiny: Benchmark) -> None:
    # 24 characters of "passage 3 about thing 3" are all of it: 5 words. Queries have 2 or 3 words.
    queries = {
        "en": {p.id: ["two words", " ", "just three words", "one two"] for p in tiny.passages},
        "fi": {p.id: ["yksi"] * 4 for p in tiny.passages},
    }
    made = ARMS["chunks"].texts(source(tiny, queries))["spans"]
    assert made == ARMS["chunks"].texts(source(tiny, queries))["spans"]
    assert made != ARMS["chunks"].texts(source(tiny, queries, seed=1))["spans"]
    for passage in tiny.passages:
        assert len(made[passage.id]) == 4
        for text in made[passage.id]:
            assert f" {text} " in f" {passage.text} "
    lengths = {len(text.split()) for texts in made.values() for text in texts}
    assert lengths == {2, 3}


def test_chunks_do_not_depend_on_the_pool(tiny: Benchmark) -> None:
    queries = {"en": {p.id: ["two words", "just three words"] for p in tiny.passages}}
    whole = ARMS["chunks"].texts(source(tiny, queries))["spans"]
    part = dataclasses.replace(tiny, passages=tiny.passages[3:])
    assert ARMS["chunks"].texts(source(part, queries))["spans"] == {p.id: whole[p.id] for p in part.passages}


def test_chunks_of_text_without_spaces(tiny: Benchmark) -> None:
    text = "東京は日本の首都である。人口は多い。" * 3
    one = dataclasses.replace(tiny, passages=[Passage("p0", "", text, "ja")])
    plan = Plan(("ja",), ("en", "ja"), None, n=3)
    made = ARMS["chunks"].texts(source(one, {"ja": {"p0": ["首都はどこ"] * 3}}, plan=plan))["spans"]["p0"]
    assert [len(span) for span in made] == [5, 5, 5]
    assert all(span in text[:24] for span in made)


def test_chunks_take_lengths_of_other_queries_where_their_own_are_blank(tiny: Benchmark) -> None:
    queries = {"en": {p.id: [" "] * 4 for p in tiny.passages}, "fi": {"p0": ["yksi kaksi"]}}
    made = ARMS["chunks"].texts(source(tiny, queries))["spans"]
    assert [len(span.split()) for span in made["p0"]] == [2, 2, 2, 2]
    assert made["p1"] == []  # no query, no length


def test_gold_takes_true_questions_in_the_target_languages(tiny: Benchmark) -> None:
    more = [*tiny.questions, Question("q6", "ja also thing 0", "ja"), Question("q7", "ja not thing 0", "ja")]
    judged = {**tiny.qrels, "q6": {"p0": 2, "p1": 0}, "q7": {"p0": 0}}
    judged.pop("q5")
    benchmark = dataclasses.replace(tiny, questions=more, qrels=judged)
    found = ARMS["gold"].texts(source(benchmark, {}))
    assert found["ja"]["p0"] == ["ja thing 0", "ja also thing 0"]
    assert found["fi"]["p0"] == ["fi thing 0"]
    assert set(found) == {"fi", "ja"}
    assert "p5" not in found["ja"]


def test_gold_takes_the_questions_to_tune_on_too(tiny: Benchmark) -> None:
    held = dataclasses.replace(
        tiny,
        questions=[question for question in tiny.questions if question.id != "q0"],
        tuning_questions=[question for question in tiny.questions if question.id == "q0"],
        qrels={id_: grades for id_, grades in tiny.qrels.items() if id_ != "q0"},
        tuning_qrels={"q0": tiny.qrels["q0"]},
    )
    found = ARMS["gold"].texts(source(held, {}))
    assert (found["ja"]["p0"], found["ja"]["p1"]) == (["ja thing 0"], ["ja thing 1"])


def test_gold_sums_are_rescaled_to_k() -> None:
    # p0: one fi and two ja questions, K_p = 3; p1: none; K = 4.
    mine = {
        "fi": QueryVectors.of(np.array([[3.0]], np.float32), [1, 0]),
        "ja": QueryVectors.of(np.array([[6.0], [9.0]], np.float32), [2, 0]),
    }
    found = Parts(PLAN, np.zeros((2, 1), np.float32), ["en", "en"], {}, {"gold": mine})
    sums = ARMS["gold"].sums(found, "ja")
    np.testing.assert_allclose(np.sum(sums, axis=0), [[18 * 4 / 3], [0]], rtol=1e-6)


def test_gold_needs_questions_in_the_target_languages(tiny: Benchmark) -> None:
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    assert "no question in the target languages" in str(ARMS["gold"].obstacle(english, PLAN))
    assert ARMS["gold"].obstacle(tiny, PLAN) is None
