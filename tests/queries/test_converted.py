"""A converted generator samples as its original does, whatever is sampled beside it."""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage
from xqg.queries import fill, generate, load_generator
from xqg.queries.convert import convert
from xqg.queries.converted import ConvertedGenerator
from xqg.queries.seq2seq import Seq2SeqGenerator

BLOCK = [("", "The capital of Japan is Tokyo."), ("Rome", "In which year did the empire fall?")]


@pytest.fixture(scope="module")
def folder(mt5_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small mT5, converted for Japanese and Russian; nothing is rounded."""
    out = tmp_path_factory.mktemp("converted") / "model"
    convert(str(mt5_folder), ["ja", "ru"], out, quantization="float32")
    return out


@pytest.fixture(scope="module")
def converted(folder: Path) -> ConvertedGenerator:
    found = load_generator(str(folder), device="cpu")
    assert isinstance(found, ConvertedGenerator)
    return found


def test_same_seed_same_queries(converted: ConvertedGenerator, folder: Path) -> None:
    first = converted.generate_block(BLOCK, "ja", 3, seed=5)
    assert [len(texts) for texts in first] == [3, 3]
    assert converted.generate_block(BLOCK, "ja", 3, seed=5) == first
    assert converted.generate_block(BLOCK, "ja", 3, seed=6) != first
    assert converted.generate_block(BLOCK, "ja", 3, seed=5 + 2**62) != first
    again = load_generator(str(folder), device="cpu")
    assert again.generate_block(BLOCK, "ja", 3, seed=5) == first
    assert again.fingerprint == converted.fingerprint
    assert converted.generate_block([], "ja", 3, seed=5) == []
    assert all(text == text.strip() for texts in first for text in texts)


def test_passages_of_a_block_get_numbers_of_their_own(converted: ConvertedGenerator) -> None:
    made = converted.generate_block(BLOCK[:1] * 40, "fi", 1, seed=5)  # several rounds of 8
    assert len({texts[0] for texts in made}) > 30


def test_blocks_beside_each_other_change_nothing(
    converted: ConvertedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = [Passage(f"p{row}", *BLOCK[row % 2], "en") for row in range(14)]
    texts = [passage.full_text for passage in pool]
    made = {}
    for workers in (1, 4):
        monkeypatch.setattr(converted, "workers", workers)
        for _ in range(3):  # which thread draws first is chance
            queries = generate(pool, texts, converted, {"ja": 2, "ru": 2}, seed=1, block_size=2)
            assert made.setdefault("queries", queries) == queries


def test_samples_are_as_likely_as_transformers_own(mt5_folder: Path, converted: ConvertedGenerator) -> None:
    """By the original's own judgement. A decoder scaled as T5's instead of mT5's draws almost evenly."""
    plain = load_generator(str(mt5_folder), device="cpu", dtype="float32")
    assert isinstance(plain, Seq2SeqGenerator)
    title, text = BLOCK[1]
    prompt = fill(plain.prompt, "fi", title, text)  # not converted for: all pieces
    means = []
    for generator in (plain, converted):
        made = generator.generate_block([(title, text)] * 4, "fi", 100, seed=2)
        drawn = [query for queries in made for query in queries]
        found = plain.log_probabilities([prompt] * len(drawn), drawn)
        means.append((statistics.mean(found), statistics.stdev(found) / len(found) ** 0.5))
    (one, error), (other, _) = means
    assert other == pytest.approx(one, abs=5 * error)


def test_a_language_it_was_converted_for_is_written_in_its_script(converted: ConvertedGenerator) -> None:
    def cyrillic(language: str) -> float:
        made = converted.generate_block(BLOCK, language, 50, seed=3)
        letters = [letter for texts in made for text in texts for letter in text if letter.isalpha()]
        return sum("а" <= letter.lower() <= "я" for letter in letters) / len(letters)

    assert cyrillic("ru") > 0
    assert cyrillic("fi") > 0  # not converted for Finnish: every piece may be written
    assert cyrillic("ja") == 0


def test_settings_and_card(mt5_folder: Path, converted: ConvertedGenerator) -> None:
    plain = load_generator(str(mt5_folder), device="cpu", dtype="float32")
    theirs, ours = plain.settings(), converted.settings()
    assert {key for key in ours if ours[key] != theirs[key]} == {"name", "fingerprint"}
    assert converted.restricted == ("ja", "ru")


def test_a_folder_can_hold_its_converted_form(mt5_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mt5_folder, tmp_path / "both")
    before = load_generator(str(folder), device="cpu")
    convert(str(folder), ["ja"], folder / "converted")
    quick = load_generator(str(folder), device="cpu")
    assert isinstance(before, Seq2SeqGenerator)
    assert isinstance(quick, ConvertedGenerator)
    assert (quick.name, quick.dtype) == (str(folder), "int8")
    plain = load_generator(str(folder), device="cpu", dtype="float32")
    assert isinstance(plain, Seq2SeqGenerator)
    assert plain.fingerprint == before.fingerprint != quick.fingerprint
    assert isinstance(load_generator(str(folder), device="cpu", dtype="int8"), ConvertedGenerator)


def test_damaged_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    for number, (file, text, message) in enumerate(
        [
            ("converted.json", "{", "converted.json: broken; convert the generator again"),
            (
                "converted.json",
                json.dumps({"format": 9, "languages": {}, "quantization": "int8"}),
                "not of format 1",
            ),
            (
                "model/model.bin",
                "nonsense",
                "cannot be loaded .*; convert the generator again with xqg convert",
            ),
        ]
    ):
        copy = shutil.copytree(folder, tmp_path / str(number))
        (copy / file).write_text(text)
        with pytest.raises(XqgError, match=message):
            load_generator(str(copy), device="cpu")
