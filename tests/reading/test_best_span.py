"""The best span of a window, by hand."""

from __future__ import annotations

import itertools

import torch

from xqg.reading.best_span import best_span

ALL = torch.ones(1, 4, dtype=torch.bool)


def _one(start: list[float], end: list[float], readable: torch.Tensor = ALL, longest: int = 30) -> tuple:
    scores, first, last = best_span(torch.tensor([start]), torch.tensor([end]), readable, longest)
    return scores.item(), first.item(), last.item()


def test_the_end_is_not_before_the_start() -> None:
    # Best start 3 with best end 0 would give 9; what may be taken is 1..2 (2 + 3) or 3..3 (5 + 0).
    assert _one([1.0, 2.0, 0.0, 5.0], [4.0, 0.0, 3.0, 0.0]) == (5.0, 0, 0)
    assert _one([0.0, 2.0, 0.0, 5.0], [4.0, 0.0, 3.5, 0.0]) == (5.5, 1, 2)


def test_one_token_is_a_span() -> None:
    assert _one([0.0, 0.0, 7.0, 0.0], [0.0, 0.0, 7.0, 0.0]) == (14.0, 2, 2)


def test_only_the_passage_is_read() -> None:
    readable = torch.tensor([[False, False, True, True]])
    assert _one([9.0, 9.0, 1.0, 0.0], [9.0, 9.0, 0.0, 1.0], readable) == (2.0, 2, 3)
    nothing, _, _ = _one([1.0] * 4, [1.0] * 4, torch.zeros(1, 4, dtype=torch.bool))
    assert nothing == float("-inf")


def test_answers_have_at_most_so_many_tokens() -> None:
    start, end = [5.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 5.0]
    assert _one(start, end, longest=4) == (10.0, 0, 3)
    assert _one(start, end, longest=3) == (6.0, 0, 2)
    assert _one(start, end, longest=1) == (5.0, 0, 0)


def test_ties_take_the_earlier() -> None:
    assert _one([1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0]) == (2.0, 0, 1)


def test_against_every_pair() -> None:
    torch.manual_seed(0)
    start, end = torch.randn(5, 12), torch.randn(5, 12)
    readable = torch.rand(5, 12) > 0.3
    scores, first, last = best_span(start, end, readable, 4)
    for row in range(5):
        allowed = [
            ((start[row, i] + end[row, j]).item(), -i, -j)
            for i, j in itertools.product(range(12), repeat=2)
            if i <= j < i + 4 and readable[row, i] and readable[row, j]
        ]
        score, i, j = max(allowed)
        assert (scores[row].item(), first[row].item(), last[row].item()) == (score, -i, -j)


def test_half_precision_is_added_in_float32() -> None:
    scores, _, _ = best_span(
        torch.tensor([[256.0]], dtype=torch.bfloat16), torch.tensor([[1.0]], dtype=torch.bfloat16),
        torch.ones(1, 1, dtype=torch.bool), 30,
    )  # fmt: skip
    assert scores.dtype == torch.float32
    assert scores.item() == 257.0  # bfloat16 has no such number
