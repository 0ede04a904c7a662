"""What the model card says of generated queries: the right script, the right entity."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.mini import generator_quality as quality
from tools.mini.card import add_table
from tools.mini.generator_quality import (
    QualityLog,
    in_script,
    measure_queries,
    names_entity,
    passages_about,
    sample_passages,
    shares,
)
from tools.mini.scripts import script_of
from xqg.benchmarks.atlas import LANGUAGES, passages, wordings
from xqg.errors import XqgError


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
        for texts in wordings(language).values():
            assert all(in_script(text.replace("{x}", ""), language) for text in texts)


def test_names_entity_and_shares() -> None:
    finland = next(p for p in passages() if p.entity.key == "territory:FI")
    assert names_entity("mikä on suomi?", finland, "fi")
    assert not names_entity("mikä on ruotsi?", finland, "fi")
    texts = ("Mikä on Suomen pääkaupunki, siis Suomi?", "Which currency does Finland have?", "", "Что это такое, Suomi?")
    rows = [(text, finland) for text in texts]
    assert shares(rows, "fi") == {"language": 25.0, "script": 50.0, "entity": 50.0}
    assert shares(rows, "ru") == {"language": 25.0, "script": 25.0, "entity": 0.0}


def test_sample_passages() -> None:
    found = sample_passages("dev", 20)
    assert len(found) == 20
    assert all(passage.entity.split == "dev" for passage in found)
    assert found[:5] == sample_passages("dev", 5)


def test_passages_about() -> None:
    found = {split: passages_about(split) for split in ("train", "dev", "test")}
    assert sum(map(len, found.values())) == len(passages())
    assert all(passage.entity.split == "test" for passage in found["test"])
    with pytest.raises(XqgError, match="atlas has no split 'tset'; give train, dev or test"):
        passages_about("tset")


class Scripted:
    """A generator that asks well in Russian, in English when Finnish is asked for, else nothing."""

    name, fingerprint, prompt = "scripted", "0", "{language} {passage}"
    languages = LANGUAGES

    def __init__(self) -> None:
        self.blocks: list[tuple[str, int, int]] = []

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        self.blocks.append((language, len(passages), seed))
        text = {
            "ru": "Финляндия: какая там сейчас валюта?",
            "fi": "What is the present currency of the country called Suomi?",
        }.get(language, "")
        return [[text] * n for _ in passages]


@pytest.fixture
def about_finland(monkeypatch: pytest.MonkeyPatch) -> int:
    """Finland's passages in place of a split's; gives their number."""
    found = [p for p in passages() if p.entity.key == "territory:FI"]
    monkeypatch.setattr(quality, "passages_about", lambda split: found)
    return len(found)


def test_measure_queries(about_finland: int) -> None:
    found = measure_queries(Scripted(), "test", n=2)
    assert list(found) == list(LANGUAGES)
    count = 2 * about_finland
    assert found["ru"] == {"language": 100.0, "entity": 100.0, "queries": count}
    assert found["fi"] == {"language": 0.0, "entity": 100.0, "queries": count}
    assert found["ja"] == {"language": 0.0, "entity": 0.0, "queries": count}  # blank: counted, wrong


def test_measure_queries_asks_for_blocks_of_64() -> None:
    generator = Scripted()
    first = measure_queries(generator, "dev", seed=3)
    count = len(passages_about("dev"))
    assert first["te"]["queries"] == count > 64
    sizes = [size for language, size, _ in generator.blocks if language == "te"]
    assert sizes == [64] * (count // 64) + [count % 64]
    again = Scripted()
    measure_queries(again, "dev", seed=3)
    assert again.blocks == generator.blocks  # the seeds, too
    with pytest.raises(XqgError, match="give 1 or more"):
        measure_queries(again, "dev", n=0)


def test_add_table(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("# mini\n\n## Result\n\n- steps: 1\n", encoding="utf-8")
    for value in (1.0, 50.0):  # the second time in place of the first
        add_table(tmp_path, "Queries", "Made once.", {"ja": {"language": value, "queries": 2}})
    assert card.read_text(encoding="utf-8") == (
        "# mini\n\n## Result\n\n- steps: 1\n\n## Queries\n\nMade once.\n\n"
        "| | language | queries |\n|---|---|---|\n| ja | 50.0 | 2 |\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    with pytest.raises(XqgError, match="no such model card; give the folder of a model"):
        add_table(tmp_path / "absent", "Queries", "", {"ja": {"language": 1.0}})


def test_quality_log(about_finland: int, mt5_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(str(mt5_folder)).train()
    log = QualityLog(AutoTokenizer.from_pretrained(str(mt5_folder)), every=3, count=2)
    before, own = torch.get_rng_state(), model.generation_config
    for step in range(1, 8):
        log.on_step_end(None, SimpleNamespace(global_step=step), None, model=model)
    assert torch.equal(torch.get_rng_state(), before)  # measuring leaves the training as it was
    assert model.training
    assert model.generation_config is own
    assert "step 3: language " in capsys.readouterr().err
    log.save(tmp_path)
    curve = json.loads((tmp_path / "curve.json").read_text(encoding="utf-8"))
    assert [row["step"] for row in curve] == [3, 6]
    assert list(curve[0]["languages"]) == list(LANGUAGES)
    assert list(curve[0]["languages"]["ja"]) == ["language", "script", "entity", "distinct-1", "distinct-2", "sample"]
    [(heading, table)] = log.table().items()
    assert heading.startswith("one sampled query for each of 2 passages")
    assert [step.split(" (")[0] for step in table] == ["step 3", "step 6"]


def test_no_table_of_a_run_too_short_to_measure(tmp_path: Path) -> None:
    log = QualityLog(None, every=3, count=2)
    log.on_step_end(None, SimpleNamespace(global_step=1), None)
    log.save(tmp_path)
    assert log.table() == {}
    assert json.loads((tmp_path / "curve.json").read_text(encoding="utf-8")) == []
