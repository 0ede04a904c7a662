"""The operations that change an index, each one of Lance's own verbs and one commit.

Lance's shorter ways to the same operations (`dataset.delete`, `merge_insert`, `add_columns`, …) take
no message, and write a change's files in one go; here the files were written before, segment by
segment, so that a change that was killed goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.index.manifest import Manifest
from xqg.index.store import DATASET, METADATA_KEY, delete_rows, lance, predicate_of, read_batches, writing

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Removal",
    "appended",
    "columns_added",
    "commit",
    "created",
    "deleted",
    "manifest_changed",
    "removal",
    "replaced",
    "restored",
    "rewritten",
]

SHOWN_IDS = 100  # ids in the predicate that Lance keeps with a commit: nothing reads it


def created(fragments: Sequence[Any], schema: pa.Schema, manifest: Manifest) -> Any:
    """The operation that makes a new dataset of fragments, in the order of their rows."""
    return lance().LanceOperation.Overwrite(with_manifest(schema, manifest), list(fragments))


def appended(fragments: Sequence[Any]) -> Any:
    """The operation that puts new fragments behind those that are there."""
    return lance().LanceOperation.Append(list(fragments))


def deleted(removal: Removal) -> Any:
    """The operation that takes rows out."""
    return lance().LanceOperation.Delete(removal.changed, removal.emptied, removal.predicate)


def replaced(removal: Removal, fragments: Sequence[Any]) -> Any:
    """The operation that takes rows out and puts new fragments behind the others, as Lance's merge_insert."""
    return lance().LanceOperation.Update(
        removed_fragment_ids=removal.emptied, updated_fragments=removal.changed, new_fragments=list(fragments)
    )


def columns_added(fragments: Sequence[Any], schema: pa.Schema, manifest: Manifest) -> Any:
    """The operation that gives all fragments further columns; those without a file for one have nulls there."""
    return lance().LanceOperation.Merge(list(fragments), with_manifest(schema, manifest))


def manifest_changed(manifest: Manifest) -> Any:
    """The operation that changes the manifest alone."""
    operation = lance().LanceOperation
    return operation.UpdateConfig(schema_metadata_updates=operation.UpdateMap({METADATA_KEY: manifest.dumps()}))


def rewritten(old: Sequence[Any], new: Sequence[Any]) -> Any:
    """The operation that puts new fragments, which hold the same rows, in the place of old ones."""
    operation = lance().LanceOperation
    return operation.Rewrite([operation.RewriteGroup(old_fragments=list(old), new_fragments=list(new))], [])


def restored(version: int) -> Any:
    """The operation that makes an earlier version the content again, as a new version."""
    return lance().LanceOperation.Restore(version)


def with_manifest(schema: pa.Schema, manifest: Manifest) -> pa.Schema:
    """A schema with the manifest in its metadata."""
    return schema.with_metadata({METADATA_KEY: manifest.dumps()})


def commit(folder: Path, operation: Any, message: dict[str, Any], base: Any = None) -> None:
    """Make an operation the dataset's next version: all of it in one commit, or nothing.

    Args:
        operation: of the functions above.
        message: what the change was, for `message_of`.
        base: the dataset that is changed; None makes a new one.

    Raises:
        XqgError: the commit cannot be written.
    """
    text = json.dumps(message, ensure_ascii=False)
    version = None if base is None else base.version
    with writing(folder):
        lance().LanceDataset.commit(folder / DATASET, operation, read_version=version, commit_message=text)


@dataclass(frozen=True)
class Removal:
    """Rows to be taken out of a dataset: lists of deleted rows are written, nothing is committed.

    Attributes:
        changed: fragments that lose some of their rows, with the new list.
        emptied: ids of those that lose their last one.
        predicate: that holds for the rows, in SQL; Lance keeps it with the commit.
        rows: how many.
    """

    changed: list[Any]
    emptied: list[int]
    predicate: str
    rows: int


def removal(dataset: Any, ids: Sequence[str], path: Path) -> Removal:
    """Write the lists of deleted rows of the fragments that hold passages of these ids.

    Raises:
        XqgError: a list cannot be written; the ids cannot be read.
    """
    wanted = set(ids)
    changed: list[Any] = []
    emptied: list[int] = []
    for fragment in dataset.get_fragments() if wanted else ():
        batches = read_batches(dataset, ["id"], path, fragments=[fragment])
        here = [id_ for batch in batches for id_ in batch.column(0).to_pylist() if id_ in wanted]
        if here:
            left = delete_rows(path, fragment, here)
            if left is None:
                emptied.append(fragment.fragment_id)
            else:
                changed.append(left)
    return Removal(changed, emptied, predicate_of(sorted(wanted)[:SHOWN_IDS]), len(wanted))
