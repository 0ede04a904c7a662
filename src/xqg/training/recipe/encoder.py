"""Recipes of encoders, one class for each method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.shared import PairsKeys, TrainerKeys

__all__ = ["ContrastiveRecipe", "DistillationRecipe", "MiniEncoderRecipe", "SmallEncoderRecipe"]


@dataclass(frozen=True, kw_only=True)
class ContrastiveRecipe(TrainerKeys, PairsKeys):
    """A dense retriever from a pretrained model and (question, passage) pairs."""

    METHOD: ClassVar[str] = "contrastive"

    queries: str = key("", help="generated queries (JSONL): each is one more question of its passage (GenQ)")
    negatives: str = key(
        "given", help="hard negatives: those of the data, mined by BM25 or by a model, or none",
        choices=("given", "bm25", "model", "none"),
    )
    negatives_each: int = key(7, help="hard negatives per question", low=0)
    negatives_depth: int = key(100, help="the candidates of mining: the first so many passages")
    negatives_model: str = key("", help="the encoder that mines; none: base")
    beta: float = key(
        -1.0, help="hybrid batches: probability that a batch is of one language; 1: X-X, 0: X-Y; -1: languages mixed",
        low=-1, high=1,
    )
    pooling: str = key("cls", help="vector of a plain checkpoint", choices=("cls", "mean"))
    similarity: str = key("dot", help="what vectors are compared by", choices=("dot", "cosine"))
    scale: float = key(1.0, help="inverse temperature of the scores (20 is usual for cosine)", low=0)
    query_length: int = key(32, help="tokens read of a question", low=8)
    passage_length: int = key(128, help="tokens read of a passage, title included", low=8)
    batch_size: int = key(128, help="questions in a batch")
    cached: int = key(0, help="questions computed at once (GradCache), for batches beyond the memory; 0: all", low=0)
    epochs: int = key(40, help="times each pair is seen")
    steps: int = key(0, help="steps in all, in place of epochs; 0: by epochs", low=0)
    learning_rate: float = key(1e-5, help="at its highest", low=0, high=10)
    lora: int = key(0, help="rank of LoRA adapters, merged at the end; 0: every weight is trained", low=0)


@dataclass(frozen=True, kw_only=True)
class DistillationRecipe(TrainerKeys):
    """A multilingual student of an English encoder (Reimers and Gurevych, EMNLP 2020)."""

    METHOD: ClassVar[str] = "distillation"

    teacher: str = key(help="the encoder whose English vectors are learned: a folder, a hub id, minilm")
    parallel: tuple[str, ...] = key(help="TSV files en-XX.tsv of English and other sentences, or folders of them")
    base: str = key("", help="the student; none: the teacher with a vocabulary that has the other scripts")
    languages: tuple[str, ...] = key((), help="languages beside English to learn; none: all that there are")
    vocabulary: int = key(40_000, help="pieces of the new vocabulary, learned on the parallel sentences", low=1000)
    test: tuple[str, ...] = key((), help="benchmarks whose texts must not be in the data")
    data: str = key("", help="folder of those benchmarks' files")
    leaks: str = key("error", help="what to do with a sentence of the test split", choices=("error", "drop"))
    frozen: float = key(0.0, help="share of the steps in which only the new pieces' vectors learn", low=0, high=1)
    length: int = key(96, help="tokens read of a sentence", low=8)
    batch_size: int = key(64, help="pairs in a batch")
    steps: int = key(5000, help="steps in all")
    learning_rate: float = key(2e-4, help="at its highest", low=0, high=10)
    warmup: float = key(0.05, help="share of the steps over which the learning rate rises", low=0, high=1)
    keep_every: int = key(0, help="steps between models that are kept in OUT.along/STEP; 0: none", low=0)


@dataclass(frozen=True)
class SmallEncoderRecipe:
    """A small BertModel or XLMRobertaModel with its own tokenizer, to train in minutes where no hub is."""

    METHOD: ClassVar[str] = "small"

    architecture: str = key(help="bert (WordPiece, as mBERT) or xlm-roberta (SentencePiece unigram)", choices=("bert", "xlm-roberta"))
    encoder: str = key(help="a static encoder: its vectors of the pieces' texts are where the embeddings start")
    vocabulary: int = key(12_000, help="pieces, learned on atlas's texts", low=500)
    layers: int = key(2, help="transformer layers")
    heads: int = key(3, help="attention heads")
    feed_forward: int = key(384, help="width of the feed-forward part")
    positions: int = key(256, help="tokens that it can read", low=32)
    dropout: float = key(0.1, help="share of activations left out", low=0, high=1)
    seed: int = key(0, help="of everything that is drawn", low=0, high=2**32 - 1)


@dataclass(frozen=True)
class MiniEncoderRecipe:
    """A static encoder trained from scratch on atlas: a bag of subwords with learned vectors."""

    METHOD: ClassVar[str] = "mini"

    data: str = key("atlas", help="what it learns from", choices=("atlas",))
    seed: int = key(0, help="of everything that is drawn", low=0, high=2**32 - 1)
    vocabulary: int = key(12_000, help="SentencePiece pieces")
    dimension: int = key(192, help="of the vectors")
    scarce: int = key(300, help="questions for each language other than English")
    swaps: float = key(0.5, help="share of examples whose entity is swapped", low=0, high=1)
    examples: int = key(100_000, help="(question, passage, negative) drawn before the first step")
    name_pairs: int = key(60_000, help="(English name, name) drawn before the first step")
    batch_size: int = key(256, help="examples in a batch")
    epochs: int = key(3, help="times each example is seen")
    learning_rate: float = key(0.05, help="at its highest", low=0)
    scale: float = key(20.0, help="inverse temperature of the contrastive loss", low=0)
