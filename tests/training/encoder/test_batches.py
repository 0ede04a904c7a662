"""Batches: no false negatives, every question once an epoch, the languages of hybrid batches."""

from __future__ import annotations

from collections import Counter

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.encoder.batches import Batches, batches
from xqg.training.examples.example import Example, TrainingData

LANGUAGES = ("en", "ja", "ru")


def _passage(number: int, language: str = "en") -> Passage:
    return Passage(f"{language}:{number}", "", f"text {number} in {language}", language)


@pytest.fixture
def english() -> TrainingData:
    """Twelve questions in three languages over six passages, two questions a passage."""
    pool = [_passage(number) for number in range(6)]
    examples = [
        Example(f"q{n}", {code: f"question {n} in {code}" for code in LANGUAGES}, {"en": pool[n % 6]}, f"g{n % 6}")
        for n in range(12)
    ]
    return TrainingData(examples, pool)


@pytest.fixture
def parallel() -> TrainingData:
    """Eight questions and their passages, each in three languages."""
    examples = [
        Example(
            f"q{n}",
            {code: f"question {n} in {code}" for code in LANGUAGES},
            {code: _passage(n, code) for code in LANGUAGES},
            f"g{n}",
        )
        for n in range(8)
    ]
    pool = [passage for example in examples for passage in example.passages.values()]
    positives = {one.id: frozenset(passage.id for passage in one.passages.values()) for one in examples}
    return TrainingData(examples, pool, positives)


def _batch(plan: Batches, number: int) -> list:
    return [plan.row(number * plan.size + place) for place in range(plan.size)]


def test_mixed_batches_ask_each_question_about_once_and_no_passage_twice(english: TrainingData) -> None:
    plan = batches(english, size=4, negatives=0, seed=0, beta=-1)
    assert plan.per_epoch() == 9  # 12 questions in 3 languages
    asked = Counter[str]()
    for number in range(9):
        rows = _batch(plan, number)
        assert len({row.passage.id for row in rows}) == 4
        asked.update(row.question for row in rows)
    assert sum(asked.values()) == 36
    assert len(asked) >= 33  # the last batches may ask something again to keep passages apart


def test_batches_depend_on_seed_and_number_only(english: TrainingData) -> None:
    first, second = (batches(english, 4, 2, seed=3, beta=-1) for _ in range(2))
    wanted = [first.row(number) for number in range(80)]  # more than two epochs
    assert [second.row(number) for number in reversed(range(80))] == wanted[::-1]
    assert [batches(english, 4, 2, seed=4, beta=-1).row(n) for n in range(80)] != wanted
    assert [row.question for row in wanted[:36]] != [row.question for row in wanted[36:72]]


def test_a_known_positive_is_no_negative(parallel: TrainingData) -> None:
    """Neither beside the question as another's passage, nor among the hard negatives of the batch."""
    wrong = [Example(e.id, e.questions, e.passages, e.group, (_passage(0), _passage(7))) for e in parallel.examples]
    data = TrainingData(wrong, parallel.pool, parallel.positives)
    for beta in (-1.0, 0.0, 1.0):
        plan = batches(data, size=6, negatives=2, seed=1, beta=beta)
        for number in range(20):
            rows = _batch(plan, number)
            questions = {row.question.split()[1] for row in rows}
            assert len(questions) == 6  # one language's version of a passage answers the others' questions too
            for row in rows:
                assert len(row.negatives) == 2
                assert all(negative.id.split(":")[1] not in questions for negative in row.negatives)


def test_positives_in_the_judgements_keep_examples_apart(english: TrainingData) -> None:
    everything = {one.id: frozenset(passage.id for passage in english.pool) for one in english.examples}
    with pytest.raises(XqgError, match="no 2 examples have passages of their own, only 1; lower batch_size"):
        batches(TrainingData(english.examples, english.pool, everything), 2, 0, 0, -1).row(0)


@pytest.mark.parametrize(("beta", "same"), [(1.0, 60), (0.0, 0)])
def test_hybrid_batches_at_the_ends(parallel: TrainingData, beta: float, same: int) -> None:
    plan = batches(parallel, size=5, negatives=0, seed=0, beta=beta)
    languages = [{row.languages for row in _batch(plan, number)} for number in range(60)]
    assert all(len(one) == 1 for one in languages)  # one pair of languages a batch
    pairs = [next(iter(one)) for one in languages]
    assert sum(asked == answered for asked, answered in pairs) == same
    assert len(set(pairs)) == (3 if beta else 6)  # all of them occur
    for row in _batch(plan, 0):
        assert row.question.endswith(row.languages[0])
        assert row.passage.language == row.languages[1]


def test_hybrid_batches_between(parallel: TrainingData) -> None:
    plan = batches(parallel, size=5, negatives=0, seed=0, beta=0.7)
    pairs = [plan.row(number * 5).languages for number in range(400)]
    share = sum(asked == answered for asked, answered in pairs) / 400
    assert 0.63 < share < 0.77  # three standard deviations


def test_languages_that_are_not_there(english: TrainingData) -> None:
    one = [Example("q", {"ja": "?"}, {"en": _passage(0)})]
    with pytest.raises(XqgError, match=r"beta is 0.5: no question has a passage in its own language; set beta: 0"):
        batches(TrainingData(one, [_passage(0)]), 1, 0, 0, 0.5)
    alone = [Example("q", {"en": "?"}, {"en": _passage(0)})]
    with pytest.raises(XqgError, match=r"beta is 0.0: no question has a passage in another language; set beta: 1"):
        batches(TrainingData(alone, [_passage(0)]), 1, 0, 0, 0.0)
    with pytest.raises(XqgError, match="6 examples with questions in en and passages in en go together"):
        batches(english, size=7, negatives=0, seed=0, beta=1.0).row(0)


def test_hard_negatives_are_filled_up_from_the_pool(english: TrainingData) -> None:
    given = [Example(e.id, e.questions, e.passages, e.group, (_passage(50),)) for e in english.examples]
    plan = batches(TrainingData(given, english.pool), size=2, negatives=3, seed=0, beta=-1)
    for row in _batch(plan, 0):
        assert row.negatives[0].id == "en:50"
        assert {negative.id for negative in row.negatives[1:]} <= {passage.id for passage in english.pool}
    with pytest.raises(XqgError, match="6 passages are too few for 1 negatives beside a batch of 6"):
        batches(english, size=6, negatives=1, seed=0, beta=-1).row(0)
