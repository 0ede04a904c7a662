"""The vocabulary map's text, and what the prompt must be like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from xqg.errors import XqgError
from xqg.queries import DEFAULT_PROMPT
from xqg.queries.vocabulary_map import vocabulary_map


@pytest.fixture(scope="module")
def tokenizer(mt5_folder: Path) -> Any:
    return AutoTokenizer.from_pretrained(mt5_folder)


def read(text: str) -> dict[tuple[str, ...], list[str]]:
    rows = [line.split("\t") for line in text.splitlines()]
    return {tuple(key.split(" ")) if key else (): pieces.split(" ") for key, pieces in rows}


def test_a_line_for_all_and_one_for_each_language(tokenizer: Any) -> None:
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    text, counts = vocabulary_map(pieces, tokenizer, DEFAULT_PROMPT, ["ja", "ru"])
    lines = read(text)
    common, japanese, russian = lines.values()
    assert {"</s>", "<unk>", "<pad>", "▁", ".", "a"} <= set(common)
    assert counts == {"ja": len(common) + len(japanese), "ru": len(common) + len(russian)}
    assert not {*common} & {*japanese, *russian}
    assert {*"東日のは"} & {*"".join(japanese)}
    assert all("а" <= letter.lower() <= "я" for letter in "".join(russian).replace("▁", ""))
    for key, name in zip(list(lines)[1:], ("Japanese", "Russian"), strict=True):
        # The name with pieces before and after it, all of them the prompt's own.
        said = "".join(key).replace("▁", " ")
        assert f" a {name} q" in said
        assert said.strip() in DEFAULT_PROMPT.replace("{language}", name)


def test_at_the_end_of_a_prompt(tokenizer: Any) -> None:
    text, _ = vocabulary_map(["東", "</s>"], tokenizer, "{passage} In {language}", ["ja"])
    *_, key = read(text)
    assert key[-1] == "</s>"
    assert "".join(key[:-1]).replace("▁", " ").endswith(" Japanese")


def test_pieces_that_the_map_cannot_hold_are_left_out(tokenizer: Any) -> None:
    text, counts = vocabulary_map(["東", "東 京", "東\t", "\n", "1"], tokenizer, DEFAULT_PROMPT, ["ja"])
    assert counts == {"ja": 2}
    assert list(read(text).values()) == [["1"], ["東"]]


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("Ask {language}{passage}", "mix Japanese with the passage; put blanks around {language}"),
        ("{passage}{language}", "mix Japanese with the passage"),
        (
            "Japanese or Russian: a question in all of these: {language} is it. {passage}",
            "do not tell Japanese from Russian; convert for one of them only",
        ),
    ],
)
def test_prompts_that_do_not_tell(tokenizer: Any, prompt: str, message: str) -> None:
    with pytest.raises(XqgError) as caught:
        vocabulary_map(["東", "я"], tokenizer, prompt, ["ja", "ru"])
    assert message in str(caught.value)


def test_a_language_without_pieces(tokenizer: Any) -> None:
    with pytest.raises(XqgError, match=r"no piece in the script of Telugu \(Telu\): it cannot write te"):
        vocabulary_map(["東", "1"], tokenizer, DEFAULT_PROMPT, ["ja", "te"])
