"""Encoders: passages and queries to vectors."""

from xqg.encoding.cache import VectorCache
from xqg.encoding.encoder import Encoder, load_encoder

__all__ = ["Encoder", "VectorCache", "load_encoder"]
