"""What the model card says of generated queries: the right script, the right entity."""

from __future__ import annotations

import pytest

from xqg.benchmarks.atlas.names import LANGUAGES, split_of
from xqg.benchmarks.atlas.passages import passages
from xqg.benchmarks.atlas.questions import templates
from xqg.training.quality import in_script, names_entity, sample_passages, shares
from xqg.training.scripts import script_of


@pytest.mark.parametrize(
    ("letter", "script"),
    [
        ("a", "LATIN"),
        ("ж", "CYRILLIC"),
        ("東", "JAPANESE"),
        ("ひ", "JAPANESE"),
        ("カ", "JAPANESE"),
        ("ー", "JAPANESE"),
        ("한", "HANGUL"),
        ("త", "TELUGU"),
        ("\ue000", "NONE"),  # private use: no name
    ],
)
def test_script_of(letter: str, script: str) -> None:
    assert script_of(letter) == script


def test_in_script() -> None:
    assert in_script("Финляндия: какой код ISO?", "ru")  # a few letters of another script are normal
    assert not in_script("Finland: какой?", "ru")
    assert in_script("フィンランドの通貨は何ですか？", "ja")
    assert not in_script("핀란드의 통화", "ja")
    assert in_script("", "ja") is False
    for language in LANGUAGES:
        for wordings in templates(language).values():
            assert all(in_script(wording.replace("{x}", ""), language) for wording in wordings)


def test_names_entity_and_shares() -> None:
    finland = next(p for p in passages() if p.entity.key == "territory:FI")
    assert names_entity("mikä on suomi?", finland, "fi")
    assert not names_entity("mikä on ruotsi?", finland, "fi")
    rows = [("Mikä on Suomi?", finland), ("Mikä?", finland), ("Что?", finland), ("Suomi", finland)]
    assert shares(rows, "fi") == {"script": 75.0, "entity": 50.0}


def test_sample_passages() -> None:
    found = sample_passages("dev", 20)
    assert len(found) == 20
    assert all(split_of(passage.entity) == "dev" for passage in found)
    assert found[:5] == sample_passages("dev", 5)
