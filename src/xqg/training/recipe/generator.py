"""Recipes of generators, one class for each method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.shared import PairsKeys, TrainerKeys

__all__ = ["FinetuneGeneratorRecipe", "MiniGeneratorRecipe"]


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


@dataclass(frozen=True)
class MiniGeneratorRecipe:
    """A small MT5ForConditionalGeneration trained from scratch on atlas."""

    METHOD: ClassVar[str] = "mini"

    encoder: str = key(help="its vectors of the pieces' texts are where the generator starts")
    data: str = key("atlas", help="what it learns from", choices=("atlas",))
    seed: int = key(0, help="of everything that is drawn", low=0, high=2**32 - 1)
    vocabulary: int = key(6_000, help="SentencePiece pieces learned; the words of names come on top")
    encoder_layers: int = key(2, help="transformer layers that read")
    decoder_layers: int = key(2, help="transformer layers that write")
    heads: int = key(6, help="attention heads")
    feed_forward: int = key(384, help="width of the feed-forward part")
    dropout: float = key(0.05, help="share of activations left out", low=0, high=1)
    scarce: int = key(300, help="questions for each language other than English")
    swaps: float = key(0.9, help="share of examples whose entity is swapped", low=0, high=1)
    question_share: float = key(0.6, help="of the examples; the rest is pretraining", low=0, high=1)
    name_share: float = key(
        0.3, help="names among distracting text; what remains is denoising", low=0, high=1
    )
    short_first: int = key(2000, help="steps at the start with short sources: names, titles, one sentence", low=0)
    script_weight: float = key(0.6, help="of the script's direction in a starting vector", low=0, high=1)
    batch_size: int = key(64, help="examples in a batch")
    steps: int = key(6000, help="steps in all")
    learning_rate: float = key(2e-3, help="at its highest", low=0)
    evaluate_every: int = key(500, help="steps between two measurements on dev entities")
