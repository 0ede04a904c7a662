"""One way to weight: a fusion, an α, and how query vectors are brought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion
from xqg.augmentation.aggregations import AGGREGATIONS

__all__ = ["TUNED", "Setting", "settings_of"]

TUNED = "tuned"  # in place of a number: α is chosen for each system


@dataclass(frozen=True)
class Setting:
    """One column of "every setting".

    Attributes:
        alpha: fixed; None: tuned, or of no meaning to the aggregation (`max`).
        aggregation: a name of `AGGREGATIONS`.
    """

    fusion: Fusion
    alpha: float | None
    aggregation: str = "sum"

    @property
    def tuned(self) -> bool:
        """Whether α is chosen for each system."""
        return self.alpha is None and AGGREGATIONS[self.aggregation].weighted

    @property
    def stated_alpha(self) -> float | str | None:
        """As results.json has it: a number, "tuned", or None where α plays no part."""
        return TUNED if self.tuned else self.alpha

    @property
    def name(self) -> str:
        """A folder's name: `normalised-tuned`, `raw-alpha-0.01`, `normalised-tuned-mean`, `raw-max`."""
        parts: list[str] = [self.fusion]
        if self.tuned:
            parts.append(TUNED)
        elif self.alpha is not None:
            parts.append(f"alpha-{self.alpha:g}")
        if self.aggregation != "sum":
            parts.append(self.aggregation)
        return "-".join(parts)

    @property
    def words(self) -> str:
        """`normalised fusion, sum, tuned α`; no α where it plays no part (`max`)."""
        alpha = "tuned α" if self.tuned else "" if self.alpha is None else f"α = {self.alpha:g}"
        return ", ".join(part for part in (f"{self.fusion} fusion", self.aggregation, alpha) if part)


def settings_of(aggregations: Sequence[str], alpha: float | None, fusion: Fusion) -> list[Setting]:
    """The setting asked for first; then the other fusion, the paper's fixed α beside a tuned one, and the
    same for every other aggregation.

    Args:
        alpha: None: tuned.
        fusion: of the setting asked for.
    """
    alphas = [alpha] if alpha is not None else [None, DEFAULT_ALPHA]
    fusions = (fusion, *(other for other in FUSIONS if other != fusion))
    return [
        Setting(each, value, name)
        for name in aggregations
        for value in (alphas if AGGREGATIONS[name].weighted else [None])
        for each in fusions
    ]
