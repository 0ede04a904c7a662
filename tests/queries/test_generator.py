"""The generator samples as it should, whatever the model's own settings say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.queries import DEFAULT_PROMPT, fill, load_generator

BLOCK = [("", "The capital of Japan is Tokyo."), ("Rome", "In which year did the empire fall?")]


def test_same_seed_same_queries(mt5_folder: Path) -> None:
    import torch

    generator = load_generator(str(mt5_folder), device="cpu")
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    first = generator.generate_block(BLOCK, "ja", 3, seed=5)
    assert torch.rand(1) == expected  # the caller's random state is left alone
    assert [len(texts) for texts in first] == [3, 3]
    assert generator.generate_block(BLOCK, "ja", 3, seed=5) == first
    assert generator.generate_block(BLOCK, "ja", 3, seed=6) != first
    assert generator.generate_block(BLOCK, "ru", 3, seed=5) != first
    assert load_generator(str(mt5_folder), device="cpu").generate_block(BLOCK, "ja", 3, seed=5) == first
    assert generator.generate_block([], "ja", 3, seed=5) == []
    assert all(text == text.strip() for texts in first for text in texts)


def test_sampler_draws_from_the_softmax_of_the_k_best() -> None:
    import torch

    from xqg.queries.sampling import top_k_sampler

    logits = torch.tensor([[2.0, -1.0, 1.0, 0.0, 1.5]])
    torch.manual_seed(0)
    drawn = top_k_sampler(3)(None, logits.expand(20_000, -1)).argmax(dim=1)
    shares = torch.bincount(drawn, minlength=5) / len(drawn)
    expected = torch.softmax(torch.tensor([2.0, -torch.inf, 1.0, -torch.inf, 1.5]), dim=0)
    assert shares.tolist() == pytest.approx(expected.tolist(), abs=0.012)  # 3.4 standard errors


def test_samples_are_as_long_as_transformers_own(mt5_folder: Path) -> None:
    """Over 200 samples the mean length is that of transformers' own top-k sampling."""
    import torch

    generator = load_generator(str(mt5_folder), device="cpu")
    prompts = [fill(DEFAULT_PROMPT, "ja", title, text) for title, text in BLOCK]
    batch = generator.tokenizer(prompts, padding=True, return_tensors="pt")
    torch.manual_seed(5)
    made = generator.model.generate(
        **batch, do_sample=True, top_k=10, temperature=1.0, max_new_tokens=64, num_return_sequences=100
    )
    theirs = [text.strip() for text in generator.tokenizer.batch_decode(made, skip_special_tokens=True)]
    ours = [text for texts in generator.generate_block(BLOCK, "ja", 100, seed=5) for text in texts]
    assert len(ours) == len(theirs) == 100 * len(BLOCK)
    lengths = [sum(map(len, texts)) / len(texts) for texts in (ours, theirs)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.1)


def test_log_probabilities_of_padded_batches(mt5_folder: Path) -> None:
    generator = load_generator(str(mt5_folder), device="cpu")
    prompts, targets = [text for _, text in BLOCK], ["Tokyo", "Who is the emperor of Japan?"]
    together = generator.log_probabilities(prompts, targets)
    alone = [generator.log_probabilities([p], [t])[0] for p, t in zip(prompts, targets, strict=True)]
    assert together == pytest.approx(alone, abs=1e-3)
    batch = generator.tokenizer(prompts[0], text_target=targets[0], return_tensors="pt")
    loss = generator.model(**batch).loss.item()
    assert alone[0] == pytest.approx(-loss * batch["labels"].numel(), rel=1e-4)


def test_the_models_own_generation_settings_change_nothing(mt5_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mt5_folder, tmp_path / "copy")
    own = {"num_beams": 3, "top_k": 2, "temperature": 0.1, "max_length": 5, "repetition_penalty": 9.0}
    own |= {"top_p": 0.2, "min_length": 3, "bad_words_ids": [[7]], "length_penalty": 3.0, "typical_p": 0.3}
    own |= {"suppress_tokens": [5, 6], "num_return_sequences": 2, "min_p": 0.4, "no_repeat_ngram_size": 1}
    path = folder / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **own, "do_sample": True}))
    old, new = (load_generator(str(place), device="cpu") for place in (mt5_folder, folder))
    assert new.generate_block(BLOCK, "ja", 3, seed=5) == old.generate_block(BLOCK, "ja", 3, seed=5)
    assert new.fingerprint != old.fingerprint


def test_prompt_and_languages_come_from_the_card(mt5_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mt5_folder, tmp_path / "copy")
    (folder / "README.md").write_text('---\nlanguage: [ja]\nxqg: {prompt: "{language}: {passage}"}\n---\n')
    generator = load_generator(str(folder), device="cpu")
    assert (generator.prompt, generator.languages) == ("{language}: {passage}", ("ja",))
    assert generator.settings()["prompt"] == "{language}: {passage}"
    plain = load_generator(str(mt5_folder), device="cpu")
    assert (plain.prompt, plain.languages, plain.name) == (DEFAULT_PROMPT, None, str(mt5_folder))
    assert generator.fingerprint == plain.fingerprint
    (folder / "README.md").write_text('---\nxqg: {prompt: "{passage}"}\n---\n')
    with pytest.raises(XqgError, match=r"lacks \{language\}"):
        load_generator(str(folder), device="cpu")


def test_long_passages_are_read_to_their_end(mt5_folder: Path) -> None:
    generator = load_generator(str(mt5_folder), device="cpu")
    prompt = "capital " * 600
    one, other = generator.log_probabilities([prompt + "Tokyo", prompt + "Roman"], ["Japan", "Japan"])
    assert one != other


def test_dtypes(mt5_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    AutoModelForSeq2SeqLM.from_pretrained(mt5_folder, dtype=torch.bfloat16).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(mt5_folder).save_pretrained(tmp_path)
    assert load_generator(str(tmp_path), device="cpu").model.dtype == torch.float32
    rough = load_generator(str(tmp_path), device="cpu", dtype="bfloat16")
    assert rough.model.dtype == torch.bfloat16
    assert len(rough.generate_block(BLOCK, "ja", 2, seed=0)[0]) == 2
    with pytest.raises(XqgError, match="GPUs only"):
        load_generator(str(mt5_folder), device="cpu", dtype="float16")
    monkeypatch.setattr("xqg.queries.seq2seq.pick_dtype", lambda *_: torch.float16)  # as on a GPU
    with pytest.raises(XqgError, match="float16 makes mt5 overflow to NaN; use bfloat16 or float32"):
        load_generator(str(mt5_folder), device="cpu", dtype="float16")


def test_other_models_are_refused(bert_folder: Path, mt5_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    with pytest.raises(XqgError, match="cannot be loaded as a sequence-to-sequence model"):
        load_generator(str(bert_folder), device="cpu")
    folder = shutil.copytree(mt5_folder, tmp_path / "copy")
    weights = load_file(folder / "model.safetensors")
    kept = {key: value for key, value in weights.items() if "decoder.block.1" not in key}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(XqgError, match="lacks 14 weights"):
        load_generator(str(folder), device="cpu")
