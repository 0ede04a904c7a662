"""Prompts stay whole, passages are cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.queries.prompt import DEFAULT_PROMPT
from xqg.training.generator.tokens import Tokens

LONG = Passage("p", "Rome", "In which year did the Roman empire fall? Nobody agrees on an answer. " * 5, "en")


@pytest.fixture(scope="module")
def tokenizer(mt5_folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(mt5_folder))


@pytest.mark.parametrize("prompt", [DEFAULT_PROMPT, "{title} {passage} Generate a {language} question"])
def test_the_passage_is_cut_not_the_prompt(tokenizer: Any, prompt: str) -> None:
    tokens = Tokens(tokenizer, prompt, 60, 10)
    found = tokens.cut("ja", LONG)
    assert 0 < len(found) < len(LONG.text)
    assert LONG.text.startswith(found)
    ids = tokens.row("Where?", "ja", LONG)["input_ids"]
    assert 58 <= len(ids) <= 60  # a character more may be two tokens more
    assert "Generate a Japanese question" in tokenizer.decode(ids, skip_special_tokens=True)
    longer = tokens._length("ja", LONG, len(found) + 1)
    assert longer > 60


def test_what_fits_is_left_alone(tokenizer: Any) -> None:
    short = Passage("p", "", "The capital of Japan is Tokyo", "en")
    tokens = Tokens(tokenizer, "{language} {passage}", 100, 10)
    assert tokens.cut("ja", short) == short.text
    assert tokens.row("Where?", "ja", short)["input_ids"] == tokenizer(f"Japanese {short.text}")["input_ids"]
    assert tokens.cut("ja", Passage("p", "Rome", "", "en")) == ""


def test_questions_are_cut_at_their_length(tokenizer: Any) -> None:
    labels = Tokens(tokenizer, DEFAULT_PROMPT, 100, 8).row("In which year did it fall and why?" * 3, "ja", LONG)["labels"]
    assert len(labels) == 8
    assert labels[-1] == tokenizer.eos_token_id


def test_no_room_for_the_prompt(tokenizer: Any) -> None:
    with pytest.raises(XqgError, match="'p': prompt and title alone have more than 12 tokens; raise passage_length"):
        Tokens(tokenizer, DEFAULT_PROMPT, 12, 8).row("Where?", "ja", LONG)


def test_batch(tokenizer: Any, mt5_folder: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM

    tokens = Tokens(tokenizer, DEFAULT_PROMPT, 100, 10)
    rows = [{"input_ids": [5, 6, 1], "labels": [7, 1]}, {"input_ids": [5, 1], "labels": [7, 8, 1]}]
    batch = tokens.batch(rows, AutoModelForSeq2SeqLM.from_pretrained(str(mt5_folder)))
    assert {name: values.tolist() for name, values in batch.items()} == {
        "input_ids": [[5, 6, 1], [5, 1, 0]],
        "attention_mask": [[1, 1, 1], [1, 1, 0]],
        "labels": [[7, 1, -100], [7, 8, 1]],
        "decoder_input_ids": [[0, 7, 1], [0, 7, 8]],
    }
