"""`contrastive`: a dense retriever from a pretrained model and (question, passage) pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method
from xqg.training.recipe.shared import PairsKeys, TrainerKeys

__all__ = ["CONTRASTIVE", "ContrastiveRecipe"]


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


CONTRASTIVE = Method(ContrastiveRecipe, "xqg.training.encoder.contrastive")
