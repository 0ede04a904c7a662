"""A converted generator gives its original's probabilities, and writes what its language may be written with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import bert_parts, save, unigram_pieces
from xqg.errors import XqgError
from xqg.queries import fill, load_generator
from xqg.queries.convert import convert

PASSAGES = [("", "The capital of Japan is Tokyo."), ("Rome", "In which year did the empire fall?")]
TARGETS = ["Tokyo", "日本の首都は東京です。", "Где находится столица Японии?", ""]


def parts(kind: str) -> tuple[Any, Any]:
    """A small model and its tokenizer; the embedding has three rows more than there are pieces."""
    import torch
    import transformers

    learned = unigram_pieces(200, ("<pad>", "</s>", "<unk>"))
    rows = len(learned) + 1
    tokenizer = transformers.T5Tokenizer(vocab=[*learned, (f"<row {rows}>", -50.0)], extra_ids=0)
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=rows + 3,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
    )
    return getattr(transformers, f"{kind}ForConditionalGeneration")(config), tokenizer


def tied(folder: Path, kind: str = "MT5") -> None:
    save(folder, *parts(kind))


def untied(folder: Path) -> None:
    import torch

    model, tokenizer = parts("MT5")
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    save(folder, model, tokenizer)


def scaled_t5(folder: Path) -> None:
    tied(folder, "T5")


def unscaled_t5(folder: Path) -> None:
    scaled_t5(folder)
    path = folder / "config.json"
    settings = {**json.loads(path.read_text()), "tie_word_embeddings": False}
    settings.pop("scale_decoder_outputs")
    path.write_text(json.dumps(settings))


def umt5(folder: Path) -> None:
    tied(folder, "UMT5")


def stored_in_bfloat16(folder: Path) -> None:
    import torch

    model, tokenizer = parts("MT5")
    save(folder, model.to(torch.bfloat16), tokenizer)


def probabilities(folder: Path) -> list[float]:
    generator = load_generator(str(folder), device="cpu", dtype="float32")
    prompts = [fill(generator.prompt, "ja", *passage) for passage in PASSAGES for _ in TARGETS]
    return generator.log_probabilities(prompts, TARGETS * len(PASSAGES))


@pytest.mark.parametrize("make", [tied, untied, scaled_t5, unscaled_t5, umt5, stored_in_bfloat16])
def test_the_same_probabilities(make: Any, tmp_path: Path) -> None:
    make(tmp_path / "model")
    made = convert(str(tmp_path / "model"), ["ja"], tmp_path / "out", quantization="float32")
    before, after = probabilities(tmp_path / "model"), probabilities(tmp_path / "out")
    assert max(before) - min(before) > 10  # they say something
    assert after == pytest.approx(before, abs=1e-3)
    assert made["check"]["largest"] < 1e-3
    assert made["check"]["texts"] == 6
    names = json.loads((tmp_path / "out" / "model" / "shared_vocabulary.json").read_text())
    assert (
        len(names)
        == len(set(names))
        == json.loads((tmp_path / "model" / "config.json").read_text())["vocab_size"]
    )


def test_in_int8_nearly_the_same_probabilities(mt5_folder: Path, tmp_path: Path) -> None:
    made = convert(str(mt5_folder), ["ja"], tmp_path / "out")
    assert 0 < made["check"]["mean"] < 0.2
    assert probabilities(tmp_path / "out") == pytest.approx(probabilities(mt5_folder), rel=0.1)


def test_int8_writes_as_well_as_its_original(tmp_path: Path) -> None:
    """The packaged generator, on entities it was not trained on; percent of 128 queries."""
    from tools.mini.generator_quality import sample_passages, shares

    convert("mini", ["ja", "ru"], tmp_path / "out")
    subjects = sample_passages("dev", 64)
    block = [(passage.title(), passage.text()) for passage in subjects]
    found = {}
    for name in ("mini", str(tmp_path / "out")):
        generator = load_generator(name, device="cpu", dtype="auto" if name != "mini" else "float32")
        judged = []
        for language in ("ja", "ru"):
            made = generator.generate_block(block, language, 1, seed=0)
            rows = [(text, passage) for texts, passage in zip(made, subjects, strict=True) for text in texts]
            judged.append(shares(rows, language))
        found[name] = {share: (judged[0][share] + judged[1][share]) / 2 for share in ("script", "entity")}
    before, after = found.values()
    assert after["script"] >= before["script"]  # hardly anything else can be written
    assert after["entity"] > before["entity"] - 12  # two standard errors


@pytest.fixture(scope="module")
def out(mt5_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("converted") / "out"
    convert(str(mt5_folder), ["ja", "ru"], folder, quantization="float32")
    return folder


def first_pieces(folder: Path, language: str, text: str, restricted: bool) -> dict[str, float]:
    """ln P of the pieces that a query can begin with."""
    import ctranslate2

    generator = load_generator(str(folder), device="cpu")
    ids = generator.tokenizer(fill(generator.prompt, language, "", text))["input_ids"]
    translator = ctranslate2.Translator(str(folder / "model"), device="cpu")
    (made,) = translator.translate_batch(
        [generator.tokenizer.convert_ids_to_tokens(ids)],
        beam_size=1,
        num_hypotheses=60,
        return_alternatives=True,
        max_decoding_length=1,
        return_scores=True,
        use_vmap=restricted,
    )
    return {"".join(pieces): score for pieces, score in zip(made.hypotheses, made.scores, strict=True)}


def test_what_may_be_written_is_as_likely_as_before(out: Path) -> None:
    every = first_pieces(out, "ja", "Tokyo", restricted=False)
    kept = first_pieces(out, "ja", "Tokyo", restricted=True)
    both = [piece for piece in every if piece in kept]
    assert len(both) > 20
    more = [kept[piece] - every[piece] for piece in both]
    assert more == pytest.approx([more[0]] * len(both), abs=1e-4)
    assert more[0] > 0.005  # what the other pieces had is shared out


def test_a_passage_that_names_a_language_does_not_allow_it(out: Path) -> None:
    named = first_pieces(out, "ja", "A Russian question for Russian people", restricted=True)
    assert not [piece for piece in named if any("а" <= letter <= "я" for letter in piece.lower())]
    asked = first_pieces(out, "ru", "A Japanese question", restricted=True)
    assert [piece for piece in asked if any("а" <= letter <= "я" for letter in piece.lower())]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written(out: Path, mt5_folder: Path, tmp_path: Path) -> None:
    made = convert(str(mt5_folder), ["ja", "ru", "ja"], tmp_path / "out", quantization="float32")
    assert files(tmp_path / "out") == files(out)
    assert {"converted.json", "README.md", "tokenizer.json", "model/model.bin", "model/vmap.txt"} <= {
        *files(out)
    }
    assert not (out / "vmap.txt").exists()
    assert json.loads((out / "converted.json").read_text()) == made
    assert made["source"] == str(mt5_folder)
    assert made["source_fingerprint"] == load_generator(str(mt5_folder), device="cpu").fingerprint
    assert list(made["languages"]) == ["ja", "ru"]


def test_languages_and_prompt_of_the_card_are_kept(mt5_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mt5_folder, tmp_path / "model")
    prompt = '{passage}: "In {language}" #1'
    card = f"---\nlanguage: [no, ja]\nxqg:\n  prompt: '{prompt}'\n---\n"
    (folder / "README.md").write_text(card)
    convert(str(folder), ["ja"], tmp_path / "out")
    found = load_generator(str(tmp_path / "out"), device="cpu")
    assert (found.prompt, found.languages) == (prompt, ("no", "ja"))


def test_refusals_leave_nothing_behind(
    mt5_folder: Path, bert_folder: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, target = str(mt5_folder), tmp_path / "new" / "out"
    target.parent.mkdir()
    mixed = shutil.copytree(mt5_folder, tmp_path / "mixed")
    (mixed / "README.md").write_text('---\nxqg: {prompt: "{language}{passage}"}\n---\n')
    bart = save(tmp_path / "bart", bart_model(), bert_parts()[1])
    for arguments, message in [
        ((model, [], target), "no language to convert for"),
        ((model, ["xx"], target), "unknown language code 'xx'"),
        ((model, ["zxx"], target), "CLDR does not say which script"),
        ((model, ["ja", "te"], target), "no piece in the script of Telugu"),
        ((model, ["ja"], tmp_path / "mixed"), "already there; choose another `out`"),
        ((model, ["ja"], tmp_path / "absent" / "out"), "create it first"),
        ((str(out), ["ja"], target), "converted already; give the model that it was made from"),
        ((str(bert_folder), ["ja"], target), "cannot be loaded as a sequence-to-sequence model"),
        ((str(bart), ["ja"], target), "a bart model, and only t5, mt5, umt5 can be converted"),
        ((str(mixed), ["ja"], target), "mix Japanese with the passage"),
        (("someone/no-such-model", ["ja"], target), "neither a local folder nor reachable"),
    ]:
        with pytest.raises(XqgError) as caught:
            convert(*arguments)
        assert message in str(caught.value)
    with pytest.raises(XqgError, match="unknown quantization 'int4'; use int8 or float32"):
        convert(model, ["ja"], target, quantization="int4")
    monkeypatch.setattr("ctranslate2.converters.transformers.MT5Loader.set_layer_norm", doubled)
    with pytest.raises(XqgError, match=r"probabilities that differ grossly .* use it as it is"):
        convert(model, ["ja"], target, quantization="float32")
    assert not list(target.parent.iterdir())


def bart_model() -> Any:
    from transformers import BartConfig, BartForConditionalGeneration

    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 8, "decoder_ffn_dim": 8}
    heads = {"encoder_attention_heads": 1, "decoder_attention_heads": 1}
    return BartForConditionalGeneration(BartConfig(vocab_size=600, d_model=8, **sizes, **heads))


def doubled(loader: Any, spec: Any, layer_norm: Any) -> None:
    """As a converter that has not kept up with transformers."""
    spec.gamma = 2 * layer_norm.weight
