"""The tidy table: a row per system, setting, seed, question language, question and measure.

Columns: `system`, `setting` (its name), `fusion`, `aggregation`, `alpha` (float64, null where nothing is
weighed; where α was cross-fitted, that of the question's fold), `passage_language` (of the pool, joined by
`+`), `query_language`, `question_id`, `cluster`, `seed` (int64), `measure`, `value` (float64), and of a
reproduction `expected` (float64, of the whole language, null where nothing was published). Texts are
dictionaries, since each occurs many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xqg.errors import XqgError

if TYPE_CHECKING:
    import pyarrow as pa

    from xqg.experiment.measurements import Measurements

__all__ = ["read_table", "to_table", "values_of"]

COLUMNS = (
    "system", "setting", "fusion", "aggregation", "alpha", "passage_language", "query_language", "question_id",
    "cluster", "seed", "measure", "value",
)  # fmt: skip
_NUMBERS = ("alpha", "seed", "value")
_KEYS = ("setting", "seed", "system", "query_language", "measure")


def to_table(results: Measurements) -> pa.Table:
    """The table of some results."""
    import pyarrow as pa

    texts: dict[str, _Texts] = {name: _Texts() for name in COLUMNS if name not in _NUMBERS}
    numbers: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in (*_NUMBERS, "expected")}
    pool = "+".join(results.settings["passage_languages"])
    settings = {row.name: row for row in results.description.settings}
    systems = {system.name: system for system in results.systems}
    for (name, seed), values in results.values.items():
        for (system, language), measures in values.items():
            alphas = results.alphas.get((name, seed, system), {})
            row = {
                "system": system,
                "setting": name,
                "fusion": systems[system].fusion(settings[name]),
                "aggregation": settings[name].aggregation,
                "passage_language": pool,
                "query_language": language,
            }
            for measure, own in measures.items():
                for text_column, text in {**row, "measure": measure}.items():
                    texts[text_column].repeat(text, len(own))
                texts["question_id"].extend(own)
                texts["cluster"].extend(results.clusters[id_] for id_ in own)
                numbers["seed"].append(np.full(len(own), seed, dtype=np.int64))
                numbers["value"].append(np.fromiter(own.values(), dtype=np.float64, count=len(own)))
                numbers["alpha"].append(np.array([alphas.get(id_) for id_ in own], dtype=np.float64))
                figure = results.expected.get((system, language, measure), np.nan)
                numbers["expected"].append(np.full(len(own), figure))
    arrays: dict[str, Any] = {}
    for name in COLUMNS if not results.expected else (*COLUMNS, "expected"):
        if name in texts:
            arrays[name] = texts[name].array()
        else:
            column = np.concatenate(numbers[name]) if numbers[name] else np.zeros(0)
            # A weight or a figure that there is none of is null; a measured value is a number always.
            arrays[name] = pa.array(column, from_pandas=name != "value")
    return pa.table(arrays)


class _Texts:
    """A column of texts that occur many times: numbers, and what each stands for."""

    def __init__(self) -> None:
        self._number: dict[str | None, int] = {}
        self._parts: list[np.ndarray[Any, np.dtype[np.int32]]] = []

    def _of(self, text: str | None) -> int:
        return -1 if text is None else self._number.setdefault(text, len(self._number))

    def repeat(self, text: str | None, count: int) -> None:
        """One text in some rows."""
        self._parts.append(np.full(count, self._of(text), dtype=np.int32))

    def extend(self, texts: Iterable[str]) -> None:
        """A text a row."""
        self._parts.append(np.fromiter((self._of(text) for text in texts), dtype=np.int32))

    def array(self) -> pa.DictionaryArray:
        """The column."""
        import pyarrow as pa

        codes = np.concatenate(self._parts) if self._parts else np.zeros(0, dtype=np.int32)
        indices = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(self._number), pa.string()))


def read_table(path: Path) -> pa.Table:
    """What `to_table` gave, from a Parquet file.

    Raises:
        XqgError: no such file, or another one.
    """
    import pyarrow.lib
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (OSError, pyarrow.lib.ArrowException):
        raise XqgError(f"{path}: cannot be read; run the comparison again, which writes it") from None
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise XqgError(f"{path}: lacks the columns {', '.join(missing)}; it is of an earlier xqg, run it again")
    return table


def values_of(
    table: pa.Table,
) -> tuple[
    dict[tuple[str, int], dict[tuple[str, str], dict[str, dict[str, float]]]],
    dict[tuple[str, int, str], dict[str, float | None]],
    dict[str, str],
]:
    """`Results.values`, `Results.alphas` and `Results.clusters` of a table; rows may stand in any order."""
    columns = {name: table.column(name).to_numpy(zero_copy_only=False) for name in ("question_id", "cluster", "value")}
    alpha = table.column("alpha").to_pylist()
    clusters = dict(zip(columns["question_id"].tolist(), columns["cluster"].tolist(), strict=True))
    values: dict[tuple[str, int], dict[tuple[str, str], dict[str, dict[str, float]]]] = {}
    alphas: dict[tuple[str, int, str], dict[str, float | None]] = {}
    for key, rows in _groups(table).items():
        name, seed, system, language, measure = key
        ids = columns["question_id"][rows].tolist()
        own = dict(zip(ids, columns["value"][rows].tolist(), strict=True))
        of_setting = values.setdefault((name, seed), {})
        of_setting.setdefault((system, language), {})[measure] = own
        of_system = alphas.setdefault((name, seed, system), {})
        of_system.update((id_, alpha[row]) for id_, row in zip(ids, rows.tolist(), strict=True))
    return values, alphas, clusters


def _groups(table: pa.Table) -> Mapping[tuple[Any, ...], np.ndarray[Any, np.dtype[np.int64]]]:
    """The rows of each setting, seed, system, question language and measure, in the order first seen."""
    codes, names = [], []
    for column in _KEYS:
        encoded = table.column(column).combine_chunks()
        encoded = encoded if hasattr(encoded, "dictionary") else encoded.dictionary_encode()
        codes.append(encoded.indices.to_numpy(zero_copy_only=False))
        names.append(encoded.dictionary.to_pylist())
    number = np.zeros(len(table), dtype=np.int64)
    for code, known in zip(codes, names, strict=True):
        number = number * max(len(known), 1) + code
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    groups = np.split(order, starts[1:]) if len(order) else []
    groups.sort(key=lambda rows: int(rows[0]))
    return {
        tuple(known[code[rows[0]]] for code, known in zip(codes, names, strict=True)): rows for rows in groups
    }
