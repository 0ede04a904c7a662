"""The encoder that belongs to an index: questions must be encoded as its passages were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.index import StoredIndex

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["check_encoder", "load_index_encoder"]


def load_index_encoder(index: StoredIndex, device: str | None = None, dtype: str = "auto") -> Encoder:
    """Load the encoder that the index was built with, with the same lengths.

    Raises:
        XqgError: it cannot be loaded, or is no longer the same (another fingerprint).
    """
    from xqg.encoding import load_encoder
    from xqg.encoding.adapted import OBJECT

    record = index.manifest.encoder
    if record.fingerprint.startswith(OBJECT):
        raise XqgError(
            f"{index.path}: built with the encoder object {record.name}, which no name loads; give it as `encoder`"
        )
    encoder = load_encoder(
        record.name,
        device=device,
        dtype=dtype,
        passage_length=record.passage_length,
        query_length=record.query_length,
    )
    check_encoder(index, encoder)
    return encoder


def check_encoder(index: StoredIndex, encoder: Encoder) -> None:
    """Raise XqgError unless the encoder is the one that the index was built with."""
    record = index.manifest.encoder
    if encoder.fingerprint != record.fingerprint:
        raise XqgError(
            f"{index.path}: built with encoder {record.name} ({record.fingerprint}), not with "
            f"{encoder.name} ({encoder.fingerprint}); use that encoder, or build the index again"
        )
    if encoder.dimension != index.manifest.dimension:
        raise XqgError(
            f"{index.path}: holds vectors of dimension {index.manifest.dimension}, but encoder {encoder.name} "
            f"gives {encoder.dimension}; build the index again"
        )
