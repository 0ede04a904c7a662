"""Tiny recipes from end to end: they train, load without xqg, and repeat to the last bit."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.mini.encoder import train as train_encoder
from tools.mini.generator import train as train_generator
from tools.mini.generator_quality import measured_card
from tools.mini.generator_tasks import Tasks
from tools.mini.recipes import MiniEncoderRecipe, MiniGeneratorRecipe
from xqg.benchmarks.atlas import LANGUAGES
from xqg.errors import XqgError
from xqg.models import read_card

ENCODER = MiniEncoderRecipe(
    vocabulary=3000, dimension=64, scarce=20, examples=64, name_pairs=64, batch_size=32, epochs=1
)


def _generator_recipe(encoder: Path) -> MiniGeneratorRecipe:
    return MiniGeneratorRecipe(
        encoder=str(encoder),
        encoder_layers=1,
        decoder_layers=1,
        heads=2,
        feed_forward=32,
        scarce=20,
        batch_size=4,
        steps=10,
        short_first=2,
        evaluate_every=1000,
    )


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "encoder"
    train_encoder(ENCODER, folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def few_passages() -> Iterator[None]:
    """Two passages of a split to measure a trained generator on, not hundreds."""
    from tools.mini import generator_quality as quality

    whole = quality.passages_about
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "passages_about", lambda split: whole(split)[:2])
        yield


@pytest.fixture(scope="module")
def generator(encoder: Path) -> Path:
    folder = encoder.parent / "generator"
    train_generator(_generator_recipe(encoder), folder)
    return folder


def test_encoder_loads_without_xqg(encoder: Path) -> None:
    import numpy as np
    from sentence_transformers import SentenceTransformer

    modules = json.loads((encoder / "modules.json").read_text(encoding="utf-8"))
    assert all(module["type"].startswith("sentence_transformers.") for module in modules)
    model = SentenceTransformer(str(encoder), device="cpu")
    assert model.similarity_fn_name == "cosine"
    vectors = model.encode(["What is the currency of Finland?", "フィンランドの通貨は何ですか？"])
    assert vectors.shape == (2, ENCODER.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=1e-2)
    assert [path.name for path in encoder.parent.glob(".*")] == []  # nothing half-written stays


def test_encoder_loads_with_xqg(encoder: Path) -> None:
    from xqg.encoding import load_encoder

    loaded = load_encoder(str(encoder))
    assert loaded.similarity == "cosine"
    assert loaded.dimension == ENCODER.dimension
    assert loaded.languages == LANGUAGES


def test_encoder_same_seed_same_weights(encoder: Path) -> None:
    again = encoder.parent / "again"
    again.mkdir()
    (again / "modules.json").write_text("[]")  # an older model, to be replaced as a whole
    (again / "stale.txt").write_text("of the older model")
    train_encoder(ENCODER, again)
    for name in ("model.safetensors", "tokenizer.json"):
        assert (again / name).read_bytes() == (encoder / name).read_bytes(), name
    assert not (again / "stale.txt").exists()


def test_encoder_card(encoder: Path) -> None:
    card = (encoder / "README.md").read_text(encoding="utf-8")
    assert read_card(encoder).languages == LANGUAGES
    assert read_card(encoder).prompt is None
    assert "# xqg mini encoder" in card
    assert "by `make mini`" in card
    assert "method: mini" in card
    assert "vocabulary: 3000" in card
    for language in LANGUAGES:
        assert f"| R@1 {language} | " in card


def test_generator_loads_without_xqg(generator: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(str(generator))
    tokenizer = AutoTokenizer.from_pretrained(str(generator))
    assert model.config.model_type == "mt5"
    assert model.config.vocab_size == len(tokenizer)
    assert all(torch.isfinite(weight).all() for weight in model.parameters())
    ids = model.generate(**tokenizer("Finland", return_tensors="pt"), max_new_tokens=4)
    assert ids.shape[0] == 1


def test_generator_loads_with_xqg(generator: Path) -> None:
    from xqg.queries import load_generator

    loaded = load_generator(str(generator), device="cpu")
    assert loaded.languages == LANGUAGES
    assert loaded.prompt == "Generate a {language} question for this passage: {title} {passage}"
    found = loaded.generate_block([("Money in Finland", "People in Finland pay with the Euro.")], "ja", 2, 0)
    assert [len(queries) for queries in found] == [2]


def test_generator_has_the_words_of_names_whole(generator: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(generator))
    for text in ("Suomi", "핀란드", "Доминиканская Республика", "アメリカ合衆国"):
        assert [piece.strip("▁") for piece in tokenizer.tokenize(text) if piece != "▁"] == text.split()
    # Russian and Japanese questions have names in the middle of what blanks set apart.
    assert "Доминиканская" in tokenizer.tokenize("письмо «Доминиканская»")
    assert "アメリカ合衆国" in tokenizer.tokenize("支払いにアメリカ合衆国を")


def test_generator_same_seed_same_weights(encoder: Path, generator: Path) -> None:
    again = encoder.parent / "generator-again"
    train_generator(_generator_recipe(encoder), again)
    assert (again / "model.safetensors").read_bytes() == (generator / "model.safetensors").read_bytes()


def test_generator_other_seed_other_weights(encoder: Path, generator: Path) -> None:
    other = encoder.parent / "generator-other"
    train_generator(dataclasses.replace(_generator_recipe(encoder), seed=1, steps=1), other)
    assert (other / "model.safetensors").read_bytes() != (generator / "model.safetensors").read_bytes()


def test_generator_card(generator: Path) -> None:
    card = (generator / "README.md").read_text(encoding="utf-8")
    assert read_card(generator).languages == LANGUAGES
    assert read_card(generator).prompt == "Generate a {language} question for this passage: {title} {passage}"
    assert "steps: 10" in card
    assert "| | |" not in card  # no measurement in ten steps, so no empty table


def test_generator_card_measures_test_entities(generator: Path) -> None:
    card = (generator / "README.md").read_text(encoding="utf-8")
    result, table = card.split("\n## Queries for test entities\n")
    assert "| | language | entity | queries |" in table
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.endswith("| 2 |")]
    assert [row[0] for row in rows] == list(LANGUAGES)
    assert all(0 <= float(share) <= 100 for row in rows for share in row[1:3])
    weights = (generator / "model.safetensors").read_bytes()
    assert measured_card(generator, device="cpu")["ja"]["queries"] == 2
    assert (generator / "README.md").read_text(encoding="utf-8").startswith(result)
    assert (generator / "README.md").read_text(encoding="utf-8").count("## Queries") == 1
    assert (generator / "model.safetensors").read_bytes() == weights


def test_examples_depend_on_seed_and_number_only() -> None:
    recipe = _generator_recipe(Path("unused"))
    first, second = Tasks(recipe), Tasks(recipe)
    assert [first.draw(number) for number in (5, 3, 400)] == [second.draw(number) for number in (5, 3, 400)]
    whole = dataclasses.replace(recipe, steps=16)
    drawn = sorted(row["source"] for row in Tasks(whole).stream())
    assert drawn == sorted(first.draw(number)["source"] for number in range(64))


def test_short_sources_come_first() -> None:
    recipe = dataclasses.replace(_generator_recipe(Path("unused")), short_first=50, name_share=0.2)
    tasks = Tasks(recipe)
    early = [tasks.draw(number)["source"] for number in range(200)]
    late = [tasks.draw(number)["source"] for number in range(200, 800)]

    def of(kind: str, sources: list[str]) -> list[int]:
        return [len(source.split()) for source in sources if source.startswith(kind)]

    assert len(of("Name in ", early)) + len(of("Generate a ", early)) == len(early)  # no denoising yet
    assert len(of("Name in ", early)) > 60 < len(of("Generate a ", early))
    assert max(of("Name in ", early)) < 12 < max(of("Name in ", late))  # a name alone
    assert max(of("Generate a ", early)) < 35 < max(of("Generate a ", late))  # at most one sentence
    assert any("<extra_id_0>" in source for source in late)


def test_generator_needs_an_encoder(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(XqgError, match=re.escape(str(folder))) as error:
            train_generator(_generator_recipe(folder), tmp_path / "out")
        assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_generator_needs_dimensions_that_fit(tmp_path: Path) -> None:
    small = dataclasses.replace(ENCODER, dimension=8, examples=32, name_pairs=32)
    train_encoder(small, tmp_path / "small")
    with pytest.raises(XqgError, match=r"8 dimensions for \d+ scripts; train an encoder with dimension"):
        train_generator(_generator_recipe(tmp_path / "small"), tmp_path / "out")
    heads = dataclasses.replace(_generator_recipe(tmp_path / "small"), heads=3)
    with pytest.raises(XqgError, match="heads is 3, which does not divide the 8 dimensions"):
        train_generator(heads, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_output_is_refused_before_training(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(XqgError, match="file: is a file or a link"):
        train_encoder(ENCODER, file)
    with pytest.raises(XqgError, match="holds files that are no model"):
        train_encoder(ENCODER, tmp_path)
    assert file.read_text() == "mine"
