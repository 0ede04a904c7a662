"""`finetune`: a question generator from a pretrained seq2seq model and (question, passage) pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method
from xqg.training.recipe.shared import PairsKeys, TrainerKeys

__all__ = ["FINETUNE", "FinetuneGeneratorRecipe"]


@dataclass(frozen=True, kw_only=True)
class FinetuneGeneratorRecipe(TrainerKeys, PairsKeys):
    """A question generator from a pretrained seq2seq model and (question, passage) pairs."""

    METHOD: ClassVar[str] = "finetune"

    prompt: str = key("", help="with {language}, {title} and {passage}; none: the default one")
    mix: str = key(
        "even", help="languages of a batch: even parts of each, or as the data has them", choices=("even", "data")
    )
    freeze: tuple[str, ...] = key(
        (), help="parts that keep their weights: embeddings, encoder, decoder, decoder-attention, decoder-feed-forward"
    )
    dev_share: float = key(0.1, help="share of the passages (whole articles or entities) kept for choosing", low=0, high=0.9)
    evaluate_every: int = key(500, help="steps between two looks at dev loss and the language of sampled queries")
    evaluate_passages: int = key(48, help="passages of that look")
    evaluate_languages: tuple[str, ...] = key((), help="languages of those queries; none: those trained on")
    language_weight: float = key(
        1.0, help="the checkpoint with the least (dev loss - weight * share in the right language) is kept", low=0
    )
    passage_length: int = key(512, help="tokens read of prompt and passage", low=8)
    query_length: int = key(64, help="tokens of a question", low=8)
    batch_size: int = key(64, help="pairs in a batch")
    micro_batch: int = key(0, help="pairs computed at once; 0: all", low=0)
    epochs: int = key(3, help="times each pair is seen")
    steps: int = key(0, help="steps in all, in place of epochs; 0: by epochs", low=0)
    learning_rate: float = key(1e-4, help="at its highest", low=0, high=10)
    lora: int = key(0, help="rank of LoRA adapters, merged at the end; 0: every weight is trained", low=0)


FINETUNE = Method(FinetuneGeneratorRecipe, "xqg.training.generator.finetune")
