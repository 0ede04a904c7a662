"""IBM model 1 on examples worked out by hand."""

from __future__ import annotations

import numpy as np

from xqg.training.encoder.word_alignment import translation_probabilities


def test_one_round_by_hand() -> None:
    """(0 1 | 0 1) and (0 | 0).

    Even at the start: 0 and 1 stand beside 0 and 1. In the first pair each target place shares its count as ½ and ½;
    in the second the only source takes it all. Counts: (0→0) ½ + 1, (0→1) ½, (1→0) ½, (1→1) ½.
    """
    table = translation_probabilities([[0, 1], [0]], [[0, 1], [0]], 2, 2, rounds=1).toarray()
    assert np.allclose(table, [[0.75, 0.25], [0.5, 0.5]])


def test_two_rounds_by_hand() -> None:
    """From there: target 0 of the first pair goes 0.75 : 0.5, target 1 goes 0.25 : 0.5."""
    table = translation_probabilities([[0, 1], [0]], [[0, 1], [0]], 2, 2, rounds=2).toarray()
    zero = [0.75 / 1.25 + 1, 0.25 / 0.75]
    one = [0.5 / 1.25, 0.5 / 0.75]
    assert np.allclose(table, [np.array(zero) / sum(zero), np.array(one) / sum(one)])


def test_a_dictionary_is_found() -> None:
    """Words of a made-up language, each the English one + 10, in sentences of three."""
    rng = np.random.default_rng(0)
    english = [rng.choice(10, size=3, replace=False).tolist() for _ in range(200)]
    other = [[word + 10 for word in rng.permutation(sentence)] for sentence in english]
    table = translation_probabilities(other, english, 20, 10).toarray()
    assert table[10:].argmax(axis=1).tolist() == list(range(10))
    assert table[10:].max(axis=1).min() > 0.9
    assert np.allclose(table[10:].sum(axis=1), 1)
    assert not table[:10].any()  # never seen on that side


def test_nothing_to_learn_from() -> None:
    assert translation_probabilities([], [], 3, 2).shape == (3, 2)
    assert not translation_probabilities([[]], [[1]], 3, 2).toarray().any()
