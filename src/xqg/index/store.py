"""Reading and writing the Lance dataset inside an index folder.

Everything that knows Lance's interface is here; its errors become one line for the user. Rows lie in
fragments, groups of rows in files that never change. A change of an index writes such files first;
then one of Lance's operations makes them the next version in one commit (`operations`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError
from xqg.index.lance_gaps import check_whole, drop_deletions
from xqg.index.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CACHE",
    "DATASET",
    "METADATA_KEY",
    "add_columns",
    "check_folder",
    "check_predicate",
    "delete_rows",
    "drop_orphans",
    "drop_unused",
    "files_of",
    "format_of",
    "lance",
    "latest_dataset",
    "latest_version",
    "manifest_of",
    "manifest_row",
    "message_of",
    "open_dataset",
    "predicate_of",
    "read_batches",
    "take_rows",
    "take_table",
    "write_rows",
    "writing",
]

DATASET = "passages.lance"
CACHE = "cache"
METADATA_KEY = "xqg"  # of the schema: the manifest
MESSAGE_KEY = "__lance_commit_message"
SCAN_ROWS = 8192  # rows read at a time; bounds memory while vectors are fused
# Lance reads many batches ahead: with this it takes half the memory, and is no slower.
READ_AHEAD = {"batch_readahead": 1, "fragment_readahead": 1, "io_buffer_size": 1 << 25}


def lance() -> ModuleType:
    """Import Lance, without its start-up notes ("no existing dataset …") on the user's terminal."""
    os.environ.setdefault("LANCE_LOG", "error")
    import lance

    return lance


def write_rows(folder: Path, table: pa.Table, rows_per_file: int | None = None) -> list[Any]:
    """Write rows as uncommitted fragments of the dataset in `folder`; they exist once committed.

    Args:
        rows_per_file: None: all in one file.

    Raises:
        XqgError: the files cannot be written.
    """
    lance()
    from lance.fragment import write_fragments

    largest = max(len(table), 1) if rows_per_file is None else rows_per_file
    with writing(folder):
        written = write_fragments(table, folder / DATASET, schema=table.schema, max_rows_per_file=largest)
        for fragment in written:
            check_whole(folder / DATASET, fragment)
        return list(written)


def add_columns(folder: Path, fragment: Any, columns: pa.Table) -> Any:
    """Write further columns of a fragment's rows, in their order; returns the fragment, uncommitted.

    Raises:
        XqgError: the files cannot be written.
    """
    with writing(folder):
        changed, _ = fragment.merge_columns(columns)
        check_whole(folder / DATASET, changed)
        return changed


def predicate_of(ids: Sequence[str]) -> str:
    """SQL that holds for rows of these ids."""
    listed = ", ".join("'" + id_.replace("'", "''") + "'" for id_ in ids)
    return f"id IN ({listed})"


def delete_rows(path: Path, fragment: Any, ids: Sequence[str]) -> Any:
    """A fragment without the passages of these ids, uncommitted; None where none is left.

    Raises:
        XqgError: the list of deleted rows cannot be written.
    """
    with writing(path):
        left = fragment.delete(predicate_of(ids))
        if left is not None:
            check_whole(path / DATASET, left)
        return left


def drop_orphans(dataset: Any, keep_versions: int | None = None) -> None:
    """Delete files that belong to no version: only under the writer's lock.

    Args:
        keep_versions: keep the latest versions only; None: all.
    """
    from datetime import timedelta

    every = timedelta(days=365_000)
    older_than, keep = (every, None) if keep_versions is None else (timedelta(0), keep_versions)
    with writing(Path(dataset.uri).parent):
        dataset.cleanup_old_versions(older_than, keep, delete_unverified=True)
        drop_deletions(dataset)


def drop_unused(folder: Path, used: Collection[str]) -> None:
    """Delete data files of a new dataset that are not among those used: what a kill cut off.

    Args:
        used: paths relative to the index folder.
    """
    for path in (folder / DATASET / "data").iterdir():
        if f"{DATASET}/data/{path.name}" not in used:
            path.unlink()


def files_of(fragment: Any) -> list[str]:
    """Paths of a fragment's data files, relative to the index folder."""
    return [f"{DATASET}/data/{file.path}" for file in fragment.files]


def open_dataset(path: Path, version: int | None = None) -> tuple[Any, Manifest]:
    """The dataset in an index folder and its manifest; `version` None: the latest.

    Raises:
        XqgError: no such folder, no index in it, no such version, a manifest that is broken or of
            another format.
    """
    check_folder(path)
    with _reading(path):
        try:
            dataset = lance().dataset(path / DATASET, version=version)
        except (ValueError, OverflowError):  # a number beyond 64 bits
            if version is None:
                raise
            raise XqgError(f"{path}: has no version {version}; see `xqg history`") from None
    return dataset, manifest_of(dataset, path)


