"""Small BERT and XLM-R encoders: files that other libraries read, vectors that begin as a static encoder's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.training.encoder import small
from xqg.training.encoder.small_start import piece_vectors
from xqg.training.encoder.small_tokenizer import texts_of_pieces, wordpiece_tokenizer
from xqg.training.encoder.static import Static, load_static
from xqg.training.recipe import SmallEncoderRecipe

TEXTS = [
    "The capital of Japan is Tokyo, and its population is large.",
    "In which year did the Roman empire fall? Nobody agrees on an answer.",
    "Das Wasser des Flusses fließt unaufhaltsam durch die große Stadt.",
    "Где находится столица Японии и сколько там людей?",
    "日本の首都は東京です。人口はとても多いです。",
]


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static encoder of 48 dimensions with a vocabulary of TEXTS; vectors of many lengths."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    from xqg.training.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(TEXTS, 500, 0)
    torch.manual_seed(0)
    module = StaticEmbedding(tokenizer, embedding_dim=48)
    with torch.no_grad():
        module.embedding.weight.normal_().mul_(torch.rand(len(tokenizer), 1) * 3 + 0.1)
        module.embedding.weight[:, 20:22] = 0.0  # room for the two coordinates
    folder = tmp_path_factory.mktemp("small") / "static"
    SentenceTransformer(modules=[module], device="cpu").save(str(folder))
    return folder


def made(out: Path, static: Path, monkeypatch: pytest.MonkeyPatch, **keys: Any) -> Path:
    monkeypatch.setattr(small, "visible_texts", lambda scarce: TEXTS)  # a vocabulary that is learned in a moment
    monkeypatch.setattr(small, "dev_scores", lambda folder: {"R@1 en": 1.0})
    values: dict[str, Any] = {"architecture": "bert", "vocabulary": 500, "heads": 3, "positions": 64, **keys}
    small.train(SmallEncoderRecipe(encoder=str(static), **values), out)
    return out


@pytest.mark.parametrize(
    ("architecture", "model", "tokenizer", "first"),
    [
        ("bert", "BertModel", "BertTokenizer", "[CLS]"),
        ("xlm-roberta", "XLMRobertaModel", "XLMRobertaTokenizer", "<s>"),
    ],
)
def test_a_plain_checkpoint_that_other_libraries_read(
    architecture: str,
    model: str,
    tokenizer: str,
    first: str,
    static: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sentence_transformers import SentenceTransformer
    from transformers import AutoModel, AutoTokenizer

    out = made(tmp_path / "model", static, monkeypatch, architecture=architecture)
    assert {path.name for path in out.iterdir()} >= {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "README.md",
    }
    assert not (out / "modules.json").exists()
    loaded, info = AutoModel.from_pretrained(out, output_loading_info=True)
    assert type(loaded).__name__ == model
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    reader = AutoTokenizer.from_pretrained(out)
    assert type(reader).__name__.removesuffix("Fast") == tokenizer
    ids = reader(TEXTS[3])["input_ids"]
    assert reader.convert_ids_to_tokens(ids)[0] == first
    assert reader.unk_token_id not in ids
    assert reader.decode(ids, skip_special_tokens=True).replace(" ", "") == TEXTS[3].replace(" ", "")
    long = reader("Tokyo " * 500, truncation=True, return_tensors="pt")
    assert long["input_ids"].shape == (1, 64)
    assert loaded(**long).last_hidden_state.shape == (1, 64, 48)  # as many positions as it says
    assert SentenceTransformer(str(out), device="cpu").encode(["Tokyo"]).shape == (1, 48)


@pytest.mark.parametrize("architecture", ["bert", "xlm-roberta"])
def test_cls_begins_near_the_static_vector(
    architecture: str, static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import SentenceTransformer

    from xqg.encoding import load_encoder

    out = made(tmp_path / "model", static, monkeypatch, architecture=architecture)
    words = [
        "capital of Japan",
        "Roman empire fall?",
        "Das Wasser",
        "столица Японии",
        "population is large.",
        "große",
    ]
    mine = load_encoder(str(out), dtype="float32").encode_queries(words)
    wanted = SentenceTransformer(str(static), device="cpu").encode(words)
    alike = np.corrcoef(similarities(mine), similarities(wanted))[0, 1]
    assert alike > 0.85  # with random weights it is about 0


def similarities(vectors: np.ndarray) -> np.ndarray:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(unit), 1)]


def test_the_same_recipe_gives_the_same_files(
    static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (made(tmp_path / name, static, monkeypatch) for name in ("one", "two"))
    other = made(tmp_path / "three", static, monkeypatch, seed=1)
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert (one / "model.safetensors").read_bytes() != (other / "model.safetensors").read_bytes()


def test_refusals(static: Path, bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(XqgError, match="heads is 5, which does not divide the 48 dimensions"):
        made(tmp_path / "model", static, monkeypatch, heads=5)
    with pytest.raises(XqgError, match="not a static encoder"):
        made(tmp_path / "model", bert_folder, monkeypatch)
    assert not list(tmp_path.iterdir())


def test_pieces_get_the_vectors_that_make_up_their_words(static: Path) -> None:
    import torch

    known = load_static(str(static))
    ids = {text: [t.id for t in known.tokenizer.model.tokenize(text)] for text in ("▁Tokyo,", "▁Japan")}
    names = ["▁Tok", "yo", ",", "▁Japan", "▁nowhere"]
    found = piece_vectors(["▁Tokyo,", "▁Japan"], [[0, 1, 2], [3]], names, known)
    sums = {text: known.vectors[numbers].sum(dim=0) for text, numbers in ids.items()}
    assert torch.allclose(found[3], sums["▁Japan"], atol=1e-4)  # the same piece: nothing to fit
    # Three pieces share what is missing: of it, 3 / (3 + 0.3) is made up for.
    own = piece_vectors(["▁Japan"], [[3]], names, known)
    missing = sums["▁Tokyo,"] - own[:3].sum(dim=0)
    assert torch.allclose(found[:3].sum(dim=0), own[:3].sum(dim=0) + missing * 3 / 3.3, atol=1e-4)
    assert torch.allclose(found[4], own[4])  # no word has it


def test_a_static_encoder_of_two_pieces_by_hand() -> None:
    import torch
    from tokenizers import Tokenizer, models

    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), ("▁a", -1.0), ("b", -1.0)], unk_id=0))
    vectors = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    found = piece_vectors(["▁ab"], [[0]], ["▁ab", "b"], Static(vectors, tokenizer))
    assert found.tolist() == [[1.0, 2.0], [0.0, 2.0]]


def test_wordpieces_as_sentencepiece_has_them() -> None:
    assert texts_of_pieces(["To", "##kyo", "東", "[CLS]"]) == ["▁To", "kyo", "▁東", "▁[CLS]"]


def test_accents_and_case_are_kept_and_han_letters_stand_alone() -> None:
    tokenizer = wordpiece_tokenizer(["Große Äpfel 東京 Große Äpfel"], 200, 32)
    assert tokenizer.tokenize("Große Äpfel") == ["Große", "Äpfel"]
    assert tokenizer.tokenize("東京") == ["東", "京"]
    assert tokenizer.tokenize("große")[0] == "[UNK]"  # a `g` was never seen; nothing is lowercased
