"""How the values of a measure are printed, and which of them is better."""

from __future__ import annotations

from dataclasses import dataclass

from xqg.evaluation import Measure

__all__ = ["PERCENT", "POINTS", "Scale"]

PERCENT = "percent"


@dataclass(frozen=True)
class Scale:
    """A measure's unit and direction.

    Attributes:
        unit: `percent` for values that are fractions; else what a value counts, such as `ranks`.
    """

    unit: str = PERCENT
    higher_is_better: bool = True

    @classmethod
    def of(cls, measure: Measure) -> Scale:
        """That of a measure."""
        return cls(measure.unit, measure.higher_is_better)

    @property
    def of_differences(self) -> str:
        """What a difference of two values is counted in."""
        return "points" if self.unit == PERCENT else self.unit

    @property
    def symbol(self) -> str:
        """For the axis of a plot: `%`, or the unit."""
        return "%" if self.unit == PERCENT else self.unit

    def number(self, value: float) -> float:
        """A value as plots draw it: percent, or as it is."""
        return 100 * value if self.unit == PERCENT else value

    def shown(self, value: float, sign: str = "") -> str:
        """A value as tables print it, to one decimal.

        Args:
            sign: `+` prints the sign of a difference.
        """
        return format(self.number(value), f"{sign}.1f")

    def best(self, values: list[float]) -> float:
        """The best of some values."""
        return max(values) if self.higher_is_better else min(values)


POINTS = Scale()  # of most measures
