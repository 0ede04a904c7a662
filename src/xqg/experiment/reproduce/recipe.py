"""The recipe of a published table: models, settings, and the figures to be met."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xqg.augmentation import FUSIONS, Fusion, check_alpha
from xqg.benchmarks import NAMES
from xqg.errors import XqgError
from xqg.evaluation import Measure, check_reader, parse_many
from xqg.passages.languages import parse_languages

__all__ = ["MACRO", "Recipe", "Row", "read_recipe"]

MACRO = "macro"  # in place of a language: the unweighted mean over them
_KEYS: dict[str, type] = {
    "benchmark": str,
    "encoder": str,
    "generator": str,
    "languages": list,
    "per_language": int,
    "seed": int,
    "fusion": str,
    "passage_length": int,
    "query_length": int,
    "depth": int,
    "rows": list,
}
_ROW_KEYS: dict[str, type] = {"name": str, "alpha": float, "expected": dict}
_TYPES = {
    str: "a text",
    list: "a list",
    int: "a whole number",
    float: "a number",
    dict: "`name: value` lines",
}


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        alpha: weight of the generated queries.
        expected: measure → language or `macro` → the published figure, in percent.
    """

    name: str
    alpha: float
    expected: dict[str, dict[str, float]]

    @property
    def file_name(self) -> str:
        """The name without what a file's name may not hold: `mBERT-xQG`."""
        return re.sub(r"[^A-Za-z0-9.]+", "-", self.name).strip("-.")


@dataclass(frozen=True)
class Recipe:
    """What the numbers depend on.

    Attributes:
        languages: to generate queries in, and to ask in.
        per_language: generated queries of a passage in each language.
        passage_length, query_length: encoder tokens read.
        depth: passages retrieved for a question.
    """

    benchmark: str
    encoder: str
    generator: str
    languages: tuple[str, ...]
    per_language: int
    seed: int
    fusion: Fusion
    passage_length: int
    query_length: int
    depth: int
    rows: tuple[Row, ...]

    @property
    def measures(self) -> list[Measure]:
        """The measures of the table, the same for every row."""
        return parse_many(" ".join(self.rows[0].expected))

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return asdict(self)


def read_recipe(path: Path | str) -> Recipe:
    """Read and check a recipe.

    Raises:
        XqgError: file missing, not YAML, an unknown or missing key, a value of the wrong type or out
            of range, an unknown benchmark, language or measure, a reader's measure, rows of different measures.
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
        return _recipe(_checked(values, _KEYS, "the recipe"))
    except XqgError as error:
        raise XqgError(f"{path}: {error}") from None


def _recipe(values: dict[str, Any]) -> Recipe:
    if values["benchmark"] not in NAMES:
        raise XqgError(f"unknown benchmark {values['benchmark']!r}; use one of {', '.join(NAMES)}")
    if values["fusion"] not in FUSIONS:
        raise XqgError(f"unknown fusion {values['fusion']!r}; use one of {', '.join(FUSIONS)}")
    for key in ("per_language", "passage_length", "query_length", "depth"):
        if values[key] < 1:
            raise XqgError(f"{key} is {values[key]}; it must be 1 or more")
    languages = _languages(values["languages"])
    rows = tuple(_row(row, number, languages) for number, row in enumerate(values["rows"], start=1))
    if not rows:
        raise XqgError("rows is empty; give at least one row with name, alpha and expected")
    for row in rows[1:]:
        if list(row.expected) != list(rows[0].expected):
            raise XqgError(f"row {row.name!r} expects other measures than {rows[0].name!r}; name the same")
    names = [row.file_name.lower() for row in rows]
    if len(set(names)) < len(names) or "" in names:
        raise XqgError("two rows have one name, or one has no letter in it; give each a name of its own")
    check_reader(parse_many(" ".join(rows[0].expected)), reader=False)
    return Recipe(**{**values, "languages": languages, "rows": rows})


def _languages(codes: list[Any]) -> tuple[str, ...]:
    for code in codes:
        if not isinstance(code, str):  # YAML reads `no` as false
            raise XqgError(f'{code!r} among languages is not a text; put the code in quotes, such as "no"')
    return tuple(parse_languages(",".join(codes)))


def _row(values: Any, number: int, languages: tuple[str, ...]) -> Row:
    checked = _checked(values, _ROW_KEYS, f"row {number}")
    if not checked["expected"]:
        raise XqgError(f"row {number} expects no measure; name one, such as R@2kt: {{{MACRO}: 44.20}}")
    for measure, figures in checked["expected"].items():
        if not isinstance(measure, str) or not isinstance(figures, dict):
            raise XqgError(f"row {number}: expected must hold lines such as R@2kt: {{{MACRO}: 44.20}}")
        for language, figure in figures.items():
            if language not in (*languages, MACRO):
                raise XqgError(
                    f"row {number}: {measure} of {language!r}, which is neither {MACRO} nor among languages; "
                    "remove it"
                )
            if isinstance(figure, bool) or not isinstance(figure, int | float) or not 0 <= figure <= 100:
                raise XqgError(f"row {number}: {measure} of {language} is {figure!r}; give percent, 0 to 100")
    return Row(checked["name"], check_alpha(float(checked["alpha"])), checked["expected"])


def _checked(values: Any, keys: dict[str, type], what: str) -> dict[str, Any]:
    """The values, if they have exactly these keys and types."""
    if not isinstance(values, dict):
        raise XqgError(f"{what} must be a list of `key: value` lines with {', '.join(keys)}; mend it")
    for key, value in values.items():
        if key not in keys:
            raise XqgError(f"unknown key {key!r} in {what}; the keys are {', '.join(keys)}")
        wanted = (int, float) if keys[key] is float else keys[key]
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise XqgError(f"{key} in {what} is {value!r}; it must be {_TYPES[keys[key]]}")
    for key in keys:
        if key not in values:
            raise XqgError(f"no {key} in {what}; add the line `{key}: …`")
    return values
