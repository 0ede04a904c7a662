"""Removing passages from an index: rows are marked as deleted, in one new version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.change import Changed, change
from xqg.index.index import StoredIndex
from xqg.index.manifest import Counts
from xqg.index.store import delete_rows, read_batches, write_rows
from xqg.index.tally import Tally, add_counts, chained
from xqg.index.work import Work

__all__ = ["Removal", "removal", "remove_passages"]


@dataclass
class Removal:
    """What is left of an index without some passages; `passages` is how many went."""

    fragments: list[Any]
    counts: Counts
    content: str
    passages: int


def remove_passages(path: Path | str, ids: Sequence[str], *, missing_ok: bool = False) -> StoredIndex:
    """Remove passages by id.

    Their texts and vectors stay in the versions before this one, until `compact` drops those.

    Args:
        ids: repeated ones count once.
        missing_ok: pass over ids that the index does not hold.

    Raises:
        XqgError: an id that the index does not hold; nothing would be left; an unfinished change.
    """
    wanted = list(dict.fromkeys(ids))
    settings = {"command": "remove", "ids": hashlib.sha256(json.dumps(wanted).encode()).hexdigest()}

    def make(index: StoredIndex, work: Work) -> Changed | None:
        known = set(index.ids())
        missing = [id_ for id_ in wanted if id_ not in known]
        if missing and not missing_ok:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise XqgError(
                f"{index.path}: holds no passage {missing[0]!r}{more}; correct the ids, or pass over unknown "
                "ones (`missing_ok`)"
            )
        found = [id_ for id_ in wanted if id_ in known]
        if not found:
            return None
        if len(found) == len(index):
            raise XqgError(f"{index.path}: no passage would be left; delete the folder instead")
        gone = removal(index, found)
        manifest = replace(index.manifest, counts=gone.counts, content=gone.content)
        return Changed(gone.fragments, index.schema, manifest, {"removed": gone.passages})

    return change(path, settings, make)


def removal(index: StoredIndex, ids: Sequence[str]) -> Removal:
    """The index's fragments without some passages, uncommitted.

    Only fragments that hold one of them are touched: each gets a new list of deleted rows. Where a
    fragment loses its last row, Lance can commit no such lists beside it, and the fragments that have
    one are written anew.
    """
    fragments = index.dataset.get_fragments()
    unchanged = [fragment.metadata for fragment in fragments]
    if not ids:
        return Removal(unchanged, index.manifest.counts, index.manifest.content, 0)
    wanted = set(ids)
    left: list[Any] = []
    touched: list[Any] = []
    for fragment in fragments:
        batches = read_batches(index.dataset, ["id"], index.path, fragments=[fragment])
        mine = [id_ for batch in batches for id_ in batch.column(0).to_pylist() if id_ in wanted]
        left.append(delete_rows(index.path, fragment, mine) if mine else fragment.metadata)
        touched += [fragment] if mine else []
    kept = [one for one in left if one is not None]
    if len(kept) < len(left):
        pairs = [(fragment, one) for fragment, one in zip(fragments, left, strict=True) if one is not None]
        kept = [new for fragment, one in pairs for new in _whole(index, fragment, one, wanted)]
    counts = add_counts(index.manifest.counts, [_minus(index, wanted, touched)])
    listed = hashlib.sha256(json.dumps(["removed", sorted(wanted)]).encode()).hexdigest()
    return Removal(kept, counts, chained(index.manifest.content, [listed]), len(wanted))


def _whole(index: StoredIndex, fragment: Any, changed: Any, gone: set[str]) -> list[Any]:
    """The fragment without deleted rows: as it is, or its surviving rows written anew."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if changed.deletion_file is None:
        return [changed]
    names = index.schema.names
    rows = pa.Table.from_batches(read_batches(index.dataset, names, index.path, fragments=[fragment]))
    keep = pc.invert(pc.is_in(rows.column("id"), pa.array(sorted(gone), pa.string())))
    new = write_rows(index.path, rows.filter(keep).cast(index.schema))
    for one in new:
        one.id = fragment.fragment_id
    return new


def _minus(index: StoredIndex, gone: set[str], fragments: list[Any]) -> Tally:
    """What the rows had, as negative numbers; `fragments` are those that hold one."""
    languages, filtered = index.languages, bool(index.manifest.filters)
    tally = Tally(passages=-len(gone))
    names = ["id"]
    for code in languages:
        names += [columns.queries_column(code), columns.count_column(code)]
        names += [columns.removed_column(code)] if filtered else []
    for batch in read_batches(index.dataset, names, index.path, fragments=fragments):
        rows = [row for row, id_ in enumerate(batch.column("id").to_pylist()) if id_ in gone]
        if not rows:
            continue
        found = {name: batch.column(name).take(rows).to_pylist() for name in names}
        for code in languages:
            texts, summed = found[columns.queries_column(code)], sum(found[columns.count_column(code)])
            tally.queries[code] = tally.queries.get(code, 0) - summed
            tally.blank -= sum(map(len, texts)) - summed
            if filtered:
                removed = found[columns.removed_column(code)]
                tally.removed[code] = tally.removed.get(code, 0) - sum(map(len, removed))
    return tally
