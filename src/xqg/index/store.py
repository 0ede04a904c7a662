"""Reading and writing the Lance dataset inside an index folder.

Everything that knows Lance's interface is here; its errors become one line for the user.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError
from xqg.index.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CACHE", "DATASET", "commit", "open_dataset", "read_batches", "take_rows", "write_block"]

DATASET = "passages.lance"
CACHE = "cache"
METADATA_KEY = "xqg"
SCAN_ROWS = 8192  # rows read at a time; bounds memory while vectors are fused


def lance() -> ModuleType:
    """Import Lance, without its start-up notes ("no existing dataset …") on the user's terminal."""
    os.environ.setdefault("LANCE_LOG", "error")
    import lance

    return lance


def write_block(folder: Path, table: pa.Table) -> list[Any]:
    """Write rows as uncommitted fragments of the dataset in `folder`; they exist once committed.

    Raises:
        XqgError: the files cannot be written.
    """
    lance()
    from lance.fragment import write_fragments

    try:
        return list(write_fragments(table, folder / DATASET, schema=table.schema))
    except (OSError, RuntimeError) as error:
        raise XqgError(
            f"{folder}: cannot write the index ({_line(error)}); free space or use another --out"
        ) from None


def commit(folder: Path, fragments: Sequence[Any], schema: pa.Schema, manifest: Manifest) -> None:
    """Make the fragments and the manifest the dataset's content, in one commit.

    Raises:
        XqgError: the commit cannot be written.
    """
    module = lance()
    described = schema.with_metadata({METADATA_KEY: manifest.dumps()})
    operation = module.LanceOperation.Overwrite(described, list(fragments))
    try:
        module.LanceDataset.commit(folder / DATASET, operation)
    except (OSError, RuntimeError) as error:
        raise XqgError(
            f"{folder}: cannot write the index ({_line(error)}); free space or use another --out"
        ) from None


def open_dataset(path: Path) -> tuple[Any, Manifest]:
    """The dataset in an index folder and its manifest.

    Raises:
        XqgError: no such folder, no index in it, a manifest that is broken or of a newer format.
    """
    if not path.is_dir():
        what = "is a file" if path.exists() else "no such folder"
        raise XqgError(f"{path}: {what}; give the folder that `xqg index --out` made")
    if not (path / DATASET).is_dir():
        raise XqgError(
            f"{path}: not an index (no {DATASET} in it); give a folder that `xqg index --out` made"
        )
    try:
        dataset = lance().dataset(path / DATASET)
        text = (dataset.schema.metadata or {}).get(METADATA_KEY.encode())
    except (OSError, ValueError, RuntimeError) as error:
        raise XqgError(f"{path}: cannot read the index ({_line(error)}); build it again") from None
    if text is None:
        raise XqgError(f"{path}: not an index (its dataset has no xqg manifest); build it with `xqg index`")
    manifest = Manifest.loads(text, str(path))
    rows = dataset.count_rows()
    if rows != manifest.counts.passages:
        raise XqgError(
            f"{path}: {rows} rows but its manifest counts {manifest.counts.passages} passages; build it again"
        )
    return dataset, manifest


def read_batches(dataset: Any, columns: Sequence[str], path: Path) -> Iterator[pa.RecordBatch]:
    """The columns of all rows, in the dataset's order, `SCAN_ROWS` at a time.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    try:
        yield from dataset.to_batches(columns=list(columns), batch_size=SCAN_ROWS, scan_in_order=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise XqgError(f"{path}: cannot read the index ({_line(error)}); build it again") from None


def take_rows(dataset: Any, rows: Sequence[int], columns: Sequence[str], path: Path) -> list[dict[str, Any]]:
    """The columns of the given rows, in the order asked, repeated rows repeated.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    if not rows:
        return []
    try:
        return dataset.take(list(rows), columns=list(columns)).to_pylist()
    except (OSError, ValueError, RuntimeError) as error:
        raise XqgError(f"{path}: cannot read the index ({_line(error)}); build it again") from None


def _line(error: BaseException) -> str:
    """The first line of an error, without the place in Lance's source that follows it."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.split(", /")[0][:200]
