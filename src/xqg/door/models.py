"""Models by name, or as objects."""

from __future__ import annotations

from typing import Any

__all__ = ["EncoderLike", "GeneratorLike", "as_encoder", "as_generator"]

EncoderLike = Any
GeneratorLike = Any


def as_encoder(encoder: EncoderLike, **options: Any) -> Any:
    """An encoder, loaded where it is named."""
    from xqg.encoding import load_encoder

    return load_encoder(encoder, **options) if isinstance(encoder, str) else encoder


def as_generator(generator: GeneratorLike, **options: Any) -> Any:
    """A generator, loaded where it is named."""
    from xqg.queries import load_generator

    return load_generator(generator, **options) if isinstance(generator, str) else generator