def check_folder(path: Path) -> None:
    """Raise XqgError unless there is an index in the folder."""
    if not path.is_dir():
        what = "is a file" if path.exists() else "no such folder"
        raise XqgError(f"{path}: {what}; give the folder that `xqg index --out` made")
    if not (path / DATASET).is_dir():
        raise XqgError(
            f"{path}: not an index (no {DATASET} in it); give a folder that `xqg index --out` made"
        )


def latest_dataset(path: Path) -> Any:
    """The dataset in an index folder at its latest version, of whatever format it is.

    Raises:
        XqgError: it cannot be read.
    """
    with _reading(path):
        return lance().dataset(path / DATASET)


def manifest_row(dataset: Any, path: Path) -> dict[str, Any]:
    """The manifest in a dataset's schema metadata as JSON values, of whatever format it is.

    Raises:
        XqgError: there is none, or it is no JSON object.
    """
    with _reading(path):
        text = (dataset.schema.metadata or {}).get(METADATA_KEY.encode())
    if text is None:
        raise XqgError(f"{path}: not an index (its dataset has no xqg manifest); build it with `xqg index`")
    return Manifest.row(text, str(path))


def format_of(dataset: Any, path: Path) -> int | None:
    """The format that a dataset's manifest names; None where it names none.

    Raises:
        XqgError: as `manifest_row`.
    """
    version = manifest_row(dataset, path).get("format")
    return version if isinstance(version, int) else None


def manifest_of(dataset: Any, path: Path) -> Manifest:
    """The manifest in a dataset's schema metadata.

    Raises:
        XqgError: there is none, or it is broken or of another format.
    """
    return Manifest.from_json(manifest_row(dataset, path), str(path))


def message_of(dataset: Any, version: int) -> dict[str, Any]:
    """What the commit that made a version said of itself; empty where it said nothing."""
    try:
        properties = dataset.read_transaction(version).transaction_properties or {}
        found = json.loads(properties.get(MESSAGE_KEY, "{}"))
    except (OSError, ValueError, RuntimeError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def read_batches(
    dataset: Any, columns: Sequence[str], path: Path, **scan: Any
) -> Iterator[pa.RecordBatch]:
    """The columns of all rows, in the dataset's order, `SCAN_ROWS` at a time.

    `scan` goes to Lance's scanner: a `filter`, `fragments`, `with_row_address`, `offset` and `limit`.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    with _reading(path):
        yield from dataset.scanner(
            columns=list(columns), batch_size=SCAN_ROWS, scan_in_order=True, **{**READ_AHEAD, **scan}
        ).to_batches()


def latest_version(dataset: Any, path: Path) -> int:
    """Number of the latest version there is, whatever version `dataset` is at.

    Raises:
        XqgError: the folder cannot be read.
    """
    with _reading(path):
        return int(dataset.latest_version)


def check_predicate(dataset: Any, predicate: str, names: Sequence[str]) -> None:
    """Raise XqgError for a predicate that Lance cannot evaluate; `names` are columns to tell the user."""
    try:
        dataset.scanner(columns=[], filter=predicate, with_row_address=True).explain_plan()
        # Lance reads up to a semicolon and passes over the rest.
        reason = "one condition, without a semicolon" if ";" in re.sub("'[^']*'", "", predicate) else None
    except (OSError, ValueError, RuntimeError) as error:
        reason = _line(error)
    if reason is not None:
        raise XqgError(
            f"`where` {predicate!r}: {reason}; give a condition over {', '.join(names)}, such as "
            "\"year >= 2000 AND language = 'en'\""
        )


def take_rows(dataset: Any, rows: Sequence[int], columns: Sequence[str], path: Path) -> list[dict[str, Any]]:
    """The columns of the given rows, in the order asked, repeated rows repeated.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    return take_table(dataset, rows, columns, path).to_pylist() if len(rows) else []


def take_table(dataset: Any, rows: Any, columns: Sequence[str], path: Path) -> pa.RecordBatch:
    """As `take_rows`, as one batch of Arrow columns.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    with _reading(path):
        table = dataset.take([int(row) for row in rows], columns=list(columns))
        return table.combine_chunks().to_batches()[0]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    with _in_one_line("read", path, f"if it was changed meanwhile, run the command again; else see `xqg verify {path}`"):
        yield


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn Lance's errors while it writes into an XqgError of one line."""
    with _in_one_line("write", folder, "free space or mend the folder's permissions, then run the same command again"):
        yield


@contextmanager
def _in_one_line(what: str, path: Path, remedy: str) -> Iterator[None]:
    """Lance's errors as one line, its panics too: they are no `Exception` and would end in a traceback."""
    try:
        yield
    except XqgError:
        raise
    except BaseException as error:
        if isinstance(error, OSError | ValueError | RuntimeError) or type(error).__name__ == "PanicException":
            raise XqgError(f"{path}: cannot {what} the index ({_line(error)}); {remedy}") from None
        raise


def _line(error: BaseException) -> str:
    """The first line of an error, without the place in Lance's source that follows it."""
    text = (str(error).splitlines() or [type(error).__name__])[0].split(", /")[0]
    return text if len(text) <= 300 else f"{text[:150]} … {text[-150:]}"  # the reason is at the end
