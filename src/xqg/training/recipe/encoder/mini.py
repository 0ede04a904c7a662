"""`mini`: a static encoder trained from scratch on atlas: a bag of subwords with learned vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method

__all__ = ["MINI", "MiniEncoderRecipe"]


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


MINI = Method(MiniEncoderRecipe, "xqg.training.encoder.mini", resumes=False)
