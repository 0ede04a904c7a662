"""What results are of, as plain records: systems, measures, settings, how α was chosen, chance and ceiling.

It is what a report needs beside the values, so that every report can be made again from two files:
`per_query.parquet` and, under the key `results`, `settings.json`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xqg.augmentation import default_fusion
from xqg.errors import XqgError
from xqg.experiment.plan import Plan
from xqg.experiment.scale import Scale
from xqg.experiment.setting import TUNED, Setting
from xqg.experiment.system import System
from xqg.experiment.tuning import Tuned

__all__ = ["KINDS", "Compared", "Description", "SettingRow"]

KINDS = ("comparison", "evaluation", "study", "reproduction")  # of results; each has its file in `report/`


@dataclass(frozen=True)
class Compared:
    """A row of the tables: a system as it ran.

    Attributes:
        K: generated queries of a passage behind one ranking; None: not known (a run from elsewhere).
        bound: an upper bound: marked, never ranked with the rest.
        baseline: another way to retrieve than adding queries to vectors.
        dense: the system whose vectors it ranks with, its own name for most; None: none.
        weighted: whether α acts on those vectors.
    """

    name: str
    K: int | None = None
    bound: bool = False
    baseline: bool = True
    dense: str | None = None
    weighted: bool = False

    @classmethod
    def of(cls, system: System, systems: Sequence[System], plan: Plan) -> Compared:
        """A system among all that run."""
        weighted = any(one.weighted for one in systems if one.name == system.dense)
        return cls(system.name, system.count(plan), system.bound, not system.augmented, system.dense, weighted)

    def fusion(self, setting: SettingRow) -> str | None:
        """The fusion of its vectors, `none` without any."""
        return "none" if self.dense is None else setting.fusion

    def alphas(self, setting: SettingRow) -> tuple[float, ...] | None:
        """Its α: one value, one per fold where it was cross-fitted, None where nothing is weighed
        (aggregation `max`)."""
        if self.dense is None:
            return (0.0,)
        if setting.alpha is None:
            return None
        if not self.weighted:
            return (0.0,)  # there are no queries to weigh
        if setting.alpha != TUNED:
            return (float(setting.alpha),)
        by_fold = setting.tuned[self.dense]
        return by_fold[:1] if len(set(by_fold)) == 1 else by_fold


@dataclass(frozen=True)
class SettingRow:
    """A setting as it ran.

    Attributes:
        name: of its folder under `variants/`.
        alpha: a number, "tuned", or None where it plays no part.
        words: `normalised fusion, sum, tuned α`.
        tuned: system → α of each fold (of a dev set: one).
        at_edge: systems one of whose α lies at an edge of its grid.
    """

    name: str
    fusion: str | None = None
    aggregation: str | None = None
    alpha: float | str | None = None
    words: str = ""
    tuned: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    at_edge: tuple[str, ...] = ()

    @classmethod
    def of(cls, setting: Setting, tuned: Mapping[str, Tuned]) -> SettingRow:
        """A setting with the α that were chosen."""
        return cls(
            setting.name,
            setting.fusion,
            setting.aggregation,
            setting.stated_alpha,
            setting.words,
            {name: one.by_fold for name, one in tuned.items()},
            tuple(name for name, one in tuned.items() if one.at_edge),
        )

    def tuned_alpha(self) -> dict[str, Any]:
        """As results.json has it."""
        return {
            name: {"by_fold": list(by_fold), "at_edge_of_grid": name in self.at_edge}
            for name, by_fold in self.tuned.items()
        }


@dataclass(frozen=True)
class Description:
    """See the file.

    Attributes:
        kind: what the results are of, one of `KINDS`.
        measures: name → scale, in the order that was asked for.
        settings: the one that was asked for first.
        seeds: the reported one first.
        chance: the measure that chance was taken of, and its level; None: no measure of rankings.
        ceiling: (question language, reader measure) → what the reader gets from the right passage.
        facts: what became known on the way (cost, blank queries …), JSON values.
    """

    kind: str
    systems: tuple[Compared, ...]
    measures: Mapping[str, Scale]
    settings: tuple[SettingRow, ...]
    seeds: tuple[int, ...] = (0,)
    chance: tuple[str, float] | None = None
    ceiling: Mapping[tuple[str, str], float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return {
            "kind": self.kind,
            "systems": [dataclasses.asdict(system) for system in self.systems],
            "measures": {name: dataclasses.asdict(scale) for name, scale in self.measures.items()},
            "settings": [dataclasses.asdict(setting) for setting in self.settings],
            "seeds": list(self.seeds),
            "chance": None if self.chance is None else list(self.chance),
            "ceiling": [[language, name, value] for (language, name), value in self.ceiling.items()],
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Description:
        """What `to_json` gave.

        Raises:
            XqgError: something else.
        """
        try:
            return cls(
                kind=KINDS[KINDS.index(stored["kind"])],
                systems=tuple(Compared(**row) for row in stored["systems"]),
                measures={name: Scale(**scale) for name, scale in stored["measures"].items()},
                settings=tuple(_setting(row) for row in stored["settings"]),
                seeds=tuple(stored["seeds"]),
                chance=None if stored["chance"] is None else (stored["chance"][0], stored["chance"][1]),
                ceiling={(language, name): value for language, name, value in stored["ceiling"]},
                facts=stored["facts"],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise XqgError(f"what settings.json says of results cannot be read ({error!r}); run it again") from None

    def departures(
        self, settings: Mapping[str, Any], measure: str, planned: str, planned_top: int
    ) -> tuple[str, ...]:
        """In what the primary contrast differs from the planned one; empty: in nothing.

        Args:
            settings: of the results.
            measure: of the primary contrast here.
            planned: the planned measure, of a reader of `planned_top` passages.
        """
        setting, languages = self.settings[0], settings["passage_languages"]
        others: list[str] = []
        if measure != planned:
            others.append(f"{measure}, not the reader's {planned}")
        elif settings["reader"]["top"] != planned_top:
            others.append(f"EM of the top {settings['reader']['top']} passages, not of {planned_top}")
        if settings["benchmark"] != "xquad" or languages != ["en"]:
            others.append(f"{settings['benchmark']} ({'+'.join(languages)}), not XQuAD in English")
        elif len(settings["mean_over"]) != 10 or any(settings.get(key) for key in ("limit", "fold")):
            others.append("not all questions in the ten other languages")
        if setting.alpha != TUNED:
            others.append("α not tuned")
        usual = default_fusion(settings["encoder"]["similarity"])
        if setting.fusion != usual:
            others.append(f"{setting.fusion} fusion, not the encoder's default ({usual})")
        if setting.aggregation != "sum":
            others.append(f"aggregation {setting.aggregation}, not sum")
        return tuple(others)


def _setting(row: Mapping[str, Any]) -> SettingRow:
    tuned = {name: tuple(by_fold) for name, by_fold in row["tuned"].items()}
    return SettingRow(**{**row, "tuned": tuned, "at_edge": tuple(row["at_edge"])})
