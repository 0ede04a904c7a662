"""Removing passages from an index: rows are marked as deleted, in one new version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from xqg.errors import XqgError
from xqg.index.change import NextVersion, change
from xqg.index.index import StoredIndex
from xqg.index.operations import deleted, removal
from xqg.index.work import Work

__all__ = ["remove_passages"]


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

    def make(index: StoredIndex, work: Work) -> NextVersion | None:
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
        gone = removal(index.dataset, found, index.path)
        return NextVersion(deleted(gone), {"removed": gone.rows})

    return change(path, settings, make)
