"""Shared normalisation by hand, and which tokens hold an answer."""

from __future__ import annotations

import math

import pytest
import torch

from xqg.reading.windows import Window
from xqg.training.reader.shared_norm import Collator, Group, answer_tokens, shared_norm_loss

LOW = -50.0  # as good as minus infinity


def test_the_loss_is_taken_over_all_windows_of_a_question() -> None:
    # Two questions, two windows each, two tokens in a window; the second token of window 1 is no passage's.
    start = torch.tensor([[0.0, 9.0], [0.0, 0.0], [1.0, LOW], [LOW, 1.0]])
    end = torch.tensor([[0.0, 9.0], [LOW, LOW], [LOW, 0.0], [LOW, LOW]])
    readable = torch.tensor([[True, False], [True, True], [True, True], [True, True]])
    places = torch.tensor([[0, 0], [0, 1]])
    # Question 1: start 1 of 3 equal tokens, end the only one. Question 2: start 1 of 2, end the only one.
    expected = ((math.log(3) + math.log(2)) / 2 + 0.0) / 2
    assert shared_norm_loss(start, end, readable, places).item() == pytest.approx(expected, abs=1e-6)


def test_a_wrong_passage_costs_as_much_as_a_wrong_place() -> None:
    readable, places = torch.ones(2, 2, dtype=torch.bool), torch.tensor([[0, 0]])
    right, wrong, elsewhere = (
        torch.tensor(logits) for logits in ([[5.0, 0], [0, 0]], [[5.0, 0], [9, 0]], [[5.0, 9], [0, 0]])
    )
    losses = [shared_norm_loss(one, one, readable, places).item() for one in (right, wrong, elsewhere)]
    assert losses[0] < 0.1
    assert losses[1] == pytest.approx(losses[2])
    assert losses[1] > 4


def _window(*offsets: tuple[int, int] | None) -> Window:
    return Window(0, {"input_ids": list(range(10, 10 + len(offsets)))}, list(offsets))


def test_answer_tokens() -> None:
    window = _window(None, (0, 3), (4, 9), (9, 10), (11, 15), None)
    assert answer_tokens(window, 4, 9) == (2, 2)
    assert answer_tokens(window, 0, 10) == (1, 3)
    assert answer_tokens(window, 5, 8) == (2, 2)  # inside a token: the token
    assert answer_tokens(window, 3, 9) is None  # the space before is no token's: not the span asked for
    assert answer_tokens(window, 20, 25) is None
    assert answer_tokens(window, 11, 18) is None  # the border cuts it off


def test_collator() -> None:
    groups = [
        Group((_window(None, (0, 1), (1, 2)), _window(None, (0, 1))), 1, 2),
        Group((_window((0, 1)), _window((0, 1), None, (2, 3), (3, 4))), 0, 0),
    ]
    batch = Collator(padding=7)([{"group": group} for group in groups])
    assert batch["input_ids"].tolist() == [
        [10, 11, 12, 7], [10, 11, 7, 7], [10, 7, 7, 7], [10, 11, 12, 13],
    ]  # fmt: skip
    assert batch["readable"].tolist() == [
        [False, True, True, False], [False, True, False, False],
        [True, False, False, False], [True, False, True, True],
    ]  # fmt: skip
    assert batch["places"].tolist() == [[1, 2], [0, 0]]
