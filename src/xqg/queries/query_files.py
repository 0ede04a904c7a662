"""Rows of files of generated queries, wherever they are: JSONL, Parquet, a folder of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from xqg.errors import XqgError
from xqg.passages.lines import rows

__all__ = ["Row", "query_rows"]

WHAT = "generated queries"
_SETTINGS = "settings.json"  # beside the queries of a comparison
_KINDS = (".jsonl", ".jsonl.gz", ".json", ".parquet")  # .json as the hub has it: one object a line

# Of Parquet files nothing else is read: a column of any type may stand beside these.
_COLUMNS = ("passage_id", "language", "text", "seed", "generator", "docid", "generated_queries", "lang")


class Row(NamedTuple):
    """A row: its file, its place for messages (`file:line`, `file: row N`), and its values by key."""

    path: Path
    where: str
    values: dict[str, Any]


def query_rows(path: Path | str) -> Iterator[Row]:
    """The rows of a file, or of all files of a folder in the order of their names.

    Raises:
        XqgError: nothing there, a folder without such a file, a file that cannot be read.
    """
    path = Path(path)
    for file in _files(path) if os.path.isdir(path) else [path]:
        if file.suffix == ".parquet":
            yield from _parquet(file)
        else:
            yield from (Row(file, f"{file}:{number}", values) for number, values in rows(file, WHAT))


def _files(folder: Path) -> list[Path]:
    found = sorted(
        file
        for file in folder.iterdir()
        if file.name.endswith(_KINDS) and not file.name.startswith(".") and file.name != _SETTINGS
    )
    if not found:
        raise XqgError(f"{folder}: no file of {WHAT} in this folder; put {', '.join(_KINDS)} files in it")
    return found


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not os.path.exists(path):
        raise XqgError(f"{path}: no such file; give a file of {WHAT}")
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if name in _COLUMNS]
            for batch in file.iter_batches(batch_size=1024, columns=columns):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(path, f"{path}: row {number}", values)
    # ValueError and OverflowError: a value that Python has not, such as a date in the year 300000.
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise XqgError(f"{path}: not a whole Parquet file ({reason}); get it anew") from None
