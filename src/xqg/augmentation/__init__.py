"""Augmented vectors: passage vectors with the vectors of their generated queries added."""

from xqg.augmentation.fusion import (
    DEFAULT_ALPHA,
    FUSIONS,
    Fusion,
    check_alpha,
    default_fusion,
    fuse,
    unit_length,
)

__all__ = ["DEFAULT_ALPHA", "FUSIONS", "Fusion", "check_alpha", "default_fusion", "fuse", "unit_length"]
