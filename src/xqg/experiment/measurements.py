"""Every value that was measured: means over questions and languages, differences, their significance.

`Results` (results.py) is this with a face: what is printed, saved and loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xqg.errors import XqgError
from xqg.evaluation import Run
from xqg.experiment.contrasts import MEAN, PRIMARY, Contrast, Values, contrast_of, contrasts, interpretability
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.scale import Scale

__all__ = ["PRIMARY_MEASURE", "Measurements", "View"]

PRIMARY_MEASURE = "EM"  # of the primary contrast, as it was planned
PRIMARY_TOP = 5  # passages that its reader reads


@dataclass(frozen=True, eq=False)
class View:
    """One setting: means, and their significance.

    Attributes:
        values: (system, question language) → measure → question id → value.
        means: (system, language or MEAN, measure) → mean over questions; MEAN is over languages.
        contrasts: against `none` and `mono`, corrected together.
        interpretability: whether `none` is better than chance, see `interpretability`.
    """

    setting: SettingRow
    values: Values
    means: Mapping[tuple[str, str, str], float]
    contrasts: tuple[Contrast, ...]
    interpretability: Mapping[str, Any]

    def contrast(self, system: str, versus: str, language: str, measure: str) -> Contrast | None:
        """The contrast, or None where one side did not run."""
        return self._by_key.get((system, versus, language, measure))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], Contrast]:
        return {(c.system, c.versus, c.query_language, c.measure): c for c in self.contrasts}


@dataclass(frozen=True, eq=False)
class Measurements:
    """Every value that was measured, and what it depends on.

    Attributes:
        settings: what the values depend on, known before the work began: models and their hashes, data,
            seeds, versions.
        description: systems, measures and settings of the table; how α was chosen; chance and ceiling.
        values: (setting's name, seed) → (system, question language) → measure → question id → value,
            fractions where a measure is printed in percent.
        alphas: (setting's name, seed, system) → question id → the α that it was ranked with.
        clusters: question id → cluster, the unit of resampling.
        runs: setting's name → (system, question language) → run: in memory, or read from the files of a
            comparison's `out` when they are asked for; of results that were loaded there are none.
    """

    settings: dict[str, Any]
    description: Description
    values: Mapping[tuple[str, int], Values]
    alphas: Mapping[tuple[str, int, str], Mapping[str, float | None]]
    clusters: Mapping[str, str]
    runs: Mapping[str, Mapping[tuple[str, str], Run]] = field(default_factory=dict, repr=False)

    # What is in the table

    @property
    def systems(self) -> tuple[Compared, ...]:
        """The rows of every table."""
        return self.description.systems

    @property
    def measures(self) -> tuple[str, ...]:
        """Names: the measure of the primary contrast first, then the others as they were asked for."""
        return tuple(sorted(self.description.measures, key=PRIMARY_MEASURE.__ne__))

    @property
    def primary_measure(self) -> str:
        """The reader's exact match, else the first measure as its stand-in."""
        return self.measures[0]

    @property
    def facts(self) -> dict[str, Any]:
        """The settings, and what became known on the way: cost, blank queries and the like."""
        return {**self.settings, **self.description.facts}

    @property
    def benchmark(self) -> str:
        """Its name."""
        return str(self.settings["benchmark"])

    @property
    def query_languages(self) -> tuple[str, ...]:
        """Languages that questions were asked in."""
        return tuple(self.settings["query_languages"])

    @property
    def mean_languages(self) -> tuple[str, ...]:
        """Those that means are taken over: the others than the passages'."""
        return tuple(self.settings.get("mean_over", self.query_languages))

    @property
    def seed(self) -> int:
        """The seed that is reported."""
        return self.description.seeds[0]

    def scale(self, measure: str) -> Scale:
        """How a measure's values are printed."""
        return self.description.measures[measure]

    @cached_property
    def expected(self) -> Mapping[tuple[str, str, str], float]:
        """(system; question language, `macro` or `mean`; measure) → published value, of a reproduction of
        the whole: its recipe's figures in the measure's own unit."""
        facts = self.description.facts
        if "recipe" not in facts or facts["limit"] is not None:
            return {}
        return {
            (system, language, name): figure / self.scale(name).number(1.0)
            for system, measures in facts["recipe"]["expected"].items()
            for name, figures in measures.items()
            for language, figure in figures.items()
        }

    def values_of(self, setting: str | None = None, seed: int | None = None) -> Values:
        """The values of a setting (None: the one that was asked for) and a seed (None: the reported one)."""
        names = [one.name for one in self.description.settings]
        name, number = names[0] if setting is None else setting, self.seed if seed is None else seed
        for what, value, known in (("setting", name, names), ("seed", number, self.description.seeds)):
            if value not in known:
                self._lack(what, value, known)
        return self.values[name, number]

    # What it says

    def mean(self, system: str, measure: str, language: str = MEAN, *, setting: str | None = None, seed: int | None = None) -> float:
        """The mean of a measure over questions; `mean` in place of a language: of the languages' means.

            >>> round(results.mean("mono", "R@1"), 3), round(results.mean("bm25", "R@1", "en"), 3)
            (1.0, 0.917)

        Raises:
            XqgError: what the results do not have.
        """
        values = self.values_of(setting, seed)
        languages = self.mean_languages if language == MEAN else (language,)
        means = []
        for code in languages:
            if (system, code) not in values or measure not in values[system, code]:
                self._refuse("system", system, code, measure)
            own = values[system, code][measure]
            means.append(sum(own.values()) / len(own))
        return sum(means) / len(means)

    def _refuse(self, argument: str, system: str, language: str, measure: str) -> None:
        """Say which of the arguments the results lack; `argument` is the one that names the system."""
        names = [one.name for one in self.systems]
        for what, value, known in (
            (argument, system, names),
            ("language", language, [*self.query_languages, MEAN]),
            ("measure", measure, self.measures),
        ):
            if value not in known:
                self._lack(what, value, known)
        where = [name for (name, seed), of in self.values.items() if seed == self.seed and (system, language) in of]
        raise XqgError(f"{system} was not measured in {language!r} there; choose `setting` from {', '.join(where) or 'none'}")

    def _lack(self, what: str, value: Any, known: Sequence[Any]) -> None:
        raise XqgError(f"`{what}` is {value!r}, which these results lack; use one of {', '.join(map(str, known))}")

    def contrast(
        self,
        system: str,
        versus: str,
        measure: str | None = None,
        language: str = MEAN,
        *,
        setting: str | None = None,
    ) -> Contrast:
        """`system` - `versus` with its 95 % interval and p-values.

            >>> results.contrast("cross", "mono")
            <cross - mono, R@1, mean: -8.3 (-20.8 to +0.0), p = 0.17>
            >>> round(results.contrast("bm25", "none", language="fi").difference, 3)
            -0.167

        Contrasts against `none` and `mono`, and the planned controls, are corrected together (Holm), but
        for the primary one; any other pair is not corrected.

        Args:
            measure: None: the primary one.
            language: of the questions; `mean`: over all but the passages' own.
            setting: a name such as `raw-tuned`; None: the one that was asked for.

        Raises:
            XqgError: what the results do not have.
        """
        name = self.primary_measure if measure is None else measure
        over = self.mean_languages if language == MEAN else (language,)
        values = self.values_of(setting)
        for argument, one in (("system", system), ("versus", versus)):
            for code in over:
                if (one, code) not in values or name not in values[one, code]:
                    self._refuse(argument, one, code, name)
        chosen = self.description.settings[0].name if setting is None else setting
        for view in self.views:
            known = view.contrast(system, versus, language, name)
            if view.setting.name == chosen and known is not None:
                return known
        return contrast_of(values, (system, versus), language, over, name, self.clusters, self.scale(name))

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Every setting with its significance, the one that was asked for first; of a study none: its
        settings do not have the same systems."""
        if self.description.kind == "study":
            return ()
        return tuple(self._view(row, number) for number, row in enumerate(self.description.settings))

    def _view(self, row: SettingRow, number: int) -> View:
        names, values = [system.name for system in self.systems], self.values_of(row.name)
        languages, over = self.query_languages, self.mean_languages
        means = {
            (name, language, measure): self.mean(name, measure, language, setting=row.name)
            for name in names
            for language in (*languages, MEAN)
            for measure in self.measures
        }
        scales = {name: self.scale(name) for name in self.measures}
        primary = self.primary_measure if number == 0 else None
        tested = contrasts(values, names, languages, over, scales, self.clusters, primary)
        judged: dict[str, Any] = {"measure": None, "chance": None, "at_chance": [], "interpretable": None}
        if self.description.chance is not None:
            measure, chance = self.description.chance
            judged = interpretability(values, names, languages, over, measure, self.clusters, chance)
        return View(row, values, means, tuple(tested), judged)

    @cached_property
    def departures(self) -> tuple[str, ...]:
        """In what the primary contrast differs from the planned one; empty: in nothing."""
        return self.description.departures(self.settings, self.primary_measure, PRIMARY_MEASURE, PRIMARY_TOP)

    def by_seed(self, system: str) -> tuple[float, ...]:
        """The primary measure's mean over languages with each seed.

        >>> len(results.by_seed("cross"))
        1
        """
        return tuple(self.mean(system, self.primary_measure, seed=seed) for seed in self.description.seeds)

    @property
    def differences_by_seed(self) -> tuple[float, ...]:
        """`cross` - `mono` with each seed; empty where one of them did not run."""
        names = {system.name for system in self.systems}
        if not names.issuperset(PRIMARY):
            return ()
        return tuple(a - b for a, b in zip(*map(self.by_seed, PRIMARY), strict=True))
