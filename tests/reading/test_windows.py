"""Windows over passages that do not fit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.reading.windows import shortened, windows

TEXT = " ".join(f"the capital of Japan is Tokyo and the year is {number % 10}" for number in range(12))
QUESTION = "In which year?"


@pytest.fixture
def tokenizer(reader_folders: dict[str, Path], kind: str) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(reader_folders[kind])


def _letters(rows: Sequence[Sequence[tuple[int, int] | None]], text: str) -> str:
    """The letters that some token covers (SentencePiece's lone `▁` has those of the next piece)."""
    covered = {number for row in rows for place in row if place for number in range(*place)}
    return "".join(text[number] for number in sorted(covered)).replace(" ", "")


def test_a_short_text_is_one_window(tokenizer: Any) -> None:
    text = "Japan is large."
    (window,) = windows(tokenizer, [QUESTION], [text], 64, 20)
    assert window.pair == 0
    assert _letters([window.offsets], text) == "Japanislarge."
    assert window.offsets[0] is None  # the question and special tokens cannot be read
    assert window.offsets[-1] is None
    assert len(window.inputs["input_ids"]) == len(window.offsets) == len(window.inputs["attention_mask"])


def test_neighbours_share_the_stride_and_nothing_is_lost(tokenizer: Any) -> None:
    found = windows(tokenizer, ["Who?", QUESTION], ["Tokyo.", TEXT], 48, 12)
    assert [window.pair for window in found] == [0] + [1] * (len(found) - 1)
    assert len(found) > 4
    places = [[place for place in window.offsets if place] for window in found[1:]]
    for before, after in itertools.pairwise(places):
        assert before[-12:] == after[:12]
    assert all(len(window.offsets) <= 48 for window in found)
    assert _letters(places, TEXT) == TEXT.replace(" ", "")


def test_an_empty_text_has_a_window_without_anything_to_read(tokenizer: Any) -> None:
    (window,) = windows(tokenizer, [QUESTION], [""], 64, 20)
    assert not any(window.offsets)


def test_long_questions_are_cut_at_a_token(tokenizer: Any) -> None:
    short, cut = shortened(tokenizer, [QUESTION, TEXT], 20)
    assert short == QUESTION
    assert TEXT.startswith(cut)
    assert len(tokenizer.tokenize(cut)) == 20
    assert len(cut) < len(TEXT)
