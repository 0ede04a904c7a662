"""A published table as a recipe: the arguments of `compare`, and the figures to be met.

    benchmark: xquad
    encoder: minilm
    queries: xquad-queries.jsonl.gz     # beside the recipe, or from where xqg is called
    systems: [none, mono, cross]
    alpha: tuned
    expected:                           # system → measure → question language, `mean` or `macro` → percent
      none: {R@1: {mean: 12.1}}
      cross: {R@1: {ja: 8.2, mean: 16.7}}
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.checks import checked_whole
from xqg.errors import XqgError
from xqg.evaluation import Measure, check_reader, measures_of, parse
from xqg.experiment.compare import compare
from xqg.experiment.design import (
    aggregations_of,
    alpha_of,
    fold_of,
    fusion_of,
    languages_of,
    positive,
)
from xqg.experiment.selection import wanted_systems

__all__ = ["MACRO", "MEAN", "Recipe", "read_recipe"]

MACRO = "macro"  # in place of a language: the unweighted mean over all question languages
MEAN = "mean"  # the mean over those other than the passages'
OWN = {"expected", "note", "depth"}  # keys that are not arguments of `compare`
NOT_HERE = {"out", "data", "device", "dtype", "reader_dtype", "progress", "limit", "seeds"}  # given when it is run
LENGTHS = ("per_language", "passage_length", "query_length", "depth", "read_top")
TEXTS = ("benchmark", "encoder", "generator", "queries", "reader", "passage_language", "note")

Figures = dict[str, dict[str, dict[str, float]]]  # system → measure → language, mean or macro → percent


@dataclass(frozen=True)
class Recipe:
    """What the numbers depend on.

    Attributes:
        arguments: of `compare`.
        expected: the published figures, in percent.
        note: a sentence to print with them.
        depth: passages retrieved for a question where the pool is too large to be held in memory.
    """

    arguments: dict[str, Any]
    expected: Figures
    note: str = ""
    depth: int = 500

    @property
    def measures(self) -> list[Measure]:
        """Those that were asked for, and those of the table."""
        named = self.arguments.get("measures")
        asked = [] if named is None else measures_of(named)
        names = dict.fromkeys([*(one.name for one in asked), *(name for of in self.expected.values() for name in of)])
        return measures_of(list(names))

    @property
    def systems(self) -> list[str]:
        """Names, in the order of tables."""
        return [system.name for system in wanted_systems(self.arguments["systems"]).required]

    @property
    def languages(self) -> tuple[str, ...] | None:
        """Question languages; None: all that the benchmark has."""
        return languages_of(self.arguments.get("query_languages"))

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return {**self.arguments, "expected": self.expected, "depth": self.depth}


def read_recipe(path: Path | str) -> Recipe:
    """Read and check a recipe.

    Raises:
        XqgError: file missing, not YAML, an unknown key, a value of the wrong type or out of range, an
            unknown system, language or measure, a reader's measure without a reader.
    """
    import yaml

    path = Path(path)
    if not path.is_file():
        raise XqgError(f"{path}: no such recipe; give a YAML file such as recipes/xqg-xor-tydi.yaml")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise XqgError(f"{path}: not a YAML file ({reason}); mend it") from None
    try:
        return _recipe(values, path.parent)
    except XqgError as error:
        raise XqgError(f"{path}: {error}") from None


def _recipe(values: Any, folder: Path) -> Recipe:
    known = (set(inspect.signature(compare).parameters) | OWN) - NOT_HERE
    if not isinstance(values, dict):
        raise XqgError("the recipe must be `key: value` lines with benchmark, encoder, systems, expected; mend it")
    for key in values:
        if key not in known:
            raise XqgError(f"unknown key {key!r} in the recipe; the keys are {', '.join(sorted(known))}")
    for key in ("benchmark", "encoder", "systems", "expected"):
        if values.get(key) is None:
            raise XqgError(f"no {key} in the recipe; add the line `{key}: …`")
    arguments = {key: value for key, value in values.items() if key not in OWN}
    _check(arguments, values)
    systems = [system.name for system in wanted_systems(arguments["systems"]).required]
    asked = languages_of(arguments.get("query_languages"), "query_languages")
    expected = _figures(values["expected"], systems, asked)
    recipe = Recipe(arguments, expected, str(values.get("note") or ""), values.get("depth", 500))
    check_reader(recipe.measures, reader=arguments.get("reader") is not None)
    if arguments.get("generator") is not None and arguments.get("queries") is not None:
        raise XqgError("generator and queries exclude each other; remove one of them")
    if isinstance(arguments.get("queries"), str) and (folder / arguments["queries"]).exists():
        arguments["queries"] = str(folder / arguments["queries"])
    return recipe


def _check(arguments: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Refuse what `compare` would refuse, before anything is looked for."""
    for key in TEXTS:
        if values.get(key) is not None and not isinstance(values[key], str):
            raise XqgError(f"{key} is {values[key]!r}; it must be a text")
    for key in LENGTHS:
        positive(key, values.get(key))
    checked_whole("seed", arguments.get("seed", 0), None)
    for key in ("languages", "query_languages"):
        codes = arguments.get(key)
        for code in codes if isinstance(codes, list) else ():
            if not isinstance(code, str):  # YAML reads `no` as false
                raise XqgError(f'{code!r} among {key} is not a text; put the code in quotes, such as "no"')
        languages_of(codes, key)
    fusion_of(arguments.get("fusion"))
    alpha_of(arguments.get("alpha", "tuned"))
    fold_of(arguments.get("fold"))
    aggregations_of(arguments.get("aggregations", "sum"))


def _figures(values: Any, systems: list[str], languages: tuple[str, ...] | None) -> Figures:
    if not isinstance(values, dict) or not values:
        raise XqgError(f"expected must hold lines such as cross: {{R@2kt: {{{MACRO}: 44.20}}}}")
    for system, measures in values.items():
        if system not in systems:
            raise XqgError(f"expected names {system!r}, which is not among systems ({', '.join(systems)})")
        if not isinstance(measures, dict) or not measures:
            raise XqgError(f"{system} expects no measure; name one, such as R@2kt: {{{MACRO}: 44.20}}")
        for measure, figures in measures.items():
            if not isinstance(measure, str) or not isinstance(figures, dict):
                raise XqgError(f"{system}: expected must hold lines such as R@2kt: {{{MACRO}: 44.20}}")
            for language, figure in figures.items():
                if languages is not None and language not in (*languages, MACRO, MEAN):
                    raise XqgError(
                        f"{system}: {measure} of {language!r}, which is neither {MACRO} nor {MEAN} nor among "
                        "query_languages; remove it"
                    )
                if isinstance(figure, bool) or not isinstance(figure, int | float) or not 0 <= figure <= 100:
                    raise XqgError(f"{system}: {measure} of {language} is {figure!r}; give percent, 0 to 100")
    return {
        system: {parse(name).name: dict(of) for name, of in measures.items()} for system, measures in values.items()
    }
