"""Model cards and the warning about languages."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from xqg.models import Card, read_card, warn_untrained


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("---\nlanguage: en\n---\n# A model", Card(("en",), None)),
        ("---\nlanguage:\n- en\n- no\n- ja\n---\n", Card(("en", "no", "ja"), None)),
        ("---\nlanguage: [en, multilingual]\n---\n", Card(None, None)),
        ('---\nxqg:\n  prompt: "{language}: {passage}"\n---\n', Card(None, "{language}: {passage}")),
        ("\ufeff---\nlanguage: hi\n---\n", Card(("hi",), None)),
        ("---\nlanguage: []\nxqg: yes\n---\n", Card(None, None)),
        ("# No front matter\n---\n", Card(None, None)),
        ("---\nlanguage: en\n", Card(None, None)),
        ("---\n- a\n---\n", Card(None, None)),
        ("", Card(None, None)),
    ],
)
def test_front_matter(text: str, card: Card, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert read_card(tmp_path) == card


def test_no_card_and_broken_cards(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_card(tmp_path) == Card(None, None)
    assert not caplog.records
    (tmp_path / "README.md").write_text("---\nlanguage: [en\n---\n")
    assert read_card(tmp_path) == Card(None, None)
    (tmp_path / "README.md").write_bytes(b"---\nlanguage: \xff\n---\n")
    assert read_card(tmp_path) == Card(None, None)
    assert len(caplog.records) == 2


def test_untrained_languages_are_named_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert warn_untrained("encoder", "card-test", ("en", "zh"), ["ja", "en", "ja", "zh-Hant"]) == ["ja"]
        assert warn_untrained("encoder", "card-test", ("en",), ["ja", "ru"]) == ["ja", "ru"]
        assert warn_untrained("encoder", "card-test", ("en",), ["ja", "ru"]) == ["ja", "ru"]
        assert warn_untrained("encoder", "another", None, ["ja"]) == []
    assert [record.getMessage() for record in caplog.records] == [
        "warning: encoder card-test was not trained for ja (its model card says so)",
        "warning: encoder card-test was not trained for ru (its model card says so)",
    ]
