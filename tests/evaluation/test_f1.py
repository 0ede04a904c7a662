"""`F1`: words shared by an answer and its gold answer."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("the tower in Paris", "Paris Tower!", 0.8),  # precision 2/3, recall 2/2
        ("Paris Paris", "Paris", 2 / 3),  # a word counts as often as both have it: 1/2, 1/1
        ("Paris Paris", "Paris in Paris", 0.8),  # 2/2, 2/3
        ("Rome", "Paris", 0.0),
        ("", "Paris", 0.0),
        ("", "The", 0.0),  # both empty: exact match 1, but no word in common
        ("The", "a", 0.0),
        ("東京都", "東京", 0.0),  # no white space, one word
        ("東京 都", "東京", 2 / 3),
    ],
)
def test_by_hand(score, answer: str, gold: str, value: float) -> None:
    assert score("F1", answer, gold) == pytest.approx(value)


def test_the_best_of_several_gold_answers_counts(score) -> None:
    # 1/2 and 1/1 against the first, 2/2 and 2/3 against the second.
    assert score("F1", "Paris France", "Paris", "Paris in France") == pytest.approx(0.8)
