"""Encoders: passages and queries to vectors."""

from xqg.encoding.cache import VectorCache
from xqg.encoding.encoder import Encoder, NotFiniteVectors
from xqg.encoding.encoders import ENCODERS, as_encoder, encoder_folder, load_encoder

__all__ = [
    "ENCODERS",
    "Encoder",
    "NotFiniteVectors",
    "VectorCache",
    "as_encoder",
    "encoder_folder",
    "load_encoder",
]
