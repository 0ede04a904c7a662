"""Which engine serves a search, and which searches it can serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.search.engines import FLAT, check_engine, engine_class
from xqg.search.weighting import Weighting

__all__ = ["check_served", "chosen_engine"]


def chosen_engine(index: StoredIndex, engine: str | None = None) -> str:
    """The engine asked for, or the index's own (None), as a text.

    Raises:
        XqgError: it cannot be built over the index.
    """
    text = index.manifest.engine if engine is None else engine
    check_engine(text, index.manifest.dimension, len(index))
    return text


def check_served(
    index: StoredIndex, engine: str, alpha: float | None, languages: Sequence[str] | Literal["auto"] | None
) -> None:
    """Refuse a weighting that an engine does not have: one that approximates has the stored one only.

    Raises:
        XqgError: that, or a weighting that the index does not have.
    """
    asked = Weighting.of(index, alpha, None if languages == "auto" else languages)
    if not engine_class(engine).exact and (languages == "auto" or asked != Weighting.of(index)):
        raise XqgError(
            f"{index.path}: engine {engine} searches with the stored weighting only; give `engine` {FLAT} for "
            "another one, or store it with `xqg reweight`"
        )
