"""Encoders by name, one file each; a name that none has is a folder or an id of the Hugging Face hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from xqg.encoding.adapted import AdaptedEncoder
from xqg.encoding.encoder import Encoder, EncoderLoader
from xqg.encoding.sentence_transformer import SentenceTransformerEncoder, load_folder
from xqg.errors import XqgError
from xqg.models.resolve import Location, resolve
from xqg.registry import Registry

__all__ = ["ENCODERS", "as_encoder", "encoder_folder", "load_encoder"]

ENCODERS: Registry[EncoderLoader] = Registry("encoder", "xqg.encoding.encoders", group="xqg.encoders")
_ALL = (
    *("name", "fingerprint", "dimension", "similarity", "languages", "passage_length", "query_length", "dtype"),
    *("passage_prompt", "query_prompt", "encode_passages", "encode_queries", "visible_prefix", "settings"),
)  # what an Encoder has


def load_encoder(
    name: str,
    *,
    device: str | None = None,
    dtype: str = "auto",
    passage_length: int | None = None,
    query_length: int | None = None,
) -> Encoder:
    """Load an encoder.

        >>> xqg.load_encoder("mini").encode_queries(["Mikä on Suomen valuutta?", "フィンランドの通貨は？"]).shape
        (2, 192)

    Args:
        name: `mini`, `minilm` or another name of `ENCODERS`, alone or with an argument after a colon; a
            local folder or a Hugging Face id.
        device: None: a GPU where there is one.
        dtype: `float32`, `bfloat16`, or on GPUs `float16`, whatever the weights are stored in.
            `auto`: bfloat16 for a transformer where the processor or GPU computes in it, else float32.
        passage_length: tokens read of a passage, special tokens and prompt included; None: the
            smaller of 512 and the model's maximum.
        query_length: the same for questions and generated queries; None: 256 or the maximum.

    Raises:
        XqgError: not found, not an encoder of text, weights missing, a similarity that is neither
            dot product nor cosine, a length below 1 or beyond what the model reads.
    """
    known, colon, argument = name.partition(":")
    if known not in ENCODERS:
        return load_folder(
            resolve(name, "encoder"),
            device=device,
            dtype=dtype,
            passage_length=passage_length,
            query_length=query_length,
        )
    made = ENCODERS[known](
        argument if colon else None,
        device=device,
        dtype=dtype,
        passage_length=passage_length,
        query_length=query_length,
    )
    return _adapted(made, name, passage_length, query_length)


def encoder_folder(name: str) -> Location:
    """The folder of an encoder's files, to train from.

    Raises:
        XqgError: not found, or the encoder of a name that has no folder.
    """
    known, _, argument = name.partition(":")
    if known not in ENCODERS:
        return resolve(name, "encoder")
    location = getattr(ENCODERS[known], "location", None)
    if location is None:
        raise XqgError(f"encoder {name} has no folder of files to train from; give a folder, a hub id, mini or minilm")
    folder: Location = location(argument or None)
    return folder


def as_encoder(
    encoder: Any,
    *,
    device: str | None = None,
    dtype: str = "auto",
    passage_length: int | None = None,
    query_length: int | None = None,
) -> Encoder:
    """An encoder of a name, or of an object that encodes.

    An object without a `fingerprint` is identified by its class and name: give it one that changes with
    its weights, or vectors that were kept will be taken for its own.

    Args:
        encoder: a name (see `load_encoder`), a loaded encoder, a SentenceTransformer, which is taken as it
            is, or any object with `encode_queries` and `encode_passages`: from texts to an array of shape
            (texts, dimension). It may say its `name`, `fingerprint`, `dimension`, `similarity` (`cosine`
            unless it says `dot`), `languages`, lengths and prompts.
        device, dtype, passage_length, query_length: of an encoder that is loaded here.

    Raises:
        XqgError: as `load_encoder`; nothing that encodes; a length that an object has not.
    """
    if isinstance(encoder, str | Path):
        return load_encoder(
            str(encoder), device=device, dtype=dtype, passage_length=passage_length, query_length=query_length
        )
    return _adapted(encoder, None, passage_length, query_length)


def _adapted(thing: Any, name: str | None, passage_length: int | None, query_length: int | None) -> Encoder:
    """An object as an encoder.

    Args:
        name: by which it can be loaded again; None: there is none.
    """
    if _is_sentence_transformer(thing):
        return SentenceTransformerEncoder.of_model(thing, name, passage_length, query_length)
    encodes = all(callable(getattr(thing, method, None)) for method in ("encode_queries", "encode_passages"))
    if isinstance(thing, type) or not encodes:
        raise XqgError(
            f"`encoder` is {thing!r:.80}; give a name, a folder, a SentenceTransformer, or an object with "
            "`encode_queries` and `encode_passages`"
        )
    encoder: Encoder = thing if all(hasattr(thing, one) for one in _ALL) else AdaptedEncoder(thing, name)
    for side, wanted, has in (
        ("passage", passage_length, encoder.passage_length),
        ("query", query_length, encoder.query_length),
    ):
        if wanted is not None and has is not None and wanted != has:
            raise XqgError(
                f"`{side}_length` is {wanted}, and encoder {encoder.name} was loaded with {has}; load it with {wanted}"
            )
    return encoder


def _is_sentence_transformer(thing: Any) -> bool:
    library = sys.modules.get("sentence_transformers")  # who has one has imported it
    return library is not None and isinstance(thing, library.SentenceTransformer)
