"""Another default weighting, fusion or engine: the manifest changes, no row does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xqg.augmentation import FUSIONS, Fusion, check_alpha
from xqg.errors import XqgError
from xqg.index.change import NextVersion, change
from xqg.index.index import StoredIndex
from xqg.index.operations import manifest_changed
from xqg.index.work import Work

__all__ = ["reweight_index"]


def reweight_index(
    path: Path | str,
    *,
    alpha: float | None = None,
    languages: Sequence[str] | None = None,
    fusion: Fusion | None = None,
    engine: str | None = None,
) -> StoredIndex:
    """Set what searches use where they say nothing else; None leaves a setting as it is.

    Args:
        languages: of the generated queries that count; they must be stored. Empty: passages alone.
        engine: Faiss factory string.

    Raises:
        XqgError: nothing to set, α outside [0, 1], an unknown fusion, a language without stored
            queries, an unfinished change.
    """
    if alpha is None and languages is None and fusion is None and engine is None:
        raise XqgError(f"{path}: nothing to change; give `alpha`, `languages`, `fusion` or `engine`")
    if alpha is not None:
        check_alpha(alpha)
    if fusion is not None and fusion not in FUSIONS:
        raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")
    asked: dict[str, Any] = {
        "alpha": None if alpha is None else float(alpha),
        "weighted": None if languages is None else list(languages),
        "fusion": fusion,
        "engine": engine,
    }

    def make(index: StoredIndex, work: Work) -> NextVersion | None:
        new = {name: value for name, value in asked.items() if value is not None}
        if languages is not None:
            new["weighted"] = index.resolve(languages)
        manifest = replace(index.manifest, **new)
        if manifest == index.manifest:
            return None
        about = {name: list(value) if isinstance(value, tuple) else value for name, value in new.items()}
        return NextVersion(manifest_changed(manifest), about)

    return change(path, {"command": "reweight", **asked}, make)
