"""How queries are sampled, whichever engine does it: as the paper (xQG; Zhuang, Shou, Zuccon 2023)."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["MAX_NEW_TOKENS", "TEMPERATURE", "TOP_K", "Sampling", "sampling_settings"]

TOP_K = 10
TEMPERATURE = 1.0
MAX_NEW_TOKENS = 64


class Sampling(Protocol):
    """A generator, as far as its settings go."""

    name: str
    fingerprint: str
    prompt: str
    languages: tuple[str, ...] | None
    dtype: str


def sampling_settings(generator: Sampling) -> dict[str, Any]:
    """What generated queries depend on besides passages, languages and seed."""
    return {
        "name": generator.name,
        "fingerprint": generator.fingerprint,
        "prompt": generator.prompt,
        "languages": list(generator.languages) if generator.languages is not None else None,
        "dtype": generator.dtype,
        "top_k": TOP_K,
        "temperature": TEMPERATURE,
        "max_new_tokens": MAX_NEW_TOKENS,
    }
