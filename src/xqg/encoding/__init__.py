"""Encoders: passages and queries to vectors."""

from xqg.encoding.cache import VectorCache
from xqg.encoding.encoder import Encoder, NotFiniteVectors, load_encoder

__all__ = ["Encoder", "NotFiniteVectors", "VectorCache", "load_encoder"]


def as_encoder(encoder, **options):  # type: ignore  # replaced by branch things
    return load_encoder(encoder, **options) if isinstance(encoder, str) else encoder
