"""A small BERT or XLM-R to train: `xqg train encoder RECIPE --out MODEL` with `method: small`.

The architecture and tokenizer class of mBERT or XLM-R, in a size that trains in minutes. Its CLS
vectors begin near the vectors of a static encoder, in place of what pretraining would have taught it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.benchmarks.atlas import LANGUAGES
from xqg.errors import XqgError
from xqg.training.card import write_card
from xqg.training.encoder.dev_scores import dev_scores
from xqg.training.encoder.small_start import piece_vectors, start
from xqg.training.encoder.small_tokenizer import (
    BEGINS,
    sentencepiece_tokenizer,
    texts_of_pieces,
    wordpiece_tokenizer,
)
from xqg.training.encoder.static import Static, load_static
from xqg.training.examples.supervision import visible_texts
from xqg.training.recipe import SmallEncoderRecipe
from xqg.training.run.output import model_folder

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = ["train"]

SCARCE = 300  # as in the mini recipes: the tokenizer sees no question that they do not see


def train(recipe: SmallEncoderRecipe, out: Path | str) -> None:
    """Write a plain checkpoint (config, weights, tokenizer) with a model card to `out`.

    The dimension is that of the static encoder. The same recipe gives the same files.

    Raises:
        XqgError: `recipe.encoder` is no static encoder, or `recipe.heads` does not divide its dimension;
            `out` is a file, or a folder with something other than a model in it.
    """
    from transformers import set_seed

    started = time.monotonic()
    static = load_static(recipe.encoder)
    if (dimension := static.vectors.shape[1]) % recipe.heads:
        raise XqgError(
            f"heads is {recipe.heads}, which does not divide the {dimension} dimensions of {recipe.encoder}; "
            "use another number of heads"
        )
    with model_folder(out) as folder:
        set_seed(recipe.seed)
        texts = visible_texts(SCARCE)
        tokenizer = _tokenizer(recipe, texts)
        model = _model(recipe, tokenizer, dimension)
        start(model, _vectors(recipe, tokenizer, texts, static), sorted(tokenizer.all_special_ids))
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        results = {
            "parameters": sum(p.numel() for p in model.parameters()),
            "vocabulary": len(tokenizer),
            "minutes": round((time.monotonic() - started) / 60, 1),
            "dev, untrained": dev_scores(folder),
        }
        write_card(folder, "encoder", LANGUAGES, recipe, results)


def _tokenizer(recipe: SmallEncoderRecipe, texts: Sequence[str]) -> Any:
    if recipe.architecture == "bert":
        return wordpiece_tokenizer(texts, recipe.vocabulary, recipe.positions)
    return sentencepiece_tokenizer(texts, recipe.vocabulary, recipe.seed, recipe.positions)


def _vectors(
    recipe: SmallEncoderRecipe, tokenizer: Any, texts: Sequence[str], static: Static
) -> torch.Tensor:
    """Vectors of the tokenizer's pieces, fitted to the texts' words."""
    words = sorted({word for text in texts for word in text.split()})
    numbers = tokenizer(words, add_special_tokens=False)["input_ids"]
    names = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    if recipe.architecture == "bert":
        names = texts_of_pieces(names)
    return piece_vectors([BEGINS + word for word in words], numbers, names, static)


def _model(recipe: SmallEncoderRecipe, tokenizer: Any, dimension: int) -> PreTrainedModel:
    """A model of the architecture with random weights."""
    from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

    shared: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": dimension,
        "num_hidden_layers": recipe.layers,
        "num_attention_heads": recipe.heads,
        "intermediate_size": recipe.feed_forward,
        "hidden_dropout_prob": recipe.dropout,
        "attention_probs_dropout_prob": recipe.dropout,
        "pad_token_id": tokenizer.pad_token_id,
    }
    if recipe.architecture == "bert":
        return BertModel(BertConfig(max_position_embeddings=recipe.positions, **shared))
    return XLMRobertaModel(
        XLMRobertaConfig(
            # XLM-R's positions are counted from behind the padding's.
            max_position_embeddings=recipe.positions + tokenizer.pad_token_id + 1,
            type_vocab_size=1,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            **shared,
        )
    )
