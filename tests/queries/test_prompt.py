"""Prompts."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.queries import DEFAULT_PROMPT, check_prompt, fill


@pytest.mark.parametrize(
    ("prompt", "title", "passage", "filled"),
    [
        (DEFAULT_PROMPT, "T", "P.", "Generate a Japanese question for this passage: T P."),
        (DEFAULT_PROMPT, "", "P.", "Generate a Japanese question for this passage: P."),
        (
            DEFAULT_PROMPT,
            "{a}",
            "{language} {} }{",
            "Generate a Japanese question for this passage: {a} {language} {} }{",
        ),
        ("{language} {passage} {title}!", "", "P", "Japanese P !"),
        ("{title} {passage} {language}", "", "P", "P Japanese"),
        ("{{{language}}}: {passage}", "T", "P", "{Japanese}: P"),
    ],
)
def test_filling(prompt: str, title: str, passage: str, filled: str) -> None:
    assert fill(prompt, "ja", title, passage) == filled


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("Ask: {passage}", "lacks {language}"),
        ("Ask in {language}", "lacks {passage}"),
        ("{language} {passage} {answer}", "unknown field {answer}"),
        ("{language} {passage} {}", "unknown field {}"),
        ("{language:5} {passage}", "unknown field"),
        ("{language} {passage", "malformed"),
        ("{language.x} {passage}", "unknown field"),
        ("", "lacks {language}"),
    ],
)
def test_wrong_prompts(prompt: str, message: str) -> None:
    with pytest.raises(XqgError) as caught:
        check_prompt(prompt)
    assert message in str(caught.value)


def test_unknown_language() -> None:
    with pytest.raises(XqgError, match="xx-nothing"):
        fill(DEFAULT_PROMPT, "xx-nothing", "", "P")
