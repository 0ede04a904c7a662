"""The vocabulary: the same each time, and texts come back whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.training.tokenizer import SENTINELS, train_tokenizer

TEXTS = [
    "What is the currency of Finland?",
    "Mikä on alueen Suomi valuutta?",
    "Финляндия: какая там валюта?",
    "フィンランドの通貨は何ですか？",
    "핀란드의 통화는 무엇입니까?",
    "ఫిన్లాండ్ కరెన్సీ ఏది?",
    "ما هي عملة فنلندا؟",
    "ফিনল্যান্ড-এর মুদ্রা কী?",
] * 3


def test_same_seed_same_vocabulary() -> None:
    first, second = train_tokenizer(TEXTS, 160, 0), train_tokenizer(TEXTS, 160, 0)
    assert first.get_vocab() == second.get_vocab()
    assert first.backend_tokenizer.to_str() == second.backend_tokenizer.to_str()  # scores, too


def test_at_most_so_many_pieces_and_mt5s_special_ones() -> None:
    tokenizer = train_tokenizer(TEXTS, 160, 0)
    assert len(tokenizer) <= 160
    assert (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id) == (0, 1, 2)
    assert tokenizer("Finland").input_ids[-1] == tokenizer.eos_token_id
    for number in range(SENTINELS):
        piece = f"<extra_id_{number}>"
        assert tokenizer.convert_ids_to_tokens(tokenizer.convert_tokens_to_ids(piece)) == piece
        assert tokenizer(piece, add_special_tokens=False).input_ids == [
            tokenizer.convert_tokens_to_ids(piece)
        ]


def test_round_trip(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = train_tokenizer(TEXTS, 160, 0)
    tokenizer.save_pretrained(str(tmp_path))
    loaded = AutoTokenizer.from_pretrained(str(tmp_path))
    for text in TEXTS[:8]:
        ids = tokenizer(text).input_ids
        assert tokenizer.unk_token_id not in ids
        assert tokenizer.decode(ids, skip_special_tokens=True) == text
        assert loaded(text).input_ids == ids


def test_unknown_characters_become_unk() -> None:
    tokenizer = train_tokenizer(TEXTS, 160, 0)
    assert tokenizer.unk_token_id in tokenizer("ქართული").input_ids


def test_whole_pieces_win_and_come_on_top() -> None:
    plain = train_tokenizer(TEXTS, 160, 0)
    whole = ["▁Finland", "Финляндия", "▁Finland"]  # given twice, there once
    tokenizer = train_tokenizer(TEXTS, 160, 0, whole)
    added = set(whole) - set(plain.get_vocab())
    assert added
    assert len(tokenizer) == len(plain) + len(added)
    assert tokenizer.tokenize("Finland") == ["▁Finland"]
    assert "Финляндия" in tokenizer.tokenize("аФинляндия?")
    assert tokenizer.decode(tokenizer("аФинляндия?").input_ids, skip_special_tokens=True) == "аФинляндия?"


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_text(text: str) -> None:
    assert train_tokenizer(TEXTS, 160, 0)(text).input_ids[-1] == 1
