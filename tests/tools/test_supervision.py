"""What the mini models learn from: nothing about a dev or test entity but its names, and scarce outside English."""

from __future__ import annotations

import random

import pytest

from tools.mini.supervision import Supervision
from xqg.benchmarks import Benchmark, load
from xqg.benchmarks.atlas import LANGUAGES, entities, passages


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return load("atlas")


@pytest.fixture(scope="module")
def supervision() -> Supervision:
    return Supervision(scarce=300, swaps=0.9)


def test_examples_are_about_train_entities(benchmark: Benchmark, supervision: Supervision) -> None:
    rng = random.Random(0)
    held_out = {(q.language, q.text) for q in [*benchmark.questions, *benchmark.tuning_questions]}
    swapped = 0
    for number in range(4000):
        language = LANGUAGES[number % len(LANGUAGES)]
        example = supervision.example(rng, language)
        assert example.entity.split == "train"
        assert example.language == language
        assert example.entity.name_in(language) in example.question
        assert example.entity.names["en"] in example.title
        assert (language, example.question) not in held_out
        swapped += not any(
            passage.text() == example.text for passage in supervision._about[example.entity.key]
        )
    assert 0.8 < swapped / 4000 < 0.95


@pytest.mark.parametrize("swaps", [0, 0.5, 1])
def test_negatives_are_about_train_entities_and_never_the_positive(swaps: float) -> None:
    supervision = Supervision(scarce=300, swaps=swaps)
    whole = {f"{passage.title()} {passage.text()}": passage for passage in passages()}
    rng = random.Random(0)
    same_entity = strangers = 0
    for number in range(4000):
        example = supervision.example(rng, LANGUAGES[number % len(LANGUAGES)])
        assert example.negative != f"{example.title} {example.text}"
        if example.negative in whole:  # as it stands in the pool
            assert whole[example.negative].entity.split == "train"
            strangers += whole[example.negative].entity is not example.entity
        else:  # its subject swapped for the example's, which is a train entity
            assert example.entity.names["en"] in example.negative
            same_entity += 1
    assert strangers > 400
    assert same_entity > 400 or swaps == 0


def test_supervision_is_scarce_outside_english(supervision: Supervision) -> None:
    for language, asked in supervision.asked.items():
        assert all(row.passage.entity.split == "train" for row in asked)
        assert len(asked) == 300 if language != "en" else len(asked) > 3000


def test_examples_depend_on_the_seed_only(supervision: Supervision) -> None:
    again = Supervision(scarce=300, swaps=0.9)
    first, second = random.Random(7), random.Random(7)
    for _ in range(50):
        assert supervision.example(first, "ja") == again.example(second, "ja")


def test_name_pairs_cover_all_splits(supervision: Supervision) -> None:
    # Names stand for what pretraining knows: those of test entities are in, questions are not.
    by_name = {entity.names["en"]: entity for entity in entities().values()}
    rng = random.Random(0)
    splits = set()
    for _ in range(300):
        english, name = supervision.name_pair(rng, "ko")
        assert any(e.names["en"] == english and e.names["ko"] == name for e in entities().values())
        splits.add(by_name[english].split)
    assert splits == {"train", "dev", "test"}
