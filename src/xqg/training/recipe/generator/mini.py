"""`mini`: a small MT5ForConditionalGeneration trained from scratch on atlas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method

__all__ = ["MINI", "MiniGeneratorRecipe"]


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


MINI = Method(MiniGeneratorRecipe, "xqg.training.generator.mini", resumes=False)
