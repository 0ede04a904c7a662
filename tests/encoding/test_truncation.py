"""What of a text an encoder reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.encoding import load_encoder

LONG = "  The CAPITAL of Japan is Tokyo, and   its population: 日本の首都は東京です。 столица Японии  "


@pytest.mark.parametrize("kind", ["bert_folder", "xlmr_folder", "prompted_folder", "static_folder"])
@pytest.mark.parametrize("length", [9, 12, 17, 25, 40])
def test_the_rest_of_a_text_does_not_matter(kind: str, length: int, request: pytest.FixtureRequest) -> None:
    """Changing what is not visible leaves the vector; changing the last visible word does not."""
    encoder = load_encoder(str(request.getfixturevalue(kind)), device="cpu", passage_length=length)
    text = LONG * 4
    (visible,) = encoder.visible_prefix([text])
    assert visible == text[: len(visible)]
    assert 0 < len(visible) < len(text)
    # A blank ends the last word's piece, so that the tokens before it stay.
    tail = text[len(visible) :]
    cut = next(i for i, character in enumerate(tail) if character.isspace())
    same, other = encoder.encode_passages([text, visible + tail[:cut] + " zzz" * 50])
    np.testing.assert_allclose(same, other, atol=1e-5)


@pytest.mark.parametrize("kind", ["bert_folder", "xlmr_folder", "prompted_folder", "static_folder"])
def test_short_texts_are_visible_whole(kind: str, request: pytest.FixtureRequest) -> None:
    encoder = load_encoder(str(request.getfixturevalue(kind)), device="cpu")
    texts = ["Tokyo ", "", " \u3000日本", "e\u0301 ﬁ"]
    assert encoder.visible_prefix(texts) == texts
    assert encoder.visible_prefix([]) == []


def test_hand_counted_word_pieces(bert_folder: Path) -> None:
    encoder = load_encoder(str(bert_folder), device="cpu", passage_length=5)  # [CLS] + 3 + [SEP]
    assert encoder.visible_prefix(["The  capital, of Japan"]) == ["The  capital,"]
    exact = load_encoder(str(bert_folder), device="cpu", passage_length=6)
    assert exact.visible_prefix(["the capital of japan "]) == ["the capital of japan "]


def test_the_prompt_counts(prompted_folder: Path) -> None:
    tokens = len(load_encoder(str(prompted_folder), device="cpu").model.tokenizer("passage: ").input_ids)
    encoder = load_encoder(str(prompted_folder), device="cpu", passage_length=tokens + 2)
    assert encoder.visible_prefix(["the capital of japan"]) == ["the capital"]
    none = load_encoder(str(prompted_folder), device="cpu", passage_length=tokens)
    assert none.visible_prefix(["the capital of japan"]) == [""]


def test_asking_leaves_the_lengths_alone(bert_folder: Path) -> None:
    encoder = load_encoder(str(bert_folder), device="cpu", passage_length=5, query_length=7)
    before = encoder.model.max_seq_length
    encoder.visible_prefix([LONG])
    encoder.encode_queries([LONG])
    assert encoder.model.max_seq_length == before
