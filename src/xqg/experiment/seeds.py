"""Random draws that are the same on every machine, named by what they are for."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["seeded"]


def seeded(*names: object) -> np.random.Generator:
    """A generator of random numbers for a purpose, such as ("chunks", seed, passage id)."""
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
