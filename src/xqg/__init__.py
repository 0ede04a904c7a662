"""xqg: cross-lingual dense retrieval with generated queries (xQG, SIGIR 2023)."""

from __future__ import annotations


__version__ = "0.1.0"
