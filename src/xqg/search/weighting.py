"""The weighting of a search: how much the generated queries count, and those of which languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from xqg.augmentation import Fusion, check_alpha
from xqg.errors import XqgError
from xqg.index import StoredIndex

__all__ = ["Weighting"]


@dataclass(frozen=True)
class Weighting:
    """α, fusion and languages (sorted, each stored in the index) of the vectors that are searched."""

    alpha: float
    fusion: Fusion
    languages: tuple[str, ...]

    @classmethod
    def of(
        cls, index: StoredIndex, alpha: float | None = None, languages: Sequence[str] | None = None
    ) -> Weighting:
        """The index's stored default, with `alpha` or `languages` in its place where given.

        No language at all (an empty list) is allowed: passages alone, weighted 1-α.

        Raises:
            XqgError: α outside [0, 1], a language without stored queries.
        """
        if isinstance(languages, str):
            raise XqgError(f"languages are {languages!r}; give a list such as ['ja', 'ru'], or 'auto'")
        return cls(
            alpha=index.manifest.alpha if alpha is None else check_alpha(float(alpha)),
            fusion=index.manifest.fusion,
            languages=index.manifest.weighted if languages is None else index.resolve(languages),
        )

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return {**asdict(self), "languages": list(self.languages)}
