"""How much of a text an encoder reads: one limit for encoding and for the generator's prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from xqg.errors import XqgError

__all__ = [
    "check_text_module",
    "is_static",
    "text_module",
    "token_counts",
    "truncated_to",
    "visible_prefixes",
]

OWN_LENGTHS = ("max_seq_length", "query_length", "document_length")
AT_ONCE = 1000  # texts; a tokenizer's answer is a hundred times as large as a text


def text_module(model: Any, task: str) -> Any:
    """The module that tokenises texts of a task (`document` or `query`)."""
    from sentence_transformers.base.modules import Router

    module: Any = model[0]
    while isinstance(module, Router):  # models with one tower for queries, one for passages
        router: Any = module
        routes = [key for key in (task, router.default_route) if key in router.sub_modules]
        if not routes:
            raise XqgError(f"the encoder has no route for {task} texts; give another encoder")
        module = router.sub_modules[routes[0]][0]
    return module


def is_static(module: Any) -> bool:
    """Whether a text module is a table of token vectors, with no transformer to run."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    return isinstance(module, StaticEmbedding)


def check_text_module(name: str, module: Any) -> None:
    """Refuse modules whose reading cannot be followed.

    Raises:
        XqgError: no fast tokenizer, truncation at the left, or texts wrapped in a chat template.
    """
    if "message" in getattr(module, "modality_config", {}):
        raise XqgError(f"encoder {name} wraps texts in a chat template, which is not supported; give another")
    tokenizer = getattr(module, "tokenizer", None)
    if not is_static(module) and not getattr(tokenizer, "is_fast", False):
        raise XqgError(f"encoder {name} has no fast tokenizer (tokenizer.json); give another")
    if getattr(tokenizer, "truncation_side", "right") != "right":
        raise XqgError(f"encoder {name} cuts texts at their beginning, which is not supported; give another")


@contextmanager
def truncated_to(module: Any, length: int) -> Iterator[None]:
    """Have the module cut texts to `length` tokens; afterwards as it was."""
    if is_static(module):  # sentence-transformers applies no length to these
        before = module.tokenizer.truncation
        module.tokenizer.enable_truncation(max_length=length)
        try:
            yield
        finally:
            if before is None:
                module.tokenizer.no_truncation()
            else:
                module.tokenizer.enable_truncation(**before)
    else:
        # A Transformer's own lengths for queries and documents would come before this one.
        own = {key: getattr(module, key) for key in OWN_LENGTHS if hasattr(module, key)}
        for key in own:
            setattr(module, key, length if key == "max_seq_length" else None)
        try:
            yield
        finally:
            for key, limit in own.items():
                setattr(module, key, limit)


def token_counts(module: Any, texts: Sequence[str], prompt: str, length: int) -> list[int]:
    """Tokens of each text that a transformer reads, special tokens and prompt included."""
    counts: list[int] = []
    with truncated_to(module, length):
        for start in range(0, len(texts), AT_ONCE):
            full = [prompt + text for text in texts[start : start + AT_ONCE]]
            found = module.tokenizer(full, truncation="longest_first", verbose=False)
            counts += [len(encoding) for encoding in found.encodings]
    return counts


def visible_prefixes(module: Any, texts: Sequence[str], prompt: str, length: int) -> list[str]:
    """The part of each text that survives truncation to `length` tokens, prompt included.

    A text that is not cut comes back whole. A cut one ends with its last token's last character,
    by the tokenizer's offsets into the text as given; the prompt is taken off again.
    """
    if not texts:
        return []
    full = [prompt + text for text in texts]
    with truncated_to(module, length):
        if is_static(module):
            encodings = module.tokenizer.encode_batch(full, add_special_tokens=False)
        else:
            encodings = module.tokenizer(full, truncation="longest_first", verbose=False).encodings
    return [_visible(text, len(prompt), encoding) for text, encoding in zip(texts, encodings, strict=True)]


def _visible(text: str, prompt: int, encoding: Any) -> str:
    if not encoding.overflowing:
        return text
    ends = [
        end
        for (_, end), special in zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        if not special
    ]
    return text[: max(max(ends, default=0) - prompt, 0)]
