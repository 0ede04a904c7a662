"""(question, passage) pairs to token windows that a question-answering model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Window", "shortened", "windows"]


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a passage behind its question.

    Attributes:
        pair: number of the (question, text) it came from.
        inputs: what the model takes, lists of the window's length (`input_ids`, …).
        offsets: character offsets in the text of each token; None for tokens of the question and
            special ones.
    """

    pair: int
    inputs: dict[str, list[int]]
    offsets: list[tuple[int, int] | None]


def windows(
    tokenizer: Any, questions: Sequence[str], texts: Sequence[str], length: int, stride: int
) -> list[Window]:
    """Every window of every pair, in order.

    A text that does not fit is read in several windows, each beginning `stride` tokens before the
    end of the one before, so that an answer at a border is whole in one of them (Devlin et al. 2019).

    Args:
        tokenizer: a fast one: only they know offsets.
        length: tokens in a window, question and special tokens included.
        stride: tokens that neighbouring windows share.
    """
    encoded = tokenizer(
        list(questions),
        list(texts),
        truncation="only_second",
        max_length=length,
        stride=stride,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        verbose=False,
    )
    pairs, offsets = encoded.pop("overflow_to_sample_mapping"), encoded.pop("offset_mapping")
    found = []
    for number, pair in enumerate(pairs):
        sides = encoded.sequence_ids(number)
        found.append(
            Window(
                pair=pair,
                inputs={name: rows[number] for name, rows in encoded.items()},
                offsets=[
                    (place[0], place[1]) if side == 1 and place[1] > place[0] else None
                    for place, side in zip(offsets[number], sides, strict=True)
                ],
            )
        )
    return found


def shortened(tokenizer: Any, questions: Sequence[str], tokens: int) -> list[str]:
    """The questions, each cut after `tokens` tokens: a question must leave room for the passage."""
    encoded = tokenizer(list(questions), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    return [
        question if len(places) <= tokens else question[: places[tokens - 1][1]]
        for question, places in zip(questions, encoded["offset_mapping"], strict=True)
    ]
