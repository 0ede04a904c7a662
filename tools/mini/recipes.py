"""The keys of the three recipes, and how one is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from xqg.errors import XqgError
from xqg.training.recipe.keys import key
from xqg.training.recipe.read import filled, values_of

__all__ = ["RECIPES", "MiniEncoderRecipe", "MiniGeneratorRecipe", "MiniReaderRecipe", "read"]


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


RECIPES: dict[str, type] = {
    "encoder": MiniEncoderRecipe,
    "generator": MiniGeneratorRecipe,
    "reader": MiniReaderRecipe,
}


def read(path: Path | str, kind: str, changes: Mapping[str, Any] | None = None) -> Any:
    """Read the recipe of a kind of RECIPES.

    Args:
        path: of a YAML file.
        changes: values of keys that win over the file's; numbers may be texts, as a flag gives them.

    Raises:
        XqgError: file missing, broken YAML, another method than mini, an unknown or missing key, a value of the wrong
            type or out of range.
    """
    values = values_of(path)
    method = values.pop("method", "mini")
    if method != "mini":
        raise XqgError(f"{path}: method is {method!r}; the mini models have mini, `xqg train` has the others")
    return filled(RECIPES[kind], values, str(path), changes or {})
