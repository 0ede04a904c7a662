"""Small real models, made on the spot: random weights with a fixed seed, tokenizers trained here."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["tiny_index", "tiny_package"]  # fixtures of an index that needs no model, and of a package

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before huggingface_hub reads it: no test asks a network
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is imported: the models here are too small for more
os.environ.setdefault("LANCE_LOG", "error")  # as the command line has it; read when lance is imported

CORPUS = [
    "The capital of Japan is Tokyo, and its population is large.",
    "In which year did the Roman empire fall? Nobody agrees on an answer.",
    "Das Wasser des Flusses fließt unaufhaltsam durch die große Stadt.",
    "Где находится столица Японии и сколько там людей?",
    "日本の首都は東京です。人口はとても多いです。",
    "Generate a Japanese question for this passage: Russian German English",
]


def unigram_pieces(size: int, special: tuple[str, ...]) -> list[tuple[str, float]]:
    """A SentencePiece-unigram vocabulary of the corpus: (piece, log probability)."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=list(special), unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


def save(folder: Path, *parts: Any) -> Path:
    """Save models and tokenizers into one folder."""
    for part in parts:
        part.save_pretrained(str(folder))
    return folder


def word_pieces() -> dict[str, int]:
    """A WordPiece vocabulary: the corpus's words, and its letters for others. Tokenizers' trainer orders by chance."""
    from tokenizers import BertWordPieceTokenizer

    plain = BertWordPieceTokenizer()
    words: dict[str, None] = {}
    for line in CORPUS:
        pairs = plain.pre_tokenizer.pre_tokenize_str(plain.normalizer.normalize_str(line))
        words.update(dict.fromkeys(word for word, _ in pairs))
    letters = sorted({letter for word in words for letter in word})
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*special, *letters, *(f"##{letter}" for letter in letters), *words]
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def bert_parts(positions: int = 64, kind: str = "BertModel") -> tuple[Any, Any]:
    """A model of transformers' class `kind` with WordPiece, 16 dimensions."""
    import torch
    import transformers
    from transformers import BertConfig, BertTokenizerFast

    tokenizer = BertTokenizerFast(vocab=word_pieces())
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=positions,
        initializer_range=0.5,  # vectors of different texts differ clearly
    )
    return getattr(transformers, kind)(config), tokenizer


def xlmr_parts(
    positions: int = 64, kind: str = "XLMRobertaModel", whole: Sequence[str] = ()
) -> tuple[Any, Any]:
    """A model of transformers' class `kind` with SentencePiece unigram, 16 dimensions.

    Args:
        positions: those that a text can use; two more are for padding.
        whole: words that are one piece each.
    """
    import torch
    import transformers
    from transformers import XLMRobertaConfig, XLMRobertaTokenizer

    learned = unigram_pieces(200, ("<s>", "<pad>", "</s>", "<unk>"))
    own = [(f"▁{word}", -0.1) for word in whole]
    names = {piece for piece, _ in own}
    pieces = [pair for pair in learned if pair[0] not in names] + own
    tokenizer = XLMRobertaTokenizer(vocab=[*pieces, ("<mask>", 0.0)])
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=positions + 2,
        type_vocab_size=1,
        initializer_range=0.5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    return getattr(transformers, kind)(config), tokenizer


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain BertModel with WordPiece: 64 positions, 16 dimensions."""
    return save(tmp_path_factory.mktemp("models") / "bert", *bert_parts())


@pytest.fixture(scope="session")
def xlmr_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain XLMRobertaModel with SentencePiece unigram: 66 positions, of which 64 can be used."""
    return save(tmp_path_factory.mktemp("models") / "xlmr", *xlmr_parts())


@pytest.fixture(scope="session")
def prompted_folder(bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder: mean pooling, Normalize, query and document prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    transformer = Transformer(str(bert_folder), max_seq_length=48)
    model = SentenceTransformer(
        modules=[transformer, Pooling(16, "mean"), Normalize()],
        prompts={"query": "question: ", "document": "passage: "},
        device="cpu",
    )
    folder = tmp_path_factory.mktemp("models") / "prompted"
    model.save(str(folder))
    return folder


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers StaticEmbedding folder: no limit on the length of texts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    _, tokenizer = bert_parts()
    torch.manual_seed(0)
    module = StaticEmbedding(tokenizer, embedding_dim=8)
    folder = tmp_path_factory.mktemp("models") / "static"
    SentenceTransformer(modules=[module], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def mt5_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MT5ForConditionalGeneration with SentencePiece unigram: two layers, random weights."""
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration, T5Tokenizer

    pieces = unigram_pieces(200, ("<pad>", "</s>", "<unk>"))
    tokenizer = T5Tokenizer(vocab=pieces, extra_ids=0)
    torch.manual_seed(0)
    config = MT5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        dropout_rate=0.1,
    )
    folder = tmp_path_factory.mktemp("models") / "mt5"
    return save(folder, MT5ForConditionalGeneration(config), tokenizer)
