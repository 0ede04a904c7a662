"""The mini reader before its training: a small BERT whose attention starts from aligned vectors.

A static encoder brings words of all languages into one space. From it come the words' vectors, which
stay as they are, and the first layer's start: a token looks at tokens of the other side (question,
passage) with nearly its own vector, that is at its translation. Only what follows from a match has to
be learnt, and it holds for names that no question ever asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.mini.recipes import MiniReaderRecipe
from xqg.errors import XqgError
from xqg.training.encoder.static import load_static

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering, PreTrainedTokenizerFast

__all__ = ["new_reader"]

ACROSS = 4.0  # logits that the other side is ahead at the start, its own behind (heads of 64)


def new_reader(recipe: MiniReaderRecipe) -> tuple[BertForQuestionAnswering, PreTrainedTokenizerFast]:
    """An untrained reader and its tokenizer.

    Raises:
        XqgError: an encoder that is none, no static one, or whose vectors do not fill whole heads.
    """
    vectors, tokenizer = load_static(recipe.encoder)
    if vectors.shape[1] % recipe.head or recipe.head % 2:
        raise XqgError(
            f"head is {recipe.head}; it must be even and divide the {vectors.shape[1]} dimensions of "
            f"{recipe.encoder}"
        )
    return _model(recipe, vectors), _tokenizer(tokenizer, recipe.positions)


def _tokenizer(tokenizer: Any, positions: int) -> PreTrainedTokenizerFast:
    """The encoder's, with pairs as BERT has them: `question </s> passage </s>`, types 0 and 1."""
    from tokenizers import Tokenizer
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    own = Tokenizer.from_str(tokenizer.to_str())  # a copy
    own.no_truncation()
    own.no_padding()
    own.post_processor = TemplateProcessing(
        single="$A:0 </s>:0",
        pair="$A:0 </s>:0 $B:1 </s>:1",
        special_tokens=[("</s>", own.token_to_id("</s>"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=own,
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        model_max_length=positions,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def _model(recipe: MiniReaderRecipe, vectors: torch.Tensor) -> BertForQuestionAnswering:
    from transformers import BertConfig, BertForQuestionAnswering

    words = vectors.shape[1]
    config = BertConfig(
        vocab_size=len(vectors),
        hidden_size=words + recipe.head,
        num_hidden_layers=recipe.layers,
        num_attention_heads=words // recipe.head + 1,
        intermediate_size=recipe.feed_forward,
        max_position_embeddings=recipe.positions,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        pad_token_id=0,
    )
    model = BertForQuestionAnswering(config)
    _start(model, vectors, recipe.head)
    return model


def _start(model: BertForQuestionAnswering, vectors: torch.Tensor, head: int) -> None:
    """Words in the first dimensions; places in the last `head`, of which the last is the side."""
    import torch

    words = vectors.shape[1]
    embeddings = model.bert.embeddings
    with torch.no_grad():
        for table in embeddings.children():
            if isinstance(table, torch.nn.Embedding):
                table.weight.zero_()
        unit = torch.nn.functional.normalize(vectors, dim=1)
        embeddings.word_embeddings.weight[:, :words] = unit * words**0.5
        places = embeddings.position_embeddings.weight
        places[:, words:-2] = _waves(len(places), head - 2)
        embeddings.token_type_embeddings.weight[:, -1] = torch.tensor([-1.0, 1.0])
        blocks: Any = model.bert.encoder.layer
        for number, block in enumerate(blocks):
            _start_attention(block.attention, words, head, across=number == 0)
    embeddings.word_embeddings.weight.requires_grad_(False)


def _start_attention(attention: Any, words: int, head: int, *, across: bool) -> None:
    """What is attended to is added as it is. The head of places looks at places nearby; those of
    words at like words of the other side, or anywhere (random weights) if not `across`."""
    import torch

    query, key = attention.self.query.weight, attention.self.key.weight
    like = torch.eye(words + head)
    attention.self.value.weight.add_(like)
    attention.output.dense.weight.add_(like)
    if not across:
        like[:words] = 0.0
    query.add_(like)
    key.add_(like)
    if across:
        # The last dimension of each head of words tells the sides apart, in place of a word's.
        rows = torch.arange(head - 1, words, head)
        query[rows], key[rows] = 0.0, 0.0
        query[rows, -1], key[rows, -1] = -2 * ACROSS, ACROSS


def _waves(positions: int, dimensions: int) -> torch.Tensor:
    """Sine and cosine of wavelengths from 4 to 512 tokens, shape (positions, dimensions)."""
    import torch

    lengths = 4 * 128 ** torch.linspace(0, 1, dimensions // 2)
    angles = 2 * torch.pi * torch.arange(positions)[:, None] / lengths
    return torch.cat([angles.sin(), angles.cos()], dim=1) * 2**0.5
