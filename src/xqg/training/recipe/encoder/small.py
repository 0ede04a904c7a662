"""`small`: a small BertModel or XLMRobertaModel with its own tokenizer, to train in minutes where no hub is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method

__all__ = ["SMALL", "SmallEncoderRecipe"]


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


SMALL = Method(SmallEncoderRecipe, "xqg.training.encoder.small", resumes=False)
