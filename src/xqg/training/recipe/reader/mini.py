"""`mini`: a small BertForQuestionAnswering trained from scratch on atlas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method

__all__ = ["MINI", "MiniReaderRecipe"]


@dataclass(frozen=True)
class MiniReaderRecipe:
    """A small BertForQuestionAnswering trained from scratch on atlas."""

    METHOD: ClassVar[str] = "mini"

    encoder: str = key(help="a static encoder: its tokenizer and its words' vectors are where the reader starts")
    data: str = key("atlas", help="what it learns from", choices=("atlas",))
    seed: int = key(0, help="of everything that is drawn", low=0, high=2**32 - 1)
    layers: int = key(2, help="transformer layers")
    head: int = key(64, help="dimensions of an attention head; one head is for places, the others for words")
    feed_forward: int = key(256, help="width of the feed-forward part")
    dropout: float = key(0.0, help="share of activations left out", low=0, high=1)
    positions: int = key(128, help="tokens in a window, question included", low=32)
    scarce: int = key(300, help="questions for each language other than English")
    swaps: float = key(0.9, help="share of examples whose entity is swapped", low=0, high=1)
    name_share: float = key(0.2, help="of the examples: find a name in a passage; the rest is questions", low=0, high=1)
    batch_size: int = key(16, help="questions, each with a right passage and wrong ones")
    steps: int = key(1200, help="steps in all")
    learning_rate: float = key(1e-3, help="at its highest", low=0)
    dtype: str = key("bfloat16", help="products in this type, weights in float32", choices=("auto", "float32", "bfloat16", "float16"))


MINI = Method(MiniReaderRecipe, "xqg.training.reader.mini", resumes=False)
